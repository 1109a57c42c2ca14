//! AWS's sign-in URLs in every partition. Identity providers post SAML responses to them.
//!
//! Invariant: a URL is split into its parts, and each part is compared as a whole. A search for the host name anywhere
//! in the URL would accept `https://evil.example/?signin.aws.amazon.com/saml`.

use crate::address::Address;
use crate::aws::partition;
use crate::region::Region;

const PATHS: [&str; 2] = ["/saml", "/static/saml"];

/// Tells whether a URL is an AWS sign-in URL, which accepts SAML responses.
pub(crate) fn is_sign_in(url: &str) -> bool {
    Address::parse(url).filter(Address::is_https).is_some_and(|address| {
        is_sign_in_host(address.authority()) && PATHS.iter().any(|known| is_under(address.path(), known))
    })
}

/// Returns the host and port of a URL, for messages; `an unusual URL` if [`Address`] cannot parse it, e.g. because it
/// contains a user name.
pub(super) fn host(url: &str) -> String {
    Address::parse(url).map_or_else(|| "an unusual URL".into(), |address| address.authority().into())
}

/// Tells whether a sign-in can start at a URL: it must be valid, and use https, or http on this machine.
pub(super) fn is_start(url: &str) -> bool {
    Address::parse(url).is_some_and(|address| address.is_https() || address.is_loopback())
}

/// Returns the region in which STS is called: the configured region if it is in the role's partition, otherwise the
/// partition's global region. For a partition that ssox does not know, any configured region is used, otherwise
/// `us-east-1`.
pub(crate) fn sts_region(configured: Option<&Region>, partition: &str) -> Region {
    partition::first_region(partition::named(partition), [configured.map(|region| &**region)])
}

/// Tells whether a host is one of AWS's sign-in hosts. A host with a port, a user or an invalid character is not one of
/// these hosts.
fn is_sign_in_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    host.split('.').all(is_label)
        && partition::ALL.iter().any(|partition| {
            let before = host.strip_suffix(partition.signin_host);
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
}

fn is_under(path: &str, known: &str) -> bool {
    path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoints_of_every_partition_are_recognized() {
        let endpoints = [
            "https://signin.aws.amazon.com/saml",
            "https://eu-west-1.signin.aws.amazon.com/saml",
            "https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSP1EXAMPLE",
            "https://signin.aws.amazon.com/static/saml",
            "https://signin.aws.amazon.com/saml?region=eu-west-1",
            "https://signin.amazonaws.cn/saml",
            "https://cn-north-1.signin.amazonaws.cn/saml",
            "https://signin.amazonaws-us-gov.com/saml",
            "https://us-gov-west-1.signin.amazonaws-us-gov.com/saml",
            "https://signin.amazonaws-eusc.eu/saml",
        ];
        for url in endpoints {
            assert!(is_sign_in(url), "{url}");
        }
    }

    #[test]
    fn no_other_url_is_recognized() {
        let others = [
            "https://evil.example/?signin.aws.amazon.com/saml",
            "https://evil.example/signin.aws.amazon.com/saml",
            "https://evil.example/#https://signin.aws.amazon.com/saml",
            "https://evil.example\\@signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com.evil.example/saml",
            "https://signin.aws.amazon.com@evil.example/saml",
            "https://evil.example:signin.aws.amazon.com/saml",
            "https://user@signin.aws.amazon.com/saml",
            "https://notsignin.aws.amazon.com/saml",
            "https://evilsignin.amazonaws.cn/saml",
            "https://.signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com:8443/saml",
            "https://signin.aws.amazon.com/samlx",
            "https://signin.aws.amazon.com/oauth?x=/saml",
            "https://signin.aws.amazon.com?/saml",
            "https://signin.aws.amazon.com",
            "http://signin.aws.amazon.com/saml",
            "wss://signin.aws.amazon.com/saml",
            "https:/signin.aws.amazon.com/saml",
            "",
        ];
        for url in others {
            assert!(!is_sign_in(url), "{url}");
        }
    }

    #[test]
    fn a_sign_in_starts_at_an_https_or_local_url() {
        for url in [
            "https://d-1.awsapps.com/start/#/saml/default/App/ins-1",
            "http://127.0.0.1:80/idp",
            "http://localhost/x",
            "http://[::1]:8/",
        ] {
            assert!(is_start(url), "{url}");
        }
        for url in [
            "http://idp.example/",
            "http://localhost.evil.example/",
            "http://127.0.0.1@evil.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "--version",
            "https://a b/",
            "",
        ] {
            assert!(!is_start(url), "{url}");
        }
    }

    #[test]
    fn sts_is_asked_in_the_partition_of_the_role() {
        let table = [
            (Some("eu-west-1"), "aws", "eu-west-1"),
            (None, "aws", "us-east-1"),
            (Some("eu-west-1"), "aws-cn", "cn-northwest-1"),
            (Some("cn-north-1"), "aws-cn", "cn-north-1"),
            (Some("us-gov-east-1"), "aws", "us-east-1"),
            (None, "aws-us-gov", "us-gov-west-1"),
            (None, "aws-eusc", "eusc-de-east-1"),
            (Some("us-iso-east-1"), "aws-iso", "us-iso-east-1"),
        ];
        for (configured, partition, region) in table {
            let configured = configured.map(Region::from);
            assert_eq!(*sts_region(configured.as_ref(), partition), *region, "{configured:?} {partition}");
        }
    }
}
