//! What is known of registers within a straight piece of code.

use std::collections::HashMap;

use atomvm_core::beam::opcode::op;
use atomvm_core::beam::{Code, Instr, Operand};

/// A register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Register {
    X(u16),
    Y(u16),
}

/// What the registers hold that have constant values.
#[derive(Debug, Default)]
pub struct Registers {
    known: HashMap<Register, Operand>,
}

impl Registers {
    /// The constant that `operand` stands for, or is.
    pub fn value(&self, operand: Operand) -> Option<Operand> {
        match register(operand) {
            Some(register) => self.known.get(&register).copied(),
            None => Some(operand),
        }
    }

    /// The constant in an X register.
    pub fn x(&self, number: u16) -> Option<Operand> {
        self.value(Operand::X(number))
    }

    /// Goes past `instr`: where it is not known what an instruction does, all that it mentions is
    /// forgotten.
    pub fn step(&mut self, code: &Code, instr: &Instr) {
        let args = code.args(instr);
        match (instr.op, args) {
            (op::MOVE, [source, to]) => {
                let value = self.value(*source);
                if let Some(register) = register(*to) {
                    match value {
                        Some(value) => self.known.insert(register, value),
                        None => self.known.remove(&register),
                    };
                }
            }
            (op::LABEL, _) => self.known.clear(),
            (op::LINE | op::TEST_HEAP | op::TRY_END, _) => {}
            (op::ALLOCATE | op::ALLOCATE_ZERO | op::ALLOCATE_HEAP | op::ALLOCATE_HEAP_ZERO, _)
            | (op::DEALLOCATE | op::TRIM, _) => {
                self.known
                    .retain(|register, _| matches!(register, Register::X(_)));
            }
            (op, _) if is_call(op) => {
                self.known
                    .retain(|register, _| matches!(register, Register::Y(_)));
            }
            _ => {
                for arg in args {
                    self.forget(*arg);
                    for element in code.list(*arg) {
                        self.forget(*element);
                    }
                }
            }
        }
    }

    fn forget(&mut self, operand: Operand) {
        if let Some(register) = register(operand) {
            self.known.remove(&register);
        }
    }
}

fn register(operand: Operand) -> Option<Register> {
    match operand {
        Operand::X(number) | Operand::TypedX(number, _) => Some(Register::X(number)),
        Operand::Y(number) | Operand::TypedY(number, _) => Some(Register::Y(number)),
        _ => None,
    }
}

/// Whether nothing is known of X registers after an instruction.
fn is_call(op: u8) -> bool {
    matches!(
        op,
        op::CALL
            | op::CALL_EXT
            | op::CALL_FUN
            | op::CALL_FUN2
            | op::APPLY
            | op::SEND
            | op::LOOP_REC
            | op::WAIT
            | op::WAIT_TIMEOUT
            | op::CATCH
            | op::CATCH_END
            | op::TRY
            | op::TRY_CASE
            | op::BUILD_STACKTRACE
            | op::RAW_RAISE
            | op::BS_INIT_WRITABLE
            | op::MAKE_FUN2
    )
}
