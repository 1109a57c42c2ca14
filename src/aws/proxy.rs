//! The HTTP proxy, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` configure it. The HTTP client itself
//! applies the rules in `NO_PROXY`.

use crate::address::Address;
use crate::context::Context;
use crate::error::{Error, Result};
use aws_smithy_http_client::proxy::ProxyConfig;

/// The proxy that requests to URLs of one scheme use.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub(super) config: ProxyConfig,
    /// The environment variable that names the proxy.
    pub(super) variable: &'static str,
    /// The proxy's host and port.
    pub(super) address: String,
    /// Whether the connection to the proxy itself uses TLS.
    pub(super) is_tls: bool,
    /// Whether all requests use the proxy, because `NO_PROXY` is not set.
    pub(super) has_no_exceptions: bool,
}

const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variables that may name the proxy for `http` URLs, in order. `HTTP_PROXY` is ignored in a CGI program, where
/// this variable may contain the HTTP header `Proxy` of a web request: anybody can send such a header
/// (<https://httpoxy.org>).
const FOR_HTTP: [&str; 4] = ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"];

/// Returns the proxy for URLs with this scheme (`http` or `https`); `None` if no variable names a proxy.
///
/// # Errors
/// `Configuration`: one of the proxy variables (of either scheme) is not the URL of a proxy, or the proxy is a SOCKS
/// proxy. The message does not show the value, because it may contain a password.
pub(super) fn of(ctx: &Context, scheme: &str) -> Result<Option<Proxy>> {
    let set = |names: [&'static str; 4]| names.into_iter().filter_map(|name| Some((name, ctx.var(name)?)));
    let invalid = |variable: &str, what: &str| {
        let hint = ctx.line_to_set(variable, "http://proxy.example:8080");
        Error::configuration(format!("`{variable}` {what}")).hint(hint)
    };
    if let Some((variable, _)) = set(FOR_HTTPS).chain(set(FOR_HTTP)).find(|(_, text)| split(text).is_none()) {
        return Err(invalid(variable, "is not the URL of a proxy"));
    }
    let is_trusted = |name: &str| name != "HTTP_PROXY" || ctx.var_os("REQUEST_METHOD").is_none();
    let names = if scheme == "https" { FOR_HTTPS } else { FOR_HTTP };
    let Some((variable, text)) = set(names).find(|(name, _)| is_trusted(name)) else { return Ok(None) };
    let Some((scheme, address)) = split(text) else { return Ok(None) };
    if scheme.starts_with("socks") {
        return Err(invalid(variable, "is a SOCKS proxy, and ssox supports HTTP proxies only"));
    }
    let url = if text.contains("://") { text.to_string() } else { format!("http://{text}") };
    let config = ProxyConfig::all(&url).map_err(|_| invalid(variable, "is not the URL of a proxy"))?;
    let exceptions = ctx.var("NO_PROXY").or_else(|| ctx.var("no_proxy"));
    Ok(Some(Proxy {
        config: config.no_proxy(exceptions.unwrap_or_default()),
        variable,
        address: address.authority().into(),
        is_tls: scheme == "https",
        has_no_exceptions: exceptions.is_none(),
    }))
}

/// Splits `[scheme://][user:password@]host[:port]`. Returns the scheme and the address without user and password;
/// `None` for any other text. An invalid port must not reach the HTTP client, which would use the default port instead.
fn split(text: &str) -> Option<(&str, Address)> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let is_known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(&scheme);
    let authority = rest.split('/').next()?.rsplit('@').next()?;
    Address::parse(&format!("http://{authority}")).filter(|_| is_known).map(|address| (scheme, address))
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
            assert!(error.hints[0].starts_with("export HTTPS_PROXY="), "{proxy}");
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
