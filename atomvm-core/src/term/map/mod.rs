//! Maps: two arrays up to 32 keys, a hash trie above.
//!
//! ```text
//!   kind 0  flat     keys (a tuple; [] when there are none), then the values in their order
//!   kind 1  root     size, node
//!   kind 2  node     bitmap of 16 bits, then a child for each bit that is set
//!   kind 3  bucket   leaves whose keys have one hash, in the order of another hash
//! ```
//!
//! A child is a leaf, a cons cell `[Key | Value]`, or an inner node of the next level, for the
//! next four bits of the hash from the top; after the eighth level it is a bucket. The keys of a
//! flat map stand in the order of [`compare_exact`], and maps that
//! update one another share them. The shape depends on nothing but the keys, so that equal maps
//! are laid out the same.
//!
//! All functions here take maps; given another term they behave as for the empty map.

mod builder;
mod flat;
mod iter;
mod trie;

pub use builder::Builder;
pub use iter::{Chunk, MapIter, chunk};
pub use trie::Shape;

use super::construct::list_of;
use super::hash::{hash, hash_again};
use super::order::compare_exact;
use super::{AtomTable, Header, Subtag, Term, Word};
use crate::memory::fallible::collect;
use crate::memory::{Heap, OutOfMemory};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The largest number of keys of a flat map, as in OTP.
pub const FLAT_MAX: usize = 32;

const FLAT: u8 = 0;
const ROOT: u8 = 1;
const NODE: u8 = 2;
const BUCKET: u8 = 3;

/// Why some keys of a map cannot be given new values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpdateError {
    /// The map does not have this key.
    MissingKey(Term),
    /// There is no memory.
    OutOfMemory,
}

impl From<OutOfMemory> for UpdateError {
    fn from(_: OutOfMemory) -> UpdateError {
        UpdateError::OutOfMemory
    }
}

static EMPTY: [Word; 2] = [Header::with_kind(Subtag::Map, FLAT, 1).0, Term::NIL.word()];

/// The map without keys. It needs no memory.
#[inline]
pub fn empty() -> Term {
    Term::from_boxed_ptr(EMPTY.as_ptr().cast())
}

/// Subtag and kind of a map's header; anything else for other terms.
#[inline(always)]
fn shape(term: Term) -> Word {
    if term.is_boxed() {
        term.header().0 & 0xff
    } else {
        0
    }
}

const FLAT_SHAPE: Word = Header::with_kind(Subtag::Map, FLAT, 0).0;
const ROOT_SHAPE: Word = Header::with_kind(Subtag::Map, ROOT, 0).0;

/// Keys and values of a flat map; `None` for a large map.
#[inline]
pub fn flat_parts<'a>(map: Term) -> Option<(&'a [Term], &'a [Term])> {
    if shape(map) != FLAT_SHAPE {
        return if map.is_map() { None } else { Some((&[], &[])) };
    }
    let (keys, values) = map.term_slice().split_first()?;
    Some((keys.as_tuple().unwrap_or(&[]), values))
}

/// The words of a large map's root; of a flat map, too.
pub(super) fn root_slice<'a>(map: Term) -> &'a [Term] {
    if map.is_map() { map.term_slice() } else { &[] }
}

/// The root node of a large map.
fn root_node(map: Term) -> Option<Term> {
    if shape(map) == ROOT_SHAPE {
        map.term_slice().get(1).copied()
    } else {
        None
    }
}

/// How a large map is laid out; `None` for a flat one.
pub(crate) fn shape_of(map: Term) -> Option<Shape> {
    root_node(map).map(trie::shape)
}

/// What lies below the root of a large map: leaves, nodes and buckets in the order of [`iter()`].
pub(super) fn root_children<'a>(map: Term) -> &'a [Term] {
    root_node(map).map_or(&[], node_children)
}

/// What lies below a node of a large map, or is in a bucket.
pub(super) fn node_children<'a>(node: Term) -> &'a [Term] {
    trie::Inner::of(node).children
}

/// Where a key stands in a large map: its hash with the first four bits last, as OTP's maps go down
/// by the lowest four bits first.
#[inline]
fn place(key: Term) -> u32 {
    place_of(hash(key))
}

#[inline]
fn place_of(hash: u32) -> u32 {
    let bytes = hash.swap_bytes();
    (bytes >> 4 & 0x0f0f_0f0f) | (bytes & 0x0f0f_0f0f) << 4
}

/// The order of two keys that have the same hash: that of another hash, as in OTP, whose maps have
/// further levels for it.
fn bucket_order(atoms: &AtomTable, a: Term, b: Term) -> Ordering {
    let again = |key: Term| place_of(hash_again(key));
    let order = again(a).cmp(&again(b));
    order.then_with(|| compare_exact(atoms, a, b))
}

/// The number of keys.
#[inline]
pub fn size(map: Term) -> usize {
    match flat_parts(map) {
        Some((_, values)) => values.len(),
        None => map.term_slice()[0].small_value() as usize,
    }
}

/// The value of a key (by `=:=`).
#[inline]
pub fn get(map: Term, key: Term) -> Option<Term> {
    match flat_parts(map) {
        Some((keys, values)) => flat::position(keys, key).map(|i| values[i]),
        None => trie::get(root_node(map)?, key, place(key)),
    }
}

/// The value of a key that is an immediate, in a flat map: what most lookups of programs are. `None`
/// for another map, too.
#[inline(always)]
pub(crate) fn get_quick(map: Term, key: Term) -> Option<Term> {
    if !key.is_immediate() {
        return None;
    }
    let i = flat_keys(map)?.iter().position(|&k| k == key)?;
    Some(Term::from_word(map.boxed_word(2 + i)))
}

/// The keys of a flat map that is not empty; its values are the words behind the second.
#[inline(always)]
pub(crate) fn flat_keys<'a>(map: Term) -> Option<&'a [Term]> {
    if shape(map) != FLAT_SHAPE {
        return None;
    }
    map.term_slice().first()?.as_tuple()
}

/// Is there such a key?
#[inline]
pub fn contains(map: Term, key: Term) -> bool {
    get(map, key).is_some()
}

/// The map with a value for a key, new or not.
///
/// # Errors
/// There is no memory.
pub fn put<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    map: Term,
    key: Term,
    value: Term,
) -> Result<Term, OutOfMemory> {
    match root_node(map) {
        None => flat::put(heap, atoms, map, key, value),
        Some(node) => {
            let (new, added) = trie::put(heap, atoms, node, (place(key), key, value))?;
            if new == node {
                return Ok(map);
            }
            root(heap, size(map) + added as usize, new)
        }
    }
}

/// The map with another value for a key that it has; `None` if it does not have it.
///
/// # Errors
/// There is no memory.
pub fn update<H: Heap + ?Sized>(
    heap: &mut H,
    map: Term,
    key: Term,
    value: Term,
) -> Result<Option<Term>, OutOfMemory> {
    match update_many(heap, map, &[(key, value)]) {
        Ok(map) => Ok(Some(map)),
        Err(UpdateError::MissingKey(_)) => Ok(None),
        Err(UpdateError::OutOfMemory) => Err(OutOfMemory),
    }
}

/// The map without a key, and the value that it had; `None` if there was none.
///
/// # Errors
/// There is no memory.
pub fn remove<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    map: Term,
    key: Term,
) -> Result<Option<(Term, Term)>, OutOfMemory> {
    let Some(node) = root_node(map) else {
        return flat::remove(heap, map, key);
    };
    let place = place(key);
    let Some(value) = trie::get(node, key, place) else {
        return Ok(None);
    };
    let size = size(map) - 1;
    let map = if size <= FLAT_MAX {
        let left = iter(map).filter(|&(k, _)| !super::order::equal_exact(k, key));
        flat::from_pairs(heap, atoms, left)?
    } else {
        let node = trie::remove(heap, node, key, place)?;
        root(heap, size, node)?
    };
    Ok(Some((map, value)))
}

/// A map of these keys and values; of those for the same key the last one counts.
///
/// # Errors
/// There is no memory.
pub fn from_pairs<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    pairs: &[(Term, Term)],
) -> Result<Term, OutOfMemory> {
    if pairs.len() <= FLAT_MAX {
        return flat::from_pairs(heap, atoms, pairs.iter().copied());
    }
    let mut entries = room(pairs.len())?;
    entries.extend(pairs.iter().map(|&(k, v)| (place(k), k, v)));
    from_entries(heap, atoms, entries)
}

fn from_entries<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    mut entries: Vec<trie::Entry>,
) -> Result<Term, OutOfMemory> {
    trie::sort_distinct(&mut entries)?;
    if entries.len() <= FLAT_MAX {
        let pairs = entries.into_iter().map(|(_, key, value)| (key, value));
        return flat::from_pairs(heap, atoms, pairs);
    }
    let node = trie::build(heap, atoms, &mut entries)?;
    root(heap, entries.len(), node)
}

/// The map with values for some keys, new or not; of those for the same key the last one counts.
/// When no key is new, the result shares its keys with `map`.
///
/// # Errors
/// There is no memory.
pub fn put_many<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    map: Term,
    pairs: &[(Term, Term)],
) -> Result<Term, OutOfMemory> {
    let mut map = map;
    if let Some((keys, values)) = flat_parts(map) {
        if keys.is_empty() {
            return from_pairs(heap, atoms, pairs);
        }
        if (2..=FLAT_MAX).contains(&pairs.len()) {
            return flat::put_many(heap, atoms, map, (keys, values), pairs);
        }
    } else if pairs.len() > size(map) / 4 {
        let mut all = room(size(map) + pairs.len())?;
        all.extend(
            iter(map)
                .chain(pairs.iter().copied())
                .map(|(k, v)| (place(k), k, v)),
        );
        return from_entries(heap, atoms, all);
    }
    for &(key, value) in pairs {
        map = put(heap, atoms, map, key, value)?;
    }
    Ok(map)
}

/// The map with other values for keys that it has; it shares its keys with `map`.
///
/// # Errors
/// The map lacks one of the keys (the first such one is given), or there is no memory.
pub fn update_many<H: Heap + ?Sized>(
    heap: &mut H,
    map: Term,
    pairs: &[(Term, Term)],
) -> Result<Term, UpdateError> {
    if let Some((keys, values)) = flat_parts(map) {
        return flat::update_many(heap, map, (keys, values), pairs);
    }
    let Some(old) = root_node(map) else {
        return Ok(map);
    };
    let mut node = old;
    for &(key, value) in pairs {
        node = trie::update(heap, node, (place(key), key, value))?
            .ok_or(UpdateError::MissingKey(key))?;
    }
    if node == old {
        return Ok(map);
    }
    Ok(root(heap, size(map), node)?)
}

/// All keys of both maps, with the second one's values where both have one.
///
/// # Errors
/// There is no memory.
pub fn merge<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    first: Term,
    second: Term,
) -> Result<Term, OutOfMemory> {
    if size(second) == 0 || first == second {
        return Ok(first);
    }
    if size(first) == 0 {
        return Ok(second);
    }
    if let (Some(a), Some(b)) = (flat_parts(first), flat_parts(second)) {
        return flat::merge(heap, atoms, (first, a), (second, b));
    }
    if size(first) >= size(second) {
        let pairs = collect(iter(second))?;
        return put_many(heap, atoms, first, &pairs);
    }
    let pairs = collect(iter(first).filter(|&(k, _)| !contains(second, k)))?;
    put_many(heap, atoms, second, &pairs)
}

/// Keys and values: of a flat map in the order of the keys, of a large one in the order of OTP's
/// iterators, which follows from the hashes of the keys.
#[inline]
pub fn iter<'a>(map: Term) -> MapIter<'a> {
    MapIter::new(map)
}

/// Keys and values in the reverse of the order of [`iter()`].
pub fn iter_back<'a>(map: Term) -> MapIter<'a, true> {
    MapIter::new(map)
}

/// The list of the keys: of a large map it is, as OTP's, in the reverse of the order of [`iter()`].
///
/// # Errors
/// There is no memory.
pub fn keys<H: Heap + ?Sized>(heap: &mut H, map: Term) -> Result<Term, OutOfMemory> {
    match flat_parts(map) {
        Some((keys, _)) => heap.list(keys),
        None => reversed(heap, map, |(key, _)| key),
    }
}

/// The list of the values, in the order of [`keys()`].
///
/// # Errors
/// There is no memory.
pub fn values<H: Heap + ?Sized>(heap: &mut H, map: Term) -> Result<Term, OutOfMemory> {
    match flat_parts(map) {
        Some((_, values)) => heap.list(values),
        None => reversed(heap, map, |(_, value)| value),
    }
}

fn reversed<H: Heap + ?Sized>(
    heap: &mut H,
    map: Term,
    part: impl Fn((Term, Term)) -> Term,
) -> Result<Term, OutOfMemory> {
    list_of(heap, size(map), iter_back(map).map(part), Term::NIL)
}

/// An empty vector with room for `count` items.
fn room<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut items = Vec::new();
    items.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    Ok(items)
}

fn root<H: Heap + ?Sized>(heap: &mut H, size: usize, node: Term) -> Result<Term, OutOfMemory> {
    let header = Header::with_kind(Subtag::Map, ROOT, 2);
    heap.boxed_terms(header, &[Term::small(size as isize), node])
}

#[cfg(test)]
mod tests;
