//! Finds out which user's process has connected to a local server of ssox.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

use crate::context::Context;
use std::net::TcpStream;

/// The process at the other end of a connection.
#[cfg_attr(
    not(any(target_os = "linux", target_os = "macos")),
    expect(dead_code, reason = "only Linux and macOS report the process")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A process of this user; or of root, which can read everything anyway and forwards ports (WSL, containers).
    SameUser,
    /// A process of another user. Contains the user's name or id, for a message.
    OtherUser(String),
    /// The process has closed the connection, so it is not a browser: a browser would wait for the response.
    Closed,
    /// The system does not tell which user owns the process at the other end of the connection.
    Unknown,
}

/// Returns which user's process is at the other end of a connection.
pub(crate) fn of(ctx: &Context, stream: &TcpStream) -> Peer {
    let (Ok(from), Ok(to)) = (stream.peer_addr(), stream.local_addr()) else { return Peer::Closed };
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    return system::peer(ctx, from, to);
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _ = (ctx, from, to);
        Peer::Unknown
    }
}

/// Tells whether the URL of a local server may be an argument of a program. It may be an argument if other users cannot
/// read arguments (Windows), or if the system tells which user connects to the server.
pub(crate) fn tells_the_user() -> bool {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    return system::tells_the_user();
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    cfg!(windows)
}
