//! Runs many programs at once, a few at a time: reads their output, and ends them all on Ctrl-C.

mod output;
mod program;
mod signals;
mod stream;

pub(crate) use output::{Colours, Output, Shown};

use crate::error::{Error, ErrorKind, Result, cause_text};
use crate::terminal::StatusLine;
use output::Stream;
use program::Program;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long programs have between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait for the last output of programs that were killed: a process in another group may keep it open.
const AFTER_KILL: Duration = Duration::from_secs(1);
/// How long to wait for the end of programs that were killed: one that waits for a device or a file server cannot end.
const UNKILLABLE: Duration = Duration::from_secs(15);
/// How often the status line is drawn.
const REDRAW: Duration = Duration::from_millis(100);

/// A program to run.
pub(crate) struct Job {
    pub(crate) name: String,
    /// Makes the command, on the thread that runs it.
    pub(crate) command: Box<dyn FnOnce() -> Result<Command> + Send>,
}

/// The result of a job.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit status as a shell has it; `None` when the program was not started.
    pub(crate) status: Option<u8>,
    /// Why it was not started, or was ended.
    pub(crate) error: Option<Error>,
    pub(crate) time: Duration,
    pub(crate) stdout: Vec<u8>,
    /// All of stderr if the output is kept, else the end of it.
    pub(crate) stderr: Vec<u8>,
}

/// What happens after the first failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFailure {
    GoOn,
    /// Starts no more, and ends those that run.
    Stop,
}

/// The results, in the order of the jobs; and the names of the jobs that a signal has ended.
pub(crate) struct Finished {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) interrupted: Option<Vec<String>>,
}

/// Why no more programs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Signal,
    Failure,
    /// The reader of the output has closed it.
    Closed,
}

enum Event {
    Ended(usize, Box<Outcome>),
    #[cfg_attr(not(unix), expect(dead_code, reason = "Ctrl-C ends ssox and its programs alike there"))]
    Signal,
    OutputClosed,
}

/// What the threads share.
struct Shared {
    queue: Mutex<VecDeque<(usize, Job)>>,
    running: Mutex<Running>,
    output: Arc<Output>,
    events: Sender<Event>,
}

#[derive(Default)]
struct Running {
    programs: BTreeMap<usize, (String, Option<program::Group>)>,
    stop: Option<Stop>,
    /// When programs were first killed.
    killed: Option<Instant>,
}

/// Runs all jobs, `limit` at a time, and returns when they have ended.
pub(crate) fn run(jobs: Vec<Job>, limit: usize, output: Output, on_failure: OnFailure) -> Finished {
    let status = StatusLine::start();
    let (events, received) = channel();
    let _signals = signals::forward(events.clone());
    let names: Vec<String> = jobs.iter().map(|job| job.name.clone()).collect();
    let output = Arc::new(output.around(status.clone()));
    let queue = Mutex::new(jobs.into_iter().enumerate().collect());
    let shared = Arc::new(Shared { queue, running: Mutex::default(), output, events });
    for _ in 0..limit.min(names.len()) {
        let shared = Arc::clone(&shared);
        // Not joined: a process that left the group of a killed program could keep a reader waiting.
        thread::spawn(move || while shared.run_next() {});
    }
    let mut watch = Watch { shared, received, status, names, on_failure, deadline: None, interrupted: None };
    let outcomes = watch.until_all_ended();
    Finished { outcomes, interrupted: watch.interrupted }
}

impl Shared {
    /// Runs the next job; returns false when there is none.
    fn run_next(&self) -> bool {
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
        // Still locked: the result of each program that is not in `programs` any more can be received.
        let sent = self.events.send(Event::Ended(at, Box::new(outcome)));
        drop(running);
        sent.is_ok()
    }

    fn start(&self, at: usize, job: Job) -> std::result::Result<Program, Box<Outcome>> {
        let stopped = |stop: Stop| Err(Box::new(Outcome::not_started(stop.error())));
        let stop = lock(&self.running).stop;
        if let Some(stop) = stop {
            return stopped(stop);
        }
        let mut command = (job.command)().map_err(|error| Box::new(Outcome::not_started(error)))?;
        let name = command.get_program().to_string_lossy().into_owned();
        let mut running = lock(&self.running);
        if let Some(stop) = running.stop {
            return stopped(stop);
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

    /// Reads the output of a program, and waits for its end. The program is reaped last, so that its group's number stays its
    /// own until then.
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
            .map(|cause| Error::other(format!("could not write its output: {}", cause_text(cause))))
            .or_else(|| asked.then(|| Error::needs_person("it was ended because it wanted to read from the terminal")));
        Outcome {
            status: Some(status),
            error,
            time: Duration::ZERO,
            stdout: stdout.unwrap_or_default(),
            stderr: stderr.unwrap_or_default(),
        }
    }

    /// Waits for the output of a program that has ended.
    fn kept(&self, from: &Receiver<io::Result<Vec<u8>>>, ended: Instant) -> io::Result<Vec<u8>> {
        loop {
            match from.recv_timeout(REDRAW) {
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

impl Outcome {
    fn not_started(error: Error) -> Self {
        Self { status: None, error: Some(error), time: Duration::ZERO, stdout: Vec::new(), stderr: Vec::new() }
    }

    /// Returns the result of a program that could not be run, with the exit status of a shell.
    fn not_run(program: &str, cause: &io::Error) -> Self {
        let error = Error::other(format!("could not run `{program}`: {}", cause_text(cause)));
        Self { status: Some(exit_status(cause)), ..Self::not_started(error) }
    }

    /// Tells whether the program ran and succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.status == Some(0) && self.error.is_none()
    }
}

/// Returns the exit status that a shell has for a program that could not be run.
pub(crate) fn exit_status(cause: &io::Error) -> u8 {
    if cause.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
}

impl Stop {
    fn error(self) -> Error {
        match self {
            Self::Signal => Error::new(ErrorKind::Interrupted, "interrupted"),
            Self::Failure => Error::other("stopped by --fail-fast, because another command failed"),
            Self::Closed => Error::other("stopped, because nobody reads the output any more"),
        }
    }
}

/// The thread that waits for the others.
struct Watch {
    shared: Arc<Shared>,
    received: Receiver<Event>,
    status: StatusLine,
    names: Vec<String>,
    on_failure: OnFailure,
    /// When programs that were told to end are killed.
    deadline: Option<Instant>,
    interrupted: Option<Vec<String>>,
}

impl Watch {
    fn until_all_ended(&mut self) -> Vec<Outcome> {
        let mut ended: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut failed = 0;
        let mut drawn = Instant::now() + REDRAW * 5;
        while ended.len() < self.names.len() {
            let wait = if self.deadline.is_some() || self.status.is_shown() { REDRAW } else { Duration::MAX };
            let had_time = self.deadline.is_some_and(|deadline| deadline <= Instant::now()) && self.kill();
            match self.next_event(wait) {
                Ok(Event::Ended(at, outcome)) => {
                    let is_failure = !outcome.is_success();
                    failed += usize::from(is_failure);
                    ended.insert(at, *outcome);
                    if is_failure && self.on_failure == OnFailure::Stop {
                        self.stop(Stop::Failure);
                    }
                }
                Ok(Event::Signal) => self.interrupt(),
                Ok(Event::OutputClosed) => self.stop(Stop::Closed),
                Err(()) if had_time => break,
                Err(()) => {}
            }
            if drawn <= Instant::now() {
                self.draw(ended.len(), failed);
                drawn = Instant::now() + REDRAW;
            }
        }
        self.status.clear();
        let stop = lock(&self.shared.running).stop.unwrap_or(Stop::Signal);
        let missing = || Outcome::not_started(stop.error());
        (0..self.names.len()).map(|at| ended.remove(&at).unwrap_or_else(missing)).collect()
    }

    fn next_event(&self, wait: Duration) -> std::result::Result<Event, ()> {
        if wait == Duration::MAX {
            return self.received.recv().map_err(drop);
        }
        self.received.recv_timeout(wait).map_err(|_: RecvTimeoutError| ())
    }

    /// Ends all programs after a signal; a second one kills them.
    fn interrupt(&mut self) {
        if self.interrupted.is_some() {
            self.deadline = Some(Instant::now());
            return;
        }
        let running = lock(&self.shared.running).programs.values().map(|(name, _)| name.clone()).collect();
        self.interrupted = Some(running);
        self.stop(Stop::Signal);
    }

    /// Starts no more programs, and tells those that run to end.
    fn stop(&mut self, why: Stop) {
        let mut running = lock(&self.shared.running);
        if running.stop.is_none() {
            self.deadline = Some(Instant::now() + GRACE);
            groups(&running).for_each(program::Group::end);
        }
        running.stop = Some(running.stop.map_or(why, |before| if why == Stop::Signal { why } else { before }));
    }

    /// Kills the programs that still run. Returns true when they have had enough time to end since the first call: then
    /// ssox waits no longer, even if some have not ended.
    fn kill(&self) -> bool {
        let mut running = lock(&self.shared.running);
        groups(&running).for_each(program::Group::kill);
        let time = if groups(&running).next().is_some() { UNKILLABLE } else { AFTER_KILL };
        running.killed.get_or_insert_with(Instant::now).elapsed() >= time
    }

    fn draw(&self, ended: usize, failed: usize) {
        let running: Vec<String> = lock(&self.shared.running).programs.values().map(|(name, _)| name.clone()).collect();
        let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
        self.status.set(&format!("{ended} of {} done{failed}; running: {}", self.names.len(), running.join(", ")));
    }
}

fn groups(running: &Running) -> impl Iterator<Item = program::Group> {
    running.programs.values().filter_map(|(_, group)| *group)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
