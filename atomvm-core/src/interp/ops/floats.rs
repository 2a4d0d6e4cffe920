//! Float registers.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Dst, Src, State, become_, op};
use crate::term::boxed::FLOAT_WORDS;
use crate::term::{Header, Subtag, Term};

/// Sets a float register to a float.
macro_rules! load {
    ($s:ident, $value:expr, $register:expr) => {
        let value = $value;
        if !value.is_float() {
            become_!($s, slow::unexpected);
        }
        (&mut (*$s.c).fr)[$register] = value.float_value();
    };
}

/// A float on the heap, for which there is room: the verifier counts the words of each.
#[inline(always)]
unsafe fn new_float(s: &mut State, value: f64) -> Term {
    debug_assert!(value.is_finite());
    // SAFETY: the words were tested for before.
    unsafe {
        let at = s.h;
        at.write(Term::from_word(
            Header::new(Subtag::Float, FLOAT_WORDS - 1).0,
        ));
        at.add(1).cast::<f64>().write_unaligned(value);
        s.h = at.add(FLOAT_WORDS);
        Term::from_boxed_ptr(at)
    }
}

op! { fmove_load<A: Src> |s| {
    load!(s, A::get(&s, 1), s.number(2));
    s.next(len::FMOVE_LOAD)
}}

op! { fmove_load2<A: Src, B: Src> |s| {
    load!(s, A::get(&s, 1), s.number(2));
    load!(s, B::get(&s, 3), s.number(4));
    s.next(len::FMOVE_LOAD2)
}}

op! { fmove_store<D: Dst> |s| {
    let value = (&(*s.c).fr)[s.number(1)];
    let float = new_float(&mut s, value);
    D::set(&s, 2, float);
    s.next(len::FMOVE_STORE)
}}

op! { fconv<A: Src> |s| {
    let (value, register) = (A::get(&s, 1), s.number(2));
    if value.is_small() {
        (&mut (*s.c).fr)[register] = value.small_value() as f64;
    } else if !slow::to_float(s.c, value, register) {
        become_!(s, slow::badarith);
    }
    s.next(len::FCONV)
}}

/// An operation, and one whose result becomes a term at once.
macro_rules! float_op {
    ($name:ident, $len:ident, $stored:ident, $stored_len:ident, $op:tt) => {
        op! { $name |s| {
            let registers = &mut (*s.c).fr;
            let result = registers[s.number(1)] $op registers[s.number(2)];
            if !result.is_finite() {
                become_!(s, slow::badarith);
            }
            registers[s.number(3)] = result;
            s.next(len::$len)
        }}

        op! { $stored<D: Dst> |s| {
            let registers = &mut (*s.c).fr;
            let result = registers[s.number(1)] $op registers[s.number(2)];
            if !result.is_finite() {
                become_!(s, slow::badarith);
            }
            registers[s.number(3)] = result;
            let float = new_float(&mut s, result);
            D::set(&s, 4, float);
            s.next(len::$stored_len)
        }}
    };
}

float_op!(fadd, FADD, fadd_store, FADD_STORE, +);
float_op!(fsub, FSUB, fsub_store, FSUB_STORE, -);
float_op!(fmul, FMUL, fmul_store, FMUL_STORE, *);
float_op!(fdiv, FDIV, fdiv_store, FDIV_STORE, /);

op! { fnegate |s| {
    let registers = &mut (*s.c).fr;
    registers[s.number(2)] = -registers[s.number(1)];
    s.next(len::FNEGATE)
}}
