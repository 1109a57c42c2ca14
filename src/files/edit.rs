//! Edits files that other programs write without locks. The AWS CLI truncates a file first and then writes to it, so a
//! reader may find it empty or incomplete.

use super::replace::{Mode, Prepared, prepare, target};
use super::{is_absent, read};
use crate::error::{Error, Result};
use crate::secret::Secret;
use std::fs::{self, File, Metadata};
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A file whose last write is more recent than this may be incomplete.
const SETTLED: Duration = Duration::from_millis(50);
/// How long to wait until another program has finished writing.
const WRITING_TIME: Duration = Duration::from_secs(3);
/// If a file stays empty for this long, it is considered to be empty on purpose.
const EMPTY_ON_PURPOSE: Duration = Duration::from_secs(10);
/// The pause between two checks whether another program is still writing.
const PAUSE: Duration = Duration::from_millis(10);
/// On a file system that does not record when files were created, a file that stays empty for this long is considered
/// to be empty on purpose.
const EMPTY_WITHOUT_BIRTH: Duration = Duration::from_secs(2);
/// How many times an edit is tried. An edit is repeated if another program has written to the file.
const ATTEMPTS: u32 = 20;

/// Replaces the content of a file by the result of `change`; a symbolic link is kept. If another program writes to the
/// file at the same time, `change` is called again with the new content.
///
/// # Errors
/// Those of `change`. `Configuration`: the file cannot be read or written, or other programs do not stop writing to the
/// file.
pub(crate) fn edit(path: &Path, largest: u64, change: impl Fn(Vec<u8>) -> Result<Secret>) -> Result<()> {
    let target = target(path)?;
    let mut written = replace(Original::read(&target, largest)?, &change)?;
    for _ in 0..ATTEMPTS {
        let Some(before) = written else { return Ok(()) };
        written = replace(before, &change).map_err(|_| lost(&target))?;
    }
    Err(lost(&target))
}

/// Replaces the file by the result of `change`, once. If another program has written to the old file, returns the new
/// file together with what that program has written; otherwise `None`.
fn replace(mut before: Original, change: impl Fn(Vec<u8>) -> Result<Secret>) -> Result<Option<Original>> {
    for _ in 0..ATTEMPTS {
        let content = change(before.content.to_vec())?;
        let prepared = prepare(&before.path, content.expose().as_bytes(), before.metadata.as_ref(), Mode::Kept)?;
        if before.is_in_place()? {
            return before.replaced_by(prepared);
        }
        before = Original::read(&before.path, before.largest)?;
    }
    Err(busy(&before.path))
}

/// A file with the content and the metadata that ssox has read. The file is kept open, so that its inode number is not
/// reused.
struct Original {
    path: PathBuf,
    largest: u64,
    file: Option<File>,
    metadata: Option<Metadata>,
    content: Content,
}

/// The content of a file, which may contain secrets.
type Content = Zeroizing<Vec<u8>>;

impl Original {
    /// Reads a file as soon as no program is writing to it.
    fn read(path: &Path, largest: u64) -> Result<Self> {
        let absent = Self { path: path.into(), largest, file: None, metadata: None, content: Content::default() };
        match read::open(path) {
            Err(cause) if is_absent(&cause) => Ok(absent),
            Err(cause) => Err(Error::file("read", path, &cause)),
            Ok(file) => {
                let (metadata, content) = settled(path, &file, largest)?;
                Ok(Self { file: Some(file), metadata: Some(metadata), content, ..absent })
            }
        }
    }

    /// Tells whether the path still leads to the same file, and the file is unchanged.
    fn is_in_place(&self) -> Result<bool> {
        match (fs::metadata(&self.path), &self.metadata) {
            (Ok(now), Some(before)) => Ok(is_same(&now, before)),
            (Err(cause), before) if is_absent(&cause) => Ok(before.is_none()),
            (Err(cause), _) => Err(Error::file("read", &self.path, &cause)),
            (Ok(_), None) => Ok(false),
        }
    }

    /// Replaces the original file by the prepared file. A program that opened the original before still writes to the
    /// original. If such a program has changed the original since ssox read it, returns the new file together with the
    /// changed content of the original: the caller must edit this content, too, and replace the new file by the result.
    fn replaced_by(self, prepared: Prepared) -> Result<Option<Self>> {
        let placed = prepared.persist(&self.path)?;
        let Some(content) = self.written_since().map_err(|_| lost(&self.path))? else { return Ok(None) };
        let metadata = placed.metadata().map_err(|_| lost(&self.path))?;
        Ok(Some(Self { file: Some(placed), metadata: Some(metadata), content, ..self }))
    }

    /// Returns the content if a program has written to the file since ssox read it, even if the path now leads to
    /// another file.
    fn written_since(&self) -> Result<Option<Content>> {
        let (Some(file), Some(before)) = (&self.file, &self.metadata) else { return Ok(None) };
        let now = file.metadata().map_err(|cause| Error::file("read", &self.path, &cause))?;
        if is_same_content(&now, before) {
            return Ok(None);
        }
        settled(&self.path, file, self.largest).map(|(_, content)| Some(content))
    }
}

/// Waits until no program is writing to a file, and reads it.
fn settled(path: &Path, file: &File, largest: u64) -> Result<(Metadata, Content)> {
    let deadline = Instant::now() + WRITING_TIME;
    loop {
        let (metadata, content) = contents(file, largest).map_err(|cause| Error::file("read", path, &cause))?;
        if is_settled(&metadata) {
            return Ok((metadata, content));
        }
        if Instant::now() > deadline {
            return Err(if metadata.len() == 0 { emptied(path) } else { busy(path) });
        }
        sleep(PAUSE);
    }
}

/// Reads the metadata before the content. After a write in between, the file's metadata differ from the metadata that
/// this function returns.
fn contents(mut file: &File, largest: u64) -> std::io::Result<(Metadata, Content)> {
    let metadata = file.metadata()?;
    file.seek(SeekFrom::Start(0))?;
    Ok((metadata, Zeroizing::new(read::regular(file, largest)?)))
}

/// Tells whether a file is complete. A file whose modification time is in the future is considered complete.
fn is_settled(metadata: &Metadata) -> bool {
    let Some(age) = metadata.modified().ok().and_then(|modified| modified.elapsed().ok()) else { return true };
    let required_age = if metadata.len() == 0 { empty_on_purpose(metadata) } else { SETTLED };
    age > required_age
}

/// Returns how long a file must have been empty to be considered complete. A file that is still as it was created
/// (`touch`) was not truncated, so a short time suffices.
fn empty_on_purpose(metadata: &Metadata) -> Duration {
    let (Ok(created), Ok(modified)) = (metadata.created(), metadata.modified()) else { return EMPTY_WITHOUT_BIRTH };
    let is_new = modified.duration_since(created).unwrap_or_default() < SETTLED;
    if is_new { SETTLED } else { EMPTY_ON_PURPOSE }
}

fn is_same_content(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len() && one.modified().ok() == other.modified().ok()
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    is_same_content(one, other) && (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    is_same_content(one, other)
}

fn busy(path: &Path) -> Error {
    Error::configuration(format!("another program keeps writing to `{}`; nothing was changed", path.display()))
        .hint("try again when that program has finished")
}

fn emptied(path: &Path) -> Error {
    Error::configuration(format!(
        "`{}` has just become empty: another program may be writing to it; nothing was changed",
        path.display()
    ))
    .hint("check the file, and try again in 10s if it is meant to be empty")
}

/// Returns the error for a file that ssox has replaced, while another program wrote to the old one.
fn lost(path: &Path) -> Error {
    let path = path.display();
    let message = format!("`{path}` was changed, but what another program wrote to it at the same time may be lost");
    Error::configuration(message).hint("check the file, and run the other program again if its change is missing")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::io::Write as _;

    const LARGEST: u64 = 1 << 20;

    /// Makes a file that was written a minute ago, so that no edit waits for it.
    fn settled_file(content: &str) -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config");
        fs::write(&path, content).unwrap();
        age(&path, 60);
        (home, path)
    }

    fn age(path: &Path, seconds: u64) {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(seconds)).unwrap();
    }

    fn add(path: &Path, line: &str, mut meanwhile: impl FnMut()) -> Result<()> {
        let meanwhile = std::cell::RefCell::new(&mut meanwhile);
        edit(path, LARGEST, |mut content| {
            meanwhile.borrow_mut()();
            content.extend_from_slice(line.as_bytes());
            Ok(Secret::new(String::from_utf8(content).unwrap()))
        })
    }

    #[test]
    fn what_another_program_writes_meanwhile_stays() {
        let (_home, path) = settled_file("a\n");
        let calls = Cell::new(0);
        // Writes a text of the same length, so only the time differs.
        let write = || {
            if calls.replace(calls.get() + 1) == 0 {
                fs::write(&path, "b\n").unwrap();
            }
        };
        add(&path, "ours\n", write).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), calls.get()), ("b\nours\n", 2));
    }

    #[test]
    fn a_file_that_was_replaced_or_made_meanwhile_is_read_again() {
        let (home, path) = settled_file("a\n");
        let new = home.path().join("new");
        let replace = || {
            if !new.exists() {
                fs::write(&new, "b\n").unwrap();
                fs::copy(&new, home.path().join("copy")).unwrap();
                fs::rename(home.path().join("copy"), &path).unwrap();
            }
        };
        add(&path, "ours\n", replace).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\nours\n");
        let absent = home.path().join("absent");
        let make = || {
            if !absent.exists() {
                fs::write(&absent, "c\n").unwrap();
            }
        };
        add(&absent, "ours\n", make).unwrap();
        assert_eq!(fs::read_to_string(&absent).unwrap(), "c\nours\n");
    }

    #[test]
    fn a_file_that_is_being_written_is_waited_for() {
        let (_home, path) = settled_file("a\n");
        // After this, the empty file is too old to look as if it was created empty.
        sleep(SETTLED * 2);
        let mut other = File::create(&path).unwrap();
        let writer = std::thread::spawn(move || {
            sleep(SETTLED * 4);
            other.write_all(b"a\nb\n").unwrap();
        });
        add(&path, "ours\n", || {}).unwrap();
        writer.join().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\nours\n");
    }

    #[test]
    fn a_file_that_has_just_become_empty_is_not_written() {
        let (_home, path) = settled_file("a\n");
        sleep(SETTLED * 2);
        File::create(&path).unwrap();
        let error = add(&path, "ours\n", || {}).unwrap_err();
        assert!(error.message.contains("has just become empty"), "{}", error.message);
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
        age(&path, 60);
        add(&path, "ours\n", || {}).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours\n");
    }

    #[test]
    fn a_file_that_was_always_empty_is_written_at_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config");
        File::create(&path).unwrap();
        assert_eq!(empty_on_purpose(&path.metadata().unwrap()), SETTLED);
        add(&path, "ours\n", || {}).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours\n");
    }

    #[test]
    fn what_is_written_into_the_file_that_was_replaced_is_kept() {
        let (_home, path) = settled_file("a\n");
        let original = Original::read(&path, LARGEST).unwrap();
        let mut other = File::options().append(true).open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(original.written_since().unwrap().is_none());
        other.write_all(b"b\n").unwrap();
        assert_eq!(*original.written_since().unwrap().unwrap(), b"a\nb\n");
    }

    #[test]
    fn what_may_be_lost_after_the_file_was_replaced_is_an_error_that_says_so() {
        let (_home, path) = settled_file("a\n");
        let replaced = |write: &dyn Fn(&File)| {
            let original = Original::read(&path, LARGEST).unwrap();
            let prepared = prepare(&path, b"ours\n", original.metadata.as_ref(), Mode::Kept).unwrap();
            write(&File::options().write(true).open(&path).unwrap());
            original.replaced_by(prepared)
        };
        // After this, the empty file is too old to look as if it was created empty.
        sleep(SETTLED * 2);
        // The other program empties the file, and has not written to it yet.
        let error = replaced(&|other| other.set_len(0).unwrap()).err().unwrap();
        assert!(error.message.contains("was changed, but what another program wrote"), "{}", error.message);
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours\n");
        age(&path, 60);
        let before = replaced(&|mut other| other.write_all(b"theirs\n").unwrap()).unwrap().unwrap();
        assert_eq!(*before.content, b"theirs\n");
    }

    #[cfg(unix)]
    #[test]
    fn an_edited_file_keeps_its_mode_and_its_link() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let (home, real) = settled_file("a\n");
        let link = home.path().join("link");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("config", &link).unwrap();
        add(&link, "ours\n", || {}).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "a\nours\n");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
