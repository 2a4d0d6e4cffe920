//! Pairs of terms that a comparison has met, so that it does not go into them again.
//!
//! Terms may share parts: `X1 = {X0, X0}, X2 = {X1, X1}, ...` is as a tree twice as large with
//! each step. A comparison that has been going on for long keeps the pairs it has gone into. One
//! that it meets again was equal, or the comparison would have ended there; so each is gone into
//! once, and the time is bounded by the memory that the terms take.

use super::{Term, Word};
use crate::memory::fallible::made;
use alloc::boxed::Box;
use hashbrown::HashSet;

/// A comparison that takes so many steps begins to remember.
const PATIENCE: usize = 1 << 16;

/// Pairs that are remembered at most; then all are forgotten.
const MOST: usize = 1 << 20;

/// The steps of a comparison, and the pairs it has met.
#[derive(Default)]
pub(super) struct Seen {
    steps: usize,
    pairs: Option<Box<HashSet<(Word, Word, bool)>>>,
}

impl Seen {
    /// Counts steps.
    #[inline]
    pub fn count(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// The steps so far.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Counts a step; have these two terms been met before?
    #[inline]
    pub fn met(&mut self, a: Term, b: Term, exact: bool) -> bool {
        self.steps += 1;
        self.steps > PATIENCE && self.remember(a, b, exact)
    }

    /// Forgets all: what comes next may meet pairs that were not equal.
    pub fn forget(&mut self) {
        self.pairs = None;
    }

    #[cold]
    fn remember(&mut self, a: Term, b: Term, exact: bool) -> bool {
        if a.is_immediate() || b.is_immediate() {
            return false;
        }
        let Ok(pairs) = made(&mut self.pairs) else {
            return false;
        };
        if pairs.len() >= MOST {
            pairs.clear();
        }
        if pairs.try_reserve(1).is_err() {
            return false;
        }
        !pairs.insert((a.word(), b.word(), exact))
    }
}
