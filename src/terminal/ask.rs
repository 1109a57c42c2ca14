//! Asks a question on the terminal, and reads the line that a person types. It opens the terminal itself, because a
//! shell function captures stdout, and stdin may be redirected.

use crate::error::{Error, Result, cause_text, printable};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};

/// Asks a question on the terminal. Returns `None` at the end of input (Ctrl-D); Ctrl-C ends the process.
///
/// # Errors
/// `NeedsPerson`: this process has no terminal.
pub(crate) fn ask(question: &str) -> Result<Option<String>> {
    prompt(question)
        .map_err(|cause| Error::needs_person(format!("there is no terminal to ask on: {}", cause_text(&cause))))
}

/// The answer to a question with yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
}

/// Asks a question. The answers `y` and `yes` mean yes; all others mean no, even Enter and the end of input.
///
/// # Errors
/// Those of [`ask`].
pub(crate) fn confirm(question: &str) -> Result<Answer> {
    let answer = ask(&format!("{question} [y/N] "))?.unwrap_or_default();
    let is_yes = ["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes));
    Ok(if is_yes { Answer::Yes } else { Answer::No })
}

/// Writes to the terminal; does nothing if this process has no terminal.
pub(super) fn write(text: &str) {
    let _ = open().and_then(|(_, mut output)| output.write_all(text.as_bytes()));
}

fn prompt(question: &str) -> io::Result<Option<String>> {
    let (input, mut output) = open()?;
    output.write_all(printable(question).as_bytes())?;
    output.flush()?;
    let mut line = String::new();
    if BufReader::new(input).read_line(&mut line)? == 0 {
        let _ = output.write_all(b"\n");
        return Ok(None);
    }
    Ok(Some(line.trim().to_string()))
}

/// Opens the terminal for another process, for example as stdin of a program that asks a person: ssox's own stdin may
/// be redirected.
pub(crate) fn input() -> io::Result<File> {
    open().map(|(input, _)| input)
}

/// Opens the terminal twice: the first file is for reading, the second for writing.
pub(super) fn open() -> io::Result<(File, File)> {
    let (input, output) = if cfg!(windows) { ("CONIN$", "CONOUT$") } else { ("/dev/tty", "/dev/tty") };
    let open = |path| OpenOptions::new().read(true).write(true).open(path);
    Ok((open(input)?, open(output)?))
}
