//! Bit strings of any length, wherever their bytes are.

use super::bits_put::put_bits;
use super::{Subtag, Term};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{filled, lose};
use alloc::borrow::Cow;

/// A run of bits, looked at in place: most significant bit of a byte first, as in the language.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    /// The bytes that hold the run; nothing but the run need be in them.
    pub data: &'a [u8],
    /// Where the run starts, in bits from the first byte.
    pub offset: usize,
    /// How long it is, in bits.
    pub len: usize,
}

impl<'a> Bits<'a> {
    /// All bits of `bytes`.
    pub const fn of_bytes(bytes: &'a [u8]) -> Bits<'a> {
        Bits {
            data: bytes,
            offset: 0,
            len: bytes.len() * 8,
        }
    }

    /// Is the length a whole number of bytes?
    pub const fn is_binary(&self) -> bool {
        self.len.is_multiple_of(8)
    }

    /// The part that starts at bit `from` and is `len` bits long; it must lie inside.
    pub fn slice(&self, from: usize, len: usize) -> Bits<'a> {
        debug_assert!(from + len <= self.len);
        Bits {
            data: self.data,
            offset: self.offset + from,
            len,
        }
    }

    /// The whole bytes in place, when the run starts at a byte (a last partial byte is left out).
    #[inline]
    pub fn aligned_bytes(&self) -> Option<&'a [u8]> {
        if !self.offset.is_multiple_of(8) {
            return None;
        }
        let first = self.offset / 8;
        Some(&self.data[first..first + self.len / 8])
    }

    /// The whole bytes, copied when the run does not start at a byte. Without memory for that there
    /// are none, which ends the VM at its next turn with the error for memory.
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        self.try_bytes().unwrap_or_else(|_| {
            lose();
            Cow::Borrowed(&[])
        })
    }

    /// As [`bytes`](Self::bytes).
    ///
    /// # Errors
    /// There is no memory for a copy.
    pub fn try_bytes(&self) -> Result<Cow<'a, [u8]>, OutOfMemory> {
        Ok(match self.aligned_bytes() {
            Some(bytes) => Cow::Borrowed(bytes),
            None => {
                let whole = self.slice(0, self.len / 8 * 8);
                let mut bytes = filled(0, whole.len / 8)?;
                put_bits(&mut bytes, 0, whole);
                Cow::Owned(bytes)
            }
        })
    }

    /// Byte `i` of the run (bits `8 * i` to `8 * i + 7`), which must lie inside.
    #[inline]
    pub fn byte(&self, i: usize) -> u8 {
        debug_assert!((i + 1) * 8 <= self.len);
        let at = self.offset + i * 8;
        let (first, shift) = (at / 8, at % 8);
        if shift == 0 {
            self.data[first]
        } else {
            (self.data[first] << shift) | (self.data[first + 1] >> (8 - shift))
        }
    }

    /// Copies the run to the front of `to`; the bits after it in the last byte become zero.
    pub fn copy_to(&self, to: &mut [u8]) {
        put_bits(to, 0, *self);
        let used = self.len % 8;
        if used > 0 {
            to[self.len / 8] &= !(0xff >> used);
        }
    }

    /// Bit `i` of the run.
    #[inline]
    pub fn bit(&self, i: usize) -> bool {
        let at = self.offset + i;
        self.data[at / 8] & (0x80 >> (at % 8)) != 0
    }

    /// The bits after the last whole byte, left-aligned in a byte, and how many they are (0 to 7).
    pub fn tail(&self) -> (u8, usize) {
        let count = self.len % 8;
        let from = self.len - count;
        let byte = (0..count).fold(0u8, |acc, i| acc | ((self.bit(from + i) as u8) << (7 - i)));
        (byte, count)
    }
}

impl Term {
    /// Is this a bit string of any length?
    #[inline]
    pub fn is_bitstring(self) -> bool {
        matches!(
            self.subtag(),
            Some(Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin)
        )
    }

    /// How many bits a bit string has. Since OTP 27 compilers ask it of a match context as well:
    /// those that are left.
    #[inline]
    pub(crate) fn bit_count(self) -> Option<usize> {
        match self.subtag()? {
            Subtag::HeapBin | Subtag::RefcBin => Some(self.boxed_word(1)),
            Subtag::SubBin => Some(self.boxed_word(3)),
            Subtag::Match => Some(self.boxed_word(3) - self.boxed_word(4)),
            _ => None,
        }
    }

    /// Where a bit string is: the binary that holds it, its first bit in that, and its size in bits.
    #[inline(always)]
    pub(crate) fn bit_extent(self) -> Option<(Term, usize, usize)> {
        if !self.is_boxed() {
            return None;
        }
        match self.header().subtag() {
            Subtag::HeapBin => Some((self, 0, self.boxed_word(1))),
            Subtag::RefcBin if !self.is_owning_reference() => Some((self, 0, self.boxed_word(1))),
            Subtag::SubBin => {
                let (offset, len) = (self.boxed_word(2), self.boxed_word(3));
                Some((Term(self.boxed_word(1)), offset, len))
            }
            _ => None,
        }
    }

    /// The address of the bytes of a binary that is no part of another.
    #[inline(always)]
    pub(crate) fn bytes_address(self) -> *const u8 {
        match self.header().subtag() {
            // SAFETY: the bytes of a heap binary follow its size.
            Subtag::HeapBin => unsafe { self.ptr().add(2).cast::<u8>() },
            _ => self.boxed_word(3) as *const u8,
        }
    }

    /// The bits, if this is a bit string.
    #[inline]
    pub fn as_bits<'a>(self) -> Option<Bits<'a>> {
        let (base, offset, len) = self.bit_extent()?;
        // SAFETY: the part lies in the binary, which it keeps alive. What follows the part may be
        // about to be written (see `memory::append`), so it is left out.
        let data = unsafe {
            core::slice::from_raw_parts(base.bytes_address(), (offset + len).div_ceil(8))
        };
        Some(Bits { data, offset, len })
    }

    /// The bytes, if this is a binary (whole bytes); copied only when it is not byte-aligned. Where
    /// there is no memory for that it is as if it were none, and the VM ends at its next turn with the
    /// error for memory.
    pub fn as_binary<'a>(self) -> Option<Cow<'a, [u8]>> {
        let bits = self.as_bits()?;
        let bytes = bits.is_binary().then(|| bits.try_bytes())?;
        bytes.inspect_err(|_| lose()).ok()
    }
}
