//! The state of the server, and the requests it has received. Each protocol keeps its own part in its own file.

use crate::authorize::Consents;
use crate::clock::system_now;
use crate::faults::Faults;
use crate::http::{Request, Response};
use crate::keys::Key;
use crate::oidc::Oidc;
use crate::options::Options;
use crate::refusal::{Protocol, refusal};
use crate::saml::Assertion;
use crate::signin::SigninToken;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An operation's response; `?` returns an error response early.
pub(crate) type Answer = Result<Response, Response>;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) url: String,
    pub(crate) faults: Faults,
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) violations: Vec<String>,
    pub(crate) requests: Vec<Request>,
    /// Every secret that was issued or configured, for tests that look for leaks.
    pub(crate) secrets: Vec<String>,
    pub(crate) oidc: Oidc,
    pub(crate) consents: Consents,
    pub(crate) keys: HashMap<String, Key>,
    /// MFA codes that were used, with their device: each is accepted once.
    pub(crate) used_codes: HashSet<(String, String)>,
    pub(crate) assertions: HashMap<String, Assertion>,
    /// Cookies of people who have signed in at the identity provider.
    pub(crate) idp_sessions: HashSet<String>,
    pub(crate) signin_tokens: HashMap<String, SigninToken>,
    /// The times of requests to the portal during the last second.
    pub(crate) portal_calls: VecDeque<i64>,
    /// How many seconds the clock is ahead for the current request.
    pub(crate) skew: i64,
    /// How many milliseconds the clock of a test has been moved on.
    pub(crate) moved: Arc<AtomicU64>,
}

impl State {
    pub(crate) fn new(options: Options, url: String) -> Self {
        let secrets = options.users.iter().map(|user| user.secret_access_key.clone()).collect();
        Self {
            options,
            url,
            faults: Faults::default(),
            counts: BTreeMap::new(),
            violations: Vec::new(),
            requests: Vec::new(),
            secrets,
            oidc: Oidc::default(),
            consents: Consents::default(),
            keys: HashMap::new(),
            used_codes: HashSet::new(),
            assertions: HashMap::new(),
            idp_sessions: HashSet::new(),
            signin_tokens: HashMap::new(),
            portal_calls: VecDeque::new(),
            skew: 0,
            moved: Arc::default(),
        }
    }

    /// The server's clock, in milliseconds.
    pub(crate) fn now(&self) -> i64 {
        let moved = i64::try_from(self.moved.load(Ordering::SeqCst)).unwrap_or(i64::MAX);
        system_now() + moved + (self.options.clock_offset + self.skew) * 1000
    }

    pub(crate) fn count(&mut self, what: &str) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    /// Records that a client broke a rule, and returns the error response.
    pub(crate) fn violation(&mut self, protocol: Protocol, request: &Request, text: &str) -> Response {
        self.violations.push(format!("{}: {text}", request.operation));
        let code = if protocol == Protocol::Query { "ValidationError" } else { "InvalidRequestException" };
        refusal(protocol, 400, code, text)
    }

    /// Forgets the requests that it has received and the faults that it should simulate. Tokens and credentials that it has
    /// issued stay valid.
    pub(crate) fn forget(&mut self) {
        self.counts.clear();
        self.violations.clear();
        self.requests.clear();
        self.faults = Faults::default();
    }

    /// Records an issued secret for leak tests.
    pub(crate) fn secret(&mut self, value: String) -> String {
        self.secrets.push(value.clone());
        value
    }
}
