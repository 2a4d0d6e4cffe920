//! What a process can change about itself, and a little about others.

use super::process::{elements, give_way_to, settled};
use super::process_info::{max_heap_term, min_binary_words, priority_term, queue_data};
use super::process_spawn::{max_heap, off_heap, priority, scheduler};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::process::relation::MaxHeap;
use crate::process::saved_calls::MOST;
use crate::term::{Term, atoms};
use core::mem::replace;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "process_flag", 2, process_flag_2),
    bif("erlang", "process_flag", 3, process_flag_3),
];

fn process_flag_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (flag, value) = (args[0], args[1]);
    let rt = c.rt;
    let switch = || value.as_bool().ok_or(Raise::BADARG);
    let flags = &mut c.p.flags;
    match rt.atoms.name(flag) {
        "trap_exit" => Ok(Term::bool(replace(&mut flags.trap_exit, switch()?))),
        "sensitive" => Ok(Term::bool(replace(&mut flags.sensitive, switch()?))),
        "async_dist" => Ok(Term::bool(replace(&mut flags.async_dist, switch()?))),
        "priority" => {
            let now = priority(c, value)?;
            let before = replace(&mut c.p.priority, now);
            rt.processes.with(c.p.id, |p| p.set_priority(now));
            priority_term(rt, before)
        }
        "message_queue_data" => {
            let off = off_heap(c, value)?;
            queue_data(rt, replace(&mut c.p.flags.off_heap_queue, off))
        }
        "max_heap_size" => {
            let limit = max_heap(c, value)?;
            let before = super::process_info::max_heap(c.p);
            if limit != MaxHeap::NONE || before.is_some() {
                c.p.rare_mut()?.max_heap = Some(limit);
            }
            max_heap_term(rt, before, &mut c.p.heap)
        }
        "error_handler" => error_handler(c, value),
        "monitor_nodes" => monitor_nodes(c, value),
        "save_calls" => save_calls(c, value),
        "scheduler" => Ok(Term::small(scheduler(value).map(|_| 0)?)),
        "min_heap_size" | "min_bin_vheap_size" | "fullsweep_after" => {
            size_flag(c, rt.atoms.name(flag), value)
        }
        _ => match flag.as_tuple() {
            Some(&[key, list]) if rt.atoms.name(key) == "monitor_nodes" => {
                elements(list)?;
                monitor_nodes(c, value)
            }
            _ => Err(Raise::BadArg(atoms::BADOPT)),
        },
    }
}

fn size_flag(c: &mut Ctx<'_>, flag: &str, value: Term) -> BifResult {
    let size = value.as_usize().ok_or(Raise::BADARG)?;
    let before = match flag {
        "min_heap_size" => {
            let words = u32::try_from(size).unwrap_or(u32::MAX);
            replace(&mut c.p.heap.min_words, words) as usize
        }
        "fullsweep_after" => {
            let count = u16::try_from(size).unwrap_or(u16::MAX);
            replace(&mut c.p.heap.fullsweep_after, count) as usize
        }
        _ => {
            let before = min_binary_words(c.p);
            c.p.rare_mut()?.min_binary_words = Some(size);
            before
        }
    };
    Ok(c.p.heap.uint(before as u64)?)
}

fn error_handler(c: &mut Ctx<'_>, module: Term) -> BifResult {
    if !module.is_atom() {
        return Err(Raise::BADARG);
    }
    let usual = c.rt.atoms.intern("error_handler")?;
    let own = (module != usual).then_some(module);
    let before = c.p.rare().and_then(|rare| rare.error_handler);
    if own.is_some() || before.is_some() {
        c.p.rare_mut()?.error_handler = own;
        c.p.flags.own_error_handler = own.is_some();
    }
    Ok(before.unwrap_or(usual))
}

/// There are no other nodes, so only the subscriptions are counted, as OTP does.
fn monitor_nodes(c: &mut Ctx<'_>, value: Term) -> BifResult {
    let on = value.as_bool().ok_or(Raise::BADARG)?;
    let before = c.p.rare().map_or(0, |rare| rare.monitor_nodes);
    if on || before > 0 {
        c.p.rare_mut()?.monitor_nodes = if on { before + 1 } else { 0 };
    }
    Ok(Term::small(before as isize))
}

/// So many calls can be saved.
fn calls_to_save(value: Term) -> Result<usize, Raise> {
    let count = value.as_usize().filter(|&count| count <= MOST);
    count.ok_or(Raise::BadArg(atoms::NONE))
}

fn save_calls(c: &mut Ctx<'_>, value: Term) -> BifResult {
    let count = calls_to_save(value)?;
    let before = c.p.save_calls(count)?;
    if before > 0 || count > 0 {
        // The next turn is one in which calls are saved, or no longer.
        c.p.set_turn(0);
    }
    Ok(Term::small(before as isize))
}

fn process_flag_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (id, flag) = (args[0], args[1]);
    let is_me = id == c.p.id;
    let other = if is_me { None } else { settled(c, id)? };
    if !is_me && other.is_none() {
        return Err(Raise::BadArg(atoms::BADTYPE));
    }
    if c.rt.atoms.name(flag) != "save_calls" {
        return Err(Raise::BADARG);
    }
    let Some(handle) = other else {
        return save_calls(c, args[2]);
    };
    let count = calls_to_save(args[2])?;
    let Some(mut body) = handle.body.try_lock() else {
        return Err(give_way_to(c, &handle));
    };
    let Some(p) = &mut *body else {
        return Err(Raise::BadArg(atoms::BADTYPE));
    };
    Ok(Term::small(p.save_calls(count)? as isize))
}
