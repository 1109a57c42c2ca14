//! Gets the account alias from IAM. ssox needs no other IAM operation, so it signs this one request itself and does not
//! depend on the SDK's IAM client.

use super::channel::{Channel, block_on};
use super::web::Request;
use super::{Network, partition, sdk_error};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::secret::Secret;
use crate::terminal::Progress;
use aws_sdk_sts::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use roxmltree::Document;
use std::time::{Duration, UNIX_EPOCH};

const BODY: &str = "Action=ListAccountAliases&Version=2010-05-08";

/// Returns the alias of the account that the credentials belong to; `None` when the account has no alias.
///
/// # Errors
/// `Refused`: AWS rejects the request, usually because the credentials lack the permission `iam:ListAccountAliases`,
/// which few roles have. `Unreachable`: AWS sends no valid response. `Configuration`: the endpoint, the proxy or the CA
/// bundle is invalid.
pub(crate) fn account_alias(
    ctx: &Context,
    network: &Network,
    region: &Region,
    credentials: &RoleCredentials,
) -> Result<Option<String>> {
    let _progress = Progress::start("asking AWS for the account's alias");
    let (host, region) = partition::of(region).iam();
    let region = &Region::of(region).expect("every region in the table is valid");
    ctx.log(|| format!("ListAccountAliases in {region}"));
    list_account_aliases(ctx, network, host, region, credentials)
        .map_err(|error| error.doing("could not get the account's alias"))
}

fn list_account_aliases(
    ctx: &Context,
    network: &Network,
    host: &str,
    region: &Region,
    credentials: &RoleCredentials,
) -> Result<Option<String>> {
    let base = network.iam.as_ref().map_or(format!("https://{host}"), |endpoint| endpoint.url.clone());
    let url = format!("{}/", base.trim_end_matches('/'));
    let channel = match &network.iam {
        Some(endpoint) => Channel::to_endpoint(ctx, network, endpoint, &url)?,
        None => Channel::to_url(ctx, network, &url)?,
    };
    let headers = signed_headers(ctx, &url, region, credentials)?;
    let request = Request { method: "POST", url: &url, headers: &headers, body: Secret::new(BODY) };
    let response = block_on(async { channel.send(&request).await })?;
    let (status, body) = (response.head.status, Document::parse(response.body.expose()));
    let text_of = |name: &str| body.as_ref().ok().and_then(|body| text_of(body, name));
    match (status, body.as_ref().map(|body| body.root_element().tag_name().name())) {
        (200, Ok("ListAccountAliasesResponse")) => Ok(text_of("member")),
        _ => Err(sdk_error::response_error(&channel, status, &text_of("Code").unwrap_or_default())),
    }
}

/// Returns the HTTP headers of the request, with its AWS signature.
fn signed_headers(ctx: &Context, url: &str, region: &Region, keys: &RoleCredentials) -> Result<Vec<(String, Secret)>> {
    let failed = |cause: &dyn std::fmt::Display| Error::other(format!("could not sign a request: {cause}"));
    let token = keys.session_token.as_ref().map(|token| token.expose().to_string());
    let secret = keys.secret_access_key.expose();
    let identity = Identity::from(Credentials::new(&keys.access_key_id, secret, token, None, "ssox"));
    let now = UNIX_EPOCH + Duration::from_secs(ctx.now().0.unsigned_abs());
    let parameters = v4::SigningParams::builder().identity(&identity).region(region).name("iam").time(now);
    let parameters = parameters.settings(SigningSettings::default()).build().map_err(|cause| failed(&cause))?;
    let mut headers = vec![("content-type".to_string(), Secret::new("application/x-www-form-urlencoded"))];
    let to_sign = headers.iter().map(|(name, value)| (name.as_str(), value.expose()));
    let request = SignableRequest::new("POST", url, to_sign, SignableBody::Bytes(BODY.as_bytes()));
    let request = request.map_err(|cause| failed(&cause))?;
    let signed = sign(request, &SigningParams::from(parameters)).map_err(|cause| failed(&cause))?.into_parts().0;
    headers.extend(signed.headers().map(|(name, value)| (name.to_string(), Secret::new(value))));
    Ok(headers)
}

/// Returns the text of the first XML element with this name. Returns `None` when there is no such element, or when its
/// text is empty or has characters other than ASCII letters, digits and hyphens: aliases and error codes have no other
/// characters.
fn text_of(body: &Document, name: &str) -> Option<String> {
    let text = body.descendants().find(|node| node.tag_name().name() == name)?.text()?;
    (!text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then(|| text.into())
}
