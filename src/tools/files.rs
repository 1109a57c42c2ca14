//! The configuration files that an AWS tool reads. Not every tool reads the variables with the paths of these files.

use crate::config::ConfigFiles;
use crate::context::Context;
use std::path::Path;

/// Which of the variables `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` a tool reads to find the configuration
/// files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Both,
    /// The tool reads this variable instead of `AWS_SHARED_CREDENTIALS_FILE`.
    CredentialsOf(&'static str),
    /// The tool reads only `~/.aws/credentials`, and ignores `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`. If
    /// `AWS_SDK_LOAD_CONFIG` is set, the tool reads both files and these two variables.
    OwnCredentials,
    /// The tool (polars) ignores `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, and searches the text of
    /// `~/.aws/config` and `~/.aws/credentials`.
    OwnBoth,
}

impl Reads {
    /// The variable in which GDAL looks for the path of the credentials file.
    pub(super) const GDAL: &str = "CPL_AWS_CREDENTIALS_FILE";
    /// The variable in which the SDK for Java v1 looks for the path of the credentials file.
    pub(super) const JAVA: &str = "AWS_CREDENTIAL_PROFILES_FILE";
}

/// The configuration files as each tool reads them.
pub(super) struct Files<'a> {
    both: &'a ConfigFiles,
    others: Vec<(Reads, ConfigFiles)>,
}

impl<'a> Files<'a> {
    /// Loads the configuration files that only some tools read. `both` contains the configuration files that most tools
    /// read.
    pub(super) fn new(ctx: &Context, both: &'a ConfigFiles) -> Self {
        let named = [Reads::GDAL, Reads::JAVA].map(Reads::CredentialsOf);
        let views = named.into_iter().chain([Reads::OwnCredentials, Reads::OwnBoth]);
        let others = views.filter_map(|reads| Some((reads, ConfigFiles::load(&seen(ctx, reads)?).ok()?)));
        Self { both, others: others.collect() }
    }

    /// Returns the configuration files that a tool reads.
    pub(super) fn of(&self, reads: Reads) -> &ConfigFiles {
        self.others.iter().find(|(known, _)| *known == reads).map_or(self.both, |(_, files)| files)
    }
}

/// Returns a context with which ssox loads the files that a tool reads; `None` if the tool reads the same files as most
/// tools.
fn seen(ctx: &Context, reads: Reads) -> Option<Context> {
    let is_set = |name| ctx.var_os(name).is_some();
    match reads {
        Reads::CredentialsOf(variable) => match ctx.var(variable) {
            Some(path) => Some(ctx.with("AWS_SHARED_CREDENTIALS_FILE", path)),
            None => is_set("AWS_SHARED_CREDENTIALS_FILE").then(|| ctx.without(&["AWS_SHARED_CREDENTIALS_FILE"])),
        },
        Reads::OwnCredentials if ctx.var("AWS_SDK_LOAD_CONFIG").is_none() => {
            Some(ctx.without(&["AWS_SHARED_CREDENTIALS_FILE"]).with("AWS_CONFIG_FILE", ""))
        }
        Reads::OwnBoth if is_set("AWS_CONFIG_FILE") || is_set("AWS_SHARED_CREDENTIALS_FILE") => {
            Some(ctx.without(&["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]))
        }
        Reads::Both | Reads::OwnCredentials | Reads::OwnBoth => None,
    }
}

/// Tells whether the CA certificates are where the C++ SDK in some Python wheels looks for them.
pub(super) fn has_bundle_of_red_hat() -> bool {
    Path::new("/etc/pki/tls/certs/ca-bundle.crt").exists()
}
