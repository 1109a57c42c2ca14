//! Determines the path of ssox for the setting `credential_process`.

use crate::context::Context;
use crate::error::{Error, Result, cause_text};
use std::path::{Path, PathBuf};

/// Returns the absolute path of ssox for the setting `credential_process`, in quotes only if it needs them. Programs
/// that start from a desktop have another PATH, so a plain name is not enough.
///
/// # Errors
/// `Other`: the path is unknown.
pub(super) fn program(ctx: &Context) -> Result<String> {
    let here = std::env::current_exe()
        .map_err(|cause| Error::other(format!("the path of this program is unknown: {}", cause_text(&cause))))?;
    let path = on_path(ctx, &here).unwrap_or(here);
    Ok(quoted(&path.to_string_lossy()))
}

/// Returns the path of ssox in a directory of PATH, often a symbolic link. Unlike the file to which it links, this path
/// stays the same when a package manager installs a new version. `None` if this ssox is in no directory of PATH.
fn on_path(ctx: &Context, here: &Path) -> Option<PathBuf> {
    let is_here = |path: &PathBuf| path.canonicalize().ok() == here.canonicalize().ok();
    let directories = std::env::split_paths(ctx.var_os("PATH")?).filter(|directory| directory.is_absolute());
    directories
        .filter_map(|directory| Some(directory.join(here.file_name()?)))
        .find(|path| path.is_file() && is_here(path))
}

fn quoted(path: &str) -> String {
    if cfg!(windows) {
        return if path.contains(' ') { format!("\"{path}\"") } else { path.into() };
    }
    shell_words::quote(path).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_place_on_path_is_named_and_quoted_only_where_needed() {
        let directory = tempfile::tempdir().unwrap();
        let here = std::env::current_exe().unwrap();
        let link = directory.path().join(here.file_name().unwrap());
        std::os::unix::fs::symlink(&here, &link).unwrap();
        let ctx = Context::new([("PATH".to_string(), directory.path().into())]);
        assert_eq!(program(&ctx).unwrap(), link.to_str().unwrap());
        assert_eq!(program(&Context::new([])).unwrap(), here.to_str().unwrap());
        assert_eq!(quoted("/my tools/ssox"), "'/my tools/ssox'");
    }
}
