//! The console's federation service (`/federation`): exchanges role credentials for a sign-in token.

use super::channel::{Channel, block_on};
use super::web::{Request, Response};
use super::{Network, partition, sdk_error};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::json::{self, SecretJson};
use crate::percent::encode;
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Progress;
use serde::Serialize;

/// Returns the URL that the path `/federation` is added to, without a slash at the end: the custom endpoint, or AWS's
/// own host.
pub(crate) fn base(network: &Network, region: &Region) -> String {
    let base = match &network.signin {
        Some(endpoint) => endpoint.url.clone(),
        None => format!("https://{}", partition::of(region).regional_signin_host(region)),
    };
    base.trim_end_matches('/').to_string()
}

/// Exchanges role credentials for a token that signs a browser in to the console. The token is valid for fifteen
/// minutes.
///
/// ssox requests no session duration, because AWS refuses one for chained roles: the console session expires with the
/// credentials.
///
/// # Errors
/// `Refused`: AWS rejects the credentials, or they are an IAM user's long-term access keys. `Unreachable`: AWS sends no
/// valid response. `Configuration`: the endpoint, the proxy or the CA bundle is invalid.
pub(crate) fn get_signin_token(
    ctx: &Context,
    network: &Network,
    region: &Region,
    credentials: &RoleCredentials,
) -> Result<Secret> {
    let _progress = Progress::start("asking AWS for a console session");
    ctx.log(|| format!("getSigninToken in {region}"));
    let Some(token) = &credentials.session_token else {
        return Err(Error::refused("long-term access keys cannot sign in to the console")
            .hint("assume a role with them, or sign in with the user's password"));
    };
    let url = format!("{}/federation", base(network, region));
    let channel = match &network.signin {
        Some(endpoint) => Channel::to_endpoint(ctx, network, endpoint, &url)?,
        None => Channel::to_url(ctx, network, &url)?,
    };
    let session = json::secret_line(&SessionJson {
        session_id: &credentials.access_key_id,
        session_key: credentials.secret_access_key.expose(),
        session_token: token.expose(),
    });
    let mut body = Secret::new("Action=getSigninToken&Session=");
    encode(session.expose()).for_each(|part| body.push_str(part));
    let headers = [("content-type".to_string(), Secret::new("application/x-www-form-urlencoded"))];
    let request = Request { method: "POST", url: &url, headers: &headers, body };
    block_on(async { channel.send(&request).await })
        .map_err(Error::from)
        .and_then(|response| token_in(&channel, &response))
        .map_err(|error| error.doing("could not sign in to the console"))
}

/// The value of the request parameter `Session`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionJson<'a> {
    session_id: &'a str,
    session_key: &'a str,
    session_token: &'a str,
}

fn token_in(channel: &Channel, response: &Response) -> Result<Secret> {
    let document = SecretJson::parse(response.body.expose().as_bytes()).unwrap_or_default();
    let status = response.head.status;
    match document["SigninToken"].as_str().filter(|token| status == 200 && !token.is_empty()) {
        Some(token) => Ok(Secret::new(token)),
        None if matches!(status, 400 | 401 | 403) => {
            let error = Error::refused(format!("AWS did not accept the credentials ({status})"));
            Err(channel.naming_endpoint(error.hint("`ssox use NAME`, then `ssox status --verify`")))
        }
        None => Err(sdk_error::response_error(channel, status, "")),
    }
}
