//! Writes files and standard output.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Prints `text`. That nobody reads on, as in `packbeam list x.avm | head`, is no failure.
///
/// # Errors
///
/// What else kept it from being written.
pub fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Writes a file: all of it or, if something fails, nothing.
///
/// # Errors
///
/// What failed, with the name of the file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let at = |error: io::Error| format!("{}: {error}", path.display());
    let is_special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    if is_special {
        // A pipe or a terminal cannot be replaced; a folder gives an error here.
        return fs::write(path, bytes).map_err(at);
    }
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = write_through(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        at(error)
    })
}

/// Writes a file and waits until the disk has it: some systems tell only then that it is full.
fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
