//! Marks with which a shell can notice, without starting a process, that a configuration file was edited. After
//! `use --profile-only`, such an edit can change which identity AWS tools use.
//!
//! A directory has three files for each configuration file: a link to the path of the configuration file; a mark, which
//! is an empty file with the same modification time as the configuration file; and a second link, to the real file at
//! that path. The shell compares the modification times. It also compares the two links, because the path may be a
//! symbolic link that somebody has set to another file with the same modification time. Shells that have seen the same
//! versions of the configuration files share one directory.

use crate::context::{Context, REAL_FILES};
use crate::files;
use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};

/// The variable with the path of the directory that contains ssox's links to the AWS configuration files, and the marks
/// with their modification times.
pub(super) const VARIABLE: &str = "SSOX_FILES";

/// The largest number of directories with links to the configuration files and marks of their versions. Before ssox
/// makes one more, it removes all these directories. If the directory of a shell is missing, ssox makes that directory
/// again.
const MOST: usize = 64;

/// Returns the directory with the links and marks for the current versions of the configuration files. Makes the
/// directory if it is missing; returns `None` if that fails, and always on Windows. A mark is an empty file with the
/// modification time of a configuration file.
pub(super) fn current(ctx: &Context) -> Option<String> {
    let found = REAL_FILES.map(|(_, variable, usual_name)| {
        let path = std::path::absolute(ctx.file_for_programs(variable, usual_name).ok()?).ok()?;
        Some((usual_name, path.metadata().ok(), path))
    });
    let found: Vec<_> = found.into_iter().collect::<Option<_>>()?;
    let states = found.iter().map(|(_, metadata, path)| {
        format!("{} {} {}\n", state(metadata.as_ref()), path.display(), real(path).display())
    });
    let all = ctx.state_dir().ok()?.join("files");
    let directory = all.join(files::hashed(&states.collect::<String>()));
    if !directory.is_dir() {
        files::create_private_dir(&all).ok()?;
        sweep(&all);
        files::create_private_dir(&directory).ok()?;
    }
    found.iter().try_for_each(|(name, metadata, path)| mark(&directory.join(name), metadata.as_ref(), path))?;
    directory.to_str().map(String::from)
}

/// Returns the path of the file to which a path leads, without symbolic links; if there is no such file, returns the
/// path unchanged.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.into())
}

/// Returns a text that differs between two versions of a file: its modification time and its size.
fn state(metadata: Option<&Metadata>) -> String {
    let modified = metadata.and_then(|metadata| metadata.modified().ok());
    format!("{modified:?} {:?}", metadata.map(Metadata::len))
}

/// Makes the two symbolic links to a configuration file: `link`, and a second link next to it. If the configuration
/// file exists, also makes the mark next to the links: an empty file with the same modification time. `None`: a link or
/// the mark cannot be made.
fn mark(link: &Path, metadata: Option<&Metadata>, path: &Path) -> Option<()> {
    link_to(path, link)?;
    link_to(&real(path), &link.with_extension("real"))?;
    let modified = metadata.and_then(|metadata| metadata.modified().ok());
    let (Some(modified), mark) = (modified, link.with_extension("seen")) else { return Some(()) };
    let read = |mark: &Path| mark.metadata().ok()?.modified().ok();
    if read(&mark) != Some(modified) {
        File::create(&mark).ok()?.set_modified(modified).ok()?;
    }
    // If the file system rounds modification times, the mark has another time than the configuration file, and cannot
    // be used.
    (read(&mark) == Some(modified)).then_some(())
}

/// Makes a symbolic link, unless the same link already exists. `None`: the link cannot be made.
#[cfg(unix)]
fn link_to(path: &Path, link: &Path) -> Option<()> {
    if fs::read_link(link).is_ok_and(|found| found == path) {
        return Some(());
    }
    std::os::unix::fs::symlink(path, link).ok()
}

#[cfg(not(unix))]
fn link_to(_: &Path, _: &Path) -> Option<()> {
    None
}

/// Removes all directories in `all`, each of which has links and marks, if there are at least [`MOST`] of them.
fn sweep(all: &Path) {
    let found: Vec<PathBuf> = all.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    if found.len() >= MOST {
        found.iter().for_each(|directory| drop(fs::remove_dir_all(directory)));
    }
}
