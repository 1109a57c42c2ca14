//! The output formats of `ssox serve`.

use crate::shell::Shell;
use crate::shell::quote::Dialect;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::sync::LazyLock;

/// An output format.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServeFormat {
    name: &'static str,
    help: &'static str,
    pub(super) content: Content,
}

/// What is written in a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Lines that set and unset variables.
    Variables(Dialect),
    /// A file for a container, which has none of the files of this machine.
    ContainerFile,
    DevelopmentContainer,
}

/// All formats, in the order of the help.
static ALL: LazyLock<Vec<ServeFormat>> = LazyLock::new(|| {
    let format = |(name, help, content)| ServeFormat { name, help, content };
    let first = [("env", "`export NAME=VALUE` for sh, bash and zsh", Content::Variables(Dialect::Posix))];
    let of_shells = Shell::ALL.into_iter().filter_map(|shell| {
        let syntax = shell.export_syntax()?;
        Some((shell.name(), syntax.help, Content::Variables(Dialect::Shell(syntax))))
    });
    let last = [
        ("windows-cmd", "`set NAME=VALUE` for cmd.exe", Content::Variables(Dialect::WindowsCmd)),
        ("env-file", "A file for `docker run --env-file`", Content::ContainerFile),
        ("devcontainer", "A part of `devcontainer.json`", Content::DevelopmentContainer),
    ];
    first.into_iter().chain(of_shells).chain(last).map(format).collect()
});

impl ValueEnum for ServeFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.help))
    }
}
