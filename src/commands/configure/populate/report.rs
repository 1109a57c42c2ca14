//! What `ssox configure populate` prints about its changes: JSON, or a few lines.

use super::plan::Plan;
use crate::assignments::Listing;
use crate::commands::name_list::name_list;
use crate::terminal::{say, warn};
use serde::Serialize;

/// The document of `--json`.
#[derive(Serialize)]
pub(super) struct PopulateJson<'a> {
    added: &'a [String],
    changed: &'a [String],
    removed: &'a [String],
    kept: &'a [String],
    /// Whether AWS has listed the roles of all accounts.
    complete: bool,
    skipped: &'a [String],
    /// The IDs of the accounts whose roles could not be listed.
    missing: Vec<&'a str>,
    renamed: Vec<RenamedJson<'a>>,
}

#[derive(Serialize)]
struct RenamedJson<'a> {
    from: &'a str,
    to: &'a str,
}

impl<'a> PopulateJson<'a> {
    pub(super) fn new(plan: &'a Plan, listing: &'a Listing) -> Self {
        Self {
            added: &plan.added,
            changed: &plan.changed,
            removed: &plan.removed,
            kept: &plan.kept,
            complete: listing.is_complete(),
            skipped: &plan.skipped,
            missing: listing.accounts.iter().filter(|of| of.roles.is_none()).map(|of| &*of.id).collect(),
            renamed: plan.renamed.iter().map(|(from, to)| RenamedJson { from, to }).collect(),
        }
    }
}

/// Tells a person how many profiles are added, changed and removed, which are renamed, and which are not written,
/// renamed or removed although the options ask for it.
pub(super) fn say_counts(plan: &Plan) {
    if !plan.skipped.is_empty() {
        warn(&format!(
            "not written: {}; other profiles have these names, and `configure populate` does not replace them",
            name_list(&plan.skipped)
        ));
    }
    if !plan.referenced.is_empty() {
        warn(&format!("kept: {}; still the `source_profile` of another profile", name_list(&plan.referenced)));
    }
    for (from, to) in &plan.renamed {
        say(&format!("profile `{from}` will be renamed to `{to}`"));
    }
    let (added, changed, removed) = (plan.added.len(), plan.changed.len(), plan.removed.len());
    say(&format!("profiles: +{added} ~{changed} -{removed} (added, changed, removed)"));
}
