//! All integration tests are one binary: it links once.

#[cfg(unix)]
mod pty;

mod bad_input;
mod clients;
mod home;
mod house;
mod using;
