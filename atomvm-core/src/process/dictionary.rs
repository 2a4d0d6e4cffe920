//! The process dictionary.

use crate::term::Term;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Keys and values of a process, in the order in which the keys came.
#[derive(Default)]
#[expect(
    clippy::box_collection,
    reason = "most processes have none, and it shall cost them one word"
)]
pub struct Dictionary(Option<Box<Vec<(Term, Term)>>>);

impl Dictionary {
    /// All keys and values.
    pub fn entries(&self) -> &[(Term, Term)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    fn find(&self, key: Term, same: impl Fn(Term, Term) -> bool) -> Option<usize> {
        let entries = self.entries();
        if key.is_immediate() {
            return entries.iter().position(|&(k, _)| k == key);
        }
        entries.iter().position(|&(k, _)| same(k, key))
    }

    /// The value of `key`, where `same` is equality of terms.
    pub fn get(&self, key: Term, same: impl Fn(Term, Term) -> bool) -> Option<Term> {
        self.find(key, same).map(|at| self.entries()[at].1)
    }

    /// Sets the value of `key`; returns the former one.
    pub fn put(
        &mut self,
        key: Term,
        value: Term,
        same: impl Fn(Term, Term) -> bool,
    ) -> Option<Term> {
        match self.find(key, same) {
            Some(at) => {
                let entry = self.0.as_mut()?.get_mut(at)?;
                Some(core::mem::replace(&mut entry.1, value))
            }
            None => {
                self.0.get_or_insert_default().push((key, value));
                None
            }
        }
    }

    /// Takes `key` out; returns its value.
    pub fn erase(&mut self, key: Term, same: impl Fn(Term, Term) -> bool) -> Option<Term> {
        let at = self.find(key, same)?;
        Some(self.0.as_mut()?.remove(at).1)
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        let Some(entries) = &mut self.0 else { return };
        for (key, value) in entries.iter_mut() {
            visit(core::slice::from_mut(key));
            visit(core::slice::from_mut(value));
        }
    }
}
