//! The size of a term as a tree, found in a time that its size in memory bounds.

use crate::term::{Term, Word};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// The words that a copy of `term` takes, where what is shared counts as often as it is met; as
/// much as a `u128` holds if that is more. `None` if there is no memory to find out.
///
/// Each part is gone into once. It takes memory for each, so this is for terms whose plain count
/// takes too long.
pub fn tree_size(term: Term) -> Option<u128> {
    let mut sizes: HashMap<Word, u128> = HashMap::new();
    let mut open: Vec<Open> = Vec::new();
    open.try_reserve(1).ok()?;
    open.push(Open::of(term));
    loop {
        let last = open.last_mut()?;
        match last.next() {
            Some(part) if part.is_immediate() => {}
            Some(part) => match sizes.get(&part.word()) {
                Some(&size) => last.size = last.size.saturating_add(size),
                None => {
                    open.try_reserve(1).ok()?;
                    open.push(Open::of(part));
                }
            },
            None => {
                let done = open.pop()?;
                let Some(outer) = open.last_mut() else {
                    return Some(done.size);
                };
                outer.size = outer.size.saturating_add(done.size);
                sizes.try_reserve(1).ok()?;
                sizes.insert(done.term.word(), done.size);
            }
        }
    }
}

/// The words that a term takes in memory: each part counts once, however often it is met.
pub struct Shared {
    seen: hashbrown::HashSet<Word>,
    left: Vec<Term>,
    size: usize,
}

impl Shared {
    /// To count a term, which must live as long as this.
    pub fn of(term: Term) -> Shared {
        Shared {
            seen: hashbrown::HashSet::new(),
            left: super::fallible::collect_or_lose([term]),
            size: 0,
        }
    }

    /// Words so far.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Counts on, as long as there are units of work; `Some(true)` when all is done, `None` when
    /// there is no memory. Parts that are not to count, and what they refer to, are left out.
    pub fn step(&mut self, units: &mut usize, counts: impl Fn(Term) -> bool) -> Option<bool> {
        while let Some(term) = self.left.pop() {
            if *units == 0 {
                self.left.push(term);
                return Some(false);
            }
            *units -= 1;
            if term.is_immediate() || !counts(term) {
                continue;
            }
            self.seen.try_reserve(1).ok()?;
            if !self.seen.insert(term.word()) {
                continue;
            }
            let mut parts = Open::of(term);
            self.size += parts.size as usize;
            while let Some(part) = parts.next() {
                if !part.is_immediate() {
                    self.left.try_reserve(1).ok()?;
                    self.left.push(part);
                }
            }
        }
        Some(true)
    }
}

/// A term of which parts are still to be looked at.
pub(super) struct Open {
    term: Term,
    /// Its own words, and those of the parts so far.
    size: u128,
    next: usize,
    end: usize,
}

impl Open {
    pub fn of(term: Term) -> Open {
        let (size, next, end) = if term.is_cons() {
            (2, 0, 2)
        } else if term.is_immediate() {
            (0, 0, 0)
        } else {
            let header = term.header();
            let parts = header.term_words();
            (header.arity() + 1, parts.start, parts.end)
        };
        Open {
            term,
            size: size as u128,
            next,
            end,
        }
    }

    /// The words of the term itself, before any part was taken.
    pub fn own_words(&self) -> usize {
        self.size as usize
    }

    pub fn next(&mut self) -> Option<Term> {
        if self.next >= self.end {
            return None;
        }
        let at = self.next;
        self.next += 1;
        Some(match self.term.is_cons() {
            true if at == 0 => self.term.head(),
            true => self.term.tail(),
            false => Term::from_word(self.term.boxed_word(at)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment, Heap, copy};
    use crate::sync::Arc;

    fn doubled(heap: &mut Fragment, levels: usize) -> Term {
        let mut term = heap.list(&[Term::small(1), Term::small(2)]).unwrap();
        for _ in 0..levels {
            term = heap.tuple(&[term, term]).unwrap();
        }
        term
    }

    #[test]
    fn what_is_shared_counts_as_often_as_it_is_met() {
        let mut heap = Fragment::new(&Arc::new(Budget::new(usize::MAX)));
        for levels in 0..10 {
            let term = doubled(&mut heap, levels);
            assert_eq!(tree_size(term), Some(copy::size(term) as u128));
        }
        let term = doubled(&mut heap, 100);
        assert_eq!(tree_size(term), Some((4 << 100) + 3 * ((1 << 100) - 1)));
        assert_eq!(copy::size_within(term, 1 << 30), None);
        let mut shared = Shared::of(term);
        assert_eq!(shared.step(&mut 10_000, |_| true), Some(true));
        assert_eq!(shared.size(), 4 + 300);
    }
}
