//! The one question to IAM: which alias an account has. A signed request, without a client of the SDK for it.
//!
//! Deliberately not here: everything else of IAM.

use super::channel::{Channel, run};
use super::web::Form;
use super::{Network, failure, partition};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::terminal::Progress;
use aws_sdk_sts::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use std::time::{Duration, UNIX_EPOCH};

const BODY: &str = "Action=ListAccountAliases&Version=2010-05-08";

/// Returns the alias of the account the credentials are of, if it has one.
///
/// # Errors
/// `Refused`, as for most roles without administration; `Unreachable`.
pub(crate) fn account_alias(
    ctx: &Context,
    network: &Network,
    region: &str,
    credentials: &RoleCredentials,
) -> Result<Option<String>> {
    let _progress = Progress::start("asking AWS for the account's alias");
    let (host, region) = partition::of(region).iam();
    ctx.log(|| format!("ListAccountAliases in {region}"));
    let base = network.iam.as_ref().map_or(format!("https://{host}"), |endpoint| endpoint.url.clone());
    let url = format!("{}/", base.trim_end_matches('/'));
    let channel = match &network.iam {
        Some(endpoint) => Channel::through(ctx, network, endpoint, &url)?,
        None => Channel::to(ctx, network, &url)?,
    };
    let headers = signed(ctx, &url, region, credentials)?;
    let form = Form { method: "POST", url: &url, headers: &headers, body: BODY.into() };
    let answer = run(async { channel.ask(&form).await }).map_err(|failure| failure.error)?;
    match answer.head.status {
        200 if answer.body.contains("<ListAccountAliasesResponse") => {
            Ok(text_of(&answer.body, "member").map(String::from))
        }
        403 => Err(Error::refused(text_of(&answer.body, "Code").unwrap_or("access denied"))),
        status => Err(failure::no_answer(&channel, status)),
    }
    .map_err(|error| error.doing("could not ask for the account's alias"))
}

/// Returns the headers of the signed request.
fn signed(ctx: &Context, url: &str, region: &str, keys: &RoleCredentials) -> Result<Vec<(String, String)>> {
    let bad = |cause: &dyn std::fmt::Display| Error::other(format!("could not sign a request: {cause}"));
    let token = keys.session_token.as_ref().map(|token| token.expose().to_string());
    let secret = keys.secret_access_key.expose();
    let identity = Identity::from(Credentials::new(&keys.access_key_id, secret, token, None, "ssox"));
    let now = UNIX_EPOCH + Duration::from_secs(ctx.now().0.unsigned_abs());
    let parameters = v4::SigningParams::builder().identity(&identity).region(region).name("iam").time(now);
    let parameters = parameters.settings(SigningSettings::default()).build().map_err(|cause| bad(&cause))?;
    let mut headers = vec![("content-type".to_string(), "application/x-www-form-urlencoded".to_string())];
    let known = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request = SignableRequest::new("POST", url, known, SignableBody::Bytes(BODY.as_bytes()));
    let request = request.map_err(|cause| bad(&cause))?;
    let signed = sign(request, &SigningParams::from(parameters)).map_err(|cause| bad(&cause))?.into_parts().0;
    headers.extend(signed.headers().map(|(name, value)| (name.to_string(), value.to_string())));
    Ok(headers)
}

/// Returns what stands in the first element of that name. Aliases and codes are letters, digits and hyphens.
fn text_of<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let after = xml.split_once(&format!("<{name}>"))?.1;
    let text = after.split_once(&format!("</{name}>"))?.0;
    (!text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(text)
}
