//! `erlang`: tuples.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{Grow, sort_by_key};
use crate::term::Term;
use crate::term::boxed::MAX_ARITY;
use crate::term::construct::tuple_of;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "element", 2, element_2),
    bif("erlang", "setelement", 3, setelement_3),
    bif("erlang", "make_tuple", 2, make_tuple_2),
    bif("erlang", "make_tuple", 3, make_tuple_3),
    bif("erlang", "append_element", 2, append_element_2),
    bif("erlang", "insert_element", 3, insert_element_3),
    bif("erlang", "delete_element", 2, delete_element_2),
    bif("erlang", "tuple_to_list", 1, tuple_to_list_1),
    bif("erlang", "list_to_tuple", 1, list_to_tuple_1),
    bif("erlang", "tuple_size", 1, tuple_size_1),
    bif("erlang", "size", 1, size_1),
];

fn tuple<'a>(term: Term) -> Result<&'a [Term], Raise> {
    term.as_tuple().ok_or(Raise::BADARG)
}

/// A position from 1 to `max`, counted from 0.
fn place(position: Term, max: usize) -> Result<usize, Raise> {
    match position.as_usize() {
        Some(p) if p >= 1 && p <= max => Ok(p - 1),
        _ => Err(Raise::BADARG),
    }
}

fn element_2(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let elements = tuple(args[1])?;
    Ok(elements[place(args[0], elements.len())?])
}

fn setelement_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let elements = tuple(args[1])?;
    let at = place(args[0], elements.len())?;
    Ok(c.p.heap.tuple_with(elements, at, args[2])?)
}

fn arity(term: Term) -> Result<usize, Raise> {
    term.as_usize()
        .filter(|&arity| arity <= MAX_ARITY)
        .ok_or(Raise::BADARG)
}

fn make_tuple_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let arity = arity(args[0])?;
    Ok(tuple_of(
        &mut c.p.heap,
        arity,
        core::iter::repeat_n(args[1], arity),
    )?)
}

/// With a default and a list of `{Position, Value}`, of which the last counts.
fn make_tuple_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let arity = arity(args[0])?;
    let mut iter = args[2].list_iter();
    let mut given: Vec<(usize, Term)> = Vec::new();
    for element in iter.by_ref() {
        match element.as_tuple() {
            Some(&[position, value]) => given.try_push((place(position, arity)?, value))?,
            _ => return Err(Raise::BADARG),
        }
    }
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    // The sort is stable, so the last of those for a place stays the last.
    sort_by_key(&mut given, |&(at, _)| at)?;
    let mut given = given.into_iter().peekable();
    let items = (0..arity).map(|i| {
        let mut value = args[1];
        while let Some((_, new)) = given.next_if(|&(at, _)| at == i) {
            value = new;
        }
        value
    });
    Ok(tuple_of(&mut c.p.heap, arity, items)?)
}

/// A tuple with one more element, in a place counted from 0.
fn insert(c: &mut Ctx<'_>, elements: &[Term], at: usize, new: Term) -> BifResult {
    if elements.len() == MAX_ARITY {
        return Err(Raise::BADARG);
    }
    let (before, after) = elements.split_at(at);
    let items = before.iter().chain([&new]).chain(after).copied();
    Ok(tuple_of(&mut c.p.heap, elements.len() + 1, items)?)
}

fn append_element_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let elements = tuple(args[0])?;
    insert(c, elements, elements.len(), args[1])
}

fn insert_element_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let elements = tuple(args[1])?;
    let at = place(args[0], elements.len() + 1)?;
    insert(c, elements, at, args[2])
}

fn delete_element_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let elements = tuple(args[1])?;
    let at = place(args[0], elements.len())?;
    let items = elements[..at].iter().chain(&elements[at + 1..]).copied();
    Ok(tuple_of(&mut c.p.heap, elements.len() - 1, items)?)
}

fn tuple_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.p.heap.list(tuple(args[0])?)?)
}

fn list_to_tuple_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let len = args[0].list_len().ok_or(Raise::BADARG)?;
    if len > MAX_ARITY {
        return Err(Raise::BADARG);
    }
    Ok(tuple_of(&mut c.p.heap, len, args[0].list_iter())?)
}

fn tuple_size_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::small(tuple(args[0])?.len() as isize))
}

/// The arity of a tuple, or the whole bytes of a bit string.
fn size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].as_bits() {
        Some(bits) => Ok(c.p.heap.uint(bits.len as u64 / 8)?),
        None => tuple_size_1(c, args),
    }
}
