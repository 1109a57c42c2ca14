//! The partitions of AWS and their hosts.
//!
//! There is no list of regions: AWS adds some every year, and the beginning of a region's name tells its partition.

use super::Network;
use crate::error::{Error, Result};

/// A partition: a group of regions with its own hosts and its own accounts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    /// The domain of service hosts: `amazonaws.com`.
    pub(crate) suffix: &'static str,
    /// The end of dual-stack service hosts.
    dual_stack_suffix: &'static str,
    pub(crate) signin_host: &'static str,
    pub(crate) console_host: &'static str,
    /// The region that is used when none is configured.
    pub(crate) global_region: &'static str,
}

const AWS: Partition = Partition {
    name: "aws",
    suffix: "amazonaws.com",
    dual_stack_suffix: "api.aws",
    signin_host: "signin.aws.amazon.com",
    console_host: "console.aws.amazon.com",
    global_region: "us-east-1",
};
const CHINA: Partition = Partition {
    name: "aws-cn",
    suffix: "amazonaws.com.cn",
    dual_stack_suffix: "api.amazonwebservices.com.cn",
    signin_host: "signin.amazonaws.cn",
    console_host: "console.amazonaws.cn",
    global_region: "cn-northwest-1",
};
const GOVCLOUD: Partition = Partition {
    name: "aws-us-gov",
    suffix: "amazonaws.com",
    dual_stack_suffix: "api.aws",
    signin_host: "signin.amazonaws-us-gov.com",
    console_host: "console.amazonaws-us-gov.com",
    global_region: "us-gov-west-1",
};
const EUROPE: Partition = Partition {
    name: "aws-eusc",
    suffix: "amazonaws.eu",
    dual_stack_suffix: "api.amazonwebservices.eu",
    signin_host: "signin.amazonaws-eusc.eu",
    console_host: "console.amazonaws-eusc.eu",
    global_region: "eusc-de-east-1",
};

/// The partitions that have Identity Center.
pub(crate) const ALL: [&Partition; 4] = [&AWS, &CHINA, &GOVCLOUD, &EUROPE];

/// Returns the partition of a region.
pub(crate) fn of(region: &str) -> &'static Partition {
    match region {
        _ if region.starts_with("cn-") => &CHINA,
        _ if region.starts_with("us-gov-") => &GOVCLOUD,
        _ if region.starts_with("eusc-") => &EUROPE,
        _ => &AWS,
    }
}

/// Returns the partition with a name as in ARNs, e.g. `aws-cn`.
pub(crate) fn named(name: &str) -> Option<&'static Partition> {
    ALL.into_iter().find(|partition| partition.name == name)
}

/// Returns the partition of a role's ARN, or else of a region.
///
/// Credentials are valid in their own partition only, and must not be sent to another one.
pub(crate) fn of_role_or_region(arn: Option<&str>, region: Option<&str>) -> &'static Partition {
    let named = arn.and_then(|arn| named(arn.split(':').nth(1)?));
    named.unwrap_or_else(|| of(region.unwrap_or("us-east-1")))
}

impl Partition {
    /// Tells whether a region is in this partition.
    pub(crate) fn has(&self, region: &str) -> bool {
        of(region) == self
    }

    /// Returns the host of console sign-in for a region.
    pub(crate) fn regional_signin_host(&self, region: &str) -> String {
        regional(self.signin_host, region)
    }

    /// Returns the host of the console for a region.
    pub(crate) fn regional_console_host(&self, region: &str) -> String {
        regional(self.console_host, region)
    }

    /// Returns the host of IAM, and the region that requests to it are signed for.
    pub(super) fn iam(&self) -> (&'static str, &'static str) {
        match self.name {
            "aws-cn" => ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            "aws-us-gov" => ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
            "aws-eusc" => ("iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            _ => ("iam.amazonaws.com", "us-east-1"),
        }
    }
}

fn regional(host: &str, region: &str) -> String {
    match region {
        "us-east-1" | "cn-north-1" | "us-gov-west-1" | "eusc-de-east-1" => host.to_string(),
        _ => format!("{region}.{host}"),
    }
}

/// Returns AWS's own host of a service in a region.
pub(super) fn host(service: &str, region: &str, network: &Network) -> String {
    let partition = of(region);
    let suffix = if network.dual_stack { partition.dual_stack_suffix } else { partition.suffix };
    // The plain hosts of GovCloud are FIPS hosts already; those with IPv6 are not.
    let is_fips_already = *partition == GOVCLOUD && !network.dual_stack;
    let fips = if network.fips && !is_fips_already { "-fips" } else { "" };
    format!("{service}{fips}.{region}.{suffix}")
}

/// Checks that a region can be a label of a host name: it becomes part of a URL to which secrets are sent.
///
/// # Errors
/// Configuration.
pub(super) fn check_region(region: &str) -> Result<()> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if region.is_empty() || region.len() > 63 || !region.chars().all(is_word) {
        return Err(Error::configuration(format!("`{region}` is not a region"))
            .hint("write a region as `eu-west-1`, in AWS_REGION, `region` or `sso_region`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

    #[test]
    fn a_region_names_its_partition() {
        let rows = [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
        ];
        for (region, name) in rows {
            assert_eq!(of(region).name, name, "{region}");
        }
    }

    #[test]
    fn the_partition_of_an_arn_counts_before_that_of_a_region() {
        let arn = Some("arn:aws-cn:iam::444455556666:role/X");
        assert_eq!(of_role_or_region(arn, None).name, "aws-cn");
        assert_eq!(of_role_or_region(arn, Some("eu-west-1")).name, "aws-cn");
        assert_eq!(of_role_or_region(None, Some("us-gov-east-1")).name, "aws-us-gov");
        assert_eq!(of_role_or_region(None, None).name, "aws");
    }

    #[test]
    fn hosts_are_those_of_the_sdk() {
        let regions = ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "xx-new-9"];
        for (region, fips, dual_stack) in regions.iter().flat_map(|region| {
            [(false, false), (true, false), (false, true), (true, true)].map(|(fips, dual)| (*region, fips, dual))
        }) {
            let params = Params::builder().region(region.to_string()).use_fips(fips).use_dual_stack(dual_stack);
            let params = params.build().unwrap();
            let resolved = super::super::channel::block_on(async {
                let endpoint = DefaultResolver::new().resolve_endpoint(&params).await;
                endpoint.map_err(|cause| Error::other(cause.to_string()).into())
            });
            let network = Network { fips, dual_stack, ..Network::default() };
            assert_eq!(format!("https://{}", host("oidc", region, &network)), resolved.unwrap().url());
        }
    }

    #[test]
    fn a_region_that_would_change_the_host_is_refused() {
        for region in ["", "eu-west-1.evil.example#", "a@b", "EU-WEST-1", "eu west", "é", &"a".repeat(64)] {
            assert_eq!(check_region(region).unwrap_err().kind.exit_status(), 4, "{region}");
        }
        assert!(check_region("eu-west-1").is_ok());
    }
}
