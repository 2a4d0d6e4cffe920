//! What ties a process to others: links, monitors in both directions, aliases.

use super::saved_calls::SavedCalls;
use super::seq_trace::Sequence;
use super::trace::{Trace, Wish};
use crate::memory::fallible::{collect_or_lose, lose, made};
use crate::memory::{Fragment, OutOfMemory};
use crate::term::{Reference, Term};
use crate::vm::tracing::Timed;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::Hash;
use hashbrown::HashMap;

/// A link as one of its two ends sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// Exit signals through it count.
    Active,
    /// `unlink/1` was called; exit signals are ignored until the other end has confirmed the
    /// request with this number.
    Unlinking(u32),
}

/// In the key of a link to a port, besides the port's number.
const PORT: usize = 1 << 28;

/// The key of the link to a process or port: its number.
pub fn link_key(id: Term) -> Option<usize> {
    let port = || id.as_port().filter(|&number| number < PORT);
    id.as_pid().or_else(|| Some(port()? | PORT))
}

/// Who is at the other end of the link with a key.
pub fn linked(key: usize) -> Term {
    match key & PORT {
        0 => Term::pid(key),
        _ => Term::port(key & !PORT),
    }
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

/// What is monitored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watched {
    /// A process.
    Process,
    /// A port.
    Port,
    /// The difference between the system's time and the VM's own clock.
    Clock,
}

/// A monitor as the process that set it up sees it.
pub struct Monitor {
    /// What is monitored.
    pub kind: Watched,
    /// The process; [`Term::NONE`] when none had the name.
    pub target: Term,
    /// The name by which it was monitored; [`Term::NONE`] when it was by identifier.
    pub name: Term,
    /// What stands in place of `'DOWN'` in the message.
    pub tag: Option<Fragment>,
}

/// A small ordered map: a sorted vector, and a hash table when it gets large, which is sorted
/// when it is gone through. Keys mostly grow, so that adding is adding at the end.
pub struct Table<K, V> {
    few: Vec<(K, V)>,
    many: Option<Box<HashMap<K, V>>>,
}

const FEW: usize = 64;

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table {
            few: Vec::new(),
            many: None,
        }
    }
}

impl<K: Ord + Hash + Copy, V> Table<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        match self.few.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => Some(&self.few[at].1),
            Err(_) => self.many.as_ref()?.get(key),
        }
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match self.few.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => Some(&mut self.few[at].1),
            Err(_) => self.many.as_mut()?.get_mut(key),
        }
    }

    /// Is the key there?
    pub fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Makes room for one key more.
    ///
    /// # Errors
    /// There is no memory.
    pub fn reserve(&mut self) -> Result<(), OutOfMemory> {
        if self.many.is_none() && self.few.len() < FEW {
            return match self.few.is_empty() {
                true => self.few.try_reserve_exact(1),
                false => self.few.try_reserve(1),
            }
            .map_err(|_| OutOfMemory);
        }
        let many = made(&mut self.many)?;
        many.try_reserve(1 + self.few.len())
            .map_err(|_| OutOfMemory)?;
        many.extend(core::mem::take(&mut self.few));
        Ok(())
    }

    /// Sets the value of a key, for which [`Table::reserve`] has made room; returns the former one.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if self.reserve().is_err() {
            lose();
            return None;
        }
        if let Some(many) = &mut self.many {
            return many.insert(key, value);
        }
        match self.few.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => Some(core::mem::replace(&mut self.few[at].1, value)),
            Err(at) => {
                self.few.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        match self.few.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => Some(self.few.remove(at).1),
            Err(_) => {
                let many = self.many.as_mut()?;
                let value = many.remove(key);
                if many.is_empty() {
                    self.many = None;
                }
                value
            }
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.few.len() + self.many.as_ref().map_or(0, |many| many.len())
    }

    /// Bytes that it takes besides itself.
    fn bytes(&self) -> usize {
        let entry = size_of::<(K, V)>();
        let many = self
            .many
            .as_ref()
            .map_or(0, |many| many.len() * (entry + entry / 2));
        self.few.capacity() * entry + many
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Goes through keys and values in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let many = self.many.iter().flat_map(|many| many.iter());
        let mut many = collect_or_lose(many);
        many.sort_unstable_by_key(|(key, _)| **key);
        self.few.iter().map(|(k, v)| (k, v)).chain(many)
    }

    /// Takes everything out, in the order of the keys.
    pub fn drain(&mut self) -> impl Iterator<Item = (K, V)> + use<K, V> {
        let few = core::mem::take(&mut self.few);
        let many = self.many.take().map(|many| *many).unwrap_or_default();
        let mut many = collect_or_lose(many);
        many.sort_unstable_by_key(|(key, _)| *key);
        few.into_iter().chain(many)
    }
}

/// The relations of a process; most have few or none.
#[derive(Default)]
pub struct Relations {
    /// What a native function that works in steps has done so far.
    pub(crate) work: Option<super::KeptWork>,
    /// Links, by the key of the other end ([`link_key`]).
    pub links: Table<usize, Link>,
    /// The monitors that this process set up.
    pub monitors: Table<Reference, Monitor>,
    /// The monitors that others set up on this process, and who they are.
    pub monitored_by: Table<Reference, Term>,
    /// The active aliases.
    pub aliases: Table<Reference, AliasEnd>,
    /// The number of the last request to unlink.
    pub last_unlink: u32,
    /// What is rarer still.
    pub rare: Option<Box<Rare>>,
}

/// What only few processes have.
#[derive(Default)]
pub struct Rare {
    /// The limit of the heap, if it has one.
    pub max_heap: Option<MaxHeap>,
    /// `min_bin_vheap_size`, in words.
    pub min_binary_words: Option<usize>,
    /// How often others suspend this process now.
    pub suspended: u32,
    /// The processes that this one suspends, by number, and how often.
    pub suspending: Table<usize, u32>,
    /// The module that is asked for undefined functions, if it is not the usual one.
    pub error_handler: Option<Term>,
    /// Who traces it, one for each session at most.
    pub traces: Vec<Trace>,
    /// Which functions it is in, of those whose time is measured, by session.
    pub timed: Vec<Timed>,
    /// What is to be told when the traced native function returns that has given way.
    pub wishes: Vec<Wish>,
    /// Its part in sequential tracing.
    pub sequence: Option<Box<Sequence>>,
    /// Its last calls, where they are saved.
    pub saved_calls: Option<Box<SavedCalls>>,
    /// How often messages about nodes are subscribed to.
    pub monitor_nodes: u32,
}

impl Relations {
    /// Bytes of all tables.
    pub(crate) fn bytes(&self) -> usize {
        let rare = |rare: &Rare| {
            let calls = rare.saved_calls.as_deref().map_or(0, SavedCalls::bytes);
            size_of::<Rare>()
                + rare.suspending.bytes()
                + rare.traces.capacity() * size_of::<Trace>()
                + rare.timed.capacity() * size_of::<Timed>()
                + rare.wishes.capacity() * size_of::<Wish>()
                + calls
        };
        size_of::<Relations>()
            + self.links.bytes()
            + self.monitors.bytes()
            + self.monitored_by.bytes()
            + self.aliases.bytes()
            + self.rare.as_deref().map_or(0, rare)
    }
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

impl MaxHeap {
    /// What there is where nothing else was asked for.
    pub const NONE: MaxHeap = MaxHeap {
        size: 0,
        kill: true,
        error_logger: true,
        include_shared_binaries: false,
    };
}
