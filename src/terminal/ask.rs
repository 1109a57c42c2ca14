//! A question on the terminal and the line a person types: stdout may be captured, and stdin be another's.

use crate::error::{Error, Result, cause_text, printable};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};

/// Asks on the terminal itself; `None` is the end of input (Ctrl-D). Ctrl-C ends the process, as everywhere else.
///
/// # Errors
/// A person is needed: this process has no terminal.
pub(crate) fn ask(question: &str) -> Result<Option<String>> {
    let none =
        |cause: io::Error| Error::needs_person(format!("there is no terminal to ask on: {}", cause_text(&cause)));
    let (input, mut output) = open().map_err(none)?;
    output.write_all(printable(question).as_bytes()).and_then(|()| output.flush()).map_err(none)?;
    let mut line = String::new();
    let count = BufReader::new(input).read_line(&mut line).map_err(none)?;
    if count == 0 {
        let _ = output.write_all(b"\n");
        return Ok(None);
    }
    Ok(Some(line.trim().to_string()))
}

/// Opens the terminal, for a program that asks a person while stdin is another's.
pub(crate) fn input() -> io::Result<File> {
    open().map(|(input, _)| input)
}

/// Opens the terminal, to read from it and to write to it.
pub(super) fn open() -> io::Result<(File, File)> {
    let (input, output) = if cfg!(windows) { ("CONIN$", "CONOUT$") } else { ("/dev/tty", "/dev/tty") };
    let open = |path| OpenOptions::new().read(true).write(true).open(path);
    Ok((open(input)?, open(output)?))
}
