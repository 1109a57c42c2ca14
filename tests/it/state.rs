//! ssox refuses a state directory that other users can write to.

use crate::home::Home;
use crate::shown::says;
use rustix::process::geteuid;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

const STATE: &str = ".local/state/ssox";

/// Runs the verbs that need the state directory, and those that work without it; returns the error, and what doctor says.
#[track_caller]
fn is_refused(home: &Home) -> String {
    let errors = [
        &["--emit=zsh1", "use", "dev"][..],
        &["export", "dev", "--format", "env"],
        &["exec", "dev", "--", "true"],
        &["credential-process", "dev"],
        &["login", "dev", "--no-input"],
        &["configure", "migrate", "--yes"],
    ]
    .map(|arguments| home.ssox(arguments).fails(4));
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    for arguments in
        [&["--emit=zsh1", "clear"][..], &["--emit=zsh1", "tick"], &["complete", "zsh", "2", "ssox", "use", ""]]
    {
        home.ssox(arguments).ok();
    }
    let doctor = home.ssox(&["doctor"]);
    assert_eq!(doctor.status(), 4);
    errors[0].clone() + &doctor.stdout()
}

#[test]
fn a_state_directory_that_others_can_write_to_is_refused() {
    let mut errors = String::new();
    let home = Home::signed_in();
    for below in ["", "locks"] {
        home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
        fs::set_permissions(home.path(STATE).join(below), Permissions::from_mode(0o777)).unwrap();
        errors += &is_refused(&home);
        fs::set_permissions(home.path(STATE).join(below), Permissions::from_mode(0o700)).unwrap();
        home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
    }
    says!(home, errors, @r"
    ssox: `~/.local/state/ssox`, which ssox uses for its locks and state, can be written by other users
    ssox: hint: chmod -R go-w ~/.local/state/ssox
    error: `~/.local/state/ssox`, which ssox uses for its locks and state, can be written by other users
        hint: chmod -R go-w ~/.local/state/ssox
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ssox: `~/.local/state/ssox/locks`, which ssox uses for its locks and state, can be written by other users
    ssox: hint: chmod -R go-w ~/.local/state/ssox/locks
    error: `~/.local/state/ssox/locks`, which ssox uses for its locks and state, can be written by other users
        hint: chmod -R go-w ~/.local/state/ssox/locks
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn a_state_directory_of_another_user_is_refused() {
    if !geteuid().is_root() {
        return eprintln!("NOT TESTED: only root can give directories away");
    }
    let home = Home::signed_in();
    home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
    chown(home.path(STATE), Some(1234), Some(1234)).unwrap();
    says!(home, is_refused(&home), @r"
    ssox: `~/.local/state/ssox`, which ssox uses for its locks and state, belongs to another user (uid 1234)
    ssox: hint: set XDG_STATE_HOME to a directory of your own
    error: `~/.local/state/ssox`, which ssox uses for its locks and state, belongs to another user (uid 1234)
        hint: set XDG_STATE_HOME to a directory of your own
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
}

#[test]
fn a_state_directory_with_links_is_refused() {
    let home = Home::signed_in();
    let victim = home.path("victim");
    fs::create_dir_all(home.path(STATE)).unwrap();
    fs::create_dir(&victim).unwrap();
    symlink(&victim, home.path(STATE).join("locks")).unwrap();
    says!(home, is_refused(&home), @r"
    ssox: `~/.local/state/ssox/locks`, which ssox uses for its locks and state, is a symbolic link
    ssox: hint: rm ~/.local/state/ssox/locks
    error: `~/.local/state/ssox/locks`, which ssox uses for its locks and state, is a symbolic link
        hint: rm ~/.local/state/ssox/locks
    info: AWS_ENDPOINT_URL sends requests to `http://STANDIN`, not to AWS
        hint: unset AWS_ENDPOINT_URL
    ");
    assert_eq!(fs::read_dir(&victim).unwrap().count(), 0);
}

#[test]
fn a_lock_that_is_a_link_does_not_change_the_file_it_points_to() {
    let home = Home::signed_in();
    home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
    let victim = home.path("victim");
    fs::write(&victim, "precious").unwrap();
    for lock in home.files(&format!("{STATE}/locks")) {
        let lock = home.path(STATE).join("locks").join(lock);
        fs::remove_file(&lock).unwrap();
        symlink(&victim, &lock).unwrap();
    }
    for entry in home.files(".aws/cli/cache") {
        fs::remove_file(home.path(".aws/cli/cache").join(entry)).unwrap();
    }
    let error = home.ssox(&["--emit=zsh1", "use", "dev"]).fails(4);
    says!(home, error, @r"
    ssox: `~/.local/state/ssox/locks/e9bf87b634cc7c6a78fdde5bdebe3e2929dfdf3f.lock`, which ssox uses for its locks and state, is a symbolic link
    ssox: hint: rm ~/.local/state/ssox/locks/e9bf87b634cc7c6a78fdde5bdebe3e2929dfdf3f.lock
    ");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn files_that_root_writes_into_a_users_state_belong_to_the_user() {
    use std::os::unix::fs::MetadataExt as _;
    if !geteuid().is_root() {
        return eprintln!("NOT TESTED: only root can be somebody else");
    }
    let home = Home::signed_in();
    for path in ["", ".aws", ".aws/sso", ".aws/sso/cache"] {
        chown(home.path(path), Some(1234), Some(1234)).unwrap();
    }
    home.ssox(&["--emit=zsh1", "use", "dev"]).ok();
    let mut left = vec![home.path(".local")];
    while let Some(path) = left.pop() {
        assert_eq!(fs::symlink_metadata(&path).unwrap().uid(), 1234, "{}", path.display());
        left.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
    }
    assert!(home.path(STATE).join("locks").is_dir());
}
