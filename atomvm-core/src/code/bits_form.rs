//! The tails of the two instructions of the bit syntax that do many things.

/// The commands of `bs_match`: the low bits of the first of four words. Above them are flags (4
/// to 15) and a unit or the number of live registers (16 to 31); the second word is a number of
/// bits, the third a value, the fourth a target.
pub(crate) mod command {
    /// At least so many bits, and the rest a multiple of the unit.
    pub const ENSURE_AT_LEAST: u32 = 0;
    /// Exactly so many bits.
    pub const ENSURE_EXACTLY: u32 = 1;
    /// Takes an integer.
    pub const INTEGER: u32 = 2;
    /// Takes a bit string.
    pub const BINARY: u32 = 3;
    /// Passes bits over.
    pub const SKIP: u32 = 4;
    /// Gives the rest, without taking it.
    pub const GET_TAIL: u32 = 5;
    /// Takes an integer that must have a value.
    pub const EQUAL: u32 = 6;
    /// Words of a command.
    pub const WORDS: usize = 4;
    /// Where the flags are.
    pub const FLAGS_SHIFT: u32 = 4;
    /// Where unit or live registers are.
    pub const NUMBER_SHIFT: u32 = 16;
}

/// The segments of `bs_create_bin`: the low byte of the first of four words. Above it are flags
/// (8 to 15) and the unit (16 to 31); the second word is the source, the third the size. The low
/// half of the fourth is the number of the segment in the source code; above it is the number of
/// bytes of an integer, if its size is a constant of one to eight.
pub(crate) mod segment {
    /// An integer.
    pub const INTEGER: u32 = 0;
    /// A float.
    pub const FLOAT: u32 = 1;
    /// A bit string, or the front of one.
    pub const BINARY: u32 = 2;
    /// A character in UTF-8.
    pub const UTF8: u32 = 3;
    /// A character in UTF-16.
    pub const UTF16: u32 = 4;
    /// A character in UTF-32.
    pub const UTF32: u32 = 5;
    /// Bytes of the module's strings; the source is the offset.
    pub const STRING: u32 = 6;
    /// The bit string that the others are appended to; only as the first.
    pub const APPEND: u32 = 7;
    /// The same, when nobody else knows it.
    pub const PRIVATE_APPEND: u32 = 8;
    /// Words of a segment.
    pub const WORDS: usize = 4;
    /// Where the flags are.
    pub const FLAGS_SHIFT: u32 = 8;
    /// Where the unit is.
    pub const UNIT_SHIFT: u32 = 16;
    /// Where the number of bytes of an integer is, in the fourth word.
    pub const BYTES_SHIFT: u32 = 16;
}
