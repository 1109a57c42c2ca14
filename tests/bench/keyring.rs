//! A cached `use` with the keyring, beside one with files: the real gnome-keyring on a bus of its own.

use super::{Bench, Runner, compare, is_installed};
use ssox_standin::Standin;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const CONFIG: &str = "[profile keys]\naws_access_key_id = AKIASTANDINEXAMPLE00\n\
    aws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n\
    [profile p7]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = keys\nregion = eu-west-1\n";

const NAME: &str = "string:org.freedesktop.secrets";

impl Bench {
    /// Compares them with the credentials of an assumed role, which needs no sign-in.
    pub(super) fn keyring(&self) {
        if !["dbus-daemon", "dbus-send", "gnome-keyring-daemon"].into_iter().all(is_installed) {
            return println!("  left out: dbus or gnome-keyring is not installed");
        }
        let (standin, home) = (Standin::start(), self.directory.path().join("keyring"));
        fs::create_dir_all(home.join(".aws")).expect("a directory can be made");
        fs::DirBuilder::new().mode(0o700).create(home.join("run")).expect("a directory can be made");
        fs::write(home.join(".aws/config"), CONFIG).expect("a file can be written");
        let command = |program: &Path, store: &str| {
            let mut command = Command::new(program);
            self.environment(&mut command, 10);
            command.env("HOME", &home).env("XDG_RUNTIME_DIR", home.join("run")).env("SSOX_STORE", store);
            command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.join("bus").display()));
            command.env("AWS_ENDPOINT_URL", standin.url());
            command
        };
        fs::write(home.join("bus.conf"), bus_configuration(&home)).expect("a file can be written");
        let file = format!("--config-file={}", home.join("bus.conf").display());
        let bus = command(Path::new("dbus-daemon"), "").args(["--nofork", "--nosyslog", &file]).spawn();
        let mut running = Running(vec![bus.expect("dbus-daemon starts")]);
        wait_until(|| home.join("bus").exists());
        let mut keyring = command(Path::new("gnome-keyring-daemon"), "");
        let keyring = keyring.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut keyring = keyring.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("gnome-keyring starts");
        keyring.stdin.take().expect("it is piped").write_all(b"password").expect("it reads");
        running.0.push(keyring);
        let run = |store, arguments: &[&str]| {
            let mut command = command(&self.ssox, store);
            command.args(arguments).stdout(Stdio::null());
            command
        };
        let owner = ["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", NAME];
        wait_until(|| {
            let said = command(Path::new("dbus-send"), "").args(owner).output().expect("dbus-send starts");
            String::from_utf8_lossy(&said.stdout).contains("true")
        });
        for store in ["keyring", "files"] {
            wait_until(|| run(store, &["export", "p7"]).status().is_ok_and(|status| status.success()));
        }
        let of = |store: &'static str, target: &str| {
            Runner::new(format!("use, cached, with {store}{target}"), run(store, &["--emit=zsh1", "use", "p7"]))
        };
        compare(vec![of("files", ""), of("keyring", " (at most 3 x)")]);
    }
}

/// A bus that starts no services by itself: the keyring it would start has no password.
fn bus_configuration(home: &Path) -> String {
    let listen = format!("<listen>unix:path={}</listen>", home.join("bus").display());
    let rules = "<policy context=\"default\"><allow own=\"*\"/><allow send_destination=\"*\" eavesdrop=\"true\"/>\
        <allow eavesdrop=\"true\"/></policy>";
    format!("<busconfig><type>session</type>{listen}{rules}</busconfig>")
}

fn wait_until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "the keyring does not start");
        sleep(Duration::from_millis(20));
    }
}

/// Programs that end with the bench, also where it fails.
struct Running(Vec<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}
