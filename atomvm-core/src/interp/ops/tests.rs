//! Comparisons, type tests and selection.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Src, State, become_, op};
use crate::term::{Header, IMMED_MASK, Subtag, TAG_SMALL, Term, Word, atoms};
use core::cmp::Ordering;

/// Are both words small integers?
#[inline(always)]
fn both_small(a: Term, b: Term) -> bool {
    a.word() & b.word() & IMMED_MASK == TAG_SMALL
}

macro_rules! ordering_test {
    ($name:ident, $slow:ident, $len:ident, $small:tt, $holds:path) => {
        op! { $name<A: Src, B: Src> |s| {
            let (a, b) = (A::get(&s, 3), B::get(&s, 4));
            if !both_small(a, b) {
                become_!(s, $slow::<A, B>);
            }
            if (a.word() as isize) $small (b.word() as isize) {
                return s.next(len::$len);
            }
            s.goto(s.label(1))
        }}

        op! { #[cold] #[inline(never)] $slow<A: Src, B: Src> |s| {
            if $holds(slow::compare(s.c, A::get(&s, 3), B::get(&s, 4))) {
                return s.next(len::$len);
            }
            s.goto(s.label(1))
        }}
    };
}

fn is_less(order: Ordering) -> bool {
    order == Ordering::Less
}

fn is_not_less(order: Ordering) -> bool {
    order != Ordering::Less
}

ordering_test!(is_lt, is_lt_slow, IS_LT, <, is_less);
ordering_test!(is_ge, is_ge_slow, IS_GE, >=, is_not_less);

macro_rules! equality_test {
    ($name:ident, $slow:ident, $len:ident, $wanted:literal, |$a:ident, $b:ident| $decided:expr, $equal:path) => {
        op! { $name<A: Src, B: Src> |s| {
            let ($a, $b) = (A::get(&s, 3), B::get(&s, 4));
            if $a != $b && !$decided {
                become_!(s, $slow::<A, B>);
            }
            if ($a == $b) == $wanted {
                return s.next(len::$len);
            }
            s.goto(s.label(1))
        }}

        op! { #[cold] #[inline(never)] $slow<A: Src, B: Src> |s| {
            if $equal(s.c, A::get(&s, 3), B::get(&s, 4)) == $wanted {
                return s.next(len::$len);
            }
            s.goto(s.label(1))
        }}
    };
}

// Different words are different terms, if one of them is an immediate that no object equals.
equality_test!(
    is_eq,
    is_eq_slow,
    IS_EQ,
    true,
    |a, b| a.is_immediate() && b.is_immediate(),
    slow::equal
);
equality_test!(
    is_ne,
    is_ne_slow,
    IS_NE,
    false,
    |a, b| a.is_immediate() && b.is_immediate(),
    slow::equal
);
equality_test!(
    is_eq_exact,
    is_eq_exact_slow,
    IS_EQ_EXACT,
    true,
    |a, b| a.is_immediate() || b.is_immediate(),
    slow::equal_exact
);
equality_test!(
    is_ne_exact,
    is_ne_exact_slow,
    IS_NE_EXACT,
    false,
    |a, b| a.is_immediate() || b.is_immediate(),
    slow::equal_exact
);

macro_rules! type_test {
    ($name:ident, $len:ident, |$t:ident| $test:expr) => {
        op! { $name<A: Src> |s| {
            let $t = A::get(&s, 3);
            if $test {
                return s.next(len::$len);
            }
            s.goto(s.label(1))
        }}
    };
}

type_test!(is_integer, IS_INTEGER, |t| t.is_small() || t.is_big());
type_test!(is_float, IS_FLOAT, |t| t.is_float());
type_test!(is_number, IS_NUMBER, |t| t.is_small() || t.is_number());
type_test!(is_atom, IS_ATOM, |t| t.is_atom());
type_test!(is_pid, IS_PID, |t| t.is_pid()
    || slow::is(t, Subtag::ExtPid));
type_test!(is_reference, IS_REFERENCE, |t| t.is_reference());
type_test!(is_port, IS_PORT, |t| t.is_port()
    || slow::is(t, Subtag::ExtPort));
type_test!(is_nil, IS_NIL, |t| t.is_nil());
type_test!(is_bitstr, IS_BITSTR, |t| t.is_bitstring());
type_test!(is_binary, IS_BINARY, |t| t
    .as_bits()
    .is_some_and(|bits| bits.is_binary()));
type_test!(is_list, IS_LIST, |t| t.is_list());
type_test!(is_nonempty_list, IS_NONEMPTY_LIST, |t| t.is_cons());
type_test!(is_tuple, IS_TUPLE, |t| t.is_tuple());
type_test!(is_map, IS_MAP, |t| t.is_map());
type_test!(is_boolean, IS_BOOLEAN, |t| t == atoms::TRUE
    || t == atoms::FALSE);
type_test!(is_function, IS_FUNCTION, |t| t.is_fun());

op! { is_function2 |s| {
    if slow::is_function_of(s.any(3), s.any(5)) {
        return s.next(len::IS_FUNCTION2);
    }
    s.goto(s.label(1))
}}

op! { test_arity<A: Src> |s| {
    let t = A::get(&s, 3);
    if t.is_boxed() && t.header() == Header::tuple(s.number(4)) {
        return s.next(len::TEST_ARITY);
    }
    s.goto(s.label(1))
}}

op! { is_tagged_tuple<A: Src> |s| {
    let t = A::get(&s, 3);
    if t.is_boxed()
        && t.header() == Header::tuple(s.number(4))
        && t.boxed_word(1) == s.link(s.wide(5) as usize)
    {
        return s.next(len::IS_TAGGED_TUPLE);
    }
    s.goto(s.label(1))
}}

op! { select_val<A: Src> |s| {
    let value = A::get(&s, 1);
    let count = s.number(4);
    // Pairs of a link index and a label.
    for i in 0..count {
        if s.link(s.tail(len::SELECT_VAL, 2 * i) as usize) == value.word() {
            let distance = s.tail(len::SELECT_VAL, 2 * i + 1) as i32;
            return s.goto(s.ip.offset(distance as isize));
        }
    }
    s.goto(s.label(2))
}}

/// Where a selection by halves goes for a word: to the label of the pair whose constant it is, or to that
/// behind the value. `pair` says at which word of the tail the pair of a rank stands.
#[inline(always)]
unsafe fn selected(s: &State, word: Word, len: usize, pair: impl Fn(usize) -> usize) -> *const u32 {
    // SAFETY: the operands of both instructions begin alike, and the tail has as many pairs as they say.
    unsafe {
        let (mut low, mut high) = (0, s.number(4));
        while low < high {
            let middle = (low + high) / 2;
            let at = pair(middle);
            let constant = s.link(s.tail(len, at) as usize);
            if constant == word {
                return s.ip.offset(s.tail(len, at + 1) as i32 as isize);
            }
            if constant < word {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        s.label(2)
    }
}

op! { select_sorted<A: Src> |s| {
    let word = A::get(&s, 1).word();
    s.goto(selected(&s, word, len::SELECT_SORTED, |rank| 2 * rank))
}}

op! { select_ordered<A: Src> |s| {
    let word = A::get(&s, 1).word();
    let order = s.link(s.wide(5) as usize) as *const u16;
    s.goto(selected(&s, word, len::SELECT_ORDERED, |rank| 2 * usize::from(*order.add(rank))))
}}

op! { select_int<A: Src> |s| {
    let value = A::get(&s, 1);
    if value.is_small() {
        let lowest = s.wide(4) as i32 as isize;
        let i = value.small_value().wrapping_sub(lowest) as usize;
        if i < s.number(6) {
            let distance = s.tail(len::SELECT_INT, i) as i32;
            return s.goto(s.ip.offset(distance as isize));
        }
    }
    s.goto(s.label(2))
}}

op! { select_arity<A: Src> |s| {
    let value = A::get(&s, 1);
    if value.is_tuple() {
        let arity = value.header().arity() as u32;
        for i in 0..s.number(4) {
            if s.tail(len::SELECT_ARITY, 2 * i) == arity {
                let distance = s.tail(len::SELECT_ARITY, 2 * i + 1) as i32;
                return s.goto(s.ip.offset(distance as isize));
            }
        }
    }
    s.goto(s.label(2))
}}
