//! `ssox each`: runs one command with the credentials of many profiles and assignments (an account and a role each),
//! several at a time.
//!
//! Invariant: after the first command has started, no person is asked.

mod filter;
mod listings;
mod report;
mod selection;
mod sign_ins;

use super::child;
use super::name_list::name_list;
use super::options::Fetch;
use super::verb::{Done, VerbArgs};
use crate::batch::{self, Colours, Finished, Job, OnFailure, Outcome, Output, Shown};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;
use crate::source::Request;
use crate::terminal;
use clap::{Args, ValueHint};
use selection::{Chosen, Selection};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

/// By default as many commands run at once as there are cores, but at least this many: commands mostly wait for AWS.
const FEWEST_JOBS: usize = 4;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ssox each 'dev-*' -- aws s3 ls\n  ssox each --role ReadOnly --json -- aws sts get-caller-identity\n  \
                  ssox each '*' --output-dir out -- ./audit.sh"
)]
pub(crate) struct Each {
    /// Names of profiles, ACCOUNT/ROLE, or globs of them: `dev-*`, `*/ReadOnly`
    patterns: Vec<String>,
    /// Use only accounts whose ID or name matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    account: Vec<String>,
    /// Use only roles whose name matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    role: Vec<String>,
    /// How many commands run at once [default: the number of cores, at least 4]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    jobs: Option<NonZeroUsize>,
    /// After the first failure, start no more commands, and end those that are running
    #[arg(long)]
    fail_fast: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write the output into files in this directory: NAME.out and NAME.err
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    output_dir: Option<PathBuf>,
    /// Use protected profiles too
    #[arg(long)]
    include_protected: bool,
    #[command(flatten)]
    fetch: Fetch,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl VerbArgs for Each {
    /// Runs the command with the credentials of each chosen profile and assignment.
    ///
    /// # Errors
    /// `Usage`: nothing is chosen, or a pattern matches nothing. `NeedsPerson`: all chosen profiles are protected.
    /// `Configuration`: a file cannot be read, the session is unknown, or the output directory cannot be created.
    /// `NeedsPerson`, `Refused`, `Unreachable`: nothing matches, because accounts could not be listed. `Interrupted`:
    /// the person pressed Ctrl-C before the first command started. A command that fails is not an error here: the exit
    /// status shows it.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let Selection { chosen, protected, refused, incomplete } = selection::select(ctx, self)?;
        let unlisted: Vec<Error> = refused.iter().map(unlisted_session).chain(incomplete).collect();
        unlisted.iter().for_each(say_unlisted);
        let names = name_list(&protected);
        if chosen.is_empty() {
            let message = format!("the command was not started, because all chosen profiles are protected: {names}");
            return Err(Error::needs_person(message).hint("add --include-protected"));
        }
        if !protected.is_empty() {
            terminal::say(&format!(
                "the command was not started for these profiles, because they are protected: {names}"
            ));
            terminal::say("hint: add --include-protected");
        }
        let output = Output::new(shown(ctx, self), self.output_dir.clone())?;
        let request = Request::from(&self.fetch);
        let chosen = sign_ins::fetch_what_needs_a_person(ctx, chosen, &request, refused)?;
        let (names, jobs) = jobs(ctx, chosen, &request, &self.command);
        let on_failure = if self.fail_fast { OnFailure::Stop } else { OnFailure::GoOn };
        let Finished { outcomes, interrupted } = batch::run(jobs, limit(self), output, on_failure);
        let status =
            if interrupted.is_some() { ErrorKind::Interrupted.exit_status() } else { status(&outcomes, &unlisted) };
        let stdout = if self.json { report::json(&names, &outcomes) } else { String::new() };
        report::failures(&names, &outcomes, interrupted.as_deref());
        Ok(Done { status, ..Done::from(stdout) })
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

fn at_least_one(text: &str) -> std::result::Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "must be a number, at least 1")
}

/// Returns where the output of the commands goes.
fn shown(ctx: &Context, args: &Each) -> Shown {
    let colours = if ctx.var("NO_COLOR").is_some() { Colours::Never } else { Colours::OnTerminals };
    match (args.json, &args.output_dir) {
        (true, _) => Shown::Kept,
        (false, Some(_)) => Shown::InFiles,
        (false, None) => Shown::Lines(colours),
    }
}

fn limit(args: &Each) -> usize {
    let cores = || std::thread::available_parallelism().map_or(FEWEST_JOBS, |cores| cores.get().max(FEWEST_JOBS));
    args.jobs.map_or_else(cores, NonZeroUsize::get)
}

/// The name, account and role of a chosen profile or assignment, for the report. Account and role are `None` if the
/// profile cannot be loaded or has none.
struct Named {
    name: String,
    account_id: Option<String>,
    role_name: Option<String>,
}

fn jobs(ctx: &Context, chosen: Vec<Chosen>, request: &Request, command: &[OsString]) -> (Vec<Named>, Vec<Job>) {
    let shared = Arc::new((ctx.unattended(), request.clone(), command.to_vec()));
    let job = |Chosen { name, profile }: Chosen| {
        let source = profile.as_ref().ok().map(|profile| &profile.source);
        let text = |value: Option<&str>| value.map(String::from);
        let named = Named {
            name: name.clone(),
            account_id: text(source.and_then(|source| source.account_id())),
            role_name: text(source.and_then(|source| source.role_name())),
        };
        let shared = Arc::clone(&shared);
        let command = Box::new(move || {
            let (ctx, request, words) = &*shared;
            let profile = profile?;
            let entry = profile.credentials(ctx, request)?;
            let (program, arguments) = words.split_first().expect("clap requires a command");
            child::command(ctx, &profile, &entry, program, arguments)
        });
        (named, Job { name, command })
    };
    chosen.into_iter().map(job).unzip()
}

/// Returns the error of a session whose accounts could not be listed. Its message also says that the assignments of
/// this session are left out.
fn unlisted_session((session, error): &(Session, Error)) -> Error {
    error.clone().doing(format!("the assignments of session `{}` are left out", session.label()))
}

/// Warns that some assignments could not be listed, and that the command therefore does not run for these assignments.
fn say_unlisted(error: &Error) {
    terminal::warn(&error.message);
    error.hints.iter().for_each(|hint| terminal::say(&format!("hint: {hint}")));
}

/// Returns the highest exit status of the commands. If no command failed, returns the highest exit status of the
/// errors: credentials that could not be fetched, and sessions that could not be listed.
fn status(outcomes: &[Outcome], unlisted: &[Error]) -> u8 {
    let commands = outcomes.iter().filter_map(|outcome| outcome.status).max().unwrap_or(0);
    let errors = outcomes.iter().filter_map(|outcome| outcome.error.as_ref()).chain(unlisted);
    if commands == 0 { errors.map(|error| error.kind.exit_status()).max().unwrap_or(0) } else { commands }
}
