//! Numbers of all kinds: how they compare, and how integers become floats and back.

use super::{Int, Term, WORD_BYTES, Word};
use crate::memory::{Heap, OutOfMemory};
use core::cmp::Ordering;

/// A number, looked at in place.
#[derive(Clone, Copy, Debug)]
pub enum Number<'a> {
    /// An integer.
    Int(Int<'a>),
    /// A float; always finite.
    Float(f64),
}

impl Term {
    /// The value, if this is a number.
    #[inline]
    pub fn as_number<'a>(self) -> Option<Number<'a>> {
        match self.as_int() {
            Some(int) => Some(Number::Int(int)),
            None => self.as_float().map(Number::Float),
        }
    }
}

/// The order of two numbers by value: `1` and `1.0` are equal, and an integer that a float cannot
/// represent is compared exactly. Terms that are no numbers count as zero.
pub fn compare_numbers(a: Term, b: Term) -> Ordering {
    let zero = Number::Int(Int::Small(0));
    match (a.as_number().unwrap_or(zero), b.as_number().unwrap_or(zero)) {
        (Number::Int(a), Number::Int(b)) => compare_ints(a, b),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (Number::Int(a), Number::Float(b)) => compare_int_float(a, b),
        (Number::Float(a), Number::Int(b)) => compare_int_float(b, a).reverse(),
    }
}

/// Are two numbers equal by value (`==`)? See [`compare_numbers`].
pub fn equal_numbers(a: Term, b: Term) -> bool {
    compare_numbers(a, b) == Ordering::Equal
}

/// The order of two integers.
pub fn compare_ints(a: Int<'_>, b: Int<'_>) -> Ordering {
    match (a, b) {
        (Int::Small(a), Int::Small(b)) => a.cmp(&b),
        // A big integer lies outside the range of all small ones.
        (Int::Small(_), Int::Big { negative, .. }) => sign_order(negative).reverse(),
        (Int::Big { negative, .. }, Int::Small(_)) => sign_order(negative),
        (
            Int::Big {
                negative: a_negative,
                limbs: a,
            },
            Int::Big {
                negative: b_negative,
                limbs: b,
            },
        ) => {
            if a_negative != b_negative {
                return sign_order(a_negative);
            }
            let magnitudes = a
                .len()
                .cmp(&b.len())
                .then_with(|| a.iter().rev().cmp(b.iter().rev()));
            if a_negative {
                magnitudes.reverse()
            } else {
                magnitudes
            }
        }
    }
}

/// How a number of great magnitude compares to a smaller one.
fn sign_order(negative: bool) -> Ordering {
    if negative {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

/// The order of an integer and a finite float, without rounding either.
fn compare_int_float(int: Int<'_>, float: f64) -> Ordering {
    // 2^127: the whole part of any smaller float fits an i128.
    const WIDE: f64 = (1u128 << 127) as f64;
    match int.to_i128() {
        Some(value) => {
            if float >= WIDE {
                return Ordering::Less;
            }
            if float < -WIDE {
                return Ordering::Greater;
            }
            let whole = libm::trunc(float);
            let fraction = float - whole;
            value
                .cmp(&(whole as i128))
                .then_with(|| 0.0f64.partial_cmp(&fraction).unwrap_or(Ordering::Equal))
        }
        None => {
            let negative = int.is_negative();
            if (float < 0.0) != negative || libm::fabs(float) < WIDE {
                return sign_order(negative);
            }
            let (mantissa, shift) = decompose(float);
            let magnitude = compare_shifted(int, mantissa, shift);
            if negative {
                magnitude.reverse()
            } else {
                magnitude
            }
        }
    }
}

/// The float next to an integer; `None` when it would be infinite.
///
/// Words of 64 bits are added up from the top, each rounded: OTP does so on 64-bit machines, and
/// a result must not depend on the machine.
pub fn int_to_float(int: Int<'_>) -> Option<f64> {
    let (negative, limbs) = match int {
        Int::Small(v) => return Some(v as f64),
        Int::Big { negative, limbs } => (negative, limbs),
    };
    const BASE: f64 = (1u128 << 64) as f64;
    let per_digit = 8 / WORD_BYTES;
    let mut value = 0.0f64;
    for digit in limbs.chunks(per_digit).rev() {
        let digit = digit.iter().rev().fold(0u64, |acc, &limb| {
            acc.checked_shl(Word::BITS).unwrap_or(0) | limb as u64
        });
        value = value * BASE + digit as f64;
    }
    value
        .is_finite()
        .then_some(if negative { -value } else { value })
}

/// A number as a float; `None` for other terms, and for an integer too large.
pub fn to_float(term: Term) -> Option<f64> {
    match term.as_number()? {
        Number::Float(f) => Some(f),
        Number::Int(int) => int_to_float(int),
    }
}

/// The whole part of a finite float as an integer.
///
/// # Errors
/// There is no memory.
pub fn whole_to_int<H: Heap + ?Sized>(heap: &mut H, float: f64) -> Result<Term, OutOfMemory> {
    const LIMIT: f64 = (1u64 << 63) as f64;
    if float > -LIMIT && float < LIMIT {
        return heap.int(float as i64);
    }
    let (mantissa, shift) = decompose(float);
    let limb_bits = Word::BITS;
    let count = (53 + shift).div_ceil(limb_bits) as usize;
    // The largest float has 1024 bits.
    let mut limbs = [0 as Word; 1024 / Word::BITS as usize];
    for (i, limb) in limbs.iter_mut().enumerate().take(count) {
        *limb = part(mantissa, shift, i);
    }
    heap.limbs(float < 0.0, &limbs[..count])
}

/// Word `i` of `mantissa << shift`.
fn part(mantissa: u64, shift: u32, i: usize) -> Word {
    let at = i as u32 * Word::BITS;
    let wide = mantissa as u128;
    let moved = if at >= shift {
        wide.checked_shr(at - shift)
    } else {
        wide.checked_shl(shift - at)
    };
    moved.unwrap_or(0) as Word
}

/// Mantissa and exponent of a float of at least 2^53: its magnitude is `mantissa << shift`.
pub(crate) fn decompose(float: f64) -> (u64, u32) {
    let bits = float.to_bits();
    let exponent = (bits >> 52) & 0x7ff;
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    (mantissa, (exponent as u32).saturating_sub(1075))
}

/// Compares the magnitude of a big integer with `mantissa << shift`.
fn compare_shifted(int: Int<'_>, mantissa: u64, shift: u32) -> Ordering {
    let Int::Big { limbs, .. } = int else {
        return Ordering::Less;
    };
    let other_bits = 64 - mantissa.leading_zeros() as usize + shift as usize;
    int.bit_length().cmp(&other_bits).then_with(|| {
        // Same length: look at the words from the top.
        for (i, &limb) in limbs.iter().enumerate().rev() {
            let order = limb.cmp(&part(mantissa, shift, i));
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment, Heap};
    use crate::sync::Arc;
    use num_bigint::BigInt;
    use proptest::prelude::*;

    fn heap() -> Fragment {
        Fragment::new(&Arc::new(Budget::new(usize::MAX)))
    }

    /// Integers of all sizes, many of them next to a power of two.
    fn any_int() -> impl Strategy<Value = BigInt> {
        let near = (0u32..1100, -3i64..4, any::<bool>()).prop_map(|(shift, off, neg)| {
            let v = (BigInt::from(1) << shift) + off;
            if neg { -v } else { v }
        });
        prop_oneof![any::<i64>().prop_map(BigInt::from), near]
    }

    fn any_finite() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |f| f.is_finite()),
            any_int()
                .prop_map(|i| num_traits::ToPrimitive::to_f64(&i).unwrap())
                .prop_filter("finite", |f| f.is_finite()),
            (-100i32..100).prop_map(|i| i as f64 / 4.0),
        ]
    }

    /// The exact value of a float times 2^1074.
    fn exact(f: f64) -> BigInt {
        let bits = f.to_bits();
        let e = ((bits >> 52) & 0x7ff) as u32;
        let m = bits & ((1 << 52) - 1);
        let v = if e == 0 {
            BigInt::from(m)
        } else {
            BigInt::from(m | 1 << 52) << (e - 1)
        };
        if f < 0.0 { -v } else { v }
    }

    proptest! {
        #[test]
        fn comparison_is_exact(a in any_int(), b in any_int(), x in any_finite(), y in any_finite()) {
            let mut h = heap();
            let (ta, tb) = (h.bigint(&a).unwrap(), h.bigint(&b).unwrap());
            let (tx, ty) = (h.float(x).unwrap(), h.float(y).unwrap());
            prop_assert_eq!(compare_numbers(ta, tb), a.cmp(&b));
            prop_assert_eq!(compare_numbers(tx, ty), x.partial_cmp(&y).unwrap());
            let scaled: BigInt = a << 1074;
            prop_assert_eq!(compare_numbers(ta, tx), scaled.cmp(&exact(x)));
            prop_assert_eq!(compare_numbers(tx, ta), exact(x).cmp(&scaled));
        }

        #[test]
        fn an_integer_equals_its_float(x in any_finite()) {
            let mut h = heap();
            let whole = libm::trunc(x);
            let int: BigInt = exact(whole) >> 1074;
            let (ti, tw) = (h.bigint(&int).unwrap(), h.float(whole).unwrap());
            prop_assert!(equal_numbers(ti, tw));
            let more = h.bigint(&(int + 1)).unwrap();
            prop_assert_eq!(compare_numbers(more, tw), Ordering::Greater);
        }
    }
}
