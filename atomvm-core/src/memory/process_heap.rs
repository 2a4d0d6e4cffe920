//! The memory of one process: a block that heap and stack share, and what was taken besides.
//!
//! ```text
//!   start                          high_water     top         stop                    end
//!     | survived a collection          | new        |   free    | stack                 |
//!     +--------------------------------+------------+-----------+-----------------------+
//!
//!   old:        survived two collections, in a block of its own
//!   extra:      taken by built-in functions when the block was full; the next collection
//!               moves what lives there to the block
//! ```

use super::fallible::boxed;
use super::{Budget, Fragment, Heap, OutOfMemory};
use crate::sync::Arc;
use crate::term::{Term, Word};
use core::ptr::NonNull;

/// How a heap grows when a collection did not free enough (AtomVM's `atomvm_heap_growth`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Growth {
    /// What is needed and a bounded amount of free space: small memory, more collections.
    BoundedFree,
    /// What is needed, no more.
    Minimum,
    /// In growing steps, as OTP does: fewer collections.
    #[default]
    Fibonacci,
}

/// Words below the stack that only calls use, so that pushing a return address never fails.
pub(crate) const STACK_RESERVE: usize = 4;

/// The smallest heap in words.
pub const MIN_HEAP_WORDS: usize = 14;

/// An old generation; empty until a process survives collections.
pub(super) struct Old {
    pub start: *mut Term,
    pub top: *mut Term,
    pub words: usize,
}

/// Heap, stack and old generation of a process.
///
/// While a process runs, the interpreter holds `top` and `stop` in registers and writes them back
/// before it calls anything that looks here.
pub struct ProcessHeap {
    /// First free word of the heap.
    pub(crate) top: *mut Term,
    /// Last word pushed on the stack (the stack grows down).
    pub(crate) stop: *mut Term,
    pub(super) start: *mut Term,
    pub(super) words: usize,
    pub(super) high_water: *mut Term,
    /// Was a tuple changed that the next collection promotes?
    pub(super) opened: bool,
    /// Was the block too small for what survived the last collection?
    pub(super) grows: bool,
    pub(super) old: Old,
    pub(super) extra: Option<alloc::boxed::Box<Fragment>>,
    pub(super) off_heap: Term,
    /// Bytes of off-heap binaries that may still be made before a collection is worth while.
    fresh_left: usize,
    pub(super) budget: Arc<Budget>,
    /// Words that the heap never shrinks below.
    pub min_words: u32,
    /// How the heap grows.
    pub growth: Growth,
    /// Minor collections since the last full one.
    pub(super) minor_count: u16,
    /// After so many minor collections a full one follows.
    pub fullsweep_after: u16,
    /// Collections so far, of both kinds.
    pub collections: u32,
}

// SAFETY: the blocks belong to the process, which one thread runs at a time.
unsafe impl Send for ProcessHeap {}

impl ProcessHeap {
    /// A heap of `words` words (at least [`MIN_HEAP_WORDS`]).
    ///
    /// # Errors
    /// There is no memory.
    pub fn new(words: usize, budget: &Arc<Budget>) -> Result<ProcessHeap, OutOfMemory> {
        let words = words.max(MIN_HEAP_WORDS);
        let start: *mut Term = budget.alloc_words(words)?.as_ptr().cast();
        Ok(ProcessHeap {
            top: start,
            // SAFETY: one past the end of the block.
            stop: unsafe { start.add(words) },
            start,
            words,
            high_water: start,
            opened: false,
            grows: false,
            old: Old {
                start: core::ptr::null_mut(),
                top: core::ptr::null_mut(),
                words: 0,
            },
            extra: None,
            off_heap: Term::NONE,
            fresh_left: fresh_limit(words, budget),
            budget: budget.clone(),
            min_words: words as u32,
            growth: Growth::default(),
            minor_count: 0,
            fullsweep_after: u16::MAX,
            collections: 0,
        })
    }

    /// One past the last word of the stack.
    #[inline]
    pub(crate) fn stack_end(&self) -> *mut Term {
        // SAFETY: one past the end of the block.
        unsafe { self.start.add(self.words) }
    }

    /// Words free between heap and stack.
    #[inline]
    pub(crate) fn free_words(&self) -> usize {
        // SAFETY: both point into the block, and `top <= stop`.
        unsafe { self.stop.offset_from_unsigned(self.top) }
    }

    /// Words in use on the heap and in the extra fragments, young and old.
    pub fn used_words(&self) -> usize {
        let young = (self.top as usize - self.start as usize) / size_of::<Word>();
        let old = (self.old.top as usize - self.old.start as usize) / size_of::<Word>();
        young + old + self.extra_words()
    }

    /// Words on the stack.
    pub fn stack_words(&self) -> usize {
        (self.stack_end() as usize - self.stop as usize) / size_of::<Word>()
    }

    /// Words of the block that heap and stack share.
    pub fn block_words(&self) -> usize {
        self.words
    }

    /// Words allocated in all: blocks and extra.
    pub fn total_words(&self) -> usize {
        self.words + self.old.words + self.extra_words()
    }

    /// Words of the old generation's block.
    pub fn old_block_words(&self) -> usize {
        self.old.words
    }

    /// Words in use in the old generation.
    pub fn old_words(&self) -> usize {
        (self.old.top as usize - self.old.start as usize) / size_of::<Word>()
    }

    /// Words in use in the young generation.
    pub fn young_words(&self) -> usize {
        (self.top as usize - self.start as usize) / size_of::<Word>()
    }

    /// Words of the young generation that have survived a collection.
    pub fn aged_words(&self) -> usize {
        (self.high_water as usize - self.start as usize) / size_of::<Word>()
    }

    /// Bytes of binaries that were made since the last collection.
    pub fn fresh_binaries(&self) -> usize {
        fresh_limit(self.words + self.old.words, &self.budget).saturating_sub(self.fresh_left)
    }

    /// Address, size in bytes and count of references of each binary outside the heap that an
    /// object of the heap refers to.
    pub fn binaries(&self) -> alloc::vec::Vec<(usize, usize, usize)> {
        super::fragment::list_binaries(self.off_heap)
    }

    /// Words in extra fragments.
    #[inline]
    pub(crate) fn extra_words(&self) -> usize {
        self.extra.as_ref().map_or(0, |extra| extra.words())
    }

    /// Is the term an object of this heap?
    pub(crate) fn holds(&self, term: Term) -> bool {
        let at = term.ptr();
        !term.is_immediate()
            && (at >= self.start && at < self.top
                || at >= self.old.start && at < self.old.top
                || self.extra.as_ref().is_some_and(|e| e.contains(term)))
    }

    /// Is it time to collect at the next opportunity? So it is when words were taken outside the
    /// block, or many bytes of binaries, of which most may be dead.
    #[inline(always)]
    pub(crate) fn has_extra(&self) -> bool {
        self.extra.is_some() || self.fresh_left == 0
    }

    /// No binaries were made since the collection that has just been.
    pub(super) fn count_binaries_anew(&mut self) {
        self.fresh_left = fresh_limit(self.words + self.old.words, &self.budget);
    }

    /// Pushes a return address, for which there must be room.
    pub(crate) fn push_return(&mut self, ip: usize, links: usize) {
        debug_assert!(self.free_words() >= 2);
        // SAFETY: there is room between heap and stack.
        unsafe {
            self.stop = self.stop.sub(2);
            self.stop.write(Term::from_word(ip));
            self.stop.add(1).write(Term::from_word(links));
        }
    }

    /// Prepares a tuple of the young generation for a change in place, with the heap's top at
    /// `top`; `false` if it belongs to another.
    ///
    /// A changed tuple may refer to objects younger than itself. If it is old enough to be promoted
    /// by the next collection, all that is there now is promoted with it. Objects outside the block
    /// may be among them, for which the old generation has no room set aside: if there are such,
    /// the next collection is a full one.
    pub(crate) fn open_for_change(&mut self, tuple: Term, top: *mut Term) -> bool {
        let at = tuple.ptr();
        if at >= self.start && at < top {
            if at < self.high_water {
                self.high_water = top;
                self.opened = true;
            }
            return true;
        }
        self.extra
            .as_ref()
            .is_some_and(|extra| extra.contains(tuple))
    }

    /// Moves a message onto the heap, when there is room for it.
    pub(crate) fn adopt(&mut self, message: Fragment) -> Result<Term, Fragment> {
        let words = message.words();
        if self.free_words() < words + STACK_RESERVE {
            return Err(message);
        }
        let to = self.top;
        // SAFETY: there is room for the words at `top`.
        unsafe {
            self.top = to.add(words);
            Ok(message.move_to(to, &mut self.off_heap))
        }
    }
}

impl Heap for ProcessHeap {
    #[inline]
    fn reserve(&mut self, words: usize) -> Result<NonNull<Term>, OutOfMemory> {
        if words.saturating_add(STACK_RESERVE) <= self.free_words() {
            // SAFETY: the words lie between heap and stack.
            unsafe {
                let at = NonNull::new_unchecked(self.top);
                self.top = self.top.add(words);
                return Ok(at);
            }
        }
        if self.extra.is_none() {
            self.extra = Some(boxed(Fragment::new(&self.budget))?);
        }
        let extra = self.extra.as_deref_mut().ok_or(OutOfMemory)?;
        extra.reserve(words)
    }

    fn off_heap(&mut self) -> &mut Term {
        &mut self.off_heap
    }

    fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    #[inline]
    fn made_off_heap(&mut self, bytes: usize) {
        self.fresh_left = self.fresh_left.saturating_sub(bytes);
    }
}

/// How many bytes of new binaries make a collection worth while for a heap of `words` words: as
/// many as the heap has itself, and at least 256 KB, unless that is much of all there may be.
fn fresh_limit(words: usize, budget: &Budget) -> usize {
    (words * size_of::<Word>())
        .max(256 * 1024)
        .min(budget.limit() / 8)
}

impl Drop for ProcessHeap {
    fn drop(&mut self) {
        // SAFETY: the list and the blocks belong to this heap alone.
        unsafe {
            super::fragment::release_list(self.off_heap);
            self.budget
                .free_words(NonNull::new_unchecked(self.start.cast()), self.words);
            if let Some(old) = NonNull::new(self.old.start) {
                self.budget.free_words(old.cast(), self.old.words);
            }
        }
    }
}
