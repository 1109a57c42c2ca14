use super::*;
use crate::commands::Cli;
use clap::CommandFactory as _;

/// Returns what is allowed in place of the last word of a command line.
fn at(line: &str) -> Expected {
    let mut words: Vec<String> = line.split(' ').map(String::from).collect();
    let current = words.pop().unwrap_or_default();
    expected(Cli::command(), &CommandLine { words, current })
}

fn words_at(line: &str) -> Vec<String> {
    match at(line) {
        Expected::Words(_, candidates) => candidates.into_iter().map(|candidate| candidate.value).collect(),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_value_has_a_kind_or_is_free() {
    let free = [
        "emit",
        "min_ttl",
        "mfa_code",
        "role_arn",
        "timeout",
        "port",
        "write",
        "command",
        "start_url",
        "account_id",
        "role_name",
        "jobs",
        "name_format",
        "duration",
        "url",
    ];
    fn check(command: &Command, free: &[&str]) {
        if command.is_hide_set() {
            return;
        }
        for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
            let id = arg.get_id().as_str();
            let is_known =
                ValueKind::of(command.get_name(), arg).is_some() || arg.get_value_parser().possible_values().is_some();
            assert!(is_known != free.contains(&id), "{} {id}", command.get_name());
        }
        command.get_subcommands().for_each(|command| check(command, free));
    }
    let mut command = Cli::command();
    command.build();
    check(&command, &free);
}

#[test]
fn every_verb_is_offered_but_the_hidden_ones() {
    let verbs = words_at("ssox ");
    for command in Cli::command().get_subcommands() {
        assert_eq!(
            verbs.iter().any(|verb| verb == command.get_name()),
            !command.is_hide_set(),
            "{}",
            command.get_name()
        );
    }
}

#[test]
fn every_option_is_offered_until_it_is_given() {
    fn check(command: &Command, line: &str) {
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let Some(long) = arg.get_long().map(|long| format!("--{long}")) else { continue };
            assert!(words_at(&format!("{line} -")).contains(&long), "{line} {long}");
            if !arg.get_action().takes_values() {
                assert!(!words_at(&format!("{line} {long} -")).contains(&long), "{line} {long}");
            }
        }
        for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
            check(command, &format!("{line} {}", command.get_name()));
        }
    }
    let mut command = Cli::command();
    command.build();
    check(&command, "ssox");
}

#[test]
fn what_excludes_another_is_not_offered_beside_it() {
    assert!(!words_at("ssox login --pkce -").contains(&"--device-code".into()));
    assert!(!words_at("ssox use -v dev -").contains(&"--verbose".into()));
    assert!(words_at("ssox exec dev --min-ttl 1h --").contains(&"--mfa-code".into()));
}

#[test]
fn a_value_is_known_by_its_position() {
    for (line, kind, before) in [
        ("ssox use d", ValueKind::ProfileOrPrevious, ""),
        ("ssox -v login d", ValueKind::ProfileWithSession, ""),
        ("ssox saml roles ", ValueKind::ProfileWithSaml, ""),
        ("ssox each dev ", ValueKind::Profile, ""),
        ("ssox use --region=eu dev", ValueKind::ProfileOrPrevious, ""),
        ("ssox use -- -d", ValueKind::ProfileOrPrevious, ""),
        ("ssox use --region ", ValueKind::Region, ""),
        ("ssox console --service c", ValueKind::Service, ""),
        ("ssox use dev --region=eu", ValueKind::Region, "--region="),
        ("ssox configure sso --profile ", ValueKind::ConfiguredProfile, ""),
        ("ssox configure sso --sso-session=c", ValueKind::Session, "--sso-session="),
        ("ssox configure populate --sso-session ", ValueKind::Session, ""),
        ("ssox configure populate --account ", ValueKind::Account, ""),
        ("ssox configure populate --role=R", ValueKind::Role, "--role="),
        ("ssox each --account Da", ValueKind::Account, ""),
        ("ssox each --role ", ValueKind::Role, ""),
        ("ssox configure populate --region ", ValueKind::Region, ""),
        ("ssox configure populate --output ", ValueKind::Output, ""),
        ("ssox export --saml-response ", ValueKind::File, ""),
    ] {
        match at(line) {
            Expected::Value(found, there, _) => assert_eq!((found, there.as_str()), (kind, before), "{line}"),
            other => panic!("{line}: {other:?}"),
        }
    }
    for verb in ["use", "exec", "export", "console", "credential-process", "serve", "each", "login", "logout"] {
        let Expected::Value(ValueKind::Session, ..) = at(&format!("ssox {verb} --sso-session ")) else {
            panic!("{verb}")
        };
    }
    let Expected::Value(ValueKind::Session, ..) = at("ssox list --assigned --sso-session ") else { panic!("list") };
    assert_eq!(words_at("ssox export --format=")[0], "--format=env");
}

#[test]
fn a_value_that_starts_with_a_dash_is_allowed_where_it_is_not_an_option() {
    for (line, expected) in [
        ("ssox use ", LeadingDash::AfterDashes),
        ("ssox use --profile-only ", LeadingDash::AfterDashes),
        ("ssox use -- ", LeadingDash::Allowed),
        ("ssox use -- -d", LeadingDash::Allowed),
        ("ssox configure sso --profile=", LeadingDash::Allowed),
        ("ssox configure sso --profile ", LeadingDash::Never),
        ("ssox login --sso-session ", LeadingDash::Never),
    ] {
        let Expected::Value(_, _, leading_dash) = at(line) else { panic!("{line}") };
        assert_eq!(leading_dash, expected, "{line}");
    }
}

#[test]
fn a_command_begins_after_the_profile() {
    for (line, start) in [
        ("ssox exec dev ", Some(3)),
        ("ssox exec dev -- ", Some(4)),
        ("ssox exec dev -- git che", Some(4)),
        ("ssox exec dev git --", Some(3)),
        ("ssox exec -- -x ", Some(4)),
        ("ssox exec -- -x -- ", Some(5)),
        ("ssox exec -- -x -- git che", Some(5)),
        ("ssox -v exec --min-ttl 1h dev --timeout=1m git -- ", Some(7)),
        ("ssox each --jobs 2 dev stg -- ", Some(7)),
        ("ssox each dev -- git -- che", Some(4)),
        ("ssox each dev ", None),
        ("ssox exec ", None),
        ("ssox exec dev -", None),
        ("ssox exec dev --min-ttl ", None),
        ("ssox use dev ", None),
    ] {
        match (at(line), start) {
            (Expected::Command(found), Some(start)) => assert_eq!(found, start, "{line}"),
            (other, start) => {
                assert!(!matches!(other, Expected::Command(_)) && start.is_none(), "{line}: {other:?}");
            }
        }
    }
}
