//! The values of `--format`: the name and help text of each, and what the verb writes. `export` and `serve` each have
//! their own list.

use crate::shell::Shell;
use crate::shell::quote::Dialect;
use clap::ValueEnum;
use clap::builder::PossibleValue;

/// An output format of a verb. `content` says what the verb writes in this format.
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

    /// Returns a format for each shell that has its own syntax to set variables.
    pub(super) fn of_shells(content: fn(Dialect) -> C) -> impl Iterator<Item = Self> {
        Shell::ALL.into_iter().filter_map(move |shell| {
            let syntax = shell.export_syntax()?;
            Some(Self::new(shell.name(), syntax.help, content(Dialect::Shell(syntax))))
        })
    }
}

/// A type whose values say what a verb writes in an output format. The type also lists all output formats of that verb.
pub(super) trait Formats: Clone + 'static {
    /// Returns all output formats of the verb, in the order in which the help lists them.
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
