//! Finding the handler of an exception.

use super::context::{BitTarget, Context};
use super::slow::parts;
use super::stacktrace;
use crate::code::Module;
use crate::memory::OutOfMemory;
use crate::term::{Term, Word, atoms};
use alloc::vec::Vec;

/// Sets the state in the context and process to that of the innermost handler, with class,
/// reason and raw stack trace in x0 to x2. `false` when nobody handles the exception.
///
/// # Safety
/// Heap and stack top are saved; `ip` and `m` are where the exception was raised.
pub(super) unsafe fn unwind(c: *mut Context, ip: *const u32, m: *const Word) -> bool {
    // SAFETY: the stack holds frames as the interpreter makes them: slots, then a return address
    // and link table; the last pair belongs to no frame.
    unsafe {
        (*c).bits = BitTarget::NONE;
        add_trace(c, ip, m);
        let (p, rt) = parts(c);
        let end = p.heap.stack_end();
        let traced = rt.code.trace_return_target().ip as Word;
        let mut passed = Vec::new();
        let mut links = m;
        let mut frame = p.heap.stop;
        let mut at = frame;
        while at < end {
            let word = *at;
            if word.is_catch() {
                let module = Module::of_links(links);
                let catch = module.image.handler(word.word() >> 6);
                if let Some(catch) = catch
                    && at == frame.add(catch.slot as usize)
                    && frame_size(frame, end) == catch.frame as usize
                {
                    at.write(Term::NIL);
                    p.heap.stop = frame;
                    (*c).ip = module.place(catch.offset);
                    (*c).m = links;
                    (*c).x[0] = (*c).exception.class;
                    (*c).x[1] = (*c).exception.reason;
                    (*c).x[2] = (*c).exception.trace;
                    (*c).caught = true;
                    super::slow::trace_caught(c, &passed);
                    return true;
                }
            }
            if word.is_header() {
                if word.word() == traced {
                    super::slow::trace_exception(c, *at.add(2), &mut passed);
                }
                links = (*at.add(1)).word() as *const Word;
                at = at.add(2);
                frame = at;
            } else {
                at = at.add(1);
            }
        }
        false
    }
}

/// The slots up to the next return address.
unsafe fn frame_size(frame: *mut Term, end: *mut Term) -> usize {
    let mut at = frame;
    // SAFETY: inside the stack.
    unsafe {
        while at < end && !(*at).is_header() {
            at = at.add(1);
        }
        at.offset_from_unsigned(frame)
    }
}

/// Gives the exception its raw stack trace, if it has none yet.
unsafe fn add_trace(c: *mut Context, ip: *const u32, m: *const Word) {
    // SAFETY: as in `unwind`.
    unsafe {
        if (*c).exception.trace != Term::NONE {
            return;
        }
        let (p, rt) = parts(c);
        let (class, head) = ((*c).exception.class, (*c).trace_head);
        (*c).trace_head = Term::NIL;
        match stacktrace::capture(p, rt, class, head, ip, m) {
            Ok(trace) => (*c).exception.trace = trace,
            Err(OutOfMemory) => {
                (*c).exception.reason = atoms::SYSTEM_LIMIT;
                (*c).exception.trace = Term::NIL;
            }
        }
    }
}
