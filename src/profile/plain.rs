//! Reads plain profiles: those that have only a session, an account, a role and a region. Of tens of thousands of
//! profiles, most are plain. Verbs that show every profile use this module for the plain ones, because resolving the
//! network settings of each takes longer.

use super::network::network;
use super::sessions::named_session;
use crate::arn::AccountId;
use crate::cache::Key;
use crate::config::{ConfigFiles, ProfileHeader, Section};
use crate::context::Context;
use crate::region::Region;
use crate::session::Session;
use crate::source::sso::check_role_name;
use std::collections::BTreeMap;

/// The values of a plain profile: one that has only a session, an account, a role and a region.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain<'a> {
    pub(crate) session: &'a Session,
    pub(crate) account_id: &'a str,
    pub(crate) role_name: &'a str,
    pub(crate) region: Option<&'a str>,
}

impl Plain<'_> {
    /// Returns the key of the cache entry that contains the credentials of this profile.
    pub(crate) fn cache_key(&self) -> Key {
        let Session { name, start_url, store, .. } = self.session;
        Key::sso(self.account_id, self.role_name, name.as_deref(), start_url).in_store(*store, self.session.label())
    }
}

/// Reads plain profiles: those that have only a session, an account, a role and a region. Contains all configured
/// sessions, because a plain profile contains only the name of its session.
pub(crate) struct PlainProfiles {
    sessions: BTreeMap<String, Session>,
    /// Whether any profile can be read without resolving it. False if an environment variable changes all profiles or
    /// makes them unusable.
    is_usable: bool,
}

impl PlainProfiles {
    /// Resolves each configured session once, for all profiles.
    pub(crate) fn new(ctx: &Context, files: &ConfigFiles) -> Self {
        let is_usable = ctx.var_os("SSOX_PROTECT").is_none() && network(ctx, files, &files.empty_profile()).is_ok();
        let session = |name: String| named_session(ctx, files, &name).ok().map(|session| (name, session));
        Self { sessions: files.sso_session_names().filter_map(session).collect(), is_usable }
    }

    /// Reads a plain profile: one that has only a session, an account, a role and a region. Returns `None` if the
    /// profile is not plain or cannot be used; the caller must then resolve the profile.
    pub(crate) fn read<'a>(&'a self, section: &'a Section) -> Option<Plain<'a>> {
        self.of_values(section.values())
    }

    /// Reads the plain profile below a header. Returns `None` if the profile is not plain, cannot be used, or may have
    /// entries in several sections; the caller must then resolve the profile.
    pub(crate) fn below<'a>(&'a self, files: &'a ConfigFiles, header: &ProfileHeader) -> Option<Plain<'a>> {
        self.of_values(files.values_below(header)?)
    }

    fn of_values<'a>(&'a self, values: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Plain<'a>> {
        let (mut session, mut account_id, mut role_name, mut region) = ("", "", "", "");
        for (key, value) in values {
            match key {
                "sso_session" => session = value,
                "sso_account_id" => account_id = value,
                "sso_role_name" => role_name = value,
                "region" => region = value,
                "output" | "cli_pager" | "ssox_managed" => {}
                // With any other key, a profile must be resolved.
                _ => return None,
            }
        }
        let region = Some(region).filter(|region| !region.is_empty());
        let is_valid = self.is_usable
            && AccountId::is(account_id)
            && check_role_name("", role_name).is_ok()
            && region.is_none_or(Region::is);
        let session = self.sessions.get(session).filter(|_| is_valid)?;
        Some(Plain { session, account_id, role_name, region })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    const CORP: &str = "[sso-session corp]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n\
        [sso-session broken]\nsso_start_url = https://d-1.awsapps.com/start\n";
    const ROLE: &str = "sso_account_id = 111122223333\nsso_role_name = Admin\n";

    /// Tells whether `PlainProfiles` can read the profile `p` of this configuration. If so, checks that
    /// `Profile::resolve` returns the same values.
    fn is_plain(config: &str, variables: &[(&str, &str)]) -> bool {
        let ctx = Context::new(variables.iter().map(|(name, value)| ((*name).to_string(), (*value).into())));
        let files = ConfigFiles::parse(&format!("{CORP}{config}"), "");
        let section = files.profile("p").unwrap();
        let profiles = PlainProfiles::new(&ctx, &files);
        let headers = files.profile_headers();
        let below =
            headers.iter().find(|header| files.name(header) == "p").and_then(|header| profiles.below(&files, header));
        let Some(plain) = profiles.read(&section) else {
            assert_eq!(below, None);
            return false;
        };
        assert!(below.is_none_or(|below| below == plain));
        let profile = Profile::resolve(&ctx, &files, "p").unwrap();
        assert_eq!(profile.source.kind(), "sso");
        assert_eq!(profile.source.account_id(), Some(plain.account_id));
        assert_eq!(profile.source.role_name(), Some(plain.role_name));
        assert_eq!(profile.source.session(), Some(plain.session));
        assert_eq!(profile.source.key(), Some(plain.cache_key()));
        assert_eq!(profile.region.as_deref(), plain.region);
        true
    }

    #[test]
    fn a_plain_profile_says_what_the_resolved_one_says() {
        for more in ["", "region = eu-west-1\noutput = json\n", "region =\n", "ssox_managed = corp\n"] {
            assert!(is_plain(&format!("[profile p]\nsso_session = corp\n{ROLE}{more}"), &[]), "{more}");
        }
        assert!(is_plain(
            &format!("[profile p]\nsso_session = x\n{ROLE}[profile p]\nsso_session = corp\nsso_role_name = Read\n"),
            &[]
        ));
    }

    #[test]
    fn every_other_profile_is_resolved() {
        let of_corp = format!("[profile p]\nsso_session = corp\n{ROLE}");
        for config in [
            "[profile p]\nregion = eu-west-1\n".to_string(),
            format!("[profile p]\n{ROLE}"),
            format!("[profile p]\nsso_session = none\n{ROLE}"),
            format!("[profile p]\nsso_session = broken\n{ROLE}"),
            "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = Admin\n".into(),
            "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = A B\n".into(),
            format!("{of_corp}region = x_y\n"),
            format!("{of_corp}ssox_protected = true\n"),
            format!("{of_corp}role_arn = x\n"),
            format!("{of_corp}services = x\n"),
            format!("{of_corp}sso_region = us-east-1\n"),
            format!("{of_corp}[DEFAULT]\ncredential_process = x\n"),
        ] {
            assert!(!is_plain(&config, &[]), "{config}");
        }
        assert!(!is_plain(&of_corp, &[("SSOX_PROTECT", "p")]) && !is_plain(&of_corp, &[("AWS_MAX_ATTEMPTS", "x")]));
    }
}
