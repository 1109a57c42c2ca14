//! Mistakes in a profile because of which no AWS tool can get credentials from this profile: the profile names another
//! profile or a session that does not exist, or it lacks a setting.

use super::access_keys::{self, Keys};
use super::kind::{self, HALF_KEYS, ProfileKind};
use super::rules::Lack;
use super::token::LONGEST_CHAIN;
use super::view::{Outcome, Taken, View};
use crate::config::Section;

/// A mistake in a profile, because of which no AWS tool can get credentials from this profile.
pub(super) struct Failure {
    pub(super) lack: Lack,
    /// The end of a sentence about the tool or the profile.
    pub(super) text: String,
}

fn because(lack: Lack, text: String) -> Option<Failure> {
    Some(Failure { lack, text })
}

/// The values of `credential_source`.
const SOURCES: [&str; 3] = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

impl View<'_> {
    /// Returns what the tool does if it cannot get the credentials of a profile. `Some(Some(_))`: the tool refuses the
    /// profile. `Some(None)`: the tool goes on with its next step. `None`: ssox knows of no mistake in the profile.
    pub(super) fn failed(&self, section: &Section, kind: ProfileKind) -> Option<Option<Outcome>> {
        let failure = self.failure(section, kind).or_else(|| self.failure_in_botocore(section, kind))?;
        let is_refused = !self.tool.skips.contains(&failure.lack);
        Some(is_refused.then(|| self.refusal_of(kind, &failure.text)))
    }

    /// If the tool refuses the selected profile before it looks for access keys, returns this outcome; otherwise
    /// `None`.
    pub(super) fn failed_first(&self) -> Option<Outcome> {
        let section = self.files.profile(self.selected.name())?;
        let halves = HALF_KEYS.into_iter().filter(|kind| kind.is_in(&section));
        let mut kinds = kind::kind_of(&section).into_iter().chain(halves);
        kinds.find_map(|kind| {
            let failure = self.failure(&section, kind)?;
            let is_refused = self.tool.refuses_first.contains(&failure.lack);
            is_refused.then(|| self.refusal_of(kind, &failure.text))
        })
    }

    fn refusal_of(&self, kind: ProfileKind, text: &str) -> Outcome {
        (Taken::Nothing, format!("refuses: {}: {}, but {text}", self.reason(), kind.name()))
    }

    /// Returns the mistake because of which no AWS tool can get credentials from a profile; `None` if ssox knows of no
    /// such mistake.
    pub(super) fn failure(&self, section: &Section, kind: ProfileKind) -> Option<Failure> {
        self.failure_within(section, kind, LONGEST_CHAIN)
    }

    fn failure_within(&self, section: &Section, kind: ProfileKind, longest: usize) -> Option<Failure> {
        match kind {
            ProfileKind::Role | ProfileKind::StoredRole => match section.value("credential_source") {
                Some(source) => self.failure_of_source(section, source),
                None => self.failure_of_chain(section, longest),
            },
            ProfileKind::Sso => self.failure_of_session(section).or_else(|| missing(section, &SSO_KEYS[1..])),
            ProfileKind::LegacySso => missing(section, &SSO_KEYS),
            ProfileKind::StoredId | ProfileKind::ConfigId => lacking(section, Lack::HalfKeys, "aws_secret_access_key"),
            ProfileKind::SecretAlone => lacking(section, Lack::HalfKeys, "aws_access_key_id"),
            ProfileKind::StoredProcess | ProfileKind::ConfigProcess => because(Lack::Other, (self.refusal)(section)?),
            _ => None,
        }
    }

    fn failure_of_source(&self, section: &Section, source: &str) -> Option<Failure> {
        if !SOURCES.contains(&source) {
            let text =
                format!("`{source}` in credential_source of `{}` is not one of {}", section.name, SOURCES.join(", "));
            return because(Lack::Other, text);
        }
        if source != "Environment" || access_keys::keys(self.ctx) == Keys::Complete {
            return None;
        }
        because(Lack::Other, "there are no access keys in the environment".into())
    }

    /// botocore refuses a profile with an incomplete role or incomplete SSO settings, even if the profile also has other
    /// credentials, which the other tools then use.
    fn failure_in_botocore(&self, section: &Section, kind: ProfileKind) -> Option<Failure> {
        let has_one = |keys: &[&str]| keys.iter().any(|key| section.value(key).is_some());
        let has_role = has_one(&["source_profile", "credential_source", "web_identity_token_file"]);
        let is_role = matches!(kind, ProfileKind::Role | ProfileKind::StoredRole | ProfileKind::WebIdentity);
        let name = &section.name;
        if !self.tool.is_botocore || is_role {
            None
        } else if has_one(&["role_arn"]) && !has_role {
            because(Lack::Other, format!("`{name}` has a role_arn without source_profile"))
        } else if has_one(&["sso_account_id", "sso_role_name"]) && !has_one(&["sso_session", "sso_start_url"]) {
            because(Lack::Other, format!("`{name}` has SSO settings without sso_session"))
        } else {
            None
        }
    }

    fn failure_of_chain(&self, section: &Section, longest: usize) -> Option<Failure> {
        let name = section.value("source_profile")?;
        if longest == 0 {
            return because(Lack::Other, format!("source_profile leads from `{name}` to `{name}` again"));
        }
        let Some(source) = self.files.profile(name) else {
            return because(Lack::Source, format!("the source_profile `{name}` of `{}` does not exist", section.name));
        };
        // The access keys with which a role is assumed may be in the profile of the role itself. A source with access
        // keys and a role ends the chain in some tools.
        let has_keys = [ProfileKind::StoredKeys, ProfileKind::ConfigKeys].iter().any(|kind| kind.is_in(&source));
        if has_keys {
            return None;
        }
        let Some(kind) = kind::kind_of(&source) else {
            return because(
                Lack::Source,
                format!("the source_profile `{name}` of `{}` has no credentials", section.name),
            );
        };
        let failure = self.failure_within(&source, kind, longest - 1)?;
        let lack = match failure.lack {
            Lack::Session => Lack::SessionOfSource,
            Lack::HalfKeys => Lack::Source,
            lack => lack,
        };
        Some(Failure { lack, ..failure })
    }

    fn failure_of_session(&self, section: &Section) -> Option<Failure> {
        let name = section.value("sso_session")?;
        let Some(session) = self.files.sso_session(name) else {
            return because(Lack::Session, format!("the sso_session `{name}` of `{}` does not exist", section.name));
        };
        let missing = ["sso_start_url", "sso_region"].into_iter().find(|key| session.value(key).is_none())?;
        because(Lack::SessionKey, format!("[sso-session {name}] has no {missing}"))
    }
}

/// Each setting that a profile for SSO needs in addition to those of its session, and what the profile lacks without
/// it.
const SSO_KEYS: [(&str, Lack); 3] =
    [("sso_region", Lack::SsoRegion), ("sso_account_id", Lack::SsoAccount), ("sso_role_name", Lack::SsoRole)];

fn missing(section: &Section, keys: &[(&str, Lack)]) -> Option<Failure> {
    let (key, lack) = keys.iter().find(|(key, _)| section.value(key).is_none())?;
    lacking(section, *lack, key)
}

fn lacking(section: &Section, lack: Lack, key: &str) -> Option<Failure> {
    because(lack, format!("`{}` has no {key}", section.name))
}
