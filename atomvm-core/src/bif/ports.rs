//! `erlang`: ports, of which there are none: what a program asks of one it is told as of a port
//! that is closed. To open one is not offered.

use super::process::elements;
use super::type_tests::is_port;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "ports", 0, |_, _| Ok(Term::NIL)),
    bif("erlang", "port_info", 1, |_, args| {
        info(args[0], Raise::BADARG)
    }),
    bif("erlang", "port_info", 2, |_, args| {
        info(args[0], Raise::BadArg(atoms::BADTYPE))
    }),
    bif("erlang", "port_close", 1, closed),
    bif("erlang", "port_command", 2, closed),
    bif("erlang", "port_command", 3, port_command_3),
    bif("erlang", "port_connect", 2, closed),
    bif("erlang", "port_control", 3, closed),
    bif("erlang", "port_call", 2, closed),
    bif("erlang", "port_call", 3, closed),
    bif("erlang", "port_get_data", 1, closed),
    bif("erlang", "port_set_data", 2, closed),
];

fn closed(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Err(Raise::BADARG)
}

/// Of a port that is closed, or of a name that no port has, nothing is known.
fn info(port: Term, wrong: Raise) -> BifResult {
    if port.is_atom() || is_port(port) {
        return Ok(atoms::UNDEFINED);
    }
    Err(wrong)
}

/// What is wrong with the options is told first.
fn port_command_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let is_option = |option: Term| matches!(c.rt.atoms.name(option), "force" | "nosuspend");
    match elements(args[2]) {
        Ok(options) if options.iter().all(|&option| is_option(option)) => Err(Raise::BADARG),
        _ => Err(Raise::BadArg(atoms::BADOPT)),
    }
}
