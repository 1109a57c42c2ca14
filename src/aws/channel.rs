//! The way to one service: its region and endpoint, an HTTP client, time-outs, retries.
//!
//! Deliberately not here: what is asked. A channel is opened when the first request is made; reading the system's
//! certificates costs milliseconds.

use super::attempts::Watch;
use super::bounded::Bounded;
use super::outcome::Outcome;
use super::proxy::{self, Proxy};
use super::{Endpoint, Network, Timeouts, partition, trust};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shell::hint;
use crate::terminal;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector, http_client_fn};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::app_name::AppName;
use aws_types::region::Region;
use std::future::Future;

/// Attempts of one call, when nothing is configured: as many as all AWS tools make.
const ATTEMPTS: u32 = 3;

/// An open way to a service.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) ctx: Context,
    /// What the clients of the SDK are built from.
    pub(super) sdk: SdkConfig,
    pub(super) connector: SharedHttpConnector,
    /// Who answers at the other end; without a port when it is AWS.
    pub(super) host: String,
    pub(super) proxy: Option<Proxy>,
    /// What stands in for AWS, if anything does.
    pub(super) endpoint: Option<Endpoint>,
    pub(super) timeouts: Timeouts,
    /// How often a call is tried.
    pub(super) attempts: u32,
    pub(super) watch: Watch,
}

impl Channel {
    /// Opens the way to a service of a region, or to the endpoint that stands in for it.
    ///
    /// # Errors
    /// Configuration: a region, an endpoint, a proxy or a CA bundle that cannot be used.
    pub(super) fn open(
        ctx: &Context,
        network: &Network,
        service: &str,
        region: &str,
        endpoint: Option<&Endpoint>,
    ) -> Result<Self> {
        partition::check_region(region)?;
        if let (Some(endpoint), true) = (endpoint, network.fips || network.dual_stack) {
            let Endpoint { url, origin } = endpoint;
            let message = format!("FIPS and dual-stack do not go with the endpoint `{url}` of {origin}");
            return Err(Error::configuration(message)
                .hint(hint::unset(ctx, &["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])));
        }
        let own = || format!("https://{}", partition::host(service, region, network));
        let channel = match endpoint {
            Some(endpoint) => Self::through(ctx, network, endpoint, &endpoint.url)?,
            None => Self::to(ctx, network, &own())?,
        };
        let mut sdk = channel.sdk.to_builder().region(Region::new(region.to_string()));
        sdk.set_endpoint_url(endpoint.map(|endpoint| endpoint.url.clone()));
        Ok(Self { sdk: sdk.use_fips(network.fips).use_dual_stack(network.dual_stack).build(), ..channel })
    }

    /// Opens the way to an endpoint that stands in for AWS, for a request with secrets.
    ///
    /// # Errors
    /// As [`Channel::open`].
    pub(super) fn through(ctx: &Context, network: &Network, endpoint: &Endpoint, url: &str) -> Result<Self> {
        let Endpoint { url: of_endpoint, origin } = endpoint;
        if place(of_endpoint).is_err() {
            let message = format!("{origin} is `{of_endpoint}`, which is not the address of a service");
            let hint = format!("an address looks like https://host:port; or {}", endpoint.remedy(ctx));
            return Err(Error::configuration(message).hint(hint));
        }
        let channel = Self::to(ctx, network, url)?;
        if endpoint.is_readable_on_the_way() && ctx.is_first_plain_endpoint() {
            terminal::warn(&format!("{origin} is `{of_endpoint}`: tokens and credentials travel there unencrypted"));
        }
        Ok(Self { endpoint: Some(endpoint.clone()), ..channel })
    }

    /// Opens the way to an address.
    ///
    /// # Errors
    /// As [`Channel::open`].
    pub(super) fn to(ctx: &Context, network: &Network, url: &str) -> Result<Self> {
        let timeouts = network.timeouts;
        let attempts = network.max_attempts.unwrap_or(ATTEMPTS);
        let (scheme, host) = place(url)?;
        let proxy = proxy::of(ctx, scheme)?;
        let is_tls = scheme == "https" || proxy.as_ref().is_some_and(|proxy| proxy.is_tls);
        let settings = HttpConnectorSettings::builder().connect_timeout(timeouts.connect).build();
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(trust::context(network.ca_bundle.as_ref(), is_tls)?)
            .connector_settings(settings);
        connector.set_proxy_config(proxy.as_ref().map(|proxy| proxy.config.clone()));
        let connector = SharedHttpConnector::new(Bounded(connector.build()));
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
        let host = host.to_string();
        Ok(Self {
            ctx: ctx.clone(),
            sdk,
            connector,
            host,
            proxy,
            endpoint: None,
            timeouts,
            attempts,
            watch: Watch::new(ctx),
        })
    }
}

/// Runs one conversation to its end, on a runtime of one thread.
///
/// # Errors
/// Those of the conversation; or the system gives no runtime.
pub(super) fn run<T>(conversation: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| Error::other(format!("could not start a runtime: {cause}")))?;
    let result = runtime.block_on(conversation);
    // A look-up of a name may hang for long in a thread of its own; nobody waits for its answer any more.
    runtime.shutdown_background();
    result
}

/// Returns scheme and host of an address.
fn place(url: &str) -> Result<(&str, &str)> {
    let parts = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    let host = |rest: &'_ str| rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let place = parts.map(|(scheme, rest)| (scheme, &rest[..host(rest)]));
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    place.filter(|(_, host)| !host.is_empty() && host.chars().all(is_host)).ok_or_else(|| {
        Error::configuration(format!("`{url}` is not the address of a service"))
            .hint("an address looks like https://host:port")
    })
}
