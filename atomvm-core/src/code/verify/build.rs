//! Makes modules for tests, an instruction at a time.

use alloc::vec;
use alloc::vec::Vec;

use crate::beam::opcode;
use crate::beam::{Beam, Code, Export, Import, Instr, Lambda, Literals, Operand};

pub use Operand::{Atom, FloatReg, Integer, Label, Unsigned as U, X, Y};

/// An operand, or a list of them.
#[derive(Clone)]
pub enum Arg {
    One(Operand),
    List(Vec<Operand>),
}

impl From<Operand> for Arg {
    fn from(operand: Operand) -> Arg {
        Arg::One(operand)
    }
}

impl From<Vec<Operand>> for Arg {
    fn from(list: Vec<Operand>) -> Arg {
        Arg::List(list)
    }
}

/// An instruction with its operands.
pub type Line = (u8, Vec<Arg>);

/// An instruction: `i!(MOVE, X(1), X(0))`.
macro_rules! i {
    ($op:ident $(, $arg:expr)* $(,)?) => {
        (crate::beam::opcode::op::$op, alloc::vec![$(super::build::Arg::from($arg)),*])
    };
}
pub(super) use i;

/// The atoms of every module here; their indexes are constants below.
pub const ATOMS: [&str; 14] = [
    "",
    "m",
    "f",
    "g",
    "erlang",
    "error",
    "setelement",
    "self",
    "+",
    "lists",
    "reverse",
    "integer",
    "=:=",
    "get_tail",
];
pub const M: u32 = 1;
pub const F: u32 = 2;
pub const G: u32 = 3;
pub const INTEGER: u32 = 11;
pub const EQUALS: u32 = 12;
pub const GET_TAIL: u32 = 13;

/// Imports by index.
pub const ERROR: u64 = 0;
pub const SETELEMENT: u64 = 1;
pub const SELF: u64 = 2;
pub const PLUS: u64 = 3;
pub const REVERSE: u64 = 4;

/// Where the body of the first function begins: its label is 2, and the first free one 3.
pub fn head(arity: u64) -> Vec<Line> {
    vec![
        i!(LABEL, U(1)),
        i!(LINE, U(0)),
        i!(FUNC_INFO, Atom(M), Atom(F), U(arity)),
        i!(LABEL, U(2)),
    ]
}

/// A second function `g` with labels 20 and 21.
pub fn second(arity: u64) -> Vec<Line> {
    vec![
        i!(LABEL, U(20)),
        i!(FUNC_INFO, Atom(M), Atom(G), U(arity)),
        i!(LABEL, U(21)),
        i!(MOVE, Atom(0), X(0)),
        i!(RETURN),
    ]
}

/// A module with `f/arity`, whose body is given, and `g/1`.
pub fn module(arity: u64, body: &[Line]) -> Beam<'static> {
    let mut lines = head(arity);
    lines.extend_from_slice(body);
    lines.extend(second(1));
    beam(&lines)
}

/// A module of these instructions, with the tables that go along.
pub fn beam(lines: &[Line]) -> Beam<'static> {
    let import = |module, function, arity| Import {
        module,
        function,
        arity,
    };
    let mut code = Code::default();
    code.label_count = 200;
    for line in lines.iter().chain(&[i!(INT_CODE_END)]) {
        push(&mut code, line);
    }
    Beam {
        module: M,
        atoms: ATOMS.to_vec(),
        imports: vec![
            import(4, 5, 1),
            import(4, 6, 3),
            import(4, 7, 0),
            import(4, 8, 2),
            import(9, 10, 1),
        ],
        exports: Vec::new(),
        locals: Vec::new(),
        lambdas: vec![],
        literals: Literals::default(),
        records: Vec::new(),
        strings: b"abcd",
        lines: None,
        types: Vec::new(),
        attributes: None,
        compile_info: None,
        code,
        chunks: Vec::new(),
    }
}

/// The entry of a fun with one free variable, in the table of a [`module`].
pub fn lambda(label: u32, function: u32) -> Lambda {
    Lambda {
        function,
        arity: 1,
        label,
        index: 0,
        num_free: 1,
        old_uniq: 0,
    }
}

pub fn export(label: u32, function: u32, arity: u32) -> Export {
    Export {
        function,
        arity,
        label,
    }
}

fn push(code: &mut Code, (number, args): &Line) {
    let mut operands = Vec::new();
    for arg in args {
        operands.push(match arg {
            Arg::One(operand) => *operand,
            Arg::List(list) => {
                let start = code.operands.len() as u32;
                code.operands.extend_from_slice(list);
                Operand::List {
                    start,
                    len: list.len() as u32,
                }
            }
        });
    }
    let arity = opcode::generic(*number).map_or(0, |op| op.arity);
    assert_eq!(
        usize::from(arity),
        operands.len(),
        "{}",
        opcode::name(*number)
    );
    code.instrs.push(Instr {
        op: *number,
        arg_count: operands.len() as u8,
        arg_start: code.operands.len() as u32,
        offset: 20 + code.instrs.len() as u32,
    });
    code.operands.extend(operands);
}
