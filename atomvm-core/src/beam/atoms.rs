//! The atom table: chunk `AtU8`, or `Atom` in files older than OTP 20.

use crate::memory::fallible::with_room;
use alloc::vec::Vec;

use super::error::BeamError;
use super::reader::Reader;

/// The most characters that an atom may have.
const MAX_CHARACTERS: usize = 255;

/// Reads an atom table; entry 0, which no atom has, is empty.
///
/// Since OTP 28 the count is negative and each length a compact term, so that an atom may be
/// longer than 255 bytes; before that, a length is one byte.
pub(super) fn parse(name: [u8; 4], data: &[u8]) -> Result<Vec<&str>, BeamError> {
    let mut reader = Reader::new(name, data);
    let count = reader.u32()?;
    let (count, compact) = match count as i32 {
        count if count < 0 => (count.unsigned_abs() as usize, true),
        count => (count as usize, false),
    };
    if count > reader.remaining() {
        return Err(reader.truncated());
    }
    if count == 0 {
        return Err(reader.bad(0, "no atom for the module's name"));
    }
    let mut atoms = with_room(count + 1)?;
    atoms.push("");
    for _ in 0..count {
        let offset = reader.offset();
        let length = match compact {
            true => usize::try_from(reader.unsigned()?).map_err(|_| reader.truncated())?,
            false => usize::from(reader.u8()?),
        };
        let bytes = reader.bytes(length)?;
        // The old `Atom` chunk is Latin-1; its modules use ASCII, which both encodings share.
        let text = core::str::from_utf8(bytes)
            .map_err(|_| reader.bad(offset, "an atom that is not UTF-8"))?;
        if text.chars().count() > MAX_CHARACTERS {
            return Err(reader.bad(offset, "an atom of more than 255 characters"));
        }
        atoms.push(text);
    }
    Ok(atoms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn both_formats() {
        let old = b"\0\0\0\x02\x01a\x02bc";
        assert_eq!(parse(*b"AtU8", old), Ok(vec!["", "a", "bc"]));
        let new = b"\xff\xff\xff\xfe\x10a\x20bc";
        assert_eq!(parse(*b"AtU8", new), Ok(vec!["", "a", "bc"]));
    }

    #[test]
    fn an_atom_may_be_longer_than_255_bytes_but_not_characters() {
        let mut data = b"\xff\xff\xff\xff\x28\xfe".to_vec();
        data.extend("ä".repeat(255).bytes());
        assert_eq!(parse(*b"AtU8", &data).unwrap()[1].len(), 510);
        let mut data = b"\xff\xff\xff\xff\x28\x00".to_vec();
        data.extend("a".repeat(256).bytes());
        assert!(parse(*b"AtU8", &data).is_err());
    }

    #[test]
    fn counts_are_bounded() {
        assert!(parse(*b"AtU8", b"\x7f\xff\xff\xff\x01a").is_err());
        assert!(parse(*b"AtU8", b"\x80\0\0\0\x10a").is_err());
        assert!(parse(*b"AtU8", b"\0\0\0\0").is_err());
    }
}
