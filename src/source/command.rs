//! Programs in config files, such as `credential_process`: splits the command line into words, and runs it without a
//! shell and with a time limit.

mod running;

use crate::context::{Context, REAL_FILES};
use crate::error::{Error, HINT, PREFIX, Result, cause_text};
use crate::secret::Secret;
use crate::terminal;
use running::{Finished, Killed, MAX_OUTPUT, ProcessGroup, RunningProgram};
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long a program may run. The AWS SDK for Go has the same limit.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a program may run if it can ask the person for something.
const INTERACTIVE_TIMEOUT: Duration = Duration::from_secs(600);

/// The command line of a program: its path and arguments.
///
/// Invariant: `Display` and `Debug` show the config key and the profile, never the command line, which may contain
/// secrets.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// The config key and the profile that the command line comes from, for messages.
    of: String,
    pub(crate) words: Vec<String>,
}

impl CommandLine {
    /// Splits a command line into words. It is the value of `key` in `profile`.
    ///
    /// # Errors
    /// `Configuration`: the command line is empty, or has an unclosed quote.
    pub(crate) fn parse(key: &str, profile: &str, line: &str) -> Result<Self> {
        let of = format!("`{key}` of profile `{profile}`");
        let Some(words) = split(line) else {
            return Err(Error::configuration(format!("{of} has an unclosed quote"))
                .hint("close the quote: quotes are only needed around an argument that contains blanks")
                .hint(
                    "a `;` or `#` after a blank begins a comment, also inside quotes, and what follows is not read",
                ));
        };
        if words.is_empty() {
            return Err(Error::configuration(format!("{of} is empty")).hint(format!("write `{key} = PROGRAM`")));
        }
        Ok(Self { of, words })
    }

    /// Runs the program with additional environment variables and returns its stdout. If the stderr of ssox is a
    /// terminal, the program's stderr appears there while the program runs.
    ///
    /// # Errors
    /// `Configuration`: the program cannot be started, or prints too much. `Other`: the program failed; the message
    /// quotes its stderr. `Unreachable`: the program ran longer than the time limit.
    pub(super) fn run(&self, ctx: &Context, env: &[(&str, String)]) -> Result<Secret> {
        self.run_within(TIMEOUT, ctx, env)
    }

    /// Runs a program that may ask the person for something, and returns its stdout. The program's stderr is the
    /// terminal, and its time limit is longer than in [`CommandLine::run`]. If nobody can answer (`no_input`, or stderr
    /// is not a terminal), does the same as [`CommandLine::run`].
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
        self.output(ctx, self.start(command)?, INTERACTIVE_TIMEOUT)
    }

    fn run_within(&self, limit: Duration, ctx: &Context, env: &[(&str, String)]) -> Result<Secret> {
        ctx.log(|| format!("running {self}"));
        self.output(ctx, self.start(self.command(ctx, env))?, limit)
    }

    fn output(&self, ctx: &Context, program: RunningProgram, limit: Duration) -> Result<Secret> {
        match program.wait(ctx.deadline(limit)) {
            Ok(Finished { status, stdout, .. }) if status.success() => {
                Ok(Secret::new(String::from_utf8_lossy(&stdout)))
            }
            Ok(Finished { status, stderr, .. }) => Err(self.failed(status, &String::from_utf8_lossy(&stderr))),
            Err(Killed::TookTooLong) => Err(Error::unreachable(format!("{self} took longer than {limit:?}"))
                .hint("run the configured command in a terminal to see whether it waits for input")),
            Err(Killed::PrintedTooMuch) => {
                Err(Error::configuration(format!("{self} printed more than {} MiB", MAX_OUTPUT >> 20))
                    .hint("run the configured command in a terminal to see what it prints"))
            }
        }
    }

    fn command(&self, ctx: &Context, env: &[(&str, String)]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).envs(env.iter().map(|(name, value)| (name, value)));
        // If `exec --serve` started this process, the inherited variables name config files without profiles. The
        // program gets the real files instead.
        for (own, aws, _) in REAL_FILES.iter().filter(|(own, ..)| ctx.var(own).is_some()) {
            command.env_remove(own).env_remove(aws).envs(ctx.var(aws).map(|path| (aws, path)));
        }
        command.stdin(input(ctx)).stderr(Stdio::piped());
        command
    }

    fn start(&self, command: Command) -> Result<RunningProgram> {
        RunningProgram::start(command, ProcessGroup::for_terminal()).map_err(|cause| {
            let program = &self.words[0];
            Error::configuration(format!("{self}: could not run `{program}`: {}", cause_text(&cause)))
                .hint("ssox runs the program without a shell: write its full path, without `~` and `$`")
        })
    }

    fn failed(&self, status: ExitStatus, stderr: &str) -> Error {
        let how = match status.code() {
            Some(code) => format!("exit status {code}"),
            None => "killed by a signal".into(),
        };
        let said = Said::parse(stderr);
        let last_lines = said.messages[said.messages.len().saturating_sub(3)..].join("; ");
        let cause = if last_lines.is_empty() { how } else { format!("{how}; its error output: {last_lines}") };
        let error = Error::other(if said.is_of_ssox && last_lines.contains("`credential_process` of profile `") {
            // The message already says whose program failed: the other profiles only pass it on.
            last_lines
        } else if said.is_of_ssox {
            format!("{last_lines} (reported by {self})")
        } else {
            format!("{self} failed: {cause}")
        });
        if said.hints.is_empty() {
            return error.hint("run the configured command in a terminal to see what it prints");
        }
        said.hints.into_iter().fold(error, Error::hint)
    }
}

/// The lines that a program wrote to stderr. If the program is ssox, its hints become hints of this process.
#[derive(Default)]
struct Said<'a> {
    messages: Vec<&'a str>,
    hints: Vec<&'a str>,
    /// Whether the last line that is not a hint is a message of ssox.
    is_of_ssox: bool,
}

impl<'a> Said<'a> {
    fn parse(stderr: &'a str) -> Self {
        let mut said = Self::default();
        for line in stderr.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.strip_prefix(HINT) {
                Some(hint) => said.hints.push(hint),
                None => {
                    said.is_of_ssox = line.starts_with(PREFIX);
                    said.messages.push(line.strip_prefix(PREFIX).unwrap_or(line));
                }
            }
        }
        said
    }
}

/// Returns the stdin for the program: the terminal; with `no_input` or without a terminal, an empty input. A redirected
/// stdin is not passed on, because it is the input of the program that `ssox exec` runs.
fn input(ctx: &Context) -> Stdio {
    if ctx.no_input {
        return Stdio::null();
    }
    if io::stdin().is_terminal() {
        return Stdio::inherit();
    }
    terminal::input().map_or_else(|_| Stdio::null(), Stdio::from)
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
    if cfg!(windows) { split_for_windows(line) } else { shell_words::split(line).ok() }
}

/// Splits a command line by those rules of Windows that matter for paths: a backslash is an ordinary character, and a
/// blank inside double quotes does not end a word.
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
        assert!(error.message.contains(
            "`credential_process` of profile `p` failed: exit status 3; its error output: first; the vault is locked"
        ));
        assert!(!error.message.contains("secret"));
    }

    #[test]
    fn the_hints_of_another_ssox_are_hints_again() {
        let said = "ssox: sign in first\nssox: hint: ssox login\nssox: hint: or another\n";
        let error = run(&format!("sh -c 'printf %s \"{said}\" >&2; exit 3'")).unwrap_err();
        assert_eq!(error.message, "sign in first (reported by `credential_process` of profile `p`)");
        assert_eq!(error.hints, ["ssox login", "or another"]);
    }

    /// In a config file, ` ;` ends a value, also between quotes.
    #[test]
    fn an_unclosed_quote_may_come_from_a_comment() {
        let error = run("/bin/x \"a").unwrap_err();
        assert_eq!(error.message, "`credential_process` of profile `p` has an unclosed quote");
        assert!(error.hints[1].contains("begins a comment, also inside quotes"), "{:?}", error.hints);
    }

    #[test]
    fn a_missing_program_is_named_without_its_arguments() {
        let error = run("/none/such --password hunter2").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains("`/none/such`: no such file") && !error.message.contains("hunter2"));
    }

    #[test]
    fn a_program_that_takes_too_long_is_killed() {
        let ctx = nobody();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("late");
        for line in ["sleep 600".into(), format!("sh -c 'exec >&-; sleep 600; touch {}'", file.display())] {
            let command = CommandLine::parse("credential_process", "p", &line).unwrap();
            let error = command.run_within(Duration::from_millis(100), &ctx, &[]).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unreachable, "{line}");
            assert!(!file.exists(), "{line}");
        }
    }

    #[test]
    fn a_program_that_prints_too_much_is_killed() {
        let error = run("yes").unwrap_err();
        assert_eq!((error.kind, error.message.contains("printed more than 1 MiB")), (ErrorKind::Configuration, true));
        // Only the last lines of stderr are kept.
        let error = run("sh -c 'yes complaint | head -n 900000 >&2; echo the last >&2; exit 3'").unwrap_err();
        assert!(error.message.ends_with("complaint; complaint; the last") && error.message.len() < 200, "{error}");
    }

    #[test]
    fn the_command_line_is_never_shown() {
        let command = CommandLine::parse("mfa_process", "p", "/bin/x --password hunter2").unwrap();
        assert_eq!(format!("{command:?}"), "CommandLine(`mfa_process` of profile `p`)");
    }

    #[test]
    fn a_background_process_of_the_program_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("done");
        let line = format!("sh -c '(while [ ! -e {} ]; do sleep 0.1; done) >/dev/null & echo done'", file.display());
        assert_eq!(run(&line).unwrap().expose(), "done\n");
        std::fs::write(file, "").unwrap();
    }
}
