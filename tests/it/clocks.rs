//! Three times that ssox must not mix up: when the role credentials expire, when the token expires, and until when the
//! token can be refreshed.

use crate::home::Home;
use crate::shown::{says, shows};
use serde_json::Value;
use ssox_standin::Grant;

fn json(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Value {
    serde_json::from_str(&home.ssox_with(arguments, variables).ok()).expect("ssox speaks JSON")
}

fn corp(home: &Home) -> Value {
    let sessions = json(home, &["sessions", "--json"], &[]);
    let is_corp = |session: &&Value| session["name"] == "corp";
    sessions.as_array().expect("an array").iter().find(is_corp).expect("session `corp`").clone()
}

#[test]
fn sessions_shows_the_expiry_of_the_token_and_of_the_refresh() {
    let home = Home::new();
    let (session, text) = (corp(&home), home.ssox(&["sessions"]).ok());
    assert_eq!((&session["token_expires_at"], &session["refreshable"]), (&Value::Null, &Value::Bool(false)));
    says!(home, text, @r"
    SESSION                                 START URL                               REGION     TOKEN  REFRESHABLE  PROFILES
    corp                                    https://d-1234567890.awsapps.com/start  eu-west-1  none                dev stg
    https://d-1234567890.awsapps.com/start  https://d-1234567890.awsapps.com/start  eu-west-1  none                legacy
    ");
    home.sign_in(&Grant { expires_in: 1830, registration_expires_in: 90 * 86_400 - 600, ..Grant::default() });
    let (session, text) = (corp(&home), home.ssox(&["sessions"]).ok());
    assert_eq!(
        (&session["refreshable"], &session["profiles"]),
        (&Value::Bool(true), &serde_json::json!(["dev", "stg"]))
    );
    assert!(session["token_expires_at"].as_str() < session["registration_expires_at"].as_str(), "{session}");
    says!(home, text, @r"
    SESSION                                 START URL                               REGION     TOKEN  REFRESHABLE  PROFILES
    corp                                    https://d-1234567890.awsapps.com/start  eu-west-1  30m    89d at most  dev stg
    https://d-1234567890.awsapps.com/start  https://d-1234567890.awsapps.com/start  eu-west-1  none                legacy
    ");
    assert_eq!(home.standin.total(), 0, "looking asks nobody");
}

#[test]
fn without_a_valid_client_registration_nothing_is_refreshed() {
    for grant in
        [Grant { registration_expires_in: -60, ..Grant::default() }, Grant { refreshable: false, ..Grant::default() }]
    {
        let home = Home::new();
        home.sign_in(&grant);
        assert_eq!(corp(&home)["refreshable"], false);
        let held = [("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev")];
        assert_eq!(json(&home, &["status", "--json"], &held)["refreshable"], false);
        let text = home.ssox_with(&["status"], &held).ok();
        shows!(home, text, @r"
        profile      dev
        mode         profile
        account      111122223333
        role         ReadOnly
        session      corp
        token        LEFT left, until TIME
        refresh      only by signing in again
        ");
    }
}

#[test]
fn status_says_that_nobody_is_signed_in_to_the_session() {
    let text = Home::new().ssox_with(&["status"], &[("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev")]).ok();
    assert!(text.lines().any(|line| line.starts_with("token ") && line.ends_with("none: signed out")), "{text}");
}

#[test]
fn without_any_session_the_hint_is_configure_sso() {
    let home = Home::new();
    home.write_config("");
    let ran = home.ssox(&["sessions"]);
    assert_eq!(ran.ok(), "");
    says!(home, ran.stderr(), @r"
    ssox: no sso-session is configured yet
    ssox: hint: ssox configure sso
    ");
    assert_eq!(home.ssox(&["sessions", "--json"]).ok(), "[]\n");
    says!(home, home.ssox(&["logout", "--all"]).stderr(), @"ssox: there is no session to sign out of");
}

#[test]
fn a_session_is_called_the_same_by_list_sessions_and_status() {
    let home = Home::new();
    for profile in ["dev", "legacy"] {
        let status = json(&home, &["status", "--json"], &[("SSOX_PROFILE", profile), ("SSOX_PROMPT", profile)]);
        let (list, sessions) = (json(&home, &["list", "--json"], &[]), json(&home, &["sessions", "--json"], &[]));
        let find = |rows: &Value, is_it: &dyn Fn(&Value) -> bool| {
            rows.as_array().and_then(|rows| rows.iter().find(|row| is_it(row)).cloned()).expect("a row")
        };
        let listed = find(&list, &|row| row["name"] == profile);
        let session = find(&sessions, &|row| row["profiles"].as_array().is_some_and(|of| of.contains(&profile.into())));
        assert_eq!((&status["session"], &status["start_url"]), (&listed["session"], &listed["start_url"]), "{profile}");
        assert_eq!((&status["session"], &status["start_url"]), (&session["name"], &session["start_url"]), "{profile}");
        assert_eq!(status["session"].is_null(), profile == "legacy");
    }
}

#[test]
fn status_shows_all_three_times() {
    let home = Home::signed_in();
    assert_eq!(home.ssox(&["status"]).ok(), "no profile is in use in this shell\n");
    let ran = home.ssox(&["--emit=zsh1", "use", "dev"]);
    let expires = ran.set("SSOX_EXPIRES").expect("an end");
    let held = ran.all_set();
    let held: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let status = json(&home, &["status", "--json"], &held);
    for (key, value) in [
        ("profile", "dev"),
        ("mode", "credentials"),
        ("account_id", "111122223333"),
        ("role_name", "ReadOnly"),
        ("session", "corp"),
        ("expires_at", &ran.set("AWS_CREDENTIAL_EXPIRATION").expect("an end")),
    ] {
        assert_eq!(status[key], value, "{key}");
    }
    assert_eq!((status["token_expires_at"].is_string(), &status["refreshable"]), (true, &Value::Bool(true)));
    let text = home.ssox_with(&["status"], &held).ok();
    shows!(home, text, @r"
    profile      dev
    mode         credentials
    account      111122223333
    role         ReadOnly
    region       eu-west-1
    credentials  LEFT left, until TIME
    session      corp
    token        LEFT left, until TIME
    refresh      automatic until TIME at the latest; your organization may end the session earlier
    ");
    let left_over = json(&home, &["status", "--json"], &[("SSOX_EXPIRES", &expires)]);
    assert_eq!((&left_over["mode"], &left_over["expires_at"]), (&Value::Null, &Value::Null));
    let expired = home
        .ssox_with(&["status"], &[("SSOX_PROFILE", "dev"), ("SSOX_PROMPT", "dev"), ("SSOX_EXPIRES", "1000000000")])
        .ok();
    assert!(expired.contains("2001-09-09T01:46:40Z"), "{expired}");
    shows!(home, expired, @r"
    profile      dev
    mode         profile
    account      111122223333
    role         ReadOnly
    credentials  expired at TIME
    session      corp
    token        LEFT left, until TIME
    refresh      automatic until TIME at the latest; your organization may end the session earlier
    ");
}
