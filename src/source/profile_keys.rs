//! What a kind of credentials is read from: a profile, and what is known of the chain that it belongs to.

use crate::aws::Network;
use crate::config::Section;
use crate::context::Context;
use crate::error::Result;
use crate::region::Region;
use crate::session::Session;

/// Keys of a profile that gets its credentials in another way than by signing in to IAM Identity Center, and how. AWS tools
/// rank them and the SSO keys differently.
pub(crate) const OTHER_SOURCES: [(&str, &str); 6] = [
    ("role_arn", "assumes a role"),
    ("ssox_saml_url", "signs in with SAML"),
    ("web_identity_token_file", "assumes a role"),
    ("credential_process", "runs a program"),
    ("login_session", "uses `aws login`"),
    ("credential_source", "assumes a role"),
];

/// A profile with its keys.
pub(crate) struct ProfileKeys<'a> {
    pub(crate) ctx: &'a Context,
    pub(crate) name: &'a str,
    pub(crate) section: &'a Section<'a>,
    /// The region of the first profile of the chain.
    pub(crate) region: Option<&'a Region>,
    /// The network settings of the first profile of the chain.
    pub(crate) network: &'a Network,
    /// Returns the session of the profile.
    pub(crate) session: &'a dyn Fn() -> Result<Session>,
}
