//! Modules for the few instructions that no compiler at hand writes any more, put together by hand.

use atomvm_core::beam::Operand::{self, Atom, Integer, Label, Unsigned as U, X};
use atomvm_core::beam::opcode::op;

use crate::mutate::{Arg, Line, Module};

/// A module whose `start/0` returns what OTP documents for its instructions.
#[derive(Debug)]
pub struct Assembled {
    /// Its name.
    pub name: &'static str,
    /// The file.
    pub file: Vec<u8>,
    /// The value as `~0p` prints it.
    pub value: &'static str,
}

/// All of them.
pub fn all() -> Vec<Assembled> {
    vec![not_equal(), context_to_binary(), saved_context_to_binary()]
}

/// `is_ne`: compilers write `is_eq` with the branches the other way round.
fn not_equal() -> Assembled {
    let same = |a, b, next, put: u16, name| {
        vec![
            line(op::MOVE, [a, X(0)]),
            line(op::MOVE, [b, X(1)]),
            line(op::MOVE, [Atom(NO), X(put)]),
            line(op::IS_NE, [Label(next), X(0), X(1)]),
            line(op::MOVE, [Atom(name), X(put)]),
            line(op::LABEL, [U(u64::from(next))]),
        ]
    };
    let body = [
        same(Integer(1), Integer(2), 3, 2, YES),
        same(Integer(7), Integer(7), 4, 3, YES),
        same(Atom(YES), Integer(1), 5, 4, YES),
        vec![
            line(op::TEST_HEAP, [U(4), U(5)]),
            Line {
                op: op::PUT_TUPLE2,
                args: vec![Arg::One(X(0)), Arg::List(vec![X(2), X(3), X(4)])],
            },
            line(op::RETURN, []),
        ],
    ];
    module("by_hand_not_equal", &body.concat(), "{yes,no,yes}")
}

/// `bs_context_to_binary` gives all that the match began with.
fn context_to_binary() -> Assembled {
    let body = [
        &taken(),
        &[line(op::BS_CONTEXT_TO_BINARY, [X(0)])][..],
        &pair(),
    ]
    .concat();
    module("by_hand_context", &body, "{1,<<1,2,3>>}")
}

/// `bs_save2` with `start` moves where the match began.
fn saved_context_to_binary() -> Assembled {
    let saved = [
        line(op::BS_SAVE2, [X(0), Atom(START)]),
        line(op::BS_CONTEXT_TO_BINARY, [X(0)]),
        // Another term is left as it is.
        line(op::BS_CONTEXT_TO_BINARY, [X(1)]),
    ];
    let body = [&taken(), &saved[..], &pair()].concat();
    module("by_hand_saved_context", &body, "{1,<<2,3>>}")
}

/// Matches a byte of `<<1,2,3>>`, whose context is in x0 then, and the byte in x1.
fn taken() -> Vec<Line> {
    vec![
        line(op::BS_INIT2, [Label(0), U(3), U(0), U(0), U(0), X(0)]),
        line(op::BS_PUT_STRING, [U(3), U(0)]),
        line(op::BS_START_MATCH2, [Label(3), X(0), U(1), U(1), X(0)]),
        line(
            op::BS_GET_INTEGER2,
            [Label(3), X(0), U(1), Integer(8), U(1), U(0), X(1)],
        ),
    ]
}

/// Returns `{x1, x0}`, or `no` from label 3.
fn pair() -> Vec<Line> {
    vec![
        line(op::TEST_HEAP, [U(3), U(2)]),
        Line {
            op: op::PUT_TUPLE2,
            args: vec![Arg::One(X(0)), Arg::List(vec![X(1), X(0)])],
        },
        line(op::RETURN, []),
        line(op::LABEL, [U(3)]),
        line(op::MOVE, [Atom(NO), X(0)]),
        line(op::RETURN, []),
    ]
}

/// The atoms of every module: its name is the first.
const ATOMS: [&str; 3] = ["start", "yes", "no"];
const START: u32 = 2;
const YES: u32 = 3;
const NO: u32 = 4;

fn line<const N: usize>(op: u8, args: [Operand; N]) -> Line {
    let args = args.into_iter().map(Arg::One).collect();
    Line { op, args }
}

/// A module whose `start/0` has this body; its labels begin with 3.
fn module(name: &'static str, body: &[Line], value: &'static str) -> Assembled {
    let mut lines = vec![
        line(op::LABEL, [U(1)]),
        line(op::FUNC_INFO, [Atom(1), Atom(START), U(0)]),
        line(op::LABEL, [U(2)]),
    ];
    lines.extend_from_slice(body);
    lines.push(line(op::INT_CODE_END, []));
    let mut atoms = 4u32.to_be_bytes().to_vec();
    for atom in [name].into_iter().chain(ATOMS) {
        atoms.push(atom.len() as u8);
        atoms.extend(atom.bytes());
    }
    let words = |words: &[u32]| words.iter().flat_map(|w| w.to_be_bytes()).collect();
    let chunks = vec![
        (*b"AtU8", atoms),
        (*b"ImpT", words(&[0])),
        (*b"ExpT", words(&[1, START, 0, 2])),
        (*b"StrT", vec![1, 2, 3]),
    ];
    Assembled {
        name,
        file: Module::new(name, chunks, lines, 6, 1).encode(),
        value,
    }
}
