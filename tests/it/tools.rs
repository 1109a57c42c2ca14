//! `ssox status --tools`: the rules, compared with what real tools do, and what a person sees.

use crate::home::{Home, SSOX};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn below(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Returns the rows in an environment.
fn rows(home: &Home, variables: &[(&str, &str)]) -> Vec<Value> {
    let text = home.ssox_with(&["status", "--tools", "--json"], variables).ok();
    serde_json::from_str(&text).expect("an array")
}

fn row<'a>(rows: &'a [Value], tool: &str) -> &'a Value {
    rows.iter().find(|row| row["tool"] == tool).unwrap_or_else(|| panic!("no {tool} in {rows:#?}"))
}

/// Writes a profile `old` with keys that nothing selects.
fn store_keys(home: &Home) {
    let keys = "[old]\naws_access_key_id = AKIA\naws_secret_access_key = s\n";
    std::fs::write(home.path(".aws/credentials"), keys).expect("a file can be written");
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "ASIAUNKNOWN00001234"), ("AWS_SECRET_ACCESS_KEY", "secret")];

#[test]
fn the_prediction_is_what_the_tools_do() {
    let modules = below("target/test-tools/node_modules");
    let python = below("target/test-tools/python/bin/python");
    if !modules.exists() || !python.exists() {
        assert!(std::env::var_os("CI").is_none(), "the tools are not installed");
        return eprintln!("NOT TESTED: the tools are not in target/test-tools; tests/run installs them");
    }
    let folder = below("tests/it/tools");
    let probe = |library: &str| format!("{} {}/probes.py {library}", python.display(), folder.display());
    let node = format!("node {}/probe.mjs", folder.display());
    let tools = [
        ("boto3", probe("boto3")),
        ("JS v3", node),
        ("minio", probe("minio")),
        ("object_store (deltalake)", probe("obstore")),
    ];
    let mut command = Command::new("python3");
    command.arg(folder.join("differential.py")).args(["--ssox", SSOX]).env("NODE_MODULES", modules);
    command.args(tools.iter().map(|(tool, program)| format!("{tool}={program}")));
    let ran = command.output().expect("python starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    assert_eq!(String::from_utf8_lossy(&ran.stdout).matches(", 0 differences").count(), tools.len());
}

#[test]
fn keys_that_ssox_does_not_know_are_named_by_their_end() {
    let home = Home::signed_in();
    let rows = rows(&home, &[&KEYS[..], &[("AWS_PROFILE", "dev")]].concat());
    assert_eq!(rows.len(), 18);
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

#[cfg(unix)]
#[test]
fn a_served_program_has_the_endpoint_in_every_tool_but_those_that_read_other_files() {
    let home = Home::signed_in();
    store_keys(&home);
    let held = home.ssox(&["exec", "--serve", "dev", "--", SSOX, "status", "--tools", "--json"]).ok();
    let rows: Vec<Value> = serde_json::from_str(&held).expect("an array");
    for row in rows.iter().filter(|row| row["tool"] != "polars alone") {
        assert_eq!((&row["identity"], &row["source"]), (&"dev".into(), &"container".into()), "{row}");
    }
    let polars = row(&rows, "polars alone");
    assert_eq!((&polars["identity"], &polars["source"]), (&"old".into(), &"profile".into()));
}

#[test]
fn doctor_names_the_tools_that_take_another_identity() {
    let home = Home::signed_in();
    store_keys(&home);
    let said = String::from_utf8(home.ssox_with(&["doctor"], &[("AWS_PROFILE", "dev")]).0.stdout).unwrap();
    assert!(said.contains("polars alone takes `old`"), "{said}");
    assert!(said.contains("without a signature, and show no error: tiledb"), "{said}");
    let said = String::from_utf8(home.ssox(&["doctor"]).0.stdout).unwrap();
    assert!(!said.contains("polars"), "no profile is selected: {said}");
}

#[test]
fn the_text_groups_the_tools_that_agree_and_marks_the_others() {
    let home = Home::signed_in();
    let text = home.ssox_with(&["status", "--tools"], &[("AWS_PROFILE", "dev")]).ok();
    assert!(text.starts_with("  dev: AWS_PROFILE: sso_session"), "{text}");
    assert!(text.contains("! unsigned: it does not read sso_session\n    tiledb\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}
