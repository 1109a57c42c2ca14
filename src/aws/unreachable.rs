//! Errors for requests that got no complete response: name resolution, proxies, certificates, time limits.

use super::call_result::CallError;
use super::cause::{find, full_text, innermost_text, is_closed, is_unresolved};
use super::channel::Channel;
use crate::error::{Error, cause_text};
use std::error::Error as Cause;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// Returns the error of a request without a complete response. If the host name cannot be resolved,
/// `is_region_unavailable` is true in the error.
pub(super) fn call_error(channel: &Channel, error: &(dyn Cause + 'static)) -> CallError {
    CallError { error: self::error(channel, error), is_region_unavailable: is_unresolved(error) }
}

/// Returns the error of a request without a complete response.
pub(super) fn error(channel: &Channel, error: &(dyn Cause + 'static)) -> Error {
    let text = full_text(error);
    if is_unresolved(error) {
        return no_network(channel, format!("could not resolve the host name of {}", peer(channel)));
    }
    if text.contains("proxy authorization required") {
        return proxy_authentication(channel);
    }
    if text.contains("tunnel error: unsuccessful") {
        return no_network(channel, format!("the proxy refused to connect to `{}`", channel.host));
    }
    if let Some(rustls::Error::InvalidCertificate(cause)) = find(error) {
        return invalid_certificate(channel, cause);
    }
    if text.contains("timeout") || text.contains("timed out") {
        return timed_out(channel, &text);
    }
    if find::<io::Error>(error).is_some_and(|cause| cause.kind() == ErrorKind::FileTooLarge) {
        return body_too_large(channel);
    }
    no_network(channel, connection_error(channel, error, &text))
}

/// Returns the message that says what failed on the connection.
fn connection_error(channel: &Channel, error: &(dyn Cause + 'static), text: &str) -> String {
    let peer = peer(channel);
    let closed = format!("the connection to `{}` closed before the response was complete", channel.host);
    let Some(cause) = find::<io::Error>(error) else {
        if ["closed before", "end of file", "incomplete"].iter().any(|word| text.contains(word)) {
            return closed;
        }
        return format!("could not reach {peer}: {}", innermost_text(error));
    };
    match cause.kind() {
        ErrorKind::ConnectionRefused => format!("{peer} refused the connection"),
        kind if is_closed(kind) => closed,
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => {
            format!("there is no route to {peer}")
        }
        _ => format!("could not reach {peer}: {}", cause_text(cause)),
    }
}

fn body_too_large(channel: &Channel) -> Error {
    let error = Error::unreachable(format!("the response of `{}` is too large", channel.host));
    match &channel.endpoint {
        Some(endpoint) => endpoint.explain(&channel.ctx, error),
        None => error.hint("a proxy may have answered instead of AWS: check with `ssox doctor`"),
    }
}

/// Returns the error for a proxy that requires a user name and a password.
pub(super) fn proxy_authentication(channel: &Channel) -> Error {
    let variable = channel.proxy.as_ref().map_or("HTTPS_PROXY", |proxy| proxy.variable);
    let hint = channel.ctx.line_to_set(variable, "http://user:password@host:port");
    Error::configuration(format!("the proxy of `{variable}` requires a user name and a password")).hint(hint)
}

/// Returns the host that ssox connects to first, for messages: the proxy if all requests use it, otherwise the service.
fn peer(channel: &Channel) -> String {
    match channel.proxy.as_ref().filter(|proxy| proxy.has_no_exceptions) {
        Some(proxy) => format!("the proxy `{}` (from {})", proxy.address, proxy.variable),
        None => format!("`{}`", channel.host),
    }
}

fn timed_out(channel: &Channel, text: &str) -> Error {
    let timeouts = channel.timeouts;
    if channel.attempt_log.is_throttled() {
        throttled(&channel.host)
    } else if text.contains("connect timeout") {
        no_network(channel, format!("could not connect to {} within {:?}", peer(channel), timeouts.connect))
    } else if text.contains("all attempts") {
        no_response_within(channel, timeouts.call)
    } else {
        no_response_within(channel, timeouts.attempt)
    }
}

/// Returns the error for a response that did not come within a time limit.
pub(super) fn no_response_within(channel: &Channel, limit: Duration) -> Error {
    no_network(channel, format!("timed out after {limit:?}: no response from `{}`", channel.host))
}

/// Returns the error for `429 Too Many Requests` and similar responses.
pub(super) fn throttled(host: &str) -> Error {
    Error::unreachable(format!("`{host}` is throttling: too many requests")).hint("wait a minute, then try again")
}

fn invalid_certificate(channel: &Channel, cause: &rustls::CertificateError) -> Error {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    };
    let (message, hint) = match cause {
        Expired | ExpiredContext { .. } => {
            ("has expired", "this machine's clock may be wrong: check it with `ssox doctor`".to_string())
        }
        NotValidYet | NotValidYetContext { .. } => {
            ("is not yet valid", "this machine's clock may be wrong: check it with `ssox doctor`".to_string())
        }
        NotValidForName | NotValidForNameContext { .. } => (
            "is for another host",
            "a proxy or a Wi-Fi sign-in page may have answered instead of AWS: open http://example.com in a browser"
                .to_string(),
        ),
        _ => {
            let line = channel.ctx.line_to_set("AWS_CA_BUNDLE", "/path/to/its/certificates.pem");
            (
                "is not trusted",
                format!("if a company proxy has its own certificate authority, use its certificates: {line}"),
            )
        }
    };
    let error = Error::unreachable(format!("the certificate of `{}` {message}", channel.host)).hint(hint);
    channel.naming_endpoint(error)
}

fn no_network(channel: &Channel, message: String) -> Error {
    let error = Error::unreachable(message);
    match (&channel.proxy, &channel.endpoint) {
        (None, Some(endpoint)) => endpoint.explain(&channel.ctx, error),
        (None, None) => error.hint("check the network connection; if the network needs a proxy, set HTTPS_PROXY"),
        (Some(proxy), _) => {
            let unset = channel.ctx.line_to_unset(&[proxy.variable]);
            let hint = format!("if {} names a wrong proxy: {unset}", proxy.variable);
            channel.naming_endpoint(error.hint(hint).hint("check the network connection"))
        }
    }
}
