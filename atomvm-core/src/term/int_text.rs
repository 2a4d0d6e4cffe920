//! Integers as text, in bases 2 to 36.

use super::arith::{self, MAX_INTEGER_BITS};
use super::{Int, Term};
use crate::bif::{BifResult, Raise};
use crate::memory::fallible::{AddText, Grow, collect, collect_or_lose};
use crate::memory::{Heap, OutOfMemory};
use alloc::string::String;
use alloc::vec::Vec;
use num_bigint::{BigInt, BigUint, Sign};

/// Digits that are read at once; longer texts are put together from such pieces, pair by pair,
/// which takes much less than quadratic time.
const CHUNK: usize = 512;

/// Appends an integer, digits above 9 as capital letters.
///
/// # Errors
/// The VM has no memory for the conversion.
pub fn print<H: Heap + ?Sized>(
    heap: &mut H,
    int: Int<'_>,
    base: u32,
    out: &mut String,
) -> Result<(), OutOfMemory> {
    let Some(value) = int.to_i64() else {
        let bytes = int.bit_length() / 2;
        heap.budget().charge(bytes)?;
        print_long(int, base, out);
        heap.budget().refund(bytes);
        return Ok(());
    };
    let mut digits = [0u8; 64];
    let mut first = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        first -= 1;
        let digit = (rest % base as u64) as u8;
        digits[first] = if digit < 10 {
            b'0' + digit
        } else {
            b'A' + digit - 10
        };
        rest /= base as u64;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.add_char('-');
    }
    out.add_chars(digits[first..].iter().map(|&d| d as char));
    Ok(())
}

/// Integers of at most so many bits are printed digit by digit.
const FEW_BITS: u64 = 1 << 14;

/// Appends an integer that is not small.
fn print_long(int: Int<'_>, base: u32, out: &mut String) {
    let (sign, magnitude) = int.to_bigint().into_parts();
    if sign == Sign::Minus {
        out.add_char('-');
    }
    let start = out.len();
    if magnitude.bits() <= FEW_BITS || base.is_power_of_two() {
        out.add_text(&magnitude.to_str_radix(base));
    } else {
        print_halves(magnitude, base, out);
    }
    if base > 10 {
        // The sign is no letter.
        out[start..].make_ascii_uppercase();
    }
}

/// A power of a base by which integers are divided.
struct Power {
    value: BigUint,
    /// How many digits the remainder has.
    digits: usize,
    reciprocal: Reciprocal,
}

/// Appends the digits of a large integer: it is divided into halves, these into halves again, and
/// so on, each time by the same power of the base, whose reciprocal is found once. So it takes as
/// long as some multiplications.
fn print_halves(magnitude: BigUint, base: u32, out: &mut String) {
    let mut digits = CHUNK;
    let mut power = BigUint::from(base).pow(CHUNK as u32);
    let mut powers: Vec<Power> = Vec::new();
    while power <= magnitude {
        let next = &power * &power;
        powers.push_or_lose(Power {
            reciprocal: Reciprocal::of(&power),
            value: power,
            digits,
        });
        power = next;
        digits *= 2;
    }
    // What is left to print, the last first: a value that is less than the power at this place,
    // and with how many digits.
    let mut left = collect_or_lose([(magnitude, powers.len(), 0)]);
    while let Some((value, level, width)) = left.pop() {
        let Some(power) = level.checked_sub(1).and_then(|at| powers.get(at)) else {
            let text = value.to_str_radix(base);
            // Zero has no digits of its own.
            let text = if value == BigUint::ZERO { "" } else { &text };
            out.add_chars(core::iter::repeat_n('0', width - text.len().min(width)));
            out.add_text(text);
            continue;
        };
        let (high, low) = power.reciprocal.divide(value, &power.value);
        if width == 0 && high == BigUint::ZERO {
            // There are no digits before these.
            left.push_or_lose((low, level - 1, 0));
        } else {
            left.push_or_lose((low, level - 1, power.digits));
            left.push_or_lose((high, level - 1, width.saturating_sub(power.digits)));
        }
    }
}

/// About `2^(2n) / d`, for a divisor `d` of `n` bits.
struct Reciprocal {
    value: BigUint,
    bits: u64,
}

/// Up to so many bits a division as learnt at school is the fastest.
const SCHOOL_BITS: u64 = 1 << 12;

impl Reciprocal {
    fn of(divisor: &BigUint) -> Reciprocal {
        let bits = divisor.bits();
        Reciprocal {
            value: Reciprocal::find(divisor, bits),
            bits,
        }
    }

    /// By Newton's method, which doubles the number of bits that are right: calls itself with
    /// half of them.
    fn find(divisor: &BigUint, bits: u64) -> BigUint {
        if bits <= SCHOOL_BITS {
            return (BigUint::from(1u32) << (2 * bits)) / divisor;
        }
        let half = bits / 2 + 16;
        let first = Reciprocal::find(&(divisor >> (bits - half)), half);
        let error = (divisor * (&first * &first)) >> (2 * half);
        (first << (bits - half + 1)) - error
    }

    /// Quotient and remainder of a value that is less than the square of the divisor.
    fn divide(&self, value: BigUint, divisor: &BigUint) -> (BigUint, BigUint) {
        if &value < divisor {
            return (BigUint::ZERO, value);
        }
        let mut quotient = ((&value >> (self.bits - 1)) * &self.value) >> (self.bits + 1);
        let mut product = &quotient * divisor;
        while product > value {
            quotient -= 1u32;
            product -= divisor;
        }
        let mut rest = value - product;
        while &rest >= divisor {
            quotient += 1u32;
            rest -= divisor;
        }
        (quotient, rest)
    }
}

/// Reads an integer: a sign or none, then one digit or more and nothing else.
///
/// # Errors
/// `badarg` for other text, `system_limit` for an integer larger than any may be.
pub fn parse<H: Heap + ?Sized>(heap: &mut H, text: &[u8], base: u32) -> BifResult {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return Err(Raise::BADARG);
    }
    let mut value = Some(0u64);
    for &byte in digits {
        let digit = (byte as char).to_digit(base).ok_or(Raise::BADARG)?;
        value = value
            .and_then(|v| v.checked_mul(base as u64))
            .and_then(|v| v.checked_add(digit as u64));
    }
    match value {
        Some(value) if !negative => Ok(heap.uint(value)?),
        Some(value) if value <= 1 << 63 => Ok(heap.int((value as i64).wrapping_neg())?),
        _ => parse_long(heap, negative, digits, base),
    }
}

/// Reads digits, all of them valid.
fn parse_long<H: Heap + ?Sized>(
    heap: &mut H,
    negative: bool,
    digits: &[u8],
    base: u32,
) -> BifResult {
    let zeros = digits.iter().take_while(|&&d| d == b'0').count();
    let digits = &digits[zeros..];
    // Each digit after the first adds more than the whole bits of the base's logarithm.
    if (digits.len() - 1).saturating_mul(base.ilog2() as usize) > MAX_INTEGER_BITS {
        return Err(Raise::SYSTEM_LIMIT);
    }
    arith::probe(heap, digits.len().saturating_mul(24))?;
    let value = |&digit: &u8| (digit as char).to_digit(base).unwrap_or(0) as u8;
    let values = collect(digits.iter().map(value))?;
    let magnitude = combine(&values, base);
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    arith::from_bigint(heap, &BigInt::from_biguint(sign, magnitude))
}

/// The number with these digits, most significant first.
fn combine(digits: &[u8], base: u32) -> BigUint {
    let read = |part: &[u8]| BigUint::from_radix_be(part, base).unwrap_or_default();
    if digits.len() <= CHUNK || base.is_power_of_two() {
        return read(digits);
    }
    let mut parts = collect_or_lose(digits.rchunks(CHUNK).map(read));
    let mut power = BigUint::from(base).pow(CHUNK as u32);
    loop {
        parts = collect_or_lose(parts.chunks(2).map(|pair| match pair {
            [low, high] => high * &power + low,
            _ => pair[0].clone(),
        }));
        if parts.len() <= 1 {
            return parts.pop().unwrap_or_default();
        }
        power = &power * &power;
    }
}

/// A term as the base of a conversion: 2 to 36.
pub fn base(term: Term) -> Option<u32> {
    let value = term.as_usize()?;
    (2..=36).contains(&value).then_some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment};
    use crate::sync::Arc;

    #[test]
    fn long_integers_become_text_and_back() {
        let mut heap = Fragment::new(&Arc::new(Budget::new(usize::MAX)));
        let one = BigUint::from(1u32);
        for bits in [14_000, 20_000, 60_001, 200_000] {
            for base in [3, 10, 16, 36] {
                for (low, minus) in [(0u32, 0u32), (12_345, 0), (0, 1)] {
                    let value: BigUint = (&one << bits) + low - minus;
                    let value = value * BigUint::from(base).pow(700);
                    let expected = value.to_str_radix(base).to_ascii_uppercase();
                    let term = heap.bigint(&-BigInt::from(value)).unwrap();
                    let mut text = String::new();
                    print(&mut heap, term.as_int().unwrap(), base, &mut text).unwrap();
                    assert!(text.strip_prefix('-') == Some(&*expected), "{bits} {base}");
                    let back = parse(&mut heap, text.as_bytes(), base).unwrap();
                    assert!(crate::term::order::equal_exact(back, term));
                }
            }
        }
    }
}
