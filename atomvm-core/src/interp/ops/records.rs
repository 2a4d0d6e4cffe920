//! Native records.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Src, become_, op};
use crate::term::Term;

op! { is_any_native_record<A: Src> |s| {
    if A::get(&s, 3).is_record() {
        return s.next(len::IS_ANY_NATIVE_RECORD);
    }
    s.goto(s.label(1))
}}

op! { is_native_record<A: Src> |s| {
    let (module, name) = (s.link(s.wide(4) as usize), s.link(s.wide(6) as usize));
    if slow::is_record_of(A::get(&s, 3), Term::from_word(module), Term::from_word(name)) {
        return s.next(len::IS_NATIVE_RECORD);
    }
    s.goto(s.label(1))
}}

op! { is_record_accessible<A: Src> |s| {
    let own = Term::from_word(s.link(s.wide(4) as usize));
    if slow::is_record_accessible(A::get(&s, 3), own) {
        return s.next(len::IS_RECORD_ACCESSIBLE);
    }
    s.goto(s.label(1))
}}

op! { get_record_elements |s| {
    let (record, count) = (s.any(3), s.number(5));
    if slow::get_record_elements(s.c, s.e, s.m, record, s.ip.add(len::GET_RECORD_ELEMENTS), count) {
        return s.next(len::GET_RECORD_ELEMENTS + 2 * count);
    }
    s.goto(s.label(1))
}}

op! { get_record_field |s| {
    let field = Term::from_word(s.link(s.wide(7) as usize));
    let value = slow::get_record_field(s.any(3), s.any(5), field);
    if value == Term::NONE {
        become_!(s, no_record_field);
    }
    s.set_any(9, value);
    s.next(len::GET_RECORD_FIELD)
}}

op! { #[cold] #[inline(never)] no_record_field |s| {
    let fail = s.label(1);
    if fail != s.ip {
        return s.goto(fail);
    }
    s.save();
    let field = Term::from_word(s.link(s.wide(7) as usize));
    slow::set_record_error(s.c, s.any(3), s.any(5), field);
    become_!(s, slow::raise);
}}

macro_rules! put_record {
    ($name:ident, $len:ident, |$s:ident| $from:expr, $make:path) => {
        op! { $name |$s| {
            let (live, count) = ($s.number(7), $s.number(8));
            $s.save();
            let record = $make($s.c, $s.e, $s.m, $from, $s.ip.add(len::$len), count);
            if record == Term::NONE {
                let fail = $s.label(1);
                if fail != $s.ip {
                    return $s.goto(fail);
                }
                become_!($s, slow::raise);
            }
            let record = slow::settle($s.c, record, live);
            if record == Term::NONE {
                become_!($s, slow::die);
            }
            $s.load();
            $s.set_any(5, record);
            $s.next(len::$len + 2 * count)
        }}
    };
}

put_record!(
    record_new,
    RECORD_NEW,
    |s| Term::from_word(s.link(s.wide(3) as usize)),
    slow::record_new
);
put_record!(
    record_new_external,
    RECORD_NEW_EXTERNAL,
    |s| s.any(3),
    slow::record_new_external
);
put_record!(
    record_update,
    RECORD_UPDATE,
    |s| s.any(3),
    slow::record_update
);
