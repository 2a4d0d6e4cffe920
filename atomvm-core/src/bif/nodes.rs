//! `erlang`: nodes, of which this is the only one, without a name that others could reach.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{Grow, collect};
use crate::term::{Term, atoms, map};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "node", 0, node_0),
    bif("erlang", "node", 1, node_1),
    bif("erlang", "nodes", 0, nodes_0),
    bif("erlang", "nodes", 1, nodes_1),
    bif("erlang", "nodes", 2, nodes_2),
    bif("erlang", "is_alive", 0, is_alive_0),
    bif("erlang", "monitor_node", 2, monitor_node_2),
    bif("erlang", "monitor_node", 3, monitor_node_3),
    bif("erlang", "disconnect_node", 1, disconnect_node_1),
    bif("erlang", "dist_get_stat", 1, |_, _| Err(Raise::BADARG)),
    bif("erlang", "get_cookie", 0, get_cookie_0),
    bif("erlang", "get_cookie", 1, get_cookie_1),
    bif("erlang", "set_cookie", 1, set_cookie_1),
    bif("erlang", "set_cookie", 2, set_cookie_2),
];

fn node_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(atoms::NONODE_NOHOST)
}

fn node_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let term = args[0];
    if term.is_pid() || term.is_port() || term.as_reference().is_some() {
        return Ok(atoms::NONODE_NOHOST);
    }
    use crate::term::Subtag;
    match term.subtag() {
        Some(Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef) => {
            Ok(Term::from_word(term.boxed_word(1)))
        }
        _ => Err(Raise::BADARG),
    }
}

fn nodes_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(Term::NIL)
}

/// Is this node among those of the kinds that are asked for?
fn is_chosen(c: &Ctx<'_>, kinds: Term) -> Result<bool, Raise> {
    let kinds = match kinds.is_list() {
        true => elements(kinds)?,
        false => collect([kinds])?,
    };
    let mut this = false;
    for kind in kinds {
        match c.rt.atoms.name(kind) {
            "this" | "known" => this = true,
            "visible" | "hidden" | "connected" => {}
            _ => return Err(Raise::BADARG),
        }
    }
    Ok(this)
}

fn nodes_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let nodes: &[Term] = match is_chosen(c, args[0])? {
        true => &[atoms::NONODE_NOHOST],
        false => &[],
    };
    Ok(c.p.heap.list(nodes)?)
}

/// Each node with what is asked of it, in a map.
fn nodes_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let chosen = is_chosen(c, args[0])?;
    let mut facts: Vec<(Term, Term)> = Vec::new();
    if !args[1].is_map() {
        return Err(Raise::BADARG);
    }
    for (key, wanted) in map::iter(args[1]) {
        let fact = match c.rt.atoms.name(key) {
            "connection_id" => atoms::UNDEFINED,
            "node_type" => c.rt.atoms.intern("this")?,
            _ => return Err(Raise::BADARG),
        };
        if wanted.as_bool().ok_or(Raise::BADARG)? {
            facts.try_push((key, fact))?;
        }
    }
    if !chosen {
        return Ok(Term::NIL);
    }
    let facts = map::from_pairs(&mut c.p.heap, &c.rt.atoms, &facts)?;
    let node = c.p.heap.tuple(&[atoms::NONODE_NOHOST, facts])?;
    Ok(c.p.heap.list(&[node])?)
}

fn is_alive_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(atoms::FALSE)
}

/// Of this node there is nothing to tell; others cannot be reached.
fn monitor_node_2(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0] {
        atoms::NONODE_NOHOST => args[1].as_bool().map(|_| atoms::TRUE).ok_or(Raise::BADARG),
        node if node.is_atom() => Err(Raise::Error(atoms::NOTALIVE)),
        _ => Err(Raise::BADARG),
    }
}

fn monitor_node_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    for option in elements(args[2]).map_err(Raise::of_options)? {
        if c.rt.atoms.name(option) != "allow_passive_connect" {
            return Err(Raise::BadArg(atoms::BADOPT));
        }
    }
    monitor_node_2(c, args)
}

fn disconnect_node_1(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.rt.atoms.intern("ignored")?)
}

fn get_cookie_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.rt.atoms.intern("nocookie")?)
}

fn get_cookie_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].is_atom() {
        true => get_cookie_0(c, &[]),
        false => Err(Raise::BADARG),
    }
}

fn set_cookie_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].is_atom() {
        true => Err(Raise::Error(c.rt.atoms.intern("distribution_not_started")?)),
        false => Err(Raise::BADARG),
    }
}

/// This node's own cookie cannot be set before it has a name.
fn set_cookie_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() || args[0] == atoms::NONODE_NOHOST {
        return Err(Raise::BADARG);
    }
    set_cookie_1(c, &args[1..])
}
