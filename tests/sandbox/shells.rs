//! Starts the user's shell with an rc file that contains only the line for ssox.

use crate::Result;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Shell {
    program: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Zsh,
    Bash,
    Fish,
    PowerShell,
}

const ZSHRC: &str = "\
autoload -Uz compinit && compinit -u
PROMPT='sandbox %# '
eval \"$(ssox init zsh)\"
";
const BASHRC: &str = "\
PS1='sandbox \\$ '
eval \"$(ssox init bash)\"
";
const FISH_CONFIG: &str = "\
set -g fish_greeting
function fish_prompt; echo -n 'sandbox > '; end
ssox init fish | source
";
const POWERSHELL_PROFILE: &str = "\
function prompt { 'sandbox PS> ' }
ssox init powershell | Out-String | Invoke-Expression
";

impl Shell {
    /// Returns the shell in `SHELL`, or the first supported one that is installed.
    pub(crate) fn of_user() -> Option<Self> {
        let own = env::var_os("SHELL").map(PathBuf::from).filter(|program| program.exists());
        let known = |program: &PathBuf| match program.file_stem()?.to_str()? {
            "zsh" => Some(Kind::Zsh),
            "bash" => Some(Kind::Bash),
            "fish" => Some(Kind::Fish),
            "pwsh" | "powershell" => Some(Kind::PowerShell),
            _ => None,
        };
        let installed = ["bash", "zsh", "fish", "pwsh", "powershell"].into_iter().filter_map(find_program);
        let mut shells = own.into_iter().chain(installed);
        shells.find_map(|program| known(&program).map(|kind| Self { program, kind }))
    }

    pub(crate) fn name(&self) -> String {
        self.program.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Writes the rc file and returns the command that reads it.
    pub(crate) fn prepare(&self, home: &Path) -> Result<Command> {
        let mut command = Command::new(&self.program);
        let (file, content) = match self.kind {
            Kind::Zsh => (".zshrc", ZSHRC),
            Kind::Bash => (".bashrc", BASHRC),
            Kind::Fish => (".config/fish/config.fish", FISH_CONFIG),
            Kind::PowerShell => ("profile.ps1", POWERSHELL_PROFILE),
        };
        let file = home.join(file);
        fs::create_dir_all(file.parent().unwrap_or(home))?;
        fs::write(&file, content)?;
        // Without these directories, fish reads all manual pages in the background, even after the shell has exited.
        for completions in [".local/share/fish/generated_completions", ".cache/fish/generated_completions"] {
            fs::create_dir_all(home.join(completions))?;
        }
        match self.kind {
            Kind::Zsh => command.env("ZDOTDIR", home),
            Kind::Bash => command.arg("--rcfile").arg(&file),
            Kind::Fish => &mut command,
            Kind::PowerShell => command.args(["-NoLogo", "-NoProfile", "-NoExit", "-File"]).arg(&file),
        };
        Ok(command)
    }
}

pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut files = env::split_paths(&path).map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX)));
    files.find(|file| file.is_file())
}
