//! The two ways (flows) to sign in, and the choice between them: PKCE where a browser can be opened, otherwise a device
//! code.

use crate::browser;
use crate::context::Context;
use std::time::Duration;

/// A way to sign in: an OAuth flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// AWS redirects a browser on this machine to a local server of ssox, with an authorization code.
    Pkce,
    /// The person confirms or types a code in a browser, on this machine or another machine.
    DeviceCode,
}

/// The options of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SignInOptions {
    /// The flow that the person chose with an option; `None` if ssox chooses it.
    pub(crate) flow: Option<Flow>,
    /// The local port that AWS redirects the browser to. A port implies PKCE.
    pub(crate) port: Option<u16>,
    /// Whether ssox shows the sign-in URL but opens no browser.
    pub(crate) no_browser: bool,
    /// Whether ssox copies the sign-in URL to the clipboard of the terminal.
    pub(crate) copy: bool,
    /// How long to wait for the person to sign in; `None` for the default, ten minutes.
    pub(crate) timeout: Option<Duration>,
    /// Whether to sign in even if the cached token is valid.
    pub(crate) fresh: bool,
}

/// Returns the flow to use: the chosen flow (a port implies PKCE). If none was chosen, returns PKCE if the session has
/// a name and a browser can be opened, otherwise the device code. Sessions without a name use the device code, as in
/// the AWS CLI.
pub(super) fn choose(ctx: &Context, chosen: Option<Flow>, port: Option<u16>, is_named: bool) -> Flow {
    match chosen.or(port.map(|_| Flow::Pkce)) {
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
    fn the_flow_follows_from_the_options_and_the_environment() {
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
        for (chosen, port, is_named, vars, expected) in table {
            let ctx = Context::new(vars.iter().chain([&path]).map(|(name, value)| ((*name).into(), value.into())));
            assert_eq!(choose(&ctx, *chosen, *port, *is_named), *expected, "{chosen:?} {port:?} {is_named} {vars:?}");
        }
    }
}
