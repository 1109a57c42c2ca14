//! How each target of `ssox export` spells a variable, so that it reads back byte for byte and runs nothing.
//!
//! Deliberately not here: the reply to the shell functions, which is data and needs no quoting, and the JSON formats.

use crate::environment::EnvChanges;
use crate::error::{Error, Result};

/// Who reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// sh, bash, zsh, ksh: `export NAME='value'`.
    Posix,
    /// `NAME=value` that means the same to a shell and to a reader that knows no quotes.
    Bare,
    /// Files for `docker run --env-file`: raw `NAME=value` lines, in which no character is special.
    Docker,
    /// fish: `set -gx NAME 'value'`.
    Fish,
    /// PowerShell: `$Env:NAME = 'value'`.
    PowerShell,
    /// cmd.exe: `set "NAME=value"`.
    WindowsCmd,
}

impl Dialect {
    /// Spells all changes, one a line.
    ///
    /// # Errors
    /// Configuration, when a value cannot be spelled safely here.
    pub(crate) fn spell(self, changes: &EnvChanges) -> Result<String> {
        changes.iter().map(|(name, value)| self.line(name, value)).collect()
    }

    fn line(self, name: &str, value: Option<&str>) -> Result<String> {
        Ok(match (self, value) {
            (Self::Posix, Some(value)) => format!("export {name}={}\n", posix(value)),
            (Self::Posix, None) => format!("unset {name}\n"),
            (Self::Bare, Some(value)) => format!("{name}={}\n", bare(name, value)?),
            (Self::Docker, Some(value)) => docker(name, value)?,
            // A name alone would pass on the value from outside.
            (Self::Bare | Self::Docker, None) => String::new(),
            (Self::Fish, Some(value)) => format!("set -gx {name} {}\n", fish(value)),
            (Self::Fish, None) => format!("set -e {name}\n"),
            (Self::PowerShell, Some(value)) => format!("$Env:{name} = {}\n", powershell(value)),
            (Self::PowerShell, None) => format!("Remove-Item -LiteralPath Env:{name} -ErrorAction Ignore\n"),
            (Self::WindowsCmd, Some(value)) => format!("set \"{name}={}\"\n", windows_cmd(name, value)?),
            (Self::WindowsCmd, None) => format!("set \"{name}=\"\n"),
        })
    }
}

/// Quotes a word for sh, bash, zsh and ksh.
pub(crate) fn posix(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Quotes a word for fish, where a backslash escapes inside single quotes.
pub(crate) fn fish(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

/// Quotes a word for PowerShell, to which the four typographic single quotes are as good as the plain one.
pub(crate) fn powershell(value: &str) -> String {
    let is_quote = |c| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let doubled = value.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 }));
    format!("'{}'", doubled.collect::<String>())
}

/// Passes a value that means itself both to a shell and to a reader that knows no quotes.
fn bare<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    // In zsh, a word that begins with `=` names a program, also behind a colon.
    match value.chars().all(is_bare) && !value.starts_with('=') && !value.contains(":=") {
        true => Ok(value),
        false => Err(unspeakable(name, value, "env-no-export")),
    }
}

/// Docker takes all that follows the `=` as it is, and no line of 64 KiB or more.
/// <https://docs.docker.com/reference/cli/docker/container/run/#env>
fn docker(name: &str, value: &str) -> Result<String> {
    const LONGEST_LINE: usize = 64 * 1024;
    let line = format!("{name}={value}\n");
    if line.len() < LONGEST_LINE && !value.contains(char::is_control) {
        Ok(line)
    } else {
        Err(unspeakable(name, value, "env-file"))
    }
}

/// Passes a value that cmd.exe leaves alone between double quotes, also with delayed expansion, in any code page.
fn windows_cmd<'v>(name: &str, value: &'v str) -> Result<&'v str> {
    let is_inert = |c: char| matches!(c, ' '..='~') && !"%!\"^&|<>".contains(c);
    match value.chars().all(is_inert) {
        true => Ok(value),
        false => Err(unspeakable(name, value, "windows-cmd")),
    }
}

/// The value is shown only where it is no secret.
fn unspeakable(name: &str, value: &str, format: &str) -> Error {
    let shown = match name.starts_with("AWS_SE") || name.starts_with("AWS_ACCESS") {
        true => String::new(),
        false => format!(" `{value}`"),
    };
    Error::configuration(format!("the value{shown} of {name} cannot be written safely as {format}"))
        .hint("ssox export --format json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Every character of one byte and of Latin-1, alone and inside a word, and what shells are fond of, in all orders.
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

    /// Lets a shell read all values and print them back, each behind a NUL; nothing may be lost, changed or run.
    fn round_trip(dialect: Dialect, program: &str, args: &[&str], print: &str) {
        let accepted: Vec<(String, String)> =
            values().into_iter().filter_map(|value| Some((dialect.line("AWS_X", Some(&value)).ok()?, value))).collect();
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

    /// A shell that is not there may be missed at home, in silence nowhere; PowerShell, which few systems have, anywhere.
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
        round_trip(Dialect::Fish, "fish", &["--no-config"], PRINTF);
    }

    #[test]
    fn powershell_reads_back_every_value() {
        let print = "[Console]::OutputEncoding = New-Object Text.UTF8Encoding $false; \
            [Console]::Out.Write([char]0 + [string]$Env:AWS_X)";
        round_trip(Dialect::PowerShell, "pwsh", &["-NoProfile", "-File"], print);
    }

    #[test]
    fn a_raw_line_means_the_same_to_a_shell() {
        round_trip(Dialect::Bare, "sh", &[], PRINTF);
        round_trip(Dialect::Bare, "bash", &["--norc"], PRINTF);
        round_trip(Dialect::Bare, "zsh", &["-f"], PRINTF);
    }

    #[test]
    fn what_cannot_be_spelled_is_refused() {
        for value in ["a b", "a\nb", "$x", "`x`", "é", "~", "'", "#"] {
            assert!(Dialect::Bare.line("AWS_REGION", Some(value)).is_err(), "{value:?}");
        }
        for value in ["%PATH%", "!x!", "\"", "^", "&calc", "a\nb", "a\rb", "|", "<", ">", "é", "\u{7f}"] {
            assert!(Dialect::WindowsCmd.line("AWS_REGION", Some(value)).is_err(), "{value:?}");
        }
        let error = Dialect::Bare.line("AWS_SECRET_ACCESS_KEY", Some("hunter 2")).unwrap_err();
        assert!(!error.to_string().contains("hunter"), "{error}");
    }

    #[test]
    fn docker_takes_a_value_as_it_is_or_not_at_all() {
        let line = |value: &str| Dialect::Docker.line("AWS_X", Some(value)).ok();
        for value in ["", "a b", " a ", "$x", "`x`", "'a\"", "#", "a #b", "a=b", "\\n", "é"] {
            assert_eq!(line(value), Some(format!("AWS_X={value}\n")));
        }
        for value in ["a\nb", "a\rb", "\0", "\t", &"x".repeat(64 * 1024)] {
            assert_eq!(line(value), None);
        }
        assert!(line(&"x".repeat(60 * 1024)).is_some());
    }

    #[test]
    fn typographic_quotes_do_not_end_a_powershell_string() {
        assert_eq!(powershell("x’; calc; ‘"), "'x’’; calc; ‘‘'");
    }

    #[test]
    fn what_is_unset_is_unset_in_each() {
        let mut changes = EnvChanges::default();
        changes.unset("AWS_PROFILE");
        let spelled = [Dialect::Posix, Dialect::Bare, Dialect::Fish, Dialect::PowerShell, Dialect::WindowsCmd]
            .map(|dialect| dialect.spell(&changes).unwrap());
        assert_eq!(
            spelled.each_ref().map(String::as_str),
            [
                "unset AWS_PROFILE\n",
                "",
                "set -e AWS_PROFILE\n",
                "Remove-Item -LiteralPath Env:AWS_PROFILE -ErrorAction Ignore\n",
                "set \"AWS_PROFILE=\"\n"
            ]
        );
    }
}
