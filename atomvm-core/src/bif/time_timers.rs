//! Timers: messages that are sent later.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Fragment, Heap};
use crate::process::Signal;
use crate::term::{Reference, Subtag, Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "start_timer", 3, start_timer_3),
    bif("erlang", "start_timer", 4, start_timer_4),
    bif("erlang", "send_after", 3, send_after_3),
    bif("erlang", "send_after", 4, send_after_4),
    bif("erlang", "cancel_timer", 1, cancel_timer_1),
    bif("erlang", "cancel_timer", 2, cancel_timer_2),
    bif("erlang", "read_timer", 1, read_timer_1),
    bif("erlang", "read_timer", 2, read_timer_2),
];

const NS_PER_MS: u64 = 1_000_000;

/// Deadlines lie within so many nanoseconds, so that none overflows.
const LATEST: u64 = i64::MAX as u64;

fn start_timer_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start(c, args, false, true)
}

fn start_timer_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let absolute = is_absolute(c, args[3]).map_err(Raise::of_options)?;
    start(c, args, absolute, true)
}

fn send_after_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start(c, args, false, false)
}

fn send_after_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let absolute = is_absolute(c, args[3]).map_err(Raise::of_options)?;
    start(c, args, absolute, false)
}

fn is_absolute(c: &Ctx<'_>, options: Term) -> Result<bool, Raise> {
    let mut absolute = false;
    for option in elements(options)? {
        match option.as_tuple() {
            Some(&[key, value]) if c.rt.atoms.name(key) == "abs" => {
                absolute = value.as_bool().ok_or(Raise::BADARG)?;
            }
            _ => return Err(Raise::BADARG),
        }
    }
    Ok(absolute)
}

fn deadline(c: &Ctx<'_>, time: Term, absolute: bool) -> Option<u64> {
    let int = time.as_int()?;
    if absolute && int.is_negative() {
        return Some(0);
    }
    let time = int.to_u64()?.checked_mul(NS_PER_MS)?;
    let deadline = if absolute {
        Some(time)
    } else {
        c.rt.now().checked_add(time)
    };
    deadline.filter(|&d| d <= LATEST)
}

fn start(c: &mut Ctx<'_>, args: &[Term], absolute: bool, wrapped: bool) -> BifResult {
    let (to, message) = (args[1], args[2]);
    let deadline = deadline(c, args[0], absolute).ok_or(Raise::BadArg(atoms::TIME))?;
    if !to.is_pid() && !to.is_atom() {
        return Err(Raise::BADARG);
    }
    let serial = c.rt.next_reference();
    let reference = c.p.heap.reference(Reference::from_serial(serial))?;
    if to.is_pid() && !c.rt.processes.is_alive(to) {
        // Nobody will ever get the message.
        return Ok(reference);
    }
    let message = if wrapped {
        c.p.heap.tuple(&[atoms::TIMEOUT, reference, message])?
    } else {
        message
    };
    let message = Fragment::of(message, &c.rt.budget)?;
    c.rt.timers.start_send(deadline, serial, to, message)?;
    Ok(reference)
}

/// Milliseconds until `deadline`, or `false`.
fn remaining(c: &mut Ctx<'_>, deadline: Option<u64>) -> BifResult {
    match deadline {
        None => Ok(atoms::FALSE),
        Some(deadline) => {
            let left = deadline.saturating_sub(c.rt.now());
            Ok(c.p.heap.uint(left.div_ceil(NS_PER_MS))?)
        }
    }
}

/// The reference of a timer; `None` for one of another node, where there is none.
fn reference(term: Term) -> Result<Option<Reference>, Raise> {
    match term.subtag() {
        Some(Subtag::ExtRef) => Ok(None),
        _ => term.as_reference().map(Some).ok_or(Raise::BADARG),
    }
}

fn cancel_timer_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let deadline = reference(args[0])?.and_then(|timer| c.rt.timers.cancel(timer));
    remaining(c, deadline)
}

fn read_timer_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let deadline = reference(args[0])?.and_then(|timer| c.rt.timers.read(timer));
    remaining(c, deadline)
}

/// The options of cancelling and reading: `async`, and `info` where there `may_be_none`.
fn request_options(c: &Ctx<'_>, list: Term, may_be_none: bool) -> Result<(bool, bool), Raise> {
    let (mut asynchronous, mut info) = (false, true);
    for option in elements(list)? {
        let Some(&[key, value]) = option.as_tuple() else {
            return Err(Raise::BADARG);
        };
        let flag = match c.rt.atoms.name(key) {
            "async" => &mut asynchronous,
            "info" if may_be_none => &mut info,
            _ => return Err(Raise::BADARG),
        };
        *flag = value.as_bool().ok_or(Raise::BADARG)?;
    }
    Ok((asynchronous, info))
}

fn cancel_timer_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (asynchronous, info) = request_options(c, args[1], true)?;
    let result = cancel_timer_1(c, args)?;
    answer(c, "cancel_timer", args[0], result, asynchronous, info)
}

fn read_timer_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (asynchronous, _) = request_options(c, args[1], false)?;
    let result = read_timer_1(c, args)?;
    answer(c, "read_timer", args[0], result, asynchronous, true)
}

/// The result as a return value, or as a message when that is asked for.
fn answer(
    c: &mut Ctx<'_>,
    tag: &str,
    timer: Term,
    result: Term,
    asynchronous: bool,
    info: bool,
) -> BifResult {
    if asynchronous && info {
        let tag = c.rt.atoms.intern(tag)?;
        let message = c.p.heap.tuple(&[tag, timer, result])?;
        let message = Fragment::of(message, &c.rt.budget)?;
        c.rt.signal(c.p.id, Signal::Message(message));
    }
    Ok(if asynchronous || !info {
        atoms::OK
    } else {
        result
    })
}
