//! Reads stdout or stderr of a program to the end, on a thread of its own.

use super::output::Stream;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// How many bytes are read at once.
const CHUNK: usize = 64 << 10;

/// Copies the output of a job's program to `to`. The returned receiver gets the output that `to` has kept in memory, or
/// the error of a failed write. If the program that reads ssox's own output has closed the pipe, `closed` is called,
/// and the job's program gets a broken pipe, too.
pub(super) fn read(
    from: Option<impl Read + Send + 'static>,
    mut to: Stream,
    closed: impl FnOnce() + Send + 'static,
) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let result = from.map_or(Ok(()), |from| copy(from, &mut to)).and_then(|()| to.end());
        match result {
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {
                closed();
                let _ = sender.send(Ok(to.into_kept()));
            }
            Err(cause) => drop(sender.send(Err(cause))),
            Ok(()) => drop(sender.send(Ok(to.into_kept()))),
        }
    });
    receiver
}

fn copy(mut from: impl Read, to: &mut Stream) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.write(&buffer[..count])?,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(()),
        }
    }
}
