//! The container of a BEAM file: an IFF form with named chunks, perhaps compressed as a whole.

use crate::memory::fallible::Grow;
use alloc::borrow::Cow;
use alloc::vec::Vec;

use miniz_oxide::inflate::decompress_slice_iter_to_slice;

use super::error::{BeamError, ChunkName};
use super::reader::Reader;

/// A chunk of a BEAM file, whether or not this version knows what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Its name, four characters.
    pub name: [u8; 4],
    /// Its data, without the padding.
    pub data: &'a [u8],
}

const FORM: [u8; 4] = *b"FOR1";
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The most that deflate can expand its input, with room for a short input's overhead.
const MAX_EXPANSION: usize = 1040;

/// Whether `bytes` begin as a BEAM file does (also one that is compressed as a whole).
pub fn is_beam(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
        || (bytes.starts_with(&FORM) && bytes.get(8..12) == Some(b"BEAM".as_slice()))
}

/// The chunks of `bytes`, in the order of the file. What follows the form is ignored.
pub(super) fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, BeamError> {
    if bytes.starts_with(&GZIP) {
        return Err(BeamError::Compressed);
    }
    if !bytes.starts_with(&FORM) {
        return Err(BeamError::NotABeam);
    }
    let mut reader = Reader::new(FORM, bytes);
    reader.bytes(4)?;
    let size = reader.u32()? as usize;
    if size > reader.remaining() {
        return Err(BeamError::Truncated {
            chunk: ChunkName(FORM),
            offset: bytes.len(),
        });
    }
    let mut reader = Reader::new(FORM, &bytes[..8 + size]);
    reader.bytes(8)?;
    if reader.bytes(4)? != b"BEAM" {
        return Err(BeamError::NotABeam);
    }
    let mut chunks = Vec::new();
    while reader.remaining() >= 4 {
        let mut name = [0; 4];
        name.copy_from_slice(reader.bytes(4)?);
        let size = reader.u32()? as usize;
        let data = reader.bytes(size)?;
        // Some writers leave out the padding of the last chunk.
        let padding = size.wrapping_neg() % 4;
        reader.bytes(padding.min(reader.remaining()))?;
        chunks.try_push(Chunk { name, data })?;
    }
    Ok(chunks)
}

/// Undoes the compression of a whole file (`erlc +compressed`); other files come back as they are.
///
/// # Errors
///
/// [`BeamError::BadCompression`] if it is damaged, [`BeamError::OutOfMemory`] if there is no room.
pub fn inflate(bytes: &[u8]) -> Result<Cow<'_, [u8]>, BeamError> {
    if !bytes.starts_with(&GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let damaged = BeamError::BadCompression {
        chunk: ChunkName(FORM),
    };
    let start = gzip_header(bytes).ok_or(damaged)?;
    let end = bytes.len().checked_sub(8).filter(|end| *end > start);
    let end = end.ok_or(damaged)?;
    let mut size = [0; 4];
    size.copy_from_slice(&bytes[end + 4..]);
    let size = u32::from_le_bytes(size) as usize;
    inflate_to(FORM, &bytes[start..end], size, Wrapper::None).map(Cow::Owned)
}

/// The length of a gzip header, with its optional fields.
fn gzip_header(bytes: &[u8]) -> Option<usize> {
    const HAS_CRC: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    if *bytes.get(2)? != 8 {
        return None;
    }
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & HAS_EXTRA != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            at += bytes.get(at..)?.iter().position(|b| *b == 0)? + 1;
        }
    }
    if flags & HAS_CRC != 0 {
        at += 2;
    }
    Some(at)
}

/// What stands around deflated data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// Nothing.
    None,
    /// A zlib header and checksum.
    Zlib,
}

/// Inflates `data` of `chunk` to exactly `size` bytes.
///
/// A size that compression cannot reach is refused before anything is allocated.
pub(super) fn inflate_to(
    chunk: [u8; 4],
    data: &[u8],
    size: usize,
    wrapper: Wrapper,
) -> Result<Vec<u8>, BeamError> {
    let chunk = ChunkName(chunk);
    let damaged = BeamError::BadCompression { chunk };
    if size > data.len().saturating_mul(MAX_EXPANSION) {
        return Err(damaged);
    }
    let mut out = Vec::new();
    out.try_reserve_exact(size)
        .map_err(|_| BeamError::OutOfMemory { chunk, size })?;
    out.resize(size, 0);
    let zlib = wrapper == Wrapper::Zlib;
    match decompress_slice_iter_to_slice(&mut out, core::iter::once(data), zlib, false) {
        Ok(written) if written == size => Ok(out),
        _ => Err(damaged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn other_files_are_no_beam() {
        assert_eq!(chunks(b""), Err(BeamError::NotABeam));
        assert_eq!(chunks(b"\x7fELF"), Err(BeamError::NotABeam));
        assert_eq!(chunks(b"FOR1\0\0\0\x04AIFF"), Err(BeamError::NotABeam));
        assert_eq!(chunks(&[0x1f, 0x8b, 8, 0]), Err(BeamError::Compressed));
    }

    #[test]
    fn the_last_chunk_may_lack_its_padding() {
        let file = b"FOR1\0\0\0\x0dBEAMabcd\0\0\0\x01z";
        let found = chunks(file).unwrap();
        assert_eq!(
            found,
            vec![Chunk {
                name: *b"abcd",
                data: b"z"
            }]
        );
    }

    #[test]
    fn a_claimed_size_beyond_compression_is_refused() {
        assert!(inflate_to(*b"LitT", &[0; 16], 1 << 30, Wrapper::Zlib).is_err());
    }

    #[test]
    fn a_whole_compressed_file_is_inflated() {
        // gzip of "hello", with a file name in the header.
        let deflated = miniz_oxide::deflate::compress_to_vec(b"hello", 6);
        let mut file = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
        file.extend_from_slice(b"name\0");
        file.extend_from_slice(&deflated);
        file.extend_from_slice(&[0; 4]);
        file.extend_from_slice(&5u32.to_le_bytes());
        assert_eq!(&*inflate(&file).unwrap(), b"hello");
        for end in 0..file.len() {
            let _ = inflate(&file[..end]);
        }
    }
}
