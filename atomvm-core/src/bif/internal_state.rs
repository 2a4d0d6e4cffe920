//! `erts_debug:get_internal_state/1` and `set_internal_state/2`, which OTP's tests use. As there, they
//! are undefined until `available_internal_state` is set; what is not here is a wrong argument.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::hash::hash;
use crate::term::{Term, atoms};
use portable_atomic::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erts_debug", "get_internal_state", 1, get_internal_state_1),
    bif("erts_debug", "set_internal_state", 2, set_internal_state_2),
];

fn available(c: &Ctx<'_>) -> bool {
    c.rt.settings.internal_state.load(Ordering::Relaxed)
}

fn get_internal_state_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !available(c) {
        return Err(Raise::UNDEF);
    }
    if let Some(&[key, term]) = args[0].as_tuple() {
        return match c.rt.atoms.name(key) {
            "internal_hash" => Ok(c.p.heap.uint(hash(term).into())?),
            _ => Err(Raise::BADARG),
        };
    }
    match c.rt.atoms.name(args[0]) {
        "available_internal_state" => Ok(atoms::TRUE),
        _ => Err(Raise::BADARG),
    }
}

fn set_internal_state_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [key, value] = [args[0], args[1]];
    let name = c.rt.atoms.name(key);
    if name == "available_internal_state" && matches!(value, atoms::TRUE | atoms::FALSE) {
        let state = &c.rt.settings.internal_state;
        let before = state.swap(value == atoms::TRUE, Ordering::Relaxed);
        return Ok(Term::bool(before));
    }
    if !available(c) {
        return Err(Raise::UNDEF);
    }
    match (name, c.rt.atoms.name(value)) {
        // Nothing here is put off that one would have to wait for.
        ("wait", "deallocations" | "thread_progress" | "aux_work" | "timer_cancellations") => {
            Ok(atoms::OK)
        }
        _ => Err(Raise::BADARG),
    }
}
