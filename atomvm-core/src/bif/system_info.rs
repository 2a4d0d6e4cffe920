//! What a program can find out about the VM.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{AddText, Grow, collect, filled, print};
use crate::sched::online::Blocked;
use crate::sched::scheduler::TIME_SLICE;
use crate::term::{Term, WORD_BYTES, atoms};
use crate::vm::Runtime;
use alloc::string::String;
use alloc::vec::Vec;
use portable_atomic::{AtomicUsize, Ordering};

pub(super) const TABLE: &[Bif] = &[bif("erlang", "system_info", 1, system_info_1)];

/// The release of OTP that programs without OTP's library are told of.
const OTP_RELEASE: u32 = 27;

/// The release of OTP whose language and library this is.
pub(super) fn otp_release(rt: &Runtime) -> u32 {
    rt.otp_release.unwrap_or(OTP_RELEASE)
}

fn load(setting: &AtomicUsize) -> u64 {
    setting.load(Ordering::Relaxed) as u64
}

/// `{Key, Number}`
fn setting(c: &mut Ctx<'_>, key: &str, setting: &AtomicUsize) -> BifResult {
    let (key, number) = (c.rt.atoms.intern(key)?, c.p.heap.uint(load(setting))?);
    Ok(c.p.heap.tuple(&[key, number])?)
}

/// What is known of a clock of the platform.
fn clock(c: &mut Ctx<'_>, function: &str, now: u64) -> BifResult {
    let name = |name: &str| c.rt.atoms.intern(name);
    let (function, key) = (name(function)?, name("function")?);
    let (resolution, parallel, time) = (name("resolution")?, name("parallel")?, name("time")?);
    let yes = name("yes")?;
    let heap = &mut c.p.heap;
    let list = [
        heap.tuple(&[key, function])?,
        {
            let second = heap.uint(1_000_000_000)?;
            heap.tuple(&[resolution, second])?
        },
        heap.tuple(&[parallel, yes])?,
        {
            let now = heap.uint(now)?;
            heap.tuple(&[time, now])?
        },
    ];
    Ok(heap.list(&list)?)
}

fn system_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let key = args[0];
    if let Some(&[key, which]) = key.as_tuple() {
        return match (c.rt.atoms.name(key), c.rt.atoms.name(which)) {
            ("wordsize", "internal" | "external") => Ok(Term::small(WORD_BYTES as isize)),
            ("cpu_topology", "defined" | "detected" | "used") => Ok(atoms::UNDEFINED),
            // There are no allocators of its own.
            ("allocator" | "allocator_sizes", _) if which.is_atom() => Ok(atoms::FALSE),
            ("allocator" | "allocator_sizes", _) => without_allocators(c, which),
            _ => Err(Raise::BADARG),
        };
    }
    if let Some(&[key, tag, kinds]) = key.as_tuple()
        && c.rt.atoms.name(key) == "memory_internal"
    {
        return memory_internal(c, tag, kinds);
    }
    let rt = c.rt;
    let name = rt.atoms.name(key);
    let number = match name {
        "process_count" => Some(rt.processes.count() as u64),
        "process_limit" => Some(rt.processes.limit() as u64),
        "port_count" => Some(rt.ports.count() as u64),
        "ets_count" => Some(rt.ets.len() as u64),
        "atom_count" => Some(rt.atoms.len() as u64),
        "atom_limit" => Some(rt.atoms.limit() as u64),
        "port_limit" => Some(rt.port_limit as u64),
        "ets_limit" => Some(rt.table_limit as u64),
        "context_reductions" => Some(TIME_SLICE.into()),
        "outstanding_system_requests_limit" => Some(load(&rt.settings.outstanding_requests)),
        "trace_control_word" => Some(load(&rt.settings.trace_control_word)),
        "delayed_node_table_gc" => Some(60),
        "dist_buf_busy_limit" => Some(1 << 20),
        "compat_rel" => Some(otp_release(rt).into()),
        "wordsize" | "word_size" => Some(WORD_BYTES as u64),
        "schedulers" | "schedulers_total" => Some(rt.run_queue.schedulers() as u64),
        "schedulers_active" => Some(rt.online.active() as u64),
        "schedulers_online" => Some(rt.online.count() as u64),
        "scheduler_id" => Some(rt.scheduler_id() as u64),
        "logical_processors" | "logical_processors_online" | "logical_processors_available" => {
            Some(1)
        }
        "dirty_cpu_schedulers" | "dirty_cpu_schedulers_online" | "dirty_io_schedulers" => Some(0),
        "thread_pool_size" | "creation" => Some(0),
        "start_time" => Some(rt.started()),
        _ => None,
    };
    if let Some(number) = number {
        return Ok(c.p.heap.uint(number)?);
    }
    if name == "otp_release" {
        let release = print!("{}", otp_release(rt));
        return Ok(c.p.heap.string(&release)?);
    }
    let text = match name {
        "machine" => Some("ATOM"),
        "system_architecture" => Some(crate::vm::ARCHITECTURE),
        "nif_version" => Some("2.17"),
        "driver_version" => Some("3.3"),
        "version" => Some(env!("CARGO_PKG_VERSION")),
        _ => None,
    };
    if let Some(text) = text {
        return Ok(c.p.heap.string(text)?);
    }
    let atom = match name {
        "emu_flavor" => "emu",
        "endian" if cfg!(target_endian = "big") => "big",
        "endian" => "little",
        "emu_type" | "build_type" => "opt",
        "heap_type" => "private",
        "multi_scheduling" => return multi_scheduling(rt),
        "time_offset" => "volatile",
        "time_warp_mode" => "multi_time_warp",
        "cpu_quota" => "unknown",
        "cpu_topology" => "undefined",
        "update_cpu_info" => "unchanged",
        "tolerant_timeofday" | "modified_timing_level" => "disabled",
        "dynamic_trace" => "none",
        "message_queue_data" => "on_heap",
        "scheduler_bind_type" => "unbound",
        "smp_support" | "threads" => "true",
        "beam_jump_table" | "ets_realloc_moves" | "lock_checking" | "lock_counting" => "false",
        "hipe_architecture" => "undefined",
        "kernel_poll" | "debug_compiled" | "port_parallelism" | "time_correction" => "false",
        "async_dist" | "dynamic_trace_probes" | "eager_check_io" | "ets_always_compress" => "false",
        _ => return system_info_term(c, name),
    };
    Ok(c.rt.atoms.intern(atom)?)
}

fn system_info_term(c: &mut Ctx<'_>, name: &str) -> BifResult {
    let rt = c.rt;
    match name {
        "atomvm_version" => Ok(c.p.heap.binary(env!("CARGO_PKG_VERSION").as_bytes())?),
        "system_version" => {
            let bits = WORD_BYTES * 8;
            let version = env!("CARGO_PKG_VERSION");
            let n = rt.run_queue.schedulers();
            let text = print!("AtomVM {version} [{bits}-bit] [smp:{n}:{n}]\n");
            Ok(c.p.heap.string(&text)?)
        }
        "os_type" => {
            let (family, name) = rt.platform.os_type();
            let names = [rt.atoms.intern(family)?, rt.atoms.intern(name)?];
            Ok(c.p.heap.tuple(&names)?)
        }
        "os_version" => {
            let (major, minor, release) = rt.platform.os_version();
            let numbers = [major, minor, release].map(|n| Term::small(n as isize));
            Ok(c.p.heap.tuple(&numbers)?)
        }
        "min_heap_size" => setting(c, name, &rt.settings.min_heap),
        "min_bin_vheap_size" => setting(c, name, &rt.settings.min_binary_words),
        "fullsweep_after" => setting(c, name, &rt.settings.fullsweep_after),
        "max_heap_size" => {
            let limit = *rt.settings.max_heap.lock();
            super::process_info::max_heap_term(rt, limit, &mut c.p.heap)
        }
        "garbage_collection" => {
            let limit = rt.settings.max_heap.lock().map_or(0, |limit| limit.size);
            let limit = c.p.heap.uint(limit as u64)?;
            let limit =
                c.p.heap
                    .tuple(&[rt.atoms.intern("max_heap_size")?, limit])?;
            let list = [
                limit,
                setting(c, "min_bin_vheap_size", &rt.settings.min_binary_words)?,
                setting(c, "min_heap_size", &rt.settings.min_heap)?,
                setting(c, "fullsweep_after", &rt.settings.fullsweep_after)?,
            ];
            Ok(c.p.heap.list(&list)?)
        }
        "scheduler_bindings" => {
            let unbound = rt.atoms.intern("unbound")?;
            let all = filled(unbound, rt.run_queue.schedulers())?;
            Ok(c.p.heap.tuple(&all)?)
        }
        "system_logger" => {
            let logger = *rt.settings.system_logger.lock();
            Ok(logger.unwrap_or(rt.atoms.intern("logger")?))
        }
        "sequential_tracer" => {
            let tracer = rt.seq_tracer().unwrap_or(atoms::FALSE);
            let key = rt.atoms.intern(name)?;
            Ok(c.p.heap.tuple(&[key, tracer])?)
        }
        "schedulers_state" => Ok(c.p.heap.tuple(&schedulers(rt))?),
        "all_schedulers_state" => {
            let none = [Term::small(0); 3];
            let kinds = [
                ("normal", schedulers(rt)),
                ("dirty_cpu", none),
                ("dirty_io", none),
            ];
            let mut list = Vec::new();
            for (kind, [total, online, active]) in kinds {
                let kind = rt.atoms.intern(kind)?;
                list.try_push(c.p.heap.tuple(&[kind, total, online, active])?)?;
            }
            Ok(c.p.heap.list(&list)?)
        }
        "heap_sizes" => {
            let sizes = crate::memory::collect::block_sizes();
            let sizes = collect(sizes.map(|words| words as u64))?;
            let mut list = Term::NIL;
            for words in sizes.into_iter().rev() {
                let words = c.p.heap.uint(words)?;
                list = c.p.heap.cons(words, list)?;
            }
            Ok(list)
        }
        // The allocator is the host's, and the compiler is none of C.
        "allocator" => {
            let unknown = [atoms::UNDEFINED, Term::NIL, Term::NIL, Term::NIL];
            Ok(c.p.heap.tuple(&unknown)?)
        }
        "alloc_util_allocators" => Ok(Term::NIL),
        "c_compiler_used" => Ok(c.p.heap.tuple(&[atoms::UNDEFINED, atoms::UNDEFINED])?),
        "loaded" => loaded(c),
        "end_time" => Ok(c.p.heap.int(i64::MAX)?),
        "os_monotonic_time_source" => clock(c, "monotonic", rt.now()),
        "os_system_time_source" => {
            let now = rt.platform.system_time().as_nanos();
            clock(c, "system_time", u64::try_from(now).unwrap_or(u64::MAX))
        }
        "multi_scheduling_blockers" => blockers(c, Blocked::All),
        "normal_multi_scheduling_blockers" => blockers(c, Blocked::Normal),
        "dist_ctrl" | "taints" => Ok(Term::NIL),
        "snifs" => native_functions(c),
        "ethread_info" => ethread_info(c),
        _ => Err(Raise::BADARG),
    }
}

/// Sends the caller what is known of some allocators, a message for each thread that could have some
/// of its own: that they are not in use.
fn memory_internal(c: &mut Ctx<'_>, tag: Term, kinds: Term) -> BifResult {
    if tag.as_reference().is_none() {
        return Err(Raise::BADARG);
    }
    let list = without_allocators(c, kinds)?;
    let count = c.rt.run_queue.schedulers();
    for number in 1..=count {
        let message = [tag, Term::small(number as isize), list];
        let message = c.p.heap.tuple(&message)?;
        super::process_send::send_2(c, &[c.p.id, message])?;
    }
    Ok(atoms::TRUE)
}

/// `{Kind, false}` for each kind of allocator.
fn without_allocators(c: &mut Ctx<'_>, kinds: Term) -> BifResult {
    let mut list = Vec::new();
    for kind in super::process::elements(kinds)? {
        list.try_push(c.p.heap.tuple(&[kind, atoms::FALSE])?)?;
    }
    Ok(c.p.heap.list(&list)?)
}

/// How many schedulers there are, how many of them are online, and how many active.
fn schedulers(rt: &Runtime) -> [Term; 3] {
    let online = &rt.online;
    let counts = [rt.run_queue.schedulers(), online.count(), online.active()];
    counts.map(|count| Term::small(count as isize))
}

/// Do several schedulers take turns, or who must not?
pub(super) fn multi_scheduling(rt: &Runtime) -> BifResult {
    Ok(rt.atoms.intern(match rt.online.blocked() {
        None => "enabled",
        Some(Blocked::All) => "blocked",
        Some(Blocked::Normal) => "blocked_normal",
    })?)
}

/// The processes that block schedulers, where there are others to be blocked.
fn blockers(c: &mut Ctx<'_>, what: Blocked) -> BifResult {
    let ids = match c.rt.run_queue.schedulers() {
        1 => Vec::new(),
        _ => c.rt.online.blockers(what),
    };
    Ok(c.p.heap.list(&ids)?)
}

/// A text with the sizes of the code of all modules.
fn loaded(c: &mut Ctx<'_>) -> BifResult {
    let mut lines = String::new();
    let mut total = 0;
    for name in c.rt.code.loaded() {
        if let Some(module) = c.rt.code.find(name) {
            let bytes = size_of_val(module.image.code());
            let name = c.rt.atoms.name(name);
            lines.add_text(&print!("{name} {bytes}\n"));
            total += bytes;
        }
    }
    let text = print!("Current code: {total}\nOld code: 0\n{lines}");
    Ok(c.p.heap.binary(text.as_bytes())?)
}

/// Module, function and arity of each built-in function.
fn native_functions(c: &mut Ctx<'_>) -> BifResult {
    let mut list = Term::NIL;
    for bif in super::all() {
        let name = [
            c.rt.atoms.intern(bif.module)?,
            c.rt.atoms.intern(bif.function)?,
            Term::small(bif.arity.into()),
        ];
        let name = c.p.heap.tuple(&name)?;
        list = c.p.heap.cons(name, list)?;
    }
    Ok(list)
}

/// What OTP says of the operations that its threads share memory by: a name, whether the processor
/// has them, and which.
fn ethread_info(c: &mut Ctx<'_>) -> BifResult {
    let has = if cfg!(target_has_atomic = "64") {
        "yes"
    } else {
        "no"
    };
    let words = ["64-bit native atomics", has, ""];
    let mut texts = [Term::NIL; 3];
    for (text, word) in texts.iter_mut().zip(words) {
        *text = c.p.heap.string(word)?;
    }
    let entry = c.p.heap.tuple(&texts)?;
    Ok(c.p.heap.list(&[entry])?)
}
