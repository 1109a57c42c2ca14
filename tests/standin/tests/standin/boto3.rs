//! boto3, which is not ours, takes the stand-in for AWS.

use ssox_standin::{Grant, Standin};
use std::path::PathBuf;
use std::process::Command;

/// Runs a Python script with boto3 in a home of its own; its output is compared.
#[track_caller]
fn python(standin: &Standin, home: &Home, script: &str) -> String {
    let mut command = Command::new("python3");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).args(["-c", script]);
    let output = command.envs(standin.seed_home(&home.0)).output().expect("python3 is there");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{:?}", standin.violations());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A directory that goes with the test.
struct Home(PathBuf);

impl Home {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ssox-standin-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).expect("there is room for a directory");
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn boto3_uses_a_seeded_token() {
    let (standin, home) = (Standin::start(), Home::new("token"));
    standin.seed_token(&home.0, "corp", &Grant::default());
    let script = "
import boto3
credentials = boto3.Session(profile_name='dev').get_credentials().get_frozen_credentials()
print(credentials.access_key[:4], len(credentials.secret_key))";
    assert_eq!(python(&standin, &home, script), "ASIA 40\n");
    assert_eq!((standin.count("GetRoleCredentials"), standin.count("CreateToken")), (1, 0));
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn boto3_refreshes_a_token_that_is_about_to_end() {
    let (standin, home) = (Standin::start(), Home::new("refresh"));
    standin.seed_token(&home.0, "corp", &Grant { expires_in: 60, ..Grant::default() });
    let script = "
import boto3
print(boto3.Session(profile_name='stg').get_credentials().get_frozen_credentials().access_key[:4])";
    assert_eq!(python(&standin, &home, script), "ASIA\n");
    assert_eq!((standin.count("CreateToken.refresh_token"), standin.count("reused_refresh_token")), (1, 0));
    assert_eq!(standin.violations(), [""; 0]);
}
