//! Files that are told what is traced, as OTP's driver `trace_file_drv` writes them: `dbg` and `fprof`
//! read them.

use crate::files::errno;
use atomvm_core::platform::PortDriver;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Stands before each term; other numbers are for what a reader missed, which a file does not know.
const TERM: u8 = 0;
/// The command to write what is kept in memory.
const FLUSH: u32 = b'f' as u32;

/// A file to which terms are written.
pub(super) struct TraceFile(BufWriter<File>);

impl TraceFile {
    /// Makes the file, or empties it; its name counts from `folder`.
    pub(super) fn create(folder: &Path, name: &[u8]) -> io::Result<TraceFile> {
        let path = folder.join(OsStr::from_bytes(name));
        File::create(path).map(|file| TraceFile(BufWriter::new(file)))
    }

    fn write(&mut self, term: &[u8]) -> io::Result<()> {
        let size = u32::try_from(term.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.0.write_all(&[TERM])?;
        self.0.write_all(&size.to_be_bytes())?;
        self.0.write_all(term)
    }
}

impl PortDriver for TraceFile {
    fn output(&mut self, bytes: Vec<u8>) -> Result<usize, &'static str> {
        let written = self.write(&bytes);
        written.map(|()| 0).map_err(|error| errno::of_error(&error))
    }

    fn waiting(&self) -> usize {
        0
    }

    fn resume(&mut self) {}

    fn close(&mut self) -> bool {
        // Nobody is left who could be told that it failed.
        let _ = self.0.flush();
        false
    }

    fn control(&mut self, operation: u32, _: &[u8]) -> Option<Vec<u8>> {
        if operation != FLUSH {
            return None;
        }
        Some(match self.0.flush() {
            Ok(()) => vec![0],
            Err(error) => [&[1], errno::of_error(&error).as_bytes()].concat(),
        })
    }
}
