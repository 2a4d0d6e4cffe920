//! `erlang` and `string`: numbers to text and back.

use super::{Bif, BifResult, Ctx, Raise, bif, work};
use crate::memory::Heap;
use crate::memory::fallible::with_room;
use crate::term::{Term, arith, atoms, float, int_text};
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "integer_to_list", 1, |c, a| {
        charge(c, a[0]);
        integer_to_list(&mut c.p.heap, a)
    }),
    bif("erlang", "integer_to_list", 2, |c, a| {
        charge(c, a[0]);
        integer_to_list(&mut c.p.heap, a)
    }),
    bif("erlang", "integer_to_binary", 1, |c, a| {
        charge(c, a[0]);
        integer_to_binary(&mut c.p.heap, a)
    }),
    bif("erlang", "integer_to_binary", 2, |c, a| {
        charge(c, a[0]);
        integer_to_binary(&mut c.p.heap, a)
    }),
    bif("erlang", "list_to_integer", 1, |c, a| {
        charge(c, a[0]);
        list_to_integer(&mut c.p.heap, a)
    }),
    bif("erlang", "list_to_integer", 2, |c, a| {
        charge(c, a[0]);
        list_to_integer(&mut c.p.heap, a)
    }),
    bif("erlang", "binary_to_integer", 1, |c, a| {
        charge(c, a[0]);
        binary_to_integer(&mut c.p.heap, a)
    }),
    bif("erlang", "binary_to_integer", 2, |c, a| {
        charge(c, a[0]);
        binary_to_integer(&mut c.p.heap, a)
    }),
    bif("erlang", "float_to_list", 1, |c, a| {
        float_to_list(&mut c.p.heap, a)
    }),
    bif("erlang", "float_to_list", 2, |c, a| {
        float_to_list(&mut c.p.heap, a)
    }),
    bif("erlang", "float_to_binary", 1, |c, a| {
        float_to_binary(&mut c.p.heap, a)
    }),
    bif("erlang", "float_to_binary", 2, |c, a| {
        float_to_binary(&mut c.p.heap, a)
    }),
    bif("erlang", "list_to_float", 1, |c, a| {
        list_to_float(&mut c.p.heap, a[0])
    }),
    bif("erlang", "binary_to_float", 1, |c, a| {
        binary_to_float(&mut c.p.heap, a[0])
    }),
    bif("string", "list_to_integer", 1, |c, a| {
        leading_integer(&mut c.p.heap, a[0])
    }),
    bif("erts_internal", "list_to_integer", 2, |c, a| {
        charge(c, a[0]);
        integer_and_rest(c, a[0], a[1])
    }),
    bif("erts_internal", "binary_to_integer", 2, |c, a| {
        charge(c, a[0]);
        binary_to_integer_or_not(c, a)
    }),
    bif("string", "list_to_float", 1, |c, a| {
        leading_float(&mut c.p.heap, a[0])
    }),
];

/// Counts a conversion of a long integer, or of a long text to one.
fn charge(c: &mut Ctx<'_>, term: Term) {
    let bytes = match term.as_int() {
        Some(int) => int.bit_length() / 8,
        None if term.is_cons() => term.list_iter().count() / 2,
        None => term.as_bits().map_or(0, |bits| bits.len / 16),
    };
    // A little more than in proportion to the length.
    let steps = bytes * (bytes.max(1).ilog2() as usize) / 32;
    work::charge(c, steps);
}

/// The base of a conversion: the second argument, or 10.
fn base(args: &[Term]) -> Result<u32, Raise> {
    match args.get(1) {
        None => Ok(10),
        Some(&term) => int_text::base(term).ok_or(Raise::BADARG),
    }
}

fn integer_text<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> Result<String, Raise> {
    let int = args[0].as_int().ok_or(Raise::BADARG)?;
    let mut text = String::new();
    int_text::print(heap, int, base(args)?, &mut text)?;
    Ok(text)
}

fn integer_to_list<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    let text = integer_text(heap, args)?;
    Ok(heap.byte_list(text.as_bytes(), Term::NIL)?)
}

fn integer_to_binary<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    let text = integer_text(heap, args)?;
    Ok(heap.binary(text.as_bytes())?)
}

/// The bytes of a proper list of them.
fn list_bytes<H: Heap + ?Sized>(heap: &mut H, list: Term) -> Result<Vec<u8>, Raise> {
    let len = list.list_len().ok_or(Raise::BADARG)?;
    arith::probe(heap, 8 * len)?;
    let byte = |t: Term| t.as_usize().and_then(|v| u8::try_from(v).ok());
    let mut bytes = with_room(len)?;
    for element in list.list_iter() {
        bytes.push(byte(element).ok_or(Raise::BADARG)?);
    }
    Ok(bytes)
}

fn list_to_integer<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    let base = base(args)?;
    let bytes = list_bytes(heap, args[0])?;
    int_text::parse(heap, &bytes, base)
}

fn binary_to_integer<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    let base = base(args)?;
    let bytes = args[0].as_binary().ok_or(Raise::BADARG)?;
    int_text::parse(heap, &bytes, base)
}

/// How a float is to be printed.
#[derive(Clone, Copy)]
enum Format {
    Scientific(usize),
    Decimals(usize),
    Short,
}

/// The options of `float_to_list/2`: the last one that chooses a format counts.
fn float_format(options: Option<&Term>) -> Result<(Format, bool), Raise> {
    let (mut format, mut compact) = (Format::Scientific(20), false);
    let mut iter = options.copied().unwrap_or(Term::NIL).list_iter();
    for option in iter.by_ref() {
        match (option, option.as_tuple()) {
            (atoms::COMPACT, _) => compact = true,
            (atoms::SHORT, _) => format = Format::Short,
            (_, Some(&[atoms::DECIMALS, n])) => format = Format::Decimals(digits(n, 253)?),
            (_, Some(&[atoms::SCIENTIFIC, n])) => format = Format::Scientific(digits(n, 249)?),
            _ => return Err(Raise::BADARG),
        }
    }
    if iter.rest().is_nil() {
        Ok((format, compact))
    } else {
        Err(Raise::BADARG)
    }
}

fn digits(term: Term, max: usize) -> Result<usize, Raise> {
    term.as_usize().filter(|&n| n <= max).ok_or(Raise::BADARG)
}

fn float_text(args: &[Term]) -> Result<String, Raise> {
    let value = args[0].as_float().ok_or(Raise::BADARG)?;
    let (format, compact) = float_format(args.get(1))?;
    let mut text = String::new();
    let fits = match format {
        Format::Scientific(n) => float::scientific(value, n, &mut text),
        Format::Decimals(n) => float::decimals(value, n, compact, &mut text),
        Format::Short => {
            float::shortest(value, &mut text);
            true
        }
    };
    fits.then_some(text).ok_or(Raise::BADARG)
}

fn float_to_list<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    Ok(heap.byte_list(float_text(args)?.as_bytes(), Term::NIL)?)
}

fn float_to_binary<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    Ok(heap.binary(float_text(args)?.as_bytes())?)
}

fn parse_float<H: Heap + ?Sized>(heap: &mut H, bytes: &[u8]) -> BifResult {
    Ok(heap.float(float::parse(bytes).ok_or(Raise::BADARG)?)?)
}

fn list_to_float<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    let bytes = list_bytes(heap, list)?;
    parse_float(heap, &bytes)
}

fn binary_to_float<H: Heap + ?Sized>(heap: &mut H, binary: Term) -> BifResult {
    parse_float(heap, &binary.as_binary().ok_or(Raise::BADARG)?)
}

/// Reads the start of a list of characters piece by piece.
struct Reader {
    rest: Term,
    text: Vec<u8>,
}

impl Reader {
    fn new(list: Term) -> Reader {
        Reader {
            rest: list,
            text: Vec::new(),
        }
    }

    /// Takes the next element if it is one of these characters.
    fn take(&mut self, accept: impl Fn(u8) -> bool) -> bool {
        let Some((head, tail)) = self.rest.as_cons() else {
            return false;
        };
        match head.as_usize().and_then(|v| u8::try_from(v).ok()) {
            Some(byte) if accept(byte) => {
                self.text.push(byte);
                self.rest = tail;
                true
            }
            _ => false,
        }
    }

    /// Takes digits; were there any?
    fn digits(&mut self) -> bool {
        self.digits_of(10)
    }

    fn digits_of(&mut self, base: u32) -> bool {
        let before = self.text.len();
        while self.take(|b| char::from(b).is_digit(base)) {}
        self.text.len() > before
    }

    fn sign(&mut self) {
        self.take(|b| b == b'+' || b == b'-');
    }

    /// Takes the exponent of a float, if a whole one is there.
    fn exponent(&mut self) {
        let (before, rest) = (self.text.len(), self.rest);
        if self.take(|b| b.eq_ignore_ascii_case(&b'e')) {
            self.sign();
            if !self.digits() {
                self.text.truncate(before);
                self.rest = rest;
            }
        }
    }
}

/// `{error, Reason}`
fn error_pair<H: Heap + ?Sized>(heap: &mut H, reason: Term) -> BifResult {
    Ok(heap.tuple(&[atoms::ERROR, reason])?)
}

/// `string:list_to_integer/1`: the integer that a list starts with, and the rest of the list.
fn leading_integer<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    if !list.is_list() {
        return error_pair(heap, atoms::NOT_A_LIST);
    }
    let mut reader = Reader::new(list);
    reader.sign();
    if !reader.digits() {
        return error_pair(heap, atoms::NO_INTEGER);
    }
    let value = int_text::parse(heap, &reader.text, 10)?;
    Ok(heap.tuple(&[value, reader.rest])?)
}

/// What OTP's `string` and `erlang` call since OTP 27: the integer that a list starts with and the
/// rest of the list, or an atom that says why there is none. Theirs leaves integers of more than
/// one word to them; this one reads integers of any size.
fn integer_and_rest(c: &mut Ctx<'_>, list: Term, base: Term) -> BifResult {
    let Some(base) = int_text::base(base) else {
        return Ok(atoms::BADARG);
    };
    if !list.is_list() {
        return Ok(atoms::NOT_A_LIST);
    }
    let mut reader = Reader::new(list);
    reader.sign();
    if !reader.digits_of(base) {
        return Ok(atoms::NO_INTEGER);
    }
    let value = int_text::parse(&mut c.p.heap, &reader.text, base)?;
    Ok(c.p.heap.tuple(&[value, reader.rest])?)
}

/// As `binary_to_integer`, with `badarg` as a value.
fn binary_to_integer_or_not(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match binary_to_integer(&mut c.p.heap, args) {
        Err(Raise::BADARG) => Ok(atoms::BADARG),
        other => other,
    }
}

/// `string:list_to_float/1`: the float that a list starts with, and the rest of the list.
fn leading_float<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    if !list.is_list() {
        return error_pair(heap, atoms::NOT_A_LIST);
    }
    let mut reader = Reader::new(list);
    reader.sign();
    let whole = reader.digits() && reader.take(|b| b == b'.' || b == b',') && reader.digits();
    if !whole {
        return error_pair(heap, atoms::NO_FLOAT);
    }
    reader.exponent();
    match float::parse(&reader.text) {
        Some(value) => {
            let value = heap.float(value)?;
            Ok(heap.tuple(&[value, reader.rest])?)
        }
        None => error_pair(heap, atoms::NO_FLOAT),
    }
}
