//! `Shell`: a shell as a small value that can be compared, printed and parsed by its name.

use super::integration::Integration;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::fmt;
use std::ops::Deref;

/// A shell that ssox supports.
#[derive(Clone, Copy)]
pub(crate) struct Shell(pub(super) &'static dyn Integration);

impl Shell {
    /// Returns the shell with a name or alias; `None` if ssox does not support it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shell| shell.name() == name || shell.aliases().contains(&name))
    }
}

impl Deref for Shell {
    type Target = dyn Integration;

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

impl PartialEq for Shell {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Shell {}

impl fmt::Debug for Shell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl ValueEnum for Shell {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).aliases(self.aliases()))
    }
}

/// Defines `Shell::ALL` from a list of shells.
macro_rules! shells {
    ($($shell:expr,)+) => {
        impl Shell {
            /// All supported shells.
            pub(crate) const ALL: [Self; [$(stringify!($shell)),+].len()] = [$(Self(&$shell)),+];
        }
    };
}
pub(super) use shells;
