//! The tables that a scheduler has used last, so that it need not look them up, for which it would
//! have to lock the registry.
//!
//! A table that is remembered may have been deleted, or renamed: who takes one looks at its state
//! before it relies on it.

use super::Table;
use super::table::State;
use crate::sync::Shared;
use crate::term::Term;

/// How many are remembered.
const COUNT: usize = 4;

/// Tables, each at a place that follows from what it was named by.
#[derive(Default)]
pub struct RecentTables([Option<Shared<Table>>; COUNT]);

/// The place of a table with this identity or name.
#[inline]
fn place(name: Term) -> Option<usize> {
    let number = match name.is_atom() {
        true => name.atom_index() as usize,
        false => name.as_reference()?.0[0] as usize,
    };
    Some(number % COUNT)
}

impl RecentTables {
    /// Takes out the table with this identity, or one that had this name.
    #[inline]
    pub(crate) fn take(&mut self, name: Term) -> Option<Shared<Table>> {
        let slot = &mut self.0[place(name)?];
        let table = slot.as_ref()?;
        let is_it = match name.is_atom() {
            true => table.options.named,
            false => name.as_reference() == Some(table.id),
        };
        if is_it { slot.take() } else { None }
    }

    /// Remembers a table that was found by this identity or name.
    #[inline]
    pub(crate) fn keep(&mut self, name: Term, table: Shared<Table>) {
        if let Some(place) = place(name) {
            self.0[place] = Some(table);
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.fill_with(|| None);
    }
}

impl State {
    /// Is it still the table that this identity or name means?
    #[inline]
    pub(crate) fn is_named(&self, name: Term) -> bool {
        self.is_alive && (!name.is_atom() || self.name == name)
    }
}
