//! The rules of the translator for bit strings.

use super::emit::Emitter;
use crate::beam::{Beam, Operand};

/// Translates an instruction; `false` when it is none about bit strings.
pub(super) fn instruction(
    _beam: &Beam<'_>,
    _out: &mut Emitter,
    _opcode: u8,
    _args: &[Operand],
    _stress: bool,
) -> bool {
    false
}
