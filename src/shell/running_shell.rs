//! Finds the shell that the person uses, so that hints are in its syntax. `$SHELL` only contains the login shell.

use super::Shell;
use super::other_shells::{OTHER_SHELLS, OtherShell};
use crate::context::Context;

/// The shell that the person uses.
#[derive(Clone, Copy, Debug)]
pub(super) enum RunningShell {
    /// A shell that ssox supports.
    Known(Shell),
    Other(&'static OtherShell),
}

impl RunningShell {
    /// Finds a shell by a name such as `zsh`, `zsh1` (the value of `--emit`), `zsh-5.9` or `pwsh.exe`.
    fn named(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('-').to_lowercase();
        let name = name.trim_end_matches(" (deleted)").trim_end_matches(".exe");
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
        let known =
            Shell::ALL.into_iter().find(|shell| shell.programs().contains(&name)).or_else(|| Shell::named(name));
        known
            .map(Self::Known)
            .or_else(|| OTHER_SHELLS.iter().find(|shell| shell.programs.contains(&name)).map(Self::Other))
    }

    fn is_interactive(self, options: &[String]) -> bool {
        match self {
            Self::Known(shell) => shell.is_interactive(options),
            Self::Other(shell) => (shell.is_interactive)(options),
        }
    }
}

/// How many ancestors of this process are searched: sudo, env, make and scripts can be between the shell and ssox.
const MAX_ANCESTORS: usize = 12;

/// A process: its parent, the names that it may have, and the words of its command line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Process {
    parent: u32,
    names: Vec<String>,
    words: Vec<String>,
}

/// Returns the shell that the person uses: the shell whose function called ssox; else the nearest ancestor of this
/// process that is an interactive shell; else the login shell; else bash, or PowerShell on Windows.
pub(super) fn running_shell(ctx: &Context) -> RunningShell {
    let caller = ctx.caller().and_then(RunningShell::named);
    let login = || RunningShell::named(file_name(ctx.var("SHELL")?));
    let default = || Shell::ALL.into_iter().find(|shell| shell.is_default()).unwrap_or(Shell::ALL[0]);
    let found = caller.or_else(|| interactive(parent()?, process)).or_else(login);
    found.unwrap_or_else(|| RunningShell::Known(default()))
}

/// Tells whether a program with this name started this process, directly or through other processes. Also returns true
/// if that cannot be found out.
pub(crate) fn is_started_by(program: &str) -> bool {
    let is_it = |process: Process| process.names.iter().any(|name| name == program);
    parent().is_none_or(|parent| ancestors(parent, process).any(is_it))
}

/// Searches a process and its ancestors for a shell that runs neither a script nor `-c`.
fn interactive(from: u32, process: impl Fn(u32) -> Option<Process>) -> Option<RunningShell> {
    ancestors(from, process).find_map(|process| {
        let shell = process.names.iter().find_map(|name| RunningShell::named(name))?;
        shell.is_interactive(process.words.get(1..).unwrap_or_default()).then_some(shell)
    })
}

/// Returns a process and its ancestors.
fn ancestors(from: u32, process: impl Fn(u32) -> Option<Process>) -> impl Iterator<Item = Process> {
    let parent = |process: &Process| Some(process.parent).filter(|id| *id > 1);
    let first = process(from);
    std::iter::successors(first, move |child| process(parent(child)?)).take(MAX_ANCESTORS)
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

#[cfg(unix)]
fn parent() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

#[cfg(not(unix))]
fn parent() -> Option<u32> {
    None
}

/// Reads a process from `/proc`. The link `exe` names the program even if it was started as `sh`, but cannot be read if
/// the process belongs to another user. If the program is a Python script, `exe` names Python; `stat` contains the
/// script's name if its `#!` line names Python directly.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn process(id: u32) -> Option<Process> {
    let read = |file: &str| std::fs::read(format!("/proc/{id}/{file}")).ok();
    let stat = String::from_utf8_lossy(&read("stat")?).into_owned();
    let (start, rest) = stat.rsplit_once(')')?;
    let comm = start.split_once('(')?.1.to_string();
    let exe = std::fs::read_link(format!("/proc/{id}/exe")).ok();
    let exe = exe.and_then(|exe| Some(exe.file_name()?.to_string_lossy().into_owned()));
    let words = read("cmdline").unwrap_or_default();
    let words = words.strip_suffix(b"\0").unwrap_or(&words);
    Some(Process {
        parent: rest.split_whitespace().nth(1)?.parse().ok()?,
        names: exe.into_iter().chain([comm]).collect(),
        words: words.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect(),
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn process(id: u32) -> Option<Process> {
    process_from_ps(id)
}

/// Reads a process with `ps` on systems without `/proc`. `ps` is slow, but ssox needs it only for hints and for
/// `doctor`.
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
fn process_from_ps(id: u32) -> Option<Process> {
    let mut ps = std::process::Command::new("ps");
    let line = crate::system_program::output(ps.args(["-ww", "-o", "ppid=,args=", "-p", &id.to_string()]))?;
    let (parent, words) = line.trim().split_once(char::is_whitespace)?;
    let words: Vec<String> = words.split_whitespace().map(String::from).collect();
    let name = file_name(words.first()?).to_string();
    Some(Process { parent: parent.parse().ok()?, names: vec![name], words })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the first of the file names that the program of a shell can have.
    fn program(shell: RunningShell) -> &'static str {
        match shell {
            RunningShell::Known(shell) => shell.programs()[0],
            RunningShell::Other(shell) => shell.programs[0],
        }
    }

    /// Finds the shell among processes, which are given by their command lines, each before its parent.
    fn found(family: &[&str]) -> Option<&'static str> {
        let process = |id: u32| {
            let line = family.get(id as usize - 10)?;
            let words: Vec<String> = line.split(' ').map(String::from).collect();
            Some(Process { parent: id + 1, names: vec![file_name(&words[0]).into()], words })
        };
        interactive(10, process).map(program)
    }

    #[test]
    fn the_interactive_shell_is_found() {
        let table: &[(&[&str], Option<&str>)] = &[
            (&["fish", "-bash"], Some("fish")),
            (&["/usr/bin/fish -l", "tmux"], Some("fish")),
            (&["sudo ssox doctor", "fish"], Some("fish")),
            (&["sh -c ssox", "make all", "env X=1 make", "-fish"], Some("fish")),
            (&["bash ./deploy.sh", "fish"], Some("fish")),
            (&["bash --rcfile /x/rc -i", "fish"], Some("bash")),
            (&["bash -o vi", "fish"], Some("bash")),
            (&["bash -lic ssox", "fish -C ls"], Some("fish")),
            (&["zsh5", "bash"], Some("zsh")),
            (&["pwsh -NoLogo -ExecutionPolicy Bypass", "bash"], Some("pwsh")),
            (&["pwsh -NoExit -Command x", "bash"], Some("pwsh")),
            (&["pwsh -File x.ps1", "bash"], Some("bash")),
            (&["ksh93", "bash"], Some("sh")),
            (&["nu -l", "zsh"], Some("nu")),
            (&["cargo test", "bash -c cargo", "systemd"], None),
        ];
        for (family, shell) in table {
            assert_eq!(found(family), *shell, "{family:?}");
        }
    }

    #[test]
    fn the_calling_function_takes_precedence() {
        let running = |variables: &[(&str, &str)]| {
            let ctx = Context::new(variables.iter().map(|(name, value)| ((*name).into(), value.into())));
            program(running_shell(&ctx))
        };
        assert_eq!(running(&[("SSOX_FUNCTION", "fish1"), ("SHELL", "/bin/zsh")]), "fish");
        assert_eq!(running(&[("SSOX_FUNCTION", "powershell9")]), "pwsh");
    }

    #[cfg(unix)]
    #[test]
    fn this_process_has_a_parent_and_words() {
        let own = std::process::id();
        for process in [process(own).unwrap(), process_from_ps(own).unwrap()] {
            assert_eq!(Some(process.parent), parent());
            assert!(process.words[0].contains("ssox") && process.names[0].starts_with("ssox"), "{process:?}");
        }
    }
}
