//! Records which profiles are used, so that the picker can show the most used ones first. Each `ssox use` adds one line
//! to a file.
//!
//! Errors are ignored, and nothing is locked: a short line is appended with a single write, and a lost line does not
//! matter.

use crate::context::Context;
use crate::files;
use crate::time::Timestamp;
use std::collections::HashMap;
use std::path::PathBuf;

/// The time in seconds after which a use of a profile counts half as much in the order of the picker.
const HALF_LIFE: f64 = 14.0 * 24.0 * 3600.0;
/// The size in bytes of the file with the uses of profiles. If the file is larger, the older half of its lines is
/// removed. A file of this size has some thousand lines.
const LARGEST: u64 = 128 * 1024;

/// Records that a profile was used.
pub(crate) fn record(ctx: &Context, profile: &str) {
    if profile.contains(char::is_control) {
        return;
    }
    let Some(path) = path(ctx) else { return };
    match files::append(&path, line(ctx.now(), profile).as_bytes()) {
        Ok(size) if size > LARGEST => drop_older_half(ctx),
        Ok(_) => {}
        Err(_) => record_first(ctx, profile),
    }
}

/// Returns how much each profile was used. Recent uses count more.
pub(crate) fn weights(ctx: &Context) -> HashMap<String, f64> {
    let mut weights = HashMap::new();
    for line in content(ctx).lines() {
        let Some((when, profile)) = line.split_once(' ') else { continue };
        let Ok(when) = when.parse().map(Timestamp) else { continue };
        let age = u32::try_from(ctx.now().seconds_after(when).max(0)).unwrap_or(u32::MAX);
        *weights.entry(profile.to_string()).or_default() += (-f64::from(age) / HALF_LIFE).exp2();
    }
    weights
}

/// Creates the file in which uses of profiles are recorded, and the directory of this file; then records the first use.
fn record_first(ctx: &Context, profile: &str) {
    if let Some(path) = path(ctx).filter(|path| !path.exists()) {
        let _ = files::write_secret(&path, line(ctx.now(), profile).as_bytes());
    }
}

fn drop_older_half(ctx: &Context) {
    let content = content(ctx);
    let middle = content.bytes().enumerate().skip(content.len() / 2).find(|(_, byte)| *byte == b'\n');
    if let (Some(path), Some((at, _))) = (path(ctx), middle) {
        let _ = files::write_secret(&path, &content.as_bytes()[at + 1..]);
    }
}

fn line(now: Timestamp, profile: &str) -> String {
    format!("{} {profile}\n", now.0)
}

fn content(ctx: &Context) -> String {
    let bytes = path(ctx).and_then(|path| files::read(&path).ok().flatten()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn path(ctx: &Context) -> Option<PathBuf> {
    ctx.state_dir().ok().map(|dir| dir.join("uses"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::path::Path;

    fn context(home: &Path) -> Context {
        Context::new([("HOME".to_string(), OsString::from(home))])
    }

    #[test]
    fn later_uses_count_more() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        record(&ctx, "a b");
        let long_ago = line(ctx.now().plus(-365 * 24 * 3600), "old").repeat(50);
        let path = path(&ctx).unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{long_ago}broken\n\u{fffd} x\n{now}")).unwrap();
        record(&ctx, "a b");
        let weights = weights(&ctx);
        assert!(weights["a b"] > 1.9 && weights["old"] < 0.1, "{weights:?}");
        assert_eq!(weights.len(), 2);
    }

    #[test]
    fn the_file_is_private_and_stays_small() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        record(&ctx, "first");
        let path = path(&ctx).unwrap();
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o77, 0);
        let many = line(ctx.now(), "many").repeat(LARGEST as usize / 10);
        std::fs::write(&path, many).unwrap();
        record(&ctx, "last");
        assert!(std::fs::metadata(&path).unwrap().len() <= LARGEST);
        let weights = weights(&ctx);
        assert!(weights.contains_key("last") && weights.len() == 2, "{weights:?}");
    }

    #[test]
    fn a_directory_that_cannot_be_created_is_ignored() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".local"), "a file").unwrap();
        record(&context(home.path()), "x");
        assert!(weights(&context(home.path())).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_place_of_the_file_does_not_block() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let path = path(&ctx).unwrap();
        files::create_private_dir(path.parent().unwrap()).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        record(&ctx, "x");
        assert!(weights(&ctx).is_empty());
    }
}
