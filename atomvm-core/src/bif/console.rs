//! The console: what `atomvm_io` writes with, and AtomVM's module `console`.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::AddText;
use crate::platform::Stream;
use crate::term::print::{self, Style};
use crate::term::{Term, atoms, iolist};

pub(super) const TABLE: &[Bif] = &[
    bif("atomvm_console", "write", 2, write_2),
    bif("atomvm_console", "read_line", 0, read_line_0),
    bif("console", "print", 1, print_1),
    bif("erlang", "display", 1, display_1),
    bif("erlang", "display_nl", 0, display_nl_0),
    bif("io", "printable_range", 0, printable_range_0),
    bif("erlang", "display_string", 1, |c, a| {
        display_string(c, Stream::Output, a[0])
    }),
    bif("erlang", "display_string", 2, display_string_2),
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

/// Which characters `~p` prints as text: those of Latin-1, OTP's default.
fn printable_range_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(atoms::LATIN1)
}

fn print_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match iolist::to_vec(args[0]) {
        Ok(bytes) if args[0].is_list() || args[0].is_bitstring() => {
            c.rt.write(Stream::Output, &bytes);
            Ok(atoms::OK)
        }
        _ => Ok(atoms::ERROR),
    }
}

fn display_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut text = print::to_string(args[0], &c.rt.atoms, Style::PRETTY);
    text.add_char('\n');
    c.rt.write(Stream::Output, text.as_bytes());
    Ok(atoms::TRUE)
}

fn display_nl_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    c.rt.write(Stream::Output, b"\n");
    Ok(atoms::TRUE)
}

fn display_string_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_atom() {
        return Err(Raise::BADARG);
    }
    let stream = match c.rt.atoms.name(args[0]) {
        "stdout" => Stream::Output,
        "stderr" => Stream::Error,
        _ => return Err(Raise::BADARG),
    };
    display_string(c, stream, args[1])
}

/// Writes a list of characters, or the bytes of a binary.
fn display_string(c: &mut Ctx<'_>, stream: Stream, text: Term) -> BifResult {
    if let Some(bytes) = text.as_binary() {
        c.rt.write(stream, &bytes);
        return Ok(atoms::TRUE);
    }
    c.rt.write(stream, super::process::chars(text)?.as_bytes());
    Ok(atoms::TRUE)
}
