//! The environment, home directory and clock of this process, which are read once and passed to all functions as `ctx`.
//!
//! Invariant: after the start only the clock changes. ssox has no settings file.

mod clock;
mod paths;
mod state;
mod syntax;

pub(crate) use clock::{Clock, Deadline};
pub(crate) use state::refused;
pub(crate) use syntax::ShellSyntax;

use crate::error::Error;
use crate::keyring::{Bus, Keyring};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The AWS configuration files. For each file: the variable of ssox that contains the path of the file, the variable of
/// AWS that contains this path, and the usual name of the file.
pub(crate) const REAL_FILES: [(&str, &str, &str); 2] = [
    ("SSOX_CONFIG_FILE", "AWS_CONFIG_FILE", "config"),
    ("SSOX_SHARED_CREDENTIALS_FILE", "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
];

/// How long to wait for the keyring, which the system may have to start first.
const KEYRING_LIMIT: Duration = Duration::from_secs(10);
/// How long a shell's prompt may wait for the keyring.
const HOOK_LIMIT: Duration = Duration::from_millis(100);

/// `true` in this variable keeps AWS tools from asking the instance metadata service for credentials. ssox sets it for
/// programs that use ssox's endpoint.
pub(crate) const NO_MACHINE: &str = "AWS_EC2_METADATA_DISABLED";

/// The environment, home directory and clock of this process.
#[derive(Clone, Default)]
pub(crate) struct Context {
    /// The environment variables, with the values that ssox uses. They are not wiped from memory, because they stay in
    /// the environment of the process anyway.
    env: BTreeMap<String, OsString>,
    home: Option<PathBuf>,
    /// The variables that have another value in `env` than in the environment of the process, each with the value from
    /// the environment. The programs that ssox starts get the values from the environment.
    replaced: Vec<(&'static str, Option<OsString>)>,
    /// The beginning of the command line, such as `ssox use dev`: at most two words after `ssox`, and no options,
    /// because options may contain secrets.
    pub(crate) command: String,
    /// Whether the warning about a cache that cannot be written has been shown.
    has_warned_of_cache: Arc<AtomicBool>,
    /// Whether the warning about an endpoint URL without encryption has been shown.
    has_warned_of_plain_endpoint: Arc<AtomicBool>,
    /// What is wrong with the state directory, if anything; empty until it has been checked.
    state_error: Arc<OnceLock<Option<Error>>>,
    /// The value of `--emit`: which shell function called ssox.
    pub(crate) emit: Option<String>,
    /// `-v`: write a log to stderr, in which secrets are redacted.
    pub(crate) verbose: bool,
    /// `--no-input`, `CI`, or no terminal: ask no question and open no browser.
    pub(crate) no_input: bool,
    /// The syntax in which hints set and unset variables.
    pub(crate) syntax: ShellSyntax,
    /// The keyring of this user. Most processes never connect to it.
    pub(crate) keyring: Keyring,
    /// Whether the hook in a shell prompt waits for this process.
    pub(crate) is_hook: bool,
    /// The function that is called after a person has signed in to a session. Its arguments are the context, and the
    /// label and the start URL of the session. The function that parses the command line sets this field.
    pub(crate) after_sign_in: Option<fn(&Self, &str, &str)>,
    /// The clock of the system; tests replace it.
    pub(crate) clock: Clock,
}

/// Shows no variables, because they may contain secrets.
impl fmt::Debug for Context {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Context({} variables, {})", self.env.len(), self.command)
    }
}

impl Context {
    /// Reads the environment of the process.
    pub(crate) fn from_process() -> Self {
        let env = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
        Self { command: command_of(words), ..Self::new(env) }
    }

    /// Makes a context from environment variables. As in AWS tools, the home directory is `HOME` on every platform; on
    /// Windows, `USERPROFILE` or `HOMEDRIVE` and `HOMEPATH` come next.
    pub(crate) fn new(env: impl IntoIterator<Item = (String, OsString)>) -> Self {
        let mut ctx = Self { env: env.into_iter().collect(), command: "ssox".into(), ..Self::default() };
        ctx.home = paths::home_of(&ctx);
        ctx.use_real_files();
        let [address, runtime_dir] =
            ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"].map(|name| ctx.var(name).map(String::from));
        ctx.keyring = Keyring::new(Bus { address, runtime_dir });
        ctx
    }

    /// Returns how long to wait for the keyring. The hook of a prompt waits only for a moment. If the keyring needs
    /// longer, the shell keeps the old credentials a little longer.
    pub(crate) fn keyring_limit(&self) -> Duration {
        if self.is_hook { HOOK_LIMIT } else { KEYRING_LIMIT }
    }

    /// Makes ssox use the real configuration files in a program that uses ssox's endpoint (`exec --serve` or `serve`).
    /// In such a program, the AWS variables for the configuration files contain paths of files without profiles, and
    /// two ssox variables contain the real paths. Also removes `AWS_EC2_METADATA_DISABLED`, because ssox may ask the
    /// instance metadata service for credentials if a profile has `credential_source`.
    fn use_real_files(&mut self) {
        if self.var("SSOX_ENDPOINT").is_none() {
            // Outside of such a program, the two variables mean nothing: no tool would read these files.
            REAL_FILES.iter().for_each(|(own, ..)| drop(self.env.remove(*own)));
            return;
        }
        if self.var(NO_MACHINE) == Some("true") {
            self.replaced.push((NO_MACHINE, self.env.remove(NO_MACHINE)));
        }
        for (own, aws, name) in REAL_FILES {
            let Some(real) = self.var(own).map(String::from) else { continue };
            self.replaced.push((aws, self.env.get(aws).cloned()));
            let usual = self.home.as_ref().map(|home| home.join(".aws").join(name));
            if usual.as_deref() == Some(Path::new(&real)) {
                self.env.remove(aws);
            } else {
                self.env.insert(aws.into(), real.into());
            }
        }
    }

    /// Returns a copy in which the variables have the values that other programs get. They differ from those that ssox
    /// uses only in a program that uses ssox's endpoint (`exec --serve` or `serve`).
    pub(crate) fn for_programs(&self) -> Self {
        let mut ctx = self.clone();
        for (name, value) in ctx.replaced.drain(..) {
            match value {
                Some(value) => ctx.env.insert(name.into(), value),
                None => ctx.env.remove(name),
            };
        }
        ctx
    }

    /// Returns the value of a variable; `None` if it is unset, empty or not UTF-8. AWS tools, too, treat an empty
    /// variable as unset.
    pub(crate) fn var(&self, name: &str) -> Option<&str> {
        self.env.get(name).and_then(|value| value.to_str()).filter(|value| !value.is_empty())
    }

    /// Returns a copy without some variables.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut ctx = self.clone();
        ctx.env.retain(|name, _| !names.contains(&name.as_str()));
        ctx
    }

    /// Returns a copy in which a variable has this value.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut ctx = self.clone();
        ctx.env.insert(name.into(), value.into());
        ctx
    }

    /// Returns a copy that asks a person nothing.
    pub(crate) fn unattended(&self) -> Self {
        Self { no_input: true, ..self.clone() }
    }

    /// Returns the value of a variable, even if it is empty or not UTF-8.
    pub(crate) fn var_os(&self, name: &str) -> Option<&OsString> {
        self.env.get(name)
    }

    /// Returns a digest of all variables, in hexadecimal digits. The digest reveals no value.
    pub(crate) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for (name, value) in &self.env {
            [name.as_bytes(), b"=", value.as_encoded_bytes(), b"\0"].iter().for_each(|part| digest.update(part));
        }
        hex::encode(digest.finalize())
    }

    /// Returns the shell whose function called ssox, and the version of the reply that the shell function reads, such
    /// as `zsh1`. `None` if no shell function called ssox.
    pub(crate) fn caller(&self) -> Option<&str> {
        self.emit.as_deref().or_else(|| self.var("SSOX_FUNCTION"))
    }

    /// Tells whether ssox runs in WSL, where Windows programs can be started.
    pub(crate) fn is_wsl(&self) -> bool {
        ["WSL_DISTRO_NAME", "WSL_INTEROP"].iter().any(|name| self.var(name).is_some())
    }

    /// Returns true in the first call only: the warning about a cache that cannot be written is shown once.
    pub(crate) fn is_first_unwritable_cache(&self) -> bool {
        !self.has_warned_of_cache.swap(true, Ordering::Relaxed)
    }

    /// Returns true in the first call only: the warning about an endpoint URL without encryption is shown once.
    pub(crate) fn is_first_plain_endpoint(&self) -> bool {
        !self.has_warned_of_plain_endpoint.swap(true, Ordering::Relaxed)
    }

    /// Writes one line to stderr if `-v` is given.
    ///
    /// Invariant: no caller passes a secret.
    pub(crate) fn log(&self, line: impl FnOnce() -> String) {
        if self.verbose {
            tell(&format!("ssox: {}", crate::error::printable(&line())));
        }
    }
}

/// Tells whether the command line has `--json` before any `--`. This works before the command line is parsed, and also
/// if the command line is wrong.
pub(crate) fn is_json_asked_for() -> bool {
    std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

/// Writes a line to stderr in a single write, so that lines of several processes do not mix. Errors are ignored,
/// because a closed stderr must not end a command.
pub(crate) fn tell(line: &str) {
    let _ = stderr().write_all(format!("{line}\n").as_bytes());
}

/// Tells whether the terminal cannot clear a line: `TERM` is `dumb` or, except on Windows, not set.
pub(crate) fn is_dumb_terminal() -> bool {
    std::env::var_os("TERM").map_or(cfg!(unix), |term| term == "dumb")
}

/// Returns the command line up to the first option, because the word after an option may be a secret such as an MFA
/// code.
fn command_of(words: impl Iterator<Item = String>) -> String {
    let words = words.skip_while(|word| word.starts_with("--emit=")).take_while(|word| !word.starts_with('-'));
    std::iter::once("ssox".to_string()).chain(words.take(2)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    fn context(vars: &[(&str, &str)]) -> Context {
        Context::new(vars.iter().map(|(name, value)| ((*name).into(), OsString::from(value))))
    }

    #[test]
    fn an_empty_variable_counts_as_unset_but_can_be_read() {
        let ctx = context(&[("AWS_PROFILE", "")]);
        assert_eq!(ctx.var("AWS_PROFILE"), None);
        assert!(ctx.var_os("AWS_PROFILE").is_some());
    }

    #[test]
    fn debug_shows_no_variable() {
        assert_redacted(&context(&[("AWS_SECRET_ACCESS_KEY", HUNTER2)]));
    }

    #[test]
    fn the_command_is_named_without_its_options() {
        let table = [
            ("use dev --mfa-code 123456", "ssox use dev"),
            ("--emit=zsh1 use dev", "ssox use dev"),
            ("use --mfa-code 123456 dev", "ssox use"),
            ("exec dev -- env", "ssox exec dev"),
            ("-v use", "ssox"),
            ("", "ssox"),
        ];
        for (typed, named) in table {
            assert_eq!(command_of(typed.split_whitespace().map(String::from)), named, "{typed}");
        }
    }

    #[test]
    fn inside_exec_serve_ssox_reads_the_real_files() {
        let stub = [("HOME", "/h"), ("AWS_CONFIG_FILE", "/stub"), ("AWS_SHARED_CREDENTIALS_FILE", "/stub")];
        let real = [("SSOX_CONFIG_FILE", "/h/.aws/config"), ("SSOX_SHARED_CREDENTIALS_FILE", "/other")];
        let served = [("SSOX_ENDPOINT", "http://127.0.0.1:8/"), (NO_MACHINE, "true")];
        let inside = context(&served);
        assert_eq!((inside.var(NO_MACHINE), inside.for_programs().var(NO_MACHINE)), (None, Some("true")));
        assert_eq!(context(&served[1..]).var(NO_MACHINE), Some("true"));
        let outside = context(&[stub.as_slice(), &real].concat());
        assert_eq!((outside.var("AWS_CONFIG_FILE"), outside.var("SSOX_CONFIG_FILE")), (Some("/stub"), None));
        let ctx = context(&[stub.as_slice(), &real, &served].concat());
        assert_eq!(ctx.var("AWS_CONFIG_FILE"), None);
        assert_eq!(ctx.var("AWS_SHARED_CREDENTIALS_FILE"), Some("/other"));
        assert_eq!(ctx.for_programs().var("AWS_CONFIG_FILE"), Some("/stub"));
        assert_eq!(context(&stub).var("AWS_CONFIG_FILE"), Some("/stub"));
    }
}
