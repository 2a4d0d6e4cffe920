//! `lists`, and what `erlang` has for lists.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::construct::{list_of, reversed};
use crate::term::hash::hash;
use crate::term::order::{equal, equal_exact};
use crate::term::{Term, atoms};
use alloc::vec::Vec;
use hashbrown::HashTable;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "hd", 1, hd_1),
    bif("erlang", "tl", 1, tl_1),
    bif("erlang", "length", 1, length_1),
    bif("erlang", "++", 2, append_2),
    bif("erlang", "append", 2, append_2),
    bif("erlang", "--", 2, subtract_2),
    bif("erlang", "subtract", 2, subtract_2),
    bif("lists", "member", 2, member_2),
    bif("lists", "reverse", 2, reverse_2),
    bif("lists", "keyfind", 3, keyfind_3),
    bif("lists", "keymember", 3, keymember_3),
    bif("lists", "keysearch", 3, keysearch_3),
];

fn hd_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    args[0].as_cons().map(|(head, _)| head).ok_or(Raise::BADARG)
}

fn tl_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    args[0].as_cons().map(|(_, tail)| tail).ok_or(Raise::BADARG)
}

/// The length of a proper list.
fn len(list: Term) -> Result<usize, Raise> {
    list.list_len().ok_or(Raise::BADARG)
}

fn length_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.p.heap.uint(len(args[0])? as u64)?)
}

fn append_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let len = len(args[0])?;
    Ok(list_of(&mut c.p.heap, len, args[0].list_iter(), args[1])?)
}

fn reverse_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let len = len(args[0])?;
    Ok(reversed(&mut c.p.heap, len, args[0].list_iter(), args[1])?)
}

fn subtract_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    subtract(&mut c.p.heap, args[0], args[1])
}

/// The first list without the first occurrence of each element of the second, by `=:=`.
fn subtract<H: Heap + ?Sized>(heap: &mut H, list: Term, remove: Term) -> BifResult {
    let (total, removals) = (len(list)?, len(remove)?);
    if total == 0 || removals == 0 {
        return Ok(list);
    }
    let mut bag = Bag::of(remove, removals, total);
    let mut kept: Vec<Term> = Vec::new();
    let mut rest = list;
    while let (Some((head, tail)), false) = (rest.as_cons(), bag.is_empty()) {
        if !bag.take(head) {
            kept.push(head);
        }
        rest = tail;
    }
    if kept.len() == total {
        return Ok(list);
    }
    // What follows the last removed element is shared.
    Ok(list_of(heap, kept.len(), kept.iter().copied(), rest)?)
}

/// Terms that are to be removed, some perhaps several times.
enum Bag {
    /// A few: looked through one by one.
    Few(Vec<Term>),
    /// Many: each with its count, and how many there are in all.
    Many(HashTable<(Term, usize)>, usize),
}

impl Bag {
    /// Up to this many comparisons a table does not pay.
    const FEW: usize = 64;

    fn of(list: Term, len: usize, lookups: usize) -> Bag {
        if len <= 4 || len.saturating_mul(lookups) <= Self::FEW {
            return Bag::Few(list.list_iter().collect());
        }
        let mut table: HashTable<(Term, usize)> = HashTable::with_capacity(len);
        for term in list.list_iter() {
            let entry = table.entry(
                hash(term) as u64 * SPREAD,
                |&(t, _)| equal_exact(t, term),
                |&(t, _)| hash(t) as u64 * SPREAD,
            );
            entry.or_insert((term, 0)).get_mut().1 += 1;
        }
        Bag::Many(table, len)
    }

    fn is_empty(&self) -> bool {
        match self {
            Bag::Few(terms) => terms.is_empty(),
            Bag::Many(_, left) => *left == 0,
        }
    }

    /// Takes out one occurrence of a term, if there is one.
    fn take(&mut self, term: Term) -> bool {
        match self {
            Bag::Few(terms) => {
                let at = terms.iter().position(|&t| equal_exact(t, term));
                at.map(|at| terms.swap_remove(at)).is_some()
            }
            Bag::Many(table, left) => {
                let same = |&(t, count): &(Term, usize)| count > 0 && equal_exact(t, term);
                let Some((_, count)) = table.find_mut(hash(term) as u64 * SPREAD, same) else {
                    return false;
                };
                *count -= 1;
                *left -= 1;
                true
            }
        }
    }
}

/// The table looks at the highest bits of its hash, too.
const SPREAD: u64 = 0x1_0000_0001;

fn member_2(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut iter = args[1].list_iter();
    if iter.any(|element| equal_exact(element, args[0])) {
        Ok(atoms::TRUE)
    } else if iter.rest().is_nil() {
        Ok(atoms::FALSE)
    } else {
        Err(Raise::BADARG)
    }
}

/// The first tuple in a list whose element at a position is `==` to the key.
fn find(args: &[Term]) -> Result<Option<Term>, Raise> {
    let [key, position, list] = [args[0], args[1], args[2]];
    let at = position.as_usize().and_then(|p| p.checked_sub(1));
    let at = at.ok_or(Raise::BADARG)?;
    let mut iter = list.list_iter();
    let is_it = |&tuple: &Term| {
        let element = tuple.as_tuple().and_then(|elements| elements.get(at));
        element.is_some_and(|&element| equal(element, key))
    };
    match iter.find(is_it) {
        Some(tuple) => Ok(Some(tuple)),
        None if iter.rest().is_nil() => Ok(None),
        None => Err(Raise::BADARG),
    }
}

fn keyfind_3(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(find(args)?.unwrap_or(atoms::FALSE))
}

fn keymember_3(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(find(args)?.is_some()))
}

fn keysearch_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match find(args)? {
        Some(tuple) => Ok(c.p.heap.tuple(&[atoms::VALUE, tuple])?),
        None => Ok(atoms::FALSE),
    }
}
