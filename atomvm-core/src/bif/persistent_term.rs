//! Terms that all processes share: read without a copy, costly to change.

use super::persistent_former::Leaving;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::charge::Charge;
use crate::memory::fallible::{Grow, lose};
use crate::memory::{Budget, Fragment, Heap, OutOfMemory, copy};
use crate::sync::{Arc, Mutex};
use crate::term::hash::hash;
use crate::term::order::equal_exact;
use crate::term::{Term, atoms, map};
use alloc::vec::Vec;
use hashbrown::HashTable;
use portable_atomic::{AtomicBool, Ordering};

pub(super) const TABLE: &[Bif] = &[
    bif("persistent_term", "put", 2, put_2),
    bif("persistent_term", "put_new", 2, put_new_2),
    bif("persistent_term", "get", 0, get_0),
    bif("persistent_term", "get", 1, get_1),
    bif("persistent_term", "get", 2, get_2),
    bif("persistent_term", "erase", 1, erase_1),
    bif("persistent_term", "info", 0, info_0),
];

/// A key with its value: a pair in memory of its own.
pub(super) struct Entry(pub(super) Fragment);

impl Entry {
    fn pair(&self) -> (Term, Term) {
        match self.0.term.as_tuple() {
            Some(&[key, value]) => (key, value),
            _ => (Term::NIL, Term::NIL),
        }
    }
}

struct State {
    entries: HashTable<Entry>,
    /// What the tables take.
    charge: Charge,
    /// Values that were replaced or erased. Processes may still refer to them.
    former: Vec<Entry>,
}

/// The persistent terms of a VM.
pub struct PersistentTerms {
    state: Mutex<State>,
    /// What is no longer there and still takes memory.
    pub(super) leaving: Mutex<Leaving>,
    /// Is there anything to give back?
    has_former: AtomicBool,
}

impl PersistentTerms {
    /// No terms.
    pub fn new(budget: &Arc<Budget>) -> PersistentTerms {
        PersistentTerms {
            state: Mutex::new(State {
                entries: HashTable::new(),
                charge: Charge::new(budget),
                former: Vec::new(),
            }),
            leaving: Mutex::default(),
            has_former: AtomicBool::new(false),
        }
    }

    /// Are there former terms that have not been given back?
    pub(crate) fn has_former(&self) -> bool {
        self.has_former.load(Ordering::Relaxed)
    }

    /// Takes out those that nobody can ask for any more.
    pub(super) fn take_former(&self) -> Vec<Entry> {
        core::mem::take(&mut self.state.lock().former)
    }

    /// Takes back what [`PersistentTerms::take_former`] took out.
    pub(super) fn give_back(&self, entries: Vec<Entry>) {
        let former = &mut self.state.lock().former;
        if former.is_empty() {
            *former = entries;
        } else if former.try_extend(entries).is_err() {
            lose();
        }
    }

    /// Those that were taken out are gone.
    pub(super) fn settle(&self) {
        let state = &mut *self.state.lock();
        self.has_former
            .store(!state.former.is_empty(), Ordering::Relaxed);
        // Less than before, so that it is not refused.
        let _ = state.charge.set(state.table_bytes(0));
    }

    fn get(&self, key: Term) -> Option<Term> {
        let state = self.state.lock();
        let found = state
            .entries
            .find(u64::from(hash(key)), |e| equal_exact(e.pair().0, key));
        found.map(|entry| entry.pair().1)
    }

    /// How many terms there are.
    pub(super) fn count(&self) -> usize {
        self.state.lock().entries.len()
    }

    /// Does nothing when the value is the same already.
    fn put(&self, key: Term, value: Term, rt: &crate::vm::Runtime) -> Result<(), OutOfMemory> {
        if self.get(key).is_some_and(|old| equal_exact(old, value)) {
            return Ok(());
        }
        let mut pair = Fragment::new(&rt.budget);
        let pair_term = pair.tuple(&[key, value])?;
        let entry = Entry(Fragment::sharing(pair_term, &rt.budget)?);
        let rehash = |e: &Entry| u64::from(hash(e.pair().0));
        // Nobody sees the key without a value.
        let state = &mut *self.state.lock();
        let room = state.entries.try_reserve(1, rehash);
        room.map_err(|_| OutOfMemory)?;
        state.former.try_reserve(1).map_err(|_| OutOfMemory)?;
        let tables = state.table_bytes(1);
        state.charge.set(tables)?;
        if state.erase(key)? {
            self.has_former.store(true, Ordering::Relaxed);
        }
        state
            .entries
            .insert_unique(u64::from(hash(key)), entry, rehash);
        Ok(())
    }

    fn erase(&self, key: Term) -> Result<bool, OutOfMemory> {
        let erased = self.state.lock().erase(key)?;
        if erased {
            self.has_former.store(true, Ordering::Relaxed);
        }
        Ok(erased)
    }
}

impl State {
    /// The bytes of the tables when there are so many entries more.
    fn table_bytes(&self, more: usize) -> usize {
        let former = self.former.capacity() * size_of::<Entry>();
        let heads = (self.entries.len() + self.former.len() + more) * Fragment::HEAD;
        self.entries.allocation_size() + former + heads
    }

    fn erase(&mut self, key: Term) -> Result<bool, OutOfMemory> {
        self.former.try_reserve(1).map_err(|_| OutOfMemory)?;
        let found = self
            .entries
            .find_entry(u64::from(hash(key)), |e| equal_exact(e.pair().0, key));
        let Ok(found) = found else { return Ok(false) };
        let (entry, _) = found.remove();
        // A value that is no more than a word cannot be referred to.
        if !entry.pair().1.is_immediate() {
            self.former.push(entry);
        }
        Ok(true)
    }
}

fn put_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    c.rt.persistent_terms.put(args[0], args[1], c.rt)?;
    Ok(atoms::OK)
}

/// As `put/2`, of a key that has no other value.
fn put_new_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match c.rt.persistent_terms.get(args[0]) {
        Some(value) if equal_exact(value, args[1]) => Ok(atoms::OK),
        Some(_) => Err(Raise::BADARG),
        None => put_2(c, args),
    }
}

fn get_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    c.rt.persistent_terms.get(args[0]).ok_or(Raise::BADARG)
}

fn get_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.rt.persistent_terms.get(args[0]).unwrap_or(args[1]))
}

fn get_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let state = c.rt.persistent_terms.state.lock();
    let mut list = Term::NIL;
    for entry in &state.entries {
        let (key, value) = entry.pair();
        let key = copy::copy(key, copy::size(key), &mut c.p.heap)?;
        let pair = c.p.heap.tuple(&[key, value])?;
        list = c.p.heap.cons(pair, list)?;
    }
    Ok(list)
}

fn erase_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(c.rt.persistent_terms.erase(args[0])?))
}

fn info_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let state = c.rt.persistent_terms.state.lock();
    let words: usize = state.entries.iter().map(|e| e.0.words()).sum();
    let count = c.p.heap.uint(state.entries.len() as u64)?;
    let bytes = c.p.heap.uint((words * size_of::<Term>()) as u64)?;
    let pairs = [
        (c.rt.atoms.intern("count")?, count),
        (c.rt.atoms.intern("memory")?, bytes),
    ];
    Ok(map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs)?)
}
