//! Which values belong to which argument, where clap does not know them.

use clap::{Arg, ValueHint};

/// Values clap does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Profile,
    /// Also `-`, the profile before this one.
    ProfileOrPrevious,
    /// Only profiles with a session to sign in to.
    ProfileWithSession,
    /// Only profiles whose credentials come from a SAML page.
    ProfileWithSaml,
    Session,
    Region,
    Output,
    Scope,
    File,
}

impl ValueKind {
    pub(super) const ALL: [Self; 9] = [
        Self::Profile,
        Self::ProfileOrPrevious,
        Self::ProfileWithSession,
        Self::ProfileWithSaml,
        Self::Session,
        Self::Region,
        Self::Output,
        Self::Scope,
        Self::File,
    ];

    /// Returns the kind of an argument of a verb; `None` when clap knows its values, or nobody does.
    pub(super) fn of(verb: &str, arg: &Arg) -> Option<Self> {
        Some(match (verb, arg.get_id().as_str()) {
            ("use", "profile") => Self::ProfileOrPrevious,
            ("login" | "logout", "profile") => Self::ProfileWithSession,
            ("roles", "profile") => Self::ProfileWithSaml,
            (_, "profile") => Self::Profile,
            (_, "sso_session") => Self::Session,
            (_, "region" | "sso_region") => Self::Region,
            (_, "output") => Self::Output,
            (_, "scopes") => Self::Scope,
            _ if arg.get_value_hint() == ValueHint::AnyPath => Self::File,
            _ => return None,
        })
    }

    /// Returns the mark by which the engine's candidates say that a value of this kind belongs here.
    pub(super) fn mark(self) -> String {
        format!("value::{self:?}")
    }
}
