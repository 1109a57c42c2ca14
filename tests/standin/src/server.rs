//! The socket: accepts connections, sends responses, applies faults, stops.

use crate::faults::Fault;
use crate::http::{Connection, Request, Response};
use crate::options::Options;
use crate::route::{Route, route};
use crate::state::State;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    stopped: AtomicBool,
    connections: Mutex<HashMap<u64, TcpStream>>,
    next_connection: AtomicU64,
}

impl Server {
    pub(crate) fn start(options: Options, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(options, format!("http://{address}"))),
            stopped: AtomicBool::new(false),
            connections: Mutex::default(),
            next_connection: AtomicU64::new(0),
        });
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&shared, &listener)
        });
        Ok(Self { shared, address, acceptor: Some(acceptor) })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // One more connection wakes the acceptor, which then sees that it should stop.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        for stream in lock(&self.shared.connections).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        thread::spawn(move || serve(&shared, stream));
    }
}

fn serve(shared: &Shared, stream: TcpStream) {
    // Without it a kept-alive connection stalls for 40 ms at a time.
    let (Ok(()), Ok(copy)) = (stream.set_nodelay(true), stream.try_clone()) else { return };
    let id = shared.next_connection.fetch_add(1, Ordering::SeqCst);
    lock(&shared.connections).insert(id, copy);
    let mut connection = Connection::new(stream);
    while let Some(request) = connection.read() {
        if shared.stopped.load(Ordering::SeqCst) || answer(shared, &mut connection, request).is_err() {
            break;
        }
    }
    // The registered copy must go first, or the socket would stay open.
    lock(&shared.connections).remove(&id);
}

/// Answers one request; an error closes the connection.
fn answer(shared: &Shared, connection: &mut Connection, mut request: Request) -> io::Result<()> {
    let route = route(&request);
    request.operation.clone_from(&route.name);
    let faults = receive(shared, &route, &request);
    for fault in &faults {
        if let Fault::Delay(duration) = fault {
            thread::sleep(*duration);
        }
    }
    if faults.contains(&Fault::Hold) {
        while lock(&shared.state).faults.hold(&route.name) && !shared.stopped.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
    }
    if faults.contains(&Fault::Hang) {
        return connection.hang().and(Err(io::ErrorKind::ConnectionAborted.into()));
    }
    if faults.contains(&Fault::Reset) {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let (response, date) = work(shared, &route, &request, &faults);
    let message = response.bytes(date, request.method == "HEAD");
    if faults.contains(&Fault::ResetAfterWork) {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    if faults.contains(&Fault::Truncated) {
        let half = message.len() - response.body.len().div_ceil(2);
        return connection.write(&message[..half]).and(Err(io::ErrorKind::ConnectionAborted.into()));
    }
    connection.write(&message)
}

fn receive(shared: &Shared, route: &Route, request: &Request) -> Vec<Fault> {
    let mut state = lock(&shared.state);
    if route.is_control {
        return Vec::new();
    }
    let whole = route.name.split('.').next().unwrap_or(&route.name);
    state.count(whole);
    if whole != route.name {
        state.count(&route.name);
    }
    state.requests.push(request.clone());
    state.faults.take(&route.name)
}

fn work(shared: &Shared, route: &Route, request: &Request, faults: &[Fault]) -> (Response, i64) {
    let mut state = lock(&shared.state);
    state.skew = faults.iter().map(|fault| if let Fault::DateSkew(seconds) = fault { *seconds } else { 0 }).sum();
    let replaced = faults.iter().find_map(|fault| fault.response(route.protocol));
    let response = replaced.unwrap_or_else(|| match (route.work)(&mut state, request) {
        Ok(response) | Err(response) => response,
    });
    let date = state.now();
    state.skew = 0;
    (response, date)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
