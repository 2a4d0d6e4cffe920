//! Lists of bytes, bit strings and such lists, at any depth: the input of all output.

use super::{Bits, Term};
use crate::memory::OutOfMemory;
use alloc::vec::Vec;

/// Why a term cannot be flattened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IoListError {
    /// It is no list of bytes, bit strings and such lists.
    #[error("not an iolist")]
    BadTerm,
    /// There is no memory for the walk or the result.
    #[error("out of memory")]
    NoMemory,
}

impl From<OutOfMemory> for IoListError {
    fn from(_: OutOfMemory) -> Self {
        IoListError::NoMemory
    }
}

/// What a list is made of.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// A byte.
    Byte(u8),
    /// A bit string, which is also given as the term it is.
    Bits(Term, Bits<'a>),
}

/// Goes through the pieces of a list (or of a bit string, which is one piece), from the first.
///
/// After an error the iteration must not go on.
pub struct Pieces {
    current: Term,
    pending: Vec<Term>,
}

impl Pieces {
    /// The pieces of `term`.
    pub fn of(term: Term) -> Pieces {
        Pieces {
            current: term,
            pending: Vec::new(),
        }
    }

    fn bits<'a>(term: Term) -> Result<Piece<'a>, IoListError> {
        match term.as_bits() {
            Some(bits) => Ok(Piece::Bits(term, bits)),
            None => Err(IoListError::BadTerm),
        }
    }

    /// Goes into the list `head`; what follows it comes later.
    fn enter(&mut self, head: Term) -> Result<(), IoListError> {
        if !self.current.is_nil() {
            if self.pending.try_reserve(1).is_err() {
                return Err(IoListError::NoMemory);
            }
            self.pending.push(self.current);
        }
        self.current = head;
        Ok(())
    }

    /// The next piece, if there is one.
    ///
    /// # Errors
    /// What comes next is no piece of such a list.
    #[inline]
    pub fn next<'a>(&mut self) -> Result<Option<Piece<'a>>, IoListError> {
        loop {
            if let Some((head, tail)) = self.current.as_cons() {
                self.current = tail;
                match head.as_small() {
                    Some(byte @ 0..=255) => return Ok(Some(Piece::Byte(byte as u8))),
                    Some(_) => return Err(IoListError::BadTerm),
                    None if head.is_list() => self.enter(head)?,
                    None => return Pieces::bits(head).map(Some),
                }
            } else if self.current.is_nil() {
                match self.pending.pop() {
                    Some(next) => self.current = next,
                    None => return Ok(None),
                }
            } else {
                let last = core::mem::replace(&mut self.current, Term::NIL);
                return Pieces::bits(last).map(Some);
            }
        }
    }
}

/// The size of `term` in bits, and whether all its pieces have whole bytes.
///
/// # Errors
/// It is no such list, or too large to count.
pub fn size(term: Term) -> Result<(usize, bool), IoListError> {
    let mut pieces = Pieces::of(term);
    let (mut size, mut whole) = (0usize, true);
    while let Some(piece) = pieces.next()? {
        let len = match piece {
            Piece::Byte(_) => 8,
            Piece::Bits(_, bits) => {
                whole &= bits.is_binary();
                bits.len
            }
        };
        size = size.checked_add(len).ok_or(IoListError::NoMemory)?;
    }
    Ok((size, whole))
}

/// The size of `term` in bytes, when all pieces have whole bytes.
///
/// # Errors
/// It is no iolist.
pub fn byte_size(term: Term) -> Result<usize, IoListError> {
    match size(term)? {
        (bits, true) => Ok(bits / 8),
        _ => Err(IoListError::BadTerm),
    }
}

/// Writes the pieces of `term`, whose [`size`] says how long they are, to the front of `to`.
///
/// # Errors
/// It is no such list.
pub fn write(term: Term, to: &mut [u8]) -> Result<(), IoListError> {
    let mut pieces = Pieces::of(term);
    let mut at = 0;
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Byte(byte) if at % 8 == 0 => {
                to[at / 8] = byte;
                at += 8;
            }
            Piece::Byte(byte) => {
                super::bits_put::put_u64(to, at, 8, byte as u64);
                at += 8;
            }
            Piece::Bits(_, bits) => {
                super::bits_put::put_bits(to, at, bits);
                at += bits.len;
            }
        }
    }
    Ok(())
}

/// The bytes of an iolist or binary.
///
/// # Errors
/// It is no iolist, or there is no memory.
pub fn to_vec(term: Term) -> Result<Vec<u8>, IoListError> {
    let size = byte_size(term)?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(size)
        .map_err(|_| IoListError::NoMemory)?;
    bytes.resize(size, 0);
    write(term, &mut bytes)?;
    Ok(bytes)
}
