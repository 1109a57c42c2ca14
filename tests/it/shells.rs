//! Helpers that start real shells with ssox's function loaded, for scripts and in a terminal.

use crate::pty::{Terminal, screen};
use ssox_standin::{Grant, Standin};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// The shells that the tests run; PowerShell has tests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Zsh,
    Bash,
    Fish,
}

/// Returns the shells that are installed. A missing one fails the test in CI, and is skipped with a message elsewhere.
pub(crate) fn shells() -> Vec<Shell> {
    [Shell::Zsh, Shell::Bash, Shell::Fish].into_iter().filter(|shell| installed(shell.name())).collect()
}

/// Returns the names of all shells that ssox supports.
pub(crate) fn supported_shells() -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_ssox")).args(["init", "1"]).output().expect("ssox runs");
    let error = String::from_utf8(output.stderr).expect("an error is text");
    let (_, names) = error.split_once("one of: ").expect("the hint has the names");
    names.trim_end().split(", ").map(String::from).collect()
}

/// Starts a stand-in whose role credentials are valid for that time, and makes a home where session `corp` is signed
/// in.
pub(crate) fn signed_in(credentials: Duration) -> (Standin, Home) {
    let standin = Standin::start();
    standin.configure(|options| options.role_credentials = credentials);
    let home = Home::with(&standin);
    standin.seed_token(&home.path(""), "corp", &Grant::default());
    (standin, home)
}

/// Runs a test in all shells at the same time, for tests that wait until credentials are old.
pub(crate) fn in_each(shells: &[Shell], test: impl Fn(Shell) + Sync) {
    let test = &test;
    std::thread::scope(|scope| {
        for shell in shells {
            scope.spawn(move || test(*shell));
        }
    });
}

/// Tells whether a program is on PATH. In CI it must be, except PowerShell, which is not available everywhere.
pub(crate) fn installed(program: &str) -> bool {
    self::program(program).is_some()
}

/// Returns the path of such a program.
pub(crate) fn program(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join(program)).find(|path| path.is_file());
    assert!(found.is_some() || program == "pwsh" || std::env::var_os("CI").is_none(), "`{program}` is not installed");
    if found.is_none() {
        // Written to stderr directly, so that the test harness does not capture it.
        let _ = writeln!(std::io::stderr(), "NOT TESTED: `{program}` is not installed");
    }
    found
}

impl Shell {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Zsh => "zsh",
            Self::Bash => "bash",
            Self::Fish => "fish",
        }
    }

    /// Returns the statement that prints the status of the last command.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Fish => "echo status $status",
            _ => "echo status $?",
        }
    }

    /// Returns the statement that loads the integration.
    pub(crate) fn load(self) -> &'static str {
        match self {
            Self::Zsh => "eval \"$(command ssox init zsh)\"",
            Self::Bash => "eval \"$(command ssox init bash)\"",
            Self::Fish => "command ssox init fish | source",
        }
    }

    /// Returns the statement that sets and exports a variable; the value holds nothing a quote must protect.
    pub(crate) fn export(self, name: &str, value: &str) -> String {
        match self {
            Self::Fish => format!("set -gx {name} '{value}'"),
            _ => format!("export {name}='{value}'"),
        }
    }

    /// Returns the statement that sets a variable without exporting it.
    pub(crate) fn set(self, name: &str, value: &str) -> String {
        match self {
            Self::Fish => format!("set -gu {name} '{value}'"),
            _ => format!("{name}='{value}'"),
        }
    }

    /// Returns the definition of `probe NAME…`, which prints for each name `unset`, or whether it is exported, and what
    /// is in it.
    pub(crate) fn probe(self) -> &'static str {
        match self {
            Self::Zsh => {
                "function probe() { local n; for n in \"$@\"; do case ${(Pt)n} in (*export*) print -r -- \"$n exported [${(P)n}]\" ;; \
                 (?*) print -r -- \"$n set [${(P)n}]\" ;; (*) print -r -- \"$n unset\" ;; esac; done }"
            }
            Self::Bash => {
                "function probe() { local n d; for n in \"$@\"; do d=$(declare -p \"$n\" 2>/dev/null) || d=; \
                 case $d in '') echo \"$n unset\" ;; 'declare -x'* | 'declare -rx'*) echo \"$n exported [${!n}]\" ;; \
                 *) echo \"$n set [${!n}]\" ;; esac; done; }"
            }
            Self::Fish => {
                "function probe; for n in $argv; if set -qgx $n; echo \"$n exported [$$n]\"; else if set -qg $n; \
                 echo \"$n set [$$n]\"; else; echo \"$n unset\"; end; end; end"
            }
        }
    }
}

/// A home directory with `bin` before everything else on PATH, and nothing of this machine's configuration.
pub(crate) struct Home {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    /// Makes a home whose `ssox` is the real one.
    pub(crate) fn new() -> Self {
        let home = Self::empty();
        symlink(env!("CARGO_BIN_EXE_ssox"), home.path("bin/ssox")).expect("a link can be made");
        home
    }

    /// Makes a home whose `ssox` is the real one, with profiles of a stand-in Identity Center.
    pub(crate) fn with(standin: &Standin) -> Self {
        let mut home = Self::new();
        home.environment = standin.seed_home(home.directory.path());
        home
    }

    /// Makes a home whose `ssox` is scripted: `init` and `complete` call the real one, `use`, `clear` and `tick` print
    /// the text in `replies`, and everything else prints its arguments and which descriptors are terminals.
    pub(crate) fn scripted() -> Self {
        let home = Self::empty();
        symlink(env!("CARGO_BIN_EXE_ssox"), home.path("real")).expect("a link can be made");
        home.program("ssox", include_str!("scripted_ssox.sh"));
        for verb in ["use", "clear", "tick"] {
            home.reply(verb, "#ssox1\n#end\n", 0);
        }
        home
    }

    fn empty() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let home = Self { directory, environment: Vec::new() };
        fs::create_dir_all(home.path("bin")).expect("a directory can be made");
        // Without it, fish starts by reading all manual pages.
        fs::create_dir_all(home.path(".local/share/fish/generated_completions")).expect("a directory can be made");
        home
    }

    /// Sets what the scripted ssox prints for a verb, and its exit status.
    pub(crate) fn reply(&self, verb: &str, reply: &str, status: u8) {
        self.write(&format!("{verb}.reply"), reply);
        self.write(&format!("{verb}.status"), &status.to_string());
    }

    /// Has the calls of the real program counted, too.
    pub(crate) fn count_calls(&self) {
        std::fs::remove_file(self.path("bin/ssox")).expect("ssox is there");
        let (calls, real) = (self.path("calls"), env!("CARGO_BIN_EXE_ssox"));
        let script = format!("#!/bin/sh\necho \"$*\" >>{}\nexec {real} \"$@\"\n", calls.display());
        self.program("ssox", &script);
    }

    /// Writes a program that the shell finds by its name.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let name = format!("bin/{name}");
        self.write(&name, script);
        fs::set_permissions(self.path(&name), fs::Permissions::from_mode(0o755)).expect("a mode can be set");
    }

    /// Trusts the `.ssox` file of a directory, and caches the credentials of its profile: the prompt waits three seconds
    /// for those that are not cached, and a busy machine may need more.
    pub(crate) fn allow(&self, directory: &str) {
        self.trust(directory);
        let file = self.read(&format!("{directory}/.ssox"));
        let profile = file.lines().find_map(|line| line.strip_prefix("profile = ")).expect("the file names a profile");
        self.succeeds(&["credential-process", profile]);
    }

    /// Trusts the `.ssox` file of a directory.
    pub(crate) fn trust(&self, directory: &str) {
        self.succeeds(&["allow", directory]);
    }

    fn succeeds(&self, arguments: &[&str]) {
        let output = self.command("ssox").args(arguments).output().expect("ssox starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Returns the calls that ssox got, one a line.
    pub(crate) fn calls(&self) -> String {
        fs::read_to_string(self.path("calls")).unwrap_or_default()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("a directory can be made");
        fs::write(path, content).expect("a file can be written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
    }

    /// Makes a command with this home and almost nothing else in its environment.
    /// Makes the cached role credentials old: those for less than 15 minutes are renewed as soon as a shell looks.
    pub(crate) fn age_credentials(&self) {
        for entry in fs::read_dir(self.path(".aws/cli/cache")).expect("there is a cache").flatten() {
            let file = fs::File::options().write(true).open(entry.path()).expect("an entry can be opened");
            file.set_modified(SystemTime::now() - Duration::from_secs(2700)).expect("a time can be set");
        }
    }

    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program.as_ref());
        command.env_clear().env("PATH", path).env("HOME", self.directory.path()).env("ZDOTDIR", self.directory.path());
        command.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").current_dir(self.directory.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a script, with the integration loaded where it says `LOAD`; no rc file is read.
    pub(crate) fn script(&self, shell: Shell, script: &str) -> Output {
        self.write("script", &script.replace("LOAD", shell.load()));
        let mut command = self.command(shell.name());
        match shell {
            Shell::Zsh => command.args(["-f", "script"]),
            Shell::Bash => command.args(["--norc", "script"]),
            Shell::Fish => command.args(["--no-config", "script"]),
        };
        command.stdin(Stdio::null()).output().expect("the shell starts")
    }

    /// Opens a session in a terminal, whose rc file is the given text, with the integration loaded where it says
    /// `LOAD`.
    pub(crate) fn session(&self, shell: Shell, rc: &str) -> Session {
        self.session_with(shell, rc, &[])
    }

    /// Opens a session that inherits these variables as well.
    pub(crate) fn session_with(&self, shell: Shell, rc: &str, variables: &[(&str, &str)]) -> Session {
        let mut command = self.command(shell.name());
        command.envs(variables.iter().copied());
        self.session_of(shell, rc, command)
    }

    /// As [`Home::session`], but `command` starts the shell, with the shell's arguments added.
    pub(crate) fn session_of(&self, shell: Shell, rc: &str, mut command: Command) -> Session {
        let rc = rc.replace("LOAD", shell.load());
        match shell {
            Shell::Zsh => {
                self.write(".zshrc", &format!("PROMPT='<<%!>> '\n{rc}\n"));
                command.args(["-d", "-i"]);
            }
            Shell::Bash => {
                self.write(".bashrc", &format!("PS1='<<\\#>> '\n{rc}\n"));
                command.args(["--rcfile", ".bashrc", "-i"]);
            }
            Shell::Fish => {
                let prompt = "set -g fish_greeting\nset -g prompts 0\n\
                    function count_prompts --on-event fish_prompt; set prompts (math $prompts + 1); end\n\
                    function fish_prompt; echo -n \"<<$prompts>> \"; end";
                self.write(".config/fish/config.fish", &format!("{prompt}\n{rc}\n"));
                command.arg("-i");
            }
        }
        let mut session = Session { terminal: Terminal::start(command), shell, prompts: 0 };
        session.wait_for_prompt();
        session
    }
}

/// A shell in a terminal. Its prompts are numbered, so that the next one is known from the echo of this one.
pub(crate) struct Session {
    pub(crate) terminal: Terminal,
    shell: Shell,
    prompts: u32,
}

impl Session {
    /// Types a command, waits for the next prompt, and returns the output in between, including the echo.
    pub(crate) fn run(&mut self, command: &str) -> String {
        self.terminal.enter(command);
        self.wait_for_prompt()
    }

    /// Waits until the next prompt is there.
    pub(crate) fn wait_for_prompt(&mut self) -> String {
        self.prompts += 1;
        self.terminal.wait_for(&format!("<<{}>>", self.prompts))
    }

    /// Waits until the row of the last prompt shows each of the texts once. What is on the right comes after the
    /// number.
    pub(crate) fn wait_for_prompt_with(&mut self, texts: &[&str]) {
        let number = format!("<<{}>>", self.prompts);
        let shows = |row: &str| row.contains(&number) && shows_once(row, texts);
        self.terminal
            .wait_for_screen(&format!("{texts:?} at {number}"), |screen| screen.lines().any(shows).then_some(()));
    }

    /// Returns the rows of the prompts that the screen shows. The last one may not be complete.
    pub(crate) fn prompt_rows(&self) -> Vec<String> {
        let screen = screen(&self.terminal.seen());
        screen.lines().filter(|row| row.contains(">>")).map(String::from).collect()
    }

    /// Presses Enter, and waits for the prompt. Only fish counts a prompt without a command.
    pub(crate) fn press_enter(&mut self) {
        self.prompts -= u32::from(self.shell != Shell::Fish);
        self.run("");
    }

    /// Exits the shell; returns the rest of its output, and its status.
    pub(crate) fn exit(mut self) -> (String, std::process::ExitStatus) {
        self.terminal.enter("exit");
        self.terminal.wait_for_end()
    }
}

/// Tells whether each of the texts is there once.
pub(crate) fn shows_once(row: &str, texts: &[&str]) -> bool {
    texts.iter().all(|text| row.matches(text).count() == 1)
}

/// Returns the epoch second.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs()
}
