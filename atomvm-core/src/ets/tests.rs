//! Both kinds of tables against those of the standard library.

use super::Kind;
use super::chains::{Chains, key_hash};
use super::tree::Tree;
use crate::memory::{Budget, Record};
use crate::sync::Arc;
use crate::term::order::compare;
use crate::term::{AtomTable, Term};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::vec::Vec;

/// Numbers that look random.
fn numbers(seed: u64) -> impl FnMut(u64) -> isize {
    let mut state = seed;
    move |below| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((state >> 33) % below) as isize
    }
}

fn record(key: isize, value: isize, budget: &Arc<Budget>) -> Record {
    let key = Term::small(key);
    Record::of_elements(&[key, Term::small(value)], key_hash(key), budget).unwrap()
}

fn pair(record: &Record) -> (isize, isize) {
    let elements = record.elements();
    (elements[0].small_value(), elements[1].small_value())
}

#[test]
fn a_tree_is_an_ordered_map() {
    let budget = Arc::new(Budget::new(usize::MAX));
    let atoms = AtomTable::new(1000, budget.clone());
    for (seed, range) in [(1, 100), (2, 3000), (3, 1 << 26)] {
        let mut next = numbers(seed);
        let mut model = BTreeMap::new();
        let mut tree = Tree::new(0, &budget);
        for round in 0..20_000 {
            let key = if seed == 3 && round < 5000 {
                round
            } else {
                next(range)
            };
            if next(10) < if round < 12_000 { 7 } else { 2 } {
                let value = next(1000);
                tree.insert(&atoms, record(key, value, &budget)).unwrap();
                model.insert(key, value);
            } else {
                let key = *model.range(key..).next().map_or(&key, |(key, _)| key);
                let deleted = tree.delete(&atoms, Term::small(key));
                assert_eq!(deleted, model.remove(&key).is_some());
            }
            let at = next(range);
            let after = tree.after(&atoms, Term::small(at)).map(pair);
            assert_eq!(after, model.range(at + 1..).next().map(|(k, v)| (*k, *v)));
            let before = tree.before(&atoms, Term::small(at)).map(pair);
            assert_eq!(before, model.range(..at).next_back().map(|(k, v)| (*k, *v)));
            assert_eq!(tree.len(), model.len());
        }
        let mut all = Vec::new();
        let mut entries = tree.from(|_| false);
        while let Some(last) = entries.last() {
            all.extend(entries.iter().map(|entry| pair(&entry.record)));
            let key = last.key;
            entries = tree.from(|k| compare(&atoms, k, key).is_le());
        }
        assert!(all.iter().copied().eq(model.iter().map(|(k, v)| (*k, *v))));
        assert_eq!(tree.nth(&atoms, 3).map(pair), all.get(3).copied());
        while !tree.shed(100) {}
        assert_eq!((tree.len(), tree.bytes()), (0, 0));
    }
    assert_eq!(budget.used(), 0);
}

#[test]
fn chains_are_a_map() {
    let budget = Arc::new(Budget::new(usize::MAX));
    for (seed, range) in [(1, 50), (2, 4000), (3, 1 << 26)] {
        let mut next = numbers(seed);
        let mut model = HashMap::new();
        let mut chains = Chains::new(Kind::Set, 0, &budget).unwrap();
        for round in 0..20_000 {
            let key = next(range);
            let fixed = round / 1000 % 3 == 1;
            if round % 1000 == 0 && !fixed {
                chains.purge();
            }
            if next(10) < if round < 10_000 { 7 } else { 3 } {
                let value = next(1000);
                chains.insert(record(key, value, &budget), fixed);
                model.insert(key, value);
            } else {
                let deleted = chains.delete(Term::small(key), fixed, |_| true);
                assert_eq!(deleted, usize::from(model.remove(&key).is_some()));
            }
            let found = chains.get(Term::small(key)).map(pair);
            assert_eq!(found, model.get(&key).map(|value| (key, *value)));
            assert_eq!(chains.len(), model.len());
        }
        let mut met = HashSet::new();
        let mut at = chains.first_from(0);
        while let Some(record) = at {
            let (key, value) = pair(record);
            assert_eq!(model.get(&key), Some(&value));
            assert!(met.insert(key), "{key} is met twice");
            at = chains.after(Term::small(key)).unwrap();
        }
        assert_eq!(met.len(), model.len());
    }
    assert_eq!(budget.used(), 0);
}

#[test]
fn without_memory_a_tree_stays_as_it_was() {
    let budget = Arc::new(Budget::new(20_000));
    let atoms = AtomTable::new(1000, Arc::new(Budget::new(usize::MAX)));
    let mut tree = Tree::new(0, &budget);
    let mut count = 0;
    loop {
        let key = Term::small(count);
        let Ok(record) = Record::of_elements(&[key, key], 0, &budget) else {
            break;
        };
        if tree.insert(&atoms, record).is_err() {
            break;
        }
        count += 1;
    }
    assert!(count > 50 && tree.len() == count as usize);
    assert!((0..count).all(|key| tree.get(&atoms, Term::small(key)).is_some()));
    drop(tree);
    assert_eq!(budget.used(), 0);
}
