//! `ssox configure populate` with 1,000 accounts of 4 roles each, beside the limit of AWS and beside `aws-sso-util` on the
//! same stand-in: time and memory.

use ssox_standin::{Account, Grant, Options, START_URL, Standin};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const ACCOUNTS: usize = 1000;
const ROLES: usize = 4;
/// Requests per second that AWS allows.
const ALLOWED: u32 = 20;
/// The peer needs minutes: it is ended when it has taken this many times as long.
const CERTAIN: u32 = 60;
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// How long a program ran, the most memory it used in KiB (on Linux), and whether it ended by itself.
struct Measured {
    time: Duration,
    memory: Option<u64>,
    has_ended: bool,
}

/// Prints the table.
pub(crate) fn populate(ssox: &Path, peer: Option<&Path>) {
    let ours = measure(&mut command(ssox, &["configure", "populate", "--yes"], None), Duration::MAX);
    row("ssox configure populate", &ours, &ours);
    if let Some(peer) = peer {
        let arguments = [
            "configure",
            "populate",
            "--sso-start-url",
            START_URL,
            "--sso-region",
            "eu-west-1",
            "--region",
            "eu-west-1",
        ];
        let theirs = measure(&mut command(peer, &arguments, None), ours.time * CERTAIN);
        row("aws-sso-util configure populate (at least 50 x, 3 x the memory)", &theirs, &ours);
    } else {
        println!("  NOT MEASURED: aws-sso-util, which is not on PATH");
    }
    let requests = ACCOUNTS + ACCOUNTS.div_ceil(100);
    let least =
        Measured { time: Duration::from_secs_f64(requests as f64 / f64::from(ALLOWED)), memory: None, has_ended: true };
    row(&format!("{requests} requests, {ALLOWED} a second"), &least, &least);
    let limited = measure(&mut command(ssox, &["configure", "populate", "--yes"], Some(ALLOWED)), Duration::MAX);
    row("ssox configure populate at that limit (at most 1.1 x)", &limited, &least);
}

/// A program with a home of its own, where somebody is signed in; the stand-in runs as long as it does.
struct Running {
    command: Command,
    standin: Standin,
    _home: tempfile::TempDir,
}

fn command(program: &Path, arguments: &[&str], rate: Option<u32>) -> Running {
    let accounts = Account::many(ACCOUNTS, ROLES);
    let standin =
        Standin::with(Options { accounts, portal_rate: rate, portal_retry_after: Some(1), ..Options::default() });
    let home = tempfile::tempdir().expect("a temporary directory can be made");
    let environment = standin.seed_home(home.path());
    for session in ["corp", START_URL] {
        standin.seed_token(home.path(), session, &Grant::default());
    }
    let config = format!("[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n");
    fs::write(home.path().join(".aws/config"), config).expect("a file can be written");
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Running { command, standin, _home: home }
}

fn measure(running: &mut Running, longest: Duration) -> Measured {
    let start = Instant::now();
    let mut child = running.command.spawn().expect("it starts");
    let mut memory = None;
    loop {
        memory = peak(&child).or(memory);
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            assert!(
                status.success() && running.standin.count("ListAccountRoles") >= ACCOUNTS as u64,
                "it fails: nothing to measure"
            );
            return Measured { time: start.elapsed(), memory, has_ended: true };
        }
        if start.elapsed() > longest {
            child.kill().expect("it can be ended");
            child.wait().expect("it can be waited for");
            return Measured { time: start.elapsed(), memory, has_ended: false };
        }
        sleep(POLL_INTERVAL);
    }
}

/// Returns the most memory that a program has used so far, in KiB.
fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn row(name: &str, measured: &Measured, reference: &Measured) {
    let ratio = measured.time.as_secs_f64() / reference.time.as_secs_f64();
    let more = if measured.has_ended { " " } else { ">" };
    let memory = measured.memory.map_or_else(String::new, |kib| format!("  {:>6.1} MiB", kib as f64 / 1024.0));
    println!("  {name:<64} {more}{:>8.2} s   {more}{ratio:>6.2} x{memory}", measured.time.as_secs_f64());
}
