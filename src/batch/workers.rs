//! The threads that run the programs of `ssox each`, and the events that the supervising thread receives: a program has
//! ended, a signal has come, or nobody reads the output any more.

use super::outcome::{Job, Outcome, Stop};
use super::output::{Output, Stream};
use super::program::{self, Program};
use super::stream;
use crate::error::{Error, cause_text};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long to wait for the last output of a killed program: a process in another group may keep its pipe open.
pub(super) const AFTER_KILL: Duration = Duration::from_secs(1);
/// How often a worker checks whether its program still has to be waited for.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// What the supervising thread is told: a program has ended (its number and its outcome), ssox got a signal, or the
/// reader of its output has closed the pipe.
pub(super) enum Event {
    Ended(usize, Box<Outcome>),
    #[cfg_attr(not(unix), expect(dead_code, reason = "on Windows, Ctrl-C ends both ssox and its programs"))]
    Signal,
    OutputClosed,
}

/// The data that the supervising thread and the threads of the programs share.
pub(super) struct Shared {
    pub(super) queue: Mutex<VecDeque<(usize, Job)>>,
    pub(super) running: Mutex<Running>,
    pub(super) output: Arc<Output>,
    pub(super) events: Sender<Event>,
}

#[derive(Default)]
pub(super) struct Running {
    pub(super) programs: BTreeMap<usize, (String, Option<program::Group>)>,
    pub(super) stop: Option<Stop>,
    /// When ssox first killed the programs; `None` if it did not.
    pub(super) killed: Option<Instant>,
}

impl Shared {
    /// Takes the next job from the queue and runs it; if ssox has stopped the jobs, only reports that the job was not
    /// started. Returns false when no job is left.
    pub(super) fn run_next(&self) -> bool {
        let Some((at, job)) = lock(&self.queue).pop_front() else { return false };
        let begun = Instant::now();
        lock(&self.running).programs.insert(at, (job.name.clone(), None));
        let streams = self.output.streams(at, &job.name);
        let mut outcome = match streams {
            Ok([stdout, stderr]) => match self.start(at, job) {
                Ok(program) => self.finish(program, stdout, stderr),
                Err(outcome) => *outcome,
            },
            Err(error) => Outcome::not_started(error),
        };
        outcome.time = begun.elapsed();
        let mut running = lock(&self.running);
        running.programs.remove(&at);
        if let (Some(stop), Some(1..), None) = (running.stop, outcome.status, &outcome.error) {
            outcome.error = Some(stop.error());
        }
        // The result is sent while `running` is locked, so a thread that does not find the program in
        // `running.programs` knows that its result was sent.
        let sent = self.events.send(Event::Ended(at, Box::new(outcome)));
        drop(running);
        sent.is_ok()
    }

    fn start(&self, at: usize, job: Job) -> std::result::Result<Program, Box<Outcome>> {
        let stop = lock(&self.running).stop;
        if let Some(stop) = stop {
            return Err(Box::new(Outcome::left_out(stop)));
        }
        let mut command = (job.command)().map_err(|error| Box::new(Outcome::not_started(error)))?;
        let name = command.get_program().to_string_lossy().into_owned();
        let mut running = lock(&self.running);
        if let Some(stop) = running.stop {
            return Err(Box::new(Outcome::left_out(stop)));
        }
        drop(running);
        let program = Program::start(&mut command).map_err(|cause| Box::new(Outcome::not_run(&name, &cause)))?;
        running = lock(&self.running);
        if running.stop.is_some() {
            program.group().end();
        }
        running.programs.insert(at, (job.name, Some(program.group())));
        Ok(program)
    }

    /// Reads the output of a program, and waits until it exits. The program is reaped last: until then no other process
    /// can get the number of its process group.
    fn finish(&self, mut program: Program, stdout: Stream, stderr: Stream) -> Outcome {
        let closed = || {
            let events = self.events.clone();
            move || drop(events.send(Event::OutputClosed))
        };
        let read_stdout = stream::read(program.stdout(), stdout, closed());
        let read_stderr = stream::read(program.stderr(), stderr, closed());
        let asked = program.wait();
        let ended = Instant::now();
        let (stdout, stderr) = (self.kept(&read_stdout, ended), self.kept(&read_stderr, ended));
        let status = program.status();
        let unwritten = [&stdout, &stderr].into_iter().find_map(|read| read.as_ref().err());
        let error = unwritten
            .map(|cause| Error::other(format!("could not write the program's output: {}", cause_text(cause))))
            .or_else(|| {
                let why = "the program was ended, because it tried to read from the terminal or to change its settings";
                asked.then(|| Error::needs_person(why))
            });
        Outcome {
            status: Some(status),
            error,
            is_left_out: false,
            time: Duration::ZERO,
            stdout: stdout.unwrap_or_default(),
            stderr: stderr.unwrap_or_default(),
        }
    }

    /// Returns the output of a program that has exited. Waits until the last process that writes to the pipe has closed
    /// it. If ssox killed the programs, waits at most [`AFTER_KILL`], and then returns no output.
    fn kept(&self, from: &Receiver<io::Result<Vec<u8>>>, ended: Instant) -> io::Result<Vec<u8>> {
        loop {
            match from.recv_timeout(POLL_INTERVAL) {
                Ok(read) => return read,
                Err(RecvTimeoutError::Timeout) if self.waits_for_output(ended) => {}
                Err(_) => return Ok(Vec::new()),
            }
        }
    }

    fn waits_for_output(&self, ended: Instant) -> bool {
        lock(&self.running).killed.is_none_or(|killed| killed.max(ended).elapsed() < AFTER_KILL)
    }
}

/// Locks a mutex. A thread that panicked leaves the value complete, so a poisoned mutex can still be used.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
