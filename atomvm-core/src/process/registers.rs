//! The argument registers of a process that does not run.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, made};
use crate::term::Term;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// Saved registers: one word when there are none, as is so where a process waits.
#[derive(Default)]
#[expect(
    clippy::box_collection,
    reason = "most processes wait, and shall be small"
)]
pub struct Registers(Option<Box<Vec<Term>>>);

impl Registers {
    /// Saves registers.
    ///
    /// # Errors
    /// There is no memory.
    pub fn set(&mut self, registers: &[Term]) -> Result<(), OutOfMemory> {
        self.clear();
        self.extend(registers)
    }

    /// Saves further registers behind those.
    ///
    /// # Errors
    /// There is no memory.
    pub fn extend(&mut self, registers: &[Term]) -> Result<(), OutOfMemory> {
        if !registers.is_empty() {
            let saved = made(&mut self.0)?;
            saved.try_extend(registers.iter().copied())?;
        }
        Ok(())
    }

    /// Forgets them, and keeps the room.
    pub fn clear(&mut self) {
        if let Some(saved) = &mut self.0 {
            saved.clear();
        }
    }

    /// Gives the room back, if there are none.
    pub(crate) fn trim(&mut self) {
        if self.is_empty() {
            self.0 = None;
        }
    }

    /// Bytes that they take besides themselves.
    pub(crate) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |saved| {
            size_of::<Vec<Term>>() + saved.capacity() * size_of::<Term>()
        })
    }
}

impl Deref for Registers {
    type Target = [Term];

    fn deref(&self) -> &[Term] {
        self.0.as_deref().map_or(&[], |saved| saved)
    }
}

impl DerefMut for Registers {
    fn deref_mut(&mut self) -> &mut [Term] {
        self.0.as_deref_mut().map_or(&mut [], |saved| saved)
    }
}
