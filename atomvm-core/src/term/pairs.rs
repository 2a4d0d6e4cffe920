//! Going through a map from inside an explicit stack.

use super::{Term, map};
use crate::memory::OutOfMemory;
use crate::memory::fallible::boxed;
use alloc::boxed::Box;

/// The pairs of a map that are still to come, in few words, so that a deep stack of them is small.
pub(crate) enum Pairs<'a> {
    /// Keys and values of a flat map.
    Flat(&'a [Term], &'a [Term]),
    /// The rest of a large map.
    Trie(Box<map::MapIter<'a>>),
    /// The same, from its end.
    TrieBack(Box<map::MapIter<'a, true>>),
}

impl<'a> Pairs<'a> {
    /// All pairs of `map`, in the order of [`map::iter`].
    ///
    /// # Errors
    /// There is no memory.
    pub fn of(map: Term) -> Result<Pairs<'a>, OutOfMemory> {
        Ok(match map::flat_parts(map) {
            Some((keys, values)) => Pairs::Flat(keys, values),
            None => Pairs::Trie(boxed(map::iter(map))?),
        })
    }

    /// All pairs of `map`, in the order of [`map::keys`].
    ///
    /// # Errors
    /// There is no memory.
    pub fn as_listed(map: Term) -> Result<Pairs<'a>, OutOfMemory> {
        Ok(match map::flat_parts(map) {
            Some((keys, values)) => Pairs::Flat(keys, values),
            None => Pairs::TrieBack(boxed(map::iter_back(map))?),
        })
    }
}

impl Iterator for Pairs<'_> {
    type Item = (Term, Term);

    fn next(&mut self) -> Option<(Term, Term)> {
        match self {
            Pairs::Flat(keys, values) => {
                let (&key, other_keys) = keys.split_first()?;
                let (&value, other_values) = values.split_first()?;
                (*keys, *values) = (other_keys, other_values);
                Some((key, value))
            }
            Pairs::Trie(iter) => iter.next(),
            Pairs::TrieBack(iter) => iter.next(),
        }
    }
}
