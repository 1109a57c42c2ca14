//! What a kind of credentials is read from: a profile, and what is known of the chain that it belongs to.

use crate::aws::Network;
use crate::config::Section;
use crate::context::Context;
use crate::error::Result;
use crate::region::Region;
use crate::session::Session;

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
