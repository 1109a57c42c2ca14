//! Starts a browser with a DevTools pipe: two file descriptors that only ssox and the browser have.
//!
//! Invariant: ssox never opens a debugging port, because every program of every user on the machine could connect to
//! it.

use std::fs::File;
use std::io;
use std::process::{Child, Command};

/// The browser's process, the pipe to write commands to, and the pipe to read messages from.
pub(super) type Piped = (Child, File, File);

/// Starts the browser; the pipe is its file descriptors 3 and 4.
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
    // In a process group of its own, the browser does not get Ctrl-C. It closes properly when ssox ends, because that
    // closes the pipe.
    let child = command.process_group(0).spawn()?;
    // This closes ssox's copies of the two pipe ends that the browser uses. They would keep the pipe open after the
    // browser has exited.
    drop(command);
    Ok((child, File::from(OwnedFd::from(to_browser)), File::from(OwnedFd::from(from_browser))))
}

/// Starts the browser; its command line has the numbers of the two pipe handles that it inherits.
#[cfg(windows)]
pub(super) fn spawn(mut command: Command) -> io::Result<Piped> {
    use interprocess::os::windows::unnamed_pipe::CreationOptions;
    use std::os::windows::io::{AsRawHandle as _, OwnedHandle};

    let (to_browser, commands) = CreationOptions::new().inheritable(true).create()?;
    let (answers, from_browser) = CreationOptions::new().inheritable(true).create()?;
    let (commands, answers) = (OwnedHandle::from(commands), OwnedHandle::from(answers));
    // The clones are not inheritable. The original handles of ssox's two pipe ends are closed before the browser
    // starts. If the browser inherited them, the pipe would stay open, and the browser would not notice that ssox has
    // exited.
    let to_browser = OwnedHandle::from(to_browser).try_clone()?;
    let from_browser = OwnedHandle::from(from_browser).try_clone()?;
    let handles = [&commands, &answers].map(|handle| (handle.as_raw_handle() as usize).to_string());
    command.arg(format!("--remote-debugging-io-pipes={}", handles.join(",")));
    Ok((command.spawn()?, File::from(to_browser), File::from(from_browser)))
}
