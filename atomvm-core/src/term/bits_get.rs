//! Reading numbers out of bit strings, as the bit syntax does.
//!
//! A field has any width and starts at any bit. In a little-endian field the whole bytes come
//! least significant first; the bits that remain (width modulo 8) come last and are the most
//! significant ones.

use super::{Bits, Term, WORD_BITS, Word};
use crate::memory::{Heap, OutOfMemory};
use alloc::vec::Vec;

/// The low `n` bits set (`n` from 0 to 64).
#[inline(always)]
pub(super) const fn mask(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

impl Bits<'_> {
    /// The run as a number, most significant bit first. It must have at most 64 bits.
    #[inline]
    pub fn to_u64(&self) -> u64 {
        debug_assert!(self.len <= 64);
        if self.len == 0 {
            return 0;
        }
        let (first, shift) = (self.offset / 8, self.offset % 8);
        let rest = &self.data[first..];
        if let Some(eight) = rest.first_chunk::<8>()
            && shift + self.len <= 64
        {
            return (u64::from_be_bytes(*eight) << shift) >> (64 - self.len);
        }
        let bytes = (shift + self.len).div_ceil(8);
        let data = &rest[..bytes];
        if bytes <= 8 {
            let value = data.iter().fold(0, |acc, &b| (acc << 8) | b as u64);
            return (value >> (bytes * 8 - shift - self.len)) & mask(self.len);
        }
        // Nine bytes: the run has 57 bits or more and does not start at a byte.
        let high = data[..8].iter().fold(0, |acc, &b| (acc << 8) | b as u64);
        ((high << shift) | (data[8] >> (8 - shift)) as u64) >> (64 - self.len)
    }

    /// The run as a number with its least significant byte first. It must have at most 64 bits.
    #[inline]
    pub fn to_u64_little(&self) -> u64 {
        reverse_to_value(self.to_u64(), self.len)
    }

    /// `len` bits (at most 64) from bit `from`, most significant first.
    #[inline]
    pub(super) fn part(&self, from: usize, len: usize) -> u64 {
        self.slice(from, len).to_u64()
    }
}

/// The value of a little-endian field of `width` bits (at most 64) whose bits, read in order, are
/// `read`.
#[inline]
fn reverse_to_value(read: u64, width: usize) -> u64 {
    let (whole, rest) = (width / 8 * 8, width % 8);
    if whole == 0 {
        return read;
    }
    let low = (read >> rest).swap_bytes() >> (64 - whole);
    if rest == 0 {
        low
    } else {
        low | ((read & mask(rest)) << whole)
    }
}

/// The integer in a field, which is exactly `field`.
///
/// # Errors
/// There is no memory for a big integer.
#[inline]
pub fn get_int<H: Heap + ?Sized>(
    heap: &mut H,
    field: Bits<'_>,
    signed: bool,
    little: bool,
) -> Result<Term, OutOfMemory> {
    if field.len > 64 {
        return get_long_int(heap, field, signed, little);
    }
    let value = if little {
        field.to_u64_little()
    } else {
        field.to_u64()
    };
    if signed && field.len > 0 {
        let unused = 64 - field.len as u32;
        return heap.int(((value << unused) as i64) >> unused);
    }
    heap.uint(value)
}

/// The part of an integer's field that matters: without what only repeats the sign at its upper
/// end.
pub fn significant(field: Bits<'_>, signed: bool, little: bool) -> Bits<'_> {
    let mut bits = field;
    if little && !bits.len.is_multiple_of(8) {
        return bits;
    }
    let top = |bits: &Bits<'_>, count: usize| match little {
        true => bits.part(bits.len - 8, 8) >> (8 - count),
        false => bits.part(0, count),
    };
    let negative = signed && bits.len > 8 && top(&bits, 1) == 1;
    for step in [8, 1] {
        let sign = if negative { (1 << step) - 1 } else { 0 };
        while bits.len > 16 && (step == 8 || !little) && top(&bits, step) == sign {
            let rest = match little {
                true => bits.slice(0, bits.len - step),
                false => bits.slice(step, bits.len - step),
            };
            if signed && top(&rest, 1) != u64::from(negative) {
                break;
            }
            bits = rest;
        }
    }
    bits
}

/// The integer in a field of more than 64 bits.
#[cold]
fn get_long_int<H: Heap + ?Sized>(
    heap: &mut H,
    field: Bits<'_>,
    signed: bool,
    little: bool,
) -> Result<Term, OutOfMemory> {
    let count = field.len.div_ceil(WORD_BITS);
    let mut limbs: Vec<Word> = Vec::new();
    limbs.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    let mut done = 0;
    while done < field.len {
        let width = WORD_BITS.min(field.len - done);
        let limb = if little {
            field.slice(done, width).to_u64_little()
        } else {
            field.part(field.len - done - width, width)
        };
        limbs.push(limb as Word);
        done += width;
    }
    let top_bits = field.len - (count - 1) * WORD_BITS;
    let negative = signed && limbs[count - 1] >> (top_bits - 1) & 1 == 1;
    if negative {
        negate(&mut limbs);
        limbs[count - 1] &= mask(top_bits) as Word;
    }
    normal_int(heap, negative, &limbs)
}

/// Replaces a two's complement number by its negative.
fn negate(limbs: &mut [Word]) {
    let mut carry = true;
    for limb in limbs {
        (*limb, carry) = (!*limb).overflowing_add(carry as Word);
    }
}

/// The integer with this sign and magnitude; zero limbs at the end are allowed.
///
/// # Errors
/// There is no memory for a big integer.
pub fn normal_int<H: Heap + ?Sized>(
    heap: &mut H,
    negative: bool,
    limbs: &[Word],
) -> Result<Term, OutOfMemory> {
    let used = limbs.iter().rposition(|&l| l != 0).map_or(0, |i| i + 1);
    match limbs[..used] {
        [] => Ok(Term::small(0)),
        [limb] if negative => match 0isize.checked_sub_unsigned(limb).and_then(Term::try_small) {
            Some(small) => Ok(small),
            None => heap.limbs(true, &[limb]),
        },
        [limb] => match isize::try_from(limb).ok().and_then(Term::try_small) {
            Some(small) => Ok(small),
            None => heap.limbs(false, &[limb]),
        },
        _ => heap.limbs(negative, &limbs[..used]),
    }
}

/// The float in a field, which is exactly `field`: 16, 32 or 64 bits. `None` for other widths,
/// and for what is no number of the language (infinities and NaN), so that a match fails.
pub fn get_float(field: Bits<'_>, little: bool) -> Option<f64> {
    if !matches!(field.len, 16 | 32 | 64) {
        return None;
    }
    let raw = if little {
        field.to_u64_little()
    } else {
        field.to_u64()
    };
    let value = match field.len {
        16 => half_to_f64(raw as u16),
        32 => f32::from_bits(raw as u32) as f64,
        _ => f64::from_bits(raw),
    };
    value.is_finite().then_some(value)
}

/// The value of an IEEE 754 half-precision number.
pub(super) fn half_to_f64(raw: u16) -> f64 {
    let sign = (raw as u64 >> 15) << 63;
    let exponent = (raw >> 10) & 0x1f;
    let fraction = (raw & 0x3ff) as u64;
    match exponent {
        // A subnormal counts units of 2^-24.
        0 => f64::from_bits((fraction as f64 / 16_777_216.0).to_bits() | sign),
        31 => f64::from_bits(sign | 0x7ff << 52 | fraction << 42),
        _ => f64::from_bits(sign | (exponent as u64 + 1023 - 15) << 52 | fraction << 42),
    }
}
