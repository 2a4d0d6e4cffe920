//! Large maps: a trie of the keys' hashes, sixteen ways wide and eight levels deep.

use super::{BUCKET, NODE, bucket_order, place};
use crate::memory::fallible::{collect, sort_by_key, with_room};
use crate::memory::{Heap, OutOfMemory};
use crate::term::order::equal_exact;
use crate::term::{AtomTable, Header, Subtag, Term};
use alloc::vec::Vec;

/// Hash, key, value.
pub(super) type Entry = (u32, Term, Term);

/// Bits of a hash, four for each level.
pub(super) const LEVELS: usize = 8;
const WIDTH: usize = 16;

/// The four bits of the hash that choose the child on a level.
#[inline]
fn digit(hash: u32, level: usize) -> u32 {
    (hash >> (28 - 4 * level as u32)) & 15
}

/// An inner node or bucket, looked at in place.
#[derive(Clone, Copy)]
pub(super) struct Inner<'a> {
    /// Which children there are; 0 for a bucket, of which all belong to one hash.
    bitmap: u32,
    pub children: &'a [Term],
}

impl<'a> Inner<'a> {
    #[inline]
    pub fn of(node: Term) -> Inner<'a> {
        let words: &'a [Term] = node.term_slice();
        match words.split_first() {
            Some((bitmap, children)) if node.header().kind() == NODE => Inner {
                bitmap: bitmap.small_value() as u32,
                children,
            },
            _ => Inner {
                bitmap: 0,
                children: words,
            },
        }
    }

    #[inline]
    pub fn is_bucket(self) -> bool {
        self.bitmap == 0
    }

    /// Does a child stand for this digit, and where is it or would it be?
    #[inline]
    fn find(self, digit: u32) -> (bool, usize) {
        let bit = 1 << digit;
        let at = (self.bitmap & (bit - 1)).count_ones() as usize;
        (self.bitmap & bit != 0, at)
    }

    /// The first child that may hold a hash of at least `first`, and whether it may also hold
    /// lesser ones.
    pub fn place(self, first: u32, level: usize) -> (bool, usize) {
        if self.is_bucket() {
            (false, 0)
        } else {
            self.find(digit(first, level))
        }
    }

    /// The place of the leaf with this key in a bucket.
    fn leaf(self, key: Term) -> Option<usize> {
        let same = |leaf: &Term| leaf.as_cons().is_some_and(|(k, _)| equal_exact(k, key));
        self.children.iter().position(same)
    }
}

#[inline]
pub(super) fn get(node: Term, key: Term, hash: u32) -> Option<Term> {
    let mut node = node;
    for level in 0..=LEVELS {
        if let Some((k, value)) = node.as_cons() {
            return equal_exact(k, key).then_some(value);
        }
        let inner = Inner::of(node);
        if inner.is_bucket() {
            let leaf = inner.children[inner.leaf(key)?];
            return leaf.as_cons().map(|(_, value)| value);
        }
        match inner.find(digit(hash, level)) {
            (true, at) => node = inner.children[at],
            (false, _) => return None,
        }
    }
    None
}

fn node<H: Heap + ?Sized>(
    heap: &mut H,
    bitmap: u32,
    children: &[Term],
) -> Result<Term, OutOfMemory> {
    let mut words = [Term::small(bitmap as isize); WIDTH + 1];
    words[1..=children.len()].copy_from_slice(children);
    let header = Header::with_kind(Subtag::Map, NODE, children.len() + 1);
    heap.boxed_terms(header, &words[..=children.len()])
}

fn bucket<H: Heap + ?Sized>(heap: &mut H, leaves: &[Term]) -> Result<Term, OutOfMemory> {
    let header = Header::with_kind(Subtag::Map, BUCKET, leaves.len());
    heap.boxed_terms(header, leaves)
}

/// The same node with another child in a place.
fn with_child<H: Heap + ?Sized>(
    heap: &mut H,
    inner: Inner<'_>,
    at: usize,
    child: Term,
) -> Result<Term, OutOfMemory> {
    if inner.is_bucket() {
        let mut leaves = collect(inner.children.iter().copied())?;
        leaves[at] = child;
        return bucket(heap, &leaves);
    }
    let mut children = [Term::NIL; WIDTH];
    let children = &mut children[..inner.children.len()];
    children.copy_from_slice(inner.children);
    children[at] = child;
    node(heap, inner.bitmap, children)
}

fn with_new_child<H: Heap + ?Sized>(
    heap: &mut H,
    inner: Inner<'_>,
    digit: u32,
    child: Term,
) -> Result<Term, OutOfMemory> {
    let (_, at) = inner.find(digit);
    let old = inner.children;
    let mut children = [Term::NIL; WIDTH];
    children[..at].copy_from_slice(&old[..at]);
    children[at] = child;
    children[at + 1..=old.len()].copy_from_slice(&old[at..]);
    node(heap, inner.bitmap | 1 << digit, &children[..=old.len()])
}

/// The node without a child; a leaf that is left alone takes its place. `None`: nothing is left.
fn without_child<H: Heap + ?Sized>(
    heap: &mut H,
    inner: Inner<'_>,
    at: usize,
) -> Result<Option<Term>, OutOfMemory> {
    let mut left = collect(inner.children.iter().copied())?;
    left.remove(at);
    match left[..] {
        [] => return Ok(None),
        [only] if only.is_cons() => return Ok(Some(only)),
        _ => {}
    }
    if inner.is_bucket() {
        return bucket(heap, &left).map(Some);
    }
    let nth = (0..16)
        .filter(|bit| inner.bitmap >> bit & 1 == 1)
        .nth(at)
        .unwrap_or(0);
    node(heap, inner.bitmap & !(1 << nth), &left).map(Some)
}

/// The way from the root to a place: nodes, and which child of each.
struct Path<'a> {
    steps: [(Inner<'a>, usize); LEVELS],
    len: usize,
}

impl<'a> Path<'a> {
    fn new() -> Path<'a> {
        let none = Inner {
            bitmap: 0,
            children: &[],
        };
        Path {
            steps: [(none, 0); LEVELS],
            len: 0,
        }
    }

    fn push(&mut self, inner: Inner<'a>, at: usize) {
        self.steps[self.len] = (inner, at);
        self.len += 1;
    }

    /// The root after the end of the way was replaced.
    fn rebuild<H: Heap + ?Sized>(
        &self,
        heap: &mut H,
        mut child: Term,
    ) -> Result<Term, OutOfMemory> {
        for &(inner, at) in self.steps[..self.len].iter().rev() {
            child = with_child(heap, inner, at, child)?;
        }
        Ok(child)
    }
}

/// The node with a value for a key, and whether the key is new.
pub(super) fn put<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    root: Term,
    (hash_of, key, value): Entry,
) -> Result<(Term, bool), OutOfMemory> {
    let mut path = Path::new();
    let mut at_node = root;
    let (end, added) = loop {
        let level = path.len;
        if let Some((k, v)) = at_node.as_cons() {
            if !equal_exact(k, key) {
                let leaf = heap.cons(key, value)?;
                let old = (place(k), at_node);
                break (split(heap, atoms, level, old, (hash_of, leaf))?, true);
            }
            if v == value {
                return Ok((root, false));
            }
            break (heap.cons(k, value)?, false);
        }
        let inner = Inner::of(at_node);
        if inner.is_bucket() {
            match put_in_bucket(heap, atoms, inner, key, value)? {
                Some(end) => break end,
                None => return Ok((root, false)),
            }
        }
        match inner.find(digit(hash_of, level)) {
            (true, at) => {
                path.push(inner, at);
                at_node = inner.children[at];
            }
            (false, _) => {
                let leaf = heap.cons(key, value)?;
                let digit = digit(hash_of, level);
                break (with_new_child(heap, inner, digit, leaf)?, true);
            }
        }
    };
    Ok((path.rebuild(heap, end)?, added))
}

/// The bucket with a value for a key, and whether the key is new; `None` if it has that value.
fn put_in_bucket<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    inner: Inner<'_>,
    key: Term,
    value: Term,
) -> Result<Option<(Term, bool)>, OutOfMemory> {
    if let Some(at) = inner.leaf(key) {
        let Some((k, old)) = inner.children[at].as_cons() else {
            return Ok(None);
        };
        if old == value {
            return Ok(None);
        }
        let leaf = heap.cons(k, value)?;
        return Ok(Some((with_child(heap, inner, at, leaf)?, false)));
    }
    let before = |leaf: &Term| {
        leaf.as_cons()
            .is_some_and(|(k, _)| bucket_order(atoms, k, key).is_lt())
    };
    let mut leaves = with_room(inner.children.len() + 1)?;
    leaves.extend_from_slice(inner.children);
    leaves.insert(leaves.partition_point(before), heap.cons(key, value)?);
    Ok(Some((bucket(heap, &leaves)?, true)))
}

/// The nodes that tell two leaves apart, from `level` on.
fn split<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    level: usize,
    (hash_a, a): (u32, Term),
    (hash_b, b): (u32, Term),
) -> Result<Term, OutOfMemory> {
    let fork = (level..LEVELS).find(|&l| digit(hash_a, l) != digit(hash_b, l));
    let mut child = match fork {
        Some(l) => {
            let (x, y) = (digit(hash_a, l), digit(hash_b, l));
            let children = if x < y { [a, b] } else { [b, a] };
            node(heap, 1 << x | 1 << y, &children)?
        }
        None => {
            let a_first = match (a.as_cons(), b.as_cons()) {
                (Some((x, _)), Some((y, _))) => bucket_order(atoms, x, y).is_lt(),
                _ => true,
            };
            bucket(heap, &if a_first { [a, b] } else { [b, a] })?
        }
    };
    for l in (level..fork.unwrap_or(LEVELS)).rev() {
        child = node(heap, 1 << digit(hash_a, l), &[child])?;
    }
    Ok(child)
}

/// The way to a leaf, its place in a bucket if it is in one, and the leaf.
type Found<'a> = (Path<'a>, Option<(Inner<'a>, usize)>, Term);

/// Goes to the leaf of a key.
fn find<'a>(root: Term, key: Term, hash: u32) -> Option<Found<'a>> {
    let mut path = Path::new();
    let mut at_node = root;
    loop {
        if let Some((k, _)) = at_node.as_cons() {
            return equal_exact(k, key).then_some((path, None, at_node));
        }
        let inner = Inner::of(at_node);
        if inner.is_bucket() {
            let at = inner.leaf(key)?;
            return Some((path, Some((inner, at)), inner.children[at]));
        }
        match inner.find(digit(hash, path.len)) {
            (true, at) => {
                path.push(inner, at);
                at_node = inner.children[at];
            }
            (false, _) => return None,
        }
    }
}

/// The node with another value for a key that it has; `None` if it does not.
pub(super) fn update<H: Heap + ?Sized>(
    heap: &mut H,
    root: Term,
    (hash, key, value): Entry,
) -> Result<Option<Term>, OutOfMemory> {
    let Some((path, in_bucket, leaf)) = find(root, key, hash) else {
        return Ok(None);
    };
    let Some((k, old)) = leaf.as_cons() else {
        return Ok(None);
    };
    if old == value {
        return Ok(Some(root));
    }
    let mut child = heap.cons(k, value)?;
    if let Some((inner, at)) = in_bucket {
        child = with_child(heap, inner, at, child)?;
    }
    path.rebuild(heap, child).map(Some)
}

/// The node without a key; the same node if it does not have it. More than one key must be left.
pub(super) fn remove<H: Heap + ?Sized>(
    heap: &mut H,
    root: Term,
    key: Term,
    hash: u32,
) -> Result<Term, OutOfMemory> {
    let Some((path, in_bucket, _)) = find(root, key, hash) else {
        return Ok(root);
    };
    let mut child = match in_bucket {
        Some((inner, at)) => without_child(heap, inner, at)?,
        None => None,
    };
    for &(inner, at) in path.steps[..path.len].iter().rev() {
        child = match child {
            None => without_child(heap, inner, at)?,
            // A leaf that has no siblings takes the place of its parent.
            Some(leaf) if leaf.is_cons() && inner.children.len() == 1 => Some(leaf),
            Some(node) => Some(with_child(heap, inner, at, node)?),
        };
    }
    Ok(child.unwrap_or(root))
}

/// How the nodes of a large map are laid out.
pub struct Shape {
    /// Levels down to the deepest leaf.
    pub depth: usize,
    /// Has the root all children that it can have? It does not count as a node then.
    pub full_root: bool,
    /// How many nodes have how many children, from one on.
    pub nodes: [usize; WIDTH],
    /// How many leaves stand on which level.
    pub leaves: [usize; WIDTH],
}

/// The shape below a root: a walk with a stack of at most one slice for each level.
pub(super) fn shape(root: Term) -> Shape {
    let mut shape = Shape {
        depth: 0,
        full_root: Inner::of(root).children.len() == WIDTH,
        nodes: [0; WIDTH],
        leaves: [0; WIDTH],
    };
    let mut levels: [&[Term]; LEVELS + 1] = [&[]; LEVELS + 1];
    let mut level = 0;
    levels[0] = Inner::of(root).children;
    if !shape.full_root {
        shape.count_node(levels[0]);
    }
    loop {
        match levels[level].split_first() {
            Some((child, rest)) => {
                levels[level] = rest;
                if child.is_cons() {
                    shape.leaves[level + 1] += 1;
                    shape.depth = shape.depth.max(level + 1);
                } else {
                    level += 1;
                    levels[level] = Inner::of(*child).children;
                    shape.count_node(levels[level]);
                }
            }
            None if level == 0 => return shape,
            None => level -= 1,
        }
    }
}

impl Shape {
    fn count_node(&mut self, children: &[Term]) {
        if let Some(last) = children.len().min(WIDTH).checked_sub(1) {
            self.nodes[last] += 1;
        }
    }
}

/// Sorts by hash; of entries with the same key the last one stays.
///
/// # Errors
/// There is no memory.
pub(super) fn sort_distinct(entries: &mut Vec<Entry>) -> Result<(), OutOfMemory> {
    sort_by_key(entries, |&(hash, ..)| hash)?;
    let mut kept = 0;
    let mut run = 0;
    for i in 0..entries.len() {
        let (hash, key, value) = entries[i];
        if kept > 0 && entries[kept - 1].0 != hash {
            run = kept;
        }
        let same = (run..kept).find(|&j| entries[j].0 == hash && equal_exact(entries[j].1, key));
        match same {
            Some(j) => entries[j].2 = value,
            None => {
                entries[kept] = (hash, key, value);
                kept += 1;
            }
        }
    }
    entries.truncate(kept);
    Ok(())
}

/// A trie of distinct entries in the order of their hashes.
pub(super) fn build<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    entries: &mut [Entry],
) -> Result<Term, OutOfMemory> {
    build_level(heap, atoms, entries, 0)
}

/// The node above up to sixteen subtries; a leaf that is left alone takes its place unless the node
/// is the root.
pub(super) fn join<H: Heap + ?Sized>(
    heap: &mut H,
    subtries: &[Option<Term>],
    is_root: bool,
) -> Result<Option<Term>, OutOfMemory> {
    let mut children = [Term::NIL; WIDTH];
    let (mut bitmap, mut count) = (0, 0);
    for (digit, subtrie) in subtries.iter().enumerate() {
        if let Some(subtrie) = *subtrie {
            children[count] = subtrie;
            bitmap |= 1 << digit;
            count += 1;
        }
    }
    match &children[..count] {
        [] => Ok(None),
        [only] if only.is_cons() && !is_root => Ok(Some(*only)),
        children => node(heap, bitmap, children).map(Some),
    }
}

/// As [`build`], from a level on: calls itself once for each level below, no deeper.
pub(super) fn build_level<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    entries: &mut [Entry],
    level: usize,
) -> Result<Term, OutOfMemory> {
    if let [(_, key, value)] = *entries {
        return heap.cons(key, value);
    }
    if level == LEVELS {
        // The keys are distinct.
        entries.sort_unstable_by(|(_, a, _), (_, b, _)| bucket_order(atoms, *a, *b));
        let mut leaves = with_room(entries.len())?;
        for &(_, key, value) in &*entries {
            leaves.push(heap.cons(key, value)?);
        }
        return bucket(heap, &leaves);
    }
    let mut children = [Term::NIL; WIDTH];
    let (mut bitmap, mut count) = (0, 0);
    let mut rest = entries;
    while let Some(&(hash, ..)) = rest.first() {
        let digit_here = digit(hash, level);
        let run = rest.partition_point(|&(h, ..)| digit(h, level) == digit_here);
        let (these, others) = rest.split_at_mut(run);
        children[count] = build_level(heap, atoms, these, level + 1)?;
        bitmap |= 1 << digit_here;
        count += 1;
        rest = others;
    }
    node(heap, bitmap, &children[..count])
}
