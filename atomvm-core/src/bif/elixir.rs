//! Functions of Elixir's `String` whose tables would be most of a small program.

use super::work::charge;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Heap, OutOfMemory};
use crate::term::utf::{Utf8, utf8_decode, utf8_encode};
use crate::term::{Term, atoms};
use crate::unicode::{Case, of_case};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("Elixir.String", "upcase", 1, |c, a| {
        in_case(c, a[0], Case::Upper, "upcase")
    }),
    bif("Elixir.String", "downcase", 1, |c, a| {
        in_case(c, a[0], Case::Lower, "downcase")
    }),
];

/// Bytes that are converted for one reduction.
const BYTES: usize = 16;

/// All letters of a string in another case, as the mode `:default` has it. Bytes that are not UTF-8
/// stay as they are.
fn in_case(c: &mut Ctx<'_>, string: Term, case: Case, function: &str) -> BifResult {
    let Some(bytes) = string.as_binary() else {
        return refuse(c, string, function);
    };
    let mut out = Vec::new();
    out.try_reserve_exact(bytes.len())
        .map_err(|_| OutOfMemory)?;
    let mut at = 0;
    while at < bytes.len() {
        let len = match utf8_decode(&bytes[at..]) {
            Utf8::Char(char, len) => match of_case(char, case) {
                Some(forms) => {
                    forms.chars().iter().try_for_each(|&c| push(&mut out, c))?;
                    at += len;
                    continue;
                }
                None => len,
            },
            _ => 1,
        };
        out.try_reserve(len).map_err(|_| OutOfMemory)?;
        out.extend_from_slice(&bytes[at..at + len]);
        at += len;
    }
    charge(c, bytes.len() / BYTES);
    Ok(c.p.heap.binary(&out)?)
}

fn push(out: &mut Vec<u8>, char: u32) -> Result<(), OutOfMemory> {
    if let Some((bytes, len)) = utf8_encode(char) {
        out.try_reserve(len).map_err(|_| OutOfMemory)?;
        out.extend_from_slice(&bytes[..len]);
    }
    Ok(())
}

/// Elixir's own function says what is wrong, with the mode that is the default.
fn refuse(c: &mut Ctx<'_>, string: Term, function: &str) -> BifResult {
    let atom = |name| c.rt.atoms.intern(name);
    let (module, function, mode) = (atom("Elixir.String")?, atom(function)?, atom("default")?);
    let export = c.rt.export(module, function, 2)?;
    if c.rt.is_undefined(export) {
        return Err(Raise::Error(atoms::FUNCTION_CLAUSE));
    }
    Err(c.p.trap_to(export, &[string, mode]))
}
