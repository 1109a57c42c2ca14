//! Keys and values that some tools do not see, or read differently.
//!
//! Deliberately not here: what they mean.

use super::{Check, known};
use crate::config::Severity::{Error, Warning};
use crate::config::line::{delimiter, indent};
use crate::config::name::SectionKind;
use crate::config::section::without_comment;
use std::collections::HashMap;

/// The keys of a section so far, and in which line they are.
#[derive(Default)]
pub(super) struct Keys<'a> {
    lines: HashMap<String, usize>,
    /// What the lines indented below it belong to: the key, and whether it has a value of its own.
    owner: Option<(&'a str, bool)>,
}

impl<'a> Keys<'a> {
    /// Looks at a line with a key.
    pub(super) fn key(&mut self, check: &mut Check<'a>, kind: Option<SectionKind>, line: &'a str) {
        let at = delimiter(line).unwrap_or_default();
        let (key, value) = (line[..at].trim(), &line[at + 1..]);
        let lower = key.to_ascii_lowercase();
        let is_first = self.lines.is_empty();
        self.owner = Some((key, !without_comment(value).trim().is_empty()));
        let first = *self.lines.entry(lower.clone()).or_insert(check.line);
        if first < check.line {
            let message = format!("`{lower}` stands in line {first} already: the AWS CLI refuses the whole file");
            return check.add(Error, message, "take one of the two out");
        }
        let Some(kind) = kind else { return };
        if is_first && indent(line) > 0 {
            let message = "an indented first key: the SDKs for Rust, Java, C and C++ refuse the whole file";
            check.add(Warning, message, "begin the line with the key");
        }
        if line[at..].starts_with(':') {
            let message = format!(
                "`:` after `{key}`: the SDK for Rust refuses the whole file, the one for JavaScript ignores the line"
            );
            check.add(Warning, message, format!("write `{key} = …`"));
        }
        spelling(check, kind, key, &lower);
        value_of(check, &lower, value);
    }

    /// Looks at a line that belongs to the key above.
    pub(super) fn continuation(&mut self, check: &mut Check, kind: Option<SectionKind>, line: &str) {
        let (Some((owner, has_value)), Some(_)) = (self.owner, kind) else { return };
        let key = delimiter(line).map(|at| line[..at].trim().to_ascii_lowercase());
        let is_key = key.is_some_and(|key| known::is_known(&key));
        if has_value && (is_key || line.trim_ascii_start().starts_with('[')) {
            let message = format!("is indented, and so belongs to the value of `{owner}` above");
            check.add(Warning, message, "begin the line without blanks");
        } else if !has_value && !line.contains('=') {
            let message = format!("has no `=`, below `{owner}`: the AWS CLI refuses the whole file");
            check.add(Error, message, "write `key = value`");
        }
    }

    /// Looks at a comment.
    pub(super) fn comment(&mut self, check: &mut Check, line: &str) {
        if let (Some((owner, has_value)), true) = (self.owner, indent(line) > 0) {
            let does =
                if has_value { "takes it for a part of the value of" } else { "refuses the whole file for it, below" };
            let message = format!("a comment that is indented: the SDK for Rust {does} `{owner}`");
            check.add(Warning, message, "begin the line with the `#`");
        }
    }

    /// Forgets the key above: a line without key is between.
    pub(super) fn stray(&mut self) {
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
        let message = format!("the SDKs for JavaScript, Java, C and C++ do not see `{key}`: they read lower case only");
        check.add(Warning, message, format!("write `{lower}`"));
    } else if kind == SectionKind::SsoSession && lower == "region" {
        check.add(Warning, "nobody reads `region` in an sso-session", "write `sso_region`, or move it to the profiles");
    } else if kind == SectionKind::SsoSession && known::is_known(lower) && !is_read {
        check.add(
            Warning,
            format!("nobody reads `{lower}` in an sso-session: it belongs to a profile"),
            "move it to a profile",
        );
    } else if !is_read && let Some(meant) = known::meant(lower) {
        check.add(Warning, format!("nobody reads `{key}`"), format!("did you mean `{meant}`?"));
    }
}

fn value_of(check: &mut Check, key: &str, value: &str) {
    let cut = without_comment(value);
    if cut.len() < value.len() {
        let message = format!("the AWS CLI takes the comment for a part of the value of `{key}`");
        check.add(Warning, message, "put the comment on a line of its own");
    }
    let cut = cut.trim();
    let is_quoted = |quote: char| cut.len() > 1 && cut.starts_with(quote) && cut.ends_with(quote);
    if known::is_known(key) && key != "credential_process" && (is_quoted('"') || is_quoted('\'')) {
        let message = format!("the quotes are a part of the value of `{key}` for all but the SDK for Go");
        check.add(Warning, message, "take the quotes out");
    }
    if cut.contains(|c: char| c.is_control() && c != '\t') {
        let message = format!("there is a control character in the value of `{key}`: ssox refuses to use it");
        check.add(Warning, message, "type the value again");
    }
}
