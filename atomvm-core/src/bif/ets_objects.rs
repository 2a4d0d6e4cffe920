//! `ets`: inserting, looking up and deleting objects by their keys, and going from key to key.

use super::ets::{read, write, write_prepared};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::ets::{Kind, State, Table};
use crate::memory::fallible::{Grow, collect};
use crate::memory::{Budget, Heap, OutOfMemory, Record, copy};
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("ets", "insert", 2, insert_2),
    bif("ets", "insert_new", 2, insert_new_2),
    bif("ets", "lookup", 2, lookup_2),
    bif("ets", "lookup_element", 3, lookup_element_3),
    bif("ets", "lookup_element", 4, lookup_element_4),
    bif("ets", "member", 2, member_2),
    bif("ets", "take", 2, take_2),
    bif("ets", "delete", 2, delete_2),
    bif("ets", "delete_object", 2, delete_object_2),
    bif("ets", "first", 1, first_1),
    bif("ets", "last", 1, last_1),
    bif("ets", "next", 2, next_2),
    bif("ets", "prev", 2, prev_2),
    bif("ets", "first_lookup", 1, first_lookup_1),
    bif("ets", "last_lookup", 1, last_lookup_1),
    bif("ets", "next_lookup", 2, next_lookup_2),
    bif("ets", "prev_lookup", 2, prev_lookup_2),
    bif("ets", "slot", 2, slot_2),
];

/// The objects to insert: one, or a list.
fn objects(table: &Table, what: Term) -> Result<Vec<Term>, Raise> {
    let mut iter = what.list_iter();
    let objects = collect(iter.by_ref())?;
    let is_object = |object: &Term| table.key_of(*object).is_some();
    match iter.rest().is_nil() && objects.iter().all(is_object) {
        true => Ok(objects),
        false => Err(Raise::BADARG),
    }
}

/// A table that cannot grow: the limit of the VM, not of the process.
pub(super) fn full(_: OutOfMemory) -> Raise {
    Raise::SYSTEM_LIMIT
}

/// Objects that are inserted before others have their turn.
const MANY: usize = 2000;

fn insert_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let object = args[1];
    if object.is_tuple() {
        return insert_one(c, args[0], object);
    }
    insert_list(c, args, false)
}

/// A record that no table has yet.
struct Unplaced<'a> {
    record: Option<Record>,
    budget: &'a Budget,
}

impl Unplaced<'_> {
    fn take(mut self) -> Option<Record> {
        self.record.take()
    }
}

impl Drop for Unplaced<'_> {
    fn drop(&mut self) {
        if let Some(record) = self.record.take() {
            self.budget.refund(record.bytes());
        }
    }
}

/// Makes and frees records while others may use the table.
fn insert_one(c: &mut Ctx<'_>, name: Term, object: Term) -> BifResult {
    let budget = &c.rt.budget;
    let prepare = |table: &Table| {
        let record = |key| Record::of(object, table.hash(key), budget);
        let record = table.key_of(object).map(record).transpose().map_err(full)?;
        Ok(Unplaced { record, budget })
    };
    let replaced = write_prepared(c, name, prepare, |c, state, new| {
        let record = new.take().ok_or(Raise::BADARG)?;
        state.insert(&c.rt.atoms, record).map_err(full)
    })?;
    // What was replaced is freed now that nobody waits for it.
    drop(replaced);
    Ok(atoms::TRUE)
}

fn insert_new_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    insert_list(c, args, true)
}

fn insert_list(c: &mut Ctx<'_>, args: &[Term], only_new: bool) -> BifResult {
    let mut count = 0;
    let inserted = write(c, args[0], |c, table, state| {
        let objects = match args[1].is_tuple() {
            true => collect([args[1]])?,
            false => Vec::new(),
        };
        let objects = match objects.is_empty() {
            true => self::objects(table, args[1])?,
            false if table.key_of(args[1]).is_none() => return Err(Raise::BADARG),
            false => objects,
        };
        count = objects.len();
        c.p.reductions = c.p.reductions.saturating_add(count as u64);
        let key = |object: Term| table.key_of(object).unwrap_or(Term::NIL);
        let exists = |object: &Term| state.contains(&c.rt.atoms, key(*object));
        if only_new && objects.iter().any(exists) {
            return Ok(atoms::FALSE);
        }
        let mut records = Vec::new();
        records
            .try_reserve_exact(objects.len())
            .map_err(|_| Raise::SYSTEM_LIMIT)?;
        for object in objects {
            match table.record(object, &c.rt.budget) {
                Ok(record) => records.push(record),
                Err(OutOfMemory) => {
                    let bytes = records.iter().map(Record::bytes).sum();
                    c.rt.budget.refund(bytes);
                    return Err(Raise::SYSTEM_LIMIT);
                }
            }
        }
        if table.kind == Kind::Bag {
            // As OTP does: what comes later in the list counts as inserted earlier.
            records.reverse();
        }
        let mut records = records.into_iter();
        while let Some(record) = records.next() {
            if state.insert(&c.rt.atoms, record).is_err() {
                c.rt.budget.refund(records.map(|r| r.bytes()).sum());
                return Err(Raise::SYSTEM_LIMIT);
            }
        }
        Ok(atoms::TRUE)
    })?;
    // A list is inserted as a whole; after a long one it is the turn of others.
    if inserted == atoms::TRUE && count > MANY {
        let export = c.rt.export(atoms::ERLANG, c.rt.atoms.intern("yield")?, 0)?;
        return Err(c.p.trap_to(export, &[]));
    }
    Ok(inserted)
}

/// The objects with a key, in the order of their insertion.
fn lookup(c: &mut Ctx<'_>, state: &State, key: Term) -> Result<Term, OutOfMemory> {
    let mut list = Term::NIL;
    for record in state.lookup(&c.rt.atoms, key).iter() {
        let object = record.copy_to(&mut c.p.heap)?;
        list = c.p.heap.cons(object, list)?;
    }
    Ok(list)
}

fn lookup_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, _, state| Ok(lookup(c, state, args[1])?))
}

fn element(c: &mut Ctx<'_>, record: &Record, place: usize) -> BifResult {
    let element = record.elements().get(place).ok_or(Raise::BADARG)?;
    Ok(copy::copy(*element, copy::size(*element), &mut c.p.heap)?)
}

fn lookup_element(c: &mut Ctx<'_>, args: &[Term], default: Option<Term>) -> BifResult {
    read(c, args[0], |c, table, state| {
        let place = args[2].as_usize().and_then(|place| place.checked_sub(1));
        let place = place.ok_or(Raise::BADARG)?;
        let found = state.lookup(&c.rt.atoms, args[1]);
        let mut found = found.iter().peekable();
        if found.peek().is_none() {
            return default.ok_or(Raise::BadArg(atoms::BADKEY));
        }
        if matches!(table.kind, Kind::Set | Kind::OrderedSet) {
            return found.next().map_or(Ok(Term::NIL), |r| element(c, r, place));
        }
        let mut list = Term::NIL;
        for record in found {
            let element = element(c, record, place)?;
            list = c.p.heap.cons(element, list)?;
        }
        Ok(list)
    })
}

fn lookup_element_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    lookup_element(c, args, None)
}

fn lookup_element_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    lookup_element(c, args, Some(args[3]))
}

fn member_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, _, state| {
        Ok(Term::bool(state.contains(&c.rt.atoms, args[1])))
    })
}

fn take_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    write(c, args[0], |c, _, state| {
        let objects = lookup(c, state, args[1])?;
        state.delete(&c.rt.atoms, args[1]);
        Ok(objects)
    })
}

fn delete_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    write(c, args[0], |c, _, state| {
        state.delete(&c.rt.atoms, args[1]);
        Ok(atoms::TRUE)
    })
}

fn delete_object_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    write(c, args[0], |c, table, state| {
        let key = table.key_of(args[1]).ok_or(Raise::BADARG)?;
        state.delete_object(&c.rt.atoms, args[1], key);
        Ok(atoms::TRUE)
    })
}

/// The key of a record, or with `objects` `{Key, Objects}`.
fn at(
    c: &mut Ctx<'_>,
    table: &Table,
    state: &State,
    record: Option<&Record>,
    objects: bool,
) -> BifResult {
    let Some(record) = record else {
        return Ok(atoms::END_OF_TABLE);
    };
    let key = element(c, record, table.key)?;
    if !objects {
        return Ok(key);
    }
    let objects = lookup(c, state, key)?;
    Ok(c.p.heap.tuple(&[key, objects])?)
}

fn first_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, t, s| at(c, t, s, s.first(), false))
}

fn last_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, t, s| at(c, t, s, s.last(), false))
}

fn first_lookup_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, t, s| at(c, t, s, s.first(), true))
}

fn last_lookup_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, t, s| at(c, t, s, s.last(), true))
}

/// What stands for the end of a table is no key to go on from.
fn given_key(key: Term) -> BifResult {
    match key {
        atoms::END_OF_TABLE => Err(Raise::BADARG),
        key => Ok(key),
    }
}

fn next(c: &mut Ctx<'_>, args: &[Term], objects: bool) -> BifResult {
    read(c, args[0], |c, table, state| {
        let record = state.next(&c.rt.atoms, given_key(args[1])?);
        at(
            c,
            table,
            state,
            record.map_err(|()| Raise::BADARG)?,
            objects,
        )
    })
}

fn previous(c: &mut Ctx<'_>, args: &[Term], objects: bool) -> BifResult {
    read(c, args[0], |c, table, state| {
        let record = state.previous(&c.rt.atoms, given_key(args[1])?);
        at(
            c,
            table,
            state,
            record.map_err(|()| Raise::BADARG)?,
            objects,
        )
    })
}

fn next_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    next(c, args, false)
}

fn prev_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    previous(c, args, false)
}

fn next_lookup_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    next(c, args, true)
}

fn prev_lookup_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    previous(c, args, true)
}

/// The objects of a place of the table; their number and order is the table's own affair.
fn slot_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    read(c, args[0], |c, _, state| {
        let place = args[1].as_usize().ok_or(Raise::BADARG)?;
        let Some(records) = state.slot(&c.rt.atoms, place) else {
            return Err(Raise::BADARG);
        };
        let Some(records) = records else {
            return Ok(atoms::END_OF_TABLE);
        };
        let mut objects = Vec::new();
        for record in records {
            objects.try_push(record.copy_to(&mut c.p.heap)?)?;
        }
        Ok(c.p.heap.list(&objects)?)
    })
}
