//! `ssox init`: prints the integration of a shell, the same text every time.
//!
//! Deliberately not here: the text, which lies in `shell/` as real scripts, and anything that depends on this machine:
//! the output can be saved and sourced, and survives an upgrade.

use crate::shell::Shell;

/// Returns the script for a shell; without `prompt` it keeps its segment out of the prompt.
pub(crate) fn script(shell: Shell, prompt: bool) -> String {
    let (without_prompt, text) = match shell {
        Shell::Zsh => ("_ssox_no_prompt=1", sticky(text(shell))),
        Shell::Bash => ("_ssox_no_prompt=1", text(shell).to_owned()),
        Shell::Fish => ("set -g _ssox_no_prompt 1", text(shell).to_owned()),
        Shell::PowerShell => ("$global:_ssox_no_prompt = $true", text(shell).to_owned()),
    };
    match prompt {
        true => text,
        false => format!("{without_prompt}\n{text}"),
    }
}

/// Returns the script as it lies in the repository.
pub(super) fn text(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => include_str!("../../shell/ssox.zsh"),
        Shell::Bash => include_str!("../../shell/ssox.bash"),
        Shell::Fish => include_str!("../../shell/ssox.fish"),
        Shell::PowerShell => include_str!("../../shell/ssox.ps1"),
    }
}

/// Passes a zsh script to sticky emulation: it is parsed, and its functions run, with the options given here, whatever
/// options and aliases there are around. All of it is one word without a newline, which `csh_junkie_quotes` forbids; a
/// word in pieces takes zsh milliseconds to put together.
/// <https://zsh.sourceforge.io/Doc/Release/Shell-Builtin-Commands.html>, `emulate`.
fn sticky(script: &str) -> String {
    let word = script.replace('\\', r"\\").replace('\'', r"\'").replace('\n', r"\n");
    format!("'builtin' 'emulate' 'zsh' '-o' 'no_aliases' '-o' 'extended_glob' '-c' $'{word}'\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_is_one_line_more() {
        for shell in Shell::ALL {
            let (with, without) = (script(shell, true), script(shell, false));
            assert_eq!(without.split_once('\n').unwrap().1, with, "{shell:?}");
        }
    }

    #[test]
    fn no_script_bakes_in_a_path() {
        for shell in Shell::ALL {
            assert!(!script(shell, true).contains(env!("CARGO_MANIFEST_DIR")), "{shell:?}");
        }
    }
}
