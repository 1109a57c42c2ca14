//! Programs with the SDKs of five languages, which `ssox exec --serve` runs for longer than credentials are valid.

use crate::clients::has_package;
use crate::home::{Home, SSOX};
use ssox_standin::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The programs, and how each is started.
struct Programs(Vec<(&'static str, String)>);

impl Programs {
    /// Returns those that are installed (`tests/clients/install`), and says which are not.
    fn installed() -> Self {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-clients");
        let in_python = |package: &str, file: &str| {
            has_package(package).then(|| format!("python3 {}", sources.join(file).display()))
        };
        let built = |done: &str, command: String| {
            let is_there = built.join(done).exists();
            if !is_there {
                eprintln!("NOT TESTED: there is no {done} in target/test-clients");
            }
            is_there.then(|| command.replace("BUILT", &built.display().to_string()))
        };
        let all = [
            ("boto3", in_python("boto3", "ask_boto3.py")),
            ("pyarrow", in_python("pyarrow", "ask_pyarrow.py")),
            ("JS v3", built("js.done", "node BUILT/js/ask.mjs".into())),
            ("Go v2", built("go.done", "BUILT/ask-go".into())),
            ("Java v2", built("java.done", "java -cp 'BUILT/java:BUILT/java/*' Ask".into())),
        ];
        Self(all.into_iter().filter_map(|(name, command)| Some((name, command?))).collect())
    }

    /// Returns a script that runs all at once.
    fn at_once(&self) -> String {
        let lines = self.0.iter().map(|(_, command)| format!("{command} &\n"));
        format!("{}wait", lines.collect::<String>())
    }
}

/// What a run of all programs comes to.
#[derive(Debug)]
struct Outcome {
    said: String,
    /// How many requests each operation got, and the keys that signed them.
    operations: BTreeMap<String, u64>,
    keys: BTreeSet<String>,
    took: Duration,
}

/// Runs the programs at once under `ssox exec --serve dev`: so many requests each, with a pause between them.
fn run(home: &Home, programs: &Programs, times: u32, pause: Duration) -> Outcome {
    home.standin.reset();
    let start = Instant::now();
    let mut command = home.command(SSOX);
    command.args(["exec", "--serve", "dev", "--", "sh", "-c", &programs.at_once()]);
    command.env("ASK_TIMES", times.to_string()).env("ASK_EVERY", pause.as_secs_f64().to_string());
    let output = command.output().expect("ssox starts");
    let took = start.elapsed();
    let signed = |request: &&Request| ["GetCallerIdentity", "HeadObject"].contains(&request.operation.as_str());
    Outcome {
        said: String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        operations: home.standin.counts(),
        keys: home.standin.requests().iter().filter(signed).map(key).collect(),
        took,
    }
}

/// Returns the id of the key that signed a request.
fn key(request: &Request) -> String {
    let key = request.header("authorization").and_then(|header| header.split_once("Credential="));
    key.and_then(|(_, rest)| rest.split('/').next()).unwrap_or("unsigned").into()
}

impl Outcome {
    /// Expects that each program did all its requests, with keys of a role.
    #[track_caller]
    fn is_complete(&self, programs: &Programs, times: u32) {
        for (name, _) in &programs.0 {
            let done = self.said.lines().filter(|line| *line == format!("{name} ok")).count();
            assert_eq!(done, times as usize, "{name}: {self:#?}");
        }
        assert!(self.keys.iter().all(|key| key.starts_with("ASIA")), "{self:#?}");
        let known = ["GetRoleCredentials", "GetCallerIdentity", "HeadObject"];
        assert!(self.operations.keys().all(|name| known.contains(&name.as_str())), "{self:#?}");
    }
}

/// Runs the programs for many renewals, with other identities in `[default]`.
fn many_renewals(lifetime: Duration, times: u32, pause: Duration) {
    let (home, programs) = (Home::signed_in(), Programs::installed());
    home.add_config(&format!("[default]\n{}", KINDS[0].1));
    fs::write(home.path(".aws/credentials"), STATIC_KEYS).unwrap();
    home.standin.configure(|options| options.role_credentials = lifetime);
    let outcome = run(&home, &programs, times, pause);
    outcome.is_complete(&programs, times);
    let (fetched, half) = (outcome.operations["GetRoleCredentials"], lifetime.as_secs_f64() / 2.0);
    // Renewed when a little more than half is left, whatever the number of programs.
    let most = 2.0 + outcome.took.as_secs_f64() / (half - half / 20.0 - 1.0);
    assert!(fetched as f64 <= most && fetched >= outcome.keys.len() as u64, "at most {most}: {outcome:#?}");
    assert!(outcome.keys.len() >= 3, "{outcome:#?}");
    assert_eq!(home.standin.violations(), [""; 0]);
    let names: Vec<&str> = programs.0.iter().map(|(name, _)| *name).collect();
    eprintln!(
        "{names:?}, {times} requests each in {:.0?}: {fetched} GetRoleCredentials, {} keys, {:?}",
        outcome.took,
        outcome.keys.len(),
        outcome.operations
    );
}

const STATIC_KEYS: &str = "[default]\naws_access_key_id = AKIASTANDINEXAMPLE00\naws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n";

/// What `[default]` may be.
const KINDS: [(&str, &str); 6] = [
    ("a session", "sso_session = corp\nsso_account_id = 222233334444\nsso_role_name = Admin\nregion = eu-west-1\n"),
    (
        "a legacy session",
        "sso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 222233334444\nsso_role_name = Admin\nregion = eu-west-1\n",
    ),
    (
        "keys",
        "aws_access_key_id = AKIASTANDINEXAMPLE00\naws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n",
    ),
    ("a role", "role_arn = arn:aws:iam::444455556666:role/Target\nsource_profile = dev\n"),
    ("a program", "credential_process = /bin/false\n"),
    ("a token", "role_arn = arn:aws:iam::444455556666:role/Target\nweb_identity_token_file = /dev/null\n"),
];

#[test]
fn programs_of_all_sdks_sign_through_many_renewals() {
    many_renewals(Duration::from_secs(16), 50, Duration::from_millis(500));
}

#[test]
fn no_default_profile_takes_precedence_over_the_endpoint() {
    let (home, programs) = (Home::signed_in(), Programs::installed());
    let config = fs::read_to_string(home.path(".aws/config")).unwrap();
    for (kind, lines) in KINDS {
        home.write_config(&format!("{config}\n[default]\n{lines}"));
        let outcome = run(&home, &programs, 1, Duration::ZERO);
        outcome.is_complete(&programs, 1);
        assert_eq!(outcome.keys.len(), 1, "{kind}: {outcome:#?}");
    }
    fs::write(home.path(".aws/credentials"), STATIC_KEYS).unwrap();
    run(&home, &programs, 1, Duration::ZERO).is_complete(&programs, 1);
}

/// The job of half an hour: credentials of two minutes, a request every ten seconds. It runs where
/// `SSOX_TEST_HALF_HOUR` is set.
#[test]
fn a_job_of_half_an_hour_never_fails() {
    if std::env::var_os("SSOX_TEST_HALF_HOUR").is_none() {
        eprintln!("NOT TESTED: SSOX_TEST_HALF_HOUR is not set");
        return;
    }
    many_renewals(Duration::from_secs(120), 181, Duration::from_secs(10));
}
