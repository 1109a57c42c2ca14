//! The values of `--format`: what each is called in the help, and what is written for it. `export` and `serve` have a list
//! each.

use crate::shell::Shell;
use crate::shell::quote::Dialect;
use clap::ValueEnum;
use clap::builder::PossibleValue;

/// An output format of a verb; `C` says what the verb writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutputFormat<C> {
    name: &'static str,
    help: &'static str,
    pub(super) content: C,
}

impl<C> OutputFormat<C> {
    /// Makes a format from its name and its help.
    pub(super) const fn new(name: &'static str, help: &'static str, content: C) -> Self {
        Self { name, help, content }
    }

    /// Returns the formats of the shells that have lines of their own to set variables.
    pub(super) fn of_shells(content: fn(Dialect) -> C) -> impl Iterator<Item = Self> {
        Shell::ALL.into_iter().filter_map(move |shell| {
            let syntax = shell.export_syntax()?;
            Some(Self::new(shell.name(), syntax.help, content(Dialect::Shell(syntax))))
        })
    }
}

/// What a verb writes, with the list of its formats.
pub(super) trait Formats: Clone + 'static {
    /// Returns all formats, in the order of the help.
    fn formats() -> &'static [OutputFormat<Self>];
}

impl<C: Formats> ValueEnum for OutputFormat<C> {
    fn value_variants<'a>() -> &'a [Self] {
        C::formats()
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.help))
    }
}
