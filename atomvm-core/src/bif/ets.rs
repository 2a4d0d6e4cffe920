//! `ets`: tables as such. What they hold is the matter of [`ets_objects`](super::ets_objects),
//! [`ets_update`](super::ets_update) and [`ets_select`](super::ets_select).

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::ets::{Kind, NewError, NewTable, Options, Protection, State, Table};
use crate::memory::fallible::collect;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::process::Signal;
use crate::sync::{ReadGuard, Shared, WriteGuard};
use crate::term::{Reference, Term, atoms};
use alloc::vec::Vec;
use core::ops::Deref;

pub(super) const TABLE: &[Bif] = &[
    bif("ets", "new", 2, new_2),
    bif("ets", "delete", 1, delete_1),
    bif("ets", "internal_sweep", 0, internal_sweep_0),
    bif("ets", "internal_delete_all", 2, internal_delete_all_2),
    bif("ets", "internal_request_all", 0, internal_request_all_0),
    bif("ets", "whereis", 1, whereis_1),
    bif("ets", "rename", 2, rename_2),
    bif("ets", "give_away", 3, give_away_3),
    bif("ets", "setopts", 2, setopts_2),
    bif("ets", "safe_fixtable", 2, safe_fixtable_2),
];

/// Marks the references of tables, so that those of deleted ones are told from others.
const OF_TABLE: u32 = 1 << 31;

/// What a function does to a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It looks.
    Read,
    /// It changes the table or its objects.
    Write,
}

/// The error for something that names no table.
pub(super) fn no_table(name: Term) -> Raise {
    let is_table = |r: Reference| r.0[2] & OF_TABLE != 0;
    let was_table = name.as_reference().is_some_and(is_table);
    match name.is_atom() || was_table {
        true => Raise::BadArg(atoms::ID),
        false => Raise::BadArg(atoms::TYPE),
    }
}

/// The table that `name` names.
#[inline]
pub(super) fn find(c: &Ctx<'_>, name: Term) -> Result<Shared<Table>, Raise> {
    c.rt.ets.find(name).ok_or_else(|| no_table(name))
}

/// May the process do that to the table?
#[inline]
pub(super) fn allowed(id: Term, state: &State, access: Access) -> Result<(), Raise> {
    if !state.is_alive {
        return Err(Raise::BadArg(atoms::ID));
    }
    let is_free = match (state.protection, access) {
        (Protection::Public, _) | (Protection::Protected, Access::Read) => true,
        (Protection::Protected, Access::Write) | (Protection::Private, _) => false,
    };
    if is_free || state.owner == id {
        Ok(())
    } else {
        Err(Raise::BadArg(atoms::ACCESS))
    }
}

/// A way to lock a table.
trait Lock {
    /// What the lock gives.
    type State<'t>: Deref<Target = State>;

    /// What it is for.
    const ACCESS: Access;

    fn lock(table: &Table) -> Self::State<'_>;
}

struct Reading;

impl Lock for Reading {
    type State<'t> = ReadGuard<'t, State>;
    const ACCESS: Access = Access::Read;

    #[inline]
    fn lock(table: &Table) -> Self::State<'_> {
        table.state().read()
    }
}

struct Writing;

impl Lock for Writing {
    type State<'t> = WriteGuard<'t, State>;
    const ACCESS: Access = Access::Write;

    #[inline]
    fn lock(table: &Table) -> Self::State<'_> {
        table.state().write()
    }
}

/// Locks the table that has this name now, and lets the scheduler remember it. What is prepared for
/// a table is made before it is locked.
#[inline]
fn locked<L: Lock, P, R>(
    c: &mut Ctx<'_>,
    name: Term,
    prepare: impl Fn(&Table) -> Result<P, Raise>,
    use_it: impl FnOnce(&mut Ctx<'_>, &Table, L::State<'_>, P) -> Result<R, Raise>,
) -> Result<R, Raise> {
    let mut table = recent(c, name)?;
    let mut prepared = prepare(&table)?;
    let mut state = L::lock(&table);
    if !state.is_named(name) {
        drop(state);
        table = find(c, name)?;
        prepared = prepare(&table)?;
        state = L::lock(&table);
    }
    let result = match allowed(c.p.id, &state, L::ACCESS) {
        Ok(()) => use_it(c, &table, state, prepared),
        Err(raise) => {
            drop(state);
            Err(raise)
        }
    };
    keep(c, name, table);
    result
}

const fn nothing(_: &Table) -> Result<(), Raise> {
    Ok(())
}

/// Looks at a table.
#[inline]
pub(super) fn read<R>(
    c: &mut Ctx<'_>,
    name: Term,
    look: impl FnOnce(&mut Ctx<'_>, &Table, &State) -> Result<R, Raise>,
) -> Result<R, Raise> {
    locked::<Reading, _, _>(c, name, nothing, |c, table, state, ()| {
        look(c, table, &state)
    })
}

/// Changes a table.
#[inline]
pub(super) fn write<R>(
    c: &mut Ctx<'_>,
    name: Term,
    change: impl FnOnce(&mut Ctx<'_>, &Table, &mut State) -> Result<R, Raise>,
) -> Result<R, Raise> {
    locked::<Writing, _, _>(c, name, nothing, |c, table, mut state, ()| {
        change(c, table, &mut state)
    })
}

/// Changes a table by what is prepared before it is locked; what comes out is dealt with when it no
/// longer is.
#[inline]
pub(super) fn write_prepared<P, R>(
    c: &mut Ctx<'_>,
    name: Term,
    prepare: impl Fn(&Table) -> Result<P, Raise>,
    change: impl FnOnce(&mut Ctx<'_>, &mut State, P) -> Result<R, Raise>,
) -> Result<R, Raise> {
    locked::<Writing, _, _>(c, name, prepare, |c, _, mut state, prepared| {
        change(c, &mut state, prepared)
    })
}

/// The table that the scheduler remembers under this name, else the one that has it now.
#[inline]
fn recent(c: &mut Ctx<'_>, name: Term) -> Result<Shared<Table>, Raise> {
    let recent = c.recent.as_mut().and_then(|recent| recent.take(name));
    match recent {
        Some(table) => Ok(table),
        None => find(c, name),
    }
}

/// Lets the scheduler remember a table.
#[inline]
fn keep(c: &mut Ctx<'_>, name: Term, table: Shared<Table>) {
    if let Some(recent) = &mut c.recent {
        recent.keep(name, table);
    }
}

/// The table, which the process may use in this way.
pub(super) fn usable(c: &Ctx<'_>, name: Term, access: Access) -> Result<Shared<Table>, Raise> {
    let table = find(c, name)?;
    allowed(c.p.id, &table.state().read(), access)?;
    Ok(table)
}

/// How programs name the table: by its name if it is known by that.
fn identifier(c: &mut Ctx<'_>, table: &Table) -> Result<Term, OutOfMemory> {
    match table.options.named {
        true => Ok(table.state().read().name),
        false => c.p.heap.reference(table.id),
    }
}

/// The elements of a list of options.
fn options(list: Term) -> Result<Vec<Term>, Raise> {
    let mut iter = list.list_iter();
    let options = collect(iter.by_ref())?;
    match iter.rest().is_nil() {
        true => Ok(options),
        false => Err(Raise::BADARG),
    }
}

fn flag(term: Term) -> Result<bool, Raise> {
    term.as_bool().ok_or(Raise::BADARG)
}

type Heir = Option<(Term, Fragment)>;

/// `{heir, none}` or `{heir, Pid, Data}`. Who has ended inherits nothing.
fn heir(c: &Ctx<'_>, option: &[Term]) -> Result<Heir, Raise> {
    match *option {
        [atoms::HEIR, atoms::NONE] => Ok(None),
        [atoms::HEIR, pid, _] if pid.is_pid() && !c.rt.processes.is_alive(pid) => Ok(None),
        [atoms::HEIR, pid, data] if pid.is_pid() => {
            Ok(Some((pid, Fragment::of(data, &c.rt.budget)?)))
        }
        _ => Err(Raise::BADARG),
    }
}

/// A number of locks, which OTP's tests ask for, is as good as `true`: there is one lock.
fn write_concurrency(c: &Ctx<'_>, value: Term) -> BifResult {
    match value.as_tuple() {
        Some(&[name, locks]) if locks.as_usize().is_some() => {
            match c.rt.atoms.name(name) == "debug_hash_fixed_number_of_locks" {
                true => Ok(atoms::TRUE),
                false => Err(Raise::BADARG),
            }
        }
        _ if value == atoms::AUTO => Ok(value),
        _ => flag(value).map(|_| value),
    }
}

fn new_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = args[0];
    if !name.is_atom() {
        return Err(Raise::BADARG);
    }
    let Reference([low, middle, high]) = Reference::from_serial(c.rt.next_reference());
    let mut new = NewTable {
        id: Reference([low, middle, high | OF_TABLE]),
        name,
        owner: c.p.id,
        kind: Kind::Set,
        key: 0,
        protection: Protection::Protected,
        heir: None,
        options: Options {
            named: false,
            write_concurrency: atoms::FALSE,
            read_concurrency: false,
            decentralized_counters: false,
            compressed: false,
        },
    };
    let mut decentralized = None;
    for option in options(args[1])? {
        match option {
            // The default does not take back what was said before, as in OTP.
            atoms::SET => {}
            atoms::ORDERED_SET => new.kind = Kind::OrderedSet,
            atoms::BAG => new.kind = Kind::Bag,
            atoms::DUPLICATE_BAG => new.kind = Kind::DuplicateBag,
            atoms::PUBLIC => new.protection = Protection::Public,
            atoms::PROTECTED => new.protection = Protection::Protected,
            atoms::PRIVATE => new.protection = Protection::Private,
            atoms::NAMED_TABLE => new.options.named = true,
            atoms::COMPRESSED => new.options.compressed = true,
            _ => match option.as_tuple() {
                Some(&[atoms::KEYPOS, place]) => {
                    let place = place.as_usize().and_then(|place| place.checked_sub(1));
                    new.key = place.ok_or(Raise::BADARG)?;
                }
                Some(&[atoms::WRITE_CONCURRENCY, value]) => {
                    new.options.write_concurrency = write_concurrency(c, value)?;
                }
                Some(&[atoms::READ_CONCURRENCY, value]) => {
                    new.options.read_concurrency = flag(value)?;
                }
                Some(&[atoms::DECENTRALIZED_COUNTERS, value]) => {
                    decentralized = Some(flag(value)?);
                }
                Some(option) => new.heir = heir(c, option)?,
                None => return Err(Raise::BADARG),
            },
        }
    }
    let writes = new.options.write_concurrency;
    let usual = writes == atoms::AUTO || (writes == atoms::TRUE && new.kind == Kind::OrderedSet);
    new.options.decentralized_counters = writes != atoms::FALSE && decentralized.unwrap_or(usual);
    match c.rt.ets.create(new) {
        Ok(table) => Ok(identifier(c, &table)?),
        Err(NewError::Exists) => Err(Raise::BadArg(atoms::ALREADY_EXISTS)),
        Err(NewError::Limit) => Err(Raise::SYSTEM_LIMIT),
    }
}

fn delete_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Write)?;
    c.rt.ets.delete(&table);
    swept(c, atoms::TRUE)
}

/// Returns `result`, or gives way until what was deleted is freed and returns `true`.
fn swept(c: &mut Ctx<'_>, result: Term) -> BifResult {
    if !c.rt.ets.has_unused() {
        return Ok(result);
    }
    let function = c.rt.atoms.intern("internal_sweep")?;
    let export = c.rt.export(atoms::ETS, function, 0)?;
    Err(c.p.trap_to(export, &[]))
}

/// Records that one call frees before others have their turn.
const SWEEP: usize = 4000;

fn internal_sweep_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    c.p.reductions = c.p.reductions.saturating_add(SWEEP as u64);
    match c.rt.ets.sweep(SWEEP) {
        true => Ok(atoms::TRUE),
        false => Err(Raise::Yield),
    }
}

/// Deletes all objects; says how many there were.
fn internal_delete_all_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let unused = write(c, args[0], |c, table, state| {
        let count = state.len();
        let unused = state.clear(table.kind, table.key, &c.rt.budget);
        Ok((count, unused))
    });
    let (count, unused) = unused?;
    c.rt.ets.discard(unused);
    Ok(c.p.heap.uint(count as u64)?)
}

/// Sends the calling process a message with some of the tables for each scheduler: here all of
/// them with the first one.
fn internal_request_all_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut tables = Vec::new();
    for table in c.rt.ets.all() {
        tables.push(identifier(c, &table)?);
    }
    let tables = c.p.heap.list(&tables)?;
    let reference = c.rt.make_ref(&mut c.p.heap)?;
    let item = c.rt.atoms.intern("schedulers")?;
    let count = match super::find("erlang", "system_info", 1) {
        Some(system_info) => system_info(c, &[item])?.as_usize().unwrap_or(1),
        None => 1,
    };
    for number in 0..count {
        let part = if number == 0 { tables } else { Term::NIL };
        let message = c.p.heap.tuple(&[reference, part])?;
        let message = Fragment::of(message, &c.rt.budget)?;
        c.rt.signal(c.p.id, Signal::Message(message));
    }
    Ok(reference)
}

fn whereis_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    match c.rt.ets.find(args[0]) {
        Some(table) => Ok(c.p.heap.reference(table.id)?),
        None => Ok(atoms::UNDEFINED),
    }
}

fn rename_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Write)?;
    if !args[1].is_atom() || !c.rt.ets.rename(&table, args[1]) {
        return Err(Raise::BADARG);
    }
    match table.options.named {
        true => Ok(args[1]),
        false => Ok(args[0]),
    }
}

fn give_away_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (to, gift) = (args[1], args[2]);
    let table = usable(c, args[0], Access::Write)?;
    if table.state().read().owner != c.p.id {
        return Err(Raise::BadArg(atoms::NOT_OWNER));
    }
    if !to.is_pid() {
        return Err(Raise::BADARG);
    }
    if to == c.p.id {
        return Err(Raise::BadArg(atoms::OWNER));
    }
    if super::process::settled(c, to)?.is_none() {
        return Err(Raise::BADARG);
    }
    c.rt.give_table(&table, c.p.id, to, gift)?;
    Ok(atoms::TRUE)
}

fn setopts_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Write)?;
    if table.state().read().owner != c.p.id {
        return Err(Raise::BadArg(atoms::NOT_OWNER));
    }
    let list = match args[1].is_tuple() {
        true => collect([args[1]])?,
        false => options(args[1])?,
    };
    let (mut new_heir, mut protection): (Option<Heir>, _) = (None, None);
    for option in list {
        let parts = option.as_tuple().unwrap_or(&[]);
        match *parts {
            [atoms::PROTECTION, value] if protection.is_none() => {
                protection = Some(match value {
                    atoms::PUBLIC => Protection::Public,
                    atoms::PROTECTED => Protection::Protected,
                    atoms::PRIVATE => Protection::Private,
                    _ => return Err(Raise::BADARG),
                });
            }
            [atoms::HEIR, ..] if new_heir.is_none() => new_heir = Some(heir(c, parts)?),
            _ => return Err(Raise::BADARG),
        }
    }
    let mut state = table.state().write();
    if let Some(heir) = new_heir {
        state.heir = heir;
    }
    if let Some(protection) = protection {
        state.protection = protection;
    }
    Ok(atoms::TRUE)
}

fn safe_fixtable_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Read)?;
    if flag(args[1])? {
        c.rt.ets.fix(&table, c.p.id, c.rt.time().both());
    } else {
        c.rt.ets.unfix(&table, c.p.id);
    }
    Ok(atoms::TRUE)
}

/// The table, or `None` where there is none of that name.
pub(super) fn known(c: &Ctx<'_>, name: Term) -> Result<Option<Shared<Table>>, Raise> {
    match find(c, name) {
        Ok(table) => Ok(Some(table)),
        Err(Raise::BadArg(atoms::ID)) => Ok(None),
        Err(error) => Err(error),
    }
}
