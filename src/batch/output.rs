//! Passes on the output of the programs: to stdout and stderr of ssox with the job's name before each line, to files,
//! or into memory.

use crate::bytes::memrchr;
use crate::error::{Error, Result, printable};
use crate::files;
use crate::terminal::StatusLine;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

/// The longest line that is held back until it is complete, in bytes. A longer line is shown in parts, each with the
/// job's name.
const LONGEST_LINE: usize = 1 << 20;
/// How many bytes at the end of stderr are kept to report a failure.
const LAST: usize = 4096;
/// The colours of the jobs' names, in turn: cyan, green, yellow, magenta, blue.
const COLOURS: [u8; 5] = [36, 32, 33, 35, 34];

/// Where the output is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The output goes to stdout and stderr, line by line, with the job's name before each line.
    Lines(Colours),
    /// The output is not shown, but kept in memory.
    Kept,
    /// The output is not shown, but written to files.
    InFiles,
}

/// Whether names are coloured when they are shown on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    OnTerminals,
    Never,
}

/// Where the output of all programs goes.
pub(crate) struct Output {
    shown: Shown,
    /// The directory for output files. Each program has two files: one for stdout and one for stderr.
    directory: Option<PathBuf>,
    status: StatusLine,
}

impl Output {
    /// Makes the value that says where the programs' output goes. If `directory` is given and missing, creates it.
    ///
    /// # Errors
    /// `Configuration`: the directory cannot be created.
    pub(crate) fn new(shown: Shown, directory: Option<PathBuf>) -> Result<Self> {
        if let Some(directory) = &directory {
            fs::create_dir_all(directory).map_err(|cause| Error::file("create", directory, &cause))?;
        }
        Ok(Self { shown, directory, status: StatusLine::default() })
    }

    /// Sets the status line, which stays at the bottom of the terminal while lines are written.
    pub(super) fn around(self, status: StatusLine) -> Self {
        Self { status, ..self }
    }

    /// Returns the streams that take stdout and stderr of a program. `number` selects the colour of the job's name.
    ///
    /// # Errors
    /// `Configuration`: an output file cannot be created.
    pub(super) fn streams(self: &Arc<Self>, number: usize, name: &str) -> Result<[Stream; 2]> {
        Ok([self.stream(Channel::Stdout, number, name)?, self.stream(Channel::Stderr, number, name)?])
    }

    fn stream(self: &Arc<Self>, channel: Channel, number: usize, name: &str) -> Result<Stream> {
        let path = self.directory.as_ref().map(|directory| directory.join(file_name(name, channel)));
        let file = path.map(|path| files::create_private(&path)).transpose()?;
        let lines = match self.shown {
            Shown::Lines(colours) => Some(Lines {
                output: Arc::clone(self),
                channel,
                prefix: prefix(name, COLOURS[number % COLOURS.len()], colours, channel),
                partial: Vec::new(),
            }),
            Shown::Kept | Shown::InFiles => None,
        };
        let limit = match (self.shown, channel) {
            (Shown::Kept, _) => usize::MAX,
            (_, Channel::Stderr) => LAST,
            (_, Channel::Stdout) => 0,
        };
        Ok(Stream { lines, file, kept: Vec::new(), limit })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Stdout,
    Stderr,
}

/// Takes what a program writes to stdout, or to stderr.
pub(super) struct Stream {
    lines: Option<Lines>,
    file: Option<File>,
    kept: Vec<u8>,
    /// How many bytes at the end of the output are kept in memory.
    limit: usize,
}

impl Stream {
    /// Passes on bytes that the program has written.
    ///
    /// # Errors
    /// I/O errors: the output cannot be written. `BrokenPipe`: the program that reads ssox's own output has closed the
    /// pipe.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.kept.extend_from_slice(bytes);
        // Bytes are removed only when twice the limit is reached, because each removal copies the bytes that are kept.
        if self.kept.len() / 2 > self.limit {
            self.kept.drain(..self.kept.len() - self.limit);
        }
        if let Some(file) = &mut self.file {
            file.write_all(bytes)?;
        }
        self.lines.as_mut().map_or(Ok(()), |lines| lines.write(bytes))
    }

    /// Writes the rest of the output: the last line, if the program has not ended this line with a newline.
    ///
    /// # Errors
    /// Those of [`Stream::write`].
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.lines.as_mut().map_or(Ok(()), Lines::end)
    }

    pub(super) fn into_kept(mut self) -> Vec<u8> {
        let surplus = self.kept.len().saturating_sub(self.limit);
        self.kept.drain(..surplus);
        self.kept
    }
}

/// Writes complete lines with the job's name before each.
struct Lines {
    output: Arc<Output>,
    channel: Channel,
    prefix: Vec<u8>,
    /// The beginning of a line that is not complete yet.
    partial: Vec<u8>,
}

impl Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.partial.extend_from_slice(bytes);
        let complete = match memrchr(b'\n', bytes) {
            Some(at) => self.partial.len() - bytes.len() + at + 1,
            None if self.partial.len() > LONGEST_LINE => self.partial.len(),
            None => return Ok(()),
        };
        let rest = self.partial.split_off(complete);
        let lines = std::mem::replace(&mut self.partial, rest);
        self.show(&lines)
    }

    fn end(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.partial);
        if rest.is_empty() { Ok(()) } else { self.show(&rest) }
    }

    /// Writes lines with a single call, so that lines of several programs do not mix.
    fn show(&self, lines: &[u8]) -> io::Result<()> {
        let text = prefixed(&self.prefix, lines);
        self.output.status.around(|| match self.channel {
            Channel::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&text).and_then(|()| stdout.flush())
            }
            // A closed stderr is ignored, in the same way as for messages of ssox itself.
            Channel::Stderr => {
                let _ = io::stderr().lock().write_all(&text);
                Ok(())
            }
        })
    }
}

fn prefixed(prefix: &[u8], lines: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(lines.len() + prefix.len());
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        text.extend_from_slice(prefix);
        text.extend_from_slice(line);
    }
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text
}

fn prefix(name: &str, colour: u8, colours: Colours, channel: Channel) -> Vec<u8> {
    let name = printable(name);
    let is_terminal = match channel {
        Channel::Stdout => io::stdout().is_terminal(),
        Channel::Stderr => io::stderr().is_terminal(),
    };
    let has_colour = colours == Colours::OnTerminals && is_terminal;
    if has_colour { format!("\x1b[{colour}m{name}:\x1b[0m ") } else { format!("{name}: ") }.into_bytes()
}

/// Returns the name of an output file: the job's name and `.out` or `.err`. In the job's name, each byte that is not an
/// ASCII letter, a digit or one of `_.@+-` is written as `%XX`.
fn file_name(name: &str, channel: Channel) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@+-".contains(&byte);
    let escaped =
        name.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    let extension = match channel {
        Channel::Stdout => "out",
        Channel::Stderr => "err",
    };
    format!("{}.{extension}", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_the_name_also_the_last_without_an_end() {
        assert_eq!(prefixed(b"a: ", b"x\n\ny"), b"a: x\na: \na: y\n");
        assert_eq!(prefixed(b"a: ", b"\xff\r\n"), b"a: \xff\r\n");
    }

    #[test]
    fn a_file_name_holds_only_plain_characters() {
        assert_eq!(file_name("prod.admin@x+1", Channel::Stdout), "prod.admin@x+1.out");
        assert_eq!(file_name("1111/Read Only", Channel::Stderr), "1111%2FRead%20Only.err");
        assert_eq!(file_name("../é", Channel::Stdout), "..%2F%C3%A9.out");
    }

    #[test]
    fn only_the_end_of_stderr_is_kept_unless_all_is() {
        let kept = |shown| {
            let output = Arc::new(Output::new(shown, None).unwrap());
            let [mut stdout, mut stderr] = output.streams(0, "a").unwrap();
            for stream in [&mut stdout, &mut stderr] {
                (0..10_000).for_each(|n: u32| stream.write(&n.to_be_bytes()).unwrap());
            }
            [stdout.into_kept().len(), stderr.into_kept().len()]
        };
        assert_eq!((kept(Shown::Kept), kept(Shown::InFiles)), ([40_000, 40_000], [0, LAST]));
    }
}
