//! `ets`: match specifications and patterns on tables.

use super::ets::{Access, usable};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::ets::Kind;
use crate::ets::scan::{Job, Scan};
use crate::matchspec::{MatchSpec, Mode, Scratch, SpecError, keys_stay};
use crate::memory::Heap;
use crate::sync::Shared;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("ets", "select", 2, select_2),
    bif("ets", "select", 3, select_3),
    bif("ets", "select", 1, select_1),
    bif("ets", "select_reverse", 2, select_reverse_2),
    bif("ets", "select_reverse", 3, select_reverse_3),
    bif("ets", "select_reverse", 1, select_1),
    bif("ets", "match", 2, match_2),
    bif("ets", "match", 3, match_3),
    bif("ets", "match", 1, select_1),
    bif("ets", "match_object", 2, match_object_2),
    bif("ets", "match_object", 3, match_object_3),
    bif("ets", "match_object", 1, select_1),
    bif("ets", "select_count", 2, select_count_2),
    bif("ets", "internal_select_delete", 2, internal_select_delete_2),
    bif("ets", "select_replace", 2, select_replace_2),
    bif("ets", "internal_continue", 1, internal_continue_1),
    bif("ets", "match_spec_compile", 1, match_spec_compile_1),
    bif("ets", "is_compiled_ms", 1, is_compiled_ms_1),
    bif("ets", "match_spec_run_r", 3, match_spec_run_r_3),
];

fn compile(c: &Ctx<'_>, spec: Term) -> Result<Shared<MatchSpec>, Raise> {
    match MatchSpec::compile(c.rt, spec, Mode::Table) {
        Ok(spec) => Ok(Shared::new(spec)?),
        Err(SpecError::OutOfMemory) => Err(Raise::OutOfMemory),
        Err(SpecError::Wrong(_)) => Err(Raise::BADARG),
    }
}

/// A specification for a whole table; an empty one matches nothing.
fn compile_for_table(c: &Ctx<'_>, spec: Term) -> Result<Shared<MatchSpec>, Raise> {
    match spec.is_nil() {
        true => Ok(Shared::new(MatchSpec::nothing(c.rt)?)?),
        false => compile(c, spec),
    }
}

/// `[{Pattern, [], [Result]}]`
fn pattern_spec(c: &mut Ctx<'_>, pattern: Term, result: Term) -> BifResult {
    let body = c.p.heap.list(&[result])?;
    let clause = c.p.heap.tuple(&[pattern, Term::NIL, body])?;
    Ok(c.p.heap.list(&[clause])?)
}

/// The largest number of values in one list: so many that nobody asks for more.
fn limit(term: Term) -> Result<usize, Raise> {
    term.as_usize().filter(|n| *n > 0).ok_or(Raise::BADARG)
}

fn collect(
    c: &mut Ctx<'_>,
    name: Term,
    spec: Term,
    chunk: Option<Term>,
    descending: bool,
) -> BifResult {
    let table = usable(c, name, Access::Read)?;
    let chunk = chunk.map(limit).transpose()?;
    let spec = compile_for_table(c, spec)?;
    let mut scan = Scan::new(table, name, spec, Job::Collect);
    scan.descending = descending;
    scan.limit = chunk.unwrap_or(0);
    scan.run(c)
}

fn select_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    collect(c, args[0], args[1], None, false)
}

fn select_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    collect(c, args[0], args[1], Some(args[2]), false)
}

fn select_reverse_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    collect(c, args[0], args[1], None, true)
}

fn select_reverse_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    collect(c, args[0], args[1], Some(args[2]), true)
}

/// Goes on with a continuation of any of the functions.
fn select_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if args[0] == atoms::END_OF_TABLE {
        return Ok(atoms::END_OF_TABLE);
    }
    let name = args[0].as_tuple().and_then(|elements| elements.first());
    usable(c, *name.ok_or(Raise::BADARG)?, Access::Read)?;
    match Scan::from_continuation(&c.rt.ets, args[0]) {
        Some(Ok(scan)) => scan.run(c),
        Some(Err(())) | None => Err(Raise::BADARG),
    }
}

fn match_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let spec = pattern_spec(c, args[1], atoms::MATCHED_VALUES)?;
    collect(c, args[0], spec, None, false)
}

fn match_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let spec = pattern_spec(c, args[1], atoms::MATCHED_VALUES)?;
    collect(c, args[0], spec, Some(args[2]), false)
}

fn match_object_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let spec = pattern_spec(c, args[1], atoms::MATCHED_OBJECT)?;
    collect(c, args[0], spec, None, false)
}

fn match_object_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let spec = pattern_spec(c, args[1], atoms::MATCHED_OBJECT)?;
    collect(c, args[0], spec, Some(args[2]), false)
}

fn select_count_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Read)?;
    let spec = compile_for_table(c, args[1])?;
    Scan::new(table, args[0], spec, Job::Count).run(c)
}

fn internal_select_delete_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Write)?;
    let spec = compile_for_table(c, args[1])?;
    Scan::new(table, args[0], spec, Job::Delete).run(c)
}

fn select_replace_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let table = usable(c, args[0], Access::Write)?;
    if table.kind == Kind::Bag {
        return Err(Raise::BadArg(atoms::TABLE_TYPE));
    }
    let spec = compile_for_table(c, args[1])?;
    if !keys_stay(&spec, &c.rt.atoms, table.key) {
        return Err(Raise::BADARG);
    }
    Scan::new(table, args[0], spec, Job::Replace).run(c)
}

/// Goes on with a scan that has given way.
fn internal_continue_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Scan::resume(c, args[0])
}

fn match_spec_compile_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let spec = compile(c, args[0])?;
    Ok(c.rt.ets.specs.keep(c.rt, &mut c.p.heap, spec)?)
}

fn is_compiled_ms_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(c.rt.ets.specs.find(args[0]).is_some()))
}

/// Terms that are matched before others have their turn.
const AT_ONCE: usize = 2000;

/// The values of the elements of a list, the last one first, before those of the third argument.
fn match_spec_run_r_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let spec = c.rt.ets.specs.find(args[1]).ok_or(Raise::BADARG)?;
    let mut scratch = Scratch::default();
    let (mut rest, mut values) = (args[0], args[2]);
    for _ in 0..AT_ONCE {
        let Some((head, tail)) = rest.as_cons() else {
            break;
        };
        if let Some(value) = spec.run_sharing(c, head, &mut scratch)? {
            values = c.p.heap.cons(value.unwrap_or(head), values)?;
        }
        rest = tail;
    }
    if rest.is_cons() {
        c.p.reductions = c.p.reductions.saturating_add(AT_ONCE as u64 / 4);
        return Err(c.p.yield_with(&[rest, args[1], values]));
    }
    match rest.is_nil() {
        true => Ok(values),
        false => Err(Raise::BADARG),
    }
}
