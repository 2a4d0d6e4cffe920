//! Sending and receiving, and waiting for a time.

use super::{collect, parts, save_native, stressed};
use crate::bif::Ctx;
use crate::bif::process_send::send_2;
use crate::interp::context::Context;
use crate::process::Fetched;
use crate::process::saved_calls::Saved;
use crate::process::trace::RECEIVE;
use crate::term::{Term, atoms};

/// What a look for the next message found.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::interp) enum Next {
    /// It is in x0.
    Message,
    /// There is none.
    Empty,
    /// A signal ends the process.
    Exit,
    /// There is no memory for it.
    NoMemory,
}

/// What became of the time limit of a receive.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::interp) enum Timeout {
    Over,
    Running,
    Bad,
    NoMemory,
}

/// Sends x1 to x0; the message, or [`Term::NONE`].
#[inline(never)]
pub(in crate::interp) unsafe fn send(c: *mut Context) -> Term {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, rt) = parts(c);
        (*c).reds -= 3;
        (*c).bits.data = core::ptr::null_mut();
        if (*c).send.is_null() {
            let Ok(export) = rt.export(atoms::ERLANG, atoms::SEND, 2) else {
                (*c).raise = crate::bif::Raise::OutOfMemory;
                return Term::NONE;
            };
            (*c).send = export;
        }
        (*c).export = (*c).send;
        if (*c).reds < 0 {
            save_native(c, Saved::Call((*c).send));
        }
        let args = [(*c).x[0], (*c).x[1]];
        match send_2(&mut Ctx::new(p, rt), &args) {
            Ok(message) => message,
            Err(raise) => {
                (*c).raise = raise;
                Term::NONE
            }
        }
    }
}

/// Looks at the current message of the mailbox, fetching new ones when there is none.
#[inline(never)]
pub(in crate::interp) unsafe fn next_message(c: *mut Context) -> Next {
    // SAFETY: as in `parts`; heap and stack top are saved; a receive needs no register.
    unsafe {
        let (p, rt) = parts(c);
        if !p.mailbox.has_current() {
            if let Fetched::Exit = p.fetch_signals(rt) {
                return Next::Exit;
            }
            if !p.mailbox.has_current() {
                return Next::Empty;
            }
        }
        let words = p.mailbox.current_words();
        // Signals become messages without an instruction that would collect.
        let is_short = p.heap.free_words() < words + crate::memory::process_heap::STACK_RESERVE;
        if (is_short || p.heap.has_extra() || stressed(c)) && !collect(c, words, 0) {
            return Next::NoMemory;
        }
        let (p, _) = parts(c);
        let heap = &mut p.heap;
        match p.mailbox.current(|fragment| heap.adopt(fragment)) {
            Some(message) => {
                (*c).x[0] = message;
                Next::Message
            }
            None => Next::NoMemory,
        }
    }
}

/// Takes the current message out of the mailbox; the receive is over.
#[inline(never)]
pub(in crate::interp) unsafe fn remove_message(c: *mut Context) {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        if p.flags.has_token || p.mailbox.has_tokens() {
            let token = p.mailbox.take_token();
            let message = p.mailbox.current(Err).unwrap_or(Term::NIL);
            match token {
                Some(None) => {}
                token => rt.seq_received(p, token.flatten(), message),
            }
        }
        p.mailbox.remove_current();
        if (*c).reds < 0 {
            save_native(c, Saved::Receive);
        }
        let (p, rt) = parts(c);
        p.flags.waited = false;
        p.clear_receive_timeout(rt);
    }
}

/// Starts the clock of a receive, or looks at it.
#[inline(never)]
pub(in crate::interp) unsafe fn wait_timeout(c: *mut Context, limit: Term) -> Timeout {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        if p.receive_timed_out(rt) {
            return Timeout::Over;
        }
        // A receive that waits again has lost its registers, the one with the limit among them.
        if p.has_receive_timeout() {
            return Timeout::Running;
        }
        match limit.as_i64() {
            _ if limit == atoms::INFINITY => drop(p.set_receive_timeout(rt, None)),
            Some(0) => return Timeout::Over,
            Some(ms @ 1..=0xffff_ffff) => {
                if p.set_receive_timeout(rt, Some(ms as u64)).is_err() {
                    return Timeout::NoMemory;
                }
            }
            _ => {
                // Whoever catches the error receives anew.
                p.mailbox.restart();
                p.flags.waited = false;
                return Timeout::Bad;
            }
        }
        Timeout::Running
    }
}

/// The receive is over without a message.
#[inline(never)]
pub(in crate::interp) unsafe fn timeout(c: *mut Context) {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        p.clear_receive_timeout(rt);
        p.flags.waited = false;
        p.mailbox.restart();
        if p.flags.saves_calls {
            p.save_call(Saved::Timeout);
        }
        if p.flags.traced {
            rt.trace(p, RECEIVE, &[atoms::RECEIVE, atoms::TIMEOUT]);
        }
    }
}

/// Reserves a receive marker.
#[inline(never)]
pub(in crate::interp) unsafe fn marker_reserve(c: *mut Context) -> Term {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, _) = parts(c);
        p.mailbox.marker_reserve()
    }
}

/// Binds a reserved marker to a reference.
#[inline(never)]
pub(in crate::interp) unsafe fn marker_bind(c: *mut Context, marker: Term, reference: Term) {
    // SAFETY: as in `parts`.
    unsafe { parts(c).0.mailbox.marker_bind(marker, reference) }
}

/// Forgets a marker.
#[inline(never)]
pub(in crate::interp) unsafe fn marker_clear(c: *mut Context, reference: Term) {
    // SAFETY: as in `parts`.
    unsafe { parts(c).0.mailbox.marker_clear(reference) }
}

/// Starts the next receive at a marker.
#[inline(never)]
pub(in crate::interp) unsafe fn marker_use(c: *mut Context, reference: Term) {
    // SAFETY: as in `parts`.
    unsafe { parts(c).0.mailbox.marker_use(reference) }
}
