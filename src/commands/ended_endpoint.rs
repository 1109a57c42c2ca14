//! Finds out whether this shell has the variables of an endpoint (a local server of ssox for credentials) that no
//! longer runs. Shells that have read these variables keep them after the server has ended.

use super::endpoint_changes::{URI, is_served};
use crate::context::Context;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long ssox waits at most until the endpoint, which is a local server on this machine, accepts a connection.
const ANSWER: Duration = Duration::from_secs(1);

/// The hint for a shell that has the variables of a local credential server that no longer runs.
pub(super) const HINT: &str = "`ssox clear`; or run `ssox serve` again, and type its lines in this shell";

/// Returns a message if this shell has the variables of a local credential server of ssox that no longer runs;
/// otherwise `None`.
pub(super) fn message(ctx: &Context) -> Option<String> {
    let url = ctx.var(URI).filter(|_| is_served(ctx))?;
    let address: SocketAddr = url.strip_prefix("http://")?.trim_end_matches('/').parse().ok()?;
    if !address.ip().is_loopback() || TcpStream::connect_timeout(&address, ANSWER).is_ok() {
        return None;
    }
    Some(format!("the endpoint of ssox at {url} has ended: AWS tools in this shell get no credentials from it"))
}
