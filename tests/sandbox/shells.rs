//! The shells that the sandbox can open, each with an rc file that loads ssox and has a short prompt.

use crate::Result;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A shell that is installed.
pub(crate) struct Shell {
    program: PathBuf,
    kind: &'static Kind,
}

/// How the shells of a kind find their rc file. In options and variables `HOME` is the home directory, `RC` the rc file.
struct Kind {
    /// The file names of its programs.
    programs: &'static [&'static str],
    rc_file: &'static str,
    rc: &'static str,
    options: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
}

/// In the order in which they are looked for where `SHELL` names none of them.
const KINDS: [Kind; 9] = [
    Kind {
        programs: &["bash"],
        rc_file: ".bashrc",
        rc: "PS1='sandbox \\$ '\neval \"$(ssox init bash)\"\n",
        options: &["--rcfile", "RC"],
        variables: &[],
    },
    Kind {
        programs: &["zsh"],
        rc_file: ".zshrc",
        rc: "autoload -Uz compinit && compinit -u\nPROMPT='sandbox %# '\neval \"$(ssox init zsh)\"\n",
        options: &[],
        variables: &[("ZDOTDIR", "HOME")],
    },
    Kind {
        programs: &["fish"],
        rc_file: ".config/fish/config.fish",
        rc: "set -g fish_greeting\nfunction fish_prompt; echo -n 'sandbox > '; end\nssox init fish | source\n",
        options: &[],
        variables: &[],
    },
    Kind {
        programs: &["pwsh", "powershell"],
        rc_file: "profile.ps1",
        rc: "function prompt { 'sandbox PS> ' }\nssox init powershell | Out-String | Invoke-Expression\n",
        options: &["-NoLogo", "-NoProfile", "-NoExit", "-File", "RC"],
        variables: &[],
    },
    Kind {
        programs: &["nu"],
        rc_file: ".config/nushell/config.nu",
        rc: "\
$env.config.show_banner = false
$env.PROMPT_COMMAND = {|| 'sandbox ' }
mkdir ($nu.data-dir | path join vendor/autoload)
ssox init nushell | save -f ($nu.data-dir | path join vendor/autoload/ssox.nu)
",
        options: &["--config", "RC"],
        variables: &[],
    },
    Kind {
        programs: &["elvish"],
        rc_file: ".config/elvish/rc.elv",
        rc: "set edit:prompt = { put 'sandbox > ' }\nset edit:rprompt = { }\neval (ssox init elvish | slurp)\n",
        // The process that keeps the history is found by its socket: the user's own knows another history.
        options: &["-rc", "RC", "-db", "HOME/elvish.db", "-sock", "HOME/elvish.sock"],
        variables: &[],
    },
    Kind {
        programs: &["xonsh"],
        rc_file: ".xonshrc",
        rc: "$PROMPT = 'sandbox @ '\nexecx($(ssox init xonsh))\n",
        options: &["--rc", "RC", "-i"],
        variables: &[],
    },
    Kind {
        programs: &["yash"],
        rc_file: ".yashrc",
        rc: "PS1='sandbox $ '\neval \"$(ssox init posix)\"\n",
        options: &["--rcfile=RC"],
        variables: &[],
    },
    Kind {
        programs: &["ksh93", "mksh", "ksh", "lksh", "oksh", "loksh", "dash", "ash", "sh"],
        rc_file: ".shrc",
        rc: "PS1='sandbox $ '\neval \"$(ssox init posix)\"\n",
        options: &[],
        variables: &[("ENV", "RC")],
    },
];

impl Shell {
    /// Returns the shell in `SHELL`, or the first supported one that is installed.
    pub(crate) fn of_user() -> Option<Self> {
        let own = env::var_os("SHELL").map(PathBuf::from).filter(|program| program.exists()).and_then(Self::of);
        let mut programs = KINDS.iter().flat_map(|kind| kind.programs);
        own.or_else(|| programs.find_map(|name| find_program(name)).and_then(Self::of))
    }

    fn of(program: PathBuf) -> Option<Self> {
        let name = program.file_stem()?.to_str()?;
        let kind = KINDS.iter().find(|kind| kind.programs.contains(&name))?;
        Some(Self { program, kind })
    }

    pub(crate) fn name(&self) -> String {
        self.program.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Writes the rc file and returns the command that reads it.
    pub(crate) fn prepare(&self, home: &Path) -> Result<Command> {
        let rc_file = home.join(self.kind.rc_file);
        fs::create_dir_all(rc_file.parent().unwrap_or(home))?;
        fs::write(&rc_file, self.kind.rc)?;
        // Without these directories, fish reads all manual pages in the background, even after the shell has exited.
        for completions in [".local/share/fish/generated_completions", ".cache/fish/generated_completions"] {
            fs::create_dir_all(home.join(completions))?;
        }
        let path = |text: &str| match text.split_once("RC") {
            Some((before, _)) => format!("{before}{}", rc_file.display()),
            None => text.replace("HOME", &home.display().to_string()),
        };
        let mut command = Command::new(&self.program);
        command.args(self.kind.options.iter().map(|option| path(option)));
        command.envs(self.kind.variables.iter().map(|(name, value)| (name, path(value))));
        Ok(command)
    }
}

pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut files = env::split_paths(&path).map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX)));
    files.find(|file| file.is_file())
}
