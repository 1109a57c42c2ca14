//! What ssox knows about zsh.

use super::completion::{Candidate, CommandLine, MatchedBy};
use super::integration::{Find, Integration};
use super::section::code;
use crate::bytes::memchr3_iter;
use crate::context::Context;
use std::path::{Path, PathBuf};

pub(super) struct Zsh;

impl Integration for Zsh {
    fn name(&self) -> &'static str {
        "zsh"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["zsh"]
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.zsh")
    }

    /// Returns the start script inside `emulate -c`: zsh parses the script, and later runs its functions, with the
    /// options given here instead of the user's options. The script is one word without a newline, because the option
    /// `csh_junkie_quotes` forbids newlines in quotes, and several words would take zsh milliseconds to join. A
    /// function of the start script reads the complete script, so the complete script gets the same options.
    /// <https://zsh.sourceforge.io/Doc/Release/Shell-Builtin-Commands.html>, `emulate`.
    fn start_script(&self) -> Option<String> {
        let start = include_str!("../../shell/ssox.start.zsh");
        Some(emulated(&code(start)))
    }

    fn no_prompt_line(&self) -> &'static str {
        "_ssox_no_prompt=1"
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        vec![ctx.var("ZDOTDIR").map_or_else(|| home.to_path_buf(), PathBuf::from).join(".zshrc")]
    }

    fn rc_file_name(&self) -> &'static str {
        "~/.zshrc"
    }

    // zsh's completion system looks for files with this first line, and runs such a file as the completion function.
    fn completion_head(&self) -> &'static str {
        "#compdef ssox\n"
    }

    fn completion_tail(&self) -> &'static str {
        "_ssox_complete \"$@\"\n"
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = CommandLine::parse(arguments, str::to_string) else { return String::new() };
        find(&line, MatchedBy::Shell).reply(|candidate| Some(described(candidate)))
    }
}

/// Returns the command that evaluates a script with the options of zsh.
fn emulated(script: &str) -> String {
    format!("'builtin' 'emulate' 'zsh' '-o' 'no_aliases' '-o' 'extended_glob' '-c' {}\n", ansi_c_quoted(script))
}

/// Returns a text as one word of the form `$'…'`, which contains no newline.
fn ansi_c_quoted(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + text.len() / 8);
    let mut copied = 0;
    word.push_str("$'");
    for at in memchr3_iter(b'\\', b'\'', b'\n', text.as_bytes()) {
        word.push_str(&text[copied..at]);
        word.push('\\');
        word.push_str(if text[at..].starts_with('\n') { "n" } else { &text[at..=at] });
        copied = at + 1;
    }
    word.push_str(&text[copied..]);
    word.push('\'');
    word
}

/// Returns a candidate as a line in the format of zsh's `_describe`.
fn described(candidate: &Candidate) -> String {
    let value = candidate.value.replace('\\', r"\\").replace(':', r"\:");
    match candidate.description.as_str() {
        "" => format!("{value}\n"),
        description => format!("{value}:{description}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_quoted_as_one_line() {
        assert_eq!(ansi_c_quoted("a='\\é'\nb\n"), r"$'a=\'\\é\'\nb\n'");
        assert_eq!(ansi_c_quoted(""), "$''");
    }

    #[test]
    fn a_candidate_is_written_for_describe() {
        assert_eq!(described(&Candidate::new(r"prod:a\b", "1: x")), "prod\\:a\\\\b:1: x\n");
        assert_eq!(described(&Candidate::new("star*", "")), "star*\n");
    }
}
