//! `ssox endpoint`, which only ssox calls: the processes that serve credentials on 127.0.0.1 and that renew them.

use super::verb::{Done, VerbArgs};
use crate::cache::Entry;
use crate::context::Context;
use crate::endpoint::{self, Directory, Endpoint, Handover, Listening};
use crate::environment::EnvChanges;
use crate::error::{ErrorKind, Result};
use crate::profile::{Profile, Wanted};
use crate::session::Session;
use crate::source::{Request, WhenUnreachable};
use crate::terminal;
use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct RunEndpoint {
    /// Start the server and end
    #[arg(long, requires = "name", conflicts_with = "renew")]
    detach: bool,
    /// Print credentials that are not due for renewal
    #[arg(long, requires = "name")]
    renew: bool,
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    #[arg(long, value_name = "NAME")]
    sso_session: Option<String>,
    /// The profile, or the directory of the server
    name: Option<String>,
}

impl VerbArgs for RunEndpoint {
    const IS_INTERACTIVE: bool = false;

    /// Serves until the process ends that it serves, or prints credentials.
    ///
    /// # Errors
    /// Those of the source, with `--renew`. Other: the server cannot be started.
    fn run(&self, ctx: &Context) -> Result<Done> {
        match &self.name {
            Some(name) if self.renew => {
                let profile = Profile::load(ctx, &Wanted::new(name, self.sso_session.as_deref()))?;
                renew(ctx, &profile.with_role(ctx, self.role_arn.as_deref())?)
            }
            _ => serve(ctx, self),
        }
    }

    /// The server reads the error of the process that renews.
    fn wants_json(&self) -> bool {
        self.renew
    }
}

#[cfg(unix)]
fn serve(ctx: &Context, args: &RunEndpoint) -> Result<Done> {
    match args.name.as_deref() {
        Some(name) if args.detach => endpoint::detach(name).map(Done::from),
        name => endpoint::from_standard_streams(ctx, name).map(Done::from),
    }
}

#[cfg(not(unix))]
fn serve(_: &Context, args: &RunEndpoint) -> Result<Done> {
    let _ = args.detach;
    Err(crate::error::Error::usage("`ssox endpoint` is for ssox itself").hint("ssox serve NAME"))
}

fn renew(ctx: &Context, profile: &Profile) -> Result<Done> {
    let due = profile.source.cached(ctx).and_then(|entry| endpoint::renewed_when_left(&entry, ctx.now()));
    let request = Request { min_ttl: due, when_unreachable: WhenUnreachable::Fail, ..Request::default() };
    let entry = profile.credentials(ctx, &request)?;
    Ok(endpoint::secret_document(&entry).into())
}

/// What a program gets, and what is left to remove after it where ssox waits for it.
#[derive(Debug)]
pub(super) struct ForProgram {
    pub(super) changes: EnvChanges,
    pub(super) files: Option<Directory>,
}

/// Returns the first credentials, which are good enough to be served.
///
/// # Errors
/// Those of the source.
pub(super) fn first_credentials(ctx: &Context, profile: &Profile, request: &Request) -> Result<Entry> {
    let request = Request { when_unreachable: WhenUnreachable::Fail, ..request.clone() };
    profile.credentials(ctx, &request).or_else(|error| {
        let cached = profile.source.cached(ctx).filter(|entry| endpoint::is_servable(entry, ctx.now()));
        match cached.filter(|_| error.kind == ErrorKind::Unreachable) {
            Some(entry) => {
                terminal::warn(&format!("{}; using cached credentials that expire soon", error.message));
                Ok(entry)
            }
            None => Err(error),
        }
    })
}

/// Returns the region for the configuration without profiles.
pub(super) fn region<'a>(ctx: &'a Context, profile: &'a Profile) -> Option<&'a str> {
    let region = profile.region.as_deref().or_else(|| ctx.var("AWS_REGION"));
    region.filter(|region| !region.contains(char::is_control))
}

/// Returns what the server needs. With `watched`, it ends with that process.
pub(super) fn handover(profile: &Profile, entry: Entry, endpoint: &Endpoint, watched: Option<u32>) -> Handover {
    let session = profile.source.session().filter(|_| profile.is_assignment).map(Session::label);
    let options = [("--role-arn", profile.ad_hoc_role_arn.as_deref()), ("--sso-session", session)];
    let options = options.into_iter().filter_map(|(name, value)| Some([name.to_string(), value?.to_string()]));
    Handover {
        profile: profile.name.clone(),
        renewal: options.flatten().chain(["--".into(), profile.name.clone()]).collect(),
        token: endpoint.token.clone(),
        directory: endpoint.directory.clone(),
        watched,
        entry,
    }
}

/// Starts the server, and returns the changes for the program that this process becomes.
///
/// # Errors
/// Other: it cannot be started. Those of the files and of `changes`.
#[cfg(unix)]
pub(super) fn start_beside(
    ctx: &Context,
    profile: &Profile,
    entry: Entry,
    changes: impl FnOnce(&Entry, &Endpoint) -> Result<EnvChanges>,
) -> Result<ForProgram> {
    let listening = Listening::on_port(0)?;
    let server = endpoint::StartingServer::start(&listening)?;
    let endpoint = listening.with_files(ctx, region(ctx, profile))?;
    let changes = changes(&entry, &endpoint)?;
    server.hand_over(handover(profile, entry, &endpoint, Some(std::process::id())))?;
    Ok(ForProgram { changes, files: None })
}

/// Starts the server in a thread of this process, which waits for the program, and returns the changes for it.
///
/// # Errors
/// Those of the files and of `changes`.
#[cfg(not(unix))]
pub(super) fn start_beside(
    ctx: &Context,
    profile: &Profile,
    entry: Entry,
    changes: impl FnOnce(&Entry, &Endpoint) -> Result<EnvChanges>,
) -> Result<ForProgram> {
    let endpoint = Listening::on_port(0)?.with_files(ctx, region(ctx, profile))?;
    let changes = changes(&entry, &endpoint)?;
    let (ctx, handover, files) = (ctx.clone(), handover(profile, entry, &endpoint, None), endpoint.directory.clone());
    std::thread::spawn(move || endpoint::serve(&ctx, &endpoint.listener, handover));
    Ok(ForProgram { changes, files: Some(files) })
}
