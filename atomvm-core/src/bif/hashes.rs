//! Checksums of iodata: MD5, CRC-32 and Adler-32.

pub(crate) mod adler32;
pub(crate) mod crc32;
mod md5;

use self::md5::Md5;
use super::erlang_binary::binary;
use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::Term;
use crate::term::iolist::{Piece, Pieces};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "md5", 1, md5_1),
    bif("erlang", "md5_init", 0, md5_init_0),
    bif("erlang", "md5_update", 2, md5_update_2),
    bif("erlang", "md5_final", 1, md5_final_1),
    bif("erlang", "crc32", 1, crc32_1),
    bif("erlang", "crc32", 2, crc32_2),
    bif("erlang", "crc32_combine", 3, crc32_combine_3),
    bif("erlang", "adler32", 1, adler32_1),
    bif("erlang", "adler32", 2, adler32_2),
    bif("erlang", "adler32_combine", 3, adler32_combine_3),
];

/// A sum over bytes.
trait Sum: Send + 'static {
    fn update(&mut self, bytes: &[u8]);

    /// What the function returns of it.
    fn finish(&self, c: &mut Ctx<'_>) -> BifResult;
}

/// Bytes that are summed up at once.
const RUN: usize = 16 << 10;

/// The sum of the bytes of iodata.
struct Digest<S> {
    pieces: Pieces,
    /// What is left of a binary: the term, and the next byte.
    rest: Option<(Term, usize)>,
    sum: S,
}

impl<S: Sum> Digest<S> {
    /// Takes in more of the binary at hand.
    fn binary(&mut self, term: Term, at: usize, fuel: &mut Fuel) -> Result<(), Raise> {
        let bits = binary(term)?;
        let count = (bits.len / 8 - at).min(RUN);
        self.sum.update(&bits.slice(at * 8, count * 8).bytes());
        fuel.burn(count);
        let end = at + count;
        self.rest = (end < bits.len / 8).then_some((term, end));
        Ok(())
    }
}

impl<S: Sum> Work for Digest<S> {
    /// Bytes, of a list at eight times their number.
    const PER_REDUCTION: usize = 128;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        // Single bytes are gathered, so that a text as a list does not cost a call for each.
        let (mut gathered, mut count) = ([0; 64], 0);
        loop {
            if let Some((term, at)) = self.rest {
                self.binary(term, at, fuel)?;
            } else {
                match self.pieces.next()? {
                    Some(Piece::Byte(byte)) => {
                        gathered[count] = byte;
                        count += 1;
                        fuel.burn(8);
                        if count < gathered.len() && !fuel.is_empty() {
                            continue;
                        }
                    }
                    Some(Piece::Bits(term, _)) => self.rest = Some((term, 0)),
                    None => {
                        self.sum.update(&gathered[..count]);
                        return self.sum.finish(c).map(Some);
                    }
                }
                self.sum.update(&gathered[..count]);
                count = 0;
            }
            if fuel.is_empty() {
                return Ok(None);
            }
        }
    }
}

/// Sums up iodata.
fn digest<S: Sum>(
    c: &mut Ctx<'_>,
    iodata: Term,
    start: impl FnOnce() -> Result<S, Raise>,
) -> BifResult {
    work::run(c, |_| {
        Ok(Digest {
            pieces: Pieces::of(iodata),
            rest: None,
            sum: start()?,
        })
    })
}

/// An argument of 32 bits.
fn word(term: Term) -> Result<u32, Raise> {
    let value = term.as_int().and_then(|int| int.to_u64());
    value
        .and_then(|v| u32::try_from(v).ok())
        .ok_or(Raise::BADARG)
}

/// The sum of all bytes.
struct Whole(Md5);

impl Sum for Whole {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self, c: &mut Ctx<'_>) -> BifResult {
        Ok(c.p.heap.binary(&self.0.clone().finish())?)
    }
}

/// The state of a sum that goes on.
struct Part(Md5);

impl Sum for Part {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self, c: &mut Ctx<'_>) -> BifResult {
        Ok(c.p.heap.binary(&self.0.to_bytes())?)
    }
}

struct Crc(u32);

impl Sum for Crc {
    fn update(&mut self, bytes: &[u8]) {
        self.0 = crc32::update(self.0, bytes);
    }

    fn finish(&self, c: &mut Ctx<'_>) -> BifResult {
        Ok(c.p.heap.uint(u64::from(self.0))?)
    }
}

struct Adler(u32);

impl Sum for Adler {
    fn update(&mut self, bytes: &[u8]) {
        self.0 = adler32::update(self.0, bytes);
    }

    fn finish(&self, c: &mut Ctx<'_>) -> BifResult {
        Ok(c.p.heap.uint(u64::from(self.0))?)
    }
}

fn md5_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    digest(c, args[0], || Ok(Whole(Md5::new())))
}

fn md5_init_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.heap.binary(&Md5::new().to_bytes())?)
}

fn context(term: Term) -> Result<Md5, Raise> {
    let bytes = term.as_binary().ok_or(Raise::BADARG)?;
    Md5::from_bytes(&bytes).ok_or(Raise::BADARG)
}

fn md5_update_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    digest(c, args[1], || context(args[0]).map(Part))
}

fn md5_final_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let md5 = context(args[0])?;
    Ok(c.p.heap.binary(&md5.finish())?)
}

fn crc32_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    digest(c, args[0], || Ok(Crc(0)))
}

fn crc32_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    digest(c, args[1], || word(args[0]).map(Crc))
}

fn crc32_combine_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let crc = crc32::combine(word(args[0])?, word(args[1])?, word(args[2])?);
    Ok(c.p.heap.uint(u64::from(crc))?)
}

fn adler32_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    digest(c, args[0], || Ok(Adler(1)))
}

fn adler32_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    digest(c, args[1], || word(args[0]).map(Adler))
}

fn adler32_combine_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let sum = adler32::combine(word(args[0])?, word(args[1])?, word(args[2])?);
    Ok(c.p.heap.uint(u64::from(sum))?)
}
