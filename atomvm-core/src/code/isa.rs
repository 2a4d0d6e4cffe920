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

/// The instruction of an opcode, and the kinds of its specialised operands.
pub(super) fn describe(opcode: u16) -> (&'static Instr, &'static str) {
    let after = INSTRS.partition_point(|i| i.first <= opcode);
    let info = &INSTRS[after.saturating_sub(1)];
    let variant = opcode.wrapping_sub(info.first) as usize;
    (info, info.variants.get(variant).copied().unwrap_or(""))
}

/// The words of the instruction at `at`: those before its tail, and its tail's.
pub(super) fn extent(code: &[u32], at: usize) -> (usize, usize) {
    let unit = |k: usize| {
        let word = code.get(at + k / 2).copied().unwrap_or(0);
        super::emit::unpack(word)[k % 2]
    };
    let (info, _) = describe(unit(0));
    let (fixed, tail) = info.operands.split_once('*').unwrap_or((info.operands, ""));
    let (mut units, mut count) = (1, 0);
    for letter in fixed.bytes() {
        match letter {
            b's' | b'd' => units += 1,
            // The last number before a tail counts its groups.
            b'n' => {
                count = usize::from(unit(units));
                units += 1;
            }
            _ => units += 2,
        }
    }
    (units.div_ceil(2), count * tail.len())
}

include!(concat!(env!("OUT_DIR"), "/isa.rs"));
