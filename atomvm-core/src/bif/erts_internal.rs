//! What `erts_internal` has that no other file does: functions behind those of `erlang` in OTP, which
//! here are those functions themselves, and questions about the emulator.

use super::process::{elements, settled};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Fragment, Heap};
use crate::process::Signal;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "alloc_info", 1, no_allocators),
    bif("erlang", "alloc_sizes", 1, no_allocators),
    bif("erts_internal", "get_creation", 0, |_, _| {
        Ok(Term::small(0))
    }),
    bif("erts_internal", "group_leader", 2, |c, args| {
        erlang(c, "group_leader", args)
    }),
    bif("erts_internal", "is_process_alive", 2, is_process_alive_2),
    bif("erts_internal", "is_process_executing_dirty", 1, is_dirty_1),
    bif("erts_internal", "is_system_process", 1, is_system_process_1),
    bif("erts_internal", "no_aux_work_threads", 0, |c, _| {
        aux_work_threads(c)
    }),
    bif("erts_internal", "perf_counter_unit", 0, nanoseconds),
    bif("erts_internal", "process_display", 2, |c, args| {
        erlang(c, "process_display", args)
    }),
    bif("erts_internal", "process_flag", 3, |c, args| {
        erlang(c, "process_flag", args)
    }),
    bif("erts_internal", "suspend_process", 2, |c, args| {
        erlang(c, "suspend_process", args)
    }),
    bif("erts_internal", "system_check", 1, system_check_1),
    bif("erts_internal", "time_unit", 0, nanoseconds),
    bif("erts_internal", "trace", 3, |c, args| {
        erlang(c, "trace", args)
    }),
    bif("erts_internal", "trace_pattern", 3, |c, args| {
        erlang(c, "trace_pattern", args)
    }),
];

/// What the function of `erlang` does.
fn erlang(c: &mut Ctx<'_>, function: &str, args: &[Term]) -> BifResult {
    let call = super::find("erlang", function, args.len() as u32).ok_or(Raise::UNDEF)?;
    call(c, args)
}

/// What is known of some allocators: the VM has none that it could be asked about.
fn no_allocators(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match elements(args[0])?.is_empty() {
        true => Ok(Term::NIL),
        false => Err(Raise::BADARG),
    }
}

/// Answers by the message `{Reference, IsAlive}`.
fn is_process_alive_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_pid() || !args[1].is_reference() {
        return Err(Raise::BADARG);
    }
    let is_alive = args[0] == c.p.id || settled(c, args[0])?.is_some();
    let answer = c.p.heap.tuple(&[args[1], Term::bool(is_alive)])?;
    let answer = Fragment::of(answer, &c.rt.budget)?;
    c.rt.signal(c.p.id, Signal::Message(answer));
    Ok(atoms::OK)
}

/// There are no schedulers for native code that takes long.
fn is_dirty_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].is_pid() {
        true => Ok(atoms::FALSE),
        false => Err(Raise::BADARG),
    }
}

fn is_system_process_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_pid() {
        return Err(Raise::BADARG);
    }
    if args[0] == c.p.id {
        return Ok(Term::bool(c.p.flags.system));
    }
    let Some(handle) = settled(c, args[0])? else {
        return Ok(atoms::FALSE);
    };
    let Some(body) = handle.body.try_lock() else {
        return Err(Raise::Yield);
    };
    Ok(Term::bool(body.as_ref().is_some_and(|p| p.flags.system)))
}

/// The schedulers, and one thread that is none of them.
fn aux_work_threads(c: &mut Ctx<'_>) -> BifResult {
    Ok(c.p.heap.uint(c.rt.run_queue.schedulers() as u64 + 1)?)
}

/// How many units of the clocks are a second.
fn nanoseconds(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.heap.uint(1_000_000_000)?)
}

/// Schedulers answer while they run this.
fn system_check_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match c.rt.atoms.name(args[0]) {
        "schedulers" => Ok(atoms::OK),
        _ => Err(Raise::BADARG),
    }
}
