//! Floats as `~f`, `~e` and `~g` show them: rounded from twenty decimals on, half up.

use crate::memory::fallible::AddText;
use crate::term::float;
use alloc::string::String;

/// Decimals of the digits that are rounded.
const DECIMALS: usize = 20;

/// `~e` with so many significant digits, of which there must be two.
pub(super) fn write_e(out: &mut String, value: f64, precision: usize) -> bool {
    let Some(digits) = Digits::of(value).filter(|_| precision >= 2) else {
        return false;
    };
    let start = sign(out, value);
    let carry = digits.write(out, 0, 1, precision - 1);
    if carry {
        out.replace_range(start..start + 1, "1");
    }
    let exponent = digits.exponent - i32::from(!carry);
    let plus = if exponent >= 0 { "+" } else { "" };
    core::fmt::Write::write_fmt(out, format_args!("e{plus}{exponent}")).is_ok()
}

/// `~f` with so many decimals, of which there must be one.
pub(super) fn write_f(out: &mut String, value: f64, precision: usize) -> bool {
    let Some(digits) = Digits::of(value).filter(|_| precision >= 1) else {
        return false;
    };
    let start = sign(out, value);
    let zeros = usize::try_from(1 - digits.exponent).unwrap_or(0);
    let before = digits.exponent.max(1) as usize;
    if digits.write(out, zeros, before, precision) {
        out.insert_text(start, "1");
    }
    true
}

/// `~g` with so many significant digits.
pub(super) fn write_g(out: &mut String, value: f64, precision: usize) -> bool {
    let size = value.abs();
    let limits = [1.0e-1, 1.0, 1.0e1, 1.0e2, 1.0e3, 1.0e4];
    let exponent = limits.iter().position(|&limit| size < limit);
    let exponent = exponent.map(|place| place as i64 - 2);
    let wanted = precision as i64;
    match exponent {
        _ if precision < 1 => false,
        Some(e) if e >= -1 && ((wanted <= 1 && e == -1) || wanted - 1 > e) => {
            write_f(out, value, (wanted - 1 - e) as usize)
        }
        _ => write_e(out, value, precision.max(2)),
    }
}

/// Writes the sign; gives where the digits begin.
fn sign(out: &mut String, value: f64) -> usize {
    if value.is_sign_negative() {
        out.add_char('-');
    }
    out.len()
}

/// `0.DIGITS * 10^exponent`
struct Digits {
    digits: [u8; DECIMALS + 1],
    exponent: i32,
}

impl Digits {
    fn of(value: f64) -> Option<Digits> {
        let mut text = String::new();
        float::scientific(value.abs(), DECIMALS, &mut text);
        let (mantissa, exponent) = text.split_once('e')?;
        let mut digits = [b'0'; DECIMALS + 1];
        let found = mantissa.bytes().filter(u8::is_ascii_digit);
        digits
            .iter_mut()
            .zip(found)
            .for_each(|(to, from)| *to = from);
        Some(Digits {
            digits,
            exponent: exponent.parse::<i32>().ok()? + 1,
        })
    }

    /// Writes so many digits before the point and after it, with so many zeros at the front; whether
    /// rounding carries over into one more digit.
    fn write(&self, out: &mut String, zeros: usize, before: usize, after: usize) -> bool {
        let digit = |at: usize| match at.checked_sub(zeros) {
            Some(at) => self.digits.get(at).copied(),
            None => Some(b'0'),
        };
        let count = before + after;
        let mut carry = digit(count).is_some_and(|next| next >= b'5');
        // Nines at the end become zeros, and what is before them is one more.
        let mut kept = count;
        while carry && kept > 0 && digit(kept - 1).unwrap_or(b'0') == b'9' {
            kept -= 1;
        }
        let raised = if carry { kept.checked_sub(1) } else { None };
        for at in 0..count {
            if at == before {
                out.add_char('.');
            }
            let shown = match digit(at) {
                _ if at >= kept => b'0',
                Some(digit) if Some(at) == raised => digit + 1,
                Some(digit) => digit,
                None if Some(at) == raised => b'1',
                None => b'0',
            };
            out.add_char(shown as char);
        }
        carry &= raised.is_none();
        carry
    }
}
