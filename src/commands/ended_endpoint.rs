//! Finds an endpoint of ssox that no longer answers: its variables outlive it in shells that have read them.

use super::endpoint_changes::{URI, is_served};
use crate::context::Context;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long ssox waits until an endpoint on this machine answers.
const ANSWER: Duration = Duration::from_secs(1);

/// What to type in such a shell.
pub(super) const HINT: &str = "ssox clear, or the lines of a new ssox serve";

/// Returns what is wrong where this shell has the variables of an endpoint that has ended.
pub(super) fn message(ctx: &Context) -> Option<String> {
    let url = ctx.var(URI).filter(|_| is_served(ctx))?;
    let address: SocketAddr = url.strip_prefix("http://")?.trim_end_matches('/').parse().ok()?;
    if !address.ip().is_loopback() || TcpStream::connect_timeout(&address, ANSWER).is_ok() {
        return None;
    }
    Some(format!("the endpoint of ssox at {url} has ended: AWS tools get no credentials in this shell"))
}
