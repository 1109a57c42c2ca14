//! What a failed call means for a person: who refused, why, and what to type.
//!
//! Deliberately not here: answers that are part of a protocol, such as `authorization_pending` (`oidc`).

use crate::error::{Error, Kind};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Makes our error of the SDK's; `what` was being done, `hint` is for a refusal.
pub(super) fn failure<E>(what: &str, error: &SdkError<E, HttpResponse>, hint: &str) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let refusal = error.as_service_error();
    let code = refusal.and_then(ProvideErrorMetadata::code);
    let said = refusal.and_then(ProvideErrorMetadata::message).unwrap_or_default();
    let said =
        [code.unwrap_or_default(), said].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(": ");
    let answered = |kind, cause: &str| Error::new(kind, format!("{what}: {cause}"));
    match (error, status) {
        (SdkError::ServiceError(_), Some(401)) => answered(Kind::NeedsPerson, "the session is over").hint("ssox login"),
        (SdkError::ServiceError(_), Some(429)) => {
            answered(Kind::Unreachable, "AWS is throttling").hint("wait a moment, then try again")
        }
        (SdkError::ServiceError(_), Some(status @ 500..)) => {
            answered(Kind::Unreachable, &format!("AWS answered {status}"))
                .hint("try again; https://health.aws.amazon.com")
        }
        (SdkError::ServiceError(_), Some(status @ 400..)) if code.is_some() => {
            let said = if said.is_empty() { format!("AWS answered {status}") } else { said };
            answered(Kind::Refused, &said).hint(hint)
        }
        (SdkError::ServiceError(_) | SdkError::ResponseError(_), Some(status)) => {
            answered(Kind::Unreachable, &format!("AWS answered {status} with what is no answer"))
                .hint("is there a proxy or a sign-in page in between?")
        }
        (SdkError::TimeoutError(_), _) => answered(Kind::Unreachable, "timed out").hint("is the network up? try again"),
        _ => answered(Kind::Unreachable, &cause(error)).hint("is the network up? a proxy is taken from HTTPS_PROXY"),
    }
}

/// Says in plain words what the innermost cause is.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut causes = vec![error.to_string()];
    let mut inner = error.source();
    while let Some(cause) = inner {
        causes.push(cause.to_string());
        inner = cause.source();
    }
    let all = causes.join(": ").to_lowercase();
    let known = [
        ("dns", "could not find the host"),
        ("lookup address", "could not find the host"),
        ("connection refused", "the connection was refused"),
        ("connection reset", "the connection was cut"),
        ("connection closed", "the connection was cut"),
        ("end of file", "the connection was cut"),
        ("incomplete", "the answer was cut off"),
        ("certificate", "the certificate is not trusted (AWS_CA_BUNDLE names others)"),
        ("timed out", "timed out"),
        ("timeout", "timed out"),
    ];
    let plain = known.iter().find(|(part, _)| all.contains(part)).map(|(_, plain)| (*plain).to_string());
    plain.unwrap_or_else(|| causes.pop().unwrap_or_default())
}
