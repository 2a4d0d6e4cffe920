//! The process dictionary.

use super::{Bif, BifResult, Ctx, bif};
use crate::memory::fallible::collect;
use crate::memory::{Heap, OutOfMemory};
use crate::term::order::equal_exact;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "put", 2, put_2),
    bif("erlang", "get", 0, get_0),
    bif("erlang", "get", 1, get_1),
    bif("erlang", "get_keys", 0, get_keys_0),
    bif("erlang", "get_keys", 1, get_keys_1),
    bif("erlang", "erase", 0, erase_0),
    bif("erlang", "erase", 1, erase_1),
];

fn put_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let before = c.p.dictionary.put(args[0], args[1], equal_exact)?;
    Ok(before.unwrap_or(atoms::UNDEFINED))
}

fn get_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let value = c.p.dictionary.get(args[0], equal_exact);
    Ok(value.unwrap_or(atoms::UNDEFINED))
}

/// All keys and values as a list of pairs.
pub(super) fn pairs(entries: &[(Term, Term)], heap: &mut dyn Heap) -> Result<Term, OutOfMemory> {
    let mut list = Term::NIL;
    for &(key, value) in entries {
        let pair = heap.tuple(&[key, value])?;
        list = heap.cons(pair, list)?;
    }
    Ok(list)
}

fn get_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let entries = collect(c.p.dictionary.entries().iter().copied())?;
    Ok(pairs(&entries, &mut c.p.heap)?)
}

fn get_keys_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let entries = c.p.dictionary.entries().iter().rev();
    let keys = collect(entries.map(|&(key, _)| key))?;
    Ok(c.p.heap.list(&keys)?)
}

fn get_keys_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let entries = c.p.dictionary.entries().iter().rev();
    let with_value = entries.filter(|&&(_, value)| equal_exact(value, args[0]));
    let keys = collect(with_value.map(|&(key, _)| key))?;
    Ok(c.p.heap.list(&keys)?)
}

fn erase_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let all = get_0(c, &[])?;
    c.p.dictionary.clear();
    Ok(all)
}

fn erase_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let before = c.p.dictionary.erase(args[0], equal_exact);
    Ok(before.unwrap_or(atoms::UNDEFINED))
}
