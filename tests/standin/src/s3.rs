//! HeadObject of S3: every object of every bucket is there, for whoever signs.

use crate::http::{Request, Response};
use crate::sigv4::signer;
use crate::state::{Answer, State};

pub(crate) fn head_object(state: &mut State, request: &Request) -> Answer {
    signer(state, request, "s3")?;
    Ok(Response::new(200, "text/plain", "hello")
        .with("Last-Modified", "Fri, 20 Nov 2026 12:00:00 GMT")
        .with("ETag", "\"1\""))
}
