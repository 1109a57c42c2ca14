//! All integration tests are one binary: it links once.

#[cfg(unix)]
mod pty;
