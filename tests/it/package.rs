//! What a package contains: licences, man pages and third-party notices.

use crate::sandbox::cargo;
use std::fs;
use std::path::Path;
use std::process::Command;

fn repository(below: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(below);
    fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// Runs a command, which succeeds, and returns what it printed.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    let [told, errors] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(output.status.success(), "{command:?}:\n{told}{errors}");
    told
}

/// Writes the man pages and the notices as a packager does.
pub(crate) fn package_files(directory: &Path) {
    run(cargo(&["run", "--quiet", "--example", "package-files", "--"]).arg(directory));
}

#[test]
fn each_verb_has_a_man_page_and_no_hidden_one_has() {
    let directory = tempfile::tempdir().unwrap();
    package_files(directory.path());
    let page = |name: &str| fs::read_to_string(directory.path().join(format!("man1/{name}.1")));
    let overview = page("ssox").unwrap();
    let verbs = run(Command::new(env!("CARGO_BIN_EXE_ssox")).arg("--help").env_clear());
    let verbs = verbs.split("Commands:\n").nth(1).unwrap().lines().take_while(|line| line.starts_with("  "));
    // An indented line continues the one before it.
    let verbs = verbs.filter(|line| !line.starts_with("   "));
    let verbs: Vec<&str> = verbs.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(verbs.contains(&"use") && verbs.contains(&"doctor"), "{verbs:?}");
    for verb in verbs {
        assert!(page(&format!("ssox-{verb}")).unwrap().contains(".SH NAME"), "{verb}");
        assert!(overview.contains(&format!("ssox\\-{}(1)", verb.replace('-', "\\-"))), "{verb}: {overview}");
    }
    assert!(page("ssox-tick").is_err() && page("ssox-complete").is_err());
    for section in ["EXIT STATUS", "FILES", "ENVIRONMENT"] {
        assert!(overview.contains(section), "{section}");
    }
}

#[test]
fn the_notices_name_each_crate_in_the_binary_and_are_the_same_every_time() {
    let directory = tempfile::tempdir().unwrap();
    let notices = || {
        package_files(directory.path());
        fs::read_to_string(directory.path().join("THIRD-PARTY-NOTICES")).unwrap()
    };
    let text = notices();
    for name in ["clap ", "aws-sdk-sso ", "rustls ", "ring "] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
    }
    // A tool of the tests, a procedural macro and a build dependency are not in the binary.
    for name in ["proptest ", "clap_derive ", "cc ", "ssox "] {
        assert!(!text.lines().skip(1).any(|line| line.starts_with(name)), "{name}");
    }
    assert!(text.contains("Carl Lerche"), "the licence of an MIT crate names its holder");
    assert_eq!(notices(), text);
}

#[test]
fn both_licences_and_the_changelog_are_there() {
    assert!(repository("LICENSE-APACHE").contains("Version 2.0, January 2004"));
    assert!(repository("LICENSE-MIT").contains("Permission is hereby granted"));
    let (changelog, version) = (repository("CHANGELOG.md"), env!("CARGO_PKG_VERSION"));
    assert!(changelog.contains("## [Unreleased]") || changelog.contains(&format!("## [{version}]")), "{version}");
}
