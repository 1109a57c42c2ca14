//! Assumed roles: the requests to AWS, the cache entries and the errors.

use crate::home::{Home, Ran, SSOX};
use crate::shown::{says, shows};
use ssox_standin::{Fault, Request, Times};

const TARGET: &str = "arn:aws:iam::444455556666:role/Target";
/// The AWS CLI's name for the entry of [`TARGET`] without further arguments.
const TARGET_ENTRY: &str = "7c105d6edb7755b984570de4c56364323ac778ff.json";
const ME: &str =
    "aws_access_key_id = AKIASTANDINEXAMPLE00\naws_secret_access_key = standin/static+secret/EXAMPLEKEY00000000\n";

/// A home, signed in, with the user `me` and more profiles.
pub(crate) fn home(config: &str) -> Home {
    let home = Home::signed_in();
    home.add_config(&format!("[profile me]\n{ME}{config}"));
    home
}

pub(crate) fn role(name: &str, role: &str, more: &str) -> String {
    format!("[profile {name}]\nrole_arn = arn:aws:iam::444455556666:role/{role}\n{more}\n")
}

pub(crate) fn use_(home: &Home, profile: &str) -> Ran {
    home.ssox(&["--emit=zsh1", "use", profile])
}

/// Asks the stand-in's STS who the credentials of a run belong to, through ssox itself.
pub(crate) fn arn(home: &Home, ran: &Ran) -> String {
    ran.ok();
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let keys: Vec<(&str, String)> = names.iter().filter_map(|name| Some((*name, ran.set(name)?))).collect();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let said = home.ssox_with(&["status", "--verify", "--json"], &keys).ok();
    said.lines()
        .find_map(|line| line.trim().strip_prefix("\"arn\": \""))
        .expect("it names an ARN")
        .trim_end_matches("\",")
        .into()
}

fn asked(home: &Home, operation: &str) -> Vec<Request> {
    home.standin.requests().into_iter().filter(|request| request.operation == operation).collect()
}

fn form(request: &Request, name: &str) -> Option<String> {
    let value = request.body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(value.replace("%3A", ":").replace("%2F", "/"))
}

#[test]
fn a_role_with_an_sso_profile_as_source_needs_two_requests_once() {
    let home = home(&role("target", "Target", "source_profile = dev\nregion = eu-central-1"));
    let ran = use_(&home, "target");
    assert!(arn(&home, &ran).starts_with("arn:aws:sts::444455556666:assumed-role/Target/ssox-"));
    let shown = ["AWS_ACCOUNT_ID", "SSOX_ROLE", "SSOX_PROMPT", "AWS_REGION"].map(|name| ran.set(name).unwrap());
    assert_eq!(shown, ["444455556666", "Target", "target:Target", "eu-central-1"]);
    assert_eq!((home.standin.count("GetRoleCredentials"), home.standin.count("AssumeRole")), (1, 1));
    assert!(home.files(".aws/cli/cache").contains(&TARGET_ENTRY.to_string()));
    // The source's credentials are cached as well, which the AWS CLI does not do.
    let calls = home.standin.total();
    use_(&home, "dev").ok();
    use_(&home, "target").ok();
    home.ssox(&["export", "target", "--format", "json"]).ok();
    home.ssox(&["credential-process", "target"]).ok();
    home.ssox(&["exec", "target", "--", "true"]).ok();
    assert_eq!((home.standin.total(), home.standin.violations()), (calls, vec![]));
}

#[test]
fn what_the_profile_says_is_what_sts_is_asked() {
    let keys = "external_id = ext\nrole_session_name = jane@example.com\nduration_seconds = 7200\n\
        ssox_session_tags = team=platform,stage=dev\nsource_profile = me";
    let home = home(&role("target", "NeedsExternalId", keys));
    assert_eq!(
        arn(&home, &use_(&home, "target")),
        "arn:aws:sts::444455556666:assumed-role/NeedsExternalId/jane@example.com"
    );
    let request = asked(&home, "AssumeRole").remove(0);
    let field = |name: &str| form(&request, name).unwrap();
    assert_eq!((field("ExternalId"), field("DurationSeconds")), ("ext".into(), "7200".into()));
    assert_eq!((field("Tags.member.2.Key"), field("Tags.member.2.Value")), ("stage".into(), "dev".into()));
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn a_chain_may_be_of_any_length() {
    let home = home(
        &[
            role("a", "A", "source_profile = b"),
            role("b", "B", "source_profile = c"),
            role("c", "C", "source_profile = d"),
            role("d", "D", "source_profile = me"),
        ]
        .concat(),
    );
    assert!(arn(&home, &use_(&home, "a")).contains("assumed-role/A/"));
    let arns: Vec<_> = asked(&home, "AssumeRole").iter().map(|request| form(request, "RoleArn").unwrap()).collect();
    assert_eq!(arns.join(" "), ["D", "C", "B", "A"].map(|name| TARGET.replace("Target", name)).join(" "));
    // Each role of the chain has its own cache entry.
    use_(&home, "c").ok();
    assert_eq!(home.standin.count("AssumeRole"), 4);
}

#[test]
fn a_circle_of_source_profiles_is_exit_4_and_named() {
    let home = home(&[role("a", "A", "source_profile = b"), role("b", "B", "source_profile = a")].concat());
    shows!(home, use_(&home, "a").fails(4), @r"
    ssox: `source_profile` is circular: a → b → a
    ssox: hint: replace `source_profile` in one of these profiles by access keys, an SSO role or `credential_process`
    ");
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn one_role_from_two_sources_has_two_cache_entries() {
    let rows = [role("a", "Target", "source_profile = dev"), role("b", "Target", "source_profile = me")].concat();
    let home = home(&rows);
    let (a, b) = (use_(&home, "a"), use_(&home, "b"));
    assert_ne!(a.set("AWS_ACCESS_KEY_ID"), b.set("AWS_ACCESS_KEY_ID"));
    assert!(!home.files(".aws/cli/cache").contains(&TARGET_ENTRY.to_string()));
    assert_eq!(use_(&home, "a").set("AWS_ACCESS_KEY_ID"), a.set("AWS_ACCESS_KEY_ID"));
    assert_eq!(home.standin.count("AssumeRole"), 2);
}

#[test]
fn role_arn_assumes_a_role_with_any_profile() {
    let home = home("");
    for profile in ["dev", "me"] {
        let ran = home.ssox(&["--emit=zsh1", "use", profile, "--role-arn", TARGET]);
        assert!(arn(&home, &ran).contains("assumed-role/Target/"));
        assert_eq!(ran.set("SSOX_ROLE_ARN").as_deref(), Some(TARGET));
        assert_eq!(
            (ran.set("SSOX_PROFILE").as_deref(), ran.set("SSOX_ROLE").as_deref()),
            (Some(profile), Some("Target"))
        );
    }
    home.ssox(&["exec", "dev", "--role-arn", TARGET, "--", "true"]).ok();
    assert_eq!(home.standin.count("AssumeRole"), 2, "from two sources, and each once");
    let wrong = home.ssox(&["export", "dev", "--format", "env", "--role-arn", "Target"]).fails(4);
    shows!(home, wrong, @r"
    ssox: --role-arn: `Target` is not the ARN of a role
    ssox: hint: the ARN of a role looks like `arn:aws:iam::444455556666:role/NAME`
    ");
}

#[test]
fn the_previous_profile_comes_with_the_role_that_was_put_on_top() {
    let home = home("");
    let held = [("SSOX_PROFILE", "dev"), ("SSOX_ROLE_ARN", TARGET)];
    let stg = home.ssox_with(&["--emit=zsh1", "use", "stg"], &held);
    let previous = ["SSOX_PREVIOUS", "SSOX_PREVIOUS_ROLE_ARN"].map(|name| stg.set(name));
    assert_eq!(previous, [Some("dev".into()), Some(TARGET.into())]);
    let held = [("SSOX_PROFILE", "stg"), ("SSOX_PREVIOUS", "dev"), ("SSOX_PREVIOUS_ROLE_ARN", TARGET)];
    let back = home.ssox_with(&["--emit=zsh1", "use", "-"], &held);
    assert!(arn(&home, &back).contains("assumed-role/Target/"));
    assert_eq!(
        (back.set("SSOX_ROLE_ARN").as_deref(), back.set("SSOX_PREVIOUS").as_deref()),
        (Some(TARGET), Some("stg"))
    );
    assert!(back.unsets("SSOX_PREVIOUS_ROLE_ARN"));
    // The same profile with another role counts as another profile.
    let on_top = home.ssox_with(&["--emit=zsh1", "use", "dev", "--role-arn", TARGET], &[("SSOX_PROFILE", "dev")]);
    assert_eq!(on_top.set("SSOX_PREVIOUS").as_deref(), Some("dev"));
}

#[test]
fn profile_only_with_a_role_is_an_error() {
    let home = home("");
    let only = ["--emit=zsh1", "use", "dev", "--profile-only", "--role-arn", TARGET];
    let error = home.ssox(&only).fails(2);
    shows!(home, error, @r"
    ssox: --profile-only cannot be used with the role `arn:aws:iam::444455556666:role/Target`: it only sets AWS_PROFILE, and profile `dev` does not have this role
    ssox: hint: `ssox use --profile-only dev` uses the profile without the role; to use the role, leave out --profile-only
    ");
    let previous = [("SSOX_PREVIOUS", "dev"), ("SSOX_PREVIOUS_ROLE_ARN", TARGET)];
    assert_eq!(home.ssox_with(&["--emit=zsh1", "use", "-", "--profile-only"], &previous).fails(2), error);
}

#[test]
fn without_a_name_the_role_that_this_shell_holds_is_exported() {
    let home = Home::signed_in();
    let held = [("SSOX_PROFILE", "dev"), ("SSOX_ROLE_ARN", TARGET)];
    let used = home.ssox(&["--emit=zsh1", "use", "dev", "--role-arn", TARGET]).set("AWS_ACCESS_KEY_ID").expect("keys");
    assert!(home.ssox_with(&["export", "--format", "json"], &held).ok().contains(&used));
    assert!(home.ssox_with(&["credential-process"], &held).ok().contains(&used));
    assert!(!home.ssox_with(&["export", "dev", "--format", "json"], &held).ok().contains(&used));
}

#[test]
fn the_hook_renews_the_role_that_was_put_on_top() {
    let home = home("");
    let held = [
        ("SSOX_PROFILE", "dev"),
        ("SSOX_ROLE_ARN", TARGET),
        ("SSOX_EXPIRES", "1000000000"),
        ("SSOX_NEXT", "1000000000"),
    ];
    let ran = home.ssox_with(&["--emit=zsh1", "tick", "--wait", "20s"], &held);
    assert!(arn(&home, &ran).contains("assumed-role/Target/"));
}

#[test]
fn an_error_of_sts_is_explained() {
    let rows = [
        role("denied", "Denied", "source_profile = me"),
        role("stranger", "NeedsExternalId", "source_profile = me"),
        role("long", "OneHour", "source_profile = me\nduration_seconds = 7200"),
        role("chained", "Target", "source_profile = process\nduration_seconds = 7200"),
        format!("[profile process]\ncredential_process = {SSOX} credential-process dev\n"),
    ];
    let home = home(&rows.concat());
    shows!(home, use_(&home, "denied").fails(5), @r"
    ssox: could not assume `arn:aws:iam::444455556666:role/Denied`: User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/Denied (AccessDenied) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role's trust policy must allow the caller to assume it, and may require `external_id` or `mfa_serial` in the profile
    ssox: hint: a policy of the caller may be the cause, too: it must allow `sts:AssumeRole` for this role
    ");
    shows!(home, use_(&home, "stranger").fails(5), @r"
    ssox: could not assume `arn:aws:iam::444455556666:role/NeedsExternalId`: User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/NeedsExternalId (AccessDenied) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: the role's trust policy must allow the caller to assume it, and may require `external_id` or `mfa_serial` in the profile
    ssox: hint: a policy of the caller may be the cause, too: it must allow `sts:AssumeRole` for this role
    ");
    let long = use_(&home, "long");
    shows!(home, long.stderr(), @r"
    ssox: could not assume `arn:aws:iam::444455556666:role/OneHour`: The requested DurationSeconds exceeds the MaxSessionDuration set for this role. (ValidationError) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: set a shorter `duration_seconds` or --duration, or raise the role's maximum session duration
    ");
    let chained = use_(&home, "chained");
    says!(home, chained.stderr(), @r"
    ssox: could not assume `arn:aws:iam::444455556666:role/Target`: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining (ValidationError) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: AWS allows 1 hour at most when one role assumes another: write `duration_seconds = 3600` in the profile
    ssox: hint: or, if --duration was given: --duration 1h
    ");
    assert_eq!((long.status(), chained.status()), (4, 4));
}

/// `ssox use` cannot renew temporary keys in a file.
#[test]
fn expired_keys_of_a_file_are_renewed_where_they_came_from() {
    let temporary =
        "[profile temporary]\naws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t\n";
    let home = home(&format!("{}{temporary}", role("target", "Target", "source_profile = temporary")));
    home.standin.fault("AssumeRole", Fault::Exception("ExpiredToken".into()), Times::Forever);
    shows!(home, use_(&home, "target").fails(5), @r"
    ssox: could not assume `arn:aws:iam::444455556666:role/Target`: the credentials that signed the request have expired (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL)
    ssox: hint: get new access keys where these came from; if ssox set them in this shell: ssox use NAME
    ");
}

#[test]
fn more_than_an_hour_is_not_requested_for_a_chained_role() {
    let home = home(&role("long", "Target", "source_profile = dev\nduration_seconds = 7200"));
    shows!(home, use_(&home, "long").fails(4), @r"
    ssox: `duration_seconds` of profile `long` is too long: AWS allows 1 hour at most when one role assumes another (role chaining)
    ssox: hint: write `duration_seconds = 3600` in `[profile long]`
    ");
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn credentials_that_are_still_valid_are_used_when_sts_is_unreachable() {
    let home = home(&role("target", "Target", "source_profile = me"));
    let first = use_(&home, "target");
    first.ok();
    home.standin.fault("AssumeRole", Fault::Status(500), Times::Forever);
    let second = home.ssox(&["--emit=zsh1", "use", "target", "--min-ttl", "24h"]);
    assert_eq!(second.set("AWS_ACCESS_KEY_ID"), first.set("AWS_ACCESS_KEY_ID"));
    says!(home, second.stderr(), @"ssox: warning: could not assume `arn:aws:iam::444455556666:role/Target`: the service failed with 500: An internal error has occurred (InternalFailure) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL); using the cached credentials, which are still valid");
}

#[test]
fn keys_in_the_environment_are_used_for_a_role_unless_ssox_set_them() {
    let home = home(&role("target", "Target", "credential_source = Environment"));
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIASTANDINEXAMPLE00"),
        ("AWS_SECRET_ACCESS_KEY", "standin/static+secret/EXAMPLEKEY00000000"),
    ];
    let ours = home.ssox_with(&["--emit=zsh1", "use", "target"], &[&keys[..], &[("SSOX_PROMPT", "dev")]].concat());
    shows!(home, ours.fails(4), @r"
    ssox: `credential_source = Environment`: it needs your own access keys, but ssox set the keys in the environment
    ssox: hint: after `ssox use`: `ssox clear` removes them, and restores the access keys that you had before
    ssox: hint: in a program that `ssox exec` runs: run it without `ssox exec`
    ");
    let ran = home.ssox_with(&["--emit=zsh1", "use", "target"], &keys);
    assert!(arn(&home, &ran).contains("assumed-role/Target/"));
    // The role belongs to the person of those keys: other keys do not get it from the cache.
    let other = [keys[0], ("AWS_SECRET_ACCESS_KEY", "standin/static+secret/EXAMPLEKEY00000000")];
    home.ssox_with(&["credential-process", "target"], &other).ok();
    assert_eq!(home.standin.count("AssumeRole"), 1);
    let other = [("AWS_ACCESS_KEY_ID", "AKIASTANDINEXAMPLE99"), keys[1]];
    home.ssox_with(&["credential-process", "target"], &other).fails(5);
    assert_eq!(home.standin.count("AssumeRole"), 2);
    let without = home.ssox(&["--emit=zsh1", "use", "target", "--min-ttl", "24h"]).fails(4);
    shows!(home, without, @r"
    ssox: `credential_source = Environment`: AWS_ACCESS_KEY_ID is not set
    ssox: hint: export AWS_ACCESS_KEY_ID=…
    ");
}

/// The access keys under a role are not in the environment while the role is: only its own credentials are.
#[test]
fn a_role_of_keys_in_the_environment_is_used_again_while_it_is_in_use() {
    let one = role("target", "Target", "credential_source = Environment");
    let home = home(&format!("{one}{}", role("other", "Other", "credential_source = Environment")));
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIASTANDINEXAMPLE00"),
        ("AWS_SECRET_ACCESS_KEY", "standin/static+secret/EXAMPLEKEY00000000"),
    ];
    let first = home.ssox_with(&["--emit=zsh1", "use", "target"], &keys);
    let held = first.all_set();
    let held: Vec<_> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = home.ssox_with(&["--emit=zsh1", "use", "target"], &held);
    assert_eq!(again.set("AWS_SECRET_ACCESS_KEY"), first.set("AWS_SECRET_ACCESS_KEY"));
    assert_eq!(home.standin.count("AssumeRole"), 1);
    let cannot = |arguments: &[&str], variables: &[(&str, &str)]| {
        let told = home.ssox_with(&[&["--emit=zsh1", "use"], arguments].concat(), variables).fails(4);
        assert!(told.contains("ssox: hint: after `ssox use`: `ssox clear` removes them"), "{arguments:?}: {told}");
    };
    cannot(&["other"], &held);
    cannot(&["target", "--min-ttl", "24h"], &held);
    let mixed = [&held[..], &[("AWS_SECRET_ACCESS_KEY", "another")]].concat();
    cannot(&["target"], &mixed);
    // The role of the profile is another one now.
    home.write_config(&one.replace("role/Target", "role/Admin"));
    cannot(&["target"], &held);
    assert_eq!(home.standin.count("AssumeRole"), 1);
}

#[test]
fn many_processes_at_once_send_one_request() {
    let home = home(&role("target", "Target", "source_profile = dev"));
    home.standin.fault("AssumeRole", Fault::Delay(std::time::Duration::from_millis(300)), Times::Forever);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| use_(&home, "target").ok());
        }
    });
    assert_eq!((home.standin.count("GetRoleCredentials"), home.standin.count("AssumeRole")), (1, 1));
}

#[test]
fn a_secret_is_in_no_log_and_in_the_caches_only() {
    let home = home(&role("target", "Target", "source_profile = dev\nssox_session_tags = a=b"));
    let ran = home.ssox(&["-v", "--emit=zsh1", "use", "target"]);
    ran.ok();
    assert!(ran.stderr().contains("AssumeRole"), "{}", ran.stderr());
    let files: Vec<String> =
        [".aws", ".local/state/ssox"].iter().flat_map(|below| all_files(&home.path(below))).collect();
    for secret in home.standin.secrets().iter().filter(|secret| !ME.contains(*secret)) {
        assert!(!ran.stderr().contains(secret));
        let holders = files.iter().filter(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(secret)));
        for file in holders {
            assert!(file.contains("/.aws/cli/cache/") || file.contains("/.aws/sso/cache/"), "{file}");
        }
    }
}

fn all_files(directory: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let below =
        |path: std::path::PathBuf| if path.is_dir() { all_files(&path) } else { vec![path.display().to_string()] };
    entries.flat_map(below).collect()
}

#[test]
fn duration_is_asked_of_sts_and_kept_for_renewal() {
    let home = home(&role("target", "Target", "source_profile = me"));
    let used = home.ssox(&["--emit=zsh1", "use", "target", "--duration", "2h"]);
    assert_eq!(used.set("SSOX_DURATION").as_deref(), Some("7200"));
    let held = [
        ("SSOX_PROFILE", "target"),
        ("SSOX_DURATION", "7200"),
        ("SSOX_EXPIRES", "1000000000"),
        ("SSOX_NEXT", "1000000000"),
    ];
    std::fs::remove_dir_all(home.path(".aws/cli/cache")).unwrap();
    let renewed = home.ssox_with(&["--emit=zsh1", "tick", "--wait", "20s"], &held);
    assert!(arn(&home, &renewed).contains("assumed-role/Target/"));
    let durations =
        || -> Vec<_> { asked(&home, "AssumeRole").iter().map(|request| form(request, "DurationSeconds")).collect() };
    assert_eq!(durations(), [Some("7200".into()), Some("7200".into())]);
    // The role with another duration is another entry of the cache, and `use` without the option forgets it.
    let plain = home.ssox_with(&["--emit=zsh1", "use", "target"], &[("SSOX_DURATION", "7200")]);
    assert!(plain.unsets("SSOX_DURATION"));
    assert_eq!(durations().last(), Some(&None));
    says!(home, home.ssox(&["use", "target", "--duration", "13h"]).fails(2), @r"
    ssox: invalid value `13h` for `--duration <DURATION>`: must be from 15m to 12h
    ssox: hint: ssox use --help
    ");
}

#[test]
fn duration_of_a_chained_role_or_of_identity_center_is_explained() {
    let home = home(&role("chained", "Target", "source_profile = dev"));
    let chained = home.ssox(&["exec", "chained", "--duration", "2h", "--", "true"]).fails(4);
    says!(home, chained, @r"
    ssox: --duration is too long: AWS allows 1 hour at most when one role assumes another (role chaining)
    ssox: hint: use --duration 1h: ssox renews the credentials at the shell prompt, and for programs that `ssox exec --serve` runs
    ");
    home.ssox(&["exec", "chained", "--duration", "1h", "--", "true"]).ok();
    home.ssox(&["exec", "dev", "--role-arn", TARGET, "--duration", "30m", "--", "true"]).ok();
    assert_eq!(form(asked(&home, "AssumeRole").last().unwrap(), "DurationSeconds").as_deref(), Some("1800"));
    let permission_set = home.ssox(&["exec", "dev", "--duration", "2h", "--", "true"]).fails(4);
    says!(home, permission_set, @r"
    ssox: --duration cannot be used: the permission set determines how long role credentials from Identity Center are valid
    ssox: hint: leave out --duration, or ask an administrator for a longer session duration
    ");
    says!(home, home.ssox(&["exec", "me", "--duration", "2h", "--", "true"]).fails(4), @r"
    ssox: --duration cannot be used: the profile assumes no role
    ssox: hint: leave out --duration
    ");
}

#[test]
fn a_role_is_assumed_with_the_source_identity_of_the_profile() {
    let home = home(
        &[
            role("target", "Target", "source_profile = me\nssox_source_identity = jane.doe"),
            role("wrong", "Target", "source_profile = me\nssox_source_identity = j"),
        ]
        .concat(),
    );
    use_(&home, "target").ok();
    assert_eq!(form(&asked(&home, "AssumeRole")[0], "SourceIdentity").as_deref(), Some("jane.doe"));
    // The AWS CLI, which knows no source identity, has another entry for the role.
    assert!(!home.files(".aws/cli/cache").contains(&TARGET_ENTRY.to_string()));
    says!(home, use_(&home, "wrong").fails(4), @r"
    ssox: `ssox_source_identity` of profile `wrong` is `j`, which is not valid
    ssox: hint: write 2 to 64 letters, digits and `_+=,.@-`
    ");
    assert_eq!(home.standin.violations(), [""; 0]);
}
