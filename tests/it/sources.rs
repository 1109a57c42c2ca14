//! Sources of credentials other than roles: `credential_process`, web identity, `aws login`, containers and EC2
//! instances.

use crate::home::{Home, SSOX};
use crate::roles::{arn, home, role, use_};
use crate::shown::{says, shows};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

#[test]
fn a_role_is_assumed_with_a_web_identity_token() {
    let home = home(&role("web", "Web", "web_identity_token_file = ~/token"));
    fs::write(home.path("token"), "header.claims.signature\n").unwrap();
    assert!(arn(&home, &use_(&home, "web")).contains("assumed-role/Web/"));
    use_(&home, "web").ok();
    assert_eq!(home.standin.count("AssumeRoleWithWebIdentity"), 1);
    assert_eq!(home.standin.count("untrimmed_web_identity_token"), 0);
    fs::write(home.path("token"), "another").unwrap();
    let refused = home.ssox(&["--emit=zsh1", "use", "web", "--min-ttl", "24h"]);
    assert_eq!(refused.status(), 5, "{}", refused.stderr());
    fs::remove_file(home.path("token")).unwrap();
    says!(home, home.ssox(&["--emit=zsh1", "use", "web", "--min-ttl", "24h"]).fails(4), @r"
    ssox: the web identity token file `~/token` does not exist
    ssox: hint: check `web_identity_token_file` of the profile
    ");
}

/// Writes a program that counts its runs and prints this.
#[cfg(unix)]
fn process(home: &Home, prints: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let (program, runs) = (home.path("print keys"), home.path("runs"));
    let text = format!("#!/bin/sh\necho run >> '{}'\necho 'looking in the vault' >&2\n{prints}\n", runs.display());
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    format!("credential_process = \"{}\" --quiet\n", program.display())
}

#[cfg(unix)]
fn runs(home: &Home) -> usize {
    fs::read_to_string(home.path("runs")).unwrap_or_default().lines().count()
}

#[test]
fn keys_that_another_tool_wrote_are_not_handed_out_after_they_expired() {
    let home = home("");
    let keys = "aws_access_key_id = ASIAX\naws_secret_access_key = s\naws_session_token = t\n";
    let forms = [
        ("x_security_token_expires", "-11-20T23:48:08+02:00"),
        ("expiration", "-11-20 21:48:08"),
        ("aws_expiration", "-11-20T21:48:08.000Z"),
        ("aws_session_expiration", "-11-20T21:48:08+0000"),
    ];
    for (key, form) in forms {
        fs::write(home.path(".aws/credentials"), format!("[k]\n{keys}{key} = 2020{form}\n")).unwrap();
        let verbs: [&[&str]; 4] = [
            &["--emit=zsh1", "use", "k"],
            &["export", "k", "--format", "json"],
            &["exec", "k", "--", "true"],
            &["credential-process", "k"],
        ];
        for verb in verbs {
            let stderr = home.ssox(verb).fails(3);
            assert!(stderr.contains("2020-11-20T21:48:08Z"), "{key}: {stderr}");
            says!(home, stderr, @r"
            ssox: the access keys of profile `k` expired at TIME
            ssox: hint: to renew the access keys of `[k]`, run the tool that wrote them
            ");
        }
        fs::write(home.path(".aws/credentials"), format!("[k]\n{keys}{key} = 2096{form}\n")).unwrap();
        let end = use_(&home, "k").set("AWS_CREDENTIAL_EXPIRATION");
        assert_eq!(end.as_deref(), Some("2096-11-20T21:48:08Z"), "{key}");
    }
}

#[test]
fn the_missing_key_is_named_with_its_file() {
    let home = home("[profile here]\naws_access_key_id = A\n[profile split]\naws_secret_access_key = s\n");
    let credentials = "[id]\naws_access_key_id = A\n[secret]\naws_secret_access_key = s\n[token]\naws_session_token = t\n\
        [split]\naws_access_key_id = A\n";
    fs::write(home.path(".aws/credentials"), credentials).unwrap();
    let errors = ["here", "id", "secret", "split", "token"].map(|profile| use_(&home, profile).fails(4));
    says!(home, errors.concat(), @r"
    ssox: profile `here` has incomplete access keys: `aws_secret_access_key` is missing in ~/.aws/config
    ssox: hint: add `aws_secret_access_key` to ~/.aws/config, or remove the other key
    ssox: profile `id` has incomplete access keys: `aws_secret_access_key` is missing in ~/.aws/credentials
    ssox: hint: add `aws_secret_access_key` to ~/.aws/credentials, or remove the other key
    ssox: profile `secret` has incomplete access keys: `aws_access_key_id` is missing in ~/.aws/credentials
    ssox: hint: add `aws_access_key_id` to ~/.aws/credentials, or remove the other key
    ssox: profile `split` has incomplete access keys: `aws_secret_access_key` is missing in ~/.aws/credentials
    ssox: hint: move `aws_secret_access_key` to ~/.aws/credentials: AWS tools do not combine the access keys of two files
    ssox: profile `token` has `aws_session_token`, but no access keys
    ssox: hint: add `aws_access_key_id` and `aws_secret_access_key` to the same section
    ");
    says!(home, home.ssox(&["doctor"]).stdout(), @r"
    error: ~/.aws/config:29: profile `here` has incomplete access keys: `aws_secret_access_key` is missing; AWS tools fail or ignore the other key
        hint: add `aws_secret_access_key`, or remove the other key
    error: ~/.aws/config:31: profile `split` has incomplete access keys: `aws_access_key_id` is missing; AWS tools fail or ignore the other key
        hint: add `aws_access_key_id`, or remove the other key
    error: ~/.aws/credentials:8: profile `split` has incomplete access keys: `aws_secret_access_key` is missing; AWS tools fail or ignore the other key
        hint: add `aws_secret_access_key`, or remove the other key
    error: ~/.aws/credentials:2: profile `id` has incomplete access keys: `aws_secret_access_key` is missing; AWS tools fail or ignore the other key
        hint: add `aws_secret_access_key`, or remove the other key
    error: ~/.aws/credentials:4: profile `secret` has incomplete access keys: `aws_access_key_id` is missing; AWS tools fail or ignore the other key
        hint: add `aws_access_key_id`, or remove the other key
    warning: ~/.aws/credentials:6: profile `token` has a session token, but no access keys
        hint: add the access keys of this token, or remove the token
    warning: ~/.aws/credentials: contains access keys and can be read by other users of this machine
        hint: chmod 600 ~/.aws/credentials
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[cfg(unix)]
#[test]
fn a_process_runs_again_only_when_its_keys_expire() {
    let home = home("");
    let keys = r#""Version": 1, "AccessKeyId": "ASIAPROCESS", "SecretAccessKey": "s""#;
    let line = process(&home, &format!("echo '{{{keys}}}'"));
    home.add_config(&format!("[profile process]\n{line}"));
    for run in 1..=2 {
        assert_eq!(use_(&home, "process").set("AWS_ACCESS_KEY_ID").as_deref(), Some("ASIAPROCESS"));
        assert_eq!(runs(&home), run, "without an end they are not cached");
    }
    process(&home, &format!(r#"echo '{{{keys}, "SessionToken": "t", "Expiration": "2096-01-01T00:00:00Z"}}'"#));
    for _ in 0..2 {
        let ran = use_(&home, "process");
        assert_eq!(ran.set("AWS_CREDENTIAL_EXPIRATION").as_deref(), Some("2096-01-01T00:00:00Z"));
    }
    assert_eq!(runs(&home), 3);
}

#[cfg(unix)]
#[test]
fn the_error_output_of_a_failed_process_is_shown() {
    let home = home("");
    let line = process(&home, "echo half a document; exit 7");
    home.add_config(&format!("[profile process]\n{line}"));
    let said = use_(&home, "process").fails(1);
    shows!(home, said, @r"
    ssox: `credential_process` of profile `process` failed: exit status 7; its error output: looking in the vault
    ssox: hint: run the configured command in a terminal to see what it prints
    ");
    process(&home, "echo half a document");
    shows!(home, use_(&home, "process").fails(4), @r#"
    ssox: `credential_process` of profile `process` printed something that is not JSON
    ssox: hint: the program must print only {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, …}
    "#);
    process(&home, ":");
    shows!(home, use_(&home, "process").fails(4), @r#"
    ssox: `credential_process` of profile `process` printed nothing
    ssox: hint: the program must print only {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, …}
    "#);
}

#[test]
fn a_process_that_leads_back_to_itself_is_named() {
    let home = home("");
    let line =
        |name: &str, other: &str| format!("[profile {name}]\ncredential_process = {SSOX} credential-process {other}\n");
    home.add_config(&[line("a", "b"), line("b", "c"), line("c", "a"), line("self", "self")].concat());
    shows!(home, use_(&home, "a").fails(1), @r"
    ssox: `credential_process` of profile `a` is circular: a → b → c → a
    ssox: hint: change `credential_process` in one of these profiles: it must call ssox with a profile outside this circle
    ");
    shows!(home, home.ssox(&["export", "self", "--format", "env"]).fails(1), @r"
    ssox: `credential_process` of profile `self` is circular: self → self
    ssox: hint: the program in `credential_process` of `[profile self]` must call ssox with another profile
    ");
    // A process that asks ssox for another profile is not a loop.
    home.add_config(&line("through", "dev"));
    assert!(arn(&home, &use_(&home, "through")).contains("AWSReservedSSO_ReadOnly"));
}

#[test]
fn profiles_of_aws_login_are_used_until_they_expire() {
    let home = home("[profile login]\nlogin_session = arn:aws:iam::111122223333:user/me\n");
    shows!(home, use_(&home, "login").fails(3), @r"
    ssox: profile `login` is managed by `aws login`, and nobody is signed in
    ssox: hint: aws login --profile login
    ");
    let keys = role_keys(&home);
    let document = |end: &str| {
        json!({ "accessToken": {
            "accessKeyId": keys["access_key_id"], "secretAccessKey": keys["secret_access_key"],
            "sessionToken": keys["session_token"], "accountId": "111122223333", "expiresAt": end,
        }, "refreshToken": "r" })
    };
    // The name is the SHA-256 of the session's name.
    let path = home.path(".aws/login/cache/6eeec053fe13079aaf7fd81065ec5ecbdb93674f20700e51842d0c769b240c8a.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, document("2096-01-01T00:00:00Z").to_string()).unwrap();
    assert!(arn(&home, &use_(&home, "login")).contains("AWSReservedSSO_ReadOnly"));
    fs::write(&path, document("2020-01-01T00:00:00Z").to_string()).unwrap();
    shows!(home, use_(&home, "login").fails(3), @r"
    ssox: profile `login` is managed by `aws login`, and its credentials have expired
    ssox: hint: aws login --profile login
    ");
}

/// Returns the keys of `dev`, as JSON.
fn role_keys(home: &Home) -> Value {
    serde_json::from_str(&home.ssox(&["export", "dev", "--format", "json"]).ok()).unwrap()
}

/// Serves the keys of `dev` as a container's agent and an instance's metadata service do, as long as the test runs.
fn serve_keys(home: &Home) -> String {
    let keys = role_keys(home);
    let document = json!({
        "Code": "Success", "AccessKeyId": keys["access_key_id"], "SecretAccessKey": keys["secret_access_key"],
        "Token": keys["session_token"], "Expiration": keys["expires_at"],
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let asked: Vec<String> =
                lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
            let has = |header: &str| asked.iter().any(|line| line == header);
            let (status, body) = match asked.first().map_or("", |line| line.trim_end_matches(" http/1.1")) {
                "get /agent" if has("authorization: letmein") => (200, document.to_string()),
                "put /latest/api/token" if has("x-aws-ec2-metadata-token-ttl-seconds: 60") => {
                    (200, "imds-token".into())
                }
                "get /latest/meta-data/iam/security-credentials/" if has("x-aws-ec2-metadata-token: imds-token") => {
                    (200, "host".to_string())
                }
                "get /latest/meta-data/iam/security-credentials/host"
                    if has("x-aws-ec2-metadata-token: imds-token") =>
                {
                    (200, document.to_string())
                }
                _ => (403, json!({ "message": "not for you" }).to_string()),
            };
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn a_container_has_a_role_that_can_assume_others() {
    let home = home(&role("container", "FromContainer", "credential_source = EcsContainer"));
    shows!(home, use_(&home, "container").fails(4), @r"
    ssox: `credential_source = EcsContainer`: ssox is not running in a container that has an IAM role
    ssox: hint: in a container with an IAM role, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI is set
    ");
    let url = format!("{}/agent", serve_keys(&home));
    let uri = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str());
    let wrong =
        home.ssox_with(&["--emit=zsh1", "use", "container"], &[uri, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "no")]);
    shows!(home, wrong.fails(5), @r"
    ssox: `credential_source = EcsContainer`: the container's credential service answered 403, with the message `not for you`
    ssox: hint: AWS_CONTAINER_CREDENTIALS_FULL_URI sets the address of the credential service; if this address is wrong here: unset AWS_CONTAINER_CREDENTIALS_FULL_URI
    ");
    fs::write(home.path("token"), "letmein").unwrap();
    let right =
        [uri, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "no"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "~/token")];
    let ran = home.ssox_with(&["--emit=zsh1", "use", "container"], &right);
    assert!(arn(&home, &ran).contains("assumed-role/FromContainer/"));
}

#[test]
fn an_instance_has_a_role_that_can_assume_others() {
    let home = home(&role("instance", "FromInstance", "credential_source = Ec2InstanceMetadata"));
    shows!(home, use_(&home, "instance").fails(4), @r"
    ssox: `credential_source = Ec2InstanceMetadata`: AWS_EC2_METADATA_DISABLED is true
    ssox: hint: unset AWS_EC2_METADATA_DISABLED
    ");
    let url = serve_keys(&home);
    let variables = [("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
    let ran = home.ssox_with(&["--emit=zsh1", "use", "instance"], &variables);
    assert!(arn(&home, &ran).contains("assumed-role/FromInstance/"));
}

#[test]
fn a_section_is_written_and_read_again() {
    let home = home("");
    let credentials = "# mine\n[other]\naws_access_key_id = AKIA ; keep\naws_secret_access_key = s\n";
    fs::write(home.path(".aws/credentials"), credentials).unwrap();
    let write = |section: &[&str]| {
        home.ssox(&[&["export", "dev", "--format", "credentials-file", "--write"][..], section].concat())
    };
    shows!(home, write(&[]).fails(4), @r"
    ssox: could not write access keys into `[dev]` of the credentials file: profile `dev` already exists, and signs in to IAM Identity Center
    ssox: hint: use another name: --write dev-keys
    ");
    shows!(home, write(&["other"]).fails(4), @r"
    ssox: could not write access keys into `[other]` of the credentials file: profile `other` already exists, and has its own access keys
    ssox: hint: use another name: --write other-keys
    ");
    assert_eq!(home.standin.total(), 0, "refused before anybody is asked");
    for _ in 0..2 {
        assert_eq!(write(&["dev-keys"]).ok(), "");
    }
    let written = fs::read_to_string(home.path(".aws/credentials")).unwrap();
    assert!(written.starts_with(credentials) && written.matches("[dev-keys]").count() == 1, "{written}");
    assert!(arn(&home, &use_(&home, "dev-keys")).contains("AWSReservedSSO_ReadOnly"));
    assert!(use_(&home, "dev-keys").set("SSOX_EXPIRES").is_some(), "its end is known");
    let printed = home.ssox(&["export", "dev", "--format", "credentials-file"]).ok();
    assert_eq!(written.split_once("[dev-keys]").unwrap().1, printed.split_once("[dev]").unwrap().1);
    assert_eq!(home.ssox(&["export", "dev", "--format", "env", "--write"]).status(), 2);
}

#[test]
fn verify_works_for_every_source() {
    let rows = [
        role("target", "Target", "source_profile = dev"),
        role("web", "Web", "web_identity_token_file = ~/token"),
        format!("[profile process]\ncredential_process = {SSOX} credential-process dev\n"),
    ];
    let home = home(&rows.concat());
    fs::write(home.path("token"), "header.claims.signature").unwrap();
    let rows = [
        ("dev", "111122223333", "assumed-role/AWSReservedSSO_ReadOnly_", Some("example-dev")),
        ("me", "111122223333", "user/me", Some("example-dev")),
        ("process", "111122223333", "assumed-role/AWSReservedSSO_ReadOnly_", Some("example-dev")),
        ("target", "444455556666", "assumed-role/Target/", None),
        ("web", "444455556666", "assumed-role/Web/", None),
    ];
    for (profile, account, arn, alias) in rows {
        let verify =
            |more: &[&str]| home.ssox(&[&["exec", profile, "--", SSOX, "status", "--verify"], more].concat()).ok();
        let said: Value = serde_json::from_str(&verify(&["--json"])).unwrap();
        assert_eq!((&said["profile"], &said["account_id"]), (&json!(profile), &json!(account)));
        assert_eq!(said["account_alias"], json!(alias), "{profile}");
        assert!(said["arn"].as_str().unwrap().contains(arn) && said["user_id"].is_string(), "{said}");
        assert_eq!(verify(&[]).contains("alias        example-dev\n"), alias.is_some(), "{profile}");
    }
    // With the profile's name alone in the environment, its credentials are fetched.
    let named = [("SSOX_PROFILE", "target"), ("SSOX_PROMPT", "target"), ("AWS_PROFILE", "target")];
    let said = home.ssox_with(&["status", "--verify"], &named).ok();
    assert!(said.contains("\narn          arn:aws:sts::444455556666:assumed-role/Target/ssox-"), "{said}");
    shows!(home, home.ssox(&["status", "--verify"]).fails(4), @r"
    ssox: this shell has no credentials to verify
    ssox: hint: ssox use NAME
    ");
    // Long-term keys of a profile are known by their ID, although ssox never caches them.
    let id = use_(&home, "me").set("AWS_ACCESS_KEY_ID").unwrap();
    let theirs = [("AWS_ACCESS_KEY_ID", id.as_str()), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let said = home.ssox_with(&["status"], &theirs).ok();
    assert!(said.ends_with(", of profile `me`\n"), "{said}");
    let unknown = [("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN1234WXYZ"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let ran = home.ssox_with(&["status", "--verify"], &unknown);
    assert_eq!(ran.stdout(), "no profile is in use in this shell\nkeys         access key …WXYZ, unknown to ssox\n");
    assert_eq!(ran.status(), 5);
    says!(home, ran.stderr(), @r"
    ssox: could not verify the credentials: AWS does not know the access key (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the access key may be deactivated or deleted, or belong to another partition
    ");
    let ran = home.ssox_with(&["status", "--verify", "--json"], &unknown);
    let error: Value = serde_json::from_str(&ran.stderr()).expect("the error is JSON");
    assert_eq!((ran.status(), &error["error"]["exit_status"]), (5, &Value::from(5)));
    assert!(serde_json::from_str::<Value>(&ran.stdout()).expect("the rest is JSON")["profile"].is_null());
}

#[test]
fn verify_asks_in_the_partition_of_the_keys() {
    let china = "[profile china]\nsource_profile = me\nrole_arn = arn:aws-cn:iam::444455556666:role/Target\n";
    let home = home(china);
    for (variable, asked) in [("eu-west-1", "cn-northwest-1"), ("cn-north-1", "cn-north-1")] {
        home.standin.reset();
        let verify = ["exec", "china", "--", SSOX, "status", "--verify"];
        home.ssox_with(&verify, &[("AWS_REGION", variable)]).ok();
        let requests = home.standin.requests();
        let request = requests.iter().find(|request| request.operation == "GetCallerIdentity").unwrap();
        let scope = format!("/{asked}/sts/aws4_request");
        assert!(request.header("authorization").unwrap().contains(&scope), "{variable}");
    }
}

#[test]
fn an_account_alias_without_permission_is_absent() {
    let home = home("");
    for fault in [ssox_standin::Fault::Status(403), ssox_standin::Fault::Status(500), ssox_standin::Fault::Reset] {
        home.standin.fault("ListAccountAliases", fault, ssox_standin::Times::Next(1));
        let said = home.ssox(&["exec", "me", "--", SSOX, "status", "--verify"]).ok();
        assert!(said.contains("user/me") && !said.contains("alias"), "{said}");
    }
}
