//! The instructions of a module (chunk `Code`).

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, slice_of};
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::error::{BeamError, ChunkName};
use super::opcode::{self, GenericOp, op};
use super::reader::{Compact, Reader, tag, unsigned};

/// The instructions of a module, as the compiler wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// Labels are less than this.
    pub label_count: u32,
    /// How many functions the module has.
    pub function_count: u32,
    /// The highest opcode that occurs, as the compiler says.
    pub max_opcode: u32,
    /// The instructions, in order; the last is `int_code_end`.
    pub instrs: Vec<Instr>,
    /// Where the operands of instructions, and the elements of lists, are kept.
    pub operands: Vec<Operand>,
    /// The integers that do not fit into 64 bits.
    pub(super) bigs: Vec<BigInteger>,
}

/// An instruction; [`Code::args`] has its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instr {
    /// Its number, which [`opcode::generic`] knows.
    pub op: u8,
    /// How many operands it has: as many as its opcode's arity.
    pub arg_count: u8,
    /// Where its operands begin in [`Code::operands`].
    pub arg_start: u32,
    /// Where it stands in chunk `Code`, in bytes; for messages.
    pub offset: u32,
}

/// An operand, or an element of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A number that belongs to the instruction: a size, an arity, an index.
    Unsigned(u64),
    /// An integer that the program uses.
    Integer(i64),
    /// An integer of more than 64 bits: [`Code::big_integer`] has it.
    BigInteger(u32),
    /// An atom's index; 0 is the empty list.
    Atom(u32),
    /// An X register.
    X(u16),
    /// A Y register.
    Y(u16),
    /// An X register, and an index into the types of what the compiler knows of its value.
    TypedX(u16, u32),
    /// A Y register, and an index into the types of what the compiler knows of its value.
    TypedY(u16, u32),
    /// A label; 0 where a failure is to raise an exception.
    Label(u32),
    /// A character.
    Char(u32),
    /// A floating point register.
    FloatReg(u16),
    /// A literal's index.
    Literal(u32),
    /// A list of operands: [`Code::list`] has them.
    List {
        /// Where it begins in [`Code::operands`].
        start: u32,
        /// How many elements it has.
        len: u32,
    },
    /// What an instruction needs on the heap.
    AllocList {
        /// Words.
        words: u32,
        /// Floats.
        floats: u32,
        /// Funs, without their free variables.
        funs: u32,
    },
}

/// An integer of more than 64 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BigInteger {
    /// Whether it is less than zero.
    pub negative: bool,
    /// Its magnitude, most significant byte first, without leading zeros.
    pub magnitude: Box<[u8]>,
}

impl Code {
    /// The operands of `instr`.
    pub fn args(&self, instr: &Instr) -> &[Operand] {
        self.slice(instr.arg_start, u32::from(instr.arg_count))
    }

    /// The elements of a list ([`Operand::List`]); none for another operand.
    pub fn list(&self, operand: Operand) -> &[Operand] {
        match operand {
            Operand::List { start, len } => self.slice(start, len),
            _ => &[],
        }
    }

    /// The integer that an [`Operand::BigInteger`] with this index stands for.
    pub fn big_integer(&self, index: u32) -> Option<&BigInteger> {
        self.bigs.get(index as usize)
    }

    /// All integers of more than 64 bits.
    pub(crate) fn big_integers(&self) -> &[BigInteger] {
        &self.bigs
    }

    /// Sets the integers of more than 64 bits, of code that was not read.
    pub(crate) fn set_big_integers(&mut self, bigs: Vec<BigInteger>) {
        self.bigs = bigs;
    }

    fn slice(&self, start: u32, len: u32) -> &[Operand] {
        let start = start as usize;
        let end = start.saturating_add(len as usize);
        self.operands.get(start..end).unwrap_or(&[])
    }
}

/// The sizes of the tables that operands index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables {
    /// Atoms, with the unused entry 0.
    pub atoms: usize,
    /// Literals.
    pub literals: usize,
}

const CODE: [u8; 4] = *b"Code";

/// Extended operands: the value of a compact term with tag `z`.
mod extended {
    pub const LIST: i64 = 1;
    pub const FLOAT_REG: i64 = 2;
    pub const ALLOC_LIST: i64 = 3;
    pub const LITERAL: i64 = 4;
    pub const TYPED: i64 = 5;
}

/// Reads the chunk's header: all but the instructions, and a reader at the first of them.
fn header(data: &[u8]) -> Result<(Code, Reader<'_>), BeamError> {
    let mut reader = Reader::new(CODE, data);
    let size = reader.u32()? as usize;
    if size < 16 {
        return Err(reader.bad(0, "a header that is too short"));
    }
    if reader.u32()? != 0 {
        return Err(reader.bad(4, "another instruction set"));
    }
    let code = Code {
        max_opcode: reader.u32()?,
        label_count: reader.u32()?,
        function_count: reader.u32()?,
        ..Code::default()
    };
    reader.bytes(size - 16)?;
    Ok((code, reader))
}

/// What the header of chunk `Code` says, without instructions.
pub(super) fn counts(data: &[u8]) -> Result<Code, BeamError> {
    Ok(header(data)?.0)
}

/// Reads chunk `Code`. Indexes of atoms and literals are checked; the rest is the verifier's.
pub(super) fn parse(data: &[u8], tables: Tables) -> Result<Code, BeamError> {
    let (code, reader) = header(data)?;
    // Each label takes an instruction, and each function at least that and its header.
    if code.label_count as usize > data.len() || code.function_count as usize > data.len() {
        return Err(reader.bad(12, "more labels or functions than there is code"));
    }
    if code.max_opcode > u32::from(opcode::LAST) {
        return Err(BeamError::UnknownOpcode {
            opcode: code.max_opcode,
            offset: 8,
        });
    }
    let mut decoder = Decoder::new(reader, tables, code);
    while decoder.instr != op::INT_CODE_END {
        decoder.instruction()?;
    }
    Ok(decoder.code)
}

/// Reads operands that stand in another chunk in the form of those of instructions.
pub(super) struct Decoder<'a> {
    pub(super) reader: Reader<'a>,
    tables: Tables,
    pub(super) code: Code,
    /// The instruction that is being read, for messages.
    instr: u8,
    /// Its operands so far: lists among them are put away first, so that these stay together.
    args: Vec<Operand>,
}

impl<'a> Decoder<'a> {
    /// Reads from `reader`; lists and large integers are added to `code`.
    pub(super) fn new(reader: Reader<'a>, tables: Tables, code: Code) -> Decoder<'a> {
        Decoder {
            reader,
            tables,
            code,
            instr: 0,
            args: Vec::new(),
        }
    }

    fn instruction(&mut self) -> Result<(), BeamError> {
        let offset = self.reader.offset();
        self.instr = self.reader.u8()?;
        let Some(GenericOp { arity, .. }) = opcode::generic(self.instr) else {
            return Err(BeamError::UnknownOpcode {
                opcode: u32::from(self.instr),
                offset,
            });
        };
        self.args.clear();
        for _ in 0..*arity {
            let arg = self.operand()?;
            self.args.try_push(arg)?;
        }
        let arg_start = self.code.operands.len() as u32;
        self.code.operands.try_extend(self.args.drain(..))?;
        self.code.instrs.try_push(Instr {
            op: self.instr,
            arg_count: *arity,
            arg_start,
            offset: offset as u32,
        })?;
        Ok(())
    }

    fn bad(&self, offset: usize, what: &'static str) -> BeamError {
        BeamError::BadOperand {
            opcode: self.instr,
            name: opcode::name(self.instr),
            offset,
            what,
        }
    }

    /// An operand that may also be of an extended form.
    pub(super) fn operand(&mut self) -> Result<Operand, BeamError> {
        let offset = self.reader.offset();
        let (tag, value) = self.reader.compact()?;
        if tag != tag::Z {
            return self.simple(offset, tag, value);
        }
        match value {
            Compact::Small(extended::LIST) => self.list(),
            Compact::Small(extended::ALLOC_LIST) => self.alloc_list(),
            value => self.element_extended(offset, value),
        }
    }

    /// An element of a list: anything but another list.
    fn element(&mut self) -> Result<Operand, BeamError> {
        let offset = self.reader.offset();
        match self.reader.compact()? {
            (tag::Z, value) => self.element_extended(offset, value),
            (tag, value) => self.simple(offset, tag, value),
        }
    }

    fn element_extended(&mut self, offset: usize, v: Compact<'_>) -> Result<Operand, BeamError> {
        match v {
            Compact::Small(extended::FLOAT_REG) => {
                let number = self.unsigned()?;
                self.register(offset, number).map(Operand::FloatReg)
            }
            Compact::Small(extended::LITERAL) => self.literal(offset),
            Compact::Small(extended::TYPED) => self.typed(offset),
            _ => Err(self.bad(offset, "an operand of unknown form")),
        }
    }

    fn simple(&mut self, offset: usize, tag: u8, v: Compact<'_>) -> Result<Operand, BeamError> {
        if tag == tag::I {
            return Ok(match v {
                Compact::Small(value) => Operand::Integer(value),
                Compact::Big(bytes) => self.integer(bytes)?,
            });
        }
        let value = match (unsigned(v), v) {
            (Some(value), _) => value,
            // What takes a number of any size makes no difference between those.
            (None, Compact::Big([first, ..])) if tag == tag::U && first & 0x80 == 0 => u64::MAX,
            _ => return Err(self.bad(offset, "a number out of range")),
        };
        match tag {
            tag::U => Ok(Operand::Unsigned(value)),
            tag::A => self.atom(offset, value),
            tag::X => self.register(offset, value).map(Operand::X),
            tag::Y => self.register(offset, value).map(Operand::Y),
            tag::F => match u32::try_from(value) {
                Ok(label) if label < self.code.label_count => Ok(Operand::Label(label)),
                _ => Err(self.bad(offset, "a label that does not exist")),
            },
            tag::H => match u32::try_from(value) {
                Ok(value) => Ok(Operand::Char(value)),
                Err(_) => Err(self.bad(offset, "a character out of range")),
            },
            _ => Err(self.bad(offset, "an operand of unknown form")),
        }
    }

    /// An integer in nine bytes or more of two's complement, which may still fit into 64 bits.
    fn integer(&mut self, bytes: &[u8]) -> Result<Operand, BeamError> {
        let negative = bytes[0] & 0x80 != 0;
        let sign = if negative { 0xff } else { 0 };
        let skip = bytes.iter().take_while(|b| **b == sign).count();
        let digits = &bytes[skip.min(bytes.len().saturating_sub(1))..];
        let fits = digits.len() < 8 || (digits.len() == 8 && (digits[0] & 0x80 != 0) == negative);
        if fits {
            let start = if negative { -1 } else { 0 };
            let value = digits.iter().fold(start, |v, b| (v << 8) | i64::from(*b));
            return Ok(Operand::Integer(value));
        }
        let index = self.code.bigs.len() as u32;
        let magnitude = magnitude(bytes, negative)?;
        self.code.bigs.try_push(BigInteger {
            negative,
            magnitude,
        })?;
        Ok(Operand::BigInteger(index))
    }

    fn unsigned(&mut self) -> Result<u64, BeamError> {
        let offset = self.reader.offset();
        match self.reader.compact()? {
            (tag::U, value) => unsigned(value),
            _ => None,
        }
        .ok_or_else(|| self.bad(offset, "an unsigned number was expected"))
    }

    fn register(&self, offset: usize, number: u64) -> Result<u16, BeamError> {
        u16::try_from(number).map_err(|_| self.bad(offset, "a register that does not exist"))
    }

    fn atom(&self, offset: usize, index: u64) -> Result<Operand, BeamError> {
        match u32::try_from(index) {
            Ok(index) if (index as usize) < self.tables.atoms => Ok(Operand::Atom(index)),
            index => Err(BeamError::BadAtom {
                chunk: ChunkName(CODE),
                offset,
                index: index.unwrap_or(u32::MAX),
            }),
        }
    }

    fn literal(&mut self, offset: usize) -> Result<Operand, BeamError> {
        let index = self.unsigned()?;
        match u32::try_from(index) {
            Ok(small) if (small as usize) < self.tables.literals => Ok(Operand::Literal(small)),
            _ => Err(BeamError::BadLiteral { offset, index }),
        }
    }

    fn typed(&mut self, offset: usize) -> Result<Operand, BeamError> {
        let (tag, value) = self.reader.compact()?;
        let number = unsigned(value).ok_or_else(|| self.bad(offset, "a number out of range"))?;
        let number = self.register(offset, number)?;
        let index =
            u32::try_from(self.unsigned()?).map_err(|_| self.bad(offset, "a type out of range"))?;
        match tag {
            tag::X => Ok(Operand::TypedX(number, index)),
            tag::Y => Ok(Operand::TypedY(number, index)),
            _ => Err(self.bad(offset, "a type on something other than a register")),
        }
    }

    fn list(&mut self) -> Result<Operand, BeamError> {
        let len = self.unsigned()?;
        // Each element takes at least a byte, which bounds the allocation.
        if len > self.reader.remaining() as u64 {
            return Err(self.reader.truncated());
        }
        let start = self.code.operands.len() as u32;
        for _ in 0..len {
            let element = self.element()?;
            self.code.operands.try_push(element)?;
        }
        Ok(Operand::List {
            start,
            len: len as u32,
        })
    }

    fn alloc_list(&mut self) -> Result<Operand, BeamError> {
        let (mut words, mut floats, mut funs) = (0, 0, 0);
        let pairs = self.unsigned()?;
        for _ in 0..pairs {
            let offset = self.reader.offset();
            let kind = self.unsigned()?;
            let amount = u32::try_from(self.unsigned()?)
                .map_err(|_| self.bad(offset, "more heap than there can be"))?;
            match kind {
                0 => words = amount,
                1 => floats = amount,
                2 => funs = amount,
                _ => return Err(self.bad(offset, "heap for something unknown")),
            }
        }
        Ok(Operand::AllocList {
            words,
            floats,
            funs,
        })
    }
}

/// The magnitude of a number in two's complement, most significant byte first.
fn magnitude(bytes: &[u8], negative: bool) -> Result<Box<[u8]>, OutOfMemory> {
    let mut digits = collect(bytes.iter().copied())?;
    if negative {
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            let (value, overflow) = (!*digit).overflowing_add(u8::from(carry));
            *digit = value;
            carry = overflow;
        }
        // Only the lowest number of this length overflows, and then its magnitude is the same bytes.
    }
    let zeros = digits.iter().take_while(|b| **b == 0).count();
    digits.drain(..zeros);
    slice_of(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn code(instructions: &[u8]) -> Result<Code, BeamError> {
        let mut data = vec![
            0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 190, 0, 0, 0, 3, 0, 0, 0, 1,
        ];
        data.extend_from_slice(instructions);
        let tables = Tables {
            atoms: 3,
            literals: 2,
        };
        parse(&data, tables)
    }

    fn moved(source: &[u8]) -> Result<Code, BeamError> {
        code(&[&[op::MOVE], source, &[0x03, op::INT_CODE_END]].concat())
    }

    #[test]
    fn operands_of_every_form() {
        let first = |source: &[u8]| moved(source).map(|code| code.args(&code.instrs[0])[0]);
        assert_eq!(first(&[0x22]), Ok(Operand::Atom(2)));
        assert_eq!(first(&[0x02]), Ok(Operand::Atom(0)));
        assert_eq!(first(&[0x14]), Ok(Operand::Y(1)));
        assert_eq!(first(&[0x47, 0x10]), Ok(Operand::Literal(1)));
        assert_eq!(first(&[0x27, 0x10]), Ok(Operand::FloatReg(1)));
        assert_eq!(first(&[0x57, 0x23, 0x10]), Ok(Operand::TypedX(2, 1)));
        assert_eq!(first(&[0x57, 0x24, 0x10]), Ok(Operand::TypedY(2, 1)));
        let alloc = Operand::AllocList {
            words: 4,
            floats: 1,
            funs: 0,
        };
        assert_eq!(first(&[0x37, 0x20, 0x00, 0x40, 0x10, 0x10]), Ok(alloc));
        assert_eq!(first(&[0x16]), Ok(Operand::Char(1)));
    }

    #[test]
    fn a_list_stands_beside_the_other_operands() {
        let code = moved(&[0x17, 0x20, 0x11, 0x21]).unwrap();
        let args = code.args(&code.instrs[0]);
        assert_eq!(args[1], Operand::X(0));
        let elements = [Operand::Integer(1), Operand::Integer(2)];
        assert_eq!(code.list(args[0]), elements);
    }

    #[test]
    fn indexes_are_bounded() {
        assert!(matches!(moved(&[0x32]), Err(BeamError::BadAtom { .. })));
        let literal = moved(&[0x47, 0x20]);
        assert!(matches!(literal, Err(BeamError::BadLiteral { .. })));
        assert!(matches!(moved(&[0x35]), Err(BeamError::BadOperand { .. })));
        // A list within a list.
        let nested = moved(&[0x17, 0x10, 0x17, 0x00]);
        assert!(matches!(nested, Err(BeamError::BadOperand { .. })));
        // A list that claims more elements than there are bytes.
        let long = moved(&[0x17, 0x18, 0x7f, 0xff]);
        assert!(matches!(long, Err(BeamError::Truncated { .. })));
    }

    #[test]
    fn an_opcode_of_a_later_release_is_named() {
        assert!(matches!(
            code(&[200]),
            Err(BeamError::UnknownOpcode { opcode: 200, .. })
        ));
    }

    #[test]
    fn big_integers() {
        let nine = |bytes: [u8; 9]| {
            let code = moved(&[&[0xf9, 0x00], &bytes[..]].concat()).unwrap();
            let arg = code.args(&code.instrs[0])[0];
            match arg {
                Operand::BigInteger(index) => {
                    let big = code.big_integer(index).unwrap();
                    (big.negative, big.magnitude.to_vec())
                }
                _ => panic!("{arg:?}"),
            }
        };
        let two_to_63 = [0, 0x80, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(nine(two_to_63), (false, two_to_63[1..].to_vec()));
        let minus_two_to_64 = [0xff, 0, 0, 0, 0, 0, 0, 0, 0];
        let magnitude = vec![1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(nine(minus_two_to_64), (true, magnitude));
        let lowest = [0x80, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(nine(lowest), (true, lowest.to_vec()));
        let minus = [0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255];
        assert_eq!(nine(minus), (true, vec![0x80, 0, 0, 0, 0, 0, 0, 1]));
    }

    #[test]
    fn nine_bytes_may_hold_a_small_integer() {
        let code = moved(&[0xf9, 0x00, 255, 255, 255, 255, 255, 255, 255, 255, 255]).unwrap();
        assert_eq!(code.args(&code.instrs[0])[0], Operand::Integer(-1));
        let code = moved(&[0xf9, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        assert_eq!(code.args(&code.instrs[0])[0], Operand::Integer(0));
    }

    #[test]
    fn code_without_an_end_is_truncated() {
        assert!(matches!(
            code(&[op::RETURN]),
            Err(BeamError::Truncated { .. })
        ));
    }
}
