//! Attempts of one call: when another one makes sense, how long to wait before it, and what became of each.
//!
//! Deliberately not here: back-off and jitter, which are the SDK's.

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

/// The SDK waits no longer than this between two attempts; who asks for more is not asked again.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Waits as long as `Retry-After` says, for the SDK knows only AWS's own header, and asks no host twice that has no
/// address or cannot be trusted.
#[derive(Debug)]
pub(super) struct Patience;

impl ClassifyRetry for Patience {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failed = context.output_or_error().and_then(Result::err);
        let connector = failed.and_then(|error| error.as_connector_error());
        if connector.is_some_and(|error| cause::is_lasting(error)) {
            return RetryAction::RetryForbidden;
        }
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let asked = response.headers().get("retry-after").and_then(|seconds| seconds.trim().parse().ok());
        match (response.status().as_u16(), asked.map(Duration::from_secs)) {
            (429 | 503, Some(wait)) if wait > LONGEST_WAIT => RetryAction::RetryForbidden,
            (429 | 503, Some(wait)) => {
                RetryAction::retryable_error_with_explicit_delay(ErrorKind::ThrottlingError, wait)
            }
            (429, None) => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "patience"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Logs what became of each attempt, and remembers the last status.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    ctx: Context,
    status: Arc<AtomicU16>,
}

impl Watch {
    pub(super) fn new(ctx: &Context) -> Self {
        Self { ctx: ctx.clone(), status: Arc::default() }
    }

    /// Tells whether the last answer was that there are too many requests.
    pub(super) fn is_throttled(&self) -> bool {
        self.status.load(Ordering::Relaxed) == 429
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "watch"
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
