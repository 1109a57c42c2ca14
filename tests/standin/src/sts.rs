//! STS operations with signed requests: GetCallerIdentity, AssumeRole, GetSessionToken; and IAM's ListAccountAliases.

use crate::clock::{milliseconds, rfc3339};
use crate::http::{Request, Response};
use crate::keys::{Identity, Key};
use crate::parameters::{Known, Parameters, unsatisfied};
use crate::refusal::{Protocol, refusal, request_id};
use crate::sigv4::signer;
use crate::state::{Answer, State};
use crate::text::escape_markup;

pub(crate) const VERSION: &str = "2011-06-15";

pub(crate) fn get_caller_identity(state: &mut State, request: &Request) -> Answer {
    Parameters::read(state, request, &Known { version: VERSION, required: &[], optional: &[], lists: &[] })?;
    let Identity { account, arn, user_id, .. } = signer(state, request, "sts")?.identity;
    let arn = escape_markup(&arn);
    let result = format!("<Arn>{arn}</Arn><UserId>{user_id}</UserId><Account>{account}</Account>");
    Ok(answer("GetCallerIdentity", &result))
}

pub(crate) fn assume_role(state: &mut State, request: &Request) -> Answer {
    let known = Known {
        version: VERSION,
        required: &["RoleArn", "RoleSessionName"],
        optional: &["DurationSeconds", "ExternalId", "SerialNumber", "TokenCode", "Policy", "SourceIdentity"],
        lists: &["Tags", "TransitiveTagKeys", "PolicyArns", "ProvidedContexts"],
    };
    let parameters = Parameters::read(state, request, &known)?;
    let caller = signer(state, request, "sts")?.identity;
    parameters.check("RoleSessionName", 2..=64, "+=,.@-")?;
    parameters.check("ExternalId", 2..=1224, "+=,.@:\\/-")?;
    parameters.check("SourceIdentity", 2..=64, "+=,.@-")?;
    check_tags(&parameters)?;
    let duration = parameters.duration(900..=43_200, 3600)?;
    let (account, role) = split_role_arn(parameters.text("RoleArn"))?;
    let mfa = check_mfa(state, &parameters, &caller)? || caller.mfa;
    let rule = state.options.roles.get(parameters.text("RoleArn")).cloned().unwrap_or_default();
    let stranger = rule.external_id.as_ref().is_some_and(|id| id != parameters.text("ExternalId"));
    if rule.denied || stranger || (rule.mfa && !mfa) {
        let (arn, role) = (&caller.arn, parameters.text("RoleArn"));
        return Err(denied(&format!("User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role}")));
    }
    check_duration(duration, rule.max_session)?;
    if caller.is_role && duration > 3600 {
        let text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(refusal(Protocol::Query, 400, "ValidationError", text));
    }
    let identity = Identity::of_role(&account, &role, parameters.text("RoleSessionName"));
    let key = state.mint_for(identity, duration);
    let source = match parameters.text("SourceIdentity") {
        "" => String::new(),
        source => format!("<SourceIdentity>{source}</SourceIdentity>"),
    };
    let packed = "<PackedPolicySize>6</PackedPolicySize>";
    Ok(answer("AssumeRole", &format!("{source}{}{}{packed}", assumed_role_user(&key), credentials(&key))))
}

pub(crate) fn get_session_token(state: &mut State, request: &Request) -> Answer {
    let optional = &["DurationSeconds", "SerialNumber", "TokenCode"];
    let known = Known { version: VERSION, required: &[], optional, lists: &[] };
    let parameters = Parameters::read(state, request, &known)?;
    let caller = signer(state, request, "sts")?;
    if caller.token.is_some() {
        return Err(denied("Cannot call GetSessionToken with session credentials"));
    }
    let duration = parameters.duration(900..=129_600, 43_200)?;
    let mfa = check_mfa(state, &parameters, &caller.identity)?;
    let key = state.mint_for(Identity { mfa, ..caller.identity }, duration);
    Ok(answer("GetSessionToken", &credentials(&key)))
}

pub(crate) fn list_account_aliases(state: &mut State, request: &Request) -> Answer {
    let optional = &["Marker", "MaxItems"];
    Parameters::read(state, request, &Known { version: "2010-05-08", required: &[], optional, lists: &[] })?;
    let account = signer(state, request, "iam")?.identity.account;
    let alias = state.options.aliases.get(&account);
    let member = alias.map(|alias| format!("<member>{}</member>", escape_markup(alias))).unwrap_or_default();
    let id = request_id();
    let body = format!(
        "<ListAccountAliasesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListAccountAliasesResult>\
         <IsTruncated>false</IsTruncated><AccountAliases>{member}</AccountAliases></ListAccountAliasesResult>\
         <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></ListAccountAliasesResponse>"
    );
    Ok(Response::new(200, "text/xml", body))
}

impl State {
    /// Issues credentials that are valid for the requested time, or for that of the options.
    pub(crate) fn mint_for(&mut self, identity: Identity, seconds: i64) -> Key {
        let lifetime = self.options.sts_credentials.map_or(seconds * 1000, milliseconds);
        self.mint(identity, lifetime)
    }
}

/// Returns account and name of `arn:aws:iam::444455556666:role/path/Name`.
pub(crate) fn split_role_arn(arn: &str) -> Result<(String, String), Response> {
    let invalid = || unsatisfied("RoleArn", arn);
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else { return Err(invalid()) };
    let name = resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next()).unwrap_or("");
    let right = account.len() == 12 && account.chars().all(|c| c.is_ascii_digit()) && partition.starts_with("aws");
    (right && !name.is_empty()).then(|| (account.into(), name.into())).ok_or_else(invalid)
}

pub(crate) fn check_duration(duration: i64, longest: i64) -> Result<(), Response> {
    let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    if duration > longest { Err(refusal(Protocol::Query, 400, "ValidationError", text)) } else { Ok(()) }
}

/// Checks the code of an MFA device, if one is given. A code is accepted once, and only for its own user.
fn check_mfa(state: &mut State, parameters: &Parameters, caller: &Identity) -> Result<bool, Response> {
    parameters.check("SerialNumber", 9..=256, "=/:,.@-")?;
    parameters.check("TokenCode", 6..=6, "")?;
    if !parameters.has("SerialNumber") && !parameters.has("TokenCode") {
        return Ok(false);
    }
    let (serial, code) = (parameters.text("SerialNumber"), parameters.text("TokenCode"));
    if serial.is_empty() || code.is_empty() {
        let text = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
        return Err(denied(text));
    }
    let mut users = state.options.users.iter().filter(|user| Identity::of_user(user).arn == caller.arn);
    let device = users.next().and_then(|user| user.mfa.as_ref()).filter(|(own, _)| own == serial);
    let Some((_, codes)) = device else {
        return Err(denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number \
             is valid and associated with this user.",
        ));
    };
    if !codes.iter().any(|own| own == code) || !state.used_codes.insert((serial.into(), code.into())) {
        return Err(denied("MultiFactorAuthentication failed with invalid MFA one time pass code. "));
    }
    Ok(true)
}

fn check_tags(parameters: &Parameters) -> Result<(), Response> {
    let tags = parameters.pairs("Tags")?;
    let plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    for (number, (key, value)) in tags.iter().enumerate() {
        let doubled = tags[..number].iter().any(|(other, _)| other.eq_ignore_ascii_case(key));
        let long = key.chars().count() > 128 || value.chars().count() > 256 || number >= 50;
        if doubled || long || !key.chars().chain(value.chars()).all(plain) || key.starts_with("aws:") {
            return Err(unsatisfied("Tags", key));
        }
    }
    Ok(())
}

pub(crate) fn assumed_role_user(key: &Key) -> String {
    let (id, arn) = (&key.identity.user_id, escape_markup(&key.identity.arn));
    format!("<AssumedRoleUser><AssumedRoleId>{id}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>")
}

pub(crate) fn credentials(key: &Key) -> String {
    let (id, secret, token) = (&key.id, &key.secret, key.token.as_deref().unwrap_or(""));
    let expiration = rfc3339(key.expires_at.unwrap_or(0));
    format!(
        "<Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{expiration}</Expiration></Credentials>"
    )
}

pub(crate) fn answer(operation: &str, result: &str) -> Response {
    let id = request_id();
    let body = format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{operation}Result>{result}\
         </{operation}Result><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{operation}Response>"
    );
    Response::new(200, "text/xml", body).with("x-amzn-RequestId", &id)
}

pub(crate) fn denied(message: &str) -> Response {
    refusal(Protocol::Query, 403, "AccessDenied", message)
}
