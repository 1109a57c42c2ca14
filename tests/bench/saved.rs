//! Compares a cached `ssox use` and the hook with an external command, in nushell and xonsh, which run scripts from files.

use super::{Bench, Runner, is_installed, measure, print};
use std::fs;
use std::process::Command;

const TIMES: u32 = 20;

/// How a shell is started, and what it runs: the integration, an external command, a cached `use`, its hooks at a prompt,
/// and as many hooks that do nothing, which are the shell's own part of it.
struct Spelled {
    shell: &'static str,
    options: &'static [&'static str],
    init: &'static str,
    external: &'static str,
    call: &'static str,
    hook: &'static str,
    empty: Option<&'static str>,
}

const SHELLS: [Spelled; 2] = [
    Spelled {
        shell: "nu",
        options: &["-n"],
        init: "source ssox.nu\n_ssox_surround\nssox use p7",
        external: "let x = (^/bin/true)",
        call: "ssox use p7",
        hook: "for hook in $env.config.hooks.pre_prompt { do --env $hook.code }",
        empty: Some("for hook in $env.config.hooks.pre_prompt { do --env {|| } }"),
    },
    Spelled {
        shell: "xonsh",
        options: &["--no-rc"],
        init: "exec($(ssox init xonsh))\nssox use p7",
        external: "x = $(/bin/true)",
        call: "ssox use p7",
        hook: "events.on_pre_prompt_format.fire()",
        empty: None,
    },
];

impl Bench {
    /// Start-up and init are in all runs, and cancel out in the difference.
    pub(super) fn saved(&self) {
        let init = self.ssox(10, &["init", "nushell"]).output().expect("ssox starts");
        fs::write(self.home(10).join("ssox.nu"), init.stdout).expect("a file can be written");
        for spelled in SHELLS.iter().filter(|spelled| is_installed(spelled.shell)) {
            let Spelled { shell, external, call, hook, empty, .. } = spelled;
            let runner = |body: &str| self.run_saved(spelled, body);
            let mut runners = vec![runner(""), runner(external), runner(call), runner(hook)];
            runners.extend(empty.map(runner));
            let medians = measure(runners);
            let one = |at: usize| medians[at].saturating_sub(medians[0]) / TIMES;
            print(&format!("{shell}: {external}"), one(1), one(1));
            print(&format!("{shell}: ssox use, cached (at most 3 x)"), one(2), one(1));
            print(&format!("{shell}: ssox's hook (at most 0.1 x)"), one(3), one(1));
            if empty.is_some() {
                print(&format!("{shell}: as many hooks that do nothing"), one(4), one(1));
            }
        }
    }

    /// Returns how to run a script of this shell that repeats `body`.
    fn run_saved(&self, Spelled { shell, options, init, hook, .. }: &Spelled, body: &str) -> Runner {
        let file = self.home(10).join(format!("{}.{shell}", body.len()));
        let times = vec![body; TIMES as usize].join("\n");
        // What the first prompt after `use` does is no part of the difference.
        fs::write(&file, format!("{init}\n{hook}\n{times}\n")).expect("a file can be written");
        let mut command = Command::new(shell);
        command.args(*options).arg(file);
        self.environment(&mut command, 10);
        command.current_dir(self.home(10));
        Runner::new(*shell, command)
    }
}
