//! A stand-in for IAM Identity Center, STS, a bit of S3 and an identity provider, on one loopback port.
//!
//! ```no_run
//! use ssox_standin::{Fault, Grant, Options, Person, Standin, Times};
//! use std::time::Duration;
//!
//! let standin = Standin::start();                                  // stops when dropped
//! let home = std::path::Path::new("/tmp/some-home");
//! let env = standin.seed_home(home);                               // ~/.aws/config: dev, stg (session corp), legacy
//! let token = standin.seed_token(home, "corp", &Grant::default()); // as if signed in; also by START_URL, for legacy
//!
//! // Run a program with an otherwise empty environment, `env` and PATH; then look at what it asked for.
//! assert_eq!(standin.count("GetRoleCredentials"), 1);
//! assert_eq!(standin.count("CreateToken.refresh_token"), 0);       // CreateToken counts all three grants
//! assert_eq!(standin.count("reused_refresh_token"), 0);
//! assert_eq!(standin.violations(), [""; 0]);                       // strict about whatever it is sent
//!
//! standin.fault("GetRoleCredentials", Fault::Status(429), Times::Next(2));
//! standin.fault("*", Fault::Hang, Times::Forever);                 // each operation of AWS
//! standin.clear_faults("*");
//! standin.configure(|options| {
//!     options.role_credentials = Duration::from_secs(8);
//!     options.authorize = Person::Approves;                        // /authorize answers 302 at once: `BROWSER="curl -sL"`
//!     options.device = Person::Approves;
//!     options.device_polls = 3;                                    // … after three polls that are told to wait
//! });
//! ```
//!
//! Names of operations are AWS's (`RegisterClient`, `CreateToken`, `ListAccounts`, `AssumeRole` …); pages are
//! `Authorize`, `AuthorizeDecision`, `DevicePage`, `DeviceDecision`. Accounts are 111122223333 `dev`, 222233334444
//! `staging` and 333344445555 `prod-main`, each with the roles `ReadOnly`, `Admin` and `PowerUser`; what else there is by
//! default stands in `Options`. The same controls are there for other processes under `/_standin/` (`control.rs`).
//!
//! Invariant: the stand-in depends on AWS's protocols only, not on ssox.
#![forbid(unsafe_code)]

mod authorize;
mod clock;
mod control;
mod device;
mod faults;
mod federated;
mod fields;
mod http;
mod idp;
mod keys;
mod oidc;
mod options;
mod pages;
mod parameters;
mod portal;
mod refusal;
mod registration;
mod route;
mod s3;
mod saml;
mod server;
mod signin;
mod sigv4;
mod state;
mod sts;
mod text;
mod token;

pub use faults::{Fault, Times};
pub use http::Request;
pub use options::{Account, IamUser, Options, Person, RoleRule, Rotation, START_URL};
pub use token::{Grant, Token, token_file};

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Standin {
    server: server::Server,
}

impl Standin {
    /// Starts one with the usual options, on a free port.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub fn start() -> Self {
        Self::with(Options::default())
    }

    /// Starts one with these options.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub fn with(options: Options) -> Self {
        Self { server: server::Server::start(options, 0).expect("loopback has a free port") }
    }

    /// Returns its URL without a slash at the end: the value for `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        self.server.state().url.clone()
    }

    /// Returns by how many milliseconds the server's clock has been moved on: the clock of a test that shares it moves both.
    pub fn clock(&self) -> Arc<AtomicU64> {
        self.server.state().moved.clone()
    }

    /// Returns how often an operation was requested, or an event happened (`reused_refresh_token`, `reused_code`,
    /// `polled_too_soon`, `throttled`).
    pub fn count(&self, what: &str) -> u64 {
        self.server.state().counts.get(what).copied().unwrap_or(0)
    }

    /// Returns everything that was counted.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.server.state().counts.clone()
    }

    /// Returns the number of requests for all operations.
    pub fn total(&self) -> usize {
        self.server.state().requests.len()
    }

    /// Returns the rules that clients broke.
    pub fn violations(&self) -> Vec<String> {
        self.server.state().violations.clone()
    }

    /// Returns all requests in order.
    pub fn requests(&self) -> Vec<Request> {
        self.server.state().requests.clone()
    }

    /// Returns every secret that was issued, and those of the configured users.
    pub fn secrets(&self) -> Vec<String> {
        self.server.state().secrets.clone()
    }

    /// Adds a fault to an operation. `*` is every operation of AWS; `CreateToken.refresh_token` is one grant type of an
    /// operation.
    pub fn fault(&self, operation: &str, fault: Fault, times: Times) {
        self.server.state().faults.set(operation, fault, times);
    }

    /// Removes the faults of an operation; `*` removes all.
    pub fn clear_faults(&self, operation: &str) {
        self.server.state().faults.clear(operation);
    }

    /// Forgets counts, violations, requests and faults; what was issued stays valid.
    pub fn reset(&self) {
        self.server.state().forget();
    }

    /// Changes options while the server runs.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.server.state().options);
    }

    /// Confirms every pending device code; returns how many there were.
    pub fn approve_devices(&self) -> usize {
        self.server.state().decide_devices(Person::Approves)
    }

    /// Denies every pending device code; returns how many there were.
    pub fn refuse_devices(&self) -> usize {
        self.server.state().decide_devices(Person::Refuses)
    }

    /// Issues a token as if a person had signed in.
    pub fn issue_token(&self, grant: &Grant) -> Token {
        self.server.state().issue_token(grant)
    }

    /// Ends every session: access tokens are rejected (401), and nothing can be refreshed (invalid_grant).
    pub fn end_sessions(&self) {
        self.server.state().end_sessions();
    }

    /// Revokes every access token (401); the sessions can still be refreshed.
    pub fn end_access_tokens(&self) {
        self.server.state().end_access_tokens();
    }

    /// Returns the address of the identity provider's page, with options such as `roles=2&order=provider-first` (all
    /// are in `idp.rs`).
    pub fn idp_url(&self, wishes: &str) -> String {
        format!("{}/idp/saml?{wishes}", self.url())
    }

    /// Issues a SAML response in base64, with the same options; STS accepts it for five minutes.
    pub fn saml_response(&self, wishes: &str) -> String {
        self.server.state().issue_saml_response(&saml::Wishes::read(wishes))
    }

    /// Writes `~/.aws/config` with the profiles `dev`, `stg` and `legacy` and returns what the environment of a child
    /// needs, on top of an environment without any `AWS_…`, `SSOX_…` or proxy variable.
    ///
    /// # Panics
    /// When the directory cannot be written.
    pub fn seed_home(&self, home: &Path) -> Vec<(String, String)> {
        token::write_config(home).expect("a test's home can be written");
        let home = home.display().to_string();
        let pairs = [("HOME", home.as_str()), ("AWS_ENDPOINT_URL", &self.url()), ("AWS_EC2_METADATA_DISABLED", "true")];
        pairs.map(|(name, value)| (name.to_string(), value.to_string())).to_vec()
    }

    /// Issues a token and puts it into the cache of a home, for an sso-session's name or a legacy start URL.
    ///
    /// # Panics
    /// When the directory cannot be written.
    pub fn seed_token(&self, home: &Path, session_or_start_url: &str, grant: &Grant) -> Token {
        let token = self.issue_token(grant);
        token.write(home, session_or_start_url).expect("a test's home can be written");
        token
    }
}
