//! Checks for settings that redirect ssox: to other files, or to a service URL (endpoint) other than that of AWS.

use super::Severity::{Error, Info, Warning};
use crate::aws::{CustomEndpoint, Network, Origin};
use crate::commands::finding::Finding;
use crate::config::ConfigFiles;
use crate::context::Context;
use crate::profile::{self, Profile};

/// Checks the paths of the AWS configuration files, and the service URLs of all sessions and profiles. Of the encrypted
/// service URLs, reports only those in environment variables.
pub(super) fn check(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let mut findings = other_files(ctx, files);
    for endpoint in endpoints(ctx, files) {
        let CustomEndpoint { url, origin } = &endpoint;
        let is_variable = matches!(origin, Origin::Variable(_));
        if endpoint.is_unencrypted() {
            let message = format!("{origin} is `{url}`: tokens and credentials are sent there unencrypted");
            let hint = format!("use https://, or {}", endpoint.remedy(ctx));
            findings.push(Finding::new("endpoint", Error, message, hint));
        } else if is_variable {
            let message = format!("{origin} sends requests to `{url}`, not to AWS");
            findings.push(Finding::new("endpoint", Info, message, endpoint.remedy(ctx)));
        }
    }
    findings
}

fn other_files(ctx: &Context, files: &ConfigFiles) -> Vec<Finding> {
    let usual = files.unredirected(ctx);
    let finding = |file: &crate::config::File| {
        let variable = file.which.variable();
        let hint = ctx.line_to_unset(&[variable]);
        if file.is_absent() {
            let severity =
                if usual.as_ref().is_some_and(|usual| !usual.file(file.which).is_absent()) { Error } else { Warning };
            return Some(Finding::new("environment", severity, file.missing_message(), hint));
        }
        let usual = usual.as_ref()?.file(file.which);
        (!usual.is_absent() && usual.path != file.path).then(|| {
            let message = format!("{variable} names `{}`: `{}` is not read", file.path.display(), usual.path.display());
            Finding::new("environment", Info, message, hint)
        })
    };
    files.redirected().filter_map(finding).collect()
}

/// Returns the service URLs that replace those of AWS, each with its setting. A URL that several settings have is
/// returned for each of them.
fn endpoints(ctx: &Context, files: &ConfigFiles) -> Vec<CustomEndpoint> {
    let of_sessions = profile::sessions(ctx, files).into_iter().flatten().map(|session| session.network);
    let of_profiles = files.profile_names().filter_map(|name| Some(Profile::resolve(ctx, files, &name).ok()?.network));
    let of_environment = profile::network_of_environment(ctx, files).ok();
    let networks = of_sessions.chain(of_profiles).chain(of_environment);
    let mut found: Vec<CustomEndpoint> = Vec::new();
    for endpoint in networks.flat_map(of_network) {
        if !found.contains(&endpoint) {
            found.push(endpoint);
        }
    }
    found
}

fn of_network(network: Network) -> impl Iterator<Item = CustomEndpoint> {
    let Network { sso, sso_oidc, sts, signin, iam, .. } = network;
    [sso, sso_oidc, sts, signin, iam].into_iter().flatten()
}
