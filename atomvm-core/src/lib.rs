//! A virtual machine for compiled Erlang, Elixir and Gleam.
#![cfg_attr(not(feature = "std"), no_std)]
// Without `std` there is one thread, and locks that only check borrows.
#![cfg_attr(not(feature = "std"), allow(clippy::arc_with_non_send_sync))]
// Tests may end their process when there is no memory.
#![cfg_attr(not(test), warn(clippy::disallowed_methods, clippy::disallowed_macros))]
extern crate alloc;

pub mod beam;
pub mod bif;
pub mod code;
mod deflate;
pub mod etf;
pub mod ets;
pub mod interp;
pub mod matchspec;
pub mod memory;
pub mod pack;
pub mod platform;
pub mod port;
pub mod process;
pub mod sched;
pub mod sync;
pub mod term;
pub mod unicode;
pub mod value;
pub mod vm;
