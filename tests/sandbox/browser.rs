//! Finds the user's browser and starts it with the user's own home, not the sandbox's.

use crate::Result;
use crate::shells::find_program;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// No page can be opened here.
    None,
    /// ssox finds it with any home directory: through the system, or by the command in `BROWSER`.
    Own,
    /// A program that looks for its profile in the home directory.
    OfHome(String),
}

impl Browser {
    pub(crate) fn here() -> Self {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let desktop = set("DISPLAY").is_some() || set("WAYLAND_DISPLAY").is_some();
        let remote = set("SSH_CONNECTION").is_some() || set("SSH_TTY").is_some();
        match set("BROWSER") {
            Some(command) if command.contains(['%', ':', ' ', '\'']) => Self::Own,
            Some(command) => Self::OfHome(command),
            None if remote => Self::None,
            None if cfg!(any(windows, target_os = "macos")) || set("WSL_DISTRO_NAME").is_some() => Self::Own,
            None if desktop && find_program("xdg-open").is_some() => Self::OfHome("xdg-open".into()),
            None => Self::None,
        }
    }

    /// Sets `BROWSER` to a script that starts the browser with the user's own home.
    pub(crate) fn set_program(&self, home: &Path, command: &mut Command) -> Result<()> {
        let Self::OfHome(program) = self else { return Ok(()) };
        let names = ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"];
        let exports = names.iter().filter_map(|name| Some((name, env::var(name).ok()?)));
        let exports: String = exports.map(|(name, value)| format!("export {name}={}\n", quote(&value))).collect();
        let script = home.join("browser");
        fs::write(&script, format!("#!/bin/sh\nunset BROWSER\n{exports}exec {program} \"$@\"\n"))?;
        #[cfg(unix)]
        fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        command.env("BROWSER", script);
        Ok(())
    }
}

fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}
