//! ssox is killed at any moment: no file is incomplete afterwards.

use crate::home::{Home, SSOX};
use serde_json::Value;
use ssox_standin::Grant;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

const USE_DEV: [&str; 3] = ["--emit=zsh1", "use", "dev"];

/// Checks that the files that tools read are complete JSON.
fn check(home: &Home) {
    for below in [".aws/sso/cache", ".aws/cli/cache"] {
        for name in home.files(below).iter().filter(|name| name.ends_with(".json")) {
            let content = fs::read(home.path(below).join(name)).unwrap();
            assert!(serde_json::from_slice::<Value>(&content).is_ok(), "{below}/{name}: {content:?}");
        }
    }
}

#[test]
fn a_kill_at_any_moment_leaves_whole_files() {
    let home = Home::new();
    // A refresh and a fetch write both caches; how long that takes is measured first.
    let expired = Grant { expires_in: -60, ..Grant::default() };
    home.sign_in(&expired);
    let start = Instant::now();
    home.ssox(&USE_DEV).ok();
    let whole = start.elapsed();
    for moment in 0..60_u32 {
        home.sign_in(&expired);
        let _ = fs::remove_dir_all(home.path(".aws/cli"));
        let mut command = home.command(SSOX);
        let mut child = command.args(USE_DEV).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(whole * moment / 50);
        let _ = child.kill();
        let _ = child.wait();
        check(&home);
    }
    home.sign_in(&Grant::default());
    home.ssox(&USE_DEV).ok();
    assert_eq!(home.standin.violations(), [""; 0]);
}

/// The file is large, so that a write in place would take a good part of the time in which the process is killed.
#[test]
fn a_kill_at_any_moment_loses_nothing_of_a_large_credentials_file() {
    let home = Home::signed_in();
    let path = home.path(".aws/credentials");
    let other = |number| format!("[of-a-person-{number}]\naws_access_key_id = A\naws_secret_access_key = s\n");
    let before: String = (0..20_000).map(other).collect();
    let write = ["export", "dev", "--format", "credentials-file", "--write", "written"];
    fs::write(&path, &before).unwrap();
    let start = Instant::now();
    home.ssox(&write).ok();
    let (whole, after) = (start.elapsed(), fs::read_to_string(&path).unwrap());
    assert!(after.starts_with(&before) && after.len() > before.len());
    for moment in 0..50_u32 {
        fs::write(&path, &before).unwrap();
        let mut child = home.command(SSOX).args(write).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(whole * moment / 50);
        let _ = child.kill();
        let _ = child.wait();
        let left = fs::read_to_string(&path).unwrap();
        assert!([&before, &after].contains(&&left), "{moment}: {} bytes of {}", left.len(), after.len());
    }
}

#[test]
fn what_a_killed_process_left_is_swept() {
    let home = Home::signed_in();
    home.ssox(&USE_DEV).ok();
    let left = home.path(".aws/cli/cache/.ssox-left");
    fs::write(&left, "half").unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(3600);
    fs::File::options().write(true).open(&left).unwrap().set_modified(old).unwrap();
    home.ssox(&["--emit=zsh1", "use", "stg"]).ok();
    assert!(!left.exists());
}
