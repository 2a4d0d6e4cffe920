//! Writes compact terms: the operands of instructions.

use atomvm_core::beam::BigInteger;

/// Tags of compact terms.
pub mod tag {
    pub const U: u8 = 0;
    pub const I: u8 = 1;
    pub const A: u8 = 2;
    pub const X: u8 = 3;
    pub const Y: u8 = 4;
    pub const F: u8 = 5;
    pub const H: u8 = 6;
}

/// The first byte of operands of extended forms.
pub mod extended {
    pub const LIST: u8 = 0x17;
    pub const FLOAT_REGISTER: u8 = 0x27;
    pub const ALLOC_LIST: u8 = 0x37;
    pub const LITERAL: u8 = 0x47;
}

/// Appends an unsigned number.
pub fn unsigned(out: &mut Vec<u8>, tag: u8, value: u64) {
    match value {
        0..=15 => out.push((value as u8) << 4 | tag),
        16..=2047 => out.extend([(value >> 3) as u8 & 0xe0 | 8 | tag, value as u8]),
        _ => {
            let mut digits = vec![0];
            digits.extend_from_slice(&value.to_be_bytes());
            bytes(out, tag, shortest(&digits));
        }
    }
}

/// Appends a signed number.
pub fn signed(out: &mut Vec<u8>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => unsigned(out, tag::I, value),
        Err(_) => bytes(out, tag::I, shortest(&value.to_be_bytes())),
    }
}

/// Appends a number of more than 64 bits.
pub fn big(out: &mut Vec<u8>, value: &BigInteger) {
    let mut digits = vec![0];
    digits.extend_from_slice(&value.magnitude);
    if value.negative {
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            (*digit, carry) = (!*digit).overflowing_add(u8::from(carry));
        }
    }
    bytes(out, tag::I, shortest(&digits));
}

/// The shortest form, of two bytes or more, of a number in two's complement.
fn shortest(digits: &[u8]) -> &[u8] {
    let mut digits = digits;
    while let [first, second, _, ..] = digits {
        let sign = if second & 0x80 == 0 { 0 } else { 0xff };
        if *first != sign {
            break;
        }
        digits = &digits[1..];
    }
    digits
}

fn bytes(out: &mut Vec<u8>, tag: u8, digits: &[u8]) {
    match digits.len() {
        length @ 2..=8 => out.push((length as u8 - 2) << 5 | 0x18 | tag),
        length => {
            out.push(0xf8 | tag);
            unsigned(out, tag::U, length as u64 - 9);
        }
    }
    out.extend_from_slice(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_forms_that_compilers_write() {
        let encoded = |value| {
            let mut out = Vec::new();
            signed(&mut out, value);
            out
        };
        assert_eq!(encoded(5), [0x51]);
        assert_eq!(encoded(16), [0x09, 16]);
        assert_eq!(encoded(2047), [0xe9, 0xff]);
        assert_eq!(encoded(2048), [0x19, 0x08, 0x00]);
        assert_eq!(encoded(40000), [0x39, 0, 0x9c, 0x40]);
        assert_eq!(encoded(-1), [0x19, 0xff, 0xff]);
        assert_eq!(encoded(i64::MIN), [0xd9, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        let mut out = Vec::new();
        unsigned(&mut out, tag::U, u64::MAX);
        assert_eq!(out, [0xf8, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    }

    #[test]
    fn large_integers() {
        let mut out = Vec::new();
        let magnitude = vec![1, 0, 0, 0, 0, 0, 0, 0, 0].into_boxed_slice();
        let negative = true;
        big(
            &mut out,
            &BigInteger {
                negative,
                magnitude,
            },
        );
        assert_eq!(out, [0xf9, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
