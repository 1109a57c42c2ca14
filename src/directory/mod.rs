//! `.ssox` files: which profile a directory and those below it use, and whether the person trusts the file.

mod settings;
mod trust;

pub(crate) use settings::Settings;
pub(crate) use trust::forget;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::files;
use std::env::current_dir;
use std::path::{Path, PathBuf};

/// The variable with the file in force in a shell.
pub(crate) const VARIABLE: &str = "SSOX_DIRECTORY";
/// The name of the files.
const NAME: &str = ".ssox";
/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 10;
/// The files by which direnv and mise know a directory.
const OF_TOOLS: [&str; 6] =
    [".envrc", "mise.toml", ".mise.toml", "mise.local.toml", ".mise.local.toml", ".config/mise.toml"];

/// A file with its canonical path. It is read once: what is checked and trusted is what is used.
#[derive(Debug)]
pub(crate) struct DirectoryFile {
    pub(crate) path: PathBuf,
    text: String,
}

impl DirectoryFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Configuration: it is not there, cannot be read, is too large, or is not a regular file of UTF-8 text.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let path = canonical(path)?;
        if path.is_symlink() {
            let message = format!("could not read `{}`: it is a symbolic link, not a regular file", path.display());
            return Err(Error::configuration(message).hint(format!("ls -l {}", quoted(&path))));
        }
        let Some(bytes) = files::read_up_to(&path, LARGEST)? else {
            return Err(Error::configuration(format!("there is no `{}`", path.display()))
                .hint(format!("echo 'profile = NAME' > {}", quoted(&path))));
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { path, text }),
            Err(_) => Err(settings::bad(&path, "it is not UTF-8")),
        }
    }

    /// Returns what the file says.
    ///
    /// # Errors
    /// Configuration, naming the line.
    pub(crate) fn settings(&self) -> Result<Settings> {
        Settings::parse(&self.path, &self.text)
    }

    /// Tells whether the person trusts the file with this content.
    ///
    /// # Errors
    /// Configuration: the state directory is unknown, or other users can write there.
    pub(crate) fn is_trusted(&self, ctx: &Context) -> Result<bool> {
        trust::is_trusted(ctx, &self.path, &self.text)
    }

    /// Records that the person trusts the file with this content.
    ///
    /// # Errors
    /// Configuration: the state directory cannot be written.
    pub(crate) fn trust(&self, ctx: &Context) -> Result<()> {
        trust::record(ctx, &self.path, &self.text)
    }
}

/// Returns the path of the file of a directory.
pub(crate) fn in_directory(directory: &Path) -> PathBuf {
    directory.join(NAME)
}

/// Returns the file that counts in the working directory: the nearest one upward. The home directory is the last one
/// looked at.
pub(crate) fn nearest(ctx: &Context) -> Option<PathBuf> {
    let home = ctx.home().ok().and_then(|home| home.canonicalize().ok());
    let here = current_dir().ok()?.canonicalize().ok()?;
    let last = here.ancestors().position(|directory| Some(directory) == home.as_deref()).unwrap_or(usize::MAX);
    here.ancestors().take(last.saturating_add(1)).map(in_directory).find(|file| file.exists())
}

/// Tells whether direnv or mise has a file between the working directory and the directory of a `.ssox` file: its variables
/// take precedence.
pub(crate) fn has_nearer_tool(file: &Path) -> bool {
    let Some(here) = current_dir().ok().and_then(|here| here.canonicalize().ok()) else { return false };
    let below = here.ancestors().take_while(|directory| Some(*directory) != file.parent());
    here.starts_with(file.parent().unwrap_or(file))
        && below.flat_map(|directory| OF_TOOLS.map(|name| directory.join(name))).any(|path| path.exists())
}

/// Returns the path with a canonical directory. The file itself may be absent, or not a regular one.
///
/// # Errors
/// Configuration: there is no such directory.
pub(crate) fn canonical(path: &Path) -> Result<PathBuf> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real =
        directory.canonicalize().map_err(|cause| Error::file("find", directory, &cause).hint("ssox allow DIR"))?;
    Ok(real.join(path.file_name().unwrap_or(NAME.as_ref())))
}

fn quoted(path: &Path) -> String {
    shell_words::quote(&path.to_string_lossy()).into_owned()
}
