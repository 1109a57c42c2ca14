//! `ssox completions`: the completion alone, for packagers and for those who do not load the rest; `completions/` in the
//! repository has the same. It asks the binary each time, so it knows every verb, option and profile.
//!
//! Deliberately not here: the text, which is part of the scripts in `shell/`.

use super::init;
use crate::shell::Shell;

/// Returns the script for a shell.
pub(super) fn script(shell: Shell) -> String {
    let (first, last) = match shell {
        // compsys reads the first line, and calls what the file says.
        Shell::Zsh => ("#compdef ssox\n", "_ssox_complete \"$@\"\n"),
        Shell::Bash => ("# shellcheck shell=bash\n", section(shell, "registration")),
        Shell::Fish | Shell::PowerShell => ("", section(shell, "registration")),
    };
    let functions = section(shell, "completion");
    format!(
        "{first}# Completion of ssox in {}, as `ssox completions` prints it.\n\n{functions}\n\n{last}",
        shell.name()
    )
}

/// Returns what stands between the line with that name and the next such line.
fn section(shell: Shell, name: &str) -> &'static str {
    let begins = format!("# --- {name}\n");
    let after = init::text(shell).split_once(begins.as_str()).map_or("", |(_, after)| after);
    after.split_once("# --- ").map_or(after, |(section, _)| section).trim_start_matches('\n').trim_end_matches('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_what_it_calls() {
        for shell in Shell::ALL {
            let script = script(shell);
            assert!(script.contains("complete") && script.len() > 400, "{script}");
            assert!(!script.contains("# --- ") && !script.contains("_ssox_aliases"), "{script}");
        }
    }
}
