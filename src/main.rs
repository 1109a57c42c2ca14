//! The binary `ssox`; its code is the library beside it.

use std::process::ExitCode;

/// musl's own allocator makes two system calls for each larger block.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    ssox::main()
}
