//! The connection to one AWS service: its region, host or custom endpoint, HTTP client, time limits and retries.
//!
//! A channel is made just before the first request, because loading the system's CA certificates takes milliseconds.

use super::attempts::AttemptLog;
use super::call_result::CallResult;
use super::limited_body::LimitedBody;
use super::proxy::{self, Proxy};
use super::{CustomEndpoint, Network, Timeouts, partition, trust};
use crate::address::Address;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::region::Region;
use crate::terminal;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector, http_client_fn};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::app_name::AppName;
use aws_types::region::Region as SdkRegion;
use std::future::Future;

/// The number of attempts for one call when none is configured; the AWS CLI and the SDKs have the same default.
const DEFAULT_ATTEMPTS: u32 = 3;

/// Everything that is needed to send requests to one service.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) ctx: Context,
    /// The configuration that the SDK clients are built from.
    pub(super) sdk: SdkConfig,
    pub(super) connector: SharedHttpConnector,
    /// The host of the service, with the port if its URL has one.
    pub(super) host: String,
    pub(super) proxy: Option<Proxy>,
    /// The custom endpoint that requests go to; `None` if no custom endpoint is configured for the service.
    pub(super) endpoint: Option<CustomEndpoint>,
    pub(super) timeouts: Timeouts,
    /// The number of attempts for one call, the first one included.
    pub(super) attempts: u32,
    pub(super) attempt_log: AttemptLog,
}

impl Channel {
    /// Makes a channel to a service in a region, or to the custom endpoint of the service.
    ///
    /// # Errors
    /// `Configuration`: the endpoint, the proxy or the CA bundle is invalid, or FIPS or dual-stack is configured
    /// together with a custom endpoint.
    pub(super) fn for_service(
        ctx: &Context,
        network: &Network,
        service: &str,
        region: &Region,
        endpoint: Option<&CustomEndpoint>,
    ) -> Result<Self> {
        if let Some(CustomEndpoint { url, origin }) = endpoint
            && (network.fips || network.dual_stack)
        {
            let message = format!("FIPS and dual-stack cannot be used with the custom endpoint `{url}` from {origin}");
            let variables = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];
            let hint = if variables.iter().any(|name| ctx.var(name).is_some()) {
                ctx.line_to_unset(&variables)
            } else {
                "remove `use_fips_endpoint` and `use_dualstack_endpoint` from the profile".into()
            };
            return Err(Error::configuration(message).hint(hint));
        }
        let channel = match endpoint {
            Some(endpoint) => Self::to_endpoint(ctx, network, endpoint, &endpoint.url)?,
            None => Self::to_url(ctx, network, &format!("https://{}", partition::host(service, region, network)))?,
        };
        let mut sdk = channel.sdk.to_builder().region(SdkRegion::new(region.to_string()));
        sdk.set_endpoint_url(endpoint.map(|endpoint| endpoint.url.clone()));
        Ok(Self { sdk: sdk.use_fips(network.fips).use_dual_stack(network.dual_stack).build(), ..channel })
    }

    /// Makes a channel to a custom endpoint, for requests to `url`, a URL at this endpoint. Prints a warning, once per
    /// process, when requests leave this machine unencrypted.
    ///
    /// # Errors
    /// `Configuration`: the endpoint, the proxy or the CA bundle is invalid.
    pub(super) fn to_endpoint(ctx: &Context, network: &Network, endpoint: &CustomEndpoint, url: &str) -> Result<Self> {
        let CustomEndpoint { url: base, origin } = endpoint;
        if Address::parse(base).is_none() {
            let message = format!("{origin} is `{base}`, which is not the URL of a service");
            return Err(Error::configuration(message).hint("write it as https://host:port").hint(endpoint.remedy(ctx)));
        }
        let channel = Self::to_url(ctx, network, url)?;
        if endpoint.is_unencrypted() && ctx.is_first_plain_endpoint() {
            terminal::warn(&format!("{origin} is `{base}`: tokens and credentials are sent there unencrypted"));
        }
        Ok(Self { endpoint: Some(endpoint.clone()), ..channel })
    }

    /// Makes a channel to the host in a URL.
    ///
    /// # Errors
    /// `Configuration`: the URL, the proxy or the CA bundle is invalid.
    pub(super) fn to_url(ctx: &Context, network: &Network, url: &str) -> Result<Self> {
        let timeouts = network.timeouts;
        let attempts = network.max_attempts.unwrap_or(DEFAULT_ATTEMPTS);
        let address = Address::parse(url).ok_or_else(|| {
            Error::configuration(format!("`{url}` is not the URL of a service")).hint("write it as https://host:port")
        })?;
        let proxy = proxy::of(ctx, address.scheme())?;
        let is_tls = address.is_https() || proxy.as_ref().is_some_and(|proxy| proxy.is_tls);
        let settings = HttpConnectorSettings::builder().connect_timeout(timeouts.connect).build();
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(trust::context(network.ca_bundle.as_ref(), is_tls)?)
            .connector_settings(settings);
        connector.set_proxy_config(proxy.as_ref().map(|proxy| proxy.config.clone()));
        let connector = SharedHttpConnector::new(LimitedBody(connector.build()));
        let shared = connector.clone();
        let limits =
            TimeoutConfig::builder().operation_attempt_timeout(timeouts.attempt).operation_timeout(timeouts.call);
        let sdk = SdkConfig::builder()
            .behavior_version(aws_sdk_sso::config::BehaviorVersion::latest())
            .app_name(AppName::new("ssox").expect("the name has letters only"))
            .http_client(http_client_fn(move |_, _| shared.clone()))
            .timeout_config(limits.build())
            .retry_config(RetryConfig::standard().with_max_attempts(attempts))
            .build();
        Ok(Self {
            ctx: ctx.clone(),
            sdk,
            connector,
            host: address.authority().into(),
            proxy,
            endpoint: None,
            timeouts,
            attempts,
            attempt_log: AttemptLog::new(ctx),
        })
    }

    /// Adds the custom endpoint, if the channel has one, to the message of an error.
    pub(super) fn naming_endpoint(&self, error: Error) -> Error {
        let Some(CustomEndpoint { url, origin }) = &self.endpoint else { return error };
        Error { message: format!("{} (endpoint `{url}`, from {origin})", error.message), ..error }
    }
}

/// Runs one call until it returns, in a Tokio runtime with a single thread.
///
/// # Errors
/// Those of the call. `Other`: the runtime cannot be started.
pub(super) fn block_on<T>(call: impl Future<Output = CallResult<T>>) -> CallResult<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| Error::other(format!("could not start the Tokio runtime: {cause}")))?;
    let result = runtime.block_on(call);
    // A DNS lookup may still hang in a thread of its own; dropping the runtime would wait for that thread.
    runtime.shutdown_background();
    result
}
