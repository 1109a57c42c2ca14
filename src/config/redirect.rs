//! Environment variables that name other config files than those in `~/.aws`. A variable that was forgotten in a shell
//! hides all profiles, so messages name it.

use super::{ConfigFiles, File, WhichFile};
use crate::context::Context;

impl ConfigFiles {
    /// Returns those of the files `config` and `credentials` whose paths are set in `AWS_CONFIG_FILE` and
    /// `AWS_SHARED_CREDENTIALS_FILE`: both, one or none.
    pub(crate) fn redirected(&self) -> impl Iterator<Item = &File> {
        [&self.config, &self.credentials].into_iter().filter(|file| file.is_named)
    }

    /// Loads the default files. Returns `None` if no environment variable names another file.
    pub(crate) fn unredirected(&self, ctx: &Context) -> Option<Self> {
        self.redirected().next()?;
        Self::load(&ctx.without(&[self.config.which.variable(), self.credentials.which.variable()])).ok()
    }

    /// Returns the cause and a hint if a section is absent because a variable names another file, or because there are
    /// no config files; otherwise `None`. `is_there` tells whether the config files in its argument contain the
    /// section.
    pub(crate) fn why_absent(&self, ctx: &Context, is_there: impl Fn(&Self) -> bool) -> Option<(String, String)> {
        if let Some(file) = self.redirected().find(|file| file.is_absent) {
            return Some((file.missing_message(), ctx.line_to_unset(&[file.which.variable()])));
        }
        if let Some(usual) = self.unredirected(ctx).filter(is_there) {
            let names: Vec<&str> = self.redirected().map(|file| file.which.variable()).collect();
            let cause = format!(
                "`{}` has this profile, but is not read, because {} names another file",
                usual.config.path.display(),
                names.join(" or ")
            );
            return Some((cause, ctx.line_to_unset(&names)));
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
