//! Making, changing and reading native records.

use super::{parts, set_error, set_error_tuple};
use crate::code::records::Template;
use crate::interp::context::Context;
use crate::interp::state::State;
use crate::memory::fallible::{collect, with_room};
use crate::memory::{Heap, OutOfMemory};
use crate::term::{Record, Term, Word, atoms, record};
use alloc::vec::Vec;

/// Fields and values of an instruction's tail.
struct Given {
    fields: Vec<(Term, Term)>,
}

impl Given {
    /// Reads `count` pairs of a link index and a packed operand.
    unsafe fn read(
        c: *mut Context,
        e: *mut Term,
        m: *const Word,
        tail: *const u32,
        count: usize,
    ) -> Result<Given, OutOfMemory> {
        let s = State {
            ip: tail,
            c,
            e,
            h: core::ptr::null_mut(),
            m,
        };
        let mut fields = with_room(count)?;
        for i in 0..count {
            // SAFETY: the tail holds `count` pairs of the instruction.
            unsafe {
                let name = Term::from_word(s.link(s.tail(0, 2 * i) as usize));
                fields.push((name, s.value(s.tail(0, 2 * i + 1))));
            }
        }
        Ok(Given { fields })
    }

    /// Puts the values to the places of their fields. A field that is not there is the error; of
    /// several the one whose atom has the lowest number, as in OTP.
    fn put(&self, names: &[Term], values: &mut [Term]) -> Result<(), Term> {
        let mut missing: Option<Term> = None;
        for &(name, value) in &self.fields {
            match names.iter().position(|&n| n == name) {
                Some(i) => values[i] = value,
                None if missing.is_none_or(|m| name.atom_index() < m.atom_index()) => {
                    missing = Some(name);
                }
                None => {}
            }
        }
        missing.map_or(Ok(()), Err)
    }
}

/// Is this a record of this module and name?
#[inline(never)]
pub(in crate::interp) fn is_record_of(term: Term, module: Term, name: Term) -> bool {
    let record = term.as_record();
    record.is_some_and(|r| r.module() == module && r.name() == name)
}

/// Is this a record that is exported, or one of module `own`?
#[inline(never)]
pub(in crate::interp) fn is_record_accessible(term: Term, own: Term) -> bool {
    let record = term.as_record();
    record.is_some_and(|r| r.is_exported() || r.module() == own)
}

/// Sets the targets of an instruction's tail to fields of a record; `false`, and nothing set, if
/// it lacks one.
#[inline(never)]
pub(in crate::interp) unsafe fn get_record_elements(
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
    term: Term,
    tail: *const u32,
    count: usize,
) -> bool {
    let s = State {
        ip: tail,
        c,
        e,
        h: core::ptr::null_mut(),
        m,
    };
    let Some(record) = term.as_record() else {
        return false;
    };
    // SAFETY: the tail holds `count` pairs of a link index and a target.
    unsafe {
        let value = |i: usize| record.get(Term::from_word(s.link(s.tail(0, 2 * i) as usize)));
        if !(0..count).all(|i| value(i).is_some()) {
            return false;
        }
        for i in 0..count {
            if let Some(value) = value(i) {
                s.assign(s.tail(0, 2 * i + 1), value);
            }
        }
    }
    true
}

/// The record, if it is one that `id` names and whose fields may be read by that name: an atom is
/// the name of a record of this module (or any, for `_`), a tuple module and name of one that is
/// exported.
fn named(term: Term, id: Term) -> Option<Record<'static>> {
    let record = term.as_record()?;
    let fits = match id.as_tuple() {
        Some(&[module, name]) => {
            record.module() == module && record.name() == name && record.is_exported()
        }
        Some(_) => false,
        None => id == atoms::UNDERSCORE || record.name() == id,
    };
    fits.then_some(record)
}

/// The value of a field; [`Term::NONE`] if the record lacks it or is not the one that is named.
#[inline(never)]
pub(in crate::interp) fn get_record_field(term: Term, id: Term, field: Term) -> Term {
    let value = named(term, id).and_then(|record| record.get(field));
    value.unwrap_or(Term::NONE)
}

/// Sets the error of a field that cannot be read.
pub(in crate::interp) unsafe fn set_record_error(
    c: *mut Context,
    term: Term,
    id: Term,
    field: Term,
) {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        match named(term, id) {
            Some(record) => {
                set_field_error(c, atoms::BADFIELD, record.module(), record.name(), field);
            }
            None => set_error_tuple(c, atoms::BAD_RECORD, term),
        }
    }
}

/// Sets the error `{Tag,{{Module,Name},Field}}`.
unsafe fn set_field_error(c: *mut Context, tag: Term, module: Term, name: Term, field: Term) {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, _) = parts(c);
        let id = p.heap.tuple(&[module, name]);
        let value = id.and_then(|id| p.heap.tuple(&[id, field]));
        match value {
            Ok(value) => set_error_tuple(c, tag, value),
            Err(OutOfMemory) => set_error(c, atoms::SYSTEM_LIMIT),
        }
    }
}

/// Makes a record; [`Term::NONE`] after setting the exception. `template` is that of a record of
/// the running module.
#[inline(never)]
pub(in crate::interp) unsafe fn record_new(
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
    template: Term,
    tail: *const u32,
    count: usize,
) -> Term {
    // SAFETY: as in `parts`; the tail holds `count` pairs of the instruction.
    unsafe {
        let Ok(given) = Given::read(c, e, m, tail, count) else {
            return finish(c, Err(OutOfMemory));
        };
        let Some(template) = Template::of(template) else {
            set_error(c, atoms::BADARG);
            return Term::NONE;
        };
        make(c, template, &given)
    }
}

/// As [`record_new`], of the record that a tuple of module and name says: it must be loaded and
/// exported.
#[inline(never)]
pub(in crate::interp) unsafe fn record_new_external(
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
    id: Term,
    tail: *const u32,
    count: usize,
) -> Term {
    // SAFETY: as in `record_new`.
    unsafe {
        let (_, rt) = parts(c);
        let found = match id.as_tuple() {
            Some(&[module, name]) => rt.records.find(module, name),
            _ => None,
        };
        match found.and_then(Template::of) {
            Some(template) if template.is_exported() => match Given::read(c, e, m, tail, count) {
                Ok(given) => make(c, template, &given),
                Err(error) => finish(c, Err(error)),
            },
            _ => {
                set_error_tuple(c, atoms::BAD_RECORD, id);
                Term::NONE
            }
        }
    }
}

unsafe fn make(c: *mut Context, template: Template<'_>, given: &Given) -> Term {
    // SAFETY: as in `record_new`.
    unsafe {
        let (p, _) = parts(c);
        let names = template.names();
        let first = |list: &Term| list.as_cons().map_or(Term::NONE, |(value, _)| value);
        let Ok(mut values) = collect(template.defaults.iter().map(first)) else {
            return finish(c, Err(OutOfMemory));
        };
        if let Err(field) = given.put(names, &mut values) {
            set_field_error(
                c,
                atoms::BADFIELD,
                template.module(),
                template.name(),
                field,
            );
            return Term::NONE;
        }
        let unset = names
            .iter()
            .zip(&values)
            .filter(|(_, value)| **value == Term::NONE);
        if let Some((&field, _)) = unset.min_by_key(|(name, _)| name.atom_index()) {
            set_field_error(c, atoms::NOVALUE, template.module(), template.name(), field);
            return Term::NONE;
        }
        finish(c, record::record(&mut p.heap, template.definition, &values))
    }
}

/// A copy of a record with some fields changed; [`Term::NONE`] after setting the exception.
#[inline(never)]
pub(in crate::interp) unsafe fn record_update(
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
    term: Term,
    tail: *const u32,
    count: usize,
) -> Term {
    // SAFETY: as in `record_new`.
    unsafe {
        let Ok(given) = Given::read(c, e, m, tail, count) else {
            return finish(c, Err(OutOfMemory));
        };
        let (p, _) = parts(c);
        let Some(record) = term.as_record() else {
            set_error_tuple(c, atoms::BAD_RECORD, term);
            return Term::NONE;
        };
        let Ok(mut values) = collect(record.values.iter().copied()) else {
            return finish(c, Err(OutOfMemory));
        };
        if let Err(field) = given.put(record.names(), &mut values) {
            set_field_error(c, atoms::BADFIELD, record.module(), record.name(), field);
            return Term::NONE;
        }
        let definition = term.record_definition();
        finish(c, record::record(&mut p.heap, definition, &values))
    }
}

unsafe fn finish(c: *mut Context, record: Result<Term, OutOfMemory>) -> Term {
    match record {
        Ok(record) => record,
        Err(OutOfMemory) => {
            // SAFETY: the context is live.
            unsafe { set_error(c, atoms::SYSTEM_LIMIT) };
            Term::NONE
        }
    }
}
