//! Parses, runs, prints, exits.
#![allow(dead_code)]

mod context;
mod credentials;
mod environment;
mod error;
mod secret;
mod time;

fn main() {}
