//! The handlers of the instructions, by subject.

mod arith;
mod bits_build;
mod bits_match;
mod calls;
mod data;
mod exceptions;
mod floats;
mod messages;
mod moves;
mod records;
mod tests;
mod trace;

pub(super) use arith::*;
pub(super) use bits_build::*;
pub(super) use bits_match::*;
pub(super) use calls::*;
pub(super) use data::*;
pub(super) use exceptions::*;
pub(super) use floats::*;
pub(super) use messages::*;
pub(super) use moves::*;
pub(super) use records::*;
pub(super) use tests::*;
pub(super) use trace::*;
