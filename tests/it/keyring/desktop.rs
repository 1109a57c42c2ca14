//! A private D-Bus session bus with the gnome-keyring of the system on it, for one home directory.

use crate::home::{Home, Ran, SSOX};
use crate::pty::{Terminal, eventually, screen};
use crate::shells::installed;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::process::{Child, Command, Stdio};

const PASSWORD: &[u8] = b"correct horse";
/// A browser that follows redirects and prints nothing.
const CURL: &str = "curl -sL --noproxy *";
const SERVICE: &str = "org.freedesktop.secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// A home whose environment has a bus of its own.
pub(super) struct Desktop {
    pub(super) home: Home,
    processes: Vec<Child>,
}

impl Desktop {
    /// Makes one with an unlocked keyring, if dbus and gnome-keyring are installed.
    pub(super) fn unlocked(home: Home) -> Option<Self> {
        let mut desktop = Self::without_keyring(home)?;
        desktop.start_keyring(&[]);
        Some(desktop)
    }

    /// Makes one where no program provides the Secret Service.
    pub(super) fn without_keyring(home: Home) -> Option<Self> {
        let programs = ["dbus-daemon", "dbus-send", "dbus-monitor", "gnome-keyring-daemon"];
        if !programs.map(installed).iter().all(|there| *there) {
            return None;
        }
        fs::DirBuilder::new().mode(0o700).create(home.path("run")).unwrap();
        let rules = "<policy context=\"default\"><allow own=\"*\"/><allow send_destination=\"*\" eavesdrop=\"true\"/>\
            <allow eavesdrop=\"true\"/></policy>";
        let listen = format!("<listen>unix:path={}</listen>", home.path("bus").display());
        fs::write(home.path("bus.conf"), format!("<busconfig><type>session</type>{listen}{rules}</busconfig>"))
            .unwrap();
        let mut desktop = Self { home, processes: Vec::new() };
        let config = format!("--config-file={}", desktop.home.path("bus.conf").display());
        desktop.start(desktop.command("dbus-daemon").args(["--nofork", "--nosyslog", &config]));
        eventually("a bus", || desktop.home.path("bus").exists().then_some(()));
        Some(desktop)
    }

    /// Returns a program to run in this home, on this bus, with `SSOX_STORE=keyring`.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = self.home.command(program);
        command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.home.path("bus").display()));
        command.env("XDG_RUNTIME_DIR", self.home.path("run")).env("SSOX_STORE", "keyring");
        command.env("BROWSER", CURL).env("TERM", "xterm-256color").env("LC_ALL", "C");
        command
    }

    pub(super) fn ssox(&self, arguments: &[&str]) -> Ran {
        self.ssox_with(arguments, &[])
    }

    pub(super) fn ssox_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let variables = variables.iter().copied();
        Ran(self.command(SSOX).args(arguments).envs(variables).output().expect("ssox starts"))
    }

    /// Runs ssox in a terminal, where a person can be asked; returns what the terminal shows in the end.
    pub(super) fn in_terminal(&self, arguments: &[&str], store: &str) -> (String, i32) {
        let mut command = self.command(SSOX);
        command.args(arguments).env("SSOX_STORE", store);
        let (said, status) = Terminal::start(command).wait_for_end();
        (screen(&said), status.code().unwrap_or(-1))
    }

    pub(super) fn lock(&self) {
        self.send("org.freedesktop.Secret.Service.Lock", &[&format!("array:objpath:{LOGIN}")]);
        assert!(self.is_locked());
    }

    /// Unlocks it as a person without a desktop does.
    pub(super) fn unlock(&mut self) {
        self.start_keyring(&["--replace"]);
    }

    /// Returns how many entries the keyring has of ssox, locked or not.
    pub(super) fn entries(&self) -> usize {
        let found = self.send("org.freedesktop.Secret.Service.SearchItems", &["dict:string:string:application,ssox"]);
        found.matches("object path").count()
    }

    /// Watches for calls that make the keyring ask somebody, until the returned monitor is asked.
    pub(super) fn monitor(&self) -> Monitor {
        let mut monitor = self.command("dbus-monitor");
        monitor.args(["--profile", "type='method_call'"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut monitor = monitor.spawn().expect("dbus-monitor starts");
        // What it prints first says that it listens.
        let mut first = [0; 1];
        std::io::Read::read_exact(monitor.stdout.as_mut().unwrap(), &mut first).unwrap();
        Monitor(monitor)
    }

    fn start_keyring(&mut self, more: &[&str]) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]).args(more).stdin(Stdio::piped());
        self.start(&mut command);
        let mut stdin = self.processes.last_mut().and_then(|child| child.stdin.take()).unwrap();
        stdin.write_all(PASSWORD).unwrap();
        drop(stdin);
        eventually("an unlocked keyring", || (self.has_keyring() && !self.is_locked()).then_some(()));
    }

    fn has_keyring(&self) -> bool {
        let mut command = self.command("dbus-send");
        command.args(["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"]);
        let said = command.arg(format!("string:{SERVICE}")).output().expect("dbus-send starts");
        String::from_utf8_lossy(&said.stdout).contains("true")
    }

    fn is_locked(&self) -> bool {
        let mut command = self.command("dbus-send");
        command.args(["--print-reply", &format!("--dest={SERVICE}"), LOGIN, "org.freedesktop.DBus.Properties.Get"]);
        command.args(["string:org.freedesktop.Secret.Collection", "string:Locked"]);
        !String::from_utf8_lossy(&command.output().expect("dbus-send starts").stdout).contains("false")
    }

    fn send(&self, method: &str, arguments: &[&str]) -> String {
        let mut command = self.command("dbus-send");
        command.args(["--print-reply", &format!("--dest={SERVICE}"), "/org/freedesktop/secrets", method]);
        let sent = command.args(arguments).output().expect("dbus-send starts");
        assert!(sent.status.success(), "{method}: {}", String::from_utf8_lossy(&sent.stderr));
        String::from_utf8_lossy(&sent.stdout).into_owned()
    }

    fn start(&mut self, command: &mut Command) {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.processes.push(child.unwrap_or_else(|cause| panic!("{command:?}: {cause}")));
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A running dbus-monitor.
pub(super) struct Monitor(Child);

impl Monitor {
    /// Returns the lines of calls that unlock or prompt.
    pub(super) fn prompts(mut self) -> Vec<String> {
        self.0.kill().unwrap();
        let seen = self.0.wait_with_output().unwrap();
        let lines = String::from_utf8_lossy(&seen.stdout).lines().map(String::from).collect::<Vec<_>>();
        assert!(lines.iter().any(|line| line.contains("OpenSession")), "nothing was seen: {lines:?}");
        lines.into_iter().filter(|line| line.ends_with("Unlock") || line.ends_with("\tPrompt")).collect()
    }
}
