//! Custom endpoints (URLs that replace AWS's service hosts), and the setting that each comes from. Messages name the
//! setting, because a forgotten variable redirects every request.

use crate::address::Address;
use crate::context::Context;
use crate::error::Error;
use std::fmt;

/// The URL of a custom endpoint, and the setting that this URL comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CustomEndpoint {
    pub(crate) url: String,
    pub(crate) origin: Origin,
}

/// The setting that a custom endpoint comes from: an environment variable or a setting in a config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The name of an environment variable.
    Variable(String),
    /// The name of a setting in a config file, with its section and the file, as a message shows them.
    ConfigKey(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => out.write_str(name),
            Self::ConfigKey(key) => out.write_str(key),
        }
    }
}

impl CustomEndpoint {
    /// Returns the command or the edit that removes the custom endpoint.
    pub(crate) fn remedy(&self, ctx: &Context) -> String {
        match &self.origin {
            Origin::Variable(name) => ctx.line_to_unset(&[name]),
            Origin::ConfigKey(key) => format!("remove {key}"),
        }
    }

    /// Adds two things to an error: the message says that the request was not sent to AWS, and a hint says how to
    /// remove the custom endpoint.
    pub(super) fn explain(&self, ctx: &Context, error: Error) -> Error {
        let message = format!("{}; {} sends requests to `{}`, not to AWS", error.message, self.origin, self.url);
        Error { message, ..error }.hint(self.remedy(ctx))
    }

    /// Tells whether requests leave this machine unencrypted: the URL is plain HTTP, and its host is not this machine.
    pub(crate) fn is_unencrypted(&self) -> bool {
        let is_own = |address: &Address| address.is_loopback() || address.host().ends_with(".localhost");
        Address::parse(&self.url).is_some_and(|address| !address.is_https() && !is_own(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_to_another_machine_is_unencrypted() {
        let is_unencrypted = |url: &str| {
            let origin = Origin::Variable("AWS_ENDPOINT_URL".into());
            CustomEndpoint { url: url.into(), origin }.is_unencrypted()
        };
        let own = [
            "http://localhost:4566",
            "http://127.0.0.1",
            "http://127.9.9.9:1/x",
            "http://[::1]:80",
            "http://LOCALHOST",
        ];
        for url in own.into_iter().chain(["http://x.localhost:1/", "https://example.com", "nonsense", ""]) {
            assert!(!is_unencrypted(url), "{url}");
        }
        let others =
            ["http://example.com", "http://10.0.0.1:4566", "http://[fe80::1]:80/", "http://localhost.example.com"];
        for url in others.into_iter().chain(["http://0.0.0.0:1", "http://127.0.0.1.example.com/", "http://x?localhost"])
        {
            assert!(is_unencrypted(url), "{url}");
        }
    }
}
