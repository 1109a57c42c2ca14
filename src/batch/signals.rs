//! Sends SIGINT, SIGTERM and SIGHUP as events to the thread that supervises the programs.

use super::workers::Event;
use std::sync::mpsc::Sender;

#[cfg(unix)]
mod system {
    use super::{Event, Sender};
    use crate::signals;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Handle;
    use std::thread::spawn;

    /// Forwards the signals until this value is dropped.
    pub(in super::super) struct Forwarding(Option<Handle>);

    pub(in super::super) fn forward(events: Sender<Event>) -> Forwarding {
        let Ok(mut signals) = signals::catch(&[SIGINT, SIGTERM, SIGHUP]) else { return Forwarding(None) };
        let handle = signals.handle();
        spawn(move || signals.forever().take_while(|_| events.send(Event::Signal).is_ok()).count());
        Forwarding(Some(handle))
    }

    impl Drop for Forwarding {
        fn drop(&mut self) {
            if let Some(handle) = &self.0 {
                handle.close();
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Event, Sender};

    /// Does nothing: on Windows, Ctrl-C ends ssox and its programs alike.
    pub(in super::super) struct Forwarding;

    pub(in super::super) fn forward(_events: Sender<Event>) -> Forwarding {
        Forwarding
    }
}

pub(super) use system::forward;
