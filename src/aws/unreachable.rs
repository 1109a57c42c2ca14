//! Why nobody answered, in plain words.
//!
//! Deliberately not here: what AWS answers (`failure`), and how an error is taken apart (`cause`).

use super::cause::{all_text, chain, find, is_cut, is_unresolved};
use super::channel::Channel;
use super::outcome::Failure;
use crate::error::{Error, cause_text};
use crate::shell::hint;
use std::error::Error as Cause;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// Says why a request had no answer.
pub(super) fn failure(channel: &Channel, error: &(dyn Cause + 'static)) -> Failure {
    Failure { error: self::error(channel, error), region_is_missing: is_unresolved(error) }
}

/// Says why a request had no answer, or half of one.
pub(super) fn error(channel: &Channel, error: &(dyn Cause + 'static)) -> Error {
    let (peer, host) = (peer(channel), &channel.host);
    let text = all_text(error);
    if is_unresolved(error) {
        return no_network(channel, format!("could not resolve host {peer}"));
    }
    if text.contains("proxy authorization required") {
        return proxy_asks(channel);
    }
    if text.contains("tunnel error: unsuccessful") {
        return no_network(channel, format!("the proxy does not let `{host}` through"));
    }
    if let Some(rustls::Error::InvalidCertificate(cause)) = find(error) {
        return untrusted(channel, cause);
    }
    if text.contains("timeout") || text.contains("timed out") {
        return timed_out(channel, &text);
    }
    if find::<io::Error>(error).is_some_and(|cause| cause.kind() == ErrorKind::FileTooLarge) {
        return Error::unreachable(format!("`{host}` answers without end")).hint(match &channel.endpoint {
            Some(endpoint) => endpoint.hint(&channel.ctx),
            None => "what answers there is not AWS: is there a proxy in between?".into(),
        });
    }
    let cut = || format!("the connection to `{host}` was cut");
    let message = match find::<io::Error>(error).map(|cause| (cause.kind(), cause)) {
        Some((ErrorKind::ConnectionRefused, _)) => format!("connection refused by {peer}"),
        Some((kind, _)) if is_cut(kind) => cut(),
        Some((ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown, _)) => {
            format!("there is no way to {peer}")
        }
        Some((_, cause)) => format!("could not reach {peer}: {}", cause_text(cause)),
        None if ["closed before", "end of file", "incomplete"].iter().any(|word| text.contains(word)) => cut(),
        None => format!("could not reach {peer}: {}", chain(error).last().unwrap_or(error)),
    };
    no_network(channel, message)
}

/// Says that a proxy wants a name and a password.
pub(super) fn proxy_asks(channel: &Channel) -> Error {
    let variable = channel.proxy.as_ref().map_or("HTTPS_PROXY", |proxy| proxy.variable);
    Error::configuration(format!("the proxy of `{variable}` asks who you are")).hint(hint::set(
        &channel.ctx,
        variable,
        "http://user:password@host:port",
    ))
}

/// Names who is spoken to first: the host, or the proxy on the way to it.
fn peer(channel: &Channel) -> String {
    match channel.proxy.as_ref().filter(|proxy| proxy.is_certain) {
        Some(proxy) => format!("`{}`, the proxy of {}", proxy.place, proxy.variable),
        None => format!("`{}`", channel.host),
    }
}

fn timed_out(channel: &Channel, text: &str) -> Error {
    let timeouts = channel.timeouts;
    match () {
        () if channel.watch.is_throttled() => throttled(&channel.host),
        () if text.contains("connect timeout") => {
            no_network(channel, format!("no connection to {} within {:?}", peer(channel), timeouts.connect))
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

fn untrusted(channel: &Channel, cause: &rustls::CertificateError) -> Error {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    };
    let (message, hint) = match cause {
        Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } => {
            ("is not valid today", "is this computer's clock right? ssox doctor".to_string())
        }
        NotValidForName | NotValidForNameContext { .. } => {
            ("is for another host", "is there a proxy or a sign-in page in between?".to_string())
        }
        _ => {
            let line = hint::set(&channel.ctx, "AWS_CA_BUNDLE", "/path/to/its/certificates.pem");
            ("is not trusted", format!("a company's proxy has its own authority: {line}"))
        }
    };
    channel.named(Error::unreachable(format!("the certificate of `{}` {message}", channel.host)).hint(hint))
}

fn no_network(channel: &Channel, message: String) -> Error {
    match (&channel.proxy, &channel.endpoint) {
        (None, Some(endpoint)) => Error::unreachable(message).hint(endpoint.hint(&channel.ctx)),
        (None, None) => Error::unreachable(message).hint("is the network up? a proxy would be named by HTTPS_PROXY"),
        (Some(proxy), _) => channel.named(Error::unreachable(message).hint(format!(
            "is the network up, and is the proxy of {} the right one? if not: {}",
            proxy.variable,
            hint::unset(&channel.ctx, &[proxy.variable])
        ))),
    }
}
