//! What the VM counts: memory, work and time.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{collect, with_room};
use crate::process::Process;
use crate::term::{Term, atoms};
use portable_atomic::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "memory", 0, memory_0),
    bif("erlang", "memory", 1, memory_1),
    bif("erlang", "statistics", 1, statistics_1),
];

/// What `memory/0` tells, in OTP's order.
const MEMORY_KEYS: &[&str] = &[
    "total",
    "processes",
    "processes_used",
    "system",
    "atom",
    "atom_used",
    "binary",
    "code",
    "ets",
];

/// Bytes of all processes, except what another thread is running.
fn process_bytes(c: &Ctx<'_>) -> usize {
    let bytes = |p: &Process| super::process_info::bytes(p);
    let others = c.rt.processes.all().into_iter().map(|handle| {
        let body = handle.body.try_lock();
        body.and_then(|body| body.as_ref().map(bytes)).unwrap_or(0)
    });
    bytes(c.p) + others.sum::<usize>()
}

/// Bytes of code, constants and link tables.
fn code_bytes(c: &Ctx<'_>) -> usize {
    let ids = c.rt.code.loaded().into_iter();
    ids.filter_map(|name| c.rt.code.find(name))
        .map(|module| module.memory())
        .sum()
}

fn memory_of(c: &mut Ctx<'_>, key: Term) -> BifResult {
    let total = c.rt.budget.used();
    let bytes = match c.rt.atoms.name(key) {
        "total" => total,
        "processes" | "processes_used" => process_bytes(c),
        "system" => total.saturating_sub(process_bytes(c)),
        "atom" | "atom_used" => c.rt.atoms.bytes(),
        "binary" => c.rt.budget.binaries(),
        "code" => code_bytes(c),
        "ets" => c.rt.ets.bytes(),
        _ => return Err(Raise::BADARG),
    };
    Ok(c.p.heap.uint(bytes as u64)?)
}

fn memory_list(c: &mut Ctx<'_>, keys: &[Term]) -> BifResult {
    let mut list = with_room(keys.len())?;
    for &key in keys {
        let bytes = memory_of(c, key)?;
        list.push(c.p.heap.tuple(&[key, bytes])?);
    }
    Ok(c.p.heap.list(&list)?)
}

fn memory_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut keys = with_room(MEMORY_KEYS.len())?;
    for key in MEMORY_KEYS {
        keys.push(c.rt.atoms.intern(key)?);
    }
    memory_list(c, &keys)
}

fn memory_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if args[0].is_list() {
        return memory_list(c, &elements(args[0])?);
    }
    memory_of(c, args[0])
}

fn pair(c: &mut Ctx<'_>, (a, b): (u64, u64)) -> BifResult {
    let (a, b) = (c.p.heap.uint(a)?, c.p.heap.uint(b)?);
    Ok(c.p.heap.tuple(&[a, b])?)
}

/// For each scheduler the processes that could run, and so many more.
fn lengths(c: &mut Ctx<'_>, more: usize) -> BifResult {
    let lengths = c.rt.run_queue.lengths();
    let lengths = collect(lengths.map(|length| Term::small((length + more) as isize)))?;
    Ok(c.p.heap.list(&lengths)?)
}

fn statistics_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let rt = c.rt;
    let ready = rt.run_queue.len();
    match rt.atoms.name(args[0]) {
        // What the running process has used counts when it gives way.
        "reductions" => pair(c, rt.statistics.reductions()),
        "exact_reductions" => pair(c, rt.statistics.exact_reductions()),
        "wall_clock" => pair(c, rt.statistics.wall_clock(rt.now())),
        "runtime" => {
            let processor = rt.platform.processor_time();
            pair(c, rt.statistics.runtime(rt.now(), processor))
        }
        "context_switches" => pair(c, (rt.statistics.switches(), 0)),
        "garbage_collection" => {
            let (count, words) = rt.budget.collections();
            let count = c.p.heap.uint(count as u64)?;
            let words = c.p.heap.uint(words as u64)?;
            Ok(c.p.heap.tuple(&[count, words, Term::small(0)])?)
        }
        "io" => io(c),
        "run_queues" => {
            let lengths = collect(rt.run_queue.lengths())?;
            let lengths = collect(
                lengths
                    .into_iter()
                    .map(|length| Term::small(length as isize)),
            )?;
            Ok(c.p.heap.tuple(&lengths)?)
        }
        "scheduler_wall_time" | "scheduler_wall_time_all" => wall_time(c),
        "run_queue" | "total_run_queue_lengths" | "total_run_queue_lengths_all" => {
            Ok(c.p.heap.uint(ready as u64)?)
        }
        "total_active_tasks" | "total_active_tasks_all" => Ok(c.p.heap.uint(ready as u64 + 1)?),
        "run_queue_lengths" | "run_queue_lengths_all" => lengths(c, 0),
        "active_tasks" | "active_tasks_all" => lengths(c, 1),
        _ => Err(Raise::BADARG),
    }
}

/// `{{input, Bytes}, {output, Bytes}}`: the console is all that there is, and what it reads is
/// not counted.
fn io(c: &mut Ctx<'_>) -> BifResult {
    let bytes = c.rt.settings.output.load(Ordering::Relaxed);
    let (input, output) = (c.rt.atoms.intern("input")?, c.rt.atoms.intern("output")?);
    let bytes = c.p.heap.uint(bytes)?;
    let input = c.p.heap.tuple(&[input, Term::small(0)])?;
    let output = c.p.heap.tuple(&[output, bytes])?;
    Ok(c.p.heap.tuple(&[input, output])?)
}

/// `[{Scheduler, Active, Total}]` since the times are counted.
fn wall_time(c: &mut Ctx<'_>) -> BifResult {
    let since = c.rt.settings.wall_time.lock();
    let Some((since, before)) = &*since else {
        return Ok(atoms::UNDEFINED);
    };
    let now = c.rt.now();
    let total = now.saturating_sub(*since);
    let mut list = with_room(before.len())?;
    for (at, (idle, before)) in c.rt.statistics.idle(now).zip(before).enumerate() {
        let active = total.saturating_sub(idle.saturating_sub(*before));
        let (active, total) = (c.p.heap.uint(active)?, c.p.heap.uint(total)?);
        let number = Term::small(at as isize + 1);
        list.push(c.p.heap.tuple(&[number, active, total])?);
    }
    Ok(c.p.heap.list(&list)?)
}
