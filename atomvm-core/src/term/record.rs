//! Native records, as OTP 29 has them: a value with named fields of a type of its own.
//!
//! ```text
//!   record:      header, definition, values in the order in which the fields are defined
//!   definition:  a tuple: module, name, exported (`true` or `false`), names of the fields
//! ```
//!
//! A record holds its definition, so that a change of the module that defined it does not matter
//! to records that are there already.

use super::{Header, Subtag, Term, atoms};
use crate::memory::fallible::collect;
use crate::memory::{Heap, OutOfMemory};
use alloc::vec::Vec;

/// How many elements of a definition precede the names of the fields.
const HEAD: usize = 3;

/// The most fields that a record may have.
pub const MAX_FIELDS: usize = super::boxed::MAX_ARITY - HEAD;

/// A native record.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    definition: &'a [Term],
    /// The values of its fields, in the order of [`Record::names`].
    pub values: &'a [Term],
}

impl<'a> Record<'a> {
    /// The module that defines it.
    pub fn module(self) -> Term {
        self.definition[0]
    }

    /// Its name.
    pub fn name(self) -> Term {
        self.definition[1]
    }

    /// Could other modules get at its fields when it was made?
    pub fn is_exported(self) -> bool {
        self.definition[2] == atoms::TRUE
    }

    /// The names of its fields, in the order of their definition.
    pub fn names(self) -> &'a [Term] {
        &self.definition[HEAD..]
    }

    /// Module, name and whether it is exported.
    pub(crate) fn head(self) -> &'a [Term] {
        &self.definition[..HEAD]
    }

    /// Which of its fields has this name.
    #[inline]
    pub fn position(self, name: Term) -> Option<usize> {
        self.names().iter().position(|&n| n == name)
    }

    /// The value of the field with this name.
    pub fn get(self, name: Term) -> Option<Term> {
        self.values.get(self.position(name)?).copied()
    }

    /// Names and values in the order of the atoms' numbers, in which OTP keeps them.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn in_atom_order(self) -> Result<Vec<(Term, Term)>, OutOfMemory> {
        let names = self.names().iter().copied();
        let mut fields = collect(names.zip(self.values.iter().copied()))?;
        fields.sort_unstable_by_key(|field| field.0.atom_index());
        Ok(fields)
    }
}

impl Term {
    /// The parts of a native record.
    ///
    /// They are valid as long as the term is: until the next collection of its owner.
    pub fn as_record<'a>(self) -> Option<Record<'a>> {
        if self.subtag() != Some(Subtag::Record) {
            return None;
        }
        let (&definition, values) = self.term_slice().split_first()?;
        let definition = definition.as_tuple()?;
        Some(Record { definition, values })
    }

    /// Is this a native record?
    #[inline]
    pub fn is_record(self) -> bool {
        self.subtag() == Some(Subtag::Record)
    }

    /// The tuple that a native record has as its definition.
    pub(crate) fn record_definition(self) -> Term {
        debug_assert!(self.is_record());
        Term::from_word(self.boxed_word(1))
    }
}

/// The definition of a record; names and module must be atoms, and the fields' all different.
pub(crate) fn definition<H: Heap + ?Sized>(
    heap: &mut H,
    (module, name): (Term, Term),
    is_exported: bool,
    fields: impl ExactSizeIterator<Item = Term>,
) -> Result<Term, OutOfMemory> {
    let head = [module, name, Term::bool(is_exported)];
    let arity = HEAD + fields.len();
    super::construct::tuple_of(heap, arity, head.into_iter().chain(fields))
}

/// A record of a definition, which must be one and have as many fields as there are values.
pub(crate) fn record<H: Heap + ?Sized>(
    heap: &mut H,
    definition: Term,
    values: &[Term],
) -> Result<Term, OutOfMemory> {
    debug_assert!(
        definition
            .as_tuple()
            .is_some_and(|t| t.len() == HEAD + values.len())
    );
    let at = heap.reserve(2 + values.len())?.as_ptr();
    // SAFETY: so many words were reserved, and the source is elsewhere.
    unsafe {
        let header = Header::new(Subtag::Record, 1 + values.len());
        at.write(Term::from_word(header.0));
        at.add(1).write(definition);
        core::ptr::copy_nonoverlapping(values.as_ptr(), at.add(2), values.len());
    }
    Ok(Term::from_boxed_ptr(at))
}
