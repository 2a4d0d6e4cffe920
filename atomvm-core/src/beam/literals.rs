//! The literal table: chunk `LitT`, perhaps compressed, or `LitU`, which never is.

use crate::memory::fallible::with_room;
use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::container::{Wrapper, inflate_to};
use super::error::BeamError;
use super::reader::Reader;

/// The version byte that external terms begin with.
const EXTERNAL_TERM: u8 = 131;

/// The literals of a module: terms in the external format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Literals<'a> {
    data: Cow<'a, [u8]>,
    /// Where each term begins and ends in `data`.
    terms: Vec<(u32, u32)>,
}

impl<'a> Literals<'a> {
    /// How many literals there are.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Literal `index`: a term in the external format, version byte (131) included.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let (start, end) = *self.terms.get(index)?;
        self.data.get(start as usize..end as usize)
    }

    /// All literals, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The table as it stands in an uncompressed chunk (`LitU`): count, then size and term of each.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// Reads `LitT`: the size of the inflated table and zlib data; or, since OTP 28, size 0 and
    /// the table as it is.
    pub(super) fn parse_compressed(data: &'a [u8]) -> Result<Self, BeamError> {
        let mut reader = Reader::new(*b"LitT", data);
        let size = reader.u32()? as usize;
        let rest = reader.bytes(reader.remaining())?;
        let table = match size {
            0 => Cow::Borrowed(rest),
            _ => Cow::Owned(inflate_to(*b"LitT", rest, size, Wrapper::Zlib)?),
        };
        Self::index(*b"LitT", table)
    }

    /// Reads `LitU`: the table as it is.
    pub(super) fn parse_uncompressed(data: &'a [u8]) -> Result<Self, BeamError> {
        Self::index(*b"LitU", Cow::Borrowed(data))
    }

    fn index(name: [u8; 4], data: Cow<'a, [u8]>) -> Result<Self, BeamError> {
        let mut reader = Reader::new(name, &data);
        // Its size, the version byte and one more is the least that a term takes.
        let count = reader.count(6)?;
        let mut terms = with_room(count)?;
        for _ in 0..count {
            let size = reader.u32()? as usize;
            let start = reader.offset();
            let term = reader.bytes(size)?;
            if term.len() < 2 || term[0] != EXTERNAL_TERM {
                return Err(reader.bad(start, "a literal that is not an external term"));
            }
            terms.push((start as u32, reader.offset() as u32));
        }
        Ok(Literals { data, terms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"\0\0\0\x02\0\0\0\x02\x83j\0\0\0\x03\x83a\x07";

    fn check(literals: &Literals<'_>) {
        assert_eq!(literals.len(), 2);
        assert_eq!(literals.get(0), Some(b"\x83j".as_slice()));
        assert_eq!(literals.get(1), Some(b"\x83a\x07".as_slice()));
        assert_eq!(literals.get(2), None);
        assert_eq!(literals.bytes(), TABLE);
    }

    #[test]
    fn three_forms_of_the_same_table() {
        check(&Literals::parse_uncompressed(TABLE).unwrap());
        let plain = [b"\0\0\0\0", TABLE].concat();
        check(&Literals::parse_compressed(&plain).unwrap());
        let deflated = miniz_oxide::deflate::compress_to_vec_zlib(TABLE, 6);
        let size = (TABLE.len() as u32).to_be_bytes();
        check(&Literals::parse_compressed(&[&size, &deflated[..]].concat()).unwrap());
        let wrong = [&[0, 0, 0, 9], &deflated[..]].concat();
        assert!(Literals::parse_compressed(&wrong).is_err());
    }

    #[test]
    fn a_literal_begins_with_the_version() {
        assert!(Literals::parse_uncompressed(b"\0\0\0\x01\0\0\0\x02\x82j").is_err());
    }
}
