//! `ssox login`: signs in to a session, or to the identity provider of a SAML profile.

use super::{chosen_session, saml};
use crate::cli::Login;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{ErrorKind, Result};
use crate::session::{self, Flow, SignInOptions};
use crate::terminal;
use crate::time::human;

/// Signs in, unless the token is still valid or can be refreshed.
///
/// # Errors
/// Configuration: no such session. `NeedsPerson`: nobody can sign in, or nobody did in time. AWS refuses or is unreachable.
pub(super) fn run(ctx: &Context, args: &Login) -> Result<()> {
    if let (None, Some((name, saml))) = (&args.sso_session, saml::selected(ctx, args.profile.as_deref())) {
        return saml::log_in(ctx, args, &name, &saml);
    }
    let files = ConfigFiles::load(ctx)?;
    let session = chosen_session(ctx, &files, args.profile.as_deref(), args.sso_session.as_deref())?;
    if !args.fresh {
        match session::token(ctx, &session) {
            Ok(token) => {
                let left = human(token.expires_at.seconds_after(ctx.now()));
                let line = format!("already signed in to `{}`, for {left}; --fresh signs in again", session.label());
                terminal::say(&line);
                return Ok(());
            }
            Err(error) if error.kind == ErrorKind::NeedsPerson => ctx.log(|| error.message),
            Err(error) => return Err(error),
        }
    }
    session::sign_in(ctx, &session, &options(args)).map(drop)
}

fn options(args: &Login) -> SignInOptions {
    let flow = match (args.pkce, args.device_code) {
        (true, _) => Some(Flow::Pkce),
        (_, true) => Some(Flow::DeviceCode),
        _ => None,
    };
    SignInOptions { flow, port: args.port, no_browser: args.no_browser, timeout: args.timeout, fresh: args.fresh }
}
