//! Each call, as it should be and with everything that can go wrong.
//!
//! Deliberately not here: what is done with the answers.

use super::oidc::{self, Grant, RegistrationRequest, TokenAnswer};
use super::{Network, Timeouts, portal};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use ssox_standin::{Fault, Standin, Times};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const REGION: &str = "eu-west-1";

pub(super) fn context(variables: &[(&str, &str)]) -> Context {
    Context::new(variables.iter().map(|(name, value)| ((*name).into(), OsString::from(value))))
}

/// One attempt, as long as any busy machine needs.
pub(super) fn network(url: &str) -> Network {
    let url = Some(url.to_string());
    Network {
        sso: url.clone(),
        sso_oidc: url.clone(),
        sts: url.clone(),
        signin: url.clone(),
        iam: url,
        max_attempts: Some(1),
        ..Network::default()
    }
}

/// Waits for no answer that does not come.
fn impatient(network: Network) -> Network {
    let [connect, attempt, call] = [2000, 200, 500].map(Duration::from_millis);
    Network { timeouts: Timeouts { connect, attempt, call }, ..network }
}

fn credentials_with(ctx: &Context, network: &Network, token: &Secret) -> Result<crate::credentials::RoleCredentials> {
    portal::get_role_credentials(ctx, network, REGION, token, "111122223333", "ReadOnly")
}

/// Asks for role credentials with a good token.
fn ask(ctx: &Context, network: &Network, standin: &Standin) -> Result<crate::credentials::RoleCredentials> {
    let token = Secret::new(standin.issue_token(&ssox_standin::Grant::default()).access_token);
    credentials_with(ctx, network, &token)
}

fn fails(network: &Network, variables: &[(&str, &str)]) -> Error {
    credentials_with(&context(variables), network, &Secret::new("aoa")).unwrap_err()
}

/// Expects a kind, and words in message or hint.
#[track_caller]
fn assert_says(error: &Error, kind: Kind, words: &str) {
    let text = error.to_string();
    assert!(error.kind == kind && text.contains(words), "expected {kind:?} and `{words}`: {:?} {text}", error.kind);
    assert!(error.hint.is_some(), "no hint: {text}");
}

#[test]
fn role_credentials_are_fetched() {
    let standin = Standin::start();
    let keys = ask(&context(&[]), &network(&standin.url()), &standin).unwrap();
    assert!(keys.access_key_id.starts_with("ASIA") && keys.session_token.is_some());
    let left = keys.expiration.unwrap().seconds_after(context(&[]).now());
    assert!((3500..=3600).contains(&left), "{left}");
    assert_eq!(keys.account_id.as_deref(), Some("111122223333"));
    assert_eq!((standin.total(), standin.violations()), (1, vec![]));
}

#[test]
fn listings_are_read_to_the_last_page() {
    let standin = Standin::start();
    standin.configure(|options| {
        options.page_size = 2;
        options.accounts[1].name = None;
    });
    let token = Secret::new(standin.issue_token(&ssox_standin::Grant::default()).access_token);
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let accounts = portal::list_accounts(&ctx, &network, REGION, &token).unwrap();
    let names: Vec<_> = accounts.iter().map(|account| (account.id.as_str(), account.name.as_deref())).collect();
    assert_eq!(names, [("111122223333", Some("dev")), ("222233334444", None), ("333344445555", Some("prod-main"))]);
    let roles = portal::list_account_roles(&ctx, &network, REGION, &token, "111122223333").unwrap();
    assert_eq!(roles, ["ReadOnly", "Admin", "PowerUser"]);
    assert_eq!((standin.count("ListAccounts"), standin.count("ListAccountRoles")), (2, 2));
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn a_listing_that_is_throttled_goes_on() {
    let standin = Standin::start();
    let token = Secret::new(standin.issue_token(&ssox_standin::Grant::default()).access_token);
    standin.fault("ListAccounts", Fault::Status(429), Times::Next(3));
    let accounts = portal::list_accounts(&context(&[]), &network(&standin.url()), REGION, &token).unwrap();
    assert_eq!((accounts.len(), standin.count("ListAccounts")), (3, 4));
}

#[test]
fn after_logout_the_token_is_refused() {
    let standin = Standin::start();
    let token = Secret::new(standin.issue_token(&ssox_standin::Grant::default()).access_token);
    let (ctx, network) = (context(&[]), network(&standin.url()));
    portal::logout(&ctx, &network, REGION, &token).unwrap();
    assert_says(&credentials_with(&ctx, &network, &token).unwrap_err(), Kind::NeedsPerson, "ssox login");
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn each_fault_of_the_portal_has_its_words() {
    let table = [
        (Fault::Status(401), Kind::NeedsPerson, "the session is over"),
        (Fault::Status(403), Kind::Refused, "`ReadOnly` in `111122223333`: No access (ForbiddenException)"),
        (Fault::Status(404), Kind::Refused, "ssox list"),
        (Fault::Status(400), Kind::Configuration, "Request is not valid"),
        (Fault::Status(429), Kind::Unreachable, "throttling"),
        (Fault::Status(500), Kind::Unreachable, "AWS failed with 500: Internal server error"),
        (Fault::Status(503), Kind::Unreachable, "AWS failed"),
        (Fault::Reset, Kind::Unreachable, "was cut"),
        (Fault::Truncated, Kind::Unreachable, "was cut"),
        (Fault::InvalidJson, Kind::Unreachable, "answered 200 with what is no answer"),
        (Fault::Html, Kind::Unreachable, "sign-in page"),
        (Fault::Answer(401, "text/html".into(), "<p>hotel".into()), Kind::Unreachable, "answered 401"),
        (Fault::Answer(403, "text/html".into(), "<p>blocked".into()), Kind::Unreachable, "answered 403"),
        (Fault::Answer(200, "application/json".into(), "{}".into()), Kind::Unreachable, "no credentials"),
        (Fault::Answer(302, "text/html".into(), String::new()), Kind::Unreachable, "answered 302"),
    ];
    let standin = Standin::start();
    for (fault, kind, words) in table {
        standin.fault("GetRoleCredentials", fault.clone(), Times::Forever);
        let error = ask(&context(&[]), &network(&standin.url()), &standin).unwrap_err();
        assert_says(&error, kind, words);
        standin.clear_faults("*");
    }
}

#[test]
fn an_answer_that_does_not_come_is_not_waited_for() {
    let standin = Standin::start();
    standin.fault("GetRoleCredentials", Fault::Hang, Times::Forever);
    let network = impatient(network(&standin.url()));
    let error = ask(&context(&[]), &network, &standin).unwrap_err();
    assert_says(&error, Kind::Unreachable, "timed out after 200ms: no answer from `127.0.0.1:");
    let error = ask(&context(&[]), &Network { max_attempts: Some(9), ..network }, &standin).unwrap_err();
    assert_says(&error, Kind::Unreachable, "timed out after 500ms");
}

#[test]
fn what_passes_is_asked_again() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    for fault in [Fault::Status(500), Fault::Reset, Fault::Truncated, Fault::Status(429)] {
        standin.reset();
        standin.fault("GetRoleCredentials", fault.clone(), Times::Next(1));
        ask(&context(&[]), &network, &standin).unwrap();
        assert_eq!(standin.count("GetRoleCredentials"), 2, "{fault:?}");
    }
}

#[test]
fn what_is_refused_is_not_asked_again() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    for status in [400, 401, 403, 404] {
        standin.reset();
        standin.fault("GetRoleCredentials", Fault::Status(status), Times::Forever);
        ask(&context(&[]), &network, &standin).unwrap_err();
        assert_eq!(standin.count("GetRoleCredentials"), 1, "{status}");
    }
}

#[test]
fn retry_after_is_obeyed_or_taken_for_a_no() {
    let standin = Standin::start();
    let network = Network { max_attempts: None, ..network(&standin.url()) };
    standin.fault("GetRoleCredentials", Fault::RetryAfter(429, 2), Times::Next(1));
    let since = Instant::now();
    ask(&context(&[]), &network, &standin).unwrap();
    assert!(since.elapsed() >= Duration::from_secs(2), "{:?}", since.elapsed());
    standin.reset();
    standin.fault("GetRoleCredentials", Fault::RetryAfter(429, 3600), Times::Forever);
    assert_says(&ask(&context(&[]), &network, &standin).unwrap_err(), Kind::Unreachable, "throttling");
    assert_eq!(standin.count("GetRoleCredentials"), 1);
}

#[test]
fn a_host_that_is_not_there_is_named() {
    // Longer than a label of a name can be: it is looked up nowhere.
    let host = "a".repeat(64);
    let since = Instant::now();
    let error = fails(&Network { max_attempts: None, ..network(&format!("http://{host}.invalid")) }, &[]);
    assert_says(&error, Kind::Unreachable, &format!("could not resolve host `{host}.invalid`"));
    assert!(since.elapsed() < Duration::from_millis(700), "asked again: {:?}", since.elapsed());
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = fails(&network(&format!("http://{free}")), &[]);
    assert_says(&error, Kind::Unreachable, &format!("connection refused by `{free}`"));
}

#[test]
fn an_address_that_is_none_is_bad_configuration() {
    for url in ["localhost:8080", "ftp://h", "https://", "", "http://a b"] {
        assert_says(&fails(&network(url), &[]), Kind::Configuration, "AWS_ENDPOINT_URL");
    }
    let fips = Network { fips: true, ..network("http://127.0.0.1:9") };
    assert_says(&fails(&fips, &[]), Kind::Configuration, "FIPS");
    let ctx = context(&[]);
    let error = portal::list_accounts(&ctx, &Network::default(), "eu/west", &Secret::new("aoa")).unwrap_err();
    assert_says(&error, Kind::Configuration, "`eu/west` is not a region");
}

/// A proxy that answers every request itself; returns its address and, later, the first lines of what it was asked.
fn proxy(answer: &'static str, times: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = std::thread::spawn(move || {
        let asked = listener.incoming().take(times).map(|stream| {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        });
        asked.collect()
    });
    (address, asked)
}

#[test]
fn a_proxy_is_asked_for_what_it_is_there_for() {
    let (address, asked) = proxy("HTTP/1.1 407 Who\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", 2);
    let with_password = format!("http://jane:s3cret%21@{address}");
    let error = fails(&network("http://portal.example"), &[("HTTP_PROXY", &with_password)]);
    assert_says(&error, Kind::Configuration, "`HTTP_PROXY` asks who you are");
    let error = fails(&network("https://portal.example"), &[("HTTPS_PROXY", &with_password)]);
    assert_says(&error, Kind::Configuration, "`HTTPS_PROXY` asks who you are");
    assert!(!error.to_string().contains("s3cret"), "{error}");
    let asked = asked.join().unwrap();
    assert!(asked[0].starts_with("GET http://portal.example/federation/credentials?"), "{asked:?}");
    assert!(asked[1].starts_with("CONNECT portal.example:443 "), "{asked:?}");
    for head in asked {
        assert!(head.to_lowercase().contains("proxy-authorization: basic amfuztpzm2nyzxqh"), "{head}");
    }
}

#[test]
fn no_proxy_goes_around_the_proxy() {
    let standin = Standin::start();
    let ctx = context(&[("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "example.com,127.0.0.1")]);
    ask(&ctx, &network(&standin.url()), &standin).unwrap();
    let error = fails(&network(&standin.url()), &[("HTTP_PROXY", "http://127.0.0.1:9")]);
    assert_says(&error, Kind::Unreachable, "the proxy of HTTP_PROXY");
}

#[test]
fn a_ca_bundle_is_checked_before_it_is_used() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let block = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    let network = Network { ca_bundle: Some(file.path().into()), ..network("http://127.0.0.1:9") };
    for content in [String::new(), "nonsense".into(), block("!!"), block("MAMCAQE="), "\u{0}".into()] {
        std::fs::write(file.path(), &content).unwrap();
        assert_says(&fails(&network, &[]), Kind::Configuration, "holds no certificate that can be used");
        assert_says(&fails(&network, &[]), Kind::Configuration, "AWS_CA_BUNDLE");
    }
    let absent = Network { ca_bundle: Some("/none/such".into()), ..network.clone() };
    assert_says(&fails(&absent, &[]), Kind::Configuration, "does not exist");
    let directory = Network { ca_bundle: Some(std::env::temp_dir()), ..network };
    assert_says(&fails(&directory, &[]), Kind::Configuration, "AWS_CA_BUNDLE");
}

fn registration() -> RegistrationRequest {
    RegistrationRequest {
        client_name: "ssox-corp".into(),
        scopes: vec!["sso:account:access".into()],
        grant_types: vec![],
        redirect_uris: vec![],
        issuer_url: None,
    }
}

#[test]
fn a_device_signs_in_and_refreshes() {
    let standin = Standin::start();
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let client = oidc::register_client(&ctx, &network, REGION, &registration()).unwrap();
    assert!(client.expires_at.seconds_after(ctx.now()) > 80 * 86_400);
    let start = |url: &str| {
        oidc::start_device_authorization(&ctx, &network, REGION, &client.client_id, &client.client_secret, url)
    };
    let device = start(ssox_standin::START_URL).unwrap().unwrap();
    assert!(device.verification_uri_complete.unwrap().contains(&device.user_code));
    let token = |grant: &Grant| {
        oidc::create_token(&ctx, &network, REGION, &client.client_id, &client.client_secret, grant).unwrap()
    };
    let code = Grant::DeviceCode(device.device_code);
    assert!(matches!(token(&code), TokenAnswer::Pending));
    standin.approve_devices();
    std::thread::sleep(Duration::from_secs(device.interval.unsigned_abs()));
    let TokenAnswer::Token { refresh_token: Some(refresh_token), expires_in, .. } = token(&code) else {
        panic!("the device was approved")
    };
    assert_eq!(expires_in, 3600);
    let refresh = Grant::RefreshToken(refresh_token);
    assert!(matches!(token(&refresh), TokenAnswer::Token { .. }));
    assert!(matches!(token(&refresh), TokenAnswer::InvalidGrant));
    assert_says(&start("https://d-9999999999.awsapps.com/start").unwrap_err(), Kind::Configuration, "sso_region");
}

#[test]
fn what_is_part_of_the_protocol_is_an_answer() {
    let standin = Standin::start();
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let answered = |fault: Fault| {
        standin.fault("CreateToken", fault, Times::Next(1));
        oidc::create_token(&ctx, &network, REGION, "id", &Secret::new("s"), &Grant::DeviceCode(Secret::new("d")))
    };
    let exception = |name: &str| Fault::Exception(name.into());
    assert!(matches!(answered(exception("SlowDownException")), Ok(TokenAnswer::SlowDown)));
    assert!(matches!(answered(exception("ExpiredTokenException")), Ok(TokenAnswer::Expired)));
    assert!(matches!(answered(exception("InvalidClientException")), Ok(TokenAnswer::InvalidClient)));
    assert!(matches!(answered(exception("UnauthorizedClientException")), Ok(TokenAnswer::InvalidClient)));
    match answered(exception("AccessDeniedException")) {
        Ok(TokenAnswer::Denied(why)) => assert_eq!(why, "as the test asked"),
        other => panic!("{other:?}"),
    }
    assert_says(&answered(exception("InvalidRequestException")).unwrap_err(), Kind::Configuration, "sso_region");
    assert_says(&answered(Fault::Html).unwrap_err(), Kind::Unreachable, "sign-in page");
    assert_says(&answered(Fault::Status(500)).unwrap_err(), Kind::Unreachable, "AWS failed");
}

#[test]
fn the_authorize_page_is_where_the_service_is() {
    let table = [
        (Network::default(), "https://oidc.eu-west-1.amazonaws.com"),
        (Network { dual_stack: true, ..Network::default() }, "https://oidc.eu-west-1.api.aws"),
        (network("http://127.0.0.1:8/x/"), "http://127.0.0.1:8/x"),
    ];
    for (network, base) in table {
        assert_eq!(oidc::authorize_base(&network, REGION), base);
    }
}
