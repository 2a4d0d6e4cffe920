//! Lists, tuples, maps and funs.

use crate::code::FunEntry;
use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Dst, Src, State, become_, op};
use crate::memory::process_heap::STACK_RESERVE;
use crate::term::boxed::SUB_BIN_WORDS;
use crate::term::fun::FUN_WORDS;
use crate::term::{Header, Subtag, Term, map};

op! { get_list<A: Src, H: Dst, T: Dst> |s| {
    let list = A::get(&s, 1);
    if !list.is_cons() {
        become_!(s, slow::unexpected);
    }
    H::set(&s, 2, list.head());
    T::set(&s, 3, list.tail());
    s.next(len::GET_LIST)
}}

op! { is_nonempty_get_list<A: Src, H: Dst, T: Dst> |s| {
    let list = A::get(&s, 3);
    if !list.is_cons() {
        return s.goto(s.label(1));
    }
    H::set(&s, 4, list.head());
    T::set(&s, 5, list.tail());
    s.next(len::IS_NONEMPTY_GET_LIST)
}}

op! { get_hd<A: Src, D: Dst> |s| {
    let list = A::get(&s, 1);
    if !list.is_cons() {
        become_!(s, slow::unexpected);
    }
    D::set(&s, 2, list.head());
    s.next(len::GET_HD)
}}

op! { get_tl<A: Src, D: Dst> |s| {
    let list = A::get(&s, 1);
    if !list.is_cons() {
        become_!(s, slow::unexpected);
    }
    D::set(&s, 2, list.tail());
    s.next(len::GET_TL)
}}

op! { get_tuple_element<A: Src, D: Dst> |s| {
    let tuple = A::get(&s, 1);
    let i = s.number(2);
    if !(tuple.is_tuple() && i < tuple.header().arity()) {
        become_!(s, slow::unexpected);
    }
    D::set(&s, 3, Term::from_word(tuple.boxed_word(i + 1)));
    s.next(len::GET_TUPLE_ELEMENT)
}}

op! { tuple_get2<A: Src, D: Dst, E: Dst> |s| {
    let tuple = A::get(&s, 1);
    let (i, j) = (s.number(2), s.number(4));
    if !(tuple.is_tuple() && i < tuple.header().arity() && j < tuple.header().arity()) {
        become_!(s, slow::unexpected);
    }
    let (a, b) = (tuple.boxed_word(i + 1), tuple.boxed_word(j + 1));
    D::set(&s, 3, Term::from_word(a));
    E::set(&s, 5, Term::from_word(b));
    s.next(len::TUPLE_GET2)
}}

op! { set_tuple_element |s| {
    let (value, tuple, i) = (s.any(1), s.any(3), s.number(5));
    if !(tuple.is_tuple() && i < tuple.header().arity() && slow::may_change(s.c, tuple, value, s.h)) {
        become_!(s, slow::unexpected);
    }
    // The compiler only does this to a tuple that it has just made and that nobody else knows.
    tuple.ptr().add(i + 1).write(value);
    s.next(len::SET_TUPLE_ELEMENT)
}}

op! { put_list<A: Src, B: Src, D: Dst> |s| {
    let (head, tail) = (A::get(&s, 1), B::get(&s, 2));
    s.h.write(head);
    s.h.add(1).write(tail);
    D::set(&s, 3, Term::from_list_ptr(s.h));
    s.h = s.h.add(2);
    s.next(len::PUT_LIST)
}}

op! { put_tuple<D: Dst> |s| {
    let count = s.number(2);
    let tuple = s.h;
    tuple.write(Term::from_word(Header::tuple(count).0));
    for i in 0..count {
        tuple.add(1 + i).write(s.value(s.tail(len::PUT_TUPLE, i)));
    }
    s.h = tuple.add(1 + count);
    D::set(&s, 1, Term::from_boxed_ptr(tuple));
    s.next(len::PUT_TUPLE + count)
}}

op! { put_tuple2<D: Dst, A: Src, B: Src> |s| {
    let (a, b) = (A::get(&s, 2), B::get(&s, 3));
    s.h.write(Term::from_word(Header::tuple(2).0));
    s.h.add(1).write(a);
    s.h.add(2).write(b);
    D::set(&s, 1, Term::from_boxed_ptr(s.h));
    s.h = s.h.add(3);
    s.next(len::PUT_TUPLE2)
}}

op! { put_tuple3<D: Dst, A: Src, B: Src, E: Src> |s| {
    let (a, b, e) = (A::get(&s, 2), B::get(&s, 3), E::get(&s, 4));
    s.h.write(Term::from_word(Header::tuple(3).0));
    s.h.add(1).write(a);
    s.h.add(2).write(b);
    s.h.add(3).write(e);
    D::set(&s, 1, Term::from_boxed_ptr(s.h));
    s.h = s.h.add(4);
    s.next(len::PUT_TUPLE3)
}}

op! { update_record |s| {
    let (size, count) = (s.number(5), s.number(6));
    let tuple = s.any(1);
    if !(tuple.is_tuple() && tuple.header().arity() == size) {
        become_!(s, slow::unexpected);
    }
    let new = if s.free() > size + STACK_RESERVE {
        let new = s.h;
        core::ptr::copy_nonoverlapping(tuple.ptr(), new, 1 + size);
        s.h = new.add(1 + size);
        Term::from_boxed_ptr(new)
    } else {
        s.save();
        let new = slow::copy_tuple(s.c, tuple);
        if new == Term::NONE {
            become_!(s, slow::die);
        }
        s.load();
        new
    };
    for i in 0..count {
        let position = s.tail(len::UPDATE_RECORD, 2 * i) as usize;
        let value = s.value(s.tail(len::UPDATE_RECORD, 2 * i + 1));
        // Positions were checked when the code was translated.
        new.ptr().add(position).write(value);
    }
    s.set_any(3, new);
    s.next(len::UPDATE_RECORD + 2 * count)
}}

/// Writes a fun, for which there is room, and gives it to its target.
#[inline(always)]
unsafe fn write_fun(s: &State, fun: *mut Term, count: usize) {
    // SAFETY: the operands are those of `make_fun`.
    unsafe {
        let entry = s.link(s.wide(3) as usize) as *const FunEntry;
        fun.write(Term::from_word(
            Header::new(Subtag::Fun, FUN_WORDS - 1 + count).0,
        ));
        fun.add(1).write(Term::from_word(entry as usize));
        fun.add(2).write((*(*s.c).p).id);
        for i in 0..count {
            fun.add(FUN_WORDS + i)
                .write(s.value(s.tail(len::MAKE_FUN, i)));
        }
        s.set_any(1, Term::from_boxed_ptr(fun));
    }
}

op! { make_fun |s| {
    let count = s.number(5);
    let fun = s.h;
    if s.free() < FUN_WORDS + count + STACK_RESERVE {
        become_!(s, make_fun_elsewhere);
    }
    write_fun(&s, fun, count);
    s.h = fun.add(FUN_WORDS + count);
    s.next(len::MAKE_FUN + count)
}}

op! { #[cold] #[inline(never)] make_fun_elsewhere |s| {
    let count = s.number(5);
    s.save();
    let fun = slow::reserve(s.c, FUN_WORDS + count);
    if fun.is_null() {
        become_!(s, slow::die);
    }
    s.load();
    write_fun(&s, fun, count);
    s.next(len::MAKE_FUN + count)
}}

macro_rules! put_map {
    ($name:ident, $slow:ident, $len:ident, $exact:literal) => {
        op! { $name |s| {
            let top = slow::put_map_quickly(s.ip, s.c, s.e, s.h, s.m, len::$len);
            if top.is_null() {
                become_!(s, $slow);
            }
            s.h = top;
            s.next(len::$len + 2 * s.number(8))
        }}

        op! { #[inline(never)] $slow |s| {
            let (live, count) = (s.number(7), s.number(8));
            s.save();
            let map = slow::put_map(s.c, s.e, s.m, s.any(3), s.ip.add(len::$len), count, $exact);
            if map == Term::NONE {
                let fail = s.label(1);
                if fail != s.ip {
                    return s.goto(fail);
                }
                become_!(s, slow::raise);
            }
            let map = slow::settle(s.c, map, live);
            if map == Term::NONE {
                become_!(s, slow::die);
            }
            s.load();
            s.set_any(5, map);
            s.next(len::$len + 2 * count)
        }}
    };
}

put_map!(put_map_assoc, put_map_assoc_slow, PUT_MAP_ASSOC, false);
put_map!(put_map_exact, put_map_exact_slow, PUT_MAP_EXACT, true);

op! { has_map_fields |s| {
    let (map, count) = (s.any(3), s.number(5));
    for i in 0..count {
        let key = s.value(s.tail(len::HAS_MAP_FIELDS, i));
        if map::get_quick(map, key).is_none() && slow::map_get(map, key) == Term::NONE {
            return s.goto(s.label(1));
        }
    }
    s.next(len::HAS_MAP_FIELDS + count)
}}

op! { get_map_elements |s| {
    // A target may be the map itself, which is read once; keys are read as they come.
    let (map, count) = (s.any(3), s.number(5));
    for i in 0..count {
        let key = s.value(s.tail(len::GET_MAP_ELEMENTS, 2 * i));
        let value = map::get_quick(map, key).unwrap_or_else(|| slow::map_get(map, key));
        if value == Term::NONE {
            return s.goto(s.label(1));
        }
        s.assign(s.tail(len::GET_MAP_ELEMENTS, 2 * i + 1), value);
    }
    s.next(len::GET_MAP_ELEMENTS + 2 * count)
}}

op! { get_map_element<A: Src, K: Src, D: Dst> |s| {
    let Some(value) = map::get_quick(A::get(&s, 3), K::get(&s, 4)) else {
        become_!(s, get_map_element_slow::<A, K, D>);
    };
    D::set(&s, 5, value);
    s.next(len::GET_MAP_ELEMENT)
}}

op! { #[inline(never)] get_map_element_slow<A: Src, K: Src, D: Dst> |s| {
    let value = slow::map_get(A::get(&s, 3), K::get(&s, 4));
    if value == Term::NONE {
        return s.goto(s.label(1));
    }
    D::set(&s, 5, value);
    s.next(len::GET_MAP_ELEMENT)
}}

const _: () = assert!(STACK_RESERVE >= SUB_BIN_WORDS);
