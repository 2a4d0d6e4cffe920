//! Floats as text: how they are printed and read.

use crate::memory::fallible::{AddText, Writer, collect, formatted, lose};
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
    if value.is_sign_negative() {
        out.add_char('-');
    }
    let magnitude = value.abs();
    let start = out.len();
    // Writing to a string cannot fail.
    let _ = write!(Writer(out), "{magnitude:e}");
    round_to_even(magnitude, start, out);
    let Some(at) = out[start..].find('e').map(|at| start + at) else {
        return;
    };
    let exponent: i32 = out[at + 1..].parse().unwrap_or(0);
    let mut digits = String::new();
    digits.add_chars(out[start..at].chars().filter(|&c| c != '.'));
    if digits.len() == 1 {
        out.insert_text(at, ".0");
    }
    // Beyond these exponents the plain form is longer, whatever the digits.
    if (-6..16).contains(&exponent) && magnitude < WHOLE_LIMIT {
        let plain = without_exponent(&digits, exponent);
        if plain.len() <= out.len() - start {
            out.truncate(start);
            out.add_text(&plain);
        }
    }
}

/// The number with these digits, the first of which counts `10^exponent`.
fn without_exponent(digits: &str, exponent: i32) -> String {
    let Ok(exponent) = usize::try_from(exponent) else {
        let places = digits.len() + exponent.unsigned_abs() as usize - 1;
        return formatted(format_args!("0.{digits:0>places$}"));
    };
    let whole = exponent + 1;
    match digits.split_at_checked(whole) {
        Some((whole, fraction)) if !fraction.is_empty() => {
            formatted(format_args!("{whole}.{fraction}"))
        }
        _ => formatted(format_args!("{digits:0<whole$}.0")),
    }
}

/// Of two shortest texts that are equally near, takes the one with the even last digit, as OTP
/// does.
fn round_to_even(value: f64, start: usize, out: &mut String) {
    // Only with 16 digits or more can the value lie half-way between two texts that read as it.
    let mantissa = out[start..].bytes().take_while(|&b| b != b'e');
    let digits = mantissa.filter(u8::is_ascii_digit).count();
    if digits < 16 {
        return;
    }
    let even = formatted(format_args!("{value:.*e}", digits - 1));
    if even.parse() == Ok(value) {
        out.truncate(start);
        out.add_text(&even);
    }
}

/// Appends the float with `digits` digits after the point and an exponent of at least two digits:
/// `7.120e+00`. Returns false, for OTP's limit, when that has more than 255 characters.
pub fn scientific(value: f64, digits: usize, out: &mut String) -> bool {
    let start = out.len();
    let _ = write!(Writer(out), "{value:.digits$e}");
    if let Some(at) = out[start..].find('e') {
        let exponent: i32 = out[start + at + 1..].parse().unwrap_or(0);
        out.truncate(start + at);
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(Writer(out), "e{sign}{:02}", exponent.unsigned_abs());
    }
    out.len() - start <= MAX_CHARS
}

/// Appends the float with `digits` digits after the point and no exponent; `compact` leaves out
/// zeros at the end, but for the first digit after the point. Returns false, for OTP's limit,
/// when that has more than 255 characters.
///
/// Up to 18 digits the fraction is rounded as a float, half away from zero, as OTP does. (But
/// zeros before the point always stay, which OTP 25 loses from 2^53 on when `digits` is 0.)
pub fn decimals(value: f64, digits: usize, compact: bool, out: &mut String) -> bool {
    let start = out.len();
    let magnitude = value.abs();
    if digits < POWERS.len() && magnitude < WHOLE_LIMIT {
        push_rounded(value, digits, out);
    } else {
        let _ = write!(Writer(out), "{value:.digits$}");
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
        out.add_char('-');
    }
    let _ = write!(Writer(out), "{}", whole as u64);
    if digits > 0 {
        let _ = write!(Writer(out), ".{:0digits$}", fraction as u64);
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
        let digits = text.bytes().map(|b| if b == b',' { b'.' } else { b });
        let with_point = collect(digits).inspect_err(|_| lose()).ok()?;
        core::str::from_utf8(&with_point).ok()?.parse().ok()?
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
