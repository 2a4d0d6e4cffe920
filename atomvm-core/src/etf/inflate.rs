//! The compressed form of a term.

use super::DecodeError;
use alloc::boxed::Box;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// Deflate turns a byte into at most this many.
const MAX_EXPANSION: usize = 1032;

/// Bytes that are made at once.
const CHUNK: usize = 32 << 10;

/// Units of work for each byte that is made.
const BYTES_PER_UNIT: usize = 8;

/// zlib data on its way to bytes of a known size.
pub(super) struct Inflate {
    state: Box<DecompressorOxide>,
    out: Vec<u8>,
    size: usize,
    written: usize,
    used: usize,
}

impl Inflate {
    /// To inflate so many bytes to `size`.
    pub fn new(data: usize, size: usize) -> Result<Inflate, DecodeError> {
        if size > data.saturating_mul(MAX_EXPANSION) {
            return Err(DecodeError::BadCompression);
        }
        let mut out = Vec::new();
        out.try_reserve_exact(size)
            .map_err(|_| DecodeError::OutOfMemory)?;
        Ok(Inflate {
            state: Box::default(),
            out,
            size,
            written: 0,
            used: 0,
        })
    }

    /// Inflates on, as long as there are units of work; `true` when all is done.
    pub fn step(&mut self, data: &[u8], units: &mut usize) -> Result<bool, DecodeError> {
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        loop {
            let end = self.size.min(self.written + CHUNK);
            if self.out.len() < end {
                self.out.resize(end, 0);
            }
            let rest = &data[self.used..];
            let (status, used, written) =
                decompress(&mut self.state, rest, &mut self.out, self.written, flags);
            self.used += used;
            self.written += written;
            *units = units.saturating_sub(1 + written / BYTES_PER_UNIT);
            match status {
                TINFLStatus::Done if self.written == self.size => return Ok(true),
                TINFLStatus::HasMoreOutput if self.written < self.size => {}
                _ => return Err(DecodeError::BadCompression),
            }
            if *units == 0 {
                return Ok(false);
            }
        }
    }

    /// What was inflated.
    pub fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// How many bytes of the data that took.
    pub fn used(&self) -> usize {
        self.used
    }
}
