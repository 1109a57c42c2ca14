//! The configuration files that a tool reads: not all of them follow the variables that name the files.

use crate::config::ConfigFiles;
use crate::context::Context;
use std::path::Path;

/// Which variables a tool follows to find the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Both,
    /// Another variable in place of `AWS_SHARED_CREDENTIALS_FILE`.
    CredentialsOf(&'static str),
    /// `~/.aws/credentials` alone; with `AWS_SDK_LOAD_CONFIG`, both as others.
    OwnCredentials,
    /// `~/.aws/config` and `~/.aws/credentials`, whatever the variables name: polars searches their text.
    OwnBoth,
}

impl Reads {
    /// The variable of GDAL.
    pub(super) const GDAL: &str = "CPL_AWS_CREDENTIALS_FILE";
    /// The variable of the SDK for Java v1.
    pub(super) const JAVA: &str = "AWS_CREDENTIAL_PROFILES_FILE";
}

/// The files as each tool sees them.
pub(super) struct Files<'a> {
    both: &'a ConfigFiles,
    others: Vec<(Reads, ConfigFiles)>,
}

impl<'a> Files<'a> {
    /// Loads the files that are not those of most tools.
    pub(super) fn new(ctx: &Context, both: &'a ConfigFiles) -> Self {
        let named = [Reads::GDAL, Reads::JAVA].map(Reads::CredentialsOf);
        let views = named.into_iter().chain([Reads::OwnCredentials, Reads::OwnBoth]);
        let others = views.filter_map(|reads| Some((reads, ConfigFiles::load(&seen(ctx, reads)?).ok()?)));
        Self { both, others: others.collect() }
    }

    /// Returns the files of a tool.
    pub(super) fn of(&self, reads: Reads) -> &ConfigFiles {
        self.others.iter().find(|(known, _)| *known == reads).map_or(self.both, |(_, files)| files)
    }
}

/// Returns the variables with which ssox finds the files of a tool; `None` if they are those of most tools.
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

/// Tells whether the certificates are where the C++ SDK of some wheels looks for them.
pub(super) fn has_bundle_of_red_hat() -> bool {
    Path::new("/etc/pki/tls/certs/ca-bundle.crt").exists()
}
