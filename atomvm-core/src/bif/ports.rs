//! `erlang`: ports, of which there are none. So each function says what OTP says of a port that is
//! closed; what would open one is absent.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "ports", 0, ports_0),
    bif("erlang", "port_info", 1, port_info),
    bif("erlang", "port_info", 2, port_info),
    bif("erlang", "port_close", 1, closed),
    bif("erlang", "port_command", 2, closed),
    bif("erlang", "port_command", 3, closed),
    bif("erlang", "port_connect", 2, closed),
    bif("erlang", "port_control", 3, closed),
    bif("erlang", "port_call", 2, closed),
    bif("erlang", "port_call", 3, closed),
    bif("erlang", "port_get_data", 1, closed),
    bif("erlang", "port_set_data", 2, closed),
];

fn ports_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(Term::NIL)
}

fn port_info(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].is_atom() || args[0].is_port() {
        true => Ok(atoms::UNDEFINED),
        false => Err(Raise::BADARG),
    }
}

fn closed(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Err(Raise::BADARG)
}
