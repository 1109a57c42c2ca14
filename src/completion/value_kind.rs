//! The kinds of values that clap does not know, such as profiles, and which arguments take them.

use clap::{Arg, ValueHint};
use clap_complete::CompletionCandidate;

/// A kind of values that clap does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Profile,
    /// A profile in the configuration files; an account and a role (`ACCOUNT/ROLE`) are not allowed.
    ConfiguredProfile,
    /// A profile, or `-` for the previous one.
    ProfileOrPrevious,
    /// A profile that has a session to sign in to.
    ProfileWithSession,
    /// A profile whose credentials come from a SAML response.
    ProfileWithSaml,
    Session,
    /// The ID or name of an account in a stored listing.
    Account,
    /// The name of a role in a stored listing.
    Role,
    Region,
    Service,
    Output,
    Scope,
    File,
}

impl ValueKind {
    pub(super) const ALL: [Self; 13] = [
        Self::Profile,
        Self::ConfiguredProfile,
        Self::ProfileOrPrevious,
        Self::ProfileWithSession,
        Self::ProfileWithSaml,
        Self::Session,
        Self::Account,
        Self::Role,
        Self::Region,
        Self::Service,
        Self::Output,
        Self::Scope,
        Self::File,
    ];

    /// Returns the kind of an argument's values; `None` if clap knows the values, or if the values cannot be completed.
    pub(super) fn of(verb: &str, arg: &Arg) -> Option<Self> {
        Some(match (verb, arg.get_id().as_str()) {
            ("use", "profile") => Self::ProfileOrPrevious,
            ("login" | "logout", "profile") => Self::ProfileWithSession,
            ("roles", "profile") => Self::ProfileWithSaml,
            ("sso", "profile") => Self::ConfiguredProfile,
            (_, "profile") | ("each", "patterns") => Self::Profile,
            (_, "sso_session") => Self::Session,
            ("each" | "populate", "account") => Self::Account,
            ("each" | "populate", "role") => Self::Role,
            (_, "region" | "sso_region") => Self::Region,
            ("console", "service") => Self::Service,
            (_, "output") => Self::Output,
            (_, "scopes") => Self::Scope,
            _ if arg.get_value_hint() == ValueHint::AnyPath => Self::File,
            _ => return None,
        })
    }

    /// Returns the kind of values for which a candidate of clap's completion engine is a placeholder; `None` if the
    /// candidate is itself a value.
    pub(super) fn of_candidate(candidate: &CompletionCandidate) -> Option<Self> {
        let id = candidate.get_id()?;
        Self::ALL.into_iter().find(|kind| *id == kind.candidate_id())
    }

    /// Returns the id of the candidate that is the placeholder for all values of this kind.
    pub(super) fn candidate_id(self) -> String {
        format!("value::{self:?}")
    }
}
