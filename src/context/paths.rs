//! Finds the home directory and the state directory of ssox, and expands variables in paths.

use super::{Context, state};
use crate::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

impl Context {
    /// Returns the home directory.
    ///
    /// # Errors
    /// `Configuration`: the home directory is unknown.
    pub(crate) fn home(&self) -> Result<&Path> {
        self.home.as_deref().ok_or_else(|| {
            Error::configuration("the home directory is unknown: HOME is not set")
                .hint("set HOME to the path of your home directory")
        })
    }

    /// Returns the directory in which ssox keeps its state, such as locks: `$XDG_STATE_HOME/ssox` or the platform's
    /// equivalent.
    ///
    /// # Errors
    /// `Configuration`: the path depends on the home directory, which is unknown; or other users could change files in
    /// the state directory, because of its owner, its mode or a symbolic link.
    pub(crate) fn state_dir(&self) -> Result<PathBuf> {
        let directory = self.state_path()?;
        let check = || state::check(&directory, self.home.as_deref()).err();
        self.state_error.get_or_init(check).clone().map_or(Ok(directory), Err)
    }

    /// Checks the state directory; does nothing if its path is unknown.
    ///
    /// # Errors
    /// `Configuration`: other users could change files in it, because of its owner, its mode or a symbolic link.
    pub(crate) fn check_state(&self) -> Result<()> {
        if self.state_path().is_ok() { self.state_dir().map(drop) } else { Ok(()) }
    }

    fn state_path(&self) -> Result<PathBuf> {
        if let Some(dir) = self.var("XDG_STATE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute()) {
            return Ok(dir.join("ssox"));
        }
        if !cfg!(any(windows, target_os = "macos")) {
            return Ok(self.home()?.join(".local/state/ssox"));
        }
        match dirs::data_local_dir() {
            Some(dir) => Ok(dir.join("ssox")),
            None => Ok(self.home()?.join(".ssox")),
        }
    }

    /// Returns the path of an AWS configuration file: the value of the variable, or else a file in `~/.aws`.
    ///
    /// # Errors
    /// Those of [`Self::home`].
    pub(crate) fn configuration_file(&self, variable: &str, usual_name: &str) -> Result<PathBuf> {
        self.named_file(self.var_os(variable).map(OsString::as_os_str), usual_name)
    }

    /// Returns the path of the configuration file that other programs use. In a program that uses ssox's endpoint
    /// (`exec --serve` or `serve`), ssox itself uses a different file.
    ///
    /// # Errors
    /// Those of [`Self::home`].
    pub(crate) fn file_for_programs(&self, variable: &str, usual_name: &str) -> Result<PathBuf> {
        match self.replaced.iter().find(|(name, _)| *name == variable) {
            Some((_, value)) => self.named_file(value.as_deref(), usual_name),
            None => self.configuration_file(variable, usual_name),
        }
    }

    /// Returns the path of a configuration file: the path `name`, with variables expanded. If `name` is `None`, returns
    /// the path of the file with the usual name in `~/.aws`.
    ///
    /// # Errors
    /// Those of [`Self::home`].
    pub(crate) fn named_file(&self, name: Option<&OsStr>, usual_name: &str) -> Result<PathBuf> {
        match name {
            Some(path) => Ok(path.to_str().map_or_else(|| PathBuf::from(path), |path| self.expand_variables(path))),
            None => Ok(self.home()?.join(".aws").join(usual_name)),
        }
    }

    /// Expands `~/` at the beginning of a path, as all AWS tools do.
    pub(crate) fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    /// Expands `~/`, `$NAME` and `${NAME}` in the path of a configuration file, as the AWS CLI does. Unset variables
    /// are kept.
    pub(crate) fn expand_variables(&self, path: &str) -> PathBuf {
        let mut expanded = String::new();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('$') {
            expanded.push_str(before);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let (name, after_name) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
                Some((name, after_name)) => (name, after_name),
                None => after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len())),
            };
            match self.env.get(name).and_then(|value| value.to_str()) {
                Some(value) => expanded.push_str(value),
                None => expanded.push_str(&rest[before.len()..rest.len() - after_name.len()]),
            }
            rest = after_name;
        }
        self.expand(&(expanded + rest))
    }
}

/// Returns the home directory as AWS tools find it; `None` if it is unknown.
pub(super) fn home_of(ctx: &Context) -> Option<PathBuf> {
    let home = ctx.var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    if home.is_some() || !cfg!(windows) {
        return home;
    }
    let drive_and_path = || Some(format!("{}{}", ctx.var("HOMEDRIVE")?, ctx.var("HOMEPATH")?));
    ctx.var("USERPROFILE").map(String::from).or_else(drive_and_path).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(vars: &[(&str, &str)]) -> Context {
        Context::new(vars.iter().map(|(name, value)| ((*name).into(), OsString::from(value))))
    }

    #[test]
    fn a_missing_home_has_a_hint() {
        let error = context(&[("HOME", "")]).home().unwrap_err();
        assert!(error.hints[0].contains("set HOME"));
    }

    #[test]
    fn a_tilde_is_home() {
        assert_eq!(context(&[("HOME", "/h")]).expand("~/x"), PathBuf::from("/h/x"));
    }

    #[test]
    fn variables_in_a_path_are_expanded() {
        let ctx = context(&[("HOME", "/h"), ("D", "/d")]);
        for (path, expanded) in [("$D/x", "/d/x"), ("${D}x$", "/dx$"), ("~/$NO/${D", "/h/$NO/${D"), ("a", "a")] {
            assert_eq!(ctx.expand_variables(path), PathBuf::from(expanded), "{path}");
        }
    }
}
