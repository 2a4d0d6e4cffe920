//! From bytes to a term.
//!
//! A compound term that is being read is a `Frame` on an explicit stack; its parts wait on a
//! second stack until all are there. Every count is checked against the bytes that are left
//! before anything is allocated, so that memory is bounded by the size of the input.

use super::env::{Env, FunId};
use super::inflate::Inflate;
use super::reader::Reader;
use super::tag;
use crate::code::FunEntry;
use crate::memory::build::ListBuilder;
use crate::memory::fallible::{AddText, boxed, collect};
use crate::memory::{Heap, OutOfMemory};
use crate::term::atom::AtomError;
use crate::term::bits_get::normal_int;
use crate::term::boxed::MAX_ARITY;
use crate::term::external::{MAX_REF_WORDS, external_id};
use crate::term::limbs::Limbs;
use crate::term::record::{self, MAX_FIELDS};
use crate::term::{Reference, Subtag, Term, WORD_BYTES, Word, atoms, map};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How many bits of a local process identifier the format calls its number; the rest is the
/// serial.
pub const PID_NUMBER_BITS: u32 = 15;
/// How many bits the serial of a local process identifier has.
pub const PID_SERIAL_BITS: u32 = 13;

/// The first word of a reference's identity has fewer bits than the others.
pub const REF_LOW_BITS: u32 = 18;

/// Why bytes are no term.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end before the term does, or a count says more than they can hold.
    #[error("the bytes end before the term does")]
    Truncated,
    /// The first byte is not 131.
    #[error("not an external term: version {0}")]
    BadVersion(u8),
    /// No term begins with this byte.
    #[error("unknown tag {0}")]
    UnknownTag(u8),
    /// The name of an atom is not text.
    #[error("the name of an atom is not UTF-8")]
    BadAtom,
    /// An atom cannot be made.
    #[error(transparent)]
    Atom(#[from] AtomError),
    /// The term has an atom or external fun that does not exist, and only existing ones are
    /// allowed.
    #[error("an atom or function that does not exist yet")]
    Unsafe,
    /// A float that is no number.
    #[error("not a finite float")]
    BadFloat,
    /// A bit string whose number of bits in the last byte is wrong.
    #[error("a bit string of impossible length")]
    BadBits,
    /// A tuple or integer larger than any can be.
    #[error("a term that is too large")]
    TooLarge,
    /// A process identifier, port or reference that cannot be.
    #[error("an impossible identifier")]
    BadIdentifier,
    /// A fun whose description is damaged, or contradicts the loaded code.
    #[error("an impossible fun")]
    BadFun,
    /// A native record that cannot be.
    #[error("an impossible record")]
    BadRecord,
    /// A map with the same key twice.
    #[error("a map with the same key twice")]
    DuplicateKey,
    /// The compressed form is damaged.
    #[error("damaged compression")]
    BadCompression,
    /// There is no memory.
    #[error("out of memory")]
    OutOfMemory,
}

impl From<OutOfMemory> for DecodeError {
    fn from(_: OutOfMemory) -> Self {
        DecodeError::OutOfMemory
    }
}

/// What to accept.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct DecodeOptions {
    /// Only atoms and external funs that exist: bytes of unknown origin cannot fill the tables.
    pub safe: bool,
}

/// Reads a term, the version byte included, and says how many bytes it took.
///
/// What the term refers to is built on `heap`; after an error some unused words may be left there.
///
/// # Errors
/// The bytes are no term, `options` forbid it, or there is no memory.
pub fn decode<H: Heap + ?Sized, E: Env + ?Sized>(
    heap: &mut H,
    env: &E,
    bytes: &[u8],
    options: DecodeOptions,
) -> Result<(Term, usize), DecodeError> {
    let mut decoding = Decoding::of(bytes.into(), options)?;
    loop {
        if let Some(done) = decoding.step(heap, env, &mut usize::MAX.clone())? {
            return Ok(done);
        }
    }
}

/// Bytes that count as one unit of work; so does each part of a term.
const BYTES_PER_UNIT: usize = 32;

/// A term that is being read.
pub struct Decoding<'b> {
    bytes: Cow<'b, [u8]>,
    /// Where the term starts, or its compressed form.
    start: usize,
    inflate: Option<Inflate>,
    is_inflated: bool,
    /// The next byte, of the inflated ones if there are such.
    at: usize,
    options: DecodeOptions,
    frames: Vec<Frame>,
    parts: Vec<Term>,
}

impl<'b> Decoding<'b> {
    /// To read the term that stands in the front of `bytes`.
    ///
    /// # Errors
    /// The bytes do not start as a term does.
    pub fn of(bytes: Cow<'b, [u8]>, options: DecodeOptions) -> Result<Decoding<'b>, DecodeError> {
        let mut reader = Reader::new(&bytes);
        match reader.u8()? {
            tag::VERSION => {}
            other => return Err(DecodeError::BadVersion(other)),
        }
        let mut inflate = None;
        if bytes.get(1) == Some(&tag::COMPRESSED) {
            reader.u8()?;
            let size = reader.u32()? as usize;
            inflate = Some(Inflate::new(reader.remaining(), size)?);
        }
        let start = reader.at();
        Ok(Decoding {
            at: if inflate.is_some() { 0 } else { start },
            start,
            bytes,
            inflate,
            is_inflated: false,
            options,
            frames: Vec::new(),
            parts: Vec::new(),
        })
    }

    /// Reads on, as long as there are units of work; the term and the number of bytes that it took
    /// when it is done. The heap must be the same each time, and nothing on it may move.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn step<H: Heap + ?Sized, E: Env + ?Sized>(
        &mut self,
        heap: &mut H,
        env: &E,
        units: &mut usize,
    ) -> Result<Option<(Term, usize)>, DecodeError> {
        if let (Some(inflate), false) = (&mut self.inflate, self.is_inflated) {
            if !inflate.step(&self.bytes[self.start..], units)? {
                return Ok(None);
            }
            self.is_inflated = true;
        }
        let mut reader = match &self.inflate {
            Some(inflate) => Reader::from(inflate.bytes(), self.at),
            None => Reader::from(&self.bytes, self.at),
        };
        let mut decoder = Decoder {
            heap,
            env,
            options: self.options,
            frames: &mut self.frames,
            parts: &mut self.parts,
        };
        let term = decoder.term(&mut reader, units)?;
        self.at = reader.at();
        let Some(term) = term else {
            return Ok(None);
        };
        match &self.inflate {
            None => Ok(Some((term, self.at))),
            Some(_) if reader.remaining() > 0 => Err(DecodeError::BadCompression),
            Some(inflate) => Ok(Some((term, self.start + inflate.used()))),
        }
    }
}

/// A compound term of which parts are missing.
enum Frame {
    Tuple {
        left: usize,
        start: usize,
    },
    List {
        left: usize,
        builder: ListBuilder,
    },
    Map {
        left: usize,
        start: usize,
    },
    Record {
        left: usize,
        start: usize,
        definition: Term,
    },
    Fun {
        left: usize,
        start: usize,
        id: Box<FunId>,
    },
}

/// What reading a tag gives.
enum Item {
    Whole(Term),
    Open(Frame),
    /// A list without elements stands for its tail, which follows.
    Nothing,
}

struct Decoder<'d, H: ?Sized, E: ?Sized> {
    heap: &'d mut H,
    env: &'d E,
    options: DecodeOptions,
    frames: &'d mut Vec<Frame>,
    /// The parts so far of the compound terms in `frames`, innermost last.
    parts: &'d mut Vec<Term>,
}

impl<H: Heap + ?Sized, E: Env + ?Sized> Decoder<'_, H, E> {
    fn term(
        &mut self,
        reader: &mut Reader<'_>,
        units: &mut usize,
    ) -> Result<Option<Term>, DecodeError> {
        loop {
            let before = reader.at();
            match self.item(reader)? {
                Item::Nothing => {}
                Item::Open(frame) => push(self.frames, frame)?,
                Item::Whole(term) => {
                    if let Some(term) = self.add(term)? {
                        return Ok(Some(term));
                    }
                }
            }
            let spent = 1 + (reader.at() - before) / BYTES_PER_UNIT;
            *units = units.saturating_sub(spent);
            if *units == 0 {
                return Ok(None);
            }
        }
    }

    /// Adds a part to the innermost frame, closing those that it completes; the outermost one's
    /// term is the result.
    fn add(&mut self, mut term: Term) -> Result<Option<Term>, DecodeError> {
        while let Some(frame) = self.frames.last_mut() {
            match frame {
                Frame::List { left: 0, .. } => {}
                Frame::List { left, builder } => {
                    builder.push(self.heap, term)?;
                    *left -= 1;
                    return Ok(None);
                }
                Frame::Tuple { left, .. }
                | Frame::Map { left, .. }
                | Frame::Record { left, .. }
                | Frame::Fun { left, .. } => {
                    push(self.parts, term)?;
                    *left -= 1;
                    if *left > 0 {
                        return Ok(None);
                    }
                }
            }
            if let Some(frame) = self.frames.pop() {
                term = self.close(frame, term)?;
            }
        }
        Ok(Some(term))
    }

    fn close(&mut self, frame: Frame, last: Term) -> Result<Term, DecodeError> {
        let (start, term) = match frame {
            Frame::List { builder, .. } => return Ok(builder.finish(last)),
            Frame::Tuple { start, .. } => (start, self.heap.tuple(&self.parts[start..])?),
            Frame::Map { start, .. } => (start, self.map(start)?),
            Frame::Record {
                start, definition, ..
            } => {
                let values = &self.parts[start..];
                (start, record::record(self.heap, definition, values)?)
            }
            Frame::Fun { start, id, .. } => {
                let entry = entry(self.env, &id)?;
                let env = &self.parts[start..];
                (start, self.heap.closure(entry, id.creator, env)?)
            }
        };
        self.parts.truncate(start);
        Ok(term)
    }

    /// Keys and values in turn, from `start` on, become a map.
    fn map(&mut self, start: usize) -> Result<Term, DecodeError> {
        let pairs = self.parts[start..].chunks_exact(2);
        let pairs = collect(pairs.map(|pair| (pair[0], pair[1])))?;
        let map = map::from_pairs(self.heap, self.env.atoms(), &pairs)?;
        if map::size(map) < pairs.len() {
            return Err(DecodeError::DuplicateKey);
        }
        Ok(map)
    }

    /// Reads up to the first part of a compound term, or a whole term of another kind.
    fn item(&mut self, reader: &mut Reader<'_>) -> Result<Item, DecodeError> {
        let start = self.parts.len();
        let tag = reader.u8()?;
        let term = match tag {
            tag::SMALL_TUPLE | tag::LARGE_TUPLE => {
                let left = if tag == tag::SMALL_TUPLE {
                    u32::from(reader.u8()?)
                } else {
                    reader.u32()?
                };
                let left = reader.count(left, 1)?;
                if left > MAX_ARITY {
                    return Err(DecodeError::TooLarge);
                }
                if left > 0 {
                    return Ok(Item::Open(Frame::Tuple { left, start }));
                }
                self.heap.tuple(&[])?
            }
            tag::LIST => {
                let left = reader.u32()?;
                // An element takes a byte, and so does the tail.
                let left = reader.count(left.saturating_add(1), 1)? - 1;
                if left == 0 {
                    return Ok(Item::Nothing);
                }
                let builder = ListBuilder::new();
                return Ok(Item::Open(Frame::List { left, builder }));
            }
            tag::MAP => {
                let pairs = reader.u32()?;
                let left = reader.count(pairs, 2)? * 2;
                if left > 0 {
                    return Ok(Item::Open(Frame::Map { left, start }));
                }
                map::empty()
            }
            tag::RECORD => return self.record(reader),
            tag::NEW_FUN => return self.fun(reader),
            tag::NIL => Term::NIL,
            tag::SMALL_INTEGER => Term::small(reader.u8()? as isize),
            tag::INTEGER => self.heap.int(i64::from(reader.u32()? as i32))?,
            tag::SMALL_BIG | tag::LARGE_BIG => self.big(tag, reader)?,
            tag::FLOAT => float_text(reader.take(31)?).map(|f| self.heap.float(f))??,
            tag::NEW_FLOAT => {
                let value = f64::from_bits(reader.u64()?);
                if !value.is_finite() {
                    return Err(DecodeError::BadFloat);
                }
                self.heap.float(value)?
            }
            tag::STRING => {
                let len = reader.u16()? as usize;
                self.heap.byte_list(reader.take(len)?, Term::NIL)?
            }
            tag::BINARY => {
                let len = reader.u32()? as usize;
                self.heap.binary(reader.take(len)?)?
            }
            tag::BIT_BINARY => self.bits(reader)?,
            tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8 => {
                self.atom(tag, reader)?
            }
            tag::EXPORT => self.external_fun(reader)?,
            tag::PID | tag::NEW_PID => self.pid(tag, reader)?,
            tag::PORT | tag::NEW_PORT | tag::V4_PORT => self.port(tag, reader)?,
            tag::REFERENCE | tag::NEW_REFERENCE | tag::NEWER_REFERENCE => {
                self.reference(tag, reader)?
            }
            other => return Err(DecodeError::UnknownTag(other)),
        };
        Ok(Item::Whole(term))
    }

    /// A native record: the number of its fields, a byte that says whether it is exported, module
    /// and name, the names of the fields, and their values.
    fn record(&mut self, reader: &mut Reader<'_>) -> Result<Item, DecodeError> {
        let start = self.parts.len();
        let left = reader.u32()?;
        // A name takes two bytes at least, a value one.
        let left = reader.count(left, 3)?;
        if left > MAX_FIELDS {
            return Err(DecodeError::TooLarge);
        }
        let is_exported = match reader.u8()? {
            0 => false,
            1 => true,
            _ => return Err(DecodeError::BadRecord),
        };
        let (module, name) = (self.next_atom(reader)?, self.next_atom(reader)?);
        for _ in 0..left {
            let field = self.next_atom(reader)?;
            push(self.parts, field)?;
        }
        let mut fields = collect(self.parts[start..].iter().copied())?;
        fields.sort_unstable_by_key(|field| field.atom_index());
        if fields.windows(2).any(|two| two[0] == two[1]) {
            return Err(DecodeError::BadRecord);
        }
        let fields = self.parts[start..].iter().copied();
        let definition = record::definition(self.heap, (module, name), is_exported, fields)?;
        self.parts.truncate(start);
        Ok(if left == 0 {
            Item::Whole(record::record(self.heap, definition, &[])?)
        } else {
            Item::Open(Frame::Record {
                left,
                start,
                definition,
            })
        })
    }

    fn big(&mut self, tag: u8, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let len = if tag == tag::SMALL_BIG {
            reader.u8()? as usize
        } else {
            reader.u32()? as usize
        };
        let negative = reader.u8()? != 0;
        let digits = reader.take(len)?;
        if len / WORD_BYTES >= MAX_ARITY {
            return Err(DecodeError::TooLarge);
        }
        let mut limbs = Limbs::zeros(len.div_ceil(WORD_BYTES))?;
        for (limb, digits) in limbs.all().iter_mut().zip(digits.chunks(WORD_BYTES)) {
            let mut bytes = [0; WORD_BYTES];
            bytes[..digits.len()].copy_from_slice(digits);
            *limb = Word::from_le_bytes(bytes);
        }
        Ok(normal_int(self.heap, negative, limbs.all())?)
    }

    fn bits(&mut self, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let len = reader.u32()? as usize;
        let last = reader.u8()? as usize;
        let bytes = reader.take(len)?;
        if last > 8 || (last == 0) != (len == 0) {
            return Err(DecodeError::BadBits);
        }
        let bits = len.checked_mul(8).ok_or(DecodeError::TooLarge)?;
        let bits = bits.saturating_sub(8 - last);
        let (term, data) = self.heap.new_bits(bits)?;
        data.copy_from_slice(bytes);
        if let Some(byte) = data.last_mut() {
            *byte &= 0xff_u8 << (8 - last);
        }
        Ok(term)
    }

    fn atom(&mut self, tag: u8, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let len = match tag {
            tag::ATOM | tag::ATOM_UTF8 => reader.u16()? as usize,
            _ => reader.u8()? as usize,
        };
        let bytes = reader.take(len)?;
        let mut latin1 = alloc::string::String::new();
        let name = match tag {
            tag::ATOM | tag::SMALL_ATOM if !bytes.is_ascii() => {
                latin1.try_reserve(2 * len).map_err(|_| OutOfMemory)?;
                latin1.add_chars(bytes.iter().map(|&b| b as char));
                &latin1
            }
            _ => core::str::from_utf8(bytes).map_err(|_| DecodeError::BadAtom)?,
        };
        if self.options.safe {
            return self.env.atoms().find(name).ok_or(DecodeError::Unsafe);
        }
        Ok(self.env.atoms().intern(name)?)
    }

    /// A term that must be an atom: part of a fun or identifier.
    fn next_atom(&mut self, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        match reader.u8()? {
            tag @ (tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8) => {
                self.atom(tag, reader)
            }
            other => Err(DecodeError::UnknownTag(other)),
        }
    }

    fn pid(&mut self, tag: u8, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let node = self.next_atom(reader)?;
        let (number, serial) = (reader.u32()?, reader.u32()?);
        let creation = read_creation(tag == tag::PID, reader)?;
        if !is_local(node, creation) {
            let numbers = [number, serial];
            let ext = external_id(self.heap, Subtag::ExtPid, node, creation, &numbers)?;
            return Ok(ext);
        }
        if number >> PID_NUMBER_BITS != 0 || serial >> PID_SERIAL_BITS != 0 {
            return Err(DecodeError::BadIdentifier);
        }
        Ok(Term::pid((serial << PID_NUMBER_BITS | number) as usize))
    }

    fn port(&mut self, tag: u8, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let node = self.next_atom(reader)?;
        let number = if tag == tag::V4_PORT {
            reader.u64()?
        } else {
            u64::from(reader.u32()?)
        };
        let creation = read_creation(tag == tag::PORT, reader)?;
        if !is_local(node, creation) {
            let numbers = [number as u32, (number >> 32) as u32];
            let ext = external_id(self.heap, Subtag::ExtPort, node, creation, &numbers)?;
            return Ok(ext);
        }
        if number >> 28 != 0 {
            return Err(DecodeError::BadIdentifier);
        }
        Ok(Term::port(number as usize))
    }

    fn reference(&mut self, tag: u8, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let mut words = [0; MAX_REF_WORDS];
        let mut count = 1;
        if tag != tag::REFERENCE {
            count = reader.u16()? as usize;
        }
        if count == 0 || count > MAX_REF_WORDS {
            return Err(DecodeError::BadIdentifier);
        }
        let node = self.next_atom(reader)?;
        // The oldest tag has its creation last.
        let mut creation = 0;
        if tag != tag::REFERENCE {
            creation = read_creation(tag == tag::NEW_REFERENCE, reader)?;
        }
        for word in &mut words[..count] {
            *word = reader.u32()?;
        }
        if tag == tag::REFERENCE {
            creation = read_creation(true, reader)?;
        }
        if !is_local(node, creation) {
            let words = &words[..count];
            return Ok(external_id(
                self.heap,
                Subtag::ExtRef,
                node,
                creation,
                words,
            )?);
        }
        if count > 3 || words[0] >> REF_LOW_BITS != 0 {
            return Err(DecodeError::BadIdentifier);
        }
        let [low, middle, high, ..] = words;
        Ok(self.heap.reference(Reference([low, middle, high]))?)
    }

    fn external_fun(&mut self, reader: &mut Reader<'_>) -> Result<Term, DecodeError> {
        let module = self.next_atom(reader)?;
        let function = self.next_atom(reader)?;
        let arity = match reader.u8()? {
            tag::SMALL_INTEGER => u32::from(reader.u8()?),
            _ => return Err(DecodeError::BadFun),
        };
        let export = if self.options.safe {
            let existing = self.env.existing_export(module, function, arity);
            existing.ok_or(DecodeError::Unsafe)?
        } else {
            let export = self.env.export(module, function, arity)?;
            export.ok_or(DecodeError::BadFun)?
        };
        Ok(self.heap.external_fun(export)?)
    }

    fn fun(&mut self, reader: &mut Reader<'_>) -> Result<Item, DecodeError> {
        // The size of the whole, which every implementation skips.
        reader.u32()?;
        let arity = u32::from(reader.u8()?);
        let mut uniq = [0; 16];
        uniq.copy_from_slice(reader.take(16)?);
        let index = reader.u32()?;
        let num_free = reader.u32()?;
        let id = FunId {
            module: self.next_atom(reader)?,
            index,
            uniq,
            old_index: small_number(reader)?,
            old_uniq: small_number(reader)?,
            arity,
            num_free,
            creator: match reader.u8()? {
                tag @ (tag::PID | tag::NEW_PID) => self.pid(tag, reader)?,
                _ => return Err(DecodeError::BadFun),
            },
        };
        let left = reader.count(num_free, 1)?;
        let entry = entry(self.env, &id)?;
        if left == 0 {
            return Ok(Item::Whole(self.heap.closure(entry, id.creator, &[])?));
        }
        let (start, id) = (self.parts.len(), boxed(id)?);
        Ok(Item::Open(Frame::Fun { left, start, id }))
    }
}

fn entry<'e, E: Env + ?Sized>(env: &'e E, id: &FunId) -> Result<&'e FunEntry, DecodeError> {
    let entry = env.fun(id)?.ok_or(DecodeError::BadFun)?;
    // Code trusts the number of captured terms, so bytes must not contradict it.
    if entry.arity != id.arity || entry.num_free != id.num_free {
        return Err(DecodeError::BadFun);
    }
    Ok(entry)
}

/// A creation is a byte in older tags (0 to 3), four bytes in newer ones.
fn read_creation(old: bool, reader: &mut Reader<'_>) -> Result<u32, DecodeError> {
    if !old {
        return reader.u32();
    }
    match reader.u8()? {
        creation @ 0..=3 => Ok(u32::from(creation)),
        _ => Err(DecodeError::BadIdentifier),
    }
}

/// A number of at most 32 bits, as in the description of a fun.
fn small_number(reader: &mut Reader<'_>) -> Result<u32, DecodeError> {
    match reader.u8()? {
        tag::SMALL_INTEGER => Ok(u32::from(reader.u8()?)),
        tag::INTEGER => reader.u32(),
        _ => Err(DecodeError::BadFun),
    }
}

/// Identifiers of the node itself, which is not distributed.
fn is_local(node: Term, creation: u32) -> bool {
    node == atoms::NONODE_NOHOST && creation == 0
}

/// The textual form of a float: printed with `%.20e` and padded with zero bytes.
fn float_text(bytes: &[u8]) -> Result<f64, DecodeError> {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    let text = core::str::from_utf8(&bytes[..end]).map_err(|_| DecodeError::BadFloat)?;
    if !is_float_text(text) {
        return Err(DecodeError::BadFloat);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(DecodeError::BadFloat),
    }
}

/// Digits with a point among them, perhaps a sign before and an exponent after.
fn is_float_text(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_is_good = exponent.is_none_or(|e| digits(e.strip_prefix(['-', '+']).unwrap_or(e)));
    let mantissa_is_good = mantissa
        .split_once('.')
        .is_some_and(|(whole, fraction)| digits(whole) && digits(fraction));
    mantissa_is_good && exponent_is_good
}

/// Adds to a stack without aborting when there is no memory.
fn push<T>(stack: &mut Vec<T>, item: T) -> Result<(), DecodeError> {
    if stack.len() == stack.capacity() {
        stack.try_reserve(1).map_err(|_| DecodeError::OutOfMemory)?;
    }
    stack.push(item);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment};
    use crate::sync::Arc;
    use crate::term::AtomTable;
    use alloc::vec;

    fn setup() -> (Fragment, AtomTable) {
        let budget = Arc::new(Budget::new(usize::MAX));
        (Fragment::new(&budget), AtomTable::new(1000, budget))
    }

    fn fails(bytes: &[u8]) -> DecodeError {
        let (mut heap, atoms) = setup();
        decode(&mut heap, &atoms, bytes, DecodeOptions::default()).unwrap_err()
    }

    #[test]
    fn simple_terms() {
        let (mut heap, atoms) = setup();
        let mut get = |bytes: &[u8]| {
            let (term, used) = decode(&mut heap, &atoms, bytes, DecodeOptions::default()).unwrap();
            assert_eq!(used, bytes.len());
            term
        };
        assert_eq!(get(&[131, 97, 7]).as_i64(), Some(7));
        assert_eq!(get(&[131, 98, 255, 255, 255, 255]).as_i64(), Some(-1));
        assert_eq!(get(b"\x83d\0\x02ok"), atoms::OK);
        assert_eq!(get(b"\x83w\x02ok"), atoms::OK);
        let tuple = get(b"\x83h\x02w\x02okk\0\x02hi").as_tuple().unwrap();
        assert_eq!(tuple[0], atoms::OK);
        assert_eq!(tuple[1].list_len(), Some(2));
        let list = get(b"\x83l\0\0\0\x01a\x01a\x02");
        assert_eq!(list.as_cons(), Some((Term::small(1), Term::small(2))));
        assert_eq!(get(b"\x83l\0\0\0\0j"), Term::NIL);
        assert_eq!(get(b"\x83m\0\0\0\x03abc").as_binary().unwrap(), &b"abc"[..]);
        assert_eq!(get(b"\x83M\0\0\0\x01\x03\xff").as_bits().unwrap().len, 3);
        assert_eq!(get(b"\x83F\x3f\xf8\0\0\0\0\0\0").as_float().unwrap(), 1.5);
        let big = get(b"\x83n\x09\x01\0\0\0\0\0\0\0\0\x01").as_int().unwrap();
        assert_eq!(big.to_bigint(), -(num_bigint::BigInt::from(1) << 64usize));
        assert_eq!(get(b"\x83n\x02\0\x05\0").as_small(), Some(5));
    }

    #[test]
    fn a_million_levels() {
        let mut bytes = vec![131];
        for _ in 0..1_000_000 {
            bytes.extend([tag::SMALL_TUPLE, 1]);
        }
        bytes.push(tag::NIL);
        let (mut heap, atoms) = setup();
        let found = decode(&mut heap, &atoms, &bytes, DecodeOptions::default());
        assert_eq!(found.unwrap().1, bytes.len());
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(fails(b""), DecodeError::Truncated);
        assert_eq!(fails(b"\x82j"), DecodeError::BadVersion(0x82));
        assert_eq!(fails(b"\x83\xff"), DecodeError::UnknownTag(255));
        assert_eq!(fails(b"\x83l\xff\xff\xff\xffj"), DecodeError::Truncated);
        assert_eq!(fails(b"\x83i\xff\xff\xff\xff"), DecodeError::Truncated);
        assert_eq!(fails(b"\x83F\x7f\xf0\0\0\0\0\0\0"), DecodeError::BadFloat);
        assert_eq!(
            fails(b"\x83P\xff\xff\xff\xffxx"),
            DecodeError::BadCompression
        );
        assert_eq!(fails(b"\x83M\0\0\0\x01\x09a"), DecodeError::BadBits);
        assert_eq!(fails(b"\x83w\x01\xff"), DecodeError::BadAtom);
    }

    #[test]
    fn safe_makes_no_atoms() {
        let (mut heap, atoms) = setup();
        let safe = DecodeOptions { safe: true };
        let got = decode(&mut heap, &atoms, b"\x83w\x06unsafe", safe);
        assert_eq!(got, Err(DecodeError::Unsafe));
        assert_eq!(atoms.find("unsafe"), None);
    }
}
