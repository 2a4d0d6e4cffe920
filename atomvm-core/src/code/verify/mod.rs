//! Verifies the code of a module, so that the interpreter can trust it.
//!
//! Each function is followed over all its paths by abstract interpretation: what is known at an
//! instruction is which X registers are set, how large the frame is, and how much of the heap that
//! was asked for is left. Where paths meet, what holds on all of them is kept. Code that compilers
//! write needs no more than that; code that was made or damaged otherwise is refused with a
//! [`VerifyError`] that says where and why.
//!
//! What the interpreter may presume of a module that [`verify`] accepts is listed in
//! `docs/verifier.md`; in short:
//!
//! - every operand is of a kind that its instruction takes, and every index, label, arity, unit
//!   and flag is in range; lists have the form that their instruction needs;
//! - no path leaves a function but by a call, a return or an exception;
//! - a register is read only where it is set on every path, a frame slot only inside the frame;
//! - what a collection may lose is not read after it: registers from `Live` on are unset;
//! - instructions that write to the heap without a test of their own have been given the room.
//!
//! What it must check itself is the type of a value: that `get_hd` is given a list, `bs_get_*` a
//! match context, and so on.
//!
//! The parts: `structure` finds functions and labels, `signature` is the table of operands,
//! `operands` checks them, `effects` says what each instruction does to what is known (`state`),
//! and `walk` follows the paths.

#[cfg(test)]
mod build;
mod cycle;
mod effects;
mod error;
mod guards;
mod operands;
mod signature;
mod state;
mod structure;
#[cfg(test)]
mod tests;
mod walk;

use crate::memory::fallible::text_or_none;
use alloc::vec::Vec;
use core::ops::Range;

use crate::beam::opcode::{self, op};
use crate::beam::{Beam, Operand};
use crate::term::boxed::FLOAT_WORDS;

pub use error::{Reason, VerifyError};

/// No function, no label.
const NONE: u32 = u32::MAX;
/// X registers are less than this.
pub const X_LIMIT: u16 = crate::interp::SCRATCH_BASE as u16;
/// Floating point registers are less than this.
pub const FLOAT_LIMIT: u16 = crate::interp::FLOAT_LIMIT;
/// Frames have fewer slots than this.
pub const FRAME_LIMIT: u16 = 1024;
/// The most elements that a tuple may have in code, and that an instruction may list (pairs, where
/// it lists those): as many as fit into 16 bits. Terms themselves may be larger.
pub const ELEMENT_LIMIT: u32 = u16::MAX as u32;
/// The most words that an instruction may ask for on the heap.
pub const HEAP_LIMIT: u32 = 1 << 26;
/// Words that a fun takes besides its free variables.
pub const FUN_WORDS: u32 = crate::term::fun::FUN_WORDS as u32;

/// What is known of a module whose code can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// The functions, in the order of the code.
    pub functions: Vec<Function>,
    /// The index of the function that each label is in; `u32::MAX` for a label that is not used.
    pub label_function: Vec<u32>,
    /// The handlers of exceptions, in the order of the code.
    pub catches: Vec<Catch>,
    /// Instructions that no path leads to, in order. Their operands are checked, but not what
    /// they do to registers, frame and heap: they must not be executed.
    pub unreachable: Vec<Range<u32>>,
    /// How many X registers there must be, at most [`X_LIMIT`].
    pub max_x: u16,
    /// How many floating point registers there must be, at most [`FLOAT_LIMIT`].
    pub max_fr: u16,
}

/// A function of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, an atom index.
    pub name_atom: u32,
    /// How many arguments it takes, 0 to 255.
    pub arity: u32,
    /// The label of its first instruction, where calls go.
    pub entry_label: u32,
    /// The label of its `func_info`, where it goes when no clause matches.
    pub info_label: u32,
    /// The instruction that defines `info_label`.
    pub first_instr: u32,
    /// The instruction behind its last one.
    pub end_instr: u32,
}

/// A `try` or `catch` that some path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catch {
    /// The instruction.
    pub instr: u32,
    /// The label of its handler, which begins with `try_case` or `catch_end` of the same slot.
    pub label: u32,
    /// How many slots the frame has, there and at the handler.
    pub frame: u16,
    /// The slot that keeps the handler.
    pub y: u16,
}

/// Words that an operand which asks for heap stands for: a number, or words, floats and funs.
/// None for another operand, or if there are too many.
pub fn heap_words(operand: Operand) -> Option<u32> {
    heap_words_of(operand, FLOAT_WORDS as u32)
}

/// As [`heap_words`], where a float takes `float_words`.
pub(super) fn heap_words_of(operand: Operand, float_words: u32) -> Option<u32> {
    match operand {
        Operand::Unsigned(words) => u32::try_from(words).ok(),
        Operand::AllocList {
            words,
            floats,
            funs,
        } => {
            let floats = floats.checked_mul(float_words)?;
            let funs = funs.checked_mul(FUN_WORDS)?;
            words.checked_add(floats)?.checked_add(funs)
        }
        _ => None,
    }
}

/// Whether modules may have instructions with this opcode: the compilers of OTP 21 and later write
/// no others, and OTP itself refuses them.
pub fn is_accepted(opcode: u8) -> bool {
    signature::signature(opcode).is_some()
}

/// Whether `erlang:function/arity` always raises or exits: compilers write no code after a call.
pub fn never_returns(function: &str, arity: u32) -> bool {
    matches!(
        (function, arity),
        ("error", 1..=3) | ("exit", 1) | ("throw", 1) | ("nif_error", 1..=2)
    )
}

/// Verifies the code of `beam`.
///
/// # Errors
/// The first fault of the module: compilers of OTP 21 and later write none.
pub fn verify(beam: &Beam<'_>) -> Result<Verified, VerifyError> {
    let located = |(at, reason)| locate(beam, at, reason);
    let layout = structure::Layout::of(beam).map_err(located)?;
    let mut operands = operands::Operands {
        beam,
        layout: &layout,
        highest: operands::Highest::default(),
    };
    for (index, function) in layout.functions.iter().enumerate() {
        for at in function.first_instr..function.end_instr {
            let instr = &beam.code.instrs[at as usize];
            operands
                .check(index as u32, instr)
                .map_err(|reason| located((at, reason)))?;
        }
    }
    let highest = operands.highest;
    let mut walker =
        walk::Walker::new(beam, &layout, highest.x).map_err(|error| located((0, error.into())))?;
    for index in 0..layout.functions.len() {
        walker.function(index).map_err(located)?;
    }
    let unreachable = walker
        .unreachable()
        .map_err(|error| located((0, error.into())))?;
    let mut catches = walker.catches;
    // Code that is followed again finds its handlers again.
    catches.sort_unstable_by_key(|catch| catch.instr);
    catches.dedup();
    Ok(Verified {
        functions: layout.functions,
        label_function: layout.label_function,
        catches,
        unreachable,
        max_x: highest.x,
        max_fr: highest.float,
    })
}

/// Says which function instruction `at` belongs to, and where it stands.
fn locate(beam: &Beam<'_>, at: u32, reason: Reason) -> VerifyError {
    let instrs = &beam.code.instrs;
    let at = at as usize;
    // A function's first label stands before its `func_info`.
    let head = instrs.iter().enumerate().skip(at);
    let head = head.take_while(|(i, instr)| {
        *i == at || structure::is_note(instr.op) || instr.op == op::FUNC_INFO
    });
    let head = head
        .map(|(_, instr)| instr)
        .find(|instr| instr.op == op::FUNC_INFO);
    let before = instrs.iter().take(at + 1).rev();
    let info = head.or_else(|| before.into_iter().find(|instr| instr.op == op::FUNC_INFO));
    let (function, arity) = match info.map(|info| beam.code.args(info)) {
        Some([_, Operand::Atom(name), Operand::Unsigned(arity)]) => {
            (beam.atom(*name), *arity as u32)
        }
        _ => ("", 0),
    };
    let instr = instrs.get(at);
    VerifyError {
        module: text_or_none(beam.module_name()),
        function: text_or_none(function),
        arity,
        offset: instr.map_or(0, |instr| instr.offset),
        opcode: instr.map_or("the code", |instr| opcode::name(instr.op)),
        reason,
    }
}
