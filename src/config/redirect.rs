//! Environment variables that name other config files than those in `~/.aws`. A variable that was forgotten in a shell
//! hides all profiles, so messages name it.

use super::{ConfigFiles, File, WhichFile};
use crate::context::Context;
use std::path::PathBuf;

impl ConfigFiles {
    /// Returns those of the files `config` and `credentials` whose paths are set in `AWS_CONFIG_FILE` and
    /// `AWS_SHARED_CREDENTIALS_FILE`: both, one or none.
    pub(crate) fn redirected(&self) -> impl Iterator<Item = &File> {
        [&self.config, &self.credentials].into_iter().filter(|file| file.is_named)
    }

    /// Loads the default files. Returns `None` if no environment variable names another file, or if a default file
    /// cannot be read.
    pub(crate) fn unredirected(&self, ctx: &Context) -> Option<Self> {
        self.redirected().next()?;
        Self::load(&ctx.without(&[self.config.which.variable(), self.credentials.which.variable()])).ok()
    }

    /// Returns why a section is absent, and a hint, in three cases: a variable names a file that does not exist; the
    /// section is in a default file that is not read, because a variable names another file; there are no profiles and
    /// no file `config`. Otherwise returns `None`. `is_there` tells whether the config files in its argument contain
    /// the section.
    pub(crate) fn why_absent(&self, ctx: &Context, is_there: impl Fn(&Self) -> bool) -> Option<(String, String)> {
        if let Some(file) = self.redirected().find(|file| file.is_absent) {
            return Some((file.missing_message(), ctx.line_to_unset(&[file.which.variable()])));
        }
        let usual = self.unredirected(ctx).filter(|usual| is_there(usual) && !is_there(self));
        if let Some(Self { config, credentials }) = usual {
            let without_config = Self { config: File::new(PathBuf::new(), Vec::new(), WhichFile::Config), credentials };
            let is_in_credentials = self.credentials.is_named && is_there(&without_config);
            let file = if is_in_credentials { without_config.credentials } else { config };
            let (path, variable) = (file.path.display(), file.which.variable());
            let cause = format!("`{path}` has one, but is not read, because {variable} names another file");
            return Some((cause, ctx.line_to_unset(&[variable])));
        }
        let has_none = self.config.is_absent && self.profile_names().next().is_none();
        has_none.then(|| match ctx.home() {
            Ok(home) if !home.is_dir() => {
                let hint = "set HOME to the path of your home directory";
                (format!("HOME is `{}`, which is not a directory", home.display()), hint.into())
            }
            _ => (format!("the file `{}` does not exist", self.config.path.display()), "ssox configure sso".into()),
        })
    }

    /// Returns the file `config` or the file `credentials`.
    pub(crate) fn file(&self, which: WhichFile) -> &File {
        match which {
            WhichFile::Config => &self.config,
            WhichFile::Credentials => &self.credentials,
        }
    }
}

impl File {
    /// Tells whether the file does not exist.
    pub(crate) fn is_absent(&self) -> bool {
        self.is_absent
    }

    /// Returns the message about a file that an environment variable names and that does not exist.
    pub(crate) fn missing_message(&self) -> String {
        if self.path.as_os_str().is_empty() {
            format!("{} is set and empty", self.which.variable())
        } else {
            format!("{} names `{}`, which does not exist", self.which.variable(), self.path.display())
        }
    }
}
