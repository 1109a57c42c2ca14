//! A role that another source's credentials assume: AssumeRole, through the AWS CLI's own cache entries.
//!
//! Deliberately not here: which source that is, and whether two profiles mean the same entry (`profile`).

use super::mfa::{Age, Mfa};
use super::role_arn::{RoleArn, permission_set};
use super::{Request, Source, cached, session_name};
use crate::aws::{Network, sts};
use crate::cache::{Entry, Key};
use crate::context::Context;
use crate::credentials::RoleCredentials;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::session::Session;
use serde_json::{Map, Value, json};

/// The longest a role lasts that another role assumes, in seconds.
pub(crate) const CHAINED_LIMIT: i32 = 3600;

/// A role, what it is asked for with, and who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssumedRole {
    pub(crate) arn: RoleArn,
    /// `None` has one made.
    pub(crate) session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) mfa: Option<Mfa>,
    pub(crate) source: Source,
    pub(crate) region: String,
    pub(crate) network: Network,
    /// Whether the AWS CLI's name of the entry would stand for the credentials of another source as well.
    pub(crate) has_own_entry: bool,
}

impl AssumedRole {
    /// Returns what the AWS CLI names the entry by: the arguments of the call that are configured, and not the source.
    pub(crate) fn arguments(&self) -> Map<String, Value> {
        let tags: Vec<Value> = self.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        let all = [
            ("RoleArn", Some(json!(self.arn.as_str()))),
            ("RoleSessionName", self.session_name.as_ref().map(|name| json!(name))),
            ("ExternalId", self.external_id.as_ref().map(|id| json!(id))),
            ("DurationSeconds", self.duration_seconds.map(|seconds| json!(seconds))),
            ("SerialNumber", self.mfa.as_ref().map(|mfa| json!(mfa.serial))),
            ("Tags", (!tags.is_empty()).then_some(Value::Array(tags))),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect()
    }

    /// Returns all that tells these credentials from others.
    pub(crate) fn identity(&self) -> String {
        format!("{} with {}", json::python(&Value::Object(self.arguments())), self.source.identity())
    }

    /// Returns the name of the cache entry.
    ///
    /// The AWS CLI's name leaves the source out: two profiles that reach one role from two sources share an entry there,
    /// and whoever comes second gets credentials that were made for the first. Sharing entries with the AWS CLI is worth
    /// much, so its name is ours too, but where the configuration has such a pair.
    pub(crate) fn key(&self) -> Key {
        match self.has_own_entry {
            true => {
                let session = self.source.session().map(Session::label);
                Key::own("assume_role", &[&self.identity()]).of_session(session)
            }
            false => Key::assumed_role(&self.arguments()),
        }
    }

    /// Returns the role's credentials; a person is asked for an MFA code when that is needed and one is there.
    ///
    /// # Errors
    /// Those of the source; a person is needed (3), the role may not be assumed (5), AWS is unreachable (6).
    pub(crate) fn credentials(&self, ctx: &Context, request: &Request) -> Result<Entry> {
        cached::get_or_renew(ctx, &self.key(), request, || {
            // How much must be left is asked of the role; for its source, what is not over is enough.
            let source = self.source.credentials(ctx, &Request { min_ttl: None, ..request.clone() })?.credentials;
            match &self.mfa {
                None => self.assume(ctx, request, &source, None),
                Some(mfa) if self.can_share_session(&source) => self.assume_in_session(ctx, request, mfa, &source),
                Some(mfa) => mfa.with_code(ctx, request, |code| self.assume(ctx, request, &source, Some(code))),
            }
        })
    }

    /// Tells whether one MFA session can serve this role and others. Only a user's long-term keys can begin one, and what
    /// is assumed with it lasts an hour at most: who wants longer is asked for a code each time.
    fn can_share_session(&self, source: &RoleCredentials) -> bool {
        source.session_token.is_none() && self.duration_seconds.is_none_or(|seconds| seconds <= CHAINED_LIMIT)
    }

    /// Assumes the role in an MFA session. A role may want a code that was given not long ago (`aws:MultiFactorAuthAge`):
    /// when it refuses an older session, a new one is begun, if a code can be had.
    fn assume_in_session(
        &self,
        ctx: &Context,
        request: &Request,
        mfa: &Mfa,
        source: &RoleCredentials,
    ) -> Result<Entry> {
        let session = |age| mfa.session(ctx, request, age, &self.network, &self.region, source);
        let known = session(Age::Any)?;
        match self.assume(ctx, request, &known.credentials, None) {
            Err(error) if error.kind == ErrorKind::Refused && mfa.can_begin_anew(ctx, request, &known) => {
                ctx.log(|| error.message);
                self.assume(ctx, request, &session(Age::New)?.credentials, None)
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
            role_session_name: self.session_name.clone().unwrap_or_else(|| session_name::made(ctx)),
            external_id: self.external_id.clone(),
            duration_seconds: self.duration_seconds,
            serial_number: self.mfa.as_ref().filter(|_| token_code.is_some()).map(|mfa| mfa.serial.clone()),
            token_code: token_code.map(String::from),
            tags: self.tags.clone(),
        };
        cached::fetch(ctx, &self.key(), request, || {
            sts::assume_role(ctx, &self.network, &self.region, source, &call).map_err(|error| self.explain(error))
        })
    }

    /// Says what to type where STS's words do not.
    fn explain(&self, error: Error) -> Error {
        let said = |part: &str| error.kind != ErrorKind::Unreachable && error.message.contains(part);
        let hint = match () {
            () if said("role chaining") => {
                "a role that another role assumes lasts an hour at most: write `duration_seconds = 3600`".to_string()
            }
            () if said("MaxSessionDuration") => {
                "write a shorter `duration_seconds`; how long the role may last is a setting of the role".into()
            }
            () if said("sts:TagSession") => {
                "the role's trust policy must allow `sts:TagSession`, or take `ssox_session_tags` out".into()
            }
            () if said("unable to validate MFA code") => "is `mfa_serial` the device of this user?".into(),
            () if said("sts:AssumeRole") => self.of_identity_center().unwrap_or_else(|| self.missing()),
            () => return error,
        };
        error.hint(hint)
    }

    fn of_identity_center(&self) -> Option<String> {
        let permission_set = Some(permission_set(&self.arn.name)).filter(|name| *name != self.arn.name)?;
        let account_id = &self.arn.account_id;
        Some(format!("only Identity Center hands out this role: ssox use {account_id}/{permission_set}"))
    }

    fn missing(&self) -> String {
        let keys = [("external_id", self.external_id.is_none()), ("mfa_serial", self.mfa.is_none())];
        let keys: Vec<String> = keys.iter().filter(|(_, absent)| *absent).map(|(key, _)| format!("`{key}`")).collect();
        match keys.is_empty() {
            true => "the role's trust policy must name who asks".into(),
            false => {
                format!("the role's trust policy must name who asks, and may want {} in the profile", keys.join(" or "))
            }
        }
    }
}
