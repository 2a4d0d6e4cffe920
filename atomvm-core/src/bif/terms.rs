//! Terms of any kind: portable hashes, order, size and representation.

use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::tree::{Shared, tree_size};
use crate::memory::{Heap, copy};
use crate::term::order::compare_counting;
use crate::term::phash::{Phash, Phash2};
use crate::term::{Subtag, Term, map};
use num_bigint::BigInt;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "phash2", 1, phash2_1),
    bif("erlang", "phash2", 2, phash2_2),
    bif("erlang", "phash", 2, phash_2),
    bif("erts_internal", "cmp_term", 2, cmp_term_2),
    bif("erts_internal", "term_type", 1, term_type_1),
    bif("erts_debug", "same", 2, same_2),
    bif("erts_debug", "flat_size", 1, flat_size_1),
    bif("erts_debug", "size_shared", 1, size_shared_1),
];

/// Without a range the hash has 27 bits, so that it is a small integer everywhere.
const PHASH2_BITS: u32 = 27;

/// Parts of a term that are hashed or counted for one reduction.
const PARTS: usize = 8;

struct Hash2 {
    hash: Phash2,
    /// What the hash is less than; `None` for 2^27.
    range: Option<u64>,
}

impl Work for Hash2 {
    const PER_REDUCTION: usize = PARTS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if !self.hash.step(&c.rt.atoms, fuel.units()) {
            return Ok(None);
        }
        let hash = self.hash.hash();
        let hash = match self.range {
            Some(range) => u64::from(hash) % range,
            None => u64::from(hash) & ((1 << PHASH2_BITS) - 1),
        };
        Ok(Some(c.p.heap.uint(hash)?))
    }
}

fn phash2_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let hash = Phash2::of(args[0]);
    work::run(c, |_| Ok(Hash2 { hash, range: None }))
}

/// A range from 1 to 2^32.
fn range(term: Term) -> Result<u64, Raise> {
    let range = term.as_int().and_then(|int| int.to_u64());
    range
        .filter(|range| (1..=1 << 32).contains(range))
        .ok_or(Raise::BADARG)
}

fn phash2_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (hash, range) = (Phash2::of(args[0]), Some(range(args[1])?));
    work::run(c, |_| Ok(Hash2 { hash, range }))
}

struct OldHash {
    hash: Phash,
    range: u64,
}

impl Work for OldHash {
    const PER_REDUCTION: usize = PARTS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if !self.hash.step(&c.rt.atoms, fuel.units()) {
            return Ok(None);
        }
        let hash = u64::from(self.hash.hash()) % self.range;
        Ok(Some(c.p.heap.uint(hash + 1)?))
    }
}

fn phash_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (hash, range) = (Phash::of(args[0]), range(args[1])?);
    work::run(c, |_| Ok(OldHash { hash, range }))
}

/// -1, 0 or 1 as the first term is less than, equal to or greater than the second, in the order
/// of the keys of maps.
fn cmp_term_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut steps = 0;
    let order = compare_counting(&c.rt.atoms, args[0], args[1], true, &mut steps);
    work::charge(c, steps / PARTS);
    Ok(Term::small(order as isize))
}

/// How a term is represented, in OTP's words.
fn term_type_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = match args[0] {
        t if t.is_small() => "fixnum",
        t if t.is_atom() => "atom",
        t if t.is_nil() => "nil",
        t if t.is_cons() => "list",
        t if t.is_pid() => "pid",
        t if t.is_port() => "port",
        t => match t.subtag().ok_or(Raise::BADARG)? {
            Subtag::Tuple => "tuple",
            Subtag::Map if map::flat_parts(t).is_some() => "flatmap",
            Subtag::Map => "hashmap",
            Subtag::PosBig | Subtag::NegBig => "bignum",
            Subtag::Float => "hfloat",
            Subtag::Ref => "reference",
            Subtag::Fun => "fun",
            Subtag::ExtFun => "export",
            Subtag::HeapBin => "heap_binary",
            Subtag::RefcBin => "refc_binary",
            Subtag::SubBin | Subtag::Match => "sub_binary",
            Subtag::Record => "record",
            Subtag::ExtPid => "external_pid",
            Subtag::ExtPort => "external_port",
            Subtag::ExtRef => "external_reference",
        },
    };
    Ok(c.rt.atoms.intern(name)?)
}

fn same_2(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(args[0] == args[1]))
}

struct FlatSize {
    term: Term,
    count: copy::Size,
}

impl Work for FlatSize {
    const PER_REDUCTION: usize = PARTS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        let size = match self.count.step(usize::MAX, fuel.units()) {
            copy::Counted::More => return Ok(None),
            copy::Counted::All(size) => size as u128,
            copy::Counted::Over => tree_size(self.term).ok_or(Raise::OutOfMemory)?,
        };
        Ok(Some(c.p.heap.bigint(&BigInt::from(size))?))
    }
}

/// The words of a term, what it shares counted as often as it is met.
fn flat_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (term, count) = (args[0], copy::Size::of(args[0]));
    work::run(c, |_| Ok(FlatSize { term, count }))
}

struct SharedSize(Shared);

impl Work for SharedSize {
    const PER_REDUCTION: usize = 1;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        let heap = &c.p.heap;
        match self.0.step(fuel.units(), |term| heap.holds(term)) {
            Some(true) => Ok(Some(c.p.heap.uint(self.0.size() as u64)?)),
            Some(false) => Ok(None),
            None => Err(Raise::OutOfMemory),
        }
    }
}

/// The words of a term, each of its parts counted once. Literals, and what else lies outside of the
/// heap, do not count.
fn size_shared_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let shared = Shared::of(args[0]);
    work::run(c, |_| Ok(SharedSize(shared)))
}
