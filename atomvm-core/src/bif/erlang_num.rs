//! `erlang`: arithmetic, comparison and logic as functions, and conversions between numbers.

use super::{Bif, BifResult, Raise, bif};
use crate::memory::Heap;
use crate::term::number::{Number, to_float, whole_to_int};
use crate::term::{Term, arith, order};
use core::cmp::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "+", 2, |c, a| {
        arith::add(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "-", 2, |c, a| {
        arith::sub(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "*", 2, |c, a| {
        arith::mul(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "/", 2, |c, a| {
        arith::div_float(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "div", 2, |c, a| {
        arith::int_div(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "rem", 2, |c, a| {
        arith::rem(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "band", 2, |c, a| {
        arith::band(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "bor", 2, |c, a| {
        arith::bor(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "bxor", 2, |c, a| {
        arith::bxor(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "bsl", 2, |c, a| {
        arith::bsl(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "bsr", 2, |c, a| {
        arith::bsr(&mut c.p.heap, a[0], a[1])
    }),
    bif("erlang", "bnot", 1, |c, a| arith::bnot(&mut c.p.heap, a[0])),
    bif("erlang", "-", 1, |c, a| arith::neg(&mut c.p.heap, a[0])),
    bif("erlang", "+", 1, |_, a| plus(a[0])),
    bif("erlang", "abs", 1, |c, a| arith::abs(&mut c.p.heap, a[0])),
    bif("erlang", "float", 1, |c, a| float(&mut c.p.heap, a[0])),
    bif("erlang", "trunc", 1, |c, a| {
        to_integer(&mut c.p.heap, a[0], libm::trunc)
    }),
    bif("erlang", "round", 1, |c, a| {
        to_integer(&mut c.p.heap, a[0], libm::round)
    }),
    bif("erlang", "ceil", 1, |c, a| {
        to_integer(&mut c.p.heap, a[0], libm::ceil)
    }),
    bif("erlang", "floor", 1, |c, a| {
        to_integer(&mut c.p.heap, a[0], libm::floor)
    }),
    bif("erlang", "=:=", 2, |_, a| {
        Ok(Term::bool(order::equal_exact(a[0], a[1])))
    }),
    bif("erlang", "=/=", 2, |_, a| {
        Ok(Term::bool(!order::equal_exact(a[0], a[1])))
    }),
    bif("erlang", "==", 2, |_, a| {
        Ok(Term::bool(order::equal(a[0], a[1])))
    }),
    bif("erlang", "/=", 2, |_, a| {
        Ok(Term::bool(!order::equal(a[0], a[1])))
    }),
    bif("erlang", "<", 2, |c, a| {
        Ok(Term::bool(order::compare(&c.rt.atoms, a[0], a[1]).is_lt()))
    }),
    bif("erlang", "=<", 2, |c, a| {
        Ok(Term::bool(order::compare(&c.rt.atoms, a[0], a[1]).is_le()))
    }),
    bif("erlang", ">", 2, |c, a| {
        Ok(Term::bool(order::compare(&c.rt.atoms, a[0], a[1]).is_gt()))
    }),
    bif("erlang", ">=", 2, |c, a| {
        Ok(Term::bool(order::compare(&c.rt.atoms, a[0], a[1]).is_ge()))
    }),
    bif("erlang", "max", 2, |c, a| {
        Ok(max(order::compare(&c.rt.atoms, a[0], a[1]), a))
    }),
    bif("erlang", "min", 2, |c, a| {
        Ok(min(order::compare(&c.rt.atoms, a[0], a[1]), a))
    }),
    bif("erlang", "and", 2, |_, a| logic(a, |x, y| x & y)),
    bif("erlang", "or", 2, |_, a| logic(a, |x, y| x | y)),
    bif("erlang", "xor", 2, |_, a| logic(a, |x, y| x ^ y)),
    bif("erlang", "not", 1, |_, a| not(a[0])),
];

/// `+ A`: the number itself.
fn plus(a: Term) -> BifResult {
    if a.is_number() {
        Ok(a)
    } else {
        Err(Raise::BADARITH)
    }
}

/// `float(A)`; an integer too large is a `badarg`.
pub(crate) fn float<H: Heap + ?Sized>(heap: &mut H, a: Term) -> BifResult {
    if a.is_float() {
        return Ok(a);
    }
    Ok(heap.float(to_float(a).ok_or(Raise::BADARG)?)?)
}

/// A number as an integer, rounded by `round` if it is a float.
pub(crate) fn to_integer<H: Heap + ?Sized>(
    heap: &mut H,
    a: Term,
    round: fn(f64) -> f64,
) -> BifResult {
    match a.as_number().ok_or(Raise::BADARG)? {
        Number::Int(_) => Ok(a),
        Number::Float(f) => Ok(whole_to_int(heap, round(f))?),
    }
}

/// The larger; the first of equal ones.
fn max(order: Ordering, args: &[Term]) -> Term {
    if order.is_lt() { args[1] } else { args[0] }
}

/// The smaller; the first of equal ones.
fn min(order: Ordering, args: &[Term]) -> Term {
    if order.is_gt() { args[1] } else { args[0] }
}

fn logic(args: &[Term], op: fn(bool, bool) -> bool) -> BifResult {
    match (args[0].as_bool(), args[1].as_bool()) {
        (Some(a), Some(b)) => Ok(Term::bool(op(a, b))),
        _ => Err(Raise::BADARG),
    }
}

fn not(a: Term) -> BifResult {
    a.as_bool()
        .map(|value| Term::bool(!value))
        .ok_or(Raise::BADARG)
}
