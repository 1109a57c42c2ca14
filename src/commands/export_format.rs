//! The output formats of `ssox export`.

use crate::shell::Shell;
use crate::shell::quote::Dialect;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::sync::LazyLock;

/// An output format.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExportFormat {
    name: &'static str,
    help: &'static str,
    pub(super) content: Content,
}

/// What is written in a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Lines that set variables.
    Variables(Dialect),
    ProcessDocument,
    Json,
    CredentialsSection,
}

/// All formats, in the order of the help.
static ALL: LazyLock<Vec<ExportFormat>> = LazyLock::new(|| {
    let format = |(name, help, content)| ExportFormat { name, help, content };
    let first = [
        ("env", "`export NAME=VALUE` for sh, bash and zsh", Content::Variables(Dialect::Posix)),
        ("env-no-export", "`NAME=VALUE`", Content::Variables(Dialect::Bare)),
    ];
    let of_shells = Shell::ALL.into_iter().filter_map(|shell| {
        let syntax = shell.export_syntax()?;
        Some((shell.name(), syntax.help, Content::Variables(Dialect::Shell(syntax))))
    });
    let last = [
        ("windows-cmd", "`set NAME=VALUE` for cmd.exe", Content::Variables(Dialect::WindowsCmd)),
        ("process", "The JSON of `credential_process`", Content::ProcessDocument),
        ("json", "JSON", Content::Json),
        ("credentials-file", "A section of ~/.aws/credentials", Content::CredentialsSection),
        ("env-file", "A file for `docker run --env-file`", Content::Variables(Dialect::Docker)),
    ];
    first.into_iter().chain(of_shells).chain(last).map(format).collect()
});

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.help))
    }
}
