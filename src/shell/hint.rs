//! Command lines in hints, in the syntax of the running shell: to set and unset variables, and to load ssox's function.

use super::Shell;
use super::quote::{fish, posix, powershell};
use super::running_shell::{RunningShell, running_shell};
use crate::context::Context;

/// Returns the line that unsets variables.
pub(crate) fn unset(ctx: &Context, names: &[&str]) -> String {
    unset_in(running_shell(ctx), names)
}

/// Returns the line that sets a variable; the value is quoted where necessary.
pub(crate) fn set(ctx: &Context, name: &str, value: &str) -> String {
    set_in(running_shell(ctx), name, value)
}

/// Returns the line for the rc file that loads ssox's function; `None` if this shell has no such function.
pub(crate) fn integration(ctx: &Context) -> Option<&'static str> {
    shell(ctx).map(integration_of)
}

/// Returns the running shell, if ssox has a function for it.
pub(crate) fn shell(ctx: &Context) -> Option<Shell> {
    match running_shell(ctx) {
        RunningShell::Known(shell) => Some(shell),
        _ => None,
    }
}

/// Returns a line that shows all commands called `ssox`, and one that removes the command that hides ssox's function.
pub(crate) fn unhide(ctx: &Context) -> &'static str {
    match running_shell(ctx) {
        RunningShell::Known(Shell::PowerShell) => "Get-Command ssox -All shows all; Remove-Item Alias:ssox",
        RunningShell::Known(Shell::Fish) => "type -a ssox shows all; functions -e ssox",
        _ => "type -a ssox shows all; unalias ssox",
    }
}

fn integration_of(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => "eval \"$(ssox init zsh)\"",
        Shell::Bash => "eval \"$(ssox init bash)\"",
        Shell::Fish => "ssox init fish | source",
        Shell::PowerShell => "Invoke-Expression (& ssox init powershell | Out-String)",
    }
}

fn unset_in(shell: RunningShell, names: &[&str]) -> String {
    let all = names.join(" ");
    let each = |line: fn(&str) -> String| names.iter().map(|name| line(name)).collect::<Vec<_>>().join("; ");
    match shell {
        RunningShell::Known(Shell::Zsh | Shell::Bash) | RunningShell::Posix => format!("unset {all}"),
        RunningShell::Known(Shell::Fish) => format!("set -e {all}"),
        RunningShell::Known(Shell::PowerShell) => {
            format!("Remove-Item {}", names.iter().map(|name| format!("Env:{name}")).collect::<Vec<_>>().join(","))
        }
        RunningShell::Csh => each(|name| format!("unsetenv {name}")),
        RunningShell::Nushell => format!("hide-env {all}"),
        RunningShell::Elvish => each(|name| format!("unset-env {name}")),
        RunningShell::Xonsh => each(|name| format!("del ${name}")),
        RunningShell::Cmd => names.iter().map(|name| format!("set {name}=")).collect::<Vec<_>>().join("& "),
    }
}

fn set_in(shell: RunningShell, name: &str, value: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,…".contains(c);
    let word = |quote: fn(&str) -> String| {
        if value.chars().all(is_bare) { value.to_string() } else { quote(value) }
    };
    match shell {
        RunningShell::Known(Shell::Zsh | Shell::Bash) | RunningShell::Posix => format!("export {name}={}", word(posix)),
        RunningShell::Known(Shell::Fish) => format!("set -gx {name} {}", word(fish)),
        RunningShell::Known(Shell::PowerShell) => format!("$Env:{name} = {}", powershell(value)),
        RunningShell::Csh => format!("setenv {name} {}", word(posix)),
        RunningShell::Nushell => format!("$env.{name} = {}", powershell(value)),
        RunningShell::Elvish => format!("set-env {name} {}", word(powershell)),
        RunningShell::Xonsh => format!("${name} = {}", powershell(value)),
        RunningShell::Cmd => format!("set {name}={value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_its_own_syntax() {
        let (url, odd) = ("http://p:1", "a b");
        let table = [
            (RunningShell::Known(Shell::Zsh), "unset A B", "export X=http://p:1", "export X='a b'"),
            (RunningShell::Known(Shell::Bash), "unset A B", "export X=http://p:1", "export X='a b'"),
            (RunningShell::Posix, "unset A B", "export X=http://p:1", "export X='a b'"),
            (RunningShell::Known(Shell::Fish), "set -e A B", "set -gx X http://p:1", "set -gx X 'a b'"),
            (
                RunningShell::Known(Shell::PowerShell),
                "Remove-Item Env:A,Env:B",
                "$Env:X = 'http://p:1'",
                "$Env:X = 'a b'",
            ),
            (RunningShell::Csh, "unsetenv A; unsetenv B", "setenv X http://p:1", "setenv X 'a b'"),
            (RunningShell::Nushell, "hide-env A B", "$env.X = 'http://p:1'", "$env.X = 'a b'"),
            (RunningShell::Elvish, "unset-env A; unset-env B", "set-env X http://p:1", "set-env X 'a b'"),
            (RunningShell::Xonsh, "del $A; del $B", "$X = 'http://p:1'", "$X = 'a b'"),
            (RunningShell::Cmd, "set A=& set B=", "set X=http://p:1", "set X=a b"),
        ];
        for (shell, unset, set, quoted) in table {
            let said = (unset_in(shell, &["A", "B"]), set_in(shell, "X", url), set_in(shell, "X", odd));
            assert_eq!(said, (unset.into(), set.into(), quoted.into()), "{shell:?}");
        }
    }

    #[test]
    fn the_line_for_the_rc_file_is_that_of_the_calling_shell() {
        for shell in Shell::ALL {
            let function = format!("{}1", shell.name());
            let ctx = Context::new([("SSOX_FUNCTION".to_string(), function.into())]);
            assert!(integration(&ctx).unwrap().contains(&format!("ssox init {}", shell.name())), "{shell:?}");
        }
    }
}
