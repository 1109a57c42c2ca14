//! What ssox knows about xonsh.
//!
//! xonsh parses its own syntax slowly, but a string literal quickly. Therefore `ssox init` prints the script as one
//! string. The completion function inserts text as source code.

use super::completion::{CommandLine, MatchedBy};
use super::integration::{Find, Integration, config_home};
use super::quote::ExportSyntax;
use crate::context::Context;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

pub(super) struct Xonsh;

impl Integration for Xonsh {
    fn name(&self) -> &'static str {
        "xonsh"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["xonsh"]
    }

    /// Always true: the process is Python, so its options do not tell how xonsh runs.
    fn is_interactive(&self, _: &[String]) -> bool {
        true
    }

    fn script(&self) -> &'static str {
        include_str!("../../shell/ssox.xsh")
    }

    fn init_script(&self, _: &Context) -> Cow<'static, str> {
        format!("exec({})\n", literal(self.script())).into()
    }

    fn no_prompt_line(&self) -> &'static str {
        "_ssox_no_prompt = True"
    }

    fn rc_line(&self) -> String {
        "execx($(ssox init xonsh))".into()
    }

    fn rc_files(&self, ctx: &Context, home: &Path) -> Vec<PathBuf> {
        vec![home.join(".xonshrc"), config_home(ctx, home).join("xonsh/rc.xsh")]
    }

    fn rc_file_name(&self) -> &'static str {
        "~/.xonshrc"
    }

    fn unhide(&self) -> &'static str {
        "aliases['ssox'] shows what hides it, del aliases['ssox'] removes that alias"
    }

    fn set(&self, name: &str, value: &str) -> String {
        format!("${name} = {}", literal(value))
    }

    fn unset(&self, names: &[&str]) -> String {
        names.iter().map(|name| format!("del ${name}")).collect::<Vec<_>>().join("; ")
    }

    fn export_syntax(&self) -> Option<ExportSyntax> {
        Some(ExportSyntax {
            help: "`$NAME = …` for xonsh",
            before_value: |name| format!("${name} = "),
            quoted: literal,
            unset: |name| format!("${{...}}.pop('{name}', None)"),
        })
    }

    fn completion_tail(&self) -> &'static str {
        ""
    }

    fn complete(&self, arguments: &[String], find: Find) -> String {
        let Some(line) = CommandLine::parse(arguments, str::to_string) else { return String::new() };
        let completions = find(&line, MatchedBy::Ssox).retain_matching(&line.current);
        completions.reply(|candidate| {
            Some(format!("{}\t{}\t{}\n", word(&candidate.value), candidate.value, candidate.description))
        })
    }
}

/// Returns a Python string literal on one line. The buffer is large enough from the start: a buffer that grows could
/// leave a part of a secret in freed memory.
fn literal(value: &str) -> String {
    let mut text = String::with_capacity(2 * value.len() + 2);
    text.push('\'');
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\'' => text.push_str("\\'"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            _ => text.push(c),
        }
    }
    text.push('\'');
    text
}

/// Quotes a candidate if necessary, so that it is one word. In an ordinary string, xonsh expands variables and `~`. A
/// raw string (`r'…'`) prevents this, but cannot contain escapes.
fn word(value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    if value.chars().all(is_bare) && !value.starts_with('@') {
        return value.into();
    }
    let raw = if value.contains(['$', '~', '\\']) && !value.ends_with('\\') { "r" } else { "" };
    let value = if raw.is_empty() { value.replace('\\', "\\\\") } else { value.into() };
    match (value.contains('\''), value.contains('"')) {
        (false, _) => format!("{raw}'{value}'"),
        (true, false) => format!("{raw}\"{value}\""),
        (true, true) => format!("{raw}\"\"\"{value}\"\"\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_is_one_word() {
        let cases = [
            ("prod:admin", "prod:admin"),
            ("acme corp", "'acme corp'"),
            ("we$x", "r'we$x'"),
            ("~x", "r'~x'"),
            (r"sla\sh", r"r'sla\sh'"),
            (r"end\", r"'end\\'"),
            ("quo'te", "\"quo'te\""),
            ("both'\"x", "\"\"\"both'\"x\"\"\""),
        ];
        for (value, expected) in cases {
            assert_eq!(word(value), expected);
        }
    }

    #[test]
    fn a_literal_has_one_line() {
        assert_eq!(literal("a'b\\c\nd\re"), r"'a\'b\\c\nd\re'");
    }

    #[test]
    fn the_script_is_one_literal() {
        let init = Xonsh.init_script(&Context::new([]));
        assert!(init.lines().count() == 1 && init.starts_with("exec('# ssox for xonsh") && init.ends_with("')\n"));
    }
}
