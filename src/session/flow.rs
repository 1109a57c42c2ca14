//! How to sign in: what was asked for, and which way that is: PKCE where a browser can be opened here, else the device
//! code.
//!
//! Deliberately not here: either conversation (`sign_in`).

use crate::browser;
use crate::context::Context;
use std::time::Duration;

/// The two ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// A browser on this machine brings the answer back by itself.
    Pkce,
    /// A code, typed in or confirmed in a browser anywhere.
    DeviceCode,
}

/// How to sign in, as far as somebody said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SignIn {
    pub(crate) flow: Option<Flow>,
    /// The port of the listener; asks for PKCE.
    pub(crate) port: Option<u16>,
    /// Show the address, open nothing.
    pub(crate) no_browser: bool,
    /// How long to wait for the person.
    pub(crate) timeout: Option<Duration>,
    /// A token that still lives is not enough.
    pub(crate) fresh: bool,
}

/// Chooses the way: the one asked for (a port asks for PKCE), else PKCE for an `[sso-session]` where a browser can be
/// opened. Legacy sessions take the device code, as in the AWS CLI.
pub(super) fn choose(ctx: &Context, asked: Option<Flow>, port: Option<u16>, is_named: bool) -> Flow {
    match asked.or(port.map(|_| Flow::Pkce)) {
        Some(flow) => flow,
        None if is_named && browser::can_open(ctx) => Flow::Pkce,
        None => Flow::DeviceCode,
    }
}

#[cfg(test)]
mod tests {
    use super::Flow::{DeviceCode, Pkce};
    use super::*;

    #[test]
    fn the_way_follows_from_what_is_asked_and_what_is_there() {
        let bin = tempfile::tempdir().unwrap();
        for name in ["firefox", "xdg-open"] {
            std::fs::write(bin.path().join(name), "").unwrap();
        }
        let path = ("PATH", bin.path().to_str().unwrap());
        let ssh = ("SSH_CONNECTION", "10.0.0.1 5000 10.0.0.2 22");
        let x11 = ("DISPLAY", ":0");
        type Row<'a> = (Option<Flow>, Option<u16>, bool, &'a [(&'a str, &'a str)], Flow);
        let table: &[Row] = &[
            (None, None, true, &[ssh], DeviceCode),
            (None, None, true, &[x11], Pkce),
            (None, None, true, &[("BROWSER", "firefox"), ssh], Pkce),
            (None, None, true, &[("BROWSER", "none"), x11], DeviceCode),
            (Some(Pkce), None, true, &[("BROWSER", "none")], Pkce),
            (None, None, true, &[x11, ssh], DeviceCode),
            (None, None, false, &[x11], DeviceCode),
            (None, None, false, &[("BROWSER", "firefox")], DeviceCode),
            (Some(Pkce), None, false, &[ssh], Pkce),
            (Some(Pkce), None, true, &[], Pkce),
            (Some(DeviceCode), None, true, &[x11], DeviceCode),
            (None, Some(8400), true, &[ssh], Pkce),
            (None, Some(8400), false, &[], Pkce),
        ];
        for (asked, port, is_named, vars, expected) in table {
            let ctx = Context::new(vars.iter().chain([&path]).map(|(name, value)| ((*name).into(), value.into())));
            assert_eq!(choose(&ctx, *asked, *port, *is_named), *expected, "{asked:?} {port:?} {is_named} {vars:?}");
        }
    }
}
