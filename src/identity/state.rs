//! The state in which ssox left one variable, and how it is written in `SSOX_IDENTITY`.

/// The state in which ssox left one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// ssox never set or unset the variable.
    Untouched,
    Unset,
    /// ssox set the variable. Contains the fingerprint of the value.
    Set(String),
    /// ssox set the variable, and removed it when another program changed the access keys. Contains the fingerprint of
    /// the value.
    Removed(String),
    /// ssox set the variable for an earlier profile. The profile in use has no value for the variable, so any value is
    /// accepted. Contains the fingerprint of the earlier value.
    Released(String),
}

impl State {
    /// Returns this state as it is written in `SSOX_IDENTITY`.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Untouched => "-".into(),
            Self::Unset => String::new(),
            Self::Set(fingerprint) => fingerprint.clone(),
            Self::Removed(fingerprint) => format!("x{fingerprint}"),
            Self::Released(fingerprint) => format!("o{fingerprint}"),
        }
    }

    /// Parses a state in `SSOX_IDENTITY`; `None` if it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_fingerprint = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text {
            "-" => Some(Self::Untouched),
            "" => Some(Self::Unset),
            _ if is_fingerprint(text) => Some(Self::Set(text.into())),
            _ => match text.split_at_checked(1).filter(|(_, rest)| is_fingerprint(rest))? {
                ("x", fingerprint) => Some(Self::Removed(fingerprint.into())),
                ("o", fingerprint) => Some(Self::Released(fingerprint.into())),
                _ => None,
            },
        }
    }
}
