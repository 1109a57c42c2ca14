//! The state of a file, by which an index is known to belong to it.

use crate::context::Context;

/// How many seconds the last change must be ago: more than the resolution of the times of any file system.
const SETTLED: i64 = 3;

/// What the system says of a file, which differs after every change: device, inode, size and times.
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

    /// Windows does not tell when a file was last changed, apart from a time that programs can set.
    #[cfg(not(unix))]
    pub(super) fn of(_file: &std::fs::File) -> Option<Self> {
        None
    }

    /// Returns the size of the file.
    pub(super) fn size(&self) -> i128 {
        self.0[2]
    }

    /// Tells whether every later change has another time.
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
