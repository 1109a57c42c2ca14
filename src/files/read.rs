//! Reads a file if it is regular and not too large. Reading never waits for the writer of a pipe, except for files that
//! a person named.

use super::is_absent;
use crate::error::{Error, Result, path_argument};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

/// The default size limit in bytes. Cache entries, tokens, certificate bundles and state files are smaller.
const LARGEST: u64 = 8 << 20;
/// How long to wait until a program writes to a pipe that a person named.
const WRITER_TIME: Duration = Duration::from_secs(5);
/// The pause between two checks whether the program has written.
const PAUSE: Duration = Duration::from_millis(10);

/// Reads a file; returns `None` if the file or its directory does not exist. `/dev/null` counts as an empty file.
///
/// # Errors
/// `Configuration`: the file exists but cannot be read, is too large, or is not a regular file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    read_up_to(path, LARGEST)
}

/// Reads a file of at most `largest` bytes; returns `None` if the file or its directory does not exist.
///
/// # Errors
/// Those of [`read`].
pub(crate) fn read_up_to(path: &Path, largest: u64) -> Result<Option<Vec<u8>>> {
    match open(path).and_then(|file| regular(&file, largest)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if is_absent(&cause) => Ok(None),
        Err(cause) => Err(unread(path, &cause)),
    }
}

/// Reads a file that a person named on the command line. The file may be a pipe, such as the pipe of `<(command)`.
///
/// # Errors
/// `Configuration`: the file does not exist, cannot be read, is too large, or is a pipe that no program writes to.
pub(crate) fn read_named(path: &Path, largest: u64) -> Result<Vec<u8>> {
    open(path).and_then(|file| pipe(&file, largest)).map_err(|cause| unread(path, &cause))
}

/// Reads to the end, but at most `largest` bytes.
///
/// # Errors
/// Those of `from`. `FileTooLarge`: there are more than `largest` bytes.
pub(crate) fn limited(from: impl io::Read, largest: u64) -> io::Result<Vec<u8>> {
    limited_into(Vec::new(), from, largest)
}

fn limited_into(mut bytes: Vec<u8>, from: impl io::Read, largest: u64) -> io::Result<Vec<u8>> {
    from.take(largest + 1).read_to_end(&mut bytes)?;
    within(bytes, largest)
}

/// Opens a file to read parts of it; `None` if it is absent, cannot be read, or is not a regular file.
pub(crate) fn open_regular(path: &Path) -> Option<File> {
    open(path).ok().filter(|file| file.metadata().is_ok_and(|metadata| metadata.is_file()))
}

/// Reads the end of a file, at most this many bytes; `None` if it is absent or cannot be read.
pub(crate) fn end(path: &Path, longest: u64) -> Option<Vec<u8>> {
    let mut file = open_regular(path)?;
    let size = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(longest))).ok()?;
    let mut bytes = Vec::new();
    file.take(longest).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads an open file from its current position to the end.
///
/// # Errors
/// I/O errors of the file system. `InvalidInput`: the file is not a regular file. `FileTooLarge`: the file is larger
/// than `largest` bytes.
pub(super) fn regular(file: &File, largest: u64) -> io::Result<Vec<u8>> {
    // On Windows, `NUL` has no metadata.
    let Ok(metadata) = file.metadata() else { return limited(file, largest) };
    if is_null_device(&metadata) {
        return Ok(Vec::new());
    }
    if let Some(other) = kind(&metadata) {
        return Err(io::Error::new(ErrorKind::InvalidInput, format!("it is {other}, not a regular file")));
    }
    if metadata.len() > largest {
        return Err(too_large(largest));
    }
    // The buffer has its full size from the start. If it grew, the old buffer, which may contain a secret, would stay
    // in memory.
    limited_into(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default()), file, largest)
}

/// Opens a file; does not wait for a writer if it is a named pipe.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.cast_signed());
    }
    options.open(path)
}

/// Reads a pipe until all writers have closed it. A named pipe also seems to be closed until the first writer opens it.
fn pipe(mut file: &File, largest: u64) -> io::Result<Vec<u8>> {
    let kind = kind(&file.metadata()?);
    if kind == Some(DIRECTORY) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a directory, not a file"));
    }
    let is_fifo = kind == Some(FIFO);
    let (mut bytes, mut buffer, began) = (Vec::new(), vec![0; 64 << 10], Instant::now());
    while bytes.len() as u64 <= largest {
        match file.read(&mut buffer) {
            Ok(0) if !is_fifo || !bytes.is_empty() => break,
            Ok(0) if began.elapsed() > WRITER_TIME => {
                return Err(io::Error::new(ErrorKind::TimedOut, "it is a pipe that no program writes to"));
            }
            Ok(0) => std::thread::sleep(PAUSE),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(cause) if cause.kind() == ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    within(bytes, largest)
}

fn within(bytes: Vec<u8>, largest: u64) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 > largest { Err(too_large(largest)) } else { Ok(bytes) }
}

fn too_large(largest: u64) -> io::Error {
    let limit = if largest >> 20 == 0 { format!("{} KiB", largest >> 10) } else { format!("{} MiB", largest >> 20) };
    io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {limit}"))
}

fn unread(path: &Path, cause: &io::Error) -> Error {
    Error::file("read", path, cause).hint(format!("ls -ld {}", path_argument(path)))
}

const FIFO: &str = "a named pipe";
const DIRECTORY: &str = "a directory";

/// Returns what a file is, in words for a message; `None` if it is a regular file.
pub(super) fn kind(metadata: &Metadata) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return Some(FIFO);
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
    }
    metadata.is_dir().then_some(DIRECTORY)
}

/// Tells whether the file is `/dev/null`, which people name to say that there is no file.
#[cfg(unix)]
fn is_null_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let null = || std::fs::metadata("/dev/null").map(|null| null.rdev());
    metadata.file_type().is_char_device() && null().is_ok_and(|null| null == metadata.rdev())
}

#[cfg(not(unix))]
fn is_null_device(_metadata: &Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn fifo(home: &tempfile::TempDir) -> PathBuf {
        let path = home.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[test]
    fn only_regular_files_are_read() {
        let home = tempfile::tempdir().unwrap();
        let message = |path: &Path| read(path).unwrap_err().message;
        assert!(message(home.path()).ends_with("it is a directory, not a regular file"));
        assert!(message(&fifo(&home)).ends_with("it is a named pipe, not a regular file"));
        assert!(message(Path::new("/dev/zero")).ends_with("it is a device, not a regular file"));
        assert!(read(&home.path().join("none/such")).unwrap().is_none());
        assert!(read(Path::new("/dev/null")).unwrap().unwrap().is_empty());
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "12").unwrap();
        assert_eq!(read_up_to(file.path(), 2).unwrap().unwrap(), b"12");
        assert!(read_up_to(file.path(), 1).unwrap_err().message.contains("larger than"));
        file.as_file().set_len(1 << 40).unwrap();
        assert!(read(file.path()).unwrap_err().message.ends_with("it is larger than 8 MiB"));
        assert!(limited(&[0; 3][..], 2).is_err());
    }

    #[test]
    fn a_pipe_on_the_command_line_is_read_to_its_end() {
        let home = tempfile::tempdir().unwrap();
        let path = fifo(&home);
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || std::fs::write(path, "x".repeat(200_000)))
        };
        assert_eq!(read_named(&path, 1 << 20).unwrap().len(), 200_000);
        writer.join().unwrap().unwrap();
        assert!(read_named(Path::new("/dev/zero"), 1 << 20).unwrap_err().message.contains("larger than 1 MiB"));
        assert!(read_named(&path, 9).unwrap_err().message.contains("no program writes to"));
    }
}
