//! The three encodings of Unicode: one character to and from bytes, or bits at any offset.
//!
//! A character is a scalar value: 0 to 10FFFF (hexadecimal) without D800 to DFFF.

use super::Bits;

/// Is this a character?
#[inline]
pub const fn is_char(value: u32) -> bool {
    value < 0xd800 || (value > 0xdfff && value <= 0x10_ffff)
}

/// Bytes of a character in UTF-8; `None` if it is none.
#[inline]
pub const fn utf8_len(value: u32) -> Option<usize> {
    match value {
        0..=0x7f => Some(1),
        0x80..=0x7ff => Some(2),
        _ if !is_char(value) => None,
        0x800..=0xffff => Some(3),
        _ => Some(4),
    }
}

/// Bytes of a character in UTF-16; `None` if it is none.
#[inline]
pub const fn utf16_len(value: u32) -> Option<usize> {
    match value {
        _ if !is_char(value) => None,
        0..=0xffff => Some(2),
        _ => Some(4),
    }
}

/// The bytes of a character in UTF-8 and how many they are; `None` if it is none.
#[inline]
pub const fn utf8_encode(value: u32) -> Option<([u8; 4], usize)> {
    const fn next(value: u32, shift: u32) -> u8 {
        0x80 | ((value >> shift) & 0x3f) as u8
    }
    let Some(len) = utf8_len(value) else {
        return None;
    };
    let bytes = match len {
        1 => [value as u8, 0, 0, 0],
        2 => [0xc0 | (value >> 6) as u8, next(value, 0), 0, 0],
        3 => [
            0xe0 | (value >> 12) as u8,
            next(value, 6),
            next(value, 0),
            0,
        ],
        _ => [
            0xf0 | (value >> 18) as u8,
            next(value, 12),
            next(value, 6),
            next(value, 0),
        ],
    };
    Some((bytes, len))
}

/// The bytes of a character in UTF-16 and how many they are; `None` if it is none.
pub const fn utf16_encode(value: u32, little: bool) -> Option<([u8; 4], usize)> {
    const fn unit(value: u32, little: bool) -> [u8; 2] {
        if little {
            (value as u16).to_le_bytes()
        } else {
            (value as u16).to_be_bytes()
        }
    }
    match utf16_len(value) {
        None => None,
        Some(2) => {
            let [a, b] = unit(value, little);
            Some(([a, b, 0, 0], 2))
        }
        Some(_) => {
            let above = value - 0x1_0000;
            let [a, b] = unit(0xd800 | (above >> 10), little);
            let [c, d] = unit(0xdc00 | (above & 0x3ff), little);
            Some(([a, b, c, d], 4))
        }
    }
}

/// The bytes of a character in UTF-32; `None` if it is none.
pub const fn utf32_encode(value: u32, little: bool) -> Option<[u8; 4]> {
    if !is_char(value) {
        return None;
    }
    Some(if little {
        value.to_le_bytes()
    } else {
        value.to_be_bytes()
    })
}

/// What the front of some bytes is in UTF-8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Utf8 {
    /// A character of so many bytes.
    Char(u32, usize),
    /// No character, whatever follows.
    Invalid,
    /// The front of a character, cut off by the end of the bytes.
    Incomplete,
}

/// Looks at the front of `bytes`, of which there must be at least one.
#[inline]
pub fn utf8_decode(bytes: &[u8]) -> Utf8 {
    match bytes.first() {
        Some(&b) if b < 0x80 => Utf8::Char(b as u32, 1),
        Some(_) => utf8_decode_long(bytes),
        None => Utf8::Incomplete,
    }
}

fn utf8_decode_long(bytes: &[u8]) -> Utf8 {
    // The first byte bounds the second: no longer form than needed, no surrogate, no more than
    // 10FFFF.
    let (len, low, high) = match bytes[0] {
        0xc2..=0xdf => (2, 0x80, 0xbf),
        0xe0 => (3, 0xa0, 0xbf),
        0xed => (3, 0x80, 0x9f),
        0xe1..=0xef => (3, 0x80, 0xbf),
        0xf0 => (4, 0x90, 0xbf),
        0xf4 => (4, 0x80, 0x8f),
        0xf1..=0xf3 => (4, 0x80, 0xbf),
        _ => return Utf8::Invalid,
    };
    let mut value = bytes[0] as u32 & (0x7f >> len);
    for i in 1..len {
        let Some(&byte) = bytes.get(i) else {
            return Utf8::Incomplete;
        };
        let fits = if i == 1 {
            byte >= low && byte <= high
        } else {
            byte & 0xc0 == 0x80
        };
        if !fits {
            return Utf8::Invalid;
        }
        value = (value << 6) | (byte & 0x3f) as u32;
    }
    Utf8::Char(value, len)
}

/// The character at the front of `bits` in UTF-8, and the bits that it takes.
#[inline]
pub fn get_utf8(bits: Bits<'_>) -> Option<(u32, usize)> {
    let count = (bits.len / 8).min(4);
    let decoded = if bits.offset.is_multiple_of(8) {
        let first = bits.offset / 8;
        utf8_decode(&bits.data[first..first + count])
    } else {
        let mut bytes = [0; 4];
        for (i, byte) in bytes[..count].iter_mut().enumerate() {
            *byte = bits.byte(i);
        }
        utf8_decode(&bytes[..count])
    };
    match decoded {
        Utf8::Char(value, len) => Some((value, len * 8)),
        _ => None,
    }
}

/// The character at the front of `bits` in UTF-16, and the bits that it takes.
pub fn get_utf16(bits: Bits<'_>, little: bool) -> Option<(u32, usize)> {
    let unit = |at: usize| {
        let field = (at + 16 <= bits.len).then(|| bits.slice(at, 16))?;
        Some(if little {
            field.to_u64_little() as u32
        } else {
            field.to_u64() as u32
        })
    };
    match unit(0)? {
        high @ 0xd800..=0xdbff => match unit(16)? {
            low @ 0xdc00..=0xdfff => Some((0x1_0000 + ((high & 0x3ff) << 10 | (low & 0x3ff)), 32)),
            _ => None,
        },
        0xdc00..=0xdfff => None,
        value => Some((value, 16)),
    }
}

/// The character at the front of `bits` in UTF-32, and the bits that it takes.
pub fn get_utf32(bits: Bits<'_>, little: bool) -> Option<(u32, usize)> {
    let field = (bits.len >= 32).then(|| bits.slice(0, 32))?;
    let value = if little {
        field.to_u64_little()
    } else {
        field.to_u64()
    } as u32;
    is_char(value).then_some((value, 32))
}
