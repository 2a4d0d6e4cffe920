//! Where modules and files are found: packs, and folders of the host.

use super::code_load::bytes;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::Source;
use crate::memory::Heap;
use crate::memory::fallible::{Grow, collect};
use crate::term::{Term, atoms};
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("atomvm_code", "path", 0, path_0),
    bif("atomvm_code", "set_path", 1, set_path_1),
    bif("atomvm_code", "is_folder", 1, is_folder_1),
    bif("atomvm_code", "read", 1, read_1),
    bif("atomvm_code", "packed", 0, packed_0),
    bif("atomvm_code", "files", 0, files_0),
    bif("atomvm_code", "file_contents", 1, file_contents_1),
    bif("atomvm_code", "add_pack", 3, add_pack_3),
    bif("atomvm_code", "close_pack", 1, close_pack_1),
    bif("atomvm_code", "start_file", 1, start_file_1),
    bif("atomvm", "platform", 0, platform_0),
];

fn text(term: Term) -> Result<String, Raise> {
    String::from_utf8(bytes(term)?).map_err(|_| Raise::BADARG)
}

fn path_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut list = Term::NIL;
    for folder in c.rt.code.paths()?.iter().rev() {
        let folder = c.p.heap.string(folder)?;
        list = c.p.heap.cons(folder, list)?;
    }
    Ok(list)
}

/// Of a list of binaries.
fn set_path_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut folders = Vec::new();
    for folder in args[0].list_iter() {
        folders.try_push(text(folder)?)?;
    }
    c.rt.code.set_paths(folders);
    Ok(atoms::OK)
}

fn is_folder_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = text(args[0])?;
    Ok(Term::bool(
        !name.contains('\0') && c.rt.platform.is_folder(&name),
    ))
}

/// `atomvm_code:read(File)`: its bytes, or `error`.
fn read_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let name = text(args[0])?;
    match c.rt.platform.open_file(&name) {
        Some(source) => Ok(c.p.heap.binary(&source)?),
        None => Ok(atoms::ERROR),
    }
}

/// `atomvm_code:packed()`: a pair of strings, module and file, for each module in a pack.
fn packed_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut list = Term::NIL;
    for (name, file) in c.rt.code.packed()?.iter().rev() {
        let (name, file) = (c.p.heap.string(name)?, c.p.heap.string(file)?);
        let pair = c.p.heap.tuple(&[name, file])?;
        list = c.p.heap.cons(pair, list)?;
    }
    Ok(list)
}

/// `atomvm_code:files()`: the names of the plain files in packs.
fn files_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut list = Term::NIL;
    for name in c.rt.code.files()?.iter().rev() {
        let name = c.p.heap.string(name)?;
        list = c.p.heap.cons(name, list)?;
    }
    Ok(list)
}

/// `atomvm_code:file_contents(Name)`: the bytes of a plain file in a pack, or `undefined`.
fn file_contents_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match c.rt.code.file(&text(args[0])?) {
        Some(file) => Ok(c.p.heap.binary(&file)?),
        None => Ok(atoms::UNDEFINED),
    }
}

/// `atomvm_code:add_pack(NameOrNil, File, BytesOrError)`: `ok`, `badfile` or `exists`; without
/// bytes of the file of that name.
fn add_pack_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let file = text(args[1])?;
    let source = if args[2].as_bits().is_some() {
        Some(Source::try_owned(&file, bytes(args[2])?)?)
    } else {
        c.rt.platform.open_file(&file)
    };
    let Some(source) = source else {
        return Ok(c.rt.atoms.intern("enoent")?);
    };
    if args[0].is_atom() && c.rt.code.is_open(args[0]) {
        return Ok(c.rt.atoms.intern("exists")?);
    }
    match c.rt.code.add_named(source, args[0]) {
        Ok(()) => Ok(atoms::OK),
        Err(_) => Ok(c.rt.atoms.intern("badfile")?),
    }
}

fn close_pack_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(Term::bool(c.rt.code.close(args[0])))
}

/// `atomvm_code:start_file(Name)`: the name of the file that the pack starts, or `error`.
fn start_file_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match c.rt.code.start_of(args[0]) {
        Some(module) => {
            let file = [module.as_bytes(), b".beam"];
            Ok(c.p
                .heap
                .binary(&collect(file.into_iter().flatten().copied())?)?)
        }
        None => Ok(atoms::ERROR),
    }
}

fn platform_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.rt.atoms.intern("generic_unix")?)
}
