use super::{STEP, map_next_3};
use crate::bif::{Ctx, Raise};
use crate::memory::{Heap, ProcessHeap};
use crate::platform::Platform;
use crate::process::Process;
use crate::term::{Term, atoms, map};
use crate::vm::{Limits, Runtime};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

struct Still;

impl Platform for Still {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

fn with_process(test: impl FnOnce(&mut Ctx<'_>)) {
    let rt = Runtime::new(Box::new(Still), Limits::default());
    let heap = ProcessHeap::new(1000, &rt.budget).unwrap();
    let mut p = Process::new(Term::pid(1), heap);
    test(&mut Ctx::new(&mut p, &rt));
}

fn numbers(c: &mut Ctx<'_>, count: isize) -> Term {
    let pairs: Vec<_> = (0..count)
        .map(|i| (Term::small(i), Term::small(i)))
        .collect();
    map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs).unwrap()
}

/// Follows an iterator to its end: the keys, and how often it had to ask.
fn walk(c: &mut Ctx<'_>, map: Term, from: Term) -> (Vec<Term>, usize) {
    let (mut keys, mut asked) = (Vec::new(), 0);
    let mut at = c.p.heap.cons(from, map).unwrap();
    while at != atoms::NONE {
        if let Some((from, map)) = at.as_cons() {
            asked += 1;
            at = map_next_3(c, &[from, map, atoms::ITERATOR]).unwrap();
        } else {
            let &[key, value, rest] = at.as_tuple().unwrap() else {
                panic!("no part of an iterator: {at:?}");
            };
            assert_eq!(key, value);
            keys.push(key);
            at = rest;
        }
    }
    (keys, asked)
}

#[test]
fn iterators_visit_all_keys_once() {
    with_process(|c| {
        for count in [0, 1, 32, 33, 100, 1000] {
            let map = numbers(c, count);
            let (keys, asked) = walk(c, map, Term::small(0));
            assert!(keys.iter().copied().eq(map::iter(map).map(|(key, _)| key)));
            assert!(asked <= count as usize / STEP + 1);
        }
    });
}

#[test]
fn ordered_iterators_follow_their_keys() {
    with_process(|c| {
        let map = numbers(c, 100);
        let order: Vec<Term> = (20..90).rev().map(Term::small).collect();
        let list = c.p.heap.list(&order).unwrap();
        assert_eq!(walk(c, map, list).0, order);
        let missing = c.p.heap.list(&[Term::small(100)]).unwrap();
        let result = map_next_3(c, &[missing, map, atoms::ITERATOR]);
        assert_eq!(result, Err(Raise::BADARG));
    });
}

#[test]
fn all_pairs_come_before_the_accumulator() {
    with_process(|c| {
        let map = numbers(c, 100);
        let end = c.p.heap.list(&[atoms::OK]).unwrap();
        let all = map_next_3(c, &[Term::small(0), map, end]).unwrap();
        assert_eq!(all.list_len(), Some(101));
        let pairs = all
            .list_iter()
            .take(100)
            .map(|pair| pair.as_tuple().unwrap());
        assert!(pairs.map(|pair| (pair[0], pair[1])).eq(map::iter_back(map)));
        assert_eq!(all.list_iter().last(), Some(atoms::OK));
    });
}

#[test]
fn what_is_no_position_is_refused() {
    with_process(|c| {
        let map = numbers(c, 100);
        let beyond = c.p.heap.uint(u64::MAX).unwrap();
        for from in [Term::small(-1), atoms::OK, beyond] {
            let result = map_next_3(c, &[from, map, atoms::ITERATOR]);
            assert_eq!(result, Err(Raise::BADARG));
        }
    });
}
