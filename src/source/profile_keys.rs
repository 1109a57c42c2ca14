//! The input from which each kind of source is read: a profile, and settings from the chain of profiles that leads to
//! this profile.

use crate::aws::Network;
use crate::config::Section;
use crate::context::Context;
use crate::error::Result;
use crate::region::Region;
use crate::session::Session;

/// Config keys of profiles that get their credentials in another way than from IAM Identity Center, and what each does.
/// AWS tools do not agree whether these keys or the `sso_…` keys take precedence.
pub(crate) const OTHER_SOURCES: [(&str, &str); 6] = [
    ("role_arn", "assumes a role"),
    ("ssox_saml_url", "signs in with SAML"),
    ("web_identity_token_file", "assumes a role"),
    ("credential_process", "runs a program"),
    ("login_session", "uses `aws login`"),
    ("credential_source", "assumes a role"),
];

/// A profile and its config keys.
pub(crate) struct ProfileKeys<'a> {
    pub(crate) ctx: &'a Context,
    pub(crate) name: &'a str,
    pub(crate) section: &'a Section<'a>,
    /// The region of the first profile in the chain: the profile that needs credentials.
    pub(crate) region: Option<&'a Region>,
    /// The network settings of the first profile in the chain: the profile that needs credentials.
    pub(crate) network: &'a Network,
    /// Returns the Identity Center session of the profile.
    pub(crate) session: &'a dyn Fn() -> Result<Session>,
}
