//! `ssox status --tools`: shows which identity each kind of AWS tool would use in this shell. The module `tools`
//! predicts what each tool takes; this file adds whose credentials they are.

use super::foreign::{self, Owner, foreign};
use super::profile_variables::{KEYS, LEFTOVERS};
use super::table::json_list;
use super::verb::Done;
use super::{endpoint_changes, process_of_ssox};
use crate::arn::Arn;
use crate::config::{ConfigFiles, Section};
use crate::context::Context;
use crate::error::{Result, printable};
use crate::identity::{ID, WEB_IDENTITY, is_in_use};
use crate::terminal;
use crate::tools::{CLI, Prediction, Taken, predictions};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

/// The largest width of a line, in columns.
const WIDTH: usize = 80;

/// The identity that a tool would use, as `ssox status --tools --json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct ToolRow {
    pub(super) tool: &'static str,
    pub(super) identity: Option<String>,
    source: &'static str,
    renews: bool,
    region: Option<String>,
    pub(super) why: String,
    #[serde(skip)]
    is_misread: bool,
    #[serde(skip)]
    taken: Taken,
}

/// Returns which identity each AWS tool would use, as text or as a JSON array.
///
/// # Errors
/// `Configuration`: the files cannot be read.
pub(super) fn show(ctx: &Context, as_json: bool) -> Result<Done> {
    let rows = rows(ctx)?;
    Ok(if as_json { json_list(rows.iter()) } else { as_text(ctx, &rows) }.into())
}

/// Returns a row for each tool, in the order in which the tools are shown.
///
/// # Errors
/// Those of [`show`].
pub(super) fn rows(ctx: &Context) -> Result<Vec<ToolRow>> {
    let seen = ctx.for_programs();
    let refusal = |section: &Section| process_of_ssox::refusal(ctx, section).map(|error| error.message);
    let predictions = predictions(&seen, &ConfigFiles::load(&seen)?, &refusal);
    let takes_keys = predictions.iter().any(|prediction| prediction.taken == Taken::Keys);
    let keys = if takes_keys { identity_of_keys(ctx) } else { None };
    Ok(predictions.into_iter().map(|prediction| row(ctx, keys.as_deref(), prediction)).collect())
}

/// Tells a person which tools will not use the profile if only AWS_PROFILE is set, without access keys. Says nothing if
/// this shell already used a profile in this way.
pub(super) fn say_who_does_not_follow(ctx: &Context, profile: &str) {
    let has_begun = is_in_use(ctx) && ctx.var(ID).is_none() && ctx.var("AWS_PROFILE").is_some();
    if has_begun {
        return;
    }
    let Ok(rows) = rows(&without_keys(ctx).with("AWS_PROFILE", profile)) else { return };
    let others: Vec<&ToolRow> = rows.iter().filter(|row| row.identity.as_deref() != Some(profile)).collect();
    if others.is_empty() {
        return;
    }
    let names: Vec<&str> = others.iter().map(|row| row.tool).collect();
    let unsigned =
        others.iter().filter(|row| row.is_unsigned()).map(|row| format!("; {} sends unsigned requests", row.tool));
    let taken = others.iter().filter(|row| row.identity.is_some());
    let taken = taken.map(|row| format!("; {} takes `{}`", row.tool, row.identity.as_deref().unwrap_or_default()));
    let more: String = unsigned.chain(taken).collect();
    terminal::say(&format!(
        "these tools do not use the profile `{profile}` in AWS_PROFILE: {}{more}; `ssox status --tools` says why",
        names.join(", ")
    ));
}

/// Tells whether the AWS CLI finds credentials if AWS_PROFILE names this profile, and the environment has no access
/// keys. False if the configuration files cannot be read.
pub(super) fn cli_takes(ctx: &Context, profile: &str) -> bool {
    let rows = rows(&without_keys(ctx).with("AWS_PROFILE", profile)).unwrap_or_default();
    rows.iter().any(|row| row.tool == CLI && row.takes_something())
}

/// Returns the environment that tools see after `use --profile-only`, but without AWS_PROFILE.
fn without_keys(ctx: &Context) -> Context {
    ctx.without(&KEYS).without(&LEFTOVERS).without(&WEB_IDENTITY)
}

/// Tells whether a tool uses the identity that a person expects. This is the identity that ssox set, or else the one
/// that the AWS CLI uses. If the AWS CLI refuses the access keys in the environment, it is the identity of these keys.
/// An API key for Amazon Bedrock is never expected.
pub(super) fn is_expected(ctx: &Context, rows: &[ToolRow], row: &ToolRow) -> bool {
    match own_profile(ctx) {
        _ if row.takes_bedrock_key() => false,
        Some(profile) => row.identity.as_deref() == Some(profile),
        None => reference(rows).is_none_or(|reference| reference.is_same_identity(row)),
    }
}

/// Returns the row of the AWS CLI; but if the AWS CLI refuses the access keys in the environment, the row of a tool
/// that takes them.
fn reference(rows: &[ToolRow]) -> Option<&ToolRow> {
    let cli = rows.iter().find(|row| row.tool == CLI)?;
    let takes_keys = |row: &&ToolRow| row.taken == Taken::Keys;
    rows.iter().find(takes_keys).filter(|_| !cli.takes_something()).or(Some(cli))
}

fn row(ctx: &Context, keys: Option<&str>, prediction: Prediction) -> ToolRow {
    let Prediction { tool, taken, renews, region, mut why, is_misread } = prediction;
    let (source, identity) = match &taken {
        Taken::Keys => {
            if keys.is_none() {
                let id = ctx.var(ID).unwrap_or_default();
                why = format!("{why}: {}", foreign::key(ctx, id));
            }
            ("environment", keys.map(String::from))
        }
        Taken::FileKeys(id) => {
            let identity = owned(ctx, id);
            if identity.is_none() {
                why = format!("{why}: {}", foreign::key(ctx, id));
            }
            ("file", identity)
        }
        Taken::WebIdentity(arn) => ("environment", Some(role_of(arn))),
        Taken::Profile(name, _) => ("profile", Some(name.clone())),
        Taken::Container => {
            ("container", own_profile(ctx).filter(|_| endpoint_changes::is_served(ctx)).map(String::from))
        }
        Taken::BedrockKey => ("environment", None),
        Taken::Unsigned | Taken::Nothing => ("none", None),
    };
    ToolRow { tool, identity, source, renews, region, why, is_misread, taken }
}

/// Returns the profile in use, if this shell still has what ssox set.
fn own_profile(ctx: &Context) -> Option<&str> {
    ctx.var("SSOX_PROFILE").filter(|_| is_in_use(ctx) && foreign(ctx).is_none())
}

fn identity_of_keys(ctx: &Context) -> Option<String> {
    if let Some(profile) = own_profile(ctx) {
        return Some(profile.into());
    }
    owned(ctx, ctx.var(ID)?)
}

/// Returns the name of the profile, or of the account and role without a profile, to which an access key belongs;
/// `None` if ssox does not know the key.
fn owned(ctx: &Context, id: &str) -> Option<String> {
    match foreign::owner(ctx, id)? {
        Owner::Profile(name) | Owner::Assignment(name) => Some(name),
    }
}

/// Returns `ACCOUNT/ROLE` for the ARN of a role, and any other text unchanged.
fn role_of(text: &str) -> String {
    let arn = Arn::parse(text);
    let names = arn.and_then(|arn| Some(format!("{}/{}", arn.account_id, arn.role_name()?)));
    names.unwrap_or_else(|| text.into())
}

impl ToolRow {
    /// Tells whether the tool finds credentials.
    pub(super) fn takes_something(&self) -> bool {
        !matches!(self.taken, Taken::Unsigned | Taken::Nothing)
    }

    /// Tells whether the tool uses the profile `default`.
    pub(super) fn takes_default(&self) -> bool {
        matches!(&self.taken, Taken::Profile(name, _) if name == "default")
    }

    /// Tells whether the tool requests credentials from the URL for containers, which may be a local server of ssox.
    pub(super) fn takes_container(&self) -> bool {
        self.taken == Taken::Container
    }

    /// Tells whether the tool uses the access keys in a file of an older program, such as `~/.boto`.
    pub(super) fn takes_file_keys(&self) -> bool {
        matches!(self.taken, Taken::FileKeys(_))
    }

    /// Tells whether the tool uses an API key for Amazon Bedrock.
    pub(super) fn takes_bedrock_key(&self) -> bool {
        self.taken == Taken::BedrockKey
    }

    /// Tells whether the tool would send requests without a signature.
    pub(super) fn is_unsigned(&self) -> bool {
        self.taken == Taken::Unsigned
    }

    fn is_same_identity(&self, other: &Self) -> bool {
        (&self.identity, self.source) == (&other.identity, other.source)
    }

    /// Tells whether two tools can share a paragraph of the text: apart from their names, the text for both is the
    /// same.
    fn agrees_with(&self, other: &Self) -> bool {
        self.is_same_identity(other) && self.summary() == other.summary()
    }

    fn summary(&self) -> String {
        let identity = self.identity.iter().map(|identity| format!("{identity}: "));
        let region = self.region.iter().filter(|_| self.takes_something()).map(|region| format!(", {region}"));
        let renews = if self.renews { ", renews" } else { "" };
        identity.chain([self.why.clone()]).chain(region).chain([renews.to_string()]).collect()
    }
}

/// Returns the rows as text. Tools that use the same identity in the same way share a paragraph. Tools with an
/// unexpected identity, and those that read the profile differently from ssox, come last, marked `!`.
fn as_text(ctx: &Context, rows: &[ToolRow]) -> String {
    let mut groups: Vec<(ToolRow, Vec<&str>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(known, _)| known.agrees_with(row)) {
            Some((_, tools)) => tools.push(row.tool),
            None => groups.push((row.clone(), vec![row.tool])),
        }
    }
    let is_marked = |row: &ToolRow| row.is_misread || !is_expected(ctx, rows, row);
    groups.sort_by_key(|(row, _)| is_marked(row));
    let text = |(row, tools): &(ToolRow, Vec<&str>)| {
        let mark = if is_marked(row) { "! " } else { "  " };
        let names = tools.join(", ");
        wrap(mark, "    ", &printable(&row.summary())) + &wrap("    ", "    ", &names)
    };
    groups.iter().map(text).collect()
}

/// Breaks a text into lines between words. The first line begins with the text `first`, and each further line with the
/// text `other`.
fn wrap(first: &str, other: &str, text: &str) -> String {
    let mut lines = String::from(first);
    let mut width = first.width();
    let mut is_start = true;
    for word in text.split(' ') {
        if !is_start && width + 1 + word.width() > WIDTH {
            lines.push('\n');
            lines.push_str(other);
            (width, is_start) = (other.width(), true);
        }
        if !is_start {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += word.width();
        is_start = false;
    }
    lines + "\n"
}
