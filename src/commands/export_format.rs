//! The output formats of `ssox export`.

use super::output_format::{Formats, OutputFormat};
use crate::shell::quote::Dialect;
use std::sync::LazyLock;

/// An output format of `ssox export`.
pub(super) type ExportFormat = OutputFormat<Content>;

/// What `ssox export` writes in a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Lines that set variables.
    Variables(Dialect),
    ProcessDocument,
    Json,
    CredentialsSection,
}

static ALL: LazyLock<Vec<ExportFormat>> = LazyLock::new(|| {
    let format = ExportFormat::new;
    let first = [
        format("env", "`export NAME=VALUE` for sh, bash and zsh", Content::Variables(Dialect::Posix)),
        format("env-no-export", "`NAME=VALUE`", Content::Variables(Dialect::Bare)),
    ];
    let last = [
        format("windows-cmd", "`set NAME=VALUE` for cmd.exe", Content::Variables(Dialect::WindowsCmd)),
        format("process", "The JSON of `credential_process`", Content::ProcessDocument),
        format("json", "JSON", Content::Json),
        format("credentials-file", "A section of ~/.aws/credentials", Content::CredentialsSection),
        format("env-file", "A file for `docker run --env-file`", Content::Variables(Dialect::Docker)),
    ];
    first.into_iter().chain(ExportFormat::of_shells(Content::Variables)).chain(last).collect()
});

impl Formats for Content {
    fn formats() -> &'static [ExportFormat] {
        &ALL
    }
}
