//! The console: what `atomvm_io` writes with, and AtomVM's module `console`.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::platform::Stream;
use crate::term::print::{self, Style};
use crate::term::{Term, atoms};
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("atomvm_console", "write", 2, write_2),
    bif("atomvm_console", "read_line", 0, read_line_0),
    bif("console", "print", 1, print_1),
    bif("erlang", "display", 1, display_1),
    bif("erlang", "display_string", 1, display_string_1),
];

fn write_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let stream = match args[0] {
        atoms::STDOUT => Stream::Output,
        atoms::STDERR => Stream::Error,
        _ => return Err(Raise::BADARG),
    };
    let bytes = args[1].as_binary().ok_or(Raise::BADARG)?;
    c.rt.write(stream, &bytes);
    Ok(atoms::OK)
}

/// A line with its end as a binary, or `eof`. May block the scheduler while it waits for input.
fn read_line_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    match c.rt.platform.read_line() {
        Some(line) => Ok(c.p.heap.binary(&line)?),
        None => Ok(c.rt.atoms.intern("eof")?),
    }
}

/// The bytes of nested lists of bytes and binaries.
fn io_bytes(data: Term) -> Result<Vec<u8>, Raise> {
    let mut bytes = Vec::new();
    let mut pending = alloc::vec![data];
    while let Some(next) = pending.pop() {
        if let Some((head, tail)) = next.as_cons() {
            pending.push(tail);
            pending.push(head);
        } else if let Some(binary) = next.as_binary() {
            bytes.extend_from_slice(&binary);
        } else if let Some(byte) = next.as_usize().and_then(|b| u8::try_from(b).ok()) {
            bytes.push(byte);
        } else if !next.is_nil() {
            return Err(Raise::BADARG);
        }
    }
    Ok(bytes)
}

fn print_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match io_bytes(args[0]) {
        Ok(bytes) => {
            c.rt.write(Stream::Output, &bytes);
            Ok(atoms::OK)
        }
        Err(_) => Ok(atoms::ERROR),
    }
}

fn display_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut text = print::to_string(args[0], &c.rt.atoms, Style::PRETTY);
    text.push('\n');
    c.rt.write(Stream::Output, text.as_bytes());
    Ok(atoms::TRUE)
}

fn display_string_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let chars = super::process::elements(args[0])?.into_iter().map(|code| {
        let code = code.as_usize().and_then(|c| u32::try_from(c).ok());
        code.and_then(char::from_u32)
    });
    let text: Option<String> = chars.collect();
    c.rt.write(Stream::Output, text.ok_or(Raise::BADARG)?.as_bytes());
    Ok(atoms::TRUE)
}
