//! Finds section headers that some AWS tools, or all, read differently from what the person meant.

use super::repeated::{Named, Names, settings};
use super::{Check, Readers, known};
use crate::config::Severity::{Error, Warning};
use crate::config::file::File;
use crate::config::name::{SectionKind, WhichFile, after, inner_with_blanks, is_portable};
use crate::config::nearest::distance_within;
use crate::config::scan::Header;

impl<'a> Names<'a> {
    /// Checks the next header of the file.
    pub(super) fn check(&mut self, check: &mut Check<'a>, header: Header) {
        let file = check.file;
        let Some(with_blanks) = inner_with_blanks(&file.text, header) else {
            let message = "has no closing `]`: the AWS CLI and the SDK for Rust reject the whole file";
            return check.add(
                Error,
                message,
                format!("write {}", header_for(file.which, SectionKind::Profile, "NAME")),
            );
        };
        let inner = with_blanks.trim_matches([' ', '\t']);
        after_bracket(check, header);
        let mut name = file.name(header).map_or((None, inner.into()), |(kind, name)| (Some(kind), name));
        match (&name, file.which) {
            ((Some(kind), of), which) if has_other_name(with_blanks, which) => {
                blanks(check, *kind, of, with_blanks);
                name = (None, with_blanks.into());
            }
            ((Some(kind), name), WhichFile::Config) => in_config(check, *kind, name, inner),
            ((Some(_), name), WhichFile::Credentials) => in_credentials(check, name),
            ((None, _), WhichFile::Config) => unread(check, header, inner),
            ((None, _), WhichFile::Credentials) => {
                check.add(Warning, "the section has no name: no tool reads it", "write `[NAME]`");
            }
        }
        if name.0 != Some(SectionKind::Defaults) {
            self.check_repeated(check, name, Named { line: check.line, header, inner: with_blanks });
        }
    }
}

/// Tells whether the blanks at the ends of a header change what the AWS CLI reads. `config` may have them before the
/// `]`, except in `[default ]`; in `credentials`, they are part of the profile name.
fn has_other_name(with_blanks: &str, which: WhichFile) -> bool {
    let inner = with_blanks.trim_end_matches([' ', '\t']);
    let is_usual = inner.len() == with_blanks.len() || (which == WhichFile::Config && inner != "default");
    inner.starts_with([' ', '\t']) || !is_usual
}

fn blanks(check: &mut Check, kind: SectionKind, name: &str, inner: &str) {
    let message =
        format!("`[{inner}]` has blanks inside the brackets: the AWS CLI does not read it as {} `{name}`", kind.word());
    check.add_difference(Readers::Botocore, message, format!("write {}", header_for(check.file.which, kind, name)));
}

fn in_config(check: &mut Check, kind: SectionKind, name: &str, inner: &str) {
    let plain = header_for(WhichFile::Config, kind, name);
    let word = inner.split([' ', '\t', '"', '\'']).next().unwrap_or_default();
    if kind == SectionKind::Defaults {
        let message = "the AWS CLI applies the settings of `[DEFAULT]` to every section, the SDKs ignore it";
        check.add(Warning, message, "write `[default]`, or move the settings to each profile");
    } else if name.contains(char::is_control) {
        check.add(Warning, "there is a control character in the name: ssox refuses it", "type the name again");
    } else if word != kind.word() && inner != "default" {
        check.add_difference(
            Readers::Sdks,
            format!("only the AWS CLI reads `[{inner}]` as a {}", kind.word()),
            format!("write {plain}"),
        );
    } else if !name.chars().all(is_portable) {
        let message =
            format!("the SDKs ignore `[{inner}]`: its name has characters other than `A-Z a-z 0-9 _ - / . % @ : +`");
        check.add_difference(Readers::Sdks, message, "use only these characters, so that the SDKs read it");
    } else if inner.contains(['"', '\'', '\\']) {
        check.add_difference(
            Readers::Sdks,
            format!("the SDK for Rust ignores `[{inner}]` because of its quotes or backslash"),
            format!("write {plain}"),
        );
    }
}

fn in_credentials(check: &mut Check, name: &str) {
    let (word, rest) = name.split_once([' ', '\t']).unwrap_or((name, ""));
    match word {
        "profile" => {
            let message = format!(
                "profile names in the credentials file have no prefix `profile`: the SDKs ignore `[{name}]`, the AWS CLI reads `{name}` as the profile name"
            );
            check.add_difference(
                Readers::Sdks,
                message,
                format!("write `[{}]`", rest.trim().trim_matches(['"', '\''])),
            );
        }
        "sso-session" | "services" => {
            let message = format!("`[{name}]` is read only from the config file");
            check.add(Warning, message, "move the section to the config file");
        }
        _ if name.contains(char::is_control) => {
            check.add(Warning, "there is a control character in the name: ssox refuses it", "type the name again");
        }
        _ => {}
    }
}

/// A header is recognized if at most this many letters of its word `profile` or `sso-session` are wrong, missing or
/// added. In `[prof dev]`, three letters are missing.
const MAX_DISTANCE: usize = 3;

/// What the person probably meant by a header that no AWS tool reads.
pub(in super::super) struct Meant {
    pub(in super::super) kind: SectionKind,
    /// The name of the section; empty when the header has none.
    pub(in super::super) name: String,
    why: String,
    /// The hint: how to write the header.
    pub(in super::super) hint: String,
}

/// Returns what the person probably meant by a header that no AWS tool reads. Returns `None` if the section may belong
/// to another program.
pub(in super::super) fn meant(file: &File, header: Header, inner: &str) -> Option<Meant> {
    let (word, rest) = inner.split_once([' ', '\t']).unwrap_or((inner, ""));
    let rest = rest.trim();
    let kinds = [SectionKind::Profile, SectionKind::SsoSession, SectionKind::Services];
    let lower = word.to_lowercase().replace('_', "-");
    let mut kind = kinds.into_iter().find(|kind| lower.starts_with(kind.word()));
    if kind.is_none() && !rest.is_empty() && has_known_keys(file, header) {
        kind = kinds.into_iter().find(|kind| distance_within(MAX_DISTANCE, &lower, kind.word()).is_some());
    }
    let unread = format!("no AWS tool reads `[{inner}]`");
    let write = |kind, name| format!("write {}", header_for(WhichFile::Config, kind, name));
    let (name, why, hint) = match (kind, rest) {
        (Some(_), _) if shell_words::split(inner).is_err() => {
            (rest, format!("{unread}: the quote is not closed"), "close the quote, or remove it".into())
        }
        (Some(kind), "" | "\"\"" | "''") => {
            ("", format!("{unread}: it has no name"), format!("write `[{} NAME]`", kind.word()))
        }
        (Some(kind), _) if word == kind.word() => {
            (rest, format!("{unread}: a name with blanks needs quotes"), write(kind, rest))
        }
        (Some(kind), _) => (rest, unread, write(kind, rest)),
        (None, "") if word.eq_ignore_ascii_case("default") => ("default", unread, "write `[default]`".into()),
        (None, _) if has_known_keys(file, header) => (inner, unread, write(SectionKind::Profile, inner)),
        (None, _) => return None,
    };
    let name = name.trim_matches(['"', '\'']).into();
    Some(Meant { kind: kind.unwrap_or(SectionKind::Profile), name, why, hint })
}

fn unread(check: &mut Check, header: Header, inner: &str) {
    if let Some(meant) = meant(check.file, header, inner) {
        check.add(Warning, meant.why, meant.hint);
    }
}

fn has_known_keys(file: &File, header: Header) -> bool {
    settings(file, header).keys().any(known::is_known)
}

fn after_bracket(check: &mut Check, header: Header) {
    let after = after(&check.file.text, header).unwrap_or_default();
    let is_comment = after.trim_start().starts_with(['#', ';']);
    if after.trim().is_empty() || (is_comment && after.starts_with([' ', '\t'])) {
        return;
    }
    let message = if is_comment {
        "there is a comment directly after the `]`: the SDK for JavaScript ignores the section header"
    } else {
        "there is text after the `]`: the SDK for Rust rejects the whole file"
    };
    check.add_difference(Readers::Sdks, message, "move it to a separate line that starts with `#`");
}

/// Returns the header for a name, written so that every AWS tool reads it. If only the AWS CLI can read the name, the
/// header is written for the AWS CLI.
fn header_for(which: WhichFile, kind: SectionKind, name: &str) -> String {
    let name = name.trim_matches(['"', '\'']);
    match (which, kind, name) {
        (WhichFile::Credentials, ..) | (_, SectionKind::Profile, "default") => format!("`[{name}]`"),
        _ if name.contains([' ', '\t']) => format!("`[{} '{name}']`", kind.word()),
        _ => format!("`[{} {name}]`", kind.word()),
    }
}
