//! Runs a program in a pseudo-terminal: sends keys, reads what is shown, and waits for a text, never for a fixed time.
//!
//! The output is the raw stream with escape sequences and echo; `screen` turns it into a screen. If a test needs the
//! state of a shell, it makes the shell write it to a file.

use pty_process::Size;
use pty_process::blocking::{Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_shutdown;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

/// How long a condition may take before the test fails; generous, because the machine may be busy.
const TIME_LIMIT: Duration = Duration::from_secs(90);

/// A program whose stdin, stdout, stderr and controlling terminal are a pty. Killed when dropped.
pub(crate) struct Terminal {
    child: Child,
    pty: Pty,
    output: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// Where the next wait starts to search.
    mark: usize,
    /// Where the next question of the program to the terminal is looked for.
    answered: usize,
}

impl Terminal {
    /// Starts the command in a terminal of 24 rows and 120 columns.
    pub(crate) fn start(command: Command) -> Self {
        Self::start_sized(command, 24, 120)
    }

    /// Starts the command in a terminal of that size.
    pub(crate) fn start_sized(command: Command, rows: u16, columns: u16) -> Self {
        heed_interrupts();
        let (pty, pts) = open().expect("the system has ptys");
        pty.resize(Size::new(rows, columns)).expect("a pty can be resized");
        let child = pty_process::blocking::Command::from(command).spawn(pts).expect("the program starts");
        let output = read_in_background(&pty);
        Self { child, pty, output, seen: Vec::new(), mark: 0, answered: 0 }
    }

    /// Types keys as they stand: `"\t"` is TAB, `"\x03"` is Ctrl-C, `"\r"` is Enter.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.pty.write_all(keys.as_bytes()).expect("the terminal takes input");
    }

    /// Types a line and Enter.
    pub(crate) fn enter(&mut self, line: &str) {
        self.keys(&format!("{line}\r"));
    }

    /// Calls the scripted ssox that reads a line from its terminal, and types that line.
    pub(crate) fn type_for_ssox(&mut self) {
        self.enter("ssox read");
        self.wait_for("terminal: 2");
        self.enter("typed");
        self.wait_for("read: typed");
    }

    /// Calls the scripted ssox that waits, and presses Ctrl-C.
    pub(crate) fn interrupt_ssox(&mut self) {
        self.enter("ssox sleep");
        self.wait_for("terminal: 2");
        self.keys("\x03");
    }

    /// Waits until the text comes out, after what the last wait found; returns what came before it.
    /// What was typed is echoed: write `mar''ker` in a command, and wait for `marker`.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        self.wait_for_any(&[text]).1
    }

    /// Waits until one of the texts comes out; returns which one (the earliest), and what came before it.
    pub(crate) fn wait_for_any(&mut self, texts: &[&str]) -> (usize, String) {
        self.wait_until(&format!("one of {texts:?}"), |fresh| {
            let at = |text: &&str| find(fresh, text.as_bytes());
            let (which, start) =
                texts.iter().map(at).enumerate().filter_map(|(n, at)| Some((n, at?))).min_by_key(|m| m.1)?;
            let before = String::from_utf8_lossy(&fresh[..start]).into_owned();
            Some((start + texts[which].len(), (which, before)))
        })
    }

    /// Waits until the program is done; returns all that came out since the last wait, and its status.
    pub(crate) fn wait_for_end(mut self) -> (String, ExitStatus) {
        let deadline = Instant::now() + TIME_LIMIT;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the program did not end; it said:\n{}", self.transcript()),
            }
        }
        let status = self.child.wait().expect("a child can be waited for");
        (String::from_utf8_lossy(&self.seen[self.mark..]).into_owned(), status)
    }

    /// Changes the size of the window.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        self.pty.resize(Size::new(rows, columns)).expect("a pty can be resized");
    }

    /// Tells the program that its window was closed.
    pub(crate) fn hang_up(&mut self) {
        let id = Pid::from_child(&self.child);
        kill_process(id, Signal::HUP).expect("the program is there");
    }

    /// Returns the process id of the program.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns all output so far, unchanged.
    pub(crate) fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// Returns all output so far, with control characters made visible.
    pub(crate) fn transcript(&self) -> String {
        self.seen.iter().fold(String::new(), |mut text, byte| {
            match byte {
                b'\n' => text.push('\n'),
                b'\r' => {}
                b' '..=b'~' => text.push(char::from(*byte)),
                _ => write!(text, "\\x{byte:02x}").expect("a string takes everything"),
            }
            text
        })
    }

    /// Returns what came out since the last wait.
    pub(crate) fn fresh(&mut self) -> String {
        let text = String::from_utf8_lossy(&self.seen[self.mark..]).into_owned();
        self.mark = self.seen.len();
        text
    }

    /// Waits until the probe finds something on the screen: text that is drawn again, or after what was waited for.
    pub(crate) fn wait_for_screen<T>(&mut self, what: &str, mut probe: impl FnMut(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + TIME_LIMIT;
        loop {
            if let Some(found) = probe(&screen(&self.seen())) {
                return found;
            }
            self.receive(what, deadline);
        }
    }

    /// Waits until the probe finds something in the new output; it returns how many bytes to skip, and what it found.
    fn wait_until<T>(&mut self, what: &str, mut probe: impl FnMut(&[u8]) -> Option<(usize, T)>) -> T {
        let deadline = Instant::now() + TIME_LIMIT;
        loop {
            if let Some((used, found)) = probe(&self.seen[self.mark..]) {
                self.mark += used;
                return found;
            }
            self.receive(what, deadline);
        }
    }

    fn receive(&mut self, what: &str, deadline: Instant) {
        match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => self.take(&bytes),
            Err(end) => panic!("{what} did not come ({end}); the terminal shows:\n{}", self.transcript()),
        }
    }
}

impl Terminal {
    /// Takes output, and answers the questions without which several shells do not go on: where the cursor is, and
    /// (fish 4) what kind of terminal it is.
    fn take(&mut self, bytes: &[u8]) {
        const QUESTIONS: [(&[u8], &[u8]); 3] =
            [(b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[0c", b"\x1b[?62c"), (b"\x1b[c", b"\x1b[?62c")];
        self.seen.extend(bytes);
        let next = |fresh: &[u8]| {
            let found =
                QUESTIONS.iter().filter_map(|(asked, answer)| Some((find(fresh, asked)? + asked.len(), *answer)));
            found.min_by_key(|(end, _)| *end)
        };
        while let Some((end, answer)) = next(&self.seen[self.answered..]) {
            self.answered += end;
            // Where the program is done already, nobody reads it.
            let _ = self.pty.write_all(answer);
        }
        self.answered = self.answered.max(self.seen.len().saturating_sub(3));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns what a terminal of 24 rows and 120 columns shows after this output, without blank rows at the end.
pub(crate) fn screen(output: &str) -> String {
    screen_sized(output, 24, 120)
}

/// Returns what a terminal of another size shows.
pub(crate) fn screen_sized(output: &str, rows: u16, columns: u16) -> String {
    let size = |cells| NonZeroU16::new(cells).expect("it is not zero");
    let mut parser = vt100::Parser::new(size(rows), size(columns), 0);
    parser.process(output.as_bytes());
    parser.screen().contents()
}

/// Polls until the condition holds, for state that is not in the output (a file, a counter).
pub(crate) fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIME_LIMIT;
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Makes Ctrl-C end the programs that are started from now on. A shell that runs the tests in the background lets them
/// ignore this signal, and the programs would inherit that.
fn heed_interrupts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A signal with a handler is no longer ignored after the start of another program.
        register_conditional_shutdown(SIGINT, 130, Arc::new(AtomicBool::new(true)))
            .expect("a handler can be installed");
    });
}

fn read_in_background(pty: &Pty) -> Receiver<Vec<u8>> {
    use std::os::fd::AsFd as _;
    let descriptor = pty.as_fd().try_clone_to_owned().expect("a descriptor can be copied");
    let mut reader = std::fs::File::from(descriptor);
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        // A pty whose other side is closed returns an error on Linux, and the end of the file elsewhere.
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[test]
fn a_program_in_a_terminal_reads_what_is_typed() {
    let mut command = Command::new("sh");
    command.args(["-c", "test -t 0 && test -t 1 && test -t 2 && echo ready; read line; echo got $line; exit 7"]);
    let mut terminal = Terminal::start(command);
    terminal.wait_for("ready");
    terminal.enter("hello");
    terminal.wait_for("got hello");
    let (_, status) = terminal.wait_for_end();
    assert_eq!(status.code(), Some(7));
}

#[test]
fn a_window_changes_its_size_and_is_closed() {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "trap 'stty size' WINCH; trap 'echo closed; exit 3' HUP; echo ready; while :; do sleep 0.01; done",
    ]);
    let mut terminal = Terminal::start_sized(command, 10, 40);
    terminal.wait_for("ready");
    terminal.resize(20, 60);
    terminal.wait_for("20 60");
    terminal.hang_up();
    terminal.wait_for("closed");
    assert_eq!(terminal.wait_for_end().1.code(), Some(3));
}
