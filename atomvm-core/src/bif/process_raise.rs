//! Raising exceptions.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "throw", 1, throw_1),
    bif("erlang", "exit", 1, exit_1),
    bif("erlang", "error", 1, error_1),
    bif("erlang", "error", 2, error_2),
    bif("erlang", "error", 3, error_3),
    bif("erlang", "raise", 3, raise_3),
    bif("erlang", "nif_error", 1, nif_error),
    bif("erlang", "nif_error", 2, nif_error),
];

fn throw_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Err(Raise::Throw(args[0]))
}

fn exit_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Err(Raise::Exit(args[0]))
}

fn error_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Err(Raise::CallerError {
        reason: args[0],
        args: Term::NONE,
        info: Term::NONE,
    })
}

/// The arguments that are to stand in the stack trace: a list, be it proper or not, or none.
fn caller_args(args: Term) -> Term {
    if args.is_list() { args } else { Term::NONE }
}

fn error_2(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Err(Raise::CallerError {
        reason: args[0],
        args: caller_args(args[1]),
        info: Term::NONE,
    })
}

/// Stands in the stack trace itself; but `undef` is how a module says that it has only half of a
/// function, whose name is then of more use.
fn nif_error(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if args[0] == atoms::UNDEF {
        return error_1(c, args);
    }
    Err(Raise::Error(args[0]))
}

/// Options that it does not know are ignored, and all of them if they are no list.
fn error_3(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut info = Term::NONE;
    for option in elements(args[2]).unwrap_or_default() {
        if let Some(&[atoms::ERROR_INFO, map]) = option.as_tuple()
            && map.is_map()
        {
            info = map;
        }
    }
    Err(Raise::CallerError {
        reason: args[0],
        args: caller_args(args[1]),
        info,
    })
}

/// `badarg` as a value, not raised, when the arguments are wrong.
fn raise_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (class, reason) = (args[0], args[1]);
    if !matches!(class, atoms::ERROR | atoms::EXIT | atoms::THROW) {
        return Ok(atoms::BADARG);
    }
    let Ok(entries) = elements(args[2]) else {
        return Ok(atoms::BADARG);
    };
    let mut stack = Term::NIL;
    for entry in entries.into_iter().rev() {
        let Some(entry) = stack_entry(c, entry)? else {
            return Ok(atoms::BADARG);
        };
        stack = c.p.heap.cons(entry, stack)?;
    }
    Err(Raise::Raw {
        class,
        reason,
        stack,
    })
}

/// An entry of a stack trace in its full form, `None` if it is none.
fn stack_entry(c: &mut Ctx<'_>, entry: Term) -> Result<Option<Term>, Raise> {
    let is_args = |args: Term| args.as_usize().is_some_and(|n| n <= 255) || args.is_list();
    Ok(match entry.as_tuple() {
        Some(&[m, f, args, location])
            if m.is_atom() && f.is_atom() && is_args(args) && location.is_list() =>
        {
            Some(entry)
        }
        Some(&[m, f, args]) if m.is_atom() && f.is_atom() && is_args(args) => {
            Some(c.p.heap.tuple(&[m, f, args, Term::NIL])?)
        }
        Some(&[fun, args, location]) if fun.is_fun() && args.is_list() && location.is_list() => {
            Some(entry)
        }
        Some(&[fun, args]) if fun.is_fun() && args.is_list() => {
            Some(c.p.heap.tuple(&[fun, args, Term::NIL])?)
        }
        _ => None,
    })
}
