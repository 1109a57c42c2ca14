//! Finds tools that would take another identity than this shell has, without an error that says so.

use super::Severity::{Info, Warning};
use crate::commands::finding::Finding;
use crate::commands::status_tools::{self, ToolRow};
use crate::context::Context;
use crate::identity::{ID, is_in_use};

/// Compares what the tools take with what the person expects. A shell without keys and profile has no identity to compare
/// with, and a tool that refuses says so itself.
pub(super) fn check(ctx: &Context) -> Vec<Finding> {
    if !is_in_use(ctx) && ctx.var(ID).is_none() && ctx.var("AWS_PROFILE").is_none() {
        return Vec::new();
    }
    let Ok(rows) = status_tools::rows(ctx) else { return Vec::new() };
    let unexpected = rows.iter().filter(|row| !status_tools::is_expected(ctx, &rows, row));
    let (others, unsigned): (Vec<_>, Vec<_>) =
        unexpected.filter(|row| row.takes_something() || row.is_unsigned()).partition(|row| row.takes_something());
    let hint = "ssox status --tools shows all; keys in the environment (ssox use) mean the same to most tools";
    let finding = |severity, message| Finding::new("environment", severity, message, hint);
    let taken = list(&others, |row| format!("{} takes {}", row.tool, named(row)));
    let reasons = list(&unsigned, |row| format!("{} ({})", row.tool, row.why));
    let other = (!others.is_empty()).then(|| finding(Warning, format!("tools take other credentials here: {taken}")));
    let none = (!unsigned.is_empty())
        .then(|| finding(Info, format!("tools would send requests without a signature, and show no error: {reasons}")));
    other.into_iter().chain(none).collect()
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
