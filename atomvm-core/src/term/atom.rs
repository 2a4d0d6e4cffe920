//! Atoms: names with an index each, one table per VM.
//!
//! The atoms that the VM itself mentions are listed once, in [`atoms`]; their indexes are the
//! same in every VM. Others get theirs when code is loaded or a program makes them.

use super::Term;
use crate::memory::charge::Charge;
use crate::memory::fallible::{slice_of, text};
use crate::memory::{Budget, OutOfMemory};
use crate::sync::Arc;
use crate::sync::RwLock;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::BuildHasher;
use hashbrown::{DefaultHashBuilder, HashTable};

/// The longest atom, in characters, as in OTP.
pub const MAX_ATOM_CHARS: usize = 255;

/// Why an atom cannot be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AtomError {
    /// The name has more than [`MAX_ATOM_CHARS`] characters.
    #[error("an atom has at most 255 characters")]
    TooLong,
    /// The table is full: the VM's limit for atoms is reached.
    #[error("the limit of {0} atoms is reached")]
    TableFull(usize),
    /// No memory for the name.
    #[error("no memory for another atom")]
    NoMemory,
}

impl From<OutOfMemory> for AtomError {
    fn from(_: OutOfMemory) -> AtomError {
        AtomError::NoMemory
    }
}

/// All atoms of a VM: a name for each index, an index for each name. Atoms are never removed.
pub struct AtomTable {
    inner: RwLock<Inner>,
    hasher: DefaultHashBuilder,
    limit: usize,
    budget: Arc<Budget>,
    /// Are `maybe` and `else` words of the language, as they are since OTP 27?
    has_maybe: bool,
}

struct Inner {
    names: Vec<&'static str>,
    index: HashTable<u32>,
    /// What these two took with the predefined atoms, and what they have grown by.
    predefined: usize,
    grown: Charge,
}

impl AtomTable {
    /// A table with the predefined atoms, for at most `limit` atoms.
    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub fn new(limit: usize, budget: Arc<Budget>) -> AtomTable {
        let hasher = DefaultHashBuilder::default();
        let mut names = Vec::with_capacity(atoms::NAMES.len() * 2);
        let mut index = HashTable::with_capacity(atoms::NAMES.len() * 2);
        for (i, &name) in atoms::NAMES.iter().enumerate() {
            names.push(name);
            index.insert_unique(hasher.hash_one(name), i as u32, |_| 0);
        }
        AtomTable {
            inner: RwLock::new(Inner {
                predefined: tables_bytes(&names, &index),
                names,
                index,
                grown: Charge::new(&budget),
            }),
            hasher,
            limit,
            budget,
            has_maybe: false,
        }
    }

    /// Takes the words of the language that a release of OTP has.
    pub(crate) fn of_release(&mut self, release: u32) {
        self.has_maybe = release >= 27;
    }

    /// Is this a word of the language, which not all releases have?
    pub(crate) fn is_late_word(&self, name: &str) -> bool {
        self.has_maybe && matches!(name, "maybe" | "else")
    }

    /// How many atoms there are.
    pub fn len(&self) -> usize {
        self.inner.read().names.len()
    }

    /// Never: the predefined atoms are always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// How many atoms there may be.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The atom with this name, if it exists.
    pub fn find(&self, name: &str) -> Option<Term> {
        let inner = self.inner.read();
        let hash = self.hasher.hash_one(name);
        inner
            .index
            .find(hash, |&i| inner.names[i as usize] == name)
            .map(|&i| Term::atom(i))
    }

    /// The atom with this name, made if it is new.
    ///
    /// # Errors
    /// The name is too long, the table is full, or there is no memory.
    pub fn intern(&self, name: &str) -> Result<Term, AtomError> {
        if let Some(atom) = self.find(name) {
            return Ok(atom);
        }
        if name.len() > MAX_ATOM_CHARS && name.chars().count() > MAX_ATOM_CHARS {
            return Err(AtomError::TooLong);
        }
        let mut inner = self.inner.write();
        let hash = self.hasher.hash_one(name);
        let Inner {
            names,
            index,
            predefined,
            grown,
        } = &mut *inner;
        if let Some(&i) = index.find(hash, |&i| names[i as usize] == name) {
            return Ok(Term::atom(i));
        }
        if names.len() >= self.limit {
            return Err(AtomError::TableFull(self.limit));
        }
        let hasher = &self.hasher;
        let i = names.len() as u32;
        let rehash = |&i: &u32| hasher.hash_one(names[i as usize]);
        index
            .try_reserve(1, rehash)
            .map_err(|_| AtomError::NoMemory)?;
        let kept = slice_of(text(name)?.into_bytes())?;
        names.try_reserve(1).map_err(|_| AtomError::NoMemory)?;
        grown.set(tables_bytes(names, index) - *predefined)?;
        self.budget.charge(cost(name))?;
        let kept: &'static [u8] = Box::leak(kept);
        names.push(core::str::from_utf8(kept).unwrap_or(""));
        index.insert_unique(hash, i, |&i| hasher.hash_one(names[i as usize]));
        Ok(Term::atom(i))
    }

    /// Bytes of all names and their entries.
    pub fn bytes(&self) -> usize {
        let inner = self.inner.read();
        let names = inner.names.iter().map(|name| cost(name)).sum::<usize>();
        names + inner.predefined + inner.grown.bytes()
    }

    /// The order of two atoms: by the code points of their names, which is that of the bytes.
    pub fn compare(&self, a: Term, b: Term) -> core::cmp::Ordering {
        if a == b {
            return core::cmp::Ordering::Equal;
        }
        let inner = self.inner.read();
        let name = |atom: Term| inner.names.get(atom.atom_index() as usize);
        name(a).cmp(&name(b))
    }

    /// The name of an atom of this VM; empty for any other term.
    pub fn name(&self, atom: Term) -> &str {
        if !atom.is_atom() {
            return "";
        }
        let name = self
            .inner
            .read()
            .names
            .get(atom.atom_index() as usize)
            .copied();
        // The lifetime narrows from 'static to that of the table, whose drop frees the name.
        name.unwrap_or("")
    }
}

fn tables_bytes(names: &Vec<&str>, index: &HashTable<u32>) -> usize {
    names.capacity() * size_of::<&str>() + index.allocation_size()
}

/// The bytes that an atom with this name takes besides its places in the tables.
fn cost(name: &str) -> usize {
    name.len()
}

impl Drop for AtomTable {
    fn drop(&mut self) {
        let mut inner = self.inner.write();
        for name in inner.names.drain(..).skip(atoms::NAMES.len()) {
            self.budget.refund(cost(name));
            // SAFETY: every name past the predefined ones was leaked from a Box in `intern`, is
            // freed only here, and is borrowed from the table by everyone else.
            drop(unsafe { Box::from_raw(core::ptr::from_ref(name).cast_mut()) });
        }
    }
}

macro_rules! define_atoms {
    ($($constant:ident = $name:literal,)*) => {
        /// The atoms that the VM itself mentions.
        #[allow(missing_docs)]
        pub mod atoms {
            use super::Term;

            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Index { $($constant),* }

            $(pub const $constant: Term = Term::atom(Index::$constant as u32);)*

            pub(super) static NAMES: &[&str] = &[$($name),*];
        }
    };
}

include!("atoms.in");
