//! A cursor over one chunk that knows its name and offset, and the compact terms in it.

use super::error::{BeamError, ChunkName};

/// Tags of compact terms: the low three bits of the first byte.
pub(super) mod tag {
    /// An unsigned number.
    pub const U: u8 = 0;
    /// A signed integer.
    pub const I: u8 = 1;
    /// An index into the atom table.
    pub const A: u8 = 2;
    /// An X register.
    pub const X: u8 = 3;
    /// A Y register.
    pub const Y: u8 = 4;
    /// A label.
    pub const F: u8 = 5;
    /// A character.
    pub const H: u8 = 6;
    /// An extended form: which one, the value says.
    pub const Z: u8 = 7;
}

/// The value of a compact term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compact<'a> {
    /// It fits into 64 bits.
    Small(i64),
    /// Nine bytes or more in two's complement, most significant first.
    Big(&'a [u8]),
}

/// Reads one chunk from front to back.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    chunk: ChunkName,
    data: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `data`, which is called `chunk` in errors.
    pub fn new(chunk: [u8; 4], data: &'a [u8]) -> Self {
        Reader {
            chunk: ChunkName(chunk),
            data,
            at: 0,
        }
    }

    /// The offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.data.len() - self.at
    }

    /// The error that the data ends here.
    pub fn truncated(&self) -> BeamError {
        BeamError::Truncated {
            chunk: self.chunk,
            offset: self.at,
        }
    }

    /// The error that the data at `offset` is not what it should be.
    pub fn bad(&self, offset: usize, what: &'static str) -> BeamError {
        BeamError::BadChunk {
            chunk: self.chunk,
            offset,
            what,
        }
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], BeamError> {
        if count > self.remaining() {
            return Err(self.truncated());
        }
        let bytes = &self.data[self.at..self.at + count];
        self.at += count;
        Ok(bytes)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, BeamError> {
        Ok(self.bytes(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BeamError> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N)?);
        Ok(array)
    }

    /// The next two bytes, most significant first.
    pub fn u16(&mut self) -> Result<u16, BeamError> {
        self.array().map(u16::from_be_bytes)
    }

    /// The next four bytes, most significant first.
    pub fn u32(&mut self) -> Result<u32, BeamError> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next eight bytes, signed, most significant first.
    pub fn i64(&mut self) -> Result<i64, BeamError> {
        self.array().map(i64::from_be_bytes)
    }

    /// A count of entries that take at least `entry` bytes each: one that cannot be true is an
    /// error here, before anything is allocated for it.
    pub fn count(&mut self, entry: usize) -> Result<usize, BeamError> {
        let count = self.u32()? as usize;
        if count > self.remaining() / entry {
            return Err(self.truncated());
        }
        Ok(count)
    }

    /// An index into an atom table of `atoms` entries, the unused entry 0 among them.
    pub fn atom(&mut self, atoms: usize) -> Result<u32, BeamError> {
        let offset = self.at;
        let index = self.u32()?;
        if index == 0 || index as usize >= atoms {
            return Err(BeamError::BadAtom {
                chunk: self.chunk,
                offset,
                index,
            });
        }
        Ok(index)
    }

    /// A compact term: its tag and its value.
    ///
    /// The first byte's low three bits are the tag. Then, by its next bits, four bits of value;
    /// or eleven, with one more byte; or a number of bytes that hold the value.
    pub fn compact(&mut self) -> Result<(u8, Compact<'a>), BeamError> {
        let offset = self.at;
        let first = self.u8()?;
        let tag = first & 7;
        if first & 0x08 == 0 {
            return Ok((tag, Compact::Small(i64::from(first >> 4))));
        }
        if first & 0x10 == 0 {
            let high = i64::from(first & 0xe0) << 3;
            return Ok((tag, Compact::Small(high | i64::from(self.u8()?))));
        }
        let length = match first >> 5 {
            7 => 9 + self.length(offset)?,
            short => usize::from(short) + 2,
        };
        let bytes = self.bytes(length)?;
        if length > 8 {
            return Ok((tag, Compact::Big(bytes)));
        }
        let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
        let value = bytes.iter().fold(sign, |v, b| (v << 8) | i64::from(*b));
        Ok((tag, Compact::Small(value)))
    }

    /// The length of a number of nine bytes or more, itself a small unsigned compact term.
    fn length(&mut self, offset: usize) -> Result<usize, BeamError> {
        let bad = self.bad(offset, "a number of impossible length");
        let first = self.u8()?;
        let value = match first {
            _ if first & 7 != tag::U => return Err(bad),
            _ if first & 0x08 == 0 => usize::from(first >> 4),
            _ if first & 0x10 == 0 => (usize::from(first & 0xe0) << 3) | usize::from(self.u8()?),
            _ => match self.bytes(usize::from(first >> 5) + 2)? {
                [a, b] => usize::from(*a) << 8 | usize::from(*b),
                [a, b, c] => usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c),
                _ => return Err(bad),
            },
        };
        Ok(value)
    }

    /// An unsigned compact term (tag `u`).
    pub fn unsigned(&mut self) -> Result<u64, BeamError> {
        let offset = self.at;
        match self.compact()? {
            (tag::U, value) => unsigned(value),
            _ => None,
        }
        .ok_or_else(|| self.bad(offset, "an unsigned number was expected"))
    }
}

/// `value` as an unsigned number of 64 bits, if it is one.
pub(super) fn unsigned(value: Compact<'_>) -> Option<u64> {
    match value {
        Compact::Small(value) => u64::try_from(value).ok(),
        Compact::Big([0, rest @ ..]) if rest.len() == 8 => {
            Some(rest.iter().fold(0, |v, b| (v << 8) | u64::from(*b)))
        }
        Compact::Big(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compact(bytes: &[u8]) -> (u8, Compact<'_>) {
        Reader::new(*b"Test", bytes).compact().unwrap()
    }

    #[test]
    fn small_forms() {
        assert_eq!(compact(&[0x50]), (tag::U, Compact::Small(5)));
        assert_eq!(compact(&[0xf3]), (tag::X, Compact::Small(15)));
        assert_eq!(compact(&[0x08, 0x10]), (tag::U, Compact::Small(16)));
        assert_eq!(compact(&[0xe9, 0xff]), (tag::I, Compact::Small(2047)));
    }

    #[test]
    fn byte_forms_are_signed() {
        assert_eq!(compact(&[0x19, 0x08, 0x00]), (tag::I, Compact::Small(2048)));
        assert_eq!(compact(&[0x19, 0xff, 0xff]), (tag::I, Compact::Small(-1)));
        let lowest = [0xd9, 0x80, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(compact(&lowest), (tag::I, Compact::Small(i64::MIN)));
    }

    #[test]
    fn nine_bytes_hold_all_unsigned_numbers() {
        let bytes = [0xf8, 0x00, 0, 255, 255, 255, 255, 255, 255, 255, 255];
        assert_eq!(Reader::new(*b"Test", &bytes).unsigned(), Ok(u64::MAX));
    }

    #[test]
    fn a_number_longer_than_the_data_is_truncated() {
        let bytes = [0xf8, 0x58, 255, 255, 255, 255];
        assert!(matches!(
            Reader::new(*b"Test", &bytes).compact(),
            Err(BeamError::BadChunk { .. } | BeamError::Truncated { .. })
        ));
    }

    #[test]
    fn a_count_beyond_the_data_is_refused() {
        let mut reader = Reader::new(*b"Test", &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
        assert!(matches!(reader.count(4), Err(BeamError::Truncated { .. })));
    }
}
