//! Tracing: which processes are traced, by whom, and what of them.

use super::process::{elements, settled};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::{Grow, collect};
use crate::memory::{Fragment, Heap};
use crate::process::trace::{ALL, DEFAULT_SESSION, NAMES, Trace};
use crate::process::{Process, Signal};
use crate::term::{Reference, Term, atoms};
use crate::vm::tracing::Session;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "trace", 3, trace_3),
    bif("erlang", "trace_info", 2, trace_info_2),
    bif("erlang", "trace_delivered", 1, trace_delivered_1),
];

/// The flags of a list, and the tracer that it names.
fn flags_of(c: &Ctx<'_>, list: Term) -> Result<(u32, Option<Term>), Raise> {
    let (mut flags, mut tracer) = (0, None);
    for item in elements(list)? {
        if let Some(&[key, value]) = item.as_tuple() {
            if c.rt.atoms.name(key) != "tracer" || !is_tracer(value) {
                return Err(Raise::BADARG);
            }
            tracer = Some(value);
            continue;
        }
        flags |= match c.rt.atoms.name(item) {
            "all" if item.is_atom() => ALL,
            name => {
                let found = NAMES.iter().find(|(n, _)| item.is_atom() && *n == name);
                found.ok_or(Raise::BADARG)?.1
            }
        };
    }
    Ok((flags, tracer))
}

/// Can it be a tracer: a process or a port? Native code cannot.
pub(super) fn is_tracer(id: Term) -> bool {
    id.is_pid() || id.is_port()
}

/// A change to what is traced in a session.
struct Change {
    session: u32,
    on: bool,
    flags: u32,
    tracer: Term,
}

impl Change {
    /// What is traced after the change; `None` when another traces it already.
    fn apply(&self, c: &Ctx<'_>, before: Option<Trace>) -> Option<Option<Trace>> {
        let before = before.filter(|trace| c.rt.is_there(trace.tracer));
        if !self.on {
            let left = |trace: Trace| Trace {
                flags: trace.flags & !self.flags,
                ..trace
            };
            return Some(before.map(left));
        }
        if before.is_some_and(|trace| trace.tracer != self.tracer) {
            return None;
        }
        let flags = before.map_or(0, |trace| trace.flags) | self.flags;
        Some(Some(Trace {
            session: self.session,
            tracer: self.tracer,
            flags,
        }))
    }

    /// Changes a process that does not run; `false` if another traces it.
    fn of_process(&self, c: &Ctx<'_>, p: &mut Process) -> bool {
        let after = self.apply(c, p.trace_in(self.session));
        after
            .map(|trace| p.set_trace(self.session, trace))
            .is_some()
    }
}

fn trace_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let session = Session::default_for(c.p.id);
    trace_in(c, &session, args)
}

/// `trace/3` in a session.
pub(super) fn trace_in(c: &mut Ctx<'_>, session: &Session, args: &[Term]) -> BifResult {
    let (flags, tracer) = flags_of(c, args[2]).map_err(Raise::of_options)?;
    let on = args[1].as_bool().ok_or(Raise::BADARG)?;
    let tracer = tracer.unwrap_or(session.tracer);
    let change = Change {
        session: session.id,
        on,
        flags,
        tracer,
    };
    if args[0].is_pid() {
        return match change_one(c, args[0], &change)? {
            Some(true) => Ok(Term::small(1)),
            _ => Err(Raise::BADARG),
        };
    }
    let (existing, new) = match c.rt.atoms.name(args[0]) {
        "all" | "processes" if args[0].is_atom() => (true, true),
        "existing" | "existing_processes" => (true, false),
        "new" | "new_processes" => (false, true),
        "ports" | "existing_ports" | "new_ports" => (false, false),
        _ => return Err(Raise::BADARG),
    };
    let count = match existing {
        true => change_all(c, &change)?,
        false => 0,
    };
    if new {
        let before = c.rt.tracing.of_new_in(session.id);
        if let Some(after) = change.apply(c, before) {
            c.rt.tracing.set_new(session.id, after);
        }
    }
    Ok(Term::small(count))
}

/// Changes what is traced of all processes; of how many it did.
fn change_all(c: &mut Ctx<'_>, change: &Change) -> Result<isize, Raise> {
    let mut count = 0;
    for handle in c.rt.processes.all() {
        if change_one(c, handle.id(), change)? == Some(true) {
            count += 1;
        }
    }
    Ok(count)
}

/// Changes what is traced of one process; `None` if there is none, `false` if another traces it.
fn change_one(c: &mut Ctx<'_>, id: Term, change: &Change) -> Result<Option<bool>, Raise> {
    if id == c.p.id {
        let after = change.apply(c, c.p.trace_in(change.session));
        let set = after.map(|trace| c.p.set_trace(change.session, trace));
        return Ok(Some(set.is_some()));
    }
    let Some(handle) = settled(c, id)? else {
        return Ok(None);
    };
    let Some(mut body) = handle.body.try_lock() else {
        return Err(Raise::Yield);
    };
    let Some(p) = &mut *body else {
        return Ok(None);
    };
    if p.flags.system {
        return Ok(Some(false));
    }
    Ok(Some(change.of_process(c, p)))
}

/// Who traces a process in each session.
pub(super) fn traces_of(c: &mut Ctx<'_>, id: Term) -> Result<Option<Vec<Trace>>, Raise> {
    if id == c.p.id {
        return Ok(Some(collect(c.p.traces().iter().copied())?));
    }
    let Some(handle) = settled(c, id)? else {
        return Ok(None);
    };
    let Some(body) = handle.body.try_lock() else {
        return Err(Raise::Yield);
    };
    Ok(match &*body {
        Some(p) => Some(collect(p.traces().iter().copied())?),
        None => None,
    })
}

/// Ends all that is traced of processes in a session.
pub(super) fn end_session(c: &mut Ctx<'_>, session: u32) -> Result<(), Raise> {
    let change = Change {
        session,
        on: false,
        flags: u32::MAX,
        tracer: Term::NIL,
    };
    c.rt.tracing.set_new(session, None);
    change_all(c, &change).map(|_| ())
}

fn trace_info_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    info_in(c, DEFAULT_SESSION, args[0], args[1])
}

/// `trace_info/2` in a session.
pub(super) fn info_in(c: &mut Ctx<'_>, session: u32, of: Term, item: Term) -> BifResult {
    if of.as_tuple().is_some() || matches!(c.rt.atoms.name(of), "send" | "receive" | "on_load") {
        return super::trace_pattern::info(c, session, of, item);
    }
    let trace = match c.rt.atoms.name(of) {
        "new" | "new_processes" => c.rt.tracing.of_new_in(session),
        "new_ports" => None,
        _ if of.is_pid() && !matches!(c.rt.atoms.name(item), "flags" | "tracer") => {
            return Err(Raise::BADARG);
        }
        _ if of.is_pid() => match traces_of(c, of)? {
            Some(traces) => traces.into_iter().find(|trace| trace.session == session),
            None => return Ok(atoms::UNDEFINED),
        },
        _ => return Err(Raise::BadArg(atoms::BADOPT)),
    };
    let trace = trace.filter(|trace| c.rt.is_there(trace.tracer));
    let value = match c.rt.atoms.name(item) {
        "flags" => {
            let flags = trace.map_or(0, |trace| trace.flags);
            let mut list = Vec::new();
            for &(name, flag) in NAMES {
                if flag != 0 && flags & flag != 0 && name != "running_procs" {
                    list.try_push(c.rt.atoms.intern(name)?)?;
                }
            }
            c.p.heap.list(&list)?
        }
        "tracer" => trace.map_or(Term::NIL, |trace| trace.tracer),
        _ => return Err(Raise::BADARG),
    };
    Ok(c.p.heap.tuple(&[item, value])?)
}

/// Trace messages are sent when the event happens, so all have been.
fn trace_delivered_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_pid() && c.rt.atoms.name(args[0]) != "all" {
        return Err(Raise::BADARG);
    }
    let reference = Reference::from_serial(c.rt.next_reference());
    let reference = c.p.heap.reference(reference)?;
    let tag = c.rt.atoms.intern("trace_delivered")?;
    let message = c.p.heap.tuple(&[tag, args[0], reference])?;
    let message = Fragment::of(message, &c.rt.budget)?;
    c.rt.signal(c.p.id, Signal::Message(message));
    Ok(reference)
}
