//! `erlang`: what a term is.

use super::{Bif, BifResult, Raise, bif};
use crate::term::{Int, Subtag, Term, atoms};

/// A test of one term that cannot fail.
macro_rules! test {
    ($name:literal, $test:expr) => {
        bif("erlang", $name, 1, |_, a| Ok(Term::bool($test(a[0]))))
    };
}

pub(super) const TABLE: &[Bif] = &[
    test!("is_atom", Term::is_atom),
    test!("is_binary", is_binary),
    test!("is_bitstring", Term::is_bitstring),
    test!("is_boolean", |t: Term| t.as_bool().is_some()),
    test!("is_float", Term::is_float),
    test!("is_function", Term::is_fun),
    test!("is_integer", Term::is_integer),
    test!("is_list", Term::is_list),
    test!("is_map", Term::is_map),
    test!("is_number", Term::is_number),
    test!("is_pid", is_pid),
    test!("is_port", is_port),
    test!("is_reference", Term::is_reference),
    test!("is_tuple", Term::is_tuple),
    bif("erlang", "is_function", 2, |_, a| is_function(a[0], a[1])),
    bif("erlang", "is_integer", 3, |_, a| is_integer_between(a)),
    test!("is_record", Term::is_record),
    bif("erlang", "is_record", 2, |_, a| is_record(a[0], a[1])),
    bif("erlang", "is_record", 3, |_, a| {
        is_record_of_size(a[0], a[1], a[2])
    }),
];

/// Is this a bit string of whole bytes?
pub(crate) fn is_binary(term: Term) -> bool {
    term.as_bits().is_some_and(|bits| bits.is_binary())
}

/// Is this a process identifier, of this node or another?
pub(crate) fn is_pid(term: Term) -> bool {
    term.is_pid() || term.subtag() == Some(Subtag::ExtPid)
}

/// Is this a port identifier, of this node or another?
pub(crate) fn is_port(term: Term) -> bool {
    term.is_port() || term.subtag() == Some(Subtag::ExtPort)
}

/// The number of arguments of a fun.
pub(crate) fn fun_arity(term: Term) -> Option<u32> {
    match term.as_closure() {
        Some(closure) => Some(closure.entry.arity),
        None => term.as_external_fun().map(|export| u32::from(export.arity)),
    }
}

/// `is_function(Term, Arity)`; `badarg` unless `Arity` is an integer that is not negative.
pub(crate) fn is_function(term: Term, arity: Term) -> BifResult {
    match arity.as_int() {
        Some(Int::Small(arity)) if arity >= 0 => {
            let same = |has: u32| usize::try_from(has) == Ok(arity as usize);
            Ok(Term::bool(fun_arity(term).is_some_and(same)))
        }
        Some(Int::Big {
            negative: false, ..
        }) => Ok(atoms::FALSE),
        _ => Err(Raise::BADARG),
    }
}

/// `is_integer(Term, Low, High)`: an integer in a range, the ends included.
fn is_integer_between(args: &[Term]) -> BifResult {
    let [term, low, high] = *args else {
        return Err(Raise::BADARG);
    };
    let (Some(low), Some(high)) = (low.as_int(), high.as_int()) else {
        return Err(Raise::BADARG);
    };
    let inside = |int: Int<'_>| {
        use crate::term::arith::compare_ints;
        compare_ints(low, int).is_le() && compare_ints(int, high).is_le()
    };
    Ok(Term::bool(term.as_int().is_some_and(inside)))
}

/// `is_record(Term, Tag)`, of a tuple or a native record
pub(crate) fn is_record(term: Term, tag: Term) -> BifResult {
    if !tag.is_atom() {
        return Err(Raise::BADARG);
    }
    let name = match term.as_record() {
        Some(record) => Some(record.name()),
        None => term.as_tuple().and_then(|t| t.first().copied()),
    };
    Ok(Term::bool(name == Some(tag)))
}

/// `is_record(Term, Tag, Size)` of a tuple, `is_record(Term, Module, Name)` of a native record
pub(crate) fn is_record_of_size(term: Term, tag: Term, size: Term) -> BifResult {
    if !tag.is_atom() || !(size.is_small() || size.is_atom()) {
        return Err(Raise::BADARG);
    }
    if let Some(record) = term.as_record() {
        return Ok(Term::bool(record.module() == tag && record.name() == size));
    }
    let fits = |t: &[Term]| t.first() == Some(&tag) && Some(t.len()) == size.as_usize();
    Ok(Term::bool(term.as_tuple().is_some_and(fits)))
}
