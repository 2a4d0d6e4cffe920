//! Writes BEAM files.

use super::error::{BeamError, ChunkName};
use crate::memory::fallible::Grow;
use alloc::vec::Vec;

/// Writes an IFF form, chunk by chunk.
pub(crate) struct FormWriter {
    bytes: Vec<u8>,
}

impl FormWriter {
    /// A form without chunks.
    ///
    /// # Errors
    /// There is no memory.
    pub fn new() -> Result<Self, BeamError> {
        let mut bytes = Vec::new();
        bytes.try_extend(*b"FOR1\0\0\0\0BEAM")?;
        Ok(FormWriter { bytes })
    }

    /// Adds a chunk.
    ///
    /// # Errors
    /// There is no memory.
    pub fn chunk(&mut self, name: [u8; 4], data: &[u8]) -> Result<(), BeamError> {
        let padding = data.len().wrapping_neg() % 4;
        self.bytes.try_extend(name)?;
        self.bytes.try_extend((data.len() as u32).to_be_bytes())?;
        self.bytes.try_extend(data.iter().copied())?;
        self.bytes.try_extend([0; 3].into_iter().take(padding))?;
        Ok(())
    }

    /// What was written, its size not yet filled in.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file.
    ///
    /// # Errors
    /// It is larger than its header can say.
    pub fn finish(mut self) -> Result<Vec<u8>, BeamError> {
        let size = self.bytes.len() - 8;
        // Inflated literals may take a file beyond what its header can say; then a chunk's size
        // may have been cut short too.
        let size = u32::try_from(size).map_err(|_| BeamError::OutOfMemory {
            chunk: ChunkName(*b"FOR1"),
            size,
        })?;
        self.bytes[4..8].copy_from_slice(&size.to_be_bytes());
        Ok(self.bytes)
    }
}
