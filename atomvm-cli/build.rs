//! Has the linker put the functions that every start calls side by side, in optimised builds for
//! Linux: `startup.ld` lists them, and `benches/startup.py` makes it.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=startup.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") && !chosen_linker() {
        let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        println!("cargo:rustc-link-arg-bin=atomvm=-Wl,-T,{folder}/startup.ld");
    }
}

/// Did the user choose a linker? GNU's and LLVM's, which are used otherwise, understand the script;
/// gold and mold do not.
fn chosen_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_some() || flags.contains("fuse-ld") || flags.contains("linker=")
}
