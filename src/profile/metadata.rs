//! The URL of the EC2 instance metadata service, from the variables and profile keys of AWS.

use crate::config::Section;
use crate::context::Context;
use crate::error::{Error, Result};

const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";

/// Returns the URL of the EC2 instance metadata service.
///
/// # Errors
/// `Configuration`: the configured endpoint is not a URL, or the configured endpoint mode is unknown.
pub(super) fn endpoint(ctx: &Context, name: &str, section: &Section) -> Result<String> {
    let setting = |variable: &str, key: &str| ctx.var(variable).or_else(|| section.value(key)).map(String::from);
    if let Some(url) = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") {
        if url.starts_with("http://") || url.starts_with("https://") {
            return Ok(url);
        }
        return Err(Error::configuration(format!("the metadata service endpoint of profile `{name}` is not a URL"))
            .hint("AWS_EC2_METADATA_SERVICE_ENDPOINT (`ec2_metadata_service_endpoint`) must be an http or https URL"));
    }
    let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    match mode.unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "ipv4" => Ok(IPV4.into()),
        "ipv6" => Ok(IPV6.into()),
        mode => Err(Error::configuration(format!(
            "the metadata service endpoint mode of profile `{name}` is `{mode}`, which is not valid"
        ))
        .hint("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE (`ec2_metadata_service_endpoint_mode`) must be ipv4 or ipv6")),
    }
}
