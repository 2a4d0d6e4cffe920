//! One table: what it is, who may use it, and its records.

use super::chains::{Chains, key_hash, records};
use super::tree::Tree;
use super::{FREED_AT_ONCE, Kind, Options, Protection};
use crate::memory::fallible::{Grow, collect_or_lose, lose};
use crate::memory::{Budget, Fragment, OutOfMemory, Record};
use crate::sync::{Arc, SharedLock};
use crate::term::order::{equal, equal_exact};
use crate::term::{AtomTable, Reference, Term};
use alloc::vec::Vec;

/// A table, which lives as long as somebody uses it; its contents go with its owner.
pub struct Table {
    /// Its identity.
    pub id: Reference,
    /// The order of its records, and whether several have the same key.
    pub kind: Kind,
    /// The place of the key in its objects, from 0.
    pub key: usize,
    /// What it was made with, as far as that only shows.
    pub options: Options,
    pub(super) state: SharedLock<State>,
}

/// What changes about a table.
pub struct State {
    /// The name.
    pub name: Term,
    /// Who owns it.
    pub owner: Term,
    /// Who else may use it.
    pub protection: Protection,
    /// Who gets it when its owner ends, and what that process is told.
    pub heir: Option<(Term, Fragment)>,
    /// Who goes through it, and how often; and since when somebody does (both clocks, in
    /// nanoseconds).
    pub fixed: Vec<(Term, usize)>,
    /// The system's and the monotonic time when it was fixed.
    pub fixed_at: (u64, u64),
    /// `false` when it has been deleted.
    pub is_alive: bool,
    pub(super) store: Store,
}

/// How the records of a table are spread over its chains.
#[derive(Default)]
pub(crate) struct Spread {
    /// How many chains there are.
    pub chains: usize,
    /// Records in all of them.
    pub records: usize,
    /// Those that are deleted but still there.
    pub deleted: usize,
    /// The sum of the squares of the lengths of chains.
    pub squares: u64,
    /// Records in the shortest chain.
    pub shortest: usize,
    /// Records in the longest chain.
    pub longest: usize,
}

/// The records of a table.
pub(super) enum Store {
    Chains(Chains),
    Tree(Tree),
}

impl Store {
    pub(super) fn new(kind: Kind, key: usize, budget: &Arc<Budget>) -> Result<Store, OutOfMemory> {
        Ok(match kind {
            Kind::OrderedSet => Store::Tree(Tree::new(key, budget)),
            _ => Store::Chains(Chains::new(kind, key, budget)?),
        })
    }

    /// Frees up to `count` records; `true` when none is left.
    pub(super) fn shed(&mut self, count: usize) -> bool {
        match self {
            Store::Chains(chains) => chains.shed(count),
            Store::Tree(tree) => tree.shed(count),
        }
    }

    fn is_small(&self) -> bool {
        self.len() <= FREED_AT_ONCE
    }

    /// The number of objects.
    pub(super) fn len(&self) -> usize {
        match self {
            Store::Chains(chains) => chains.len(),
            Store::Tree(tree) => tree.len(),
        }
    }
}

impl State {
    /// The number of objects.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Is there no object?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of all objects.
    pub fn bytes(&self) -> usize {
        match &self.store {
            Store::Chains(chains) => chains.bytes() + chains.chains() * size_of::<usize>(),
            Store::Tree(tree) => tree.bytes() + tree.len() * 2 * size_of::<usize>(),
        }
    }

    /// Does somebody go through it?
    pub fn is_fixed(&self) -> bool {
        !self.fixed.is_empty()
    }

    /// The objects with a key, in the order of their insertion reversed.
    pub(crate) fn lookup(&self, atoms: &AtomTable, key: Term) -> Found<'_> {
        match &self.store {
            Store::Tree(tree) => Found::One(tree.get(atoms, key)),
            Store::Chains(chains) if chains.kind == Kind::Set => Found::One(chains.get(key)),
            Store::Chains(chains) => {
                let mut first = None;
                let mut more = Vec::new();
                for record in chains.lookup(key) {
                    if first.is_none() {
                        first = Some(record);
                    } else {
                        more.push_or_lose(record);
                    }
                }
                match first {
                    Some(first) if !more.is_empty() => {
                        more.push_or_lose(first);
                        more.rotate_right(1);
                        Found::Many(more)
                    }
                    _ => Found::One(first),
                }
            }
        }
    }

    /// Is there an object with this key?
    pub(crate) fn contains(&self, atoms: &AtomTable, key: Term) -> bool {
        match &self.store {
            Store::Tree(tree) => tree.get(atoms, key).is_some(),
            Store::Chains(chains) => chains.lookup(key).next().is_some(),
        }
    }

    /// The record with a key, of a set.
    pub(crate) fn get_mut(&mut self, atoms: &AtomTable, key: Term) -> Option<&mut Record> {
        match &mut self.store {
            Store::Tree(tree) => tree.get_mut(atoms, key),
            Store::Chains(chains) => chains.get_mut(key),
        }
    }

    /// Adds a record; one of a set takes the place of that with the same key. What is not needed
    /// any more is returned, to be freed when the table is no longer locked.
    pub(crate) fn insert(
        &mut self,
        atoms: &AtomTable,
        record: Record,
    ) -> Result<Option<Record>, OutOfMemory> {
        let fixed = self.is_fixed();
        match &mut self.store {
            Store::Tree(tree) => tree.insert(atoms, record).map(|()| None),
            Store::Chains(chains) => Ok(chains.insert(record, fixed)),
        }
    }

    /// Deletes all objects with a key; says how many.
    pub(crate) fn delete(&mut self, atoms: &AtomTable, key: Term) -> usize {
        let fixed = self.is_fixed();
        match &mut self.store {
            Store::Tree(tree) => usize::from(tree.delete(atoms, key)),
            Store::Chains(chains) => chains.delete(key, fixed, |_| true),
        }
    }

    /// Deletes all objects that are `=:=` to this one.
    pub(crate) fn delete_object(&mut self, atoms: &AtomTable, object: Term, key: Term) -> usize {
        let fixed = self.is_fixed();
        match &mut self.store {
            Store::Tree(tree) => {
                let is_it = |record: &Record| equal_exact(record.term(), object);
                match tree.get(atoms, key).is_some_and(is_it) {
                    true => usize::from(tree.delete(atoms, key)),
                    false => 0,
                }
            }
            Store::Chains(chains) => {
                chains.delete(key, fixed, |record| equal_exact(record.term(), object))
            }
        }
    }

    /// Calls `visit` with each record, and with those that are deleted but still there.
    pub(crate) fn each_record(&self, visit: &mut dyn FnMut(&Record)) {
        match &self.store {
            Store::Tree(tree) => tree.each(visit),
            Store::Chains(chains) => {
                for number in 0..chains.chains() {
                    records(chains.chain(number)).for_each(&mut *visit);
                }
            }
        }
    }

    /// How the records are spread over chains; `None` for a table with an order.
    pub(crate) fn spread(&self) -> Option<Spread> {
        let Store::Chains(chains) = &self.store else {
            return None;
        };
        let mut spread = Spread {
            chains: chains.chains(),
            shortest: usize::MAX,
            ..Spread::default()
        };
        for number in 0..chains.chains() {
            let length = records(chains.chain(number)).count();
            spread.records += length;
            spread.squares += (length * length) as u64;
            spread.shortest = spread.shortest.min(length);
            spread.longest = spread.longest.max(length);
        }
        spread.deleted = spread.records - chains.len();
        Some(spread)
    }

    /// The first record.
    pub(crate) fn first(&self) -> Option<&Record> {
        match &self.store {
            Store::Tree(tree) => tree.first(),
            Store::Chains(chains) => chains.first_from(0),
        }
    }

    /// The last record; without an order, the first.
    pub(crate) fn last(&self) -> Option<&Record> {
        match &self.store {
            Store::Tree(tree) => tree.last(),
            Store::Chains(chains) => chains.first_from(0),
        }
    }

    /// The record behind a key; `Err` when the table must have that key and does not.
    #[allow(clippy::result_unit_err)]
    pub(crate) fn next(&self, atoms: &AtomTable, key: Term) -> Result<Option<&Record>, ()> {
        match &self.store {
            Store::Tree(tree) => Ok(tree.after(atoms, key)),
            Store::Chains(chains) => chains.after(key),
        }
    }

    /// The record before a key; without an order, as [`State::next`].
    #[allow(clippy::result_unit_err)]
    pub(crate) fn previous(&self, atoms: &AtomTable, key: Term) -> Result<Option<&Record>, ()> {
        match &self.store {
            Store::Tree(tree) => Ok(tree.before(atoms, key)),
            Store::Chains(chains) => chains.after(key),
        }
    }

    /// The records of a place; `Some(None)` for the place behind the last one, `None` for those
    /// that do not exist.
    #[allow(clippy::option_option)]
    pub(crate) fn slot(&self, atoms: &AtomTable, place: usize) -> Option<Option<Vec<&Record>>> {
        let count = match &self.store {
            Store::Chains(chains) => chains.chains(),
            Store::Tree(tree) => tree.len(),
        };
        if place >= count {
            return (place == count).then_some(None);
        }
        Some(Some(match &self.store {
            Store::Tree(tree) => collect_or_lose(tree.nth(atoms, place)),
            Store::Chains(chains) => {
                collect_or_lose(records(chains.chain(place)).filter(|record| !record.is_deleted()))
            }
        }))
    }

    /// Takes all records out, for somebody to free them. `None`: they were few, or the table is
    /// fixed, and they are deleted already.
    pub(crate) fn clear(&mut self, kind: Kind, key: usize, budget: &Arc<Budget>) -> Option<Unused> {
        if self.is_fixed()
            && let Store::Chains(chains) = &mut self.store
        {
            for number in 0..chains.chains() {
                chains.delete_in(number, true, |_| true);
            }
            return None;
        }
        let Ok(empty) = Store::new(kind, key, budget) else {
            self.store.shed(usize::MAX);
            return None;
        };
        let old = core::mem::replace(&mut self.store, empty);
        (!old.is_small()).then_some(Unused(old))
    }

    /// Somebody begins to go through the table.
    pub(crate) fn fix(&mut self, id: Term, now: (u64, u64)) {
        if self.fixed.is_empty() {
            self.fixed_at = now;
        }
        match self.fixed.iter_mut().find(|(who, _)| *who == id) {
            Some((_, count)) => *count += 1,
            None => match self.fixed.try_reserve_exact(1) {
                Ok(()) => self.fixed.push((id, 1)),
                Err(_) => lose(),
            },
        }
    }

    /// Somebody has gone through it (`all`: has ended). Does he still go through it?
    pub(crate) fn unfix(&mut self, id: Term, all: bool) -> bool {
        let Some(at) = self.fixed.iter().position(|(who, _)| *who == id) else {
            return false;
        };
        self.fixed[at].1 -= 1;
        if self.fixed[at].1 > 0 && !all {
            return true;
        }
        self.fixed.swap_remove(at);
        if self.fixed.is_empty()
            && let Store::Chains(chains) = &mut self.store
        {
            chains.purge();
        }
        false
    }
}

/// Records that nobody can reach any more.
pub(crate) struct Unused(pub(super) Store);

/// Objects with the same key.
pub(crate) enum Found<'a> {
    One(Option<&'a Record>),
    /// The newest first.
    Many(Vec<&'a Record>),
}

impl<'a> Found<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a Record> + use<'_, 'a> {
        let (one, many) = match self {
            Found::One(one) => (*one, &[][..]),
            Found::Many(many) => (None, many.as_slice()),
        };
        one.into_iter().chain(many.iter().copied())
    }
}

impl Table {
    /// What changes about it.
    #[inline]
    pub(crate) fn state(&self) -> &SharedLock<State> {
        &self.state
    }

    /// The hash that a record with this key has.
    #[inline]
    pub(crate) fn hash(&self, key: Term) -> u32 {
        match self.kind {
            Kind::OrderedSet => 0,
            _ => key_hash(key),
        }
    }

    /// Is it the same key in this table?
    pub(crate) fn is_same_key(&self, a: Term, b: Term) -> bool {
        match self.kind {
            Kind::OrderedSet => equal(a, b),
            _ => equal_exact(a, b),
        }
    }

    /// The key of an object; `None` when it is too small a tuple, or none.
    pub(crate) fn key_of(&self, object: Term) -> Option<Term> {
        object.as_tuple()?.get(self.key).copied()
    }

    /// A record of an object, which must have a key.
    pub(crate) fn record(&self, object: Term, budget: &Arc<Budget>) -> Result<Record, OutOfMemory> {
        let key = self.key_of(object).unwrap_or(Term::NIL);
        Record::of(object, self.hash(key), budget)
    }
}
