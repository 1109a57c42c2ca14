//! What ssox knows about nushell.
//!
//! The completion function gets the words as they were typed, and inserts text as source code.

use super::completion::{CommandLine, MatchedBy};
use super::integration::{Find, Integration, config_home, data_home};
use super::interactive;
use super::quote::ExportSyntax;
use super::word::{escaped, single_quoted};
use crate::context::Context;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

pub(super) struct Nushell;

/// Options of nushell whose value is the next word.
const WITH_VALUE: [&str; 14] = [
    "-e",
    "--execute",
    "--config",
    "--env-config",
    "--plugin-config",
    "--plugins",
    "-I",
    "--include-path",
    "-t",
    "--threads",
    "-m",
    "--table-mode",
    "--log-level",
    "--log-target",
];

impl Integration for Nushell {
    fn name(&self) -> &'static str {
        "nushell"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["nu"]
    }

    fn programs(&self) -> &'static [&'static str] {
        &["nu"]
    }

    fn is_interactive(&self, options: &[String]) -> bool {
        interactive::reads_commands_with(options, &WITH_VALUE)
    }

    #[cfg(unix)]
    fn reports_signals(&self) -> bool {
        true
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.nu")
    }

    /// Returns the script with its comments, which nushell shows as the help of commands. For nushell before 0.114 the
    /// script is changed. If a parameter has no type, these old versions pass numbers and dates as parsed values, not
    /// as the text that was typed. The old versions also have no `commandline complete`.
    fn init_script(&self, ctx: &Context) -> Cow<'static, str> {
        let minor = |version: &str| version.split('.').nth(1)?.parse::<u32>().ok();
        if ctx
            .var("NU_VERSION")
            .filter(|version| version.starts_with("0."))
            .and_then(minor)
            .is_none_or(|minor| minor >= 114)
        {
            return self.script().into();
        }
        let script = self.script().replace("ssox [...args] {", "ssox [...args: string] {");
        script.replace("$words | str join ' ' | commandline complete --detailed", "null").into()
    }

    fn no_prompt_line(&self) -> &'static str {
        "$env._ssox_no_prompt = [true]"
    }

    fn rc_line(&self) -> String {
        "mkdir ($nu.data-dir | path join vendor/autoload); \
         ssox init nushell | save -f ($nu.data-dir | path join vendor/autoload/ssox.nu)"
            .into()
    }

    fn how_to_load(&self) -> String {
        format!("{}; then start a new shell", self.rc_line())
    }

    /// Returns the same as `how_to_load`, because the file that nushell loads contains a copy of ssox's script.
    fn how_to_update(&self) -> String {
        self.how_to_load()
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        let saved = |data: PathBuf| data.join("nushell/vendor/autoload/ssox.nu");
        let of_mac = home.join("Library/Application Support");
        let config = [config_home(ctx, home), of_mac.clone()].map(|config| config.join("nushell/config.nu"));
        config.into_iter().chain([saved(data_home(ctx, home)), saved(of_mac)]).collect()
    }

    fn rc_file_name(&self) -> &'static str {
        "config.nu"
    }

    fn unhide(&self) -> &'static str {
        "which --all ssox shows what hides it, hide ssox removes that command"
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("$env.{name} = {}", quoted(value))
    }

    fn unset(&self, names: &[&str]) -> String {
        format!("hide-env {}", names.join(" "))
    }

    fn export_syntax(&self) -> Option<ExportSyntax> {
        Some(ExportSyntax {
            help: "`$env.NAME = …` for nushell",
            before_value: |name| format!("$env.{name} = "),
            quoted,
            unset: |name| format!("hide-env --ignore-errors {name}"),
        })
    }

    fn completion_tail(&self) -> &'static str {
        "@complete '_ssox_complete'\ndef --wrapped ssox [...args] { ^ssox ...$args }\n"
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let words: Vec<String> = arguments.iter().map(|word| without_quotes(word)).collect();
        let Some(line) = CommandLine::parse(&words, str::to_string) else { return String::new() };
        let completions = find(&line, MatchedBy::Ssox).retain_matching(&line.current);
        completions.reply(|candidate| Some(format!("{}\t{}\n", word(&candidate.value), candidate.description)))
    }
}

/// Quotes a value. Inside single quotes there are no escapes.
fn quoted(value: &str) -> String {
    if !value.contains('\'') {
        return single_quoted(value, |_| "");
    }
    escaped('"', value, |c| if matches!(c, '"' | '\\') { "\\" } else { "" })
}

/// Quotes a candidate if necessary, so that it is one word.
fn word(value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    let starts_bare = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let is_bare = value.starts_with(starts_bare) && value.chars().all(is_bare);
    if is_bare && !matches!(value, "true" | "false" | "null") { value.into() } else { quoted(value) }
}

/// Removes quotes, even a quote that is still open, and the escapes inside double quotes.
fn without_quotes(word: &str) -> String {
    let (mut quote, mut is_escaped) = (None, false);
    let mut is_kept = |c: &char| {
        if is_escaped {
            is_escaped = false;
            return true;
        }
        match quote {
            Some('"') if *c == '\\' => is_escaped = true,
            Some(open) if open == *c => quote = None,
            None if matches!(c, '"' | '\'' | '`') => quote = Some(*c),
            _ => return true,
        }
        false
    };
    word.chars().filter(|c| is_kept(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_is_one_word() {
        let cases = [
            ("prod:admin", "prod:admin"),
            ("--region=eu-west-1", "--region=eu-west-1"),
            ("acme corp", "'acme corp'"),
            ("quo'te", r#""quo'te""#),
            (r#"both'"\"#, r#""both'\"\\""#),
            (r"sla\sh", r"'sla\sh'"),
            ("null", "'null'"),
            ("=x", "'=x'"),
            ("@x", "'@x'"),
        ];
        for (value, expected) in cases {
            assert_eq!(word(value), expected);
            assert_eq!(without_quotes(expected), value);
        }
    }

    #[test]
    fn the_word_at_the_cursor_is_read_without_its_quotes() {
        for (typed, read) in [("'acme c", "acme c"), ("--x=\"a b", "--x=a b"), (r"a\b", r"a\b"), ("`a'b", "a'b")] {
            assert_eq!(without_quotes(typed), read);
        }
    }

    #[test]
    fn an_old_nushell_gets_what_it_can_parse() {
        let script = |version: &str| Nushell.init_script(&Context::new([("NU_VERSION".to_string(), version.into())]));
        for version in ["0.108.0", "0.113.2"] {
            assert!(
                script(version).contains("ssox [...args: string] {")
                    && !script(version).contains("complete --detailed")
            );
        }
        for version in ["0.114.0", "0.115.1", "1.0.0", "", "x"] {
            assert_eq!(script(version), Nushell.script(), "{version}");
        }
    }
}
