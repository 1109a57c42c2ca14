//! Writes variables in each format of `ssox export`, for shells and for files.
//!
//! Invariant: the shell or program that reads the text gets exactly the bytes of each value, and runs none of them. If
//! a format cannot write a value in this way, ssox reports an error.

use super::sh_syntax;
use crate::environment::EnvChanges;
use crate::error::{Error, Result};
use crate::secret::Secret;
use std::fmt::Write as _;

/// A format of `ssox export`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    /// The syntax of sh, bash, zsh and ksh: `export NAME='value'`.
    Posix,
    /// `NAME=value` without quotes, which shells and simple parsers read in the same way.
    Bare,
    /// The syntax of `docker run --env-file`: `NAME=value`, in which no character is special.
    Docker,
    /// The syntax of cmd.exe: `set "NAME=value"`.
    WindowsCmd,
    /// The syntax of another shell.
    Shell(ExportSyntax),
}

/// How a shell sets and unsets variables, if the shell does not have the syntax of sh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExportSyntax {
    /// The description of this format in `ssox export --help`.
    pub(crate) help: &'static str,
    /// Returns the beginning of the line that sets a variable, up to the value.
    pub(crate) before_value: fn(&str) -> String,
    /// Quotes a value. The buffer must be large enough from the start: a buffer that grows could leave a part of a
    /// secret in freed memory.
    pub(crate) quoted: fn(&str) -> String,
    /// Returns the line that unsets a variable.
    pub(crate) unset: fn(&str) -> String,
}

impl Dialect {
    /// Writes all environment changes, one on each line.
    ///
    /// # Errors
    /// `Configuration`: a value cannot be written safely in this format.
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
            // These formats cannot unset a variable, so nothing is written: a line with only the name would pass on the
            // current value.
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

/// Returns a value if shells and simple parsers read it in the same way without quotes; else an error.
fn bare<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    // At the start of a word and after a colon, zsh replaces `=NAME` by the path of the program `NAME`.
    if !value.chars().all(is_bare) || value.starts_with('=') || value.contains(":=") {
        return Err(unsafe_value(name, value, "env-no-export"));
    }
    Ok(value)
}

/// Returns a value if Docker reads it unchanged, else an error. Docker takes all text after the `=` as the value, but
/// accepts only lines of less than 64 KiB.
/// <https://docs.docker.com/reference/cli/docker/container/run/#env>
fn docker<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    const LONGEST_LINE: usize = 64 * 1024;
    if format!("{name}=\n").len() + value.len() >= LONGEST_LINE || value.contains(char::is_control) {
        return Err(unsafe_value(name, value, "env-file"));
    }
    Ok(value)
}

/// Returns a value if cmd.exe does not change it inside double quotes, even with delayed expansion and in any code
/// page. Else an error.
fn windows_cmd<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    let is_inert = |c: char| matches!(c, ' '..='~') && !"%!\"^&|<>".contains(c);
    if !value.chars().all(is_inert) {
        return Err(unsafe_value(name, value, "windows-cmd"));
    }
    Ok(value)
}

/// Makes the error for a value that cannot be written safely. The message contains the value only if the value is not a
/// secret.
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

    /// Returns all characters of Latin-1, alone and inside a word, and combinations of characters that are special in
    /// shells.
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

    /// Lets a shell read all values and print them, each followed by NUL. Fails if one is lost, changed or run.
    fn round_trip(dialect: Dialect, program: &str, args: &[&str], print: &str) {
        round_trip_of(values(), dialect, program, args, print);
    }

    /// Returns all short values, and some values with quotes and escapes. This is for shells that need milliseconds for
    /// each line.
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

    /// Reports that a shell is not installed. In CI only PowerShell may be missing.
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
        let shells = Shell::ALL.into_iter().filter_map(|shell| shell.export_syntax());
        let spelled: Vec<Secret> = [Dialect::Posix, Dialect::Bare, Dialect::WindowsCmd]
            .into_iter()
            .chain(shells.map(Dialect::Shell))
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
