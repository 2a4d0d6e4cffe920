//! Float registers.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{become_, op};
use crate::term::Term;

op! { fmove_load |s| {
    let value = s.any(1);
    if !value.is_float() {
        become_!(s, slow::unexpected);
    }
    let register = s.number(3);
    (&mut (*s.c).fr)[register] = value.float_value();
    s.next(len::FMOVE_LOAD)
}}

op! { fmove_store |s| {
    let register = s.number(1);
    s.save();
    let value = slow::float(s.c, (&(*s.c).fr)[register].to_bits());
    if value == Term::NONE {
        become_!(s, slow::die);
    }
    s.load();
    s.set_any(2, value);
    s.next(len::FMOVE_STORE)
}}

op! { fconv |s| {
    let register = s.number(3);
    if !slow::to_float(s.c, s.any(1), register) {
        become_!(s, slow::badarith);
    }
    s.next(len::FCONV)
}}

macro_rules! float_op {
    ($name:ident, $len:ident, $op:tt) => {
        op! { $name |s| {
            let registers = &mut (*s.c).fr;
            let result = registers[s.number(1)] $op registers[s.number(2)];
            if !result.is_finite() {
                become_!(s, slow::badarith);
            }
            registers[s.number(3)] = result;
            s.next(len::$len)
        }}
    };
}

float_op!(fadd, FADD, +);
float_op!(fsub, FSUB, -);
float_op!(fmul, FMUL, *);
float_op!(fdiv, FDIV, /);

op! { fnegate |s| {
    let registers = &mut (*s.c).fr;
    registers[s.number(2)] = -registers[s.number(1)];
    s.next(len::FNEGATE)
}}
