//! Where an instance's metadata service is: by variables and keys of AWS's own names.
//!
//! Deliberately not here: asking it (`aws::local`).

use crate::config::Section;
use crate::context::Context;
use crate::error::{Error, Result};

const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";

/// Returns the address of the service.
///
/// # Errors
/// Configuration: an address or a mode that is none.
pub(super) fn endpoint(ctx: &Context, name: &str, section: &Section) -> Result<String> {
    let setting = |variable: &str, key: &str| ctx.var(variable).or_else(|| section.value(key)).map(String::from);
    if let Some(url) = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") {
        let is_url = url.starts_with("http://") || url.starts_with("https://");
        return is_url.then_some(url).ok_or_else(|| {
            Error::configuration(format!("the metadata service of profile `{name}` has no address"))
                .hint("AWS_EC2_METADATA_SERVICE_ENDPOINT (`ec2_metadata_service_endpoint`) begins with http://")
        });
    }
    let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    match mode.unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "ipv4" => Ok(IPV4.into()),
        "ipv6" => Ok(IPV6.into()),
        mode => Err(Error::configuration(format!("the metadata service of profile `{name}` has no mode `{mode}`"))
            .hint("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE (`ec2_metadata_service_endpoint_mode`) is ipv4 or ipv6")),
    }
}
