//! `ssox endpoint --renew`: the process that fetches new credentials for the endpoint, which is ssox's local server for
//! credentials. Only that server starts it. This module also has the code that `exec --serve` and `serve` share.

use super::regions;
use super::verb::{Done, VerbArgs};
use crate::arn::AccountId;
use crate::cache::Entry;
use crate::context::Context;
use crate::endpoint::{self, Directory, Endpoint, Handover, Listening};
use crate::environment::EnvChanges;
use crate::error::{Error, ErrorKind, Result};
use crate::profile::{Profile, Wanted};
use crate::session::Session;
use crate::source::{Request, WhenUnreachable};
use crate::terminal;
use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct Renew {
    /// Print the credentials, after a renewal if it is due
    #[arg(long, required = true)]
    renew: bool,
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    #[arg(long, value_name = "SECONDS")]
    duration: Option<i32>,
    #[arg(long, value_name = "NAME")]
    sso_session: Option<String>,
    /// The account with whose credentials the server started
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// The role with whose credentials the server started
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,
    /// The profile
    name: String,
}

impl VerbArgs for Renew {
    const IS_INTERACTIVE: bool = false;

    /// Returns the credentials as JSON for ssox's local server. If a renewal is due, renews the credentials first.
    ///
    /// # Errors
    /// `Configuration`, `NeedsPerson`, `Refused`, `Unreachable`: the profile cannot be loaded, or its credentials
    /// cannot be fetched. `Configuration`: the profile was edited, and has another account or role than at the start of
    /// the server.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let profile = Profile::load(ctx, &Wanted::new(&self.name, self.sso_session.as_deref()))?;
        let profile = profile.with_role(ctx, self.role_arn.as_deref())?.with_duration(self.duration)?;
        let entry = renewed(ctx, &profile)?;
        self.check_identity(identity(&profile, &entry))?;
        Ok(endpoint::secret_document(&entry).into())
    }

    /// Returns true: ssox's local server, which starts this process, parses its errors, so they must be JSON.
    fn wants_json(&self) -> bool {
        self.renew
    }
}

impl Renew {
    /// Compares the account and the role with those at the start of the server. What is not known is not compared.
    fn check_identity(&self, [account_id, role_name]: [Option<String>; 2]) -> Result<()> {
        let started = [&self.account_id, &self.role_name];
        let pairs = started.into_iter().zip([account_id, role_name]);
        let known = pairs.filter_map(|(started, now)| Some((started.as_ref()?, now?)));
        if known.into_iter().all(|(started, now)| *started == now) {
            return Ok(());
        }
        let message = format!("`{}` now has another account or role than at the start of this server", self.name);
        Err(Error::configuration(message).hint("start the program again, or undo the change of the profile"))
    }
}

fn renewed(ctx: &Context, profile: &Profile) -> Result<Entry> {
    let due = profile.source.cached(ctx).and_then(|entry| endpoint::renewed_when_left(&entry, ctx.now()));
    let request = Request { min_ttl: due, when_unreachable: WhenUnreachable::Fail, ..Request::default() };
    profile.credentials(ctx, &request)
}

/// Returns the account ID and the role name of credentials, as far as they are known.
fn identity(profile: &Profile, entry: &Entry) -> [Option<String>; 2] {
    let Profile { source, .. } = profile;
    let keys = &entry.credentials;
    let account_id = keys.account_id.as_deref().or_else(|| source.account_id()).map(String::from);
    let account_id = account_id.or_else(|| Some(AccountId::of_key_id(&keys.access_key_id)?.to_string()));
    [account_id, source.role_name().or(keys.role_name.as_deref()).map(String::from)]
}

/// The environment changes for a program. `files` is the directory that ssox removes when the program ends; `None`
/// without a local server, and on Unix, where the server itself removes its directory.
#[derive(Debug)]
pub(super) struct ForProgram {
    pub(super) changes: EnvChanges,
    pub(super) files: Option<Directory>,
}

/// Returns the credentials with which ssox's local server starts. If AWS is unreachable, these are the cached
/// credentials, unless they expire too soon to be served.
///
/// # Errors
/// `Configuration`, `NeedsPerson`, `Refused`, `Unreachable`: the credentials cannot be fetched.
pub(super) fn first_credentials(ctx: &Context, profile: &Profile, request: &Request) -> Result<Entry> {
    let request = Request { when_unreachable: WhenUnreachable::Fail, ..request.clone() };
    profile.credentials(ctx, &request).or_else(|error| {
        let cached = profile.source.cached(ctx).filter(|entry| endpoint::is_servable(entry, ctx.now()));
        match cached.filter(|_| error.kind == ErrorKind::Unreachable) {
            Some(entry) => {
                terminal::warn(&format!("{}; using the cached credentials, which are still valid", error.message));
                Ok(entry)
            }
            None => Err(error),
        }
    })
}

/// Returns the region for ssox's own AWS config file, which programs that use the local server read: the profile's
/// region, or else that of this shell if ssox did not set it. `None`: there is neither. The file contains no credentials.
pub(super) fn region(ctx: &Context, profile: &Profile) -> Option<String> {
    let region = profile.region.as_deref().map(String::from).or_else(|| regions::without_ours(ctx, "AWS_REGION"));
    region.filter(|region| !region.contains(char::is_control))
}

/// Returns the data that ssox's local server needs to start. This server runs until a signal ends it, unless the caller
/// adds a process to watch or a time limit to the data.
pub(super) fn handover(profile: &Profile, entry: Entry, endpoint: &Endpoint) -> Handover {
    let session = profile.source.session().filter(|_| profile.is_assignment).map(Session::label);
    let duration = profile.ad_hoc_duration.map(|seconds| seconds.to_string());
    let [account_id, role_name] = identity(profile, &entry);
    let options = [
        ("--role-arn", profile.ad_hoc_role_arn.as_deref()),
        ("--duration", duration.as_deref()),
        ("--sso-session", session),
        ("--account-id", account_id.as_deref()),
        ("--role-name", role_name.as_deref()),
    ];
    let options = options.into_iter().filter_map(|(name, value)| Some([name.to_string(), value?.to_string()]));
    Handover {
        profile: profile.name.clone(),
        renewal: options.flatten().chain(["--".into(), profile.name.clone()]).collect(),
        token: endpoint.token.clone(),
        directory: endpoint.directory.clone(),
        watched: None,
        until: None,
        entry,
    }
}

/// The local server for one program. On Unix, the server is a process of its own. On Windows, it is a thread of this
/// process, because this process waits for the program.
pub(super) struct Beside {
    listening: Listening,
    #[cfg(unix)]
    server: endpoint::StartingServer,
}

impl Beside {
    /// Starts the local server, which then waits for the credentials. At the same time, this process can load the
    /// profile.
    ///
    /// # Errors
    /// `Configuration`: no port can be opened. `Other`: the server cannot be started.
    pub(super) fn start() -> Result<Self> {
        let listening = Listening::on_port(0)?;
        #[cfg(unix)]
        let server = endpoint::StartingServer::start(&listening)?;
        Ok(Self {
            listening,
            #[cfg(unix)]
            server,
        })
    }

    /// Passes the credentials to the server, and returns the environment changes for the program, which the function
    /// `changes` makes.
    ///
    /// # Errors
    /// `Other`: the server did not start. `Configuration`: the server's files cannot be written. Also the errors that
    /// the function `changes` returns.
    pub(super) fn serve(
        self,
        ctx: &Context,
        profile: &Profile,
        entry: Entry,
        changes: impl FnOnce(&Entry, &Endpoint) -> Result<EnvChanges>,
    ) -> Result<ForProgram> {
        let endpoint = self.listening.with_files(ctx, region(ctx, profile).as_deref())?;
        let changes = changes(&entry, &endpoint)?;
        let handover = handover(profile, entry, &endpoint);
        #[cfg(unix)]
        self.server.hand_over(Handover { watched: Some(std::process::id()), ..handover })?;
        #[cfg(unix)]
        return Ok(ForProgram { changes, files: None });
        #[cfg(not(unix))]
        return Ok(ForProgram { changes, files: Some(serve_in_thread(ctx, endpoint, handover)) });
    }
}

/// Serves credentials in a thread, and returns the directory with the server's files.
#[cfg(not(unix))]
fn serve_in_thread(ctx: &Context, endpoint: Endpoint, handover: Handover) -> Directory {
    let (ctx, files) = (ctx.clone(), endpoint.directory.clone());
    std::thread::spawn(move || endpoint::serve(&ctx, &endpoint.listener, handover));
    files
}
