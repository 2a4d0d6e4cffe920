//! `erts_debug:get_internal_state/1` and `set_internal_state/2`, which OTP's tests use. As there, they
//! are undefined until `available_internal_state` is set; what is not here is a wrong argument.

use super::{Bif, BifResult, Ctx, Raise, bif, process_info};
use crate::memory::Heap;
use crate::process::table::State;
use crate::sched::scheduler::TIME_SLICE;
use crate::term::hash::hash;
use crate::term::{Subtag, Term, atoms, map};
use crate::vm::settings::Limit;
use portable_atomic::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erts_debug", "get_internal_state", 1, get_internal_state_1),
    bif("erts_debug", "set_internal_state", 2, set_internal_state_2),
];

fn available(c: &Ctx<'_>) -> bool {
    c.rt.settings.internal_state.load(Ordering::Relaxed)
}

fn get_internal_state_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !available(c) {
        return Err(Raise::UNDEF);
    }
    if let Some(&[key, of]) = args[0].as_tuple() {
        return match c.rt.atoms.name(key) {
            "internal_hash" => Ok(c.p.heap.uint(hash(of).into())?),
            "binary_info" => binary_info(c, of),
            "process_status" => process_status(c, of),
            key @ ("link_list" | "monitor_list") if of.is_pid() => {
                process_info::internal(c, of, key)
            }
            "magic_ref" if of.is_reference() => Ok(atoms::FALSE),
            _ => Err(Raise::BADARG),
        };
    }
    match c.rt.atoms.name(args[0]) {
        "available_internal_state" => Ok(atoms::TRUE),
        "force_heap_frags" => Ok(atoms::FALSE),
        "processes" => call(c, "processes", &[]),
        "memory" => call(c, "memory", &[]),
        "persistent_term" => {
            // The places in use: what `persistent_term:info/0` counts has no room to spare.
            let places = c.p.heap.uint(c.rt.persistent_terms.count() as u64)?;
            let pairs = [(c.rt.atoms.intern("table")?, places)];
            Ok(map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs)?)
        }
        "process_info_args" => process_info::all_keys(c),
        "reds_left" => reds_left(c),
        _ => Err(Raise::BADARG),
    }
}

/// What is left of a turn is known where it begins, so the process gives way first.
fn reds_left(c: &mut Ctx<'_>) -> BifResult {
    if !core::mem::replace(&mut c.p.flags.yielded, true) {
        return Err(Raise::Yield);
    }
    c.p.flags.yielded = false;
    Ok(Term::small(TIME_SLICE as isize))
}

/// What a function of `erlang` answers.
fn call(c: &mut Ctx<'_>, function: &str, args: &[Term]) -> BifResult {
    let call = super::find("erlang", function, args.len() as u32).ok_or(Raise::UNDEF)?;
    call(c, args)
}

/// How a bit string is stored: `heap_binary`, or `{refc_binary, Size, {binary, Whole}, 0}`.
fn binary_info(c: &mut Ctx<'_>, term: Term) -> BifResult {
    let (base, _, bits) = term.bit_extent().ok_or(Raise::BADARG)?;
    if base.subtag() == Some(Subtag::HeapBin) {
        return Ok(c.rt.atoms.intern("heap_binary")?);
    }
    let whole = base.bit_count().unwrap_or(bits).div_ceil(8);
    let (refc, binary) = (
        c.rt.atoms.intern("refc_binary")?,
        c.rt.atoms.intern("binary")?,
    );
    let whole = c.p.heap.uint(whole as u64)?;
    let whole = c.p.heap.tuple(&[binary, whole])?;
    let size = c.p.heap.uint(bits.div_ceil(8) as u64)?;
    Ok(c.p.heap.tuple(&[refc, size, whole, Term::small(0)])?)
}

/// The state of a process that need not answer for it; `undefined` when it is gone.
fn process_status(c: &mut Ctx<'_>, id: Term) -> BifResult {
    if !id.is_pid() {
        return Err(Raise::BADARG);
    }
    let state = c.rt.processes.with(id, |handle| handle.state());
    Ok(c.rt.atoms.intern(match state {
        None => "undefined",
        Some(State::Waiting) => "waiting",
        Some(State::Ready) => "runnable",
        Some(State::Running) => "running",
        Some(State::Dead) => "exiting",
    })?)
}

fn set_internal_state_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [key, value] = [args[0], args[1]];
    let name = c.rt.atoms.name(key);
    if name == "available_internal_state" && matches!(value, atoms::TRUE | atoms::FALSE) {
        let state = &c.rt.settings.internal_state;
        let before = state.swap(value == atoms::TRUE, Ordering::Relaxed);
        return Ok(Term::bool(before));
    }
    if !available(c) {
        return Err(Raise::UNDEF);
    }
    match (name, c.rt.atoms.name(value)) {
        // Nothing here is put off that one would have to wait for.
        ("wait", "deallocations" | "thread_progress" | "aux_work" | "timer_cancellations") => {
            Ok(atoms::OK)
        }
        // Scans of tables give way when they have looked at so many objects, no sooner.
        ("ets_force_trap", "true" | "false") => Ok(c.rt.atoms.intern("notsup")?),
        // Ordered tables are not split for those who write at the same time.
        ("ets_force_split", _) => Ok(atoms::OK),
        // Signals have one queue, whose order needs no other.
        ("proc_sig_buffers", "true") => Ok(atoms::TRUE),
        ("reds_left", _) => {
            let left = value.as_small().ok_or(Raise::BADARG)?;
            c.p.set_turn(left.clamp(0, 4000) as usize);
            Ok(atoms::TRUE)
        }
        ("force_gc", _) if !value.is_pid() => Ok(atoms::FALSE),
        ("force_gc", _) => call(c, "garbage_collect", &[value]),
        (name, default) => {
            let Some(limit) = Limit::named(name) else {
                return Err(Raise::BADARG);
            };
            let new = match (default, value.as_usize()) {
                ("default", _) => 0,
                (_, Some(units)) if units > 0 => units,
                _ => return Err(Raise::BADARG),
            };
            let before = c.rt.settings.limit(limit).swap(new, Ordering::Relaxed);
            Ok(c.p.heap.uint(before as u64)?)
        }
    }
}
