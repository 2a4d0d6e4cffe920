//! Terms that all processes share: read without a copy, costly to change.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::charge::Charge;
use crate::memory::{Budget, Fragment, Heap, OutOfMemory, copy};
use crate::sync::{Arc, Mutex};
use crate::term::hash::hash;
use crate::term::order::equal_exact;
use crate::term::{Term, atoms, map};
use alloc::vec::Vec;
use hashbrown::HashTable;

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
struct Entry(Fragment);

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
    /// Values that were replaced or erased. Processes may still refer to them, so they stay as
    /// long as the VM.
    former: Vec<Entry>,
}

/// The persistent terms of a VM.
pub struct PersistentTerms(Mutex<State>);

impl PersistentTerms {
    /// No terms.
    pub fn new(budget: &Arc<Budget>) -> PersistentTerms {
        PersistentTerms(Mutex::new(State {
            entries: HashTable::new(),
            charge: Charge::new(budget),
            former: Vec::new(),
        }))
    }

    fn get(&self, key: Term) -> Option<Term> {
        let state = self.0.lock();
        let found = state
            .entries
            .find(u64::from(hash(key)), |e| equal_exact(e.pair().0, key));
        found.map(|entry| entry.pair().1)
    }

    /// Does nothing when the value is the same already.
    fn put(&self, key: Term, value: Term, rt: &crate::vm::Runtime) -> Result<(), OutOfMemory> {
        if self.get(key).is_some_and(|old| equal_exact(old, value)) {
            return Ok(());
        }
        let mut pair = Fragment::new(&rt.budget);
        let pair_term = pair.tuple(&[key, value])?;
        let entry = Entry(Fragment::of(pair_term, &rt.budget)?);
        let rehash = |e: &Entry| u64::from(hash(e.pair().0));
        // Nobody sees the key without a value.
        let state = &mut *self.0.lock();
        let room = state.entries.try_reserve(1, rehash);
        room.map_err(|_| OutOfMemory)?;
        state.former.try_reserve(1).map_err(|_| OutOfMemory)?;
        let former = state.former.capacity() * size_of::<Entry>();
        let heads = (state.entries.len() + state.former.len() + 1) * Fragment::HEAD;
        let tables = state.entries.allocation_size() + former + heads;
        state.charge.set(tables)?;
        state.erase(key)?;
        state
            .entries
            .insert_unique(u64::from(hash(key)), entry, rehash);
        Ok(())
    }

    fn erase(&self, key: Term) -> Result<bool, OutOfMemory> {
        self.0.lock().erase(key)
    }
}

impl State {
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
    let state = c.rt.persistent_terms.0.lock();
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
    let state = c.rt.persistent_terms.0.lock();
    let words: usize = state.entries.iter().map(|e| e.0.words()).sum();
    let count = c.p.heap.uint(state.entries.len() as u64)?;
    let bytes = c.p.heap.uint((words * size_of::<Term>()) as u64)?;
    let pairs = [
        (c.rt.atoms.intern("count")?, count),
        (c.rt.atoms.intern("memory")?, bytes),
    ];
    Ok(map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs)?)
}
