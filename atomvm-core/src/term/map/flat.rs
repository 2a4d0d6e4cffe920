//! Flat maps: sorted keys in a tuple that maps share, and values.

use super::{FLAT, FLAT_MAX, UpdateError, empty, flat_parts, from_entries, place};
use crate::memory::fallible::collect;
use crate::memory::{Heap, OutOfMemory};
use crate::term::order::{compare_exact, equal_exact};
use crate::term::{AtomTable, Header, Subtag, Term};
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
    pairs: impl Iterator<Item = (Term, Term)>,
) -> Result<Term, OutOfMemory> {
    let mut sorted = Sorted::new();
    for (key, value) in pairs {
        sorted.put(atoms, key, value);
    }
    let (keys, values) = sorted.parts();
    from_sorted(heap, keys, values)
}

/// At most [`FLAT_MAX`] distinct keys in their order, and their values.
struct Sorted {
    keys: [Term; FLAT_MAX],
    values: [Term; FLAT_MAX],
    len: usize,
}

impl Sorted {
    fn new() -> Sorted {
        Sorted {
            keys: [Term::NIL; FLAT_MAX],
            values: [Term::NIL; FLAT_MAX],
            len: 0,
        }
    }

    fn parts(&self) -> Parts<'_> {
        (&self.keys[..self.len], &self.values[..self.len])
    }

    /// Puts a key in, for which there must be room, in place of the same one. Most come in order.
    fn put(&mut self, atoms: &AtomTable, key: Term, value: Term) {
        let mut at = self.len;
        while at > 0 {
            match compare_exact(atoms, self.keys[at - 1], key) {
                Ordering::Less => break,
                Ordering::Equal => {
                    self.values[at - 1] = value;
                    return;
                }
                Ordering::Greater => at -= 1,
            }
        }
        self.keys.copy_within(at..self.len, at + 1);
        self.values.copy_within(at..self.len, at + 1);
        (self.keys[at], self.values[at]) = (key, value);
        self.len += 1;
    }
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

/// The map with at most [`FLAT_MAX`] pairs put in.
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
    let mut added = None;
    for &(key, value) in pairs {
        match position(keys, key) {
            Some(i) => new[i] = value,
            None => added.get_or_insert_with(Sorted::new).put(atoms, key, value),
        }
    }
    let Some(added) = added else {
        if new == values {
            return Ok(map);
        }
        return with_keys(heap, keys_tuple(map), [new]);
    };
    join(heap, atoms, (keys, new), added.parts())
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
        let mut pairs = [(Term::NIL, Term::NIL); FLAT_MAX];
        for (pair, (&key, &value)) in pairs.iter_mut().zip(b.0.iter().zip(b.1)) {
            *pair = (key, value);
        }
        return put_many(heap, atoms, first, a, &pairs[..b.0.len()]);
    }
    let mut missing = Sorted::new();
    for (&key, &value) in a.0.iter().zip(a.1) {
        if position(b.0, key).is_none() {
            missing.put(atoms, key, value);
        }
    }
    if missing.len == 0 {
        return Ok(second);
    }
    join(heap, atoms, missing.parts(), b)
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
