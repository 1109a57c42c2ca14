//! Start URLs: those on AWS's hosts in every partition, custom URLs that redirect to such a host, and URLs copied from
//! a browser.
//!
//! Invariant: the names of cache files come from the start URL as configured, not from the URL that it redirects to.

use super::Session;
use crate::address::Address;
use crate::aws::{Network, web};
use crate::context::Context;
use crate::error::{Error, Result};

/// The AWS domains in which each organization has its own host.
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
/// The AWS hosts that all organizations share.
const HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// Returns the start URL of a session in its canonical form if its host is one of AWS's. If the start URL is a custom
/// one, requests it with `redirect`, and returns the URL that it redirects to. Further redirects are not followed.
///
/// # Errors
/// `Configuration`: the URL is not `https`, does not redirect to an AWS host, or redirects to another region. Those of
/// `redirect`.
pub(super) fn resolve(session: &Session, redirect: impl FnOnce(&str) -> Result<Option<String>>) -> Result<String> {
    let start_url = &session.start_url;
    if is_aws_host(&check(start_url)?) {
        return Ok(canonical(start_url));
    }
    let target = redirect(start_url)?;
    let Some(target) = target.filter(|target| self::host(target).is_some_and(|host| is_aws_host(&host))) else {
        let message = format!("`{start_url}` is not an AWS access portal, and does not redirect to one");
        return Err(Error::configuration(message)
            .hint("set `sso_start_url` in ~/.aws/config to the start URL of the AWS access portal"));
    };
    if let Some(region) = region_of(&target).filter(|region| **region != *session.region) {
        let message = format!("`{start_url}` redirects to region `{region}`, but `sso_region` is `{}`", session.region);
        return Err(Error::configuration(message).hint(format!("write `sso_region = {region}` in ~/.aws/config")));
    }
    Ok(target)
}

/// Checks a start URL and returns its host name.
///
/// # Errors
/// `Configuration`: the URL is not `https`, or has no valid host.
pub(crate) fn check(start_url: &str) -> Result<String> {
    host(start_url).ok_or_else(|| {
        Error::configuration(format!("`{start_url}` is not a start URL: it must begin with `https://` and a host"))
            .hint("set `sso_start_url` in ~/.aws/config to the start URL that the AWS access portal shows")
    })
}

/// Returns the canonical form of a start URL. The URL may be copied from a browser that shows the access portal.
///
/// The host becomes lower case. What the portal appends (`/#/?tab=accounts`) and a slash at the end are removed.
pub(crate) fn canonical(address: &str) -> String {
    let address = address.trim();
    let Some(host) = host(address) else { return address.trim_end_matches(['/', '#']).into() };
    let rest = &address["https://".len()..];
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let page = if is_aws_host(&host) { portal_path(&host, path) } else { path.split('#').next().unwrap_or_default() };
    format!("https://{}{}", authority.to_ascii_lowercase(), page.trim_end_matches('/'))
}

/// Tells whether a URL is a start URL with more text after it, as copied from a browser. A slash or `#/` at the end
/// does not count as more text.
pub(crate) fn is_copied(address: &str) -> bool {
    !canonical(address).eq_ignore_ascii_case(address.trim_end_matches(['/', '#']))
}

/// Returns the part of a URL's path that identifies the access portal on an AWS host. The rest is a page in the portal.
fn portal_path<'a>(host: &str, path: &'a str) -> &'a str {
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

/// Returns the region that the AWS host of a start URL contains. If the start URL is a custom one, the AWS host is that
/// of the URL to which it redirects. Returns `None` if the host contains no region, or if the custom URL does not
/// redirect to an AWS host.
pub(crate) fn find_region(ctx: &Context, network: &Network, start_url: &str) -> Option<String> {
    if is_aws_host(&host(start_url)?) {
        return region_of(start_url);
    }
    region_of(&web::redirect(ctx, network, start_url).ok()??)
}

/// Returns the region in the AWS host of a start URL: `<id>.portal.<region>.app.aws` or
/// `<id>.<region>.portal.amazonaws.com`. Returns `None` if the host contains no region.
pub(crate) fn region_of(start_url: &str) -> Option<String> {
    let host = host(start_url).filter(|host| is_aws_host(host))?;
    let labels: Vec<&str> = host.split('.').collect();
    let ([_, "portal", region, "app" | "api", ..] | [_, region, "portal", ..]) = labels[..] else { return None };
    let mut words = region.split('-');
    let is_region = words.next_back().is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
        && words.clone().count() >= 2
        && words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
    is_region.then(|| region.to_string())
}

fn is_aws_host(host: &str) -> bool {
    HOSTS.contains(&host) || SUFFIXES.iter().any(|suffix| host.len() > suffix.len() && host.ends_with(suffix))
}

/// Returns the host of an `https` URL in lower case, without the port.
fn host(url: &str) -> Option<String> {
    Address::parse(url).filter(Address::is_https).map(|address| address.host().into())
}

#[cfg(test)]
mod tests;
