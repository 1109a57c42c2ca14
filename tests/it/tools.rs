//! `ssox status --tools`: its rules are compared with what real AWS tools do, and its output is what a person sees.

use crate::home::{Home, SSOX};
use crate::shown::says;
use serde_json::Value;
use ssox_standin::Grant;
use std::path::{Path, PathBuf};
use std::process::Command;

fn below(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Returns the rows in an environment.
pub(crate) fn rows(home: &Home, variables: &[(&str, &str)]) -> Vec<Value> {
    let text = home.ssox_with(&["status", "--tools", "--json"], variables).ok();
    serde_json::from_str(&text).expect("an array")
}

pub(crate) fn row<'a>(rows: &'a [Value], tool: &str) -> &'a Value {
    rows.iter().find(|row| row["tool"] == tool).unwrap_or_else(|| panic!("no {tool} in {rows:#?}"))
}

/// Writes a profile `old` with keys that nothing selects.
fn store_keys(home: &Home) {
    let keys = "[old]\naws_access_key_id = AKIA\naws_secret_access_key = s\n";
    std::fs::write(home.path(".aws/credentials"), keys).expect("a file can be written");
}

pub(crate) const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "ASIAUNKNOWN00001234"), ("AWS_SECRET_ACCESS_KEY", "secret")];

/// Returns the directory with the SDK for Ruby: that of Debian, unless the variable names another.
fn ruby(target: &Path) -> PathBuf {
    std::env::var_os("SSOX_TEST_RUBY_SDK").map_or_else(|| target.join("ruby"), PathBuf::from)
}

/// Returns the tools to compare, each with its command. All of them, where the variable is set: those that are
/// installed.
fn tools(folder: &Path, target: &Path) -> Vec<String> {
    let probe =
        |library: &str| format!("{}/python/bin/python {}/probes.py {library}", target.display(), folder.display());
    let node = format!("node {}/probe.mjs", folder.display());
    let quick = [
        ("boto3", probe("boto3")),
        ("JS v3", node.clone()),
        ("minio", probe("minio")),
        ("object_store (deltalake)", probe("obstore")),
    ];
    let slow = [
        ("object_store (deltalake)", probe("deltalake")),
        ("C++ (pyarrow)", probe("pyarrow")),
        ("tiledb", probe("tiledb")),
        ("duckdb", probe("duckdb {bucket}")),
        ("GDAL", probe("rasterio")),
        ("Rust", format!("{}/rust/debug/probe {{bucket}} {{url}}", target.display())),
        ("Ansible", probe("ansible")),
        ("polars alone", probe("polars {bucket}")),
        ("polars with boto3", probe("polars boto3 {bucket}")),
        ("JS v2", format!("{node} v2")),
        (
            "CDK",
            format!("{}/probe-cdk {}/node_modules/.bin/cdk {{bucket}} {{url}}", folder.display(), target.display()),
        ),
        ("Go v2", format!("{}/probe-go {{bucket}}", target.display())),
        (
            "AWS CLI v1",
            format!(
                "{}/python1/bin/aws --endpoint-url {{url}} s3api head-bucket --bucket {{bucket}}",
                target.display()
            ),
        ),
        (
            "AWS CLI v2",
            format!("{}/awscli2/aws --endpoint-url {{url}} s3api head-bucket --bucket {{bucket}}", target.display()),
        ),
        ("Java v2", format!("java -cp {0}/java:{0}/java/* Probe 2 {{bucket}} {{url}}", target.display())),
        ("Java v1", format!("java -cp {0}/java:{0}/java/* Probe 1 {{bucket}} {{url}}", target.display())),
    ];
    let is_all = std::env::var_os("SSOX_TEST_ALL_TOOLS").is_some();
    let php = std::env::var("SSOX_TEST_PHP_SDK").ok();
    let php = php.map(|sdk| ("PHP", format!("php {}/probe.php {sdk} {{bucket}} {{url}}", folder.display())));
    let ruby = Some(ruby(target)).filter(|sdk| sdk.exists());
    let ruby = ruby.map(|sdk| ("Ruby", format!("ruby {}/probe.rb {}", folder.display(), sdk.display())));
    let chosen = quick.into_iter().chain(ruby).chain(slow.into_iter().filter(|_| is_all)).chain(php);
    chosen.map(|(tool, command)| format!("{tool}={command}")).collect()
}

#[test]
fn the_prediction_is_what_the_tools_do() {
    let (folder, target) = (below("tests/it/tools"), below("target/test-tools"));
    if !target.join("installed").exists() {
        assert!(std::env::var_os("CI").is_none(), "the tools are not installed");
        return eprintln!("NOT TESTED: the tools are not in target/test-tools; tests/run installs them");
    }
    let tools = tools(&folder, &target);
    let mut command = Command::new("python3");
    command.arg(folder.join("differential.py")).args(["--ssox", SSOX]).env("NODE_MODULES", target.join("node_modules"));
    // That of Debian 12 asks only AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.
    if std::env::var_os("SSOX_TEST_RUBY_SDK").is_none() {
        command.args(["--unseen", "Ruby:container"]);
    }
    let ran = command.args(&tools).output().expect("python starts");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said.matches(", 0 differences").count(), tools.len(), "{said}");
}

/// botocore fails with such a file also where the access keys are in the environment.
#[test]
fn a_file_with_an_error_is_refused_by_the_tools_of_botocore() {
    let home = Home::new();
    home.write_config("[profile dev]\nregion = eu-west-1\nregion = eu-west-2\n");
    let rows = rows(&home, &KEYS);
    for tool in ["AWS CLI v1", "AWS CLI v2", "boto3", "Ansible"] {
        let row = row(&rows, tool);
        let why = row["why"].as_str().expect("a text");
        assert_eq!(row["source"], "none", "{row}");
        assert!(why.starts_with("refuses: ") && why.contains("/.aws/config:3: `region` is already in line 2"), "{why}");
    }
    assert_eq!(row(&rows, "Go v2")["source"], "environment");
}

#[test]
fn keys_that_ssox_does_not_know_are_named_by_their_end() {
    let home = Home::signed_in();
    let rows = rows(&home, &[&KEYS[..], &[("AWS_PROFILE", "dev")]].concat());
    assert_eq!(rows.len(), 21);
    let boto3 = row(&rows, "boto3");
    assert_eq!(
        (&boto3["identity"], &boto3["source"], &boto3["renews"]),
        (&().into(), &"environment".into(), &false.into())
    );
    assert!(boto3["why"].as_str().unwrap().contains("…1234"), "{boto3}");
    let javascript = row(&rows, "JS v3");
    assert_eq!((&javascript["identity"], &javascript["source"]), (&"dev".into(), &"profile".into()));
    assert!(home.standin.requests().is_empty(), "nobody is asked");
}

#[test]
fn the_keys_that_ssox_set_are_those_of_the_profile() {
    let home = Home::signed_in();
    let held = home.ssox(&["exec", "dev", "--", SSOX, "status", "--tools", "--json"]).ok();
    let rows: Vec<Value> = serde_json::from_str(&held).expect("an array");
    for row in &rows {
        assert_eq!(
            (&row["identity"], &row["source"], &row["renews"]),
            (&"dev".into(), &"environment".into(), &false.into())
        );
    }
    let text = home.ssox(&["exec", "dev", "--", SSOX, "status", "--tools"]).ok();
    assert!(!text.contains('!') && text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn a_token_that_only_a_person_can_renew_is_shown() {
    let home = Home::signed_in();
    let says = |tool: &str| {
        let rows = rows(&home, &[("AWS_PROFILE", "dev")]);
        let row = row(&rows, tool);
        assert_eq!(row["identity"], "dev", "{row}");
        (row["renews"].as_bool().unwrap(), row["why"].as_str().unwrap().to_string())
    };
    let is = |renews: bool, why: &str| (renews, format!("AWS_PROFILE: sso_session{why}"));
    assert_eq!(says("boto3"), is(true, ""));
    let over = Grant { expires_in: -1, ..Grant::default() };
    home.sign_in(&over);
    assert_eq!(says("boto3"), is(true, ""), "boto3 refreshes it");
    assert_eq!(says("GDAL"), is(false, ", but the token has expired"), "it does not");
    home.sign_in(&Grant { refreshable: false, ..over });
    assert_eq!(says("boto3"), is(false, ", but the token has expired"));
    home.ssox(&["logout", "dev"]).ok();
    assert_eq!(says("boto3"), is(false, ", but nobody is signed in"));
    let pyarrow = row(&rows(&home, &[("AWS_PROFILE", "dev")]), "C++ (pyarrow)").clone();
    assert_eq!(pyarrow["why"], "unsigned: it cannot use sso_session, because nobody is signed in");
}

#[test]
fn a_profile_that_names_what_is_not_there_is_refused() {
    let home = Home::signed_in();
    home.write_config(
        "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = gone\n\
         [profile chain]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = role\n\
         [profile self]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = self\n\
         [profile one]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = two\n\
         [profile two]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = one\n\
         [profile lone]\nrole_arn = arn:aws:iam::111122223333:role/r\ncredential_process = /bin/true\n\
         [profile nosession]\nsso_account_id = 111122223333\naws_access_key_id = AKIA\naws_secret_access_key = x\n\
         [profile empty]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = region\n\
         [profile region]\nregion = eu-west-1\n\
         [profile source]\nrole_arn = arn:aws:iam::111122223333:role/r\ncredential_source = Nonsense\n\
         [profile session]\nsso_session = gone\nsso_account_id = 111122223333\nsso_role_name = r\n\
         [sso-session half]\nsso_start_url = https://d-1.awsapps.com/start\n\
         [profile half]\nsso_session = half\nsso_account_id = 111122223333\nsso_role_name = r\n\
         [sso-session corp]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n\
         [profile account]\nsso_session = corp\nsso_role_name = r\n\
         [profile legacy]\nsso_start_url = https://d-1.awsapps.com/start\nsso_account_id = 111122223333\n\
         [profile id]\naws_access_key_id = AKIA\n",
    );
    for (profile, why) in [
        ("id", "static keys in the config file, but `id` has no aws_secret_access_key"),
        ("role", "an assumed role, but the source_profile `gone` of `role` does not exist"),
        ("chain", "an assumed role, but the source_profile `gone` of `role` does not exist"),
        ("self", "an assumed role, but source_profile leads from `self` to `self` again"),
        ("one", "an assumed role, but source_profile leads from `two` to `two` again"),
        ("empty", "an assumed role, but the source_profile `region` of `empty` has no credentials"),
        (
            "source",
            "an assumed role, but `Nonsense` in credential_source of `source` is not one of Environment, Ec2InstanceMetadata, EcsContainer",
        ),
        ("session", "sso_session, but the sso_session `gone` of `session` does not exist"),
        ("half", "sso_session, but [sso-session half] has no sso_region"),
        ("account", "sso_session, but `account` has no sso_account_id"),
        ("legacy", "legacy SSO settings, but `legacy` has no sso_region"),
    ] {
        let rows = rows(&home, &[("AWS_PROFILE", profile)]);
        for tool in ["AWS CLI v2", "boto3", "Go v2"] {
            let row = row(&rows, tool);
            assert_eq!((&row["source"], &row["identity"]), (&"none".into(), &().into()), "{row}");
            assert_eq!(row["why"], format!("refuses: AWS_PROFILE: {why}"), "{tool}");
        }
    }
    // Tools without botocore use the other credentials of the profile.
    for (profile, why) in [
        ("lone", "credential_process, but `lone` has a role_arn without source_profile"),
        ("nosession", "static keys in the config file, but `nosession` has SSO settings without sso_session"),
    ] {
        let rows = rows(&home, &[("AWS_PROFILE", profile)]);
        for tool in ["AWS CLI v2", "boto3"] {
            assert_eq!(row(&rows, tool)["why"], format!("refuses: AWS_PROFILE: {why}"));
        }
        assert_eq!(row(&rows, "Rust")["identity"], profile);
    }
    // Some tools go on as if the profile had no credentials.
    let of_id = rows(&home, &[("AWS_PROFILE", "id")]);
    let why = "refuses: it cannot use static keys in the config file, because `id` has no aws_secret_access_key";
    assert_eq!(row(&of_id, "JS v3")["why"], why);
    // botocore reads the session even if it takes access keys.
    let rows = rows(&home, &[&KEYS[..], &[("AWS_PROFILE", "session")]].concat());
    let why = row(&rows, "boto3")["why"].as_str().expect("a text");
    assert!(why.starts_with("refuses: AWS_PROFILE, although access keys are set: "), "{why}");
    assert_eq!(row(&rows, "Java v2")["source"], "environment");
}

#[cfg(unix)]
#[test]
fn a_served_program_has_the_endpoint_in_every_tool_but_those_that_read_other_files() {
    let home = Home::signed_in();
    let keys = "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n";
    std::fs::write(home.path(".aws/credentials"), keys).expect("a file can be written");
    let held = home.ssox(&["exec", "--serve", "dev", "--", SSOX, "status", "--tools", "--json"]).ok();
    let rows: Vec<Value> = serde_json::from_str(&held).expect("an array");
    for row in rows.iter().filter(|row| row["tool"] != "polars alone") {
        assert_eq!((&row["identity"], &row["source"]), (&"dev".into(), &"container".into()), "{row}");
    }
    let polars = row(&rows, "polars alone");
    assert_eq!((&polars["identity"], &polars["source"]), (&"default".into(), &"profile".into()));
}

#[test]
fn polars_takes_the_first_keys_of_the_file_where_boto3_finds_nothing() {
    let home = Home::signed_in();
    store_keys(&home);
    let polars = |variables: &[(&str, &str)]| {
        let row = row(&rows(&home, variables), "polars with boto3").clone();
        (row["identity"].as_str().unwrap_or_default().to_string(), row["why"].as_str().unwrap().to_string())
    };
    let first = "the first keys in ~/.aws/credentials, whatever AWS_PROFILE says";
    assert_eq!(polars(&[]), ("old".into(), first.into()));
    assert_eq!(polars(&[("AWS_PROFILE", "dev")]).0, "dev");
    assert_eq!(polars(&[("AWS_PROFILE", "nope")]).1, "refuses: the profile in AWS_PROFILE does not exist");
    let empty = KEYS.map(|(name, _)| (name, ""));
    assert_eq!(polars(&empty).1, "unsigned: AWS_ACCESS_KEY_ID is set but empty");
}

#[test]
fn ruby_refuses_keys_while_a_person_must_sign_in_for_the_default_profile() {
    let home = Home::signed_in();
    let config = std::fs::read_to_string(home.path(".aws/config")).unwrap();
    std::fs::write(home.path(".aws/config"), config.replace("[profile dev]", "[default]")).unwrap();
    let ruby = || row(&rows(&home, &KEYS), "Ruby")["why"].as_str().unwrap().to_string();
    assert!(ruby().starts_with("access keys in the environment"), "{}", ruby());
    home.ssox(&["logout", "default"]).ok();
    assert_eq!(ruby(), "refuses: [default], although access keys are set: sso_session, but nobody is signed in");
}

#[test]
fn doctor_names_the_tools_that_take_another_identity() {
    let home = Home::signed_in();
    store_keys(&home);
    let said = String::from_utf8(home.ssox_with(&["doctor"], &[("AWS_PROFILE", "dev")]).0.stdout).unwrap();
    says!(home, said, @r"
    warning: ~/.aws/credentials: contains access keys and can be read by other users of this machine
        hint: chmod 600 ~/.aws/credentials
    warning: these tools would use other credentials than those of this shell: polars alone takes `old` (the first keys in ~/.aws/credentials, whatever AWS_PROFILE says)
        hint: `ssox status --tools` shows every tool; `ssox use` sets access keys, which most tools use
    info: these tools would send requests without a signature, and show no error: Java v1 (unsigned: it does not read sso_session); tiledb (unsigned: it does not read sso_session)
        hint: `ssox status --tools` shows every tool; `ssox use` sets access keys, which most tools use
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
    let said = String::from_utf8(home.ssox(&["doctor"]).0.stdout).unwrap();
    assert!(!said.contains("polars"), "no profile is selected: {said}");
}

#[test]
fn doctor_says_what_hides_a_container_endpoint() {
    let home = Home::signed_in();
    std::fs::write(home.path(".aws/credentials"), "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")
        .unwrap();
    let container = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/")];
    let said = String::from_utf8(home.ssox_with(&["doctor"], &container).0.stdout).unwrap();
    says!(home, said, @r"
    warning: ~/.aws/credentials: contains access keys and can be read by other users of this machine
        hint: chmod 600 ~/.aws/credentials
    warning: AWS_CONTAINER_CREDENTIALS_FULL_URI is set, but these tools use a profile ([default]: static keys in the credentials file) instead: AWS CLI v1, AWS CLI v2, boto3, Ansible, JS v3, CDK, JS v2, Java v2, Java v1, Go v2, Rust, C++ (pyarrow), tiledb, duckdb, polars with boto3, polars alone, GDAL, minio, PHP, Ruby
        hint: set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to a file without credentials, as `ssox exec --serve` does
    info: AWS_CONTAINER_CREDENTIALS_FULL_URI is set: AWS tools fall back to the credentials of a container
        hint: unset AWS_CONTAINER_CREDENTIALS_FULL_URI, if this is not a container
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn profile_only_says_once_which_tools_do_not_take_the_profile() {
    let home = Home::signed_in();
    store_keys(&home);
    let used = home.ssox(&["--emit=zsh1", "use", "--profile-only", "dev"]);
    let said = used.stderr();
    says!(home, said, @"ssox: these tools do not use the profile `dev` in AWS_PROFILE: JS v2, Java v1, tiledb, duckdb, object_store (deltalake), polars alone, minio; Java v1 sends unsigned requests; tiledb sends unsigned requests; polars alone takes `old`; `ssox status --tools` says why");
    let set: Vec<(String, String)> = used.all_set();
    let held: Vec<(&str, &str)> = set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = home.ssox_with(&["--emit=zsh1", "use", "--profile-only", "stg"], &held).stderr();
    assert!(!again.contains("do not use"), "{again}");
}

#[test]
fn the_text_groups_the_tools_that_agree_and_marks_the_others() {
    let home = Home::signed_in();
    let text = home.ssox_with(&["status", "--tools"], &[("AWS_PROFILE", "dev")]).ok();
    says!(home, text, @r"
      dev: AWS_PROFILE: sso_session, eu-west-1, renews
        AWS CLI v1, AWS CLI v2, boto3, Ansible, JS v3, CDK, Java v2, Go v2, Rust,
        C++ (pyarrow), polars with boto3, Ruby
      dev: AWS_PROFILE: sso_session, eu-west-1
        GDAL
      dev: AWS_PROFILE: sso_session, renews
        PHP
    ! refuses: it finds no such profile
        JS v2
    ! unsigned: it does not read sso_session
        Java v1, tiledb
    ! refuses: it does not read sso_session
        duckdb
    ! waits for the metadata address: it does not read AWS_PROFILE
        object_store (deltalake), polars alone
    ! waits for the metadata address: it does not read sso_session
        minio
    ");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

/// Tools of botocore would use another section, no such profile, or a value with its comment.
#[test]
fn the_tools_that_read_the_profile_differently_are_marked() {
    let home = Home::signed_in();
    let config = std::fs::read_to_string(home.path(".aws/config")).expect("the config can be read");
    let marked = |config: &str, profile: &str| {
        home.write_config(config);
        let text = home.ssox_with(&["status", "--tools"], &[("AWS_PROFILE", profile)]).ok();
        let text = text.replace("\n    ", " ").replace("  ", " ");
        let lines = text.lines().filter(|line| line.starts_with("! ") && line.contains("AWS_PROFILE: sso_session"));
        lines.collect::<Vec<_>>().join("\n")
    };
    says!(home, marked(&config.replacen("ReadOnly", "ReadOnly # note", 1), "dev"), @"! dev: AWS_PROFILE: sso_session, but ~/.aws/config:9: the AWS CLI reads the comment as part of the value of `sso_role_name`, eu-west-1, renews AWS CLI v1, AWS CLI v2, boto3, Ansible, polars with boto3");
    says!(home, marked(&config.replacen("[profile dev]", "[ profile dev ]", 1), "dev"), @"! dev: AWS_PROFILE: sso_session, but ~/.aws/config:6: `[ profile dev ]` has blanks inside the brackets: the AWS CLI does not read it as profile `dev`, eu-west-1, renews AWS CLI v1, AWS CLI v2, boto3, Ansible, polars with boto3");
    let settings = |role: &str| format!("sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = {role}\n");
    let (one, two) = (settings("ReadOnly"), settings("PowerUser"));
    says!(home, marked(&format!("[profile default]\n{one}\n{config}\n[default]\n{two}"), "default"), @r"
    ! default: AWS_PROFILE: sso_session, but ~/.aws/config:30: the AWS CLI and boto3 use this `[default]`, the SDKs and ssox use `[profile default]` in line 1, renews AWS CLI v1, AWS CLI v2, boto3, Ansible
    ! default: AWS_PROFILE: sso_session, but ~/.aws/config:30: the AWS CLI and boto3 use this `[default]`, the SDKs and ssox use `[profile default]` in line 1, eu-west-1, renews polars with boto3
    ");
    assert_eq!(marked(&format!("[default]\n{two}\n{config}\n[profile default]\n{one}"), "default"), "");
    assert_eq!(marked(&config, "dev"), "");
}
