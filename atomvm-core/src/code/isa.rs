//! The internal instruction set, from `isa/internal.isa`.

/// An instruction's description.
#[derive(Debug)]
pub struct Instr {
    /// Its name.
    pub name: &'static str,
    /// A letter for each operand, and after a star those of a group of the tail.
    pub operands: &'static str,
    /// The kinds of its specialised operands, one string for each opcode.
    pub variants: &'static [&'static str],
    /// The kinds that each specialised operand may have; the variants are all combinations, the
    /// last operand changing first.
    pub kinds: &'static [&'static str],
    /// The opcode of its first variant.
    pub first: u16,
}

impl Base {
    /// The instruction's description.
    pub fn info(self) -> &'static Instr {
        &INSTRS[self as usize]
    }
}

include!(concat!(env!("OUT_DIR"), "/isa.rs"));
