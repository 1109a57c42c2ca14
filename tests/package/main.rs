//! `cargo run --example package-files -- DIR [TARGET]`: writes what a package holds and the repository does not: the
//! man pages into `DIR/man1`, and the notices of the crates in the binary for TARGET (this machine's, when left out).
#![forbid(unsafe_code)]

mod man;
mod notices;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(directory) = arguments.next().map(PathBuf::from) else {
        eprintln!("package-files: usage: cargo run --example package-files -- DIR [TARGET]");
        return ExitCode::from(2);
    };
    match write(&directory, arguments.next().as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("package-files: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(directory: &Path, target: Option<&str>) -> Result<()> {
    let pages = directory.join("man1");
    fs::create_dir_all(&pages)?;
    man::write(&pages)?;
    fs::write(directory.join("THIRD-PARTY-NOTICES"), notices::notices(target)?)?;
    Ok(())
}
