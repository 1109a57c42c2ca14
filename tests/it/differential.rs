//! ssox and boto3 read the same configurations: both must send the same requests and get the same identity, or both
//! must fail. If ssox differs on purpose, `cases.txt` says why.

mod way;

use crate::home::{Ran, SSOX};
use serde_json::{Value, json};
use ssox_standin::{Grant, IamUser, START_URL, Standin};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use way::{way_of, way_of_recorded, who};

const CASES: &str = include_str!("differential/cases.txt");
const ASK_BOTO3: &str = include_str!("differential/ask_boto3.py");
const CORP: &str =
    "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";

/// What ssox or boto3 does with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Is(String),
    Refuses,
}

struct Case<'a> {
    name: &'a str,
    config: String,
    credentials: String,
    environment: String,
    ssox: Outcome,
    boto3: Outcome,
    why: Option<&'a str>,
}

impl<'a> Case<'a> {
    fn parse(text: &'a str) -> Self {
        let (name, rest) = text.split_once('\n').expect("a case has lines");
        let mut parts = [String::new(), String::new(), String::new()];
        let mut part = 0;
        let (mut ssox, mut boto3, mut why) = (None, None, None);
        for line in rest.lines() {
            match line.strip_prefix("= ").map(|said| said.split_once(": ").unwrap_or((said, ""))) {
                None if line == "~ credentials" => part = 1,
                None if line == "~ environment" => part = 2,
                None => parts[part] += &format!("{line}\n"),
                Some(("both refuse", _)) => (ssox, boto3) = (Some(Outcome::Refuses), Some(Outcome::Refuses)),
                Some(("ssox refuses", _)) => ssox = Some(Outcome::Refuses),
                Some(("boto3 refuses", _)) => boto3 = Some(Outcome::Refuses),
                Some(("ssox", who)) => ssox = Some(Outcome::Is(who.into())),
                Some(("boto3", who)) => boto3 = Some(Outcome::Is(who.into())),
                Some(("both", who)) => (ssox, boto3) = (Some(Outcome::Is(who.into())), Some(Outcome::Is(who.into()))),
                Some(("why", text)) => why = Some(text),
                Some(_) => panic!("{name}: what does `{line}` mean?"),
            }
        }
        let [config, credentials, environment] = parts;
        let (Some(ssox), Some(boto3)) = (ssox, boto3) else { panic!("{name}: what comes of it?") };
        assert_eq!(ssox == boto3, why.is_none(), "{name}: a departure says why, and nothing else does");
        Self { name, config, credentials, environment, ssox, boto3, why }
    }

    /// Writes the files of the case, and returns its environment.
    fn write(&self, standin: &Standin, home: &Path) -> Vec<(String, String)> {
        let mut environment = standin.seed_home(home);
        standin.seed_token(home, "corp", &Grant::default());
        standin.seed_token(home, START_URL, &Grant::default());
        fs::write(home.join("token"), "header.claims.signature\n").expect("a file can be written");
        fs::write(home.join("keys.json"), keys_json().to_string()).expect("a file can be written");
        fs::write(home.join(".aws/config"), spelled(home, &format!("{}{CORP}", self.config), " = ")).expect("as above");
        fs::write(home.join(".aws/credentials"), spelled(home, &self.credentials, " = ")).expect("as above");
        let usual = [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_MAX_ATTEMPTS", "1"), ("USER", "jane"), ("CI", "true")];
        let path = ("PATH".to_string(), std::env::var("PATH").unwrap_or_default());
        environment.extend(usual.map(|(name, value)| (name.to_string(), value.to_string())));
        environment.push(path);
        let more = spelled(home, &self.environment, "=");
        for (name, value) in more.lines().filter_map(|line| line.split_once('=')) {
            let name = if name.starts_with("aws_") { name.to_uppercase() } else { name.into() };
            environment.retain(|(known, _)| *known != name);
            environment.push((name, value.into()));
        }
        environment
    }
}

/// Expands the short forms.
fn spelled(home: &Path, text: &str, is: &str) -> String {
    let mut text = text.to_string();
    for user in users() {
        let name = &user.name;
        let (id, secret) = (
            format!("aws_access_key_id{is}{}", user.access_key_id),
            format!("aws_secret_access_key{is}{}", user.secret_access_key),
        );
        text = text.replace(&format!("<{name}>"), &format!("{id}\n{secret}"));
        text = text.replace(&format!("<{name}-id>"), &id).replace(&format!("<{name}-secret>"), &secret);
    }
    let sso = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly";
    let path = |name: &str| home.join(name).display().to_string();
    text = text.replace("<sso>", sso).replace("<token>", &path("token")).replace("<keys.json>", &path("keys.json"));
    let lines = text.lines().map(|line| match line.strip_prefix("<role ").and_then(|rest| rest.strip_suffix('>')) {
        Some(role) => format!("role_arn = arn:aws:iam::444455556666:role/{role}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn users() -> [IamUser; 2] {
    let user = |name: &str, number: u8| IamUser {
        account: "111122223333".into(),
        name: name.into(),
        access_key_id: format!("AKIASTANDINEXAMPLE{number:02}"),
        secret_access_key: format!("standin/static+secret/EXAMPLEKEY000000{number:02}"),
        mfa: None,
    };
    [user("me", 0), user("you", 1)]
}

fn keys_json() -> Value {
    let [me, _] = users();
    json!({ "Version": 1, "AccessKeyId": me.access_key_id, "SecretAccessKey": me.secret_access_key })
}

/// Returns the identity that ssox gets: that of the keys of `export`, according to AWS.
fn ask_ssox(environment: &[(String, String)]) -> (Outcome, String) {
    let run = |arguments: &[&str], keys: &[(&str, String)]| {
        let mut command = Command::new(SSOX);
        command.args(arguments).env_clear().envs(environment.iter().cloned()).envs(keys.iter().cloned());
        Ran(command.stdin(Stdio::null()).output().expect("ssox starts"))
    };
    let exported = run(&["export", "p", "--format", "json"], &[]);
    if exported.status() != 0 {
        return (Outcome::Refuses, exported.stderr());
    }
    let keys: Value = serde_json::from_str(&exported.stdout()).expect("this is JSON");
    let text = |name: &str| keys[name].as_str().unwrap_or_default().to_string();
    let keys = [
        ("AWS_ACCESS_KEY_ID", text("access_key_id")),
        ("AWS_SECRET_ACCESS_KEY", text("secret_access_key")),
        ("AWS_SESSION_TOKEN", text("session_token")),
    ];
    let verified = run(&["status", "--verify", "--json"], &keys);
    // Where AWS refuses, the rest of the status is printed, without an ARN.
    let shown: Value = serde_json::from_str(&verified.stdout()).unwrap_or_default();
    match shown["arn"].as_str() {
        Some(arn) => (Outcome::Is(who(arn)), String::new()),
        None => (Outcome::Refuses, verified.stderr()),
    }
}

/// Returns the identity that boto3 gets in each environment; `None` without boto3.
fn ask_boto3(environments: &[Vec<(String, String)>], home: &Path) -> Option<Value> {
    if !crate::clients::has_package("boto3") {
        return None;
    }
    let cases = environments.iter().map(|environment| {
        let environment: serde_json::Map<String, Value> =
            environment.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({ "environment": environment, "profile": "p" })
    });
    let cases = Value::Array(cases.collect());
    let mut command = Command::new("python3");
    // botocore reads the place of tokens once, when it is loaded; it is the same for all cases.
    command.args(["-c", ASK_BOTO3]).env("HOME", home).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = command.spawn().expect("python starts");
    python.stdin.take().expect("it is piped").write_all(cases.to_string().as_bytes()).expect("python reads");
    let output = python.wait_with_output().expect("python ends");
    assert!(output.status.success(), "boto3 failed");
    Some(serde_json::from_slice(&output.stdout).expect("the script prints JSON"))
}

#[test]
fn ssox_and_boto3_get_the_same_identity() {
    let cases: Vec<Case> = CASES.split("\n## ").skip(1).map(Case::parse).collect();
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let standin = Standin::start();
    standin.configure(|options| options.users = users().to_vec());
    let homes: Vec<_> = cases.iter().map(|_| tempfile::tempdir().expect("a directory can be made")).collect();
    let environments: Vec<_> = cases.iter().zip(&homes).map(|(case, home)| case.write(&standin, home.path())).collect();
    let boto3 = ask_boto3(&environments, homes[0].path());
    let mut wrong = Vec::new();
    for (number, (case, environment)) in cases.iter().zip(&environments).enumerate() {
        standin.reset();
        let (ssox, said) = ask_ssox(environment);
        let ssox_way = way_of(&standin.requests());
        if ssox != case.ssox {
            wrong.push(format!("{}: ssox: {ssox:?} {said}", case.name));
        }
        let Some(answer) = boto3.as_ref().map(|answers| &answers[number]) else { continue };
        let outcome = answer["arn"].as_str().map_or(Outcome::Refuses, |arn| Outcome::Is(who(arn)));
        if outcome != case.boto3 {
            wrong.push(format!("{}: boto3: {outcome:?} {}", case.name, answer["error"]));
        }
        let boto3_way = way_of_recorded(&answer["requests"]);
        if case.why.is_none() && case.ssox != Outcome::Refuses && ssox_way != boto3_way {
            wrong.push(format!("{}: ssox went {ssox_way:#?}, boto3 {boto3_way:#?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
