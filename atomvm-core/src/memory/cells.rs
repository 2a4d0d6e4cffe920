//! References with memory of their own: a fixed number of integers that all processes that have
//! the reference share. The memory is freed with the last copy of the reference.
//!
//! On a heap such a reference is laid out as a reference to an off-heap binary, whose bytes are
//!
//! ```text
//!   identity of the reference (12 bytes), kind (4 bytes), padding, cells (8 bytes each)
//! ```

use super::{Heap, OffHeapBinary, OutOfMemory};
use crate::term::boxed::OWNING_REFERENCE;
use crate::term::{Reference, Term, Word};
use core::ptr::NonNull;
use portable_atomic::AtomicU64;

/// Bytes before the cells.
const PREFIX: usize = 16;
const CELL: usize = size_of::<AtomicU64>();

/// Integers shared by means of a reference.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    /// What the creator chose, to tell uses apart.
    pub kind: u32,
    /// The integers.
    pub cells: &'a [AtomicU64],
    /// The memory that they take, in bytes.
    pub bytes: usize,
}

/// A reference with `count` cells that are zero.
///
/// # Errors
/// There is no memory.
pub fn new_cells<H: Heap + ?Sized>(
    heap: &mut H,
    reference: Reference,
    kind: u32,
    count: usize,
) -> Result<Term, OutOfMemory> {
    // One cell more makes room for aligning them where words are smaller.
    let bytes = count
        .checked_add(1)
        .and_then(|n| n.checked_mul(CELL))
        .and_then(|n| n.checked_add(PREFIX))
        .ok_or(OutOfMemory)?;
    let at = heap.reserve(OWNING_REFERENCE.arity() + 1)?.as_ptr();
    // SAFETY: the words are filled with an object without a meaning first, in case that there is
    // no memory for the cells: a collector may see it.
    unsafe {
        for i in 0..=OWNING_REFERENCE.arity() {
            at.add(i).write(Term::NIL);
        }
    }
    let binary = OffHeapBinary::allocate(bytes, heap.budget())?;
    let list = heap.off_heap();
    let [a, b, c] = reference.0;
    // SAFETY: the memory was just allocated, aligned to a word, with room for the prefix; the
    // words of the object were reserved above. The term takes over the binary's one reference.
    unsafe {
        let data = OffHeapBinary::data(binary);
        data.cast::<[u32; 4]>().write([a, b, c, kind]);
        at.add(1).write(Term::from_word(bytes * 8));
        at.add(2).write(Term::from_word(binary.as_ptr() as Word));
        at.add(3).write(Term::from_word(data as Word));
        at.add(4).write(*list);
        at.write(Term::from_word(OWNING_REFERENCE.0));
    }
    let term = Term::from_boxed_ptr(at);
    *list = term;
    Ok(term)
}

impl Term {
    /// The integers, if this is a reference with memory of its own.
    ///
    /// They are valid as long as the term is.
    pub fn as_cells<'a>(self) -> Option<Cells<'a>> {
        if !self.is_owning_reference() {
            return None;
        }
        let bytes = self.boxed_word(1) / 8;
        let data = self.boxed_word(3) as *const u8;
        let count = (bytes - PREFIX) / CELL - 1;
        // SAFETY: `new_cells` allocated so many bytes for the prefix and one cell more than
        // `count`; the first cell is aligned up, which that extra one leaves room for. The memory
        // was zeroed, does not move and lives as long as the term.
        unsafe {
            let first = data.add(PREFIX);
            let first = first.add(first.align_offset(align_of::<AtomicU64>()));
            Some(Cells {
                kind: data.cast::<[u32; 4]>().read()[3],
                cells: core::slice::from_raw_parts(first.cast::<AtomicU64>(), count),
                bytes,
            })
        }
    }
}

impl Term {
    /// Is this the only copy of a reference with memory of its own?
    pub(crate) fn is_last_copy(self) -> bool {
        let binary = self.is_owning_reference().then(|| self.boxed_word(2));
        let Some(binary) = binary.and_then(|b| NonNull::new(b as *mut OffHeapBinary)) else {
            return false;
        };
        // SAFETY: the term holds a reference to it, so it is live.
        unsafe { binary.as_ref() }.is_unique()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment};
    use crate::sync::Arc;
    use portable_atomic::Ordering;

    #[test]
    fn copies_share_the_cells_and_the_last_frees_them() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = Fragment::new(&budget);
        let id = Reference([1, 2, 3]);
        let a = new_cells(&mut heap, id, 7, 3).unwrap();
        let message = Fragment::of(a, &budget).unwrap();
        let b = message.term;
        assert_ne!(a, b);
        assert!(a.is_reference() && !a.is_bitstring() && a.as_bits().is_none());
        assert_eq!(a.as_reference(), Some(id));
        assert_eq!(b.as_reference(), Some(id));
        assert!(crate::term::order::equal_exact(a, b));
        let cells = a.as_cells().unwrap();
        assert_eq!((cells.kind, cells.cells.len()), (7, 3));
        cells.cells[2].fetch_add(5, Ordering::SeqCst);
        drop(heap);
        assert_eq!(b.as_cells().unwrap().cells[2].load(Ordering::SeqCst), 5);
        drop(message);
        assert_eq!(budget.used(), 0);
        let plain = Fragment::new(&budget).reference(id).unwrap();
        assert!(plain.as_cells().is_none());
    }

    #[test]
    fn collections_move_the_reference_and_free_the_cells_at_the_end() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let heap = crate::memory::ProcessHeap::new(500, &budget).unwrap();
        let mut p = crate::process::Process::new(Term::pid(1), heap);
        let before = budget.used();
        let mut live = [new_cells(&mut p.heap, Reference([4, 5, 6]), 1, 1000).unwrap()];
        for full in [false, false, true, true] {
            live[0].as_cells().unwrap().cells[999].fetch_add(1, Ordering::SeqCst);
            p.collect(0, full, &mut live).unwrap();
        }
        assert_eq!(live[0].as_reference(), Some(Reference([4, 5, 6])));
        let last = &live[0].as_cells().unwrap().cells[999];
        assert_eq!(last.load(Ordering::SeqCst), 4);
        assert!(budget.used() > before + 8000);
        p.collect(0, true, &mut []).unwrap();
        assert!(budget.used() < before + 8000);
    }

    #[test]
    fn too_many_cells_are_an_error() {
        let budget = Arc::new(Budget::new(10_000));
        let mut heap = Fragment::new(&budget);
        let id = Reference([0; 3]);
        assert_eq!(new_cells(&mut heap, id, 0, 100_000), Err(OutOfMemory));
        assert_eq!(new_cells(&mut heap, id, 0, usize::MAX), Err(OutOfMemory));
        assert!(new_cells(&mut heap, id, 0, 100).is_ok());
    }
}
