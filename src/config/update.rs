//! Writes a changed config file under ssox's lock. If another program changes the file at the same time, the edit is
//! repeated.

use super::file::{File, LARGEST};
use super::{ConfigFiles, Edits, WhichFile};
use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::lock::Lock;
use crate::secret::Secret;
use std::path::PathBuf;

impl ConfigFiles {
    /// Replaces the text of a config file by the result of `change`. Returns the file's path. `change` may be called
    /// several times, each time with the current content of the file.
    ///
    /// # Errors
    /// Those of `change`. `Configuration`: the variable that names the file is set and empty, the file cannot be read
    /// or written, or other programs keep writing to it. `Unreachable`: another ssox process holds the lock for too
    /// long.
    pub(crate) fn update(ctx: &Context, which: WhichFile, change: impl Fn(&Self) -> Result<Secret>) -> Result<PathBuf> {
        let path = File::path(ctx, which)?;
        Edits::new(&File::new(path.clone(), Vec::new(), which))?;
        let _lock = Lock::wait_for_file(ctx, &path)?;
        files::edit(&path, LARGEST, |content| {
            let mut files = Self::load(ctx)?;
            *files.file_mut(which) = File::new(path.clone(), content, which);
            change(&files)
        })?;
        Ok(path)
    }

    fn file_mut(&mut self, which: WhichFile) -> &mut File {
        match which {
            WhichFile::Config => &mut self.config,
            WhichFile::Credentials => &mut self.credentials,
        }
    }
}
