//! Matching bit strings.

use crate::code::bits_form::command;
use crate::code::isa::len;
use crate::interp::slow::{self, Cursor, Went};
use crate::interp::state::{Dst, Ret, Src, State, become_, op};
use crate::memory::process_heap::STACK_RESERVE;
use crate::term::boxed::{MATCH_WORDS, SUB_BIN_WORDS};
use crate::term::{Subtag, Term, WORD_BYTES, atoms};

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

op! { bs_start_match<A: Src, D: Dst> |s| {
    let source = A::get(&s, 3);
    if s.number(5) > 0 {
        become_!(s, bs_start_match_slow::<A, D>);
    }
    if slow::is(source, Subtag::Match) {
        D::set(&s, 6, source);
        return s.next(len::BS_START_MATCH);
    }
    match source.bit_extent() {
        Some((base, first, len)) if s.free() >= MATCH_WORDS + STACK_RESERVE => {
            let context = s.h;
            slow::write_context(context, base, first, first + len);
            s.h = context.add(MATCH_WORDS);
            D::set(&s, 6, Term::from_boxed_ptr(context));
            s.next(len::BS_START_MATCH)
        }
        _ => become_!(s, bs_start_match_slow::<A, D>),
    }
}}

op! { #[inline(never)] bs_start_match_slow<A: Src, D: Dst> |s| {
    let source = A::get(&s, 3);
    s.save();
    if !(source.is_bitstring() || slow::is(source, Subtag::Match)) {
        slow::set_error(s.c, atoms::BADARG);
        return go_on(s, Went::Failed, len::BS_START_MATCH);
    }
    let context = slow::bs_start_match(s.c, source, s.number(4), s.number(5));
    if context == Term::NONE {
        become_!(s, slow::die);
    }
    s.load();
    D::set(&s, 6, context);
    s.next(len::BS_START_MATCH)
}}

op! { bs_get_position<A: Src, D: Dst> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 1)) else {
        become_!(s, slow::unexpected);
    };
    let Some(position) = Term::try_small(cursor.at as isize) else {
        become_!(s, bs_get_position_slow::<A, D>);
    };
    D::set(&s, 2, position);
    s.next(len::BS_GET_POSITION)
}}

op! { #[cold] #[inline(never)] bs_get_position_slow<A: Src, D: Dst> |s| {
    s.save();
    let position = slow::bs_get_position(s.c, A::get(&s, 1), s.number(3));
    if position == Term::NONE {
        become_!(s, slow::die);
    }
    s.load();
    D::set(&s, 2, position);
    s.next(len::BS_GET_POSITION)
}}

op! { bs_set_position<A: Src, B: Src> |s| {
    if !slow::bs_set_position(A::get(&s, 1), B::get(&s, 2)) {
        become_!(s, slow::unexpected);
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
    let Some(cursor) = Cursor::of(A::get(&s, 3)) else {
        become_!(s, slow::unexpected);
    };
    let (bits, flags) = (s.number(5), s.number(6));
    if bits > cursor.left() {
        return s.goto(s.label(1));
    }
    let Some(value) = cursor.quick(bits, flags) else {
        become_!(s, bs_get_fixed_slow::<A, D>);
    };
    cursor.go_to(cursor.at + bits);
    D::set(&s, 7, value);
    s.next(len::BS_GET_FIXED)
}}

op! { #[inline(never)] bs_get_fixed_slow<A: Src, D: Dst> |s| {
    s.save();
    let value = slow::bs_get_fixed(s.c, A::get(&s, 3), s.number(4), s.number(5), s.number(6));
    s.load();
    if value == Term::NONE {
        become_!(s, slow::die);
    }
    D::set(&s, 7, value);
    s.next(len::BS_GET_FIXED)
}}

by_function!(bs_get_integer, BS_GET_INTEGER);
by_function!(bs_get_float, BS_GET_FLOAT);
by_function!(bs_get_binary, BS_GET_BINARY);

/// A part of a bit string of so many bits is copied, and takes no words of the fast way.
const COPIED_BITS: usize = 8 * WORD_BYTES;

/// Is the number of bits a multiple of the unit? Nearly all units are powers of two.
#[inline(always)]
fn is_whole(bits: usize, unit: usize) -> bool {
    if unit.is_power_of_two() {
        bits & (unit - 1) == 0
    } else {
        bits.is_multiple_of(unit)
    }
}

op! { bs_get_rest<A: Src, D: Dst> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 3)) else {
        become_!(s, slow::unexpected);
    };
    if !is_whole(cursor.left(), s.number(5)) {
        return s.goto(s.label(1));
    }
    if cursor.left() <= COPIED_BITS || s.free() < SUB_BIN_WORDS + STACK_RESERVE {
        become_!(s, bs_get_rest_slow::<A, D>);
    }
    let part = s.h;
    cursor.write_rest(part);
    s.h = part.add(SUB_BIN_WORDS);
    cursor.go_to(cursor.end);
    D::set(&s, 6, Term::from_boxed_ptr(part));
    s.next(len::BS_GET_REST)
}}

op! { #[inline(never)] bs_get_rest_slow<A: Src, D: Dst> |s| {
    s.save();
    let rest = slow::bs_rest(s.c, A::get(&s, 3), s.number(4), true);
    if rest == Term::NONE {
        become_!(s, slow::die);
    }
    s.load();
    D::set(&s, 6, rest);
    s.next(len::BS_GET_REST)
}}

op! { bs_get_tail<A: Src, D: Dst> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 1)) else {
        become_!(s, slow::unexpected);
    };
    if cursor.left() <= COPIED_BITS || s.free() < SUB_BIN_WORDS + STACK_RESERVE {
        become_!(s, bs_get_tail_slow::<A, D>);
    }
    let part = s.h;
    cursor.write_rest(part);
    s.h = part.add(SUB_BIN_WORDS);
    D::set(&s, 2, Term::from_boxed_ptr(part));
    s.next(len::BS_GET_TAIL)
}}

op! { #[inline(never)] bs_get_tail_slow<A: Src, D: Dst> |s| {
    s.save();
    let rest = slow::bs_rest(s.c, A::get(&s, 1), s.number(3), false);
    if rest == Term::NONE {
        become_!(s, slow::die);
    }
    s.load();
    D::set(&s, 2, rest);
    s.next(len::BS_GET_TAIL)
}}

op! { bs_skip<A: Src> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 3)) else {
        become_!(s, slow::unexpected);
    };
    let bits = s.wide(4) as usize;
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

op! { bs_test_tail<A: Src> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 3)) else {
        become_!(s, slow::unexpected);
    };
    if cursor.left() != s.wide(4) as usize {
        return s.goto(s.label(1));
    }
    s.next(len::BS_TEST_TAIL)
}}

op! { bs_test_unit<A: Src> |s| {
    let Some(cursor) = Cursor::of(A::get(&s, 3)) else {
        become_!(s, slow::unexpected);
    };
    if !is_whole(cursor.left(), s.number(4)) {
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
        become_!(s, slow::unexpected);
    };
    let Some(byte) = cursor.ascii() else {
        become_!(s, bs_get_utf8_long::<A, D>);
    };
    cursor.go_to(cursor.at + 8);
    D::set(&s, 4, Term::small(byte as isize));
    s.next(len::BS_GET_UTF8)
}}

op! { #[inline(never)] bs_get_utf8_long<A: Src, D: Dst> |s| {
    let found = slow::bs_utf(A::get(&s, 3), 8, 0);
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
