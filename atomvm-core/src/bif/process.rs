//! Ending processes, and what ties them together.

use super::process_elsewhere::{self, is_elsewhere, is_former, is_former_port};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::{AddText, boxed, collect};
use crate::memory::{Fragment, Heap};
use crate::process::relation::{AliasEnd, Link, Watched, link_key};
use crate::process::spawn::MonitorOptions;
use crate::process::{Extent, Handle, Signal, trace};
use crate::sync::Shared;
use crate::term::{Reference, Subtag, Term, atoms};
use alloc::string::String;
use alloc::vec::Vec;
use portable_atomic::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "self", 0, self_0),
    bif("erlang", "exit", 2, exit_2),
    bif("erlang", "exit", 3, exit_3),
    bif("erlang", "exit_signal", 2, exit_signal_2),
    bif("erlang", "exit_signal", 3, exit_signal_3),
    bif("erlang", "link", 1, link_1),
    bif("erlang", "link", 2, link_2),
    bif("erlang", "unlink", 1, unlink_1),
    bif("erlang", "monitor", 2, monitor_2),
    bif("erlang", "monitor", 3, monitor_3),
    bif("erlang", "demonitor", 1, demonitor_1),
    bif("erlang", "demonitor", 2, demonitor_2),
    bif("erlang", "alias", 0, alias_0),
    bif("erlang", "alias", 1, alias_1),
    bif("erlang", "unalias", 1, unalias_1),
    bif("erlang", "is_process_alive", 1, is_process_alive_1),
    bif("erlang", "processes", 0, processes_0),
    bif("erlang", "processes_iterator", 0, processes_iterator_0),
    bif("erlang", "processes_next", 1, processes_next_1),
    bif("erlang", "group_leader", 0, group_leader_0),
    bif("erlang", "group_leader", 2, group_leader_2),
    bif("erlang", "hibernate", 0, hibernate_0),
    bif("erlang", "hibernate", 3, hibernate_3),
    bif("erlang", "yield", 0, yield_0),
];

fn self_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.id)
}

/// The elements of a proper list.
pub(super) fn elements(list: Term) -> Result<Vec<Term>, Raise> {
    let mut iter = list.list_iter();
    let elements = collect(iter.by_ref())?;
    if iter.rest().is_nil() {
        Ok(elements)
    } else {
        Err(Raise::BADARG)
    }
}

/// The text of a list of characters.
pub(super) fn chars(list: Term) -> Result<String, Raise> {
    let mut text = String::new();
    for code in elements(list)? {
        let code = code.as_usize().and_then(|c| u32::try_from(c).ok());
        let char = code.and_then(char::from_u32).ok_or(Raise::BADARG)?;
        text.try_reserve(char.len_utf8())
            .map_err(|_| Raise::OutOfMemory)?;
        text.add_char(char);
    }
    Ok(text)
}

/// The options of a monitor.
pub(super) fn monitor_options(c: &Ctx<'_>, list: Term) -> Result<MonitorOptions, Raise> {
    let mut options = MonitorOptions::default();
    for option in elements(list)? {
        // Since OTP 28. All signals are handled in the order in which they come.
        if option.is_atom() && c.rt.atoms.name(option) == "priority" {
            continue;
        }
        let Some(&[key, value]) = option.as_tuple() else {
            return Err(Raise::BADARG);
        };
        match c.rt.atoms.name(key) {
            "alias" => {
                options.alias = Some(match c.rt.atoms.name(value) {
                    "explicit_unalias" => AliasEnd::Explicit,
                    "demonitor" => AliasEnd::Demonitor,
                    "reply_demonitor" => AliasEnd::ReplyDemonitor,
                    _ => return Err(Raise::BADARG),
                });
            }
            "tag" => options.tag = Some(value),
            _ => return Err(Raise::BADARG),
        }
    }
    Ok(options)
}

/// `exit(self(), Reason)` takes effect at once; for others it is a signal.
fn exit_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (to, reason) = (args[0], args[1]);
    if to == c.p.id {
        return match c.p.exit_self(c.rt, reason)? {
            true => Err(Raise::Die(c.p.exit_reason_term().unwrap_or(reason))),
            false => Ok(atoms::TRUE),
        };
    }
    exit_signal_2(c, args)
}

/// The signal of `exit/2`, for the process itself as for others.
fn exit_signal_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (to, reason) = (args[0], args[1]);
    if to.is_pid() || to.is_port() {
        let exit = Signal::Exit {
            from: c.p.id,
            reason: Fragment::of(reason, &c.rt.budget)?,
            linked: false,
        };
        c.rt.signal(to, exit);
    } else if to.subtag() != Some(Subtag::ExtPid) {
        return Err(Raise::BADARG);
    }
    Ok(atoms::TRUE)
}

/// A signal with priority is as any other to who has not asked for messages with priority, which
/// none can.
fn exit_options(c: &Ctx<'_>, options: Term) -> Result<(), Raise> {
    let is_option = |option: Term| c.rt.atoms.name(option) == "priority";
    match elements(options).map_err(Raise::of_options)? {
        options if options.iter().all(|&option| is_option(option)) => Ok(()),
        _ => Err(Raise::BadArg(atoms::BADOPT)),
    }
}

fn exit_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    exit_options(c, args[2])?;
    exit_2(c, &args[..2])
}

fn exit_signal_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    exit_options(c, args[2])?;
    exit_signal_2(c, &args[..2])
}

fn link_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let to = args[0];
    if is_elsewhere(to) {
        return process_elsewhere::link(c, to);
    }
    let number = link_key(to).ok_or(Raise::BADARG)?;
    if to != c.p.id {
        // Who traps exits gets the answer of a process that has ended as a message.
        if !c.p.flags.trap_exit && !c.rt.is_there(to) {
            return Err(Raise::Error(atoms::NOPROC));
        }
        let links = &mut c.p.relations_mut()?.links;
        links.reserve()?;
        let before = links.insert(number, Link::Active);
        if before != Some(Link::Active) {
            if c.p.flags.traced {
                c.rt.trace(c.p, trace::PROCS, &[atoms::LINK, to]);
                for trace in c.p.traces_for_link() {
                    c.rt.signal(to, Signal::Trace { trace });
                }
            }
            c.rt.signal(to, Signal::Link { from: c.p.id });
        }
    }
    Ok(atoms::TRUE)
}

/// Exit signals through the link with priority are as any others.
fn link_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    exit_options(c, args[1])?;
    link_1(c, &args[..1])
}

fn unlink_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let to = args[0];
    if is_elsewhere(to) {
        return Ok(atoms::TRUE);
    }
    let number = link_key(to).ok_or(Raise::BADARG)?;
    let from = c.p.id;
    if let Some(relations) = &mut c.p.relations
        && let Some(link @ Link::Active) = relations.links.get_mut(&number)
    {
        relations.last_unlink = relations.last_unlink.wrapping_add(1);
        let id = relations.last_unlink;
        *link = Link::Unlinking(id);
        c.rt.signal(to, Signal::Unlink { from, id });
        if c.p.flags.traced {
            c.rt.trace(c.p, trace::PROCS, &[atoms::UNLINK, to]);
        }
    }
    Ok(atoms::TRUE)
}

fn monitor_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    monitor(c, args[0], args[1], &MonitorOptions::default())
}

fn monitor_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = monitor_options(c, args[2]).map_err(Raise::of_options)?;
    monitor(c, args[0], args[1], &options)
}

fn monitor(c: &mut Ctx<'_>, kind: Term, item: Term, options: &MonitorOptions) -> BifResult {
    let is_elsewhere = match kind {
        atoms::PROCESS => is_elsewhere(item),
        atoms::PORT => is_former_port(item),
        _ => false,
    };
    if is_elsewhere {
        return process_elsewhere::monitor(c, kind, item, options);
    }
    let ((target, name), watched) = match c.rt.atoms.name(kind) {
        "process" => (monitored_process(c, item)?, Watched::Process),
        "time_offset" if c.rt.atoms.name(item) == "clock_service" => {
            c.rt.clock.is_monitored.store(true, Ordering::Relaxed);
            ((Term::NONE, item), Watched::Clock)
        }
        "time_offset" => return Err(Raise::BADARG),
        "port" => (monitored_port(c, item)?, Watched::Port),
        _ => return Err(Raise::BadArg(atoms::BADTYPE)),
    };
    let from = c.p.id;
    if target == from {
        // Its end would tell nobody.
        let reference = Reference::from_serial(c.rt.next_reference());
        if let Some(end) = options.alias {
            add_alias(c, reference, end)?;
        }
        return Ok(c.p.heap.reference(reference)?);
    }
    let reference =
        c.rt.new_monitor(c.p, target, name, watched, options, None)?;
    if target == Term::NONE && watched != Watched::Clock {
        let reason = Fragment::of(atoms::NOPROC, &c.rt.budget)?;
        c.rt.signal(from, Signal::Down { reference, reason });
    } else if target != Term::NONE {
        c.rt.signal(target, Signal::Monitor { from, reference });
    }
    Ok(c.p.heap.reference(reference)?)
}

/// The process that is to be monitored, and its name if that was given.
fn monitored_process(c: &Ctx<'_>, item: Term) -> Result<(Term, Term), Raise> {
    let named = |name: Term| {
        let target = c.rt.names.whereis(name).filter(|id| id.is_pid());
        (target.unwrap_or(Term::NONE), name)
    };
    if item.is_pid() {
        return Ok((item, Term::NONE));
    }
    if item.is_atom() {
        return Ok(named(item));
    }
    match item.as_tuple() {
        Some(&[name, node]) if name.is_atom() && node == atoms::NONODE_NOHOST => Ok(named(name)),
        _ => Err(Raise::BADARG),
    }
}

/// The port that is to be monitored, and its name if that was given.
fn monitored_port(c: &Ctx<'_>, item: Term) -> Result<(Term, Term), Raise> {
    let name = match item.as_tuple() {
        None if item.is_port() => return Ok((item, Term::NONE)),
        None if item.is_atom() => item,
        Some(&[name, atoms::NONODE_NOHOST]) if name.is_atom() => name,
        _ => return Err(Raise::BADARG),
    };
    let target = c.rt.names.whereis(name).filter(|id| id.is_port());
    Ok((target.unwrap_or(Term::NONE), name))
}

fn demonitor_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    demonitor(c, args[0])?;
    Ok(atoms::TRUE)
}

fn demonitor(c: &mut Ctx<'_>, reference: Term) -> Result<bool, Raise> {
    let reference = reference.as_reference().ok_or(Raise::BADARG)?;
    let was_there = c.p.drop_monitor(c.rt, reference);
    if was_there {
        c.p.end_monitor_alias(c.rt, reference);
    }
    Ok(was_there)
}

fn demonitor_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (mut flush, mut info) = (false, false);
    for option in elements(args[1])? {
        match option {
            atoms::FLUSH => flush = true,
            atoms::INFO => info = true,
            _ => return Err(Raise::BADARG),
        }
    }
    let was_there = demonitor(c, args[0])?;
    if flush && !was_there {
        let reference = args[0].as_reference();
        c.p.mailbox
            .remove_first(|message| match message.as_tuple() {
                Some(&[_, second, _, _, _]) => second.as_reference() == reference,
                _ => false,
            });
    }
    Ok(Term::bool(was_there || !info))
}

fn alias_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    alias(c, AliasEnd::Explicit)
}

fn alias_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut end = AliasEnd::Explicit;
    for option in elements(args[0])? {
        end = match c.rt.atoms.name(option) {
            "explicit_unalias" => AliasEnd::Explicit,
            "reply" => AliasEnd::Reply,
            _ => return Err(Raise::BADARG),
        };
    }
    alias(c, end)
}

pub(super) fn add_alias(c: &mut Ctx<'_>, reference: Reference, end: AliasEnd) -> Result<(), Raise> {
    let aliases = &mut c.p.relations_mut()?.aliases;
    aliases.reserve()?;
    c.rt.aliases.reserve()?;
    aliases.insert(reference, end);
    c.rt.aliases.add(reference, c.p.id);
    Ok(())
}

fn alias(c: &mut Ctx<'_>, end: AliasEnd) -> BifResult {
    let reference = Reference::from_serial(c.rt.next_reference());
    add_alias(c, reference, end)?;
    Ok(c.p.heap.reference(reference)?)
}

fn unalias_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if args[0].subtag() == Some(Subtag::ExtRef) {
        return Ok(atoms::FALSE);
    }
    let reference = args[0].as_reference().ok_or(Raise::BADARG)?;
    let aliases = c.p.relations.as_mut().map(|r| &mut r.aliases);
    let was_there = aliases.is_some_and(|a| a.remove(&reference).is_some());
    if was_there {
        c.rt.aliases.remove(reference);
    }
    Ok(Term::bool(was_there))
}

/// The process `id` with all signals handled that have reached it, `None` if there is none.
///
/// # Errors
/// It runs on another thread: give way and try again.
pub(super) fn settled(c: &mut Ctx<'_>, id: Term) -> Result<Option<Shared<Handle>>, Raise> {
    let Some(handle) = c.rt.processes.find(id) else {
        return Ok(None);
    };
    if !c.rt.settle(&handle) {
        return Err(give_way_to(c, &handle));
    }
    Ok(handle.is_alive().then_some(handle))
}

/// Lets a process that runs on another thread end its turn first; then the function is called
/// again.
pub(super) fn give_way_to(c: &mut Ctx<'_>, handle: &Handle) -> Raise {
    c.p.flags.follows = handle.scheduler() + 1;
    Raise::Yield
}

fn is_process_alive_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let id = args[0];
    if is_former(id) {
        return Ok(atoms::FALSE);
    }
    if !id.is_pid() {
        return Err(Raise::BADARG);
    }
    Ok(Term::bool(id == c.p.id || settled(c, id)?.is_some()))
}

fn processes_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut ids = Vec::new();
    for handle in c.rt.processes.all() {
        if handle.id() == c.p.id || settled(c, handle.id())?.is_some() {
            ids.push(handle.id());
        }
    }
    Ok(c.p.heap.list(&ids)?)
}

/// An iterator is the place in the table from which to look on.
fn processes_iterator_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(Term::small(0))
}

fn processes_next_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut from = args[0].as_usize().ok_or(Raise::BADARG)?;
    while let Some((place, id)) = c.rt.processes.next(from) {
        from = place + 1;
        if id == c.p.id || settled(c, id)?.is_some() {
            return Ok(c.p.heap.tuple(&[id, Term::small(from as isize)])?);
        }
    }
    Ok(atoms::NONE)
}

fn group_leader_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.group_leader)
}

fn group_leader_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (leader, of) = (args[0], args[1]);
    if !leader.is_pid() || !of.is_pid() {
        return Err(Raise::BADARG);
    }
    if of == c.p.id {
        c.p.group_leader = leader;
    } else if !c.rt.signal(of, Signal::GroupLeader { leader }) {
        return Err(Raise::BADARG);
    }
    Ok(atoms::TRUE)
}

/// Waits for a message with as little memory as can be, and goes on where it was called.
fn hibernate_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    if c.p.mailbox.is_empty() {
        c.p.flags.collect = Some(Extent::Major);
        return Err(Raise::Wait);
    }
    Ok(atoms::OK)
}

fn hibernate_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (module, function) = (args[0], args[1]);
    let args = elements(args[2])?;
    if !module.is_atom() || !function.is_atom() {
        return Err(Raise::BADARG);
    }
    if args.len() > 255 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    c.p.trap = Some(boxed(crate::process::Trap {
        export: Some(c.rt.export(module, function, args.len() as u32)?),
        args,
    })?);
    Err(Raise::Hibernate)
}

/// Gives way once: when it is called again it returns.
fn yield_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    if c.p.flags.yielded {
        c.p.flags.yielded = false;
        return Ok(atoms::TRUE);
    }
    c.p.flags.yielded = true;
    Err(Raise::Yield)
}
