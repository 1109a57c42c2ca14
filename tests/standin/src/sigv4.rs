//! Checks AWS signatures (version 4) with the secrets that the server has issued or was configured with.
//!
//! Presigned URLs and chunked payloads are not supported: STS and IAM clients do not send them.
//! The algorithm: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use crate::clock::{parse_signature_date, rfc3339};
use crate::http::{Request, Response};
use crate::keys::Key;
use crate::refusal::{Protocol, refusal};
use crate::state::State;
use crate::text::{hex, percent_encode, sha256_hex};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The largest difference of a client's clock, in milliseconds.
const TOLERANCE: i64 = 15 * 60 * 1000;

/// The parts of `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
struct Authorization<'r> {
    key_id: &'r str,
    /// `20261120/eu-west-1/sts/aws4_request`
    scope: &'r str,
    signed_headers: &'r str,
    signature: &'r str,
}

/// Returns the key that a request was signed with, if the signature is valid.
pub(crate) fn signer(state: &mut State, request: &Request, service: &str) -> Result<Key, Response> {
    let Some(header) = request.header("authorization") else {
        return Err(no("MissingAuthenticationToken", "Request is missing Authentication Token"));
    };
    let parts = parse(header).filter(|parts| parts.scope.split('/').nth(2) == Some(service));
    let (Some(parts), Some(date)) = (parts, request.header("x-amz-date")) else {
        return Err(state.violation(Protocol::Query, request, "Authorization or X-Amz-Date is malformed"));
    };
    let must_sign = ["host", "x-amz-date", "x-amz-security-token"];
    let unsigned =
        |name: &&&str| request.header(name).is_some() && !parts.signed_headers.split(';').any(|n| n == **name);
    if let Some(name) = must_sign.iter().find(unsigned) {
        return Err(state.violation(Protocol::Query, request, &format!("header {name} is not signed")));
    }
    let invalid = || no("InvalidClientTokenId", "The security token included in the request is invalid.");
    let key = state.key(parts.key_id).ok_or_else(invalid)?;
    if request.header("x-amz-security-token") != key.token.as_deref() {
        return Err(invalid());
    }
    if key.expires_at.is_some_and(|expires_at| expires_at <= state.now()) {
        return Err(no("ExpiredToken", "The security token included in the request is expired"));
    }
    check_date(date, parts.scope, state.now())?;
    if signature(request, &parts, date, &key.secret) != parts.signature {
        return Err(no(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the one provided.",
        ));
    }
    Ok(key)
}

fn parse(header: &str) -> Option<Authorization<'_>> {
    let parts = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let part = |name: &str| parts.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (key_id, scope) = part("Credential")?.split_once('/')?;
    let complete = scope.split('/').count() == 4 && scope.ends_with("/aws4_request");
    let (signed_headers, signature) = (part("SignedHeaders")?, part("Signature")?);
    complete.then_some(Authorization { key_id, scope, signed_headers, signature })
}

fn check_date(date: &str, scope: &str, now: i64) -> Result<(), Response> {
    let moment = parse_signature_date(date).filter(|_| scope.starts_with(&date[..8]));
    let Some(moment) = moment else {
        return Err(no(
            "SignatureDoesNotMatch",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version",
        ));
    };
    if (now - moment).abs() <= TOLERANCE {
        return Ok(());
    }
    let (when, against) = (rfc3339(moment), rfc3339(now));
    let text = if moment < now {
        format!("Signature expired: {when} is now earlier than {against} less 15 min.")
    } else {
        format!("Signature not yet current: {when} is still later than {against} plus 15 min.")
    };
    Err(no("SignatureDoesNotMatch", &text))
}

fn signature(request: &Request, parts: &Authorization, date: &str, secret: &str) -> String {
    let headers: String = parts.signed_headers.split(';').map(|name| canonical_header(request, name)).collect();
    let canonical = [
        request.method.as_str(),
        &request.path().split('/').map(percent_encode).collect::<Vec<_>>().join("/"),
        &canonical_query(request),
        &headers,
        parts.signed_headers,
        // What S3 takes the digest from, which may be the word for an unsigned body.
        &request.header("x-amz-content-sha256").map_or_else(|| sha256_hex(request.body.as_bytes()), String::from),
    ];
    let hash = sha256_hex(canonical.join("\n").as_bytes());
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{hash}", parts.scope);
    let first = format!("AWS4{secret}").into_bytes();
    let key = parts.scope.split('/').fold(first, |key, part| keyed_hash(&key, part));
    hex(&keyed_hash(&key, &to_sign))
}

fn canonical_header(request: &Request, name: &str) -> String {
    let value = request.header(name).unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{name}:{value}\n")
}

fn canonical_query(request: &Request) -> String {
    let encode = |(name, value): (String, String)| format!("{}={}", percent_encode(&name), percent_encode(&value));
    let mut pairs: Vec<String> = request.query().into_iter().map(encode).collect();
    pairs.sort();
    pairs.join("&")
}

fn keyed_hash(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn no(code: &str, message: &str) -> Response {
    refusal(Protocol::Query, 403, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request to STS that botocore 1.43 signed.
    fn signed_by_botocore() -> Request {
        let headers = [
            ("Host", "sts.eu-west-1.amazonaws.com"),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("X-Amz-Date", "20261120T120000Z"),
            ("X-Amz-Security-Token", "token/with+signs=="),
            ("Authorization", AUTHORIZATION),
        ];
        Request {
            method: "POST".into(),
            target: "/".into(),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_string())).to_vec(),
            body: "Action=GetCallerIdentity&Version=2011-06-15".into(),
            ..Request::default()
        }
    }

    const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIASTANDINEXAMPLE00/20261120/eu-west-1/sts/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, \
        Signature=29f2b9207f22470964ddc94a0e58c9c4418ce68231338f0e3e915106aa598e7f";

    fn computed(request: &Request) -> String {
        let parts = parse(request.header("authorization").unwrap()).unwrap();
        signature(request, &parts, request.header("x-amz-date").unwrap(), "standin/static+secret/EXAMPLEKEY00000000")
    }

    #[test]
    fn a_signature_of_botocore_is_right() {
        let request = signed_by_botocore();
        assert_eq!(computed(&request), parse(AUTHORIZATION).unwrap().signature);
    }

    #[test]
    fn any_change_invalidates_the_signature() {
        let right = parse(AUTHORIZATION).unwrap().signature;
        let changes: [fn(&mut Request); 4] = [
            |request| request.body.push('x'),
            |request| request.method = "GET".into(),
            |request| request.target.push_str("?a=b"),
            |request| request.headers[0].1 = "sts.amazonaws.com".into(),
        ];
        for change in changes {
            let mut request = signed_by_botocore();
            change(&mut request);
            assert_ne!(computed(&request), right);
        }
    }

    #[test]
    fn a_date_is_accepted_for_a_quarter_of_an_hour() {
        let (date, moment) = ("20261120T120000Z", 1_795_176_000_000);
        let check = |now: i64| check_date(date, "20261120/eu-west-1/sts/aws4_request", now).is_ok();
        assert_eq!([check(moment - TOLERANCE), check(moment + TOLERANCE)], [true, true]);
        assert_eq!([check(moment - TOLERANCE - 1), check(moment + TOLERANCE + 1)], [false, false]);
        assert!(check_date(date, "20261121/eu-west-1/sts/aws4_request", moment).is_err());
    }
}
