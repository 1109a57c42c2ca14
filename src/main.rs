//! The binary `ssox`. All code is in the library (`lib.rs`).

use std::process::ExitCode;

/// A faster allocator. The allocator of musl makes two system calls for each large block.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    ssox::main()
}
