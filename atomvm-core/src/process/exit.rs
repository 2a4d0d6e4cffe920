//! How a process ended.

use super::Process;
use crate::memory::{Heap, OutOfMemory};
use crate::term::{Term, atoms};
use alloc::boxed::Box;

/// Why a process ended; the terms are on its heap.
pub struct ProcessExit {
    /// The reason that linked and monitoring processes see.
    pub reason: Term,
    /// How it came to that.
    pub kind: ExitKind,
}

/// How a process came to its end.
pub enum ExitKind {
    /// Its first function returned.
    Returned {
        /// The value.
        value: Term,
    },
    /// An exception that nothing caught.
    Raised {
        /// `error`, `exit` or `throw`.
        class: Term,
        /// The reason as it was raised.
        value: Term,
        /// The stack trace, a list.
        stack: Term,
    },
    /// A signal, or the runtime, ended it.
    Signal,
}

impl ProcessExit {
    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        visit(core::slice::from_mut(&mut self.reason));
        match &mut self.kind {
            ExitKind::Returned { value } => visit(core::slice::from_mut(value)),
            ExitKind::Raised {
                class,
                value,
                stack,
            } => {
                visit(core::slice::from_mut(class));
                visit(core::slice::from_mut(value));
                visit(core::slice::from_mut(stack));
            }
            ExitKind::Signal => {}
        }
    }
}

impl Process {
    /// Ends it because its first function returned `value`.
    pub fn end_returned(&mut self, value: Term) {
        self.exit = Some(Box::new(ProcessExit {
            reason: atoms::NORMAL,
            kind: ExitKind::Returned { value },
        }));
    }

    /// Ends it because of an exception that nothing caught. The reason that others see is
    /// `{Reason, Stack}` for an error, `{{nocatch, Value}, Stack}` for a throw, as in OTP.
    pub fn end_raised(&mut self, class: Term, value: Term, stack: Term) {
        let reason = self.exit_reason(class, value, stack);
        self.exit = Some(Box::new(ProcessExit {
            reason: reason.unwrap_or(atoms::KILLED),
            kind: ExitKind::Raised {
                class,
                value,
                stack,
            },
        }));
    }

    fn exit_reason(&mut self, class: Term, value: Term, stack: Term) -> Result<Term, OutOfMemory> {
        if class == atoms::EXIT {
            return Ok(value);
        }
        let value = if class == atoms::THROW {
            self.heap.tuple(&[atoms::NOCATCH, value])?
        } else {
            value
        };
        self.heap.tuple(&[value, stack])
    }

    /// Ends it with `reason` as by a signal.
    pub fn end_with(&mut self, reason: Term) {
        self.exit = Some(Box::new(ProcessExit {
            reason,
            kind: ExitKind::Signal,
        }));
    }
}
