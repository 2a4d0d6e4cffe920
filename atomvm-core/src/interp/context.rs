//! What the interpreter has at hand while it runs a process.

use crate::bif::Raise;
use crate::code::Export;
use crate::ets::RecentTables;
use crate::process::Process;
use crate::term::{Term, Word};
use crate::vm::Runtime;

/// Argument registers that a program may use.
pub const X_REGS: usize = 1024;
/// Registers behind them for the translator's own use.
pub const SCRATCH: usize = 4;
/// Float registers.
pub const FLOAT_REGS: usize = 128;

/// An exception on its way to a handler.
#[derive(Clone, Copy)]
pub(crate) struct Exception {
    pub class: Term,
    pub reason: Term,
    /// The raw stack trace that goes along (see `stacktrace`); `NONE` when it is to be made from
    /// the place where the exception is raised.
    pub trace: Term,
}

/// The bit string that `bs_put_*` instructions write to.
#[derive(Clone, Copy)]
pub(crate) struct BitTarget {
    pub data: *mut u8,
    /// The next bit.
    pub at: usize,
    /// One past the last bit.
    pub end: usize,
    /// How many collections there had been: after another the bytes may be elsewhere.
    pub collections: u32,
}

impl BitTarget {
    pub const NONE: BitTarget = BitTarget {
        data: core::ptr::null_mut(),
        at: 0,
        end: 0,
        collections: 0,
    };
}

/// The registers, and what instructions need besides. One per scheduler.
///
/// The X registers come first, so that a register's place is its number from the address of the
/// context.
#[repr(C)]
pub(crate) struct Context {
    pub x: [Term; X_REGS + SCRATCH],
    pub p: *mut Process,
    pub rt: *const Runtime,
    /// Reductions left in this time slice.
    pub reds: isize,
    /// Reductions that are left besides, where all calls are to go the long way as they are saved.
    pub hidden: isize,
    /// The function that a stub stands for.
    pub export: *const Export,
    /// `erlang:'!'/2`, once it was needed.
    pub send: *const Export,
    /// The state of a process that stops running, and of the loop.
    pub ip: *const u32,
    pub e: *mut Term,
    pub h: *mut Term,
    pub m: *const Word,
    pub exception: Exception,
    /// What the last built-in function asked for instead of returning.
    pub raise: Raise,
    /// Is a handler about to take `exception`?
    pub caught: bool,
    /// The first entries of the stack trace: the built-in function that failed.
    pub trace_head: Term,
    /// The arguments of a guard function that failed.
    pub guard_args: [Term; 3],
    /// The operator that failed, for the stack trace.
    pub operator: Term,
    /// Where the native stack was when the process began to run.
    pub native_stack: usize,
    /// Collect at every opportunity?
    pub stress: bool,
    /// In the stress mode: words that a collection may copy now (see `slow::stressed`).
    pub credit: usize,
    pub bits: BitTarget,
    /// The tables that were used last.
    pub recent_tables: RecentTables,
    pub fr: [f64; FLOAT_REGS],
}

impl Context {
    /// Reductions left in this time slice.
    pub fn left(&self) -> isize {
        self.reds.saturating_add(self.hidden)
    }

    pub fn new() -> Context {
        Context {
            x: [Term::NIL; X_REGS + SCRATCH],
            p: core::ptr::null_mut(),
            rt: core::ptr::null(),
            reds: 0,
            hidden: 0,
            export: core::ptr::null(),
            send: core::ptr::null(),
            ip: core::ptr::null(),
            e: core::ptr::null_mut(),
            h: core::ptr::null_mut(),
            m: core::ptr::null(),
            exception: Exception {
                class: Term::NIL,
                reason: Term::NIL,
                trace: Term::NONE,
            },
            raise: Raise::BADARG,
            caught: false,
            trace_head: Term::NIL,
            guard_args: [Term::NIL; 3],
            operator: Term::NONE,
            native_stack: 0,
            stress: false,
            credit: 0,
            bits: BitTarget::NONE,
            recent_tables: RecentTables::default(),
            fr: [0.0; FLOAT_REGS],
        }
    }
}
