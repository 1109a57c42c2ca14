//! Commands for hints that set or unset variables, in the syntax of the shell that the person uses.

use super::Shell;
use super::running_shell::{RunningShell, running_shell};
use crate::context::{Context, ShellSyntax};

/// The syntax of the shell that the person uses.
pub(crate) const SYNTAX: ShellSyntax = ShellSyntax { set, unset };

/// Returns the command that unsets variables.
fn unset(ctx: &Context, names: &[&str]) -> String {
    match running_shell(ctx) {
        RunningShell::Known(shell) => shell.unset(names),
        RunningShell::Other(shell) => (shell.unset)(names),
    }
}

/// Returns the command that sets a variable. The value is quoted if necessary.
fn set(ctx: &Context, name: &str, value: &str) -> String {
    match running_shell(ctx) {
        RunningShell::Known(shell) => shell.set(name, value),
        RunningShell::Other(shell) => (shell.set)(name, value),
    }
}

/// Returns the shell that the person uses; `None` if ssox does not support it.
pub(crate) fn shell(ctx: &Context) -> Option<Shell> {
    match running_shell(ctx) {
        RunningShell::Known(shell) => Some(shell),
        RunningShell::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_its_own_syntax() {
        let (url, odd) = ("http://p:1", "a b");
        let table = [
            ("zsh", "unset A B", "export X=http://p:1", "export X='a b'"),
            ("bash", "unset A B", "export X=http://p:1", "export X='a b'"),
            ("ksh", "unset A B", "export X=http://p:1", "export X='a b'"),
            ("fish", "set -e A B", "set -gx X http://p:1", "set -gx X 'a b'"),
            ("pwsh", "Remove-Item Env:A,Env:B", "$Env:X = 'http://p:1'", "$Env:X = 'a b'"),
            ("tcsh", "unsetenv A; unsetenv B", "setenv X http://p:1", "setenv X 'a b'"),
            ("nu", "hide-env A B", "$env.X = 'http://p:1'", "$env.X = 'a b'"),
            ("elvish", "unset-env A; unset-env B", "set-env X http://p:1", "set-env X 'a b'"),
            ("xonsh", "del $A; del $B", "$X = 'http://p:1'", "$X = 'a b'"),
            ("cmd", "set A=& set B=", "set X=http://p:1", "set X=a b"),
        ];
        for (program, unset_line, set_line, quoted) in table {
            let ctx = Context::new([("SSOX_FUNCTION".to_string(), program.into())]);
            let said = (unset(&ctx, &["A", "B"]), set(&ctx, "X", url), set(&ctx, "X", odd));
            assert_eq!(said, (unset_line.into(), set_line.into(), quoted.into()), "{program}");
        }
        for shell in Shell::ALL {
            assert!(table.iter().any(|(program, ..)| shell.programs().contains(program)), "{shell:?} has no row");
        }
    }

    #[test]
    fn the_running_shell_is_the_calling_one() {
        for known in Shell::ALL {
            let ctx = Context::new([("SSOX_FUNCTION".to_string(), format!("{}1", known.name()).into())]);
            assert_eq!(shell(&ctx), Some(known));
            assert!(known.rc_line().contains(&format!("ssox init {}", known.name())), "{known:?}");
        }
    }
}
