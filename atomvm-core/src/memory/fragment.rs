//! Terms outside processes: messages, literals, results kept for the host.

use super::fallible::Grow;
use super::sharing::Plan;
use super::{Budget, Heap, OffHeapBinary, OutOfMemory, copy};
use crate::sync::Arc;
use crate::term::{Term, Word};
use alloc::vec::Vec;
use core::ptr::NonNull;

struct Block {
    start: NonNull<Word>,
    used: usize,
    size: usize,
}

/// A growing area of terms that belong together and are freed together.
///
/// A message is one that was filled by [`Fragment::of`]: a single block, exactly as large as its
/// term, with no reference to anything but itself.
pub struct Fragment {
    blocks: Vec<Block>,
    off_heap: Term,
    /// The term that the fragment was made for; [`Term::NONE`] when it has no main one.
    pub term: Term,
    budget: Arc<Budget>,
}

// SAFETY: a fragment owns its blocks; the terms in them refer only to it, to counted binaries
// and to entries that live as long as the VM.
unsafe impl Send for Fragment {}
// SAFETY: shared access only reads.
unsafe impl Sync for Fragment {}

impl Fragment {
    /// The bytes that one with a term takes besides the term, which are not counted.
    pub(crate) const HEAD: usize = size_of::<Block>();

    /// An empty area.
    pub fn new(budget: &Arc<Budget>) -> Fragment {
        Fragment {
            blocks: Vec::new(),
            off_heap: Term::NONE,
            term: Term::NONE,
            budget: budget.clone(),
        }
    }

    /// An empty area with one block of just `words` words.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn with_room(words: usize, budget: &Arc<Budget>) -> Result<Fragment, OutOfMemory> {
        let mut fragment = Fragment::new(budget);
        if words > 0 {
            fragment.grow(words)?;
        }
        Ok(fragment)
    }

    /// The words in use of each block.
    pub(super) fn runs(&self) -> impl Iterator<Item = (*mut Term, usize)> {
        self.blocks
            .iter()
            .map(|block| (block.start.as_ptr().cast(), block.used))
    }

    /// A copy of `term` with all that it refers to.
    ///
    /// # Errors
    /// There is no memory.
    pub fn of(term: Term, budget: &Arc<Budget>) -> Result<Fragment, OutOfMemory> {
        let mut fragment = Fragment::new(budget);
        fragment.term = term;
        if !term.is_immediate() {
            let words = copy::size_within(term, budget.words_left()).ok_or(OutOfMemory)?;
            fragment.grow(words)?;
            fragment.term = copy::copy(term, words, &mut fragment)?;
        }
        Ok(fragment)
    }

    /// As [`Fragment::of`]; what the term shares inside itself, the copy shares as well.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn sharing(term: Term, budget: &Arc<Budget>) -> Result<Fragment, OutOfMemory> {
        let plan = Plan::of(term, budget.words_left()).ok_or(OutOfMemory)?;
        let mut fragment = Fragment::with_room(plan.words, budget)?;
        fragment.term = plan.copy(&mut fragment)?;
        Ok(fragment)
    }

    /// The words in use.
    pub fn words(&self) -> usize {
        self.blocks.iter().map(|b| b.used).sum()
    }

    fn grow(&mut self, words: usize) -> Result<(), OutOfMemory> {
        // Most have one block.
        match self.blocks.is_empty() {
            true => self.blocks.try_reserve_exact(1),
            false => self.blocks.try_reserve(1),
        }
        .map_err(|_| OutOfMemory)?;
        let start = self.budget.alloc_words(words)?;
        self.blocks.push(Block {
            start,
            used: 0,
            size: words,
        });
        Ok(())
    }

    /// Is `term` an object in this area?
    pub fn contains(&self, term: Term) -> bool {
        let at = term.ptr() as usize;
        !term.is_immediate()
            && self.blocks.iter().rev().any(|b| {
                let start = b.start.as_ptr() as usize;
                at >= start && at < start + b.used * size_of::<Word>()
            })
    }

    /// Moves the one block of a message onto a heap that has room for its words: a copy with the
    /// addresses moved. The binaries' references go along.
    ///
    /// # Safety
    /// `to` has room for [`Fragment::words`] words; `list` is the list of off-heap references of
    /// the heap that `to` belongs to.
    pub(crate) unsafe fn move_to(mut self, to: *mut Term, list: &mut Term) -> Term {
        let Some(block) = self.blocks.first() else {
            return self.term;
        };
        debug_assert_eq!(self.blocks.len(), 1);
        let from = block.start.as_ptr() as usize;
        // SAFETY: promised by the caller; the block holds whole objects that refer only to it.
        unsafe { copy::relocate(from, block.used, to) };
        let shift = |t: Term| -> Term {
            if t == Term::NONE {
                t
            } else {
                Term::from_word(t.word().wrapping_sub(from).wrapping_add(to as usize))
            }
        };
        let mut last = shift(self.off_heap);
        if last != Term::NONE {
            let first = last;
            // SAFETY: the chain now runs through the moved objects; its end gets the old list.
            unsafe {
                loop {
                    let next = last.ptr().add(4);
                    if *next == Term::NONE {
                        next.write(*list);
                        break;
                    }
                    next.write(shift(*next));
                    last = *next;
                }
            }
            *list = first;
        }
        self.off_heap = Term::NONE;
        if self.term.is_immediate() {
            self.term
        } else {
            shift(self.term)
        }
    }
}

impl Heap for Fragment {
    fn reserve(&mut self, words: usize) -> Result<NonNull<Term>, OutOfMemory> {
        let fits = self.blocks.last().is_some_and(|b| b.size - b.used >= words);
        if !fits {
            // Each block is twice as large as the one before, so there are few: a collection asks
            // each for every address. Where memory is short, there is room for what is wanted.
            let last = self.blocks.last().map_or(0, |b| b.size);
            let size = words.max(last.saturating_mul(2).max(16));
            if self.grow(size).is_err() {
                self.grow(words)?;
            }
        }
        let Some(block) = self.blocks.last_mut() else {
            return Err(OutOfMemory);
        };
        // SAFETY: the block has room for the words.
        let at = unsafe { block.start.add(block.used) };
        block.used += words;
        Ok(at.cast())
    }

    fn off_heap(&mut self) -> &mut Term {
        &mut self.off_heap
    }

    fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }
}

impl Drop for Fragment {
    fn drop(&mut self) {
        // SAFETY: the list holds references that this fragment owns; the blocks are its own.
        unsafe {
            release_list(self.off_heap);
            for block in self.blocks.drain(..) {
                self.budget.free_words(block.start, block.size);
            }
        }
    }
}

/// Gives up the references of a list of off-heap binaries.
///
/// # Safety
/// The objects of the list are live, their references are the caller's, and nobody uses them
/// afterwards.
pub(super) unsafe fn release_list(mut list: Term) {
    while list != Term::NONE {
        // SAFETY: promised by the caller; words 2 and 4 are the binary and the next object.
        unsafe {
            let object = list.ptr();
            if let Some(binary) = NonNull::new((*object.add(2)).word() as *mut OffHeapBinary) {
                OffHeapBinary::release(binary);
            }
            list = *object.add(4);
        }
    }
}

/// Address, size in bytes and count of references of each binary of a list of off-heap objects.
pub(super) fn list_binaries(mut list: Term) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    while list != Term::NONE {
        // SAFETY: as in `release_list`; nothing is given up.
        unsafe {
            let object = list.ptr();
            if let Some(binary) = NonNull::new((*object.add(2)).word() as *mut OffHeapBinary) {
                let bytes = binary.as_ref().capacity();
                let references = binary.as_ref().reference_count();
                found.push_or_lose((binary.as_ptr() as usize, bytes, references));
            }
            list = *object.add(4);
        }
    }
    found
}
