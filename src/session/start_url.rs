//! Start URLs: what a copied one means, AWS's own hosts in every partition, and addresses of one's own that lead to them.
//! Cache files are named by the URL as configured, whatever it means or leads to.

use super::Session;
use crate::aws::{Network, web};
use crate::context::Context;
use crate::error::{Error, Result};

/// Ends of AWS's own hosts, and hosts that are AWS's own as a whole.
const SUFFIXES: [&str; 8] = [
    ".awsapps.com",
    ".awsapps.cn",
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".portal.amazonaws.eu",
    ".app.amazonwebservices.com.cn",
    ".api.amazonwebservices.eu",
];
const HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// Finds where a session's start URL leads: AWS's own is taken as it is, any other may redirect once.
///
/// # Errors
/// Configuration: not `https`, nothing of AWS's at the end, or an Identity Center in another region. Those of `ask`.
pub(super) fn resolve(session: &Session, ask: impl FnOnce(&str) -> Result<Option<String>>) -> Result<String> {
    let start_url = &session.start_url;
    if is_of_aws(&check(start_url)?) {
        return Ok(canonical(start_url));
    }
    let target = ask(start_url)?.filter(|target| self::host(target).is_some_and(|host| is_of_aws(&host)));
    let target = target.ok_or_else(|| {
        Error::configuration(format!("`{start_url}` is not of AWS, and does not lead to an AWS access portal"))
            .hint("put the start URL of the AWS access portal into ~/.aws/config as `sso_start_url`")
    })?;
    match region_of(&target).filter(|region| *region != session.region) {
        None => Ok(target),
        Some(region) => {
            let message = format!("`{start_url}` leads to region `{region}`, but `sso_region` is `{}`", session.region);
            Err(Error::configuration(message).hint(format!("write `sso_region = {region}` in ~/.aws/config")))
        }
    }
}

/// Checks that a start URL is the address of a page, and returns its host.
///
/// # Errors
/// Configuration: not `https`, or without a host.
pub(crate) fn check(start_url: &str) -> Result<String> {
    host(start_url).ok_or_else(|| {
        Error::configuration(format!("`{start_url}` is not a start URL: it has to begin with `https://` and a host"))
            .hint("take the start URL from the AWS access portal, and put it into ~/.aws/config as `sso_start_url`")
    })
}

/// Returns the start URL that is meant by an address, which may come from the address bar of the portal: the host in
/// lower case, without what the portal's page puts behind it (`/#/?tab=accounts`) and without a slash at the end.
pub(crate) fn canonical(address: &str) -> String {
    let address = address.trim();
    let Some(host) = host(address) else { return address.trim_end_matches(['/', '#']).into() };
    let rest = &address["https://".len()..];
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let page = if is_of_aws(&host) { path_of_portal(&host, path) } else { path.split('#').next().unwrap_or_default() };
    format!("https://{}{}", authority.to_ascii_lowercase(), page.trim_end_matches('/'))
}

/// Tells whether an address is a start URL with more behind it than a slash or `#/`.
pub(crate) fn is_copied(address: &str) -> bool {
    !canonical(address).eq_ignore_ascii_case(address.trim_end_matches(['/', '#']))
}

/// Returns the part of a path that names a portal on a host of AWS: what follows is a page of it.
fn path_of_portal<'a>(host: &str, path: &'a str) -> &'a str {
    let page = path.find(['?', '#', '%']).map_or(path, |at| &path[..at]);
    let mut ends = page.match_indices('/').map(|(at, _)| at).skip(1);
    let end = match page.split('/').nth(1) {
        Some("start") => ends.next(),
        Some("directory") => ends.nth(1),
        _ if HOSTS.contains(&host) => ends.next(),
        _ => None,
    };
    end.map_or(page, |end| &page[..end])
}

/// Finds the region of a start URL, as far as AWS's host names it, its own or the one it leads to.
pub(crate) fn find_region(ctx: &Context, network: &Network, start_url: &str) -> Option<String> {
    let host = host(start_url)?;
    match is_of_aws(&host) {
        true => region_of(start_url),
        false => region_of(&web::redirect(ctx, network, start_url).ok()??),
    }
}

/// Returns the region, where the host of a start URL names it: `<id>.portal.<region>.app.aws` or
/// `<id>.<region>.portal.amazonaws.com`.
pub(crate) fn region_of(start_url: &str) -> Option<String> {
    let host = host(start_url).filter(|host| is_of_aws(host))?;
    let labels: Vec<&str> = host.split('.').collect();
    let ([_, "portal", region, "app" | "api", ..] | [_, region, "portal", ..]) = labels[..] else { return None };
    let mut words = region.split('-');
    let is_region = words.next_back().is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
        && words.clone().count() >= 2
        && words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
    is_region.then(|| region.to_string())
}

fn is_of_aws(host: &str) -> bool {
    HOSTS.contains(&host) || SUFFIXES.iter().any(|suffix| host.len() > suffix.len() && host.ends_with(suffix))
}

/// Returns the host of an `https` address, without port; `None` for what could be taken for another host.
fn host(url: &str) -> Option<String> {
    let rest = url.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).map(|_| &url[8..])?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) => return None,
        None => authority,
    };
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    (is_plain && !name.is_empty()).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::token::tests::session;
    use super::*;

    fn resolved(start_url: &str, location: Option<&str>) -> Option<String> {
        resolve(&session(Some("corp"), start_url), |_| Ok(location.map(String::from))).ok()
    }

    #[test]
    fn what_is_of_aws_is_not_asked() {
        let own = [
            "https://d-1234567890.awsapps.com/start",
            "https://D-1234567890.AWSAPPS.com/start#/",
            "https://corp.awsapps.cn/start",
            "https://ssoins-1.portal.us-east-1.app.aws",
            "https://ssoins-1.eu-west-1.portal.amazonaws.com/",
            "https://ssoins-1.cn-north-1.portal.amazonaws.com.cn",
            "https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn",
            "https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu",
            "https://ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu",
            "https://start.us-gov-home.awsapps.com/directory/corp",
            "https://identitycenter.amazonaws.com/ssoins-1",
            "https://identitycenter.us-gov.amazonaws.com/ssoins-1",
        ];
        for url in own {
            let resolved = resolve(&session(Some("corp"), url), |_| panic!("{url} is of AWS")).unwrap();
            assert_eq!(resolved, canonical(url));
        }
    }

    #[test]
    fn a_copied_address_means_its_start_url() {
        let d = "https://d-1234567890.awsapps.com/start";
        let govcloud = "https://start.us-gov-home.awsapps.com/directory/corp";
        let ssoins = "https://ssoins-1.portal.us-east-1.app.aws";
        let shared = "https://identitycenter.amazonaws.com/ssoins-1";
        let table = [
            (d, d, false),
            ("https://d-1234567890.awsapps.com/start/", d, false),
            ("https://d-1234567890.awsapps.com/start#/", d, false),
            ("https://D-1234567890.AWSAPPS.com/start/#/", d, false),
            ("https://d-1234567890.awsapps.com/start/#/?tab=accounts", d, true),
            ("https://d-1234567890.awsapps.com/start#/console?account_id=1&role_name=x", d, true),
            ("https://d-1234567890.awsapps.com/start/?tab=accounts", d, true),
            ("https://d-1234567890.awsapps.com/start?tab=accounts#/", d, true),
            ("https://d-1234567890.awsapps.com/start%23%2F", d, true),
            ("https://d-1234567890.awsapps.com/start/user-consent/authorize.html?clientId=x", d, true),
            ("  https://d-1234567890.awsapps.com/start/#/\n", d, true),
            ("https://start.us-gov-home.awsapps.com/directory/corp#/?tab=accounts", govcloud, true),
            ("https://start.us-gov-home.awsapps.com/directory/corp/x", govcloud, true),
            ("https://ssoins-1.portal.us-east-1.app.aws/", ssoins, false),
            ("https://ssoins-1.portal.us-east-1.app.aws/?tab=accounts", ssoins, true),
            ("https://ssoins-1.portal.us-east-1.app.aws/#/?tab=accounts", ssoins, true),
            ("https://ssoins-1.portal.us-east-1.app.aws?tab=accounts", ssoins, true),
            ("https://identitycenter.amazonaws.com/ssoins-1/", shared, false),
            ("https://identitycenter.amazonaws.com/ssoins-1/#/?tab=accounts", shared, true),
            ("https://identitycenter.amazonaws.com/ssoins-1/x", shared, true),
            ("https://aws.example.com/login?realm=a#/", "https://aws.example.com/login?realm=a", false),
            ("https://aws.example.com/start/x/#/y", "https://aws.example.com/start/x", true),
            ("https://aws.example.com:8443/", "https://aws.example.com:8443", false),
            ("nonsense/#/", "nonsense", false),
        ];
        for (address, meant, is_more) in table {
            assert_eq!((canonical(address).as_str(), is_copied(address)), (meant, is_more), "{address}");
            assert_eq!(canonical(meant), meant);
        }
    }

    #[test]
    fn an_address_of_ones_own_leads_to_aws() {
        let vanity = "https://aws.example.com/login";
        let right = [
            "https://d-1234567890.awsapps.com/start/",
            "https://ssoins-1.portal.eu-west-1.app.aws/",
            "https://ssoins-1.eu-west-1.portal.amazonaws.com/",
        ];
        for target in right {
            assert_eq!(resolved(vanity, Some(target)).as_deref(), Some(target));
        }
        let elsewhere = Some("https://ssoins-1.us-gov-west-1.portal.amazonaws.com/".to_string());
        let error = resolve(&session(Some("corp"), vanity), |_| Ok(elsewhere)).unwrap_err();
        assert!(error.hint.unwrap().contains("sso_region = us-gov-west-1"));
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        let vanity = "https://aws.example.com/login";
        let elsewhere = [
            "http://d-1234567890.awsapps.com/start",
            "https://awsapps.com/start",
            "https://.awsapps.com/start",
            "https://awsapps.com.evil.example/start",
            "https://evil.example/.awsapps.com",
            "https://evil.example\\.awsapps.com/",
            "https://evil.example#.awsapps.com/",
            "https://d-1234567890.awsapps.com@evil.example/",
            "https://d-1.awsapps.com:x@evil.example/",
            "/start",
        ];
        for target in elsewhere {
            assert_eq!(resolved(vanity, Some(target)), None, "{target}");
        }
        assert_eq!(resolved(vanity, None), None);
        for url in ["http://d-1234567890.awsapps.com/start", "d-1234567890.awsapps.com", "", "https://", "https://ü.x"]
        {
            assert_eq!(resolved(url, Some("https://d-1234567890.awsapps.com/start")), None, "{url}");
        }
    }

    #[test]
    fn the_region_is_read_where_the_host_has_it() {
        let table = [
            ("https://ssoins-1.portal.eu-central-1.app.aws/start", Some("eu-central-1")),
            ("https://ssoins-1.us-gov-east-1.portal.amazonaws.com", Some("us-gov-east-1")),
            ("https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", Some("cn-north-1")),
            ("https://d-1234567890.awsapps.com/start", None),
            ("https://a.portal.x.app.aws", None),
            ("https://a.portal.evil-1.app.aws", None),
            ("https://ssoins-1.portal.eu-central-1.app.aws.evil.example", None),
        ];
        for (url, region) in table {
            assert_eq!(region_of(url).as_deref(), region, "{url}");
        }
    }
}
