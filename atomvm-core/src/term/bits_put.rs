//! Writing numbers and bit strings at any bit of a run of bytes, as the bit syntax does.
//!
//! Each function writes exactly the bits of its field; the bits around them stay as they are.
//! The field must lie inside the destination.

use super::bits_get::mask;
use super::{Bits, Int, WORD_BITS, Word, utf};

/// Writes the low `width` bits of `value` (at most 64) at bit `at`, most significant first.
#[inline]
pub fn put_u64(dst: &mut [u8], at: usize, width: usize, value: u64) {
    debug_assert!(width <= 64);
    if at.is_multiple_of(8) && width.is_multiple_of(8) {
        let bytes = width / 8;
        let value = value.to_be_bytes();
        dst[at / 8..at / 8 + bytes].copy_from_slice(&value[8 - bytes..]);
        return;
    }
    put_u64_unaligned(dst, at, width, value);
}

/// Writes a byte at bit `at`.
#[inline]
pub fn put_byte(dst: &mut [u8], at: usize, value: u8) {
    if at.is_multiple_of(8) {
        dst[at / 8] = value;
    } else {
        put_u64_unaligned(dst, at, 8, u64::from(value));
    }
}

fn put_u64_unaligned(dst: &mut [u8], at: usize, width: usize, value: u64) {
    let (mut at, mut left) = (at, width);
    while left > 0 {
        let free = 8 - at % 8;
        let take = free.min(left);
        let part = (value >> (left - take)) & mask(take);
        let shift = free - take;
        let kept = !((mask(take) << shift) as u8);
        let byte = &mut dst[at / 8];
        *byte = (*byte & kept) | (part << shift) as u8;
        at += take;
        left -= take;
    }
}

/// Writes the low `width` bits of `value` (at most 64) at bit `at`, least significant byte first.
#[inline]
pub fn put_u64_little(dst: &mut [u8], at: usize, width: usize, value: u64) {
    let (whole, rest) = (width / 8 * 8, width % 8);
    if whole == 0 {
        return put_u64(dst, at, width, value);
    }
    let first = value.swap_bytes() >> (64 - whole);
    put_u64(dst, at, whole, first);
    if rest > 0 {
        put_u64(dst, at + whole, rest, value >> whole);
    }
}

/// Writes the low `width` bits of `value`, in two's complement, at bit `at`.
#[inline]
pub fn put_int(dst: &mut [u8], at: usize, width: usize, value: Int<'_>, little: bool) {
    if width > 64 {
        return put_long_int(dst, at, width, value, little);
    }
    let low = match value {
        Int::Small(v) => v as i64 as u64,
        Int::Big { .. } => Digits::of(value).digit(0),
    };
    if little {
        put_u64_little(dst, at, width, low);
    } else {
        put_u64(dst, at, width, low);
    }
}

#[cold]
fn put_long_int(dst: &mut [u8], at: usize, width: usize, value: Int<'_>, little: bool) {
    let digits = Digits::of(value);
    let mut done = 0;
    while done < width {
        let part = (width - done).min(64);
        let digit = digits.digit(done / 64);
        if little {
            put_u64_little(dst, at + done, part, digit);
        } else {
            put_u64(dst, at + width - done - part, part, digit);
        }
        done += part;
    }
}

/// An integer as an endless two's complement number, 64 bits at a time.
struct Digits<'a> {
    value: Int<'a>,
    /// The first limb that is not zero: the complement of all before it is zero again.
    first: usize,
}

impl<'a> Digits<'a> {
    fn of(value: Int<'a>) -> Digits<'a> {
        let first = match value {
            Int::Small(_) => 0,
            Int::Big { limbs, .. } => limbs.iter().position(|&l| l != 0).unwrap_or(0),
        };
        Digits { value, first }
    }

    /// Bits `64 * i` to `64 * i + 63`.
    fn digit(&self, i: usize) -> u64 {
        match self.value {
            Int::Small(v) if i == 0 => v as i64 as u64,
            Int::Small(v) => (v as i64 >> 63) as u64,
            Int::Big { negative, limbs } => {
                let per_digit = 64 / WORD_BITS;
                (0..per_digit).rev().fold(0u64, |acc, k| {
                    let limb = self.limb(negative, limbs, i * per_digit + k);
                    acc.checked_shl(Word::BITS).unwrap_or(0) | limb as u64
                })
            }
        }
    }

    fn limb(&self, negative: bool, limbs: &[Word], i: usize) -> Word {
        let limb = limbs.get(i).copied().unwrap_or(0);
        match negative {
            true if i == self.first => limb.wrapping_neg(),
            true if i > self.first => !limb,
            _ => limb,
        }
    }
}

/// Writes a float of `width` bits at bit `at`, rounded to nearest; too large a value becomes
/// infinity, as in OTP. False, with nothing written, when the width is not 16, 32 or 64.
pub fn put_float(dst: &mut [u8], at: usize, width: usize, value: f64, little: bool) -> bool {
    let raw = match width {
        16 => f64_to_half(value) as u64,
        32 => (value as f32).to_bits() as u64,
        64 => value.to_bits(),
        _ => return false,
    };
    if little {
        put_u64_little(dst, at, width, raw);
    } else {
        put_u64(dst, at, width, raw);
    }
    true
}

/// The nearest half-precision number, ties to even; infinity if there is none.
fn f64_to_half(value: f64) -> u16 {
    let raw = value.to_bits();
    let sign = ((raw >> 48) & 0x8000) as u16;
    let exponent = ((raw >> 52) & 0x7ff) as i32 - 1023;
    let fraction = (raw & mask(52)) | 1 << 52;
    let half = match exponent {
        ..-25 => 0,
        // Subnormal: units of 2^-24; the fraction counts units of 2^(exponent - 52).
        -25..-14 => round_shift(fraction, (28 - exponent) as u32),
        // The leading one adds 1 to the exponent; a carry out of the fraction does too.
        -14..=15 => round_shift(fraction, 42) + (((exponent + 14) as u64) << 10),
        _ => 0x7c00,
    };
    sign | half as u16
}

/// `value / 2^shift`, rounded to nearest, ties to even (`shift` from 1 to 63).
fn round_shift(value: u64, shift: u32) -> u64 {
    let (quotient, rest, half) = (
        value >> shift,
        value & mask(shift as usize),
        1 << (shift - 1),
    );
    let up = rest > half || (rest == half && quotient & 1 == 1);
    quotient + up as u64
}

/// Writes a character in UTF-8 at bit `at`; how many bits it took, or `None` if it is none.
pub fn put_utf8(dst: &mut [u8], at: usize, value: u32) -> Option<usize> {
    let (bytes, len) = utf::utf8_encode(value)?;
    put_bits(dst, at, Bits::of_bytes(&bytes[..len]));
    Some(len * 8)
}

/// Writes a character in UTF-16 at bit `at`; how many bits it took, or `None` if it is none.
pub fn put_utf16(dst: &mut [u8], at: usize, value: u32, little: bool) -> Option<usize> {
    let (bytes, len) = utf::utf16_encode(value, little)?;
    put_bits(dst, at, Bits::of_bytes(&bytes[..len]));
    Some(len * 8)
}

/// Writes a character in UTF-32 at bit `at`; how many bits it took, or `None` if it is none.
pub fn put_utf32(dst: &mut [u8], at: usize, value: u32, little: bool) -> Option<usize> {
    let bytes = utf::utf32_encode(value, little)?;
    put_bits(dst, at, Bits::of_bytes(&bytes));
    Some(32)
}

/// Copies `src` to bit `at`.
pub fn put_bits(dst: &mut [u8], at: usize, src: Bits<'_>) {
    let mut done = 0;
    if at.is_multiple_of(8)
        && let Some(bytes) = src.aligned_bytes()
    {
        let first = at / 8;
        dst[first..first + bytes.len()].copy_from_slice(bytes);
        done = bytes.len() * 8;
    }
    while done < src.len {
        // Up to the next byte of the destination first, then in large steps.
        let to_byte = (8 - (at + done) % 8) % 8;
        let step = if to_byte > 0 { to_byte } else { 64 };
        let step = step.min(src.len - done);
        let step = if step > 8 { step / 8 * 8 } else { step };
        put_u64(dst, at + done, step, src.part(done, step));
        done += step;
    }
}

#[cfg(test)]
#[path = "bits_tests.rs"]
mod tests;
