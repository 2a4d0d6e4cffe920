//! Functions as values, and what is known of loaded code.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{boxed, collect, with_room};
use crate::process::Trap;
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "apply", 2, apply_2),
    bif("erlang", "apply", 3, apply_3),
    bif("erlang", "make_fun", 3, make_fun_3),
    bif("erlang", "fun_info", 1, fun_info_1),
    bif("erlang", "fun_info", 2, fun_info_2),
    bif("erlang", "fun_info_mfa", 1, fun_info_mfa_1),
    bif("erlang", "function_exported", 3, function_exported_3),
    bif("erlang", "is_builtin", 3, is_builtin_3),
    bif("file", "get_cwd", 0, file_get_cwd_0),
];

/// The current folder is the host's: the server that OTP asks for it need not be started.
fn file_get_cwd_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let (module, function) = (
        c.rt.atoms.intern("prim_file")?,
        c.rt.atoms.intern("get_cwd")?,
    );
    let export = c.rt.export(module, function, 0)?;
    Err(c.p.trap_to(export, &[]))
}

/// The elements of a proper list of arguments.
fn arguments(list: Term) -> Result<Vec<Term>, Raise> {
    let mut iter = list.list_iter();
    let arguments = collect(iter.by_ref())?;
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    if arguments.len() > 255 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    Ok(arguments)
}

fn apply_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let fun = args[0];
    let arguments = arguments(args[1])?;
    if let Some(export) = fun.as_external_fun()
        && export.arity as usize == arguments.len()
    {
        return Err(c.p.trap_to(export, &arguments));
    }
    // The interpreter knows how to call a fun, and what to raise where that is impossible.
    let mut all = with_room(arguments.len() + 1)?;
    all.extend_from_slice(&arguments);
    all.push(fun);
    c.p.trap = Some(boxed(Trap {
        export: None,
        args: all,
    })?);
    Err(Raise::TrapFun)
}

fn apply_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [mut module, mut function, mut list] = [args[0], args[1], args[2]];
    // Who applies the application applies the function, as in OTP.
    while (module, function) == (atoms::ERLANG, atoms::APPLY) {
        let mut inner = list.list_iter();
        let (Some(m), Some(f), Some(a)) = (inner.next(), inner.next(), inner.next()) else {
            break;
        };
        let is_right = m.is_atom() && f.is_atom() && a.list_len().is_some();
        if !is_right || !inner.rest().is_nil() {
            break;
        }
        (module, function, list) = (m, f, a);
    }
    if !module.is_atom() || !function.is_atom() {
        return Err(Raise::BADARG);
    }
    let arguments = arguments(list)?;
    let export = c.rt.export(module, function, arguments.len() as u32)?;
    Err(c.p.trap_to(export, &arguments))
}

fn make_fun_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match (args[0], args[1], args[2].as_usize()) {
        (module, function, Some(arity @ 0..=255)) if module.is_atom() && function.is_atom() => {
            let export = c.rt.export(module, function, arity as u32)?;
            Ok(c.p.heap.external_fun(export)?)
        }
        _ => Err(Raise::BADARG),
    }
}

fn fun_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let items: &[Term] = if args[0].as_closure().is_some() {
        &[
            atoms::PID,
            atoms::MODULE,
            atoms::NEW_INDEX,
            atoms::NEW_UNIQ,
            atoms::INDEX,
            atoms::UNIQ,
            atoms::NAME,
            atoms::ARITY,
            atoms::ENV,
            atoms::TYPE,
        ]
    } else {
        &[
            atoms::MODULE,
            atoms::NAME,
            atoms::ARITY,
            atoms::ENV,
            atoms::TYPE,
        ]
    };
    let mut list = Term::NIL;
    for &item in items.iter().rev() {
        let pair = fun_info_2(c, &[args[0], item])?;
        list = c.p.heap.cons(pair, list)?;
    }
    Ok(list)
}

fn fun_info_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (fun, item) = (args[0], args[1]);
    let value = match (fun.as_closure(), fun.as_external_fun()) {
        (Some(closure), _) => {
            let entry = closure.entry;
            match item {
                atoms::TYPE => atoms::LOCAL,
                atoms::MODULE => entry.module,
                atoms::NAME => entry.function(),
                atoms::ARITY => Term::small(entry.arity as isize),
                atoms::ENV => c.p.heap.list(closure.env)?,
                atoms::INDEX | atoms::NEW_INDEX => Term::small(entry.index as isize),
                atoms::UNIQ => c.p.heap.uint(entry.old_uniq as u64)?,
                atoms::NEW_UNIQ => c.p.heap.binary(&entry.uniq)?,
                atoms::PID => closure.creator,
                atoms::REFC => Term::small(1),
                _ => return Err(Raise::BADARG),
            }
        }
        (None, Some(export)) => match item {
            atoms::TYPE => atoms::EXTERNAL,
            atoms::MODULE => export.module,
            atoms::NAME => export.function,
            atoms::ARITY => Term::small(export.arity as isize),
            atoms::ENV => Term::NIL,
            atoms::INDEX
            | atoms::NEW_INDEX
            | atoms::UNIQ
            | atoms::NEW_UNIQ
            | atoms::PID
            | atoms::REFC => atoms::UNDEFINED,
            _ => return Err(Raise::BADARG),
        },
        _ => return Err(Raise::BADARG),
    };
    Ok(c.p.heap.tuple(&[item, value])?)
}

fn fun_info_mfa_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (module, name, arity) = match (args[0].as_closure(), args[0].as_external_fun()) {
        (Some(closure), _) => (
            closure.entry.module,
            closure.entry.function(),
            closure.entry.arity,
        ),
        (None, Some(export)) => export.mfa(),
        _ => return Err(Raise::BADARG),
    };
    Ok(c.p
        .heap
        .tuple(&[module, name, Term::small(arity as isize)])?)
}

fn function_exported_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (module, function) = (args[0], args[1]);
    if !module.is_atom() || !function.is_atom() || args[2].as_small().is_none() {
        return Err(Raise::BADARG);
    }
    let Some(arity) = args[2].as_usize() else {
        return Ok(atoms::FALSE);
    };
    let built_in = crate::bif::find(
        c.rt.atoms.name(module),
        c.rt.atoms.name(function),
        arity as u32,
    )
    .is_some();
    // OTP has this module from the start.
    if c.rt.atoms.name(module) == "error_handler" && c.rt.code.find(module).is_none() {
        let export = c.rt.export(module, function, arity as u32)?;
        return Ok(Term::bool(matches!(c.rt.load_for(export), Ok(true))));
    }
    let found = c.rt.exports.find(module, function, arity as u32);
    Ok(Term::bool(
        built_in || found.is_some_and(|export| !c.rt.is_undefined(export)),
    ))
}

fn is_builtin_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (module, function) = (args[0], args[1]);
    if !module.is_atom() || !function.is_atom() || args[2].as_small().is_none() {
        return Err(Raise::BADARG);
    }
    let Some(arity) = args[2].as_usize() else {
        return Ok(atoms::FALSE);
    };
    let built_in = crate::bif::find(
        c.rt.atoms.name(module),
        c.rt.atoms.name(function),
        arity as u32,
    );
    Ok(Term::bool(built_in.is_some()))
}
