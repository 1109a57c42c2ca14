//! Proxies, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name them.
//!
//! Deliberately not here: the rules of `NO_PROXY`, which the HTTP client knows.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::hint;
use aws_smithy_http_client::proxy::ProxyConfig;

/// The proxy for addresses of one scheme.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub(super) config: ProxyConfig,
    /// Which variable names it.
    pub(super) variable: &'static str,
    /// Host and port.
    pub(super) place: String,
    /// Whether TLS is spoken with the proxy itself.
    pub(super) is_tls: bool,
    /// Whether all requests go through it, without an exception.
    pub(super) is_certain: bool,
}

const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Upper-case `HTTP_PROXY` can come from a web request's header `Proxy`, where a web server runs a program.
const FOR_HTTP: [&str; 4] = ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"];

/// Returns the proxy for a scheme. Variables for others are checked as well: a mistake is a mistake.
///
/// # Errors
/// Configuration: what a variable holds is not the address of a proxy, or that of one ssox cannot speak to. The address
/// is not shown, for it may hold a password.
pub(super) fn of(ctx: &Context, scheme: &str) -> Result<Option<Proxy>> {
    let set = |names: [&'static str; 4]| names.into_iter().filter_map(|name| Some((name, ctx.var(name)?)));
    let bad = |variable: &str, what: &str| {
        let hint = hint::set(ctx, variable, "http://proxy.example:8080");
        Error::configuration(format!("`{variable}` {what}")).hint(hint)
    };
    if let Some((variable, _)) = set(FOR_HTTPS).chain(set(FOR_HTTP)).find(|(_, address)| !is_address(address)) {
        return Err(bad(variable, "is not the address of a proxy"));
    }
    let is_trusted = |name: &str| name != "HTTP_PROXY" || ctx.var_os("REQUEST_METHOD").is_none();
    let names = if scheme == "https" { FOR_HTTPS } else { FOR_HTTP };
    let Some((variable, address)) = set(names).find(|(name, _)| is_trusted(name)) else { return Ok(None) };
    if address.starts_with("socks") {
        return Err(bad(variable, "names a SOCKS proxy, and ssox speaks to HTTP proxies only"));
    }
    let address = if address.contains("://") { address.to_string() } else { format!("http://{address}") };
    let config = ProxyConfig::all(&address).map_err(|_| bad(variable, "is not the address of a proxy"))?;
    let exceptions = ctx.var("NO_PROXY").or_else(|| ctx.var("no_proxy"));
    Ok(Some(Proxy {
        config: config.no_proxy(exceptions.unwrap_or_default()),
        variable,
        place: place(&address).to_string(),
        is_tls: address.starts_with("https"),
        is_certain: exceptions.is_none(),
    }))
}

/// `[scheme://][user:password@]host[:port]`; a port that is no number would be taken for the usual one.
fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map_or("http", |(scheme, _)| scheme);
    let place = place(text);
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (place, None),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(&scheme)
        && !host.is_empty()
        && host.chars().all(is_host)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// Returns host and port of an address, without user and password.
fn place(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(variables.iter().map(|(name, value)| ((*name).into(), OsString::from(value))))
    }

    #[test]
    fn proxies_are_addresses() {
        for proxy in ["http://p:8080", "p:8080", "http://u:s@p.example:1/", "https://[::1]:9", "http://p"] {
            assert!(of(&context(&[("HTTPS_PROXY", proxy)]), "https").unwrap().is_some(), "{proxy}");
        }
        for proxy in ["http://", "ftp://p", "http://p:port", "::::", "http://p q", "http://p:99999", "socks5://p:1"] {
            let error = of(&context(&[("HTTPS_PROXY", proxy), ("SSOX_FUNCTION", "bash1")]), "https").unwrap_err();
            assert!(error.kind.exit_status() == 4 && error.message.contains("`HTTPS_PROXY`"), "{proxy}: {error}");
            assert!(error.hint.unwrap().starts_with("export HTTPS_PROXY="), "{proxy}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let error = of(&context(&[("https_proxy", "http://u:hunter2@p:port")]), "https").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn each_scheme_has_its_variable() {
        let table: &[(&[(&str, &str)], _, _)] = &[
            (&[], None, None),
            (&[("HTTPS_PROXY", "p")], Some("HTTPS_PROXY"), None),
            (&[("HTTP_PROXY", "p"), ("ALL_PROXY", "q")], Some("ALL_PROXY"), Some("HTTP_PROXY")),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "p")], Some("https_proxy"), None),
            (&[("HTTP_PROXY", "p"), ("REQUEST_METHOD", "GET")], None, None),
            (&[("ALL_PROXY", "socks5://p"), ("HTTPS_PROXY", "p")], Some("HTTPS_PROXY"), Some("")),
            (&[("HTTP_PROXY", "not a proxy")], Some(""), Some("")),
        ];
        for (variables, https, http) in table {
            let variable = |scheme| match of(&context(variables), scheme) {
                Ok(proxy) => proxy.map(|proxy| proxy.variable),
                Err(_) => Some(""),
            };
            assert_eq!((variable("https"), variable("http")), (*https, *http), "{variables:?}");
        }
    }
}
