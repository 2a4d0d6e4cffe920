//! Integers of any size: small ones in the word, others as sign and limbs.

use super::{Subtag, Term, Word};
use crate::memory::fallible::collect_or_lose;
use num_bigint::{BigInt, BigUint, Sign};

/// An integer, looked at in place.
#[derive(Clone, Copy, Debug)]
pub enum Int<'a> {
    /// Fits a small integer.
    Small(isize),
    /// Sign and magnitude, least significant limb first, the last limb not zero.
    Big {
        /// Is the value negative?
        negative: bool,
        /// The magnitude.
        limbs: &'a [Word],
    },
}

impl Int<'_> {
    /// The value as the big-integer library's type.
    pub fn to_bigint(self) -> BigInt {
        match self {
            Int::Small(v) => BigInt::from(v),
            Int::Big { negative, limbs } => {
                let digits = limbs.iter().flat_map(|&limb| {
                    let wide = limb as u64;
                    let halves = [wide as u32, (wide >> 32) as u32];
                    halves.into_iter().take(size_of::<Word>() / 4)
                });
                let sign = if negative { Sign::Minus } else { Sign::Plus };
                BigInt::from_biguint(sign, BigUint::from_slice(&collect_or_lose(digits)))
            }
        }
    }

    /// The value, if it fits an `i64`.
    pub fn to_i64(self) -> Option<i64> {
        let (negative, magnitude) = self.sign_magnitude_u64()?;
        if negative {
            0i64.checked_sub_unsigned(magnitude)
        } else {
            i64::try_from(magnitude).ok()
        }
    }

    /// The value, if it fits a `u64`.
    pub fn to_u64(self) -> Option<u64> {
        match self.sign_magnitude_u64()? {
            (false, magnitude) => Some(magnitude),
            (true, 0) => Some(0),
            _ => None,
        }
    }

    fn sign_magnitude_u64(self) -> Option<(bool, u64)> {
        match self {
            Int::Small(v) => Some((v < 0, v.unsigned_abs() as u64)),
            Int::Big { negative, limbs } => {
                let per_u64 = 8 / size_of::<Word>();
                if limbs.len() > per_u64 {
                    return None;
                }
                let magnitude = limbs.iter().rev().fold(0u64, |acc, &limb| {
                    acc.checked_shl(Word::BITS).unwrap_or(0) | limb as u64
                });
                Some((negative, magnitude))
            }
        }
    }

    /// The value, if it fits an `i128`.
    pub fn to_i128(self) -> Option<i128> {
        match self {
            Int::Small(v) => Some(v as i128),
            Int::Big { negative, limbs } => {
                if limbs.len() > 16 / size_of::<Word>() {
                    return None;
                }
                let magnitude = limbs
                    .iter()
                    .rev()
                    .fold(0u128, |acc, &limb| (acc << Word::BITS) | limb as u128);
                if negative {
                    0i128.checked_sub_unsigned(magnitude)
                } else {
                    i128::try_from(magnitude).ok()
                }
            }
        }
    }

    /// Bits of the magnitude, without leading zeros; 0 for the value 0.
    pub fn bit_length(self) -> usize {
        let word = |w: Word| (Word::BITS - w.leading_zeros()) as usize;
        match self {
            Int::Small(v) => word(v.unsigned_abs()),
            Int::Big { limbs, .. } => match limbs.split_last() {
                Some((&last, rest)) => rest.len() * Word::BITS as usize + word(last),
                None => 0,
            },
        }
    }

    /// Is the value below zero?
    pub fn is_negative(self) -> bool {
        match self {
            Int::Small(v) => v < 0,
            Int::Big { negative, .. } => negative,
        }
    }
}

impl Term {
    /// The value, if this is an integer of any size.
    #[inline]
    pub fn as_int<'a>(self) -> Option<Int<'a>> {
        if self.is_small() {
            return Some(Int::Small(self.small_value()));
        }
        let negative = match self.subtag()? {
            Subtag::PosBig => false,
            Subtag::NegBig => true,
            _ => return None,
        };
        let arity = self.header().arity();
        // SAFETY: a big integer has `arity` limbs behind its header; `Term` and `Word` have one
        // layout.
        let limbs = unsafe { core::slice::from_raw_parts(self.ptr().add(1).cast::<Word>(), arity) };
        Some(Int::Big { negative, limbs })
    }

    /// The value, if this is an integer that fits an `i64`.
    pub fn as_i64(self) -> Option<i64> {
        self.as_int()?.to_i64()
    }
}
