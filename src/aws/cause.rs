//! Why nobody answered, in plain words.
//!
//! Deliberately not here: what AWS answers (`failure`).

use super::channel::Channel;
use super::failure::Failure;
use crate::error::{Error, cause_text};
use std::error::Error as Cause;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// Says why a request had no answer.
pub(super) fn failure(channel: &Channel, error: &(dyn Cause + 'static)) -> Failure {
    Failure { error: unreachable(channel, error), region_is_missing: is_unresolved(error) }
}

/// Says why a request had no answer, or half of one.
pub(super) fn unreachable(channel: &Channel, error: &(dyn Cause + 'static)) -> Error {
    let host = &channel.host;
    let text = all_text(error);
    if is_unresolved(error) {
        return no_network(channel, format!("could not resolve host `{host}`"));
    }
    if text.contains("proxy authorization required") {
        let variable = channel.proxy.unwrap_or("HTTPS_PROXY");
        return Error::configuration(format!("the proxy of `{variable}` asks who you are"))
            .hint(format!("export {variable}=http://user:password@host:port"));
    }
    if text.contains("tunnel error: unsuccessful") {
        return no_network(channel, format!("the proxy does not let `{host}` through"));
    }
    if let Some(rustls::Error::InvalidCertificate(cause)) = find(error) {
        return untrusted(host, cause);
    }
    if text.contains("timeout") || text.contains("timed out") {
        return timed_out(channel, &text);
    }
    match find::<io::Error>(error).map(|cause| (cause.kind(), cause)) {
        Some((ErrorKind::ConnectionRefused, _)) => no_network(channel, format!("connection refused by `{host}`")),
        Some((kind, _)) if is_cut(kind) => no_network(channel, format!("the connection to `{host}` was cut")),
        Some((ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown, _)) => {
            no_network(channel, format!("there is no way to `{host}`"))
        }
        Some((_, cause)) => no_network(channel, format!("could not reach `{host}`: {}", cause_text(cause))),
        None if ["closed before", "end of file", "incomplete"].iter().any(|word| text.contains(word)) => {
            no_network(channel, format!("the connection to `{host}` was cut"))
        }
        None => no_network(channel, format!("could not reach `{host}`: {}", chain(error).last().unwrap_or(error))),
    }
}

/// Tells whether a host (its own, or that of a proxy) has no address.
pub(super) fn is_unresolved(error: &(dyn Cause + 'static)) -> bool {
    chain(error).any(|cause| cause.to_string() == "dns error")
}

fn is_cut(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof
    )
}

fn timed_out(channel: &Channel, text: &str) -> Error {
    let timeouts = channel.timeouts;
    match () {
        () if channel.watch.is_throttled() => throttled(&channel.host),
        () if text.contains("connect timeout") => {
            no_network(channel, format!("no connection to `{}` within {:?}", channel.host, timeouts.connect))
        }
        () if text.contains("all attempts") => no_answer_within(channel, timeouts.call),
        () => no_answer_within(channel, timeouts.attempt),
    }
}

/// Says that nobody answered in time.
pub(super) fn no_answer_within(channel: &Channel, time: Duration) -> Error {
    no_network(channel, format!("timed out after {time:?}: no answer from `{}`", channel.host))
}

/// Says that there are too many requests.
pub(super) fn throttled(host: &str) -> Error {
    Error::unreachable(format!("`{host}` is throttling: too many requests")).hint("wait a minute, then try again")
}

fn untrusted(host: &str, cause: &rustls::CertificateError) -> Error {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    };
    let (message, hint) = match cause {
        Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } => {
            ("is not valid today", "is this computer's clock right? ssox doctor")
        }
        NotValidForName | NotValidForNameContext { .. } => {
            ("is for another host", "is there a proxy or a sign-in page in between?")
        }
        _ => (
            "is not trusted",
            "a company's proxy has its own authority: export AWS_CA_BUNDLE=/path/to/its/certificates.pem",
        ),
    };
    Error::unreachable(format!("the certificate of `{host}` {message}")).hint(hint)
}

fn no_network(channel: &Channel, message: String) -> Error {
    Error::unreachable(message).hint(match channel.proxy {
        Some(variable) => format!("is the network up, and is the proxy of {variable} the right one?"),
        None => "is the network up? a proxy would be named by HTTPS_PROXY".into(),
    })
}

/// Returns an error and its causes. Those of an `io::Error` begin with what it wraps, which `source` leaves out.
fn chain<'a>(error: &'a (dyn Cause + 'static)) -> impl Iterator<Item = &'a (dyn Cause + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn Cause + 'static)),
        None => error.source(),
    })
}

/// Returns the innermost cause of a type.
fn find<'a, T: Cause + 'static>(error: &'a (dyn Cause + 'static)) -> Option<&'a T> {
    chain(error).filter_map(|cause| cause.downcast_ref()).last()
}

fn all_text(error: &(dyn Cause + 'static)) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ").to_lowercase()
}
