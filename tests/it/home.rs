//! A home directory, an environment and a stand-in of Identity Center, with which the tests run ssox.

use ssox_standin::{Grant, Standin, Token};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

/// The program under test.
pub(crate) const SSOX: &str = env!("CARGO_BIN_EXE_ssox");

/// A home directory with profiles `dev`, `stg` and `legacy`, and the stand-in that they use.
pub(crate) struct Home {
    pub(crate) standin: Standin,
    directory: TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    /// Makes one where nobody has signed in.
    pub(crate) fn new() -> Self {
        let (standin, directory) = (Standin::start(), tempfile::tempdir().expect("a temporary directory can be made"));
        let environment = standin.seed_home(directory.path());
        Self { standin, directory, environment }
    }

    /// Makes one where session `corp` is signed in.
    pub(crate) fn signed_in() -> Self {
        let home = Self::new();
        home.sign_in(&Grant::default());
        home
    }

    /// Puts a token of session `corp` into the cache.
    pub(crate) fn sign_in(&self, grant: &Grant) -> Token {
        self.standin.seed_token(self.directory.path(), "corp", grant)
    }

    /// Makes the token of session `corp` an old one: a new token is not refreshed, however short its lifetime.
    pub(crate) fn age_token(&self) {
        let file = ssox_standin::token_file(self.directory.path(), "corp");
        let file = fs::File::options().write(true).open(file).expect("there is a token");
        let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        file.set_modified(long_ago).expect("a time can be set");
    }

    /// Returns a path below the home directory.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.directory.path().join(below)
    }

    /// Replaces `~/.aws/config`.
    pub(crate) fn write_config(&self, text: &str) {
        fs::write(self.path(".aws/config"), text).expect("the config can be written");
    }

    /// Adds to `~/.aws/config`.
    pub(crate) fn add_config(&self, text: &str) {
        let known = fs::read_to_string(self.path(".aws/config")).expect("the config can be read");
        self.write_config(&format!("{known}\n{text}"));
    }

    /// Returns a program to run in this home: its environment, PATH, and nothing else; no input.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.directory.path());
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        command
    }

    /// Runs ssox to its end.
    pub(crate) fn ssox(&self, arguments: &[&str]) -> Ran {
        self.ssox_with(arguments, &[])
    }

    /// Runs ssox with more variables.
    pub(crate) fn ssox_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(SSOX);
        Ran(command.args(arguments).envs(variables.iter().copied()).output().expect("ssox starts"))
    }

    /// Returns the names of the files of a directory below the home, sorted; none when it is not there.
    pub(crate) fn files(&self, below: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(below)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// The output and exit status of a run.
#[must_use = "look at the exit status, at least"]
pub(crate) struct Ran(pub(crate) Output);

impl Ran {
    pub(crate) fn status(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Expects success, and returns stdout.
    pub(crate) fn ok(&self) -> String {
        assert_eq!(self.status(), 0, "stderr: {}", self.stderr());
        self.stdout()
    }

    /// Expects an exit status, nothing on stdout, an error of two lines; returns them.
    pub(crate) fn fails(&self, status: i32) -> String {
        let stderr = self.stderr();
        assert_eq!((self.status(), self.stdout().as_str()), (status, ""), "stderr: {stderr}");
        let error = stderr.split_once("ssox: ").map(|(_, error)| error).unwrap_or_default();
        assert!(error.contains("ssox: hint: "), "no hint in: {stderr}");
        stderr
    }

    /// Returns what the reply sets a variable to.
    pub(crate) fn set(&self, name: &str) -> Option<String> {
        let prefix = format!("={name}=");
        self.stdout().lines().find_map(|line| line.strip_prefix(&prefix).map(String::from))
    }

    /// Returns all that the reply sets.
    pub(crate) fn all_set(&self) -> Vec<(String, String)> {
        let text = self.ok();
        let lines = text.lines().filter_map(|line| line.strip_prefix('=')?.split_once('='));
        lines.map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// Tells whether the reply unsets a variable.
    pub(crate) fn unsets(&self, name: &str) -> bool {
        self.stdout().lines().any(|line| line == format!("-{name}"))
    }
}
