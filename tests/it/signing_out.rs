//! `ssox logout`: what it revokes, what it deletes, and what it keeps.

use crate::home::Home;
use crate::shown::shows;
use ssox_standin::{Fault, Grant, START_URL, Times, token_file};
use std::fs;

fn says(home: &Home, arguments: &[&str]) -> String {
    let ran = home.ssox(arguments);
    assert_eq!((ran.status(), ran.stdout().as_str()), (0, ""), "{}", ran.stderr());
    ran.stderr()
}

#[test]
fn logout_ends_one_session_on_the_server_and_on_disk() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    for profile in ["dev", "stg", "legacy"] {
        home.ssox(&["credential-process", profile]).ok();
    }
    let others = [".aws/sso/cache/other-tool.json", ".aws/sso/cache/notes.txt", ".aws/cli/cache/session.db"];
    others.iter().for_each(|path| fs::write(home.path(path), "{\"accessToken\": 1}").unwrap());
    let said = says(&home, &["logout", "dev"]);
    shows!(home, said, @"ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json and the cached credentials of 2 roles");
    assert_eq!(home.standin.count("Logout"), 1);
    assert!(!token_file(&home.path(""), "corp").exists() && token_file(&home.path(""), START_URL).exists());
    assert_eq!(home.files(".aws/cli/cache").len(), 2);
    assert!(others.iter().all(|path| home.path(path).exists()));
    shows!(home, home.ssox(&["credential-process", "dev"]).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    home.ssox(&["credential-process", "legacy"]).ok();
    shows!(home, says(&home, &["logout", "--sso-session", "corp"]), @"ssox: not signed in to `corp`: there was nothing to remove");
    assert_eq!(home.standin.violations(), [""; 0]);
}

#[test]
fn all_is_every_session_of_the_configuration_and_strangers_are_named() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    home.standin.seed_token(&home.path(""), "elsewhere", &Grant::default());
    let said = says(&home, &["logout", "--all"]);
    shows!(home, said, @r"
    ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json
    ssox: signed out of `https://d-1234567890.awsapps.com/start`; removed ~/.aws/sso/cache/7487b5b67d5fa1132cf33fa93ae51ef38cc37752.json
    ssox: kept the token file `~/.aws/sso/cache/8baf1a8505b71286dc5ae8e3d10fc8de1aa368ca.json` (https://d-1234567890.awsapps.com/start): it belongs to no configured session
    ");
    assert!(token_file(&home.path(""), "elsewhere").exists());
    assert_eq!(home.files(".aws/sso/cache").len(), 1);
    assert_eq!(home.standin.count("Logout"), 2);
}

#[test]
fn a_session_that_cannot_be_used_is_named_with_what_to_do() {
    let home = Home::signed_in();
    home.add_config("[sso-session broken]\nsso_start_url = https://d-2.awsapps.com/start\n");
    let line = "ssox: warning: sso-session `broken` has no `sso_region`\nssox: hint: add `sso_region = …` in ~/.aws/config, \
        or run `ssox configure sso`\n";
    for arguments in [&["sessions"][..], &["list", "--assigned"], &["logout", "--all"]] {
        let said = home.ssox(arguments).stderr();
        assert!(said.contains(line), "{arguments:?}: {said}");
    }
}

#[test]
fn the_token_is_deleted_even_if_the_server_cannot_be_reached() {
    let home = Home::signed_in();
    home.standin.fault("Logout", Fault::Status(500), Times::Forever);
    shows!(home, says(&home, &["logout", "dev"]), @r"
    ssox: warning: could not end the session at AWS: the service failed with 500: Internal server error (InternalServerException) (endpoint `http://STANDIN`, from AWS_ENDPOINT_URL); this session expires on its own
    ssox: removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json of session `corp`
    ");
    assert!(!token_file(&home.path(""), "corp").exists());
}

/// Without a token, nobody was signed in; where it cannot be removed, somebody may still be.
#[test]
fn where_only_role_credentials_are_removed_logout_does_not_say_signed_out() {
    let home = Home::signed_in();
    home.ssox(&["credential-process", "dev"]).ok();
    fs::remove_file(token_file(&home.path(""), "corp")).unwrap();
    shows!(home, says(&home, &["logout", "dev"]), @"ssox: removed the cached credentials of 1 role of session `corp`");
    assert_eq!((home.files(".aws/cli/cache").len(), home.standin.count("Logout")), (0, 0));
    home.standin.seed_token(&home.path(""), "corp", &Grant::default());
    for profile in ["dev", "stg"] {
        home.ssox(&["credential-process", profile]).ok();
    }
    fs::remove_file(token_file(&home.path(""), "corp")).unwrap();
    fs::create_dir(token_file(&home.path(""), "corp")).unwrap();
    shows!(home, home.ssox(&["logout", "dev"]).fails(4), @r"
    ssox: removed the cached credentials of 2 roles of session `corp`
    ssox: could not sign out of `corp`: could not read `~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json`: it is a directory, not a regular file
    ssox: hint: ls -ld ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json
    ");
}

#[test]
fn logout_succeeds_when_the_server_does_not_know_the_token() {
    let home = Home::signed_in();
    home.standin.end_sessions();
    let said = says(&home, &["logout", "dev"]);
    shows!(home, said, @"ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
}

#[test]
fn a_broken_token_file_is_deleted_too() {
    let home = Home::signed_in();
    fs::write(token_file(&home.path(""), "corp"), "{\"accessTok").unwrap();
    shows!(home, says(&home, &["logout", "dev"]), @"ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
    assert!(!token_file(&home.path(""), "corp").exists());
    assert_eq!(home.standin.total(), 0);
}

#[test]
fn a_shell_that_still_has_credentials_after_logout_is_told() {
    let home = Home::signed_in();
    let ran = home.ssox_with(&["logout", "dev"], &[("SSOX_PROFILE", "dev"), ("AWS_SESSION_TOKEN", "x")]);
    ran.ok();
    shows!(home, ran.stderr(), @r"
    ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json
    ssox: this shell still has credentials; `ssox clear` removes them
    ");
}

#[test]
fn roles_that_were_assumed_with_the_sessions_roles_go_as_well() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    let role = |name: &str, source: &str| {
        format!(
            "[profile {name}]\nrole_arn = arn:aws:iam::444455556666:role/Target\nrole_session_name = {name}\nsource_profile = {source}\n"
        )
    };
    home.add_config(&[role("ours", "dev"), role("others", "legacy")].concat());
    for profile in ["ours", "others"] {
        home.ssox(&["credential-process", profile]).ok();
    }
    let ran = home.ssox_with(&["logout", "dev"], &[("SSOX_PROFILE", "ours"), ("AWS_SESSION_TOKEN", "x")]);
    ran.ok();
    shows!(home, ran.stderr(), @r"
    ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json and the cached credentials of 2 roles
    ssox: this shell still has credentials; `ssox clear` removes them
    ");
    shows!(home, home.ssox(&["credential-process", "ours"]).fails(3), @r"
    ssox: not signed in to `corp`
    ssox: hint: ssox login --sso-session corp
    ");
    let asked = home.standin.count("AssumeRole");
    home.ssox(&["credential-process", "others"]).ok();
    assert_eq!(home.standin.count("AssumeRole"), asked, "another session's role is still cached");
}

#[test]
fn logout_deletes_roles_given_with_role_arn_too() {
    let home = Home::signed_in();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    let role = ["--role-arn", "arn:aws:iam::444455556666:role/Target"];
    for profile in ["dev", "legacy"] {
        home.ssox(&[&["export", profile, "--format", "json"][..], &role].concat()).ok();
    }
    assert_eq!(home.files(".aws/cli/cache").len(), 4);
    shows!(home, says(&home, &["logout", "dev"]), @"ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json and the cached credentials of 2 roles");
    assert_eq!(home.files(".aws/cli/cache").len(), 2);
    home.ssox(&[&["export", "dev", "--format", "json"][..], &role].concat()).fails(3);
    home.ssox(&[&["export", "legacy", "--format", "json"][..], &role].concat()).ok();
    assert_eq!(home.standin.count("AssumeRole"), 2);
}

#[test]
fn one_session_that_cannot_be_signed_out_does_not_keep_the_others_signed_in() {
    let home = Home::signed_in();
    let saml = home.standin.idp_url("login=none");
    home.add_config(&format!("[profile external]\nregion = eu-west-1\nssox_saml_url = {saml}\n"));
    let response = home.path("response");
    fs::write(&response, home.standin.saml_response("roles=1")).unwrap();
    home.ssox(&["export", "external", "--saml-response", response.to_str().unwrap()]).ok();
    home.standin.seed_token(&home.path(""), START_URL, &Grant::default());
    for name in ["corp", START_URL] {
        fs::remove_file(token_file(&home.path(""), name)).unwrap();
        fs::create_dir(token_file(&home.path(""), name)).unwrap();
    }
    home.add_config("[sso-session good]\nsso_start_url = https://good.awsapps.com/start\nsso_region = eu-west-1\n");
    home.standin.seed_token(&home.path(""), "good", &Grant::default());
    let ran = home.ssox(&["logout", "--all"]);
    assert_eq!(ran.status(), 4);
    shows!(home, ran.stderr(), @r"
    ssox: signed out of `good`; removed ~/.aws/sso/cache/fc19318dd13128ce14344d066510a982269c241b.json
    ssox: signed out of `external`; removed its cached credentials
    ssox: could not sign out of `https://d-1234567890.awsapps.com/start`: could not read `~/.aws/sso/cache/7487b5b67d5fa1132cf33fa93ae51ef38cc37752.json`: it is a directory, not a regular file
    ssox: hint: ls -ld ~/.aws/sso/cache/7487b5b67d5fa1132cf33fa93ae51ef38cc37752.json
    ssox: could not sign out of `corp`: could not read `~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json`: it is a directory, not a regular file
    ssox: hint: ls -ld ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json
    ");
    assert!(!token_file(&home.path(""), "good").exists());
    assert_eq!(home.files(".aws/cli/cache"), [""; 0]);
    assert_eq!(home.standin.count("Logout"), 1);
}

#[test]
fn one_role_that_cannot_be_removed_does_not_keep_the_others() {
    let home = Home::signed_in();
    for role in ["dev", "stg", "111122223333/Admin --sso-session corp"] {
        home.ssox(&["credential-process"].into_iter().chain(role.split(' ')).collect::<Vec<_>>()).ok();
    }
    let kept = home.path(".aws/cli/cache/90b135b1229b193e9fae14c18f83c07648447325.json");
    fs::remove_file(&kept).unwrap();
    fs::create_dir(&kept).unwrap();
    let ran = home.ssox(&["logout", "dev"]);
    assert_eq!(ran.status(), 4);
    shows!(home, ran.stderr(), @r"
    ssox: signed out of `corp`; removed ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json and the cached credentials of 2 roles
    ssox: could not remove `~/.aws/cli/cache/90b135b1229b193e9fae14c18f83c07648447325.json`: is a directory
    ");
    assert_eq!(home.files(".aws/cli/cache").len(), 1);
    let again = home.ssox(&["logout", "dev"]);
    assert_eq!(again.status(), 4);
    shows!(home, again.stderr(), @"ssox: could not remove `~/.aws/cli/cache/90b135b1229b193e9fae14c18f83c07648447325.json`: is a directory");
}
