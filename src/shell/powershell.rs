//! What ssox knows about PowerShell.
//!
//! PowerShell decodes the output of a program with a code page. For PowerShell, ssox therefore writes only ASCII, and
//! escapes all other characters. The completion function inserts text as source code, and does not select candidates.

use super::completion::{CommandLine, Completions, MatchedBy};
use super::integration::{Find, Integration, config_home};
use super::quote::ExportSyntax;
use crate::context::Context;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(super) struct PowerShell;

impl Integration for PowerShell {
    fn name(&self) -> &'static str {
        "powershell"
    }

    fn title(&self) -> &'static str {
        "PowerShell"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["pwsh"]
    }

    fn programs(&self) -> &'static [&'static str] {
        &["pwsh", "powershell"]
    }

    fn is_default(&self) -> bool {
        cfg!(windows)
    }

    fn is_interactive(&self, options: &[String]) -> bool {
        let options: Vec<String> = options.iter().map(|option| option.to_lowercase()).collect();
        let runs = ["-c", "-command", "-f", "-file", "-e", "-ec", "-encodedcommand"];
        let has = |names: &[&str]| options.iter().any(|option| names.contains(&option.as_str()));
        has(&["-noexit", "-noe", "-i", "-interactive"])
            || !(has(&runs) || options.first().is_some_and(|o| !o.starts_with('-')))
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.ps1")
    }

    fn no_prompt_line(&self) -> &'static str {
        "$global:_ssox_no_prompt = $true"
    }

    fn rc_line(&self) -> String {
        "Invoke-Expression (& ssox init powershell | Out-String)".into()
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        ["profile.ps1", "Microsoft.PowerShell_profile.ps1"]
            .map(|file| config_home(ctx, home).join("powershell").join(file))
            .into()
    }

    fn rc_file_name(&self) -> &'static str {
        "$PROFILE"
    }

    fn unhide(&self) -> &'static str {
        "Get-Command ssox -All shows what hides it, Remove-Item Alias:ssox removes an alias"
    }

    fn reply_value<'v>(&self, value: &'v str) -> Cow<'v, str> {
        ascii(value).into()
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("$Env:{name} = {}", quoted(value))
    }

    fn unset(&self, names: &[&str]) -> String {
        format!("Remove-Item {}", names.iter().map(|name| format!("Env:{name}")).collect::<Vec<_>>().join(","))
    }

    fn export_syntax(&self) -> Option<ExportSyntax> {
        Some(ExportSyntax {
            help: "`$Env:NAME = …` for PowerShell",
            before_value: |name| format!("$Env:{name} = "),
            quoted,
            unset: |name| format!("Remove-Item -LiteralPath Env:{name} -ErrorAction Ignore"),
        })
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = CommandLine::parse(arguments, decoded) else { return String::new() };
        let completions = find(&line, MatchedBy::Ssox);
        reply(&line, completions)
    }
}

/// Quotes a word. In PowerShell, each of four typographic quote characters also ends a single-quoted string.
pub(super) fn quoted(value: &str) -> String {
    let is_quote = |c| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let doubled = value.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 }));
    let mut text = String::with_capacity(2 * value.len() + 2);
    text.extend("'".chars().chain(doubled).chain("'".chars()));
    text
}

/// Escapes all characters that are not ASCII, and doubles `\`.
fn ascii(value: &str) -> String {
    // Two bytes of UTF-8 become at most six characters, so this buffer is large enough. A buffer that grows could leave
    // a part of a secret in freed memory.
    let text = String::with_capacity(3 * value.len());
    value.encode_utf16().fold(text, |mut text, unit| {
        match char::from_u32(unit.into()) {
            Some('\\') => text.push_str("\\\\"),
            Some(c) if c.is_ascii() => text.push(c),
            _ => write!(text, "\\u{unit:04x}").expect("writing to a string cannot fail"),
        }
        text
    })
}

/// Decodes the word at the cursor. The completion function puts a `=` before the word, because an empty argument would
/// be lost.
fn decoded(current: &str) -> String {
    current.strip_prefix('=').unwrap_or(current).trim_matches(['"', '\'']).into()
}

/// Returns the reply to the completion function. A line contains the text to insert, the text to list, and the
/// description.
fn reply(command_line: &CommandLine, completions: Completions) -> String {
    let completions = completions.retain_matching(&command_line.current);
    let inserted_as = if let Completions::Candidates { kind, .. } = &completions { kind } else { "" };
    completions.reply(|candidate| {
        let inserted = word(inserted_as, &candidate.value);
        // PowerShell does not accept an empty description.
        let description = if candidate.description.is_empty() { &candidate.value } else { &candidate.description };
        Some(format!("{}\t{}\t{}\n", ascii(&inserted), ascii(&candidate.value), ascii(description)))
    })
}

/// Quotes a candidate if necessary, so that it is one word. A name that starts with a dash is quoted too: without
/// quotes, PowerShell would split it at dots and colons.
fn word(kind: &str, value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_./:=+".contains(c);
    let is_name_with_dash = kind == "profile" && value.starts_with('-') && !matches!(value, "-" | "--");
    if value.chars().all(is_bare) && !is_name_with_dash { value.into() } else { quoted(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::completion::Candidate;

    fn said(typed: &str, kind: &'static str, values: &[&str]) -> String {
        let mut words: Vec<String> = typed.split(' ').map(String::from).collect();
        let current = words.pop().unwrap_or_default();
        let candidates = values.iter().map(|value| Candidate::new(*value, "")).collect();
        let told =
            reply(&CommandLine { words, current }, Completions::Candidates { kind, are_prefixes: false, candidates });
        told.lines().skip(1).filter_map(|line| line.split('\t').next()).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn only_matching_candidates_are_written() {
        assert_eq!(said("ssox u", "command", &["init", "use"]), "use");
        assert_eq!(
            said("ssox use --region=EU-N", "region", &["--region=eu-north-1", "--region=us-east-1"]),
            "--region=eu-north-1"
        );
        assert_eq!(said("ssox use D", "profile", &["dev", "Dev"]), "Dev");
        assert_eq!(said("ssox use ", "profile", &["dev", "é"]), "dev | '\\u00e9'");
        assert_eq!(said("ssox use x", "profile", &["dev"]), "");
    }

    #[test]
    fn a_name_with_a_leading_dash_is_not_a_parameter() {
        assert_eq!(said("ssox use -- ", "profile", &["-a.b", "dev"]), "'-a.b' | dev");
        assert_eq!(said("ssox use ", "profile", &["-", "--"]), "- | --");
        assert_eq!(said("ssox use --m", "option", &["--min-ttl"]), "--min-ttl");
        assert_eq!(said("ssox use --region=", "region", &["--region=eu-west-1"]), "--region=eu-west-1");
    }

    #[test]
    fn each_line_is_ascii_and_has_a_description() {
        let candidates = vec![Candidate::new("a’ $(x)", "é"), Candidate::new("dev", "")];
        let answer = Completions::Candidates { kind: "profile", are_prefixes: false, candidates };
        let told = reply(&CommandLine::default(), answer);
        assert_eq!(told, "words profile\n'a\\u2019\\u2019 $(x)'\ta\\u2019 $(x)\t\\u00e9\ndev\tdev\tdev\n");
    }

    #[test]
    fn the_word_at_the_cursor_is_read_without_its_quotes() {
        assert_eq!(decoded("='acme c"), "acme c");
        assert_eq!(decoded("="), "");
    }

    #[test]
    fn typographic_quotes_do_not_end_a_powershell_string() {
        assert_eq!(quoted("x’; calc; ‘"), "'x’’; calc; ‘‘'");
    }
}
