//! Turns SIGINT, SIGTERM and SIGHUP into events, except those that this process was started to ignore, as under `nohup`.

use super::Event;
use std::sync::mpsc::Sender;

#[cfg(unix)]
mod system {
    use super::{Event, Sender};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};
    use std::thread::spawn;

    /// Forwards signals until it is dropped.
    pub(in super::super) struct Forwarding(Option<Handle>);

    pub(in super::super) fn forward(events: Sender<Event>) -> Forwarding {
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
        let Ok(mut signals) = Signals::new(wanted) else { return Forwarding(None) };
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

    /// Returns the signals that this process ignores, one bit each; only Linux tells.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Event, Sender};

    /// Ctrl-C ends ssox and its programs alike.
    pub(in super::super) struct Forwarding;

    pub(in super::super) fn forward(_events: Sender<Event>) -> Forwarding {
        Forwarding
    }
}

pub(super) use system::forward;
