//! Records which `.ssox` files the person trusts. Each record is a file in the directory `allowed` of the state
//! directory. The record's name is a digest of the path of the `.ssox` file; its content is a digest of the text of the
//! `.ssox` file, and the path.

use crate::context::Context;
use crate::error::Result;
use crate::files;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// Tells whether the file is trusted with this text.
pub(super) fn is_trusted(ctx: &Context, path: &Path, text: &str) -> Result<bool> {
    let recorded = files::read(&record_path(ctx, path)?)?;
    Ok(recorded.is_some_and(|recorded| recorded == content(path, text)))
}

/// Records that the file is trusted with this text; replaces the record of an earlier text.
pub(super) fn record(ctx: &Context, path: &Path, text: &str) -> Result<()> {
    files::write_secret(&record_path(ctx, path)?, &content(path, text))
}

/// Removes the record of a file, whatever the file's text is; returns whether there was a record.
///
/// # Errors
/// `Configuration`: the record cannot be removed.
pub(crate) fn forget(ctx: &Context, path: &Path) -> Result<bool> {
    let record = record_path(ctx, path)?;
    let is_there = record.symlink_metadata().is_ok();
    files::remove(&record).map(|()| is_there)
}

fn content(path: &Path, text: &str) -> Vec<u8> {
    [hex::encode(Sha256::digest(text.as_bytes())).as_bytes(), b" ", bytes(path), b"\n"].concat()
}

fn record_path(ctx: &Context, path: &Path) -> Result<PathBuf> {
    Ok(ctx.state_dir()?.join("allowed").join(hex::encode(Sha256::digest(bytes(path)))))
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_bound_to_path_and_content() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), home.path().as_os_str().to_owned())]);
        let (a, b) = (Path::new("/a/.ssox"), Path::new("/b/.ssox"));
        let is_trusted = |path, text| is_trusted(&ctx, path, text).unwrap();
        assert!(!is_trusted(a, "x"));
        record(&ctx, a, "x").unwrap();
        assert!(is_trusted(a, "x") && !is_trusted(a, "y") && !is_trusted(b, "x"));
        record(&ctx, a, "y").unwrap();
        assert!(is_trusted(a, "y") && !is_trusted(a, "x"));
        assert!(forget(&ctx, a).unwrap() && !forget(&ctx, a).unwrap() && !is_trusted(a, "y"));
    }
}
