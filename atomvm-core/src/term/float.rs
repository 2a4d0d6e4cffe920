//! Floats as text: how they are printed and read.

use alloc::string::String;
use core::fmt::Write;

/// The most characters that a float with a given number of decimals may have, as in OTP.
const MAX_CHARS: usize = 255;

/// From here on not every whole number is a float, so that digits before the point would pretend.
const WHOLE_LIMIT: f64 = (1u64 << 53) as f64;

/// Appends the shortest text that reads as the same float, as `io:format("~w", [F])` prints it:
/// with an exponent where that is shorter, or where the float is 2^53 or more.
///
/// ```
/// let mut text = String::new();
/// atomvm_core::term::float::shortest(1000.0, &mut text);
/// assert_eq!(text, "1.0e3");
/// ```
pub fn shortest(value: f64, out: &mut String) {
    let mut scratch = String::new();
    // Writing to a string cannot fail.
    let _ = write!(scratch, "{:e}", value.abs());
    settle_tie(value.abs(), &mut scratch);
    if value.is_sign_negative() {
        out.push('-');
    }
    let Some((digits, exponent)) = split_exponent(&mut scratch) else {
        out.push_str(&scratch);
        return;
    };
    if value == 0.0 {
        out.push_str("0.0");
    } else if value.abs() < WHOLE_LIMIT && plain_is_short(digits.len(), exponent) {
        push_plain(digits, exponent, out);
    } else {
        let (first, rest) = digits.split_at(1);
        out.push_str(first);
        out.push('.');
        out.push_str(if rest.is_empty() { "0" } else { rest });
        let _ = write!(out, "e{exponent}");
    }
}

/// Of two shortest texts that are equally near to the float, OTP takes the one that ends in an
/// even digit, as rounding to so many digits does.
fn settle_tie(value: f64, text: &mut String) {
    let digits = text.bytes().take_while(|&b| b != b'e');
    let fraction = digits.count().saturating_sub(2);
    // Shorter texts are not that near to half of their last digit.
    if fraction >= 14 {
        let rounded = alloc::format!("{value:.fraction$e}");
        if rounded.parse() == Ok(value) {
            *text = rounded;
        }
    }
}

/// Digits without the point, and the exponent of ten of the first digit, from `D.DDDeN`.
fn split_exponent(text: &mut String) -> Option<(&str, i32)> {
    let at = text.find('e')?;
    let exponent = text[at + 1..].parse().ok()?;
    text.truncate(at);
    text.retain(|c| c != '.');
    Some((text, exponent))
}

/// Is the text without an exponent no longer than the one with it?
fn plain_is_short(digits: usize, exponent: i32) -> bool {
    let mut exponent_text = 1; // `e`
    exponent_text += (exponent < 0) as i32 + if exponent.abs() >= 100 { 3 } else { 1 };
    exponent_text += (10..100).contains(&exponent.abs()) as i32;
    let with_exponent = exponent_text + if digits == 1 { 2 } else { 1 };
    let digits = digits as i32;
    let place = exponent + 1;
    if place < 0 {
        2 - place <= with_exponent
    } else if place >= digits {
        place - digits + 2 <= with_exponent
    } else {
        true
    }
}

fn push_plain(digits: &str, exponent: i32, out: &mut String) {
    let place = exponent + 1;
    if place <= 0 {
        out.push_str("0.");
        (place..0).for_each(|_| out.push('0'));
        out.push_str(digits);
        return;
    }
    let place = place as usize;
    if place >= digits.len() {
        out.push_str(digits);
        (digits.len()..place).for_each(|_| out.push('0'));
        out.push_str(".0");
    } else {
        let (whole, fraction) = digits.split_at(place);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    }
}

/// Appends the float with `digits` digits after the point and an exponent of at least two digits:
/// `7.120e+00`. Returns false, for OTP's limit, when that has more than 255 characters.
pub fn scientific(value: f64, digits: usize, out: &mut String) -> bool {
    let start = out.len();
    let _ = write!(out, "{value:.digits$e}");
    if let Some(at) = out[start..].find('e') {
        let exponent: i32 = out[start + at + 1..].parse().unwrap_or(0);
        out.truncate(start + at);
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
    }
    out.len() - start <= MAX_CHARS
}

/// Appends the float with `digits` digits after the point and no exponent; `compact` leaves out
/// zeros at the end, but for the first digit after the point. Returns false, for OTP's limit,
/// when that has more than 255 characters.
///
/// Up to 18 digits the fraction is rounded as a float, half away from zero, as OTP does.
pub fn decimals(value: f64, digits: usize, compact: bool, out: &mut String) -> bool {
    let start = out.len();
    let magnitude = value.abs();
    if digits < POWERS.len() && magnitude < WHOLE_LIMIT {
        push_rounded(value, digits, out);
    } else {
        let _ = write!(out, "{value:.digits$}");
    }
    let fits = out.len() - start <= MAX_CHARS;
    if compact && digits > 0 {
        let kept = out.trim_end_matches('0').len();
        let point = kept > 0 && out.as_bytes()[kept - 1] == b'.';
        out.truncate(kept + point as usize);
    }
    fits
}

/// Powers of ten that a float holds exactly enough for [`decimals`].
const POWERS: [f64; 19] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];

fn push_rounded(value: f64, digits: usize, out: &mut String) {
    let magnitude = value.abs();
    let scale = POWERS[digits];
    let mut whole = libm::floor(magnitude);
    let mut fraction = libm::round((magnitude - whole) * scale);
    if fraction >= scale {
        whole += 1.0;
        fraction = 0.0;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    let _ = write!(out, "{}", whole as u64);
    if digits > 0 {
        let _ = write!(out, ".{:0digits$}", fraction as u64);
    }
}

/// Reads a float: a sign or none, digits, a point (or, as in OTP, a comma), digits, and perhaps
/// an exponent. `None` for anything else, and for a number too large.
pub fn parse(text: &[u8]) -> Option<f64> {
    let rest = skip_sign(text);
    let rest = skip_digits(rest)?;
    let (&point, rest) = rest.split_first()?;
    if point != b'.' && point != b',' {
        return None;
    }
    let rest = skip_digits(rest)?;
    if let Some((&e, exponent)) = rest.split_first() {
        let at_end = skip_digits(skip_sign(exponent))?.is_empty();
        if !e.eq_ignore_ascii_case(&b'e') || !at_end {
            return None;
        }
    }
    let text = core::str::from_utf8(text).ok()?;
    let value: f64 = if point == b',' {
        text.replace(',', ".").parse().ok()?
    } else {
        text.parse().ok()?
    };
    value.is_finite().then_some(value)
}

fn skip_sign(text: &[u8]) -> &[u8] {
    match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    }
}

/// What follows one digit or more.
fn skip_digits(text: &[u8]) -> Option<&[u8]> {
    let count = text.iter().take_while(|b| b.is_ascii_digit()).count();
    (count > 0).then(|| &text[count..])
}
