//! What OTP's module `trace` (since OTP 27) calls: tracing in sessions that do not see each other.
//!
//! A session is `{Reference, {Name, Number}}`, or `{Name, Number}` for who only looks. It ends when it
//! is destroyed, not when nobody knows it any more, as in OTP.

use super::process::elements;
use super::trace::{end_session, info_in, trace_in, traces_of};
use super::trace_pattern::{self, pattern_in};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{Grow, collect, with_room};
use crate::process::trace::DEFAULT_SESSION;
use crate::term::{Reference, Term, atoms};
use crate::vm::tracing::Session;
use alloc::vec::Vec;
use portable_atomic::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erts_internal", "trace_session_create", 3, create_3),
    bif("erts_internal", "trace_session_destroy", 1, destroy_1),
    bif("erts_internal", "trace", 4, |c, args| {
        let session = session(c, args[0])?;
        trace_in(c, &session, &args[1..])
    }),
    bif("erts_internal", "trace_pattern", 4, |c, args| {
        let session = session(c, args[0])?;
        pattern_in(c, &session, &args[1..])
    }),
    bif("erts_internal", "trace_info", 3, trace_info_3),
];

/// Who gets the messages must be there; tracers in native code are not supported.
fn create_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [name, tracer] = [args[0], args[1]];
    if !name.is_atom() || !c.rt.is_there(tracer) || !elements(args[2])?.is_empty() {
        return Err(Raise::BADARG);
    }
    let tracing = &c.rt.tracing;
    let id = tracing.last_session.fetch_add(1, Ordering::Relaxed) + 1;
    let session = Session { id, name, tracer };
    let reference = Reference::from_serial(c.rt.next_reference());
    let reference = c.p.heap.reference(reference)?;
    let seen = seen_from_outside(c, &session)?;
    tracing.sessions.lock().try_push(session)?;
    Ok(c.p.heap.tuple(&[reference, seen])?)
}

/// `{Name, Number}`, or the name of the session that is always there.
fn seen_from_outside(c: &mut Ctx<'_>, session: &Session) -> BifResult {
    if session.id == DEFAULT_SESSION {
        return Ok(session.name);
    }
    let number = c.p.heap.uint(session.id.into())?;
    Ok(c.p.heap.tuple(&[session.name, number])?)
}

/// Number and name in what a program has of a session.
fn name_of(term: Term) -> Option<(Term, u32)> {
    match *term.as_tuple()? {
        [reference, seen] if reference.is_reference() => name_of(seen),
        [name, number] if name.is_atom() => Some((name, number.as_usize()?.try_into().ok()?)),
        _ => None,
    }
}

fn session(c: &Ctx<'_>, term: Term) -> Result<Session, Raise> {
    if term == atoms::DEFAULT {
        return Ok(Session::default_for(c.p.id));
    }
    let (name, number) = name_of(term).ok_or(Raise::BADARG)?;
    let sessions = c.rt.tracing.sessions.lock();
    let mut all = sessions.iter();
    let found = all.find(|session| session.id == number && session.name == name);
    found.cloned().ok_or(Raise::BADARG)
}

/// `false` when it has been destroyed already.
fn destroy_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (_, number) = name_of(args[0]).ok_or(Raise::BADARG)?;
    if session(c, args[0]).is_err() {
        return Ok(atoms::FALSE);
    }
    end_session(c, number)?;
    trace_pattern::end_session(c, number)?;
    let sessions = &c.rt.tracing.sessions;
    sessions.lock().retain(|session| session.id != number);
    Ok(atoms::TRUE)
}

fn trace_info_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [which, of, item] = [args[0], args[1], args[2]];
    if c.rt.atoms.name(which) != "any" {
        let session = session(c, which)?;
        return info_in(c, session.id, of, item);
    }
    if c.rt.atoms.name(item) != "session" {
        return Err(Raise::BADARG);
    }
    let mut sessions = with_room(1)?;
    sessions.push(Session::default_for(c.p.id));
    sessions.try_extend(c.rt.tracing.sessions.lock().iter().cloned())?;
    if let Some(wanted) = tracing(c, of, &sessions)? {
        sessions.retain(|session| wanted.contains(&session.id));
    } else {
        return Ok(atoms::UNDEFINED);
    }
    let mut list = Vec::new();
    for session in &sessions {
        list.try_push(seen_from_outside(c, session)?)?;
    }
    let list = c.p.heap.list(&list)?;
    Ok(c.p.heap.tuple(&[item, list])?)
}

/// The sessions in which something is traced of a process, a function or an event; `None` if there is
/// no such process.
fn tracing(c: &mut Ctx<'_>, of: Term, all: &[Session]) -> Result<Option<Vec<u32>>, Raise> {
    if of.is_pid() {
        let traces = traces_of(c, of)?;
        return Ok(match traces {
            Some(traces) => Some(collect(traces.iter().map(|trace| trace.session))?),
            None => None,
        });
    }
    let ids = all.iter().map(|session| session.id);
    let tracing = &c.rt.tracing;
    let wanted = match (of.as_tuple(), c.rt.atoms.name(of)) {
        (None, "any") => collect(ids)?,
        (None, "new" | "new_processes") => {
            collect(tracing.of_new().iter().map(|trace| trace.session))?
        }
        (None, "send") => collect(ids.filter(|&id| tracing.send.get(id).is_some()))?,
        (None, "receive") => collect(ids.filter(|&id| tracing.receive.get(id).is_some()))?,
        (Some(&[module, function, arity]), _) if module.is_atom() && function.is_atom() => {
            let arity = arity.as_usize().and_then(|arity| u32::try_from(arity).ok());
            let mfa = (module, function, arity.ok_or(Raise::BADARG)?);
            collect(ids.filter(|&id| tracing.find(mfa, id).is_some()))?
        }
        _ => return Err(Raise::BADARG),
    };
    Ok(Some(wanted))
}
