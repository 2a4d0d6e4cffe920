//! Fields written and read back at all alignments; the values that OTP gives.

use super::*;
use crate::memory::{Budget, Fragment, Heap};
use crate::sync::Arc;
use crate::term::Term;
use crate::term::bits_get::{get_float, get_int};
use crate::term::utf::*;
use alloc::vec;
use alloc::vec::Vec;
use num_bigint::BigInt;
use proptest::prelude::*;

fn fragment() -> Fragment {
    Fragment::new(&Arc::new(Budget::new(usize::MAX)))
}

fn hex(value: &str) -> BigInt {
    BigInt::parse_bytes(value.as_bytes(), 16).unwrap()
}

fn put(width: usize, value: &BigInt, little: bool) -> Vec<u8> {
    let mut heap = fragment();
    let term = heap.bigint(value).unwrap();
    let mut dst = vec![0; width.div_ceil(8)];
    put_int(&mut dst, 0, width, term.as_int().unwrap(), little);
    dst
}

fn field(data: &[u8], len: usize) -> Bits<'_> {
    Bits {
        data,
        offset: 0,
        len,
    }
}

#[test]
fn little_endian_fields_put_the_odd_bits_last() {
    assert_eq!(put(12, &hex("abc"), true), [0xbc, 0xa0]);
    assert_eq!(
        put(75, &BigInt::from(-5), true),
        [251, 255, 255, 255, 255, 255, 255, 255, 255, 7 << 5]
    );
    assert_eq!(
        put(100, &hex("123456789abcdef0123456789"), true),
        [137, 103, 69, 35, 1, 239, 205, 171, 137, 103, 69, 35, 1 << 4]
    );
}

#[test]
fn numbers_become_half_precision_as_in_otp() {
    for (value, expected) in [
        (65504.0, 0x7bffu64),
        (65519.9999999999, 0x7bff),
        (65520.0, 0x7c00),
        (1.0e300, 0x7c00),
        (5.960_464_477_539_063e-8, 1),
        (2.9802322387695312e-8, 0),
        (2.99e-8, 1),
        (6.0e-5, 0x3ef),
        (6.097555160522461e-5, 0x3ff),
        (1.0009765625, 0x3c01),
        (1.00048828125, 0x3c00),
        (1.000488281250001, 0x3c01),
        (1.00146484375, 0x3c02),
        (-0.0, 0x8000),
    ] {
        let mut dst = [0; 2];
        assert!(put_float(&mut dst, 0, 16, value, false));
        assert_eq!(field(&dst, 16).to_u64(), expected, "{value}");
    }
}

#[test]
fn infinities_are_no_floats() {
    for raw in [0x7c00u16, 0xfc00, 0x7e00, 0x7c01] {
        assert_eq!(get_float(field(&raw.to_be_bytes(), 16), false), None);
    }
    assert_eq!(get_float(field(&[0x7f, 0x80, 0, 0], 32), false), None);
    assert_eq!(get_float(field(&[0, 0, 0x80, 0x7f], 32), true), None);
    assert_eq!(get_float(field(&[1, 2, 3], 24), false), None);
}

#[test]
fn every_half_survives() {
    for raw in 0..=u16::MAX {
        let Some(value) = get_float(field(&raw.to_be_bytes(), 16), false) else {
            continue;
        };
        let mut dst = [0; 2];
        assert!(put_float(&mut dst, 0, 16, value, true));
        assert_eq!(dst, raw.to_le_bytes());
    }
}

#[test]
fn utf8_agrees_with_rust() {
    for value in 0..0x11_1000 {
        let rust = char::from_u32(value);
        let ours = utf8_encode(value).map(|(b, n)| b[..n].to_vec());
        let theirs = rust.map(|c| c.encode_utf8(&mut [0; 4]).as_bytes().to_vec());
        assert_eq!(ours, theirs);
        for little in [false, true] {
            let ours = utf16_encode(value, little).map(|(b, n)| b[..n].to_vec());
            let theirs = rust.map(|c| {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units).iter();
                let bytes = units.map(|u| {
                    if little {
                        u.to_le_bytes()
                    } else {
                        u.to_be_bytes()
                    }
                });
                bytes.flatten().collect::<Vec<_>>()
            });
            assert_eq!(ours, theirs);
            if let Some(bytes) = ours {
                let bits = Bits::of_bytes(&bytes);
                assert_eq!(get_utf16(bits, little), Some((value, bytes.len() * 8)));
            }
        }
        if let Some(bytes) = ours {
            assert_eq!(utf8_decode(&bytes), Utf8::Char(value, bytes.len()));
        }
    }
}

#[test]
fn utf8_is_checked_as_in_rust() {
    // Every first three bytes, with a plausible fourth: char boundaries are where Rust says.
    for a in 0x80..=0xffu8 {
        for b in 0..=0xffu8 {
            for c in [0, 0x41, 0x80, 0xbf, 0xc2, 0xff] {
                let bytes = [a, b, c, 0x80];
                let expected = match core::str::from_utf8(&bytes) {
                    Ok(_) => true,
                    Err(e) => e.valid_up_to() > 0,
                };
                let ours = matches!(utf8_decode(&bytes), Utf8::Char(..));
                assert_eq!(ours, expected, "{bytes:?}");
                for len in 1..4 {
                    let incomplete = matches!(core::str::from_utf8(&bytes[..len]),
                        Err(e) if e.valid_up_to() == 0 && e.error_len().is_none());
                    let ours = utf8_decode(&bytes[..len]) == Utf8::Incomplete;
                    assert_eq!(ours, incomplete, "{:?}", &bytes[..len]);
                }
            }
        }
    }
}

fn any_bigint() -> impl Strategy<Value = BigInt> {
    let limbs = prop_oneof![
        Just(0u32),
        Just(u32::MAX),
        Just(1u32 << 31),
        any::<u32>(),
        any::<u32>()
    ];
    (any::<bool>(), prop::collection::vec(limbs, 0..12)).prop_map(|(negative, limbs)| {
        let magnitude = num_bigint::BigUint::new(limbs);
        let value = BigInt::from(magnitude);
        if negative { -value } else { value }
    })
}

/// The low `width` bits of `value`, as a number read with or without a sign.
fn truncated(value: &BigInt, width: usize, signed: bool) -> BigInt {
    let modulus = BigInt::from(1) << width;
    let low = ((value % &modulus) + &modulus) % &modulus;
    if signed && width > 0 && low >= (BigInt::from(1) << (width - 1)) {
        low - modulus
    } else {
        low
    }
}

proptest! {
    #[test]
    fn what_is_put_is_got(
        value in any_bigint(), at in 0usize..20, width in 0usize..400, little: bool, signed: bool,
        fill: u8,
    ) {
        let mut heap = fragment();
        let term = heap.bigint(&value).unwrap();
        let size = (at + width).div_ceil(8) + 2;
        let mut dst = vec![fill; size];
        put_int(&mut dst, at, width, term.as_int().unwrap(), little);
        let bits = Bits { data: &dst, offset: at, len: width };
        let got = get_int(&mut heap, bits, signed, little).unwrap();
        prop_assert_eq!(got.as_int().unwrap().to_bigint(), truncated(&value, width, signed));
        if got.is_big() {
            let small = got.as_i64().and_then(|v| isize::try_from(v).ok());
            prop_assert!(small.and_then(Term::try_small).is_none());
        }
        let before = vec![fill; size];
        let (old, new) = (Bits::of_bytes(&before), Bits::of_bytes(&dst));
        for i in (0..at).chain(at + width..size * 8) {
            prop_assert_eq!(old.bit(i), new.bit(i));
        }
    }

    #[test]
    fn big_endian_bits_are_in_order(value in any_bigint(), width in 1usize..300) {
        let dst = put(width, &value, false);
        let bits = field(&dst, width);
        let low = truncated(&value, width, false);
        for i in 0..width {
            prop_assert_eq!(bits.bit(i), low.bit((width - 1 - i) as u64));
        }
    }

    #[test]
    fn copied_bits_are_the_same(
        src in prop::collection::vec(any::<u8>(), 0..40), from in 0usize..20, cut in 0usize..20,
        at in 0usize..20, fill: u8,
    ) {
        let total = src.len() * 8;
        let from = from.min(total);
        let len = (total - from).saturating_sub(cut);
        let run = Bits { data: &src, offset: from, len };
        let size = (at + len).div_ceil(8) + 2;
        let mut dst = vec![fill; size];
        put_bits(&mut dst, at, run);
        let (before, after) = (vec![fill; size], Bits::of_bytes(&dst));
        for i in 0..size * 8 {
            let expected = if i >= at && i < at + len {
                run.bit(i - at)
            } else {
                Bits::of_bytes(&before).bit(i)
            };
            prop_assert_eq!(after.bit(i), expected);
        }
        let mut front = vec![fill; len.div_ceil(8)];
        run.copy_to(&mut front);
        for i in 0..front.len() * 8 {
            prop_assert_eq!(Bits::of_bytes(&front).bit(i), i < len && run.bit(i));
        }
    }

    #[test]
    fn characters_survive(value in 0u32..0x11_1000, at in 0usize..9, little: bool) {
        let mut dst = [0xa5; 6];
        fn bits(data: &[u8], offset: usize) -> Bits<'_> {
            Bits { data, offset, len: data.len() * 8 - offset }
        }
        let size = put_utf8(&mut dst, at, value);
        prop_assert_eq!(size.is_some(), is_char(value));
        if let Some(size) = size {
            prop_assert_eq!(get_utf8(bits(&dst, at)), Some((value, size)));
            let size = put_utf16(&mut dst, at, value, little).unwrap();
            prop_assert_eq!(get_utf16(bits(&dst, at), little), Some((value, size)));
            prop_assert_eq!(put_utf32(&mut dst, at, value, little), Some(32));
            prop_assert_eq!(get_utf32(bits(&dst, at), little), Some((value, 32)));
        } else {
            prop_assert_eq!(put_utf16(&mut dst, at, value, little), None);
            prop_assert_eq!(put_utf32(&mut dst, at, value, little), None);
            prop_assert_eq!(dst, [0xa5; 6]);
        }
    }

    #[test]
    fn floats_survive(raw: u64, at in 0usize..9, little: bool) {
        for width in [32, 64] {
            let value = if width == 32 {
                f32::from_bits(raw as u32) as f64
            } else {
                f64::from_bits(raw)
            };
            prop_assume!(value.is_finite());
            let mut dst = [0xa5; 10];
            prop_assert!(put_float(&mut dst, at, width, value, little));
            let bits = Bits { data: &dst, offset: at, len: width };
            let got = get_float(bits, little).map(f64::to_bits);
            prop_assert_eq!(got, Some(value.to_bits()));
        }
    }
}
