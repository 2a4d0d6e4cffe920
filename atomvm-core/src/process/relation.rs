//! What ties a process to others: links, monitors in both directions, aliases.

use crate::memory::Fragment;
use crate::term::{Reference, Term};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A link as one of its two ends sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// Exit signals through it count.
    Active,
    /// `unlink/1` was called; exit signals are ignored until the other end has confirmed the
    /// request with this number.
    Unlinking(u32),
}

/// What ends the life of an alias.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AliasEnd {
    /// Only `unalias/1`.
    Explicit,
    /// The first message through it.
    Reply,
    /// The end of the monitor with the same reference.
    Demonitor,
    /// The first message, which also ends the monitor, or the end of the monitor.
    ReplyDemonitor,
}

/// A monitor as the process that set it up sees it.
pub struct Monitor {
    /// The process; [`Term::NONE`] when none had the name.
    pub target: Term,
    /// The name by which it was monitored; [`Term::NONE`] when it was by identifier.
    pub name: Term,
    /// What stands in place of `'DOWN'` in the message.
    pub tag: Option<Fragment>,
}

/// A small ordered map: a sorted vector, and a tree when it gets large. Keys mostly grow, so that
/// adding is adding at the end.
pub struct Table<K, V> {
    few: Vec<(K, V)>,
    many: BTreeMap<K, V>,
}

const FEW: usize = 64;

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table {
            few: Vec::new(),
            many: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Copy, V> Table<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        match self.few.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => Some(&self.few[at].1),
            Err(_) => self.many.get(key),
        }
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match self.few.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => Some(&mut self.few[at].1),
            Err(_) => self.many.get_mut(key),
        }
    }

    /// Is the key there?
    pub fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Sets the value of a key; returns the former one.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if !self.many.is_empty() {
            return self.many.insert(key, value);
        }
        match self.few.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => Some(core::mem::replace(&mut self.few[at].1, value)),
            Err(at) => {
                if self.few.is_empty() {
                    self.few.reserve_exact(1);
                }
                self.few.insert(at, (key, value));
                if self.few.len() > FEW {
                    self.many.extend(core::mem::take(&mut self.few));
                }
                None
            }
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        match self.few.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => Some(self.few.remove(at).1),
            Err(_) => self.many.remove(key),
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.few.len() + self.many.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Goes through keys and values in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.few.iter().map(|(k, v)| (k, v)).chain(self.many.iter())
    }

    /// Takes everything out, in the order of the keys.
    pub fn drain(&mut self) -> impl Iterator<Item = (K, V)> + use<K, V> {
        let few = core::mem::take(&mut self.few);
        few.into_iter().chain(core::mem::take(&mut self.many))
    }
}

/// The relations of a process; most have few or none.
#[derive(Default)]
pub struct Relations {
    /// Links, by the number of the process at the other end.
    pub links: Table<usize, Link>,
    /// The monitors that this process set up.
    pub monitors: Table<Reference, Monitor>,
    /// The monitors that others set up on this process, and who they are.
    pub monitored_by: Table<Reference, Term>,
    /// The active aliases.
    pub aliases: Table<Reference, AliasEnd>,
    /// The number of the last request to unlink.
    pub last_unlink: u32,
    /// The limit of the heap, if it has one.
    pub max_heap: Option<MaxHeap>,
}

/// The limit of a process's heap (`max_heap_size`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MaxHeap {
    /// Words; 0 for no limit.
    pub size: usize,
    /// Does the process end with reason `killed` when it passes the limit?
    pub kill: bool,
    /// Is it reported?
    pub error_logger: bool,
    /// Do shared binaries count?
    pub include_shared_binaries: bool,
}
