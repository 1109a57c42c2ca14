//! `ssox login`: signs in to a session, or to the identity provider of a SAML profile.

use super::options::time_limit;
use super::saml_profiles::{self, Freshness};
use super::sign_in_target::{SignInTarget, sign_in_target};
use super::verb::{Done, VerbArgs};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::{ErrorKind, Result};
use crate::files;
use crate::profile::Profile;
use crate::session::{self, Flow, Session, SignInOptions};
use crate::store::Store;
use crate::terminal;
use crate::time::human;
use clap::Args;
use std::time::Duration;

#[derive(Args, Debug, Default)]
#[command(after_help = "Examples:\n  ssox login dev\n  ssox login --sso-session corp --device-code\n  \
    ssox login dev --no-browser --port 8400   over SSH, with `ssh -L 8400:127.0.0.1:8400 HOST`")]
pub(crate) struct Login {
    /// Profile whose session to sign in to
    profile: Option<String>,
    /// Session to sign in to
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    sso_session: Option<String>,
    /// Sign in with a browser on this machine
    #[arg(long, conflicts_with = "device_code")]
    pkce: bool,
    /// Sign in with a device code, in a browser on any machine
    #[arg(long)]
    device_code: bool,
    /// Port on 127.0.0.1 that the browser is redirected to
    #[arg(long, value_name = "N", conflicts_with = "device_code", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Print the URL instead of opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Copy the URL to the clipboard of this terminal (OSC 52) instead of opening a browser, for a browser on your own machine
    #[arg(long)]
    copy: bool,
    /// How long to wait for you to sign in [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = time_limit)]
    timeout: Option<Duration>,
    /// Sign in again even if the token is still valid
    #[arg(long)]
    fresh: bool,
}

impl VerbArgs for Login {
    /// Signs in, unless the session has a token that is valid or can be refreshed, or the SAML profile has valid cached
    /// credentials. With `--fresh`, always signs in.
    ///
    /// # Errors
    /// `Configuration`: the session or profile is unknown or has wrong settings, or the token cannot be written.
    /// `NeedsPerson`: nobody can sign in, or nobody did in time. `Refused`: AWS rejects the sign-in. `Unreachable`: AWS
    /// is unreachable.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let files = ConfigFiles::load(ctx)?;
        match sign_in_target(ctx, "login", &files, self.profile.as_deref(), self.sso_session.as_deref())? {
            SignInTarget::Session(session) => self.sign_in(ctx, &files, &session)?,
            SignInTarget::Saml(name, saml) => {
                let freshness = if self.fresh { Freshness::New } else { Freshness::Cached };
                saml_profiles::log_in(ctx, &name, &saml, freshness, self.timeout)?;
            }
        }
        Ok(Done::default())
    }
}

impl Login {
    /// Signs in to a session. Without `--fresh`, does so only if there is no token that is valid or can be refreshed.
    fn sign_in(&self, ctx: &Context, files: &ConfigFiles, session: &Session) -> Result<()> {
        session::unlock(ctx, session, self.timeout)?;
        if !self.fresh {
            match session::valid_token(ctx, session) {
                Ok(token) => {
                    let left = human(token.expires_at.seconds_after(ctx.now()));
                    let label = session.label();
                    terminal::say(&format!(
                        "already signed in to `{label}`, for another {left}; --fresh signs in again"
                    ));
                    return Ok(());
                }
                Err(error) if error.kind == ErrorKind::NeedsPerson => ctx.log(|| error.message),
                Err(error) => return Err(error),
            }
        }
        session::sign_in(ctx, session, &self.options())?;
        remove_files(ctx, files, session);
        Ok(())
    }

    fn options(&self) -> SignInOptions {
        let flow = match (self.pkce, self.device_code) {
            (true, _) => Some(Flow::Pkce),
            (_, true) => Some(Flow::DeviceCode),
            _ => None,
        };
        let Self { port, copy, timeout, fresh, .. } = *self;
        SignInOptions { flow, port, no_browser: self.no_browser || copy, copy, timeout, fresh }
    }
}

/// Removes the cache files of role credentials that ssox now keeps in the keyring. Does nothing if `session` keeps
/// its secrets in files.
fn remove_files(ctx: &Context, files: &ConfigFiles, session: &Session) {
    if session.store == Store::Files {
        return;
    }
    for name in files.profile_names() {
        let key = Profile::resolve(ctx, files, &name).ok().and_then(|profile| profile.source.key());
        let file = key.and_then(|key| key.left_in_file(ctx));
        if let Some(Err(error)) = file.map(|file| files::remove(&file)) {
            terminal::warn(&error.message);
        }
    }
}
