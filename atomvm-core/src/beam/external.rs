//! Walks over a term in the external format without building it.
//!
//! The format is depth first, so a walk needs no stack: it counts the terms that are still to come.

/// What one tag of an external term says. A compound term is followed by its parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Token<'a> {
    /// An atom.
    Atom(&'a str),
    /// An integer of up to 32 bits.
    Integer(i32),
    /// A larger integer: its magnitude with the least significant byte first.
    BigInteger {
        /// Whether it is less than zero.
        negative: bool,
        /// The magnitude.
        magnitude: &'a [u8],
    },
    /// A float.
    Float(f64),
    /// A bit string: its bytes, and how many bits of the last one count (8 for a binary).
    Bits(&'a [u8], u8),
    /// A list of bytes.
    Bytes(&'a [u8]),
    /// The empty list.
    Nil,
    /// A list: so many elements follow, and then its tail.
    List(u32),
    /// A tuple: so many elements follow.
    Tuple(u32),
    /// A map: so many pairs of key and value follow.
    Map(u32),
    /// An external fun: module, function and arity follow.
    ExternalFun,
}

impl Token<'_> {
    /// How many terms follow that belong to this one.
    pub fn parts(&self) -> u64 {
        match *self {
            Token::List(n) => u64::from(n) + 1,
            Token::Tuple(n) => u64::from(n),
            Token::Map(n) => u64::from(n) * 2,
            Token::ExternalFun => 3,
            _ => 0,
        }
    }
}

/// The tokens of one external term; ends early (see [`Tokens::failed`]) where the term is
/// damaged or holds what has no meaning in a file, such as a process.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    rest: &'a [u8],
    /// Terms that are still to come.
    pending: u64,
    failed: bool,
}

impl<'a> Tokens<'a> {
    /// The tokens of `term`, which begins with the version byte.
    pub fn new(term: &'a [u8]) -> Self {
        let rest = term.strip_prefix(&[131]);
        Tokens {
            rest: rest.unwrap_or(&[]),
            pending: 1,
            failed: rest.is_none(),
        }
    }

    /// Whether the walk ended before the term did.
    pub fn failed(&self) -> bool {
        self.failed
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Option<usize> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn atom(&mut self, length: usize) -> Option<Token<'a>> {
        // The old forms are Latin-1: what is not ASCII there is not found in a file of today.
        core::str::from_utf8(self.take(length)?)
            .ok()
            .map(Token::Atom)
    }

    fn big(&mut self, length: usize) -> Option<Token<'a>> {
        let negative = self.u8()? != 0;
        let magnitude = self.take(length)?;
        Some(Token::BigInteger {
            negative,
            magnitude,
        })
    }

    fn token(&mut self) -> Option<Token<'a>> {
        Some(match self.u8()? {
            70 => Token::Float(f64::from_be_bytes(self.array()?)),
            77 => {
                let length = self.u32()? as usize;
                let bits = self.u8()?;
                Token::Bits(self.take(length)?, bits)
            }
            97 => Token::Integer(i32::from(self.u8()?)),
            98 => Token::Integer(i32::from_be_bytes(self.array()?)),
            100 | 118 => {
                let length = self.u16()?;
                self.atom(length)?
            }
            104 => Token::Tuple(u32::from(self.u8()?)),
            105 => Token::Tuple(self.u32()?),
            106 => Token::Nil,
            107 => {
                let length = self.u16()?;
                Token::Bytes(self.take(length)?)
            }
            108 => Token::List(self.u32()?),
            109 => {
                let length = self.u32()? as usize;
                Token::Bits(self.take(length)?, 8)
            }
            110 => {
                let length = usize::from(self.u8()?);
                self.big(length)?
            }
            111 => {
                let length = self.u32()? as usize;
                self.big(length)?
            }
            113 => Token::ExternalFun,
            115 | 119 => {
                let length = usize::from(self.u8()?);
                self.atom(length)?
            }
            116 => Token::Map(self.u32()?),
            _ => return None,
        })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.pending == 0 || self.failed {
            return None;
        }
        let token = self.token();
        match &token {
            Some(token) => self.pending = self.pending - 1 + token.parts(),
            None => self.failed = true,
        }
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_tokens_of_a_term() {
        // {a, [1 | b], #{<<"x">> => []}}
        let term = b"\x83h\x03w\x01al\0\0\0\x01a\x01w\x01bt\0\0\0\x01m\0\0\0\x01xj";
        let mut tokens = Tokens::new(term);
        let found: Vec<_> = tokens.by_ref().collect();
        assert!(!tokens.failed());
        let expected = [
            Token::Tuple(3),
            Token::Atom("a"),
            Token::List(1),
            Token::Integer(1),
            Token::Atom("b"),
            Token::Map(1),
            Token::Bits(b"x", 8),
            Token::Nil,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_damaged_term_ends_early() {
        for term in [b"\x83h\x02j".as_slice(), b"\x83m\0\0\0\x09x", b"j", b""] {
            let mut tokens = Tokens::new(term);
            tokens.by_ref().count();
            assert!(tokens.failed());
        }
    }
}
