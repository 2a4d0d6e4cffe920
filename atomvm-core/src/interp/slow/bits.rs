//! What the instructions of the bit syntax have in common.
//!
//! They collect at their end only, once all operands have been read and, when they succeed, the
//! result is the only new term. So a failure leaves every register as it was.

use super::{parts, set_error};
use crate::interp::context::{BitTarget, Context};
use crate::interp::state::State;
use crate::memory::process_heap::STACK_RESERVE;
use crate::term::{Term, Word, atoms};

/// Least significant byte first.
pub(in crate::interp) const LITTLE: usize = 2;
/// The value may be negative.
pub(in crate::interp) const SIGNED: usize = 4;
/// In the byte order of the machine.
pub(in crate::interp) const NATIVE: usize = 16;

/// How an instruction went that a function of this kind does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::interp) enum Went {
    /// Well: the next one follows.
    Well,
    /// It failed: its label follows or, if it has none, the exception in the context.
    Failed,
    /// The exception in the context is raised.
    Raised,
    /// There is no memory.
    OutOfMemory,
}

/// Does a field with these flags have its least significant byte first?
#[inline(always)]
pub(in crate::interp) fn is_little(flags: usize) -> bool {
    flags & LITTLE != 0 || (cfg!(target_endian = "little") && flags & NATIVE != 0)
}

/// The registers of the machine for a function that does not need the heap's top.
#[inline(always)]
pub(super) fn state(ip: *const u32, c: *mut Context, e: *mut Term, m: *const Word) -> State {
    State {
        ip,
        c,
        e,
        h: core::ptr::null_mut(),
        m,
    }
}

/// The compiler promised another operand: raises `badarg`.
#[cold]
pub(super) unsafe fn broken(c: *mut Context) -> Went {
    // SAFETY: the context is live.
    unsafe { set_error(c, atoms::BADARG) };
    Went::Raised
}

/// Fails with `badarg`, unless there is a label.
#[cold]
pub(super) unsafe fn badarg(c: *mut Context) -> Went {
    // SAFETY: the context is live.
    unsafe { set_error(c, atoms::BADARG) };
    Went::Failed
}

/// Fails with `system_limit`, unless there is a label.
#[cold]
pub(super) unsafe fn system_limit(c: *mut Context) -> Went {
    // SAFETY: the context is live.
    unsafe { set_error(c, atoms::SYSTEM_LIMIT) };
    Went::Failed
}

/// Bits of `size` units; `None` if the size is no small integer, negative, or too large.
#[inline(always)]
pub(in crate::interp) fn field_bits(size: Term, unit: usize) -> Option<usize> {
    size.as_usize()?.checked_mul(unit)
}

/// Sets the packed target `to` to `term` and makes sure that `need` words are free, with a
/// collection if it takes one: then the registers up to `live` survive and the target.
#[inline(always)]
pub(super) unsafe fn give(mut s: State, to: u32, term: Term, live: usize, need: usize) -> Went {
    // SAFETY: as for a handler; the register behind the live ones is free.
    unsafe {
        let (p, _) = parts(s.c);
        let mut term = term;
        if p.heap.has_extra() || super::stressed(s.c) || p.heap.free_words() < need + STACK_RESERVE
        {
            (*s.c).x[live] = term;
            if !super::collect(s.c, need, live + 1) {
                return Went::OutOfMemory;
            }
            term = (*s.c).x[live];
            s.e = (*(*s.c).p).heap.stop;
        }
        s.assign(to, term);
        Went::Well
    }
}

/// Makes the bits from `at` to `end` of `data` the target of the instructions that put.
pub(super) unsafe fn aim(c: *mut Context, data: *mut u8, at: usize, end: usize) {
    // SAFETY: the context is live and has a process.
    unsafe {
        (*c).bits = BitTarget {
            data,
            at,
            end,
            collections: (*(*c).p).heap.collections,
        };
    }
}
