//! Terms that their holder owns: what the embedder gives to a VM and gets from it.
//!
//! A [`Value`] has no tie to any VM. It nests at most [`MAX_DEPTH`] deep when it comes from a
//! term, so that the traits that Rust derives are safe to use; a program that returns a deeper
//! term gives its host [`ValueError::TooDeep`].
//!
//! ```
//! # use atomvm_core::value::Value;
//! let value = Value::from((Value::atom("ok"), vec![1, 2, 300], "text"));
//! assert_eq!(value.to_string(), "{ok,[1,2,300],<<\"text\">>}");
//! assert_eq!(value.as_tuple().unwrap().len(), 3);
//! ```

mod access;
mod convert;
mod from;
mod print;
#[cfg(test)]
mod tests;

pub(crate) use convert::identifier;

use crate::term::WORD_BYTES;
use crate::term::atom::AtomError;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use num_bigint::BigInt;

/// How deep a value may nest: a value within a value counts one.
pub const MAX_DEPTH: usize = if WORD_BYTES >= 8 { 1000 } else { 100 };

/// A term, owned.
#[derive(Clone, Debug)]
pub enum Value {
    /// An integer of at most 64 bits.
    Integer(i64),
    /// A larger integer.
    BigInteger(BigInt),
    /// A float; in a term it must be finite.
    Float(f64),
    /// An atom.
    Atom(Box<str>),
    /// A binary.
    Binary(Vec<u8>),
    /// A bit string that is not a whole number of bytes.
    BitString {
        /// Its bits, the first bit of a byte being the most significant one.
        bytes: Vec<u8>,
        /// How many bits of the last byte belong to it: 1 to 7.
        bits: u8,
    },
    /// A list.
    List(Vec<Value>),
    /// The elements of an improper list, and what stands in place of `[]` at its end.
    ImproperList(Vec<Value>, Box<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// Keys and values of a map.
    Map(Vec<(Value, Value)>),
    /// A process of the VM that the value came from: N and S of `<0.N.S>` as `S << 15 | N`.
    Pid(u64),
    /// A port of the VM that the value came from: N of `#Port<0.N>`.
    Port(u64),
    /// A reference: A, B and C of `#Ref<0.C.B.A>`.
    Reference([u32; 3]),
    /// An identifier of another node.
    Foreign(Box<Foreign>),
    /// A fun, as it prints. It cannot be given back to a VM.
    Fun(String),
}

/// What an identifier of another node stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForeignKind {
    /// A process: number and serial.
    Pid,
    /// A port: low and high half of its number.
    Port,
    /// A reference: one to five words, the last that is printed first.
    Reference,
}

/// An identifier of another node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Foreign {
    /// What it stands for.
    pub kind: ForeignKind,
    /// The name of the node.
    pub node: Box<str>,
    /// Which incarnation of the node.
    pub creation: u32,
    /// Its numbers.
    pub numbers: Vec<u32>,
}

/// Why a term has no value, or a value no term.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ValueError {
    /// It nests more than [`MAX_DEPTH`] deep.
    #[error("nested too deep")]
    TooDeep,
    /// An atom cannot be made.
    #[error(transparent)]
    Atom(#[from] AtomError),
    /// A float that is infinite or no number.
    #[error("not a finite float")]
    BadFloat,
    /// A bit string whose bytes do not fit its number of bits.
    #[error("a bit string of impossible length")]
    BadBits,
    /// A process, port or reference that cannot be.
    #[error("an impossible identifier")]
    BadIdentifier,
    /// A tuple or integer larger than any in the VM.
    #[error("a value that is too large")]
    TooLarge,
    /// A fun, which belongs to the VM it came from.
    #[error("a fun cannot be given to a VM")]
    Fun,
    /// There is no memory.
    #[error("out of memory")]
    OutOfMemory,
    /// The value is of another type than the one asked for.
    #[error("not {0}")]
    Expected(&'static str),
}

/// Equality as `=:=`: maps are equal whatever the order of their pairs.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        use Value::*;
        match (self, other) {
            (Integer(a), Integer(b)) => a == b,
            (BigInteger(a), BigInteger(b)) => a == b,
            (Float(a), Float(b)) => a == b,
            (Atom(a), Atom(b)) => a == b,
            (Binary(a), Binary(b)) => a == b,
            (BitString { bytes: a, bits: n }, BitString { bytes: b, bits: m }) => a == b && n == m,
            (List(a), List(b)) | (Tuple(a), Tuple(b)) => a == b,
            (ImproperList(a, s), ImproperList(b, t)) => a == b && s == t,
            (Map(a), Map(b)) => a == b || equal_pairs(a, b),
            (Pid(a), Pid(b)) | (Port(a), Port(b)) => a == b,
            (Reference(a), Reference(b)) => a == b,
            (Foreign(a), Foreign(b)) => a == b,
            (Fun(a), Fun(b)) => a == b,
            _ => false,
        }
    }
}

/// Are these the same pairs in another order?
fn equal_pairs(a: &[(Value, Value)], b: &[(Value, Value)]) -> bool {
    a.len() == b.len() && a.iter().all(|pair| b.contains(pair))
}
