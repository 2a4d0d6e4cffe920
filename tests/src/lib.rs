//! Runs programs on OTP and on the command `atomvm`, and compares what they print and return.
//!
//! - `ATOMVM_PROGRAMS=map,bin_utf` runs only the programs whose names contain one of these.
//! - `ATOMVM_STRESS=1` runs them with a collection at every opportunity; with large
//!   terms or deep stacks at every so many.
//! - `ATOMVM_SCHEDULERS=4` runs them with so many schedulers.
//! - `ATOMVM=path` runs this command instead of building one.

pub mod assembled;
mod command;
mod compare;
pub mod generate;
pub mod mutate;
mod oracle;
mod vm;

pub use command::{Finished, run, run_with_input};
pub use compare::{Case, Expected, check_all, differing};
pub use oracle::{Elixir, Otp};
pub use vm::{Vm, stress};

use std::path::{Path, PathBuf};

/// The top folder of the repository.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The files in `folder` with this extension whose names `ATOMVM_PROGRAMS` allows, in order.
pub fn programs(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder's entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .filter(|path| is_wanted(&stem(path)))
        .collect();
    files.sort();
    files
}

/// Whether `ATOMVM_PROGRAMS` asks for this program: all are wanted where it is not set.
pub fn is_wanted(name: &str) -> bool {
    match std::env::var("ATOMVM_PROGRAMS") {
        Ok(parts) if !parts.is_empty() => parts.split(',').any(|part| name.contains(part)),
        _ => true,
    }
}

/// A file's name without folder and extension.
pub fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
