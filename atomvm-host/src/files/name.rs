//! Names of files: UTF-8, as everywhere on Unix, whatever the locale. A name that is no UTF-8 is a
//! binary.

use super::{BADARG, Outcome, Storage};
use atomvm_core::bif::Ctx;
use atomvm_core::memory::Heap;
use atomvm_core::term::atom::AtomTable;
use atomvm_core::term::{Term, atoms};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// The bytes of a name: a binary, or a list (of any depth) of characters, atoms and binaries, or an
/// atom. `None` for other terms and for names with a zero byte.
pub fn to_os(atoms: &AtomTable, name: Term) -> Option<OsString> {
    let bytes = to_bytes(atoms, name)?;
    (!bytes.contains(&0)).then(|| OsString::from_vec(bytes))
}

fn to_bytes(atoms: &AtomTable, name: Term) -> Option<Vec<u8>> {
    if let Some(bytes) = name.as_binary() {
        // OTP takes zero bytes at the end of a binary for its end.
        let mut bytes = bytes.into_owned();
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        return Some(bytes);
    }
    let mut bytes = Vec::new();
    let mut todo = vec![name];
    while let Some(term) = todo.pop() {
        if let Some((head, tail)) = term.as_cons() {
            todo.push(tail);
            todo.push(head);
        } else if let Some(value) = term.as_small() {
            let value = char::from_u32(u32::try_from(value).ok()?)?;
            bytes.extend(value.encode_utf8(&mut [0; 4]).as_bytes());
        } else if term.is_atom() {
            bytes.extend(atoms.name(term).as_bytes());
        } else if let Some(part) = term.as_binary() {
            bytes.extend(part.iter());
        } else if !term.is_nil() {
            return None;
        }
    }
    Some(bytes)
}

/// A name as a list of characters, or as it is.
pub fn to_term(c: &mut Ctx<'_>, name: &[u8]) -> Outcome {
    match core::str::from_utf8(name) {
        Ok(text) => Ok(c.p.heap.string(text)?),
        Err(_) => Ok(c.p.heap.binary(name)?),
    }
}

impl Storage {
    /// The bytes of a name with a zero at the end, for the host's C functions.
    pub(super) fn name2native(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let mut bytes = to_bytes(&c.rt.atoms, args[0]).ok_or(BADARG)?;
        bytes.push(0);
        Ok(c.p.heap.binary(&bytes)?)
    }

    /// A name as characters; `{error, ignore}` when it has none.
    pub(super) fn native2name(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let bytes = args[0].as_binary().ok_or(BADARG)?;
        match core::str::from_utf8(&bytes) {
            Ok(text) => Ok(c.p.heap.string(text)?),
            Err(_) => {
                let ignore = c.rt.atoms.intern("ignore")?;
                Ok(c.p.heap.tuple(&[atoms::ERROR, ignore])?)
            }
        }
    }
}
