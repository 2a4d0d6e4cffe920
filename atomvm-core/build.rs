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
    version(&out_dir.join("version.rs"));
    if calls_in_tail_position_are_jumps() {
        println!("cargo::rustc-cfg=tail_dispatch");
    }
}

/// What the translation of a module depends on, besides the module.
const TRANSLATOR: [&str; 5] = [
    "isa",
    "build",
    "src/code",
    "src/interp/ops",
    "src/interp/context.rs",
];

/// Writes a number to `to` that is another when the translator or the instructions are others.
fn version(to: &Path) {
    let mut files = Vec::new();
    for path in TRANSLATOR {
        println!("cargo::rerun-if-changed={path}");
        find(Path::new(path), &mut files);
    }
    files.sort();
    // FNV-1a: it need not withstand anyone, only tell one version from another.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        for byte in std::fs::read(&file).expect("a source file") {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    std::fs::write(to, format!("{hash:#x}\n")).expect("version.rs");
}

/// All files at `path`.
fn find(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    for entry in std::fs::read_dir(path).expect("a folder") {
        find(&entry.expect("an entry").path(), files);
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
