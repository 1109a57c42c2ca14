//! Which failed requests the SDK sends again, and what ssox logs about each attempt. The SDK itself computes the pauses
//! between attempts, unless a response with status 429 or 503 has `Retry-After`.

use super::cause;
use crate::context::Context;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{FinalizerInterceptorContextRef, InterceptorContext};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// The longest `Retry-After` that the SDK waits for; when a response asks for more, the call fails.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Tells the SDK whether to retry a failed request. The SDK's own rules apply to most failures; this policy adds rules.
///
/// The SDK itself ignores the HTTP header `Retry-After`; this policy obeys it if the status is 429 or 503. A retry is
/// forbidden when `Retry-After` is longer than [`LONGEST_WAIT`], when the host name cannot be resolved, or when the
/// server's certificate is invalid.
#[derive(Debug)]
pub(super) struct RetryPolicy;

impl ClassifyRetry for RetryPolicy {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let connector_error = error.and_then(|error| error.as_connector_error());
        if connector_error.is_some_and(|error| cause::is_permanent(error)) {
            return RetryAction::RetryForbidden;
        }
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        action(response.status().as_u16(), response.headers().get("retry-after"))
    }

    fn name(&self) -> &'static str {
        "retry-policy"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Returns what the SDK does after a response with this status: whether it sends the request again, and after which
/// pause. `NoActionIndicated` means that the SDK's own rules decide. `retry_after` is the HTTP header; it is ignored if
/// it is not a number of seconds.
fn action(status: u16, retry_after: Option<&str>) -> RetryAction {
    if !matches!(status, 429 | 503) {
        return RetryAction::NoActionIndicated;
    }
    let seconds = retry_after.and_then(|seconds| seconds.trim().parse().ok());
    match seconds.map(Duration::from_secs) {
        Some(wait) if wait > LONGEST_WAIT => RetryAction::RetryForbidden,
        Some(wait) => RetryAction::retryable_error_with_explicit_delay(ErrorKind::ThrottlingError, wait),
        None if status == 429 => RetryAction::throttling_error(),
        None => RetryAction::NoActionIndicated,
    }
}

/// Logs the HTTP status of each attempt, and remembers the last status.
#[derive(Clone, Debug)]
pub(super) struct AttemptLog {
    ctx: Context,
    /// The HTTP status of the last attempt; 0 if it got no response.
    status: Arc<AtomicU16>,
}

impl AttemptLog {
    pub(super) fn new(ctx: &Context) -> Self {
        Self { ctx: ctx.clone(), status: Arc::default() }
    }

    /// Tells whether the last attempt got the response `429 Too Many Requests`.
    pub(super) fn is_throttled(&self) -> bool {
        self.status.load(Ordering::Relaxed) == 429
    }
}

impl Intercept for AttemptLog {
    fn name(&self) -> &'static str {
        "attempt-log"
    }

    fn read_after_attempt(
        &self,
        attempt: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = attempt.response().map(|response| response.status().as_u16());
        self.status.store(status.unwrap_or_default(), Ordering::Relaxed);
        self.ctx.log(|| match status {
            Some(status) => format!("AWS answered {status}"),
            None => "AWS did not answer".into(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_obeyed_unless_it_is_too_long() {
        let after = |seconds| {
            RetryAction::retryable_error_with_explicit_delay(ErrorKind::ThrottlingError, Duration::from_secs(seconds))
        };
        for (status, retry_after, expected) in [
            (429, Some("2"), after(2)),
            (503, Some(" 20 "), after(20)),
            (429, Some("3600"), RetryAction::RetryForbidden),
            (503, Some("21"), RetryAction::RetryForbidden),
            (429, Some("Fri, 20 Nov 2026 12:00:00 GMT"), RetryAction::throttling_error()),
            (429, None, RetryAction::throttling_error()),
            (503, None, RetryAction::NoActionIndicated),
            (500, Some("2"), RetryAction::NoActionIndicated),
        ] {
            assert_eq!(action(status, retry_after), expected, "{status} {retry_after:?}");
        }
    }
}
