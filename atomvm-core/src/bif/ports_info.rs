//! `erlang`: what is known of ports.

use super::ports::find;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::with_room;
use crate::port::{Info, Port};
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "ports", 0, ports_0),
    bif("erlang", "port_info", 1, port_info_1),
    bif("erlang", "port_info", 2, port_info_2),
];

/// What `port_info/1` tells, in its order.
const USUAL: [&str; 8] = [
    "registered_name",
    "name",
    "links",
    "id",
    "connected",
    "input",
    "output",
    "os_pid",
];

fn ports_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.heap.list(&c.rt.ports.ids()?)?)
}

/// Of a port that is closed, or of a name that no port has, nothing is known.
fn port_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() && !args[0].is_port() {
        return Err(Raise::BADARG);
    }
    let Some(port) = find(c, args[0]) else {
        return Ok(atoms::UNDEFINED);
    };
    let info = port.info()?;
    let mut list = with_room(USUAL.len())?;
    for name in USUAL {
        let value = item(c, &port, &info, name)?;
        if !(name == "registered_name" && value.is_nil()) {
            let name = c.rt.atoms.intern(name)?;
            list.push(c.p.heap.tuple(&[name, value])?);
        }
    }
    Ok(c.p.heap.list(&list)?)
}

fn port_info_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() && !args[0].is_port() {
        return Err(Raise::BadArg(atoms::BADTYPE));
    }
    let Some(port) = find(c, args[0]) else {
        return Ok(atoms::UNDEFINED);
    };
    let rt = c.rt;
    let name = rt.atoms.name(args[1]);
    let value = item(c, &port, &port.info()?, name)?;
    if name == "registered_name" && value.is_nil() {
        return Ok(value);
    }
    Ok(c.p.heap.tuple(&[args[1], value])?)
}

fn item(c: &mut Ctx<'_>, port: &Port, info: &Info, name: &str) -> BifResult {
    Ok(match name {
        "registered_name" => c.rt.names.name_of(port.id).unwrap_or(Term::NIL),
        "name" => c.p.heap.byte_list(&port.name, Term::NIL)?,
        "links" => c.p.heap.list(&info.links)?,
        "id" => c.p.heap.uint(port.id.as_port().unwrap_or(0) as u64 * 8)?,
        "connected" => info.owner,
        "input" => c.p.heap.uint(info.input)?,
        "output" => c.p.heap.uint(info.output)?,
        "os_pid" => match info.os_pid {
            Some(number) => c.p.heap.uint(number.into())?,
            None => atoms::UNDEFINED,
        },
        "memory" => c.p.heap.uint(info.bytes as u64)?,
        "monitors" => Term::NIL,
        "monitored_by" => c.p.heap.list(&info.monitored_by)?,
        "parallelism" => Term::bool(port.settings.parallelism),
        "queue_size" => c.p.heap.uint(info.waiting as u64)?,
        "locking" => c.rt.atoms.intern("port_level")?,
        _ => return Err(Raise::BADARG),
    })
}
