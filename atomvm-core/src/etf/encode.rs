//! From a term to bytes: the same bytes that OTP 25 makes.
//!
//! What is left of the compound terms that are being written is on an explicit stack. The size is
//! found by the same walk as the bytes: they go to a sink that only counts.

use super::decode::PID_NUMBER_BITS;
use super::tag;
use crate::deflate::{FINISH, NO_FLUSH, Own};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{boxed, collect, print, with_room};
use crate::memory::tree::tree_size;
use crate::platform::{DeflateError, DeflateSettings, Deflater};
use crate::term::bits::Bits;
use crate::term::external::External;
use crate::term::fun::Closure;
use crate::term::order::compare_exact;
use crate::term::pairs::Pairs;
use crate::term::{AtomTable, Int, Record, Subtag, Term, WORD_BYTES, atoms, map};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Which of the ways to write a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EncodeOptions {
    /// 0: floats as text; 1: as 64 bits; 2: besides, all atoms as UTF-8.
    pub minor_version: u8,
    /// The same bytes for the same term, whatever the history of its maps.
    pub deterministic: bool,
    /// Compress at this level (1 to 9), if that makes it smaller; 0: do not.
    pub compressed: u8,
    /// The most bytes that the result may have. A term whose parts are shared may be far larger
    /// as bytes than it is in memory.
    pub limit: usize,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        EncodeOptions {
            minor_version: 1,
            deterministic: false,
            compressed: 0,
            limit: usize::MAX,
        }
    }
}

impl EncodeOptions {
    /// How to compress.
    pub fn deflate_settings(&self) -> DeflateSettings {
        DeflateSettings {
            level: self.compressed.into(),
            ..DeflateSettings::default()
        }
    }
}

/// Why a term cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EncodeError {
    /// The term has a part that the format knows nothing of.
    #[error("a term that the external format cannot hold")]
    Unsupported,
    /// There is no memory, or the limit is reached.
    #[error("out of memory")]
    OutOfMemory,
}

impl From<OutOfMemory> for EncodeError {
    fn from(_: OutOfMemory) -> Self {
        EncodeError::OutOfMemory
    }
}

/// Writes a term, the version byte included.
///
/// # Errors
/// The term has no external form, or there is no memory.
pub fn encode(
    term: Term,
    atoms: &AtomTable,
    options: EncodeOptions,
) -> Result<Vec<u8>, EncodeError> {
    let mut encoding = Encoding::of(term, options)?;
    while !encoding.step(atoms, &mut usize::MAX.clone())? {}
    Ok(encoding.into_bytes())
}

/// How many bytes a term takes, the version byte included; like OTP's, the answer may be a few
/// bytes too large for a term with funs.
///
/// # Errors
/// As [`encode`].
pub fn encoded_size(
    term: Term,
    atoms: &AtomTable,
    options: EncodeOptions,
) -> Result<usize, EncodeError> {
    let mut sizing = Sizing::of(term, options);
    while !sizing.step(atoms, &mut usize::MAX.clone())? {}
    Ok(sizing.size())
}

/// A walk through a term that writes it to a sink.
struct Walk<S> {
    sink: S,
    options: EncodeOptions,
    pending: Vec<Pending>,
    next: Option<Term>,
    whole: Term,
    /// Parts so far.
    parts: usize,
}

/// A term of more parts may be one whose parts are shared, and too large for any memory.
const PATIENCE: usize = 1 << 24;

/// The most bytes that anyone has the memory for.
const MOST_BYTES: u128 = 1 << 44;

/// The most words of a part of a term that take one byte.
const WORDS_PER_BYTE: u128 = 3;

impl<S: Sink> Walk<S> {
    fn new(term: Term, sink: S, options: EncodeOptions) -> Walk<S> {
        Walk {
            sink,
            options,
            pending: Vec::new(),
            next: Some(term),
            whole: term,
            parts: 0,
        }
    }

    /// Refuses a term that is as bytes larger than there may be.
    #[cold]
    fn check_size(&self) -> Result<(), EncodeError> {
        let words = tree_size(self.whole).ok_or(EncodeError::OutOfMemory)?;
        let most = MOST_BYTES.min(self.options.limit as u128);
        if words / WORDS_PER_BYTE > most {
            return Err(EncodeError::OutOfMemory);
        }
        Ok(())
    }

    fn step(&mut self, atoms: &AtomTable, units: &mut usize) -> Result<bool, EncodeError> {
        let before = self.sink.len();
        if !S::COUNTS && self.parts > PATIENCE {
            self.check_size()?;
            self.parts = 0;
        }
        let mut encoder = Encoder {
            sink: &mut self.sink,
            atoms,
            options: self.options,
            pending: &mut self.pending,
        };
        let mut terms = 0;
        while let Some(term) = self.next {
            encoder.write(term)?;
            self.next = encoder.next();
            terms += 1;
            let bytes = encoder.sink.len().saturating_sub(before) / BYTES_PER_UNIT;
            if terms + bytes >= *units {
                break;
            }
        }
        self.parts += terms;
        *units = units.saturating_sub(terms + (self.sink.len() - before) / BYTES_PER_UNIT);
        Ok(self.next.is_none())
    }
}

/// Bytes that count as one unit of work; so does each part of a term.
const BYTES_PER_UNIT: usize = 32;

/// A term that is being written.
pub struct Encoding {
    walk: Walk<Bytes>,
    /// The compressed form, as far as it has been made.
    deflated: Option<Deflate>,
}

impl Encoding {
    /// To write a term, which must live as long as this.
    ///
    /// # Errors
    /// There is no memory.
    pub fn of(term: Term, options: EncodeOptions) -> Result<Encoding, EncodeError> {
        let mut sink = Bytes {
            bytes: Vec::new(),
            limit: options.limit,
        };
        sink.put(&[tag::VERSION])?;
        Ok(Encoding {
            walk: Walk::new(term, sink, options),
            deflated: None,
        })
    }

    /// Lets something else than the VM's own compressor make the compressed form.
    pub fn deflate_with(&mut self, deflater: Box<dyn Deflater>) {
        self.deflated = Some(Deflate::new(deflater));
    }

    /// Writes on, as long as there are units of work; `true` when all is written.
    ///
    /// # Errors
    /// As [`encode`].
    pub fn step(&mut self, atoms: &AtomTable, units: &mut usize) -> Result<bool, EncodeError> {
        if !self.walk.step(atoms, units)? {
            return Ok(false);
        }
        let plain = &self.walk.sink.bytes[1..];
        if self.walk.options.compressed == 0 || u32::try_from(plain.len()).is_err() {
            return Ok(true);
        }
        if self.deflated.is_none() {
            let own = Own::new(self.walk.options.deflate_settings())?;
            self.deflated = Some(Deflate::new(boxed(own)?));
        }
        match &mut self.deflated {
            Some(deflate) => deflate.step(plain, units),
            None => Ok(true),
        }
    }

    /// The bytes, once all is written.
    pub fn into_bytes(self) -> Vec<u8> {
        let bytes = self.walk.sink.bytes;
        match self.deflated {
            Some(deflate) if deflate.out.len() + 5 < bytes.len() - 1 => {
                let Ok(mut out) = with_room(6 + deflate.out.len()) else {
                    return bytes;
                };
                out.extend([tag::VERSION, tag::COMPRESSED]);
                out.extend((bytes.len() as u32 - 1).to_be_bytes());
                out.extend(deflate.out);
                out
            }
            _ => bytes,
        }
    }
}

/// A term whose size is being found out.
pub struct Sizing(Walk<Count>);

impl Sizing {
    /// To measure a term, which must live as long as this.
    pub fn of(term: Term, options: EncodeOptions) -> Sizing {
        let sink = Count {
            count: 1,
            limit: options.limit,
        };
        Sizing(Walk::new(term, sink, options))
    }

    /// Counts on, as long as there are units of work; `true` when all is counted.
    ///
    /// # Errors
    /// As [`encode`].
    pub fn step(&mut self, atoms: &AtomTable, units: &mut usize) -> Result<bool, EncodeError> {
        self.0.step(atoms, units)
    }

    /// The size, once all is counted.
    pub fn size(&self) -> usize {
        self.0.sink.count
    }
}

/// The compressed form of bytes that are there.
struct Deflate {
    deflater: Box<dyn Deflater>,
    /// The next byte to take in.
    at: usize,
    out: Vec<u8>,
}

impl From<DeflateError> for EncodeError {
    fn from(error: DeflateError) -> Self {
        match error {
            DeflateError::NoMemory => EncodeError::OutOfMemory,
            DeflateError::Stream => EncodeError::Unsupported,
        }
    }
}

impl Deflate {
    /// Bytes that are taken in at once.
    const CHUNK: usize = 16 << 10;
    /// Units of work for each byte.
    const COST: usize = 2;

    fn new(deflater: Box<dyn Deflater>) -> Deflate {
        Deflate {
            deflater,
            at: 0,
            out: Vec::new(),
        }
    }

    fn step(&mut self, plain: &[u8], units: &mut usize) -> Result<bool, EncodeError> {
        loop {
            let chunk = &plain[self.at..plain.len().min(self.at + Self::CHUNK)];
            let is_last = self.at + chunk.len() == plain.len();
            let flush = if is_last { FINISH } else { NO_FLUSH };
            let filled = self.out.len();
            let room = chunk.len() + 128;
            let reserved = self.out.try_reserve(room);
            reserved.map_err(|_| EncodeError::OutOfMemory)?;
            self.out.resize(filled + room, 0);
            let done = self
                .deflater
                .deflate(chunk, flush, &mut self.out[filled..])?;
            self.out.truncate(filled + done.given);
            self.at += done.taken;
            *units = units.saturating_sub(done.taken * Self::COST);
            if done.is_end {
                return Ok(true);
            }
            if *units == 0 {
                return Ok(false);
            }
        }
    }
}

/// Where the bytes go.
trait Sink {
    /// Does it only count?
    const COUNTS: bool;

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError>;

    /// How many bytes there are so far.
    fn len(&self) -> usize;

    /// Corrects four bytes written before.
    fn patch(&mut self, at: usize, value: u32);
}

struct Bytes {
    bytes: Vec<u8>,
    limit: usize,
}

impl Sink for Bytes {
    const COUNTS: bool = false;

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        if self.limit - self.bytes.len() < bytes.len() {
            return Err(EncodeError::OutOfMemory);
        }
        let room = self.bytes.try_reserve(bytes.len());
        room.map_err(|_| EncodeError::OutOfMemory)?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn patch(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
}

struct Count {
    count: usize,
    limit: usize,
}

impl Sink for Count {
    const COUNTS: bool = true;

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.count = self.count.saturating_add(bytes.len());
        if self.count > self.limit {
            return Err(EncodeError::OutOfMemory);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.count
    }

    fn patch(&mut self, _: usize, _: u32) {}
}

/// What is left to write of a compound term.
enum Pending {
    /// These terms.
    Terms(&'static [Term]),
    /// The elements of a list, then its tail; how many there were, and where their number stands.
    List(Term, usize, usize),
    /// Pairs of a map.
    Map(Pairs<'static>),
    /// A value of a map whose key is being written.
    Value(Term),
    /// Keys and values in turn, the last of the map first.
    Sorted(Vec<Term>),
    /// Captured terms of a fun, whose size stands at this place.
    Fun(&'static [Term], usize),
}

struct Encoder<'a, S> {
    sink: &'a mut S,
    atoms: &'a AtomTable,
    options: EncodeOptions,
    pending: &'a mut Vec<Pending>,
}

impl<S: Sink> Encoder<'_, S> {
    /// The next term to write.
    fn next(&mut self) -> Option<Term> {
        loop {
            match self.pending.last_mut()? {
                Pending::Terms(terms) => {
                    if let Some((&first, rest)) = terms.split_first() {
                        *terms = rest;
                        return Some(first);
                    }
                }
                Pending::Map(pairs) => {
                    if let Some((key, value)) = pairs.next() {
                        // There is room: see `push`.
                        self.pending.push(Pending::Value(value));
                        return Some(key);
                    }
                }
                &mut Pending::Value(value) => {
                    self.pending.pop();
                    return Some(value);
                }
                Pending::Sorted(terms) => {
                    if let Some(term) = terms.pop() {
                        return Some(term);
                    }
                }
                Pending::Fun(terms, at) => {
                    if let Some((&first, rest)) = terms.split_first() {
                        *terms = rest;
                        return Some(first);
                    }
                    let size = self.sink.len() - *at;
                    self.sink.patch(*at, size as u32);
                }
                Pending::List(rest, count, at) => {
                    let list = *rest;
                    if let Some((head, tail)) = list.as_cons() {
                        *rest = tail;
                        *count += 1;
                        return Some(head);
                    }
                    let (count, at) = (*count, *at);
                    self.sink.patch(at, count as u32);
                    // The tail comes last, so that a chain of tails needs no more of the stack.
                    self.pending.pop();
                    return Some(list);
                }
            }
            self.pending.pop();
        }
    }

    fn push(&mut self, pending: Pending) -> Result<(), EncodeError> {
        // And for a value of it, if it is a map.
        let room = self.pending.try_reserve(2);
        room.map_err(|_| EncodeError::OutOfMemory)?;
        self.pending.push(pending);
        Ok(())
    }

    fn tag_u32(&mut self, tag: u8, value: usize) -> Result<(), EncodeError> {
        let value = u32::try_from(value).map_err(|_| EncodeError::Unsupported)?;
        self.sink.put(&[tag])?;
        self.sink.put(&value.to_be_bytes())
    }

    fn u32(&mut self, value: u32) -> Result<(), EncodeError> {
        self.sink.put(&value.to_be_bytes())
    }

    /// Writes a term, or the beginning of a compound one.
    fn write(&mut self, term: Term) -> Result<(), EncodeError> {
        if term.is_nil() {
            return self.sink.put(&[tag::NIL]);
        }
        if term.is_cons() {
            return self.list(term);
        }
        if term.is_atom() {
            return self.atom(term);
        }
        if let Some(number) = term.as_pid() {
            return self.local_pid(number);
        }
        if let Some(number) = term.as_port() {
            return self.port(atoms::NONODE_NOHOST, number as u64, 0);
        }
        if let Some(int) = term.as_int() {
            return self.integer(int);
        }
        match term.subtag().ok_or(EncodeError::Unsupported)? {
            Subtag::Tuple => self.tuple(term.as_tuple().unwrap_or(&[])),
            Subtag::Map => self.map(term),
            Subtag::Record => match term.as_record() {
                Some(record) => self.record(record),
                None => Err(EncodeError::Unsupported),
            },
            Subtag::Float => self.float(term.as_float().unwrap_or(0.0)),
            Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin => match term.as_bits() {
                Some(bits) => self.bits(bits),
                None => Err(EncodeError::Unsupported),
            },
            Subtag::Ref => {
                let words = term.as_reference().map_or([0; 3], |r| r.0);
                self.reference(atoms::NONODE_NOHOST, 0, words.into_iter())
            }
            Subtag::Fun => match term.as_closure() {
                Some(closure) => self.fun(closure),
                None => Err(EncodeError::Unsupported),
            },
            Subtag::ExtFun => {
                let export = term.as_external_fun().ok_or(EncodeError::Unsupported)?;
                self.sink.put(&[tag::EXPORT])?;
                self.atom(export.module)?;
                self.atom(export.function)?;
                self.number(i64::from(export.arity))
            }
            subtag @ (Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef) => {
                let id = term.as_external_id().ok_or(EncodeError::Unsupported)?;
                self.external(subtag, id)
            }
            _ => Err(EncodeError::Unsupported),
        }
    }

    fn list(&mut self, list: Term) -> Result<(), EncodeError> {
        let mut iter = list.list_iter();
        let is_byte = |t: Term| matches!(t.as_small(), Some(0..=255));
        let mut count = 0;
        let bytes_only = iter.by_ref().take(u16::MAX as usize).all(|element| {
            count += 1;
            is_byte(element)
        });
        if bytes_only && iter.rest().is_nil() {
            self.sink.put(&[tag::STRING])?;
            self.sink.put(&(count as u16).to_be_bytes())?;
            for element in list.list_iter() {
                self.sink.put(&[element.small_value() as u8])?;
            }
            return Ok(());
        }
        self.sink.put(&[tag::LIST])?;
        let at = self.sink.len();
        self.u32(0)?;
        self.push(Pending::List(list, 0, at))
    }

    fn tuple(&mut self, elements: &'static [Term]) -> Result<(), EncodeError> {
        match u8::try_from(elements.len()) {
            Ok(arity) => self.sink.put(&[tag::SMALL_TUPLE, arity])?,
            Err(_) => self.tag_u32(tag::LARGE_TUPLE, elements.len())?,
        }
        self.push(Pending::Terms(elements))
    }

    fn record(&mut self, record: Record<'static>) -> Result<(), EncodeError> {
        self.tag_u32(tag::RECORD, record.values.len())?;
        self.sink.put(&[u8::from(record.is_exported())])?;
        self.atom(record.module())?;
        self.atom(record.name())?;
        for &name in record.names() {
            self.atom(name)?;
        }
        self.push(Pending::Terms(record.values))
    }

    fn map(&mut self, map: Term) -> Result<(), EncodeError> {
        self.tag_u32(tag::MAP, map::size(map))?;
        if self.options.deterministic && map::flat_parts(map).is_none() {
            let mut pairs = collect(map::iter(map))?;
            pairs.sort_unstable_by(|a, b| compare_exact(self.atoms, a.0, b.0));
            let mut terms = collect(pairs.iter().flat_map(|&(k, v)| [k, v]))?;
            terms.reverse();
            return self.push(Pending::Sorted(terms));
        }
        self.push(Pending::Map(Pairs::as_listed(map)?))
    }

    fn atom(&mut self, atom: Term) -> Result<(), EncodeError> {
        let name = self.atoms.name(atom);
        let latin1 = name.chars().all(|c| c <= '\u{ff}');
        if latin1 && self.options.minor_version < 2 {
            self.sink.put(&[tag::ATOM])?;
            let count = name.chars().count() as u16;
            self.sink.put(&count.to_be_bytes())?;
            if name.is_ascii() {
                return self.sink.put(name.as_bytes());
            }
            return name.chars().try_for_each(|c| self.sink.put(&[c as u8]));
        }
        match u8::try_from(name.len()) {
            Ok(len) => self.sink.put(&[tag::SMALL_ATOM_UTF8, len])?,
            Err(_) => {
                self.sink.put(&[tag::ATOM_UTF8])?;
                self.sink.put(&(name.len() as u16).to_be_bytes())?;
            }
        }
        self.sink.put(name.as_bytes())
    }

    fn integer(&mut self, int: Int<'_>) -> Result<(), EncodeError> {
        match (int.to_i64(), int) {
            (Some(value), _) => self.number(value),
            (None, Int::Big { negative, limbs }) => {
                self.big(negative, limbs.iter().flat_map(|limb| limb.to_le_bytes()))
            }
            (None, Int::Small(_)) => Err(EncodeError::Unsupported),
        }
    }

    fn number(&mut self, value: i64) -> Result<(), EncodeError> {
        if let Ok(byte) = u8::try_from(value) {
            return self.sink.put(&[tag::SMALL_INTEGER, byte]);
        }
        match i32::try_from(value) {
            Ok(value) => self.tag_u32(tag::INTEGER, value as u32 as usize),
            Err(_) => self.big(value < 0, value.unsigned_abs().to_le_bytes().into_iter()),
        }
    }

    /// `digits` are bytes, least significant first, perhaps with zeros at the end.
    fn big(
        &mut self,
        negative: bool,
        digits: impl Iterator<Item = u8> + Clone,
    ) -> Result<(), EncodeError> {
        let is_used = digits.clone().enumerate().filter(|&(_, digit)| digit != 0);
        let count = is_used.last().map_or(0, |(i, _)| i + 1);
        match u8::try_from(count) {
            Ok(count) => self.sink.put(&[tag::SMALL_BIG, count])?,
            Err(_) => self.tag_u32(tag::LARGE_BIG, count)?,
        }
        self.sink.put(&[negative as u8])?;
        let mut chunk = [0; WORD_BYTES * 8];
        let mut filled = 0;
        for digit in digits.take(count) {
            chunk[filled] = digit;
            filled += 1;
            if filled == chunk.len() {
                self.sink.put(&chunk)?;
                filled = 0;
            }
        }
        self.sink.put(&chunk[..filled])
    }

    fn float(&mut self, value: f64) -> Result<(), EncodeError> {
        if self.options.minor_version > 0 {
            self.sink.put(&[tag::NEW_FLOAT])?;
            return self.sink.put(&value.to_bits().to_be_bytes());
        }
        // As C prints it with `%.20e`: the exponent has a sign and at least two digits.
        let text = print!("{value:.20e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = match exponent.strip_prefix('-') {
            Some(digits) => ('-', digits),
            None => ('+', exponent),
        };
        let text = print!("{mantissa}e{sign}{digits:0>2}");
        let mut field = [0; 31];
        for (to, from) in field.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        self.sink.put(&[tag::FLOAT])?;
        self.sink.put(&field)
    }

    fn bits(&mut self, bits: Bits<'_>) -> Result<(), EncodeError> {
        let (last, extra) = bits.tail();
        if extra == 0 {
            self.tag_u32(tag::BINARY, bits.len / 8)?;
            return self.sink.put(&bits.bytes());
        }
        self.tag_u32(tag::BIT_BINARY, bits.len.div_ceil(8))?;
        self.sink.put(&[extra as u8])?;
        self.sink.put(&bits.bytes())?;
        self.sink.put(&[last])
    }

    fn local_pid(&mut self, number: usize) -> Result<(), EncodeError> {
        let low = number & ((1 << PID_NUMBER_BITS) - 1);
        let serial = number >> PID_NUMBER_BITS;
        self.pid(atoms::NONODE_NOHOST, low as u32, serial as u32, 0)
    }

    fn pid(
        &mut self,
        node: Term,
        number: u32,
        serial: u32,
        creation: u32,
    ) -> Result<(), EncodeError> {
        self.sink.put(&[tag::NEW_PID])?;
        self.atom(node)?;
        self.u32(number)?;
        self.u32(serial)?;
        self.u32(creation)
    }

    fn port(&mut self, node: Term, number: u64, creation: u32) -> Result<(), EncodeError> {
        let is_short = number >> 28 == 0;
        let tag = if is_short {
            tag::NEW_PORT
        } else {
            tag::V4_PORT
        };
        self.sink.put(&[tag])?;
        self.atom(node)?;
        match is_short {
            true => self.u32(number as u32)?,
            false => self.sink.put(&number.to_be_bytes())?,
        }
        self.u32(creation)
    }

    fn reference(
        &mut self,
        node: Term,
        creation: u32,
        words: impl ExactSizeIterator<Item = u32>,
    ) -> Result<(), EncodeError> {
        self.sink.put(&[tag::NEWER_REFERENCE])?;
        self.sink.put(&(words.len() as u16).to_be_bytes())?;
        self.atom(node)?;
        self.u32(creation)?;
        for word in words {
            self.u32(word)?;
        }
        Ok(())
    }

    fn external(&mut self, subtag: Subtag, id: External<'_>) -> Result<(), EncodeError> {
        let number = |i: usize| id.numbers.get(i).map_or(0, |&n| n as u32);
        match subtag {
            Subtag::ExtPid => self.pid(id.node, number(0), number(1), id.creation),
            Subtag::ExtPort => {
                let full = u64::from(number(0)) | u64::from(number(1)) << 32;
                self.port(id.node, full, id.creation)
            }
            _ => {
                let words = id.numbers.iter().map(|&n| n as u32);
                self.reference(id.node, id.creation, words)
            }
        }
    }

    fn fun(&mut self, closure: Closure<'static>) -> Result<(), EncodeError> {
        let entry = closure.entry;
        self.sink.put(&[tag::NEW_FUN])?;
        let at = self.sink.len();
        self.u32(0)?;
        self.sink.put(&[entry.arity as u8])?;
        self.sink.put(&entry.uniq)?;
        self.u32(entry.index)?;
        self.u32(closure.env.len() as u32)?;
        self.atom(entry.module)?;
        if S::COUNTS {
            // The size of these two is not looked at, as in OTP.
            self.sink.put(&[0; 10])?;
        } else {
            self.number(i64::from(entry.index))?;
            self.number(i64::from(entry.old_uniq))?;
        }
        match (closure.creator.as_pid(), closure.creator.as_external_id()) {
            (Some(number), _) => self.local_pid(number)?,
            (None, Some(id)) => self.external(Subtag::ExtPid, id)?,
            (None, None) => return Err(EncodeError::Unsupported),
        }
        self.push(Pending::Fun(closure.env, at))
    }
}
