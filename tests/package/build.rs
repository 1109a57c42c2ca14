//! What the linker is told beside what Cargo tells it.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=tests/package/build.rs");
    // Unless it is built with `relocation-model=static`, the static program can be loaded at any address, and adjusts
    // 14,000 addresses in itself at its start. Packed, their list takes 3 KB instead of 330. musl understands it since 1.2.4; Rust brings 1.2.5.
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_ENV", "musl") && is("CARGO_CFG_TARGET_ARCH", "x86_64") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
