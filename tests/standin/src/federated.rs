//! STS operations with SAML assertions and web identity tokens. Their requests are not signed.

use crate::http::{Request, Response};
use crate::keys::Identity;
use crate::parameters::{Known, Parameters, unsatisfied};
use crate::refusal::{Protocol, refusal};
use crate::state::{Answer, State};
use crate::sts::{VERSION, answer, assumed_role_user, check_duration, credentials, denied, split_role_arn};
use crate::text::{escape_markup, sha256_hex};

/// How long an assertion can be used after it was issued, in milliseconds.
const REDEEM_WITHIN: i64 = 5 * 60 * 1000;

pub(crate) fn assume_role_with_saml(state: &mut State, request: &Request) -> Answer {
    let known = Known {
        version: VERSION,
        required: &["RoleArn", "PrincipalArn", "SAMLAssertion"],
        optional: &["DurationSeconds", "Policy"],
        lists: &["PolicyArns"],
    };
    let parameters = Parameters::read(state, request, &known)?;
    check_unsigned(state, request)?;
    let text = parameters.text("SAMLAssertion");
    if !(4..=100_000).contains(&text.len()) {
        return Err(unsatisfied("SAMLAssertion", "…"));
    }
    let duration = parameters.duration(900..=43_200, 3600)?;
    let (role_arn, provider) = (parameters.text("RoleArn"), parameters.text("PrincipalArn"));
    let (account, role) = split_role_arn(role_arn)?;
    let Some(assertion) = state.assertions.get(&sha256_hex(text.as_bytes())) else {
        return Err(refusal(Protocol::Query, 400, "InvalidIdentityToken", "Response signature invalid"));
    };
    if state.now() - assertion.issued_at > REDEEM_WITHIN {
        let text = "Token must be redeemed within 5 minutes of issuance";
        return Err(refusal(Protocol::Query, 400, "ExpiredTokenException", text));
    }
    let offered = assertion.roles.iter().any(|(role, own)| role == role_arn && own == provider);
    let rule = state.options.roles.get(role_arn).cloned().unwrap_or_default();
    if !offered || rule.denied || role.starts_with("AWSReservedSSO_") {
        return Err(denied("Not authorized to perform sts:AssumeRoleWithSAML"));
    }
    check_duration(duration, rule.max_session)?;
    let (subject, issuer) = (escape_markup(&assertion.user), format!("{}/idp", state.url));
    let key = state.mint_for(Identity::of_role(&account, &role, &assertion.user.clone()), duration);
    let result = format!(
        "{}{}<Subject>{subject}</Subject><SubjectType>persistent</SubjectType><Issuer>{issuer}</Issuer>\
         <Audience>https://signin.aws.amazon.com/saml</Audience><NameQualifier>standin</NameQualifier>\
         <PackedPolicySize>6</PackedPolicySize>",
        assumed_role_user(&key),
        credentials(&key)
    );
    Ok(answer("AssumeRoleWithSAML", &result))
}

pub(crate) fn assume_role_with_web_identity(state: &mut State, request: &Request) -> Answer {
    let known = Known {
        version: VERSION,
        required: &["RoleArn", "RoleSessionName", "WebIdentityToken"],
        optional: &["DurationSeconds", "Policy", "ProviderId"],
        lists: &["PolicyArns"],
    };
    let parameters = Parameters::read(state, request, &known)?;
    check_unsigned(state, request)?;
    parameters.check("RoleSessionName", 2..=64, "+=,.@-")?;
    let duration = parameters.duration(900..=43_200, 3600)?;
    let (account, role) = split_role_arn(parameters.text("RoleArn"))?;
    let token = parameters.text("WebIdentityToken");
    // botocore sends the file with its newline; the stand-in counts that, and not a client that removes it.
    if token.trim() != token {
        state.count("untrimmed_web_identity_token");
    }
    if !state.options.web_identity_tokens.iter().any(|known| known == token.trim()) {
        let text = "Couldn't retrieve verification key from your identity provider";
        return Err(refusal(Protocol::Query, 400, "InvalidIdentityToken", text));
    }
    let rule = state.options.roles.get(parameters.text("RoleArn")).cloned().unwrap_or_default();
    if rule.denied {
        return Err(denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    }
    check_duration(duration, rule.max_session)?;
    let key = state.mint_for(Identity::of_role(&account, &role, parameters.text("RoleSessionName")), duration);
    let result = format!(
        "<SubjectFromWebIdentityToken>standin</SubjectFromWebIdentityToken><Audience>sts.amazonaws.com</Audience>{}{}\
         <Provider>{}</Provider>",
        assumed_role_user(&key),
        credentials(&key),
        state.url
    );
    Ok(answer("AssumeRoleWithWebIdentity", &result))
}

fn check_unsigned(state: &mut State, request: &Request) -> Result<(), Response> {
    match request.header("authorization") {
        Some(_) => Err(state.violation(Protocol::Query, request, "a request without AWS credentials is not signed")),
        None => Ok(()),
    }
}
