//! What ssox knows about elvish.
//!
//! The completion function gets words without quotes; elvish itself selects and quotes the candidates.

use super::completion::{CommandLine, MatchedBy};
use super::integration::{Find, Integration, config_home};
use super::quote::ExportSyntax;
use super::word::{single_quoted, word};
use crate::context::Context;
use std::path::{Path, PathBuf};

pub(super) struct Elvish;

/// Options of elvish whose value is the next word.
const WITH_VALUE: [&str; 7] = ["rc", "log", "logprefix", "db", "sock", "cpuprofile", "deprecation-level"];

impl Integration for Elvish {
    fn name(&self) -> &'static str {
        "elvish"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["elvish"]
    }

    /// Tells whether elvish reads commands from a person. Its options may start with one dash or two.
    fn is_interactive(&self, options: &[String]) -> bool {
        let mut options = options.iter();
        while let Some(option) = options.next() {
            let name = option.trim_start_matches('-');
            if WITH_VALUE.contains(&name) {
                options.next();
            } else if name == "c" || !option.starts_with('-') {
                return false;
            }
        }
        true
    }

    #[cfg(unix)]
    fn reports_signals(&self) -> bool {
        true
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.elv")
    }

    fn no_prompt_line(&self) -> &'static str {
        "var -ssox-no-prompt = $true"
    }

    fn rc_line(&self) -> String {
        "eval (ssox init elvish | slurp)".into()
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        let of_windows = ctx.var("APPDATA").map(|data| PathBuf::from(data).join("elvish/rc.elv"));
        [config_home(ctx, home).join("elvish/rc.elv"), home.join(".elvish/rc.elv")]
            .into_iter()
            .chain(of_windows)
            .collect()
    }

    fn rc_file_name(&self) -> &'static str {
        "~/.config/elvish/rc.elv"
    }

    fn unhide(&self) -> &'static str {
        "put $ssox~[def] shows what hides it, del ssox~ removes that function"
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("set-env {name} {}", word(value, quoted))
    }

    fn unset(&self, names: &[&str]) -> String {
        names.iter().map(|name| format!("unset-env {name}")).collect::<Vec<_>>().join("; ")
    }

    fn export_syntax(&self) -> Option<ExportSyntax> {
        Some(ExportSyntax {
            help: "`set-env NAME …` for elvish",
            before_value: |name| format!("set-env {name} "),
            quoted,
            unset: |name| format!("unset-env {name}"),
        })
    }

    fn completion_head(&self) -> &'static str {
        "var edit = $edit:\n"
    }

    fn completion_tail(&self) -> &'static str {
        "set edit:completion:arg-completer[ssox] = $complete~\n"
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = CommandLine::parse(arguments, str::to_string) else { return String::new() };
        find(&line, MatchedBy::Shell)
            .reply(|candidate| Some(format!("{}\t{}\n", candidate.value, candidate.description)))
    }
}

/// Quotes a value. In single quotes only the quote itself is special.
fn quoted(value: &str) -> String {
    single_quoted(value, |c| if c == '\'' { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_doubled_and_nothing_else() {
        assert_eq!(quoted(r#"it's ’$x\"#), r#"'it''s ’$x\'"#);
    }

    #[test]
    fn options_of_go_are_read() {
        let is_interactive = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(String::from).collect();
            Elvish.is_interactive(&words)
        };
        for line in ["", "-norc", "-rc file", "--rc file -log x", "-rc=file"] {
            assert!(is_interactive(line), "{line}");
        }
        for line in ["-c ssox", "script.elv", "-rc file script.elv", "-norc -c x"] {
            assert!(!is_interactive(line), "{line}");
        }
    }
}
