//! Links and monitors to processes of other nodes: there is no connection to any, which is what who
//! asks for them is told, as by a node that could not connect. Processes of earlier incarnations of
//! this node have ended.

use super::process::add_alias;
use super::{BifResult, Ctx, Raise};
use crate::memory::{Fragment, Heap};
use crate::process::Signal;
use crate::process::relation::AliasEnd;
use crate::process::spawn::MonitorOptions;
use crate::term::{Reference, Subtag, Term, atoms};

/// Is it a process of another node?
pub(super) fn is_elsewhere(id: Term) -> bool {
    id.subtag() == Some(Subtag::ExtPid)
}

/// Is it a process of an earlier incarnation of this node? It has ended, so much is known.
pub(super) fn is_former(id: Term) -> bool {
    is_elsewhere(id) && is_of_this_node(id)
}

/// Is it a port of an earlier incarnation of this node?
pub(super) fn is_former_port(id: Term) -> bool {
    id.subtag() == Some(Subtag::ExtPort) && is_of_this_node(id)
}

fn is_of_this_node(id: Term) -> bool {
    id.as_external_id()
        .is_some_and(|id| id.node == atoms::NONODE_NOHOST)
}

/// Why there is no link to a process, and no monitor of it.
fn reason(to: Term) -> Term {
    match is_of_this_node(to) {
        true => atoms::NOPROC,
        false => atoms::NOCONNECTION,
    }
}

/// Sends a message to the process itself.
fn tell(c: &mut Ctx<'_>, elements: &[Term]) -> Result<(), Raise> {
    let mut place = Fragment::new(&c.rt.budget);
    let message = place.tuple(elements)?;
    let message = Fragment::of(message, &c.rt.budget)?;
    c.rt.signal(c.p.id, Signal::Message(message));
    Ok(())
}

/// The link breaks at once.
pub(super) fn link(c: &mut Ctx<'_>, to: Term) -> BifResult {
    if c.p.flags.trap_exit {
        tell(c, &[atoms::EXIT_SIGNAL, to, reason(to)])?;
    } else {
        let exit = Signal::Exit {
            from: c.p.id,
            reason: Fragment::of(reason(to), &c.rt.budget)?,
            linked: false,
        };
        c.rt.signal(c.p.id, exit);
    }
    Ok(atoms::TRUE)
}

/// The monitor ends at once, and with it an alias that lives as long.
pub(super) fn monitor(
    c: &mut Ctx<'_>,
    kind: Term,
    to: Term,
    options: &MonitorOptions,
) -> BifResult {
    let reference = Reference::from_serial(c.rt.next_reference());
    if options.alias == Some(AliasEnd::Explicit) {
        add_alias(c, reference, AliasEnd::Explicit)?;
    }
    let tag = options.tag.unwrap_or(atoms::DOWN);
    let term = c.p.heap.reference(reference)?;
    tell(c, &[tag, term, kind, to, reason(to)])?;
    Ok(term)
}
