//! The OIDC service of Identity Center: registering a client, device codes, tokens. Nothing of it is signed.
//!
//! Deliberately not here: who is asked to sign in and how often (`session`).

use super::attempts::Patience;
use super::channel::{Channel, run};
use super::failure::failure;
use super::{Network, partition};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_ssooidc::Client;
use aws_sdk_ssooidc::config::Builder;
use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationError;

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
    let (channel, client) = open(ctx, network, region)?;
    let some = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
    run(async {
        let call = client.register_client().client_name(&request.client_name).client_type("public");
        let call = call.set_scopes(some(&request.scopes)).set_grant_types(some(&request.grant_types));
        let call = call.set_redirect_uris(some(&request.redirect_uris)).set_issuer_url(request.issuer_url.clone());
        let answer = call.send().await;
        let answer = answer.map_err(|error| failure(&channel, "could not register", &error, WRONG_REGION))?;
        match (answer.client_id(), answer.client_secret()) {
            (Some(client_id), Some(secret)) => Ok(Registration {
                client_id: client_id.into(),
                client_secret: Secret::new(secret),
                expires_at: Timestamp(answer.client_secret_expires_at()),
            }),
            _ => Err(no_answer("could not register").into()),
        }
    })
    .map_err(Error::from)
}

/// Starts a sign-in with a code; `None` when AWS does not know the client.
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
) -> Result<Option<DeviceAuthorization>> {
    let _progress = Progress::start("asking AWS for a code");
    ctx.log(|| format!("StartDeviceAuthorization {start_url} in {region}"));
    let (channel, client) = open(ctx, network, region)?;
    run(async {
        let call = client.start_device_authorization().client_id(client_id).client_secret(client_secret.expose());
        let answer = call.start_url(start_url).send().await;
        if answer.as_ref().is_err_and(|error| error.as_service_error().is_some_and(is_unknown_client)) {
            return Ok(None);
        }
        let answer = answer.map_err(|error| failure(&channel, "could not start to sign in", &error, WRONG_REGION))?;
        match (answer.device_code(), answer.user_code(), answer.verification_uri()) {
            (Some(device_code), Some(user_code), Some(verification_uri)) => Ok(Some(DeviceAuthorization {
                device_code: Secret::new(device_code),
                user_code: user_code.into(),
                verification_uri: verification_uri.into(),
                verification_uri_complete: answer.verification_uri_complete().map(String::from),
                expires_in: answer.expires_in().into(),
                interval: answer.interval().into(),
            })),
            _ => Err(no_answer("could not start to sign in").into()),
        }
    })
    .map_err(Error::from)
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
    let (channel, client) = open(ctx, network, region)?;
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
    run(async {
        match call.send().await {
            Ok(token) => Ok(answer(&token)?),
            Err(error) => match error.as_service_error().and_then(protocol) {
                Some(answer) => Ok(answer),
                None => Err(failure(&channel, "could not get a token", &error, WRONG_REGION)),
            },
        }
    })
    .map_err(Error::from)
}

/// Returns where `/authorize` is: the endpoint of the service, override included.
pub(crate) fn authorize_base(network: &Network, region: &str) -> String {
    let own = || format!("https://{}", partition::host("oidc", region, network));
    network.sso_oidc.as_ref().map_or_else(own, |endpoint| endpoint.url.clone()).trim_end_matches('/').to_string()
}

const WRONG_REGION: &str = "is `sso_region` the region of this start URL? ssox doctor";

fn is_unknown_client(error: &StartDeviceAuthorizationError) -> bool {
    error.is_invalid_client_exception() || error.is_unauthorized_client_exception()
}

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

fn open(ctx: &Context, network: &Network, region: &str) -> Result<(Channel, Client)> {
    let channel = Channel::open(ctx, network, "oidc", region, network.sso_oidc.as_ref())?;
    let config = Builder::from(&channel.sdk).retry_classifier(Patience).interceptor(channel.watch.clone());
    Ok((channel, Client::from_conf(config.build())))
}
