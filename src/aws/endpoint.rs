//! Endpoints that stand in for AWS's own, and who says so: a variable left in a shell redirects every request.

use super::channel::Channel;
use crate::context::Context;
use crate::error::Error;
use crate::shell::hint;
use std::fmt;
use std::net::IpAddr;

/// An address, and what names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) origin: Origin,
}

/// What names an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Variable(String),
    /// A key of a configuration file, with its section and file.
    Key(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => out.write_str(name),
            Self::Key(key) => out.write_str(key),
        }
    }
}

impl Endpoint {
    /// Returns what to do to reach AWS itself.
    pub(crate) fn remedy(&self, ctx: &Context) -> String {
        match &self.origin {
            Origin::Variable(name) => hint::unset(ctx, &[name]),
            Origin::Key(key) => format!("take {key} out"),
        }
    }

    /// Says where requests go, and what to do to reach AWS itself.
    pub(super) fn hint(&self, ctx: &Context) -> String {
        format!("{} sends requests to `{}`, not to AWS: {}", self.origin, self.url, self.remedy(ctx))
    }

    /// Tells whether what is sent there can be read on the way: plain HTTP to another machine.
    pub(crate) fn is_readable_on_the_way(&self) -> bool {
        let host = |rest: &str| rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())].to_lowercase();
        self.url.strip_prefix("http://").map(host).is_some_and(|host| !is_loopback(without_port(&host)))
    }
}

fn without_port(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    let is_address = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_address || host == "localhost" || host.ends_with(".localhost")
}

impl Channel {
    /// Names in an error who was asked in place of AWS.
    pub(super) fn named(&self, error: Error) -> Error {
        match &self.endpoint {
            Some(endpoint) => {
                let message = format!("{} (endpoint `{}`, from {})", error.message, endpoint.url, endpoint.origin);
                Error { message, ..error }
            }
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let is_readable = |url: &str| {
            let origin = Origin::Variable("AWS_ENDPOINT_URL".into());
            Endpoint { url: url.into(), origin }.is_readable_on_the_way()
        };
        let own = [
            "http://localhost:4566",
            "http://127.0.0.1",
            "http://127.9.9.9:1/x",
            "http://[::1]:80",
            "http://LOCALHOST",
        ];
        for url in own.into_iter().chain(["http://x.localhost:1/", "https://example.com", "nonsense", ""]) {
            assert!(!is_readable(url), "{url}");
        }
        let others =
            ["http://example.com", "http://10.0.0.1:4566", "http://[fe80::1]:80/", "http://localhost.example.com"];
        for url in others.into_iter().chain(["http://0.0.0.0:1", "http://127.0.0.1.example.com/", "http://x?localhost"])
        {
            assert!(is_readable(url), "{url}");
        }
    }
}
