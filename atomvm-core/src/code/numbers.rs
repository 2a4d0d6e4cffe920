//! Numbers of seven bits a byte, the lowest first; the highest bit of a byte says that more follow.

use crate::memory::OutOfMemory;
use crate::memory::fallible::Grow;
use alloc::vec::Vec;

/// Writes a number.
///
/// # Errors
/// There is no memory.
pub(super) fn put(to: &mut Vec<u8>, mut value: u64) -> Result<(), OutOfMemory> {
    while value >= 0x80 {
        to.try_push(value as u8 | 0x80)?;
        value >>= 7;
    }
    to.try_push(value as u8)
}

/// Reads numbers, and bytes between them.
pub(super) struct Numbers<'a>(pub &'a [u8]);

impl<'a> Numbers<'a> {
    /// The next number; `None` at the end, or if it has more than 64 bits.
    pub fn next(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }
}
