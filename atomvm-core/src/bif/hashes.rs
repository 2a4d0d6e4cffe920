//! Checksums of iodata: MD5, CRC-32 and Adler-32.

mod adler32;
pub(super) mod crc32;
mod md5;

use self::md5::Md5;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::Term;
use crate::term::iolist::{IoListError, Piece, Pieces};

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

/// Gives the bytes of iodata to `visit`, in runs of any length but 0.
fn for_each_run(iodata: Term, mut visit: impl FnMut(&[u8])) -> Result<(), Raise> {
    let raise = |error| match error {
        IoListError::BadTerm => Raise::BADARG,
        IoListError::NoMemory => Raise::OutOfMemory,
    };
    let mut pieces = Pieces::of(iodata);
    // Single bytes are gathered, so that a text as a list does not cost a call for each of them.
    let (mut gathered, mut count) = ([0; 64], 0);
    while let Some(piece) = pieces.next().map_err(raise)? {
        match piece {
            Piece::Byte(byte) => {
                gathered[count] = byte;
                count += 1;
                if count < gathered.len() {
                    continue;
                }
            }
            Piece::Bits(_, bits) if !bits.is_binary() => return Err(Raise::BADARG),
            Piece::Bits(_, bits) => {
                if count > 0 {
                    visit(&gathered[..count]);
                }
                if bits.len > 0 {
                    visit(&bits.bytes());
                }
                count = 0;
                continue;
            }
        }
        visit(&gathered[..count]);
        count = 0;
    }
    if count > 0 {
        visit(&gathered[..count]);
    }
    Ok(())
}

/// An argument of 32 bits.
fn word(term: Term) -> Result<u32, Raise> {
    let value = term.as_int().and_then(|int| int.to_u64());
    value
        .and_then(|v| u32::try_from(v).ok())
        .ok_or(Raise::BADARG)
}

fn md5_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut md5 = Md5::new();
    for_each_run(args[0], |run| md5.update(run))?;
    Ok(c.p.heap.binary(&md5.finish())?)
}

fn md5_init_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.p.heap.binary(&Md5::new().to_bytes())?)
}

fn context(term: Term) -> Result<Md5, Raise> {
    let bytes = term.as_binary().ok_or(Raise::BADARG)?;
    Md5::from_bytes(&bytes).ok_or(Raise::BADARG)
}

fn md5_update_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut md5 = context(args[0])?;
    for_each_run(args[1], |run| md5.update(run))?;
    Ok(c.p.heap.binary(&md5.to_bytes())?)
}

fn md5_final_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let md5 = context(args[0])?;
    Ok(c.p.heap.binary(&md5.finish())?)
}

fn crc32_of(c: &mut Ctx<'_>, start: u32, iodata: Term) -> BifResult {
    let mut crc = start;
    for_each_run(iodata, |run| crc = crc32::update(crc, run))?;
    Ok(c.p.heap.uint(u64::from(crc))?)
}

fn crc32_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    crc32_of(c, 0, args[0])
}

fn crc32_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let start = word(args[0])?;
    crc32_of(c, start, args[1])
}

fn crc32_combine_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let crc = crc32::combine(word(args[0])?, word(args[1])?, word(args[2])?);
    Ok(c.p.heap.uint(u64::from(crc))?)
}

fn adler32_of(c: &mut Ctx<'_>, start: u32, iodata: Term) -> BifResult {
    let mut sum = start;
    for_each_run(iodata, |run| sum = adler32::update(sum, run))?;
    Ok(c.p.heap.uint(u64::from(sum))?)
}

fn adler32_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    adler32_of(c, 1, args[0])
}

fn adler32_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let start = word(args[0])?;
    adler32_of(c, start, args[1])
}

fn adler32_combine_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let sum = adler32::combine(word(args[0])?, word(args[1])?, word(args[2])?);
    Ok(c.p.heap.uint(u64::from(sum))?)
}
