//! Objects of tables: a tuple with all that it refers to, in one block outside all heaps.
//!
//! ```text
//!   next record of its chain | words | hash | off-heap binaries | tuple and its parts ...
//! ```

use super::fragment::{list_binaries, release_list};
use super::{Budget, Heap, OutOfMemory, copy};
use crate::sync::Arc;
use crate::term::{Header, Term, Word};
use alloc::alloc::{Layout, alloc, dealloc};
use alloc::vec::Vec;
use core::ptr::NonNull;

#[repr(C)]
struct Head {
    next: Option<Record>,
    off_heap: Term,
    words: u32,
    /// The hash of the key; the top bit marks an object that is deleted, but still in its chain.
    hash: u32,
}

/// Words before the tuple.
const HEAD_WORDS: usize = size_of::<Head>() / size_of::<Word>();
const DELETED: u32 = 1 << 31;

/// A tuple that a table owns, and that can be part of a chain.
///
/// Its memory is counted when it is made, and given back with it; whoever drops it tells the
/// budget: [`Record::bytes`].
pub struct Record(NonNull<Head>);

// SAFETY: a record owns its block; its terms refer only to it and to counted binaries.
unsafe impl Send for Record {}
// SAFETY: shared access only reads.
unsafe impl Sync for Record {}

fn layout(words: usize) -> Result<Layout, OutOfMemory> {
    let words = words.checked_add(HEAD_WORDS).ok_or(OutOfMemory)?;
    let layout = Layout::array::<Word>(words).map_err(|_| OutOfMemory)?;
    layout.align_to(align_of::<Head>()).map_err(|_| OutOfMemory)
}

/// The block of a record that is being filled.
struct Place<'a> {
    next: *mut Term,
    left: usize,
    off_heap: Term,
    budget: &'a Arc<Budget>,
}

impl Heap for Place<'_> {
    fn reserve(&mut self, words: usize) -> Result<NonNull<Term>, OutOfMemory> {
        if words > self.left {
            return Err(OutOfMemory);
        }
        let at = NonNull::new(self.next).ok_or(OutOfMemory)?;
        // SAFETY: the block has room for the words.
        self.next = unsafe { self.next.add(words) };
        self.left -= words;
        Ok(at)
    }

    fn off_heap(&mut self) -> &mut Term {
        &mut self.off_heap
    }

    fn budget(&self) -> &Arc<Budget> {
        self.budget
    }
}

impl Record {
    /// A copy of a tuple. `hash` has 31 bits.
    ///
    /// # Errors
    /// There is no memory.
    pub fn of(tuple: Term, hash: u32, budget: &Arc<Budget>) -> Result<Record, OutOfMemory> {
        debug_assert!(tuple.is_tuple());
        let words = copy::size_within(tuple, budget.words_left()).ok_or(OutOfMemory)?;
        let short = u32::try_from(words).map_err(|_| OutOfMemory)?;
        let layout = layout(words)?;
        budget.charge(layout.size())?;
        // SAFETY: the layout is not empty, as it holds the head.
        let Some(block) = NonNull::new(unsafe { alloc(layout) }) else {
            budget.refund(layout.size());
            return Err(OutOfMemory);
        };
        let head: NonNull<Head> = block.cast();
        // SAFETY: the words of the tuple follow the head in the same block.
        let next = unsafe { head.as_ptr().add(1).cast::<Term>() };
        let mut place = Place {
            next,
            left: words,
            off_heap: Term::NONE,
            budget,
        };
        // The place has just the room that the copy takes, so that this cannot fail.
        let copied = copy::copy(tuple, words, &mut place);
        // SAFETY: the block has room for the head.
        unsafe {
            head.write(Head {
                next: None,
                off_heap: place.off_heap,
                words: short,
                hash: hash & !DELETED,
            });
        }
        let record = Record(head);
        copied.map(|_| record)
    }

    /// A tuple of these elements, copied.
    ///
    /// # Errors
    /// There is no memory.
    pub fn of_elements(
        elements: &[Term],
        hash: u32,
        budget: &Arc<Budget>,
    ) -> Result<Record, OutOfMemory> {
        let mut tuple = super::fallible::with_room(elements.len() + 1)?;
        tuple.push(Term::from_word(Header::tuple(elements.len()).0));
        tuple.extend_from_slice(elements);
        Record::of(Term::from_boxed_ptr(tuple.as_ptr()), hash, budget)
    }

    fn head(&self) -> &Head {
        // SAFETY: the block lives as long as the record.
        unsafe { self.0.as_ref() }
    }

    fn head_mut(&mut self) -> &mut Head {
        // SAFETY: as above, and nobody else uses it.
        unsafe { self.0.as_mut() }
    }

    /// The tuple. It is valid as long as the record.
    #[inline]
    pub fn term(&self) -> Term {
        // SAFETY: the tuple follows the head.
        Term::from_boxed_ptr(unsafe { self.0.as_ptr().add(1).cast::<Term>() })
    }

    /// Its elements.
    #[inline]
    pub fn elements(&self) -> &[Term] {
        self.term().term_slice()
    }

    /// Words of the tuple and its parts.
    #[inline]
    pub fn words(&self) -> usize {
        self.head().words as usize
    }

    /// Address, size in bytes and count of references of each binary outside that it refers to.
    pub fn binaries(&self) -> Vec<(usize, usize, usize)> {
        list_binaries(self.head().off_heap)
    }

    /// The bytes that the record takes.
    pub fn bytes(&self) -> usize {
        (self.words() + HEAD_WORDS) * size_of::<Word>()
    }

    /// The hash of its key.
    #[inline]
    pub fn hash(&self) -> u32 {
        self.head().hash & !DELETED
    }

    /// Is it only there for those who go through the table?
    #[inline]
    pub fn is_deleted(&self) -> bool {
        self.head().hash & DELETED != 0
    }

    /// Marks it as deleted.
    pub fn mark_deleted(&mut self) {
        self.head_mut().hash |= DELETED;
    }

    /// The next record of the chain.
    #[inline]
    pub fn next(&self) -> Option<&Record> {
        self.head().next.as_ref()
    }

    /// The place of the next record.
    #[inline]
    pub fn next_mut(&mut self) -> &mut Option<Record> {
        &mut self.head_mut().next
    }

    /// A copy on a heap.
    ///
    /// # Errors
    /// There is no memory.
    #[inline]
    pub fn copy_to<H: Heap + ?Sized>(&self, heap: &mut H) -> Result<Term, OutOfMemory> {
        let elements = self.elements();
        if self.words() == elements.len() + 1 {
            return heap.tuple(elements);
        }
        if self.head().off_heap == Term::NONE {
            let to = heap.reserve(self.words())?.as_ptr();
            // SAFETY: the record holds whole objects that refer only to each other, and there is
            // room for them. None of them counts references to a binary.
            unsafe { copy::relocate(self.term().ptr() as Word, self.words(), to) };
            return Ok(Term::from_boxed_ptr(to));
        }
        copy::copy(self.term(), self.words(), heap)
    }

    /// Replaces an element (from 0) where both it and the new value are immediate terms; `false`
    /// if they are not.
    pub fn set_immediate(&mut self, index: usize, value: Term) -> bool {
        let fits = |t: &Term| t.is_immediate() && value.is_immediate();
        if !self.elements().get(index).is_some_and(fits) {
            return false;
        }
        // SAFETY: the element is a word of the tuple, which nobody else looks at meanwhile.
        unsafe {
            self.0
                .as_ptr()
                .add(1)
                .cast::<Term>()
                .add(1 + index)
                .write(value)
        };
        true
    }
}

impl Drop for Record {
    /// Frees the record; without it the rest of its chain would be dropped by recursion, so its
    /// owner takes that off first, and what is left is freed one by one.
    fn drop(&mut self) {
        let mut next = self.next_mut().take();
        while let Some(mut record) = next {
            next = record.next_mut().take();
        }
        let words = self.words();
        // SAFETY: the list holds references that this record owns; the block is its own.
        unsafe {
            release_list(self.head().off_heap);
            if let Ok(layout) = layout(words) {
                dealloc(self.0.as_ptr().cast(), layout);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Fragment;

    #[test]
    fn a_record_holds_its_own_copy() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = Fragment::new(&budget);
        let binary = heap.binary(&[7; 100]).unwrap();
        let list = heap.list(&[binary, Term::small(3)]).unwrap();
        let tuple = heap.tuple(&[Term::small(1), list, Term::NIL]).unwrap();
        let before = budget.used();
        let mut record = Record::of(tuple, 12, &budget).unwrap();
        assert_eq!(budget.used() - before, record.bytes());
        drop(heap);
        let mut other = Fragment::new(&budget);
        let copied = record.copy_to(&mut other).unwrap();
        assert!(crate::term::order::equal_exact(copied, record.term()));
        assert!(record.set_immediate(0, Term::small(9)));
        assert!(record.set_immediate(2, Term::small(8)));
        assert!(!record.set_immediate(1, Term::small(8)));
        assert!(!record.set_immediate(2, list) && !record.set_immediate(3, Term::NIL));
        assert_eq!(record.elements()[0], Term::small(9));
        assert_eq!((record.hash(), record.is_deleted()), (12, false));
        record.mark_deleted();
        assert_eq!((record.hash(), record.is_deleted()), (12, true));
        budget.refund(record.bytes());
        drop((record, other));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_long_chain_is_freed_without_recursion() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut first: Option<Record> = None;
        for i in 0..1_000_000 {
            let mut record = Record::of_elements(&[Term::small(i)], 0, &budget).unwrap();
            *record.next_mut() = first.take();
            first = Some(record);
        }
        drop(first);
        assert_eq!(size_of::<Option<Record>>(), size_of::<usize>());
    }

    #[test]
    fn too_large_is_an_error() {
        let budget = Arc::new(Budget::new(4000));
        let elements = [Term::NIL; 1000];
        assert!(Record::of_elements(&elements, 0, &budget).is_err());
        assert!(Record::of_elements(&elements[..10], 0, &budget).is_ok());
    }
}
