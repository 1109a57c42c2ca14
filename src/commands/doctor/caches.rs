//! The caches: broken files, files others can read, tokens nobody's configuration knows.
//!
//! Deliberately not here: entries that are over. They are what a cache is full of.

use super::Finding;
use super::Severity::{Info, Warning};
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::error::Error;
use crate::files;
use crate::profile;
use crate::session::{self, Session};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Looks at every file of both caches.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let Ok(home) = ctx.home() else { return Vec::new() };
    let sessions: Vec<Session> = profile::sessions(ctx, files).into_iter().flatten().collect();
    let caches = [home.join(".aws/sso/cache"), home.join(".aws/cli/cache")];
    let mut findings: Vec<Finding> =
        caches.iter().flat_map(|cache| json_files(cache)).filter_map(|file| one(&file)).collect();
    findings.extend(
        ctx.check_state()
            .err()
            .map(|error| Finding::new("cache", super::Severity::Error, error.message, error.hint.unwrap_or_default())),
    );
    findings.extend(credentials_file(&files.credentials.path));
    findings.extend(sessions.iter().filter_map(|session| token(ctx, session)));
    // A session that only a redirecting variable hides is a session all the same.
    let hidden = files.unredirected(ctx).map(|usual| profile::sessions(ctx, &usual)).unwrap_or_default();
    let all: Vec<Session> = sessions.into_iter().chain(hidden.into_iter().flatten()).collect();
    findings.extend(session::foreign_tokens(ctx, &all).into_iter().map(|(file, start_url)| {
        let whose = start_url.map(|url| format!(", for {url}")).unwrap_or_default();
        let message =
            format!("a token of no configured session{whose}: another tool's, or of a session that was renamed");
        Finding::new("cache", Info, message, format!("rm {}, if nothing needs it", quoted(&file))).at(file, None)
    }));
    findings
}

/// Long-term keys, or those of `export --write`. An edit keeps the mode of the file, as the AWS CLI does.
fn credentials_file(file: &Path) -> Option<Finding> {
    files::is_open_to_others(file).then(|| {
        let message = "contains access keys and can be read by other users of this machine";
        Finding::new("cache", Warning, message, format!("chmod 600 {}", quoted(file))).at(file, None)
    })
}

fn json_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    files
}

fn one(file: &Path) -> Option<Finding> {
    let finding = |message: &str, hint: String| Some(Finding::new("cache", Warning, message, hint).at(file, None));
    let path = quoted(file);
    let read = files::read(file).and_then(|bytes| bytes.ok_or_else(|| Error::other("it is a link to no file")));
    match read.map(|bytes| serde_json::from_slice::<Value>(&bytes)) {
        Err(error) => finding(&error.message, format!("ls -l {path}")),
        Ok(Err(_)) => {
            finding("is not JSON: it counts as absent, and is mended when it is needed", format!("rm {path}"))
        }
        Ok(Ok(_)) if files::is_open_to_others(file) => {
            finding("can be read by other users of this machine", format!("chmod 600 {path}"))
        }
        Ok(Ok(_)) => None,
    }
}

fn quoted(file: &Path) -> String {
    shell_words::quote(&file.display().to_string()).into_owned()
}

/// What there is to say of a session's token, besides its file.
fn token(ctx: &Context, session: &Session) -> Option<Finding> {
    let Some(token) = session::cached_token(ctx, session) else { return no_token(ctx, session) };
    let is_over = !token.is_valid(ctx.now()) && !token.is_refreshable(ctx.now());
    is_over.then(|| {
        let message = format!("the session `{}` has ended, and cannot be renewed by itself", session.label());
        Finding::new("cache", Info, message, session.sign_in_line())
    })
}

/// A file that is JSON, and not what it should be; whether it is JSON at all was looked at before.
fn no_token(ctx: &Context, session: &Session) -> Option<Finding> {
    let file = session::token::path(ctx, session).ok()?;
    let _is_json: Value = serde_json::from_slice(&files::read(&file).ok()??).ok()?;
    let message = format!("holds no token for `{}`: it counts as absent, and is mended by signing in", session.label());
    Some(Finding::new("cache", Warning, message, session.sign_in_line()).at(file, None))
}
