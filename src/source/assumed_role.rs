//! A role that another source's credentials assume with AssumeRole, cached in the AWS CLI's own entries.

use super::kind::Kind;
use super::mfa::{Mfa, SessionAge};
use super::role_arn::{RoleArn, permission_set};
use super::{Request, Source, cached, session_name};
use crate::aws::{Network, sts};
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::region::Region;
use crate::secret::Secret;
use crate::session::Session;
use serde_json::{Map, Value, json};

/// The longest session of a role that another role assumes, in seconds.
pub(crate) const CHAINED_LIMIT: i32 = 3600;

/// A role, the parameters of the call, and the source that assumes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssumedRole {
    pub(crate) arn: RoleArn,
    /// `None` for the default name.
    pub(crate) session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) source_identity: Option<String>,
    pub(crate) mfa: Option<Mfa>,
    pub(crate) source: Source,
    pub(crate) region: Region,
    pub(crate) network: Network,
    /// Whether the cache entry has a name of ssox's own; see [`AssumedRole::cache_key`].
    pub(crate) has_own_entry: bool,
}

impl Kind for AssumedRole {
    fn kind(&self) -> &'static str {
        "assume_role"
    }

    /// Returns a text that two sources share only if they give the same credentials.
    fn identity(&self) -> String {
        format!("{} with {}", json::python(&Value::Object(self.call_arguments())), self.source.identity())
    }

    /// Returns the role's credentials. Asks a person for an MFA code if one is needed.
    ///
    /// # Errors
    /// Those of the source. Needs a person, Refused, Unreachable.
    fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        let entry = cached::get_or_renew(ctx, &self.cache_key(), request, || {
            // `min_ttl` is for the role: any source credentials that have not expired can assume it.
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
    /// Returns the configured arguments of the call, from which the AWS CLI computes the name of the cache entry.
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
    /// The AWS CLI's name does not depend on the source: two profiles that assume one role from two sources share an
    /// entry, and the second gets the credentials of the first. Only such a profile gets a name of ssox's own, so that all
    /// others share their entry with the AWS CLI.
    pub(crate) fn cache_key(&self) -> Key {
        let session = self.source.session();
        let key = if self.has_own_entry {
            Key::own("assume_role", &[&self.identity()]).of_session(session.map(Session::label))
        } else {
            Key::assumed_role(&self.call_arguments())
        };
        session.map_or(key.clone(), |session| key.in_store(session.store, session.label()))
    }

    /// Tells whether the role can be assumed with an MFA session, which other roles share. Only a user's long-term keys can
    /// start one, and it limits roles to an hour: a longer `duration_seconds` needs a code each time.
    fn can_share_session(&self, source: &RoleCredentials) -> bool {
        source.session_token.is_none() && self.duration_seconds.is_none_or(|seconds| seconds <= CHAINED_LIMIT)
    }

    /// Assumes the role with an MFA session. A role may require a recent MFA code (`aws:MultiFactorAuthAge`): if it refuses
    /// an older session, a new one is started, if a code is available.
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

    /// Replaces the hint of a refusal of STS, which has one code for many reasons.
    fn explain(&self, error: Error) -> Error {
        let says = |code: &str, part: &str| error.has_code(code) && error.message.contains(part);
        if says("ValidationError", "role chaining") {
            return error.only_hint(
                "a role that another role assumes is limited to an hour: `duration_seconds = 3600`, or --duration 1h",
            );
        }
        if says("ValidationError", "MaxSessionDuration") {
            return error.only_hint(
                "a shorter `duration_seconds` or --duration, or change the role's maximum session duration",
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
            return error.only_hint("`mfa_serial` must be an MFA device of the user whose keys these are");
        }
        if says("AccessDenied", "sts:AssumeRole") {
            return error.only_hint(self.identity_center_hint().unwrap_or_else(|| self.trust_policy_hint()));
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
