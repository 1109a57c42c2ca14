//! Reports AWS tools that would, without an error message, use another identity than this shell has.

use super::Severity::{Info, Warning};
use crate::commands::finding::Finding;
use crate::commands::status_tools::{self, ToolRow};
use crate::context::Context;
use crate::identity::{ID, PROFILES, is_in_use};
use crate::source::credential_source::CONTAINER;
use crate::tools::CREDENTIAL_FILE;

/// Reports tools that use `[default]` although no variable names the profile `default`, and although the environment
/// has the URL of a container's credentials.
fn shadowed_container(rows: &[ToolRow], ctx: &Context) -> Option<Finding> {
    let variable = CONTAINER.iter().find(|name| ctx.var(name).is_some())?;
    if PROFILES.iter().any(|name| ctx.var(name) == Some("default")) {
        return None;
    }
    let (takes_it, takes_default): (Vec<&ToolRow>, Vec<&ToolRow>) =
        rows.iter().filter(|row| row.takes_default() || row.takes_container()).partition(|row| row.takes_container());
    let first = takes_default.first()?;
    let rest =
        if takes_it.is_empty() { String::new() } else { format!("; these use the variable: {}", names(&takes_it)) };
    let message = format!(
        "{variable} is set, but these tools use a profile ({}) instead: {}{rest}",
        first.why,
        names(&takes_default)
    );
    let hint = "set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to a file without credentials, as `ssox exec --serve` does";
    Some(Finding::new("environment", Warning, message, hint))
}

/// Reports tools that use the access keys in a file of an older program, such as `~/.boto`.
fn file_keys(rows: &[ToolRow], ctx: &Context) -> Option<Finding> {
    let (takes_them, others): (Vec<&ToolRow>, Vec<&ToolRow>) = rows.iter().partition(|row| row.takes_file_keys());
    let first = takes_them.first()?;
    let rest = if others.iter().any(|row| row.takes_container()) { "; other tools ask the container" } else { "" };
    let message = format!("these tools use {}: {}{rest}", first.why, names(&takes_them));
    let hint = if ctx.var(CREDENTIAL_FILE).is_some() {
        ctx.line_to_unset(&[CREDENTIAL_FILE])
    } else {
        "remove the access keys from that file, or set BOTO_CONFIG to an empty file".into()
    };
    Some(Finding::new("environment", Warning, message, hint))
}

/// Compares the identity that each tool would use with the one that the person expects. If the environment has no
/// access keys, no profile and no URL of a container's credentials, no identity is expected, and nothing is reported.
/// Tools that fail are not reported: they print an error themselves.
pub(super) fn check(ctx: &Context) -> Vec<Finding> {
    let is_container = CONTAINER.iter().any(|name| ctx.var(name).is_some());
    let is_named = PROFILES.iter().any(|name| ctx.var(name).is_some());
    if !is_container && !is_in_use(ctx) && ctx.var(ID).is_none() && !is_named {
        return Vec::new();
    }
    let Ok(mut rows) = status_tools::rows(ctx) else { return Vec::new() };
    // `single_tools` reports the API key.
    rows.retain(|row| !row.takes_bedrock_key());
    if let Some(finding) = shadowed_container(&rows, ctx).or_else(|| file_keys(&rows, ctx)) {
        return vec![finding];
    }
    let unexpected = rows.iter().filter(|row| !status_tools::is_expected(ctx, &rows, row));
    let (others, unsigned): (Vec<_>, Vec<_>) =
        unexpected.filter(|row| row.takes_something() || row.is_unsigned()).partition(|row| row.takes_something());
    let hint = "`ssox status --tools` shows every tool; `ssox use` sets access keys, which most tools use";
    let finding = |severity, message| Finding::new("environment", severity, message, hint);
    let taken = list(&others, |row| format!("{} takes {}", row.tool, named(row)));
    let reasons = list(&unsigned, |row| format!("{} ({})", row.tool, row.why));
    let other = (!others.is_empty()).then(|| {
        finding(Warning, format!("these tools would use other credentials than those of this shell: {taken}"))
    });
    let none = (!unsigned.is_empty()).then(|| {
        finding(Info, format!("these tools would send requests without a signature, and show no error: {reasons}"))
    });
    other.into_iter().chain(none).collect()
}

fn names(rows: &[&ToolRow]) -> String {
    rows.iter().map(|row| row.tool).collect::<Vec<_>>().join(", ")
}

fn named(row: &ToolRow) -> String {
    match &row.identity {
        Some(identity) => format!("`{identity}` ({})", row.why),
        None => row.why.clone(),
    }
}

fn list(rows: &[&ToolRow], text: impl Fn(&ToolRow) -> String) -> String {
    let texts: Vec<String> = rows.iter().map(|row| text(row)).collect();
    texts.join("; ")
}
