//! Has the linker make the command `atomvm` start with little memory, in optimised builds for Linux.
//!
//! The functions that every start calls lie side by side: `startup.ld` lists them, and
//! `benches/startup.py` makes it. What the loader must adjust is told in few bytes, and the functions
//! that unwind the stack are a part of the program.

use std::env;
use std::process::Command;

/// The first version of the C library that reads the short form of relocations.
const FIRST_WITH_RELR: (u32, u32) = (2, 36);

fn main() {
    println!("cargo:rerun-if-changed=startup.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if !(is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release")) || chosen_linker() {
        return;
    }
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo:rustc-link-arg-bin=atomvm=-Wl,-T,{folder}/startup.ld");
    if is("CARGO_CFG_TARGET_ENV", "gnu") && env::var("HOST") == env::var("TARGET") {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
        if c_library().is_some_and(|version| version >= FIRST_WITH_RELR) {
            println!("cargo:rustc-link-arg-bin=atomvm=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// Did the user choose a linker? GNU's and LLVM's, which are used otherwise, understand the script;
/// gold and mold do not.
fn chosen_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_some() || flags.contains("fuse-ld") || flags.contains("linker=")
}

/// The version of GNU's C library here.
fn c_library() -> Option<(u32, u32)> {
    let said = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
