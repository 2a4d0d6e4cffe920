//! The instructions of old compilers that fill a bit string piece by piece.

use super::bits::{Went, broken, state};
use super::bits_build::{Fault, Run, built_bits, source_bits};
use crate::interp::context::{BitTarget, Context};
use crate::interp::state::State;
use crate::term::{Term, Word};

/// The bit string that is being filled, if there still is one.
unsafe fn run(c: *mut Context) -> Option<Run> {
    // SAFETY: the context is live and has a process.
    unsafe {
        let BitTarget {
            data,
            at,
            end,
            collections,
        } = (*c).bits;
        if data.is_null() || collections != (*(*c).p).heap.collections {
            return None;
        }
        Some(Run { data, at, end })
    }
}

/// Puts something, and goes behind it.
#[inline(always)]
unsafe fn put(s: State, put: impl FnOnce(&mut Run) -> Result<(), Fault>) -> Went {
    // SAFETY: as for a handler.
    unsafe {
        let Some(mut run) = run(s.c) else {
            return broken(s.c);
        };
        match put(&mut run) {
            Ok(()) => {
                (*s.c).bits.at = run.at;
                Went::Well
            }
            Err(fault) => fault.went(s.c),
        }
    }
}

macro_rules! field {
    ($name:ident, |$s:ident, $run:ident, $value:ident, $bits:ident, $flags:ident| $put:expr) => {
        /// Units: label, size at 3, unit at 5, flags at 6, value at 7.
        #[inline(never)]
        pub(in crate::interp) unsafe fn $name(
            ip: *const u32,
            c: *mut Context,
            e: *mut Term,
            m: *const Word,
        ) -> Went {
            let $s = state(ip, c, e, m);
            // SAFETY: as for a handler.
            unsafe {
                let ($value, $flags) = ($s.any(7), $s.number(6));
                put($s, |$run| {
                    let $bits = built_bits($s.any(3), $s.number(5))?;
                    $put
                })
            }
        }
    };
}

field!(bs_put_integer, |s, run, value, bits, flags| run
    .integer(value, bits, flags));
field!(bs_put_float, |s, run, value, bits, flags| run
    .float(value, bits, flags));

/// Units: label, size at 3, unit at 5, flags at 6, value at 7.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_put_binary(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        put(s, |run| {
            run.bits(source_bits(s.any(7), s.any(3), s.number(5))?)
        })
    }
}

/// Units: bytes at 1, offset in the module's strings at 3.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_put_string(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        let (bytes, offset) = (s.wide(1) as usize, s.wide(3) as usize);
        put(s, |run| run.string(m, offset, bytes))
    }
}

/// Units: label, width and flags at 3, value at 4.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_put_utf(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        let (width, flags) = (s.number(3) >> 8, s.number(3) & 0xff);
        let value = s.any(4);
        put(s, |run| run.character(value, width, flags))
    }
}

/// Units: label, two sizes at 3 and 5, the unit of the second at 7, target at 8.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_add(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        let sum = built_bits(s.any(3), 1).and_then(|first| {
            let second = built_bits(s.any(5), s.number(7))?;
            let sum = first.checked_add(second).ok_or(Fault::SystemLimit)?;
            let sum = isize::try_from(sum).ok().and_then(Term::try_small);
            sum.ok_or(Fault::SystemLimit)
        });
        match sum {
            Ok(sum) => {
                s.set_any(8, sum);
                Went::Well
            }
            Err(fault) => fault.went(c),
        }
    }
}

/// How many bytes a character would take in UTF-8; what is none fails later.
pub(in crate::interp) fn utf8_size(value: Term) -> Term {
    Term::small(match value.as_small() {
        Some(0..0x80) => 1,
        Some(0x80..0x800) => 2,
        Some(0x800..0x1_0000) => 3,
        _ => 4,
    })
}

/// The same in UTF-16.
pub(in crate::interp) fn utf16_size(value: Term) -> Term {
    Term::small(match value.as_small() {
        Some(0x1_0000..) => 4,
        _ => 2,
    })
}
