//! The connections whose request has not been read yet. When there are too many, the oldest is closed: whoever connects and
//! sends nothing, as another user of the machine can, must not keep programs from their credentials.

use std::collections::VecDeque;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most connections that wait for their request.
const MOST: usize = 64;

/// The connections, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<VecDeque<Arc<TcpStream>>>);

impl Connections {
    /// Adds a connection, and closes the oldest if there are too many.
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

    /// Removes a connection whose request was read.
    pub(super) fn remove(&self, stream: &Arc<TcpStream>) {
        self.lock().retain(|other| !Arc::ptr_eq(other, stream));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<TcpStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
