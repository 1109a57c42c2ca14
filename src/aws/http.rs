//! How requests travel: one HTTP client for all services, proxies, certificate authorities, time-outs, retries.
//!
//! Deliberately not here: what is asked. The client is built when the first request is made; reading the system's
//! certificates costs milliseconds.

use super::Network;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::{ErrorKind, RetryConfig};
use aws_smithy_types::timeout::TimeoutConfig;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(10);
const CALL: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 3;

/// Runs one conversation to its end, on a runtime of one thread.
///
/// # Errors
/// Those of the conversation; or the system gives no runtime.
pub(super) fn run<T>(conversation: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| Error::other(format!("could not start a runtime: {cause}")))?;
    runtime.block_on(conversation)
}

/// Returns the client.
///
/// # Errors
/// Configuration: a CA bundle or a proxy that cannot be used.
pub(super) fn client(ctx: &Context, network: &Network) -> Result<SharedHttpClient> {
    check_proxies(ctx)?;
    let tls = tls(network.ca_bundle.as_deref())?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        let mut builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
        if let Some(tls) = &tls {
            builder.set_tls_context(tls.clone());
        }
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.build()
    }))
}

/// Returns the limits of one call.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build()
}

/// Returns how often a call is tried; jitter and back-off are the SDK's.
pub(super) fn retries(network: &Network) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(network.max_attempts.unwrap_or(ATTEMPTS))
}

/// Waits as long as `Retry-After` says; the SDK itself knows only AWS's own header in milliseconds.
#[derive(Debug)]
pub(super) struct RetryAfter;

impl ClassifyRetry for RetryAfter {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let asked = response.headers().get("retry-after").and_then(|seconds| seconds.trim().parse().ok());
        match (response.status().as_u16(), asked) {
            (429 | 503, Some(seconds)) => RetryAction::retryable_error_with_explicit_delay(
                ErrorKind::ThrottlingError,
                Duration::from_secs(seconds).min(CALL),
            ),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Retry-After"
    }
}

/// The bundle replaces the system's authorities, as with the AWS CLI. It is checked here: the TLS library panics on a bad one.
fn tls(ca_bundle: Option<&Path>) -> Result<Option<TlsContext>> {
    let Some(path) = ca_bundle else { return Ok(None) };
    let hint = "AWS_CA_BUNDLE, or `ca_bundle` of the profile, names a PEM file of certificates";
    let bad = |what: &str| Error::configuration(format!("the CA bundle `{}` {what}", path.display())).hint(hint);
    let bytes = files::read(path)?.ok_or_else(|| bad("does not exist"))?;
    if !is_pem(&String::from_utf8_lossy(&bytes)) {
        return Err(bad("holds no certificates"));
    }
    let trust = TrustStore::empty().with_pem_certificate(bytes);
    let context = TlsContext::builder().with_trust_store(trust).build();
    context.map(Some).map_err(|_| bad("cannot be used"))
}

fn is_pem(text: &str) -> bool {
    let blocks: Vec<&str> = text.split("-----BEGIN CERTIFICATE-----").skip(1).collect();
    let is_block = |block: &&str| {
        block.split_once("-----END CERTIFICATE-----").is_some_and(|(body, _)| {
            let body: String = body.split_whitespace().collect();
            STANDARD.decode(body).is_ok_and(|der| der.first() == Some(&0x30))
        })
    };
    !blocks.is_empty() && blocks.iter().all(is_block)
}

fn check_proxies(ctx: &Context) -> Result<()> {
    let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let set = names.iter().filter_map(|name| Some((name, ctx.var(name)?)));
    for (name, proxy) in set {
        if !is_proxy(proxy) {
            return Err(Error::configuration(format!("{name} is not the address of a proxy"))
                .hint(format!("export {name}=http://proxy.example:8080")));
        }
    }
    Ok(())
}

/// A proxy is `[scheme://][user:password@]host[:port]`.
fn is_proxy(text: &str) -> bool {
    let rest = match text.split_once("://") {
        Some(("http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h", rest)) => rest,
        Some(_) => return false,
        None => text,
    };
    let place = rest.split('/').next().unwrap_or_default();
    let host_and_port = place.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    !host.is_empty() && host.chars().all(is_host) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses() {
        for proxy in ["http://p:8080", "p:8080", "http://u:s@p.example:1/", "socks5://[::1]:9", "http://p"] {
            assert!(is_proxy(proxy), "{proxy}");
        }
        for proxy in ["http://", "ftp://p", "http://p:port", "::::", "http://p q", "http://p:99999"] {
            assert!(!is_proxy(proxy), "{proxy}");
        }
    }

    #[test]
    fn a_bundle_without_certificates_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for content in ["", "nonsense", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"] {
            std::fs::write(file.path(), content).unwrap();
            assert!(tls(Some(file.path())).unwrap_err().message.contains("holds no certificates"), "{content}");
        }
        assert!(tls(Some(Path::new("/none/such"))).unwrap_err().message.contains("does not exist"));
    }
}
