//! The source of a profile's own credentials: the order of precedence of its keys is that of the AWS CLI.

use super::find::{check_role_name, is_account_id};
use super::sessions::{self, misspelt};
use super::{expiry, network, region, role_keys};
use crate::aws::Network;
use crate::config::{ConfigFiles, Section, WhichFile, as_option};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::source::command::CommandLine;
use crate::source::login::AwsLogin;
use crate::source::process::CredentialProcess;
use crate::source::role_arn::RoleArn;
use crate::source::saml::Saml;
use crate::source::sso::SsoRole;
use crate::source::static_keys::StaticKeys;
use crate::source::{Source, web_identity};

/// Resolves the profiles of a chain. As with the AWS CLI, the region and the network settings of the first profile are used
/// for the whole chain.
pub(super) struct Resolver<'a> {
    pub(super) ctx: &'a Context,
    pub(super) files: &'a ConfigFiles,
    pub(super) region: Option<String>,
    pub(super) network: Network,
}

impl<'a> Resolver<'a> {
    /// Returns a resolver for the chain that starts with this profile.
    ///
    /// # Errors
    /// Configuration: its region or network settings cannot be used.
    pub(super) fn new(ctx: &'a Context, files: &'a ConfigFiles, name: &str, section: &Section) -> Result<Self> {
        let (region, network) = (region(name, section)?, network::network(ctx, files, section)?);
        Ok(Self { ctx, files, region, network })
    }

    /// Returns the source of a profile, apart from a role that other credentials assume.
    ///
    /// # Errors
    /// Configuration: there is none, or it is incomplete.
    pub(super) fn own_source(&self, name: &str, section: &Section) -> Result<Source> {
        let has = |key: &str| section.value(key).is_some();
        let has_key = |which| in_file(section, "aws_access_key_id", which).is_some();
        // Before all of AWS's own keys: `credential_process = ssox credential-process NAME` may be beside it, for other tools.
        if let Some(url) = section.value("ssox_saml_url") {
            return self.saml(name, section, url);
        }
        if has("web_identity_token_file") {
            return self.web_identity(name, section);
        }
        if has("sso_account_id") || has("sso_role_name") {
            return self.sso(name, section).map(Source::from);
        }
        if has_key(WhichFile::Credentials) {
            return static_keys(name, section, WhichFile::Credentials);
        }
        if let Some(session) = section.value("login_session") {
            return Ok(AwsLogin { profile: name.into(), session: session.into() }.into());
        }
        if let Some(line) = section.value("credential_process") {
            return Ok(CredentialProcess {
                profile: name.into(),
                command: CommandLine::parse("credential_process", name, line)?,
                account_id: section.value("aws_account_id").map(String::from),
            }
            .into());
        }
        let has_secret = |which| in_file(section, "aws_secret_access_key", which).is_some();
        if has_key(WhichFile::Config) || has_secret(WhichFile::Config) {
            return static_keys(name, section, WhichFile::Config);
        }
        if has_secret(WhichFile::Credentials) {
            return static_keys(name, section, WhichFile::Credentials);
        }
        Err(no_credentials(name, section))
    }

    fn sso(&self, name: &str, section: &Section) -> Result<SsoRole> {
        let required = |key: &str| {
            section.value(key).map(String::from).ok_or_else(|| {
                Error::configuration(format!("profile `{name}` has no `{key}`"))
                    .hint(misspelt(section, key).unwrap_or_else(|| format!("add `{key} = …` to `[profile {name}]`")))
            })
        };
        let (account_id, role_name) = (required("sso_account_id")?, required("sso_role_name")?);
        if !is_account_id(&account_id) {
            return Err(Error::configuration(format!(
                "`sso_account_id` of profile `{name}` is `{account_id}`, not 12 digits"
            ))
            .hint("write all 12 digits, with leading zeros and without dashes: `sso_account_id = 012345678901`"));
        }
        check_role_name(&format!("`sso_role_name` of profile `{name}`"), &role_name)?;
        if section.value("sso_session").is_none() && section.value("sso_start_url").is_none() {
            let hint = misspelt(section, "sso_session").or_else(|| misspelt(section, "sso_start_url"));
            return Err(Error::configuration(format!("profile `{name}` does not say where to sign in"))
                .hint(hint.unwrap_or_else(|| format!("add `sso_session = NAME` to `[profile {name}]`"))));
        }
        let session = sessions::of_profile(self.ctx, self.files, name, section)?;
        Ok(SsoRole { session, account_id, role_name })
    }

    fn saml(&self, name: &str, section: &Section, url: &str) -> Result<Source> {
        let role = section.value("ssox_saml_role_arn");
        let role = role.map(|arn| RoleArn::parse(&format!("`ssox_saml_role_arn` of profile `{name}`"), arn));
        Ok(Source::Saml(Box::new(Saml {
            url: url.into(),
            role: role.transpose()?,
            provider_arn: section.value("ssox_saml_provider_arn").map(String::from),
            duration_seconds: role_keys::duration(name, section)?,
            region: self.region.clone(),
            network: self.network.clone(),
        })))
    }

    fn web_identity(&self, name: &str, section: &Section) -> Result<Source> {
        let token_file = section.value("web_identity_token_file").unwrap_or_default();
        let arn = section.value("role_arn").ok_or_else(|| {
            Error::configuration(format!("profile `{name}` has `web_identity_token_file` without a `role_arn`")).hint(
                misspelt(section, "role_arn").unwrap_or_else(|| format!("add `role_arn = …` to `[profile {name}]`")),
            )
        })?;
        let arn = role_keys::arn(name, arn)?;
        Ok(Source::WebIdentity(Box::new(web_identity::WebIdentity {
            token_file: self.ctx.expand(token_file),
            session_name: role_keys::session_name(name, section)?,
            duration_seconds: role_keys::duration(name, section)?,
            region: role_keys::region(self.ctx, self.region.as_deref(), &arn, None),
            network: self.network.clone(),
            has_own_entry: false,
            arn,
        })))
    }
}

/// Returns the value of a key in one of the two files: the AWS CLI never combines keys from both.
fn in_file<'a>(section: &'a Section, key: &str, which: WhichFile) -> Option<&'a str> {
    let is_wanted = |entry: &&crate::config::Entry| entry.key == key && entry.which == which;
    section.entries().iter().rev().find(is_wanted).map(|entry| entry.value.as_ref()).filter(|value| !value.is_empty())
}

fn static_keys(name: &str, section: &Section, which: WhichFile) -> Result<Source> {
    let file = match which {
        WhichFile::Credentials => "~/.aws/credentials",
        WhichFile::Config => "~/.aws/config",
    };
    let text = |key: &str| in_file(section, key, which);
    let required = |key: &str| {
        let error =
            || Error::configuration(format!("profile `{name}` has incomplete keys: `{key}` is missing in {file}"));
        match (text(key), section.value(key)) {
            (Some(value), _) => Ok(value.to_string()),
            (None, Some(_)) => {
                Err(error().hint(format!("move `{key}` there: AWS tools do not combine keys from both files")))
            }
            (None, None) => Err(error().hint(format!("add `{key}` there, or remove the other key"))),
        }
    };
    // `aws_security_token` is the old name, which the AWS CLI prefers if both are set.
    let token = text("aws_security_token").or_else(|| text("aws_session_token"));
    // Only temporary keys expire.
    let expiration = token.and_then(|_| expiry::expiry(text));
    let keys = RoleCredentials::new(
        required("aws_access_key_id")?,
        Secret::new(required("aws_secret_access_key")?),
        token.map(Secret::new),
        expiration,
    );
    let keys = RoleCredentials { account_id: text("aws_account_id").map(String::from), ..keys };
    Ok(StaticKeys { profile: name.into(), keys }.into())
}

fn no_credentials(name: &str, section: &Section) -> Error {
    let error = Error::configuration(format!("profile `{name}` has no credentials"));
    if section.value("source_profile").is_some() || section.value("credential_source").is_some() {
        return error.hint(
            misspelt(section, "role_arn").unwrap_or_else(|| format!("add `role_arn = …` to `[profile {name}]`")),
        );
    }
    if section.value("ssox_saml_role_arn").is_some() {
        return error.hint(format!("add `ssox_saml_url = …` to `[profile {name}]`: the URL that starts the sign-in"));
    }
    if let Some(token) = ["aws_session_token", "aws_security_token"].iter().find(|key| section.value(key).is_some()) {
        return Error::configuration(format!("profile `{name}` has `{token}` without the keys it belongs to"))
            .hint("add `aws_access_key_id` and `aws_secret_access_key` beside it");
    }
    let wanted = ["sso_account_id", "sso_role_name", "role_arn", "credential_process", "aws_access_key_id"];
    let hint = wanted.iter().find_map(|key| misspelt(section, key));
    error.hint(hint.unwrap_or_else(|| format!("ssox configure sso {}", as_option("--profile", name))))
}
