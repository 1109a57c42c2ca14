//! Checks the keyring, and says for which sessions ssox keeps the secrets there. Reports secrets that are in the other
//! place (files instead of the keyring, or the reverse), where ssox does not look for them.

use crate::commands::finding::Finding;
use crate::commands::name_list::name_list;
use crate::config::ConfigFiles;
use crate::config::Severity::{Info, Warning};
use crate::context::Context;
use crate::error::path_argument;
use crate::profile::{self, Profile};
use crate::session::{self, Session, kept};
use crate::store::Store;

/// Checks where every session keeps its secrets.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let sessions: Vec<Session> = profile::sessions(ctx, files).into_iter().flatten().collect();
    let mut findings: Vec<Finding> = sessions.iter().filter_map(|session| elsewhere(ctx, session)).collect();
    let in_keyring: Vec<&Session> = sessions.iter().filter(|session| session.store == Store::Keyring).collect();
    if let [first, ..] = in_keyring.as_slice() {
        findings.push(keyring(ctx, first, &in_keyring));
        findings.extend(roles_in_files(ctx, files));
    }
    findings
}

/// Returns a finding that says for which sessions ssox keeps the secrets in the keyring, and, if the keyring cannot be
/// read, why.
fn keyring(ctx: &Context, first: &Session, sessions: &[&Session]) -> Finding {
    let labels: Vec<String> = sessions.iter().map(|session| session.label().to_string()).collect();
    let of = format!("of {} {}", if labels.len() == 1 { "session" } else { "sessions" }, name_list(&labels));
    match session::stored_token(ctx, first) {
        Ok(_) => {
            let message = format!("ssox keeps the token and the role credentials {of} in the keyring");
            Finding::new(
                "keyring",
                Info,
                message,
                "other AWS tools cannot read the keyring: give them credentials with `ssox credential-process` or `ssox exec`",
            )
        }
        Err(error) => {
            let message = format!("{}; ssox keeps the token and the role credentials {of} there", error.message);
            Finding::new("keyring", Warning, message, error.hints.join("; "))
        }
    }
}

/// Reports a token in the place (file or keyring) where ssox does not look for it, because `ssox_store` or `SSOX_STORE`
/// says otherwise.
fn elsewhere(ctx: &Context, session: &Session) -> Option<Finding> {
    let before = session.store.other();
    if !kept::may_be_in(ctx, session, before) {
        return None;
    }
    let message = format!(
        "a token of `{}` is in {}, but for this session ssox reads only {}",
        session.label(),
        kept::name(before),
        kept::name(session.store)
    );
    let (login, logout) = (session.sign_in_line(), session.sign_in_line().replacen("login", "logout", 1));
    let hint = format!("`{login}` moves or replaces this token, `{logout}` removes it");
    let finding = Finding::new("keyring", Warning, message, hint);
    let file = session::token::path(ctx, session).ok().filter(|_| before == Store::Files);
    Some(file.into_iter().fold(finding, |finding, file| finding.at(file, None)))
}

/// Reports files that still have role credentials, although ssox now keeps these in the keyring.
fn roles_in_files(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let file = |name: String| Profile::resolve(ctx, files, &name).ok()?.source.key()?.left_in_file(ctx);
    let mut left: Vec<_> = files.profile_names().filter_map(file).collect();
    left.sort();
    left.dedup();
    let finding = |file: std::path::PathBuf| {
        let hint = format!("rm {}", path_argument(&file));
        Finding::new("keyring", Warning, "has role credentials, but ssox now keeps them in the keyring", hint)
            .at(file, None)
    };
    left.into_iter().map(finding).collect()
}
