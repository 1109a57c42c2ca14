//! The home directory of the sandbox and its environment.

use crate::Result;
use ssox_standin::{START_URL, Standin};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Variables that would lead to files outside the home of the sandbox.
const LEADING_OUT: [&str; 6] =
    ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HISTFILE", "BASH_ENV"];

/// The sandbox's home; dropping it removes the directory.
pub(crate) struct SandboxHome {
    home: TempDir,
    env: Vec<(String, String)>,
    binaries: PathBuf,
}

impl SandboxHome {
    pub(crate) fn new(standin: &Standin, ssox: &Path) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("ssox-sandbox-").tempdir()?;
        let env = standin.seed_home(home.path());
        fs::write(home.path().join(".aws/config"), config())?;
        let binaries = ssox.parent().unwrap_or(Path::new(".")).to_path_buf();
        Ok(Self { home, env, binaries })
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Gives a command the sandbox's environment: the user's own without AWS variables, and ssox first on PATH.
    pub(crate) fn set_environment(&self, command: &mut Command) {
        let foreign = |name: &str| name.starts_with("AWS_") || name.starts_with("SSOX_") || LEADING_OUT.contains(&name);
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(foreign)) {
            command.env_remove(name);
        }
        for name in ["NO_PROXY", "no_proxy"] {
            let others = env::var(name).unwrap_or_default();
            command.env(name, format!("127.0.0.1,{others}").trim_end_matches(','));
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(self.binaries.clone()).chain(env::split_paths(&path)));
        command.envs(path.map(|path| ("PATH", path))).envs(self.env.clone()).current_dir(self.home());
    }
}

impl Drop for SandboxHome {
    /// Removes the directory, and again what a process that still runs has written since.
    fn drop(&mut self) {
        for _ in 0..40 {
            // The loop sees whether it worked.
            let _ = fs::remove_dir_all(self.home());
            thread::sleep(Duration::from_millis(50));
            if !self.home().exists() {
                return;
            }
        }
    }
}

/// Two profiles of one session.
fn config() -> String {
    format!(
        "[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
         sso_registration_scopes = sso:account:access\n\n\
         [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
         region = eu-west-1\n\n\
         [profile stg]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = PowerUser\n\
         region = eu-central-1\n"
    )
}
