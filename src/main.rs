//! The binary `ssox`. All code is in the library (`lib.rs`).

use std::process::ExitCode;

/// A faster allocator: that of musl makes two system calls for each larger block.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    ssox::main()
}
