//! Profiles: resolves the name of a profile to a region, a source of credentials, and the URLs of AWS services.

mod assigned;
mod assignment;
mod description;
pub(crate) mod find;
mod first_step;
mod implied;
mod load;
mod metadata;
mod name_glob;
mod names;
mod network;
mod plain;
mod protected;
mod resolve;
mod resolved;
mod roles;
mod session_behind;
mod sessions;
mod sources;
mod store;
mod without_profile;

pub(crate) use assigned::RoleProfiles;
pub(crate) use description::{Descriptions, described_sessions};
pub(crate) use find::Wanted;
pub(crate) use first_step::first_step;
pub(crate) use implied::implied_name;
pub(crate) use name_glob::NameGlob;
pub(crate) use names::ProfileNames;
pub(crate) use network::network_of_environment;
pub(crate) use plain::{Plain, PlainProfiles};
pub(crate) use protected::Protection;
pub(crate) use resolved::Profile;
pub(crate) use session_behind::session_behind;
pub(crate) use sessions::{labelled_session, named_session, scopes, sessions};
pub(crate) use store::store_of_environment;
pub(crate) use without_profile::{AllProfiles, Typed, WithoutProfile, without_profile};
