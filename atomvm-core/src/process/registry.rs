//! Names and aliases: other ways to say which process is meant.

use crate::sync::{Mutex, RwLock};
use crate::term::{Reference, Term};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Registered names: an atom stands for a process or a port.
#[derive(Default)]
pub struct Registry(RwLock<HashMap<Term, Term>>);

impl Registry {
    /// Who has the name.
    pub fn whereis(&self, name: Term) -> Option<Term> {
        self.0.read().get(&name).copied()
    }

    /// Gives the name; `false` if it is taken.
    pub fn register(&self, name: Term, id: Term) -> bool {
        let mut names = self.0.write();
        match names.entry(name) {
            hashbrown::hash_map::Entry::Occupied(_) => false,
            hashbrown::hash_map::Entry::Vacant(entry) => {
                entry.insert(id);
                true
            }
        }
    }

    /// Takes the name back; returns who had it.
    pub fn unregister(&self, name: Term) -> Option<Term> {
        self.0.write().remove(&name)
    }

    /// All names, in the order of their atoms.
    pub fn names(&self) -> Vec<Term> {
        let mut names: Vec<Term> = self.0.read().keys().copied().collect();
        names.sort_unstable_by_key(|name| name.atom_index());
        names
    }
}

/// Active aliases: a reference stands for a process.
#[derive(Default)]
pub struct Aliases(Mutex<HashMap<Reference, Term>>);

impl Aliases {
    /// The process behind an alias.
    pub fn find(&self, alias: Reference) -> Option<Term> {
        self.0.lock().get(&alias).copied()
    }

    /// Makes `alias` stand for `id`.
    pub fn add(&self, alias: Reference, id: Term) {
        self.0.lock().insert(alias, id);
    }

    /// Ends an alias.
    pub fn remove(&self, alias: Reference) {
        self.0.lock().remove(&alias);
    }
}
