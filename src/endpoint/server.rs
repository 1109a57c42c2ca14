//! Accepts connections, and answers each on a thread of its own.

use super::connections::Connections;
use super::request::{self, Expected};
use super::response::Response;
use super::stop;
use super::supply::Supply;
use super::{Handover, directory};
use crate::context::Context;
use crate::error::{Result, cause_text};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The stack size in bytes of the threads that answer connections.
const STACK: usize = 128 * 1024;
/// How long the local server for credentials waits, after its response, until the client closes the connection.
const CLOSE_TIME: Duration = Duration::from_millis(200);
/// The pause after a connection could not be accepted, for example because all file descriptors are in use.
const PAUSE: Duration = Duration::from_millis(50);

/// The data that the threads of the local server for credentials share.
struct Server {
    ctx: Context,
    supply: Arc<Supply>,
    expected: Expected,
    connections: Connections,
}

/// Serves credentials. Threads of [`stop`] remove the server's files and end this process: on a signal, after the
/// watched process has exited, or at the time limit.
///
/// # Errors
/// `Other`: the system refuses a thread, or the socket has no address.
pub(crate) fn serve(ctx: &Context, listener: &TcpListener, handover: Handover) -> Result<()> {
    let failed = |cause| {
        crate::error::Error::other(format!("could not start the local server for credentials: {}", cause_text(&cause)))
    };
    let host = listener.local_addr().map_err(failed)?.to_string();
    let _lock = directory::lock(&handover.directory);
    stop::on_signals(handover.directory.clone()).map_err(failed)?;
    if let Some(process) = handover.watched {
        stop::with_process(process, handover.directory.clone());
    }
    if let Some(until) = handover.until {
        stop::at(until, ctx.clone(), handover.profile.clone(), handover.directory.clone());
    }
    let supply = Arc::new(Supply::new(handover.profile, handover.renewal, handover.entry));
    let server = Arc::new(Server {
        ctx: ctx.clone(),
        supply: Arc::clone(&supply),
        expected: Expected { host, token: handover.token },
        connections: Connections::default(),
    });
    let renewer_ctx = ctx.clone();
    thread::Builder::new().stack_size(STACK).spawn(move || supply.renew_when_due(&renewer_ctx)).map_err(failed)?;
    for connection in listener.incoming() {
        match connection {
            Ok(stream) => server.answer_in_thread(stream),
            Err(_) => thread::sleep(PAUSE),
        }
    }
    Ok(())
}

impl Server {
    /// Answers a connection on a new thread. If no thread can be started, the connection is closed; SDKs then try
    /// again.
    fn answer_in_thread(self: &Arc<Self>, stream: TcpStream) {
        let server = Arc::clone(self);
        let stream = server.connections.add(stream);
        let other = Arc::clone(&stream);
        let started = thread::Builder::new().stack_size(STACK).spawn(move || server.answer(&stream));
        if started.is_err() {
            self.connections.remove(&other);
        }
    }

    fn answer(&self, stream: &Arc<TcpStream>) {
        let request = request::read(&self.ctx, stream, &self.expected);
        self.connections.remove(stream);
        let response = match request {
            None => return,
            Some(Err(refusal)) => Response::from(refusal),
            Some(Ok(())) => self.credentials(),
        };
        send(stream, &response);
    }

    fn credentials(&self) -> Response {
        match self.supply.get(&self.ctx) {
            Ok(entry) => Response::credentials(&entry, self.ctx.now()),
            Err(error) => Response::failure(&error),
        }
    }
}

/// Sends the response with one write, and waits until the client closes the connection. If ssox closed the connection
/// before it had read all data from the client, the kernel would reset the connection, and the response could be lost.
fn send(mut stream: &TcpStream, response: &Response) {
    let sent = stream.write_all(response.bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
    if sent.is_ok() {
        let _ = stream.set_read_timeout(Some(CLOSE_TIME));
        while stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {}
    }
}
