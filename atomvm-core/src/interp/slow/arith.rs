//! Arithmetic that small integers alone cannot do.

use super::{parts, raise_now, set_error, settle};
use crate::bif::BifResult;
use crate::interp::context::Context;
use crate::interp::stacktrace;
use crate::interp::state::Ret;
use crate::memory::ProcessHeap;
use crate::term::{Term, Word, arith, atoms};

unsafe fn finish(c: *mut Context, result: BifResult, live: usize) -> Term {
    // SAFETY: as in `settle`.
    unsafe {
        match result {
            Ok(term) => settle(c, term, live),
            Err(error) => {
                (*c).raise = error;
                Term::NONE
            }
        }
    }
}

/// Words of integers that are gone over for one reduction.
const WORDS: usize = 32;

/// Words that are multiplied with each other for one reduction.
const PRODUCTS: usize = 256;

/// Counts what an operation on long integers takes.
#[inline(always)]
unsafe fn charge(c: *mut Context, a: Term, b: Term, operator: Term) {
    if a.is_big() || b.is_big() {
        // SAFETY: the context is live.
        unsafe { charge_long(c, a, b, operator) };
    }
}

#[cold]
unsafe fn charge_long(c: *mut Context, a: Term, b: Term, operator: Term) {
    let words = |t: Term| match t.is_big() {
        true => t.header().arity(),
        false => 1,
    };
    let (a, b) = (words(a), words(b));
    let steps = match operator {
        atoms::OP_TIMES => a.saturating_mul(b) / PRODUCTS,
        atoms::OP_DIV | atoms::OP_REM => b.saturating_mul(a.saturating_sub(b)) / PRODUCTS,
        _ => (a + b) / WORDS,
    };
    // SAFETY: the context is live.
    unsafe { (*c).reds -= steps.min(1 << 30) as isize };
}

/// Does an operation, whose name and arguments go into the stack trace when it fails
/// ([`Term::NONE`]: one that OTP leaves out of it).
macro_rules! binary {
    ($name:ident, $function:path, $operator:expr) => {
        #[inline(never)]
        pub(in crate::interp) unsafe fn $name(
            c: *mut Context,
            a: Term,
            b: Term,
            live: usize,
        ) -> Term {
            // SAFETY: as in `parts`; heap and stack top are saved.
            unsafe {
                let (p, _) = parts(c);
                charge(c, a, b, $operator);
                let result = $function(&mut p.heap, a, b);
                if result.is_err() {
                    (*c).operator = $operator;
                    (*c).guard_args = [a, b, Term::NIL];
                }
                finish(c, result, live)
            }
        }
    };
}

binary!(add, arith::add::<ProcessHeap>, atoms::OP_PLUS);
binary!(sub, arith::sub::<ProcessHeap>, atoms::OP_MINUS);
binary!(mul, arith::mul::<ProcessHeap>, atoms::OP_TIMES);
binary!(int_div, arith::int_div::<ProcessHeap>, atoms::OP_DIV);
binary!(rem, arith::rem::<ProcessHeap>, atoms::OP_REM);
binary!(band, arith::band::<ProcessHeap>, atoms::OP_BAND);
binary!(bor, arith::bor::<ProcessHeap>, atoms::OP_BOR);
binary!(bxor, arith::bxor::<ProcessHeap>, atoms::OP_BXOR);
binary!(bsl, arith::bsl::<ProcessHeap>, atoms::OP_BSL);
binary!(bsr, arith::bsr::<ProcessHeap>, atoms::OP_BSR);
binary!(divide, arith::div_float::<ProcessHeap>, atoms::OP_DIVIDE);

macro_rules! unary {
    ($name:ident, $function:path, $operator:expr) => {
        #[inline(never)]
        pub(in crate::interp) unsafe fn $name(c: *mut Context, a: Term, live: usize) -> Term {
            // SAFETY: as in `parts`; heap and stack top are saved.
            unsafe {
                let (p, _) = parts(c);
                let result = $function(&mut p.heap, a);
                if result.is_err() {
                    (*c).operator = $operator;
                    (*c).guard_args = [a, Term::NONE, Term::NIL];
                }
                finish(c, result, live)
            }
        }
    };
}

unary!(bnot, arith::bnot::<ProcessHeap>, atoms::OP_BNOT);
unary!(neg, arith::neg::<ProcessHeap>, atoms::OP_MINUS);

/// Leaves the operator that failed out of the stack trace, as OTP does where an integer that stands in
/// the code is added, or one that is not negative subtracted, which is a small one with words of 64
/// bits.
pub(in crate::interp) unsafe fn hide_sum(c: *mut Context, constant: Term) {
    const SMALLEST: i64 = -(1 << 59);
    let Some(value) = constant.as_i64() else {
        return;
    };
    // SAFETY: the context is live.
    unsafe {
        let is_hidden = match (*c).operator {
            atoms::OP_PLUS => (SMALLEST..-SMALLEST).contains(&value),
            atoms::OP_MINUS => (0..-SMALLEST).contains(&value),
            _ => false,
        };
        if is_hidden {
            (*c).operator = Term::NONE;
        }
    }
}

/// Raises what an arithmetic operation asked for.
#[cold]
#[inline(never)]
pub(super) unsafe fn arith_failed_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    use crate::bif::Raise;
    // SAFETY: as for a handler.
    unsafe {
        match (*c).raise {
            Raise::Error(reason) => {
                set_error(c, reason);
                add_operator(c);
            }
            Raise::OutOfMemory => return super::die(ip, c, e, h, m),
            _ => set_error(c, atoms::BADARITH),
        }
        raise_now(ip, c, e, h, m)
    }
}

/// Puts the operator that failed first in the stack trace.
unsafe fn add_operator(c: *mut Context) {
    // SAFETY: as in `parts`.
    unsafe {
        let operator = core::mem::replace(&mut (*c).operator, Term::NONE);
        if operator == Term::NONE {
            return;
        }
        let args = (*c).guard_args;
        let count = if args[1] == Term::NONE { 1 } else { 2 };
        let (p, rt) = parts(c);
        let name = (atoms::ERLANG, operator);
        let head = stacktrace::bif_head(&mut p.heap, &rt.atoms, name, &args[..count], None);
        (*c).trace_head = head.unwrap_or(Term::NIL);
    }
}

/// Raises `badarith` for a float operation.
#[cold]
#[inline(never)]
pub(super) unsafe fn badarith_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        crate::interp::state::State { ip, c, e, h, m }.save();
        set_error(c, atoms::BADARITH);
        raise_now(ip, c, e, h, m)
    }
}

/// Converts a number to a float register; `false` when it is none, or too large.
#[inline(never)]
pub(in crate::interp) unsafe fn to_float(c: *mut Context, value: Term, register: usize) -> bool {
    let Some(float) = arith::to_float(value) else {
        return false;
    };
    // SAFETY: the verifier bounds the register.
    unsafe { (&mut (*c).fr)[register] = float };
    true
}
