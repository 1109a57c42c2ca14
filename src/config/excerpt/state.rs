//! The state of a config file. ssox compares it to find out whether an index is still valid.

use crate::context::Context;

/// An index is written only if the last change of the file is at least this many seconds ago. This time is longer than
/// the time resolution of any file system.
const SETTLED: i64 = 3;

/// The metadata of a file: device, inode, size, modification time and change time. Every change of the file changes at
/// least one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State([i128; 5]);

impl State {
    #[cfg(unix)]
    pub(super) fn of(file: &std::fs::File) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = file.metadata().ok()?;
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Some(Self([
            metadata.dev().into(),
            metadata.ino().into(),
            metadata.size().into(),
            nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        ]))
    }

    /// Always returns `None`: on Windows, a program can set all times of a file, so they do not show that the file is
    /// unchanged. Therefore ssox writes no index of the config file there.
    #[cfg(not(unix))]
    pub(super) fn of(_file: &std::fs::File) -> Option<Self> {
        None
    }

    /// Returns the size of the file.
    pub(super) fn size(&self) -> i128 {
        self.0[2]
    }

    /// Tells whether the last change is so long ago that a later change cannot have the same time.
    pub(super) fn is_settled(&self, ctx: &Context) -> bool {
        let [.., modified, changed] = self.0;
        i128::from(ctx.now().0) - modified.max(changed) / 1_000_000_000 >= i128::from(SETTLED)
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|number| write!(out, " {number}"))
    }
}
