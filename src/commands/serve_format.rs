//! The output formats of `ssox serve`.

use super::output_format::{Formats, OutputFormat};
use crate::shell::quote::Dialect;
use std::sync::LazyLock;

/// An output format of `ssox serve`.
pub(super) type ServeFormat = OutputFormat<Content>;

/// What `ssox serve` writes in a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Lines that set and unset variables.
    Variables(Dialect),
    /// A file of variables for a container. It has the authorization token itself, because a container cannot read the
    /// token file of this machine.
    ContainerFile,
    DevelopmentContainer,
}

static ALL: LazyLock<Vec<ServeFormat>> = LazyLock::new(|| {
    let format = ServeFormat::new;
    let first = [format("env", "`export NAME=VALUE` for sh, bash and zsh", Content::Variables(Dialect::Posix))];
    let last = [
        format("windows-cmd", "`set NAME=VALUE` for cmd.exe", Content::Variables(Dialect::WindowsCmd)),
        format("env-file", "A file for `docker run --env-file`", Content::ContainerFile),
        format("devcontainer", "A part of `devcontainer.json`", Content::DevelopmentContainer),
    ];
    first.into_iter().chain(ServeFormat::of_shells(Content::Variables)).chain(last).collect()
});

impl Formats for Content {
    fn formats() -> &'static [ServeFormat] {
        &ALL
    }
}
