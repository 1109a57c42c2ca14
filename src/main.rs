//! Parses, runs, prints, exits.
#![allow(dead_code)]

mod aws;
mod browser;
mod cache;
mod cli;
mod commands;
mod config;
mod context;
mod credentials;
mod environment;
mod error;
mod files;
mod json;
mod percent;
mod prompt;
mod secret;
mod session;
mod shell;
mod terminal;
mod time;

fn main() {}
