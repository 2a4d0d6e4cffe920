//! Writes BEAM files from the generic instructions that the VM's own reader gives.

use atomvm_core::beam::opcode;
use atomvm_core::beam::{Beam, BeamError, BigInteger, Code, Operand, inflate};

/// An instruction whose operands can be changed one by one.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its opcode.
    pub op: u8,
    /// Its operands, each with the elements of the list if it is one.
    pub args: Vec<Arg>,
}

/// An operand.
#[derive(Debug, Clone)]
pub enum Arg {
    /// Anything but a list.
    One(Operand),
    /// A list.
    List(Vec<Operand>),
}

/// A BEAM file taken apart.
#[derive(Debug, Clone)]
pub struct Module {
    /// The module's name.
    pub name: String,
    /// The chunks but `Code` and the literals.
    pub chunks: Vec<([u8; 4], Vec<u8>)>,
    /// The literals: a count, and size and external term of each.
    pub literals: Vec<u8>,
    /// The instructions.
    pub lines: Vec<Line>,
    /// What the code's header says: the highest opcode, and how many labels and functions.
    pub header: [u32; 3],
    /// Atoms, literals and imports: how many there are.
    pub counts: [usize; 3],
    bigs: Vec<BigInteger>,
}

const LITERAL_CHUNKS: [[u8; 4]; 2] = [*b"LitT", *b"LitU"];

impl Module {
    /// Takes a file apart.
    ///
    /// # Errors
    /// It is damaged.
    pub fn parse(bytes: &[u8]) -> Result<Module, BeamError> {
        let bytes = inflate(bytes)?;
        let beam = Beam::parse(&bytes)?;
        let is_kept = |name| name != *b"Code" && !LITERAL_CHUNKS.contains(&name);
        let chunks = beam.chunks.iter().filter(|chunk| is_kept(chunk.name));
        let code = &beam.code;
        let lines = code.instrs.iter().map(|instr| Line {
            op: instr.op,
            args: code
                .args(instr)
                .iter()
                .map(|arg| split(code, *arg))
                .collect(),
        });
        Ok(Module {
            name: beam.module_name().to_owned(),
            chunks: chunks
                .map(|chunk| (chunk.name, chunk.data.to_vec()))
                .collect(),
            literals: beam.literals.bytes().to_vec(),
            lines: lines.collect(),
            header: [code.max_opcode, code.label_count, code.function_count],
            counts: [beam.atoms.len(), beam.literals.len(), beam.imports.len()],
            bigs: (0..)
                .map_while(|index| code.big_integer(index).cloned())
                .collect(),
        })
    }

    /// A module of these instructions, with the chunks that go along.
    pub fn new(
        name: &str,
        chunks: Vec<([u8; 4], Vec<u8>)>,
        lines: Vec<Line>,
        labels: u32,
        functions: u32,
    ) -> Module {
        Module {
            name: name.to_owned(),
            chunks,
            literals: Vec::new(),
            lines,
            header: [u32::from(opcode::LAST), labels, functions],
            counts: [0; 3],
            bigs: Vec::new(),
        }
    }

    /// The file.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = b"BEAM".to_vec();
        chunk(&mut body, *b"Code", &self.code());
        if !self.literals.is_empty() {
            let table = [&[0; 4], &self.literals[..]].concat();
            chunk(&mut body, *b"LitT", &table);
        }
        for (name, data) in &self.chunks {
            chunk(&mut body, *name, data);
        }
        let mut file = b"FOR1".to_vec();
        file.extend((body.len() as u32).to_be_bytes());
        file.extend(body);
        file
    }

    fn code(&self) -> Vec<u8> {
        let words = [16, 0].iter().chain(&self.header);
        let mut out: Vec<u8> = words.flat_map(|word: &u32| word.to_be_bytes()).collect();
        for line in &self.lines {
            out.push(line.op);
            for arg in &line.args {
                match arg {
                    Arg::One(operand) => self.operand(&mut out, *operand),
                    Arg::List(elements) => {
                        out.push(LIST);
                        compact(&mut out, U, elements.len() as i128);
                        elements.iter().for_each(|it| self.operand(&mut out, *it));
                    }
                }
            }
        }
        out
    }

    fn operand(&self, out: &mut Vec<u8>, operand: Operand) {
        match operand {
            Operand::Unsigned(value) => compact(out, U, value.into()),
            Operand::Integer(value) => compact(out, 1, value.into()),
            Operand::BigInteger(index) => match self.bigs.get(index as usize) {
                Some(big) => bytes(out, 1, &twos_complement(big)),
                None => compact(out, 1, 1 << 70),
            },
            Operand::Atom(index) => compact(out, 2, index.into()),
            Operand::X(number) => compact(out, X, number.into()),
            Operand::Y(number) => compact(out, Y, number.into()),
            Operand::TypedX(number, index) => typed(out, X, number, index),
            Operand::TypedY(number, index) => typed(out, Y, number, index),
            Operand::Label(label) => compact(out, 5, label.into()),
            Operand::Char(value) => compact(out, 6, value.into()),
            Operand::FloatReg(number) => {
                out.push(0x27);
                compact(out, U, number.into());
            }
            Operand::Literal(index) => {
                out.push(0x47);
                compact(out, U, index.into());
            }
            Operand::List { .. } => out.extend([LIST, 0]),
            Operand::AllocList {
                words,
                floats,
                funs,
            } => {
                out.extend([0x37, 0x30]);
                for (kind, amount) in [words, floats, funs].into_iter().enumerate() {
                    compact(out, U, kind as i128);
                    compact(out, U, amount.into());
                }
            }
        }
    }
}

const LIST: u8 = 0x17;
const U: u8 = 0;
const X: u8 = 3;
const Y: u8 = 4;

fn split(code: &Code, operand: Operand) -> Arg {
    match operand {
        Operand::List { .. } => Arg::List(code.list(operand).to_vec()),
        other => Arg::One(other),
    }
}

fn chunk(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    out.extend(name);
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(data);
    out.resize(out.len().next_multiple_of(4), 0);
}

fn typed(out: &mut Vec<u8>, tag: u8, number: u16, index: u32) {
    out.push(0x57);
    compact(out, tag, number.into());
    compact(out, U, index.into());
}

/// A compact term.
fn compact(out: &mut Vec<u8>, tag: u8, value: i128) {
    match value {
        0..16 => out.push((value as u8) << 4 | tag),
        16..2048 => out.extend([((value >> 8) as u8) << 5 | 0x08 | tag, value as u8]),
        _ => {
            let all = value.to_be_bytes();
            let fits = |from: usize| {
                let sign = if all[from] & 0x80 == 0 { 0 } else { 0xff };
                all[..from].iter().all(|byte| *byte == sign)
            };
            let from = (0..=14).rev().find(|from| fits(*from)).unwrap_or(0);
            bytes(out, tag, &all[from..]);
        }
    }
}

/// A compact term of two bytes or more in two's complement.
fn bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    match bytes.len() {
        len @ 2..=8 => out.push((len as u8 - 2) << 5 | 0x18 | tag),
        len => {
            out.push(0xf8 | tag);
            compact(out, U, len as i128 - 9);
        }
    }
    out.extend(bytes);
}

fn twos_complement(big: &BigInteger) -> Vec<u8> {
    let mut digits = vec![0; (10 - big.magnitude.len().min(9)).max(1)];
    digits.extend(&big.magnitude);
    if big.negative {
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            (*digit, carry) = (!*digit).overflowing_add(carry.into());
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_sizes() {
        let term = |tag, value| {
            let mut out = Vec::new();
            compact(&mut out, tag, value);
            out
        };
        assert_eq!(term(0, 15), [0xf0]);
        assert_eq!(term(3, 16), [0x0b, 16]);
        assert_eq!(term(5, 2047), [0xed, 0xff]);
        assert_eq!(term(1, 2048), [0x19, 8, 0]);
        assert_eq!(term(1, -1), [0x19, 0xff, 0xff]);
        assert_eq!(term(0, 1 << 63)[..2], [0xf8, 0]);
    }
}
