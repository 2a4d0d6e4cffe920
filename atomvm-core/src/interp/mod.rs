//! The interpreter: runs a process on internal code until it yields, waits or ends.
//!
//! Each instruction has one small handler (in `ops`), which ends by going to the next. In
//! optimised builds that is a jump through a table, so that the machine's registers never leave
//! those of the processor; elsewhere a loop calls the handlers. What is long or rare is in `slow`.

mod context;
pub(crate) mod lingering;
mod ops;
mod slow;
pub(crate) mod stacktrace;
mod state;
mod unwind;

use crate::code::isa::OPCODES;
use crate::memory::{Heap, OutOfMemory};
use crate::process::{Outcome, Process};
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use alloc::boxed::Box;
use context::Context;
pub(crate) use slow::questions::Questions;
pub(crate) use slow::trace::{ask_for_trace, plant, uproot};
use state::{C, Handler, I, X, Y};

/// The first register of the translator's own.
pub(crate) const SCRATCH_BASE: usize = context::X_REGS;
/// Float registers are less than this.
pub(crate) const FLOAT_LIMIT: u16 = context::FLOAT_REGS as u16;
/// How many there are.
pub(crate) const SCRATCH_COUNT: usize = context::SCRATCH;

/// The handler of each opcode.
static HANDLERS: [Handler; OPCODES] = include!(concat!(env!("OUT_DIR"), "/handlers.rs"));

/// What runs processes: registers and their surroundings. One per scheduler.
pub struct Interpreter {
    context: Box<Context>,
}

// SAFETY: between runs the context refers to nothing.
unsafe impl Send for Interpreter {}

impl Default for Interpreter {
    fn default() -> Self {
        Self::new()
    }
}

impl Interpreter {
    /// An interpreter with nothing to do.
    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub fn new() -> Interpreter {
        Interpreter {
            context: Box::new(Context::new()),
        }
    }

    /// Runs a process for about `budget` reductions.
    pub fn run(&mut self, p: &mut Process, rt: &Runtime, budget: u32) -> Outcome {
        let c: *mut Context = &mut *self.context;
        // SAFETY: the process was prepared or suspended by this module, so its state is that of
        // verified code between two instructions; process and runtime outlive the run.
        let why = unsafe {
            (*c).p = p;
            if !core::ptr::eq((*c).rt, rt) {
                (*c).rt = rt;
                (*c).send = core::ptr::null();
            }
            (*c).hidden = match p.flags.saves_calls {
                true => budget as isize + 1,
                false => 0,
            };
            (*c).reds = budget as isize - (*c).hidden;
            (*c).stress = rt.stress;
            (*c).export = p.export;
            let live = p.saved.len();
            (&mut (*c).x)[..live].copy_from_slice(&p.saved);
            p.saved.clear();
            let why = enter(c, p);
            (*c).bits = context::BitTarget::NONE;
            why
        };
        // SAFETY: as above; the process is no longer borrowed by the context.
        let (p, x0, exception, left) =
            unsafe { (&mut *(*c).p, (*c).x[0], (*c).exception, (*c).left()) };
        p.reductions += (budget as isize).saturating_sub(left).max(0) as u64;
        match why {
            state::YIELD => return Outcome::Yield,
            state::WAIT => return Outcome::Wait,
            state::RETURNED => p.end_returned(x0),
            state::UNCAUGHT => {
                let stack =
                    stacktrace::build(&mut p.heap, rt, exception.trace).unwrap_or(Term::NIL);
                p.end_raised(exception.class, exception.reason, stack);
            }
            state::NO_MEMORY => p.end_for_memory(),
            _ => {
                if p.exit.is_none() {
                    p.end_with(exception.reason);
                }
            }
        }
        Outcome::Exit
    }

    /// Lets go of the tables that were used last.
    pub(crate) fn forget_tables(&mut self) {
        self.context.recent_tables.clear();
    }

    /// Makes a new process call a function by name.
    ///
    /// # Errors
    /// There is no memory.
    pub fn prepare_apply(
        p: &mut Process,
        rt: &Runtime,
        module: Term,
        function: Term,
        args: &[Term],
    ) -> Result<(), OutOfMemory> {
        let export = rt.export(module, function, args.len() as u32)?;
        let target = export.target();
        // First of all, as room for the stack may take a collection.
        p.saved.set(args)?;
        push_exit(p, rt)?;
        p.ip = target.ip;
        p.links_table = target.links;
        p.export = export;
        Ok(())
    }

    /// Makes a new process call a fun, whose arity must be the number of arguments.
    ///
    /// # Errors
    /// There is no memory.
    pub fn prepare_closure(
        p: &mut Process,
        rt: &Runtime,
        fun: Term,
        args: &[Term],
    ) -> Result<(), OutOfMemory> {
        if let Some(export) = fun.as_external_fun() {
            return Interpreter::prepare_apply(p, rt, export.module, export.function, args);
        }
        let Some(closure) = fun.as_closure() else {
            return Interpreter::prepare_apply(
                p,
                rt,
                atoms::ERLANG,
                atoms::APPLY,
                &[fun, Term::NIL],
            );
        };
        let target = closure.entry.target();
        if target.ip.is_null() {
            let args = p.heap.list(args)?;
            return Interpreter::prepare_apply(p, rt, atoms::ERLANG, atoms::APPLY, &[fun, args]);
        }
        p.saved.set(args)?;
        p.saved.extend(closure.env)?;
        push_exit(p, rt)?;
        p.ip = target.ip;
        p.links_table = target.links;
        Ok(())
    }
}

/// Pushes the address that the first function of a process returns to.
fn push_exit(p: &mut Process, rt: &Runtime) -> Result<(), OutOfMemory> {
    if p.heap.free_words() < 2 + crate::memory::process_heap::STACK_RESERVE {
        p.collect(4, true, &mut [])?;
    }
    let exit = rt.code.exit_target();
    p.heap.push_return(exit.ip as usize, exit.links as usize);
    Ok(())
}

/// Runs until a handler says why it stops.
unsafe fn enter(c: *mut Context, p: &mut Process) -> state::Ret {
    let here = 0u8;
    let (ip, m, e, h) = (p.ip, p.links_table, p.heap.stop, p.heap.top);
    // SAFETY: as for `run`.
    unsafe {
        (*c).native_stack = core::ptr::from_ref(&here) as usize;
        #[cfg(tail_dispatch)]
        return state::State { ip, c, e, h, m }.dispatch();
        #[cfg(not(tail_dispatch))]
        {
            (*c).ip = ip;
            (*c).e = e;
            (*c).h = h;
            (*c).m = m;
            loop {
                let ip = (*c).ip;
                let opcode = *ip.cast::<u16>();
                debug_assert!((opcode as usize) < OPCODES, "opcode {opcode}");
                let why = HANDLERS[opcode as usize](ip, c, (*c).e, (*c).h, (*c).m);
                if why != state::GO_ON {
                    return why;
                }
            }
        }
    }
}
