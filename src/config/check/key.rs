//! Finds config keys and values that some AWS tools ignore or read differently.

use super::{Check, Readers, known};
use crate::config::Severity::{Error, Warning};
use crate::config::line::{delimiter, indent};
use crate::config::name::SectionKind;
use crate::config::section::without_comment;
use std::collections::HashMap;

/// The config keys of a section that have been checked so far.
#[derive(Default)]
pub(super) struct Keys<'a> {
    lines: HashMap<String, usize>,
    /// The last key, and whether the line of this key has a part of the value. An indented line continues the value of
    /// this key.
    owner: Option<(&'a str, bool)>,
}

impl<'a> Keys<'a> {
    /// Checks a line with a config key.
    pub(super) fn key(&mut self, check: &mut Check<'a>, kind: Option<SectionKind>, line: &'a str) {
        let at = delimiter(line).unwrap_or_default();
        let (key, value) = (line[..at].trim(), &line[at + 1..]);
        let lower = key.to_ascii_lowercase();
        let is_first = self.lines.is_empty();
        self.owner = Some((key, !without_comment(value).trim().is_empty()));
        let first = *self.lines.entry(lower.clone()).or_insert(check.line);
        if first < check.line {
            let message = format!("`{lower}` is already in line {first}: the AWS CLI rejects the whole file");
            return check.add(Error, message, "remove one of the two");
        }
        let Some(kind) = kind else { return };
        if is_first && indent(line) > 0 {
            let message = "the first key is indented: the SDKs for Rust, Java, C and C++ reject the whole file";
            check.add_difference(Readers::Sdks, message, "start the line with the key");
        }
        if line[at..].starts_with(':') {
            let message = format!(
                "`:` after `{key}`: the SDK for Rust rejects the whole file, the one for JavaScript ignores the line"
            );
            check.add_difference(Readers::Sdks, message, format!("write `{key} = …`"));
        }
        spelling(check, kind, key, &lower);
        value_of(check, &lower, value);
    }

    /// Checks a line that continues the value of the key above.
    pub(super) fn continuation(&mut self, check: &mut Check, kind: Option<SectionKind>, line: &str) {
        let (Some((owner, has_value)), Some(_)) = (self.owner, kind) else { return };
        let key = delimiter(line).map(|at| line[..at].trim().to_ascii_lowercase());
        let is_key = key.is_some_and(|key| known::is_known(&key));
        let is_value = has_value && known::is_exported(&owner.to_ascii_lowercase());
        if has_value && (is_key || line.trim_ascii_start().starts_with('[')) {
            let message = format!("is indented, so it belongs to the value of `{owner}` above");
            check.add(Warning, message, "start the line without blanks");
        } else if is_value {
            let message =
                format!("is indented, so it belongs to the value of `{owner}` above: ssox refuses such a value");
            check.add(Warning, message, format!("write the value of `{owner}` in one line"));
        } else if !has_value && !line.contains('=') {
            let message = format!("has no `=`, below `{owner}`: the AWS CLI rejects the whole file");
            check.add(Error, message, "write `key = value`");
        }
    }

    /// Checks a comment line.
    pub(super) fn comment(&mut self, check: &mut Check, line: &str) {
        if let (Some((owner, has_value)), true) = (self.owner, indent(line) > 0) {
            let effect = if has_value {
                format!("reads it as part of the value of `{owner}`")
            } else {
                format!("rejects the whole file, because it is below `{owner}`")
            };
            let message = format!("the comment is indented: the SDK for Rust {effect}");
            check.add_difference(Readers::Sdks, message, "start the line with the `#`");
        }
    }

    /// Forgets the key above, because a malformed line follows it.
    pub(super) fn malformed(&mut self) {
        self.owner = None;
    }
}

fn spelling(check: &mut Check, kind: SectionKind, key: &str, lower: &str) {
    let is_read = match kind {
        SectionKind::SsoSession => known::is_of_session(lower),
        SectionKind::Profile | SectionKind::Defaults => known::is_known(lower),
        SectionKind::Services => return,
    };
    if is_read && key != lower {
        let message = format!("the SDKs for JavaScript, Java, C and C++ ignore `{key}`: they read lower case only");
        check.add_difference(Readers::Sdks, message, format!("write `{lower}`"));
    } else if kind == SectionKind::SsoSession && lower == "region" {
        check.add(
            Warning,
            "no AWS tool reads `region` in an sso-session",
            "write `sso_region`, or move it to the profiles",
        );
    } else if kind == SectionKind::SsoSession && known::is_known(lower) && !is_read {
        check.add(
            Warning,
            format!("no AWS tool reads `{lower}` in an sso-session: it belongs to a profile"),
            "move it to a profile",
        );
    } else if !is_read && let Some(meant) = known::meant(lower) {
        check.add(Warning, format!("no AWS tool reads `{key}`"), format!("did you mean `{meant}`?"));
    }
}

fn value_of(check: &mut Check, key: &str, value: &str) {
    let content = without_comment(value);
    if content.len() < value.len() {
        let message = format!("the AWS CLI reads the comment as part of the value of `{key}`");
        let hint = "move the comment to a separate line";
        if known::is_of_aws(key) {
            check.add_difference(Readers::Botocore, message, hint);
        } else {
            check.add(Warning, message, hint);
        }
    }
    let content = content.trim();
    let is_quoted = |quote: char| content.len() > 1 && content.starts_with(quote) && content.ends_with(quote);
    if known::is_known(key) && key != "credential_process" && (is_quoted('"') || is_quoted('\'')) {
        let message = format!("the quotes are part of the value of `{key}`, except for the SDK for Go");
        check.add_difference(Readers::Sdks, message, "remove the quotes");
    }
    if content.contains(|c: char| c.is_control() && (c != '\t' || known::is_exported(key))) {
        let message = format!("there is a control character in the value of `{key}`: ssox refuses it");
        check.add(Warning, message, "type the value again");
    }
}
