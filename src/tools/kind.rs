//! The kinds of credentials that a profile can contain.

use crate::config::{Section, WhichFile};

/// A kind of credentials in a profile. Some tools read access keys or `credential_process` from only one of the files
/// `config` and `credentials`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProfileKind {
    StoredKeys,
    ConfigKeys,
    StoredProcess,
    ConfigProcess,
    Sso,
    LegacySso,
    /// `role_arn` with `source_profile` or `credential_source`.
    Role,
    /// A role as in `Role`, but in the file `credentials`; one tool (PHP) reads roles only there.
    StoredRole,
    WebIdentity,
    Login,
    /// An access key ID without a secret access key in the file `credentials`.
    StoredId,
    /// An access key ID without a secret access key in the file `config`.
    ConfigId,
    /// A secret access key without an access key ID, in either file.
    SecretAlone,
}

/// The kinds of incomplete access keys: an access key ID or a secret access key without the other.
pub(super) const HALF_KEYS: [ProfileKind; 3] = [ProfileKind::StoredId, ProfileKind::ConfigId, ProfileKind::SecretAlone];

/// All kinds, except `StoredRole`, which is a case of `Role`, and [`HALF_KEYS`].
const ALL: [ProfileKind; 9] = [
    ProfileKind::Role,
    ProfileKind::WebIdentity,
    ProfileKind::Sso,
    ProfileKind::LegacySso,
    ProfileKind::Login,
    ProfileKind::StoredProcess,
    ProfileKind::ConfigProcess,
    ProfileKind::StoredKeys,
    ProfileKind::ConfigKeys,
];

/// Returns the first kind of credentials, in the order of [`ALL`] and [`HALF_KEYS`], that a profile contains; `None` if
/// it contains no credentials.
pub(super) fn kind_of(section: &Section) -> Option<ProfileKind> {
    ALL.into_iter().chain(HALF_KEYS).find(|kind| kind.is_in(section))
}

impl ProfileKind {
    /// Returns the name of this kind of credentials, for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::StoredKeys | Self::StoredId => "static keys in the credentials file",
            Self::ConfigKeys | Self::ConfigId => "static keys in the config file",
            Self::SecretAlone => "static keys",
            Self::StoredProcess => "credential_process in the credentials file",
            Self::ConfigProcess => "credential_process",
            Self::Sso => "sso_session",
            Self::LegacySso => "legacy SSO settings",
            Self::Role => "an assumed role",
            Self::StoredRole => "an assumed role in the credentials file",
            Self::WebIdentity => "web_identity_token_file",
            Self::Login => "login_session",
        }
    }

    /// Tells whether credentials of this kind expire and can be renewed.
    pub(super) fn is_renewed(self) -> bool {
        !matches!(self, Self::StoredKeys | Self::ConfigKeys)
    }

    /// Tells whether a profile contains credentials of this kind.
    pub(super) fn is_in(self, section: &Section) -> bool {
        let has = |key: &str| section.value(key).is_some();
        let has_in = |which: WhichFile, key: &str| {
            section.entries().iter().any(|entry| entry.which == which && entry.key == key && !entry.value.is_empty())
        };
        let keys_in = |which: WhichFile| has_in(which, "aws_access_key_id") && has_in(which, "aws_secret_access_key");
        let lacks_in = |which: WhichFile, key: &str| {
            !section.entries().iter().any(|entry| entry.which == which && entry.key == key)
        };
        let only_in = |which: WhichFile, [key, other]: [&str; 2]| has_in(which, key) && lacks_in(which, other);
        let id_first = ["aws_access_key_id", "aws_secret_access_key"];
        match self {
            Self::StoredId => only_in(WhichFile::Credentials, id_first),
            Self::ConfigId => only_in(WhichFile::Config, id_first),
            Self::SecretAlone => {
                let [id, secret] = id_first;
                [WhichFile::Config, WhichFile::Credentials].into_iter().any(|which| only_in(which, [secret, id]))
            }
            Self::StoredKeys => keys_in(WhichFile::Credentials),
            Self::ConfigKeys => keys_in(WhichFile::Config),
            Self::StoredProcess => has_in(WhichFile::Credentials, "credential_process"),
            Self::ConfigProcess => has_in(WhichFile::Config, "credential_process"),
            Self::Sso => has("sso_session") && (has("sso_account_id") || has("sso_role_name")),
            Self::LegacySso => {
                has("sso_start_url") && (has("sso_account_id") || has("sso_role_name")) && !has("sso_session")
            }
            Self::Role => has("role_arn") && (has("source_profile") || has("credential_source")),
            Self::StoredRole => Self::Role.is_in(section) && has_in(WhichFile::Credentials, "role_arn"),
            Self::WebIdentity => has("role_arn") && has("web_identity_token_file"),
            Self::Login => has("login_session"),
        }
    }
}
