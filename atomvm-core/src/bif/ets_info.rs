//! `ets:info`.

use super::ets::known;
use super::process_info::binary_list;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::ets::{Kind, Protection, State, Table};
use crate::memory::fallible::Grow;
use crate::memory::{Heap, OutOfMemory};
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[bif("ets", "info", 1, info_1), bif("ets", "info", 2, info_2)];

fn info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let Some(table) = known(c, args[0])? else {
        return Ok(atoms::UNDEFINED);
    };
    let items = [
        atoms::PROTECTION,
        atoms::KEYPOS,
        atoms::TYPE,
        atoms::NAMED_TABLE,
        atoms::NODE,
        atoms::SIZE,
        atoms::NAME,
        atoms::HEIR,
        atoms::OWNER,
        atoms::MEMORY,
        atoms::COMPRESSED,
        atoms::WRITE_CONCURRENCY,
        atoms::READ_CONCURRENCY,
        atoms::DECENTRALIZED_COUNTERS,
        atoms::ID,
    ];
    let state = table.state().read();
    let mut list = Term::NIL;
    for item in items {
        let value = info(c, &table, &state, item)?;
        let pair = c.p.heap.tuple(&[item, value])?;
        list = c.p.heap.cons(pair, list)?;
    }
    Ok(list)
}

fn info_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let Some(table) = known(c, args[0])? else {
        // Nobody looks at the item then.
        return Ok(atoms::UNDEFINED);
    };
    let state = table.state().read();
    info(c, &table, &state, args[1])
}

fn info(c: &mut Ctx<'_>, table: &Table, state: &State, item: Term) -> BifResult {
    let options = &table.options;
    Ok(match item {
        atoms::ID => c.p.heap.reference(table.id)?,
        atoms::NAME => state.name,
        atoms::NAMED_TABLE => Term::bool(options.named),
        atoms::OWNER => state.owner,
        atoms::HEIR => state.heir.as_ref().map_or(atoms::NONE, |(heir, _)| *heir),
        atoms::NODE => atoms::NONODE_NOHOST,
        atoms::SIZE => c.p.heap.uint(state.len() as u64)?,
        atoms::MEMORY => {
            let bytes = state.bytes() + size_of::<Table>();
            c.p.heap.uint((bytes / size_of::<Term>()) as u64)?
        }
        atoms::KEYPOS => c.p.heap.uint(table.key as u64 + 1)?,
        atoms::TYPE => match table.kind {
            Kind::Set => atoms::SET,
            Kind::OrderedSet => atoms::ORDERED_SET,
            Kind::Bag => atoms::BAG,
            Kind::DuplicateBag => atoms::DUPLICATE_BAG,
        },
        atoms::PROTECTION => match state.protection {
            Protection::Public => atoms::PUBLIC,
            Protection::Protected => atoms::PROTECTED,
            Protection::Private => atoms::PRIVATE,
        },
        atoms::COMPRESSED => Term::bool(options.compressed),
        atoms::WRITE_CONCURRENCY => options.write_concurrency,
        atoms::READ_CONCURRENCY => Term::bool(options.read_concurrency),
        atoms::DECENTRALIZED_COUNTERS => Term::bool(options.decentralized_counters),
        atoms::FIXED => Term::bool(state.is_fixed()),
        atoms::SAFE_FIXED | atoms::SAFE_FIXED_MONOTONIC_TIME if !state.is_fixed() => atoms::FALSE,
        atoms::SAFE_FIXED => {
            let micros = state.fixed_at.0 / 1000;
            let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
            let parts = [seconds / 1_000_000, seconds % 1_000_000, micros];
            let since = c.p.heap.tuple(&parts.map(|n| Term::small(n as isize)))?;
            fixers(c, state, since)?
        }
        atoms::SAFE_FIXED_MONOTONIC_TIME => {
            let since = c.p.heap.uint(state.fixed_at.1)?;
            fixers(c, state, since)?
        }
        _ => match c.rt.atoms.name(item) {
            "binary" => binaries(c, state)?,
            "stats" => stats(c, state)?,
            _ => return Err(Raise::BADARG),
        },
    })
}

/// The binaries outside of the objects that these refer to.
fn binaries(c: &mut Ctx<'_>, state: &State) -> Result<Term, OutOfMemory> {
    let mut found = Vec::new();
    state.each_record(&mut |record| {
        found.extend_or_lose(record.binaries());
    });
    binary_list(&mut c.p.heap, found.into_iter().rev())
}

/// How evenly objects are spread over the chains of a table without an order: the number of
/// chains; the average of their lengths, its deviation and that which is to be expected; the
/// shortest and the longest; the objects that are deleted but still there; the locks.
fn stats(c: &mut Ctx<'_>, state: &State) -> Result<Term, OutOfMemory> {
    let Some(spread) = state.spread() else {
        return Ok(atoms::FALSE);
    };
    let (chains, all) = (spread.chains as f64, spread.records as f64);
    let average = all / chains;
    let deviation = libm::sqrt((spread.squares as f64 - average * all) / chains);
    let expected = libm::sqrt(average * (1.0 - 1.0 / chains));
    let heap = &mut c.p.heap;
    let parts = [
        heap.uint(spread.chains as u64)?,
        heap.float(average)?,
        heap.float(deviation)?,
        heap.float(expected)?,
        heap.uint(spread.shortest as u64)?,
        heap.uint(spread.longest as u64)?,
        heap.uint(spread.deleted as u64)?,
        Term::small(1),
    ];
    heap.tuple(&parts)
}

/// `{Since, [{Pid, Count}]}`
fn fixers(c: &mut Ctx<'_>, state: &State, since: Term) -> Result<Term, OutOfMemory> {
    let mut list = Term::NIL;
    for (id, count) in state.fixed.iter().rev() {
        let pair = c.p.heap.tuple(&[*id, Term::small(*count as isize)])?;
        list = c.p.heap.cons(pair, list)?;
    }
    c.p.heap.tuple(&[since, list])
}
