//! Variables that name other files than `~/.aws/config` and `~/.aws/credentials`: forgotten in a shell, they hide all
//! profiles.

use super::{ConfigFiles, File, WhichFile};
use crate::context::Context;

impl ConfigFiles {
    /// Returns those of the two files that a variable names.
    pub(crate) fn redirected(&self) -> impl Iterator<Item = &File> {
        [&self.config, &self.credentials].into_iter().filter(|file| file.is_named)
    }

    /// Loads the default files; returns `None` when no variable is set.
    pub(crate) fn unredirected(&self, ctx: &Context) -> Option<Self> {
        self.redirected().next()?;
        Self::load(&ctx.without(&[self.config.which.variable(), self.credentials.which.variable()])).ok()
    }

    /// Returns why something is missing in the files, and a hint, when a variable names other files or there are no files.
    /// `is_there` tells whether it is in given files.
    pub(crate) fn why_absent(&self, ctx: &Context, is_there: impl Fn(&Self) -> bool) -> Option<(String, String)> {
        if let Some(file) = self.redirected().find(|file| file.is_absent) {
            return Some((file.missing_message(), ctx.line_to_unset(&[file.which.variable()])));
        }
        if let Some(usual) = self.unredirected(ctx).filter(is_there) {
            let names: Vec<&str> = self.redirected().map(|file| file.which.variable()).collect();
            let cause =
                format!("it is in `{}`, but {} names another file", usual.config.path.display(), names.join(" or "));
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

    /// Returns one of the two files.
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

    /// Returns the message for a missing file that a variable names.
    pub(crate) fn missing_message(&self) -> String {
        if self.path.as_os_str().is_empty() {
            format!("{} is set and empty", self.which.variable())
        } else {
            format!("{} names `{}`, which does not exist", self.which.variable(), self.path.display())
        }
    }
}
