//! `ssox serve`: runs a local server for credentials on 127.0.0.1 until Ctrl-C, and prints the variables that let other
//! programs use it.

use super::changes;
use super::endpoint as steps;
use super::endpoint_changes::{ConfigChoice, TOKEN_FILE, URI, for_container, with_endpoint};
use super::options::{Consent, Fetch};
use super::protected;
use super::selected_profile::selected_profile;
use super::serve_format::{Content, ServeFormat};
use super::verb::{Done, VerbArgs};
use crate::cache::Entry;
use crate::context::Context;
use crate::endpoint::{Endpoint, Handover, Listening};
use crate::environment::EnvChanges;
use crate::error::{Error, Result, cause_text};
use crate::json;
use crate::profile::Profile;
use crate::secret::Secret;
use crate::shell::quote::Dialect;
use crate::source::Request;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{Write as _, stdout};

/// The path of the token file in a development container.
const TOKEN_IN_CONTAINER: &str = "/run/ssox-token";

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ssox serve dev\n  ssox serve dev --port 9911 --format env-file > dev.env &\n  \
                  docker run --network host --env-file dev.env IMAGE")]
pub(crate) struct Serve {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    profile: Option<String>,
    /// Port on 127.0.0.1 [default: any free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Print JSON
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "env")]
    format: ServeFormat,
    /// Let the programs read your configuration files, where a `[default]` takes precedence over the served credentials
    #[arg(long)]
    keep_config: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    fetch: Fetch,
}

impl VerbArgs for Serve {
    /// Prints the variables that point AWS tools to the local server, and serves credentials until a signal ends this
    /// process.
    ///
    /// # Errors
    /// `Configuration`: the port is in use, or a file cannot be written. `NeedsPerson`: the profile is protected, and
    /// nobody agreed to its use. `Other`: standard output cannot be written, or the server cannot be started.
    /// `Configuration`, `NeedsPerson`, `Refused`, `Unreachable`: the profile cannot be loaded, or its credentials
    /// cannot be fetched.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let profile = selected_profile(ctx, self.profile.as_deref(), &self.fetch)?;
        protected::confirm(ctx, "serve", &profile, &self.consent)?;
        let entry = steps::first_credentials(ctx, &profile, &Request::from(&self.fetch))?;
        let endpoint = Listening::on_port(self.port)?.with_files(ctx, steps::region(ctx, &profile).as_deref())?;
        let printed = self.text(ctx, &profile, &entry, &endpoint).and_then(|text| print(&text));
        let directory = endpoint.directory.clone();
        let until = changes::time_limit(ctx, &profile);
        let handover = Handover { until, ..steps::handover(&profile, entry, &endpoint) };
        printed.and_then(|()| serve(ctx, endpoint, handover)).inspect_err(|_| directory.remove()).map(Done::from)
    }

    fn wants_json(&self) -> bool {
        self.json
    }
}

impl Serve {
    fn text(&self, ctx: &Context, profile: &Profile, entry: &Entry, endpoint: &Endpoint) -> Result<Secret> {
        let config = if self.keep_config { ConfigChoice::Kept } else { ConfigChoice::Empty };
        let for_programs = || with_endpoint(ctx, profile, entry, endpoint, config);
        let in_container = || for_container(profile, entry, endpoint);
        if self.json {
            return Ok(as_json(endpoint, &for_programs()?));
        }
        match self.format.content {
            Content::Variables(dialect) => dialect.write(&for_programs()?),
            Content::ContainerFile => Dialect::Docker.write(&in_container()?),
            Content::DevelopmentContainer => Ok(devcontainer(endpoint, &in_container()?)),
        }
    }
}

/// Prints a text immediately. The output of other verbs is printed when the verb ends, but `serve` runs until a signal
/// ends it.
fn print(text: &Secret) -> Result<()> {
    let printed = stdout().write_all(text.expose().as_bytes()).and_then(|()| stdout().flush());
    printed.map_err(|cause| Error::other(format!("could not write to standard output: {}", cause_text(&cause))))
}

#[cfg(unix)]
fn serve(_: &Context, endpoint: Endpoint, handover: Handover) -> Result<()> {
    crate::endpoint::become_server(endpoint, handover)
}

#[cfg(not(unix))]
fn serve(ctx: &Context, endpoint: Endpoint, handover: Handover) -> Result<()> {
    crate::endpoint::serve(ctx, &endpoint.listener, handover)
}

/// What `ssox serve --json` prints.
#[derive(Serialize)]
struct ServeJson<'a> {
    uri: String,
    token: &'a str,
    token_file: Option<&'a str>,
    /// The variables for programs. A program must unset a variable whose value is `null`.
    environment: BTreeMap<&'static str, Option<&'a str>>,
}

fn as_json(endpoint: &Endpoint, changes: &EnvChanges) -> Secret {
    json::secret_document(&ServeJson {
        uri: endpoint.uri(),
        token: endpoint.token.expose(),
        token_file: changes.get(TOKEN_FILE).flatten(),
        environment: changes.iter().collect(),
    })
}

/// What to add to `devcontainer.json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DevelopmentContainerJson<'a> {
    run_args: [&'a str; 1],
    mounts: [String; 1],
    container_env: BTreeMap<&'static str, &'a str>,
}

/// Returns what to add to `devcontainer.json`. A container can use 127.0.0.1 of this machine only with
/// `--network=host`.
fn devcontainer(endpoint: &Endpoint, changes: &EnvChanges) -> Secret {
    let mut environment: BTreeMap<&str, &str> =
        changes.iter().filter_map(|(name, value)| Some((name, value?))).collect();
    environment.insert(TOKEN_FILE, TOKEN_IN_CONTAINER);
    let token = endpoint.directory.token();
    debug_assert!(environment.contains_key(URI));
    json::secret_document(&DevelopmentContainerJson {
        run_args: ["--network=host"],
        mounts: [format!("source={},target={TOKEN_IN_CONTAINER},type=bind,readonly", token.display())],
        container_env: environment,
    })
}
