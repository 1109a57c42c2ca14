//! The credentials that `credential_source` names: those of the environment, of a container, or of an EC2 instance.
//!
//! Invariant: these credentials are used only to assume a role. A profile never has them as its own credentials.

use super::Request;
use super::kind::{Kind, uncached};
use crate::address::Address;
use crate::arn::AccountId;
use crate::aws::local;
use crate::cache::Entry;
use crate::context::{Context, NO_MACHINE};
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result, path_argument};
use crate::files;
use crate::identity::is_in_use;
use crate::secret::Secret;
use crate::time::Timestamp;

/// The host of ECS's credential endpoint; `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` has only the path.
const ECS_AGENT: &str = "http://169.254.170.2";
/// The hosts, besides loopback addresses, that requests without TLS may go to: the credential endpoints of ECS and of
/// EKS (IPv4 and IPv6).
const AGENTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// The variables with the path or the URL of a container's credentials.
pub(crate) const CONTAINER: [&str; 2] =
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/// The values of `credential_source`, with the names that AWS gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CredentialSource {
    /// The access keys in the environment. `access_key_id` is `None` if the environment has no access keys.
    Environment {
        access_key_id: Option<String>,
    },
    /// The role of the container in which ssox runs. `uri` is the value of a variable in [`CONTAINER`]: the URL or path
    /// of the credentials. It is `None` if no such variable is set.
    EcsContainer {
        uri: Option<String>,
    },
    Ec2InstanceMetadata {
        endpoint: String,
    },
}

impl Kind for CredentialSource {
    fn kind(&self) -> &'static str {
        "static"
    }

    fn identity(&self) -> String {
        let whose = match self {
            Self::Environment { access_key_id: whose } | Self::EcsContainer { uri: whose } => whose.as_deref(),
            Self::Ec2InstanceMetadata { .. } => None,
        };
        let whose = whose.map(|whose| format!(" {whose}")).unwrap_or_default();
        format!("credential source {}{whose}", self.name())
    }

    fn credentials(&self, ctx: &Context, _: &Request) -> Result<Entry> {
        self.fetch(ctx).map(|keys| uncached(ctx, keys))
    }
}

impl CredentialSource {
    pub(crate) fn environment(ctx: &Context) -> Self {
        Self::Environment { access_key_id: ctx.var("AWS_ACCESS_KEY_ID").map(String::from) }
    }

    pub(crate) fn container(ctx: &Context) -> Self {
        Self::EcsContainer { uri: CONTAINER.iter().find_map(|name| ctx.var(name)).map(String::from) }
    }

    /// Returns the ID of the access keys in the environment, if this source is the environment.
    pub(crate) fn access_key_id(&self) -> Option<&str> {
        match self {
            Self::Environment { access_key_id } => access_key_id.as_deref(),
            _ => None,
        }
    }

    /// Tells whether the credentials of this source can be different in each shell.
    pub(crate) fn differs_in_shells(&self) -> bool {
        !matches!(self, Self::Ec2InstanceMetadata { .. })
    }

    /// Returns the value of `credential_source` that stands for this source in a config file.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Environment { .. } => "Environment",
            Self::EcsContainer { .. } => "EcsContainer",
            Self::Ec2InstanceMetadata { .. } => "Ec2InstanceMetadata",
        }
    }

    /// Gets the credentials from the environment or the service.
    ///
    /// # Errors
    /// `Configuration`: the environment or this machine has no such credentials, or ssox itself has set the access keys
    /// in the environment. `NeedsPerson`: the access keys in the environment have expired. Those of the request for the
    /// credentials.
    fn fetch(&self, ctx: &Context) -> Result<RoleCredentials> {
        let credentials = match self {
            Self::Environment { .. } => environment(ctx),
            Self::EcsContainer { .. } => container(ctx),
            Self::Ec2InstanceMetadata { endpoint } => instance(ctx, endpoint),
        };
        credentials.map_err(|error| {
            let error = error.doing(format!("`credential_source = {}`", self.name()));
            if error.hints.is_empty() { error.hint(self.hint(ctx)) } else { error }
        })
    }

    /// Returns the hint for an error without one. If a variable sets the service's URL, the hint names this variable,
    /// which may be left over from another machine.
    fn hint(&self, ctx: &Context) -> String {
        let variables: &[&str] = match self {
            Self::Environment { .. } => &[],
            Self::EcsContainer { .. } => &CONTAINER,
            Self::Ec2InstanceMetadata { .. } => {
                &["AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]
            }
        };
        match variables.iter().find(|name| ctx.var(name).is_some()) {
            Some(name) => format!(
                "{name} sets the address of the credential service; if this address is wrong here: {}",
                ctx.line_to_unset(&[name])
            ),
            None => {
                "if this container or instance has no IAM role, write `source_profile` instead of `credential_source`"
                    .into()
            }
        }
    }
}

fn environment(ctx: &Context) -> Result<RoleCredentials> {
    if is_set_by_ssox(ctx) {
        return Err(Error::configuration("it needs your own access keys, but ssox set the keys in the environment")
            .hint("after `ssox use`: `ssox clear` removes them, and restores the access keys that you had before")
            .hint("in a program that `ssox exec` runs: run it without `ssox exec`"));
    }
    let required = |name: &str| {
        ctx.var(name)
            .map(String::from)
            .ok_or_else(|| Error::configuration(format!("{name} is not set")).hint(ctx.line_to_set(name, "…")))
    };
    let expiration = ctx.var("AWS_CREDENTIAL_EXPIRATION").and_then(Timestamp::parse);
    if let Some(end) = expiration.filter(|end| *end <= ctx.now()) {
        return Err(Error::needs_person(format!("the access keys in the environment expired at {end}"))
            .hint("set new access keys, and update or unset AWS_CREDENTIAL_EXPIRATION"));
    }
    // `AWS_SECURITY_TOKEN` is the old name of `AWS_SESSION_TOKEN`. As in the AWS CLI, the old variable takes
    // precedence.
    let token = ["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"].iter().find_map(|name| ctx.var(name));
    let keys = RoleCredentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        Secret::new(required("AWS_SECRET_ACCESS_KEY")?),
        token.map(Secret::new),
        expiration,
    );
    Ok(RoleCredentials { account_id: ctx.var("AWS_ACCOUNT_ID").and_then(AccountId::parse), ..keys })
}

/// Tells whether `ssox use` or `ssox exec` set the access keys in the environment. Such keys come from a profile, so
/// they are not the source that the person means. With `--profile-only` ssox sets AWS_PROFILE instead of access keys.
pub(super) fn is_set_by_ssox(ctx: &Context) -> bool {
    is_in_use(ctx) && ctx.var("AWS_PROFILE").is_none()
}

/// Gets credentials from the container's endpoint that the environment names.
///
/// # Errors
/// `Configuration`: the environment names no endpoint, an endpoint to which ssox sends no token, or a token file that
/// cannot be read. Those of [`local::container`].
pub(crate) fn container(ctx: &Context) -> Result<RoleCredentials> {
    let url = match (ctx.var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), ctx.var("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
        (Some(path), _) => format!("{ECS_AGENT}{path}"),
        (None, Some(url)) => url.to_string(),
        (None, None) => {
            return Err(Error::configuration("ssox is not running in a container that has an IAM role")
                .hint("in a container with an IAM role, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI is set"));
        }
    };
    if !is_allowed(&url) {
        return Err(Error::configuration(
            "ssox sends no token to the URL in AWS_CONTAINER_CREDENTIALS_FULL_URI, which is neither https nor on this machine",
        )
        .hint("set it to an https URL, or to an http URL on this machine"));
    }
    local::container(ctx, &url, authorization(ctx)?.as_ref())
}

fn authorization(ctx: &Context) -> Result<Option<Secret>> {
    let Some(file) = ctx.var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
        return Ok(ctx.var("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Secret::new));
    };
    let path = ctx.expand(file);
    let unusable = |why: &str| {
        Error::configuration(format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `{}` {why}", path.display()))
            .hint(format!("ls -l {}", path_argument(&path)))
    };
    let content = files::read(&path).map_err(|error| error.only_hint(format!("ls -l {}", path_argument(&path))))?;
    let content = content.ok_or_else(|| unusable("does not exist"))?;
    String::from_utf8(content).map(|content| Some(Secret::new(content))).map_err(|_| unusable("is not text"))
}

/// Tells whether a token may be sent to a URL: it uses TLS, or its host is this machine or in [`AGENTS`].
fn is_allowed(url: &str) -> bool {
    let Some(address) = Address::parse(url) else { return false };
    address.is_https() || address.is_loopback() || AGENTS.contains(&address.host())
}

fn instance(ctx: &Context, endpoint: &str) -> Result<RoleCredentials> {
    if ctx.var(NO_MACHINE).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Err(Error::configuration("AWS_EC2_METADATA_DISABLED is true")
            .hint(ctx.line_to_unset(&["AWS_EC2_METADATA_DISABLED"])));
    }
    local::instance(ctx, endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(vars: &[(&str, &str)]) -> Context {
        Context::new(vars.iter().map(|(name, value)| ((*name).into(), value.into())))
    }

    const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s")];

    #[test]
    fn keys_that_ssox_set_are_not_a_source() {
        let own = |more: &[(&str, &str)]| {
            CredentialSource::environment(&Context::default()).fetch(&context(&[&KEYS, more].concat()))
        };
        let keys = own(&[("AWS_SESSION_TOKEN", "new"), ("AWS_SECURITY_TOKEN", "old")]).unwrap();
        assert_eq!(keys.session_token.unwrap().expose(), "old");
        assert!(own(&[("SSOX_PROMPT", "dev"), ("AWS_PROFILE", "dev")]).is_ok());
        let error = own(&[("SSOX_PROMPT", "dev")]).unwrap_err();
        assert!(error.hints[0].contains("ssox clear"), "{}", error.message);
    }

    #[test]
    fn an_account_id_without_twelve_digits_counts_as_absent() {
        for (id, expected) in [("111122223333", Some("111122223333")), ("1234", None), ("0123-4567-8901", None)] {
            let ctx = context(&[&KEYS[..], &[("AWS_ACCOUNT_ID", id)]].concat());
            let keys = CredentialSource::environment(&Context::default()).fetch(&ctx).unwrap();
            assert_eq!(keys.account_id.as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn both_keys_are_required() {
        for half in KEYS {
            let error = CredentialSource::environment(&Context::default()).fetch(&context(&[half])).unwrap_err();
            assert_eq!(error.kind.exit_status(), 4);
            assert!(error.message.contains("is not set"));
        }
    }

    #[test]
    fn a_token_is_sent_only_to_this_machine_or_over_tls() {
        let allowed = [
            "https://agent.example/x",
            "http://127.0.0.1:9000/x",
            "http://127.1.2.3",
            "http://[::1]:9000/x",
            "http://localhost/x",
            "http://169.254.170.2/v2",
            "http://169.254.170.23/v1",
            "http://[fd00:ec2::23]/v1",
        ];
        let refused = [
            "http://agent.example/x",
            "http://10.0.0.1/",
            "http://127.0.0.1@agent.example/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "ftp://127.0.0.1/",
            "127.0.0.1",
            "",
        ];
        assert!(allowed.iter().all(|url| is_allowed(url)));
        assert!(!refused.iter().any(|url| is_allowed(url)));
        let far = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://agent.example/x")];
        assert_eq!(
            CredentialSource::container(&Context::default()).fetch(&context(&far)).unwrap_err().kind.exit_status(),
            4
        );
    }

    #[test]
    fn the_hint_names_the_variable_with_the_endpoint() {
        let nowhere = "http://127.0.0.1:1";
        let instance = CredentialSource::Ec2InstanceMetadata { endpoint: nowhere.into() };
        let rows = [
            (CredentialSource::container(&Context::default()), "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            (instance, "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        ];
        for (source, variable) in rows {
            let mut ctx = context(&[(variable, nowhere), ("SSOX_FUNCTION", "fish1")]);
            ctx.syntax = crate::shell::hint::SYNTAX;
            let error = source.fetch(&ctx).unwrap_err();
            assert_eq!(error.kind.exit_status(), 6);
            assert!(
                error.first_hint().is_some_and(|hint| hint.ends_with(&format!("is wrong here: set -e {variable}"))),
                "{variable}"
            );
        }
    }

    #[test]
    fn errors_name_the_credential_source() {
        let disabled = context(&[("AWS_EC2_METADATA_DISABLED", "true")]);
        let instance = CredentialSource::Ec2InstanceMetadata { endpoint: "http://127.0.0.1:1".into() };
        for source in [CredentialSource::container(&Context::default()), instance] {
            let error = source.fetch(&disabled).unwrap_err();
            assert!(
                error.message.starts_with(&format!("`credential_source = {}`: ", source.name())),
                "{}",
                error.message
            );
        }
    }
}
