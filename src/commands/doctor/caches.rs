//! Checks the caches for broken files, files that other users can read, expired tokens that cannot be refreshed, and
//! tokens that belong to no configured session. Expired role credentials are not reported: a cache usually contains
//! many.

use super::Severity::{Info, Warning};
use crate::commands::finding::Finding;
use crate::config::{ConfigFiles, File, SectionKind};
use crate::context::Context;
use crate::error::{Error, path_argument};
use crate::files;
use crate::profile;
use crate::session::{self, Session};
use crate::store::Store;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Checks every file of both caches (tokens and role credentials), ssox's state directory, the credentials file, and
/// the token of each session. Checks nothing if the home directory is unknown.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let Ok(home) = ctx.home() else { return Vec::new() };
    let sessions: Vec<Session> = profile::sessions(ctx, files).into_iter().flatten().collect();
    let caches = [home.join(".aws/sso/cache"), home.join(".aws/cli/cache")];
    let mut findings: Vec<Finding> =
        caches.iter().flat_map(|cache| json_files(cache)).filter_map(|file| cache_file(&file)).collect();
    findings.extend(
        ctx.check_state()
            .err()
            .map(|error| Finding::new("cache", super::Severity::Error, error.message, error.hints.join("; "))),
    );
    findings.extend(credentials_file(&files.credentials));
    findings.extend(sessions.iter().filter_map(|session| token(ctx, session)));
    // Sessions in the default config file count as configured, even if AWS_CONFIG_FILE names another file.
    let hidden = files.unredirected(ctx).map(|usual| profile::sessions(ctx, &usual)).unwrap_or_default();
    let all: Vec<Session> = sessions.into_iter().chain(hidden.into_iter().flatten()).collect();
    findings.extend(session::foreign_tokens(ctx, &all).into_iter().map(|(file, start_url)| {
        let of_url = start_url.map(|url| format!(" (`{url}`)")).unwrap_or_default();
        let message = format!(
            "this token belongs to no configured session{of_url}: another tool wrote it, or the session was renamed or removed"
        );
        Finding::new("cache", Info, message, format!("rm {}, if no tool needs it", path_argument(&file))).at(file, None)
    }));
    findings
}

/// Reports a credentials file that contains access keys and that other users can read. `ssox export --write` does not
/// correct its mode: it keeps the mode, as the AWS CLI does.
fn credentials_file(file: &File) -> Option<Finding> {
    let mut secrets = ["aws_secret_access_key", "aws_session_token"].into_iter();
    let has_keys = secrets.any(|key| !file.sections_with_key(SectionKind::Profile, key).is_empty());
    let path = file.path.as_path();
    (has_keys && files::is_open_to_others(path)).then(|| {
        let message = "contains access keys and can be read by other users of this machine";
        Finding::new("cache", Warning, message, format!("chmod 600 {}", path_argument(path))).at(path, None)
    })
}

fn json_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    files
}

fn cache_file(file: &Path) -> Option<Finding> {
    let finding = |message: &str, hint: String| Some(Finding::new("cache", Warning, message, hint).at(file, None));
    let path = path_argument(file);
    let read = files::read(file)
        .and_then(|bytes| bytes.ok_or_else(|| Error::other("it is a symbolic link to a missing file")));
    match read.map(|bytes| serde_json::from_slice::<Value>(&bytes)) {
        Err(error) => finding(&error.message, format!("ls -l {path}")),
        Ok(Err(_)) => finding("is not JSON: ssox ignores it, and replaces it when it is needed", format!("rm {path}")),
        Ok(Ok(_)) if files::is_open_to_others(file) => {
            finding("can be read by other users of this machine", format!("chmod 600 {path}"))
        }
        Ok(Ok(_)) => None,
    }
}

/// Reports a session whose token has expired and cannot be refreshed, or whose token file contains no token. `None` if
/// the token can be used, or if nobody is signed in.
fn token(ctx: &Context, session: &Session) -> Option<Finding> {
    let Some(token) = session::cached_token(ctx, session) else {
        return if session.store == Store::Files { no_token(ctx, session) } else { None };
    };
    if token.is_valid(ctx.now()) || token.is_refreshable(ctx.now()) {
        return None;
    }
    let message = format!("the token of session `{}` has expired, and cannot be refreshed", session.label());
    Some(Finding::new("cache", Info, message, session.sign_in_line()))
}

/// Reports a session's token file that is JSON, but contains no token. [`cache_file`] reports files that are not JSON.
fn no_token(ctx: &Context, session: &Session) -> Option<Finding> {
    let file = session::token::path(ctx, session).ok()?;
    let _is_json: Value = serde_json::from_slice(&files::read(&file).ok()??).ok()?;
    let message =
        format!("contains no token for `{}`: ssox ignores the file, and replaces it when you sign in", session.label());
    Some(Finding::new("cache", Warning, message, session.sign_in_line()).at(file, None))
}
