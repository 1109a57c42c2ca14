//! `cargo run --example sandbox [MINUTES]`: ssox to play with, against a stand-in Identity Center; no AWS account is needed.
//!
//! With a terminal it starts your own shell in a home directory of its own. Without one it runs the first steps of a newcomer
//! and prints each of them.
//!
//! Invariant: ssox runs unchanged; the sandbox only sets its environment.
#![forbid(unsafe_code)]

mod browser;
mod home;
mod shells;
mod signals;

use browser::Browser;
use home::SandboxHome;
use shells::Shell;
use ssox_standin::{Grant, Options, Person, Standin};
use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::io::{IsTerminal, Write as _, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const WALK: &str = include_str!("walk.bash");

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let with_person = stdin().is_terminal() && stdout().is_terminal() && env::var_os("CI").is_none();
    let end = ssox().and_then(|ssox| if with_person { play(&ssox) } else { walk(&ssox) });
    end.unwrap_or_else(|error| {
        eprintln!("sandbox: {error}");
        ExitCode::FAILURE
    })
}

/// Builds ssox where cargo runs the sandbox; else takes the one that was built with it.
fn ssox() -> Result<PathBuf> {
    let Some(cargo) = env::var_os("CARGO") else { return built_ssox() };
    build_ssox(&cargo)
}

/// Returns the ssox in the directory above that of the examples.
fn built_ssox() -> Result<PathBuf> {
    let sandbox = env::current_exe()?;
    let directory = sandbox.parent().and_then(Path::parent).ok_or("the sandbox is not in a directory of cargo")?;
    let ssox = directory.join("ssox").with_extension(env::consts::EXE_EXTENSION);
    if ssox.exists() { Ok(ssox) } else { Err(format!("{} is not built", ssox.display()).into()) }
}

/// Builds ssox, because cargo builds no binaries for an example. The example is built with it, as in the tests: alone, ssox
/// would get other features of its dependencies, and the tests would build it again.
fn build_ssox(cargo: &OsStr) -> Result<PathBuf> {
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--bin", "ssox", "--example", "sandbox"]);
    build.args(["--message-format=json-render-diagnostics"]);
    build.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    // The variables that cargo sets for a program make ring's build script, and what depends on it, run again.
    for name in env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST"))
    {
        build.env_remove(name);
    }
    let output = build.stderr(Stdio::inherit()).output()?;
    let messages = String::from_utf8(output.stdout)?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut ours = messages.filter(|message| message["target"]["name"] == "ssox");
    let ssox = ours.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    match ssox {
        Some(ssox) if output.status.success() => Ok(ssox),
        _ => Err("ssox does not build".into()),
    }
}

/// Credentials expire soon enough to see them renewed, tokens soon enough to see them refreshed: after five and ten minutes,
/// or after the number of minutes given, and twice as many.
fn options() -> Options {
    let life =
        env::args().nth(1).and_then(|minutes| minutes.parse().ok()).map_or(5 * MINUTE, |minutes: u32| minutes * MINUTE);
    Options {
        role_credentials: life,
        access_token: 2 * life,
        session: 60 * MINUTE,
        device_interval: 1,
        ..Options::default()
    }
}

/// Hands the terminal to the user's own shell.
fn play(ssox: &Path) -> Result<ExitCode> {
    let shell = Shell::of_user().ok_or("no shell that ssox supports is on PATH: set SHELL to one")?;
    let browser = Browser::here();
    let mut options = options();
    if browser == Browser::None {
        (options.device, options.device_polls) = (Person::Approves, 3);
    }
    let standin = Standin::with(options);
    let sandbox = SandboxHome::new(&standin, ssox)?;
    let mut command = shell.prepare(sandbox.home())?;
    sandbox.set_environment(&mut command);
    browser.set_program(sandbox.home(), &mut command)?;
    greet(&standin, &sandbox, &shell, &browser);
    let status = signals::run(&mut command)?;
    drop(sandbox);
    // The terminal may be closed already.
    let _ = writeln!(stderr(), "sandbox: ended, its files are removed");
    Ok(exit_code(status))
}

fn greet(standin: &Standin, sandbox: &SandboxHome, shell: &Shell, browser: &Browser) {
    let sign_in = match browser {
        Browser::None => "signs in; there is no browser here, so the stand-in confirms by itself",
        _ => "signs in: a page opens in your browser, click `Allow access`",
    };
    eprintln!(
        "\nA stand-in Identity Center listens on {}. No AWS account is involved.\n\
         This is your {} with a home of its own, {}. Try:\n\n  \
         ssox use dev           {sign_in}\n  \
         ssox use stg           another account; look at the prompt\n  \
         ssox use -             back to the previous profile\n  \
         ssox list              all profiles\n  \
         ssox configure populate   a profile for every account and role\n  \
         ssox status --verify   whose credentials these are, according to AWS (here: the stand-in)\n  \
         ssox clear             removes the credentials from the shell\n  \
         exit                   ends the sandbox and removes its files\n\n\
         Credentials are valid for {} minutes here: watch the prompt renew them.\n",
        standin.url(),
        shell.name(),
        sandbox.home().display(),
        options().role_credentials.as_secs() / 60,
    );
}

/// Runs the first steps of a newcomer, and prints each with what it does.
fn walk(ssox: &Path) -> Result<ExitCode> {
    let standin = Standin::with(options());
    let sandbox = SandboxHome::new(&standin, ssox)?;
    standin.seed_token(sandbox.home(), "corp", &Grant::default());
    println!(
        "There is no terminal here, so this runs the first steps with ssox and prints them.\n\
         A stand-in Identity Center listens on {}; session corp is already signed in.",
        standin.url()
    );
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "-c", WALK, "sandbox"]).stdin(Stdio::null());
    sandbox.set_environment(&mut bash);
    let status = signals::run(&mut bash).map_err(|error| format!("could not run bash for the steps: {error}"))?;
    let asked: Vec<String> = standin.counts().iter().map(|(name, count)| format!("{name} {count}")).collect();
    println!("\nRequests to the stand-in: {}", asked.join(", "));
    match standin.violations() {
        violations if violations.is_empty() => Ok(exit_code(status)),
        violations => Err(format!("AWS would have rejected: {}", violations.join("; ")).into()),
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status.code().or(signal.map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
