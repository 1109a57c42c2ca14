//! Text from AWS, identity providers, helper programs, files or arguments that looks like a message of ssox: it is
//! shown within one line and cannot control the terminal.

use crate::home::{Home, Ran, SSOX};
use crate::pty::Terminal;
use base64::Engine as _;
use serde_json::{Value, json};
use ssox_standin::{Account, Fault, Grant, Times};
use std::fs;
use std::process::Stdio;

/// Line breaks of all kinds, a title, a change of direction, the other way to write an escape sequence, a hidden
/// letter.
const HOSTILE: &str = "x\r\nssox: FORGED\u{1b}]0;t\u{7}\u{202e}\u{9b}2J\u{2028}ssox: FORGED\u{200b}\n| FORGED\n";

fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{2028}\u{ad}".contains(c)
}

/// Expects that the text is there, and neither begins a line nor holds anything hidden.
#[track_caller]
fn is_tame(text: &str) {
    assert!(text.contains("FORGED"), "it is not there: {text}");
    assert!(!text.lines().any(|line| line.starts_with("ssox: FORGED") || line.starts_with("| FORGED")), "{text:?}");
    assert!(!text.contains(is_hidden), "{text:?}");
}

#[track_caller]
fn tame(ran: &Ran, status: i32) {
    assert_eq!(ran.status(), status, "{}", ran.stderr());
    is_tame(&(ran.stdout() + &ran.stderr()));
}

fn refusal(home: &Home, operation: &str, code: &str) {
    let body = json!({ "__type": code, "message": HOSTILE, "error_description": HOSTILE });
    home.standin.fault(operation, Fault::Answer(400, "application/json".into(), body.to_string()), Times::Forever);
}

#[test]
fn messages_of_aws_are_one_line() {
    let home = Home::signed_in();
    refusal(&home, "GetRoleCredentials", "InvalidRequestException");
    tame(&home.ssox(&["--emit=zsh1", "use", "dev"]), 4);
    let home = Home::new();
    home.sign_in(&Grant { expires_in: -60, ..Grant::default() });
    refusal(&home, "CreateToken", "InvalidRequestException");
    tame(&home.ssox(&["export", "dev", "--format", "env"]), 4);
    let home = Home::signed_in();
    home.add_config("[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = dev\n");
    let text = "x&#13;&#10;ssox: FORGED&#x202e;&#x9b;2J&#x2028;ssox: FORGED&#x200b;&#10;| FORGED";
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
        <Code>AccessDenied</Code><Message>{text}</Message></Error></ErrorResponse>"
    );
    home.standin.fault("AssumeRole", Fault::Answer(403, "text/xml".into(), body), Times::Forever);
    tame(&home.ssox(&["export", "role", "--format", "env"]), 5);
}

#[test]
fn names_of_accounts_and_roles_are_one_line() {
    let home = Home::signed_in();
    // A role whose name nobody could type is not offered.
    let roles = [HOSTILE, "Admin", "ReadOnly"];
    home.standin.configure(|options| {
        options.accounts =
            vec![Account::new("111122223333", HOSTILE, &roles), Account::new("222233334444", "b", &["Admin"])];
    });
    tame(&home.ssox(&["list", "--assigned"]), 0);
    let listed = home.ssox(&["configure", "sso", "--sso-session", "corp", "--account-id", "111122223333"]).fails(3);
    assert!(listed.contains("ReadOnly") && !listed.contains("FORGED"), "{listed}");
    // The name of the account of `dev` is cached now.
    let completed = home.ssox(&["complete", "zsh", "", "ssox", "use"]);
    assert!(!completed.stdout().contains(is_hidden), "{:?}", completed.stdout());
}

#[test]
fn the_wizard_shows_names_as_lines_of_a_list() {
    let home = Home::signed_in();
    home.standin.configure(|options| {
        options.accounts = vec![
            Account::new("111122223333", HOSTILE, &["Admin", "ReadOnly", HOSTILE]),
            Account::new("222233334444", "b", &["Admin"]),
        ];
    });
    let mut command = home.command(SSOX);
    command.args(["configure", "sso", "--sso-session", "corp", "--region", "eu-west-1", "--output", "json"]);
    command.env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    let mut seen = terminal.wait_for("account");
    terminal.keys("1111");
    seen += &terminal.wait_for("111122223333");
    terminal.keys("\r");
    seen += &terminal.wait_for("role");
    terminal.keys("Admin\r");
    seen += &terminal.wait_for("profile name [x-ssox-forged");
    terminal.enter("");
    seen += &terminal.wait_for("[Y/n] ");
    terminal.enter("y");
    assert!(terminal.wait_for_end().1.success());
    assert!(
        seen.contains("FORGED") && !seen.contains(['\u{202e}', '\u{9b}', '\u{200b}', '\u{2028}', '\u{7}']),
        "{seen:?}"
    );
    assert!(!seen.lines().any(|line| line.starts_with("ssox: FORGED") || line.starts_with("| FORGED")), "{seen:?}");
}

#[test]
fn what_a_helper_program_says_is_one_line() {
    let home = Home::signed_in();
    fs::write(home.path("said"), HOSTILE).unwrap();
    fs::write(home.path("printed"), json!({ "Version": HOSTILE }).to_string()).unwrap();
    home.add_config(
        "[profile fails]\ncredential_process = sh -c 'cat said >&2; exit 7'\n\
        [profile prints]\ncredential_process = cat printed\n",
    );
    tame(&home.ssox(&["export", "fails", "--format", "env"]), 1);
    assert!(!home.ssox(&["export", "prints", "--format", "env"]).fails(4).contains(is_hidden));
    // On a terminal its output is shown while it runs.
    let mut command = home.command(SSOX);
    command.args(["export", "fails", "--format", "env"]).env("TERM", "dumb");
    let seen = Terminal::start(command).wait_for_end().0.replace("\r\n", "\n");
    is_tame(&seen.replacen("| FORGED", "", 1).replace("| | FORGED", ""));
    assert!(seen.contains("| ssox: FORGED"), "{seen}");
}

#[test]
fn names_and_values_of_files_are_one_line() {
    let home = Home::signed_in();
    let name = "x\u{202e}\u{9b}2JFORGED\u{200b}";
    home.add_config(&format!(
        "[profile '{name}']\nsso_session = {name}\n[sso-session '{name}']\nsso_start_url = {name}\nsso_region = {name}\n\
        [profile value]\nrole_arn = {name}\nsource_profile = {name}\n"
    ));
    let legacy = format!("[profile old]\nsso_start_url = {name}\nsso_region = {name}\n");
    home.add_config(&legacy);
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["sessions"],
        &["doctor"],
        &["doctor", "--json"],
        &["configure", "migrate"],
        &["configure", "migrate", "--dry-run"],
        &["export", name, "--format", "env"],
        &["export", "value", "--format", "json"],
        &["login", "--sso-session", name],
        &["status", "--json"],
    ] {
        let ran = home.ssox_with(arguments, &[("AWS_PROFILE", name), ("SSOX_PROFILE", name), ("SSOX_PROMPT", name)]);
        let text = ran.stdout() + &ran.stderr();
        assert!(!text.contains(is_hidden), "{arguments:?}: {text:?}");
    }
    let list: Value = serde_json::from_str(&home.ssox(&["list", "--json"]).ok()).unwrap();
    assert!(list.as_array().unwrap().iter().any(|row| row["name"] == name), "the value is the same: {list}");
}

#[test]
fn arguments_and_variables_are_one_line() {
    let home = Home::signed_in();
    for (arguments, status) in [
        (&["export", HOSTILE, "--format", "env"][..], 4),
        (&["export", "dev", "--min-ttl", HOSTILE], 2),
        (&["export", "dev", "--format", HOSTILE], 2),
        (&["login", "--sso-session", HOSTILE], 4),
        (&["configure", "sso", "--sso-session", "corp", "--profile", HOSTILE], 4),
        (&["configure", "sso", "--start-url", HOSTILE], 4),
        (&["exec", "dev", "--", HOSTILE], 127),
        (&[HOSTILE], 2),
    ] {
        tame(&home.ssox(arguments), status);
    }
    tame(&home.ssox_with(&["export", "--format", "env"], &[("AWS_PROFILE", HOSTILE)]), 4);
    let directory = home.path(HOSTILE);
    fs::create_dir(&directory).unwrap();
    let config = [("AWS_CONFIG_FILE", directory.to_str().unwrap())];
    tame(&home.ssox_with(&["list"], &config), 4);
    tame(&home.ssox_with(&["list", "--json"], &config), 4);
}

#[test]
fn text_of_a_saml_response_is_one_line() {
    let home = Home::signed_in();
    home.add_config("[profile saml]\nssox_saml_url = https://idp.example.com/\n");
    let text = "x&#13;&#10;ssox: FORGED&#x202e;&#x9b;2J&#x2028;ssox: FORGED&#x200b;&#10;| FORGED";
    let xml = format!(
        "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\"><p:Status>\
        <p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/><p:StatusMessage>{text}</p:StatusMessage>\
        </p:Status></p:Response>"
    );
    fs::write(home.path("response"), base64::engine::general_purpose::STANDARD.encode(xml)).unwrap();
    let ran = home.ssox(&["saml", "roles", "saml", "--saml-response", "response"]);
    tame(&ran, ran.status());
}

/// A sign-in with a device code, on a terminal that supports links.
fn signing_in(home: &Home, answer: &Value) -> Terminal {
    let answer = Fault::Answer(200, "application/json".into(), answer.to_string());
    home.standin.fault("StartDeviceAuthorization", answer, Times::Forever);
    let pending = json!({ "__type": "AuthorizationPendingException" }).to_string();
    home.standin.fault("CreateToken", Fault::Answer(400, "application/json".into(), pending), Times::Forever);
    let mut command = home.command(SSOX);
    fs::write(home.path("browser"), "#!/bin/sh\necho \"$1\" >> opened\n").unwrap();
    command.args(["login", "dev", "--device-code"]).stdin(Stdio::null());
    command.env("TERM", "xterm-256color").env("VTE_VERSION", "7800").env("BROWSER", "sh browser");
    Terminal::start(command)
}

#[test]
fn a_user_code_is_one_line() {
    let home = Home::new();
    let page = "https://device.example.com/";
    let answer =
        json!({ "deviceCode": "d", "userCode": HOSTILE, "verificationUri": page, "expiresIn": 600, "interval": 1 });
    let mut terminal = signing_in(&home, &answer);
    let before = terminal.wait_for("enter the code  ");
    assert!(before.contains(&format!("\u{1b}]8;;{page}\u{1b}\\{page}")), "{before:?}");
    is_tame(
        &format!("{}\n", terminal.wait_for("| FORGED").replace("\u{1b}]8;;", ""))
            .replace("ssox: FORGED\u{fffd}]0", "FORGED"),
    );
}

#[test]
fn an_address_that_is_no_web_page_is_neither_shown_nor_opened() {
    for address in ["javascript:alert(1)", "file:///etc/passwd", "https://x/\nssox: FORGED", "https://x/ ssox", "x", ""]
    {
        let home = Home::new();
        let answer = json!({ "deviceCode": "d", "userCode": "ABCD-EFGH", "verificationUri": address,
            "verificationUriComplete": address, "expiresIn": 600, "interval": 1 });
        let (seen, status) = signing_in(&home, &answer).wait_for_end();
        assert_eq!(status.code(), Some(6), "{address}: {seen}");
        assert!(seen.contains("so the response is not from AWS") && !seen.contains("\u{1b}]8"), "{address}: {seen}");
        assert!(!seen.lines().any(|line| line.starts_with("ssox: FORGED")), "{address}: {seen}");
        assert!(!home.path("opened").exists(), "{address}");
    }
}
