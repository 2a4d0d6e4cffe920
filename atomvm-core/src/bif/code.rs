//! Versions of modules: deleting, purging, and who runs in which.

use super::process::settled;
use super::process_elsewhere::is_former;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::purge::Purged;
use crate::memory::{Fragment, Heap};
use crate::process::Signal;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "delete_module", 1, delete_module_1),
    bif("erlang", "check_old_code", 1, check_old_code_1),
    bif("erlang", "check_process_code", 2, check_process_code_2),
    bif("erlang", "check_process_code", 3, check_process_code_3),
    bif("erts_internal", "check_process_code", 1, check_self_1),
    bif("erlang", "purge_module", 1, purge_module_1),
    bif("atomvm_code", "purge", 2, purge_2),
    bif("atomvm_code", "is_sticky", 1, is_sticky_1),
    bif("atomvm_code", "stick", 2, stick_2),
];

fn module_name(term: Term) -> Result<Term, Raise> {
    match term.is_atom() {
        true => Ok(term),
        false => Err(Raise::BADARG),
    }
}

fn delete_module_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match c.rt.delete_module(module_name(args[0])?) {
        Ok(true) => Ok(atoms::TRUE),
        Ok(false) => Ok(atoms::UNDEFINED),
        Err(()) => Err(Raise::BADARG),
    }
}

fn check_old_code_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(c.rt.has_old(module_name(args[0])?)))
}

fn check_process_code_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    check_process_code_3(c, &[args[0], args[1], Term::NIL])
}

fn check_self_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let id = c.p.id;
    check_process_code_3(c, &[id, args[0], Term::NIL])
}

/// Options: `{async, RequestId}` and `{allow_gc, Boolean}`, which changes nothing here.
fn check_process_code_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let bad_option = Raise::BadArg(c.rt.atoms.intern("bad_option")?);
    let (async_, allow_gc) = (c.rt.atoms.intern("async")?, c.rt.atoms.intern("allow_gc")?);
    let mut request = None;
    let mut options = args[2].list_iter();
    for option in options.by_ref() {
        match option.as_tuple() {
            Some(&[key, id]) if key == async_ => request = Some(id),
            Some(&[key, atoms::TRUE | atoms::FALSE]) if key == allow_gc => {}
            _ => return Err(bad_option),
        }
    }
    if !options.rest().is_nil() {
        return Err(bad_option);
    }
    let name = module_name(args[1])?;
    let is_former = is_former(args[0]);
    if !args[0].is_pid() && !is_former {
        return Err(Raise::BADARG);
    }
    // What has been sent to it before has taken effect.
    let is_there = !is_former && (args[0] == c.p.id || settled(c, args[0])?.is_some());
    let runs = match is_there {
        true => c.rt.runs_old_code(c.p, args[0], name),
        false => Some(false),
    };
    let Some(runs) = runs else {
        return Err(Raise::Yield);
    };
    let Some(request) = request else {
        return Ok(Term::bool(runs));
    };
    let tag = c.rt.atoms.intern("check_process_code")?;
    let answer = c.p.heap.tuple(&[tag, request, Term::bool(runs)])?;
    let answer = Fragment::of(answer, &c.rt.budget)?;
    c.rt.signal(c.p.id, Signal::Message(answer));
    Ok(async_)
}

/// Another process does it, as this one may run in the code itself.
fn purge_module_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = module_name(args[0])?;
    if !c.rt.has_old(name) {
        return Err(Raise::BADARG);
    }
    let module = c.rt.atoms.intern("atomvm_loader")?;
    let function = c.rt.atoms.intern("purge_module")?;
    let export = c.rt.export(module, function, 1)?;
    Err(c.p.trap_to(export, &[name]))
}

/// `atomvm_code:purge(Module, IsSoft)`: `none`, `in_use`, or `{done, Killed}`. Not to be called by
/// a process that runs in the module.
fn purge_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = module_name(args[0])?;
    let soft = args[1] == atoms::TRUE;
    match c.rt.purge(c.p, name, soft) {
        Purged::Later => Err(Raise::Yield),
        Purged::Nothing => Ok(c.rt.atoms.intern("none")?),
        Purged::InUse => Ok(c.rt.atoms.intern("in_use")?),
        Purged::Done { killed } => {
            let done = c.rt.atoms.intern("done")?;
            Ok(c.p.heap.tuple(&[done, Term::bool(killed)])?)
        }
    }
}

fn is_sticky_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = module_name(args[0])?;
    let text = c.rt.atoms.name(name);
    // As in OTP, only what is there already; of modules with built-in functions a part always is.
    let is_there = || c.rt.code.find(name).is_some() || super::all().any(|bif| bif.module == text);
    Ok(Term::bool(
        crate::vm::Runtime::is_preloaded(name) || c.rt.code.is_stuck(name, text) && is_there(),
    ))
}

fn stick_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    c.rt.code
        .stick(module_name(args[0])?, args[1] == atoms::TRUE);
    Ok(atoms::OK)
}
