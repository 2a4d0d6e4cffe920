//! Internal code as text, for people who look for what a program costs.

use super::emit::Link;
use super::isa::describe;
use super::target::Purpose;
use super::translate::{Translated, Untranslated, translate};
use super::verify::VerifyError;
use crate::beam::Beam;
use core::fmt::{self, Display, Formatter};

/// The internal code of a module, to be displayed.
pub struct Listing<'b, 'a> {
    beam: &'b Beam<'a>,
    translated: Translated,
}

/// Why there is no listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListingError {
    /// The code does what compiled code never does.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// An instruction is not supported.
    #[error("instruction {} at offset {offset} is not supported", super::translate::name(*.opcode))]
    Unsupported {
        /// The opcode.
        opcode: u8,
        /// Where it stands in chunk `Code`, in bytes.
        offset: u32,
    },
    /// There is no memory.
    #[error("out of memory")]
    OutOfMemory,
}

impl<'b, 'a> Listing<'b, 'a> {
    /// Verifies and translates a module.
    ///
    /// # Errors
    /// Its code is refused.
    pub fn new(beam: &'b Beam<'a>) -> Result<Self, ListingError> {
        let verified = super::verify::verify(beam)?;
        let translated =
            translate(beam, &verified, Purpose::HERE).map_err(|reason| match reason {
                Untranslated::Unsupported { opcode, offset } => {
                    ListingError::Unsupported { opcode, offset }
                }
                Untranslated::OutOfMemory => ListingError::OutOfMemory,
            })?;
        Ok(Listing { beam, translated })
    }

    /// The words of code.
    pub fn code_words(&self) -> usize {
        self.translated.code.len()
    }

    /// The entries of the link table.
    pub fn link_count(&self) -> usize {
        self.translated.links.len()
    }
}

impl Display for Listing<'_, '_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let code = &self.translated.code;
        let mut at = 0;
        while at < code.len() {
            if let Some(i) = self
                .translated
                .functions
                .iter()
                .position(|&(offset, _)| offset as usize == at)
            {
                self.function(f, i)?;
            }
            at += self.instruction(f, at)?;
        }
        Ok(())
    }
}

/// A reader of the units of an instruction.
struct Units<'c> {
    code: &'c [u32],
    at: usize,
}

impl Units<'_> {
    fn unit(&mut self) -> u16 {
        let [a, b, c, d] = self
            .code
            .get(self.at / 2)
            .copied()
            .unwrap_or(0)
            .to_ne_bytes();
        let pair = if self.at.is_multiple_of(2) {
            [a, b]
        } else {
            [c, d]
        };
        self.at += 1;
        u16::from_ne_bytes(pair)
    }

    fn wide(&mut self) -> u32 {
        let low = self.unit();
        low as u32 | (self.unit() as u32) << 16
    }
}

impl Listing<'_, '_> {
    fn function(&self, f: &mut Formatter<'_>, index: usize) -> fmt::Result {
        let functions = self
            .beam
            .code
            .instrs
            .iter()
            .filter(|i| i.op == crate::beam::opcode::op::FUNC_INFO);
        let Some(info) = functions.into_iter().nth(index) else {
            return Ok(());
        };
        if let [
            _,
            crate::beam::Operand::Atom(name),
            crate::beam::Operand::Unsigned(arity),
        ] = self.beam.code.args(info)
        {
            writeln!(f, "\n{}/{arity}:", self.beam.atom(*name))?;
        }
        Ok(())
    }

    fn instruction(&self, f: &mut Formatter<'_>, at: usize) -> Result<usize, fmt::Error> {
        let mut units = Units {
            code: &self.translated.code,
            at: at * 2,
        };
        let (info, kinds) = describe(units.unit());
        write!(f, "  {at:5}  {}", info.name)?;
        if !kinds.is_empty() {
            write!(f, "_{kinds}")?;
        }
        let (fixed, tail) = info.operands.split_once('*').unwrap_or((info.operands, ""));
        let mut kinds = kinds.bytes();
        let mut count = 0;
        for (i, letter) in fixed.bytes().enumerate() {
            f.write_str(if i == 0 { " " } else { ", " })?;
            match letter {
                b's' | b'd' => {
                    let unit = units.unit();
                    match kinds.next() {
                        Some(b'x') => write!(f, "x{unit}")?,
                        Some(b'y') => write!(f, "y{unit}")?,
                        Some(b'i') => write!(f, "{}", unit as i16)?,
                        _ => self.link(f, unit as u32)?,
                    }
                }
                b'n' => {
                    count = units.unit() as usize;
                    write!(f, "{count}")?;
                }
                letter => {
                    let word = units.wide();
                    self.word(f, letter, word, at)?;
                }
            }
        }
        let start = units.at.div_ceil(2);
        let words = count * tail.len();
        for i in 0..words {
            let word = self.translated.code.get(start + i).copied().unwrap_or(0);
            f.write_str(if i.is_multiple_of(tail.len()) {
                "; "
            } else {
                " "
            })?;
            self.word(f, tail.as_bytes()[i % tail.len()], word, at)?;
        }
        writeln!(f)?;
        Ok(start + words - at)
    }

    fn word(&self, f: &mut Formatter<'_>, letter: u8, word: u32, at: usize) -> fmt::Result {
        match letter {
            b'v' | b't' => match word & 3 {
                0 => write!(f, "x{}", word >> 2),
                1 => write!(f, "y{}", word >> 2),
                2 => self.link(f, word >> 2),
                _ => write!(f, "{}", word as i32 >> 2),
            },
            b'l' if word == 0 => f.write_str("raise"),
            b'l' => write!(f, "->{}", at as i64 + word as i32 as i64),
            b'k' | b'c' => self.link(f, word),
            _ => write!(f, "{word}"),
        }
    }

    fn link(&self, f: &mut Formatter<'_>, index: u32) -> fmt::Result {
        match self.translated.links.get(index as usize) {
            Some(Link::Nil) => f.write_str("[]"),
            Some(Link::Atom(i)) => write!(f, "'{}'", self.beam.atom(*i)),
            Some(Link::Integer(v)) => write!(f, "{v}"),
            Some(Link::BigInteger(i)) => write!(f, "big#{i}"),
            Some(Link::Literal(i)) => write!(f, "literal#{i}"),
            Some(Link::Import(i)) => {
                let Some(import) = self.beam.imports.get(*i as usize) else {
                    return Ok(());
                };
                write!(
                    f,
                    "{}:{}/{}",
                    self.beam.atom(import.module),
                    self.beam.atom(import.function),
                    import.arity
                )
            }
            Some(Link::Lambda(i)) => write!(f, "fun#{i}"),
            Some(Link::Record(i)) => write!(f, "record#{i}"),
            Some(Link::Order(i)) => write!(f, "order#{i}"),
            None => f.write_str("?"),
        }
    }
}
