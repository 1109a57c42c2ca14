//! URLs of the AWS web console, and of the Identity Center shortcut links that sign in and open a console page.

mod services;

pub(crate) use services::SERVICES;

use super::partition::Partition;
use crate::address::Address;
use crate::percent::encode;
use crate::secret::Secret;

/// Returns the URL of a service's console; without a service, the URL of the console's home page.
pub(crate) fn page(partition: &Partition, region: Option<&str>, service: Option<&str>) -> String {
    let host = region.map_or_else(|| partition.console_host.into(), |region| partition.regional_console_host(region));
    let query = region.map(|region| format!("?region={region}")).unwrap_or_default();
    match (service.map(services::place), region) {
        (None, None) => format!("https://{host}/"),
        (None, Some(_)) => format!("https://{host}/console/home{query}"),
        (Some((path, None)), _) => format!("https://{host}/{path}/home{query}"),
        (Some((path, Some(fragment))), _) => format!("https://{host}/{path}/home{query}#{fragment}"),
    }
}

/// Removes the session from a console URL: if a browser is signed in to several accounts, the console puts account and
/// session into the host, as in `111122223333-abcdefgh.eu-west-1.console.aws.amazon.com`. Returns a console URL without
/// a session unchanged. Returns `None` when the URL is not an `https` URL of this partition's console, or has a port.
pub(crate) fn without_session(partition: &Partition, url: &str) -> Option<String> {
    let address = Address::parse(url).filter(Address::is_https)?;
    let host = address.host();
    let before = host.strip_suffix(partition.console_host)?;
    if !(before.is_empty() || before.ends_with('.')) || host != address.authority() {
        return None;
    }
    let first = host.split('.').next().unwrap_or_default();
    let account = first.split_once('-').map_or("", |(account, _)| account);
    let is_session = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    Some(if is_session { url.replacen(&format!("{first}."), "", 1) } else { url.into() })
}

/// Tells whether a text can be used as the service in a console URL: words of letters, digits, `-` and `_`, separated
/// by `/`.
pub(crate) fn is_service(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    text.split('/').all(is_word)
}

/// Returns the shortcut link: it signs in through the access portal and then opens a console page.
///
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/createshortcutlink.html>
pub(crate) fn shortcut(start_url: &str, account_id: &str, role_name: &str, page: &str) -> String {
    let portal = start_url.trim_end_matches(['/', '#']);
    let (account, role, page) = (encode(account_id), encode(role_name), encode(page));
    format!("{portal}/#/console?account_id={account}&role_name={role}&destination={page}")
}

/// Returns the URL that signs a browser in to the console and then opens `page`. The URL contains the sign-in token: it
/// is a secret, and it works for fifteen minutes.
///
/// `signin` is the URL of the console's sign-in service, without a slash at the end. `issuer` is the page that the
/// console offers the person when the console session has expired.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>
pub(crate) fn federated(signin: &str, issuer: &str, page: &str, token: &Secret) -> Secret {
    let (issuer, page) = (encode(issuer), encode(page));
    let mut url =
        Secret::new(format!("{signin}/federation?Action=login&Issuer={issuer}&Destination={page}&SigninToken="));
    encode(token.expose()).for_each(|part| url.push_str(part));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::partition;

    #[test]
    fn pages_are_on_the_hosts_of_their_region() {
        let table = [
            (None, None, "https://console.aws.amazon.com/"),
            (None, Some("iam"), "https://console.aws.amazon.com/iam/home"),
            (Some("us-east-1"), None, "https://console.aws.amazon.com/console/home?region=us-east-1"),
            (Some("eu-west-1"), Some("s3"), "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"),
            (
                Some("eu-west-1"),
                Some("logs"),
                "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups",
            ),
            (Some("eu-west-1"), Some("sqs"), "https://eu-west-1.console.aws.amazon.com/sqs/v3/home?region=eu-west-1"),
            (Some("cn-north-1"), Some("ec2"), "https://console.amazonaws.cn/ec2/home?region=cn-north-1"),
            (
                Some("cn-northwest-1"),
                None,
                "https://cn-northwest-1.console.amazonaws.cn/console/home?region=cn-northwest-1",
            ),
            (Some("us-gov-west-1"), None, "https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1"),
            (
                Some("us-gov-east-1"),
                None,
                "https://us-gov-east-1.console.amazonaws-us-gov.com/console/home?region=us-gov-east-1",
            ),
            (Some("eusc-de-east-1"), None, "https://console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1"),
        ];
        for (region, service, url) in table {
            assert_eq!(page(partition::of_role_or_region(None, region), region, service), url);
        }
    }

    #[test]
    fn only_a_url_of_the_console_is_opened_and_without_the_session_it_was_copied_from() {
        let aws = partition::of("eu-west-1");
        let page = "https://eu-west-1.console.aws.amazon.com/s3/buckets/b?region=eu-west-1#x";
        let copied = page.replace("https://", "https://111122223333-abc2def.");
        for (url, opened) in [
            (page, Some(page)),
            (&copied, Some(page)),
            ("https://console.aws.amazon.com/", Some("https://console.aws.amazon.com/")),
            ("http://console.aws.amazon.com/", None),
            ("https://console.aws.amazon.com:8443/", None),
            ("https://evilconsole.aws.amazon.com/", None),
            ("https://console.aws.amazon.com.evil.example/", None),
            ("https://me@console.aws.amazon.com/", None),
            ("https://console.amazonaws.cn/", None),
            ("https://signin.aws.amazon.com/", None),
            ("console.aws.amazon.com", None),
        ] {
            assert_eq!(without_session(aws, url).as_deref(), opened, "{url}");
        }
    }

    #[test]
    fn a_shortcut_holds_account_role_and_page() {
        let expected = "https://x.awsapps.com/start/#/console?account_id=111122223333&role_name=A%2BB%40c&\
                        destination=https%3A%2F%2Fh%2F%3Fregion%3Dr";
        for start_url in
            ["https://x.awsapps.com/start", "https://x.awsapps.com/start/", "https://x.awsapps.com/start/#/"]
        {
            assert_eq!(shortcut(start_url, "111122223333", "A+B@c", "https://h/?region=r"), expected);
        }
    }

    #[test]
    fn a_service_cannot_leave_its_place_in_the_address() {
        for service in ["s3", "systems-manager/parameters", "codesuite/codebuild", "dynamodbv2"] {
            assert!(is_service(service), "{service}");
        }
        for service in ["", "/", "../x", "s3?x", "a//b", "s3#", "a b", "ü"] {
            assert!(!is_service(service), "{service}");
        }
    }
}
