//! Going through maps.

use super::trie::{Inner, LEVELS};
use super::{flat_parts, place, root_node};
use crate::memory::OutOfMemory;
use crate::memory::fallible::Grow;
use crate::term::Term;
use alloc::vec::Vec;

/// Iterator over keys and values, see [`iter()`](super::iter()).
///
/// It needs no memory: a trie has at most eight levels and a bucket. `BACK`: from the last key to the
/// first.
pub struct MapIter<'a, const BACK: bool = false> {
    /// Keys and values still to come, of a flat map.
    flat: (&'a [Term], &'a [Term]),
    /// Children still to come, on each level of a trie.
    levels: [&'a [Term]; LEVELS + 1],
    depth: usize,
}

/// The next of a slice, and the others.
#[inline(always)]
fn split<const BACK: bool>(slice: &[Term]) -> Option<(&Term, &[Term])> {
    if BACK {
        slice.split_last()
    } else {
        slice.split_first()
    }
}

impl<'a, const BACK: bool> MapIter<'a, BACK> {
    pub(super) fn new(map: Term) -> MapIter<'a, BACK> {
        let mut iter = MapIter {
            flat: (&[], &[]),
            levels: [&[]; LEVELS + 1],
            depth: 0,
        };
        match flat_parts(map) {
            Some(parts) => iter.flat = parts,
            None => {
                if let Some(node) = root_node(map) {
                    iter.levels[0] = Inner::of(node).children;
                }
            }
        }
        iter
    }
}

impl<const BACK: bool> Iterator for MapIter<'_, BACK> {
    type Item = (Term, Term);

    fn next(&mut self) -> Option<(Term, Term)> {
        if let (Some((&key, keys)), Some((&value, values))) =
            (split::<BACK>(self.flat.0), split::<BACK>(self.flat.1))
        {
            self.flat = (keys, values);
            return Some((key, value));
        }
        loop {
            match split::<BACK>(self.levels[self.depth]) {
                Some((&child, rest)) => {
                    self.levels[self.depth] = rest;
                    if child.is_cons() {
                        return child.as_cons();
                    }
                    self.depth += 1;
                    self.levels[self.depth] = Inner::of(child).children;
                }
                None if self.depth == 0 => return None,
                None => self.depth -= 1,
            }
        }
    }
}

/// A part of a map, in the order of [`iter()`](super::iter()).
pub struct Chunk {
    /// Keys and values.
    pub pairs: Vec<(Term, Term)>,
    /// Where the next part starts; `None` if there is none.
    pub next: Option<u64>,
}

/// The part of a map from position `from` (0 is the start), of about `count` keys. Flat maps come
/// in one part.
///
/// A position is the least hash that is still to come, so a number suffices to go on, and keys
/// that have the same hash come together.
///
/// # Errors
/// There is no memory.
pub fn chunk(map: Term, from: u64, count: usize) -> Result<Chunk, OutOfMemory> {
    let mut pairs = Vec::new();
    let Some(node) = root_node(map) else {
        if from == 0 {
            pairs.try_extend(super::iter(map))?;
        }
        return Ok(Chunk { pairs, next: None });
    };
    let Ok(first) = u32::try_from(from) else {
        return Ok(Chunk { pairs, next: None });
    };
    let mut last = None;
    for (key, value) in seek(node, first) {
        let here = place(key);
        if here < first {
            continue;
        }
        if pairs.len() >= count && last != Some(here) {
            return Ok(Chunk {
                pairs,
                next: Some(here as u64),
            });
        }
        last = Some(here);
        pairs.try_push((key, value))?;
    }
    Ok(Chunk { pairs, next: None })
}

/// The iterator without the subtries whose hashes all lie below `first`.
fn seek<'a>(root: Term, first: u32) -> MapIter<'a> {
    let mut iter = MapIter {
        flat: (&[], &[]),
        levels: [&[]; LEVELS + 1],
        depth: 0,
    };
    let mut node = root;
    for level in 0..=LEVELS {
        let inner = Inner::of(node);
        let (found, at) = inner.place(first, level);
        iter.levels[level] = &inner.children[at..];
        iter.depth = level;
        match iter.levels[level].split_first() {
            Some((&child, rest)) if found && !child.is_cons() => {
                iter.levels[level] = rest;
                node = child;
            }
            _ => break,
        }
    }
    iter
}
