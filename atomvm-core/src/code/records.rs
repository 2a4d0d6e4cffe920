//! The native records that loaded modules define.
//!
//! What is needed to make a record is its template: a tuple of its definition and, for each field,
//! a list of its default value, or `[]` where there is none. A template lives as long as the VM,
//! as records that were made from it may.

use super::error::LoadReason;
use crate::beam::{Beam, Operand, RecordDefinition};
use crate::etf::{self, DecodeOptions};
use crate::memory::fallible::with_room;
use crate::memory::{Budget, Fragment, Heap, OutOfMemory};
use crate::sync::{Arc, RwLock};
use crate::term::order::equal_exact;
use crate::term::{Term, record};
use crate::vm::Runtime;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// The templates of all records, by module and name.
pub struct RecordTable {
    inner: RwLock<Inner>,
}

struct Inner {
    memory: Fragment,
    templates: HashMap<(Term, Term), Term>,
}

/// What it takes to make a record of some kind.
#[derive(Clone, Copy)]
pub(crate) struct Template<'a> {
    /// Its definition.
    pub definition: Term,
    /// For each field a list of its default value, or `[]`.
    pub defaults: &'a [Term],
}

impl<'a> Template<'a> {
    fn head(self) -> &'a [Term] {
        self.definition.as_tuple().unwrap_or(&[])
    }

    /// The module that defines the record.
    pub fn module(self) -> Term {
        self.head()[0]
    }

    /// The record's name.
    pub fn name(self) -> Term {
        self.head()[1]
    }

    /// Can other modules make such records?
    pub fn is_exported(self) -> bool {
        self.head()[2] == crate::term::atoms::TRUE
    }

    /// The names of its fields.
    pub fn names(self) -> &'a [Term] {
        &self.head()[3..]
    }

    /// The parts of a template; `None` for another term.
    pub fn of(term: Term) -> Option<Template<'a>> {
        let (&definition, defaults) = term.as_tuple()?.split_first()?;
        definition.is_tuple().then_some(Template {
            definition,
            defaults,
        })
    }
}

impl RecordTable {
    /// No records.
    pub fn new(budget: &Arc<Budget>) -> RecordTable {
        RecordTable {
            inner: RwLock::new(Inner {
                memory: Fragment::new(budget),
                templates: HashMap::new(),
            }),
        }
    }

    /// The template of a record, if a loaded module defines it.
    pub(crate) fn find(&self, module: Term, name: Term) -> Option<Term> {
        let inner = self.inner.read();
        inner.templates.get(&(module, name)).copied()
    }

    /// From now on these are the records of `module`: names and templates.
    pub(crate) fn publish(
        &self,
        module: Term,
        records: &[(Term, Term)],
    ) -> Result<(), OutOfMemory> {
        let mut inner = self.inner.write();
        let room = inner.templates.try_reserve(records.len());
        room.map_err(|_| OutOfMemory)?;
        inner.templates.retain(|key, _| key.0 != module);
        for &(name, template) in records {
            inner.templates.insert((module, name), template);
        }
        Ok(())
    }

    /// Keeps a copy of a template, or finds the one that `module` has already.
    fn keep(&self, key: (Term, Term), template: Term) -> Result<Term, OutOfMemory> {
        let mut inner = self.inner.write();
        if let Some(&old) = inner.templates.get(&key)
            && equal_exact(old, template)
        {
            return Ok(old);
        }
        let words = crate::memory::copy::size(template);
        crate::memory::copy::copy(template, words, &mut inner.memory)
    }
}

/// The names and templates of the records that a module defines. `atoms` are those of the file.
pub(super) fn templates(
    rt: &Runtime,
    beam: &Beam<'_>,
    atoms: &[Term],
) -> Result<Vec<(Term, Term)>, LoadReason> {
    let module = atoms[beam.module as usize];
    let mut templates = with_room(beam.records.len())?;
    for definition in &beam.records {
        let mut scratch = Fragment::new(&rt.budget);
        let template = template(rt, beam, atoms, definition, &mut scratch)?;
        let name = atoms[definition.name as usize];
        templates.push((name, rt.records.keep((module, name), template)?));
    }
    Ok(templates)
}

fn template(
    rt: &Runtime,
    beam: &Beam<'_>,
    atoms: &[Term],
    of: &RecordDefinition,
    heap: &mut Fragment,
) -> Result<Term, LoadReason> {
    let atom = |index: u32| atoms.get(index as usize).copied().unwrap_or(Term::NIL);
    let (fields, _) = beam.code.list(of.fields).as_chunks::<2>();
    let names = fields.iter().map(|field| match field[0] {
        Operand::Atom(name) => atom(name),
        _ => Term::NIL,
    });
    let key = (atom(beam.module), atom(of.name));
    let mut parts = with_room(1 + fields.len())?;
    parts.push(record::definition(heap, key, of.is_exported, names)?);
    for field in fields {
        let value = match field[1] {
            Operand::Unsigned(_) => {
                parts.push(Term::NIL);
                continue;
            }
            Operand::Integer(value) => heap.int(value)?,
            Operand::BigInteger(index) => match beam.code.big_integer(index) {
                Some(big) => heap.bigint(&super::link::bigint(big))?,
                None => Term::NIL,
            },
            Operand::Atom(0) => Term::NIL,
            Operand::Atom(index) => atom(index),
            Operand::Literal(index) => literal(rt, beam, index, heap)?,
            _ => Term::NIL,
        };
        parts.push(heap.cons(value, Term::NIL)?);
    }
    Ok(heap.tuple(&parts)?)
}

fn literal(
    rt: &Runtime,
    beam: &Beam<'_>,
    index: u32,
    heap: &mut Fragment,
) -> Result<Term, LoadReason> {
    let bytes = beam.literals.get(index as usize).unwrap_or(&[]);
    match etf::decode(heap, rt, bytes, DecodeOptions::default()) {
        Ok((term, _)) => Ok(term),
        Err(error) => Err(super::link::bad_literal(beam, index, error)),
    }
}
