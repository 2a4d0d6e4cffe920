//! Terms of any kind: portable hashes, order, size and representation.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Heap, copy};
use crate::term::order::compare_exact;
use crate::term::phash::{phash, phash2};
use crate::term::{Subtag, Term, map};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "phash2", 1, phash2_1),
    bif("erlang", "phash2", 2, phash2_2),
    bif("erlang", "phash", 2, phash_2),
    bif("erts_internal", "cmp_term", 2, cmp_term_2),
    bif("erts_internal", "term_type", 1, term_type_1),
    bif("erts_debug", "same", 2, same_2),
    bif("erts_debug", "flat_size", 1, flat_size_1),
];

/// Without a range the hash has 27 bits, so that it is a small integer everywhere.
const PHASH2_BITS: u32 = 27;

fn phash2_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let hash = phash2(&c.rt.atoms, args[0]) & ((1 << PHASH2_BITS) - 1);
    Ok(Term::small(hash as isize))
}

/// A range from 1 to 2^32.
fn range(term: Term) -> Result<u64, Raise> {
    let range = term.as_int().and_then(|int| int.to_u64());
    range
        .filter(|range| (1..=1 << 32).contains(range))
        .ok_or(Raise::BADARG)
}

fn phash2_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let hash = phash2(&c.rt.atoms, args[0]) as u64 % range(args[1])?;
    Ok(c.p.heap.uint(hash)?)
}

fn phash_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let hash = phash(&c.rt.atoms, args[0]) as u64 % range(args[1])?;
    Ok(c.p.heap.uint(hash + 1)?)
}

/// -1, 0 or 1 as the first term is less than, equal to or greater than the second, in the order
/// of the keys of maps.
fn cmp_term_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let order = compare_exact(&c.rt.atoms, args[0], args[1]);
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

/// The words of a term, what it shares counted as often as it is met.
fn flat_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.p.heap.uint(copy::size(args[0]) as u64)?)
}
