//! Sending and receiving.

use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::{Dst, Ret, State, WAIT, become_, op};
use crate::term::{Term, atoms};

op! { send |s| {
    s.save();
    let result = slow::send(s.c);
    if result == Term::NONE {
        become_!(s, slow::bif_special);
    }
    s.set_x(0, result);
    s.load();
    s.next(len::SEND)
}}

op! { loop_rec<D: Dst> |s| {
    s.save();
    match slow::next_message(s.c) {
        slow::Next::Message => {
            s.load();
            D::set(&s, 3, (*s.c).x[0]);
            s.next(len::LOOP_REC)
        }
        slow::Next::Empty => {
            s.load();
            s.goto(s.label(1))
        }
        slow::Next::Exit => crate::interp::state::KILLED,
        slow::Next::NoMemory => slow::die(s.ip, s.c, s.e, s.h, s.m),
    }
}}

op! { loop_rec_end |s| {
    (*(*s.c).p).mailbox.advance();
    (*s.c).reds -= 1;
    s.ip = s.label(1);
    if (*s.c).reds < 0 {
        s.save();
        return slow::give_way(s.c, s.ip, s.m, 0);
    }
    s.dispatch()
}}

op! { remove_message |s| {
    slow::remove_message(s.c);
    s.next(len::REMOVE_MESSAGE)
}}

/// Waits, to go on at the label with the next message.
#[inline(always)]
unsafe fn sleep(s: State) -> Ret {
    // SAFETY: the label of a wait leads to a `loop_rec`.
    unsafe {
        s.save();
        slow::suspend(s.c, s.label(1), s.m, 0);
        (*(*s.c).p).flags.waited = true;
    }
    WAIT
}

op! { wait |s| {
    sleep(s)
}}

op! { wait_timeout |s| {
    match slow::wait_timeout(s.c, s.any(3)) {
        slow::Timeout::Over => s.next(len::WAIT_TIMEOUT),
        slow::Timeout::Running => sleep(s),
        slow::Timeout::NoMemory => slow::die(s.ip, s.c, s.e, s.h, s.m),
        slow::Timeout::Bad => {
            s.save();
            slow::set_error(s.c, atoms::TIMEOUT_VALUE);
            slow::raise(s.ip, s.c, s.e, s.h, s.m)
        }
    }
}}

op! { timeout |s| {
    slow::timeout(s.c);
    s.next(len::TIMEOUT)
}}

op! { recv_marker_reserve |s| {
    let marker = slow::marker_reserve(s.c);
    s.set_any(1, marker);
    s.next(len::RECV_MARKER_RESERVE)
}}

op! { recv_marker_bind |s| {
    slow::marker_bind(s.c, s.any(1), s.any(3));
    s.next(len::RECV_MARKER_BIND)
}}

op! { recv_marker_clear |s| {
    slow::marker_clear(s.c, s.any(1));
    s.next(len::RECV_MARKER_CLEAR)
}}

op! { recv_marker_use |s| {
    slow::marker_use(s.c, s.any(1));
    s.next(len::RECV_MARKER_USE)
}}

const _: Term = Term::NIL;
