//! Limits the size of response bodies: the SDK would read a body of any size into memory.

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::io::{self, ErrorKind};

/// The largest body in bytes. A page with a thousand accounts is about a tenth of this limit.
const LIMIT: usize = 4 << 20;

/// An HTTP connector that reads each response body completely, and returns an error when a body is larger than
/// [`LIMIT`].
///
/// The error contains an `io::Error` of the kind `FileTooLarge`.
#[derive(Debug)]
pub(super) struct LimitedBody(pub(super) Connector);

impl HttpConnector for LimitedBody {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let response = self.0.call(request);
        HttpConnectorFuture::new(async move { read_body(response.await?).await })
    }
}

async fn read_body(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let mut chunks = ByteStream::new(std::mem::replace(response.body_mut(), SdkBody::taken()));
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(|cause| ConnectorError::io(cause.into()))?);
        if body.len() > LIMIT {
            // The kind is `other` and not `io`, because the SDK retries `io` errors, and the body of the next response
            // would be as large.
            return Err(ConnectorError::other(io::Error::new(ErrorKind::FileTooLarge, "too long").into(), None));
        }
    }
    *response.body_mut() = SdkBody::from(body);
    Ok(response)
}
