//! The OIDC service of Identity Center: registering a client, device codes, tokens. Nothing of it is signed.
//!
//! Deliberately not here: who is asked to sign in and how often (`session`).

use super::failure::failure;
use super::{Network, http, partition};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_ssooidc::config::{BehaviorVersion, Region};
use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use aws_sdk_ssooidc::{Client, Config};

/// What a client says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct RegistrationRequest {
    pub(crate) client_name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) issuer_url: Option<String>,
}

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) expires_at: Timestamp,
}

/// A sign-in that waits for a person elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct DeviceAuthorization {
    pub(crate) device_code: Secret,
    pub(crate) user_code: String,
    pub(crate) verification_uri: String,
    pub(crate) verification_uri_complete: Option<String>,
    /// Seconds the code lives.
    pub(crate) expires_in: i64,
    /// Seconds between two questions.
    pub(crate) interval: i64,
}

/// What a token is asked for with.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    RefreshToken(Secret),
    DeviceCode(Secret),
    AuthorizationCode { code: Secret, redirect_uri: String, code_verifier: Secret },
}

/// What the service says to that.
#[derive(Clone, Debug)]
pub(crate) enum TokenAnswer {
    /// `expires_in` is in seconds.
    Token {
        access_token: Secret,
        refresh_token: Option<Secret>,
        expires_in: i64,
    },
    Pending,
    SlowDown,
    /// The device code is too old.
    Expired,
    /// The person said no.
    Denied(String),
    /// The code or the refresh token is used up, or the session is over.
    InvalidGrant,
    /// The registration is not accepted any more.
    InvalidClient,
}

/// Registers a client.
///
/// # Errors
/// `Refused` with a hint about the region, `Unreachable`.
pub(crate) fn register_client(
    ctx: &Context,
    network: &Network,
    region: &str,
    request: &RegistrationRequest,
) -> Result<Registration> {
    let _progress = Progress::start("registering with AWS");
    ctx.log(|| format!("RegisterClient {} in {region}", request.client_name));
    let client = client(ctx, network, region)?;
    let some = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
    http::run(async {
        let call = client.register_client().client_name(&request.client_name).client_type("public");
        let call = call.set_scopes(some(&request.scopes)).set_grant_types(some(&request.grant_types));
        let call = call.set_redirect_uris(some(&request.redirect_uris)).set_issuer_url(request.issuer_url.clone());
        let answer = call.send().await;
        let answer = answer.map_err(|error| failure("could not register", &error, WRONG_REGION))?;
        match (answer.client_id(), answer.client_secret()) {
            (Some(client_id), Some(secret)) => Ok(Registration {
                client_id: client_id.into(),
                client_secret: Secret::new(secret),
                expires_at: Timestamp(answer.client_secret_expires_at()),
            }),
            _ => Err(no_answer("could not register")),
        }
    })
}

/// Starts a sign-in with a code.
///
/// # Errors
/// `Refused` with a hint about the region, `Unreachable`.
pub(crate) fn start_device_authorization(
    ctx: &Context,
    network: &Network,
    region: &str,
    client_id: &str,
    client_secret: &Secret,
    start_url: &str,
) -> Result<DeviceAuthorization> {
    let _progress = Progress::start("asking AWS for a code");
    ctx.log(|| format!("StartDeviceAuthorization {start_url} in {region}"));
    let client = client(ctx, network, region)?;
    http::run(async {
        let call = client.start_device_authorization().client_id(client_id).client_secret(client_secret.expose());
        let answer = call.start_url(start_url).send().await;
        let answer = answer.map_err(|error| failure("could not start to sign in", &error, WRONG_REGION))?;
        match (answer.device_code(), answer.user_code(), answer.verification_uri()) {
            (Some(device_code), Some(user_code), Some(verification_uri)) => Ok(DeviceAuthorization {
                device_code: Secret::new(device_code),
                user_code: user_code.into(),
                verification_uri: verification_uri.into(),
                verification_uri_complete: answer.verification_uri_complete().map(String::from),
                expires_in: answer.expires_in().into(),
                interval: answer.interval().into(),
            }),
            _ => Err(no_answer("could not start to sign in")),
        }
    })
}

/// Asks for a token.
///
/// # Errors
/// `Refused`, `Unreachable`; what is part of the protocol is a [`TokenAnswer`].
pub(crate) fn create_token(
    ctx: &Context,
    network: &Network,
    region: &str,
    client_id: &str,
    client_secret: &Secret,
    grant: &Grant,
) -> Result<TokenAnswer> {
    let client = client(ctx, network, region)?;
    let call = client.create_token().client_id(client_id).client_secret(client_secret.expose());
    let call = match grant {
        Grant::RefreshToken(token) => call.grant_type("refresh_token").refresh_token(token.expose()),
        Grant::DeviceCode(code) => {
            call.grant_type("urn:ietf:params:oauth:grant-type:device_code").device_code(code.expose())
        }
        Grant::AuthorizationCode { code, redirect_uri, code_verifier } => call
            .grant_type("authorization_code")
            .code(code.expose())
            .redirect_uri(redirect_uri)
            .code_verifier(code_verifier.expose()),
    };
    ctx.log(|| format!("CreateToken in {region}"));
    http::run(async {
        match call.send().await {
            Ok(token) => answer(&token),
            Err(error) => match error.as_service_error().and_then(protocol) {
                Some(answer) => Ok(answer),
                None => Err(failure("could not get a token", &error, WRONG_REGION)),
            },
        }
    })
}

/// Returns where `/authorize` is: the endpoint of the service, override included.
pub(crate) fn authorize_base(network: &Network, region: &str) -> String {
    let own = || format!("https://oidc.{region}.{}", partition::of(region).suffix);
    network.sso_oidc.clone().unwrap_or_else(own).trim_end_matches('/').to_string()
}

const WRONG_REGION: &str = "is `sso_region` the region of this start URL? ssox doctor";

fn answer(token: &CreateTokenOutput) -> Result<TokenAnswer> {
    let access_token = token.access_token().filter(|token| !token.is_empty());
    Ok(TokenAnswer::Token {
        access_token: Secret::new(access_token.ok_or_else(|| no_answer("could not get a token"))?),
        refresh_token: token.refresh_token().filter(|token| !token.is_empty()).map(Secret::new),
        expires_in: token.expires_in().into(),
    })
}

fn protocol(error: &CreateTokenError) -> Option<TokenAnswer> {
    match error {
        CreateTokenError::AuthorizationPendingException(_) => Some(TokenAnswer::Pending),
        CreateTokenError::SlowDownException(_) => Some(TokenAnswer::SlowDown),
        CreateTokenError::ExpiredTokenException(_) => Some(TokenAnswer::Expired),
        CreateTokenError::AccessDeniedException(denied) => {
            Some(TokenAnswer::Denied(denied.error_description().unwrap_or_default().into()))
        }
        CreateTokenError::InvalidGrantException(_) => Some(TokenAnswer::InvalidGrant),
        CreateTokenError::InvalidClientException(_) | CreateTokenError::UnauthorizedClientException(_) => {
            Some(TokenAnswer::InvalidClient)
        }
        _ => None,
    }
}

fn no_answer(what: &str) -> Error {
    Error::unreachable(format!("{what}: the answer is incomplete")).hint("try again")
}

fn client(ctx: &Context, network: &Network, region: &str) -> Result<Client> {
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_string()))
        .http_client(http::client(ctx, network)?)
        .timeout_config(http::timeouts())
        .retry_config(http::retries(network))
        .retry_classifier(http::RetryAfter);
    config.set_endpoint_url(network.sso_oidc.clone());
    config.set_use_fips(Some(network.fips));
    config.set_use_dual_stack(Some(network.dual_stack));
    Ok(Client::from_conf(config.build()))
}
