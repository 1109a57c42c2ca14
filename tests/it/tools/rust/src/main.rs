//! Makes one request with the SDK for Rust, in the environment of the process. Arguments: bucket, address.

use aws_config::BehaviorVersion;
use aws_smithy_http_client::{Builder, tls};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
    let loaded = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let address = format!("{}/{}", arguments[2], arguments[1]);
    let client =
        aws_sdk_sts::Client::from_conf(aws_sdk_sts::config::Builder::from(&loaded).endpoint_url(address).build());
    client.get_caller_identity().send().await?;
    Ok(())
}
