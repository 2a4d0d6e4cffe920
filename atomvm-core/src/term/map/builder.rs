//! Building a large map in parts, between which others may run.

use super::trie::{self, Entry};
use super::{FLAT_MAX, flat, place, root};
use crate::memory::fallible::{Grow, with_room};
use crate::memory::{Heap, OutOfMemory};
use crate::term::{AtomTable, Term};
use alloc::vec::Vec;

/// Entries that a part is to have, about.
const PART: usize = 128;
/// Levels of the trie that parts may stand below.
const MOST_LEVELS: usize = 3;

/// Keys and values on their way into a map. First all of them are added, then the parts are
/// finished one after the other; of values for the same key the last one counts.
pub struct Builder {
    /// Entries by the first digits of their hashes, one part for each subtrie on `level`.
    parts: Vec<Vec<Entry>>,
    /// How many levels of nodes stand above a part.
    level: usize,
    /// Subtries of the parts that are done; `None` where a part is empty.
    done: Vec<Option<Term>>,
    /// Distinct keys in what is done.
    size: usize,
}

impl Builder {
    /// For about `count` keys.
    ///
    /// # Errors
    /// There is no memory.
    pub fn new(count: usize) -> Result<Builder, OutOfMemory> {
        let mut level = 1;
        while level < MOST_LEVELS && count >> (4 * level) > PART {
            level += 1;
        }
        let count = 1 << (4 * level);
        let mut parts = with_room(count)?;
        parts.resize_with(count, Vec::new);
        Ok(Builder {
            parts,
            level,
            done: with_room(count)?,
            size: 0,
        })
    }

    /// Adds a key and its value.
    ///
    /// # Errors
    /// There is no memory.
    pub fn add(&mut self, key: Term, value: Term) -> Result<(), OutOfMemory> {
        let hash = place(key);
        let part = (hash >> (32 - 4 * self.level)) as usize;
        self.parts[part].try_push((hash, key, value))
    }

    /// Finishes the next part, and says how many entries were in it; `None`: all are finished.
    ///
    /// # Errors
    /// There is no memory.
    pub fn finish_part(
        &mut self,
        heap: &mut impl Heap,
        atoms: &AtomTable,
    ) -> Result<Option<usize>, OutOfMemory> {
        let Some(part) = self.parts.get_mut(self.done.len()) else {
            return Ok(None);
        };
        let count = part.len();
        trie::sort_distinct(part)?;
        self.size += part.len();
        let subtrie = match part.is_empty() {
            true => None,
            false => Some(trie::build_level(heap, atoms, part, self.level)?),
        };
        self.done.push(subtrie);
        // A map that is to be flat is made of the entries.
        if self.size > FLAT_MAX {
            *part = Vec::new();
        }
        Ok(Some(count))
    }

    /// The map, once all parts are finished.
    ///
    /// # Errors
    /// There is no memory.
    pub fn finish(mut self, heap: &mut impl Heap, atoms: &AtomTable) -> Result<Term, OutOfMemory> {
        if self.size <= FLAT_MAX {
            let entries = self.parts.iter().flatten();
            return flat::from_pairs(heap, atoms, entries.map(|&(_, key, value)| (key, value)));
        }
        for _ in 0..self.level {
            let mut above = with_room(self.done.len().div_ceil(16))?;
            let is_top = self.done.len() == 16;
            for children in self.done.chunks(16) {
                above.push(trie::join(heap, children, is_top)?);
            }
            self.done = above;
        }
        let node = self.done.first().copied().flatten();
        root(heap, self.size, node.unwrap_or(Term::NIL))
    }
}
