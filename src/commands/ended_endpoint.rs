//! Finds out whether this shell has the variables of an endpoint (a local server of ssox) that has ended. Shells that
//! have read these variables keep them after the end of the endpoint.

use super::endpoint_changes::{URI, is_served};
use crate::context::Context;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long ssox waits for an answer of the endpoint, which is on this machine.
const ANSWER: Duration = Duration::from_secs(1);

/// The hint for a shell with the variables of an endpoint that has ended.
pub(super) const HINT: &str = "ssox clear; or run ssox serve again, and type its lines in this shell";

/// Returns a message if this shell has the variables of an endpoint that has ended.
pub(super) fn message(ctx: &Context) -> Option<String> {
    let url = ctx.var(URI).filter(|_| is_served(ctx))?;
    let address: SocketAddr = url.strip_prefix("http://")?.trim_end_matches('/').parse().ok()?;
    if !address.ip().is_loopback() || TcpStream::connect_timeout(&address, ANSWER).is_ok() {
        return None;
    }
    Some(format!("the endpoint of ssox at {url} has ended: AWS tools get no credentials in this shell"))
}
