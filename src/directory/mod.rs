//! `.ssox` files. Such a file says which profile is used in its directory and in the directories below. ssox uses the
//! file only if the person trusts it.

mod settings;
mod trust;

pub(crate) use settings::Settings;
pub(crate) use trust::forget;

use crate::context::Context;
use crate::error::{Error, Result, path_argument};
use crate::files;
use std::env::current_dir;
use std::path::{Path, PathBuf};

/// The variable that contains the path of the `.ssox` file whose profile this shell uses.
pub(crate) const VARIABLE: &str = "SSOX_DIRECTORY";
/// The file name.
const NAME: &str = ".ssox";
/// The size in bytes of the largest `.ssox` file that is read.
const LARGEST: u64 = 64 << 10;
/// Files of direnv and mise that set variables in a directory.
const OF_TOOLS: [&str; 6] =
    [".envrc", "mise.toml", ".mise.toml", "mise.local.toml", ".mise.local.toml", ".config/mise.toml"];

/// A `.ssox` file with its canonical path and its text. The file is read once, so ssox uses the same text that it has
/// compared with the trusted text.
#[derive(Debug)]
pub(crate) struct DirectoryFile {
    pub(crate) path: PathBuf,
    text: String,
}

impl DirectoryFile {
    /// Reads the `.ssox` file at this path.
    ///
    /// # Errors
    /// `Configuration`: the file does not exist, cannot be read, is too large, or is not a regular file of UTF-8 text.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let path = canonical(path)?;
        if path.is_symlink() {
            let message = format!("could not read `{}`: it is a symbolic link, not a regular file", path.display());
            return Err(Error::configuration(message).hint(format!("ls -l {}", path_argument(&path))));
        }
        let Some(bytes) = files::read_up_to(&path, LARGEST)? else {
            let directory = path_argument(path.parent().unwrap_or(&path));
            return Err(Error::configuration(format!("there is no `{}`", path.display()))
                .hint(format!("write `profile = NAME` into this file, then: ssox allow {directory}")));
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { path, text }),
            Err(_) => Err(settings::bad(&path, "it is not UTF-8")),
        }
    }

    /// Returns the settings in the file.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be used. The message says why.
    pub(crate) fn settings(&self) -> Result<Settings> {
        Settings::parse(&self.path, &self.text)
    }

    /// Tells whether the person has trusted this file, and the text of the file has not changed since then.
    ///
    /// # Errors
    /// `Configuration`: the state directory is unknown, other users can write to it, or the record in it cannot be
    /// read.
    pub(crate) fn is_trusted(&self, ctx: &Context) -> Result<bool> {
        trust::is_trusted(ctx, &self.path, &self.text)
    }

    /// Records that the person trusts this file as long as its text does not change.
    ///
    /// # Errors
    /// `Configuration`: the state directory cannot be written.
    pub(crate) fn trust(&self, ctx: &Context) -> Result<()> {
        trust::record(ctx, &self.path, &self.text)
    }
}

/// Returns the path that a directory's `.ssox` file has.
pub(crate) fn in_directory(directory: &Path) -> PathBuf {
    directory.join(NAME)
}

/// Returns the `.ssox` file that applies to the working directory: the file in this directory, or in the nearest
/// directory above. The search ends at the home directory, or at the root if the working directory is not in the home
/// directory. `None`: there is no such file.
pub(crate) fn nearest(ctx: &Context) -> Option<PathBuf> {
    let home = ctx.home().ok().and_then(|home| home.canonicalize().ok());
    let here = current_dir().ok()?.canonicalize().ok()?;
    let last = here.ancestors().position(|directory| Some(directory) == home.as_deref()).unwrap_or(usize::MAX);
    here.ancestors().take(last.saturating_add(1)).map(in_directory).find(|file| file.exists())
}

/// Tells whether direnv or mise has a file that is nearer than the `.ssox` file: in a directory below the directory of
/// the `.ssox` file, down to the working directory. If so, the variables in the file of direnv or mise take precedence.
pub(crate) fn has_nearer_tool(file: &Path) -> bool {
    let Some(here) = current_dir().ok().and_then(|here| here.canonicalize().ok()) else { return false };
    let below = here.ancestors().take_while(|directory| Some(*directory) != file.parent());
    here.starts_with(file.parent().unwrap_or(file))
        && below.flat_map(|directory| OF_TOOLS.map(|name| directory.join(name))).any(|path| path.exists())
}

/// Returns the path with its directory made canonical. The file itself may be absent, or a link.
///
/// # Errors
/// `Configuration`: the directory does not exist.
pub(crate) fn canonical(path: &Path) -> Result<PathBuf> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real =
        directory.canonicalize().map_err(|cause| Error::file("find", directory, &cause).hint("ssox allow DIR"))?;
    Ok(real.join(path.file_name().unwrap_or(NAME.as_ref())))
}
