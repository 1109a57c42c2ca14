//! On Linux, `/proc` lists all TCP connections with their users:
//! <https://man7.org/linux/man-pages/man5/proc_pid_net.5.html>.

use super::Peer;
use crate::context::Context;
use crate::files;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::Path;

/// The kernel's list of IPv4 sockets, and its list of IPv6 sockets, which can also have IPv4 connections.
const TABLES: [&str; 2] = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];
/// How many times the kernel's lists of sockets are read. The kernel returns a list in pieces, so a line can be missed
/// if the list changes while ssox reads it.
const ATTEMPTS: usize = 3;
/// The greatest size in bytes of a list of sockets. ssox does not read a larger list.
const LARGEST: u64 = 256 << 20;
/// The state of a connected socket in the kernel's lists.
const ESTABLISHED: &str = "01";

pub(super) fn tells_the_user() -> bool {
    files::read_up_to(Path::new(TABLES[0]), LARGEST).is_ok_and(|table| table.is_some())
}

pub(super) fn peer(ctx: &Context, from: SocketAddr, to: SocketAddr) -> Peer {
    let (SocketAddr::V4(from), SocketAddr::V4(to)) = (from, to) else { return Peer::Unknown };
    for _ in 0..ATTEMPTS {
        let tables = TABLES.map(|table| files::read_up_to(Path::new(table), LARGEST).ok().flatten());
        if tables[0].is_none() {
            return Peer::Unknown;
        }
        let mut texts = tables.iter().flatten().map(|table| String::from_utf8_lossy(table));
        match texts.find_map(|text| find(&text, from, to)) {
            Some(Socket::HeldBy(user)) => return whose(ctx, user),
            Some(Socket::Closed) => return Peer::Closed,
            None => {}
        }
    }
    // In WSL, the browser may be a Windows program, whose sockets Linux does not list.
    if ctx.is_wsl() { Peer::Unknown } else { Peer::Closed }
}

/// The state of a socket in the kernel's list of sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Socket {
    HeldBy(u32),
    /// The process has closed the socket. The kernel's list of sockets then has user 0 for this socket.
    Closed,
}

/// Finds the socket that connects `from` to `to` in `table`, one of the kernel's lists of sockets; `None` if this list
/// does not contain the socket.
fn find(table: &str, from: SocketAddrV4, to: SocketAddrV4) -> Option<Socket> {
    let ends = [[listed(from), listed(to)], [mapped(from), mapped(to)]];
    table.lines().find_map(|line| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, local, remote, state, _, _, _, user, _, inode, ..] = words[..] else { return None };
        let is_found = ends.iter().any(|[own, other]| own == local && other == remote);
        let is_held = state == ESTABLISHED && inode != "0";
        if !is_found {
            None
        } else if is_held {
            user.parse().ok().map(Socket::HeldBy)
        } else {
            Some(Socket::Closed)
        }
    })
}

/// Compares a user with the user of this process and with root. Under `sudo`, also compares with the user who typed the
/// command, because the browser may run as that user.
fn whose(ctx: &Context, user: u32) -> Peer {
    let own = rustix::process::geteuid();
    let of_sudo = || ctx.var("SUDO_UID").and_then(|user| user.parse().ok()).filter(|_| own.is_root());
    if user == 0 || user == own.as_raw() || of_sudo() == Some(user) {
        Peer::SameUser
    } else {
        Peer::OtherUser(name(user).unwrap_or_else(|| format!("with uid {user}")))
    }
}

fn name(user: u32) -> Option<String> {
    let users = String::from_utf8(files::read(Path::new("/etc/passwd")).ok()??).ok()?;
    let of_line = |line: &str| {
        let [name, _, number] = line.splitn(4, ':').take(3).collect::<Vec<_>>()[..] else { return None };
        (number.parse() == Ok(user)).then(|| format!("`{name}`"))
    };
    users.lines().find_map(of_line)
}

/// Returns an IPv4 address and port as the kernel lists them; the address is a number in the machine's byte order.
fn listed(address: SocketAddrV4) -> String {
    format!("{}:{:04X}", word(*address.ip()), address.port())
}

/// Returns an IPv4 address and port as the kernel lists them for an IPv6 socket.
fn mapped(address: SocketAddrV4) -> String {
    format!("{}{}", format_args!("{:08X}{:08X}{:08X}", 0, 0, u32::from_ne_bytes([0, 0, 0xff, 0xff])), listed(address))
}

fn word(address: Ipv4Addr) -> String {
    format!("{:08X}", u32::from_ne_bytes(address.octets()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    fn pair(connect: impl Fn(u16) -> TcpStream) -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let near = connect(listener.local_addr().unwrap().port());
        (near, listener.accept().unwrap().0)
    }

    #[test]
    fn connections_of_this_process_are_of_the_same_user_in_both_families() {
        let ctx = Context::new([]);
        for host in ["127.0.0.1", "::ffff:127.0.0.1"] {
            let (near, far) = pair(|port| TcpStream::connect((host, port)).unwrap());
            assert_eq!(super::super::of(&ctx, &far), Peer::SameUser, "{host}");
            drop(near);
            assert_eq!(super::super::of(&ctx, &far), Peer::Closed, "{host}");
        }
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn an_entry_tells_the_user_until_the_socket_is_closed() {
        let from = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0xabcd);
        let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0x1f90);
        let line = |ends: &str, state: &str, user: u32, inode: u32| {
            format!(
                "  sl  local rem\n   5: {ends} {state} 00000000:00000000 00:00000000 00000000  {user}  0 {inode} 1 0 20\n"
            )
        };
        let ends = "0100007F:ABCD 0100007F:1F90";
        let mapped = "0000000000000000FFFF00000100007F:ABCD 0000000000000000FFFF00000100007F:1F90";
        for ends in [ends, mapped] {
            assert_eq!(find(&line(ends, "01", 1000, 7), from, to), Some(Socket::HeldBy(1000)));
        }
        assert_eq!(find(&line("0100007F:1F90 0100007F:ABCD", "01", 1000, 7), from, to), None);
        // The client closed the connection just after its request.
        for (state, inode) in [("05", 0), ("06", 0), ("01", 0)] {
            assert_eq!(find(&line(ends, state, 0, inode), from, to), Some(Socket::Closed));
        }
    }

    #[test]
    fn another_user_has_a_name() {
        assert_eq!(name(0).as_deref(), Some("`root`"));
        let another = Peer::OtherUser("with uid 4294967294".into());
        assert_eq!(whose(&Context::new([]), u32::MAX - 1), another);
        if rustix::process::geteuid().is_root() {
            let sudo = Context::new([("SUDO_UID".into(), "54321".into())]);
            assert_eq!(whose(&sudo, 54321), Peer::SameUser);
        }
    }
}
