//! Copies that share what the original shares.

use super::copy::{self, adopt};
use super::tree::Open;
use super::{Heap, OutOfMemory};
use crate::term::{Term, Word};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Where the parts of a term stand in a copy of it, in which what the term refers to in several
/// places is there once.
pub(super) struct Plan {
    term: Term,
    /// How many words before each part.
    places: HashMap<Word, usize>,
    /// The words of all parts.
    pub words: usize,
}

impl Plan {
    /// `None` if the copy takes more words than `limit`, or there is no memory for the plan.
    pub fn of(term: Term, limit: usize) -> Option<Plan> {
        let mut plan = Plan {
            term,
            places: HashMap::new(),
            words: 0,
        };
        let mut left = Vec::new();
        let mut next = Some(term);
        while let Some(term) = next {
            if !term.is_immediate() && !plan.places.contains_key(&term.word()) {
                plan.places.try_reserve(1).ok()?;
                plan.places.insert(term.word(), plan.words);
                let mut parts = Open::of(term);
                plan.words += parts.own_words();
                if plan.words > limit {
                    return None;
                }
                while let Some(part) = parts.next() {
                    left.try_reserve(1).ok()?;
                    left.push(part);
                }
            }
            next = left.pop();
        }
        Some(plan)
    }

    /// The copy of a term, when the copies of all parts begin at `start`.
    fn moved(&self, term: Term, start: *mut Term) -> Term {
        let Some(&place) = self.places.get(&term.word()) else {
            return term;
        };
        let at = start.wrapping_add(place);
        match term.is_cons() {
            true => Term::from_list_ptr(at),
            false => Term::from_boxed_ptr(at),
        }
    }

    /// Copies the term to a heap, as one run of words.
    ///
    /// # Errors
    /// There is no memory.
    pub fn copy<H: Heap + ?Sized>(&self, heap: &mut H) -> Result<Term, OutOfMemory> {
        if copy::size_within(self.term, self.words) == Some(self.words) {
            // Nothing is shared.
            return copy::copy(self.term, self.words, heap);
        }
        let start = heap.reserve(self.words)?.as_ptr();
        for (&word, &place) in &self.places {
            // SAFETY: the parts are live objects, and each has its words in the reserved area.
            unsafe { self.copy_part(Term::from_word(word), start, place, heap.off_heap()) };
        }
        Ok(self.moved(self.term, start))
    }

    /// Copies a part to its place.
    ///
    /// # Safety
    /// All parts have room at `start`, on the heap that `list` belongs to.
    unsafe fn copy_part(&self, part: Term, start: *mut Term, place: usize, list: &mut Term) {
        // SAFETY: promised by the caller.
        unsafe {
            let at = start.add(place);
            if part.is_cons() {
                at.write(self.moved(part.head(), start));
                at.add(1).write(self.moved(part.tail(), start));
                return;
            }
            let header = part.header();
            core::ptr::copy_nonoverlapping(part.ptr(), at, header.arity() + 1);
            for i in header.term_words() {
                let inner = at.add(i);
                inner.write(self.moved(*inner, start));
            }
            adopt(at, list);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::tree::Shared;
    use crate::memory::{Budget, Fragment};
    use crate::sync::Arc;
    use crate::term::order::equal_exact;

    #[test]
    fn what_is_shared_is_copied_once() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = Fragment::new(&budget);
        let long = heap.binary(&[7; 100]).unwrap();
        let mut term = heap.list(&[Term::small(1), long, long]).unwrap();
        for _ in 0..60 {
            let tail = heap.cons(term, term).unwrap();
            term = heap.tuple(&[term, tail, Term::NIL]).unwrap();
        }
        let mut size = Shared::of(term);
        assert_eq!(size.step(&mut 10_000, |_| true), Some(true));
        let mut to = Fragment::new(&budget);
        let copy = Plan::of(term, 10_000).unwrap().copy(&mut to).unwrap();
        assert_eq!(to.words(), size.size());
        drop(heap);
        assert_eq!(copy.as_tuple().unwrap().len(), 3);
        let mut inner = copy;
        for _ in 0..60 {
            let parts = inner.as_tuple().unwrap();
            assert_eq!(parts[0], parts[1].head());
            inner = parts[0];
        }
        assert_eq!(inner.head(), Term::small(1));
        assert_eq!(inner.tail().head(), inner.tail().tail().head());
        assert!(Plan::of(copy, size.size() - 1).is_none());
    }

    #[test]
    fn what_is_not_shared_is_copied_as_it_is() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = Fragment::new(&budget);
        let pair = heap.tuple(&[Term::small(1), Term::NIL]).unwrap();
        let term = heap.list(&[Term::small(2), pair]).unwrap();
        let mut to = Fragment::new(&budget);
        let copy = Plan::of(term, 100).unwrap().copy(&mut to).unwrap();
        assert!(equal_exact(copy, term) && to.words() == 7);
        let immediate = Plan::of(Term::NIL, 0).unwrap().copy(&mut to).unwrap();
        assert_eq!((immediate, to.words()), (Term::NIL, 7));
    }
}
