//! Flat maps: sorted keys in a tuple that maps share, and values.

use super::{FLAT, FLAT_MAX, UpdateError, empty, flat_parts, from_entries, place};
use crate::memory::fallible::{Grow, collect, sort_by};
use crate::memory::{Heap, OutOfMemory};
use crate::term::order::{compare_exact, equal_exact};
use crate::term::{AtomTable, Header, Subtag, Term};
use alloc::vec::Vec;
use core::cmp::Ordering;

type Parts<'a> = (&'a [Term], &'a [Term]);

/// Where a key stands.
#[inline]
pub(super) fn position(keys: &[Term], key: Term) -> Option<usize> {
    let same = keys.iter().position(|&k| k == key);
    if same.is_some() || key.is_immediate() {
        return same;
    }
    keys.iter().position(|&k| equal_exact(k, key))
}

/// A map with the keys of another one, or of a tuple, and the values of some runs.
#[inline]
fn with_keys<H: Heap + ?Sized, const N: usize>(
    heap: &mut H,
    keys: Term,
    values: [&[Term]; N],
) -> Result<Term, OutOfMemory> {
    let count: usize = values.iter().map(|run| run.len()).sum();
    let header = Header::with_kind(Subtag::Map, FLAT, count + 1);
    let mut runs: [&[Term]; 4] = [&[], &[], &[], &[]];
    let keys = [keys];
    runs[0] = &keys;
    runs[1..=N].copy_from_slice(&values);
    heap.boxed_runs(header, &runs[..=N])
}

fn keys_tuple(map: Term) -> Term {
    map.term_slice()[0]
}

/// A map of sorted distinct keys, of at most [`FLAT_MAX`].
fn from_sorted<H: Heap + ?Sized>(
    heap: &mut H,
    keys: &[Term],
    values: &[Term],
) -> Result<Term, OutOfMemory> {
    if keys.is_empty() {
        return Ok(empty());
    }
    let keys = heap.tuple(keys)?;
    with_keys(heap, keys, [values])
}

/// A map of at most [`FLAT_MAX`] keys; of values for the same key the last one counts.
pub(super) fn from_pairs<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    mut pairs: Vec<(Term, Term)>,
) -> Result<Term, OutOfMemory> {
    sort_distinct(atoms, &mut pairs)?;
    let mut keys = [Term::NIL; FLAT_MAX];
    let mut values = [Term::NIL; FLAT_MAX];
    for (i, &(key, value)) in pairs.iter().enumerate() {
        (keys[i], values[i]) = (key, value);
    }
    from_sorted(heap, &keys[..pairs.len()], &values[..pairs.len()])
}

/// Sorts by keys and keeps the last of those with the same key.
fn sort_distinct(atoms: &AtomTable, pairs: &mut Vec<(Term, Term)>) -> Result<(), OutOfMemory> {
    // The sort is stable, so the last of equal ones stays the last.
    sort_by(pairs, |(a, _), (b, _)| compare_exact(atoms, *a, *b))?;
    pairs.dedup_by(|later, kept| {
        let same = equal_exact(later.0, kept.0);
        if same {
            kept.1 = later.1;
        }
        same
    });
    Ok(())
}

pub(super) fn put<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    map: Term,
    key: Term,
    value: Term,
) -> Result<Term, OutOfMemory> {
    let (keys, values) = flat_parts(map).unwrap_or_default();
    if let Some(i) = position(keys, key) {
        return replace(heap, map, values, i, value);
    }
    let size = keys.len();
    if size == FLAT_MAX {
        let old = keys.iter().zip(values).map(|(&k, &v)| (place(k), k, v));
        let entries = collect(old.chain([(place(key), key, value)]))?;
        return from_entries(heap, atoms, entries);
    }
    let at = keys.partition_point(|&k| compare_exact(atoms, k, key) == Ordering::Less);
    let (before, after) = keys.split_at(at);
    let keys = heap.boxed_runs(Header::tuple(size + 1), &[before, &[key], after])?;
    let (before, after) = values.split_at(at);
    with_keys(heap, keys, [before, &[value], after])
}

fn replace<H: Heap + ?Sized>(
    heap: &mut H,
    map: Term,
    values: &[Term],
    i: usize,
    value: Term,
) -> Result<Term, OutOfMemory> {
    if values[i] == value {
        return Ok(map);
    }
    let (before, after) = (&values[..i], &values[i + 1..]);
    with_keys(heap, keys_tuple(map), [before, &[value], after])
}

pub(super) fn update_many<H: Heap + ?Sized>(
    heap: &mut H,
    map: Term,
    (keys, values): Parts<'_>,
    pairs: &[(Term, Term)],
) -> Result<Term, UpdateError> {
    if let &[(key, value)] = pairs {
        let i = position(keys, key).ok_or(UpdateError::MissingKey(key))?;
        return Ok(replace(heap, map, values, i, value)?);
    }
    let mut new = [Term::NIL; FLAT_MAX];
    let new = &mut new[..values.len()];
    new.copy_from_slice(values);
    let mut is_changed = false;
    for &(key, value) in pairs {
        let i = position(keys, key).ok_or(UpdateError::MissingKey(key))?;
        is_changed |= values[i] != value;
        new[i] = value;
    }
    if !is_changed {
        return Ok(map);
    }
    Ok(with_keys(heap, keys_tuple(map), [new])?)
}

pub(super) fn put_many<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    map: Term,
    (keys, values): Parts<'_>,
    pairs: &[(Term, Term)],
) -> Result<Term, OutOfMemory> {
    let mut new = [Term::NIL; FLAT_MAX];
    let new = &mut new[..values.len()];
    new.copy_from_slice(values);
    let mut added: Vec<(Term, Term)> = Vec::new();
    for &(key, value) in pairs {
        match position(keys, key) {
            Some(i) => new[i] = value,
            None => added.try_push((key, value))?,
        }
    }
    if added.is_empty() {
        if new == values {
            return Ok(map);
        }
        return with_keys(heap, keys_tuple(map), [new]);
    }
    sort_distinct(atoms, &mut added)?;
    let added_keys = collect(added.iter().map(|pair| pair.0))?;
    let added_values = collect(added.iter().map(|pair| pair.1))?;
    join(heap, atoms, (keys, new), (&added_keys, &added_values))
}

/// A map of two runs of sorted keys, of which none is in both.
fn join<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    (keys_a, values_a): Parts<'_>,
    (keys_b, values_b): Parts<'_>,
) -> Result<Term, OutOfMemory> {
    let size = keys_a.len() + keys_b.len();
    if size > FLAT_MAX {
        let of = |(&key, &value): (&Term, &Term)| (place(key), key, value);
        let a = keys_a.iter().zip(values_a).map(of);
        let b = keys_b.iter().zip(values_b).map(of);
        return from_entries(heap, atoms, collect(a.chain(b))?);
    }
    let (mut keys, mut values) = ([Term::NIL; FLAT_MAX], [Term::NIL; FLAT_MAX]);
    let (mut a, mut b) = (0, 0);
    for at in 0..size {
        let from_a = b == keys_b.len()
            || (a < keys_a.len() && compare_exact(atoms, keys_a[a], keys_b[b]) == Ordering::Less);
        if from_a {
            (keys[at], values[at]) = (keys_a[a], values_a[a]);
            a += 1;
        } else {
            (keys[at], values[at]) = (keys_b[b], values_b[b]);
            b += 1;
        }
    }
    from_sorted(heap, &keys[..size], &values[..size])
}

/// Both maps' keys, the second one's values first.
pub(super) fn merge<H: Heap + ?Sized>(
    heap: &mut H,
    atoms: &AtomTable,
    (first, a): (Term, Parts<'_>),
    (second, b): (Term, Parts<'_>),
) -> Result<Term, OutOfMemory> {
    if keys_tuple(first) == keys_tuple(second) {
        return Ok(second);
    }
    if a.0.len() >= b.0.len() {
        let pairs = collect(b.0.iter().copied().zip(b.1.iter().copied()))?;
        return put_many(heap, atoms, first, a, &pairs);
    }
    let missing = |&(k, _): &(&Term, &Term)| position(b.0, *k).is_none();
    let keys = collect(a.0.iter().zip(a.1).filter(missing).map(|(&k, _)| k))?;
    let values = collect(a.0.iter().zip(a.1).filter(missing).map(|(_, &v)| v))?;
    if keys.is_empty() {
        return Ok(second);
    }
    join(heap, atoms, (&keys, &values), b)
}

pub(super) fn remove<H: Heap + ?Sized>(
    heap: &mut H,
    map: Term,
    key: Term,
) -> Result<Option<(Term, Term)>, OutOfMemory> {
    let (keys, values) = flat_parts(map).unwrap_or_default();
    let Some(at) = position(keys, key) else {
        return Ok(None);
    };
    let value = values[at];
    if keys.len() == 1 {
        return Ok(Some((empty(), value)));
    }
    let (before, after) = (&keys[..at], &keys[at + 1..]);
    let keys = heap.boxed_runs(Header::tuple(keys.len() - 1), &[before, after])?;
    let (before, after) = (&values[..at], &values[at + 1..]);
    let map = with_keys(heap, keys, [before, after])?;
    Ok(Some((map, value)))
}
