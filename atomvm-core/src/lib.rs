//! A virtual machine for compiled Erlang, Elixir and Gleam.
#![cfg_attr(not(feature = "std"), no_std)]
extern crate alloc;

pub mod beam;
pub mod bif;
pub mod code;
pub mod etf;
pub mod interp;
pub mod memory;
pub mod pack;
pub mod platform;
pub mod process;
pub mod sched;
pub mod sync;
pub mod term;
pub mod value;
pub mod vm;
