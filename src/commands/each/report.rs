//! What `ssox each` prints at the end: a table of the failures, or everything as JSON.

use super::Named;
use crate::batch::Outcome;
use crate::commands::table::{Table, json_list};
use crate::context::tell;
use crate::terminal;
use serde::Serialize;

/// The result of the command for a profile, or for an account and role without a profile, as `ssox each --json` prints
/// it.
#[derive(Serialize)]
struct OutcomeJson<'a> {
    profile: &'a str,
    account_id: Option<&'a str>,
    role_name: Option<&'a str>,
    exit_status: Option<u8>,
    seconds: f64,
    stdout: String,
    stderr: String,
    error: Option<&'a str>,
}

/// Returns the JSON array, with one object for each profile or assignment. Bytes that are not UTF-8 become U+FFFD.
pub(super) fn json(names: &[Named], outcomes: &[Outcome]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    json_list(names.iter().zip(outcomes).map(|(named, outcome)| OutcomeJson {
        profile: &named.name,
        account_id: named.account_id.as_deref(),
        role_name: named.role_name.as_deref(),
        exit_status: outcome.status,
        seconds: (outcome.time.as_secs_f64() * 1e3).round() / 1e3,
        stdout: text(&outcome.stdout),
        stderr: text(&outcome.stderr),
        error: outcome.error.as_ref().map(|error| error.message.as_str()),
    }))
}

/// Tells a person what failed. After an interruption, also tells which commands were ended.
pub(super) fn failures(names: &[Named], outcomes: &[Outcome], interrupted: Option<&[String]>) {
    if let Some(running) = interrupted {
        let ended = if running.is_empty() {
            "no command was running".into()
        } else {
            format!("ended the commands of {}", running.join(", "))
        };
        terminal::say(&format!("interrupted: {ended}"));
    }
    let failed: Vec<_> = names.iter().zip(outcomes).filter(|(_, outcome)| !outcome.is_success()).collect();
    if failed.is_empty() {
        return;
    }
    let (left_out, failed): (Vec<_>, Vec<_>) = failed.into_iter().partition(|(_, outcome)| outcome.is_left_out);
    let not_started = if left_out.is_empty() { String::new() } else { format!(", {} not started", left_out.len()) };
    terminal::say(&format!("{} of {} runs failed{not_started}", failed.len(), outcomes.len()));
    if failed.is_empty() {
        return;
    }
    let mut table = Table::new(&["profile", "exit", "seconds", "why"]);
    for (named, outcome) in failed {
        let exit = outcome.status.map_or_else(|| "-".into(), |status| status.to_string());
        table.row([named.name.clone(), exit, format!("{:.1}", outcome.time.as_secs_f64()), why(outcome)]);
    }
    tell(table.render().trim_end());
}

/// Returns why a program failed: the error, or else the last line on stderr that is not empty.
fn why(outcome: &Outcome) -> String {
    if let Some(error) = &outcome.error {
        return error.message.clone();
    }
    let text = String::from_utf8_lossy(&outcome.stderr);
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default().to_string()
}
