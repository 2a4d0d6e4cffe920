//! `erlang`: what is done to a port.

use super::process::elements;
use super::work::charge;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Fragment, Heap};
use crate::port::{Output, Port};
use crate::process::Fetched;
use crate::sync::Shared;
use crate::term::{Term, atoms, iolist};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "port_close", 1, port_close_1),
    bif("erlang", "port_command", 2, port_command_2),
    bif("erlang", "port_command", 3, port_command_3),
    bif("erlang", "port_connect", 2, port_connect_2),
    bif("erlang", "port_control", 3, port_control_3),
    bif("erlang", "port_call", 2, none_has_it),
    bif("erlang", "port_call", 3, none_has_it),
    bif("erlang", "port_get_data", 1, port_get_data_1),
    bif("erlang", "port_set_data", 2, port_set_data_2),
];

/// The port that is meant, by identifier or name, if it is open.
pub(super) fn find(c: &Ctx<'_>, port: Term) -> Option<Shared<Port>> {
    let id = match port.is_atom() {
        true => c.rt.names.whereis(port)?,
        false => port,
    };
    c.rt.ports.find(id)
}

fn open(c: &Ctx<'_>, port: Term) -> Result<Shared<Port>, Raise> {
    find(c, port)
        .filter(|port| port.is_open())
        .ok_or(Raise::BADARG)
}

/// A command of the port's own, and its answer.
fn port_control_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let port = open(c, args[0])?;
    let operation = args[1].as_usize().and_then(|n| u32::try_from(n).ok());
    let operation = operation.ok_or(Raise::BADARG)?;
    let bytes = bytes(c, args[2])?;
    let answer = port.control(operation, &bytes).ok_or(Raise::BADARG)?;
    // A list, also from a port whose data are binaries.
    Ok(c.p.heap.byte_list(&answer, Term::NIL)?)
}

/// Only drivers in native code take terms, and there are none.
fn none_has_it(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Err(Raise::BADARG)
}

fn port_close_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let port = open(c, args[0])?;
    if !c.rt.close_port(&port, atoms::NORMAL, None) {
        return Err(Raise::BADARG);
    }
    // Who is linked to it knows so when this returns.
    if c.p.fetch_signals(c.rt) == Fetched::Exit {
        return Err(Raise::Die(c.p.exit_reason_term().unwrap_or(atoms::NORMAL)));
    }
    Ok(atoms::TRUE)
}

/// The bytes of a command.
fn bytes(c: &mut Ctx<'_>, data: Term) -> Result<Vec<u8>, Raise> {
    let is_data = data.is_list() || data.is_nil() || data.as_binary().is_some();
    match iolist::to_vec(data) {
        Ok(bytes) if is_data => {
            charge(c, bytes.len() / 64);
            Ok(bytes)
        }
        Err(iolist::IoListError::NoMemory) => Err(Raise::OutOfMemory),
        _ => Err(Raise::BADARG),
    }
}

fn command(c: &mut Ctx<'_>, port: Term, data: Term, may_wait: bool) -> BifResult {
    let port = open(c, port)?;
    let bytes = bytes(c, data)?;
    let caller = may_wait.then_some(c.p.id);
    match c.rt.write_port(&port, caller, bytes) {
        Output::Done => Ok(atoms::TRUE),
        Output::Busy if may_wait => {
            c.rt.watch_port(c.p.id, port.id);
            Err(Raise::Wait)
        }
        Output::Busy => Ok(atoms::FALSE),
        Output::Closed => Err(Raise::BADARG),
    }
}

fn port_command_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    command(c, args[0], args[1], true)
}

/// What is wrong with the options is told first.
fn port_command_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (mut force, mut may_wait) = (false, true);
    for option in elements(args[2]).map_err(Raise::of_options)? {
        match c.rt.atoms.name(option) {
            "force" => force = true,
            "nosuspend" => may_wait = false,
            _ => return Err(Raise::BadArg(atoms::BADOPT)),
        }
    }
    if force {
        open(c, args[0])?;
        return Err(Raise::NOTSUP);
    }
    command(c, args[0], args[1], may_wait)
}

/// Makes a process the owner, if there is such a process.
fn connect(c: &mut Ctx<'_>, port: &Shared<Port>, owner: Term, link: bool) -> Result<Term, Raise> {
    let is_there = owner == c.p.id || super::process::settled(c, owner)?.is_some();
    let before = is_there
        .then(|| c.rt.connect_port(port, owner, link))
        .flatten();
    before.ok_or(Raise::BADARG)
}

fn port_connect_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let port = open(c, args[0])?;
    if !args[1].is_pid() {
        return Err(Raise::BADARG);
    }
    connect(c, &port, args[1], true)?;
    Ok(atoms::TRUE)
}

fn port_set_data_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let port = open(c, args[0])?;
    match port.set_data(Fragment::of(args[1], &c.rt.budget)?) {
        true => Ok(atoms::TRUE),
        false => Err(Raise::BADARG),
    }
}

fn port_get_data_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let port = open(c, args[0])?;
    port.with_data(|data| match data {
        Some(data) => Ok(c.p.bring(data)?),
        None => Ok(atoms::UNDEFINED),
    })
}

/// `Port ! Message`. A port that is not there takes every message; one that does not understand a
/// message tells its owner.
pub(super) fn message(c: &mut Ctx<'_>, to: Term, message: Term) -> Result<(), Raise> {
    let Some(port) = c.rt.ports.find(to).filter(|port| port.is_open()) else {
        return Ok(());
    };
    let owner = port.owner();
    let wanted = match message.as_tuple() {
        Some(&[from, wanted]) if from == owner => wanted,
        _ => Term::NIL,
    };
    let done = match (c.rt.atoms.name(wanted), wanted.as_tuple()) {
        ("close", _) => {
            c.rt.close_port(&port, atoms::NORMAL, Some(owner));
            Ok(())
        }
        (_, Some(&[what, argument])) => match c.rt.atoms.name(what) {
            "command" => command(c, to, argument, true).map(|_| ()),
            "connect" if argument.is_pid() => match connect(c, &port, argument, false) {
                Ok(before) => {
                    c.rt.tell_from_port(port.id, before, "connected");
                    Ok(())
                }
                Err(raise) => Err(raise),
            },
            _ => Err(Raise::BADARG),
        },
        _ => Err(Raise::BADARG),
    };
    match done {
        Err(raise @ (Raise::Wait | Raise::Yield | Raise::OutOfMemory)) => Err(raise),
        Err(_) => {
            c.rt.refuse_at_port(&port);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
