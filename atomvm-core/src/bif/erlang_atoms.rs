//! `erlang`: text of atoms, and of the terms whose text is an identity (processes, ports,
//! references, funs).

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::etf::decode::{PID_NUMBER_BITS, PID_SERIAL_BITS, REF_LOW_BITS};
use crate::memory::Heap;
use crate::memory::fallible::AddText;
use crate::term::atom::{AtomTable, MAX_ATOM_CHARS};
use crate::term::print::{self, Style};
use crate::term::utf::{Utf8, utf8_decode};
use crate::term::{Reference, Subtag, Term, atoms};
use alloc::string::String;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "atom_to_list", 1, atom_to_list_1),
    bif("erlang", "atom_to_binary", 1, atom_to_binary_1),
    bif("erlang", "atom_to_binary", 2, atom_to_binary_2),
    bif("erlang", "list_to_atom", 1, list_to_atom_1),
    bif(
        "erlang",
        "list_to_existing_atom",
        1,
        list_to_existing_atom_1,
    ),
    bif("erlang", "binary_to_atom", 1, binary_to_atom_1),
    bif("erlang", "binary_to_atom", 2, binary_to_atom_2),
    bif("erlang", "binary_to_existing_atom", 1, binary_to_existing_1),
    bif("erlang", "binary_to_existing_atom", 2, binary_to_existing_2),
    bif("erlang", "pid_to_list", 1, pid_to_list_1),
    bif("erlang", "list_to_pid", 1, list_to_pid_1),
    bif("erlang", "port_to_list", 1, port_to_list_1),
    bif("erlang", "list_to_port", 1, list_to_port_1),
    bif("erlang", "ref_to_list", 1, ref_to_list_1),
    bif("erlang", "list_to_ref", 1, list_to_ref_1),
    bif("erlang", "fun_to_list", 1, fun_to_list_1),
];

/// How a binary holds the characters of an atom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Latin1,
    Utf8,
}

fn encoding(term: Term) -> Result<Encoding, Raise> {
    match term {
        atoms::LATIN1 => Ok(Encoding::Latin1),
        atoms::UTF8 | atoms::UNICODE => Ok(Encoding::Utf8),
        _ => Err(Raise::BADARG),
    }
}

fn name(table: &AtomTable, atom: Term) -> Result<&str, Raise> {
    if atom.is_atom() {
        Ok(table.name(atom))
    } else {
        Err(Raise::BADARG)
    }
}

fn atom_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.p.heap.string(name(&c.rt.atoms, args[0])?)?)
}

fn atom_to_binary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    atom_to_binary(&mut c.p.heap, &c.rt.atoms, args[0], Encoding::Utf8)
}

fn atom_to_binary_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let encoding = encoding(args[1])?;
    atom_to_binary(&mut c.p.heap, &c.rt.atoms, args[0], encoding)
}

fn atom_to_binary<H: Heap + ?Sized>(
    heap: &mut H,
    table: &AtomTable,
    atom: Term,
    encoding: Encoding,
) -> BifResult {
    let name = name(table, atom)?;
    if encoding == Encoding::Utf8 || name.is_ascii() {
        return Ok(heap.binary(name.as_bytes())?);
    }
    let (binary, data) = heap.new_binary(name.chars().count())?;
    for (byte, c) in data.iter_mut().zip(name.chars()) {
        *byte = u8::try_from(c).map_err(|_| Raise::BADARG)?;
    }
    Ok(binary)
}

/// Characters of a name that is being collected.
#[derive(Default)]
struct Name {
    text: String,
    chars: usize,
}

impl Name {
    /// Adds a character.
    ///
    /// # Errors
    /// The name would be too long (`system_limit`), or this is no character (`badarg`);
    /// whatever comes first in the name.
    fn push(&mut self, value: Option<u32>) -> Result<(), Raise> {
        if self.chars == MAX_ATOM_CHARS {
            return Err(Raise::SYSTEM_LIMIT);
        }
        let c = value.and_then(char::from_u32).ok_or(Raise::BADARG)?;
        let room = self.text.try_reserve(c.len_utf8());
        room.map_err(|_| Raise::OutOfMemory)?;
        self.text.add_char(c);
        self.chars += 1;
        Ok(())
    }
}

fn list_name(list: Term) -> Result<String, Raise> {
    let mut name = Name::default();
    let mut iter = list.list_iter();
    for element in iter.by_ref() {
        name.push(element.as_usize().and_then(|c| u32::try_from(c).ok()))?;
    }
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    Ok(name.text)
}

fn binary_name(binary: Term, encoding: Encoding) -> Result<String, Raise> {
    let bytes = binary.as_binary().ok_or(Raise::BADARG)?;
    let mut name = Name::default();
    if encoding == Encoding::Latin1 {
        for &byte in bytes.iter() {
            name.push(Some(byte as u32))?;
        }
        return Ok(name.text);
    }
    if bytes.len() > MAX_ATOM_CHARS * 4 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        match utf8_decode(rest) {
            Utf8::Char(value, len) => {
                name.push(Some(value))?;
                rest = &rest[len..];
            }
            _ => {
                name.push(None)?;
            }
        }
    }
    Ok(name.text)
}

/// The atom with a name, which must exist already.
fn existing(table: &AtomTable, name: Result<String, Raise>) -> BifResult {
    match name {
        Ok(name) => table.find(&name).ok_or(Raise::BADARG),
        // A name that is too long is that of no atom.
        Err(_) => Err(Raise::BADARG),
    }
}

fn list_to_atom_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.rt.atoms.intern(&list_name(args[0])?)?)
}

fn list_to_existing_atom_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    existing(&c.rt.atoms, list_name(args[0]))
}

fn binary_to_atom_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    Ok(c.rt.atoms.intern(&binary_name(args[0], Encoding::Utf8)?)?)
}

fn binary_to_atom_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let encoding = encoding(args[1])?;
    Ok(c.rt.atoms.intern(&binary_name(args[0], encoding)?)?)
}

fn binary_to_existing_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    existing(&c.rt.atoms, binary_name(args[0], Encoding::Utf8))
}

fn binary_to_existing_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let encoding = encoding(args[1])?;
    existing(&c.rt.atoms, binary_name(args[0], encoding))
}

/// The text of a term, which must be one of those that are `accepted`; the bytes of names are
/// UTF-8, as in OTP.
fn identity_to_list(c: &mut Ctx<'_>, term: Term, accepted: bool) -> BifResult {
    if !accepted {
        return Err(Raise::BADARG);
    }
    let text = print::to_string(term, &c.rt.atoms, Style::WRITE_UNICODE);
    Ok(c.p.heap.byte_list(text.as_bytes(), Term::NIL)?)
}

fn pid_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let external = args[0].subtag() == Some(Subtag::ExtPid);
    identity_to_list(c, args[0], args[0].is_pid() || external)
}

fn port_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let external = args[0].subtag() == Some(Subtag::ExtPort);
    identity_to_list(c, args[0], args[0].is_port() || external)
}

fn ref_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    identity_to_list(c, args[0], args[0].is_reference())
}

fn fun_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    identity_to_list(c, args[0], args[0].is_fun())
}

/// The numbers in the text `list`, which is `before`, `N` numbers with dots between them, and
/// `>`.
fn numbers<const N: usize>(list: Term, before: &str) -> Result<[usize; N], Raise> {
    let mut text = String::new();
    let mut iter = list.list_iter();
    for element in iter.by_ref() {
        let c = element.as_usize().and_then(|c| u8::try_from(c).ok());
        text.add_char(c.filter(u8::is_ascii).ok_or(Raise::BADARG)? as char);
        // No such text is longer.
        if text.len() > 100 {
            return Err(Raise::BADARG);
        }
    }
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    parse_numbers(&text, before).ok_or(Raise::BADARG)
}

fn parse_numbers<const N: usize>(text: &str, before: &str) -> Option<[usize; N]> {
    let inner = text.strip_prefix(before)?.strip_suffix('>')?;
    let mut parts = inner.split('.');
    let mut numbers = [0; N];
    for number in &mut numbers {
        let part = parts.next()?;
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn list_to_pid_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match numbers(args[0], "<")? {
        [0, number, serial] if number >> PID_NUMBER_BITS == 0 && serial >> PID_SERIAL_BITS == 0 => {
            Ok(Term::pid(serial << PID_NUMBER_BITS | number))
        }
        _ => Err(Raise::BADARG),
    }
}

fn list_to_port_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match numbers(args[0], "#Port<")? {
        [0, number] if number <= usize::MAX >> 4 => Ok(Term::port(number)),
        _ => Err(Raise::BADARG),
    }
}

fn list_to_ref_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [node, third, second, first] = numbers(args[0], "#Ref<")?;
    let word = |n: usize| u32::try_from(n).map_err(|_| Raise::BADARG);
    let reference = Reference([word(first)?, word(second)?, word(third)?]);
    if node != 0 || first >> REF_LOW_BITS != 0 {
        return Err(Raise::BADARG);
    }
    Ok(c.p.heap.reference(reference)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment};
    use crate::sync::Arc;
    use alloc::vec::Vec;

    fn list(heap: &mut Fragment, values: &[isize]) -> Term {
        let terms: Vec<_> = values.iter().map(|&v| Term::small(v)).collect();
        heap.list(&terms).unwrap()
    }

    #[test]
    fn names_are_checked_from_the_front() {
        let mut heap = Fragment::new(&Arc::new(Budget::new(usize::MAX)));
        let long = [97; 256];
        let bad = Err(Raise::BADARG);
        let limit = Err(Raise::SYSTEM_LIMIT);
        let with = |first: &[isize], rest: &[isize]| [first, rest].concat();
        for (chars, expected) in [
            (long.to_vec(), limit.clone()),
            (with(&[-1], &long), bad.clone()),
            (with(&long, &[-1]), limit.clone()),
            (with(&long[1..], &[-1]), limit.clone()),
            (alloc::vec![0xd800], bad.clone()),
            (alloc::vec![0x11_0000], bad.clone()),
            (alloc::vec![], Ok(String::new())),
            (alloc::vec![0xe5, 0x431], Ok(String::from("åб"))),
        ] {
            let list = list(&mut heap, &chars);
            assert_eq!(list_name(list), expected);
        }
        let tail = heap.list_with_tail(&[Term::small(97)], atoms::OK).unwrap();
        assert_eq!(list_name(tail), bad);
        for (bytes, encoding, expected) in [
            (alloc::vec![97; 256], Encoding::Utf8, limit.clone()),
            (alloc::vec![255; 256], Encoding::Utf8, bad.clone()),
            (alloc::vec![255; 256], Encoding::Latin1, limit.clone()),
            (alloc::vec![255; 1021], Encoding::Utf8, limit.clone()),
            (alloc::vec![0xed, 0xa0, 0x80], Encoding::Utf8, bad.clone()),
            (alloc::vec![255], Encoding::Latin1, Ok(String::from("ÿ"))),
        ] {
            let binary = heap.binary(&bytes).unwrap();
            assert_eq!(binary_name(binary, encoding), expected);
        }
    }

    #[test]
    fn identities_are_read_strictly() {
        assert_eq!(parse_numbers("<0.12.0>", "<"), Some([0, 12, 0]));
        assert_eq!(parse_numbers("<00.01.00>", "<"), Some([0, 1, 0]));
        for text in [
            "<0.1.0", "<0.1.0> ", "<0..0>", "<0.-1.0>", "<0.+1.0>", "<0.1>",
        ] {
            assert_eq!(parse_numbers::<3>(text, "<"), None, "{text}");
        }
        assert_eq!(parse_numbers::<3>("<0.99999999999999999999.0>", "<"), None);
    }
}
