//! Calls to the OIDC service of IAM Identity Center: client registrations, device codes, tokens. Requests to it are not
//! signed.

use super::attempts::RetryPolicy;
use super::channel::{Channel, block_on};
use super::sdk_error::call_error;
use super::{Network, partition};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Progress;
use crate::time::Timestamp;
use aws_sdk_ssooidc::Client;
use aws_sdk_ssooidc::config::Builder;
use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationError;

/// The parameters of `RegisterClient`.
#[derive(Clone, Debug, Default)]
pub(crate) struct RegistrationRequest {
    pub(crate) client_name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) issuer_url: Option<String>,
}

/// A client registration: ssox's client ID and secret at the OIDC service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) expires_at: Timestamp,
}

/// The response of `StartDeviceAuthorization`: a device code. The person confirms the sign-in with it in a browser, on
/// this machine or another one.
#[derive(Clone, Debug)]
pub(crate) struct DeviceAuthorization {
    pub(crate) device_code: Secret,
    pub(crate) user_code: String,
    pub(crate) verification_uri: String,
    pub(crate) verification_uri_complete: Option<String>,
    /// How long the device code is valid, in seconds.
    pub(crate) expires_in: i64,
    /// The pause between two token requests, in seconds.
    pub(crate) interval: i64,
}

/// What `CreateToken` exchanges for a token.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    RefreshToken(Secret),
    DeviceCode(Secret),
    AuthorizationCode { code: Secret, redirect_uri: String, code_verifier: Secret },
}

/// The result of a token request. OAuth error codes that the caller must handle, such as `slow_down`, are variants of
/// this enum, not errors.
#[derive(Clone, Debug)]
pub(crate) enum TokenResponse {
    /// A token; `expires_in` is in seconds.
    Token { access_token: Secret, refresh_token: Option<Secret>, expires_in: i64 },
    /// The person has not confirmed the device code yet.
    Pending,
    /// The device code must be polled less often.
    SlowDown,
    /// The device code or refresh token has expired.
    Expired,
    /// The person denied the request, or AWS redirected the browser with another error. The text is AWS's description,
    /// and may be empty.
    Denied(String),
    /// AWS rejects the code or refresh token, e.g. because it was used before or the session has expired.
    InvalidGrant,
    /// AWS no longer accepts the client registration.
    InvalidClient,
}

/// Registers ssox as a client of the OIDC service.
///
/// # Errors
/// `Refused`: AWS rejects the request. `Configuration`: AWS rejects the parameters of the request, or the endpoint, the
/// proxy or the CA bundle is invalid. `Unreachable`: AWS sends no valid response. If AWS rejects the request or its
/// parameters, the hint is about the region.
pub(crate) fn register_client(
    ctx: &Context,
    network: &Network,
    region: &Region,
    request: &RegistrationRequest,
) -> Result<Registration> {
    let _progress = Progress::start("registering ssox with IAM Identity Center");
    ctx.log(|| format!("RegisterClient {} in {region}", request.client_name));
    let (channel, client) = client(ctx, network, region)?;
    block_on(async {
        let call = client.register_client().client_name(&request.client_name).client_type("public");
        let call = call.set_scopes(non_empty(&request.scopes)).set_grant_types(non_empty(&request.grant_types));
        let call = call.set_redirect_uris(non_empty(&request.redirect_uris)).set_issuer_url(request.issuer_url.clone());
        let result = call.send().await;
        let response = result.map_err(|error| call_error(&channel, REGISTERING, &error, WRONG_REGION))?;
        let (Some(client_id), Some(secret)) = (response.client_id(), response.client_secret()) else {
            return Err(incomplete(REGISTERING).into());
        };
        Ok(Registration {
            client_id: client_id.into(),
            client_secret: Secret::new(secret),
            expires_at: Timestamp(response.client_secret_expires_at()),
        })
    })
    .map_err(Error::from)
}

/// Starts a sign-in with a device code. Returns `None` when AWS does not know the client registration.
///
/// # Errors
/// `Refused`: AWS rejects the request. `Configuration`: AWS rejects the parameters of the request, or the endpoint, the
/// proxy or the CA bundle is invalid. `Unreachable`: AWS sends no valid response. If AWS rejects the request or its
/// parameters, the hint is about the region.
pub(crate) fn start_device_authorization(
    ctx: &Context,
    network: &Network,
    region: &Region,
    client_id: &str,
    client_secret: &Secret,
    start_url: &str,
) -> Result<Option<DeviceAuthorization>> {
    let _progress = Progress::start("asking AWS for a code");
    ctx.log(|| format!("StartDeviceAuthorization {start_url} in {region}"));
    let (channel, client) = client(ctx, network, region)?;
    block_on(async {
        let call = client.start_device_authorization().client_id(client_id).client_secret(client_secret.expose());
        let response = match call.start_url(start_url).send().await {
            Ok(response) => response,
            Err(error) if error.as_service_error().is_some_and(is_unknown_client) => return Ok(None),
            Err(error) => return Err(call_error(&channel, "could not start to sign in", &error, WRONG_REGION)),
        };
        let (Some(device_code), Some(user_code), Some(verification_uri)) =
            (response.device_code(), response.user_code(), response.verification_uri())
        else {
            return Err(incomplete("could not start to sign in").into());
        };
        Ok(Some(DeviceAuthorization {
            device_code: Secret::new(device_code),
            user_code: user_code.into(),
            verification_uri: verification_uri.into(),
            verification_uri_complete: response.verification_uri_complete().map(String::from),
            expires_in: response.expires_in().into(),
            interval: response.interval().into(),
        }))
    })
    .map_err(Error::from)
}

/// Requests a token in exchange for a grant.
///
/// # Errors
/// `Refused`: AWS rejects the request. `Configuration`: AWS rejects the parameters of the request, or the endpoint, the
/// proxy or the CA bundle is invalid. `Unreachable`: AWS sends no valid response. OAuth error codes that the caller
/// must handle are variants of [`TokenResponse`], not errors.
pub(crate) fn create_token(
    ctx: &Context,
    network: &Network,
    region: &Region,
    client_id: &str,
    client_secret: &Secret,
    grant: &Grant,
) -> Result<TokenResponse> {
    let (channel, client) = client(ctx, network, region)?;
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
    block_on(async {
        match call.send().await {
            Ok(output) => Ok(issued(&output)?),
            Err(error) => match error.as_service_error().and_then(|error| protocol_error(grant, error)) {
                Some(response) => Ok(response),
                None => Err(call_error(&channel, "could not get a token", &error, WRONG_REGION)),
            },
        }
    })
    .map_err(Error::from)
}

/// Returns the URL that the path `/authorize` is added to, without a slash at the end: the custom endpoint, or AWS's
/// own host.
pub(crate) fn authorize_base(network: &Network, region: &Region) -> String {
    let base = match &network.sso_oidc {
        Some(endpoint) => endpoint.url.clone(),
        None => format!("https://{}", partition::host("oidc", region, network)),
    };
    base.trim_end_matches('/').to_string()
}

/// The first words of the message when a registration fails.
const REGISTERING: &str = "could not register ssox as a client of IAM Identity Center";

/// The hint if AWS rejects a request. `ssox configure sso` may send it for a session that `ssox doctor` cannot check yet.
const WRONG_REGION: &str = "`sso_region` may be wrong for this start URL: it must be the region of IAM Identity Center (`ssox doctor` checks the sessions in the config file)";

fn is_unknown_client(error: &StartDeviceAuthorizationError) -> bool {
    error.is_invalid_client_exception() || error.is_unauthorized_client_exception()
}

fn non_empty(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}

fn issued(output: &CreateTokenOutput) -> Result<TokenResponse> {
    let access_token = output.access_token().filter(|token| !token.is_empty());
    Ok(TokenResponse::Token {
        access_token: Secret::new(access_token.ok_or_else(|| incomplete("could not get a token"))?),
        refresh_token: output.refresh_token().filter(|token| !token.is_empty()).map(Secret::new),
        expires_in: output.expires_in().into(),
    })
}

/// Converts an OAuth error code into a [`TokenResponse`]; `None` if the code must be reported as an error. A code about
/// polling is a response only if the grant is a device code. A denial is a response unless the grant is a refresh
/// token, because only a person can deny a sign-in.
fn protocol_error(grant: &Grant, error: &CreateTokenError) -> Option<TokenResponse> {
    let is_device_code = matches!(grant, Grant::DeviceCode(_));
    match error {
        CreateTokenError::AuthorizationPendingException(_) if is_device_code => Some(TokenResponse::Pending),
        CreateTokenError::SlowDownException(_) if is_device_code => Some(TokenResponse::SlowDown),
        CreateTokenError::ExpiredTokenException(_) => Some(TokenResponse::Expired),
        CreateTokenError::AccessDeniedException(denied) if !matches!(grant, Grant::RefreshToken(_)) => {
            Some(TokenResponse::Denied(denied.error_description().unwrap_or_default().into()))
        }
        CreateTokenError::InvalidGrantException(_) => Some(TokenResponse::InvalidGrant),
        CreateTokenError::InvalidClientException(_) | CreateTokenError::UnauthorizedClientException(_) => {
            Some(TokenResponse::InvalidClient)
        }
        _ => None,
    }
}

fn incomplete(what: &str) -> Error {
    Error::unreachable(format!("{what}: AWS's response is incomplete")).hint("try again")
}

fn client(ctx: &Context, network: &Network, region: &Region) -> Result<(Channel, Client)> {
    let channel = Channel::for_service(ctx, network, "oidc", region, network.sso_oidc.as_ref())?;
    let config = Builder::from(&channel.sdk).retry_classifier(RetryPolicy).interceptor(channel.attempt_log.clone());
    Ok((channel, Client::from_conf(config.build())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    #[test]
    fn debug_shows_no_secret() {
        let secret = || Secret::new(HUNTER2);
        assert_redacted(&Registration { client_id: "c".into(), client_secret: secret(), expires_at: Timestamp(0) });
        let code = Grant::AuthorizationCode { code: secret(), redirect_uri: "x".into(), code_verifier: secret() };
        for grant in [Grant::RefreshToken(secret()), Grant::DeviceCode(secret()), code] {
            assert_redacted(&grant);
        }
        assert_redacted(&TokenResponse::Token { access_token: secret(), refresh_token: Some(secret()), expires_in: 1 });
        assert_redacted(&DeviceAuthorization {
            device_code: secret(),
            user_code: "u".into(),
            verification_uri: "x".into(),
            verification_uri_complete: None,
            expires_in: 1,
            interval: 1,
        });
    }
}
