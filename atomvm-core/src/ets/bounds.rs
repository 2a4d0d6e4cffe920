//! Which part of a table a match specification is about: its heads may say what the key is, or
//! what it starts with.

use super::{Kind, Table};
use crate::matchspec::MatchSpec;
use crate::matchspec::names::{is_ground, is_open, variable};
use crate::memory::fallible::Grow;
use crate::term::order::compare;
use crate::term::{AtomTable, Term, atoms};
use alloc::vec::Vec;
use core::cmp::Ordering::{self, Equal};

/// A part of a table.
pub(crate) enum Bounds {
    /// All of it.
    All,
    /// The objects with these keys, which are all different, in their order in ordered tables.
    Keys(Vec<Term>),
    /// The objects of an ordered table whose keys could match this pattern.
    Prefix(Term),
}

impl Bounds {
    /// The part of the table in which the specification can match anything.
    pub(crate) fn of(spec: &MatchSpec, table: &Table, names: &AtomTable) -> Bounds {
        let mut keys: Vec<Term> = Vec::new();
        for clause in spec.clauses() {
            let head = clause.head;
            if head == atoms::UNDERSCORE || variable(names, head).is_some() {
                return Bounds::All;
            }
            let Some(key) = table.key_of(head) else {
                continue;
            };
            if !is_ground(names, key) {
                let is_compound = key.is_cons() || key.is_tuple();
                let is_only = spec.clauses().len() == 1;
                return match table.kind {
                    Kind::OrderedSet if is_compound && is_only => Bounds::Prefix(key),
                    _ => Bounds::All,
                };
            }
            if keys.len() > 100 {
                // To tell many apart costs more than to look at everything.
                return Bounds::All;
            }
            if !keys.iter().any(|other| table.is_same_key(*other, key)) {
                keys.push_or_lose(key);
            }
        }
        if table.kind == Kind::OrderedSet {
            keys.sort_unstable_by(|a, b| compare(names, *a, *b));
        }
        Bounds::Keys(keys)
    }
}

/// How a key compares to those that could match a pattern: equal if it could.
pub(crate) fn compare_to_prefix(names: &AtomTable, key: Term, pattern: Term) -> Ordering {
    let mut left: Vec<(Term, Term)> = Vec::new();
    let (mut key, mut pattern) = (key, pattern);
    loop {
        if is_open(names, pattern) {
            return Equal;
        }
        match (
            key.as_tuple(),
            pattern.as_tuple(),
            key.as_cons(),
            pattern.as_cons(),
        ) {
            (Some(a), Some(b), ..) => {
                if a.len() != b.len() {
                    return a.len().cmp(&b.len());
                }
                // As far as the elements do not nest, they need no list of what is left.
                let mut at = 0;
                while at < a.len() && !(b[at].is_tuple() || b[at].is_cons()) {
                    if is_open(names, b[at]) {
                        return Equal;
                    }
                    let order = compare(names, a[at], b[at]);
                    if order != Equal {
                        return order;
                    }
                    at += 1;
                }
                let pairs = a[at..].iter().zip(&b[at..]).rev();
                left.extend_or_lose(pairs.map(|(a, b)| (*a, *b)));
            }
            (_, _, Some((a, a_rest)), Some((b, b_rest))) => {
                left.push_or_lose((a_rest, b_rest));
                left.push_or_lose((a, b));
            }
            _ => match compare(names, key, pattern) {
                Equal => {}
                order => return order,
            },
        }
        match left.pop() {
            Some((a, b)) => (key, pattern) = (a, b),
            None => return Equal,
        }
    }
}
