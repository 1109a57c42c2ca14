//! The AWS partitions and their host names.
//!
//! No list of regions is needed: the beginning of a region's name tells its partition. AWS adds regions every year.

use super::Network;
use crate::arn::Arn;
use crate::region::Region;

/// A partition: a group of AWS regions that has its own domain names and its own accounts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    /// The domain of service hosts, e.g. `amazonaws.com`.
    pub(crate) suffix: &'static str,
    /// The domain of service hosts that also support IPv6 (dual-stack).
    dual_stack_suffix: &'static str,
    pub(crate) signin_host: &'static str,
    pub(crate) console_host: &'static str,
    /// The region that ssox uses when none is configured.
    global_region: &'static str,
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

/// The partitions in which IAM Identity Center is available.
pub(crate) const ALL: [&Partition; 4] = [&AWS, &CHINA, &GOVCLOUD, &EUROPE];

/// Returns the partition of a region; `aws` for every name that does not begin like a region of another partition.
pub(crate) fn of(region: &str) -> &'static Partition {
    match region {
        _ if region.starts_with("cn-") => &CHINA,
        _ if region.starts_with("us-gov-") => &GOVCLOUD,
        _ if region.starts_with("eusc-") => &EUROPE,
        _ => &AWS,
    }
}

/// Returns the partition that has this name in ARNs, e.g. `aws-cn`; `None` if it is not one of [`ALL`].
pub(crate) fn named(name: &str) -> Option<&'static Partition> {
    ALL.into_iter().find(|partition| partition.name == name)
}

/// Returns the partition in a role's ARN. Without an ARN, or if its partition is not one of [`ALL`], returns the
/// partition of the region; without a region, `aws`.
///
/// Credentials are valid in one partition only, and must not be sent to another one.
pub(crate) fn of_role_or_region(arn: Option<&str>, region: Option<&str>) -> &'static Partition {
    let named = arn.and_then(|arn| named(Arn::parse(arn)?.partition));
    named.unwrap_or_else(|| of(region.unwrap_or("us-east-1")))
}

/// Returns the first candidate that is a valid region and, if a partition is given, in that partition. Without such a
/// candidate it returns the partition's global region; if no partition is given, `us-east-1`.
///
/// The caller passes the candidates in order of precedence.
pub(crate) fn first_region<'a>(
    partition: Option<&Partition>,
    candidates: impl IntoIterator<Item = Option<&'a str>>,
) -> Region {
    let is_possible = |region: &Region| partition.is_none_or(|partition| partition.has(region));
    let found = candidates.into_iter().flatten().filter_map(Region::of).find(is_possible);
    found.unwrap_or_else(|| partition.unwrap_or(&AWS).global_region())
}

impl Partition {
    /// Returns the region that ssox uses when none is configured.
    pub(crate) fn global_region(&self) -> Region {
        Region::of(self.global_region).expect("the table has valid names")
    }

    /// Tells whether a region is in this partition.
    pub(crate) fn has(&self, region: &str) -> bool {
        of(region) == self
    }

    /// Returns the host of the console's sign-in service in a region.
    pub(crate) fn regional_signin_host(&self, region: &str) -> String {
        regional(self.signin_host, region)
    }

    /// Returns the host of the console in a region.
    pub(crate) fn regional_console_host(&self, region: &str) -> String {
        regional(self.console_host, region)
    }

    /// Returns the host of IAM, and the region to sign IAM requests for.
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

/// Returns AWS's own host name of a service in a region.
pub(super) fn host(service: &str, region: &str, network: &Network) -> String {
    let partition = of(region);
    let suffix = if network.dual_stack { partition.dual_stack_suffix } else { partition.suffix };
    // GovCloud's normal hosts already use FIPS; its dual-stack hosts do not.
    let is_fips_already = *partition == GOVCLOUD && !network.dual_stack;
    let fips = if network.fips && !is_fips_already { "-fips" } else { "" };
    format!("{service}{fips}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
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
    fn the_first_region_of_the_partition_wins() {
        for (partition, candidates, expected) in [
            (None, [None, Some("eu-west-1")], "eu-west-1"),
            (None, [Some("not a region"), Some("eu-west-1")], "eu-west-1"),
            (None, [None, Some("us-iso-east-1")], "us-iso-east-1"),
            (None, [None, None], "us-east-1"),
            (Some("aws-cn"), [Some("eu-west-1"), Some("cn-north-1")], "cn-north-1"),
            (Some("aws-cn"), [Some("eu-west-1"), None], "cn-northwest-1"),
            (Some("aws-us-gov"), [None, None], "us-gov-west-1"),
        ] {
            assert_eq!(*first_region(partition.and_then(named), candidates), *expected, "{partition:?} {candidates:?}");
        }
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
}
