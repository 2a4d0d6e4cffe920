//! Generates Rust from the tables in `isa/`: one file in `build/` for each table.

use std::path::{Path, PathBuf};

#[path = "build/generic.rs"]
mod generic;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out_dir = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    generic::generate(Path::new("isa/generic.tab"), &out_dir.join("generic.rs"));
}
