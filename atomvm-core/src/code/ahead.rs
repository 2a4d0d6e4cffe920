//! Translations that were made ahead of time: a chunk of the BEAM file that holds what the translator
//! makes of its code, to be run where it stands.
//!
//! The chunk `avmT` depends on the machine and on the version of the VM; one that does not fit is as
//! good as none. All numbers but those of the block are in the order of the file, big end first:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | the version of the translator ([`VERSION`]) |
//! | 4 | bytes of a word, 1 for big-endian, two of 0 |
//! | 16 | the MD5 sum that the module has in OTP |
//! | 16 | the checksum of the file |
//! | 4 | the words of the block |
//! | 4 each | the block, see `image.rs`, in the order of the machine |
//! | rest | what the link table refers to; large integers; the selections whose pairs are ordered |
//!
//! The last three are numbers as `numbers.rs` writes them.

use super::emit::{Link, unpack};
use super::error::{LoadReason, Unusable};
use super::isa;
use super::numbers::{Numbers, put};
use super::source::{Source, Trust};
use super::target::{Purpose, Target};
use super::translate::Translated;
use super::verify::Verified;
use super::{image, link};
use crate::beam::{Beam, BigInteger};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, slice_of, with_room};
use alloc::vec::Vec;
use core::ops::Range;
use md5::{Digest, Md5};

/// The chunk's name.
pub const CHUNK: [u8; 4] = *b"avmT";

/// Tells the translator and the instructions of this version of the VM from those of others.
pub const VERSION: u64 = include!(concat!(env!("OUT_DIR"), "/version.rs"));

const TARGET: usize = 8;
const MD5: usize = 12;
const CHECKSUM: Range<usize> = 28..44;
const LENGTH: usize = 44;
const HEADER: usize = 48;

/// The chunk of a file, if it is for this VM.
#[derive(Clone, Copy)]
pub(super) struct Ahead<'a> {
    file: &'a [u8],
    data: &'a [u8],
    trust: Trust,
}

/// What is needed to link a translation.
pub(super) struct LinkTables {
    pub links: Vec<Link>,
    pub bigs: Vec<BigInteger>,
    /// The pairs of each selection: where they start, and how many there are.
    pub selections: Vec<(u32, u32)>,
}

/// A module with its translation for `target` added, or none if it has native records, which are only
/// translated when it is loaded. `with_code` says whether its BEAM code stays: without it the file is
/// smaller, but only a VM that trusts its pack, and for which the translation was made, can load it.
///
/// # Errors
/// The file is damaged, or its code is refused.
pub fn translate(
    file: &[u8],
    target: Target,
    with_code: bool,
) -> Result<Option<Vec<u8>>, LoadReason> {
    let beam = Beam::parse(file)?;
    if beam.chunk(*b"Recs").is_some() {
        return Ok(None);
    }
    let verified = super::verify::verify(&beam).map_err(link::refused)?;
    let md5 = super::md5::of_beam(file);
    let mut data = chunk(&beam, &verified, md5, target)?;
    let mut form = crate::beam::FormWriter::new()?;
    let skipped: &[[u8; 4]] = match with_code {
        true => &[CHUNK],
        // What only the translator reads.
        false => &[CHUNK, *b"Type", *b"Line", *b"LocT"],
    };
    for chunk in beam.chunks.iter().filter(|c| !skipped.contains(&c.name)) {
        let bytes = match &chunk.name {
            b"Code" if !with_code => chunk.data.get(..CODE_HEADER).unwrap_or(chunk.data),
            _ => chunk.data,
        };
        form.chunk(chunk.name, bytes)?;
    }
    let sum = checksum(form.bytes(), &data);
    data[CHECKSUM].copy_from_slice(&sum);
    form.chunk(CHUNK, &data)?;
    Ok(Some(form.finish()?))
}

/// A module as it is, without what was translated ahead of time.
///
/// # Errors
/// The file is damaged.
pub fn without_translation(file: &[u8]) -> Result<Vec<u8>, LoadReason> {
    Ok(Beam::parse_tables(file)?.without(CHUNK)?)
}

/// The bytes of chunk `Code` before the first instruction.
const CODE_HEADER: usize = 20;

/// Has the file no code but what was translated?
pub(super) fn is_without_code(file: &[u8]) -> bool {
    let mut chunks = super::md5::chunks(file);
    chunks.any(|(name, data)| name == b"Code" && data.len() == CODE_HEADER)
}

/// The chunk's data, with zeros for the checksum.
fn chunk(
    beam: &Beam<'_>,
    verified: &Verified,
    md5: [u8; 16],
    target: Target,
) -> Result<Vec<u8>, LoadReason> {
    let purpose = Purpose {
        target,
        is_placed: true,
        stress: false,
    };
    let translated = link::translated(beam, verified, purpose)?;
    let tables = tables(beam, &translated)?;
    let block = translated.block(beam)?;
    let mut data = with_room(HEADER + 4 * block.len() + tables.len())?;
    data.extend(VERSION.to_be_bytes());
    data.extend([target.word_bytes, target.is_big_endian.into(), 0, 0]);
    data.extend(md5);
    data.extend([0; 16]);
    data.extend((block.len() as u32).to_be_bytes());
    let block = match target.is_big_endian == Target::NATIVE.is_big_endian {
        true => block,
        false => in_other_order(&block)?,
    };
    data.extend(block.iter().flat_map(|word| word.to_ne_bytes()));
    data.extend(tables);
    Ok(data)
}

/// A block for a machine of the other byte order.
fn in_other_order(block: &[u32]) -> Result<Vec<u32>, OutOfMemory> {
    let (code, tables) = image::words_of(block);
    let mut other = with_room(block.len())?;
    while other.len() < code {
        // The first words of an instruction are pairs of units, its tail is words.
        let at = other.len();
        let (fixed, tail) = isa::extent(&block[..code], at);
        let units = block[at..at + fixed].iter().map(|&word| {
            let [a, b] = unpack(word).map(u16::swap_bytes);
            super::emit::pack([a, b])
        });
        other.extend(units);
        other.extend(
            block[at + fixed..at + fixed + tail]
                .iter()
                .map(|word| word.swap_bytes()),
        );
    }
    let is_word = |at: usize| at < tables || at >= block.len() - image::TRAILER;
    other.extend(
        block
            .iter()
            .enumerate()
            .skip(code)
            .map(|(at, word)| match is_word(at) {
                true => word.swap_bytes(),
                false => *word,
            }),
    );
    Ok(other)
}

/// A checksum of the chunks of a file but `avmT`, and of that one.
fn checksum(file: &[u8], ahead: &[u8]) -> [u8; 16] {
    let mut sum = Md5::new();
    sum.update(b"translated by packbeam");
    let others = super::md5::chunks(file).filter(|(name, _)| **name != CHUNK);
    for (name, data) in others {
        sum.update(name);
        sum.update((data.len() as u64).to_be_bytes());
        sum.update(data);
    }
    sum.update(&ahead[..CHECKSUM.start]);
    sum.update(&ahead[CHECKSUM.end..]);
    sum.finalize().into()
}

impl<'a> Ahead<'a> {
    /// The translation in a file, if there is one for this VM.
    pub fn of(source: &'a Source) -> Option<Ahead<'a>> {
        let file: &[u8] = source;
        let (_, data) = super::md5::chunks(file).find(|(name, _)| **name == CHUNK)?;
        let ahead = Ahead {
            file,
            data,
            trust: source.trust(),
        };
        let target = Target {
            word_bytes: *data.get(TARGET)?,
            is_big_endian: *data.get(TARGET + 1)? != 0,
        };
        let fits = *data.first_chunk()? == VERSION.to_be_bytes() && target == Target::NATIVE;
        (fits && ahead.end() <= data.len()).then_some(ahead)
    }

    /// Need it not be verified?
    pub fn is_trusted(&self) -> bool {
        match self.trust {
            Trust::Nothing => false,
            Trust::Checksum => !self.is_damaged(),
            Trust::All => true,
        }
    }

    /// Is its checksum wrong?
    pub fn is_damaged(&self) -> bool {
        checksum(self.file, self.data) != self.data[CHECKSUM]
    }

    /// The module's MD5 sum.
    pub fn md5(&self) -> [u8; 16] {
        self.data[MD5..].first_chunk().copied().unwrap_or_default()
    }

    /// Where its block ends in the chunk.
    fn end(&self) -> usize {
        let words = self.data.get(LENGTH..).and_then(|rest| rest.first_chunk());
        let words = words.map_or(u32::MAX, |words| u32::from_be_bytes(*words));
        HEADER.saturating_add((words as usize).saturating_mul(4))
    }

    /// Where its block is in the file.
    pub fn block(&self) -> Range<usize> {
        let start = self.data.as_ptr() as usize - self.file.as_ptr() as usize;
        start + HEADER..start + self.end()
    }

    /// A copy of its block.
    ///
    /// # Errors
    /// There is no memory.
    pub fn words(&self) -> Result<Vec<u32>, OutOfMemory> {
        let (words, _) = self.data[HEADER..self.end()].as_chunks();
        collect(words.iter().map(|word| u32::from_ne_bytes(*word)))
    }

    /// Is it what the translator makes of the module's code?
    ///
    /// # Errors
    /// It is not, or there is no memory.
    pub fn compare(
        &self,
        beam: &Beam<'_>,
        verified: &Verified,
        md5: [u8; 16],
    ) -> Result<(), LoadReason> {
        let made = chunk(beam, verified, md5, Target::NATIVE)?;
        // The reader has seen that the header is whole.
        let same = made.len() == self.data.len()
            && made[..CHECKSUM.start] == self.data[..CHECKSUM.start]
            && made[CHECKSUM.end..] == self.data[CHECKSUM.end..];
        match same {
            true => Ok(()),
            false => Err(DAMAGED),
        }
    }

    /// What it takes to link it.
    ///
    /// # Errors
    /// It is damaged, or there is no memory.
    pub fn tables(&self) -> Result<LinkTables, LoadReason> {
        Numbers(&self.data[self.end()..]).tables()
    }
}

const NIL: u64 = 0;
const ATOM: u64 = 1;
const INTEGER: u64 = 2;
const BIG_INTEGER: u64 = 3;
const LITERAL: u64 = 4;
const IMPORT: u64 = 5;
const LAMBDA: u64 = 6;
const ORDER: u64 = 7;

/// What follows the block.
fn tables(beam: &Beam<'_>, translated: &Translated) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = Vec::new();
    put(&mut out, translated.links.len() as u64)?;
    for link in &translated.links {
        let (tag, value) = match *link {
            // There are no records here: `translate` leaves such modules alone.
            Link::Nil | Link::Record(_) => (NIL, 0),
            Link::Atom(i) => (ATOM, u64::from(i)),
            Link::Integer(value) => {
                put(&mut out, INTEGER)?;
                put(&mut out, (value << 1 ^ value >> 63) as u64)?;
                continue;
            }
            Link::BigInteger(i) => (BIG_INTEGER, i.into()),
            Link::Literal(i) => (LITERAL, i.into()),
            Link::Import(i) => (IMPORT, i.into()),
            Link::Lambda(i) => (LAMBDA, i.into()),
            Link::Order(i) => (ORDER, i.into()),
        };
        put(&mut out, value << 3 | tag)?;
    }
    let bigs = beam.code.big_integers();
    put(&mut out, bigs.len() as u64)?;
    for big in bigs {
        put(
            &mut out,
            (big.magnitude.len() as u64) << 1 | u64::from(big.negative),
        )?;
        out.try_extend(big.magnitude.iter().copied())?;
    }
    put(&mut out, translated.selections.len() as u64)?;
    for &(start, pairs) in &translated.selections {
        put(&mut out, start.into())?;
        put(&mut out, pairs.into())?;
    }
    Ok(out)
}

/// Why what is not right is refused.
const DAMAGED: LoadReason = LoadReason::Untranslated(Unusable::Damaged);

impl Numbers<'_> {
    fn number(&mut self) -> Result<u64, LoadReason> {
        self.next().ok_or(DAMAGED)
    }

    fn tables(&mut self) -> Result<LinkTables, LoadReason> {
        Ok(LinkTables {
            links: self.list(Numbers::link)?,
            bigs: self.list(Numbers::big)?,
            selections: self.list(|of| Ok((of.number()? as u32, of.number()? as u32)))?,
        })
    }

    /// A list behind its length, whose elements take a byte at least.
    fn list<T>(
        &mut self,
        element: impl Fn(&mut Self) -> Result<T, LoadReason>,
    ) -> Result<Vec<T>, LoadReason> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count > self.0.len() {
            return Err(DAMAGED);
        }
        let mut list = with_room(count)?;
        for _ in 0..count {
            list.push(element(self)?);
        }
        Ok(list)
    }

    fn link(&mut self) -> Result<Link, LoadReason> {
        let number = self.number()?;
        let index = (number >> 3) as u32;
        Ok(match number & 7 {
            NIL => Link::Nil,
            ATOM => Link::Atom(index),
            INTEGER => {
                let value = self.number()?;
                Link::Integer((value >> 1) as i64 ^ -((value & 1) as i64))
            }
            BIG_INTEGER => Link::BigInteger(index),
            LITERAL => Link::Literal(index),
            IMPORT => Link::Import(index),
            LAMBDA => Link::Lambda(index),
            _ => Link::Order(index),
        })
    }

    fn big(&mut self) -> Result<BigInteger, LoadReason> {
        let head = self.number()?;
        let magnitude = self.bytes((head >> 1) as usize).ok_or(DAMAGED)?;
        Ok(BigInteger {
            negative: head & 1 != 0,
            magnitude: slice_of(collect(magnitude.iter().copied())?)?,
        })
    }
}
