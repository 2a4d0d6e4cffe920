//! What comes from the other end of a port, cut into messages.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, with_room};
use alloc::vec::Vec;

/// How bytes become messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Framing {
    /// As they come.
    #[default]
    Stream,
    /// Each message has its length before it, in so many bytes, the highest first.
    Packet(u8),
    /// Lines, in pieces of at most so many bytes.
    Line(usize),
}

/// A piece of what has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Bytes, or a packet.
    Data(&'a [u8]),
    /// A line, or its last piece.
    EndOfLine(&'a [u8]),
    /// A piece of a line that goes on.
    NoEndOfLine(&'a [u8]),
}

/// The longest packet that is put together.
const LONGEST: usize = 1 << 27;

/// What becomes of a piece.
type Told = Result<(), OutOfMemory>;

impl Framing {
    /// Cuts off what is complete in `rest` and `bytes`; what is not stays in `rest`.
    ///
    /// # Errors
    /// There is no memory to keep it or to tell of it, or a packet would be too long.
    pub fn cut(
        self,
        rest: &mut Vec<u8>,
        bytes: &[u8],
        mut tell: impl FnMut(Piece<'_>) -> Told,
    ) -> Told {
        match self {
            Framing::Stream => tell(Piece::Data(bytes)),
            Framing::Packet(size) => packets(size.into(), rest, bytes, tell),
            Framing::Line(most) => {
                for part in bytes.split_inclusive(|&byte| byte == b'\n') {
                    line(most, rest, part, &mut tell)?;
                }
                Ok(())
            }
        }
    }

    /// What is left when no more will come, if it is a message.
    pub fn last(self, rest: &[u8]) -> Option<Piece<'_>> {
        let is_line = matches!(self, Framing::Line(_)) && !rest.is_empty();
        is_line.then_some(Piece::NoEndOfLine(rest))
    }

    /// The bytes with what stands before them; `None` if that has no room for their number.
    ///
    /// # Errors
    /// There is no memory.
    pub fn framed(self, bytes: Vec<u8>) -> Result<Option<Vec<u8>>, OutOfMemory> {
        let Framing::Packet(size) = self else {
            return Ok(Some(bytes));
        };
        let Ok(length) = u32::try_from(bytes.len()) else {
            return Ok(None);
        };
        let length = length.to_be_bytes();
        let (high, low) = length.split_at(4 - usize::from(size));
        if high.iter().any(|&byte| byte != 0) {
            return Ok(None);
        }
        let mut framed = with_room(low.len() + bytes.len())?;
        framed.extend_from_slice(low);
        framed.extend_from_slice(&bytes);
        Ok(Some(framed))
    }
}

fn packets(
    size: usize,
    rest: &mut Vec<u8>,
    bytes: &[u8],
    mut tell: impl FnMut(Piece<'_>) -> Told,
) -> Told {
    rest.try_extend(bytes.iter().copied())?;
    let mut from = 0;
    while let Some((start, end)) = packet(&rest[from..], size)? {
        tell(Piece::Data(&rest[from + start..from + end]))?;
        from += end;
    }
    rest.drain(..from);
    Ok(())
}

/// Where the first packet starts and ends.
fn packet(bytes: &[u8], size: usize) -> Result<Option<(usize, usize)>, OutOfMemory> {
    let Some(header) = bytes.get(..size) else {
        return Ok(None);
    };
    let length = header.iter().fold(0, |n, &byte| n << 8 | u64::from(byte));
    let length = usize::try_from(length).ok().filter(|&n| n <= LONGEST);
    let end = size + length.ok_or(OutOfMemory)?;
    Ok((bytes.len() >= end).then_some((size, end)))
}

/// A part of a line, with its end or without.
fn line(
    most: usize,
    rest: &mut Vec<u8>,
    part: &[u8],
    tell: &mut impl FnMut(Piece<'_>) -> Told,
) -> Told {
    let whole = part.strip_suffix(b"\n");
    let mut left = whole.unwrap_or(part);
    while rest.len() + left.len() > most {
        let (now, later) = left.split_at(most - rest.len());
        rest.try_extend(now.iter().copied())?;
        tell(Piece::NoEndOfLine(rest))?;
        rest.clear();
        left = later;
    }
    rest.try_extend(left.iter().copied())?;
    if whole.is_some() {
        tell(Piece::EndOfLine(rest))?;
        rest.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces: whether a line goes on (`-`), ends (`|`) or it is none (`=`), and the bytes.
    fn all(framing: Framing, parts: &[&[u8]]) -> (Vec<(char, Vec<u8>)>, Vec<u8>) {
        let (mut rest, mut pieces) = (Vec::new(), Vec::new());
        for part in parts {
            let cut = framing.cut(&mut rest, part, |piece| {
                pieces.push(match piece {
                    Piece::Data(bytes) => ('=', bytes.to_vec()),
                    Piece::EndOfLine(bytes) => ('|', bytes.to_vec()),
                    Piece::NoEndOfLine(bytes) => ('-', bytes.to_vec()),
                });
                Ok(())
            });
            assert!(cut.is_ok());
        }
        (pieces, rest)
    }

    #[test]
    fn packets_come_in_any_parts() {
        let (pieces, rest) = all(Framing::Packet(2), &[b"\0", b"\x02a", b"b\0\0\0\x01c\0"]);
        let expected = [&b"ab"[..], b"", b"c"].map(|data| ('=', data.to_vec()));
        assert_eq!((&pieces[..], &rest[..]), (&expected[..], &b"\0"[..]));
        assert_eq!(Framing::Packet(1).framed([0; 256].into()), Ok(None));
        let framed = Framing::Packet(4).framed(b"abc".to_vec()).unwrap();
        assert_eq!(framed.as_deref(), Some(&b"\0\0\0\x03abc"[..]));
        let long = Framing::Packet(4).cut(&mut Vec::new(), b"\xff\xff\xff\xff", |_| Ok(()));
        assert_eq!(long, Err(OutOfMemory));
    }

    #[test]
    fn lines_have_a_longest_piece() {
        let framing = Framing::Line(5);
        let (pieces, rest) = all(framing, &[b"abc\nabcde", b"fg\n\nx"]);
        let expected = [
            ('|', &b"abc"[..]),
            ('-', b"abcde"),
            ('|', b"fg"),
            ('|', b""),
        ];
        assert_eq!(pieces, expected.map(|(kind, bytes)| (kind, bytes.to_vec())));
        assert_eq!(framing.last(&rest), Some(Piece::NoEndOfLine(b"x")));
        assert_eq!(framing.last(b""), None);
    }
}
