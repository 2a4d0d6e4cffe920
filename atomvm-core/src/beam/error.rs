//! What can be wrong with a BEAM file.

use crate::memory::OutOfMemory;
use core::fmt;
use thiserror::Error;

/// The name of a chunk, printed as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChunkName(pub [u8; 4]);

impl fmt::Display for ChunkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for ChunkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Why a BEAM file was refused: what is wrong, and where.
///
/// Offsets count bytes from the start of the chunk's data, or from the start of the file for
/// the container itself (chunk `FOR1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BeamError {
    /// It does not begin as a BEAM file does.
    #[error("not a BEAM file")]
    NotABeam,
    /// The file is compressed as a whole (`erlc +compressed`): [`inflate`](super::inflate) it first.
    #[error("the BEAM file is compressed and must be inflated first")]
    Compressed,
    /// The data ends in the middle of something.
    #[error("chunk {chunk}, offset {offset}: the data ends too early")]
    Truncated {
        /// The chunk that ends.
        chunk: ChunkName,
        /// Where more was expected.
        offset: usize,
    },
    /// A chunk holds something that its format does not allow.
    #[error("chunk {chunk}, offset {offset}: {what}")]
    BadChunk {
        /// The chunk.
        chunk: ChunkName,
        /// Where in it.
        offset: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// A chunk that every module needs is not there.
    #[error("chunk {chunk} is missing")]
    MissingChunk {
        /// The chunk.
        chunk: ChunkName,
    },
    /// The code has an instruction of a later release than this version knows.
    #[error(
        "chunk Code, offset {offset}: opcode {opcode} is not known: a newer virtual machine is needed"
    )]
    UnknownOpcode {
        /// The instruction's number.
        opcode: u32,
        /// Where it stands.
        offset: usize,
    },
    /// An operand is malformed or out of range.
    #[error("chunk Code, offset {offset}: {name} ({opcode}): {what}")]
    BadOperand {
        /// The number of the instruction.
        opcode: u8,
        /// Its name.
        name: &'static str,
        /// Where the operand stands.
        offset: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An index into the atom table is out of range.
    #[error("chunk {chunk}, offset {offset}: there is no atom {index}")]
    BadAtom {
        /// The chunk that refers to the atom.
        chunk: ChunkName,
        /// Where in it.
        offset: usize,
        /// The index.
        index: u32,
    },
    /// An index into the literal table is out of range.
    #[error("chunk Code, offset {offset}: there is no literal {index}")]
    BadLiteral {
        /// Where the reference stands.
        offset: usize,
        /// The index.
        index: u64,
    },
    /// Compressed data cannot be inflated, or is larger when inflated than compression allows.
    #[error("chunk {chunk}: the compressed data is damaged")]
    BadCompression {
        /// The chunk, or `FOR1` for the whole file.
        chunk: ChunkName,
    },
    /// There was no memory for what is in the file.
    #[error("no memory to read the file")]
    NoMemory,
    /// There was no memory to hold the inflated data.
    #[error("chunk {chunk}: no memory for {size} bytes of inflated data")]
    OutOfMemory {
        /// The chunk, or `FOR1` for the whole file.
        chunk: ChunkName,
        /// How many bytes were asked for.
        size: usize,
    },
}

impl From<OutOfMemory> for BeamError {
    fn from(_: OutOfMemory) -> BeamError {
        BeamError::NoMemory
    }
}
