//! Matching bit strings.

use crate::code::bits_form::command;
use crate::code::isa::len;
use crate::interp::slow::{self, Cursor, Went};
use crate::interp::state::{Dst, Ret, Src, State, op};
use crate::term::{SMALL_BITS, Subtag, Term};

/// Goes on after a function has done the work of an instruction of `words` words, with the label
/// at unit 1.
#[inline(always)]
pub(super) unsafe fn go_on(mut s: State, went: Went, words: usize) -> Ret {
    // SAFETY: as for a handler; heap and stack top were saved.
    unsafe {
        s.load();
        match went {
            Went::Well => s.next(words),
            Went::Failed if s.label(1) != s.ip => s.goto(s.label(1)),
            Went::Failed | Went::Raised => slow::raise(s.ip, s.c, s.e, s.h, s.m),
            Went::OutOfMemory => slow::die(s.ip, s.c, s.e, s.h, s.m),
        }
    }
}

/// An instruction that a function does; one without a label never fails.
macro_rules! by_function {
    ($name:ident, $len:ident) => {
        op! { $name |s| {
            s.save();
            let went = slow::$name(s.ip, s.c, s.e, s.m);
            go_on(s, went, len::$len)
        }}
    };
}
pub(super) use by_function;

op! { bs_start_match |s| {
    let source = s.any(3);
    if s.number(6) == 0 && slow::is(source, Subtag::Match) {
        s.set_any(7, source);
        return s.next(len::BS_START_MATCH);
    }
    s.save();
    let went = slow::bs_start_match(s.ip, s.c, s.e, s.m);
    go_on(s, went, len::BS_START_MATCH)
}}

by_function!(bs_get_position, BS_GET_POSITION);

op! { bs_set_position |s| {
    if !slow::bs_set_position(s.any(1), s.any(3)) {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    }
    s.next(len::BS_SET_POSITION)
}}

op! { bs_save |s| {
    if !slow::bs_save(s.any(1), s.number(3)) {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    }
    s.next(len::BS_SAVE)
}}

op! { bs_restore |s| {
    if !slow::bs_restore(s.any(1), s.number(3)) {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    }
    s.next(len::BS_RESTORE)
}}

op! { bs_get_fixed<A: Src, D: Dst> |s| {
    let context = A::get(&s, 3);
    let Some(cursor) = Cursor::of(context) else {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    };
    let (bits, flags) = (s.number(5), s.number(6));
    if bits > cursor.left() {
        return s.goto(s.label(1));
    }
    if bits < SMALL_BITS as usize {
        let value = cursor.small(bits, flags);
        cursor.go_to(cursor.at + bits);
        D::set(&s, 7, value);
        return s.next(len::BS_GET_FIXED);
    }
    s.save();
    let value = slow::bs_get_fixed(s.c, context, s.number(4), bits, flags);
    s.load();
    if value == Term::NONE {
        return slow::die(s.ip, s.c, s.e, s.h, s.m);
    }
    D::set(&s, 7, value);
    s.next(len::BS_GET_FIXED)
}}

by_function!(bs_get_integer, BS_GET_INTEGER);
by_function!(bs_get_float, BS_GET_FLOAT);
by_function!(bs_get_binary, BS_GET_BINARY);
by_function!(bs_get_rest, BS_GET_REST);
by_function!(bs_get_tail, BS_GET_TAIL);

op! { bs_skip |s| {
    let Some(cursor) = Cursor::of(s.any(3)) else {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    };
    let bits = s.wide(5) as usize;
    if bits > cursor.left() {
        return s.goto(s.label(1));
    }
    cursor.go_to(cursor.at + bits);
    s.next(len::BS_SKIP)
}}

op! { bs_skip_bits |s| {
    let Some(cursor) = Cursor::of(s.any(3)) else {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    };
    match slow::field_bits(s.any(5), s.number(7)) {
        Some(bits) if bits <= cursor.left() => cursor.go_to(cursor.at + bits),
        _ => return s.goto(s.label(1)),
    }
    s.next(len::BS_SKIP_BITS)
}}

op! { bs_test_tail |s| {
    let Some(cursor) = Cursor::of(s.any(3)) else {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    };
    if cursor.left() != s.wide(5) as usize {
        return s.goto(s.label(1));
    }
    s.next(len::BS_TEST_TAIL)
}}

op! { bs_test_unit |s| {
    let Some(cursor) = Cursor::of(s.any(3)) else {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    };
    if cursor.left() % s.number(5) != 0 {
        return s.goto(s.label(1));
    }
    s.next(len::BS_TEST_UNIT)
}}

op! { bs_match_string |s| {
    let (bits, offset) = (s.wide(5) as usize, s.wide(7) as usize);
    if slow::bs_match_string(s.m, s.any(3), bits, offset) {
        return s.next(len::BS_MATCH_STRING);
    }
    s.goto(s.label(1))
}}

op! { bs_get_utf8<A: Src, D: Dst> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 3)) else {
        return slow::unexpected(s.ip, s.c, s.e, s.h, s.m);
    };
    let found = slow::bs_utf8(cursor);
    if found == slow::NO_CHAR {
        return s.goto(s.label(1));
    }
    D::set(&s, 4, Term::small(found as isize));
    s.next(len::BS_GET_UTF8)
}}

op! { bs_get_utf |s| {
    let found = slow::bs_utf(s.any(3), s.number(5) >> 8, s.number(5) & 0xff);
    if found == slow::NO_CHAR {
        return s.goto(s.label(1));
    }
    s.set_any(6, Term::small(found as isize));
    s.next(len::BS_GET_UTF)
}}

op! { bs_skip_utf |s| {
    let found = slow::bs_utf(s.any(3), s.number(5) >> 8, s.number(5) & 0xff);
    if found == slow::NO_CHAR {
        return s.goto(s.label(1));
    }
    s.next(len::BS_SKIP_UTF)
}}

op! { bs_context_to_binary |s| {
    slow::bs_context_to_binary(s.any(1));
    s.next(len::BS_CONTEXT_TO_BINARY)
}}

op! { bs_match |s| {
    s.save();
    let went = slow::bs_match(s.ip, s.c, s.e, s.m);
    let words = command::WORDS * s.number(5);
    go_on(s, went, len::BS_MATCH + words)
}}
