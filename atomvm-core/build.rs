//! Generates Rust from the tables in `isa/`: one file in `build/` for each table.

use std::path::{Path, PathBuf};

#[path = "build/generic.rs"]
mod generic;
#[path = "build/internal.rs"]
mod internal;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(tail_dispatch)");
    let out_dir = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    generic::generate(Path::new("isa/generic.tab"), &out_dir.join("generic.rs"));
    internal::generate(
        Path::new("isa/internal.isa"),
        &out_dir.join("isa.rs"),
        &out_dir.join("handlers.rs"),
    );
    if calls_in_tail_position_are_jumps() {
        println!("cargo::rustc-cfg=tail_dispatch");
    }
}

/// Only an optimising compiler turns a call at the end of a function into a jump, and only where
/// five arguments fit registers; elsewhere the interpreter is a loop.
fn calls_in_tail_position_are_jumps() -> bool {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let registers = matches!(
        variable("CARGO_CFG_TARGET_ARCH").as_str(),
        "x86_64" | "aarch64" | "riscv64"
    ) && variable("CARGO_CFG_TARGET_OS") != "windows";
    registers
        && matches!(variable("OPT_LEVEL").as_str(), "2" | "3")
        && variable("PROFILE") == "release"
}
