//! Which segment is to blame when a bit string cannot be built, as stack traces of OTP say it.

use super::bits::Went;
use super::bits_build::{Fault, Segment, built_bits, char_value, segment_at};
use super::parts;
use crate::code::bits_form::segment;
use crate::interp::context::Exception;
use crate::interp::stacktrace;
use crate::interp::state::State;
use crate::memory::{Heap, OutOfMemory};
use crate::term::{Term, arith, atoms, map};

/// What is wrong with a segment, and the value that is.
type Blame = (Fault, Term, Term);

/// Raises what is wrong with the segments of a `bs_create_bin`, with the cause in the stack trace.
#[cold]
#[inline(never)]
pub(super) unsafe fn fault(s: State, fault: Fault) -> Went {
    // SAFETY: as for a handler; the tail has so many segments.
    unsafe {
        let Some((number, kind, blame)) = find(&s) else {
            return fault.went(s.c);
        };
        let (fault, what, value) = blame;
        let Ok(trace) = trace(s, number, kind, what, value) else {
            return Went::OutOfMemory;
        };
        let reason = match fault {
            Fault::Badarg => atoms::BADARG,
            Fault::SystemLimit => atoms::SYSTEM_LIMIT,
        };
        (*s.c).exception = Exception {
            class: atoms::ERROR,
            reason,
            trace,
        };
        Went::Failed
    }
}

unsafe fn trace(
    s: State,
    number: u32,
    kind: Term,
    what: Term,
    value: Term,
) -> Result<Term, OutOfMemory> {
    // SAFETY: as for a handler.
    unsafe {
        let (p, rt) = parts(s.c);
        let number = Term::try_small(number as isize).unwrap_or(Term::small(0));
        let cause = p.heap.tuple(&[number, kind, what, value])?;
        let mut info = map::empty();
        for (key, value) in [
            (atoms::CAUSE, cause),
            (atoms::FUNCTION, atoms::FORMAT_BS_FAIL),
            (atoms::MODULE, atoms::ERL_ERTS_ERRORS),
        ] {
            info = map::put(&mut p.heap, &rt.atoms, info, key, value)?;
        }
        stacktrace::with_caller(p, rt, Term::NONE, info, s.ip, s.m)
    }
}

/// The number and type of the segment, in the order in which OTP looks: first all sizes, then each
/// value.
unsafe fn find(s: &State) -> Option<(u32, Term, Blame)> {
    use crate::code::isa::len;
    // SAFETY: the tail has so many segments.
    unsafe {
        let (tail, count) = (s.ip.add(len::BS_CREATE_BIN), s.number(8));
        for check in [wrong_size, wrong_value] {
            for i in 0..count {
                let segment = segment_at(s, tail, i);
                if let Some(blame) = check(&segment) {
                    let number = *tail.add(segment::WORDS * i + 3) & 0xffff;
                    return Some((number, kind(&segment), blame));
                }
            }
        }
        None
    }
}

fn kind(segment: &Segment) -> Term {
    match segment.kind {
        segment::INTEGER => atoms::INTEGER,
        segment::FLOAT => atoms::FLOAT,
        segment::UTF8 => atoms::UTF8,
        segment::UTF16 => atoms::UTF16,
        segment::UTF32 => atoms::UTF32,
        _ => atoms::BINARY,
    }
}

fn badarg(what: Term, value: Term) -> Option<Blame> {
    Some((Fault::Badarg, what, value))
}

fn wrong_size(it: &Segment) -> Option<Blame> {
    match it.kind {
        segment::BINARY if it.size == atoms::ALL => match it.source.as_bits() {
            Some(_) => None,
            None => badarg(atoms::TYPE, it.source),
        },
        segment::INTEGER | segment::FLOAT | segment::BINARY => {
            let fault = built_bits(it.size, it.unit).err()?;
            Some((fault, atoms::SIZE, it.size))
        }
        segment::UTF32 => wrong_character(it.source),
        _ => None,
    }
}

fn wrong_character(value: Term) -> Option<Blame> {
    match char_value(value) {
        Some(_) => None,
        None => badarg(atoms::TYPE, value),
    }
}

fn wrong_value(it: &Segment) -> Option<Blame> {
    match it.kind {
        segment::INTEGER if !it.source.is_integer() => badarg(atoms::TYPE, it.source),
        segment::FLOAT => wrong_float(it),
        segment::BINARY | segment::APPEND | segment::PRIVATE_APPEND => wrong_bits(it),
        segment::UTF8 | segment::UTF16 => wrong_character(it.source),
        _ => None,
    }
}

fn wrong_float(it: &Segment) -> Option<Blame> {
    let bits = built_bits(it.size, it.unit).ok()?;
    if !matches!(bits, 16 | 32 | 64) {
        return badarg(atoms::INVALID, Term::try_small(bits as isize)?);
    }
    if !it.source.is_integer() && !it.source.is_float() {
        return badarg(atoms::TYPE, it.source);
    }
    match arith::to_float(it.source) {
        Some(_) => None,
        None => badarg(atoms::NO_FLOAT, it.source),
    }
}

fn wrong_bits(it: &Segment) -> Option<Blame> {
    let Some(bits) = it.source.as_bits() else {
        return badarg(atoms::TYPE, it.source);
    };
    if it.size == atoms::ALL || it.kind != segment::BINARY {
        let fits = it.unit != 0 && bits.len % it.unit == 0;
        return (!fits).then_some((Fault::Badarg, atoms::UNIT, it.source));
    }
    let len = built_bits(it.size, it.unit).ok()?;
    (len > bits.len).then_some((Fault::Badarg, atoms::SHORT, it.source))
}
