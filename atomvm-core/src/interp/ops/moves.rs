//! Moves between registers, and stack frames.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Dst, Ret, Src, State, become_, op};
use crate::memory::process_heap::STACK_RESERVE;
use crate::term::{Term, Word};

op! { move_<S: Src, D: Dst> |s| {
    D::set(&s, 2, S::get(&s, 1));
    s.next(len::MOVE)
}}

op! { move_int<D: Dst> |s| {
    D::set(&s, 3, Term::small(s.wide(1) as i32 as isize));
    s.next(len::MOVE_INT)
}}

op! { move_wide<D: Dst> |s| {
    D::set(&s, 3, s.any(1));
    s.next(len::MOVE_WIDE)
}}

op! { move2<A: Src, B: Dst, E: Src, F: Dst> |s| {
    B::set(&s, 2, A::get(&s, 1));
    F::set(&s, 4, E::get(&s, 3));
    s.next(len::MOVE2)
}}

op! { swap<A: SrcDst, B: SrcDst> |s| {
    let (a, b) = (A::get(&s, 1), B::get(&s, 2));
    A::set(&s, 1, b);
    B::set(&s, 2, a);
    s.next(len::SWAP)
}}

/// A register that is both read and written.
pub(in crate::interp) trait SrcDst: Src + Dst {}
impl<T: Src + Dst> SrcDst for T {}

op! { init |s| {
    s.set_y(s.number(1), Term::NIL);
    s.next(len::INIT)
}}

/// Slots that a frame of any size gets emptied at once: there is room for so many below it.
const QUICK_SLOTS: usize = STACK_RESERVE;

/// Makes a frame of at most [`QUICK_SLOTS`] empty slots, for which there is room. More slots than
/// it has are written, as that takes no branch: below the frame is the reserve.
#[inline(always)]
unsafe fn push_frame(s: &mut State, slots: usize) {
    // SAFETY: the caller has seen that there is room for the frame and the reserve.
    unsafe {
        for i in 1..=QUICK_SLOTS {
            s.e.sub(i).write(Term::NIL);
        }
        s.e = s.e.sub(slots);
    }
}

/// Makes a frame of any size, for which there is room.
#[inline(always)]
unsafe fn push_large_frame(s: &mut State, slots: usize) {
    // SAFETY: the caller has seen that there is room.
    unsafe {
        s.e = s.e.sub(slots);
        for i in 0..slots {
            s.e.add(i).write(Term::NIL);
        }
    }
}

/// Collects, so that `need` words are free.
#[inline(always)]
unsafe fn make_room(s: &mut State, need: usize, live: usize) -> bool {
    // SAFETY: the registers up to `live` are set, as the verifier saw.
    unsafe {
        s.save();
        let done = slow::collect(s.c, need, live);
        s.load();
        done
    }
}

op! { allocate |s| {
    let slots = s.number(1);
    if s.free() < slots + STACK_RESERVE || slots > QUICK_SLOTS {
        become_!(s, allocate_slow);
    }
    push_frame(&mut s, slots);
    s.next(len::ALLOCATE)
}}

op! { #[inline(never)] allocate_slow |s| {
    let (slots, live) = (s.number(1), s.number(2));
    if s.free() < slots + STACK_RESERVE && !make_room(&mut s, slots, live) {
        become_!(s, slow::die);
    }
    push_large_frame(&mut s, slots);
    s.next(len::ALLOCATE)
}}

op! { allocate_heap |s| {
    let slots = s.number(1);
    if s.free() < slots + s.wide(3) as usize + STACK_RESERVE || slots > QUICK_SLOTS {
        become_!(s, allocate_heap_slow);
    }
    push_frame(&mut s, slots);
    s.next(len::ALLOCATE_HEAP)
}}

op! { #[inline(never)] allocate_heap_slow |s| {
    let (slots, live, need) = (s.number(1), s.number(2), s.wide(3) as usize);
    if s.free() < slots + need + STACK_RESERVE && !make_room(&mut s, slots + need, live) {
        become_!(s, slow::die);
    }
    push_large_frame(&mut s, slots);
    s.next(len::ALLOCATE_HEAP)
}}

op! { test_heap |s| {
    if s.free() < s.wide(1) as usize + STACK_RESERVE {
        become_!(s, test_heap_slow);
    }
    s.next(len::TEST_HEAP)
}}

op! { #[cold] #[inline(never)] test_heap_slow |s| {
    let (need, live) = (s.wide(1) as usize, s.number(3));
    if !make_room(&mut s, need, live) {
        become_!(s, slow::die);
    }
    s.next(len::TEST_HEAP)
}}

op! { collect |s| {
    s.save();
    if !slow::tidy(s.c, s.number(1)) {
        become_!(s, slow::die);
    }
    s.load();
    s.next(len::COLLECT)
}}

op! { deallocate |s| {
    s.e = s.e.add(s.number(1));
    s.next(len::DEALLOCATE)
}}

op! { trim |s| {
    s.e = s.e.add(s.number(1));
    s.next(len::TRIM)
}}

/// Goes back to the caller, whose address is on top of the stack.
#[inline(always)]
unsafe fn leave(mut s: State) -> Ret {
    // SAFETY: a call pushed these two words; the frame in between is gone.
    unsafe {
        s.ip = (*s.e).word() as *const u32;
        s.m = (*s.e.add(1)).word() as *const Word;
        s.e = s.e.add(2);
        s.dispatch()
    }
}

op! { return_ |s| {
    leave(s)
}}

op! { deallocate_return |s| {
    s.e = s.e.add(s.number(1));
    leave(s)
}}

op! { move_return<S: Src> |s| {
    s.set_x(0, S::get(&s, 1));
    leave(s)
}}
