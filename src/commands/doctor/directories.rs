//! Checks the `.ssox` file that applies to the working directory.

use super::super::directory::wanted;
use super::Severity::{Error, Warning};
use crate::commands::finding::Finding;
use crate::context::Context;
use crate::directory::{DirectoryFile, nearest};
use crate::error::as_argument;

/// Reports the `.ssox` file that applies to the working directory, if this file cannot be used or is not trusted.
pub(super) fn check(ctx: &Context) -> Option<Finding> {
    let path = nearest(ctx)?;
    let checked = DirectoryFile::read(&path).and_then(|file| {
        let (settings, _) = wanted(ctx, &file)?;
        Ok((settings.profile, file.is_trusted(ctx)?))
    });
    match checked {
        Ok((_, true)) => None,
        Ok((profile, false)) => {
            let message = format!("`{}` names profile {}, but is not trusted", path.display(), as_argument(&profile));
            Some(Finding::new("environment", Warning, message, "ssox allow"))
        }
        Err(error) => {
            let hint = error.first_hint().unwrap_or("ssox list").to_string();
            Some(Finding::new("environment", Error, error.message, hint))
        }
    }
}
