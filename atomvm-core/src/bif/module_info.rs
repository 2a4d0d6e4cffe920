//! What is known of loaded modules.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::Module;
use crate::memory::Heap;
use crate::memory::fallible::Grow;
use crate::term::{Term, atoms};
use crate::vm::Runtime;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "module_loaded", 1, module_loaded_1),
    bif("erlang", "loaded", 0, loaded_0),
    bif("erlang", "pre_loaded", 0, pre_loaded_0),
    bif("erlang", "get_module_info", 1, get_module_info_1),
    bif("erlang", "get_module_info", 2, get_module_info_2),
    bif("erlang", "module_info", 0, erlang_info_0),
    bif("erlang", "module_info", 1, erlang_info_1),
];

fn module_loaded_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    Ok(Term::bool(
        Runtime::is_preloaded(args[0]) || c.rt.code.find(args[0]).is_some(),
    ))
}

fn loaded_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut names = c.rt.code.loaded();
    names.try_push(atoms::ERLANG)?;
    Ok(c.p.heap.list(&names)?)
}

fn pre_loaded_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.heap.list(&[atoms::ERLANG])?)
}

fn erlang_info_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    get_module_info_1(c, &[atoms::ERLANG])
}

fn erlang_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    get_module_info_2(c, &[atoms::ERLANG, args[0]])
}

fn get_module_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut list = Term::NIL;
    for item in [
        atoms::NATIVE,
        atoms::MD5,
        atoms::COMPILE,
        atoms::ATTRIBUTES,
        atoms::EXPORTS,
        atoms::MODULE,
    ] {
        let value = get_module_info_2(c, &[args[0], item])?;
        // OTP's list has no entry about native code any more; it is asked for by name only.
        if item != atoms::NATIVE {
            let pair = c.p.heap.tuple(&[item, value])?;
            list = c.p.heap.cons(pair, list)?;
        }
    }
    Ok(list)
}

fn get_module_info_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if Runtime::is_preloaded(args[0]) {
        return native_info(c, args[0], args[1]);
    }
    let Some(module) = c.rt.code.find(args[0]) else {
        return Err(Raise::BADARG);
    };
    let module = &*module;
    match args[1] {
        atoms::MODULE => Ok(module.name),
        atoms::NATIVE => Ok(atoms::FALSE),
        atoms::NATIVE_ADDRESSES => Ok(Term::NIL),
        atoms::MD5 => Ok(c.p.heap.binary(&module.md5)?),
        atoms::EXPORTS => exports(c, module),
        atoms::FUNCTIONS => functions(c, module),
        atoms::ATTRIBUTES => chunk(c, module, *b"Attr"),
        atoms::COMPILE => chunk(c, module, *b"CInf"),
        // There are no functions in other languages.
        item if c.rt.atoms.name(item) == "nifs" => Ok(Term::NIL),
        _ => Err(Raise::BADARG),
    }
}

/// Of a module that consists of built-in functions.
fn native_info(c: &mut Ctx<'_>, name: Term, item: Term) -> BifResult {
    match item {
        atoms::MODULE => Ok(name),
        atoms::NATIVE => Ok(atoms::FALSE),
        atoms::MD5 => Ok(c.p.heap.binary(&[0; 16])?),
        atoms::NATIVE_ADDRESSES | atoms::ATTRIBUTES | atoms::COMPILE => Ok(Term::NIL),
        atoms::EXPORTS | atoms::FUNCTIONS => {
            let mut list = Term::NIL;
            let text = c.rt.atoms.name(name);
            for bif in super::all().filter(|bif| bif.module == text) {
                let name = c.rt.atoms.intern(bif.function)?;
                let pair = c.p.heap.tuple(&[name, Term::small(bif.arity.into())])?;
                list = c.p.heap.cons(pair, list)?;
            }
            Ok(list)
        }
        item if c.rt.atoms.name(item) == "nifs" => Ok(Term::NIL),
        _ => Err(Raise::BADARG),
    }
}

fn exports(c: &mut Ctx<'_>, module: &Module) -> BifResult {
    let mut list = Term::NIL;
    for f in module.exports() {
        let pair = c.p.heap.tuple(&[f.name, Term::small(f.arity as isize)])?;
        list = c.p.heap.cons(pair, list)?;
    }
    Ok(list)
}

fn functions(c: &mut Ctx<'_>, module: &Module) -> BifResult {
    let mut list = Term::NIL;
    for function in module.functions().rev() {
        let pair =
            c.p.heap
                .tuple(&[function.name, Term::small(function.arity as isize)])?;
        list = c.p.heap.cons(pair, list)?;
    }
    Ok(list)
}

/// A chunk of the module's file that is an external term; `[]` when it was stripped.
fn chunk(c: &mut Ctx<'_>, module: &Module, name: [u8; 4]) -> BifResult {
    let Ok(file) = crate::beam::inflate(&module.source) else {
        return Ok(Term::NIL);
    };
    let Ok(beam) = crate::beam::Beam::parse_tables(&file) else {
        return Ok(Term::NIL);
    };
    let Some(bytes) = beam.chunk(name).filter(|bytes| !bytes.is_empty()) else {
        return Ok(Term::NIL);
    };
    let decoded = crate::etf::decode(
        &mut c.p.heap,
        c.rt,
        bytes,
        crate::etf::DecodeOptions::default(),
    );
    Ok(decoded.map_or(Term::NIL, |(term, _)| term))
}
