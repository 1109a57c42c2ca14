//! What a failed call means for a person: who refused, why, and what to type.
//!
//! Deliberately not here: answers that are part of a protocol, such as `authorization_pending` (`oidc`), and the
//! reasons why nobody answers (`unreachable`).

use super::cause::chain;
use super::channel::Channel;
use super::outcome::Failure;
use super::unreachable;
use crate::error::{Error, ErrorKind};
use crate::time::{Timestamp, human};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A signature is good for five minutes around its time, for the strictest of services.
const TOLERANCE: i64 = 4 * 60;

/// No message of AWS is this long and useful.
const LONGEST_MESSAGE: usize = 600;

/// Says why a call failed; `what` could not be done, `hint` helps against a refusal.
pub(super) fn failure<E>(channel: &Channel, what: &str, error: &SdkError<E, HttpResponse>, hint: &str) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let (error, region_is_missing) = match (error, error.raw_response()) {
        (SdkError::ServiceError(refusal), Some(response)) => {
            let refusal = Refusal {
                code: refusal.err().code().unwrap_or_default(),
                message: refusal.err().message().unwrap_or_default(),
                status: response.status().as_u16(),
                ahead: clock_ahead(channel, response),
            };
            let error = refusal.error(channel, hint);
            let error = if refusal.code.is_empty() { error } else { channel.named(error) };
            (error, refusal.code == "RegionDisabledException")
        }
        (SdkError::ResponseError(_), Some(response)) => {
            let is_cut = response.body().bytes().is_none();
            (
                if is_cut {
                    unreachable::error(channel, error)
                } else {
                    no_answer(channel, response.status().as_u16())
                },
                false,
            )
        }
        (SdkError::ConstructionFailure(_), _) => (Error::configuration(innermost(error)).hint("ssox doctor"), false),
        (SdkError::DispatchFailure(dispatch), _) if dispatch.is_user() => {
            (Error::configuration(innermost(error)).hint("ssox doctor"), false)
        }
        _ => return unreachable::failure(channel, error).doing(what),
    };
    Failure { error: error.doing(what), region_is_missing }
}

/// A refusal of AWS, or of somebody in between.
struct Refusal<'a> {
    /// Empty when it is not AWS's.
    code: &'a str,
    message: &'a str,
    status: u16,
    /// Seconds the local clock is ahead of the service's.
    ahead: Option<i64>,
}

impl Refusal<'_> {
    fn error(&self, channel: &Channel, hint: &str) -> Error {
        let message: String = self.message.chars().take(LONGEST_MESSAGE).collect();
        let said = match message.trim() {
            "" => self.code.to_string(),
            message => format!("{message} ({})", self.code),
        };
        match (self.code, self.status) {
            ("", 407) => unreachable::proxy_asks(channel),
            (code, 429) if code.is_empty() || is_throttling(code) => unreachable::throttled(&channel.host),
            (code, _) if is_throttling(code) => unreachable::throttled(&channel.host),
            (code, 500..) if !code.is_empty() => Error::unreachable(format!("AWS failed with {}: {said}", self.status))
                .hint("try again; https://health.aws.amazon.com says what is wrong"),
            ("", status) => no_answer(channel, status),
            ("UnauthorizedException", _) => {
                Error::needs_person("the session is over, or was ended elsewhere").hint("ssox login")
            }
            ("ExpiredToken", _) => Error::refused("the credentials it was asked with are over").hint("ssox use NAME"),
            ("InvalidClientTokenId" | "UnrecognizedClientException", _) => {
                Error::refused("AWS does not know the access key").hint("is it switched off, or of another partition?")
            }
            ("RegionDisabledException", _) => Error::refused(said)
                .hint("an administrator activates STS in the account settings of IAM; AWS_REGION names another region"),
            (code, _) if is_about_time(code) && self.ahead.is_some_and(|ahead| ahead.abs() > TOLERANCE) => self.clock(),
            ("SignatureDoesNotMatch", _) => {
                Error::refused("the secret access key does not belong to the access key id").hint("ssox doctor")
            }
            (code, 400) if is_bad_input(code) => Error::configuration(said).hint(hint),
            _ => Error::refused(said).hint(hint),
        }
    }

    fn clock(&self) -> Error {
        let ahead = self.ahead.unwrap_or_default();
        let direction = if ahead > 0 { "ahead" } else { "behind" };
        Error::new(ErrorKind::Configuration, format!("this computer's clock is {} {direction}", human(ahead.abs())))
            .hint("set the clock, then try again")
    }
}

/// Says that what came is nothing AWS would send.
pub(super) fn no_answer(channel: &Channel, status: u16) -> Error {
    Error::unreachable(format!("`{}` answered {status} with what is no answer of AWS", channel.host)).hint(
        match &channel.endpoint {
            Some(endpoint) => endpoint.hint(&channel.ctx),
            None => "is there a proxy or a sign-in page in between? open http://example.com in a browser".into(),
        },
    )
}

fn is_throttling(code: &str) -> bool {
    ["Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown"].iter().any(|part| code.contains(part))
}

fn is_about_time(code: &str) -> bool {
    ["Signature", "RequestExpired", "RequestTimeTooSkewed", "AuthFailure"].iter().any(|part| code.contains(part))
}

/// Refusals of what is asked, and not of who asks.
fn is_bad_input(code: &str) -> bool {
    [
        "ValidationError",
        "InvalidRequest",
        "InvalidScope",
        "InvalidRedirectUri",
        "InvalidClientMetadata",
        "UnsupportedGrantType",
    ]
    .iter()
    .any(|part| code.starts_with(part))
}

/// Returns how many seconds the local clock is ahead of the service's.
fn clock_ahead(channel: &Channel, response: &HttpResponse) -> Option<i64> {
    let date = response.headers().get("date").and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())?;
    Some(channel.ctx.now().seconds_after(Timestamp(date.secs())))
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}
