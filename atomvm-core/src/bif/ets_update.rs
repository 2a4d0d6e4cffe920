//! `ets`: changing parts of objects in place.

use super::ets::write;
use super::ets_objects::full;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::ets::{Kind, State, Table};
use crate::memory::fallible::{Grow, collect};
use crate::memory::{Heap, OutOfMemory, Record};
use crate::term::{Term, arith, atoms, order};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("ets", "update_counter", 3, update_counter_3),
    bif("ets", "update_counter", 4, update_counter_4),
    bif("ets", "update_element", 3, update_element_3),
    bif("ets", "update_element", 4, update_element_4),
];

/// An object that is being changed: its elements, some of them new.
struct Draft {
    elements: Vec<Term>,
    /// Places of elements that are new.
    changed: Vec<usize>,
    /// Is the object not in the table yet?
    is_new: bool,
}

impl Draft {
    /// The object with a key, or else the default one with that key.
    fn of(
        c: &Ctx<'_>,
        table: &Table,
        state: &State,
        key: Term,
        default: Option<Term>,
    ) -> Result<Option<Draft>, Raise> {
        // Whether a default would do is looked at even when it is not needed.
        let default = match default.map(Term::as_tuple) {
            None => None,
            Some(Some(elements)) if elements.len() > table.key => Some(elements),
            Some(_) => return Err(Raise::BADARG),
        };
        let found = state.lookup(&c.rt.atoms, key);
        let draft = |elements: &[Term], is_new| {
            Ok::<_, OutOfMemory>(Draft {
                elements: collect(elements.iter().copied())?,
                changed: Vec::new(),
                is_new,
            })
        };
        if let Some(record) = found.iter().next() {
            return Ok(Some(draft(record.elements(), false)?));
        }
        let Some(elements) = default else {
            return Ok(None);
        };
        let mut draft = draft(elements, true)?;
        draft.elements[table.key] = key;
        Ok(Some(draft))
    }

    fn set(&mut self, place: usize, value: Term) {
        self.elements[place] = value;
        self.changed.push_or_lose(place);
    }

    /// Puts the object into the table.
    fn store(self, c: &Ctx<'_>, table: &Table, state: &mut State, key: Term) -> Result<(), Raise> {
        if self.changed.is_empty() && !self.is_new {
            return Ok(());
        }
        if !self.is_new
            && let Some(record) = state.get_mut(&c.rt.atoms, key)
        {
            let is_word = |place: &usize| {
                self.elements[*place].is_immediate() && record.elements()[*place].is_immediate()
            };
            if self.changed.iter().all(is_word) {
                for &place in &self.changed {
                    record.set_immediate(place, self.elements[place]);
                }
                return Ok(());
            }
        }
        let own = self.elements[table.key];
        let record = Record::of_elements(&self.elements, table.hash(own), &c.rt.budget);
        let record = record.map_err(full)?;
        state.insert(&c.rt.atoms, record).map(drop).map_err(full)
    }
}

/// The place that an operation on a counter or element names, which must not be that of the key.
fn place(draft: &Draft, table: &Table, place: Term, outside: Raise) -> Result<usize, Raise> {
    let at = place.as_small().ok_or(Raise::BADARG)?;
    let at = usize::try_from(at).ok().and_then(|at| at.checked_sub(1));
    match at.filter(|at| *at < draft.elements.len()) {
        None => Err(outside),
        Some(at) if at == table.key => Err(Raise::BadArg(atoms::KEYPOS)),
        Some(at) => Ok(at),
    }
}

/// Adds to one counter; the new value.
fn add(c: &mut Ctx<'_>, table: &Table, draft: &mut Draft, operation: Term) -> BifResult {
    let (at, increment, limit) = match operation.as_tuple() {
        Some(&[at, increment]) => (at, increment, None),
        Some(&[at, increment, threshold, value]) => (at, increment, Some((threshold, value))),
        _ => return Err(Raise::BADARG),
    };
    let numbers = limit.map_or([increment; 3], |(t, v)| [increment, t, v]);
    if !at.is_integer() || !numbers.iter().all(|n| n.is_integer()) {
        return Err(Raise::BADARG);
    }
    let at = place(draft, table, at, Raise::BadArg(atoms::POSITION))?;
    let old = draft.elements[at];
    if !old.is_integer() {
        return Err(Raise::BADARG);
    }
    let mut sum = arith::add(&mut c.p.heap, old, increment)?;
    if let Some((threshold, value)) = limit {
        let zero = Term::small(0);
        let compare = |a, b| order::compare(&c.rt.atoms, a, b);
        let passes = match compare(increment, zero).is_lt() {
            true => compare(sum, threshold).is_lt(),
            false => compare(sum, threshold).is_gt(),
        };
        if passes {
            sum = value;
        }
    }
    draft.set(at, sum);
    Ok(sum)
}

fn update_counter(c: &mut Ctx<'_>, args: &[Term], default: Option<Term>) -> BifResult {
    let (key, what) = (args[1], args[2]);
    write(c, args[0], |c, table, state| {
        if !matches!(table.kind, Kind::Set | Kind::OrderedSet) {
            return Err(Raise::BadArg(atoms::TABLE_TYPE));
        }
        if let (Some(increment), None) = (what.as_small(), default)
            && let Some(value) = count(c, table, state, key, increment)
        {
            return Ok(value);
        }
        let Some(mut draft) = Draft::of(c, table, state, key, default)? else {
            return Err(Raise::BadArg(atoms::BADKEY));
        };
        let result = if what.is_list() {
            let mut results = Vec::new();
            let mut operations = what.list_iter();
            for operation in operations.by_ref() {
                results.try_push(add(c, table, &mut draft, operation)?)?;
            }
            if !operations.rest().is_nil() {
                return Err(Raise::BADARG);
            }
            c.p.heap.list(&results)?
        } else if what.is_integer() {
            let behind_key = Term::small(table.key as isize + 2);
            let operation = c.p.heap.tuple(&[behind_key, what])?;
            add(c, table, &mut draft, operation)?
        } else {
            add(c, table, &mut draft, what)?
        };
        draft.store(c, table, state, key)?;
        Ok(result)
    })
}

/// The usual case: a small counter behind the key.
fn count(
    c: &Ctx<'_>,
    table: &Table,
    state: &mut State,
    key: Term,
    increment: isize,
) -> Option<Term> {
    let record = state.get_mut(&c.rt.atoms, key)?;
    let old = record.elements().get(table.key + 1)?.as_small()?;
    let value = Term::try_small(old.checked_add(increment)?)?;
    record.set_immediate(table.key + 1, value).then_some(value)
}

fn update_counter_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    update_counter(c, args, None)
}

fn update_counter_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    update_counter(c, args, Some(args[3]))
}

fn update_element(c: &mut Ctx<'_>, args: &[Term], default: Option<Term>) -> BifResult {
    let (key, what) = (args[1], args[2]);
    write(c, args[0], |c, table, state| {
        if !matches!(table.kind, Kind::Set | Kind::OrderedSet) {
            return Err(Raise::BADARG);
        }
        let Some(mut draft) = Draft::of(c, table, state, key, default)? else {
            return Ok(atoms::FALSE);
        };
        let mut list = what.list_iter();
        let specs = match what.is_tuple() {
            true => collect([what])?,
            false => collect(list.by_ref())?,
        };
        if !what.is_tuple() && !list.rest().is_nil() {
            return Err(Raise::BADARG);
        }
        for spec in specs {
            let Some(&[at, value]) = spec.as_tuple() else {
                return Err(Raise::BADARG);
            };
            let at = place(&draft, table, at, Raise::BADARG)?;
            draft.set(at, value);
        }
        draft.store(c, table, state, key)?;
        Ok(atoms::TRUE)
    })
}

fn update_element_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    update_element(c, args, None)
}

fn update_element_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    update_element(c, args, Some(args[3]))
}
