//! Reads many small files of one directory. Each file is opened by its name relative to the open directory, which is
//! faster than by its path. All files are read into the same buffer.

use super::read;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The size of the buffer in bytes; most cache entries are smaller.
const BUFFER: usize = 16 << 10;
/// The number of nanoseconds in a second.
const NANOSECONDS: i64 = 1_000_000_000;

/// A directory whose files other programs may write at the same time.
pub(crate) struct Directory {
    path: PathBuf,
    #[cfg(unix)]
    open: Option<std::os::fd::OwnedFd>,
}

/// Identifies the state of a file: the inode, the size, and the times of the last write and last change. A write or a
/// replacement changes at least one of them.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    inode: u64,
    size: u64,
    /// The times of the last write (`modified`) and of the last change (`changed`), in nanoseconds since 1970.
    modified: i64,
    changed: i64,
}

impl Stamp {
    #[cfg(unix)]
    fn of(stat: &rustix::fs::Stat) -> Option<Self> {
        Some(Self {
            inode: stat.st_ino,
            size: stat.st_size as _,
            modified: nanoseconds(stat.st_mtime as _, stat.st_mtime_nsec as _)?,
            changed: nanoseconds(stat.st_ctime as _, stat.st_ctime_nsec as _)?,
        })
    }

    /// Returns the stamp as bytes, which can be stored and compared.
    pub(crate) fn bytes(self) -> [u8; 32] {
        let parts = [self.inode, self.size, self.modified.cast_unsigned(), self.changed.cast_unsigned()];
        let mut bytes = [0; 32];
        bytes.as_chunks_mut().0.iter_mut().zip(parts).for_each(|(chunk, part)| *chunk = part.to_le_bytes());
        bytes
    }

    /// Returns the later of last change and last write, in whole seconds since 1970.
    pub(crate) fn changed_at(self) -> i64 {
        self.modified.max(self.changed).div_euclid(NANOSECONDS)
    }
}

/// Reads files of a directory, one after the other. The buffer is wiped when the reader is dropped; it is empty before the
/// first file is read.
pub(crate) struct Reader<'a> {
    directory: &'a Directory,
    buffer: Zeroizing<Vec<u8>>,
}

impl Directory {
    /// Opens a directory. An absent directory counts as a directory without files.
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

    /// Returns the names of all entries of the directory.
    pub(crate) fn names(&self) -> impl Iterator<Item = std::ffi::OsString> {
        std::fs::read_dir(&self.path).into_iter().flatten().flatten().map(|file| file.file_name())
    }

    /// Returns the stamp of a file; `None` if it is absent, and always on Windows.
    #[cfg(unix)]
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        Stamp::of(&rustix::fs::statat(self.open.as_ref()?, name, rustix::fs::AtFlags::empty()).ok()?)
    }

    #[cfg(not(unix))]
    pub(crate) fn stamp(&self, _name: &str) -> Option<Stamp> {
        None
    }

    /// Returns the stamp of the directory itself; `None` if it is absent, and always on Windows.
    #[cfg(unix)]
    pub(crate) fn own_stamp(&self) -> Option<Stamp> {
        Stamp::of(&rustix::fs::fstat(self.open.as_ref()?).ok()?)
    }

    #[cfg(not(unix))]
    pub(crate) fn own_stamp(&self) -> Option<Stamp> {
        None
    }

    /// Makes a reader; each thread needs its own.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { directory: self, buffer: Zeroizing::default() }
    }

    /// Reads the beginning of a file. Opening does not wait if the file is a pipe.
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
    /// Returns what `parse` returns for the content of a file; `None` if the file cannot be read. `parse` may be called
    /// twice, first with an incomplete content, for which it must return `None`.
    pub(crate) fn parse<T>(&mut self, name: &str, parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        self.buffer.resize(BUFFER, 0);
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
