//! Client registrations, which token requests need. AWS issues them for about 90 days. They are cached in files that
//! the AWS CLI also uses.

use super::{Session, flow::Flow, token};
pub(super) use crate::aws::oidc::Registration;

use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::json::{self, SecretJson};
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The scope for listing accounts and getting role credentials. With this scope, AWS also issues a refresh token.
pub(crate) const ACCOUNT_ACCESS: &str = "sso:account:access";

/// A registration that expires within this many seconds is not used, as in the AWS CLI.
const MINIMUM_LEFT: i64 = 15 * 60;

/// Reads the cached registration for a flow. Returns `None` if the registration is absent or broken, is for the other
/// flow, is about to expire, or lacks a scope.
pub(super) fn read(ctx: &Context, session: &Session, flow: Flow) -> Option<Registration> {
    let bytes = Zeroizing::new(files::read(&path(ctx, session).ok()?).ok()??);
    let registration = parse(SecretJson::parse(&bytes)?.as_object_mut()?, session, flow)?;
    (registration.expires_at > ctx.now().plus(MINIMUM_LEFT)).then_some(registration)
}

/// Writes the registration for a flow into its cache file. This replaces a registration for the other flow, which has
/// the same file.
///
/// # Errors
/// `Configuration`: the file cannot be written; the message contains its path.
pub(super) fn write(ctx: &Context, session: &Session, flow: Flow, registration: &Registration) -> Result<()> {
    let content = RegistrationJson {
        client_id: &registration.client_id,
        client_secret: registration.client_secret.expose(),
        expires_at: registration.expires_at,
        scopes: scopes(session),
        grant_types: (flow == Flow::Pkce).then(|| grant_types(flow)),
    };
    files::write_secret(&path(ctx, session)?, json::secret_python(&content).expose().as_bytes())
}

/// The content of the cache file of a client registration, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegistrationJson<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    expires_at: Timestamp,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_types: Option<Vec<String>>,
}

/// Removes the cached registration of a session, so that the next sign-in registers a new client. Errors are ignored.
pub(super) fn remove(ctx: &Context, session: &Session) {
    if let Ok(path) = path(ctx, session) {
        let _ = files::remove(&path);
    }
}

/// Returns the scopes to register with: those of the session, and always [`ACCOUNT_ACCESS`].
pub(crate) fn scopes(session: &Session) -> Vec<String> {
    let mut scopes = session.scopes.clone();
    if !scopes.iter().any(|scope| scope == ACCOUNT_ACCESS) {
        scopes.push(ACCOUNT_ACCESS.into());
    }
    scopes
}

/// Returns the grant types to register with; empty for the device code.
pub(super) fn grant_types(flow: Flow) -> Vec<String> {
    match flow {
        Flow::Pkce => vec!["authorization_code".into(), "refresh_token".into()],
        Flow::DeviceCode => Vec::new(),
    }
}

fn parse(map: &mut Map<String, Value>, session: &Session, flow: Flow) -> Option<Registration> {
    let found = if contains(map.get("grantTypes"), "authorization_code") { Flow::Pkce } else { Flow::DeviceCode };
    let has_scopes = scopes(session).iter().all(|scope| contains(map.get("scopes"), scope));
    if found != flow || !has_scopes {
        return None;
    }
    let mut text = |key| token::take(map, key).and_then(token::text);
    Some(Registration {
        client_id: text("clientId")?,
        client_secret: Secret::new(text("clientSecret")?),
        expires_at: Timestamp::parse(&text("expiresAt")?)?,
    })
}

/// Tells whether a JSON value is an array that contains this string.
fn contains(list: Option<&Value>, item: &str) -> bool {
    list.and_then(Value::as_array).is_some_and(|list| list.iter().any(|other| other == item))
}

/// The values of a client registration whose hash is the name of its cache file, in the order of the AWS CLI.
#[derive(Serialize)]
struct RegistrationOf<'a> {
    region: &'a str,
    scopes: Option<&'a Vec<String>>,
    session_name: Option<&'a str>,
    #[serde(rename = "startUrl")]
    start_url: &'a str,
    tool: &'a str,
}

/// Returns the path of the cache file of a session's client registration. As in the AWS CLI, the file name depends on
/// the configured scopes (`null` if no scopes are configured).
fn path(ctx: &Context, session: &Session) -> Result<PathBuf> {
    let of = RegistrationOf {
        region: &session.region,
        scopes: (!session.scopes.is_empty()).then_some(&session.scopes),
        session_name: session.name.as_deref(),
        start_url: &session.start_url,
        tool: "botocore",
    };
    Ok(token::cache_file(&token::directory(ctx)?, &json::python(&of)))
}

#[cfg(test)]
mod tests {
    use super::token::tests::{URL, context, session};
    use super::*;

    const PKCE: &str = r#"{"clientId": "cid-EXAMPLE", "clientSecret": "csecret-EXAMPLE", "expiresAt": "2047-02-18T20:47:29Z", "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"]}"#;
    const DEVICE: &str = r#"{"clientId": "cid-EXAMPLE", "clientSecret": "csecret-EXAMPLE", "expiresAt": "2047-02-18T20:47:29Z", "scopes": ["sso:account:access"]}"#;

    fn registration() -> Registration {
        Registration {
            client_id: "cid-EXAMPLE".into(),
            client_secret: Secret::new("csecret-EXAMPLE"),
            expires_at: Timestamp::parse("2047-02-18T20:47:29Z").unwrap(),
        }
    }

    fn with_scopes(name: Option<&str>, scopes: &[&str]) -> Session {
        Session { scopes: scopes.iter().map(ToString::to_string).collect(), ..session(name, URL) }
    }

    #[test]
    fn files_have_the_names_of_the_aws_cli() {
        let ctx = context("/h".as_ref());
        let names: [(Option<&str>, &[&str], &str); 5] = [
            (Some("corp"), &["sso:account:access"], "c6a06e42182fb324db02aec3d36dc183754bc04e"),
            (
                Some("corp"),
                &["sso:account:access", "codewhisperer:completions"],
                "fa3873daaacdb967efed4df9f60f177cc1b0e424",
            ),
            (Some("corp"), &[], "d4261ff0c50f8c4953fa4fe01693415ac8bca2df"),
            (None, &[], "8ba5c4795fa8538a47da089266d94d19d06fe7f6"),
            (Some("naïve"), &["sso:account:access"], "627d93b1c77e2f5366e7f0e0c5f20bad9431f7b3"),
        ];
        for (name, scopes, hash) in names {
            let path = path(&ctx, &with_scopes(name, scopes)).unwrap();
            assert_eq!(path.file_stem().unwrap().to_str(), Some(hash), "{name:?} {scopes:?}");
        }
    }

    #[test]
    fn the_file_is_what_the_aws_cli_writes_and_kept_apart_by_flow() {
        let home = tempfile::tempdir().unwrap();
        let (ctx, session) = (context(home.path()), session(Some("corp"), URL));
        for (flow, other, text) in [(Flow::Pkce, Flow::DeviceCode, PKCE), (Flow::DeviceCode, Flow::Pkce, DEVICE)] {
            write(&ctx, &session, flow, &registration()).unwrap();
            assert_eq!(std::fs::read_to_string(path(&ctx, &session).unwrap()).unwrap(), text);
            assert_eq!(read(&ctx, &session, flow), Some(registration()));
            assert_eq!(read(&ctx, &session, other), None);
        }
        remove(&ctx, &session);
        assert_eq!(read(&ctx, &session, Flow::DeviceCode), None);
    }

    #[test]
    fn an_unsuitable_registration_is_not_read() {
        let home = tempfile::tempdir().unwrap();
        let ctx = context(home.path());
        let session = with_scopes(Some("corp"), &["a:b"]);
        let soon = ctx.now().plus(14 * 60).to_string();
        let unsuitable = [
            "{".to_string(),
            "[]".into(),
            PKCE.into(),
            PKCE.replace("sso:account:access", "a:b"),
            PKCE.replace("\"sso:", "\"a:b\", \"sso:").replace("2047-02-18T20:47:29Z", &soon),
            PKCE.replace("\"sso:", "\"a:b\", \"sso:").replace("clientSecret", "secret"),
        ];
        for text in unsuitable {
            files::write_secret(&path(&ctx, &session).unwrap(), text.as_bytes()).unwrap();
            assert_eq!(read(&ctx, &session, Flow::Pkce), None, "{text}");
        }
        files::write_secret(&path(&ctx, &session).unwrap(), PKCE.replace("\"sso:", "\"a:b\", \"sso:").as_bytes())
            .unwrap();
        assert_eq!(read(&ctx, &session, Flow::Pkce), Some(registration()));
    }

    #[test]
    fn account_access_is_always_asked_for() {
        assert_eq!(scopes(&with_scopes(None, &[])), [ACCOUNT_ACCESS]);
        assert_eq!(scopes(&with_scopes(None, &["a:b"])), ["a:b", ACCOUNT_ACCESS]);
        assert_eq!(scopes(&with_scopes(None, &[ACCOUNT_ACCESS, "a:b"])), [ACCOUNT_ACCESS, "a:b"]);
    }
}
