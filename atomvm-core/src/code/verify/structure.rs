//! The layout of a module: which labels and functions it has, and where.

use alloc::vec::Vec;

use super::{Function, NONE, Reason};
use crate::beam::opcode::op;
use crate::beam::{Beam, Operand};
use crate::memory::fallible::{Grow, filled};

/// Where the functions and labels of a module are.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub functions: Vec<Function>,
    /// The function of each label.
    pub label_function: Vec<u32>,
    /// The instruction of each label.
    pub label_instr: Vec<u32>,
}

/// What is wrong, and with which instruction.
pub(super) type Located = (u32, Reason);

impl Layout {
    /// The function that `label` is in, if there is such a label.
    pub fn function_of(&self, label: u32) -> Option<u32> {
        let function = self.label_function.get(label as usize).copied();
        function.filter(|function| *function != NONE)
    }

    /// The function whose entry `label` is.
    pub fn entry(&self, label: u32) -> Option<&Function> {
        let function = self.functions.get(self.function_of(label)? as usize)?;
        (function.entry_label == label).then_some(function)
    }

    /// Finds the functions of `beam` and their labels, and checks what refers to them from
    /// outside of the code.
    pub fn of(beam: &Beam<'_>) -> Result<Layout, Located> {
        let mut layout = Layout::default();
        layout.find_functions(beam)?;
        layout.find_labels(beam)?;
        layout.check_tables(beam)?;
        Ok(layout)
    }

    fn find_functions(&mut self, beam: &Beam<'_>) -> Result<(), Located> {
        let instrs = &beam.code.instrs;
        for (at, instr) in instrs.iter().enumerate() {
            if instr.op != op::FUNC_INFO {
                continue;
            }
            let fault = |reason| (at as u32, reason);
            let [
                Operand::Atom(module),
                Operand::Atom(name),
                Operand::Unsigned(arity),
            ] = beam.code.args(instr)
            else {
                return Err(fault(Reason::FunctionHead));
            };
            if *module != beam.module {
                return Err(fault(Reason::WrongModule));
            }
            if *arity > 255 || beam.atom(*name).is_empty() && *name == 0 {
                return Err(fault(Reason::FunctionHead));
            }
            let before = instrs[..at].iter().rposition(|i| !is_note(i.op));
            let after = instrs[at + 1..].iter().position(|i| !is_note(i.op));
            let info = before.and_then(|before| Some((before, label(beam, before)?)));
            let entry = after.and_then(|after| label(beam, at + 1 + after));
            let (Some((first, info)), Some(entry)) = (info, entry) else {
                return Err(fault(Reason::FunctionHead));
            };
            if let Some(previous) = self.functions.last_mut() {
                previous.end_instr = first as u32;
            }
            let function = Function {
                name_atom: *name,
                arity: *arity as u32,
                entry_label: entry,
                info_label: info,
                first_instr: first as u32,
                end_instr: instrs.len() as u32,
            };
            self.functions
                .try_push(function)
                .map_err(|error| fault(error.into()))?;
        }
        let first = self
            .functions
            .first()
            .map_or(instrs.len(), |f| f.first_instr as usize);
        match instrs
            .iter()
            .take(first)
            .position(|i| !is_note(i.op) && i.op != op::INT_CODE_END)
        {
            Some(at) => Err((at as u32, Reason::OutsideFunction)),
            None => Ok(()),
        }
    }

    fn find_labels(&mut self, beam: &Beam<'_>) -> Result<(), Located> {
        // The reader bounds this by the size of the file.
        let count = beam.code.label_count as usize;
        let filled = || filled(NONE, count).map_err(|error| (0, error.into()));
        self.label_function = filled()?;
        self.label_instr = filled()?;
        for (index, function) in self.functions.iter().enumerate() {
            for at in function.first_instr..function.end_instr {
                let instr = &beam.code.instrs[at as usize];
                if instr.op != op::LABEL {
                    continue;
                }
                let fault = |reason| (at, reason);
                let number = match beam.code.args(instr) {
                    [Operand::Unsigned(number)] => *number,
                    _ => return Err(fault(Reason::OperandCount)),
                };
                let slot = usize::try_from(number).ok().filter(|number| *number != 0);
                let slot = slot.filter(|slot| *slot < count);
                let Some(slot) = slot else {
                    return Err(fault(Reason::LabelRange(number)));
                };
                if self.label_function[slot] != NONE {
                    return Err(fault(Reason::LabelTwice(slot as u32)));
                }
                self.label_function[slot] = index as u32;
                self.label_instr[slot] = at;
            }
        }
        Ok(())
    }

    /// Exports, local functions and funs lead to functions of that name and arity.
    fn check_tables(&self, beam: &Beam<'_>) -> Result<(), Located> {
        for (index, export) in beam.exports.iter().chain(&beam.locals).enumerate() {
            self.check_entry(export.label, export.function, export.arity)
                .map_err(|at| (at, Reason::BadExport(index as u32)))?;
        }
        for (index, fun) in beam.lambdas.iter().enumerate() {
            self.check_entry(fun.label, fun.function, fun.arity)
                .map_err(|at| (at, Reason::BadLambda(index as u32)))?;
            if fun.num_free > fun.arity {
                return Err((0, Reason::BadLambda(index as u32)));
            }
        }
        Ok(())
    }

    fn check_entry(&self, label: u32, name: u32, arity: u32) -> Result<(), u32> {
        match self.entry(label) {
            Some(f) if f.name_atom == name && f.arity == arity => Ok(()),
            Some(f) => Err(f.first_instr),
            None => Err(0),
        }
    }
}

/// Instructions that do nothing: they may stand anywhere.
pub(super) fn is_note(opcode: u8) -> bool {
    matches!(
        opcode,
        op::LINE | op::EXECUTABLE_LINE | op::DEBUG_LINE | op::NIF_START
    )
}

/// The number of the label that instruction `at` defines.
fn label(beam: &Beam<'_>, at: usize) -> Option<u32> {
    let instr = beam.code.instrs.get(at).filter(|i| i.op == op::LABEL)?;
    match beam.code.args(instr) {
        [Operand::Unsigned(label)] => u32::try_from(*label).ok(),
        _ => None,
    }
}
