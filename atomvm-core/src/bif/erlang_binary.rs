//! `erlang`: binaries, bit strings and lists of them.

use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::build::ListBuilder;
use crate::memory::{Heap, OutOfMemory};
use crate::term::bits_put::{put_bits, put_u64};
use crate::term::iolist::{IoListError, Piece, Pieces};
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

/// `erlang:list_to_binary/1`: of a list, not of a binary.
pub(super) fn list_to_binary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_list() {
        return Err(Raise::BADARG);
    }
    flatten(c, args[0], true)
}

fn iolist_to_binary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_list() {
        return binary(args[0]).map(|_| args[0]);
    }
    flatten(c, args[0], true)
}

/// The size of an iolist, in bits so far.
struct Size {
    pieces: Pieces,
    bits: usize,
    /// Must all pieces have whole bytes?
    whole: bool,
}

impl Size {
    fn of(list: Term, whole: bool) -> Size {
        Size {
            pieces: Pieces::of(list),
            bits: 0,
            whole,
        }
    }

    /// Counts on; the size in bits when it is known.
    fn step(&mut self, fuel: &mut Fuel) -> Result<Option<usize>, Raise> {
        while let Some(piece) = self.pieces.next()? {
            let len = match piece {
                Piece::Byte(_) => 8,
                Piece::Bits(_, bits) if self.whole && !bits.is_binary() => {
                    return Err(Raise::BADARG);
                }
                Piece::Bits(_, bits) => bits.len,
            };
            self.bits = self.bits.checked_add(len).ok_or(Raise::OutOfMemory)?;
            if !fuel.burn(1) {
                return Ok(None);
            }
        }
        Ok(Some(self.bits))
    }
}

/// Pieces of an iolist that are gone over for one reduction.
const PIECES: usize = 16;

/// Bytes that are copied in the time that a piece takes.
const BYTES: usize = 32;

struct ByteSize(Size);

impl Work for ByteSize {
    const PER_REDUCTION: usize = PIECES;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        match self.0.step(fuel)? {
            Some(bits) => Ok(Some(c.p.heap.uint(bits as u64 / 8)?)),
            None => Ok(None),
        }
    }
}

fn iolist_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let list = args[0];
    work::run(c, |_| Ok(ByteSize(Size::of(list, true))))
}

/// Makes one bit string of an iolist.
struct Flatten {
    list: Term,
    size: Size,
    fill: Option<Fill>,
}

/// Bytes that are copied at once.
const COPY: usize = 64 << 10;

struct Fill {
    result: Term,
    to: &'static mut [u8],
    /// The next bit.
    at: usize,
    pieces: Pieces,
    /// What is left of a long piece.
    rest: Option<Bits<'static>>,
}

impl Fill {
    fn step(&mut self, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        loop {
            if let Some(rest) = self.rest {
                let len = rest.len.min(COPY * 8);
                put_bits(self.to, self.at, rest.slice(0, len));
                self.at += len;
                self.rest = (len < rest.len).then(|| rest.slice(len, rest.len - len));
                fuel.burn(1 + len / (8 * BYTES));
            } else {
                match self.pieces.next()? {
                    Some(Piece::Byte(byte)) if self.at.is_multiple_of(8) => {
                        self.to[self.at / 8] = byte;
                        self.at += 8;
                    }
                    Some(Piece::Byte(byte)) => {
                        put_u64(self.to, self.at, 8, u64::from(byte));
                        self.at += 8;
                    }
                    Some(Piece::Bits(_, bits)) => self.rest = Some(bits),
                    None => return Ok(Some(self.result)),
                }
                fuel.burn(1);
            }
            if fuel.is_empty() {
                return Ok(None);
            }
        }
    }
}

impl Work for Flatten {
    const PER_REDUCTION: usize = PIECES;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if self.fill.is_none() {
            let Some(bits) = self.size.step(fuel)? else {
                return Ok(None);
            };
            let (result, to) = c.p.heap.new_bits(bits)?;
            self.fill = Some(Fill {
                result,
                to,
                at: 0,
                pieces: Pieces::of(self.list),
                rest: None,
            });
        }
        match &mut self.fill {
            Some(fill) => fill.step(fuel),
            None => Ok(None),
        }
    }
}

fn flatten(c: &mut Ctx<'_>, list: Term, whole: bool) -> BifResult {
    work::run(c, |_| {
        Ok(Flatten {
            list,
            size: Size::of(list, whole),
            fill: None,
        })
    })
}

fn list_to_bitstring_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_list() {
        return Err(Raise::BADARG);
    }
    flatten(c, args[0], false)
}

/// Binaries shorter than this are copied together in an io vector; longer ones are elements.
const IOVEC_SHARE: usize = 256;

/// Bytes that were collected from small pieces are an element when they are so many.
const IOVEC_COLLECT: usize = 64 << 10;

fn iolist_to_iovec_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let list = args[0];
    if list.is_bitstring() {
        let size = binary(list)?.len;
        return match size {
            0 => Ok(Term::NIL),
            _ => Ok(c.p.heap.cons(list, Term::NIL)?),
        };
    }
    work::run(c, |_| {
        Ok(IoVector {
            list,
            size: Some(Size::of(list, true)),
            pieces: Pieces::of(list),
            vector: ListBuilder::new(),
            small: Vec::new(),
        })
    })
}

/// Makes a list of binaries of an iolist.
struct IoVector {
    list: Term,
    /// While it is to be found out whether this is an iolist.
    size: Option<Size>,
    pieces: Pieces,
    vector: ListBuilder,
    /// Bytes of small pieces.
    small: Vec<u8>,
}

impl Work for IoVector {
    const PER_REDUCTION: usize = PIECES;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if let Some(size) = &mut self.size {
            if size.step(fuel)?.is_none() {
                return Ok(None);
            }
            self.size = None;
            self.pieces = Pieces::of(self.list);
        }
        let heap = &mut c.p.heap;
        while let Some(piece) = self.pieces.next()? {
            self.small
                .try_reserve(IOVEC_SHARE)
                .map_err(|_| Raise::OutOfMemory)?;
            match piece {
                Piece::Byte(byte) => self.small.push(byte),
                Piece::Bits(_, bits) if bits.len < IOVEC_SHARE * 8 => {
                    self.small.extend_from_slice(&bits.bytes());
                }
                Piece::Bits(term, _) => {
                    flush(heap, &mut self.vector, &mut self.small)?;
                    self.vector.push(heap, term)?;
                }
            }
            if self.small.len() >= IOVEC_COLLECT {
                flush(heap, &mut self.vector, &mut self.small)?;
            }
            if !fuel.burn(2) {
                return Ok(None);
            }
        }
        flush(heap, &mut self.vector, &mut self.small)?;
        Ok(Some(core::mem::take(&mut self.vector).finish(Term::NIL)))
    }
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
    let bits = bits(args[0])?;
    let rest = bits.len % 8;
    let tail = if rest == 0 || c.p.has_work() {
        Term::NIL
    } else {
        let last = c.p.heap.copy_bits(bits.slice(bits.len - rest, rest))?;
        c.p.heap.cons(last, Term::NIL)?
    };
    bytes_to_list(c, bits, tail)
}

/// `erlang:binary_to_list/1`.
pub(super) fn binary_to_list_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let bits = binary(args[0])?;
    bytes_to_list(c, bits, Term::NIL)
}

/// The bytes from the first to the last position, counted from 1.
fn binary_to_list_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let bits = bits(args[0])?;
    let first = args[1].as_usize().ok_or(Raise::BADARG)?;
    let last = args[2].as_usize().ok_or(Raise::BADARG)?;
    if first < 1 || first > last || last > bits.len / 8 {
        return Err(Raise::BADARG);
    }
    let part = bits.slice((first - 1) * 8, (last - first + 1) * 8);
    bytes_to_list(c, part, Term::NIL)
}

/// Makes a list of bytes, from the last to the first.
struct ToList {
    bits: Bits<'static>,
    list: Term,
}

impl Work for ToList {
    const PER_REDUCTION: usize = PIECES;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        const CHUNK: usize = 1024;
        loop {
            let left = self.bits.len / 8;
            let count = left.min(CHUNK);
            let chunk = self.bits.slice((left - count) * 8, count * 8);
            self.list = c.p.heap.byte_list(&chunk.bytes(), self.list)?;
            self.bits = self.bits.slice(0, (left - count) * 8);
            if self.bits.len == 0 {
                fuel.burn(count);
                return Ok(Some(self.list));
            }
            if !fuel.burn(count) {
                return Ok(None);
            }
        }
    }
}

/// A list of the bytes, without the last bits that are none, in front of another list.
pub(super) fn bytes_to_list(c: &mut Ctx<'_>, bits: Bits<'static>, list: Term) -> BifResult {
    let bits = bits.slice(0, bits.len / 8 * 8);
    work::run(c, |_| Ok(ToList { bits, list }))
}

#[cfg(test)]
#[path = "erlang_binary_tests.rs"]
mod tests;
