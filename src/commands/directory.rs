//! `ssox directory`: called by the hook when the shell enters the directory of a `.ssox` file. This verb puts the
//! file's profile into the shell. The shell itself saves the values that the variables had before, and restores them
//! when it leaves the directory. A shell that inherited the directory's values does not know those from before, so it
//! calls this verb when it leaves, too.
//!
//! Invariant: this verb asks no person, and opens no browser.

use super::renewal::{self, SegmentState, State, Step};
use super::shell_function::calling_function;
use super::use_profile::{ProfileOnly, check_profile_only};
use super::verb::{Done, VerbArgs};
use super::{changes, identity};
use crate::cache::Entry;
use crate::context::Context;
use crate::directory::{self, DirectoryFile, Settings};
use crate::environment::EnvChanges;
use crate::error::{Error, ErrorKind, Result, as_argument};
use crate::identity::is_in_use;
use crate::profile::{Profile, Wanted};
use crate::shell::reply::reply;
use crate::snapshots::Snapshots;
use crate::source::Request;
use crate::terminal::say_in_hook;
use crate::time::Timestamp;
use clap::Args;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How long the prompt waits, in a directory with a `.ssox` file, for credentials that are not cached. If they arrive
/// later, the hook sets them at a later prompt.
const WAIT: Duration = Duration::from_secs(3);
/// The time between two reads of the cache while the prompt waits.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Variables that do not change when the shell enters a directory, so that `use -` goes back to the last profile that a
/// person used.
const KEPT: [&str; 3] = ["SSOX_PREVIOUS", "SSOX_PREVIOUS_ROLE_ARN", "SSOX_PREVIOUS_SSO_SESSION"];

#[derive(Args, Debug)]
pub(crate) struct Directory {
    /// The `.ssox` file. Left out if the shell inherited the values of a directory, and is no longer in that directory
    file: Option<PathBuf>,
}

impl VerbArgs for Directory {
    const IS_INTERACTIVE: bool = false;

    /// Returns the reply to the shell: the environment changes that the hook applies. For a file that is not trusted,
    /// the reply is empty and the exit status is 3.
    ///
    /// # Errors
    /// `Usage`: not called by the hook of ssox's shell script. `Configuration`: the file or its profile cannot be used.
    /// `NeedsPerson`: the file has `profile_only = true`, but AWS tools would get no credentials from the profile.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let emit = calling_function(ctx, "directory")?;
        let changes = match &self.file {
            Some(file) => entered(ctx, file)?,
            None => Some(left(ctx)?),
        };
        let not_trusted = || Done { status: ErrorKind::NeedsPerson.exit_status(), ..Done::default() };
        Ok(changes.map_or_else(not_trusted, |changes| reply(emit, &changes).into()))
    }
}

/// Returns the environment changes for a shell that leaves a directory, if the shell inherited the values of this
/// directory. Such a shell cannot restore the values that the variables had before, because not this shell but its
/// parent process entered the directory.
fn left(ctx: &Context) -> Result<EnvChanges> {
    let mut changes = changes::cleared(ctx)?;
    changes.unset(directory::VARIABLE);
    // After these changes no profile is in use, so the shell would restore the values that the variables had before this
    // reply. Without a profile in use, these are old values of ssox that direnv or mise has brought back.
    changes.forget(directory::VARIABLE);
    if !is_in_use(ctx) {
        let unset: Vec<&str> = changes.iter().filter_map(|(name, value)| value.is_none().then_some(name)).collect();
        unset.into_iter().for_each(|name| changes.forget(name));
    }
    Ok(changes)
}

/// Returns the environment changes for a directory; `None` if its `.ssox` file is not trusted. If its profile is
/// protected, the changes do not put this profile into the shell, and a message says what to type for that.
fn entered(ctx: &Context, path: &Path) -> Result<Option<EnvChanges>> {
    let file = DirectoryFile::read(path)?;
    let name = as_argument(&file.settings()?.profile);
    if !file.is_trusted(ctx)? {
        say_in_hook(&format!(".ssox wants profile {name}: ssox allow"));
        return Ok(None);
    }
    let (settings, profile) = wanted(ctx, &file)?;
    let mut changes;
    if profile.protection.needs_confirmation() {
        say_in_hook(&format!(".ssox wants profile {name}, which is protected: ssox use {name}"));
        // The shell does not compare its values again right after a reply, so they are checked here.
        changes = identity::check(ctx)?;
    } else {
        changes = used(ctx, &profile, &settings)?;
        KEPT.iter().for_each(|name| changes.keep(name));
        if changes.get("SSOX_STATE").is_none() {
            changes.unset("SSOX_STATE");
        }
        if directory::has_nearer_tool(&file.path) {
            leave_to_tools(ctx, &mut changes);
        }
    }
    changes.set(directory::VARIABLE, file.path.to_string_lossy())?;
    Ok(Some(changes))
}

/// Returns the settings in a `.ssox` file, and the profile that it names.
///
/// # Errors
/// `Configuration`: the file or its profile cannot be used. `NeedsPerson`: the file has `profile_only = true`, but AWS
/// tools would get no credentials from the profile.
pub(super) fn wanted(ctx: &Context, file: &DirectoryFile) -> Result<(Settings, Profile)> {
    let settings = file.settings()?;
    let why = |error: Error| error.doing(format!("could not use `{}`", file.path.display()));
    let profile = Profile::load(ctx, &Wanted::stored(&settings.profile)).map_err(why)?;
    if settings.profile_only {
        check_profile_only(ctx, &profile, ProfileOnly::Key).map_err(why)?;
    }
    Ok((settings, profile))
}

fn used(ctx: &Context, profile: &Profile, settings: &Settings) -> Result<EnvChanges> {
    let region = settings.region.as_deref();
    if settings.profile_only {
        return changes::profile_only(ctx, profile, region);
    }
    match fetched(&renewal::holding(ctx, profile), profile) {
        Ok(entry) => changes::with_credentials(ctx, profile, &entry, region),
        Err((state, next)) => changes::without_credentials(ctx, profile, region, (state.name(), next)),
    }
}

/// Returns the profile's credentials from the cache. If they are not cached, or have expired, starts the background
/// process that fetches them, and waits for this process. If credentials cannot be cached, fetches them here. If this
/// fails or takes too long, the error value is the state that the prompt segment shows, and the time of the hook's next
/// call of ssox. `held` is a context in which the profile is in use.
fn fetched(held: &Context, profile: &Profile) -> std::result::Result<Entry, (SegmentState, Timestamp)> {
    let deadline = held.deadline(WAIT);
    let soon = held.now().plus(1);
    let mut is_started = false;
    loop {
        if let Some(entry) = profile.source.cached(held).filter(|entry| !entry.is_expired(held.now())) {
            return Ok(entry);
        }
        match renewal::state(held, profile) {
            State::Failed(failure) if failure.step != Step::Store => {
                return Err((failure.outcome(), failure.next_call(held.now())));
            }
            State::Failed(_) => return uncached(held, profile),
            State::Idle if !is_started && renewal::start(held).is_err() => return uncached(held, profile),
            State::Idle | State::UnderWay => is_started = true,
        }
        if deadline.is_expired() {
            return Err((SegmentState::Renewing, soon));
        }
        sleep(POLL_INTERVAL);
    }
}

/// Fetches credentials that cannot be cached, while the prompt waits. If that fails, the error value is the state that
/// the prompt segment shows, and the time of the hook's next call of ssox.
fn uncached(held: &Context, profile: &Profile) -> std::result::Result<Entry, (SegmentState, Timestamp)> {
    profile.credentials(&held.unattended(), &Request::default()).map_err(|error| {
        held.log(|| error.message.clone());
        let outcome = if error.kind == ErrorKind::NeedsPerson { SegmentState::SignIn } else { SegmentState::Failed };
        (outcome, held.now().plus(1))
    })
}

/// Removes from `changes` each variable that direnv or mise has set. Called if the file of that tool (such as `.envrc`)
/// is nearer to the working directory than the `.ssox` file.
fn leave_to_tools(ctx: &Context, changes: &mut EnvChanges) {
    let snapshots = Snapshots::of(ctx);
    let names: Vec<&str> = changes.iter().map(|(name, _)| name).collect();
    names.into_iter().filter(|name| snapshots.owner(name).is_some()).for_each(|name| changes.keep(name));
}
