//! A virtual machine for compiled Erlang, Elixir and Gleam.
#![cfg_attr(not(feature = "std"), no_std)]
extern crate alloc;
pub mod beam;
