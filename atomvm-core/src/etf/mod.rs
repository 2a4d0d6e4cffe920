//! The external term format: terms as bytes, for literals in code, storage and other nodes.
//!
//! ```text
//!   131, term                       a term
//!   131, 80, size:32, zlib data     a term, compressed; `size` is that of the term's bytes
//! ```
//!
//! Neither direction recurses: a list nested a million deep is an ordinary term.

pub mod decode;
pub mod encode;
pub mod env;
mod inflate;
mod reader;
mod tag;

pub use decode::{DecodeError, DecodeOptions, Decoding, decode};
pub use encode::{EncodeError, EncodeOptions, Encoding, Sizing, encode, encoded_size};
pub use env::{Env, FunId};
