//! The process dictionary.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, made};
use crate::term::Term;
use crate::term::hash::hash;
use alloc::boxed::Box;
use alloc::vec::Vec;
use hashbrown::HashTable;

/// Keys and values of a process.
#[derive(Default)]
pub struct Dictionary(Option<Box<Table>>);

/// The entries, and for more than a few of them where each key is.
#[derive(Default)]
struct Table {
    entries: Vec<(Term, Term)>,
    /// Places of the entries by the hashes of their keys; empty while there are few.
    index: HashTable<u32>,
}

/// So many entries are found without an index.
const FEW: usize = 16;

fn key_hash(key: Term) -> u64 {
    // The table wants its entropy at both ends.
    u64::from(hash(key)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Table {
    fn find(&self, key: Term, same: impl Fn(Term, Term) -> bool) -> Option<usize> {
        if !self.index.is_empty() {
            let is_it = |&at: &u32| {
                let entry = self.entries.get(at as usize);
                entry.is_some_and(|&(k, _)| same(k, key))
            };
            return self.index.find(key_hash(key), is_it).map(|&at| at as usize);
        }
        if key.is_immediate() {
            return self.entries.iter().position(|&(k, _)| k == key);
        }
        self.entries.iter().position(|&(k, _)| same(k, key))
    }

    fn push(&mut self, key: Term, value: Term) -> Result<(), OutOfMemory> {
        let rehash = |&at: &u32| key_hash(self.entries[at as usize].0);
        let (count, linked) = (self.entries.len() + 1, !self.index.is_empty());
        if linked || count > FEW {
            let more = if linked { 1 } else { count };
            let room = self.index.try_reserve(more, rehash);
            room.map_err(|_| OutOfMemory)?;
        }
        self.entries.try_push((key, value))?;
        let count = self.entries.len();
        let first = if self.index.is_empty() { 0 } else { count - 1 };
        if first == 0 && count <= FEW {
            return Ok(());
        }
        let Table { entries, index } = self;
        for at in first..count {
            let rehash = |&at: &u32| key_hash(entries[at as usize].0);
            index.insert_unique(key_hash(entries[at].0), at as u32, rehash);
        }
        Ok(())
    }

    fn remove(&mut self, at: usize) -> Term {
        if self.index.is_empty() {
            return self.entries.remove(at).1;
        }
        self.unlist(at);
        let last = self.entries.len() - 1;
        let (_, value) = self.entries.swap_remove(at);
        if at < last {
            let hash = key_hash(self.entries[at].0);
            if let Some(moved) = self.index.find_mut(hash, |&place| place as usize == last) {
                *moved = at as u32;
            }
        }
        value
    }

    fn unlist(&mut self, at: usize) {
        let hash = key_hash(self.entries[at].0);
        if let Ok(entry) = self.index.find_entry(hash, |&place| place as usize == at) {
            entry.remove();
        }
    }
}

impl Dictionary {
    /// Bytes of the tables.
    pub(crate) fn side_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |table| {
            size_of::<Table>()
                + table.entries.capacity() * size_of::<(Term, Term)>()
                + table.index.allocation_size()
        })
    }

    /// All keys and values.
    pub fn entries(&self) -> &[(Term, Term)] {
        self.0.as_deref().map_or(&[], |table| &table.entries)
    }

    /// The value of `key`, where `same` is equality of terms.
    pub fn get(&self, key: Term, same: impl Fn(Term, Term) -> bool) -> Option<Term> {
        let table = self.0.as_deref()?;
        table.find(key, same).map(|at| table.entries[at].1)
    }

    /// Sets the value of `key`; returns the former one.
    ///
    /// # Errors
    /// There is no memory.
    pub fn put(
        &mut self,
        key: Term,
        value: Term,
        same: impl Fn(Term, Term) -> bool,
    ) -> Result<Option<Term>, OutOfMemory> {
        let table = made(&mut self.0)?;
        Ok(match table.find(key, same) {
            Some(at) => Some(core::mem::replace(&mut table.entries[at].1, value)),
            None => {
                table.push(key, value)?;
                None
            }
        })
    }

    /// Takes `key` out; returns its value.
    pub fn erase(&mut self, key: Term, same: impl Fn(Term, Term) -> bool) -> Option<Term> {
        let table = self.0.as_deref_mut()?;
        let at = table.find(key, same)?;
        Some(table.remove(at))
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        let Some(table) = &mut self.0 else { return };
        for (key, value) in &mut table.entries {
            visit(core::slice::from_mut(key));
            visit(core::slice::from_mut(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dictionary;
    use crate::term::Term;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_keeps_what_a_map_keeps(steps in prop::collection::vec((0..40isize, any::<bool>()), 0..400)) {
            let same = |a: Term, b: Term| a == b;
            let (mut dictionary, mut model) = (Dictionary::default(), BTreeMap::new());
            for (i, (key, put)) in steps.into_iter().enumerate() {
                let (term, value) = (Term::small(key), Term::small(i as isize));
                let (is, should) = if put {
                    (dictionary.put(term, value, same).unwrap(), model.insert(key, value))
                } else {
                    (dictionary.erase(term, same), model.remove(&key))
                };
                prop_assert_eq!(is, should);
                prop_assert_eq!(dictionary.entries().len(), model.len());
                for (&key, &value) in &model {
                    prop_assert_eq!(dictionary.get(Term::small(key), same), Some(value));
                }
            }
        }
    }
}
