//! Writes variables in the format of each shell and file that `ssox export` supports.
//!
//! Invariant: the reader gets each value byte for byte, and runs nothing. A value for which this is impossible is refused.

use super::sh_syntax;
use crate::environment::EnvChanges;
use crate::error::{Error, Result};
use crate::secret::Secret;
use std::fmt::Write as _;

/// The format of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    /// sh, bash, zsh, ksh: `export NAME='value'`.
    Posix,
    /// `NAME=value` without quotes, which a shell and a simple parser read in the same way.
    Bare,
    /// `NAME=value` lines for `docker run --env-file`, in which no character is special.
    Docker,
    /// cmd.exe: `set "NAME=value"`.
    WindowsCmd,
    /// That of a shell with a syntax of its own.
    Shell(ExportSyntax),
}

/// How a shell sets and unsets variables, if its syntax is not that of sh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExportSyntax {
    /// What `--help` says of the format.
    pub(crate) help: &'static str,
    /// Returns what stands before the value in the line that sets a variable.
    pub(crate) before_value: fn(&str) -> String,
    /// Quotes a value, in a buffer that does not grow: an outgrown one would keep a part of a secret.
    pub(crate) quoted: fn(&str) -> String,
    /// Returns the line that unsets a variable.
    pub(crate) unset: fn(&str) -> String,
}

impl Dialect {
    /// Returns all changes, each on one line.
    ///
    /// # Errors
    /// Configuration: a value cannot be written safely in this format.
    pub(crate) fn write(self, changes: &EnvChanges) -> Result<Secret> {
        let mut text = Secret::default();
        changes.iter().try_for_each(|(name, value)| self.write_line(&mut text, name, value))?;
        Ok(text)
    }

    fn write_line(self, text: &mut Secret, name: &str, value: Option<&str>) -> Result<()> {
        let quoted = |quote: fn(&str) -> String, value: &str| Secret::new(quote(value));
        let written = match (self, value) {
            (Self::Posix, Some(value)) => writeln!(text, "export {name}={}", quoted(sh_syntax::quoted, value).expose()),
            (Self::Posix, None) => writeln!(text, "unset {name}"),
            (Self::Bare, Some(value)) => writeln!(text, "{name}={}", bare(name, value)?),
            (Self::Docker, Some(value)) => writeln!(text, "{name}={}", docker(name, value)?),
            // A line with the name only would pass the variable's current value on.
            (Self::Bare | Self::Docker, None) => Ok(()),
            (Self::WindowsCmd, Some(value)) => writeln!(text, "set \"{name}={}\"", windows_cmd(name, value)?),
            (Self::WindowsCmd, None) => writeln!(text, "set \"{name}=\""),
            (Self::Shell(syntax), Some(value)) => {
                writeln!(text, "{}{}", (syntax.before_value)(name), quoted(syntax.quoted, value).expose())
            }
            (Self::Shell(syntax), None) => writeln!(text, "{}", (syntax.unset)(name)),
        };
        written.expect("writing to a string cannot fail");
        Ok(())
    }
}

/// Returns a value if a shell and a simple parser read it in the same way without quotes.
fn bare<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    // zsh replaces `=NAME` by the path of a program, at the start of a word and after a colon.
    if !value.chars().all(is_bare) || value.starts_with('=') || value.contains(":=") {
        return Err(unsafe_value(name, value, "env-no-export"));
    }
    Ok(value)
}

/// Returns a value if Docker reads it: everything after the `=`, unchanged, in lines of less than 64 KiB.
/// <https://docs.docker.com/reference/cli/docker/container/run/#env>
fn docker<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    const LONGEST_LINE: usize = 64 * 1024;
    if format!("{name}=\n").len() + value.len() >= LONGEST_LINE || value.contains(char::is_control) {
        return Err(unsafe_value(name, value, "env-file"));
    }
    Ok(value)
}

/// Returns a value if cmd.exe does not change it between double quotes, also with delayed expansion, in any code page.
fn windows_cmd<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    let is_inert = |c: char| matches!(c, ' '..='~') && !"%!\"^&|<>".contains(c);
    if !value.chars().all(is_inert) {
        return Err(unsafe_value(name, value, "windows-cmd"));
    }
    Ok(value)
}

/// Returns the error for a value that cannot be written safely; it contains the value only if that is not a secret.
fn unsafe_value(name: &str, value: &str, format: &str) -> Error {
    let is_secret = name.starts_with("AWS_SE") || name.starts_with("AWS_ACCESS");
    let shown = if is_secret { String::new() } else { format!(" `{value}`") };
    Error::configuration(format!("the value{shown} of {name} cannot be written safely as {format}"))
        .hint("ssox export --format json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::Shell;
    use std::process::Command;

    fn line(dialect: Dialect, name: &str, value: &str) -> Result<String> {
        let mut text = Secret::default();
        dialect.write_line(&mut text, name, Some(value)).map(|()| text.expose().to_string())
    }

    fn of_shell(name: &str) -> Dialect {
        Dialect::Shell(Shell::named(name).and_then(|shell| shell.export_syntax()).unwrap())
    }

    /// All characters of Latin-1, alone and inside a word, and combinations of characters that are special in shells.
    fn values() -> Vec<String> {
        let singles = ('\u{1}'..='\u{ff}').map(String::from);
        let inside = ('\u{1}'..='\u{ff}').map(|c| format!("a{c}b"));
        let ends = ('\u{1}'..='\u{7f}').map(|c| format!("{c}{c}'{c}"));
        let fond: Vec<char> = "'\"\\$`!%^&|;<>(){}[]*?~#=, \t\nx-’‘‚‛\u{85}\u{2028}é😀".chars().collect();
        let pairs = fond.iter().flat_map(|a| fond.iter().map(move |b| format!("{a}{b}")));
        let mut seed = 7_u64;
        let mut random = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).expect("31 bits fit")
        };
        let long: Vec<String> =
            (0..300).map(|_| (0..random() % 24).map(|_| fond[random() % fond.len()]).collect()).collect();
        let said = ["", "$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", "\\'; touch PWNED; \\'", "a'\\"];
        singles.chain(inside).chain(ends).chain(pairs).chain(long).chain(said.map(String::from)).collect()
    }

    /// Lets a shell read all values and print them, each after a NUL; none may be lost, changed or run.
    fn round_trip(dialect: Dialect, program: &str, args: &[&str], print: &str) {
        round_trip_of(values(), dialect, program, args, print);
    }

    /// Returns fewer values, for shells that need milliseconds for each line: some with quotes and escapes, and all short ones.
    fn some_values() -> impl Iterator<Item = String> {
        let is_kept =
            |(at, value): &(usize, String)| value.len() < 2 || at % 3 == 0 && value.contains(['\'', '"', '\\']);
        values().into_iter().enumerate().filter(is_kept).map(|(_, value)| value)
    }

    fn round_trip_of(
        values: impl IntoIterator<Item = String>,
        dialect: Dialect,
        program: &str,
        args: &[&str],
        print: &str,
    ) {
        let accepted: Vec<(String, String)> =
            values.into_iter().filter_map(|value| Some((line(dialect, "AWS_X", &value).ok()?, value))).collect();
        assert!(accepted.len() > 90, "{dialect:?} refuses nearly everything");
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("script");
        let text: String = accepted.iter().map(|(line, _)| format!("{line}{print}\n")).collect();
        std::fs::write(&script, text).unwrap();
        for locale in ["C", "C.UTF-8"] {
            let output = Command::new(program)
                .args(args)
                .arg(&script)
                .current_dir(directory.path())
                .env("HOME", directory.path())
                .env("LC_ALL", locale)
                .output();
            let output = match output {
                Ok(output) => output,
                Err(cause) => return missing(program, &cause),
            };
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{program} {locale}");
            let read: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).skip(1).collect();
            assert_eq!(read.len(), accepted.len(), "{program} {locale}");
            for ((line, value), read) in accepted.iter().zip(read) {
                assert_eq!(read, value.as_bytes(), "{program} {locale}: {line}");
            }
            assert!(!directory.path().join("PWNED").exists(), "{program} ran a value");
        }
    }

    /// Says that a shell is not installed; in CI only PowerShell may be missing.
    fn missing(program: &str, cause: &std::io::Error) {
        use std::io::Write as _;
        assert!(program == "pwsh" || std::env::var_os("CI").is_none(), "{program} is not installed: {cause}");
        let _ = writeln!(std::io::stderr(), "NOT TESTED: {program} is not installed");
    }

    const PRINTF: &str = r#"printf '\000%s' "$AWS_X""#;

    #[test]
    fn posix_shells_read_back_every_value() {
        round_trip(Dialect::Posix, "sh", &[], PRINTF);
        round_trip(Dialect::Posix, "bash", &["--norc"], PRINTF);
        round_trip(Dialect::Posix, "bash", &["--posix"], PRINTF);
        round_trip(Dialect::Posix, "zsh", &["-f"], PRINTF);
        round_trip(Dialect::Posix, "zsh", &["-f", "-o", "rc_quotes", "-o", "ksh_arrays", "-o", "glob_subst"], PRINTF);
    }

    #[test]
    fn fish_reads_back_every_value() {
        round_trip(of_shell("fish"), "fish", &["--no-config"], PRINTF);
    }

    #[test]
    fn powershell_reads_back_every_value() {
        let print = "[Console]::OutputEncoding = New-Object Text.UTF8Encoding $false; \
            [Console]::Out.Write([char]0 + [string]$Env:AWS_X)";
        round_trip(of_shell("powershell"), "pwsh", &["-NoProfile", "-File"], print);
    }

    #[test]
    fn nushell_reads_back_every_value() {
        let print = "; print --no-newline ((char nul) + $env.AWS_X)";
        round_trip_of(some_values(), of_shell("nushell"), "nu", &["--no-config-file"], print);
    }

    #[test]
    fn elvish_reads_back_every_value() {
        round_trip(of_shell("elvish"), "elvish", &["-norc"], "; print \"\\x00\"$E:AWS_X");
    }

    #[test]
    fn xonsh_reads_back_every_value() {
        let print = "print('\\0' + $AWS_X, end='')";
        round_trip_of(some_values().step_by(3), of_shell("xonsh"), "xonsh", &["--no-rc"], print);
    }

    #[test]
    fn a_shell_reads_a_bare_line_unchanged() {
        round_trip(Dialect::Bare, "sh", &[], PRINTF);
        round_trip(Dialect::Bare, "bash", &["--norc"], PRINTF);
        round_trip(Dialect::Bare, "zsh", &["-f"], PRINTF);
    }

    #[test]
    fn a_value_that_cannot_be_written_safely_is_refused() {
        for value in ["a b", "a\nb", "$x", "`x`", "é", "~", "'", "#"] {
            assert!(line(Dialect::Bare, "AWS_REGION", value).is_err(), "{value:?}");
        }
        for value in ["%PATH%", "!x!", "\"", "^", "&calc", "a\nb", "a\rb", "|", "<", ">", "é", "\u{7f}"] {
            assert!(line(Dialect::WindowsCmd, "AWS_REGION", value).is_err(), "{value:?}");
        }
        let error = line(Dialect::Bare, "AWS_SECRET_ACCESS_KEY", "hunter 2").unwrap_err();
        assert!(!error.to_string().contains("hunter"), "{error}");
    }

    #[test]
    fn docker_gets_a_value_unchanged_or_not_at_all() {
        let line = |value: &str| self::line(Dialect::Docker, "AWS_X", value).ok();
        for value in ["", "a b", " a ", "$x", "`x`", "'a\"", "#", "a #b", "a=b", "\\n", "é"] {
            assert_eq!(line(value), Some(format!("AWS_X={value}\n")));
        }
        for value in ["a\nb", "a\rb", "\0", "\t", &"x".repeat(64 * 1024)] {
            assert_eq!(line(value), None);
        }
        assert!(line(&"x".repeat(60 * 1024)).is_some());
    }

    #[test]
    fn an_unset_variable_is_unset_in_every_format() {
        let mut changes = EnvChanges::default();
        changes.unset("AWS_PROFILE");
        let shells = ["fish", "powershell", "nushell", "elvish", "xonsh"].map(of_shell);
        let spelled: Vec<Secret> = [Dialect::Posix, Dialect::Bare, Dialect::WindowsCmd]
            .into_iter()
            .chain(shells)
            .map(|dialect| dialect.write(&changes).unwrap())
            .collect();
        assert_eq!(
            spelled.iter().map(Secret::expose).collect::<Vec<_>>(),
            [
                "unset AWS_PROFILE\n",
                "",
                "set \"AWS_PROFILE=\"\n",
                "set -e AWS_PROFILE\n",
                "Remove-Item -LiteralPath Env:AWS_PROFILE -ErrorAction Ignore\n",
                "hide-env --ignore-errors AWS_PROFILE\n",
                "unset-env AWS_PROFILE\n",
                "${...}.pop('AWS_PROFILE', None)\n"
            ]
        );
    }
}
