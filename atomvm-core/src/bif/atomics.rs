//! `atomics`, and what `counters` needs of `erts_internal`: integers that processes share.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::cells::{Cells, new_cells};
use crate::term::{Reference, Term, atoms, map};
use portable_atomic::{AtomicU64, Ordering::SeqCst};

pub(super) const TABLE: &[Bif] = &[
    bif("erts_internal", "atomics_new", 2, atomics_new_2),
    bif("atomics", "put", 3, put_3),
    bif("atomics", "get", 2, get_2),
    bif("atomics", "add", 3, add_3),
    bif("atomics", "add_get", 3, add_get_3),
    bif("atomics", "exchange", 3, exchange_3),
    bif("atomics", "compare_exchange", 4, compare_exchange_4),
    bif("atomics", "info", 1, info_1),
    bif("erts_internal", "counters_new", 1, counters_new_1),
    bif("erts_internal", "counters_get", 2, get_2),
    bif("erts_internal", "counters_add", 3, add_3),
    bif("erts_internal", "counters_put", 3, put_3),
    bif("erts_internal", "counters_info", 1, info_1),
];

/// What the cells of a reference are used for.
const UNSIGNED: u32 = 0;
const SIGNED: u32 = 1;
const COUNTERS: u32 = 2;

fn create(c: &mut Ctx<'_>, count: Term, kind: u32) -> BifResult {
    let number = count.as_int().ok_or(Raise::BADARG)?;
    if number.is_negative() || count == Term::small(0) {
        return Err(Raise::BADARG);
    }
    let count = count.as_usize().ok_or(Raise::SYSTEM_LIMIT)?;
    let reference = Reference::from_serial(c.rt.next_reference());
    new_cells(&mut c.p.heap, reference, kind, count).map_err(|_| Raise::SYSTEM_LIMIT)
}

/// `erts_internal:atomics_new(Arity, Options)`; bit 0 of the options: the integers have a sign.
fn atomics_new_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = args[1].as_usize().ok_or(Raise::BADARG)?;
    let kind = if options & 1 == 1 { SIGNED } else { UNSIGNED };
    create(c, args[0], kind)
}

fn counters_new_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    create(c, args[0], COUNTERS)
}

fn cells<'a>(term: Term) -> Result<Cells<'a>, Raise> {
    let cells = term.as_cells().ok_or(Raise::BADARG)?;
    if cells.kind <= COUNTERS {
        Ok(cells)
    } else {
        Err(Raise::BADARG)
    }
}

/// A cell, by its number from 1, and whether it has a sign.
fn cell<'a>(args: &[Term]) -> Result<(&'a AtomicU64, bool), Raise> {
    let cells = cells(args[0])?;
    let index = args[1].as_usize().and_then(|i| i.checked_sub(1));
    let cell = index.and_then(|i| cells.cells.get(i));
    Ok((cell.ok_or(Raise::BADARG)?, cells.kind != UNSIGNED))
}

/// The bits of a value that a cell can hold.
fn value(term: Term, signed: bool) -> Result<u64, Raise> {
    let int = term.as_int().ok_or(Raise::BADARG)?;
    let bits = if signed {
        int.to_i64().map(|v| v as u64)
    } else {
        int.to_u64()
    };
    bits.ok_or(Raise::BADARG)
}

/// The bits of what is added: any integer of 64 bits, with a sign or without one.
fn increment(term: Term) -> Result<u64, Raise> {
    let int = term.as_int().ok_or(Raise::BADARG)?;
    let bits = int.to_u64().or_else(|| int.to_i64().map(|v| v as u64));
    bits.ok_or(Raise::BADARG)
}

fn result(c: &mut Ctx<'_>, bits: u64, signed: bool) -> BifResult {
    Ok(if signed {
        c.p.heap.int(bits as i64)?
    } else {
        c.p.heap.uint(bits)?
    })
}

fn put_3(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (cell, signed) = cell(args)?;
    cell.store(value(args[2], signed)?, SeqCst);
    Ok(atoms::OK)
}

fn get_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (cell, signed) = cell(args)?;
    result(c, cell.load(SeqCst), signed)
}

fn add_3(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (cell, _) = cell(args)?;
    cell.fetch_add(increment(args[2])?, SeqCst);
    Ok(atoms::OK)
}

fn add_get_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (cell, signed) = cell(args)?;
    let increment = increment(args[2])?;
    let sum = cell.fetch_add(increment, SeqCst).wrapping_add(increment);
    result(c, sum, signed)
}

fn exchange_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (cell, signed) = cell(args)?;
    let before = cell.swap(value(args[2], signed)?, SeqCst);
    result(c, before, signed)
}

fn compare_exchange_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (cell, signed) = cell(args)?;
    let (expected, desired) = (value(args[2], signed)?, value(args[3], signed)?);
    match cell.compare_exchange(expected, desired, SeqCst, SeqCst) {
        Ok(_) => Ok(atoms::OK),
        Err(actual) => result(c, actual, signed),
    }
}

fn info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let cells = cells(args[0])?;
    let (min, max) = match cells.kind {
        UNSIGNED => (0, c.p.heap.uint(u64::MAX)?),
        _ => (i64::MIN, c.p.heap.int(i64::MAX)?),
    };
    let min = c.p.heap.int(min)?;
    let size = c.p.heap.uint(cells.cells.len() as u64)?;
    let memory = c.p.heap.uint(cells.bytes as u64)?;
    let all = [
        (atoms::SIZE, size),
        (atoms::MEMORY, memory),
        (atoms::MAX, max),
        (atoms::MIN, min),
    ];
    // Counters do not say what their limits are.
    let shown = if cells.kind == COUNTERS { 2 } else { 4 };
    Ok(map::from_pairs(&mut c.p.heap, &c.rt.atoms, &all[..shown])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::ProcessHeap;
    use crate::platform::Platform;
    use crate::process::Process;
    use crate::vm::{Limits, Runtime};
    use alloc::boxed::Box;
    use core::time::Duration;

    struct Clock;

    impl Platform for Clock {
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    /// Calls in a row on one reference, with the results that OTP 25 gives.
    fn check(module: &str, options: isize, calls: &[(&str, &[i128], Option<i128>)]) {
        let rt = Runtime::new(Box::new(Clock), Limits::default());
        let heap = ProcessHeap::new(1000, &rt.budget).unwrap();
        let mut p = Process::new(Term::pid(1), heap);
        let mut c = Ctx::new(&mut p, &rt);
        let two = Term::small(2);
        let reference = if options < 0 {
            counters_new_1(&mut c, &[two])
        } else {
            atomics_new_2(&mut c, &[two, Term::small(options)])
        }
        .unwrap();
        for (function, numbers, expected) in calls {
            let mut args = alloc::vec![reference];
            for &number in *numbers {
                args.push(c.p.heap.bigint(&number.into()).unwrap());
            }
            let call = crate::bif::find(module, function, args.len() as u32).unwrap();
            let result = call(&mut c, &args);
            let shown = match result {
                Ok(atoms::OK) => Some(-77),
                Ok(term) => term.as_int().and_then(|i| i.to_i128()),
                Err(error) => {
                    assert_eq!(error, Raise::BADARG);
                    None
                }
            };
            assert_eq!(shown, *expected, "{function} {numbers:?}");
        }
    }

    const OK: Option<i128> = Some(-77);
    const LOW: i128 = -(1 << 63);
    const HIGH: i128 = (1 << 63) - 1;

    #[test]
    fn integers_with_a_sign_wrap_around() {
        let calls: &[(&str, &[i128], Option<i128>)] = &[
            ("put", &[1, HIGH], OK),
            ("add_get", &[1, 1], Some(LOW)),
            ("put", &[1, HIGH + 1], None),
            ("put", &[3, 1], None),
            ("put", &[0, 1], None),
            ("compare_exchange", &[1, 5, 6], Some(LOW)),
            ("compare_exchange", &[2, 0, 6], OK),
            ("exchange", &[2, 9], Some(6)),
            ("add", &[2, -10], OK),
            ("get", &[2], Some(-1)),
            ("add", &[2, (1 << 64) - 1], OK),
            ("add", &[2, LOW], OK),
            ("get", &[2], Some(HIGH - 1)),
            ("add", &[2, 1 << 64], None),
        ];
        check("atomics", 1, calls);
    }

    #[test]
    fn integers_without_a_sign_wrap_around() {
        let calls: &[(&str, &[i128], Option<i128>)] = &[
            ("put", &[1, (1 << 64) - 1], OK),
            ("add_get", &[1, 2], Some(1)),
            ("put", &[1, -1], None),
            ("add_get", &[1, -2], Some((1 << 64) - 1)),
            ("add", &[1, -1], OK),
        ];
        check("atomics", 0, calls);
    }

    #[test]
    fn counters_count() {
        let calls: &[(&str, &[i128], Option<i128>)] = &[
            ("counters_add", &[1, 5], OK),
            ("counters_get", &[1], Some(5)),
            ("counters_put", &[2, -3], OK),
            ("counters_get", &[2], Some(-3)),
            ("counters_get", &[3], None),
        ];
        check("erts_internal", -1, calls);
    }
}
