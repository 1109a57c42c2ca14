//! The region of the shell where a profile with a region is followed by one without.

use crate::identity::environment;
use crate::other_shells::{self, Other};
use crate::posix::{self, posix_shells};
use crate::powershell;
use crate::shells::{Home, in_each, installed, shells, signed_in};
use ssox_standin::Standin;
use std::time::Duration;

/// What is typed, and the values of AWS_REGION and AWS_DEFAULT_REGION after each line.
const ROWS: [(&[&str], &str); 9] = [
    (&["ssox use stg", "ssox use noreg", "ssox clear"], "stg|stg | |"),
    (
        &["AWS_REGION=mine", "ssox use stg", "ssox use noreg", "ssox use dev", "ssox use noreg", "ssox clear"],
        "mine| stg|stg mine| dev|dev mine| mine|",
    ),
    (&["AWS_DEFAULT_REGION=mine", "ssox use stg", "ssox use dev", "ssox use noreg"], "|mine stg|stg dev|dev |mine"),
    (
        &["ssox use stg", "AWS_REGION=mine", "ssox use noreg", "ssox use dev", "ssox use noreg", "ssox clear"],
        "stg|stg mine|stg mine| dev|dev mine| mine|",
    ),
    (
        &["ssox use stg", "AWS_DEFAULT_REGION=mine", "ssox use noreg", "ssox use dev", "ssox clear"],
        "stg|stg stg|mine |mine dev|dev |mine",
    ),
    (&["ssox use noreg", "AWS_REGION=mine", "ssox use stg", "ssox use noreg"], "| mine| stg|stg mine|"),
    (&["ssox use stg", "ssox use noreg", "AWS_REGION=stg", "ssox use noreg"], "stg|stg | stg| stg|"),
    (
        &[
            "ssox use --profile-only stg",
            "ssox use --profile-only noreg",
            "ssox use stg",
            "ssox use --profile-only noreg",
        ],
        "stg|stg | stg|stg |",
    ),
    (&["ssox use --region us-east-2 noreg", "ssox use noreg"], "us-east-2|us-east-2 |"),
];

fn home() -> (Standin, Home) {
    let (standin, home) = signed_in(Duration::from_secs(3300));
    let noreg = "[profile noreg]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    home.write(".aws/config", &format!("{}\n{noreg}", home.read(".aws/config")));
    home.program("regions", "#!/bin/sh\necho \"$AWS_REGION|$AWS_DEFAULT_REGION\" >>\"$HOME/seen\"\n");
    (standin, home)
}

/// Returns the values that the program `regions` wrote.
fn seen(home: &Home) -> String {
    let seen = home.read("seen").replace("eu-central-1", "stg").replace("eu-west-1", "dev");
    seen.lines().collect::<Vec<_>>().join(" ")
}

/// Runs each row as a script, and compares what it wrote.
fn check(name: &str, export: impl Fn(&str, &str) -> String, run: impl Fn(&Home, &str) -> String) {
    for (lines, expected) in ROWS {
        let (_standin, home) = home();
        let value = |value: &str| value.replace("stg", "eu-central-1");
        let line = |line: &&str| match line.split_once('=') {
            Some((name, text)) => export(name, &value(text)),
            None => (*line).into(),
        };
        let script: Vec<String> = lines.iter().map(|typed| format!("{}\nregions\n", line(typed))).collect();
        let told = run(&home, &script.concat());
        assert_eq!(seen(&home), expected, "{name} {lines:?}: {told}");
    }
}

#[test]
fn a_profile_without_a_region_restores_the_persons_region() {
    in_each(&shells(), |shell| {
        check(
            shell.name(),
            |name, value| shell.export(name, value),
            |home, script| {
                let output = home.script(shell, &format!("LOAD\n{script}"));
                String::from_utf8_lossy(&output.stderr).into()
            },
        );
    });
}

#[test]
fn posix_shells_restore_the_persons_region() {
    for shell in posix_shells() {
        let export = |name: &str, value: &str| format!("export {name}={value}");
        check(shell, export, |home, script| posix::run(home, shell, &format!("LOAD\n{script}")));
    }
}

#[test]
fn other_shells_restore_the_persons_region() {
    other_shells::in_each(|shell: Other| {
        check(
            shell.name(),
            |name, value| shell.export(name, value),
            |home, script| other_shells::run(home, shell, &format!("LOAD\n{script}")),
        );
    });
}

#[test]
fn powershell_restores_the_persons_region() {
    if installed("pwsh") {
        let export = |name: &str, value: &str| format!("$env:{name} = '{value}'");
        check("pwsh", export, |home, script| powershell::run(home, script).unwrap_or_default());
    }
}

#[test]
fn a_program_gets_the_persons_region_too() {
    let (_standin, home) = home();
    let script = "LOAD\nexport AWS_REGION=mine\nssox use stg\nssox exec noreg -- regions\n\
        ssox exec --serve noreg -- sh -c 'regions; grep region \"$AWS_CONFIG_FILE\" >>seen'\n\
        bash -c 'eval \"$(command ssox init bash)\"; ssox use noreg; regions'\n";
    for shell in shells().into_iter().filter(|shell| shell.name() == "bash") {
        let output = home.script(shell, script);
        assert_eq!(seen(&home), "mine| mine| region = mine mine|", "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn in_a_directory_whose_profile_has_no_region_the_persons_region_counts() {
    in_each(&shells(), |shell| {
        let (_standin, home) = home();
        home.write("dir/.ssox", "profile = noreg\n");
        home.allow("dir");
        let mut session = home.session(shell, &format!("{}\nLOAD", shell.export("AWS_REGION", "mine")));
        for line in
            ["ssox use stg", "cd ~/dir", "ssox use stg", "ssox use noreg", "cd ~", "ssox use noreg", "ssox clear"]
        {
            session.run(line);
            session.run("regions");
        }
        assert_eq!(seen(&home), "stg|stg mine| stg|stg mine| stg|stg mine| mine|", "{shell:?}");
        let left = environment(&mut session, &home).into_keys().filter(|name| name.starts_with("SSOX_"));
        assert_eq!(left.collect::<Vec<_>>(), [""; 0], "{shell:?}");
    });
}
