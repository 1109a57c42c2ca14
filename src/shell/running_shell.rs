//! Which shell the person types into: a hint is a line for that one, and `$SHELL` names the login shell only.

use super::Shell;
use crate::context::Context;

/// A shell, as far as hints are spelled differently for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunningShell {
    /// One that ssox has a function for.
    Known(Shell),
    /// sh, dash, ksh and others like them.
    Posix,
    Csh,
    Nushell,
    Elvish,
    Xonsh,
    Cmd,
}

/// Programs by the name of their file, without a version.
const PROGRAMS: [(&str, RunningShell); 16] = [
    ("zsh", RunningShell::Known(Shell::Zsh)),
    ("bash", RunningShell::Known(Shell::Bash)),
    ("fish", RunningShell::Known(Shell::Fish)),
    ("pwsh", RunningShell::Known(Shell::PowerShell)),
    ("powershell", RunningShell::Known(Shell::PowerShell)),
    ("sh", RunningShell::Posix),
    ("dash", RunningShell::Posix),
    ("ash", RunningShell::Posix),
    ("ksh", RunningShell::Posix),
    ("mksh", RunningShell::Posix),
    ("csh", RunningShell::Csh),
    ("tcsh", RunningShell::Csh),
    ("nu", RunningShell::Nushell),
    ("elvish", RunningShell::Elvish),
    ("xonsh", RunningShell::Xonsh),
    ("cmd", RunningShell::Cmd),
];

/// Between a shell and ssox stand a few of sudo, env, make and scripts.
const GENERATIONS: usize = 12;

/// Options of shells that are followed by a value, which is no script.
const WITH_VALUE: [&str; 10] =
    ["--rcfile", "--init-file", "-o", "+o", "-O", "+O", "-C", "--init-command", "-e", "--execute"];

/// A process: its parent, the names it may be known by, its words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Process {
    parent: u32,
    names: Vec<String>,
    words: Vec<String>,
}

/// Returns the running shell: the one whose function calls, else the nearest ancestor that reads from a person, else
/// the login shell.
pub(crate) fn running_shell(ctx: &Context) -> RunningShell {
    let caller = ctx.caller().and_then(named);
    let login = || named(file_name(ctx.var("SHELL")?));
    let usual = if cfg!(windows) { RunningShell::Known(Shell::PowerShell) } else { RunningShell::Known(Shell::Bash) };
    caller.or_else(|| interactive(parent()?, process)).or_else(login).unwrap_or(usual)
}

/// Climbs from a process to the first shell that runs neither a script nor `-c`.
fn interactive(from: u32, process: impl Fn(u32) -> Option<Process>) -> Option<RunningShell> {
    let parent = |process: &Process| Some(process.parent).filter(|id| *id > 1);
    let first = process(from);
    let line = std::iter::successors(first, |child| process(parent(child)?));
    let shells = line.take(GENERATIONS).filter_map(|process| {
        let shell = process.names.iter().find_map(|name| named(name))?;
        reads_from_a_person(shell, &process.words).then_some(shell)
    });
    shells.into_iter().next()
}

/// Returns the shell of that name: `zsh`, `zsh1` (as `--emit` has it), `zsh-5.9`, `pwsh.exe`.
fn named(name: &str) -> Option<RunningShell> {
    let name = name.trim_start_matches('-').to_lowercase();
    let name = name.trim_end_matches(" (deleted)").trim_end_matches(".exe");
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    PROGRAMS.iter().find(|(program, _)| *program == name).map(|(_, shell)| *shell)
}

fn reads_from_a_person(shell: RunningShell, words: &[String]) -> bool {
    let mut options = words.iter().skip(1).map(String::as_str);
    match shell {
        // Its own words are behind those of Python.
        RunningShell::Xonsh => return true,
        RunningShell::Known(Shell::PowerShell) => return powershell_reads(options),
        _ => {}
    }
    while let Some(option) = options.next() {
        let is_long = option.starts_with("--");
        let is_short = option.starts_with(['-', '+']) && !is_long;
        if WITH_VALUE.contains(&option) {
            options.next();
        } else if option.starts_with("--command") || (is_short && option.contains('c')) || !(is_long || is_short) {
            return false;
        }
    }
    true
}

fn powershell_reads<'a>(options: impl Iterator<Item = &'a str>) -> bool {
    let options: Vec<String> = options.map(str::to_lowercase).collect();
    let runs = ["-c", "-command", "-f", "-file", "-e", "-ec", "-encodedcommand"];
    let has = |names: &[&str]| options.iter().any(|option| names.contains(&option.as_str()));
    has(&["-noexit", "-noe", "-i", "-interactive"])
        || !(has(&runs) || options.first().is_some_and(|o| !o.starts_with('-')))
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

/// Reads from `/proc`. What a shell is called is in `exe`, also when it was started as `sh`; that of another user's
/// process is hidden, and a script in Python has its own name in `stat` only.
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
    asked(id)
}

/// Asks `ps`, where there is no `/proc`; only an error or `doctor` needs it.
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
fn asked(id: u32) -> Option<Process> {
    let mut ps = std::process::Command::new("ps");
    let output = ps.args(["-ww", "-o", "ppid=,args=", "-p", &id.to_string()]).output().ok()?;
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    let (parent, words) = line.trim().split_once(char::is_whitespace)?;
    let words: Vec<String> = words.split_whitespace().map(String::from).collect();
    let name = file_name(words.first()?).to_string();
    Some(Process { parent: parent.parse().ok()?, names: vec![name], words })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FISH: RunningShell = RunningShell::Known(Shell::Fish);
    const BASH: RunningShell = RunningShell::Known(Shell::Bash);

    /// A family, the child first; each with one name and its words.
    fn found(family: &[&str]) -> Option<RunningShell> {
        let process = |id: u32| {
            let line = family.get(id as usize - 10)?;
            let words: Vec<String> = line.split(' ').map(String::from).collect();
            Some(Process { parent: id + 1, names: vec![file_name(&words[0]).into()], words })
        };
        interactive(10, process)
    }

    #[test]
    fn the_shell_that_reads_from_a_person_is_found() {
        let table: &[(&[&str], Option<RunningShell>)] = &[
            (&["fish", "-bash"], Some(FISH)),
            (&["/usr/bin/fish -l", "tmux"], Some(FISH)),
            (&["sudo ssox doctor", "fish"], Some(FISH)),
            (&["sh -c ssox", "make all", "env X=1 make", "-fish"], Some(FISH)),
            (&["bash ./deploy.sh", "fish"], Some(FISH)),
            (&["bash --rcfile /x/rc -i", "fish"], Some(BASH)),
            (&["bash -o vi", "fish"], Some(BASH)),
            (&["bash -lic ssox", "fish -C ls"], Some(FISH)),
            (&["zsh5", "bash"], Some(RunningShell::Known(Shell::Zsh))),
            (&["pwsh -NoLogo -ExecutionPolicy Bypass", "bash"], Some(RunningShell::Known(Shell::PowerShell))),
            (&["pwsh -NoExit -Command x", "bash"], Some(RunningShell::Known(Shell::PowerShell))),
            (&["pwsh -File x.ps1", "bash"], Some(BASH)),
            (&["ksh93", "bash"], Some(RunningShell::Posix)),
            (&["nu -l", "zsh"], Some(RunningShell::Nushell)),
            (&["cargo test", "bash -c cargo", "systemd"], None),
        ];
        for (family, shell) in table {
            assert_eq!(found(family), *shell, "{family:?}");
        }
    }

    #[test]
    fn who_calls_is_known_before_all_else() {
        let running = |variables: &[(&str, &str)]| {
            running_shell(&Context::new(variables.iter().map(|(name, value)| ((*name).into(), value.into()))))
        };
        assert_eq!(running(&[("SSOX_FUNCTION", "fish1"), ("SHELL", "/bin/zsh")]), FISH);
        assert_eq!(running(&[("SSOX_FUNCTION", "powershell9")]), RunningShell::Known(Shell::PowerShell));
    }

    #[cfg(unix)]
    #[test]
    fn this_process_has_a_parent_and_words() {
        let own = std::process::id();
        for process in [process(own).unwrap(), asked(own).unwrap()] {
            assert_eq!(Some(process.parent), parent());
            assert!(process.words[0].contains("ssox") && process.names[0].starts_with("ssox"), "{process:?}");
        }
    }
}
