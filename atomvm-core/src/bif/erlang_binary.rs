//! `erlang`: binaries, bit strings and lists of them.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::build::ListBuilder;
use crate::memory::{Heap, OutOfMemory};
use crate::term::iolist::{self, IoListError, Piece, Pieces};
use crate::term::{Bits, Term};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "byte_size", 1, byte_size_1),
    bif("erlang", "bit_size", 1, bit_size_1),
    bif("erlang", "binary_part", 2, binary_part_2),
    bif("erlang", "binary_part", 3, binary_part_3),
    bif("erlang", "split_binary", 2, split_binary_2),
    bif("erlang", "list_to_binary", 1, list_to_binary_1),
    bif("erlang", "iolist_to_binary", 1, iolist_to_binary_1),
    bif("erlang", "iolist_size", 1, iolist_size_1),
    bif("erlang", "iolist_to_iovec", 1, iolist_to_iovec_1),
    bif("erlang", "list_to_bitstring", 1, list_to_bitstring_1),
    bif("erlang", "bitstring_to_list", 1, bitstring_to_list_1),
    bif("erlang", "binary_to_list", 1, binary_to_list_1),
    bif("erlang", "binary_to_list", 3, binary_to_list_3),
];

impl From<IoListError> for Raise {
    fn from(error: IoListError) -> Raise {
        match error {
            IoListError::BadTerm => Raise::BADARG,
            IoListError::NoMemory => Raise::OutOfMemory,
        }
    }
}

/// The bits of a bit string.
pub(super) fn bits<'a>(term: Term) -> Result<Bits<'a>, Raise> {
    term.as_bits().ok_or(Raise::BADARG)
}

/// The bits of a binary, which are whole bytes.
pub(super) fn binary<'a>(term: Term) -> Result<Bits<'a>, Raise> {
    bits(term).and_then(|b| {
        if b.is_binary() {
            Ok(b)
        } else {
            Err(Raise::BADARG)
        }
    })
}

/// `erlang:byte_size/1`; also a guard. A partial last byte counts as one.
pub fn byte_size<H: Heap + ?Sized>(heap: &mut H, term: Term) -> BifResult {
    let bits = term.bit_count().ok_or(Raise::BADARG)?;
    Ok(heap.uint(bits.div_ceil(8) as u64)?)
}

/// `erlang:bit_size/1`; also a guard.
pub fn bit_size<H: Heap + ?Sized>(heap: &mut H, term: Term) -> BifResult {
    Ok(heap.uint(term.bit_count().ok_or(Raise::BADARG)? as u64)?)
}

/// `erlang:binary_part/3`; also a guard. A negative length counts back from the position.
pub fn binary_part<H: Heap + ?Sized>(heap: &mut H, whole: Term, pos: Term, len: Term) -> BifResult {
    let size = bits(whole)?.len / 8;
    let (pos, len) = part(size, pos, len)?;
    Ok(heap.sub_bits(whole, pos * 8, len * 8)?)
}

/// A position and a length that may be negative, as a range inside of `size`.
pub(super) fn part(size: usize, pos: Term, len: Term) -> Result<(usize, usize), Raise> {
    let pos = pos.as_usize().ok_or(Raise::BADARG)?;
    let len = len.as_small().ok_or(Raise::BADARG)?;
    let start = if len < 0 {
        pos.checked_sub(len.unsigned_abs()).ok_or(Raise::BADARG)?
    } else {
        pos
    };
    let len = len.unsigned_abs();
    if pos > size || start.checked_add(len).is_none_or(|end| end > size) {
        return Err(Raise::BADARG);
    }
    Ok((start, len))
}

/// The two elements of a position `{Pos, Len}`.
pub(super) fn pair(term: Term) -> Result<(Term, Term), Raise> {
    match term.as_tuple() {
        Some(&[pos, len]) => Ok((pos, len)),
        _ => Err(Raise::BADARG),
    }
}

fn byte_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    byte_size(&mut c.p.heap, args[0])
}

fn bit_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    bit_size(&mut c.p.heap, args[0])
}

fn binary_part_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (pos, len) = pair(args[1])?;
    binary_part(&mut c.p.heap, args[0], pos, len)
}

fn binary_part_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    binary_part(&mut c.p.heap, args[0], args[1], args[2])
}

fn split_binary_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    split(&mut c.p.heap, args[0], args[1])
}

fn split<H: Heap + ?Sized>(heap: &mut H, whole: Term, at: Term) -> BifResult {
    let bits = bits(whole)?;
    let at = at.as_usize().ok_or(Raise::BADARG)?;
    if at > bits.len / 8 {
        return Err(Raise::BADARG);
    }
    let first = heap.sub_bits(whole, 0, at * 8)?;
    let rest = heap.sub_bits(whole, at * 8, bits.len - at * 8)?;
    Ok(heap.tuple(&[first, rest])?)
}

fn list_to_binary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    list_to_binary(&mut c.p.heap, args[0])
}

/// `erlang:list_to_binary/1`: of a list, not of a binary.
pub(super) fn list_to_binary<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    if !list.is_list() {
        return Err(Raise::BADARG);
    }
    iolist_to_binary(heap, list)
}

/// `erlang:iolist_to_binary/1`.
pub fn iolist_to_binary<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    if !list.is_list() {
        return binary(list).map(|_| list);
    }
    let (term, data) = heap.new_binary(iolist::byte_size(list)?)?;
    iolist::write(list, data)?;
    Ok(term)
}

fn iolist_to_binary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    iolist_to_binary(&mut c.p.heap, args[0])
}

fn iolist_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let size = iolist::byte_size(args[0])?;
    Ok(c.p.heap.uint(size as u64)?)
}

fn list_to_bitstring_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    list_to_bitstring(&mut c.p.heap, args[0])
}

fn list_to_bitstring<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    if !list.is_list() {
        return Err(Raise::BADARG);
    }
    let (term, data) = heap.new_bits(iolist::size(list)?.0)?;
    iolist::write(list, data)?;
    Ok(term)
}

/// Binaries shorter than this are copied together in an io vector; longer ones are elements.
const IOVEC_SHARE: usize = 256;

/// Bytes that were collected from small pieces are an element when they are so many.
const IOVEC_COLLECT: usize = 64 << 10;

fn iolist_to_iovec_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    iolist_to_iovec(&mut c.p.heap, args[0])
}

fn iolist_to_iovec<H: Heap + ?Sized>(heap: &mut H, list: Term) -> BifResult {
    let size = iolist::byte_size(list)?;
    let mut vector = ListBuilder::new();
    if list.is_bitstring() {
        if size > 0 {
            vector.push(heap, list)?;
        }
        return Ok(vector.finish(Term::NIL));
    }
    let mut small: Vec<u8> = Vec::new();
    let mut pieces = Pieces::of(list);
    while let Some(piece) = pieces.next()? {
        small
            .try_reserve(IOVEC_SHARE)
            .map_err(|_| Raise::OutOfMemory)?;
        match piece {
            Piece::Byte(byte) => small.push(byte),
            Piece::Bits(_, bits) if bits.len < IOVEC_SHARE * 8 => {
                small.extend_from_slice(&bits.bytes());
            }
            Piece::Bits(term, _) => {
                flush(heap, &mut vector, &mut small)?;
                vector.push(heap, term)?;
            }
        }
        if small.len() >= IOVEC_COLLECT {
            flush(heap, &mut vector, &mut small)?;
        }
    }
    flush(heap, &mut vector, &mut small)?;
    Ok(vector.finish(Term::NIL))
}

fn flush<H: Heap + ?Sized>(
    heap: &mut H,
    vector: &mut ListBuilder,
    small: &mut Vec<u8>,
) -> Result<(), OutOfMemory> {
    if !small.is_empty() {
        let bytes = heap.binary(small)?;
        small.clear();
        vector.push(heap, bytes)?;
    }
    Ok(())
}

fn bitstring_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    bitstring_to_list(&mut c.p.heap, args[0])
}

fn bitstring_to_list<H: Heap + ?Sized>(heap: &mut H, whole: Term) -> BifResult {
    let bits = bits(whole)?;
    let rest = bits.len % 8;
    let tail = if rest == 0 {
        Term::NIL
    } else {
        let last = heap.copy_bits(bits.slice(bits.len - rest, rest))?;
        heap.cons(last, Term::NIL)?
    };
    Ok(heap.byte_list(&bits.bytes(), tail)?)
}

fn binary_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    binary_to_list(&mut c.p.heap, args[0])
}

/// `erlang:binary_to_list/1`.
pub(super) fn binary_to_list<H: Heap + ?Sized>(heap: &mut H, whole: Term) -> BifResult {
    Ok(heap.byte_list(&binary(whole)?.bytes(), Term::NIL)?)
}

fn binary_to_list_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    binary_slice_to_list(&mut c.p.heap, args)
}

/// The bytes from the first to the last position, counted from 1.
fn binary_slice_to_list<H: Heap + ?Sized>(heap: &mut H, args: &[Term]) -> BifResult {
    let bits = bits(args[0])?;
    let first = args[1].as_usize().ok_or(Raise::BADARG)?;
    let last = args[2].as_usize().ok_or(Raise::BADARG)?;
    if first < 1 || first > last || last > bits.len / 8 {
        return Err(Raise::BADARG);
    }
    let part = bits.slice((first - 1) * 8, (last - first + 1) * 8);
    Ok(heap.byte_list(&part.bytes(), Term::NIL)?)
}

#[cfg(test)]
#[path = "erlang_binary_tests.rs"]
mod tests;
