//! `lists`, and what `erlang` has for lists.

use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::build::ListBuilder;
use crate::memory::fallible::with_room;
use crate::term::construct::{list_of, reversed};
use crate::term::hash::hash;
use crate::term::order::{equal_counting, equal_exact_counting};
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

/// Cells that are gone over for one reduction.
const CELLS: usize = 32;

/// Cells that are copied together.
const BLOCK: usize = 256;

/// A walk to the end of a proper list, which counts its cells.
struct Count {
    rest: Term,
    count: usize,
}

impl Count {
    fn of(list: Term) -> Count {
        Count {
            rest: list,
            count: 0,
        }
    }

    /// Counts on; the number of cells once the end is reached.
    fn step(&mut self, fuel: &mut Fuel) -> Result<Option<usize>, Raise> {
        let (mut rest, mut count, most) = (self.rest, 0, fuel.left());
        while let Some((_, tail)) = rest.as_cons() {
            if count == most {
                break;
            }
            rest = tail;
            count += 1;
        }
        (self.rest, self.count) = (rest, self.count + count);
        fuel.burn(count);
        match rest {
            Term::NIL => Ok(Some(self.count)),
            rest if rest.is_cons() => Ok(None),
            _ => Err(Raise::BADARG),
        }
    }
}

/// How many cells there are, at most `most`.
fn cells(list: Term, most: usize) -> usize {
    list.list_iter().take(most).count()
}

struct Length(Count);

impl Work for Length {
    const PER_REDUCTION: usize = CELLS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        match self.0.step(fuel)? {
            Some(count) => Ok(Some(c.p.heap.uint(count as u64)?)),
            None => Ok(None),
        }
    }
}

fn length_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let list = args[0];
    work::run(c, |_| Ok(Length(Count::of(list))))
}

/// A copy of a list in front of another term.
struct Append {
    rest: Term,
    done: ListBuilder,
    tail: Term,
}

impl Work for Append {
    const PER_REDUCTION: usize = CELLS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        loop {
            let count = cells(self.rest, BLOCK);
            let mut iter = self.rest.list_iter();
            self.done.push_all(&mut c.p.heap, count, iter.by_ref())?;
            self.rest = iter.rest();
            if self.rest.is_nil() {
                let done = core::mem::take(&mut self.done);
                fuel.burn(count);
                return Ok(Some(done.finish(self.tail)));
            }
            if !self.rest.is_cons() {
                return Err(Raise::BADARG);
            }
            if !fuel.burn(count) {
                return Ok(None);
            }
        }
    }
}

fn append_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (rest, tail) = (args[0], args[1]);
    work::run(c, |_| {
        Ok(Append {
            rest,
            done: ListBuilder::new(),
            tail,
        })
    })
}

struct Reverse {
    rest: Term,
    done: Term,
}

impl Work for Reverse {
    const PER_REDUCTION: usize = CELLS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        loop {
            let count = cells(self.rest, BLOCK);
            let mut iter = self.rest.list_iter();
            self.done = reversed(&mut c.p.heap, count, iter.by_ref(), self.done)?;
            self.rest = iter.rest();
            let is_full = fuel.burn(count);
            if self.rest.is_nil() {
                return Ok(Some(self.done));
            }
            if !self.rest.is_cons() {
                return Err(Raise::BADARG);
            }
            if !is_full {
                return Ok(None);
            }
        }
    }
}

fn reverse_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (rest, done) = (args[0], args[1]);
    work::run(c, |_| Ok(Reverse { rest, done }))
}

/// The first list without the first occurrence of each element of the second, by `=:=`.
struct Subtract {
    list: Term,
    remove: Term,
    stage: Stage,
}

enum Stage {
    /// Both lists must be proper.
    CountList(Count),
    CountRemove(Count, usize),
    /// What is left to put into the bag.
    Fill(Term, Bag, usize),
    /// What is left to take from, and what is kept.
    Take(Term, Bag, Vec<Term>, usize),
}

impl Work for Subtract {
    const PER_REDUCTION: usize = CELLS / 2;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        loop {
            match &mut self.stage {
                Stage::CountList(count) => {
                    let Some(total) = count.step(fuel)? else {
                        return Ok(None);
                    };
                    self.stage = Stage::CountRemove(Count::of(self.remove), total);
                }
                &mut Stage::CountRemove(ref mut count, total) => {
                    let Some(removals) = count.step(fuel)? else {
                        return Ok(None);
                    };
                    if total == 0 || removals == 0 {
                        return Ok(Some(self.list));
                    }
                    self.stage = Stage::Fill(self.remove, Bag::new(removals, total)?, total);
                }
                &mut Stage::Fill(ref mut rest, ref mut bag, total) => {
                    while let Some((head, tail)) = rest.as_cons() {
                        if fuel.is_empty() {
                            return Ok(None);
                        }
                        bag.put(head, fuel)?;
                        *rest = tail;
                    }
                    let bag = core::mem::replace(bag, Bag::Few(Vec::new()));
                    self.stage = Stage::Take(self.list, bag, Vec::new(), total);
                }
                &mut Stage::Take(ref mut rest, ref mut bag, ref mut kept, total) => {
                    while let (Some((head, tail)), false) = (rest.as_cons(), bag.is_empty()) {
                        if fuel.is_empty() {
                            return Ok(None);
                        }
                        if !bag.take(head, fuel) {
                            kept.try_reserve(1).map_err(|_| Raise::OutOfMemory)?;
                            kept.push(head);
                        }
                        *rest = tail;
                    }
                    if kept.len() == total {
                        return Ok(Some(self.list));
                    }
                    // What follows the last removed element is shared.
                    let kept = kept.iter().copied();
                    return Ok(Some(list_of(&mut c.p.heap, kept.len(), kept, *rest)?));
                }
            }
        }
    }
}

fn subtract_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (list, remove) = (args[0], args[1]);
    work::run(c, |_| {
        Ok(Subtract {
            list,
            remove,
            stage: Stage::CountList(Count::of(list)),
        })
    })
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

    /// An empty bag for so many terms, to be asked so often.
    fn new(len: usize, lookups: usize) -> Result<Bag, Raise> {
        if len <= 4 || len.saturating_mul(lookups) <= Self::FEW {
            return Ok(Bag::Few(with_room(len)?));
        }
        let mut table: HashTable<(Term, usize)> = HashTable::new();
        let room = table.try_reserve(len, |&(t, _)| hash(t) as u64 * SPREAD);
        room.map_err(|_| Raise::OutOfMemory)?;
        Ok(Bag::Many(table, 0))
    }

    fn put(&mut self, term: Term, fuel: &mut Fuel) -> Result<(), Raise> {
        let mut steps = 1;
        match self {
            Bag::Few(terms) => terms.push(term),
            Bag::Many(table, left) => {
                let entry = table.entry(
                    hash(term) as u64 * SPREAD,
                    |&(t, _)| equal_exact_counting(t, term, &mut steps),
                    |&(t, _)| hash(t) as u64 * SPREAD,
                );
                entry.or_insert((term, 0)).get_mut().1 += 1;
                *left += 1;
            }
        }
        fuel.burn(steps);
        Ok(())
    }

    fn is_empty(&self) -> bool {
        match self {
            Bag::Few(terms) => terms.is_empty(),
            Bag::Many(_, left) => *left == 0,
        }
    }

    /// Takes out one occurrence of a term, if there is one.
    fn take(&mut self, term: Term, fuel: &mut Fuel) -> bool {
        let mut steps = 1;
        let taken = match self {
            Bag::Few(terms) => {
                let is_it = |&t: &Term| equal_exact_counting(t, term, &mut steps);
                let at = terms.iter().position(is_it);
                at.map(|at| terms.swap_remove(at)).is_some()
            }
            Bag::Many(table, left) => {
                let same = |&(t, count): &(Term, usize)| {
                    count > 0 && equal_exact_counting(t, term, &mut steps)
                };
                match table.find_mut(hash(term) as u64 * SPREAD, same) {
                    Some((_, count)) => {
                        *count -= 1;
                        *left -= 1;
                        true
                    }
                    None => false,
                }
            }
        };
        fuel.burn(steps);
        taken
    }
}

/// The table looks at the highest bits of its hash, too.
const SPREAD: u64 = 0x1_0000_0001;

struct Member {
    element: Term,
    rest: Term,
}

impl Work for Member {
    const PER_REDUCTION: usize = CELLS;

    fn step(&mut self, _: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        while let Some((head, tail)) = self.rest.as_cons() {
            let mut steps = 1;
            if equal_exact_counting(head, self.element, &mut steps) {
                fuel.burn(steps);
                return Ok(Some(atoms::TRUE));
            }
            self.rest = tail;
            if !fuel.burn(steps) {
                return Ok(None);
            }
        }
        match self.rest {
            Term::NIL => Ok(Some(atoms::FALSE)),
            _ => Err(Raise::BADARG),
        }
    }
}

fn member_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (element, rest) = (args[0], args[1]);
    work::run(c, |_| Ok(Member { element, rest }))
}

/// The first tuple in a list whose element at a position is `==` to the key.
struct Find {
    key: Term,
    /// The position, from 0.
    at: usize,
    rest: Term,
    /// What the function returns of it.
    found: fn(&mut Ctx<'_>, Term) -> BifResult,
}

impl Work for Find {
    const PER_REDUCTION: usize = CELLS / 2;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        while let Some((tuple, tail)) = self.rest.as_cons() {
            let mut steps = 1;
            let element = tuple.as_tuple().and_then(|elements| elements.get(self.at));
            if element.is_some_and(|&e| equal_counting(e, self.key, &mut steps)) {
                fuel.burn(steps);
                return (self.found)(c, tuple).map(Some);
            }
            self.rest = tail;
            if !fuel.burn(steps) {
                return Ok(None);
            }
        }
        match self.rest {
            Term::NIL => Ok(Some(atoms::FALSE)),
            _ => Err(Raise::BADARG),
        }
    }
}

fn find(c: &mut Ctx<'_>, args: &[Term], found: fn(&mut Ctx<'_>, Term) -> BifResult) -> BifResult {
    let [key, position, rest] = [args[0], args[1], args[2]];
    work::run(c, |_| {
        let at = position.as_usize().and_then(|p| p.checked_sub(1));
        let at = at.ok_or(Raise::BADARG)?;
        Ok(Find {
            key,
            at,
            rest,
            found,
        })
    })
}

fn keyfind_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    find(c, args, |_, tuple| Ok(tuple))
}

fn keymember_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    find(c, args, |_, _| Ok(atoms::TRUE))
}

fn keysearch_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    find(c, args, |c, tuple| {
        Ok(c.p.heap.tuple(&[atoms::VALUE, tuple])?)
    })
}
