//! The options of the stand-in: lifetimes, accounts, people, static users, roles.

use std::collections::HashMap;
use std::time::Duration;

/// The start URL of the stand-in's Identity Center.
pub const START_URL: &str = "https://d-1234567890.awsapps.com/start";

/// All options; they can be changed while the server runs (`Standin::configure`).
#[derive(Clone, Debug)]
pub struct Options {
    /// Start URLs that exist; a trailing `/` or `#/` makes no difference, as with the real one.
    pub start_urls: Vec<String>,
    /// Who signs in.
    pub user: String,
    pub accounts: Vec<Account>,
    /// The most accounts or roles in one response.
    pub page_size: usize,
    /// Requests to the portal in a second before it responds with 429.
    pub portal_rate: Option<u32>,
    /// The seconds in `Retry-After` of that 429; without, it has no such header.
    pub portal_retry_after: Option<u64>,
    /// Accounts that are listed, but whose roles are not: 403.
    pub forbidden_accounts: Vec<String>,
    /// How long an access token is valid.
    pub access_token: Duration,
    /// How long a session can be refreshed.
    pub session: Duration,
    pub registration: Duration,
    pub role_credentials: Duration,
    /// How long credentials of STS are valid, whatever was requested.
    pub sts_credentials: Option<Duration>,
    /// How long a device code is valid.
    pub device_code: Duration,
    /// The seconds between polls.
    pub device_interval: u64,
    /// What a refresh does to the refresh token.
    pub rotation: Rotation,
    /// What happens at `/authorize`.
    pub authorize: Person,
    /// What happens to a device code, after so many polls.
    pub device: Person,
    pub device_polls: u32,
    /// The number of polls that get `slow_down` first.
    pub device_slow_downs: u32,
    pub users: Vec<IamUser>,
    /// The conditions for assuming a role; roles that are not here have none.
    pub roles: HashMap<String, RoleRule>,
    /// The alias of each account.
    pub aliases: HashMap<String, String>,
    /// Tokens AssumeRoleWithWebIdentity accepts.
    pub web_identity_tokens: Vec<String>,
    /// Seconds the server's clock is ahead: of headers, expirations, signatures.
    pub clock_offset: i64,
}

/// An account and the roles assigned in it.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    /// Missing in some real responses.
    pub name: Option<String>,
    pub email: Option<String>,
    pub roles: Vec<String>,
}

impl Account {
    pub fn new(id: &str, name: &str, roles: &[&str]) -> Self {
        let email = Some(format!("{name}@example.com"));
        Self { id: id.into(), name: Some(name.into()), email, roles: roles.iter().map(ToString::to_string).collect() }
    }

    /// Makes so many accounts with so many roles each: `100000000000` `account-0` with `Role0`, `Role1` …
    pub fn many(accounts: usize, roles: usize) -> Vec<Self> {
        let roles: Vec<String> = (0..roles).map(|n| format!("Role{n}")).collect();
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let id = |n: usize| (100_000_000_000 + n as u64).to_string();
        (0..accounts).map(|n| Self::new(&id(n), &format!("account-{n}"), &roles)).collect()
    }
}

/// What the person at the browser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// Gets a page with two buttons, and clicks one only if the test does.
    AtPage,
    /// Allows the access without seeing a page.
    Approves,
    /// Denies the access without seeing a page.
    Refuses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Each response has a new refresh token, and the previous one is used up.
    Rotates,
    /// The response has no refresh token; the old one stays valid.
    Stays,
}

/// A user with long-term keys.
#[derive(Clone, Debug)]
pub struct IamUser {
    pub account: String,
    pub name: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// The MFA device with the codes that it accepts, each once.
    pub mfa: Option<(String, Vec<String>)>,
}

/// The conditions of a role's trust policy.
#[derive(Clone, Debug)]
pub struct RoleRule {
    pub denied: bool,
    pub external_id: Option<String>,
    pub mfa: bool,
    /// The longest `DurationSeconds`.
    pub max_session: i64,
}

impl Default for RoleRule {
    fn default() -> Self {
        Self { denied: false, external_id: None, mfa: false, max_session: 43_200 }
    }
}

impl Default for Options {
    fn default() -> Self {
        let roles = ["ReadOnly", "Admin", "PowerUser"];
        Self {
            start_urls: vec![START_URL.into()],
            user: "jane@example.com".into(),
            accounts: vec![
                Account::new("111122223333", "dev", &roles),
                Account::new("222233334444", "staging", &roles),
                Account::new("333344445555", "prod-main", &roles),
            ],
            page_size: 100,
            portal_rate: None,
            portal_retry_after: None,
            forbidden_accounts: Vec::new(),
            access_token: Duration::from_secs(3600),
            session: Duration::from_secs(8 * 3600),
            registration: Duration::from_secs(90 * 86_400),
            role_credentials: Duration::from_secs(3600),
            sts_credentials: None,
            device_code: Duration::from_secs(600),
            device_interval: 1,
            rotation: Rotation::Rotates,
            authorize: Person::AtPage,
            device: Person::AtPage,
            device_polls: 0,
            device_slow_downs: 0,
            users: vec![default_user()],
            roles: default_roles(),
            aliases: HashMap::from([("111122223333".into(), "example-dev".into())]),
            web_identity_tokens: vec!["header.claims.signature".into()],
            clock_offset: 0,
        }
    }
}

/// `me` of 111122223333, whose MFA device accepts `123456`, `234567`, … in any order, each once.
fn default_user() -> IamUser {
    let codes = ["123456", "234567", "345678", "456789", "567890", "678901"];
    IamUser {
        account: "111122223333".into(),
        name: "me".into(),
        access_key_id: "AKIASTANDINEXAMPLE00".into(),
        secret_access_key: "standin/static+secret/EXAMPLEKEY00000000".into(),
        mfa: Some(("arn:aws:iam::111122223333:mfa/me".into(), codes.map(String::from).to_vec())),
    }
}

fn default_roles() -> HashMap<String, RoleRule> {
    let rule = RoleRule::default;
    HashMap::from([
        ("arn:aws:iam::444455556666:role/Denied".into(), RoleRule { denied: true, ..rule() }),
        ("arn:aws:iam::444455556666:role/NeedsMfa".into(), RoleRule { mfa: true, ..rule() }),
        (
            "arn:aws:iam::444455556666:role/NeedsExternalId".into(),
            RoleRule { external_id: Some("ext".into()), ..rule() },
        ),
        ("arn:aws:iam::444455556666:role/OneHour".into(), RoleRule { max_session: 3600, ..rule() }),
    ])
}
