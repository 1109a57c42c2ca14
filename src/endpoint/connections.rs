//! The connections whose request the local server for credentials has not read yet. If there are too many, the oldest
//! is closed. Otherwise another user of the machine could connect often, send nothing, and so keep programs from
//! getting credentials.

use std::collections::VecDeque;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most connections to the local server for credentials that may be open before their request was read.
const MOST: usize = 64;

/// The connections whose request the local server for credentials has not read yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<VecDeque<Arc<TcpStream>>>);

impl Connections {
    /// Adds a connection whose request was not read yet, and closes the oldest such connection if there are more than
    /// [`MOST`].
    pub(super) fn add(&self, stream: TcpStream) -> Arc<TcpStream> {
        let stream = Arc::new(stream);
        let mut waiting = self.lock();
        waiting.push_back(Arc::clone(&stream));
        if waiting.len() > MOST
            && let Some(oldest) = waiting.pop_front()
        {
            let _ = oldest.shutdown(Shutdown::Both);
        }
        stream
    }

    /// Removes a connection after its request was read.
    pub(super) fn remove(&self, stream: &Arc<TcpStream>) {
        self.lock().retain(|other| !Arc::ptr_eq(other, stream));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<TcpStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
