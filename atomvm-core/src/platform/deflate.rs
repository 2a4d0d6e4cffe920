//! Compressors that a machine brings.

use crate::memory::OutOfMemory;
use alloc::boxed::Box;

/// How to deflate, in zlib's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeflateSettings {
    /// 0 to 9, or -1 for the usual level.
    pub level: i32,
    /// The window as a power of two, which also says what stands around the data.
    pub window_bits: i32,
    /// How much memory to use, 1 to 9.
    pub memory_level: i32,
    /// For which kind of data.
    pub strategy: i32,
}

impl Default for DeflateSettings {
    fn default() -> Self {
        DeflateSettings {
            level: -1,
            window_bits: 15,
            memory_level: 8,
            strategy: 0,
        }
    }
}

/// Why data cannot be deflated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeflateError {
    /// The settings are wrong, or the stream is not in a state for this.
    Stream,
    /// There is no memory.
    NoMemory,
}

impl From<OutOfMemory> for DeflateError {
    fn from(_: OutOfMemory) -> DeflateError {
        DeflateError::NoMemory
    }
}

/// What a step came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deflated {
    /// Bytes of the input that were used.
    pub taken: usize,
    /// Bytes of output.
    pub given: usize,
    /// Nothing more will come.
    pub is_end: bool,
}

/// Deflates some data, as zlib does it: so that the bytes are zlib's.
pub trait Deflater: Send {
    /// Deflates as much of the input as there is room for. `flush` is zlib's number for what is to be
    /// written at once.
    ///
    /// # Errors
    /// As [`DeflateError`] says.
    fn deflate(
        &mut self,
        input: &[u8],
        flush: i32,
        out: &mut [u8],
    ) -> Result<Deflated, DeflateError>;

    /// Lets the data refer to these bytes; returns their checksum.
    ///
    /// # Errors
    /// There is data already, or none may be given.
    fn set_dictionary(&mut self, bytes: &[u8]) -> Result<u32, DeflateError>;

    /// Changes level and strategy for what follows.
    ///
    /// # Errors
    /// They are wrong.
    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), DeflateError>;

    /// Begins again, with the settings that there are.
    ///
    /// # Errors
    /// As [`DeflateError`] says.
    fn reset(&mut self) -> Result<(), DeflateError>;
}

/// A new compressor, if the machine has any.
pub type NewDeflater = Option<Result<Box<dyn Deflater>, DeflateError>>;
