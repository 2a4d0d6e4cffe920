//! Which instructions of a function can run.
//!
//! A branch for an atom that the program makes nowhere is never taken: so a module that deals with
//! `{global, Name}` does not need `global` as long as nobody has this atom.

use std::collections::HashMap;

use atomvm_core::beam::opcode::op;
use atomvm_core::beam::{Code, Instr, Operand};

use super::module::Module;
use super::names::Name;

/// Which instructions of a function can run, and which atoms would let others run.
#[derive(Debug)]
pub struct Flow {
    pub runs: Vec<bool>,
    pub waits_for: Vec<Name>,
}

/// Follows function `index` of `module` from its start. `is_made` says whether an atom can be there.
pub fn flow(module: &Module<'_>, index: usize, is_made: impl Fn(Name) -> bool) -> Flow {
    let code = &module.beam.code;
    let range = module.functions[index].instrs.clone();
    let instrs = &code.instrs[range];
    let labels: HashMap<u32, usize> = instrs
        .iter()
        .enumerate()
        .filter_map(|(at, instr)| match (instr.op, code.args(instr)) {
            (op::LABEL, [Operand::Unsigned(label)]) => Some((*label as u32, at)),
            _ => None,
        })
        .collect();
    let mut walk = Walk {
        module,
        labels,
        runs: vec![false; instrs.len()],
        waits_for: Vec::new(),
        open: vec![0],
        is_made,
    };
    // The head of a function ends by raising an exception; its body begins behind.
    let body = instrs.iter().position(|instr| instr.op == op::FUNC_INFO);
    walk.open.extend(body.map(|at| at + 1));
    while let Some(at) = walk.open.pop() {
        if at < instrs.len() && !std::mem::replace(&mut walk.runs[at], true) {
            walk.follow(code, at, &instrs[at]);
        }
    }
    Flow {
        runs: walk.runs,
        waits_for: walk.waits_for,
    }
}

struct Walk<'m, 'a, F> {
    module: &'m Module<'a>,
    labels: HashMap<u32, usize>,
    runs: Vec<bool>,
    waits_for: Vec<Name>,
    /// Where to go on.
    open: Vec<usize>,
    is_made: F,
}

impl<F: Fn(Name) -> bool> Walk<'_, '_, F> {
    fn follow(&mut self, code: &Code, at: usize, instr: &Instr) {
        let args = code.args(instr);
        for atom in tested(self.module, instr) {
            if !(self.is_made)(atom) {
                self.waits_for.push(atom);
            }
        }
        match decide(self.module, instr, &self.is_made) {
            Branch::Open => {
                if !ends(instr.op) {
                    self.open.push(at + 1);
                }
                for arg in args {
                    self.label(*arg);
                    code.list(*arg).iter().for_each(|it| self.label(*it));
                }
            }
            Branch::Closed(fail) => self.label(fail),
            Branch::Narrowed(pairs) => {
                args.iter().chain(&pairs).for_each(|it| self.label(*it));
            }
        }
    }

    fn label(&mut self, operand: Operand) {
        if let Operand::Label(label) = operand {
            // A call's label is that of another function.
            self.open.extend(self.labels.get(&label));
        }
    }
}

/// What becomes of an instruction that tests for atoms.
#[derive(Debug)]
pub enum Branch {
    /// It stays as it is.
    Open,
    /// It always fails: on to this label.
    Closed(Operand),
    /// Of a choice among values, these pairs of value and label are left.
    Narrowed(Vec<Operand>),
}

/// Looks whether the atoms that an instruction tests for can be there.
pub fn decide(module: &Module<'_>, instr: &Instr, is_made: impl Fn(Name) -> bool) -> Branch {
    let code = &module.beam.code;
    let is_possible = |operand: &Operand| match operand {
        Operand::Atom(index) => module.atom(*index).is_none_or(&is_made),
        _ => true,
    };
    match (instr.op, code.args(instr)) {
        (op::SELECT_VAL, [_, fail, list]) => {
            let pairs = code.list(*list);
            let left: Vec<Operand> = pairs
                .chunks(2)
                .filter(|pair| pair.first().is_none_or(is_possible))
                .flatten()
                .copied()
                .collect();
            match left.len() {
                0 if *fail != Operand::Label(0) => Branch::Closed(*fail),
                length if length == pairs.len() || length == 0 => Branch::Open,
                _ => Branch::Narrowed(left),
            }
        }
        (_, [fail @ Operand::Label(1..), ..]) => {
            let is_closed = atoms(code, instr).any(|operand| !is_possible(&operand));
            match is_closed {
                true => Branch::Closed(*fail),
                false => Branch::Open,
            }
        }
        _ => Branch::Open,
    }
}

/// The atoms that an instruction tests for.
fn tested(module: &Module<'_>, instr: &Instr) -> Vec<Name> {
    let code = &module.beam.code;
    let list = match (instr.op, code.args(instr)) {
        (op::SELECT_VAL, [_, _, list]) => code.list(*list).iter().step_by(2).copied().collect(),
        _ => atoms(code, instr).collect::<Vec<_>>(),
    };
    let atoms = list.into_iter().filter_map(|operand| match operand {
        Operand::Atom(index) => module.atom(index),
        _ => None,
    });
    atoms.collect()
}

/// What a test compares with, all of which must be there for it to succeed.
fn atoms<'c>(code: &'c Code, instr: &Instr) -> Box<dyn Iterator<Item = Operand> + 'c> {
    match (instr.op, code.args(instr)) {
        (op::IS_EQ_EXACT | op::IS_EQ, [_, one, other]) => Box::new([*one, *other].into_iter()),
        (op::IS_TAGGED_TUPLE, [_, _, _, tag]) => Box::new([*tag].into_iter()),
        (op::HAS_MAP_FIELDS, [_, _, keys]) => Box::new(code.list(*keys).iter().copied()),
        (op::GET_MAP_ELEMENTS, [_, _, pairs]) => {
            Box::new(code.list(*pairs).iter().step_by(2).copied())
        }
        _ => Box::new([].into_iter()),
    }
}

/// Whether what follows an instruction is only reached by a label.
fn ends(op: u8) -> bool {
    matches!(
        op,
        op::RETURN
            | op::JUMP
            | op::CALL_LAST
            | op::CALL_ONLY
            | op::CALL_EXT_LAST
            | op::CALL_EXT_ONLY
            | op::APPLY_LAST
            | op::SELECT_TUPLE_ARITY
            | op::BADMATCH
            | op::CASE_END
            | op::IF_END
            | op::TRY_CASE_END
            | op::FUNC_INFO
            | op::WAIT
            | op::LOOP_REC_END
            | op::INT_CODE_END
    )
}
