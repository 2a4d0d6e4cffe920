//! The C library `libatomvm`. Its header, `include/atomvm.h`, is written from these sources: what
//! a C programmer must know stands in the documentation of the functions, in the terms of C.
//!
//! Rules that hold for all of them, and which the comments on safety refer to:
//!
//! - A pointer is null or points to what its type says; a text ends with a zero byte; an array
//!   has as many elements as is said. Null is refused wherever it has no meaning.
//! - An `atomvm_value *` that is given is given away; a `const atomvm_value *` is only read.
//! - Nothing unwinds into C: panics are caught where there is `std`, and end the program where
//!   there is none.
#![cfg_attr(not(feature = "std"), no_std)]
#![allow(non_camel_case_types)]
// The contract is the same everywhere and stands above; sections on safety would fill the header.
#![allow(clippy::missing_safety_doc)]
extern crate alloc;

mod config;
mod exception;
#[cfg(feature = "firmware")]
mod firmware;
mod guard;
mod native;
mod platform;
mod read;
mod status;
mod value;
mod vm;

pub use config::*;
pub use exception::*;
pub use native::*;
pub use platform::*;
pub use read::*;
pub use status::*;
pub use value::*;
pub use vm::*;
