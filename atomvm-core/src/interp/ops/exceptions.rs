//! Raising and handling exceptions.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{become_, op};
use crate::term::{Term, atoms};

op! { func_info |s| {
    s.save();
    slow::function_clause(
        s.c,
        s.ip,
        s.m,
        Term::from_word(s.link(s.wide(1) as usize)),
        Term::from_word(s.link(s.wide(3) as usize)),
        s.number(5),
    );
    slow::raise(s.ip, s.c, s.e, s.h, s.m)
}}

// A catch tag names an entry of the module's table of handlers.
op! { try_ |s| {
    s.set_y(s.number(1), Term::catch(s.wide(2)));
    s.next(len::TRY)
}}

op! { try_end |s| {
    s.set_y(s.number(1), Term::NIL);
    s.next(len::TRY_END)
}}

op! { try_case |s| {
    // Code may run into a handler behind a call that the compiler knows never to return; then
    // x0 to x2 are not set.
    if !(*s.c).caught {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    }
    s.set_y(s.number(1), Term::NIL);
    (*s.c).caught = false;
    s.save();
    if !slow::tidy(s.c, 3) {
        become_!(s, slow::die);
    }
    s.load();
    s.next(len::TRY_CASE)
}}

op! { catch_end |s| {
    s.set_y(s.number(1), Term::NIL);
    if (*s.c).caught {
        (*s.c).caught = false;
        s.save();
        let result = slow::caught(s.c);
        if result == Term::NONE {
            become_!(s, slow::die);
        }
        s.set_x(0, result);
        if !slow::tidy(s.c, 1) {
            become_!(s, slow::die);
        }
        s.load();
    }
    s.next(len::CATCH_END)
}}

op! { raise |s| {
    s.save();
    slow::reraise(s.c, s.any(1), s.any(3));
    slow::raise(s.ip, s.c, s.e, s.h, s.m)
}}

op! { raw_raise |s| {
    s.save();
    if slow::raw_raise(s.c) {
        become_!(s, slow::raise);
    }
    s.set_x(0, atoms::BADARG);
    s.next(len::RAW_RAISE)
}}

op! { build_stacktrace |s| {
    s.save();
    let trace = slow::build_stacktrace(s.c);
    if trace == Term::NONE {
        become_!(s, slow::die);
    }
    s.set_x(0, trace);
    if !slow::tidy(s.c, 1) {
        become_!(s, slow::die);
    }
    s.load();
    s.next(len::BUILD_STACKTRACE)
}}

macro_rules! error_with_value {
    ($name:ident, $tag:expr) => {
        op! { $name |s| {
            s.save();
            slow::set_error_tuple(s.c, $tag, s.any(1));
            slow::raise(s.ip, s.c, s.e, s.h, s.m)
        }}
    };
}

error_with_value!(badmatch, atoms::BADMATCH);
error_with_value!(case_end, atoms::CASE_CLAUSE);
error_with_value!(try_case_end, atoms::TRY_CLAUSE);
error_with_value!(badrecord, atoms::BAD_RECORD);

op! { if_end |s| {
    s.save();
    slow::set_error(s.c, atoms::IF_CLAUSE);
    slow::raise(s.ip, s.c, s.e, s.h, s.m)
}}
