//! `ssox export`: prints credentials in the format of a shell, a file or a program, quoted as that format needs.

use super::credentials_file;
use super::export_format::{Content, ExportFormat};
use super::options::{Consent, Fetch};
use super::protected;
use super::selected_profile::selected_profile;
use super::verb::{Done, VerbArgs};
use crate::cache::CredentialsJson;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::environment::EnvChanges;
use crate::error::{Error, Result};
use crate::identity::{EXPIRATION, TOKEN};
use crate::json;
use crate::profile::Profile;
use crate::secret::Secret;
use crate::source::Request;
use crate::time::Timestamp;
use clap::Args;
use serde::Serialize;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  eval \"$(ssox export dev)\"\n  ssox export dev --format json\n  ssox export dev --format credentials-file --write"
)]
pub(crate) struct Export {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    profile: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "env")]
    format: ExportFormat,
    /// Write the credentials into `[SECTION]` of ~/.aws/credentials [default: the profile's name]
    #[arg(long, value_name = "SECTION", num_args = 0..=1, require_equals = false)]
    write: Option<Option<String>>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    fetch: Fetch,
}

impl VerbArgs for Export {
    /// Returns the credentials as text in the format asked for. With `--write`, writes them into `~/.aws/credentials`
    /// instead, and returns no text.
    ///
    /// # Errors
    /// `Usage`: `--write` without `--format credentials-file`. `Configuration`: the format cannot represent a value; or
    /// with `--write`, the file cannot be written, or the section belongs to a profile that has other credentials.
    /// `Configuration`, `NeedsPerson`, `Refused`, `Unreachable`: the profile cannot be loaded, or its credentials
    /// cannot be fetched.
    fn run(&self, ctx: &Context) -> Result<Done> {
        let profile = selected_profile(ctx, self.profile.as_deref(), &self.fetch)?;
        let section = section(self, &profile.name)?;
        if let Some(section) = section {
            credentials_file::check(&ConfigFiles::load(ctx)?, section)?;
        }
        protected::confirm(ctx, "export", &profile, &self.consent)?;
        let credentials = profile.credentials(ctx, &Request::from(&self.fetch))?.credentials;
        if let Some(section) = section {
            return credentials_file::write(ctx, section, &credentials).map(Done::from);
        }
        let text = match self.format.content {
            Content::Variables(dialect) => dialect.write(&variables(ctx, &credentials)?)?,
            Content::ProcessDocument => process(&credentials),
            Content::Json => json(&credentials, &profile),
            Content::CredentialsSection => credentials_file::text(&profile.name, &credentials)?,
        };
        Ok(text.into())
    }
}

/// Returns the name of the section of `~/.aws/credentials` to write; `None` without `--write`.
///
/// # Errors
/// `Usage`: `--write` without `--format credentials-file`.
fn section<'a>(args: &'a Export, profile: &'a str) -> Result<Option<&'a str>> {
    match (&args.write, args.format.content) {
        (Some(section), Content::CredentialsSection) => Ok(Some(section.as_deref().unwrap_or(profile))),
        (Some(_), _) => Err(Error::usage("--write needs `--format credentials-file`")
            .hint("ssox export NAME --format credentials-file --write")),
        (None, _) => Ok(None),
    }
}

/// The JSON document that AWS tools expect from a `credential_process` program:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProcessJson<'a> {
    version: u8,
    #[serde(flatten)]
    credentials: CredentialsJson<'a>,
}

/// Returns the JSON document that AWS tools expect from a `credential_process` program.
pub(super) fn process(credentials: &RoleCredentials) -> Secret {
    json::secret_document(&ProcessJson { version: 1, credentials: CredentialsJson::of(credentials) })
}

/// What `ssox export --format json` prints.
#[derive(Serialize)]
struct ExportJson<'a> {
    profile: &'a str,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: Option<&'a str>,
    expires_at: Option<Timestamp>,
    account_id: Option<&'a str>,
    role_name: Option<&'a str>,
    region: Option<&'a str>,
}

fn json(credentials: &RoleCredentials, profile: &Profile) -> Secret {
    json::secret_document(&ExportJson {
        profile: &profile.name,
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.expose(),
        session_token: credentials.session_token.as_ref().map(Secret::expose),
        expires_at: credentials.expiration,
        account_id: credentials.account_id.as_deref().or_else(|| profile.source.account_id()),
        role_name: profile.source.role_name().or(credentials.role_name.as_deref()),
        region: profile.region.as_deref(),
    })
}

/// Returns the environment changes that set the variables of `aws configure export-credentials`, in the same order.
/// Unlike the AWS CLI, unsets a session token and an expiration in this environment that belong to other credentials:
/// with them, tools fail.
fn variables(ctx: &Context, credentials: &RoleCredentials) -> Result<EnvChanges> {
    let mut changes = EnvChanges::default();
    changes.set("AWS_ACCESS_KEY_ID", &credentials.access_key_id)?;
    changes.set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.expose())?;
    if let Some(token) = &credentials.session_token {
        changes.set(TOKEN, token.expose())?;
    }
    if let Some(end) = credentials.expiration {
        changes.set(EXPIRATION, end.to_string())?;
    }
    let is_left = |name: &&str| changes.get(name).is_none() && ctx.var_os(name).is_some();
    let left: Vec<&str> = [TOKEN, EXPIRATION, "AWS_SECURITY_TOKEN"].into_iter().filter(is_left).collect();
    left.into_iter().for_each(|name| changes.unset(name));
    Ok(changes)
}
