//! What a program can set for the whole VM, and what it can watch of it.

use super::process_info::max_heap_term;
use super::process_spawn::max_heap;
use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::collect;
use crate::memory::process_heap::MIN_HEAP_WORDS;
use crate::process::Signal;
use crate::sched::online::Blocked;
use crate::term::{Term, atoms};
use portable_atomic::{AtomicUsize, Ordering};

pub(super) const TABLE: &[Bif] = &[bif("erlang", "system_flag", 2, system_flag_2)];

fn system_flag_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (flag, value) = (args[0], args[1]);
    let settings = &c.rt.settings;
    let size = || value.as_usize().ok_or(Raise::BADARG);
    match c.rt.atoms.name(flag) {
        "backtrace_depth" => set(c, &settings.backtrace_depth, size()?.min(1024)),
        "fullsweep_after" => set(
            c,
            &settings.fullsweep_after,
            size()?.min(usize::from(u16::MAX)),
        ),
        "min_heap_size" => set(c, &settings.min_heap, size()?.max(MIN_HEAP_WORDS)),
        "min_bin_vheap_size" => set(c, &settings.min_binary_words, size()?),
        "trace_control_word" => {
            let before = settings.set_trace_control_word(value);
            Ok(c.p.heap.uint(before.ok_or(Raise::BADARG)?)?)
        }
        "outstanding_system_requests_limit" => {
            let count = size()?;
            if count == 0 {
                return Err(Raise::BADARG);
            }
            set(c, &settings.outstanding_requests, count)
        }
        "max_heap_size" => {
            let limit = max_heap(c, value)?;
            let before = c.rt.settings.max_heap.lock().replace(limit);
            max_heap_term(c.rt, before, &mut c.p.heap)
        }
        "schedulers_online" => schedulers_online(c, size()?),
        "dirty_cpu_schedulers_online" if size()? == 1 => Ok(value),
        "multi_scheduling" => multi_scheduling(c, value),
        "scheduler_wall_time" => {
            let on = value.as_bool().ok_or(Raise::BADARG)?;
            let now = c.rt.now();
            let now = (now, collect(c.rt.statistics.idle(now))?);
            let mut since = c.rt.settings.wall_time.lock();
            let before = since.is_some();
            if on != before {
                *since = on.then_some(now);
            }
            Ok(Term::bool(before))
        }
        "time_offset" if c.rt.atoms.name(value) == "finalize" => {
            Ok(c.rt.atoms.intern("volatile")?)
        }
        "system_logger" => system_logger(c, value),
        "sequential_tracer" => sequential_tracer(c, value),
        "reset_seq_trace" if value == atoms::TRUE => {
            c.p.reset_sequence();
            for handle in c.rt.processes.all() {
                c.rt.signal(handle.id(), Signal::ResetSequence);
            }
            Ok(atoms::TRUE)
        }
        // Threads run where the system lets them.
        "cpu_topology" if value == atoms::UNDEFINED => Ok(value),
        "scheduler_bind_type" if c.rt.atoms.name(value) == "unbound" => Ok(value),
        "cpu_topology" | "scheduler_bind_type" | "erts_alloc" | "microstate_accounting" => {
            Err(Raise::BADARG)
        }
        _ => Err(Raise::BadArg(atoms::BADOPT)),
    }
}

/// A change of which schedulers take turns that has been asked for: done when no other does.
struct Settled(Term);

impl Work for Settled {
    const PER_REDUCTION: usize = 1;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if c.rt.is_online_settled() {
            return Ok(Some(self.0));
        }
        fuel.burn(usize::MAX);
        Ok(None)
    }
}

fn schedulers_online(c: &mut Ctx<'_>, count: usize) -> BifResult {
    if !(1..=c.rt.run_queue.schedulers()).contains(&count) {
        return Err(Raise::BADARG);
    }
    work::run(c, |c| {
        let before = c.rt.online.set(count);
        c.rt.online_changed();
        Ok(Settled(Term::small(before as isize)))
    })
}

fn multi_scheduling(c: &mut Ctx<'_>, value: Term) -> BifResult {
    let (blocks, what) = match c.rt.atoms.name(value) {
        "block" => (true, Blocked::All),
        "block_normal" => (true, Blocked::Normal),
        "unblock" => (false, Blocked::All),
        "unblock_normal" => (false, Blocked::Normal),
        _ => return Err(Raise::BADARG),
    };
    work::run(c, |c| {
        if blocks {
            c.rt.online.block(c.p.id, what)?;
        } else {
            c.rt.online.unblock(c.p.id, what);
        }
        c.rt.online_changed();
        Ok(Settled(super::system_info::multi_scheduling(c.rt)?))
    })
}

fn set(c: &mut Ctx<'_>, to: &AtomicUsize, value: usize) -> BifResult {
    let before = to.swap(value, Ordering::Relaxed);
    Ok(c.p.heap.uint(before as u64)?)
}

/// Who gets the messages of sequential tracing; `false` for nobody.
fn sequential_tracer(c: &mut Ctx<'_>, tracer: Term) -> BifResult {
    let after = match tracer {
        atoms::FALSE => None,
        id if id.is_port() && c.rt.is_there(id) => Some(id),
        id if id == c.p.id || super::process::settled(c, id)?.is_some() => Some(id),
        _ => return Err(Raise::BADARG),
    };
    let before = c.rt.seq_tracer().unwrap_or(atoms::FALSE);
    *c.rt.settings.seq_tracer.lock() = after;
    Ok(before)
}

fn system_logger(c: &mut Ctx<'_>, logger: Term) -> BifResult {
    let name = c.rt.atoms.name(logger);
    if !logger.is_pid() && !matches!(name, "logger" | "undefined") {
        return Err(Raise::BADARG);
    }
    let usual = c.rt.atoms.intern("logger")?;
    let before = c.rt.settings.system_logger.lock().replace(logger);
    Ok(before.unwrap_or(usual))
}
