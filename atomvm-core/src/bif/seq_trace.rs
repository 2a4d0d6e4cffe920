//! Sequential tracing: what OTP's module `seq_trace` is made of.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Fragment, Heap};
use crate::process::seq_trace::{FLAGS, Token};
use crate::term::order::equal_exact;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "seq_trace", 2, seq_trace_2),
    bif("erlang", "seq_trace_info", 1, seq_trace_info_1),
    bif("erlang", "seq_trace_print", 1, seq_trace_print_1),
    bif("erlang", "seq_trace_print", 2, seq_trace_print_2),
];

fn flag(name: &str) -> Option<u32> {
    let found = FLAGS.iter().find(|(known, _)| *known == name);
    found.map(|(_, flag)| *flag)
}

fn seq_trace_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    set(c, args[0], args[1])
}

/// Changes a part of the token; what it was.
pub(crate) fn set(c: &mut Ctx<'_>, key: Term, value: Term) -> BifResult {
    if !key.is_atom() {
        return Err(Raise::BADARG);
    }
    let budget = &c.rt.budget;
    match c.rt.atoms.name(key) {
        "sequential_trace_token" if value.is_nil() => match c.p.set_seq_token(None) {
            Some(token) => Ok(token.to_term(&mut c.p.heap)?),
            None => Ok(Term::NIL),
        },
        "label" => {
            let label = Fragment::of(value, budget)?;
            let token = c.p.seq_token_mut(budget)?;
            let before = core::mem::replace(&mut token.label, label);
            Ok(c.p.bring(&before)?)
        }
        "serial" => {
            let Some(&[last, serial]) = value.as_tuple() else {
                return Err(Raise::BADARG);
            };
            let number = |term: Term| term.as_small().ok_or(Raise::BADARG);
            let (last, serial) = (number(last)? as i64, number(serial)? as i64);
            let token = c.p.seq_token_mut(budget)?;
            let before = (token.last, token.serial);
            (token.last, token.serial) = (last, serial);
            let sequence = c.p.sequence_mut()?;
            (sequence.last, sequence.clock) = (last, serial);
            pair(c, before)
        }
        name => {
            let flag = flag(name).ok_or(Raise::BADARG)?;
            let on = value.as_bool().ok_or(Raise::BADARG)?;
            let token = c.p.seq_token_mut(budget)?;
            let before = token.flags & flag != 0;
            match on {
                true => token.flags |= flag,
                false => token.flags &= !flag,
            }
            Ok(Term::bool(before))
        }
    }
}

fn pair(c: &mut Ctx<'_>, (last, serial): (i64, i64)) -> BifResult {
    let (last, serial) = (c.p.heap.int(last)?, c.p.heap.int(serial)?);
    Ok(c.p.heap.tuple(&[last, serial])?)
}

/// The token of the process as a term, or `[]`.
pub(crate) fn token(c: &mut Ctx<'_>) -> BifResult {
    let mut place = Fragment::new(&c.rt.budget);
    let token = match c.p.seq_token() {
        Some(token) => token.to_term(&mut place)?,
        None => return Ok(Term::NIL),
    };
    Ok(c.p.bring(&Fragment::of(token, &c.rt.budget)?)?)
}

fn seq_trace_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    let name = c.rt.atoms.name(args[0]);
    let value = match (name, c.p.seq_token()) {
        ("label" | "serial", None) => return Ok(Term::NIL),
        ("label", Some(Token { label, .. })) => {
            let label = Fragment::of(label.term, &c.rt.budget)?;
            c.p.bring(&label)?
        }
        ("serial", Some(&Token { last, serial, .. })) => pair(c, (last, serial))?,
        (name, token) => {
            let flag = flag(name).ok_or(Raise::BADARG)?;
            Term::bool(token.is_some_and(|token| token.flags & flag != 0))
        }
    };
    Ok(c.p.heap.tuple(&[args[0], value])?)
}

fn seq_trace_print_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(c.rt.seq_print(c.p, args[0])))
}

fn seq_trace_print_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let label = c.p.seq_token().map(|token| token.label.term);
    match label {
        Some(label) if equal_exact(label, args[0]) => seq_trace_print_1(c, &args[1..]),
        _ => Ok(atoms::FALSE),
    }
}
