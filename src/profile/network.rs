//! Network settings from the variables and profile keys of AWS: service URLs, CA bundle, attempts, FIPS and dual-stack.
//! A service URL is looked for in the same order as in the SDKs: the variable of the service, the general variable, the
//! `[services]` section, the profile's `endpoint_url`. The proxy variables are read elsewhere, in `aws::proxy`.

use crate::aws::{CaBundle, CustomEndpoint, Network, Origin, Timeouts};
use crate::config::{ConfigFiles, Entry, Section};
use crate::context::Context;
use crate::error::{Error, Result};

/// Returns the network settings of a profile.
///
/// # Errors
/// `Configuration`: the section that `services` names does not exist, or the number of attempts is not a whole number
/// above 0.
pub(super) fn network(ctx: &Context, files: &ConfigFiles, section: &Section) -> Result<Network> {
    let setting = |variable: &str, key: &str| ctx.var(variable).or_else(|| section.get(key)).filter(|v| !v.is_empty());
    let is_on = |variable: &str, key: &str| setting(variable, key).is_some_and(|v| v.eq_ignore_ascii_case("true"));
    let endpoints = Endpoints {
        ctx,
        ignored: is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"),
        services: services(files, section)?,
        section,
        files,
    };
    Ok(Network {
        sso: endpoints.of("AWS_ENDPOINT_URL_SSO", &["sso"]),
        // In `[services]`, the SDK for Rust spells this key with a hyphen, all other SDKs with an underscore.
        sso_oidc: endpoints.of("AWS_ENDPOINT_URL_SSO_OIDC", &["sso_oidc", "sso-oidc"]),
        sts: endpoints.of("AWS_ENDPOINT_URL_STS", &["sts"]),
        signin: endpoints.of("AWS_ENDPOINT_URL_SIGNIN", &["signin"]),
        iam: endpoints.of("AWS_ENDPOINT_URL_IAM", &["iam"]),
        ca_bundle: ca_bundle(ctx, files, section),
        max_attempts: setting("AWS_MAX_ATTEMPTS", "max_attempts").map(attempts).transpose()?,
        fips: is_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        timeouts: Timeouts::default(),
    })
}

/// Returns the network settings that apply without a profile: those of the environment variables.
///
/// # Errors
/// `Configuration`: the number of attempts is not a whole number above 0.
pub(crate) fn network_of_environment(ctx: &Context, files: &ConfigFiles) -> Result<Network> {
    network(ctx, files, &files.empty_profile())
}

/// Returns the CA bundle, looked for as in the AWS CLI: AWS's variable, the profile, the variable of Python's
/// `requests`.
fn ca_bundle(ctx: &Context, files: &ConfigFiles, section: &Section) -> Option<CaBundle> {
    let variable = |name: &str| {
        let path = ctx.expand(ctx.var(name)?);
        Some(CaBundle { path, origin: Origin::Variable(name.into()) })
    };
    variable("AWS_CA_BUNDLE")
        .or_else(|| ca_bundle_of_profile(ctx, files, section))
        .or_else(|| variable("REQUESTS_CA_BUNDLE"))
}

fn ca_bundle_of_profile(ctx: &Context, files: &ConfigFiles, section: &Section) -> Option<CaBundle> {
    let entry = section.entry("ca_bundle").filter(|entry| !entry.value.is_empty())?;
    let file = files.file(entry.which).path.display();
    let origin = Origin::ConfigKey(format!("`ca_bundle` of profile `{}` in `{file}`", section.name));
    Some(CaBundle { path: ctx.expand(&entry.value), origin })
}

struct Endpoints<'a> {
    ctx: &'a Context,
    ignored: bool,
    services: Option<Section<'a>>,
    section: &'a Section<'a>,
    files: &'a ConfigFiles,
}

impl Endpoints<'_> {
    fn of(&self, variable: &str, nested: &[&str]) -> Option<CustomEndpoint> {
        if self.ignored {
            return None;
        }
        let found = self.variable(variable).or_else(|| self.in_services(nested)).or_else(|| self.in_section());
        found.filter(|endpoint| !endpoint.url.is_empty())
    }

    fn variable(&self, of_service: &str) -> Option<CustomEndpoint> {
        [of_service, "AWS_ENDPOINT_URL"].into_iter().find_map(|name| {
            let url = self.ctx.var(name)?.to_string();
            Some(CustomEndpoint { url, origin: Origin::Variable(name.into()) })
        })
    }

    fn in_services(&self, nested: &[&str]) -> Option<CustomEndpoint> {
        let services = self.services.as_ref()?;
        let (key, url) = nested.iter().find_map(|key| Some((key, services.nested(key, "endpoint_url")?)))?;
        let what = format!("`endpoint_url` of `{key}` in `[services {}]`", services.name);
        Some(self.key(url, &what, services.entry(key)?))
    }

    fn in_section(&self) -> Option<CustomEndpoint> {
        let entry = self.section.entry("endpoint_url")?;
        Some(self.key(&entry.value, &format!("`endpoint_url` of profile `{}`", self.section.name), entry))
    }

    fn key(&self, url: &str, what: &str, entry: &Entry) -> CustomEndpoint {
        let file = &self.files.file(entry.which).path;
        CustomEndpoint { url: url.into(), origin: Origin::ConfigKey(format!("{what} in `{}`", file.display())) }
    }
}

fn services<'a>(files: &'a ConfigFiles, section: &Section) -> Result<Option<Section<'a>>> {
    let Some(name) = section.value("services") else { return Ok(None) };
    files.services(name).map(Some).ok_or_else(|| {
        Error::configuration(format!("there is no section `[services {name}]`"))
            .hint(format!("add `[services {name}]` to ~/.aws/config, or remove `services = {name}` from the profile"))
    })
}

fn attempts(text: &str) -> Result<u32> {
    text.trim().parse().ok().filter(|attempts| *attempts > 0).ok_or_else(|| {
        Error::configuration(format!("the number of attempts is `{text}`, which is not a whole number above 0"))
            .hint("set AWS_MAX_ATTEMPTS, or `max_attempts` in the profile, to a number such as 3")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ca_bundle_is_found_in_the_order_of_the_aws_cli() {
        let files = ConfigFiles::parse("[profile a]\nca_bundle = ~/own\n[profile b]\nca_bundle =\n", "");
        let (aws, requests) = (("AWS_CA_BUNDLE", "/aws"), ("REQUESTS_CA_BUNDLE", "/requests"));
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str, &'a str);
        let rows: [Row; 6] = [
            (&[aws, requests], "a", "/aws", "AWS_CA_BUNDLE"),
            (&[requests], "a", "/h/own", "`ca_bundle` of profile `a` in `config`"),
            (&[requests], "b", "/requests", "REQUESTS_CA_BUNDLE"),
            (&[("AWS_CA_BUNDLE", ""), requests], "b", "/requests", "REQUESTS_CA_BUNDLE"),
            (&[aws], "b", "/aws", "AWS_CA_BUNDLE"),
            (&[("REQUESTS_CA_BUNDLE", "")], "b", "", ""),
        ];
        for (variables, profile, path, origin) in rows {
            let variables = variables.iter().chain(&[("HOME", "/h")]);
            let ctx = Context::new(variables.map(|(name, value)| ((*name).to_string(), value.into())));
            let found = ca_bundle(&ctx, &files, &files.profile(profile).unwrap());
            let found = found.map(|bundle| (bundle.path.display().to_string(), bundle.origin.to_string()));
            assert_eq!(found.unwrap_or_default(), (path.to_string(), origin.to_string()));
        }
    }
}
