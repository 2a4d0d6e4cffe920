//! Names and aliases: other ways to say which process is meant.

use crate::memory::charge::CountedMap;
use crate::memory::fallible::{collect_or_lose, lose};
use crate::memory::{Budget, OutOfMemory};
use crate::sync::{Arc, Mutex, RwLock};
use crate::term::{Reference, Term};
use alloc::vec::Vec;

/// Why a name is not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The process has another one, or this one.
    HasName,
    /// Somebody else has it.
    NameInUse,
    /// The process has ended.
    NotAlive,
    /// There is no memory.
    OutOfMemory,
}

/// Registered names: an atom stands for a process or a port, which has at most one.
pub struct Registry(RwLock<Names>);

struct Names {
    owners: CountedMap<Term, Term>,
    names: CountedMap<Term, Term>,
}

impl Names {
    /// Gives the tables back when the last name has gone.
    fn release(&mut self) {
        self.owners.release();
        self.names.release();
    }
}

impl Registry {
    /// No names.
    pub fn new(budget: &Arc<Budget>) -> Registry {
        Registry(RwLock::new(Names {
            owners: CountedMap::new(budget),
            names: CountedMap::new(budget),
        }))
    }

    /// Who has the name.
    pub fn whereis(&self, name: Term) -> Option<Term> {
        self.0.read().owners.get(&name).copied()
    }

    /// The name of a process or port.
    pub fn name_of(&self, id: Term) -> Option<Term> {
        self.0.read().names.get(&id).copied()
    }

    /// Gives the name, if nobody has it, `id` has none, and `is_alive`.
    ///
    /// # Errors
    /// The first of these that does not hold.
    pub fn register(
        &self,
        name: Term,
        id: Term,
        is_alive: impl FnOnce() -> bool,
    ) -> Result<(), Refusal> {
        let mut names = self.0.write();
        if names.names.contains_key(&id) {
            return Err(Refusal::HasName);
        }
        if names.owners.contains_key(&name) {
            return Err(Refusal::NameInUse);
        }
        // Who ends says so before it gives its name back, which has to wait for this lock.
        if !is_alive() {
            return Err(Refusal::NotAlive);
        }
        let no_memory = |_| Refusal::OutOfMemory;
        names.owners.reserve().map_err(no_memory)?;
        names.names.reserve().map_err(no_memory)?;
        names.owners.insert(name, id);
        names.names.insert(id, name);
        Ok(())
    }

    /// Takes the name back; did anyone have it?
    pub fn unregister(&self, name: Term) -> bool {
        let mut names = self.0.write();
        let Some(id) = names.owners.remove(&name) else {
            return false;
        };
        names.names.remove(&id);
        names.release();
        true
    }

    /// Takes back the name of who has ended.
    pub fn release(&self, id: Term) {
        if self.name_of(id).is_some() {
            let mut names = self.0.write();
            if let Some(name) = names.names.remove(&id) {
                names.owners.remove(&name);
                names.release();
            }
        }
    }

    /// All names, in the order of their atoms.
    pub fn names(&self) -> Vec<Term> {
        let mut names = collect_or_lose(self.0.read().owners.keys().copied());
        names.sort_unstable_by_key(|name| name.atom_index());
        names
    }
}

/// Active aliases: a reference stands for a process.
pub struct Aliases(Mutex<CountedMap<Reference, Term>>);

impl Aliases {
    /// No aliases.
    pub fn new(budget: &Arc<Budget>) -> Aliases {
        Aliases(Mutex::new(CountedMap::new(budget)))
    }

    /// The process behind an alias.
    pub fn find(&self, alias: Reference) -> Option<Term> {
        self.0.lock().get(&alias).copied()
    }

    /// Makes room for one alias more.
    ///
    /// # Errors
    /// There is no memory.
    pub fn reserve(&self) -> Result<(), OutOfMemory> {
        self.0.lock().reserve()
    }

    /// Makes `alias` stand for `id`, for which [`Aliases::reserve`] has made room.
    pub fn add(&self, alias: Reference, id: Term) {
        let mut aliases = self.0.lock();
        match aliases.reserve() {
            Ok(()) => drop(aliases.insert(alias, id)),
            Err(_) => lose(),
        }
    }

    /// Ends an alias.
    pub fn remove(&self, alias: Reference) {
        self.0.lock().remove(&alias);
    }
}
