//! Sending messages, and the names that processes have.

use super::process::elements;
use super::process_elsewhere::is_former;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Fragment, Heap};
use crate::process::registry::Refusal;
use crate::process::saved_calls::Saved;
use crate::process::{Signal, trace};
use crate::term::{Subtag, Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "!", 2, send_2),
    bif("erlang", "send", 2, send_2),
    bif("erlang", "send", 3, send_3),
    bif("erlang", "send_nosuspend", 2, send_nosuspend_2),
    bif("erlang", "send_nosuspend", 3, send_nosuspend_3),
    bif("erlang", "register", 2, register_2),
    bif("erlang", "unregister", 1, unregister_1),
    bif("erlang", "whereis", 1, whereis_1),
    bif("erlang", "registered", 0, registered_0),
];

/// What a message is sent to.
enum To {
    /// A process or port.
    Process(Term),
    Alias(Term),
    /// Nobody who could be reached; that is no error.
    Nobody,
    OtherNode,
}

fn receiver(c: &Ctx<'_>, to: Term) -> Result<To, Raise> {
    if to.is_pid() || to.is_port() {
        return Ok(To::Process(to));
    }
    if to.is_atom() {
        return match c.rt.names.whereis(to) {
            Some(id) => Ok(To::Process(id)),
            None => Err(Raise::BADARG),
        };
    }
    match to.subtag() {
        Some(Subtag::Ref) => return Ok(To::Alias(to)),
        Some(Subtag::ExtPid | Subtag::ExtRef) => return Ok(To::OtherNode),
        _ => {}
    }
    match to.as_tuple() {
        Some(&[name, atoms::NONODE_NOHOST]) if name.is_atom() => {
            let id = c.rt.names.whereis(name);
            Ok(id.map_or(To::Nobody, To::Process))
        }
        Some(&[name, node]) if name.is_atom() && node.is_atom() => Ok(To::OtherNode),
        _ => Err(Raise::BADARG),
    }
}

/// Tells of a message, before it is there.
#[cold]
fn trace_send(c: &mut Ctx<'_>, to: Term, message: &Fragment) {
    let what = match c.rt.processes.is_alive(to) {
        true => atoms::SEND,
        false => atoms::SEND_TO_NOBODY,
    };
    let rt = c.rt;
    if !c.p.is_traced(trace::SEND) {
        return;
    }
    let message = message.term;
    let elements = [what, message, to];
    rt.trace_passing(
        c.p,
        trace::SEND,
        &rt.tracing.send,
        &[to, message],
        &elements,
    );
}

fn deliver(c: &mut Ctx<'_>, to: &To, message: Term) -> Result<(), Raise> {
    match *to {
        To::Process(id) if id.is_pid() => {
            let message = Fragment::of(message, &c.rt.budget)?;
            if c.p.flags.traced {
                trace_send(c, id, &message);
            }
            if c.p.flags.has_token {
                let token = c.rt.seq_send(c.p, id, message.term);
                c.rt.seq_signal(id, Signal::Message(message), token);
                return Ok(());
            }
            c.rt.signal(id, Signal::Message(message));
        }
        To::Alias(alias) => {
            let Some(alias) = alias.as_reference() else {
                return Ok(());
            };
            if let Some(id) = c.rt.aliases.find(alias) {
                let message = Fragment::of(message, &c.rt.budget)?;
                let token = match c.p.flags.has_token {
                    true => c.rt.seq_send(c.p, id, message.term),
                    false => None,
                };
                let message = Signal::AliasMessage { alias, message };
                c.rt.seq_signal(id, message, token);
            }
        }
        To::Process(port) => super::ports::message(c, port, message)?,
        To::Nobody | To::OtherNode => {}
    }
    Ok(())
}

/// Saves that a message is sent, where calls are saved.
#[inline]
fn save(c: &mut Ctx<'_>) {
    if c.p.flags.saves_calls {
        c.p.save_call(Saved::Send);
    }
}

pub(crate) fn send_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    save(c);
    let to = receiver(c, args[0])?;
    deliver(c, &to, args[1])?;
    Ok(args[1])
}

fn send_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (mut connect, mut suspend) = (true, true);
    for option in elements(args[2]).map_err(Raise::of_options)? {
        match c.rt.atoms.name(option) {
            "noconnect" => connect = false,
            "nosuspend" => suspend = false,
            _ => return Err(Raise::BadArg(atoms::BADOPT)),
        }
    }
    save(c);
    let to = receiver(c, args[0])?;
    if matches!(to, To::OtherNode) && !connect && !is_former(args[0]) {
        return Ok(c.rt.atoms.intern("noconnect")?);
    }
    match deliver(c, &to, args[1]) {
        Err(Raise::Wait) if !suspend => Ok(c.rt.atoms.intern("nosuspend")?),
        Err(raise) => Err(raise),
        Ok(()) => Ok(atoms::OK),
    }
}

fn send_nosuspend_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match send_2(c, args) {
        Err(Raise::Wait) => Ok(atoms::FALSE),
        Err(raise) => Err(raise),
        Ok(_) => Ok(atoms::TRUE),
    }
}

fn send_nosuspend_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match send_3(c, args) {
        Err(Raise::Wait) => Ok(atoms::FALSE),
        sent => Ok(Term::bool(sent? == atoms::OK)),
    }
}

fn register_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (name, id) = (args[0], args[1]);
    let is_either = id.is_pid() || id.is_port();
    if !name.is_atom() || name == atoms::UNDEFINED || !is_either {
        return Err(Raise::BadArg(atoms::NONE));
    }
    if id.is_pid() && id != c.p.id && super::process::settled(c, id)?.is_none() {
        return Err(Raise::BadArg(atoms::NOTALIVE));
    }
    match c.rt.names.register(name, id, || c.rt.is_there(id)) {
        Ok(()) => {
            trace_name(c, id, atoms::REGISTER, name)?;
            Ok(atoms::TRUE)
        }
        Err(Refusal::HasName) => Err(Raise::BadArg(atoms::REGISTERED_NAME)),
        Err(Refusal::NameInUse) => Err(Raise::BadArg(atoms::NONE)),
        Err(Refusal::NotAlive) if id.is_port() => Err(Raise::BadArg(atoms::NONE)),
        Err(Refusal::NotAlive) => Err(Raise::BadArg(atoms::NOTALIVE)),
        Err(Refusal::OutOfMemory) => Err(Raise::OutOfMemory),
    }
}

fn unregister_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let owner = c.rt.names.whereis(args[0]);
    match args[0].is_atom() && c.rt.names.unregister(args[0]) {
        true => {
            trace_name(c, owner.unwrap_or(Term::NIL), atoms::UNREGISTER, args[0])?;
            Ok(atoms::TRUE)
        }
        false => Err(Raise::BADARG),
    }
}

/// Tells of a name that this process has given or taken; of others it is not told.
fn trace_name(c: &mut Ctx<'_>, id: Term, what: Term, name: Term) -> Result<(), Raise> {
    if id == c.p.id && c.p.flags.traced {
        c.rt.trace(c.p, trace::PROCS, &[what, name]);
    }
    Ok(())
}

fn whereis_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    let Some(id) = c.rt.names.whereis(args[0]) else {
        return Ok(atoms::UNDEFINED);
    };
    // It may be about to end by a signal that has reached it.
    if id.is_pid() && id != c.p.id && super::process::settled(c, id)?.is_none() {
        return Ok(atoms::UNDEFINED);
    }
    Ok(id)
}

fn registered_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.heap.list(&c.rt.names.names())?)
}
