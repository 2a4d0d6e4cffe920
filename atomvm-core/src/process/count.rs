//! What a process takes besides its heap: counted into the memory of the VM at the end of each
//! turn, so that what happens in a turn costs nothing more.

use super::Process;
use crate::memory::{Heap, OutOfMemory};

/// A process that does not grow is not counted anew before its tables have grown by so many bytes.
const SLACK: usize = 64;

impl Process {
    /// Bytes of its registers, queue of messages, dictionary and relations.
    pub(crate) fn side_bytes(&self) -> usize {
        let relations = self.relations.as_ref();
        self.saved.bytes()
            + self.mailbox.side_bytes()
            + self.dictionary.side_bytes()
            + relations.map_or(0, |relations| relations.bytes())
    }

    /// Counts what it takes now.
    ///
    /// # Errors
    /// That is more than the VM may have.
    pub(crate) fn count_bytes(&mut self) -> Result<(), OutOfMemory> {
        let (now, before) = (self.side_bytes(), self.counted as usize);
        if now > before + SLACK {
            self.heap.budget().charge(now - before)?;
        } else if now + SLACK < before {
            self.heap.budget().refund(before - now);
        } else {
            return Ok(());
        }
        self.counted = u32::try_from(now).unwrap_or(u32::MAX);
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.heap.budget().refund(self.counted as usize);
    }
}
