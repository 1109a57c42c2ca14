//! Helpers that start nushell, elvish and xonsh with ssox's function loaded, for scripts and in a terminal.

use crate::pty::Terminal;
use crate::shells::{Home, installed};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// The shells; PowerShell has tests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Nushell,
    Elvish,
    Xonsh,
}

/// Returns those that are installed.
pub(crate) fn others() -> Vec<Other> {
    [Other::Nushell, Other::Elvish, Other::Xonsh].into_iter().filter(|shell| installed(shell.program())).collect()
}

/// Runs a test in all of them at the same time.
pub(crate) fn in_each(test: impl Fn(Other) + Sync) {
    let test = &test;
    std::thread::scope(|scope| {
        for shell in others() {
            scope.spawn(move || test(shell));
        }
    });
}

impl Other {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nushell => "nushell",
            Self::Elvish => "elvish",
            Self::Xonsh => "xonsh",
        }
    }

    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Nushell => "nu",
            Self::Elvish => "elvish",
            Self::Xonsh => "xonsh",
        }
    }

    /// Returns the value of `--emit`.
    pub(crate) fn emit(self) -> &'static str {
        match self {
            Self::Nushell => "nu1",
            Self::Elvish => "elvish1",
            Self::Xonsh => "xonsh1",
        }
    }

    /// Returns the statement that loads what `ssox init` printed into the file `init`.
    pub(crate) fn load(self, home: &Home) -> String {
        let file = home.path("init").display().to_string();
        match self {
            Self::Nushell => format!("source {file}"),
            Self::Elvish => format!("eval (slurp < {file}) &on-end={{|ns| set ssox~ = $ns[ssox~] }}"),
            Self::Xonsh => format!("execx(open('{file}').read())"),
        }
    }

    /// Returns the statement that sets a variable; the value holds nothing a quote must protect.
    pub(crate) fn export(self, name: &str, value: &str) -> String {
        match self {
            Self::Nushell => format!("$env.{name} = '{value}'"),
            Self::Elvish => format!("set-env {name} '{value}'"),
            Self::Xonsh => format!("${name} = '{value}'"),
        }
    }

    pub(crate) fn unset(self, name: &str) -> String {
        match self {
            Self::Nushell => format!("hide-env {name}"),
            Self::Elvish => format!("unset-env {name}"),
            Self::Xonsh => format!("del ${name}"),
        }
    }

    /// Returns the call of a program, not of a function of that name.
    pub(crate) fn program_call(self, line: &str) -> String {
        match self {
            Self::Nushell => format!("^{line}"),
            Self::Elvish => format!("e:{line}"),
            Self::Xonsh => format!("env {line}"),
        }
    }

    /// Returns a statement that does nothing, and starts no program.
    pub(crate) fn nothing(self) -> &'static str {
        match self {
            Self::Nushell | Self::Xonsh => "1",
            Self::Elvish => "nop",
        }
    }

    /// Returns the statement that writes the prompt segment and its state into the file `segment`.
    fn show_segment(self) -> &'static str {
        match self {
            Self::Nushell => {
                "let it = ($env.SSOX_SEGMENT? | default {text: '', state: ''}); $'($it.text)|($it.state)' | save -f ~/segment"
            }
            Self::Elvish => "print (ssox-segment)[text]'|'(ssox-segment)[state] > ~/segment",
            Self::Xonsh => {
                "w = open(__import__('os').path.expanduser('~/segment'), 'w').write('|'.join(__xonsh__.env['PROMPT_FIELDS'][n]() or '' for n in ('ssox_text', 'ssox_state')))"
            }
        }
    }

    /// Returns the statements of a script that runs the line, and goes on when it fails.
    pub(crate) fn trying(self, line: &str) -> String {
        match self {
            Self::Nushell => format!("try {{ {line} }} catch {{|e| if $e.exit_code? == null {{ print -e $e.msg }} }}"),
            Self::Elvish => format!(
                "try {{ {line} }} catch e {{ try {{ nop $e[reason][exit-status] }} catch _ {{ echo $e[reason][content] >&2 }} }}"
            ),
            Self::Xonsh => format!("try:\n    {line}\nexcept Exception:\n    pass"),
        }
    }

    /// Tells whether the shell shows where a program failed.
    pub(crate) fn is_traced(self) -> bool {
        self == Self::Elvish
    }

    /// Returns the statement that prints the status of the command before, at a prompt.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Nushell => "print $'stat(char -i 117)s ($env.LAST_EXIT_CODE)'",
            Self::Elvish => "echo stat''us $status",
            Self::Xonsh => "print('stat' + 'us', __xonsh__.env.get('LAST_RETURN_CODE'))",
        }
    }
}

/// The environment of a child of the shell.
pub(crate) type Environment = BTreeMap<String, String>;

/// Writes what `ssox init` prints into the file `init`.
pub(crate) fn initialize(home: &Home, shell: Other, options: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssox"));
    let output = command.args(["init", shell.name()]).args(options).output().expect("ssox starts");
    assert!(output.status.success(), "{shell:?}");
    home.write("init", &String::from_utf8(output.stdout).expect("the script is text"));
}

/// Runs a script, with the integration loaded where it says `LOAD`; returns what it printed.
pub(crate) fn run(home: &Home, shell: Other, script: &str) -> String {
    initialize(home, shell, &[]);
    let script = script.replace("LOAD", &shell.load(home));
    // In a script of elvish, only what it declares itself can be a command.
    let declaration = if shell == Other::Elvish { "var ssox~ = $e:ssox~\n" } else { "" };
    home.write("script", &format!("{declaration}{script}"));
    let mut command = home.command(shell.program());
    match shell {
        Other::Nushell => command.args(["--no-config-file", "script"]),
        Other::Elvish => command.args(["-norc", "script"]),
        Other::Xonsh => command.args(["--no-rc", "script"]),
    };
    let output = command.stdin(Stdio::null()).output().expect("the shell starts");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Opens a session in a terminal, whose rc file is the given text, with the integration loaded where it says `LOAD`.
pub(crate) fn session(home: &Home, shell: Other, rc: &str, variables: &[(&str, &str)]) -> Session {
    initialize(home, shell, &[]);
    session_of(home.command(shell.program()), home, shell, rc, variables)
}

/// The same with a command of the caller's in front; what `init` printed is there.
pub(crate) fn session_of(
    mut command: Command,
    home: &Home,
    shell: Other,
    rc: &str,
    variables: &[(&str, &str)],
) -> Session {
    let rc = rc.replace("LOAD", &shell.load(home));
    match shell {
        Other::Nushell => {
            let prompt = "$env.config.show_banner = false\n$env._prompts = [0]\n\
                $env.config.hooks.pre_prompt = [{|| $env._prompts = [($env._prompts.0 + 1)] }]\n\
                $env.PROMPT_COMMAND = {|| $'<<($env._prompts.0)>> ' }\n$env.PROMPT_INDICATOR = ''\n\
                $env.PROMPT_COMMAND_RIGHT = ''";
            home.write(".config/nushell/config.nu", &format!("{prompt}\n{rc}\n"));
        }
        Other::Elvish => {
            let prompt = "use str\nvar prompts = (num 0)\nset edit:before-readline = [{ set prompts = (+ $prompts 1) }]\n\
                set edit:prompt = { put '<<'$prompts'>> ' }\nset edit:rprompt = { put '(('$prompts'))' }\n\
                set edit:prompt-stale-threshold = 60\nset edit:rprompt-stale-threshold = 60\nvar status = 0\n\
                set edit:insert:binding[Ctrl-G] = { }\nset edit:completion:binding[Ctrl-G] = $edit:completion:accept~\n\
                set edit:after-command = [{|m| set status = (try { put $m[error][reason][exit-status] } catch _ { put 0 }) }]";
            let rc = rc.replace(&shell.load(home), &format!("eval (slurp < {})", home.path("init").display()));
            home.write(".config/elvish/rc.elv", &format!("{prompt}\n{rc}\n"));
            // A daemon of its own, which has the history.
            command.env("XDG_RUNTIME_DIR", home.path("run"));
        }
        Other::Xonsh => {
            let prompt = "_prompts = [0]\n@events.on_pre_prompt_format\ndef _count(**_):\n    _prompts[0] += 1\n\
                $PROMPT_FIELDS['prompts'] = lambda: str(_prompts[0])\n$PROMPT = '<<{prompts}>> '\n$RIGHT_PROMPT = ''\n\
                $XONSH_SHOW_TRACEBACK = True\n$COMPLETIONS_CONFIRM = False\n\
                $XONSH_PROMPT_AUTO_SUGGEST = False";
            home.write("rc.xsh", &format!("{prompt}\n{rc}\n"));
            command.args(["--rc", "rc.xsh", "-i"]);
        }
    }
    command.envs(variables.iter().copied());
    let mut session = Session { terminal: Terminal::start(command), shell, prompts: 0 };
    session.wait_for_prompt();
    session
}

/// A shell in a terminal. Its prompts are numbered.
pub(crate) struct Session {
    pub(crate) terminal: Terminal,
    shell: Other,
    prompts: u32,
}

impl Session {
    /// Types a command, waits for the next prompt, and returns the output in between, including the echo.
    pub(crate) fn run(&mut self, command: &str) -> String {
        self.terminal.enter(command);
        self.wait_for_prompt()
    }

    /// Types a line with TABs, and waits after each one until the word is completed: xonsh completes in the background.
    pub(crate) fn complete(&mut self, line: &str) -> String {
        let (shell, prompt) = (self.shell, format!("<<{}>> ", self.prompts));
        for part in line.split_inclusive('\t') {
            let shown = |screen: &str| {
                screen.rsplit_once(&prompt).map(|(_, rest)| rest.lines().next().unwrap_or("").trim_end().to_string())
            };
            if !part.ends_with('\t') || shell != Other::Xonsh {
                self.terminal.keys(part);
                // elvish asks first where a word needs quotes.
                if shell == Other::Elvish {
                    self.terminal.keys("\x07");
                }
                continue;
            }
            let typed = part.trim_end_matches('\t');
            self.terminal.keys(typed);
            let ends = |screen: &str| shown(screen).filter(|line| line.ends_with(typed.trim_end()));
            let before = self.terminal.wait_for_screen("what is typed", ends);
            self.terminal.keys("\t");
            self.terminal.wait_for_screen("the completed word", |screen| shown(screen).filter(|line| *line != before));
        }
        self.run("")
    }

    pub(crate) fn wait_for_prompt(&mut self) -> String {
        self.prompts += 1;
        let number = format!("<<{}>>", self.prompts);
        if self.shell != Other::Elvish {
            return self.terminal.wait_for(&number);
        }
        // elvish draws what has changed, and the right prompt on its own.
        let right = format!("(({}))", self.prompts);
        let shows = |row: &str| row.contains(&number) && row.contains(&right);
        self.terminal.wait_for_screen(&number, |screen| screen.lines().any(shows).then_some(()));
        self.terminal.fresh()
    }

    /// Runs a command that does nothing.
    pub(crate) fn next_prompt(&mut self) -> String {
        self.run(self.shell.nothing())
    }

    pub(crate) fn export(&mut self, name: &str, value: &str) {
        self.run(&self.shell.export(name, value));
    }

    /// Returns the environment of a child.
    pub(crate) fn environment(&mut self, home: &Home) -> Environment {
        self.run("sh -c 'env >~/env'");
        let text = home.read("env");
        text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// Returns the variables of AWS and ssox, without those that change by themselves or lead to the stand-in.
    pub(crate) fn state(&mut self, home: &Home) -> Environment {
        let mut environment = self.environment(home);
        let others = ["SSOX_NEXT", "AWS_ENDPOINT_URL", "AWS_EC2_METADATA_DISABLED"];
        let is_ours = |name: &str| (name.starts_with("AWS_") || name.starts_with("SSOX_")) && !others.contains(&name);
        environment.retain(|name, _| is_ours(name));
        environment
    }

    /// Returns the prompt segment and its state: `dev:ReadOnly 43m|ok`.
    pub(crate) fn segment(&mut self, home: &Home) -> String {
        self.run(self.shell.show_segment());
        home.read("segment").trim_end().to_owned()
    }
}
