//! Files that are told what is traced, as OTP's driver `trace_file_drv` writes them: `dbg` and `fprof`
//! read them.

use super::errno;
use atomvm_core::platform::{NewPort, PortDriver, PortError, TraceWrap};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Stands before each term; other numbers are for what a reader missed, which a file does not know.
const TERM: u8 = 0;
/// The command to write what is kept in memory.
const FLUSH: u32 = b'f' as u32;

/// Opens the other end of a port for what is traced.
///
/// # Errors
/// The file cannot be made.
pub fn open(folder: &Path, name: &[u8], wrap: Option<TraceWrap>) -> NewPort {
    let file = TraceFile::create(folder, name, wrap);
    let file = file.map_err(|error| PortError::Posix(errno::of_error(&error)))?;
    Ok(Box::new(file))
}

/// What is written to now, and what was before, if that is several files.
struct TraceFile {
    file: BufWriter<File>,
    turns: Option<Turns>,
}

/// Files that take turns.
struct Turns {
    /// Their name, from the root on, without a number.
    name: Vec<u8>,
    /// Where the number belongs.
    at: usize,
    wrap: TraceWrap,
    /// The number of the last one.
    last: u64,
    /// All that are there, the oldest first.
    files: VecDeque<PathBuf>,
    /// The bytes of the last one.
    written: u64,
}

impl TraceFile {
    /// Makes the file, or the first of several, or empties it; its name counts from `folder`.
    fn create(folder: &Path, name: &[u8], wrap: Option<TraceWrap>) -> io::Result<TraceFile> {
        let path = folder.join(OsStr::from_bytes(name));
        let Some(wrap) = wrap else {
            let file = BufWriter::new(File::create(path)?);
            return Ok(TraceFile { file, turns: None });
        };
        let whole = path.into_os_string().into_vec();
        let mut turns = Turns {
            at: whole.len() - name.len() + wrap.at,
            name: whole,
            wrap,
            last: 0,
            files: VecDeque::new(),
            written: 0,
        };
        let file = turns.create()?;
        let turns = Some(turns);
        Ok(TraceFile { file, turns })
    }

    fn write(&mut self, term: &[u8]) -> io::Result<()> {
        let size = u32::try_from(term.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.file.write_all(&[TERM])?;
        self.file.write_all(&size.to_be_bytes())?;
        self.file.write_all(term)?;
        if let Some(turns) = &mut self.turns
            && turns.count(1 + size_of::<u32>() as u64 + u64::from(size))
        {
            self.file.flush()?;
            self.file = turns.next()?;
        }
        Ok(())
    }
}

impl Turns {
    /// Counts bytes that were written; `true`: that is enough for this file.
    fn count(&mut self, bytes: u64) -> bool {
        self.written += bytes;
        self.written >= self.wrap.size
    }

    fn next(&mut self) -> io::Result<BufWriter<File>> {
        if self.files.len() as u64 >= self.wrap.count
            && let Some(oldest) = self.files.pop_front()
        {
            fs::remove_file(oldest)?;
        }
        self.last = (self.last + 1) % self.wrap.count.saturating_add(1);
        self.written = 0;
        self.create()
    }

    fn create(&mut self) -> io::Result<BufWriter<File>> {
        let (before, after) = self.name.split_at(self.at);
        let name = [before, self.last.to_string().as_bytes(), after].concat();
        let path = PathBuf::from(OsString::from_vec(name));
        let file = File::create(&path)?;
        self.files.push_back(path);
        Ok(BufWriter::new(file))
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
        let _ = self.file.flush();
        false
    }

    fn control(&mut self, operation: u32, _: &[u8]) -> Option<Vec<u8>> {
        if operation != FLUSH {
            return None;
        }
        Some(match self.file.flush() {
            Ok(()) => vec![0],
            Err(error) => [&[1], errno::of_error(&error).as_bytes()].concat(),
        })
    }
}
