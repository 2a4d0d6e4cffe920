//! What the compiler knows of the values in registers (chunk `Type`, since OTP 25).

use crate::memory::fallible::with_room;
use alloc::vec::Vec;

use super::error::BeamError;
use super::reader::Reader;

/// What the compiler knows of a value: a hint, which nothing may rely on for safety.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    /// The types that the value may have: bits of [`Type::ATOM`] and so on.
    pub union: u16,
    /// The least value, if it is an integer.
    pub min: Option<i64>,
    /// The greatest value, if it is an integer.
    pub max: Option<i64>,
    /// If it is a bit string: its size in bits is a multiple of this.
    pub unit: Option<u16>,
}

impl Type {
    /// An atom.
    pub const ATOM: u16 = 1 << 0;
    /// A bit string.
    pub const BITSTRING: u16 = 1 << 1;
    /// A list with at least one element.
    pub const CONS: u16 = 1 << 2;
    /// A float.
    pub const FLOAT: u16 = 1 << 3;
    /// A fun.
    pub const FUN: u16 = 1 << 4;
    /// An integer.
    pub const INTEGER: u16 = 1 << 5;
    /// A map.
    pub const MAP: u16 = 1 << 6;
    /// The empty list.
    pub const NIL: u16 = 1 << 7;
    /// A process identifier.
    pub const PID: u16 = 1 << 8;
    /// A port.
    pub const PORT: u16 = 1 << 9;
    /// A reference.
    pub const REFERENCE: u16 = 1 << 10;
    /// A tuple.
    pub const TUPLE: u16 = 1 << 11;
    /// A native record (since OTP 29).
    pub const RECORD: u16 = 1 << 12;
    /// The state of a match on a bit string (OTP 25 only).
    pub const MATCH_STATE: u16 = 1 << 13;
}

/// Reads chunk `Type`; empty if its version is not known, for then nothing is known of any value.
pub(super) fn parse(data: &[u8]) -> Result<Vec<Type>, BeamError> {
    let mut reader = Reader::new(*b"Type", data);
    let (entry, size) = match reader.u32()? {
        1 => (fixed as fn(&mut Reader<'_>) -> _, 18),
        3 => (flexible::<12> as _, 2),
        4 => (flexible::<13> as _, 2),
        _ => return Ok(Vec::new()),
    };
    let count = reader.count(size)?;
    let mut types = with_room(count)?;
    for _ in 0..count {
        types.push(entry(&mut reader)?);
    }
    Ok(types)
}

/// An entry of OTP 25: always with a range, which is empty where there is none.
fn fixed(reader: &mut Reader<'_>) -> Result<Type, BeamError> {
    let bits = reader.u16()?;
    let (min, max) = (reader.i64()?, reader.i64()?);
    // There, bit 2 is the match state and what follows is one further up than later.
    let mut union = (bits & 3) | (bits >> 1 & 0x0ffc);
    if bits & 4 != 0 {
        union |= Type::MATCH_STATE;
    }
    let range = (min <= max).then_some((min, max));
    Ok(Type {
        union,
        min: range.map(|(min, _)| min),
        max: range.map(|(_, max)| max),
        unit: None,
    })
}

/// An entry since OTP 26: `TYPES` bits of types, then three that say what follows.
fn flexible<const TYPES: u16>(reader: &mut Reader<'_>) -> Result<Type, BeamError> {
    let bits = reader.u16()?;
    let has = |bit: u16| bits & (1 << (TYPES + bit)) != 0;
    Ok(Type {
        union: bits & ((1 << TYPES) - 1),
        min: has(0).then(|| reader.i64()).transpose()?,
        max: has(1).then(|| reader.i64()).transpose()?,
        unit: has(2)
            .then(|| reader.u8())
            .transpose()?
            .map(|unit| u16::from(unit) + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_versions_say_the_same() {
        let range = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x03";
        let v1 = [b"\0\0\0\x01\0\0\0\x01\0\x40".as_slice(), range].concat();
        let v3 = [b"\0\0\0\x03\0\0\0\x01\x30\x20".as_slice(), range].concat();
        let v4 = [b"\0\0\0\x04\0\0\0\x01\x60\x20".as_slice(), range].concat();
        for data in [v1, v3, v4] {
            let types = parse(&data).unwrap();
            assert_eq!(types.len(), 1);
            assert_eq!(types[0].union, Type::INTEGER);
            assert_eq!((types[0].min, types[0].max), (Some(1), Some(3)));
        }
    }

    #[test]
    fn an_unknown_version_tells_nothing() {
        assert!(parse(b"\0\0\0\x63garbage").unwrap().is_empty());
    }
}
