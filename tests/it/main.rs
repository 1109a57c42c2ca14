//! All integration tests are one binary: it links once.

mod bad_input;
mod clients;
mod home;
#[cfg(unix)]
mod hook;
#[cfg(unix)]
mod hostile;
mod house;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod segment;
#[cfg(unix)]
mod shells;
mod using;
#[cfg(unix)]
mod wrappers;
