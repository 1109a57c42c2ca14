//! `cargo bench`: measures the times that a person notices. Each is printed as a ratio to the time of something known,
//! measured alternately in the same run, because the speed of a machine varies.
//!
//! `PROGRAM` names another build to measure, for example the static one; `BASELINE` names an older build to compare with.
//!
//! Invariant: it asserts no time; a slow machine does not fail.

mod endpoint;
mod keyring;
mod populate;
mod saved;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 60;
/// The name of a row.
const IN_USE: &str = "init of ssox, a profile is in use";
const PROFILES: [usize; 3] = [10, 1_000, 50_000];
/// The age from which files have an entry in ssox's indexes.
const SETTLED: Duration = Duration::from_secs(5);

fn main() {
    // `cargo bench` passes `--bench`; anything else is a part of a heading, to see only that.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    let bench = Bench::new();
    let parts: [(&str, Part); 15] = [
        ("processes", Bench::processes),
        ("completion", Bench::completion),
        ("config files", Bench::config_files),
        ("all profiles", Bench::all_profiles),
        ("each", Bench::each),
        ("shells", Bench::shells),
        ("nushell and xonsh", Bench::saved),
        ("init", Bench::init),
        ("prompt hook", Bench::hook),
        ("populate", Bench::populate),
        ("endpoint", Bench::endpoint),
        ("keyring", Bench::keyring),
        ("change of directory, ten levels deep, without .ssox", Bench::change_of_directory),
        ("status --tools", Bench::tools),
        ("peers", Bench::peers),
    ];
    for (name, run) in parts.iter().filter(|(name, _)| name.contains(&wanted)) {
        println!("\n{name}");
        run(&bench);
    }
}

type Part = fn(&Bench);

struct Bench {
    directory: tempfile::TempDir,
    ssox: PathBuf,
    hello: Option<PathBuf>,
}

/// Something to run and its name.
struct Runner {
    name: String,
    command: Command,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let bin = directory.path().join("bin");
        fs::create_dir(&bin).expect("a directory can be made");
        let ssox = bin.join("ssox");
        let program = std::env::var_os("PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_ssox").into());
        let is_static = cfg!(target_env = "musl") || program.to_string_lossy().contains("-musl");
        fs::copy(program, &ssox).expect("the program can be copied");
        for profiles in PROFILES {
            seed(&directory.path().join(profiles.to_string()), profiles);
        }
        let hello = hello(directory.path(), is_static);
        Self { directory, ssox, hello }
    }

    fn home(&self, profiles: usize) -> PathBuf {
        self.directory.path().join(profiles.to_string())
    }

    fn ssox(&self, profiles: usize, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.ssox);
        command.args(arguments);
        self.environment(&mut command, profiles);
        command
    }

    fn environment(&self, command: &mut Command, profiles: usize) {
        let path =
            format!("{}:{}", self.ssox.parent().expect("in bin").display(), std::env::var("PATH").unwrap_or_default());
        command.env_clear().env("HOME", self.home(profiles)).env("PATH", path).env("TERM", "xterm-256color");
        // What a shell with an active profile has.
        let end = 4_102_444_800_i64.to_string();
        command.env("SSOX_PROFILE", "p7").env("SSOX_EXPIRES", &end).env("SSOX_NEXT", &end).env("SSOX_PROMPT", "p7:R");
    }

    fn processes(&self) {
        let mut runners = Vec::new();
        if let Some(hello) = &self.hello {
            runners.push(Runner::new("hello world, built the same way", Command::new(hello)));
        }
        runners.push(Runner::new("/bin/true", Command::new("/bin/true")));
        runners.push(Runner::new("ssox --version (at most 1.3 x)", self.ssox(10, &["--version"])));
        runners.push(Runner::new("ssox tick", self.ssox(10, &["--emit=zsh1", "tick"])));
        runners.push(Runner::new("ssox complete", self.ssox(10, &["complete", "zsh", "p", "ssox", "use"])));
        let cached_use = || self.ssox(10, &["--emit=zsh1", "use", "p7"]);
        runners.push(Runner::new("ssox use, cached", cached_use()));
        let mut beside_direnv = cached_use();
        beside_direnv.env("DIRENV_DIFF", direnv_diff(400));
        runners.push(Runner::new("the same beside 400 variables of direnv", beside_direnv));
        compare(runners);
    }

    /// Completion as each shell calls it.
    fn completion(&self) {
        let calls: [(&str, &[&str]); 4] = [
            ("zsh", &["p", "ssox", "use"]),
            ("bash", &["ssox use p", "9", " \t\n\"'@><=;|&(:", "ssox", "use", "p"]),
            ("fish", &["p", "ssox", "use"]),
            ("powershell", &["=p", "ssox", "use"]),
        ];
        let hello =
            self.hello.as_ref().map(|hello| Runner::new("hello world, built the same way", Command::new(hello)));
        let calls = calls.map(|(shell, arguments)| {
            let name = format!("ssox complete {shell} (at most 1.8 x)");
            Runner::new(name, self.ssox(10, &[&["complete", shell], arguments].concat()))
        });
        compare(hello.into_iter().chain(calls).collect());
    }

    fn config_files(&self) {
        let verbs: [(&str, &[&str]); 5] = [
            ("use, cached", &["--emit=zsh1", "use", "p7"]),
            ("tick", &["--emit=zsh1", "tick"]),
            ("export, cached", &["export", "p7"]),
            ("complete p7", &["complete", "zsh", "p7", "ssox", "use"]),
            ("complete", &["complete", "zsh", "", "ssox", "use"]),
        ];
        for (name, arguments) in verbs {
            let mut runners = vec![Runner::new("/bin/true", Command::new("/bin/true"))];
            runners.extend(
                PROFILES.map(|profiles| {
                    Runner::new(format!("{name}, {profiles} profiles"), self.ssox(profiles, arguments))
                }),
            );
            compare(runners);
        }
        for (name, arguments) in [verbs[0], verbs[2], verbs[3]] {
            compare(vec![
                Runner::new(format!("{name}, 10 profiles"), self.ssox(10, arguments)),
                Runner::new(format!("{name}, 50,000 profiles (at most 3 x)"), self.ssox(50_000, arguments)),
            ]);
        }
        compare(vec![
            Runner::new("complete all, 50,000 profiles", self.ssox(50_000, &["complete", "zsh", "", "ssox", "use"])),
            Runner::new(
                "complete a prefix (at most 1 x)",
                self.ssox(50_000, &["complete", "zsh", "p7", "ssox", "use"]),
            ),
        ]);
        self.complete_beside_listing();
    }

    /// Completion where a session's listing has 4,000 roles.
    fn complete_beside_listing(&self) {
        let profiles = [10, 50_000];
        for profiles in profiles {
            list_assignments(&self.home(profiles), 1000);
        }
        for typed in ["p7", ""] {
            let mut runners = vec![Runner::new("/bin/true", Command::new("/bin/true"))];
            runners.extend(profiles.map(|profiles| {
                let name = format!("complete {typed:?}, 4,000 roles listed, {profiles} profiles");
                Runner::new(name, self.ssox(profiles, &["complete", "zsh", typed, "ssox", "use"]))
            }));
            compare(runners);
        }
        for profiles in profiles {
            fs::remove_file(self.home(profiles).join(LISTING)).expect("a file can be removed");
        }
    }

    /// Every profile looked at, beside an older build where `BASELINE` names one.
    fn all_profiles(&self) {
        let home = self.directory.path().join("cached");
        seed(&home, 50_000);
        cache(&home, 10_000);
        // ssox does not trust the times of files that were written just now, and these are looked at for days.
        std::thread::sleep(SETTLED);
        let programs = std::env::var_os("BASELINE").into_iter().map(PathBuf::from).chain([self.ssox.clone()]);
        let programs: Vec<PathBuf> = programs.collect();
        if programs.len() == 1 {
            println!("  NOT MEASURED: an older build, which BASELINE names");
        }
        for (verb, target) in [("list --json", " (at most 0.05 x)"), ("sessions", "")] {
            compare(
                programs
                    .iter()
                    .map(|program| {
                        let mut command = Command::new(program);
                        self.environment(&mut command, 10);
                        command.args(verb.split(' ')).env("HOME", &home);
                        let whose = match (*program == self.ssox, programs.len()) {
                            (true, 1) => "",
                            (true, _) => target,
                            (false, _) => " of BASELINE",
                        };
                        Runner::new(format!("{verb}, 50,000 profiles, 10,000 cached{whose}"), command)
                    })
                    .collect(),
            );
        }
    }

    /// One command in 200 profiles, beside the fastest way to do that with environments that are there already.
    fn each(&self) {
        let home = self.directory.path().join("each");
        seed(&home, 200);
        cache(&home, 200);
        let keys =
            "AWS_ACCESS_KEY_ID=ASIAEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=token AWS_REGION=eu-west-1";
        let lines: String = (0..200).map(|number| format!("{keys} SSOX_PROFILE=p{number} true\n")).collect();
        fs::write(home.join("environments"), lines).expect("a file can be written");
        let jobs = std::thread::available_parallelism().map_or(4, |cores| cores.get().max(4)).to_string();
        let runner = |name: &str, program: &Path, arguments: &[&str]| {
            let mut command = Command::new(program);
            self.environment(&mut command, 10);
            command.args(arguments).env("HOME", &home).current_dir(&home);
            Runner::new(name, command)
        };
        compare(vec![
            runner(
                "xargs -P, 200 environments",
                Path::new("xargs"),
                &["-a", "environments", "-P", &jobs, "-L1", "env"],
            ),
            runner("ssox each -- true, 200 profiles (at most 1.5 x)", &self.ssox, &["each", "p*", "--", "true"]),
        ]);
    }

    /// The whole call as a shell sees it: function, process, reply, variables.
    fn shells(&self) {
        let shells: [(&str, &[&str]); 8] = [
            ("zsh", &["-f", "-c"]),
            ("bash", &["--norc", "--noprofile", "-c"]),
            ("fish", &["--no-config", "-c"]),
            ("elvish", &["-norc", "-c"]),
            ("dash", &["-c"]),
            ("ksh93", &["-c"]),
            ("mksh", &["-c"]),
            ("yash", &["-c"]),
        ];
        for (shell, options) in shells.iter().filter(|(shell, _)| is_installed(shell)) {
            let [init, call, nothing, eval] = spelled(shell);
            let runner = |name: &str, body: &str| {
                let mut command = Command::new(shell);
                command.args(*options).arg(format!("{init}\n{body}"));
                self.environment(&mut command, 10);
                Runner::new(format!("{shell}: {name}"), command)
            };
            let times = |body: &str| vec![body; 20].join("\n");
            // Start-up and init are in all of them, and cancel out in the difference.
            let medians = measure(vec![
                runner("nothing", ""),
                runner("true", &times(nothing)),
                runner("use", &times(call)),
                runner("eval", &times(eval)),
            ]);
            let one = |at: usize| medians[at].saturating_sub(medians[0]) / 20;
            print(&format!("{shell}: {nothing}"), one(1), one(1));
            let target = match *shell {
                "zsh" | "bash" | "fish" => " (at most 2 x)",
                "elvish" => " (at most 3 x)",
                _ => "",
            };
            print(&format!("{shell}: ssox use, cached{target}"), one(2), one(1));
            print(&format!("{shell}: eval of ssox export, cached"), one(3), one(1));
            if matches!(*shell, "zsh" | "bash" | "fish") {
                print(&format!("{shell}: use beside that eval (at most 1.2 x)"), one(2), one(3));
            }
        }
        if is_installed("pwsh") {
            self.powershell();
        }
    }

    /// The same calls in one PowerShell, which times each of them: its start varies by more than many calls take. It
    /// compiles code at its first calls, and again after about 30; without the first 100 of each kind, these are the times
    /// in a shell that has been in use for a while.
    fn powershell(&self) {
        let [init, call, nothing, eval] = spelled("pwsh");
        let round =
            [nothing, call, eval].map(|body| format!("$watch.Restart(); {body}; $watch.Elapsed.Ticks")).join("; ");
        let script =
            format!("{init}\n$watch = [Diagnostics.Stopwatch]::new()\nforeach ($n in 1..400) {{ {round} }}\n{call}");
        let mut shell = Command::new("pwsh");
        shell.args(["-NoProfile", "-Command", &script]).stdin(Stdio::null());
        self.environment(&mut shell, 10);
        let output = shell.output().expect("pwsh can be started");
        assert!(output.status.success(), "pwsh fails: nothing to measure");
        let lines = String::from_utf8_lossy(&output.stdout);
        let ticks: Vec<u64> = lines.lines().map(|line| line.parse().expect("a number of ticks")).collect();
        let median = |at: usize| {
            let mut ticks: Vec<u64> = ticks.iter().skip(at).step_by(3).skip(100).copied().collect();
            ticks.sort_unstable();
            Duration::from_nanos(ticks[ticks.len() / 2] * 100)
        };
        print(&format!("pwsh: {nothing}"), median(0), median(0));
        print("pwsh: ssox use, cached (at most 3 x)", median(1), median(0));
        print("pwsh: eval of ssox export, cached", median(2), median(0));
    }

    /// What stands between Enter and the prompt, beside what others put there.
    fn hook(&self) {
        let shells: [(&str, &[&str], &str, &str); 4] = [
            ("zsh", &["-f", "-c"], "_ssox_precmd", "x=$(date)"),
            ("bash", &["--norc", "-c"], "_ssox_precmd", "x=$(date)"),
            ("fish", &["--no-config", "-c"], "_ssox_prompt_hook", "set x (date)"),
            ("pwsh", &["-NoProfile", "-Command"], "$null = prompt", "$x = (& date)"),
        ];
        for (shell, options, hook, date) in shells.iter().filter(|(shell, ..)| is_installed(shell)) {
            let [init, ..] = spelled(shell);
            let runner = |name: &str, body: &str| {
                let mut command = Command::new(shell);
                // At its first prompt a shell has the program judge what it inherited: that is no part of the difference.
                // What a hook returns is the status of the command before it.
                command.args(*options).arg(format!("{init}\n{hook}\n{}\ntrue", vec![body; 50].join("\n")));
                self.environment(&mut command, 10);
                command.env("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
                command.env("AWS_SESSION_TOKEN", "t".repeat(800));
                Runner::new(format!("{shell}: {name}"), command)
            };
            let mut runners = vec![runner("nothing", ""), runner("ssox's hook", hook), runner("$(date)", date)];
            if is_installed("starship") {
                let starship = date.replace("date", "starship prompt");
                runners.push(runner("starship prompt", &starship));
            }
            let names: Vec<String> = runners.iter().map(|runner| runner.name.clone()).collect();
            let medians = measure(runners);
            let one = |at: usize| medians[at].saturating_sub(medians[0]) / 50;
            (1..names.len()).for_each(|at| print(&names[at], one(at), one(2)));
        }
    }

    /// A `cd`, and what ssox does after it: it looks for a `.ssox` file. Ten levels below the root of the walk, the home.
    fn change_of_directory(&self) {
        let home = tempfile::tempdir().expect("a temporary directory can be made");
        let deep = home.path().join("1/2/3/4/5/6/7/8/9");
        for name in ["a", "b"] {
            std::fs::create_dir_all(deep.join(name)).expect("a directory can be made");
        }
        let shells: [(&str, &[&str], &str); 3] = [
            ("zsh", &["-f", "-c"], "_ssox_depart; _ssox_chpwd"),
            ("bash", &["--norc", "-c"], "_ssox_arrive"),
            ("fish", &["--no-config", "-c"], "_ssox_off; _ssox_arrive"),
        ];
        for (shell, options, hook) in shells.iter().filter(|(shell, ..)| is_installed(shell)) {
            let [init, ..] = spelled(shell);
            let steps = |hook: &str| ["a", "b"].map(|to| format!("cd {}; {hook}", deep.join(to).display())).join("\n");
            let runner = |body: &str| {
                let mut command = Command::new(shell);
                command.args(*options).arg(format!("{init}\n{}\ntrue", vec![body; 100].join("\n")));
                self.environment(&mut command, 10);
                command.env("HOME", home.path());
                Runner::new(format!("{shell}: cd"), command)
            };
            let medians = measure(vec![runner("true"), runner(&steps("true")), runner(&steps(hook))]);
            let one = |more: usize, less: usize| medians[more].saturating_sub(medians[less]) / 200;
            print(&format!("{shell}: cd without ssox"), one(1, 0), one(1, 0));
            print(&format!("{shell}: more with ssox (at most 0.1 ms)"), one(2, 1), one(1, 0));
        }
    }

    /// The start of a shell: a new one, and a child of one with a profile in use, which loads the whole script.
    fn init(&self) {
        for (shell, options) in [("zsh", ["-f", "-c"]), ("bash", ["--norc", "-c"]), ("fish", ["--no-config", "-c"])] {
            if !is_installed(shell) {
                continue;
            }
            let runner = |name: &str, body: &str| {
                let mut command = Command::new(shell);
                command.args(options).arg(body);
                self.environment(&mut command, 10);
                if name != IN_USE {
                    for name in ["SSOX_PROFILE", "SSOX_EXPIRES", "SSOX_NEXT", "SSOX_PROMPT"] {
                        command.env_remove(name);
                    }
                }
                Runner::new(format!("{shell}: {name}"), command)
            };
            let eval = |program: &str| match shell {
                "fish" => format!("{program} init fish | source"),
                _ => format!("eval \"$({program} init {shell})\""),
            };
            let of_ssox = eval("ssox");
            let mut runners = vec![runner("nothing", ":"), runner("init of ssox", &of_ssox), runner(IN_USE, &of_ssox)];
            let first = runner("init of ssox, and the first use", &format!("{of_ssox}; ssox use p7"));
            runners.push(first);
            for peer in ["zoxide", "starship"].iter().filter(|peer| is_installed(peer)) {
                runners.push(runner(&format!("init of {peer}"), &eval(peer)));
            }
            compare(runners);
        }
    }

    fn populate(&self) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let peer =
            std::env::split_paths(&path).map(|directory| directory.join("aws-sso-util")).find(|path| path.is_file());
        populate::populate(&self.ssox, peer.as_deref());
    }

    /// A program with a server beside it; and one request to it, beside a file from nginx.
    fn endpoint(&self) {
        compare(vec![
            Runner::new("ssox exec, cached, of true", self.ssox(10, &["exec", "p7", "--", "true"])),
            Runner::new(
                "ssox exec --serve, of true (at most 2 x)",
                self.ssox(10, &["exec", "--serve", "p7", "--", "true"]),
            ),
        ]);
        endpoint::requests(self.ssox(10, &["serve", "p7", "--json"]), self.directory.path());
    }

    /// What every tool takes, beside the AWS CLI, which shows what it takes itself. The keys are those of no profile.
    fn tools(&self) {
        let keys = [("AWS_ACCESS_KEY_ID", "ASIAUNKNOWN"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_PROFILE", "p7")];
        for aws in ["aws", "/usr/bin/aws"].into_iter().filter(|aws| is_installed(aws)) {
            let mut configure = Command::new(aws);
            configure.args(["configure", "list"]);
            self.environment(&mut configure, 1_000);
            let mut own = self.ssox(1_000, &["status", "--tools"]);
            configure.envs(keys);
            own.envs(keys);
            compare(vec![
                Runner::new("ssox status --tools, 1,000 profiles", own),
                Runner::new(format!("{aws} configure list (at least 100 x)"), configure),
            ]);
        }
    }

    fn peers(&self) {
        let mut runners = vec![
            Runner::new("ssox --version", self.ssox(10, &["--version"])),
            Runner::new("ssox export, cached", self.ssox(10, &["export", "p7", "--format", "env"])),
        ];
        let peers: [(&str, &[&str]); 6] = [
            ("aws", &["--version"]),
            ("aws-sso-util", &["--version"]),
            ("aws-sso", &["version"]),
            ("aws-vault", &["--version"]),
            ("granted", &["--version"]),
            ("saml2aws", &["--version"]),
        ];
        for (peer, arguments) in peers.iter().filter(|(peer, _)| is_installed(peer)) {
            let mut command = Command::new(peer);
            command.args(*arguments);
            runners.push(Runner::new(format!("{peer} {}", arguments.join(" ")), command));
        }
        compare(runners);
    }
}

impl Runner {
    fn new(name: impl Into<String>, command: Command) -> Self {
        Self { name: name.into(), command }
    }

    fn once(&mut self) -> Duration {
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = self.command.status().unwrap_or_else(|cause| panic!("{}: {cause}", self.name));
        let elapsed = start.elapsed();
        assert!(black_box(status).success(), "{} fails: nothing to measure", self.name);
        elapsed
    }
}

/// Prints each as a ratio to the first.
fn compare(runners: Vec<Runner>) {
    let names: Vec<String> = runners.iter().map(|runner| runner.name.clone()).collect();
    let medians = measure(runners);
    for (name, median) in names.iter().zip(&medians) {
        print(name, *median, medians[0]);
    }
}

/// Runs all in turns, and returns the median of each.
fn measure(mut runners: Vec<Runner>) -> Vec<Duration> {
    let slow = runners.iter_mut().map(Runner::once).max().unwrap_or_default() > Duration::from_millis(300);
    let rounds = if slow { ROUNDS / 4 } else { ROUNDS };
    let mut times = vec![Vec::with_capacity(rounds); runners.len()];
    for _ in 0..rounds {
        for (runner, times) in runners.iter_mut().zip(&mut times) {
            times.push(runner.once());
        }
    }
    times.iter_mut().for_each(|times| times.sort_unstable());
    times.iter().map(|times| times[times.len() / 2]).collect()
}

fn print(name: &str, median: Duration, reference: Duration) {
    let ratio = median.as_secs_f64() / reference.as_secs_f64().max(1e-9);
    println!("  {name:<56} {:>9.3} ms  {ratio:>7.2} x", median.as_secs_f64() * 1e3);
}

/// Init, a cached `use`, the least a shell can do with a process, and credentials without `use`, in the shell's own words.
fn spelled(shell: &str) -> [&'static str; 4] {
    match shell {
        "zsh" => ["eval \"$(ssox init zsh)\"", "ssox use p7", "x=$(/bin/true)", "eval \"$(ssox export p7)\""],
        "bash" => ["eval \"$(ssox init bash)\"", "ssox use p7", "x=$(/bin/true)", "eval \"$(ssox export p7)\""],
        "dash" | "ksh93" | "mksh" | "yash" => {
            ["eval \"$(ssox init posix)\"", "ssox use p7", "x=$(/bin/true)", "eval \"$(ssox export p7)\""]
        }
        "fish" => {
            ["ssox init fish | source", "ssox use p7", "set x (/bin/true)", "ssox export p7 --format fish | source"]
        }
        "elvish" => [
            "var ssox~ = $nop~; eval (e:ssox init elvish | slurp) &on-end={|ssox| set ssox~ = $ssox[ssox~] }",
            "ssox use p7",
            "nop (e:true)",
            "eval (ssox export p7 --format elvish | slurp)",
        ],
        _ => [
            // The first call of a function compiles it.
            "Invoke-Expression (& ssox init powershell | Out-String)\nssox use p7\n$x = & /bin/true",
            "ssox use p7",
            "$x = & /bin/true",
            "ssox export p7 --format powershell | Out-String | Invoke-Expression",
        ],
    }
}

fn is_installed(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|path| path.join(program).is_file())
}

/// A home with that many profiles, and good credentials of `p7` in the cache.
fn seed(home: &Path, profiles: usize) {
    let aws = home.join(".aws");
    fs::create_dir_all(aws.join("cli/cache")).expect("a directory can be made");
    let mut config = String::from(
        "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    for number in 0..profiles {
        config.push_str(&format!(
            "\n[profile p{number}]\nsso_session = corp\nsso_account_id = {:012}\nsso_role_name = ReadOnly\nregion = eu-west-1\n",
            111_122_223_333_u64 + number as u64
        ));
    }
    fs::write(aws.join("config"), config).expect("a file can be written");
    // sha1 of {"accountId":"111122223340","roleName":"ReadOnly","sessionName":"corp"}
    let entry = aws.join("cli/cache").join(format!("{CACHE_NAME}.json"));
    let content = r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": "2099-01-01T00:00:00Z", "AccountId": "111122223340"}}"#;
    fs::write(entry, content).expect("a file can be written");
}

/// The listing of the session `corp`: sha1 of its name.
const LISTING: &str = ".local/state/ssox/assignments/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// Writes a listing of accounts with four roles each; the first roles have profiles.
fn list_assignments(home: &Path, accounts: u64) {
    let account = |number: u64| {
        let id = 111_122_223_333 + number;
        format!(
            r#"{{"accountId":"{id}","accountName":"account {number}","email":null,"roles":["ReadOnly","A","B","C"]}}"#
        )
    };
    let accounts: Vec<String> = (0..accounts).map(account).collect();
    let path = home.join(LISTING);
    fs::create_dir_all(path.parent().expect("in a directory")).expect("a directory can be made");
    let listing = format!(
        r#"{{"session":"corp","startUrl":"https://d-1234567890.awsapps.com/start","listedAt":"2026-11-20T12:00:00Z","complete":true,"accounts":[{}]}}"#,
        accounts.join(",")
    );
    fs::write(path, listing).expect("a file can be written");
}

/// Puts good credentials of the first profiles into the cache.
fn cache(home: &Path, profiles: usize) {
    use sha1::{Digest as _, Sha1};
    for number in 0..profiles {
        let account = 111_122_223_333_u64 + number as u64;
        let key = format!(r#"{{"accountId":"{account:012}","roleName":"ReadOnly","sessionName":"corp"}}"#);
        let name: String = Sha1::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let content = format!(
            r#"{{"ProviderType": "sso", "Credentials": {{"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": "2099-01-01T00:00:00Z", "AccountId": "{account:012}"}}}}"#
        );
        fs::write(home.join(".aws/cli/cache").join(format!("{name}.json")), content).expect("a file can be written");
    }
}

const CACHE_NAME: &str = "1db6d1b4bbf1819d1b76d284bf93320ba519c759";

/// The variable in which direnv keeps what it has set, as in a development shell of Nix.
fn direnv_diff(variables: usize) -> String {
    let name =
        |number| format!("\"NIX_VARIABLE_{number}\":\"/nix/store/{:032x}-package\"", number * 0x9E37_79B9_7F4A_7C15);
    let set: Vec<String> = (1..=variables as u128).map(name).collect();
    let json = format!("{{\"p\":{{}},\"n\":{{{}}}}}", set.join(","));
    URL_SAFE.encode(miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), 6))
}

/// The smallest program, with the same compiler and the release profile's settings.
fn hello(directory: &Path, is_static: bool) -> Option<PathBuf> {
    let (source, program) = (directory.join("hello.rs"), directory.join("hello"));
    fs::write(&source, "fn main() { println!(\"hello\"); }").ok()?;
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args([
        "--edition=2024",
        "-Copt-level=3",
        "-Clto=fat",
        "-Ccodegen-units=1",
        "-Cpanic=abort",
        "-Cstrip=symbols",
    ]);
    if is_static {
        rustc.arg(format!("--target={}-unknown-linux-musl", std::env::consts::ARCH)).arg("-Crelocation-model=static");
    }
    rustc.arg("-o").arg(&program).arg(&source).stderr(Stdio::null());
    rustc.status().ok().filter(std::process::ExitStatus::success).map(|_| program)
}
