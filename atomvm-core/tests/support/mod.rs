//! Finds the compiled programs that the tests read.

use std::fs;
use std::path::{Path, PathBuf};

/// The fixtures of each release beside the project, or a note that there are none.
pub fn fixtures(extension: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    let found = files(&folder, extension);
    if found.is_empty() {
        println!("skipped: no fixtures in {}", folder.display());
    }
    found
}

/// All files under `folder` with `extension`, in order.
pub fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                let bytes = fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}
