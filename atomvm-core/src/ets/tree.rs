//! Ordered tables: a B+ tree.
//!
//! The leaves hold the records in the order of their keys, with the keys beside them, so that
//! small keys are compared without a look at the records. An inner node knows the least key of
//! each of its children.

use crate::memory::fallible::{Grow, collect_or_lose, with_room};
use crate::memory::{Budget, OutOfMemory, Record};
use crate::sync::Arc;
use crate::term::order::compare;
use crate::term::{AtomTable, Term};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The most entries of a leaf, and children of an inner node.
const MAX: usize = 64;

/// A record and its key, which is part of the record.
pub(super) struct Entry {
    pub(super) key: Term,
    pub(super) record: Record,
}

/// What an entry costs besides its record: leaves are at least half full on average.
const ENTRY_BYTES: usize = 2 * size_of::<Entry>();

struct Child {
    /// The least key below.
    least: Term,
    node: Node,
}

enum Node {
    Leaf(Vec<Entry>),
    Inner(Vec<Child>),
}

pub(super) struct Tree {
    /// Room for the children of a new root.
    spare: Vec<Child>,
    root: Node,
    len: usize,
    bytes: usize,
    pub(super) key: usize,
    budget: Arc<Budget>,
}

impl Node {
    /// The least key; the node is not empty.
    fn least(&self) -> Term {
        match self {
            Node::Leaf(entries) => entries.first().map_or(Term::NIL, |entry| entry.key),
            Node::Inner(children) => children.first().map_or(Term::NIL, |child| child.least),
        }
    }

    fn len(&self) -> usize {
        match self {
            Node::Leaf(entries) => entries.len(),
            Node::Inner(children) => children.len(),
        }
    }
}

/// The child that a key belongs to.
#[inline]
fn child_of(children: &[Child], atoms: &AtomTable, key: Term) -> usize {
    let behind = |child: &Child| compare(atoms, child.least, key) != Ordering::Greater;
    children.partition_point(behind).saturating_sub(1)
}

/// Where a key is, or would be.
#[inline]
fn search(entries: &[Entry], atoms: &AtomTable, key: Term) -> Result<usize, usize> {
    entries.binary_search_by(|entry| compare(atoms, entry.key, key))
}

fn split<T>(items: &mut Vec<T>, at: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut behind = Vec::new();
    behind.try_reserve_exact(MAX + 1).map_err(|_| OutOfMemory)?;
    behind.extend(items.drain(at..));
    Ok(behind)
}

impl Tree {
    pub(super) fn new(key: usize, budget: &Arc<Budget>) -> Tree {
        Tree {
            root: Node::Leaf(Vec::new()),
            spare: Vec::new(),
            len: 0,
            bytes: 0,
            key,
            budget: budget.clone(),
        }
    }

    /// The number of records.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of all records.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The record with a key that is `==`.
    #[inline]
    pub(super) fn get(&self, atoms: &AtomTable, key: Term) -> Option<&Record> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Inner(children) => node = &children[child_of(children, atoms, key)].node,
                Node::Leaf(entries) => {
                    let at = search(entries, atoms, key).ok()?;
                    return Some(&entries[at].record);
                }
            }
        }
    }

    /// The record with a key, to be changed in place, but for the key.
    pub(super) fn get_mut(&mut self, atoms: &AtomTable, key: Term) -> Option<&mut Record> {
        let mut node = &mut self.root;
        loop {
            match node {
                Node::Inner(children) => {
                    let at = child_of(children, atoms, key);
                    node = &mut children[at].node;
                }
                Node::Leaf(entries) => {
                    let at = search(entries, atoms, key).ok()?;
                    return Some(&mut entries[at].record);
                }
            }
        }
    }

    /// Puts a record in its place, or in that of the one with its key.
    ///
    /// # Errors
    /// There is no memory; then nothing has changed.
    pub(super) fn insert(&mut self, atoms: &AtomTable, record: Record) -> Result<(), OutOfMemory> {
        let (bytes, key) = (record.bytes(), record.elements()[self.key]);
        let charged = self.budget.charge(ENTRY_BYTES);
        let room = match self.spare.capacity() {
            0 => with_room(MAX + 1).map(|spare| self.spare = spare),
            _ => Ok(()),
        };
        let inserted = match charged.and(room) {
            Ok(()) => insert(&mut self.root, atoms, Entry { key, record }),
            Err(OutOfMemory) => Err(OutOfMemory),
        };
        let (old, behind) = match inserted {
            Ok(done) => done,
            Err(OutOfMemory) => {
                let entry = if charged.is_ok() { ENTRY_BYTES } else { 0 };
                self.budget.refund(bytes + entry);
                return Err(OutOfMemory);
            }
        };
        self.bytes += bytes;
        if let Some(old) = old {
            self.discard(old);
        } else {
            self.len += 1;
        }
        if let Some(behind) = behind {
            let root = core::mem::replace(&mut self.root, Node::Leaf(Vec::new()));
            let least = root.least();
            // Room for both was made before anything changed.
            let mut children = core::mem::take(&mut self.spare);
            children.push_or_lose(Child { least, node: root });
            children.push_or_lose(behind);
            self.root = Node::Inner(children);
        }
        Ok(())
    }

    fn discard(&mut self, record: Record) {
        self.bytes -= record.bytes();
        self.budget.refund(record.bytes() + ENTRY_BYTES);
        drop(record);
    }

    /// Deletes the record with a key; was there one?
    pub(super) fn delete(&mut self, atoms: &AtomTable, key: Term) -> bool {
        let Some(record) = remove(&mut self.root, atoms, key) else {
            return false;
        };
        self.len -= 1;
        self.discard(record);
        while let Node::Inner(children) = &mut self.root
            && children.len() <= 1
        {
            let only = children.pop();
            self.root = only.map_or(Node::Leaf(Vec::new()), |child| child.node);
        }
        true
    }

    /// The entries of a leaf from the first one that is not `before` on; empty at the end.
    pub(super) fn from(&self, before: impl Fn(Term) -> bool) -> &[Entry] {
        let mut node = &self.root;
        let mut next: Option<&Node> = None;
        loop {
            match node {
                Node::Inner(children) => {
                    let count = children.partition_point(|child| before(child.least));
                    let at = count.saturating_sub(1);
                    next = children.get(at + 1).map(|child| &child.node).or(next);
                    node = &children[at].node;
                }
                Node::Leaf(entries) => {
                    let at = entries.partition_point(|entry| before(entry.key));
                    if at < entries.len() {
                        return &entries[at..];
                    }
                    // Everything here is before: the next leaf is not.
                    let Some(mut other) = next else { return &[] };
                    while let Node::Inner(children) = other {
                        other = &children[0].node;
                    }
                    return match other {
                        Node::Leaf(entries) => entries,
                        Node::Inner(_) => &[],
                    };
                }
            }
        }
    }

    /// The entries of a leaf up to the last one that is not `behind`; empty at the start.
    pub(super) fn up_to(&self, behind: impl Fn(Term) -> bool) -> &[Entry] {
        let mut node = &self.root;
        loop {
            match node {
                Node::Inner(children) => {
                    let count = children.partition_point(|child| !behind(child.least));
                    let Some(at) = count.checked_sub(1) else {
                        return &[];
                    };
                    node = &children[at].node;
                }
                Node::Leaf(entries) => {
                    let count = entries.partition_point(|entry| !behind(entry.key));
                    return &entries[..count];
                }
            }
        }
    }

    /// The first record with a key greater than this.
    pub(super) fn after(&self, atoms: &AtomTable, key: Term) -> Option<&Record> {
        let entries = self.from(|k| compare(atoms, k, key) != Ordering::Greater);
        entries.first().map(|entry| &entry.record)
    }

    /// The last record with a key less than this.
    pub(super) fn before(&self, atoms: &AtomTable, key: Term) -> Option<&Record> {
        let entries = self.up_to(|k| compare(atoms, k, key) != Ordering::Less);
        entries.last().map(|entry| &entry.record)
    }

    /// The first record.
    pub(super) fn first(&self) -> Option<&Record> {
        self.from(|_| false).first().map(|entry| &entry.record)
    }

    /// The last record.
    pub(super) fn last(&self) -> Option<&Record> {
        self.up_to(|_| false).last().map(|entry| &entry.record)
    }

    /// The record at a place, counted from 0.
    pub(super) fn nth(&self, atoms: &AtomTable, place: usize) -> Option<&Record> {
        let mut left = place;
        let mut entries = self.from(|_| false);
        loop {
            if left < entries.len() {
                return Some(&entries[left].record);
            }
            left -= entries.len();
            let last = entries.last()?.key;
            entries = self.from(|k| compare(atoms, k, last) != Ordering::Greater);
        }
    }

    /// Calls `visit` with each record.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&Record)) {
        let mut left = collect_or_lose([&self.root]);
        while let Some(node) = left.pop() {
            match node {
                Node::Leaf(entries) => entries.iter().for_each(|entry| visit(&entry.record)),
                Node::Inner(children) => {
                    children
                        .iter()
                        .for_each(|child| left.push_or_lose(&child.node));
                }
            }
        }
    }

    /// Frees up to about `count` records, the last ones first; `true` when none is left.
    pub(super) fn shed(&mut self, count: usize) -> bool {
        let mut left = count;
        while left > 0 {
            let Some(entries) = take_last_leaf(&mut self.root) else {
                return true;
            };
            left = left.saturating_sub(entries.len().max(1));
            for entry in entries {
                self.len -= 1;
                self.discard(entry.record);
            }
        }
        self.len == 0
    }
}

/// An insertion: the record that was replaced, and the second half of a node that was split.
type Inserted = (Option<Record>, Option<Child>);

/// The depth of the recursion is that of the tree: a few levels.
fn insert(node: &mut Node, atoms: &AtomTable, entry: Entry) -> Result<Inserted, OutOfMemory> {
    match node {
        Node::Leaf(entries) => insert_in_leaf(entries, atoms, entry),
        Node::Inner(children) => {
            if children.try_reserve(1).is_err() {
                return Err(OutOfMemory);
            }
            let at = child_of(children, atoms, entry.key);
            let child = &mut children[at];
            let (old, behind) = insert(&mut child.node, atoms, entry)?;
            child.least = child.node.least();
            let Some(behind) = behind else {
                return Ok((old, None));
            };
            children.insert(at + 1, behind);
            if children.len() <= MAX {
                return Ok((old, None));
            }
            let middle = if at + 2 == children.len() {
                MAX
            } else {
                MAX / 2
            };
            // One child too many is no harm where there is no memory to split.
            let Ok(children) = split(children, middle) else {
                return Ok((old, None));
            };
            let node = Node::Inner(children);
            let least = node.least();
            Ok((old, Some(Child { least, node })))
        }
    }
}

fn insert_in_leaf(
    entries: &mut Vec<Entry>,
    atoms: &AtomTable,
    entry: Entry,
) -> Result<Inserted, OutOfMemory> {
    // Keys that come in rising order fill one leaf after the other.
    let is_last = match entries.last() {
        Some(last) => compare(atoms, last.key, entry.key) == Ordering::Less,
        None => true,
    };
    let at = if is_last {
        entries.len()
    } else {
        match search(entries, atoms, entry.key) {
            Err(at) => at,
            Ok(at) => {
                let old = core::mem::replace(&mut entries[at], entry);
                return Ok((Some(old.record), None));
            }
        }
    };
    entries.try_reserve(1).map_err(|_| OutOfMemory)?;
    entries.insert(at, entry);
    if entries.len() <= MAX {
        return Ok((None, None));
    }
    let Ok(entries) = split(entries, if is_last { MAX } else { MAX / 2 }) else {
        return Ok((None, None));
    };
    let node = Node::Leaf(entries);
    let least = node.least();
    Ok((None, Some(Child { least, node })))
}

fn remove(node: &mut Node, atoms: &AtomTable, key: Term) -> Option<Record> {
    match node {
        Node::Leaf(entries) => {
            let at = search(entries, atoms, key).ok()?;
            Some(entries.remove(at).record)
        }
        Node::Inner(children) => {
            let at = child_of(children, atoms, key);
            let child = children.get_mut(at)?;
            let removed = remove(&mut child.node, atoms, key)?;
            if child.node.len() == 0 {
                children.remove(at);
            } else {
                child.least = child.node.least();
                join(children, at);
            }
            Some(removed)
        }
    }
}

/// Joins a child with the one behind it, where both together are small.
fn join(children: &mut Vec<Child>, at: usize) {
    if children[at].node.len() > MAX / 4 {
        return;
    }
    join_pair(children, at.min(children.len().saturating_sub(2)));
}

fn join_pair(children: &mut Vec<Child>, at: usize) {
    if at + 1 >= children.len() || children[at].node.len() + children[at + 1].node.len() > MAX / 2 {
        return;
    }
    let more = children[at + 1].node.len();
    let room = match &mut children[at].node {
        Node::Leaf(entries) => entries.try_reserve(more),
        Node::Inner(children) => children.try_reserve(more),
    };
    if room.is_err() {
        // Two small nodes are no harm.
        return;
    }
    let behind = children.remove(at + 1);
    match (&mut children[at].node, behind.node) {
        (Node::Leaf(entries), Node::Leaf(more)) => entries.extend(more),
        (Node::Inner(children), Node::Inner(more)) => children.extend(more),
        // All leaves have the same depth.
        (_, node) => children.insert(
            at + 1,
            Child {
                least: behind.least,
                node,
            },
        ),
    }
}

fn take_last_leaf(node: &mut Node) -> Option<Vec<Entry>> {
    match node {
        Node::Leaf(entries) => {
            let entries = core::mem::take(entries);
            (!entries.is_empty()).then_some(entries)
        }
        Node::Inner(children) => loop {
            let last = children.last_mut()?;
            match take_last_leaf(&mut last.node) {
                Some(entries) => return Some(entries),
                None => children.pop(),
            };
        },
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.shed(usize::MAX);
    }
}
