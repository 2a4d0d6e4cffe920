//! Standard input, read by a thread of its own, so that the VM's processes run while it waits.

use atomvm_core::bif::{BifResult, Ctx};
use atomvm_core::memory::Heap;
use atomvm_core::term::atom::AtomError;
use atomvm_core::vm::Runtime;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many lines are read before somebody asks.
const AHEAD: usize = 64;
/// How long to wait for a line that may be on its way: a file, or the other end of a pipe.
const PATIENCE: Duration = Duration::from_millis(1);

/// The lines, once somebody has asked for one.
#[derive(Debug, Default)]
struct Lines(Mutex<Option<Receiver<Vec<u8>>>>);

/// Gives a VM `atomvm_console:poll_line/0`: a line with its end, `eof`, or `pending`.
pub fn install(rt: &Runtime) -> Result<(), AtomError> {
    let lines = Lines::default();
    rt.extend("atomvm_console", "poll_line", 0, move |c, _| lines.poll(c))
}

impl Lines {
    fn poll(&self, c: &mut Ctx<'_>) -> BifResult {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines.get_or_insert_with(|| {
            let (sender, receiver) = sync_channel(AHEAD);
            std::thread::spawn(move || read(&sender));
            receiver
        });
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => Ok(c.p.heap.binary(&line)?),
            Err(RecvTimeoutError::Timeout) => Ok(c.rt.atoms.intern("pending")?),
            Err(RecvTimeoutError::Disconnected) => Ok(c.rt.atoms.intern("eof")?),
        }
    }
}

/// Sends lines until the end of the input, or of the VM.
fn read(lines: &SyncSender<Vec<u8>>) {
    loop {
        let mut line = Vec::new();
        match std::io::stdin().lock().read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) if lines.send(line).is_err() => return,
            Ok(_) => {}
        }
    }
}
