//! Turns an error of the SDK into ssox's error: what AWS refused, why, and what the person can type.
//!
//! Two kinds of errors are elsewhere: `oidc` handles OAuth error codes such as `authorization_pending`, and
//! `unreachable` handles requests without a response.

use super::call_result::CallError;
use super::cause::innermost_text;
use super::channel::Channel;
use super::unreachable;
use crate::error::{Error, ErrorKind};
use crate::time::{Timestamp, human};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A clock difference, in seconds, that every service accepts: the strictest services accept signatures that are up to
/// five minutes old.
const CLOCK_TOLERANCE: i64 = 4 * 60;

/// The longest message of AWS that is shown, in characters.
const LONGEST_MESSAGE: usize = 600;

/// Returns the error of a failed call. `what` says what the call could not do. `hint` is added when AWS rejected the
/// request and ssox has no better hint for AWS's error code.
pub(super) fn call_error<E>(channel: &Channel, what: &str, error: &SdkError<E, HttpResponse>, hint: &str) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let error = match (error, error.raw_response()) {
        (SdkError::ServiceError(service_error), Some(response)) => {
            let refusal = Refusal {
                code: service_error.err().code().unwrap_or_default(),
                message: service_error.err().message().unwrap_or_default(),
                status: response.status().as_u16(),
                clock_ahead: clock_ahead(channel, response),
            };
            let is_region_unavailable = refusal.code == "RegionDisabledException";
            return CallError { error: refusal.named_error(channel, hint).doing(what), is_region_unavailable };
        }
        (SdkError::ResponseError(_), Some(response)) if response.body().bytes().is_none() => {
            unreachable::error(channel, error)
        }
        (SdkError::ResponseError(_), Some(response)) => not_an_aws_response(channel, response.status().as_u16()),
        (SdkError::ConstructionFailure(_), _) => Error::configuration(innermost_text(error)).hint("ssox doctor"),
        (SdkError::DispatchFailure(dispatch), _) if dispatch.is_user() => {
            Error::configuration(innermost_text(error)).hint("ssox doctor")
        }
        _ => return unreachable::call_error(channel, error).doing(what),
    };
    error.doing(what).into()
}

/// Returns the error of a response that was received without the SDK. `code` is AWS's error code; empty when the
/// response has none.
pub(super) fn response_error(channel: &Channel, status: u16, code: &str) -> Error {
    Refusal { code, message: "", status, clock_ahead: None }.error(channel, "ssox doctor").coded(code)
}

/// A response with an error status, from AWS or from a proxy between ssox and AWS.
struct Refusal<'a> {
    /// AWS's error code; empty when the response has none: then it is probably not from AWS.
    code: &'a str,
    message: &'a str,
    status: u16,
    /// How many seconds the local clock is ahead of the service's clock; `None` if the response does not tell.
    clock_ahead: Option<i64>,
}

impl Refusal<'_> {
    /// Makes the error, and adds the custom endpoint when the response came from one.
    fn named_error(&self, channel: &Channel, hint: &str) -> Error {
        let error = self.error(channel, hint).coded(self.code);
        // An error about a response that is not from AWS already names the custom endpoint.
        if self.code.is_empty() { error } else { channel.naming_endpoint(error) }
    }

    fn error(&self, channel: &Channel, hint: &str) -> Error {
        let text = self.text();
        match (self.code, self.status) {
            ("", 407) => unreachable::proxy_authentication(channel),
            (_, 429) => unreachable::throttled(&channel.host),
            (code, _) if is_throttling(code) => unreachable::throttled(&channel.host),
            (code, 500..) if !code.is_empty() => self.server_error(channel),
            ("", status) => not_an_aws_response(channel, status),
            ("UnauthorizedException", _) => {
                Error::needs_person("the session has expired or was revoked").hint("ssox login")
            }
            ("ExpiredToken", _) => {
                Error::refused("the credentials that signed the request have expired")
                    .hint("get new access keys where these came from; if ssox set them in this shell: ssox use NAME")
            }
            ("InvalidClientTokenId" | "UnrecognizedClientException", _) => {
                Error::refused("AWS does not know the access key")
                    .hint("the access key may be deactivated or deleted, or belong to another partition")
            }
            ("RegionDisabledException", _) => Error::refused(text)
                .hint("set AWS_REGION to another region, or ask an administrator to activate STS for this region in the account settings of IAM"),
            (code, _) if is_about_time(code) && self.is_clock_wrong() => self.clock_error(),
            ("SignatureDoesNotMatch", _) => {
                Error::refused("the secret access key does not belong to the access key ID").hint("ssox doctor")
            }
            (code, 400) if is_bad_input(code) => Error::configuration(text).hint(hint),
            _ => Error::refused(text).hint(hint),
        }
    }

    fn server_error(&self, channel: &Channel) -> Error {
        let (service, hint) = match &channel.endpoint {
            Some(_) => ("the service", "check the service at this endpoint, then try again"),
            None => ("AWS", "try again; https://health.aws.amazon.com shows the state of each service"),
        };
        Error::unreachable(format!("{service} failed with {}: {}", self.status, self.text())).hint(hint)
    }

    /// Returns AWS's message with the error code; without a message, only the code.
    fn text(&self) -> String {
        let message: String = self.message.chars().take(LONGEST_MESSAGE).collect();
        match message.trim() {
            "" => self.code.to_string(),
            message => format!("{message} ({})", self.code),
        }
    }

    fn is_clock_wrong(&self) -> bool {
        self.clock_ahead.is_some_and(|seconds| seconds.abs() > CLOCK_TOLERANCE)
    }

    fn clock_error(&self) -> Error {
        let ahead = self.clock_ahead.unwrap_or_default();
        let direction = if ahead > 0 { "ahead" } else { "behind" };
        Error::new(ErrorKind::Configuration, format!("this machine's clock is {} {direction}", human(ahead.abs())))
            .hint("set the clock, then try again")
    }
}

/// Makes the error for a response that AWS itself would not send.
fn not_an_aws_response(channel: &Channel, status: u16) -> Error {
    let message = format!("`{}` answered {status} with something that is not an AWS response", channel.host);
    let error = Error::unreachable(message);
    match &channel.endpoint {
        Some(endpoint) => endpoint.explain(&channel.ctx, error),
        None => error.hint(
            "a proxy or a Wi-Fi sign-in page may have answered instead of AWS: open http://example.com in a browser",
        ),
    }
}

/// Tells whether an error code means "too many requests".
pub(super) fn is_throttling(code: &str) -> bool {
    ["Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown"].iter().any(|part| code.contains(part))
}

fn is_about_time(code: &str) -> bool {
    ["Signature", "RequestExpired", "RequestTimeTooSkewed", "AuthFailure"].iter().any(|part| code.contains(part))
}

/// Tells whether an error code is about the parameters of the request, not about the caller's permissions.
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

/// Returns how many seconds the local clock is ahead of the service's clock; `None` without a valid `Date` header.
fn clock_ahead(channel: &Channel, response: &HttpResponse) -> Option<i64> {
    let date = response.headers().get("date").and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())?;
    Some(channel.ctx.now().seconds_after(Timestamp(date.secs())))
}
