//! Making a heap independent of literals that are going to be freed.

use super::fallible::{boxed, collect};
use super::{Fragment, Heap, OutOfMemory, ProcessHeap, collect::Roots, copy};
use crate::term::{Header, Term, Word};
use alloc::vec::Vec;

/// The block of the literals.
#[derive(Clone, Copy)]
struct Area {
    start: Word,
    bytes: usize,
}

/// The blocks of literals that are going to be freed.
#[derive(Default)]
pub(crate) struct Areas {
    /// In the order of their addresses.
    areas: Vec<Area>,
    /// All are in here.
    around: Option<Area>,
}

impl Areas {
    /// Those of `literals`.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn of<'a>(
        literals: impl ExactSizeIterator<Item = &'a Fragment>,
    ) -> Result<Areas, OutOfMemory> {
        let mut areas = collect(literals.filter_map(area))?;
        areas.sort_unstable_by_key(|area| area.start);
        let around = areas.first().zip(areas.last()).map(|(first, last)| Area {
            start: first.start,
            bytes: last.start - first.start + last.bytes,
        });
        Ok(Areas { areas, around })
    }

    fn contain(&self, term: Term) -> bool {
        self.around.is_some_and(|around| around.contains(term)) && {
            let address = term.word() & !3;
            let before = self.areas.partition_point(|area| area.start <= address);
            before > 0 && self.areas[before - 1].contains(term)
        }
    }
}

impl Area {
    fn contains(self, term: Term) -> bool {
        !term.is_immediate()
            && !term.is_header()
            && (term.word() & !3).wrapping_sub(self.start) < self.bytes
    }
}

impl ProcessHeap {
    /// Could anything in the heap, on the stack or among the roots refer to `literals`? Numbers
    /// that look like an address count, too.
    pub(crate) fn may_mention(&self, literals: &Fragment, roots: &mut dyn Roots) -> bool {
        area(literals).is_some_and(|area| self.has_any(roots, |term| area.contains(term)))
    }

    /// As [`ProcessHeap::may_mention`], of many.
    pub(crate) fn may_mention_some(&self, areas: &Areas, roots: &mut dyn Roots) -> bool {
        self.has_any(roots, |term| areas.contain(term))
    }

    /// Is any word of the heap, the stack and the roots one that is looked for?
    fn has_any(&self, roots: &mut dyn Roots, wanted: impl Fn(Term) -> bool) -> bool {
        let words = |from: *const Term, to: *const Term| {
            let count = (to as usize - from as usize) / size_of::<Term>();
            // SAFETY: inside the block; a word of any value is a term that is only looked at.
            (0..count).any(|i| wanted(unsafe { *from.add(i) }))
        };
        let mut found = words(self.start, self.top)
            || words(self.stop, self.stack_end())
            || words(self.old.start, self.old.top);
        for (start, count) in self.extra.iter().flat_map(|extra| extra.runs()) {
            found = found || words(start, start.wrapping_add(count));
        }
        roots.visit(&mut |terms| found = found || terms.iter().any(|&t| wanted(t)));
        found
    }

    /// Puts a copy of `literals` beside the heap and makes all that refers to them refer to it.
    /// Only right after a full collection: all of the heap is in one block then, without a gap.
    /// The next collection leaves of the copy what is needed.
    ///
    /// # Errors
    /// There is no memory for the copy; nothing has changed then.
    pub(crate) fn adopt_literals(
        &mut self,
        literals: &Fragment,
        roots: &mut dyn Roots,
    ) -> Result<(), OutOfMemory> {
        let Some(area) = area(literals) else {
            return Ok(());
        };
        debug_assert!(self.extra.is_none() && self.old.start.is_null());
        let words = area.bytes / size_of::<Word>();
        let mut extra = boxed(Fragment::with_room(words, &self.budget)?)?;
        let to = extra.reserve(words)?.as_ptr();
        let shift = |slot: &mut Term| {
            if area.contains(*slot) {
                let word = slot.word().wrapping_sub(area.start);
                *slot = Term::from_word(word.wrapping_add(to as Word));
            }
        };
        // SAFETY: the literals are whole objects that refer only to each other; there is room for
        // them. The heap and the copy hold whole objects, the stack slots and return addresses.
        unsafe {
            copy::relocate(area.start, words, to);
            each_object(to, words, &mut |at| copy::adopt(at, &mut self.off_heap));
            let heap = (self.top as usize - self.start as usize) / size_of::<Word>();
            each_term(self.start, heap, &shift);
            for i in 0..self.stack_words() {
                shift(&mut *self.stop.add(i));
            }
        }
        roots.visit(&mut |terms| terms.iter_mut().for_each(shift));
        self.extra = Some(extra);
        Ok(())
    }
}

fn area(literals: &Fragment) -> Option<Area> {
    let mut runs = literals.runs();
    let (start, words) = runs.next()?;
    debug_assert!(
        runs.next().is_none(),
        "the literals of a module are one block"
    );
    Some(Area {
        start: start as Word,
        bytes: words * size_of::<Word>(),
    })
}

/// Calls `visit` with the address of each boxed object.
///
/// # Safety
/// There are `words` words of whole objects at `start`.
unsafe fn each_object(start: *mut Term, words: usize, visit: &mut dyn FnMut(*mut Term)) {
    let mut i = 0;
    while i < words {
        // SAFETY: promised by the caller.
        unsafe {
            let at = start.add(i);
            let word = *at;
            if word.is_header() {
                visit(at);
                i += Header(word.word()).arity();
            }
        }
        i += 1;
    }
}

/// Calls `visit` with each term in the objects.
///
/// # Safety
/// As for [`each_object`].
unsafe fn each_term(start: *mut Term, words: usize, visit: &dyn Fn(&mut Term)) {
    let mut i = 0;
    while i < words {
        // SAFETY: promised by the caller.
        unsafe {
            let at = start.add(i);
            let word = *at;
            if word.is_header() {
                let header = Header(word.word());
                for k in header.term_words() {
                    visit(&mut *at.add(k));
                }
                i += header.arity();
            } else {
                visit(&mut *at);
            }
        }
        i += 1;
    }
}
