//! On macOS, `lsof` lists the connections of this user only.

use super::Peer;
use crate::context::Context;
use crate::system_program;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

const LSOF: &str = "/usr/sbin/lsof";

pub(super) fn tells_the_user() -> bool {
    Path::new(LSOF).exists()
}

/// Looks for both ends of the connection in the list that `lsof` prints. If the end of this process is missing in this
/// list, or `lsof` takes too long, the list is not usable.
pub(super) fn peer(_ctx: &Context, from: SocketAddr, to: SocketAddr) -> Peer {
    let connection = format!("-iTCP@{}:{}", from.ip(), from.port());
    let mut command = Command::new(LSOF);
    command.args(["-nP", "-w", "-Fn", "-sTCP:ESTABLISHED", &connection]);
    let Some(list) = system_program::output(&mut command) else { return Peer::Unknown };
    let has = |one: SocketAddr, other: SocketAddr| list.lines().any(|line| line == format!("n{one}->{other}"));
    match (has(to, from), has(from, to)) {
        (true, true) => Peer::SameUser,
        (true, false) => Peer::OtherUser("of this machine".into()),
        (false, _) => Peer::Unknown,
    }
}
