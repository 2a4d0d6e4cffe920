//! What a program can find out about a process.

use super::process::{elements, give_way_to, settled};
use super::process_dict::pairs;
use super::process_elsewhere::is_former;
use super::system_info::otp_release;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::{Grow, collect, with_room};
use crate::memory::{Fragment, Heap, OutOfMemory, copy};
use crate::platform::Stream;
use crate::process::relation::{MaxHeap, Watched};
use crate::process::spawn::PROCESS_BYTES;
use crate::process::table::State;
use crate::process::{Handle, Priority, Process};
use crate::term::order::equal_exact;
use crate::term::{Term, WORD_BYTES, atoms, map};
use crate::vm::Runtime;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "process_info", 1, process_info_1),
    bif("erlang", "process_info", 2, process_info_2),
    bif("erlang", "process_display", 2, process_display_2),
];

/// What `process_info/1` tells, in OTP's order.
const USUAL: &[&str] = &[
    "registered_name",
    "current_function",
    "initial_call",
    "status",
    "message_queue_len",
    "links",
    "dictionary",
    "trap_exit",
    "error_handler",
    "priority",
    "group_leader",
    "total_heap_size",
    "heap_size",
    "stack_size",
    "reductions",
    "garbage_collection",
    "suspending",
];

fn process_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut keys = with_room(USUAL.len())?;
    for key in USUAL {
        keys.try_push(c.rt.atoms.intern(key)?)?;
    }
    let name = atoms_of(c, "registered_name")?;
    look(c, args[0], &keys, |out, pairs| {
        let without = |pair: &Term| !matches!(pair.as_tuple(), Some(&[key, value]) if key == name && value.is_nil());
        let pairs = collect(pairs.into_iter().filter(without))?;
        out.list(&pairs)
    })
}

fn atoms_of(c: &Ctx<'_>, name: &str) -> BifResult {
    Ok(c.rt.atoms.intern(name)?)
}

fn process_info_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (id, what) = (args[0], args[1]);
    if what.is_list() {
        let keys = elements(what)?;
        if keys.iter().any(|&key| !is_known(c.rt, key)) {
            return Err(Raise::BADARG);
        }
        return look(c, id, &keys, |out, pairs| out.list(&pairs));
    }
    if !is_known(c.rt, what) {
        return Err(Raise::BADARG);
    }
    let name = atoms_of(c, "registered_name")?;
    look(c, id, &[what], |_, pairs| {
        let pair = pairs.first().copied().unwrap_or(Term::NIL);
        Ok(match pair.as_tuple() {
            Some(&[key, value]) if key == name && value.is_nil() => Term::NIL,
            _ => pair,
        })
    })
}

/// Writes the stack of a process to standard error.
fn process_display_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if c.rt.atoms.name(args[1]) != "backtrace" {
        return Err(Raise::BadArg(atoms::BADOPT));
    }
    let found = look(c, args[0], &[args[1]], |_, pairs| {
        Ok(pairs.first().copied().unwrap_or(Term::NIL))
    })?;
    let text = match found.as_tuple() {
        Some(&[_, text]) => text.as_binary(),
        _ => None,
    };
    c.rt.write(Stream::Error, &text.ok_or(Raise::BADARG)?);
    Ok(atoms::TRUE)
}

/// What only the internal state of a process shows, by the name of [`value`].
pub(super) fn internal(c: &mut Ctx<'_>, id: Term, key: &str) -> BifResult {
    let key = c.rt.atoms.intern(key)?;
    look(c, id, &[key], |_, pairs| {
        let pair = pairs.first().and_then(|pair| pair.as_tuple());
        Ok(pair.map_or(Term::NIL, |pair| pair[1]))
    })
}

/// Reductions for looking at another process.
const OTHER: usize = 100;

/// Collects the pairs for `keys` of the process `id`, in a place of their own as they may refer
/// to its heap, and gives the caller a copy of what `finish` makes of them.
fn look(
    c: &mut Ctx<'_>,
    id: Term,
    keys: &[Term],
    finish: impl FnOnce(&mut Fragment, Vec<Term>) -> Result<Term, OutOfMemory>,
) -> BifResult {
    if is_former(id) {
        return Ok(atoms::UNDEFINED);
    }
    if !id.is_pid() {
        return Err(Raise::BADARG);
    }
    let changes_within_turn = |key: &Term| {
        let name = c.rt.atoms.name(*key);
        name.starts_with("current_") || matches!(name, "messages" | "reductions")
    };
    if id == c.p.id && !c.p.flags.yielded && keys.iter().any(changes_within_turn) {
        // Where a process is, what it has done and what has reached it, is known when it has
        // given way. It goes on at once.
        c.p.flags.yielded = true;
        return Err(match c.rt.processes.find(id) {
            Some(handle) => give_way_to(c, &handle),
            None => Raise::Yield,
        });
    }
    c.p.flags.yielded = false;
    let mut out = Fragment::new(&c.rt.budget);
    let result = if id == c.p.id {
        let Some(handle) = c.rt.processes.find(id) else {
            return Ok(atoms::UNDEFINED);
        };
        let pairs = all(c.rt, c.p, &handle, keys, &mut out)?;
        finish(&mut out, pairs)?
    } else {
        let Some(handle) = settled(c, id)? else {
            return Ok(atoms::UNDEFINED);
        };
        // In OTP it waits for the other's answer, so that who asks on and on does not keep others out.
        c.p.charge(OTHER);
        let Some(body) = handle.body.try_lock() else {
            return Err(give_way_to(c, &handle));
        };
        let Some(p) = &*body else {
            return Ok(atoms::UNDEFINED);
        };
        let pairs = all(c.rt, p, &handle, keys, &mut out)?;
        let result = finish(&mut out, pairs)?;
        // Copied while the body is locked, as it may refer to it.
        return Ok(copy::copy(result, copy::size(result), &mut c.p.heap)?);
    };
    Ok(copy::copy(result, copy::size(result), &mut c.p.heap)?)
}

fn all(
    rt: &Runtime,
    p: &Process,
    handle: &Handle,
    keys: &[Term],
    out: &mut Fragment,
) -> Result<Vec<Term>, Raise> {
    let mut pairs = with_room(keys.len())?;
    for &key in keys {
        let name = rt.atoms.name(key);
        let value = match key.as_tuple() {
            Some(_) if p.flags.sensitive => atoms::UNDEFINED,
            Some(&[_, which]) => {
                let value = p.dictionary.get(which, equal_exact);
                value.unwrap_or(atoms::UNDEFINED)
            }
            _ if p.flags.sensitive && HIDDEN.contains(&name) => hidden(name, out)?,
            _ => value(rt, p, handle, name, out)?,
        };
        pairs.push(out.tuple(&[key, value])?);
    }
    Ok(pairs)
}

const KNOWN: &[&str] = &[
    "async_dist",
    "backtrace",
    "binary",
    "catchlevel",
    "current_function",
    "current_location",
    "current_stacktrace",
    "dictionary",
    "error_handler",
    "fullsweep_after",
    "garbage_collection",
    "garbage_collection_info",
    "group_leader",
    "heap_size",
    "initial_call",
    "last_calls",
    "links",
    "max_heap_size",
    "memory",
    "message_queue_data",
    "message_queue_len",
    "messages",
    "min_bin_vheap_size",
    "min_heap_size",
    "monitored_by",
    "monitors",
    "parent",
    "priority",
    "reductions",
    "registered_name",
    "sequential_trace_token",
    "stack_size",
    "status",
    "suspending",
    "total_heap_size",
    "trap_exit",
];

/// The list of all keys.
pub(super) fn all_keys(c: &mut Ctx<'_>) -> BifResult {
    let mut keys = with_room(KNOWN.len())?;
    for key in KNOWN {
        keys.push(c.rt.atoms.intern(key)?);
    }
    Ok(c.p.heap.list(&keys)?)
}

/// Is it a key, or `{dictionary, Key}`?
fn is_known(rt: &Runtime, key: Term) -> bool {
    match key.as_tuple() {
        Some(&[dictionary, _]) => rt.atoms.name(dictionary) == "dictionary",
        _ => KNOWN.contains(&rt.atoms.name(key)),
    }
}

/// What a process that is `sensitive` does not show to others.
const HIDDEN: &[&str] = &[
    "backtrace",
    "current_stacktrace",
    "dictionary",
    "last_calls",
    "messages",
];

fn hidden(key: &str, out: &mut Fragment) -> BifResult {
    Ok(match key {
        "backtrace" => out.binary(b"")?,
        "last_calls" => atoms::FALSE,
        _ => Term::NIL,
    })
}

fn value(rt: &Runtime, p: &Process, handle: &Handle, key: &str, out: &mut Fragment) -> BifResult {
    let number = |out: &mut Fragment, n: usize| out.uint(n as u64);
    Ok(match key {
        "current_function" => match stack(p, rt, out)?.as_cons() {
            Some((top, _)) => match top.as_tuple() {
                Some(&[module, function, arity, _]) => out.tuple(&[module, function, arity])?,
                _ => atoms::UNDEFINED,
            },
            None => atoms::UNDEFINED,
        },
        "current_location" => match stack(p, rt, out)?.as_cons() {
            Some((top, _)) => top,
            None => atoms::UNDEFINED,
        },
        // That of a process that hibernates is empty.
        "current_stacktrace" if p.flags.hibernating => Term::NIL,
        "current_stacktrace" => stack(p, rt, out)?,
        "backtrace" => backtrace(p, rt, out)?,
        "async_dist" => Term::bool(p.flags.async_dist),
        "binary" => binary_list(out, p.heap.binaries().into_iter())?,
        "suspending" => suspending(rt, p, out)?,
        "min_bin_vheap_size" => number(out, min_binary_words(p))?,
        "dictionary" => pairs(p.dictionary.entries(), out)?,
        "error_handler" => match p.rare().and_then(|rare| rare.error_handler) {
            Some(module) => module,
            None => rt.atoms.intern("error_handler")?,
        },
        "fullsweep_after" => number(out, p.heap.fullsweep_after as usize)?,
        "garbage_collection" => garbage_collection(rt, p, out)?,
        "garbage_collection_info" => garbage_collection_info(rt, p, out)?,
        "group_leader" => p.group_leader,
        "heap_size" => number(out, p.heap.block_words())?,
        "initial_call" => {
            let call = p.initial_call;
            let (module, function) = (Term::atom(call.module), Term::atom(call.function));
            out.tuple(&[module, function, Term::small(call.arity as isize)])?
        }
        "last_calls" => p.last_calls(rt, out)?,
        "links" => links(p, out)?,
        "link_list" => link_list(rt, p, out)?,
        "monitor_list" => monitor_list(rt, p, out)?,
        "max_heap_size" => max_heap_term(rt, max_heap(p), out)?,
        "memory" => number(out, bytes(p))?,
        "message_queue_data" => queue_data(rt, p.flags.off_heap_queue)?,
        "message_queue_len" => number(out, p.mailbox.len() + waiting(handle))?,
        "messages" => {
            let mut messages = collect(p.mailbox.iter())?;
            messages.try_extend(handle.message_terms()?)?;
            out.list(&messages)?
        }
        "min_heap_size" => number(out, p.heap.min_words as usize)?,
        "monitored_by" => {
            let by = p.relations.iter().flat_map(|r| r.monitored_by.iter());
            let by = collect(by.map(|(_, &from)| from))?;
            out.list(&by)?
        }
        "monitors" => monitors(rt, p, out)?,
        "parent" if p.parent == Term::NONE => atoms::UNDEFINED,
        "parent" => p.parent,
        "priority" => priority_term(rt, p.priority)?,
        "reductions" => out.uint(p.reductions)?,
        "registered_name" => rt.names.name_of(p.id).unwrap_or(Term::NIL),
        "stack_size" => number(out, p.heap.stack_words())?,
        "status" if p.flags.suspended => atoms::SUSPENDED,
        "status" => rt.atoms.intern(match handle.state() {
            State::Waiting => "waiting",
            State::Ready => "runnable",
            State::Running => "running",
            State::Dead => "exiting",
        })?,
        "catchlevel" => Term::small(0),
        "total_heap_size" => number(out, p.total_words())?,
        "trap_exit" => Term::bool(p.flags.trap_exit),
        "sequential_trace_token" => match p.seq_token() {
            Some(token) => token.to_term(out)?,
            None => Term::NIL,
        },
        _ => return Err(Raise::BADARG),
    })
}

fn stack(p: &Process, rt: &Runtime, out: &mut Fragment) -> BifResult {
    if p.flags.hibernating {
        let hibernate = rt.atoms.intern("hibernate")?;
        let entry = out.tuple(&[atoms::ERLANG, hibernate, Term::small(3), Term::NIL])?;
        return Ok(out.list(&[entry])?);
    }
    Ok(crate::interp::stacktrace::of_process(p, rt, out)?)
}

/// Messages that have reached the process and that it has not seen: they are not in its mailbox
/// while it runs.
fn waiting(handle: &Handle) -> usize {
    handle.messages()
}

/// All bytes that a process takes.
pub(super) fn bytes(p: &Process) -> usize {
    PROCESS_BYTES + (p.heap.total_words() + p.mailbox.away_words()) * WORD_BYTES
}

fn links(p: &Process, out: &mut Fragment) -> BifResult {
    use crate::process::relation::{Link, linked};
    let links = p.relations.iter().flat_map(|r| r.links.iter());
    let active = links.filter(|&(_, link)| *link == Link::Active);
    let ids = collect(active.map(|(&key, _)| linked(key)))?;
    Ok(out.list(&ids)?)
}

/// `{erl_link, Type, Other, linked, Number}` for each link, as OTP's tests know it.
fn link_list(rt: &Runtime, p: &Process, out: &mut Fragment) -> BifResult {
    use crate::process::relation::{Link, linked};
    let (tag, state) = (rt.atoms.intern("erl_link")?, rt.atoms.intern("linked")?);
    let mut list = Vec::new();
    for (&key, _) in p.relations.iter().flat_map(|r| {
        let links = r.links.iter();
        links.filter(|(_, link)| **link == Link::Active)
    }) {
        let other = linked(key);
        let kind = match other.is_pid() {
            true => atoms::PROCESS,
            false => atoms::PORT,
        };
        let number = out.uint(key as u64)?;
        list.try_push(out.tuple(&[tag, kind, other, state, number])?)?;
    }
    Ok(out.list(&list)?)
}

/// `{erl_monitor, Type, Direction, Reference, Other, Name}` for each monitor.
fn monitor_list(rt: &Runtime, p: &Process, out: &mut Fragment) -> BifResult {
    let tag = rt.atoms.intern("erl_monitor")?;
    let (origin, target) = (rt.atoms.intern("origin")?, rt.atoms.intern("target")?);
    let clock = rt.atoms.intern("time_offset")?;
    let mut list = Vec::new();
    for (reference, monitor) in p.relations.iter().flat_map(|r| r.monitors.iter()) {
        let kind = match monitor.kind {
            Watched::Process => atoms::PROCESS,
            Watched::Port => atoms::PORT,
            Watched::Clock => clock,
        };
        let reference = out.reference(*reference)?;
        let or_none = |term: Term| if term == Term::NONE { Term::NIL } else { term };
        let (other, name) = (or_none(monitor.target), or_none(monitor.name));
        list.try_push(out.tuple(&[tag, kind, origin, reference, other, name])?)?;
    }
    for (reference, &from) in p.relations.iter().flat_map(|r| r.monitored_by.iter()) {
        let reference = out.reference(*reference)?;
        let monitor = [tag, atoms::PROCESS, target, reference, from, Term::NIL];
        list.try_push(out.tuple(&monitor)?)?;
    }
    Ok(out.list(&list)?)
}

fn monitors(rt: &Runtime, p: &Process, out: &mut Fragment) -> BifResult {
    let mut list = Vec::new();
    for (_, monitor) in p.relations.iter().flat_map(|r| r.monitors.iter()) {
        let object = if monitor.name.is_atom() && monitor.kind != Watched::Clock {
            out.tuple(&[monitor.name, atoms::NONODE_NOHOST])?
        } else {
            monitor.target
        };
        list.try_push(match monitor.kind {
            Watched::Process => out.tuple(&[atoms::PROCESS, object])?,
            Watched::Port => out.tuple(&[atoms::PORT, object])?,
            Watched::Clock => out.tuple(&[rt.atoms.intern("time_offset")?, monitor.name])?,
        })?;
    }
    Ok(out.list(&list)?)
}

/// `on_heap` or `off_heap`.
pub(super) fn queue_data(rt: &Runtime, off_heap: bool) -> BifResult {
    let name = if off_heap { "off_heap" } else { "on_heap" };
    Ok(rt.atoms.intern(name)?)
}

/// The atom of a priority.
pub(super) fn priority_term(rt: &Runtime, priority: Priority) -> BifResult {
    Ok(rt.atoms.intern(match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Max => "max",
    })?)
}

/// The limit of a process's heap.
pub(super) fn max_heap(p: &Process) -> Option<MaxHeap> {
    p.rare()?.max_heap
}

/// `min_bin_vheap_size`, in words.
pub(super) fn min_binary_words(p: &Process) -> usize {
    let set = p.rare().and_then(|rare| rare.min_binary_words);
    set.unwrap_or(DEFAULT_BINARY_WORDS)
}

/// What OTP has where nothing else is asked for.
const DEFAULT_BINARY_WORDS: usize = 46_422;

/// A limit of a heap as a map.
pub(super) fn max_heap_term<H: Heap>(
    rt: &Runtime,
    limit: Option<MaxHeap>,
    out: &mut H,
) -> BifResult {
    let limit = limit.unwrap_or(MaxHeap::NONE);
    let size = out.uint(limit.size as u64)?;
    let pairs = [
        (rt.atoms.intern("size")?, size),
        (rt.atoms.intern("kill")?, Term::bool(limit.kill)),
        (
            rt.atoms.intern("error_logger")?,
            Term::bool(limit.error_logger),
        ),
        (
            rt.atoms.intern("include_shared_binaries")?,
            Term::bool(limit.include_shared_binaries),
        ),
    ];
    // The last is new in OTP 26.
    let known = if otp_release(rt) < 26 { 3 } else { 4 };
    Ok(map::from_pairs(out, &rt.atoms, &pairs[..known])?)
}

fn numbers(rt: &Runtime, items: &[(&str, usize)], out: &mut Fragment) -> Result<Vec<Term>, Raise> {
    let mut list = with_room(items.len())?;
    for &(key, number) in items {
        let (key, number) = (rt.atoms.intern(key)?, out.uint(number as u64)?);
        list.push(out.tuple(&[key, number])?);
    }
    Ok(list)
}

fn garbage_collection(rt: &Runtime, p: &Process, out: &mut Fragment) -> BifResult {
    let limit = max_heap_term(rt, max_heap(p), out)?;
    let limit = out.tuple(&[rt.atoms.intern("max_heap_size")?, limit])?;
    let items = [
        ("min_bin_vheap_size", min_binary_words(p)),
        ("min_heap_size", p.heap.min_words as usize),
        ("fullsweep_after", p.heap.fullsweep_after as usize),
        ("minor_gcs", p.heap.collections as usize),
    ];
    let mut list = numbers(rt, &items, out)?;
    list.try_push(limit)?;
    list.rotate_right(1);
    Ok(out.list(&list)?)
}

/// The sizes of a process's memory, in words, as OTP names them.
pub(crate) fn sizes(p: &Process) -> [(&'static str, usize); 11] {
    let heap = &p.heap;
    let words = |bytes: usize| bytes / WORD_BYTES;
    [
        ("old_heap_block_size", heap.old_block_words()),
        ("heap_block_size", heap.block_words()),
        ("mbuf_size", heap.extra_words()),
        ("recent_size", heap.aged_words()),
        ("stack_size", heap.stack_words()),
        ("old_heap_size", heap.old_words()),
        ("heap_size", heap.young_words()),
        ("bin_vheap_size", words(heap.fresh_binaries())),
        ("bin_vheap_block_size", min_binary_words(p)),
        ("bin_old_vheap_size", 0),
        ("bin_old_vheap_block_size", min_binary_words(p)),
    ]
}

fn garbage_collection_info(rt: &Runtime, p: &Process, out: &mut Fragment) -> BifResult {
    let list = numbers(rt, &sizes(p), out)?;
    Ok(out.list(&list)?)
}

/// `{Process, ActiveSuspends, OutstandingSuspends}` of all that this process suspends.
fn suspending(rt: &Runtime, p: &Process, out: &mut Fragment) -> BifResult {
    let mut list = Vec::new();
    for (&number, &count) in p.rare().iter().flat_map(|rare| rare.suspending.iter()) {
        let id = Term::pid(number);
        if rt.processes.with(id, |_| ()).is_some() {
            list.push(out.tuple(&[id, Term::small(count as isize), Term::small(0)])?);
        }
    }
    Ok(out.list(&list)?)
}

/// `{Address, Bytes, References}` of the binaries outside the heap.
/// `{Address, Size, References}` of each of these binaries outside of a heap.
pub(super) fn binary_list<H: Heap>(
    out: &mut H,
    binaries: impl Iterator<Item = (usize, usize, usize)>,
) -> Result<Term, OutOfMemory> {
    let mut list = Vec::new();
    for (address, bytes, references) in binaries {
        let items = [address, bytes, references].map(|n| out.uint(n as u64));
        let [address, bytes, references] = items;
        list.try_push(out.tuple(&[address?, bytes?, references?])?)?;
    }
    out.list(&list)
}

/// The stack as text.
pub(crate) fn backtrace(p: &Process, rt: &Runtime, out: &mut Fragment) -> BifResult {
    use core::fmt::Write;
    let mut text = String::new();
    for entry in stack(p, rt, out)?.list_iter() {
        let Some(&[module, function, arity, _]) = entry.as_tuple() else {
            continue;
        };
        let (module, function) = (rt.atoms.name(module), rt.atoms.name(function));
        let arity = arity.as_usize().unwrap_or(0);
        let _ = writeln!(text, "({module}:{function}/{arity})\n");
    }
    Ok(out.binary(text.as_bytes())?)
}
