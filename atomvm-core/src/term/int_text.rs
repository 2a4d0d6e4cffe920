//! Integers as text, in bases 2 to 36.

use super::arith::{self, MAX_INTEGER_BITS};
use super::{Int, Term};
use crate::bif::{BifResult, Raise};
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
        let mut text = int.to_bigint().to_str_radix(base);
        heap.budget().refund(bytes);
        text.make_ascii_uppercase();
        out.push_str(&text);
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
        out.push('-');
    }
    out.extend(digits[first..].iter().map(|&d| d as char));
    Ok(())
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
    let values: Vec<u8> = digits
        .iter()
        .map(|&d| (d as char).to_digit(base).unwrap_or(0) as u8)
        .collect();
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
    let mut parts: Vec<BigUint> = digits.rchunks(CHUNK).map(read).collect();
    let mut power = BigUint::from(base).pow(CHUNK as u32);
    loop {
        parts = parts
            .chunks(2)
            .map(|pair| match pair {
                [low, high] => high * &power + low,
                _ => pair[0].clone(),
            })
            .collect();
        if parts.len() == 1 {
            return parts.swap_remove(0);
        }
        power = &power * &power;
    }
}

/// A term as the base of a conversion: 2 to 36.
pub fn base(term: Term) -> Option<u32> {
    let value = term.as_usize()?;
    (2..=36).contains(&value).then_some(value as u32)
}
