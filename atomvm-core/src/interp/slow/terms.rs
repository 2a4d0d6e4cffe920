//! Comparing, selecting from and building terms.

use super::{parts, raise_now, set_error, set_error_tuple};
use crate::interp::context::Context;
use crate::interp::state::{Ret, State};
use crate::memory::Heap;
use crate::memory::fallible::filled;
use crate::memory::process_heap::STACK_RESERVE;
use crate::term::map::UpdateError;
use crate::term::{Term, Word, atoms, map, order};
use core::cmp::Ordering;

#[inline(never)]
pub(in crate::interp) unsafe fn compare(c: *mut Context, a: Term, b: Term) -> Ordering {
    let mut steps = 0;
    // SAFETY: as in `parts`.
    unsafe {
        let order = order::compare_counting(&parts(c).1.atoms, a, b, false, &mut steps);
        charge(c, steps);
        order
    }
}

/// Parts of terms that a comparison looks at for one reduction.
const STEPS_PER_REDUCTION: usize = 16;

#[inline]
unsafe fn charge(c: *mut Context, steps: usize) {
    // SAFETY: the context is live.
    unsafe { (*c).reds -= (steps / STEPS_PER_REDUCTION) as isize };
}

#[inline(never)]
pub(in crate::interp) unsafe fn equal(c: *mut Context, a: Term, b: Term) -> bool {
    let mut steps = 0;
    let is_equal = order::equal_counting(a, b, &mut steps);
    // SAFETY: the context is live.
    unsafe { charge(c, steps) };
    is_equal
}

#[inline(never)]
pub(in crate::interp) unsafe fn equal_exact(c: *mut Context, a: Term, b: Term) -> bool {
    let mut steps = 0;
    let is_equal = order::equal_exact_counting(a, b, &mut steps);
    // SAFETY: the context is live.
    unsafe { charge(c, steps) };
    is_equal
}

#[inline(never)]
pub(in crate::interp) fn is_function_of(fun: Term, arity: Term) -> bool {
    let Some(arity) = arity.as_usize() else {
        return false;
    };
    if let Some(closure) = fun.as_closure() {
        return closure.entry.arity as usize == arity;
    }
    fun.as_external_fun()
        .is_some_and(|export| export.arity as usize == arity)
}

/// The compiler promised a term of another type, or a larger one: such code did not come from
/// it. Raises `badarg`.
#[cold]
#[inline(never)]
pub(super) unsafe fn unexpected_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        State { ip, c, e, h, m }.save();
        set_error(c, atoms::BADARG);
        raise_now(ip, c, e, h, m)
    }
}

/// May the tuple be changed to hold the value? The compiler does this only to a tuple that it has
/// just made, with values that were there before; a tuple must never come to contain itself.
#[inline(never)]
pub(in crate::interp) unsafe fn may_change(
    c: *mut Context,
    tuple: Term,
    value: Term,
    top: *mut Term,
) -> bool {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, _) = parts(c);
        value != tuple && p.heap.open_for_change(tuple, top)
    }
}

/// A copy of a tuple, to be changed before anyone sees it; [`Term::NONE`] when there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn copy_tuple(c: *mut Context, tuple: Term) -> Term {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, _) = parts(c);
        let Some(elements) = tuple.as_tuple() else {
            return Term::NONE;
        };
        p.heap.tuple(elements).unwrap_or(Term::NONE)
    }
}

/// Room on the heap; null when there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn reserve(c: *mut Context, words: usize) -> *mut Term {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, _) = parts(c);
        p.heap
            .reserve(words)
            .map_or(core::ptr::null_mut(), |at| at.as_ptr())
    }
}

/// The value of a key; [`Term::NONE`] when the term is no map or has no such key.
#[inline(never)]
pub(in crate::interp) fn map_get(map: Term, key: Term) -> Term {
    if !map.is_map() {
        return Term::NONE;
    }
    map::get(map, key).unwrap_or(Term::NONE)
}

/// Does `put_map_*` where the map is flat and has all the keys, which are immediates, and there is
/// room at the heap's top: sets the target, and gives the new top. Null: this case is another, and
/// nothing has changed.
#[inline(never)]
pub(in crate::interp) unsafe fn put_map_quickly(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
    len: usize,
) -> *mut Term {
    let s = State { ip, c, e, h, m };
    // SAFETY: as for a handler; what is written lies at the top of the heap.
    unsafe {
        let (map, count) = (s.any(3), s.number(8));
        let Some(keys) = map::flat_keys(map) else {
            return core::ptr::null_mut();
        };
        let words = keys.len() + 2;
        if s.free() < words + STACK_RESERVE {
            return core::ptr::null_mut();
        }
        core::ptr::copy_nonoverlapping(map.ptr(), h, words);
        let mut is_changed = false;
        for i in 0..count {
            let key = s.value(s.tail(len, 2 * i));
            let at = keys.iter().position(|&k| k == key);
            let Some(at) = at.filter(|_| key.is_immediate()) else {
                return core::ptr::null_mut();
            };
            let value = s.value(s.tail(len, 2 * i + 1));
            is_changed |= *h.add(2 + at) != value;
            h.add(2 + at).write(value);
        }
        let (new, top) = match is_changed {
            true => (Term::from_boxed_ptr(h), h.add(words)),
            false => (map, h),
        };
        s.set_any(5, new);
        top
    }
}

/// The map with the pairs of an instruction's tail put in; [`Term::NONE`] after setting the
/// exception.
#[inline(never)]
pub(in crate::interp) unsafe fn put_map(
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
    map: Term,
    tail: *const u32,
    count: usize,
    exact: bool,
) -> Term {
    // SAFETY: as in `parts`; the tail holds `count` pairs of packed operands.
    unsafe {
        let s = State {
            ip: tail,
            c,
            e,
            h: core::ptr::null_mut(),
            m,
        };
        let (p, rt) = parts(c);
        if !map.is_map() {
            set_error_tuple(c, atoms::BADMAP, map);
            return Term::NONE;
        }
        let mut few = [(Term::NIL, Term::NIL); FEW_PAIRS];
        let mut many;
        let pairs = if count <= FEW_PAIRS {
            &mut few[..count]
        } else {
            let Ok(room) = filled((Term::NIL, Term::NIL), count) else {
                set_error(c, atoms::SYSTEM_LIMIT);
                return Term::NONE;
            };
            many = room;
            &mut many[..]
        };
        for (i, pair) in pairs.iter_mut().enumerate() {
            *pair = (s.value(s.tail(0, 2 * i)), s.value(s.tail(0, 2 * i + 1)));
        }
        let result = if exact {
            map::update_many(&mut p.heap, map, pairs)
        } else {
            map::put_many(&mut p.heap, &rt.atoms, map, pairs).map_err(UpdateError::from)
        };
        match result {
            Ok(map) => return map,
            Err(UpdateError::MissingKey(key)) => {
                // OTP takes the pairs in the order of their keys.
                let missing = pairs.iter().map(|pair| pair.0);
                let missing = missing.filter(|&key| map::get(map, key).is_none());
                let first = missing.min_by(|&a, &b| order::compare_exact(&rt.atoms, a, b));
                set_error_tuple(c, atoms::BADKEY, first.unwrap_or(key));
            }
            Err(UpdateError::OutOfMemory) => set_error(c, atoms::SYSTEM_LIMIT),
        }
        Term::NONE
    }
}

/// Up to so many pairs of a map instruction need no memory of their own.
const FEW_PAIRS: usize = 8;
