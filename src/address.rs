//! HTTP URLs. Only this file splits a URL into its parts, so ssox connects to the same host that it has checked.

use http::Uri;
use std::net::IpAddr;

/// An absolute `http` or `https` URL.
///
/// Invariant: every program finds the same host in the URL. The URL consists of printable ASCII characters, without
/// white space. It has no user name before the host, and the port, if there is one, is a number up to 65535. The host
/// consists of letters, digits, `.`, `-` and `_`, or is an IPv6 address in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    is_https: bool,
    /// The host in lower case; an IPv6 address has no brackets here.
    host: String,
    uri: Uri,
}

impl Address {
    /// Parses a URL; returns `None` if it is relative, has another scheme, or breaks the invariant of [`Address`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_graphic()))?;
        let is_https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority.host();
        // The `?` returns `None` if the URL has a user name before the host.
        let port = authority.as_str().strip_prefix(host)?;
        if !is_host(host) || !(port.is_empty() || is_port(port)) {
            return None;
        }
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        Some(Self { is_https, host, uri })
    }

    /// Tells whether the URL is `https`.
    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the scheme, in lower case.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// Returns the host in lower case; an IPv6 address is without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Returns the host, and the port if the URL has one, as they are written in the URL.
    pub(crate) fn authority(&self) -> &str {
        self.uri.authority().map_or("", http::uri::Authority::as_str)
    }

    /// Returns the path, without the query.
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// Tells whether the host is this machine: `localhost` or a loopback address.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn is_host(text: &str) -> bool {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)),
    }
}

fn is_port(text: &str) -> bool {
    let number = text.strip_prefix(':').filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    number.is_some_and(|number| number.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_into_its_parts() {
        let parts = |text: &str| {
            let address = Address::parse(text)?;
            Some([address.scheme(), address.host(), address.authority(), address.path()].map(String::from))
        };
        for (text, expected) in [
            ("https://D-1.awsapps.com/start#/", ["https", "d-1.awsapps.com", "D-1.awsapps.com", "/start"]),
            ("HTTPS://x:8443?a=b", ["https", "x", "x:8443", "/"]),
            ("http://[::1]:80/x?y#z", ["http", "::1", "[::1]:80", "/x"]),
            ("https://x", ["https", "x", "x", "/"]),
        ] {
            assert_eq!(parts(text), Some(expected.map(String::from)), "{text}");
        }
    }

    #[test]
    fn a_text_in_which_another_program_could_read_another_host_is_rejected() {
        for text in [
            "",
            "https://",
            "https:///x",
            "https:/x",
            "x",
            "/x",
            "x:1",
            "ftp://x/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "--version",
            "https://a b/",
            "https://a/ b",
            "https://a/\nb",
            "https://a/\u{202e}",
            "https://ü.x/",
            "https://a@b/",
            "https://a:b@c/",
            "https://a\\@b/",
            "https://a\\.b/",
            "https://a:b/",
            "https://a:/",
            "https://a:99999/",
            "https://a:1:2/",
            "https://[::1/",
            "https://[x]/",
            "https://::1/",
            "https://a,b/",
            "https://*/",
        ] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn this_machine_has_loopback_addresses_and_localhost() {
        for text in ["http://localhost:1", "http://127.9.9.9/", "http://[::1]:80", "http://LOCALHOST"] {
            assert!(Address::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://x.localhost",
            "http://127.0.0.1.example.com/",
            "http://0.0.0.0",
            "http://[fe80::1]/",
        ] {
            assert!(!Address::parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
