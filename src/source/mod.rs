//! The sources of credentials, one file for each kind.

pub(crate) mod assumed_role;
mod cached;
pub(crate) mod command;
pub(crate) mod credential_source;
pub(crate) mod duration;
pub(crate) mod expiry;
pub(crate) mod kind;
pub(crate) mod login;
pub(crate) mod mfa;
pub(crate) mod process;
pub(crate) mod profile_keys;
mod request;
pub(crate) mod role_arn;
pub(crate) mod role_keys;
pub(crate) mod saml;
pub(crate) mod session_name;
pub(crate) mod sso;
mod static_keys;
pub(crate) mod tags;
pub(crate) mod web_identity;

pub(crate) use request::{Request, WhenUnreachable};

use crate::cache;
use crate::context::Context;
use crate::error::Result;
use kind::Kind;
use profile_keys::ProfileKeys;
use std::ops::Deref;

/// Defines the enum `Source` from a list of variants, one for each kind of credentials.
macro_rules! sources {
    ($($(#[$attribute:meta])* $name:ident($kind:ty),)+) => {
        /// Where a profile's credentials come from.
        #[expect(clippy::enum_variant_names, reason = "`credential_source` is AWS's name")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum Source {
            $($(#[$attribute])* $name(Box<$kind>),)+
        }

        impl Deref for Source {
            type Target = dyn Kind;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$name(kind) => kind.as_ref(),)+
                }
            }
        }

        impl Source {
            /// Reads the source of a profile's own credentials. Returns `None` if the profile has no config keys of any
            /// kind. A role that is assumed with the credentials of another source is not read here.
            ///
            /// # Errors
            /// `Configuration`: config keys are missing, or their values cannot work.
            pub(crate) fn of_profile(keys: &ProfileKeys) -> Option<Result<Self>> {
                $(if let Some(found) = <$kind>::read(keys) {
                    return Some(found.map(Self::from));
                })+
                None
            }
        }

        $(impl From<$kind> for Source {
            fn from(kind: $kind) -> Self {
                Self::$name(Box::new(kind))
            }
        })+
    };
}

// The kinds are in the order in which the AWS CLI looks for them in a profile. `ssox_saml_url` comes before all AWS
// keys: the same profile may have `credential_process = ssox credential-process NAME`, so that other tools can use it.
sources! {
    Saml(saml::Saml),
    WebIdentity(web_identity::WebIdentity),
    Sso(sso::SsoRole),
    Static(static_keys::StaticKeys),
    Login(login::AwsLogin),
    Process(process::CredentialProcess),
    /// A role that is assumed with the credentials of another source; the module `profile` reads it from the config
    /// files.
    AssumedRole(assumed_role::AssumedRole),
    /// What `credential_source` names. Its credentials are used only to assume a role, never as the credentials of a
    /// profile.
    CredentialSource(credential_source::CredentialSource),
}

impl Source {
    /// Returns the ARN of the role that this source assumes; `None` if it assumes no role, or if only the identity
    /// provider knows the role.
    pub(crate) fn role_arn(&self) -> Option<&str> {
        self.assumed().map(role_arn::RoleArn::as_str)
    }

    /// Tells whether the source needs access keys in the environment, directly or through a role.
    pub(crate) fn needs_keys_of_environment(&self) -> bool {
        matches!(self.credential_source(), Some(credential_source::CredentialSource::Environment { .. }))
    }

    /// Tells whether the credentials depend on the shell, directly or through a role: on the access keys in the shell's
    /// environment, or on the container in which the shell runs.
    pub(crate) fn differs_in_shells(&self) -> bool {
        self.credential_source().is_some_and(credential_source::CredentialSource::differs_in_shells)
    }

    /// Returns the `credential_source` whose credentials assume this role, directly or through other roles. Returns
    /// `None` if the chain of roles ends at another source.
    pub(crate) fn credential_source(&self) -> Option<&credential_source::CredentialSource> {
        match self {
            Self::CredentialSource(source) => Some(source),
            Self::AssumedRole(role) => role.source.credential_source(),
            _ => None,
        }
    }

    /// Checks that credentials can be cached, before they are fetched. Does nothing if the source does not cache.
    ///
    /// # Errors
    /// `Configuration`: the cache entry cannot be written. `NeedsPerson`: the keyring cannot be used.
    pub(crate) fn reserve(&self, ctx: &Context) -> Result<()> {
        self.key().map_or(Ok(()), |key| cache::reserve(ctx, &key).map(drop))
    }

    /// Removes the source's cache entry. Returns whether there was one.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be removed. `NeedsPerson`: the keyring cannot be used.
    pub(crate) fn forget(&self, ctx: &Context) -> Result<bool> {
        self.key().map_or(Ok(false), |key| cache::remove(ctx, &key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::RoleCredentials;
    use crate::secret::{HUNTER2, Secret, assert_redacted};

    #[test]
    fn debug_shows_no_secret_of_a_request_or_a_source() {
        assert_redacted(&Request { mfa_code: Some(Secret::new(HUNTER2)), ..Request::default() });
        let keys = RoleCredentials::new("AKIA", Secret::new(HUNTER2), None, None);
        assert_redacted(&Source::from(static_keys::StaticKeys { profile: "p".into(), keys }));
        let command = command::CommandLine::parse("credential_process", "p", &format!("x --secret {HUNTER2}")).unwrap();
        assert_redacted(&Source::from(process::CredentialProcess { profile: "p".into(), command, account_id: None }));
    }
}
