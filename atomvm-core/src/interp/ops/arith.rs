//! Arithmetic and the built-in functions of guards.

use crate::bif::Raise;
use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Dst, Ret, Src, State, become_, op};
use crate::term::{IMMED_MASK, SMALL_BITS, TAG_SMALL, Term, Word};

#[inline(always)]
fn both_small(a: Term, b: Term) -> bool {
    a.word() & b.word() & IMMED_MASK == TAG_SMALL
}

/// Sum of two small integers, if it is small.
#[inline(always)]
fn add_small(a: Term, b: Term) -> Option<Term> {
    let sum = (a.word() as isize).checked_add((b.word() & !IMMED_MASK) as isize)?;
    Some(Term::from_word(sum as Word))
}

#[inline(always)]
fn sub_small(a: Term, b: Term) -> Option<Term> {
    let difference = (a.word() as isize).checked_sub((b.word() & !IMMED_MASK) as isize)?;
    Some(Term::from_word(difference as Word))
}

#[inline(always)]
fn mul_small(a: Term, b: Term) -> Option<Term> {
    let product = ((a.word() & !IMMED_MASK) as isize).checked_mul(b.small_value())?;
    Some(Term::from_word(product as Word | TAG_SMALL))
}

#[inline(always)]
fn div_small(a: Term, b: Term) -> Option<Term> {
    let (a, b) = (a.small_value(), b.small_value());
    // Dividing the smallest integer by -1 gives one that is no longer small.
    if b == 0 || b == -1 {
        None
    } else {
        Some(Term::small(a / b))
    }
}

#[inline(always)]
fn rem_small(a: Term, b: Term) -> Option<Term> {
    let (a, b) = (a.small_value(), b.small_value());
    if b == 0 || b == -1 {
        None
    } else {
        Some(Term::small(a % b))
    }
}

#[inline(always)]
fn band_small(a: Term, b: Term) -> Option<Term> {
    Some(Term::from_word(a.word() & b.word()))
}

#[inline(always)]
fn bor_small(a: Term, b: Term) -> Option<Term> {
    Some(Term::from_word(a.word() | b.word()))
}

#[inline(always)]
fn bxor_small(a: Term, b: Term) -> Option<Term> {
    Some(Term::from_word((a.word() ^ b.word()) | TAG_SMALL))
}

#[inline(always)]
fn bsl_small(a: Term, b: Term) -> Option<Term> {
    let (value, by) = (a.small_value(), b.small_value());
    if !(0..SMALL_BITS as isize - 1).contains(&by) {
        return None;
    }
    let shifted = value << by;
    if shifted >> by == value {
        Term::try_small(shifted)
    } else {
        None
    }
}

#[inline(always)]
fn bsr_small(a: Term, b: Term) -> Option<Term> {
    let (value, by) = (a.small_value(), b.small_value());
    if by < 0 {
        None
    } else {
        Some(Term::small(value >> by.min(Word::BITS as isize - 1)))
    }
}

/// The operation failed: goes to the guard's label, or raises.
#[inline(always)]
unsafe fn failed(s: State) -> Ret {
    // SAFETY: the label is at unit 1 of these instructions.
    unsafe {
        let fail = s.label(1);
        if fail != s.ip {
            return s.goto(fail);
        }
        slow::arith_failed(s.ip, s.c, s.e, s.h, s.m)
    }
}

macro_rules! arithmetic {
    ($name:ident, $slow_name:ident, $len:ident, $small:path, $slow:path) => {
        op! { $name<A: Src, B: Src, D: Dst> |s| {
            let (a, b) = (A::get(&s, 4), B::get(&s, 5));
            if both_small(a, b)
                && let Some(result) = $small(a, b)
            {
                D::set(&s, 6, result);
                return s.next(len::$len);
            }
            become_!(s, $slow_name::<A, B, D>)
        }}

        op! { #[cold] #[inline(never)] $slow_name<A: Src, B: Src, D: Dst> |s| {
            s.save();
            let result = $slow(s.c, A::get(&s, 4), B::get(&s, 5), s.number(3));
            if result == Term::NONE {
                if B::CONSTANT {
                    slow::hide_sum(s.c, B::get(&s, 5));
                }
                return failed(s);
            }
            s.load();
            D::set(&s, 6, result);
            s.next(len::$len)
        }}
    };
}

arithmetic!(add, add_slow, ADD, add_small, slow::add);
arithmetic!(sub, sub_slow, SUB, sub_small, slow::sub);
arithmetic!(mul, mul_slow, MUL, mul_small, slow::mul);
arithmetic!(int_div, int_div_slow, INT_DIV, div_small, slow::int_div);
arithmetic!(rem, rem_slow, REM, rem_small, slow::rem);
arithmetic!(band, band_slow, BAND, band_small, slow::band);
arithmetic!(bor, bor_slow, BOR, bor_small, slow::bor);
arithmetic!(bxor, bxor_slow, BXOR, bxor_small, slow::bxor);
arithmetic!(bsl, bsl_slow, BSL, bsl_small, slow::bsl);
arithmetic!(bsr, bsr_slow, BSR, bsr_small, slow::bsr);

op! { div |s| {
    s.save();
    let result = slow::divide(s.c, s.any(4), s.any(6), s.number(3));
    if result == Term::NONE {
        return failed(s);
    }
    s.load();
    s.set_any(8, result);
    s.next(len::DIV)
}}

op! { bnot |s| {
    s.save();
    let result = slow::bnot(s.c, s.any(4), s.number(3));
    if result == Term::NONE {
        return failed(s);
    }
    s.load();
    s.set_any(6, result);
    s.next(len::BNOT)
}}

op! { neg |s| {
    s.save();
    let result = slow::neg(s.c, s.any(4), s.number(3));
    if result == Term::NONE {
        return failed(s);
    }
    s.load();
    s.set_any(6, result);
    s.next(len::NEG)
}}

macro_rules! guard_bif {
    ($name:ident, $len:ident, live: $live:expr, args: [$($at:literal),*], none: [$($none:expr),*], target: $target:literal) => {
        op! { $name |s| {
            let export = s.export(3);
            s.save();
            let live: fn(&State) -> usize = $live;
            let result = slow::guard_bif(s.c, export, $(s.any($at),)* $($none,)* live(&s));
            if result == Term::NONE {
                // Those that keep no registers do not take long.
                if matches!((*s.c).raise, Raise::Yield) {
                    become_!(s, slow::guard_yield);
                }
                let fail = s.label(1);
                if fail != s.ip {
                    return s.goto(fail);
                }
                become_!(s, slow::guard_failed);
            }
            s.load();
            s.set_any($target, result);
            s.next(len::$len)
        }}
    };
}

const NIL: Term = Term::NIL;

guard_bif!(bif1, BIF1, live: |_| slow::NO_COLLECTION, args: [5], none: [NIL, NIL], target: 7);
guard_bif!(bif2, BIF2, live: |_| slow::NO_COLLECTION, args: [5, 7], none: [NIL], target: 9);
guard_bif!(bif3, BIF3, live: |_| slow::NO_COLLECTION, args: [5, 7, 9], none: [], target: 11);
// Unit 5 of these instructions is the number of live registers.
guard_bif!(gc_bif1, GC_BIF1, live: |s| s.number(5), args: [6], none: [NIL, NIL], target: 8);
guard_bif!(gc_bif2, GC_BIF2, live: |s| s.number(5), args: [6, 8], none: [NIL], target: 10);
guard_bif!(gc_bif3, GC_BIF3, live: |s| s.number(5), args: [6, 8, 10], none: [], target: 12);

op! { bif0 |s| {
    let export = s.export(1);
    s.save();
    let result = slow::guard_bif(s.c, export, NIL, NIL, NIL, slow::NO_COLLECTION);
    if result == Term::NONE {
        become_!(s, slow::guard_failed);
    }
    s.load();
    s.set_any(3, result);
    s.next(len::BIF0)
}}

op! { self_pid<D: Dst> |s| {
    D::set(&s, 1, (*(*s.c).p).id);
    s.next(len::SELF_PID)
}}

op! { element<A: Src, B: Src, D: Dst> |s| {
    let (index, tuple) = (B::get(&s, 6), A::get(&s, 5));
    if index.is_small() && tuple.is_tuple() {
        let i = index.small_value() as usize;
        if i.wrapping_sub(1) < tuple.header().arity() {
            D::set(&s, 7, Term::from_word(tuple.boxed_word(i)));
            return s.next(len::ELEMENT);
        }
    }
    become_!(s, element_failed::<A, B>)
}}

op! { #[cold] #[inline(never)] element_failed<A: Src, B: Src> |s| {
    let fail = s.label(1);
    if fail != s.ip {
        return s.goto(fail);
    }
    s.save();
    slow::guard_bif(s.c, s.export(3), B::get(&s, 6), A::get(&s, 5), NIL, slow::NO_COLLECTION);
    slow::guard_failed(s.ip, s.c, s.e, s.h, s.m)
}}

op! { tuple_size<A: Src, D: Dst> |s| {
    let tuple = A::get(&s, 5);
    if tuple.is_tuple() {
        D::set(&s, 6, Term::small(tuple.header().arity() as isize));
        return s.next(len::TUPLE_SIZE);
    }
    become_!(s, tuple_size_failed::<A>)
}}

op! { #[cold] #[inline(never)] tuple_size_failed<A: Src> |s| {
    let fail = s.label(1);
    if fail != s.ip {
        return s.goto(fail);
    }
    s.save();
    slow::guard_bif(s.c, s.export(3), A::get(&s, 5), NIL, NIL, slow::NO_COLLECTION);
    slow::guard_failed(s.ip, s.c, s.e, s.h, s.m)
}}
