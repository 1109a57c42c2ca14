//! Editing files that other programs edit at the same time, that belong to another user, or that are links: no change
//! is lost.

use crate::home::{Home, SSOX};
use crate::shown::says;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

const LEGACY: &str = "[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n\
                      sso_account_id = 111122223333\nsso_role_name = R\n";

fn write_keys(home: &Home, section: &str) -> String {
    let write = ["export", "dev", "--format", "credentials-file", "--write", section];
    let ran = home.ssox(&write);
    ran.ok();
    ran.stderr()
}

/// Writes as the AWS CLI does: reads, truncates, and only then writes in place.
fn set_like_the_aws_cli(path: &Path, section: &str, pause: Duration) {
    let text = fs::read_to_string(path).unwrap();
    let mut file = File::create(path).unwrap();
    sleep(pause);
    write!(file, "{text}[{section}]\nregion = eu-west-1\n").unwrap();
}

/// Calls `edit` with the numbers below `count` while another program writes to the file as the AWS CLI does.
fn edit_beside_another(path: &Path, count: u32, edit: impl Fn(u32)) -> String {
    let is_done = AtomicBool::new(false);
    let theirs = scope(|scope| {
        let other = scope.spawn(|| {
            let mut count = 0;
            while !is_done.load(Ordering::Relaxed) {
                set_like_the_aws_cli(path, &format!("profile their-{count}"), Duration::from_millis(30));
                count += 1;
                sleep(Duration::from_millis(120));
            }
            count
        });
        (0..count).for_each(edit);
        is_done.store(true, Ordering::Relaxed);
        other.join().unwrap()
    });
    let text = fs::read_to_string(path).unwrap();
    for section in (0..theirs).map(|count| format!("[profile their-{count}]\n")) {
        assert!(text.contains(&section), "{section} was lost: {text}");
    }
    text
}

#[test]
fn sections_that_another_program_writes_into_credentials_meanwhile_stay() {
    let home = Home::signed_in();
    let path = home.path(".aws/credentials");
    fs::write(&path, "# mine\n[first]\nregion = eu-west-1\n").unwrap();
    let text = edit_beside_another(&path, 15, |count| drop(write_keys(&home, &format!("our-{count}"))));
    assert!(text.starts_with("# mine\n[first]\n"), "{text}");
    assert!((0..15).all(|count| text.contains(&format!("[our-{count}]\n"))), "{text}");
}

#[test]
fn sections_that_another_program_writes_into_config_meanwhile_stay() {
    let home = Home::signed_in();
    home.add_config(LEGACY);
    let text = edit_beside_another(&home.path(".aws/config"), 12, |count| {
        let name = format!("our-{count}");
        let known = ["configure", "sso", "--sso-session", "corp", "--account-id", "111122223333", "--yes"];
        let new = ["--role-name", "ReadOnly", "--region", "eu-west-1", "--output", "json", "--profile", &name];
        // In a file that is empty for a moment there is no session `corp`; the next attempt succeeds.
        while home.ssox(&[&known[..], &new[..]].concat()).status() != 0 {}
        let _ = home.ssox(&["configure", "migrate", "--yes", "--keep-legacy"]);
    });
    assert!((0..12).all(|count| text.contains(&format!("[profile our-{count}]\n"))), "{text}");
    assert!(text.contains("[profile dev]") && text.contains("[sso-session corp]"), "{text}");
}

#[test]
fn what_aws_configure_set_writes_meanwhile_stays() {
    let home = Home::signed_in();
    if home.command("aws").arg("--version").output().is_err() {
        return eprintln!("NOT TESTED: the AWS CLI is not installed");
    }
    let path = home.path(".aws/credentials");
    fs::write(&path, "[first]\naws_access_key_id = A\n").unwrap();
    scope(|scope| {
        scope.spawn(|| {
            for count in 0..6 {
                let profile = format!("their-{count}");
                let set = ["configure", "set", "aws_session_token", "t", "--profile", &profile];
                assert!(home.command("aws").args(set).status().unwrap().success());
            }
        });
        scope.spawn(|| (0..20).for_each(|count| drop(write_keys(&home, &format!("our-{count}")))));
    });
    let text = fs::read_to_string(&path).unwrap();
    for section in ["first".to_string()].into_iter().chain((0..6).map(|count| format!("their-{count}"))) {
        assert!(text.contains(&format!("[{section}]\n")), "{section} was lost: {text}");
    }
}

#[test]
fn a_config_that_has_just_become_empty_is_an_error_and_is_not_changed() {
    let home = Home::signed_in();
    let path = home.path(".aws/credentials");
    fs::write(&path, "[first]\nregion = eu-west-1\n").unwrap();
    sleep(Duration::from_millis(200));
    File::create(&path).unwrap();
    let error = home.ssox(&["export", "dev", "--format", "credentials-file", "--write", "x"]).fails(4);
    says!(home, error, @r"
    ssox: `~/.aws/credentials` has just become empty: another program may be writing to it; nothing was changed
    ssox: hint: check the file, and try again in 10s if it is meant to be empty
    ");
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn an_edit_by_root_leaves_a_file_to_its_owner() {
    if !rustix_is_root() {
        return eprintln!("NOT TESTED: only root can give files away");
    }
    let home = Home::signed_in();
    home.add_config(LEGACY);
    let (config, credentials) = (home.path(".aws/config"), home.path(".aws/credentials"));
    chown(home.path(".aws"), Some(1234), Some(1235)).unwrap();
    chown(&config, Some(1234), Some(77)).unwrap();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o640)).unwrap();
    home.ssox(&["configure", "migrate", "--yes"]).ok();
    write_keys(&home, "x");
    let whose = |path: &Path| fs::metadata(path).map(|found| (found.uid(), found.gid(), found.mode() & 0o777)).unwrap();
    assert_eq!(whose(&config), (1234, 77, 0o640));
    // A new file in the directory of a user, and the caches, belong to that user as well.
    assert_eq!(whose(&credentials), (1234, 1235, 0o600));
    let cache = home.path(".aws/cli/cache");
    assert_eq!(whose(&cache), (1234, 1235, 0o700));
    assert_eq!(whose(&cache.join(&home.files(".aws/cli/cache")[0])), (1234, 1235, 0o600));
}

fn rustix_is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|ran| ran.stdout == b"0\n")
}

#[test]
fn a_link_that_leads_to_no_file_yet_is_written_through() {
    let home = Home::signed_in();
    let path = home.path(".aws/credentials");
    symlink("../dots/one", &path).unwrap();
    fs::create_dir(home.path("dots")).unwrap();
    symlink(home.path("dots/two"), home.path("dots/one")).unwrap();
    write_keys(&home, "x");
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert!(fs::read_to_string(home.path("dots/two")).unwrap().starts_with("[x]\n"));
    assert_eq!(fs::metadata(home.path("dots/two")).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn links_that_lead_to_themselves_are_reported() {
    let home = Home::signed_in();
    symlink("credentials", home.path(".aws/credentials")).unwrap();
    let error = home.ssox(&["export", "dev", "--format", "credentials-file", "--write", "x"]).fails(4);
    assert!(error.contains("too many levels of symbolic links") || error.contains("leads to itself"), "{error}");
}

#[test]
fn a_credentials_file_that_others_can_read_keeps_its_mode_and_doctor_reports_it() {
    let home = Home::signed_in();
    let path = home.path(".aws/credentials");
    fs::write(&path, "[a]\naws_access_key_id = A\naws_secret_access_key = S\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let said = write_keys(&home, "x");
    says!(home, said, @r"
    ssox: wrote `[x]` into `~/.aws/credentials`; the credentials expire at TIME
    ssox: warning: `~/.aws/credentials` can be read by other users of this machine
    ssox: hint: chmod 600 ~/.aws/credentials
    ");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o644);
    let doctor = home.ssox(&["doctor"]).stdout();
    assert!(doctor.contains(&format!("chmod 600 {}", path.display())), "{doctor}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!home.ssox(&["doctor"]).stdout().contains("can be read by other users"));
}

#[test]
fn what_a_killed_writer_left_is_swept_by_the_next() {
    let home = Home::signed_in();
    let left = home.path(".aws/.ssox-Ab12Cd");
    let file = File::create(&left).unwrap();
    file.set_modified(std::time::SystemTime::now() - Duration::from_secs(60)).unwrap();
    drop(file);
    write_keys(&home, "x");
    assert!(!left.exists());
}

#[test]
fn a_closed_pipe_does_not_stop_an_edit() {
    let home = Home::signed_in();
    for verb in ["configure migrate --yes", "-v configure migrate --yes"] {
        home.write_config(LEGACY);
        let mut shell = home.command("bash");
        shell.args(["-c", &format!("{{ {SSOX} {verb}; echo $? >&3; }} 2>&1 3>status | true")]);
        assert!(shell.status().unwrap().success());
        assert_eq!(fs::read_to_string(home.path("status")).unwrap(), "0\n");
        assert!(fs::read_to_string(home.path(".aws/config")).unwrap().contains("[sso-session "));
    }
}
