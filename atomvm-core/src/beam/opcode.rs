//! The generic instructions: what a compiler writes into a BEAM file.
//!
//! Generated from `isa/generic.tab`.

/// A generic instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GenericOp {
    /// Its name, as `erlc -S` prints it.
    pub name: &'static str,
    /// How many operands it has; an extended list counts as one.
    pub arity: u8,
    /// The release of Erlang/OTP that brought it.
    pub since: u8,
}

include!(concat!(env!("OUT_DIR"), "/generic.rs"));

/// The highest opcode that this version knows.
pub const LAST: u8 = (GENERIC.len() - 1) as u8;

/// The instruction with number `opcode`, if this version knows it.
pub fn generic(opcode: u8) -> Option<&'static GenericOp> {
    GENERIC.get(usize::from(opcode))?.as_ref()
}

/// The name of the instruction with number `opcode`, or `unknown`.
pub fn name(opcode: u8) -> &'static str {
    generic(opcode).map_or("unknown", |op| op.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_dense_from_one() {
        assert!(generic(0).is_none());
        for number in 1..=LAST {
            assert!(generic(number).is_some(), "{number}");
        }
        assert!(generic(LAST + 1).is_none());
    }

    #[test]
    fn well_known_numbers() {
        assert_eq!(op::MOVE, 64);
        assert_eq!(op::BS_MATCH, 182);
        assert_eq!(name(op::PUT_RECORD), "put_record");
        assert_eq!(LAST, op::GET_RECORD_FIELD);
        assert_eq!(generic(op::BS_APPEND).unwrap().arity, 8);
    }
}
