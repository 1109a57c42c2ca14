//! A role that ssox assumes with AssumeRole and the credentials of another source. The credentials are cached in files
//! that the AWS CLI also uses.

use super::kind::Kind;
use super::mfa::{Mfa, SessionAge};
use super::role_arn::{RoleArn, permission_set};
use super::{Request, Source, cached, credential_source, session_name};
use crate::aws::{Network, sts};
use crate::cache::{self, Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::region::Region;
use crate::secret::Secret;
use crate::session::Session;
use serde_json::{Map, Value, json};

/// The longest session of a role that is assumed with another role's credentials (role chaining), in seconds.
pub(crate) const CHAINED_LIMIT: i32 = 3600;

/// A role to assume, the parameters of the AssumeRole call, and the source of the credentials for this call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssumedRole {
    pub(crate) arn: RoleArn,
    /// The name of the role session; `None` for the default name.
    pub(crate) session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) source_identity: Option<String>,
    pub(crate) mfa: Option<Mfa>,
    pub(crate) source: Source,
    pub(crate) region: Region,
    pub(crate) network: Network,
    /// Whether the cache entry has a name that only ssox uses, not that of the AWS CLI; see [`AssumedRole::cache_key`].
    pub(crate) has_own_entry: bool,
}

impl Kind for AssumedRole {
    fn kind(&self) -> &'static str {
        "assume_role"
    }

    /// Returns a text that is the same for two sources only if they give the same credentials.
    fn identity(&self) -> String {
        format!("{} with {}", json::python(&Value::Object(self.call_arguments())), self.source.identity())
    }

    /// Returns the role's credentials. Asks the person for an MFA code if one is needed.
    ///
    /// # Errors
    /// Those of the source, of [`Mfa::with_code`] and of [`cached::fetch`]. `Refused`: STS rejects the request.
    /// `Unreachable`: STS sends no valid response.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        if let Some(entry) = self.in_use(ctx, request) {
            return Ok(entry);
        }
        let entry = cached::get_or_renew(ctx, &self.cache_key(), request, || {
            // `min_ttl` applies only to the role's credentials. The source's credentials can assume the role until they
            // expire.
            let source = self.source.credentials(ctx, &Request { min_ttl: None, ..request.clone() })?.credentials;
            match &self.mfa {
                None => self.assume(ctx, request, &source, None),
                Some(mfa) if self.can_share_session(&source) => self.assume_in_session(ctx, request, mfa, &source),
                Some(mfa) => mfa.with_code(ctx, request, |code| self.assume(ctx, request, &source, Some(code))),
            }
        });
        entry.map_err(|error| match self.session() {
            Some(session) => session.named_in_hints(error),
            None => error,
        })
    }

    fn key(&self) -> Option<Key> {
        Some(self.cache_key())
    }

    fn assumed(&self) -> Option<&RoleArn> {
        Some(&self.arn)
    }

    fn arguments(&self) -> Option<Map<String, Value>> {
        Some(self.call_arguments())
    }

    fn asks_person(&self) -> bool {
        self.mfa.is_some() || self.source.asks_person()
    }

    fn session(&self) -> Option<&Session> {
        self.source.session()
    }

    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }
}

impl AssumedRole {
    /// Returns the configured arguments of the AssumeRole call. The AWS CLI computes the name of the cache entry from
    /// them.
    fn call_arguments(&self) -> Map<String, Value> {
        let tags: Vec<Value> = self.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        let all = [
            ("RoleArn", Some(json!(self.arn.as_str()))),
            ("RoleSessionName", self.session_name.as_ref().map(|name| json!(name))),
            ("ExternalId", self.external_id.as_ref().map(|id| json!(id))),
            ("DurationSeconds", self.duration_seconds.map(|seconds| json!(seconds))),
            ("SerialNumber", self.mfa.as_ref().map(|mfa| json!(mfa.serial))),
            ("SourceIdentity", self.source_identity.as_ref().map(|identity| json!(identity))),
            ("Tags", (!tags.is_empty()).then_some(Value::Array(tags))),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect()
    }

    /// Returns the name of the cache entry.
    ///
    /// The AWS CLI's name does not depend on the source. If two profiles assume the same role from two sources, they
    /// share a cache entry, and the second profile gets the credentials of the first. ssox uses a name of its own for
    /// such profiles, for a source that can be different in each shell, and for `--role-arn` and `--duration`. All
    /// other roles have the AWS CLI's name, so that both tools share the entry.
    pub(crate) fn cache_key(&self) -> Key {
        let session = self.source.session();
        let key = if self.has_own_entry {
            let key = Key::own("assume_role", &[&self.identity()]).of_session(session.map(Session::label));
            if let Some(id) = self.environment_key() { key.of_call(self.identity().trim_end_matches(id)) } else { key }
        } else {
            Key::assumed_role(&self.call_arguments())
        };
        session.map_or(key.clone(), |session| key.in_store(session.store, session.label()))
    }

    /// For a role that is assumed with the access keys in the environment: returns the cached credentials of this role
    /// if ssox has set them in the environment and they are valid for long enough. They have replaced the person's own
    /// access keys there, so a repeated `ssox use` of the profile cannot assume the role again.
    fn in_use(&self, ctx: &Context, request: &Request) -> Option<Entry> {
        let id = self.environment_key().filter(|_| credential_source::is_set_by_ssox(ctx))?;
        let entry = cache::of_access_key(ctx, &self.cache_key(), id)?;
        let is_unchanged = ctx.var("AWS_SECRET_ACCESS_KEY") == Some(entry.credentials.secret_access_key.expose());
        (is_unchanged && entry.is_usable(ctx.now(), request.min_ttl)).then_some(entry)
    }

    /// Returns the ID of the access keys in the environment, if the role is assumed with them.
    fn environment_key(&self) -> Option<&str> {
        self.source.credential_source()?.access_key_id()
    }

    /// Tells whether an MFA session can assume the role. Several roles share such a session, so the person types fewer
    /// codes. Only an IAM user's long-term access keys can start an MFA session. A role session that was started with
    /// an MFA session is limited to an hour, so a longer `duration_seconds` needs a code for each call.
    fn can_share_session(&self, source: &RoleCredentials) -> bool {
        source.session_token.is_none() && self.duration_seconds.is_none_or(|seconds| seconds <= CHAINED_LIMIT)
    }

    /// Assumes the role with the credentials of an MFA session. A role may require a recent MFA code
    /// (`aws:MultiFactorAuthAge`). So when AWS refuses the request, and [`Mfa::can_renew_session`] is true, starts a
    /// new session and assumes the role with it.
    fn assume_in_session(
        &self,
        ctx: &Context,
        request: &Request,
        mfa: &Mfa,
        source: &RoleCredentials,
    ) -> Result<Entry> {
        let session = |age| mfa.session(ctx, request, age, &self.network, &self.region, source);
        let known = session(SessionAge::Any)?;
        match self.assume(ctx, request, &known.credentials, None) {
            Err(error) if error.kind == ErrorKind::Refused && mfa.can_renew_session(ctx, request, &known) => {
                ctx.log(|| error.message);
                self.assume(ctx, request, &session(SessionAge::New)?.credentials, None)
            }
            assumed => assumed,
        }
    }

    fn assume(
        &self,
        ctx: &Context,
        request: &Request,
        source: &RoleCredentials,
        token_code: Option<&str>,
    ) -> Result<Entry> {
        let call = sts::AssumeRole {
            role_arn: self.arn.to_string(),
            role_session_name: self.session_name.clone().unwrap_or_else(|| session_name::default_name(ctx)),
            external_id: self.external_id.clone(),
            duration_seconds: self.duration_seconds,
            serial_number: self.mfa.as_ref().filter(|_| token_code.is_some()).map(|mfa| mfa.serial.clone()),
            token_code: token_code.map(Secret::new),
            tags: self.tags.clone(),
            source_identity: self.source_identity.clone(),
        };
        cached::fetch(ctx, &self.cache_key(), request, || {
            sts::assume_role(ctx, &self.network, &self.region, source, &call).map_err(|error| self.explain(error))
        })
    }

    /// Replaces the hint of an STS error by one that fits the message: STS uses the same error code for many reasons.
    fn explain(&self, error: Error) -> Error {
        let says = |code: &str, part: &str| error.has_code(code) && error.message.contains(part);
        if says("ValidationError", "role chaining") {
            return error
                .only_hint("AWS allows 1 hour at most when one role assumes another: write `duration_seconds = 3600` in the profile")
                .hint("or, if --duration was given: --duration 1h");
        }
        if says("ValidationError", "MaxSessionDuration") {
            return error.only_hint(
                "set a shorter `duration_seconds` or --duration, or raise the role's maximum session duration",
            );
        }
        if says("AccessDenied", "sts:TagSession") {
            return error.only_hint("allow `sts:TagSession` in the role's trust policy, or remove `ssox_session_tags`");
        }
        if says("AccessDenied", "sts:SetSourceIdentity") {
            let hint = "allow `sts:SetSourceIdentity` in the role's trust policy, or remove `ssox_source_identity`";
            return error.only_hint(hint);
        }
        if says("AccessDenied", "unable to validate MFA code") {
            return error
                .only_hint("`mfa_serial` must name an MFA device of the IAM user that the access keys belong to");
        }
        if says("AccessDenied", "sts:AssumeRole") {
            return match self.identity_center_hint() {
                Some(hint) => error.only_hint(hint),
                None => error
                    .only_hint(self.trust_policy_hint())
                    .hint("a policy of the caller may be the cause, too: it must allow `sts:AssumeRole` for this role"),
            };
        }
        error
    }

    fn identity_center_hint(&self) -> Option<String> {
        let permission_set = Some(permission_set(&self.arn.name)).filter(|name| *name != self.arn.name)?;
        let account_id = &self.arn.account_id;
        Some(format!("this role can be used only through Identity Center: ssox use {account_id}/{permission_set}"))
    }

    fn trust_policy_hint(&self) -> String {
        let allow = "the role's trust policy must allow the caller to assume it";
        let keys = [("external_id", self.external_id.is_none()), ("mfa_serial", self.mfa.is_none())];
        let keys: Vec<String> = keys.iter().filter(|(_, absent)| *absent).map(|(key, _)| format!("`{key}`")).collect();
        if keys.is_empty() {
            return allow.into();
        }
        format!("{allow}, and may require {} in the profile", keys.join(" or "))
    }
}
