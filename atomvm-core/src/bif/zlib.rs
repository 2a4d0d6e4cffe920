//! `zlib`: whole pieces of data, deflated and inflated. There are no streams.
//!
//! ```text
//! compress, uncompress    with the header and checksum of zlib (RFC 1950)
//! zip, unzip              as they are (RFC 1951)
//! gzip, gunzip            as the members of a file of gzip (RFC 1952)
//! ```

use super::hashes::crc32;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::iolist::{self, IoListError};
use crate::term::{Term, atoms};
use alloc::boxed::Box;
use alloc::vec::Vec;
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

pub(super) const TABLE: &[Bif] = &[
    bif("zlib", "compress", 1, compress_1),
    bif("zlib", "uncompress", 1, uncompress_1),
    bif("zlib", "zip", 1, zip_1),
    bif("zlib", "unzip", 1, unzip_1),
    bif("zlib", "gzip", 1, gzip_1),
    bif("zlib", "gunzip", 1, gunzip_1),
];

/// The level of compression that zlib has by default.
const LEVEL: u8 = 6;

const DATA_ERROR: Raise = Raise::Error(atoms::DATA_ERROR);

fn bytes(iodata: Term) -> Result<Vec<u8>, Raise> {
    iolist::to_vec(iodata).map_err(|error| match error {
        IoListError::BadTerm => Raise::BADARG,
        IoListError::NoMemory => Raise::OutOfMemory,
    })
}

fn compress_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let deflated = compress_to_vec_zlib(&bytes(args[0])?, LEVEL);
    Ok(c.p.heap.binary(&deflated)?)
}

fn zip_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let deflated = compress_to_vec(&bytes(args[0])?, LEVEL);
    Ok(c.p.heap.binary(&deflated)?)
}

fn gzip_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let data = bytes(args[0])?;
    let deflated = compress_to_vec(&data, LEVEL);
    let mut out = Vec::new();
    out.try_reserve_exact(HEADER.len() + deflated.len() + TRAILER)
        .map_err(|_| Raise::OutOfMemory)?;
    out.extend(HEADER);
    out.extend(deflated);
    out.extend(crc32::update(0, &data).to_le_bytes());
    out.extend((data.len() as u32).to_le_bytes());
    Ok(c.p.heap.binary(&out)?)
}

fn uncompress_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let data = bytes(args[0])?;
    let mut out = Vec::new();
    inflate(c, &data, TINFL_FLAG_PARSE_ZLIB_HEADER, &mut out)?;
    Ok(c.p.heap.binary(&out)?)
}

fn unzip_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let data = bytes(args[0])?;
    let mut out = Vec::new();
    inflate(c, &data, 0, &mut out)?;
    Ok(c.p.heap.binary(&out)?)
}

/// A file of gzip is a row of members, whose data is the file's one after the other.
fn gunzip_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let data = bytes(args[0])?;
    let mut rest = &data[..];
    let mut out = Vec::new();
    loop {
        let start = out.len();
        rest = header(rest).ok_or(DATA_ERROR)?;
        let used = inflate(c, rest, 0, &mut out)?;
        let (trailer, next) = rest[used..]
            .split_first_chunk::<TRAILER>()
            .ok_or(DATA_ERROR)?;
        let [a, b, c, d, e, f, g, h] = *trailer;
        let sums = (
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        );
        let member = &out[start..];
        if sums != (crc32::update(0, member), member.len() as u32) {
            return Err(DATA_ERROR);
        }
        rest = next;
        // What follows the last member and is none is not looked at.
        if !rest.starts_with(&HEADER[..2]) {
            break;
        }
    }
    Ok(c.p.heap.binary(&out)?)
}

/// Magic number, method, no flags, no time, no extra flags, Unix.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/// Bytes of a checksum and a size.
const TRAILER: usize = 8;

const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// What follows the header of a member of a file of gzip.
fn header(data: &[u8]) -> Option<&[u8]> {
    let (fixed, mut rest) = data.split_first_chunk::<{ HEADER.len() }>()?;
    let flags = fixed[3];
    if fixed[..3] != HEADER[..3] || flags & 0xe0 != 0 {
        return None;
    }
    if flags & HAS_EXTRA != 0 {
        let (size, after) = rest.split_first_chunk()?;
        rest = after.get(usize::from(u16::from_le_bytes(*size))..)?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// Appends what `data` inflates to, to `out`; says how many bytes of `data` that took.
fn inflate(c: &Ctx<'_>, data: &[u8], flags: u32, out: &mut Vec<u8>) -> Result<usize, Raise> {
    let budget = &c.rt.budget;
    let limit = budget.limit().saturating_sub(budget.used());
    let mut state = Box::<DecompressorOxide>::default();
    let (mut used, mut written) = (0, out.len());
    let flags = flags | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    loop {
        let (status, took, gave) = decompress(&mut state, &data[used..], out, written, flags);
        used += took;
        written += gave;
        match status {
            TINFLStatus::Done => {
                out.truncate(written);
                return Ok(used);
            }
            TINFLStatus::HasMoreOutput => enlarge(out, data.len(), limit)?,
            _ => return Err(DATA_ERROR),
        }
    }
}

/// Makes room for more; `data` is the size of the input, of which twice the size is a good guess.
fn enlarge(out: &mut Vec<u8>, data: usize, limit: usize) -> Result<(), Raise> {
    let more = data.max(out.len()).max(64);
    let size = out.len().saturating_add(more);
    if size > limit {
        return Err(Raise::OutOfMemory);
    }
    out.try_reserve_exact(more)
        .map_err(|_| Raise::OutOfMemory)?;
    out.resize(size, 0);
    Ok(())
}
