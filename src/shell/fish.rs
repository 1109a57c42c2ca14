//! What ssox knows about fish.

use super::completion::{CommandLine, MatchedBy};
use super::integration::{Find, Integration, config_home};
use super::quote::ExportSyntax;
use super::section::{code, section};
use super::word::{single_quoted, word};
use crate::context::Context;
use std::path::{Path, PathBuf};

pub(super) struct Fish;

const START: &str = include_str!("../../shell/ssox.start.fish");

impl Integration for Fish {
    fn name(&self) -> &'static str {
        "fish"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["fish"]
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.fish")
    }

    fn start_script(&self) -> Option<String> {
        Some(code(START))
    }

    fn no_prompt_line(&self) -> &'static str {
        "set -g _ssox_no_prompt 1"
    }

    fn rc_line(&self) -> String {
        "ssox init fish | source".into()
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        vec![config_home(ctx, home).join("fish/config.fish")]
    }

    fn rc_file_name(&self) -> &'static str {
        "~/.config/fish/config.fish"
    }

    fn unhide(&self) -> &'static str {
        "type -a ssox shows what hides it, functions -e ssox removes a function"
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("set -gx {name} {}", word(value, quoted))
    }

    fn unset(&self, names: &[&str]) -> String {
        format!("set -e {}", names.join(" "))
    }

    fn export_syntax(&self) -> Option<ExportSyntax> {
        Some(ExportSyntax {
            help: "`set -gx` for fish",
            before_value: |name| format!("set -gx {name} "),
            quoted,
            unset: |name| format!("set -e {name}"),
        })
    }

    fn completion_tail(&self) -> &'static str {
        section(START, "registration")
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = CommandLine::parse(arguments, without_quotes) else { return String::new() };
        find(&line, MatchedBy::Shell)
            .reply(|candidate| Some(format!("{}\t{}\n", candidate.value, candidate.description)))
    }
}

/// Quotes a word. Inside single quotes, `\` and `'` are escaped with a backslash.
fn quoted(value: &str) -> String {
    single_quoted(value, |c| if matches!(c, '\\' | '\'') { r"\" } else { "" })
}

/// Removes backslashes and quotes, even quotes that are still open: fish passes the word as it was typed.
fn without_quotes(word: &str) -> String {
    let mut is_escaped = false;
    let mut is_kept = |c: &char| {
        is_escaped = *c == '\\' && !is_escaped;
        !is_escaped && !matches!(c, '"' | '\'')
    };
    word.chars().filter(|c| is_kept(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_the_cursor_is_read_without_its_quotes() {
        assert_eq!(without_quotes(r#""acme c"#), "acme c");
        assert_eq!(without_quotes(r"we\$\(x\\"), r"we$(x\");
    }
}
