//! Programs named in a config file: split into words, run without a shell, and not for longer than a minute.
//!
//! Deliberately not here: what they print, and how one that runs is ended (`running`).

mod running;

use crate::context::Context;
use crate::error::{Error, Result, cause_text};
use crate::secret::Secret;
use crate::terminal;
use running::{Cut, Ended, Group, Running};
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// What AWS tools give such a program.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a person may take whom the program asks.
const PATIENCE: Duration = Duration::from_secs(600);

/// A program and its arguments; shown as the key it stands under, never as the line, which may hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// The key and its profile.
    of: String,
    pub(crate) words: Vec<String>,
}

impl CommandLine {
    /// Splits the value of `key` in `profile` into words.
    ///
    /// # Errors
    /// Configuration: no words, or a quote without its end.
    pub(crate) fn parse(key: &str, profile: &str, line: &str) -> Result<Self> {
        let of = format!("`{key}` of profile `{profile}`");
        match split(line) {
            Some(words) if !words.is_empty() => Ok(Self { of, words }),
            Some(_) => {
                Err(Error::configuration(format!("{of} names no program")).hint(format!("write `{key} = PROGRAM`")))
            }
            None => Err(Error::configuration(format!("{of} has a quote without its end"))
                .hint("there is no shell: words are split at blanks, and quotes keep them together")),
        }
    }

    /// Runs the program with more variables, and returns what it prints. A person sees what it says on stderr.
    ///
    /// # Errors
    /// Configuration: it cannot be run. Other: it failed, in its own words. Unreachable: it took too long.
    pub(super) fn run(&self, ctx: &Context, env: &[(&str, String)]) -> Result<Secret> {
        self.run_within(LIMIT, ctx, env)
    }

    /// Runs a program that may ask a person: it has the terminal, and the time a person takes.
    ///
    /// # Errors
    /// Those of [`CommandLine::run`].
    pub(super) fn ask(&self, ctx: &Context) -> Result<Secret> {
        if ctx.no_input || !terminal::is_seen() {
            return self.run(ctx, &[]);
        }
        ctx.log(|| format!("running {self}"));
        let mut command = self.command(ctx, &[]);
        command.stderr(Stdio::inherit());
        self.printed(self.start(command)?, PATIENCE)
    }

    fn run_within(&self, limit: Duration, ctx: &Context, env: &[(&str, String)]) -> Result<Secret> {
        ctx.log(|| format!("running {self}"));
        self.printed(self.start(self.command(ctx, env))?, limit)
    }

    fn printed(&self, running: Running, limit: Duration) -> Result<Secret> {
        match running.wait(limit) {
            Ok(Ended { status, printed, .. }) if status.success() => Ok(Secret::new(String::from_utf8_lossy(&printed))),
            Ok(Ended { status, said, .. }) => Err(self.failed(status, &String::from_utf8_lossy(&said))),
            Err(Cut::TooLong) => Err(Error::unreachable(format!("{self} took longer than {limit:?}"))
                .hint("does it wait for somebody? run its line by hand")),
            Err(Cut::TooMuch) => {
                Err(Error::configuration(format!("{self} prints without end")).hint("run its line by hand"))
            }
        }
    }

    fn command(&self, ctx: &Context, env: &[(&str, String)]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).envs(env.iter().map(|(name, value)| (name, value)));
        command.stdin(input(ctx)).stderr(Stdio::piped());
        command
    }

    fn start(&self, command: Command) -> Result<Running> {
        Running::start(command, Group::here()).map_err(|cause| {
            let program = &self.words[0];
            Error::configuration(format!("{self}: could not run `{program}`: {}", cause_text(&cause)))
                .hint("there is no shell: write the whole path, without `~` and `$`")
        })
    }

    fn failed(&self, status: ExitStatus, said: &str) -> Error {
        let how = match status.code() {
            Some(code) => format!("exit status {code}"),
            None => "killed by a signal".into(),
        };
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let said = said[said.len().saturating_sub(3)..].join("; ");
        let cause = if said.is_empty() { how } else { format!("{how}: {said}") };
        Error::other(format!("{self} failed: {cause}")).hint("run its line by hand")
    }
}

/// Returns what the program reads from: the terminal, if a person is there. Data on its way to the program of `ssox exec`
/// is not this one's to read.
fn input(ctx: &Context) -> Stdio {
    if ctx.no_input {
        return Stdio::null();
    }
    match io::stdin().is_terminal() {
        true => Stdio::inherit(),
        false => terminal::input().map_or_else(|_| Stdio::null(), Stdio::from),
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.of)
    }
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "CommandLine({self})")
    }
}

fn split(line: &str) -> Option<Vec<String>> {
    match cfg!(windows) {
        true => split_for_windows(line),
        false => shell_words::split(line).ok(),
    }
}

/// Windows' own rules, as far as paths need them: a backslash is no escape, double quotes keep words together.
fn split_for_windows(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    for c in line.chars() {
        match c {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !is_quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (!is_quoted).then_some(words)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::time::Instant;

    fn nobody() -> Context {
        let mut ctx = Context::default();
        ctx.no_input = true;
        ctx
    }

    fn run(line: &str) -> Result<Secret> {
        let ctx = nobody();
        CommandLine::parse("credential_process", "p", line)?.run_within(Duration::from_secs(20), &ctx, &[])
    }

    #[test]
    fn words_are_split_without_a_shell() {
        assert_eq!(run(r#"printf '%s|' "a b" $HOME '*' c\ d"#).unwrap().expose(), "a b|$HOME|*|c d|");
    }

    #[test]
    fn on_windows_a_backslash_is_part_of_a_path() {
        let words = split_for_windows(r#"  "C:\Program Files\x.exe" --a="b c"  "" \\host\share "#).unwrap();
        assert_eq!(words, [r"C:\Program Files\x.exe", "--a=b c", "", r"\\host\share"]);
        assert_eq!(split_for_windows(r#"a "b"#), None);
    }

    #[test]
    fn a_line_without_words_is_refused() {
        for line in ["", "  ", "'open", "\"open"] {
            assert_eq!(run(line).unwrap_err().kind, ErrorKind::Configuration, "{line}");
        }
    }

    #[test]
    fn what_a_failing_program_says_is_in_the_error() {
        let error = run("sh -c 'echo secret; echo first >&2; echo the vault is locked >&2; exit 3'").unwrap_err();
        assert_eq!((error.kind, error.kind.exit_status()), (ErrorKind::Other, 1));
        assert!(
            error
                .message
                .contains("`credential_process` of profile `p` failed: exit status 3: first; the vault is locked")
        );
        assert!(!error.message.contains("secret"));
    }

    #[test]
    fn a_program_that_is_not_there_is_said_without_its_arguments() {
        let error = run("/none/such --password hunter2").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains("`/none/such`: no such file") && !error.message.contains("hunter2"));
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let ctx = nobody();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("late");
        for line in ["sleep 30".into(), format!("sh -c 'exec >&-; exec sleep 30; touch {}'", file.display())] {
            let command = CommandLine::parse("credential_process", "p", &line).unwrap();
            let start = Instant::now();
            let error = command.run_within(Duration::from_millis(100), &ctx, &[]).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unreachable, "{line}");
            assert!(start.elapsed() < Duration::from_secs(20), "{line}");
        }
    }

    #[test]
    fn a_program_that_prints_without_end_is_ended() {
        let error = run("yes").unwrap_err();
        assert_eq!((error.kind, error.message.contains("prints without end")), (ErrorKind::Configuration, true));
        // Of complaints, the last are kept.
        let error = run("sh -c 'yes complaint | head -n 900000 >&2; echo the last >&2; exit 3'").unwrap_err();
        assert!(error.message.ends_with("complaint; complaint; the last") && error.message.len() < 200, "{error}");
    }

    #[test]
    fn the_line_is_never_shown() {
        let command = CommandLine::parse("mfa_process", "p", "/bin/x --password hunter2").unwrap();
        assert_eq!(format!("{command:?}"), "CommandLine(`mfa_process` of profile `p`)");
    }

    #[test]
    fn what_it_leaves_running_does_not_keep_us() {
        let start = Instant::now();
        assert_eq!(run("sh -c 'sleep 9 >/dev/null & echo done'").unwrap().expose(), "done\n");
        assert!(start.elapsed() < Duration::from_secs(8));
    }
}
