//! The compressed form of a term.

use super::DecodeError;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// Deflate turns a byte into at most this many.
const MAX_EXPANSION: usize = 1032;

/// Inflates zlib data to exactly `size` bytes; also says how many bytes of `data` that took.
pub(super) fn inflate(data: &[u8], size: usize) -> Result<(Vec<u8>, usize), DecodeError> {
    if size > data.len().saturating_mul(MAX_EXPANSION) {
        return Err(DecodeError::BadCompression);
    }
    let mut out = Vec::new();
    out.try_reserve_exact(size)
        .map_err(|_| DecodeError::OutOfMemory)?;
    out.resize(size, 0);
    let mut state = alloc::boxed::Box::<DecompressorOxide>::default();
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, used, written) = decompress(&mut state, data, &mut out, 0, flags);
    if status == TINFLStatus::Done && written == size {
        Ok((out, used))
    } else {
        Err(DecodeError::BadCompression)
    }
}
