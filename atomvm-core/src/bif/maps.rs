//! `maps`, and what `erlang` and `erts_internal` have for maps.

use super::maps_long::{COUNTED, List, Make, PAIRS, PutAll, SHORT, Source};
use super::{Bif, BifResult, Ctx, Raise, bif, work};
use crate::memory::fallible::{boxed, with_room};
use crate::memory::{Heap, OutOfMemory};
use crate::term::construct::list_of;
use crate::term::map::{self, Chunk};
use crate::term::pairs::Pairs;
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "map_size", 1, map_size_1),
    bif("erlang", "map_get", 2, get_2),
    bif("erlang", "is_map_key", 2, is_key_2),
    bif("maps", "get", 2, get_2),
    bif("maps", "find", 2, find_2),
    bif("maps", "is_key", 2, is_key_2),
    bif("maps", "from_list", 1, from_list_1),
    bif("maps", "from_keys", 2, from_keys_2),
    bif("maps", "keys", 1, keys_1),
    bif("maps", "values", 1, values_1),
    bif("maps", "merge", 2, merge_2),
    bif("maps", "put", 3, put_3),
    bif("maps", "remove", 2, remove_2),
    bif("maps", "take", 2, take_2),
    bif("maps", "update", 3, update_3),
    bif("erts_internal", "map_next", 3, map_next_3),
    bif("erts_internal", "mc_iterator", 1, mc_iterator_1),
    bif("erts_internal", "mc_refill", 1, mc_refill_1),
    bif("erts_internal", "map_to_tuple_keys", 1, map_to_tuple_keys_1),
];

/// Keys that `maps:next/1` gets at once from a large map.
const STEP: usize = 32;

fn with(c: &mut Ctx<'_>, tag: Term, term: Term) -> Raise {
    match c.p.heap.tuple(&[tag, term]) {
        Ok(reason) => Raise::Error(reason),
        Err(OutOfMemory) => Raise::OutOfMemory,
    }
}

fn map_of(c: &mut Ctx<'_>, term: Term) -> Result<Term, Raise> {
    if term.is_map() {
        Ok(term)
    } else {
        Err(with(c, atoms::BADMAP, term))
    }
}

fn map_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[0])?;
    Ok(c.p.heap.uint(map::size(map) as u64)?)
}

fn get_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[1])?;
    match map::get(map, args[0]) {
        Some(value) => Ok(value),
        None => Err(with(c, atoms::BADKEY, args[0])),
    }
}

fn find_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[1])?;
    match map::get(map, args[0]) {
        Some(value) => Ok(c.p.heap.tuple(&[atoms::OK, value])?),
        None => Ok(atoms::ERROR),
    }
}

fn is_key_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[1])?;
    Ok(Term::bool(map::contains(map, args[0])))
}

fn from_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let list = args[0];
    if c.p.has_work() {
        return work::run(c, |_| Make::new(Source::Pairs(list), 0));
    }
    let count = list.list_iter().take(COUNTED).count();
    work::charge(c, count.min(SHORT) / PAIRS);
    if count > SHORT {
        return work::run(c, |_| Make::new(Source::Pairs(list), count));
    }
    let mut pairs = room(count)?;
    let mut iter = list.list_iter();
    for element in iter.by_ref() {
        match element.as_tuple() {
            Some(&[key, value]) => pairs.push((key, value)),
            _ => return Err(Raise::BADARG),
        }
    }
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    Ok(map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs)?)
}

fn from_keys_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [list, value] = [args[0], args[1]];
    if c.p.has_work() {
        return work::run(c, |_| Make::new(Source::Keys(list, value), 0));
    }
    let count = list.list_iter().take(COUNTED).count();
    work::charge(c, count.min(SHORT) / PAIRS);
    if count > SHORT {
        return work::run(c, |_| Make::new(Source::Keys(list, value), count));
    }
    let count = list.list_len().ok_or(Raise::BADARG)?;
    let mut pairs = room(count)?;
    pairs.extend(list.list_iter().map(|key| (key, value)));
    Ok(map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs)?)
}

fn room<T>(count: usize) -> Result<Vec<T>, Raise> {
    let mut items = Vec::new();
    match items.try_reserve_exact(count) {
        Ok(()) => Ok(items),
        Err(_) => Err(Raise::OutOfMemory),
    }
}

fn keys_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[0])?;
    if map::size(map) > SHORT {
        return work::run(c, |_| Ok(List::of(map, |(key, _)| key)));
    }
    work::charge(c, map::size(map) / PAIRS);
    Ok(map::keys(&mut c.p.heap, map)?)
}

fn values_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[0])?;
    if map::size(map) > SHORT {
        return work::run(c, |_| Ok(List::of(map, |(_, value)| value)));
    }
    work::charge(c, map::size(map) / PAIRS);
    Ok(map::values(&mut c.p.heap, map)?)
}

fn merge_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (first, second) = (map_of(c, args[0])?, map_of(c, args[1])?);
    let (a, b) = (map::size(first), map::size(second));
    let (small, large) = (a.min(b), a.max(b));
    if small <= SHORT || first == second {
        work::charge(c, small / PAIRS);
        return Ok(map::merge(&mut c.p.heap, &c.rt.atoms, first, second)?);
    }
    if small > large / 4 {
        return work::run(c, |_| {
            let maps = boxed([map::iter(first), map::iter(second)])?;
            Make::new(Source::Maps(maps), a + b)
        });
    }
    let keeps = b > a;
    let (map, from) = if keeps {
        (second, first)
    } else {
        (first, second)
    };
    let from = || map::iter(from);
    work::run(c, |_| {
        Ok(PutAll {
            map,
            from: from(),
            keeps,
        })
    })
}

fn put_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[2])?;
    let heap = &mut c.p.heap;
    Ok(map::put(heap, &c.rt.atoms, map, args[0], args[1])?)
}

fn remove_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[1])?;
    let removed = map::remove(&mut c.p.heap, &c.rt.atoms, map, args[0])?;
    Ok(removed.map_or(map, |(rest, _)| rest))
}

fn take_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[1])?;
    match map::remove(&mut c.p.heap, &c.rt.atoms, map, args[0])? {
        Some((rest, value)) => Ok(c.p.heap.tuple(&[value, rest])?),
        None => Ok(atoms::ERROR),
    }
}

fn update_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[2])?;
    match map::update(&mut c.p.heap, map, args[0], args[1])? {
        Some(map) => Ok(map),
        None => Err(with(c, atoms::BADKEY, args[0])),
    }
}

/// The tuple of the keys of a flat map.
fn map_to_tuple_keys_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let map = map_of(c, args[0])?;
    let (keys, _) = map::flat_parts(map).ok_or(Raise::BADARG)?;
    Ok(c.p.heap.tuple(keys)?)
}

/// Keys and values from a position on: all of them in front of a list, or, for `iterator`, some
/// in a chain of `{Key, Value, Rest}` that ends in `none` or in `[Position | Map]`. In place of a
/// position may stand the list of the keys that are to come.
fn map_next_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [from, map, to] = [args[0], args[1], args[2]];
    if !map.is_map() || !(to == atoms::ITERATOR || to.is_list()) {
        return Err(Raise::BADARG);
    }
    if to == atoms::ITERATOR {
        return if from.is_list() {
            next_keys(c, from, map)
        } else {
            next_pairs(c, from, map)
        };
    }
    let position = position(from, map)?;
    let heap = &mut c.p.heap;
    if position == 0 {
        return all_pairs(heap, map, to);
    }
    let part = map::chunk(map, position, usize::MAX)?;
    let pairs = part.pairs.into_iter().rev();
    Ok(pair_list(heap, pairs.len(), pairs, to)?)
}

/// What a generator over a map or an iterator calls first: the chain of `map_next/3`, or `[]` for
/// what is neither, of which the comprehension then makes its error.
fn mc_iterator_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let of = args[0];
    if of.is_map() {
        return next_pairs(c, Term::small(0), of);
    }
    let is_rest = |rest: Term| {
        rest == atoms::NONE || rest.is_cons() || rest.as_tuple().is_some_and(|t| t.len() == 3)
    };
    match (of.as_cons(), of.as_tuple()) {
        (Some((_, map)), _) if map.is_map() => mc_refill_1(c, args),
        (_, Some(&[_, _, rest])) if is_rest(rest) => Ok(of),
        _ if of == atoms::NONE => Ok(of),
        _ => Ok(Term::NIL),
    }
}

/// What a generator calls at the end of a chain that goes on.
fn mc_refill_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (from, map) = args[0]
        .as_cons()
        .ok_or(Raise::Error(atoms::FUNCTION_CLAUSE))?;
    map_next_3(c, &[from, map, atoms::ITERATOR])
}

/// Where to go on in a map; a small one is always gone through as a whole.
fn position(from: Term, map: Term) -> Result<u64, Raise> {
    let position = from.as_int().and_then(|at| at.to_u64());
    let position = position.ok_or(Raise::BADARG)?;
    match map::flat_parts(map) {
        Some((keys, _)) if position > keys.len() as u64 => Err(Raise::BADARG),
        Some(_) => Ok(0),
        None if position > u32::MAX.into() => Err(Raise::BADARG),
        None => Ok(position),
    }
}

fn all_pairs<H: Heap + ?Sized>(heap: &mut H, map: Term, tail: Term) -> BifResult {
    let pairs = Pairs::as_listed(map)?;
    Ok(pair_list(heap, map::size(map), pairs, tail)?)
}

fn pair_list<H: Heap + ?Sized>(
    heap: &mut H,
    count: usize,
    pairs: impl IntoIterator<Item = (Term, Term)>,
    tail: Term,
) -> Result<Term, OutOfMemory> {
    let mut tuples = Vec::new();
    tuples.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    for (key, value) in pairs {
        tuples.push(heap.tuple(&[key, value])?);
    }
    list_of(heap, tuples.len(), tuples, tail)
}

fn next_pairs(c: &mut Ctx<'_>, from: Term, map: Term) -> BifResult {
    let from = position(from, map)?;
    let heap = &mut c.p.heap;
    let Chunk { pairs, next } = map::chunk(map, from, STEP)?;
    let rest = match next {
        Some(next) => {
            let next = heap.uint(next)?;
            heap.cons(next, map)?
        }
        None => atoms::NONE,
    };
    Ok(chain(heap, &pairs, rest)?)
}

/// As [`next_pairs`], for an ordered iterator.
fn next_keys(c: &mut Ctx<'_>, keys: Term, map: Term) -> BifResult {
    let mut iter = keys.list_iter();
    let mut pairs = with_room(STEP)?;
    for key in iter.by_ref().take(STEP) {
        pairs.push((key, map::get(map, key).ok_or(Raise::BADARG)?));
    }
    let heap = &mut c.p.heap;
    let rest = match iter.rest() {
        rest if rest.is_nil() => atoms::NONE,
        rest if rest.is_cons() => heap.cons(rest, map)?,
        _ => return Err(Raise::BADARG),
    };
    Ok(chain(heap, &pairs, rest)?)
}

fn chain<H: Heap + ?Sized>(
    heap: &mut H,
    pairs: &[(Term, Term)],
    rest: Term,
) -> Result<Term, OutOfMemory> {
    let link = |rest, &(key, value): &(Term, Term)| heap.tuple(&[key, value, rest]);
    pairs.iter().rev().try_fold(rest, link)
}

#[cfg(test)]
#[path = "maps_tests.rs"]
mod tests;
