use super::*;
use crate::term::model::{Bench, Model, pair, term};
use crate::term::order::{compare, compare_exact, equal, equal_exact};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;
use proptest::prelude::*;

/// Are the laws of the layout kept?
fn check(bench: &Bench, map: Term, expected: &BTreeMap<i64, i64>) {
    assert_eq!(size(map), expected.len());
    assert_eq!(flat_parts(map).is_some(), expected.len() <= FLAT_MAX);
    let mut found: Vec<(i64, i64)> = iter(map)
        .map(|(k, v)| (k.as_i64().unwrap(), v.as_i64().unwrap()))
        .collect();
    if let Some((keys, _)) = flat_parts(map) {
        assert!(keys.is_sorted_by(|a, b| compare_exact(&bench.atoms, *a, *b).is_lt()));
    }
    found.sort_unstable();
    assert!(found.into_iter().eq(expected.iter().map(|(&k, &v)| (k, v))));
}

#[derive(Clone, Debug)]
enum Op {
    Put(i64, i64),
    Remove(i64),
    Update(i64, i64),
    PutMany(Vec<(i64, i64)>),
    Merge(Vec<(i64, i64)>, bool),
    /// Puts all keys of a range, then removes those of another.
    Range(i64, i64, i64),
}

fn key() -> impl Strategy<Value = i64> {
    prop_oneof![0..60i64, 0..3000i64, any::<i64>()]
}

fn op() -> impl Strategy<Value = Op> {
    let pairs = || prop::collection::vec((key(), 0..9i64), 0..80);
    prop_oneof![
        6 => (key(), 0..9i64).prop_map(|(k, v)| Op::Put(k, v)),
        6 => key().prop_map(Op::Remove),
        2 => (key(), 0..9i64).prop_map(|(k, v)| Op::Update(k, v)),
        1 => pairs().prop_map(Op::PutMany),
        1 => (pairs(), any::<bool>()).prop_map(|(p, first)| Op::Merge(p, first)),
        1 => (0..1000i64, 0..1000i64, 0..500i64).prop_map(|(a, n, b)| Op::Range(a, n, b)),
    ]
}

fn int(bench: &mut Bench, value: i64) -> Term {
    bench.heap.int(value).unwrap()
}

fn pairs_of(bench: &mut Bench, pairs: &[(i64, i64)]) -> Vec<(Term, Term)> {
    let of = |&(k, v): &(i64, i64)| (int(bench, k), int(bench, v));
    pairs.iter().map(of).collect()
}

fn apply(bench: &mut Bench, map: Term, model: &mut BTreeMap<i64, i64>, op: &Op) -> Term {
    match op {
        Op::Put(k, v) => {
            model.insert(*k, *v);
            let (k, v) = (int(bench, *k), int(bench, *v));
            put(&mut bench.heap, &bench.atoms, map, k, v).unwrap()
        }
        Op::Remove(k) => {
            let expected = model.remove(k);
            let k = int(bench, *k);
            match remove(&mut bench.heap, &bench.atoms, map, k).unwrap() {
                Some((map, value)) => {
                    assert_eq!(value.as_i64(), expected);
                    map
                }
                None => {
                    assert_eq!(expected, None);
                    map
                }
            }
        }
        Op::Update(k, v) => {
            let old = model.get_mut(k);
            let (k, v_term) = (int(bench, *k), int(bench, *v));
            let new = update(&mut bench.heap, map, k, v_term).unwrap();
            assert_eq!(new.is_some(), old.is_some());
            if let Some(old) = old {
                *old = *v;
            }
            new.unwrap_or(map)
        }
        Op::PutMany(pairs) => {
            model.extend(pairs.iter().copied());
            let pairs = pairs_of(bench, pairs);
            put_many(&mut bench.heap, &bench.atoms, map, &pairs).unwrap()
        }
        Op::Merge(pairs, first) => {
            let mut other: BTreeMap<i64, i64> = pairs.iter().copied().collect();
            let pairs = pairs_of(bench, pairs);
            let other_map = bench.map(&pairs);
            let (a, b) = if *first {
                (other_map, map)
            } else {
                (map, other_map)
            };
            if *first {
                other.append(model);
                *model = other;
            } else {
                model.append(&mut other);
            }
            merge(&mut bench.heap, &bench.atoms, a, b).unwrap()
        }
        Op::Range(from, count, removed) => {
            let mut map = map;
            for k in *from..from + count {
                map = apply(bench, map, model, &Op::Put(k, 1));
            }
            for k in *from..from + removed {
                map = apply(bench, map, model, &Op::Remove(k));
            }
            map
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn behaves_as_a_sorted_map(ops in prop::collection::vec(op(), 1..60)) {
        let mut bench = Bench::new();
        let (mut map, mut model) = (empty(), BTreeMap::new());
        for op in &ops {
            map = apply(&mut bench, map, &mut model, op);
            check(&bench, map, &model);
        }
        // However a map came about, it is laid out the same.
        let pairs: Vec<(i64, i64)> = model.iter().map(|(&k, &v)| (k, v)).collect();
        let pairs = pairs_of(&mut bench, &pairs);
        let again = bench.map(&pairs);
        prop_assert!(equal_exact(map, again) && equal(map, again));
        prop_assert_eq!(hash(map), hash(again));
        prop_assert_eq!(compare(&bench.atoms, map, again), Ordering::Equal);
        for (k, v) in pairs {
            prop_assert!(get(map, k).is_some_and(|found| equal_exact(found, v)));
        }
        prop_assert!(get(map, Term::NIL).is_none());
    }

    #[test]
    fn parts_make_up_the_whole(count in 0usize..2000, step in 1usize..200) {
        let mut bench = Bench::new();
        let pairs: Vec<_> = (0..count as isize)
            .map(|i| (Term::small(i * 31), Term::small(i)))
            .collect();
        let map = bench.map(&pairs);
        let mut found = Vec::new();
        let mut from = Some(0);
        while let Some(position) = from {
            let part = chunk(map, position, step).unwrap();
            prop_assert!(!part.pairs.is_empty() || count == 0);
            found.extend(part.pairs);
            from = part.next;
        }
        let whole: Vec<_> = iter(map).collect();
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn built_in_parts_it_is_the_same(
        pairs in prop::collection::vec((key(), 0..9i64), 0..3000),
        guess in prop_oneof![Just(0usize), Just(5000), Just(1_000_000)],
    ) {
        let bench = &mut Bench::new();
        let pairs = pairs_of(bench, &pairs);
        let whole = from_pairs(&mut bench.heap, &bench.atoms, &pairs).unwrap();
        let mut builder = Builder::new(guess).unwrap();
        for &(key, value) in &pairs {
            builder.add(key, value).unwrap();
        }
        let mut count = 0;
        while let Some(part) = builder.finish_part(&mut bench.heap, &bench.atoms).unwrap() {
            count += part;
        }
        prop_assert_eq!(count, pairs.len());
        let built = builder.finish(&mut bench.heap, &bench.atoms).unwrap();
        prop_assert_eq!(size(built), size(whole));
        prop_assert!(equal_exact(built, whole));
        prop_assert!(iter(built).eq(iter(whole)));
    }

    #[test]
    fn any_term_is_a_key(models in prop::collection::vec(term(), 0..80)) {
        let mut bench = Bench::new();
        let keys: Vec<Term> = models.iter().map(|m| m.build(&mut bench)).collect();
        let mut map = empty();
        for (i, &key) in keys.iter().enumerate() {
            map = put(&mut bench.heap, &bench.atoms, map, key, Term::small(i as isize)).unwrap();
        }
        for (i, model) in models.iter().enumerate() {
            // A copy, so that words differ.
            let copy = model.build(&mut bench);
            let last = keys.iter().rposition(|&k| equal_exact(k, keys[i])).unwrap();
            prop_assert_eq!(get(map, copy), Some(Term::small(last as isize)));
        }
    }

    #[test]
    fn equality_order_and_hash_agree((a, b) in pair()) {
        let mut bench = Bench::new();
        let (s, t) = (a.build(&mut bench), b.build(&mut bench));
        let atoms = &bench.atoms;
        prop_assert_eq!(equal(s, t), compare(atoms, s, t) == Ordering::Equal);
        prop_assert_eq!(equal_exact(s, t), compare_exact(atoms, s, t) == Ordering::Equal);
        prop_assert_eq!(compare(atoms, s, t), compare(atoms, t, s).reverse());
        prop_assert_eq!(compare_exact(atoms, s, t), compare_exact(atoms, t, s).reverse());
        if equal_exact(s, t) {
            prop_assert_eq!(hash(s), hash(t));
            prop_assert!(equal(s, t));
        }
    }

    #[test]
    fn the_order_is_transitive(models in prop::collection::vec(term(), 3)) {
        let mut bench = Bench::new();
        let mut terms: Vec<Term> = models.iter().map(|m| m.build(&mut bench)).collect();
        for order in [compare, compare_exact] {
            terms.sort_by(|&a, &b| order(&bench.atoms, a, b));
            prop_assert!(order(&bench.atoms, terms[0], terms[2]).is_le());
        }
    }
}

/// Keys with one hash share a bucket.
#[test]
fn keys_with_the_same_hash_live_together() {
    let mut bench = Bench::new();
    let mut by_hash: BTreeMap<u32, i64> = BTreeMap::new();
    let mut clashes = Vec::new();
    for i in (0..400_000i64).map(|i| i.wrapping_mul(0x1e37_79b9_7f4a_7c15) >> 4) {
        let key = int(&mut bench, i);
        if let Some(other) = by_hash.insert(hash(key), i) {
            clashes.extend([other, i]);
        }
    }
    assert!(!clashes.is_empty(), "no two keys with one hash");
    let mut ops: Vec<Op> = (0..50).map(|k| Op::Put(k, 2)).collect();
    ops.extend(clashes.iter().map(|&k| Op::Put(k, 0)));
    ops.extend(clashes.iter().map(|&k| Op::Put(k, 1)));
    ops.extend(clashes.iter().map(|&k| Op::Update(k, 3)));
    ops.extend(clashes.iter().step_by(2).map(|&k| Op::Remove(k)));
    ops.extend(clashes.iter().skip(1).step_by(2).map(|&k| Op::Remove(k)));
    let (mut map, mut model) = (empty(), BTreeMap::new());
    for op in &ops {
        map = apply(&mut bench, map, &mut model, op);
        check(&bench, map, &model);
    }
    assert_eq!(size(map), 50);
}

#[test]
fn updates_share_the_keys() {
    let mut bench = Bench::new();
    let (a, b) = (bench.atom("a"), bench.atom("b"));
    let map = bench.map(&[(b, Term::small(1)), (a, Term::small(2))]);
    let other = put_many(
        &mut bench.heap,
        &bench.atoms,
        map,
        &[(a, Term::small(5)), (b, Term::small(6))],
    )
    .unwrap();
    assert_eq!(map.term_slice()[0], other.term_slice()[0]);
    assert_eq!(get(other, a), Some(Term::small(5)));
    let missing = update_many(&mut bench.heap, map, &[(Term::NIL, a)]);
    assert_eq!(missing, Err(UpdateError::MissingKey(Term::NIL)));
}

#[test]
fn depth_does_not_matter() {
    const DEPTH: usize = 1_000_000;
    let mut bench = Bench::new();
    let nest = |bench: &mut Bench, end: isize, wrap: fn(&mut Bench, Term) -> Term| {
        (0..DEPTH).fold(Term::small(end), |inner, _| wrap(bench, inner))
    };
    let wraps: [fn(&mut Bench, Term) -> Term; 4] = [
        |b, t| b.heap.cons(t, Term::NIL).unwrap(),
        |b, t| b.heap.tuple(&[t, Term::NIL]).unwrap(),
        |b, t| b.map(&[(Term::NIL, t)]),
        |b, t| b.map(&[(t, Term::NIL)]),
    ];
    for wrap in wraps {
        let (x, y, z) = (
            nest(&mut bench, 1, wrap),
            nest(&mut bench, 1, wrap),
            nest(&mut bench, 2, wrap),
        );
        assert!(equal(x, y) && equal_exact(x, y) && !equal_exact(x, z));
        assert_eq!(compare(&bench.atoms, x, y), Ordering::Equal);
        assert_eq!(compare(&bench.atoms, x, z), Ordering::Less);
        assert_eq!(hash(x), hash(y));
        let phash = crate::term::phash::phash2(&bench.atoms, x);
        assert_eq!(phash, crate::term::phash::phash2(&bench.atoms, y));
    }
}

#[test]
fn large_maps_as_keys_and_values_nest() {
    let mut bench = Bench::new();
    let deep = |bench: &mut Bench, end: isize, as_key: bool| {
        let mut term = Term::small(end);
        for _ in 0..100 {
            let mut pairs: Vec<_> = (0..40).map(|i| (Term::small(i), Term::small(i))).collect();
            pairs[7] = if as_key {
                (term, Term::NIL)
            } else {
                (Term::small(7), term)
            };
            term = bench.map(&pairs);
        }
        term
    };
    for as_key in [false, true] {
        let (x, y, z) = (
            deep(&mut bench, 1000, as_key),
            deep(&mut bench, 1000, as_key),
            deep(&mut bench, 1001, as_key),
        );
        assert_eq!(compare(&bench.atoms, x, y), Ordering::Equal);
        assert!(equal_exact(x, y) && !equal(x, z));
        assert_eq!(compare(&bench.atoms, x, z), Ordering::Less);
        assert_eq!(compare(&bench.atoms, z, x), Ordering::Greater);
    }
}

#[test]
fn models_write_themselves() {
    let model = Model::Map(alloc::vec![(Model::Atom("a".into()), Model::Float(1.5))]);
    assert_eq!(model.text(), "#{'a'=>1.50000000000000000000e0}");
}
