//! Starts a browser with a DevTools pipe: two descriptors that only we and it hold.
//!
//! Deliberately not here: the debugging port. Every program of every user on this machine could connect to it.

use std::fs::File;
use std::io;
use std::process::{Child, Command};

/// The browser, the end we write to, and the end we read from.
pub(super) type Piped = (Child, File, File);

/// Starts the program; its descriptors 3 and 4 are the pipe.
#[cfg(unix)]
pub(super) fn spawn(mut command: Command) -> io::Result<Piped> {
    use command_fds::{CommandFdExt as _, FdMapping};
    use std::os::fd::OwnedFd;
    use std::os::unix::process::CommandExt as _;

    let (commands, to_browser) = io::pipe()?;
    let (from_browser, answers) = io::pipe()?;
    let mappings = vec![
        FdMapping { parent_fd: commands.into(), child_fd: 3 },
        FdMapping { parent_fd: answers.into(), child_fd: 4 },
    ];
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    // Ctrl-C ends us, and with us the pipe; at that the browser closes in an orderly way.
    let child = command.process_group(0).spawn()?;
    // The browser's ends are closed here, with the command: held, they would keep the pipe open for ever.
    drop(command);
    Ok((child, File::from(OwnedFd::from(to_browser)), File::from(OwnedFd::from(from_browser))))
}

/// Starts the program; the numbers of the two handles it inherits stand in its command line.
#[cfg(windows)]
pub(super) fn spawn(mut command: Command) -> io::Result<Piped> {
    use interprocess::os::windows::unnamed_pipe::CreationOptions;
    use std::os::windows::io::{AsRawHandle as _, OwnedHandle};

    let (to_browser, commands) = CreationOptions::new().inheritable(true).create()?;
    let (answers, from_browser) = CreationOptions::new().inheritable(true).create()?;
    let (commands, answers) = (OwnedHandle::from(commands), OwnedHandle::from(answers));
    // A copy is not inherited. The originals of our ends are closed before the browser starts: holding them as well,
    // it would never learn that we are gone.
    let to_browser = OwnedHandle::from(to_browser).try_clone()?;
    let from_browser = OwnedHandle::from(from_browser).try_clone()?;
    let handles = [&commands, &answers].map(|handle| (handle.as_raw_handle() as usize).to_string());
    command.arg(format!("--remote-debugging-io-pipes={}", handles.join(",")));
    Ok((command.spawn()?, File::from(to_browser), File::from(from_browser)))
}
