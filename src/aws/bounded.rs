//! Answers that come to an end: nothing that is asked here has a longer one than this, and who goes on and on is cut off
//! before the memory is full. The SDK reads whatever comes.
//!
//! Deliberately not here: how long it may take (`channel`).

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::io::{self, ErrorKind};

/// A page of a thousand accounts has a tenth of this.
const LONGEST: usize = 4 << 20;

/// A connector whose answers have arrived as a whole.
#[derive(Debug)]
pub(super) struct Bounded(pub(super) Connector);

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move { whole(answer.await?).await })
    }
}

async fn whole(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let mut chunks = ByteStream::new(std::mem::replace(response.body_mut(), SdkBody::taken()));
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(|cause| ConnectorError::io(cause.into()))?);
        if body.len() > LONGEST {
            // Not marked as `io`: such errors are asked again, and this would end the same way.
            return Err(ConnectorError::other(io::Error::new(ErrorKind::FileTooLarge, "too long").into(), None));
        }
    }
    *response.body_mut() = SdkBody::from(body);
    Ok(response)
}
