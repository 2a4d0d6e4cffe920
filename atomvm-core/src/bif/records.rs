//! Module `records` of OTP 29: making and looking at native records.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::records::Template;
use crate::memory::Heap;
use crate::memory::fallible::{collect, with_room};
use crate::term::record::{self, MAX_FIELDS};
use crate::term::{Record, Term, atoms, map};

pub(super) const TABLE: &[Bif] = &[
    bif("records", "create", 4, create_4),
    bif("records", "get", 2, get_2),
    bif("records", "get_definition", 2, get_definition_2),
    bif("records", "get_field_names", 1, get_field_names_1),
    bif("records", "get_module", 1, get_module_1),
    bif("records", "get_name", 1, get_name_1),
    bif("records", "is_exported", 1, is_exported_1),
    bif("records", "update", 4, update_4),
];

fn record(term: Term) -> Result<Record<'static>, Raise> {
    term.as_record().ok_or(Raise::BADARG)
}

/// `error:{Tag,Value}`
fn error(c: &mut Ctx<'_>, tag: Term, value: Term) -> Raise {
    match c.p.heap.tuple(&[tag, value]) {
        Ok(reason) => Raise::Error(reason),
        Err(no_memory) => no_memory.into(),
    }
}

/// `error:{badfield,{{Module,Name},Field}}`
fn bad_field(c: &mut Ctx<'_>, module: Term, name: Term, field: Term) -> Raise {
    let id = c.p.heap.tuple(&[module, name]);
    match id.and_then(|id| c.p.heap.tuple(&[id, field])) {
        Ok(value) => error(c, atoms::BADFIELD, value),
        Err(no_memory) => no_memory.into(),
    }
}

/// As [`record`], with another error.
fn checked(c: &mut Ctx<'_>, term: Term) -> Result<Record<'static>, Raise> {
    match term.as_record() {
        Some(record) => Ok(record),
        None => Err(error(c, atoms::BAD_RECORD, term)),
    }
}

fn get_2(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    record(args[1])?.get(args[0]).ok_or(Raise::BADARG)
}

fn get_module_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(record(args[0])?.module())
}

fn get_name_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(record(args[0])?.name())
}

fn get_field_names_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let record = checked(c, args[0])?;
    Ok(c.p.heap.list(record.names())?)
}

fn is_exported_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(checked(c, args[0])?.is_exported()))
}

/// What a loaded module says of a record: `{#{is_exported => Boolean}, Fields}`, each field a name
/// or a pair of name and default value.
fn get_definition_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let found = c.rt.records.find(args[0], args[1]);
    let template = found.and_then(Template::of).ok_or(Raise::BADARG)?;
    let mut fields = with_room(template.defaults.len())?;
    for (&name, default) in template.names().iter().zip(template.defaults) {
        fields.push(match default.as_cons() {
            Some((value, _)) => c.p.heap.tuple(&[name, value])?,
            None => name,
        });
    }
    let fields = c.p.heap.list(&fields)?;
    let exported = [(atoms::IS_EXPORTED, Term::bool(template.is_exported()))];
    let options = map::from_pairs(&mut c.p.heap, &c.rt.atoms, &exported)?;
    Ok(c.p.heap.tuple(&[options, fields])?)
}

/// `create(Module, Name, Fields, Options)`: a record whose definition is made up.
fn create_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [module, name, fields, options] = *args else {
        return Err(Raise::BADARG);
    };
    if !(module.is_atom() && name.is_atom()) {
        return Err(error(c, atoms::BAD_RECORD, name));
    }
    if !options.is_map() {
        return Err(error(c, atoms::BADMAP, options));
    }
    let exported = map::get(options, atoms::IS_EXPORTED).and_then(Term::as_bool);
    let is_exported = exported
        .filter(|_| map::size(options) == 1)
        .ok_or(Raise::BADARG)?;
    let count = fields.list_len().ok_or(Raise::BADARG)?;
    if count > MAX_FIELDS {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let (mut names, mut values) = (with_room(count)?, with_room(count)?);
    for field in fields.list_iter() {
        let Some(&[field, value]) = field.as_tuple() else {
            return Err(Raise::BADARG);
        };
        if !field.is_atom() {
            return Err(bad_field(c, module, name, field));
        }
        names.push(field);
        values.push(value);
    }
    let mut sorted = collect(names.iter().copied())?;
    sorted.sort_unstable_by_key(|name| name.atom_index());
    if sorted.windows(2).any(|two| two[0] == two[1]) {
        return Err(Raise::BADARG);
    }
    let heap = &mut c.p.heap;
    let definition = record::definition(heap, (module, name), is_exported, names.into_iter())?;
    Ok(record::record(heap, definition, &values)?)
}

/// `update(Record, Module, Name, Fields)`: a copy with some fields changed. With `_` as the name,
/// module and name do not matter.
fn update_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [term, module, name, fields] = *args else {
        return Err(Raise::BADARG);
    };
    let record = checked(c, term)?;
    if name != atoms::UNDERSCORE && (record.module() != module || record.name() != name) {
        return Err(error(c, atoms::BAD_RECORD, name));
    }
    if !fields.is_map() {
        return Err(error(c, atoms::BADMAP, fields));
    }
    if map::size(fields) == 0 {
        return Ok(term);
    }
    let mut values = collect(record.values.iter().copied())?;
    for (field, value) in map::iter(fields) {
        match record.position(field) {
            Some(i) => values[i] = value,
            None => return Err(bad_field(c, record.module(), record.name(), field)),
        }
    }
    let definition = term.record_definition();
    Ok(record::record(&mut c.p.heap, definition, &values)?)
}
