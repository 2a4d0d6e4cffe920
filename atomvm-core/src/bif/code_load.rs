//! Loading modules: from bytes that a program has, and from where they are found by name.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::server::file_name;
use crate::code::versions::Loaded;
use crate::code::{LoadReason, Source};
use crate::memory::Heap;
use crate::memory::fallible::{Grow, collect, lossy, text, with_room};
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "load_module", 2, load_module_2),
    bif("erlang", "prepare_loading", 2, prepare_loading_2),
    bif("erlang", "has_prepared_code_on_load", 1, has_on_load_1),
    bif("erlang", "finish_loading", 1, finish_loading_1),
    bif(
        "erlang",
        "call_on_load_function",
        1,
        call_on_load_function_1,
    ),
    bif("erlang", "finish_after_on_load", 2, finish_after_on_load_2),
    bif("atomvm_code", "load", 3, load_3),
    bif("atomvm_code", "load_found", 1, load_found_1),
    bif("atomvm_code", "ensure", 1, ensure_1),
    bif("atomvm_code", "find", 1, find_1),
    bif("atomvm_code", "file", 1, file_1),
    bif("atomvm_code", "md5", 1, md5_1),
    bif("erts_internal", "beamfile_module_md5", 1, md5_1),
    bif("erts_internal", "beamfile_chunk", 2, chunk_2),
];

/// The bytes of an argument that must be a binary.
pub(super) fn bytes(term: Term) -> Result<Vec<u8>, Raise> {
    if term.as_bits().is_none() {
        return Err(Raise::BADARG);
    }
    Ok(crate::term::iolist::to_vec(term)?)
}

/// `{error, Reason}`
fn error(c: &mut Ctx<'_>, reason: &str) -> BifResult {
    let reason = c.rt.atoms.intern(reason)?;
    Ok(c.p.heap.tuple(&[atoms::ERROR, reason])?)
}

/// The word for what is wrong.
fn reason(reason: &LoadReason) -> Result<&'static str, Raise> {
    Ok(match reason {
        LoadReason::NotPurged { .. } => "not_purged",
        LoadReason::OutOfMemory => return Err(Raise::OutOfMemory),
        LoadReason::OnLoad { .. } => "on_load",
        _ => "badfile",
    })
}

fn outcome(c: &mut Ctx<'_>, name: Term, result: Result<Loaded, LoadReason>) -> BifResult {
    match result {
        Ok(Loaded::Ready(_)) => {
            let module = c.rt.atoms.intern("module")?;
            Ok(c.p.heap.tuple(&[module, name])?)
        }
        Ok(Loaded::OnLoad) => error(c, "on_load"),
        Ok(Loaded::Busy(owner)) => {
            let pending = c.rt.atoms.intern("pending")?;
            Ok(c.p.heap.tuple(&[pending, owner])?)
        }
        Err(why) => {
            let why = reason(&why)?;
            error(c, why)
        }
    }
}

/// The file in a binary, which is to be of the module `name`.
fn source(c: &Ctx<'_>, name: Term, file: Option<Term>, binary: Term) -> Result<Source, Raise> {
    if !name.is_atom() {
        return Err(Raise::BADARG);
    }
    let bytes = bytes(binary)?;
    let file = match file {
        Some(file) => lossy(&self::bytes(file)?)?,
        None => text(c.rt.atoms.name(name))?,
    };
    Ok(Source::try_owned(&file, bytes)?)
}

/// `atomvm_code:load(Module, File, Binary)`: `{module, Module}`, `{error, Reason}` or
/// `{pending, Pid}`. After `{error, on_load}` the caller sees to the `-on_load` function.
fn load_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let source = source(c, args[0], Some(args[1]), args[2])?;
    let loaded = c.rt.load_as(&source, Some(args[0]), c.p.id);
    outcome(c, args[0], loaded.map_err(|error| error.reason))
}

/// `atomvm_code:load_found(Module)`: as `load/3`, for a module that is found by its name.
fn load_found_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = args[0];
    if !name.is_atom() {
        return Err(Raise::BADARG);
    }
    if let Some(owner) = c.rt.on_load_owner(name) {
        return outcome(c, name, Ok(Loaded::Busy(owner)));
    }
    let Some(source) = c.rt.find_source(name) else {
        return error(c, "nofile");
    };
    let loaded = c.rt.load_as(&source, Some(name), c.p.id);
    outcome(c, name, loaded.map_err(|error| error.reason))
}

/// `atomvm_code:ensure(Module)`: as `load_found/1`, unless the module is loaded.
fn ensure_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = args[0];
    if !name.is_atom() {
        return Err(Raise::BADARG);
    }
    match c.rt.find_and_load(name, c.p.id) {
        Err(None) => error(c, "nofile"),
        Err(Some(why)) => outcome(c, name, Err(why.reason)),
        Ok(loaded) => outcome(c, name, Ok(loaded)),
    }
}

/// `atomvm_code:find(Module)`: `{Binary, File}` of a module that is found by its name, or `error`.
fn find_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    let Some(source) = c.rt.find_source(args[0]) else {
        return Ok(atoms::ERROR);
    };
    let file = file_name(&source, c.rt.atoms.name(args[0]))?;
    let file = c.p.heap.binary(file.as_bytes())?;
    let binary = c.p.heap.binary(&source)?;
    Ok(c.p.heap.tuple(&[binary, file])?)
}

/// `atomvm_code:file(Module)`: the file of a module that is loaded, `preloaded`, or `false`.
fn file_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if crate::vm::Runtime::is_preloaded(args[0]) {
        return Ok(c.rt.atoms.intern("preloaded")?);
    }
    match c.rt.code.find(args[0]) {
        Some(module) => {
            let file = file_name(&module.source, c.rt.atoms.name(args[0]))?;
            Ok(c.p.heap.binary(file.as_bytes())?)
        }
        None => Ok(atoms::FALSE),
    }
}

/// `atomvm_code:md5(Binary)`: the MD5 sum of a BEAM file's code, or `undefined`.
fn md5_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].as_bits().is_some_and(|bits| bits.is_binary()) {
        return Err(Raise::BADARG);
    }
    let file = bytes(args[0])?;
    let Ok(file) = crate::beam::inflate(&file) else {
        return Ok(atoms::UNDEFINED);
    };
    if crate::beam::Beam::parse_tables(&file).is_err() {
        return Ok(atoms::UNDEFINED);
    }
    Ok(c.p.heap.binary(&crate::code::md5::of_beam(&file))?)
}

/// A chunk of a BEAM file by its name of four characters, or `undefined`.
fn chunk_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].as_bits().is_some_and(|bits| bits.is_binary()) {
        return Err(Raise::BADARG);
    }
    let name: [u8; 4] = crate::term::iolist::to_vec(args[1])?
        .try_into()
        .map_err(|_| Raise::BADARG)?;
    let file = bytes(args[0])?;
    let Ok(file) = crate::beam::inflate(&file) else {
        return Ok(atoms::UNDEFINED);
    };
    let beam = crate::beam::Beam::parse_tables(&file);
    match beam.ok().and_then(|beam| beam.chunk(name)) {
        Some(data) => Ok(c.p.heap.binary(data)?),
        None => Ok(atoms::UNDEFINED),
    }
}

/// One with an `-on_load` function is not loaded: `{error, on_load}`.
fn load_module_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let source = source(c, args[0], None, args[1])?;
    let loaded = c.rt.load_as(&source, Some(args[0]), Term::NONE);
    outcome(c, args[0], loaded.map_err(|error| error.reason))
}

/// What was prepared is a tuple with the module's name and bytes, which have been checked.
fn prepare_loading_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (name, binary) = (args[0], args[1]);
    let source = source(c, name, None, binary)?;
    match c.rt.prepare(&source, Some(name)) {
        Ok(module) => {
            let tag = c.rt.atoms.intern(PREPARED)?;
            let has_on_load = Term::bool(module.image.on_load().is_some());
            Ok(c.p.heap.tuple(&[tag, name, binary, has_on_load])?)
        }
        Err(why) => {
            let why = reason(&why)?;
            error(c, why)
        }
    }
}

const PREPARED: &str = "$prepared_code";

/// Name, bytes, and whether there is an `-on_load` function.
fn prepared(c: &Ctx<'_>, term: Term) -> Result<(Term, Term, Term), Raise> {
    match term.as_tuple() {
        Some(&[tag, name, binary, has_on_load])
            if tag.is_atom() && c.rt.atoms.name(tag) == PREPARED =>
        {
            Ok((name, binary, has_on_load))
        }
        _ => Err(Raise::BADARG),
    }
}

fn has_on_load_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    prepared(c, args[0]).map(|(_, _, has_on_load)| has_on_load)
}

/// All or none of them.
fn finish_loading_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut list = args[0].list_iter();
    let mut all = Vec::new();
    for term in list.by_ref() {
        all.try_push(prepared(c, term)?)?;
    }
    if !list.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    let mut names = collect(all.iter().map(|p| p.0))?;
    let refuse = |c: &mut Ctx<'_>, why: &str, names: &[Term]| {
        let why = c.rt.atoms.intern(why)?;
        let names = c.p.heap.list(names)?;
        Ok(c.p.heap.tuple(&[why, names])?)
    };
    names.sort_unstable_by_key(|name| name.atom_index());
    let again = names.windows(2).filter(|pair| pair[0] == pair[1]);
    let again = collect(again.map(|pair| pair[0]))?;
    if !again.is_empty() {
        return refuse(c, "duplicated", &again);
    }
    let not_purged = |name: &Term| c.rt.has_both(*name) || c.rt.on_load_owner(*name).is_some();
    let lingering = collect(names.iter().copied().filter(not_purged))?;
    if !lingering.is_empty() {
        return refuse(c, "not_purged", &lingering);
    }
    if all.len() > 1 && all.iter().any(|p| p.2 == atoms::TRUE) {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let mut modules = with_room(all.len())?;
    for &(name, binary, _) in &all {
        let source = source(c, name, None, binary)?;
        let module = c.rt.prepare(&source, Some(name));
        modules.push(module.map_err(|_| Raise::BADARG)?);
    }
    for module in modules {
        let name = module.name;
        match c.rt.publish(module, c.p.id) {
            Ok(Loaded::Ready(_)) => {}
            Ok(Loaded::OnLoad) => return refuse(c, "on_load", &[name]),
            Ok(Loaded::Busy(_)) => return refuse(c, "not_purged", &[name]),
            Err(LoadReason::OutOfMemory) => return Err(Raise::OutOfMemory),
            Err(_) => return refuse(c, "not_purged", &[name]),
        }
    }
    Ok(atoms::OK)
}

fn call_on_load_function_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    match c.rt.on_load_entry(args[0], c.p.id) {
        Ok(Some(entry)) => Err(c.p.trap_to(entry, &[])),
        Ok(None) => Err(Raise::BADARG),
        Err(_) => Err(Raise::OutOfMemory),
    }
}

fn finish_after_on_load_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    match c.rt.finish_on_load(args[0], args[1] == atoms::TRUE) {
        Ok(true) => Ok(atoms::TRUE),
        Ok(false) => Err(Raise::BADARG),
        Err(LoadReason::OutOfMemory) => Err(Raise::OutOfMemory),
        // To be purged first.
        Err(_) => Ok(atoms::FALSE),
    }
}
