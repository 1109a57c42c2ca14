//! Reads many small files of one directory. Each is opened by its name in the open directory, which is faster than by its
//! path, and read into the same buffer.

use super::read;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The size of the buffer: more than most cache entries have.
const BUFFER: usize = 16 << 10;
const NANOSECONDS: i64 = 1_000_000_000;

/// A directory with files that programs may write at the same time.
pub(crate) struct Directory {
    path: PathBuf,
    #[cfg(unix)]
    open: Option<std::os::fd::OwnedFd>,
}

/// What differs in a file that was written or replaced: its number, size, and the times of the last write and last change.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    inode: u64,
    size: u64,
    /// In nanoseconds since 1970.
    modified: i64,
    changed: i64,
}

impl Stamp {
    /// Returns the stamp as bytes, to be compared later.
    pub(crate) fn bytes(self) -> [u8; 32] {
        let parts = [self.inode, self.size, self.modified.cast_unsigned(), self.changed.cast_unsigned()];
        let mut bytes = [0; 32];
        bytes.as_chunks_mut().0.iter_mut().zip(parts).for_each(|(chunk, part)| *chunk = part.to_le_bytes());
        bytes
    }

    /// Returns when the file was last changed, or was last written if that is later, in whole seconds since 1970.
    pub(crate) fn changed_at(self) -> i64 {
        self.modified.max(self.changed).div_euclid(NANOSECONDS)
    }
}

/// Reads files of a directory one after the other. The buffer is wiped when the reader is dropped.
pub(crate) struct Reader<'a> {
    directory: &'a Directory,
    buffer: Zeroizing<Vec<u8>>,
}

impl Directory {
    /// Opens a directory. An absent one has no files.
    pub(crate) fn open(path: PathBuf) -> Self {
        #[cfg(unix)]
        let open = {
            use rustix::fs::{Mode, OFlags};
            rustix::fs::open(&path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
        };
        Self {
            #[cfg(unix)]
            open,
            path,
        }
    }

    /// Returns the names of its entries.
    pub(crate) fn names(&self) -> impl Iterator<Item = std::ffi::OsString> {
        std::fs::read_dir(&self.path).into_iter().flatten().flatten().map(|file| file.file_name())
    }

    /// Returns the stamp of a file; `None` when it is absent, or on Windows.
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        #[cfg(unix)]
        {
            let stat = rustix::fs::statat(self.open.as_ref()?, name, rustix::fs::AtFlags::empty()).ok()?;
            Some(Stamp {
                inode: stat.st_ino,
                size: stat.st_size as _,
                modified: nanoseconds(stat.st_mtime as _, stat.st_mtime_nsec as _)?,
                changed: nanoseconds(stat.st_ctime as _, stat.st_ctime_nsec as _)?,
            })
        }
        #[cfg(not(unix))]
        {
            let _ = name;
            None
        }
    }

    /// Makes a reader, one for each thread.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { directory: self, buffer: Zeroizing::new(vec![0; BUFFER]) }
    }

    /// Reads the beginning of a file, which may be of any kind.
    #[cfg(unix)]
    fn read_start(&self, name: &str, buffer: &mut [u8]) -> Option<usize> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(self.open.as_ref()?, name, flags, Mode::empty()).ok()?;
        rustix::io::read(&file, buffer).ok()
    }

    #[cfg(not(unix))]
    fn read_start(&self, name: &str, buffer: &mut [u8]) -> Option<usize> {
        std::io::Read::read(&mut read::open_regular(&self.path.join(name))?, buffer).ok()
    }
}

impl Reader<'_> {
    /// Returns what `parse` makes of a file's content; `None` if the file is absent or cannot be read, or if `parse` returns
    /// `None`. `parse` may be called with the beginning of the content before, and must not accept that.
    pub(crate) fn parse<T>(&mut self, name: &str, parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let length = self.directory.read_start(name, &mut self.buffer);
        if let Some(length) = length.filter(|length| *length < BUFFER)
            && let Some(parsed) = parse(&self.buffer[..length])
        {
            return Some(parsed);
        }
        parse(&Zeroizing::new(read::read(&self.directory.path.join(name)).ok()??))
    }
}

#[cfg(unix)]
fn nanoseconds(seconds: i64, more: i64) -> Option<i64> {
    seconds.checked_mul(NANOSECONDS)?.checked_add(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_parsed_whole() {
        let home = tempfile::tempdir().unwrap();
        let long = format!("{}.", "x".repeat(3 * BUFFER));
        for (name, content) in [("a", "1."), ("b", ""), ("c", &long), ("d", "no end")] {
            std::fs::write(home.path().join(name), content).unwrap();
        }
        std::fs::create_dir(home.path().join("e")).unwrap();
        let directory = Directory::open(home.path().into());
        let mut reader = directory.reader();
        let mut length = |name| reader.parse(name, |bytes| bytes.ends_with(b".").then_some(bytes.len()));
        assert_eq!(
            ["c", "a", "b", "d", "e", "f"].map(&mut length),
            [Some(long.len()), Some(2), None, None, None, None]
        );
        assert_eq!(directory.names().count(), 5);
    }

    #[test]
    fn an_absent_directory_has_no_files() {
        let directory = Directory::open("/none/such".into());
        assert_eq!(directory.names().count(), 0);
        assert_eq!(directory.reader().parse("a", |_| Some(())), None);
    }
}
