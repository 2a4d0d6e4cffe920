//! Arithmetic that small integers alone cannot do.

use super::{parts, raise, set_error, settle};
use crate::bif::BifResult;
use crate::interp::context::Context;
use crate::interp::state::Ret;
use crate::memory::{Heap, ProcessHeap};
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

macro_rules! binary {
    ($name:ident, $function:path) => {
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
                let result = $function(&mut p.heap, a, b);
                finish(c, result, live)
            }
        }
    };
}

binary!(add, arith::add::<ProcessHeap>);
binary!(sub, arith::sub::<ProcessHeap>);
binary!(mul, arith::mul::<ProcessHeap>);
binary!(int_div, arith::int_div::<ProcessHeap>);
binary!(rem, arith::rem::<ProcessHeap>);
binary!(band, arith::band::<ProcessHeap>);
binary!(bor, arith::bor::<ProcessHeap>);
binary!(bxor, arith::bxor::<ProcessHeap>);
binary!(bsl, arith::bsl::<ProcessHeap>);
binary!(bsr, arith::bsr::<ProcessHeap>);
binary!(divide, arith::div_float::<ProcessHeap>);

macro_rules! unary {
    ($name:ident, $function:path) => {
        #[inline(never)]
        pub(in crate::interp) unsafe fn $name(c: *mut Context, a: Term, live: usize) -> Term {
            // SAFETY: as in `parts`; heap and stack top are saved.
            unsafe {
                let (p, _) = parts(c);
                let result = $function(&mut p.heap, a);
                finish(c, result, live)
            }
        }
    };
}

unary!(bnot, arith::bnot::<ProcessHeap>);
unary!(neg, arith::neg::<ProcessHeap>);

/// Raises what an arithmetic operation asked for.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn arith_failed(
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
            Raise::Error(reason) => set_error(c, reason),
            Raise::OutOfMemory => return super::die(ip, c, e, h, m),
            _ => set_error(c, atoms::BADARITH),
        }
        raise(ip, c, e, h, m)
    }
}

/// Raises `badarith` for a float operation.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn badarith(
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
        raise(ip, c, e, h, m)
    }
}

/// A float term from the bits of its value; [`Term::NONE`] when there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn float(c: *mut Context, bits: u64) -> Term {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, _) = parts(c);
        p.heap.float(f64::from_bits(bits)).unwrap_or(Term::NONE)
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
