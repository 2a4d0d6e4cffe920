//! What raising and handling exceptions needs besides the search for a handler.

use super::{parts, set_error};
use crate::code::Module;
use crate::interp::context::{Context, Exception};
use crate::interp::stacktrace;
use crate::memory::{Heap, OutOfMemory};
use crate::term::{Term, Word, atoms};

/// Sets the exception of a call for which no clause matches: the arguments stand in the stack
/// trace.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn function_clause(
    c: *mut Context,
    ip: *const u32,
    m: *const Word,
    module: Term,
    function: Term,
    arity: usize,
) {
    // SAFETY: as in `parts`; the arguments are in their registers.
    unsafe {
        let (p, _) = parts(c);
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), arity);
        let code = Module::of_links(m);
        let offset = code.offset_of(ip);
        let entry = stacktrace::location(&mut p.heap, code, offset as u32).and_then(|info| {
            let args = p.heap.list(args)?;
            let entry = p.heap.tuple(&[module, function, args, info])?;
            p.heap.list(&[entry])
        });
        (*c).trace_head = entry.unwrap_or(Term::NIL);
        set_error(c, atoms::FUNCTION_CLAUSE);
    }
}

/// The value of a `catch` that caught the exception in x0 to x2; [`Term::NONE`] when there is no
/// memory.
#[inline(never)]
pub(in crate::interp) unsafe fn caught(c: *mut Context) -> Term {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (class, reason, trace) = ((*c).x[0], (*c).x[1], (*c).x[2]);
        let (p, rt) = parts(c);
        let result = match class {
            atoms::THROW => Ok(reason),
            atoms::ERROR => stacktrace::build(&mut p.heap, rt, trace)
                .and_then(|trace| p.heap.tuple(&[reason, trace]))
                .and_then(|pair| p.heap.tuple(&[atoms::EXIT_SIGNAL, pair])),
            _ => p.heap.tuple(&[atoms::EXIT_SIGNAL, reason]),
        };
        result.unwrap_or(Term::NONE)
    }
}

/// Sets the exception to one that was caught: its raw stack trace and its reason.
#[inline(never)]
pub(in crate::interp) unsafe fn reraise(c: *mut Context, trace: Term, reason: Term) {
    let class = stacktrace::parts(trace).map_or(atoms::ERROR, |(class, _, _)| class);
    // SAFETY: the context is live.
    unsafe {
        (*c).exception = Exception {
            class,
            reason,
            trace,
        }
    };
}

/// Sets the exception to class x0, reason x1 and stack trace x2; `false` when the class is none.
#[inline(never)]
pub(in crate::interp) unsafe fn raw_raise(c: *mut Context) -> bool {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (class, reason, trace) = ((*c).x[0], (*c).x[1], (*c).x[2]);
        if !matches!(class, atoms::ERROR | atoms::EXIT | atoms::THROW) {
            return false;
        }
        let (p, rt) = parts(c);
        let trace = match stacktrace::parts(trace) {
            Some((caught, _, _)) if caught == class => Ok(trace),
            // Who raises the exception again by its trace finds the class there.
            Some((_, head, frames)) => p.heap.tuple(&[class, head, frames]),
            None => stacktrace::given(&mut p.heap, rt, class, trace),
        };
        match trace {
            Ok(trace) => {
                (*c).exception = Exception {
                    class,
                    reason,
                    trace,
                }
            }
            Err(OutOfMemory) => set_error(c, atoms::SYSTEM_LIMIT),
        }
        true
    }
}

/// The list form of the raw stack trace in x0; [`Term::NONE`] when there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn build_stacktrace(c: *mut Context) -> Term {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let raw = (*c).x[0];
        let (p, rt) = parts(c);
        stacktrace::build(&mut p.heap, rt, raw).unwrap_or(Term::NONE)
    }
}
