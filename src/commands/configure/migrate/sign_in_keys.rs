//! Reads the settings that say where a legacy profile signs in, or returns why the profile cannot be migrated.

use crate::config::{ConfigFiles, Section, WhichFile};
use crate::region::Region;
use crate::session::start_url::{self, canonical};

/// The settings that say where a profile signs in, and the session that the profile already names.
pub(super) struct SignInKeys {
    pub(super) session: Option<String>,
    pub(super) start_url: String,
    pub(super) region: String,
}

impl SignInKeys {
    /// For `--session-per-profile`: sets `session` to `None` if other profiles name the same session, so that this
    /// profile gets a new session of its own.
    pub(super) fn without_shared_session(self, files: &ConfigFiles) -> Self {
        let is_its_own = |name: &String| {
            files.profiles().filter(|profile| profile.value("sso_session") == Some(name)).nth(1).is_none()
        };
        Self { session: self.session.filter(is_its_own), ..self }
    }
}

/// Returns the settings of a legacy profile, or why it cannot be migrated. `None` if there is nothing to migrate: the
/// profile has no `sso_start_url`, and not both `sso_session` and `sso_region`.
pub(super) fn sign_in_keys(files: &ConfigFiles, section: &Section) -> Option<Result<SignInKeys, String>> {
    let [session, start_url, region] = ["sso_session", "sso_start_url", "sso_region"].map(|key| section.value(key));
    start_url.or(region.and(session))?;
    Some(match (session, start_url, region) {
        _ if is_in_credentials(section) => Err(in_credentials(files, &section.name)),
        (Some(name), ..) => keys_with_session(files, name, start_url, region),
        (None, Some(url), Some(region)) => legacy_keys(url, region),
        (None, ..) => Err("it has no `sso_region`; add that key first".into()),
    })
}

fn legacy_keys(start_url: &str, region: &str) -> Result<SignInKeys, String> {
    start_url::check(start_url).map_err(|error| error.message)?;
    if !Region::is(region) {
        return Err(format!("its `sso_region` is `{region}`, which is not a region"));
    }
    Ok(SignInKeys { session: None, start_url: canonical(start_url), region: region.into() })
}

/// Returns the settings of a profile that has both `sso_session` and legacy settings, for example after
/// `--keep-legacy`. If the session does not exist, or has other values than the profile, returns why the profile cannot
/// be migrated.
fn keys_with_session(
    files: &ConfigFiles,
    name: &str,
    start_url: Option<&str>,
    region: Option<&str>,
) -> Result<SignInKeys, String> {
    let Some(session) = files.sso_session(name) else {
        return Err(format!(
            "its `sso_session` is `{name}`, which does not exist; add `[sso-session {name}]`, or remove `sso_session` from the profile"
        ));
    };
    let of = |key| session.get(key).unwrap_or_default();
    let (of_start_url, of_region) = (canonical(of("sso_start_url")), of("sso_region"));
    if start_url.is_none_or(|url| canonical(url) == of_start_url) && region.is_none_or(|region| region == of_region) {
        Ok(SignInKeys { session: Some(name.into()), start_url: of_start_url, region: of_region.into() })
    } else {
        Err(format!(
            "its `sso_start_url` or `sso_region` differs from session `{name}`; remove these settings from the profile, or correct the session"
        ))
    }
}

fn is_in_credentials(section: &Section) -> bool {
    let keys = ["sso_start_url", "sso_region"].into_iter();
    keys.filter_map(|key| section.entry(key)).any(|entry| entry.which == WhichFile::Credentials)
}

fn in_credentials(files: &ConfigFiles, profile: &str) -> String {
    let (credentials, config) = (files.credentials.path.display(), files.config.path.display());
    let kind = if profile == "default" { "" } else { "profile " };
    format!("its SSO settings are in `{credentials}`; move them to `[{kind}{profile}]` in `{config}`")
}
