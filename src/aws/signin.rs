//! The sign-in endpoint of the web console: role credentials become a sign-in token.
//!
//! Deliberately not here: the address that is opened with it (`commands`).

use super::channel::{Channel, run};
use super::web::{Answer, Form};
use super::{Network, partition};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::percent::encode;
use crate::secret::Secret;
use crate::terminal::Progress;
use serde_json::{Value, json};

/// Returns where federation is, without a slash at the end: the override or AWS's own host for the region.
///
/// # Errors
/// Configuration: not a region.
pub(crate) fn base(network: &Network, region: &str) -> Result<String> {
    partition::check_region(region)?;
    let own = || format!("https://{}", partition::of(region).regional_signin_host(region));
    Ok(network.signin.as_ref().map_or_else(own, |endpoint| endpoint.url.clone()).trim_end_matches('/').to_string())
}

/// Exchanges credentials for a token with which a browser signs in; it is good for fifteen minutes. The session then
/// lasts as long as the credentials: asking for another duration is refused to chained roles.
///
/// # Errors
/// `Refused`, also for the long-term keys of a user, who has a password; `Unreachable`.
pub(crate) fn get_signin_token(
    ctx: &Context,
    network: &Network,
    region: &str,
    credentials: &RoleCredentials,
) -> Result<Secret> {
    let _progress = Progress::start("asking AWS for a console session");
    ctx.log(|| format!("getSigninToken in {region}"));
    let Some(token) = &credentials.session_token else {
        return Err(Error::refused("long-term keys cannot sign in to the console")
            .hint("assume a role with them, or sign in with the user's password"));
    };
    let url = format!("{}/federation", base(network, region)?);
    let channel = match &network.signin {
        Some(endpoint) => Channel::through(ctx, network, endpoint, &url)?,
        None => Channel::to(ctx, network, &url)?,
    };
    let session = json!({
        "sessionId": credentials.access_key_id,
        "sessionKey": credentials.secret_access_key.expose(),
        "sessionToken": token.expose(),
    });
    let body = format!("Action=getSigninToken&Session={}", encode(&session.to_string()));
    let headers = [("content-type".to_string(), "application/x-www-form-urlencoded".to_string())];
    let form = Form { method: "POST", url: &url, headers: &headers, body };
    let answer = run(async { channel.ask(&form).await });
    let answer = answer.map_err(|failure| failure.error).and_then(|answer| token_in(&channel, &answer));
    answer.map_err(|error| error.doing("could not sign in to the console"))
}

fn token_in(channel: &Channel, answer: &Answer) -> Result<Secret> {
    let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let status = answer.head.status;
    match document["SigninToken"].as_str().filter(|token| status == 200 && !token.is_empty()) {
        Some(token) => Ok(Secret::new(token)),
        None if (400..429).contains(&status) => {
            let error = Error::refused(format!("AWS did not accept the credentials ({status})"));
            Err(channel.named(error.hint("ssox status --verify")))
        }
        None => Err(super::failure::no_answer(channel, status)),
    }
}
