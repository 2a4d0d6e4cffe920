//! What instructions do when it is long or rare. These functions take and return words, so that
//! the handlers that call them still end in a jump; heap and stack top are saved in the process
//! before and loaded after.

mod arith;
mod bits;
mod bits_blame;
mod bits_build;
mod bits_match;
mod bits_put;
mod bits_quick;
mod exceptions;
mod messages;
pub(crate) mod questions;
mod records;
mod terms;
pub(crate) mod trace;

pub(in crate::interp) use arith::*;
pub(in crate::interp) use bits::*;
pub(in crate::interp) use bits_build::*;
pub(in crate::interp) use bits_match::*;
pub(in crate::interp) use bits_put::*;
pub(in crate::interp) use exceptions::*;
pub(in crate::interp) use messages::*;
pub(in crate::interp) use records::*;
pub(in crate::interp) use terms::*;
pub(in crate::interp) use trace::*;

use crate::bif::{Ctx, Raise};
use crate::code::{Export, Module};
use crate::interp::context::{BitTarget, Context, Exception};
use crate::interp::stacktrace;
use crate::interp::state::{GO_ON, Ret, State, WAIT, YIELD};
use crate::memory::{Heap, OutOfMemory};
use crate::process::saved_calls::Saved;
use crate::process::{Process, SET_TURN};
use crate::term::{Subtag, Term, Word, atoms, map};
use crate::vm::Runtime;

/// The running process and what all share.
#[inline(always)]
pub(in crate::interp) unsafe fn parts<'a>(c: *mut Context) -> (&'a mut Process, &'a Runtime) {
    // SAFETY: both are set while the interpreter runs, and nobody else holds the process.
    unsafe { (&mut *(*c).p, &*(*c).rt) }
}

/// Collects, so that `need` words are free; the registers up to `live` survive. `false`: no
/// memory.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn collect(c: *mut Context, need: usize, live: usize) -> bool {
    // SAFETY: as in `parts`; `live` registers are set.
    unsafe {
        (*c).bits = BitTarget::NONE;
        let count = (*(*c).p).heap.collections;
        let full = (*c).stress && count % 4 == 3;
        let registers = &mut (&mut (*c).x)[..live];
        let (p, rt) = parts(c);
        let words = p.heap.used_words();
        (*c).reds -= (words / 256) as isize;
        if p.flags.traced || rt.settings.is_watched() {
            return traced_collection(c, need, full, live);
        }
        if p.collect(need, full, registers).is_err() {
            return false;
        }
        if (*c).stress && count % 3 == 1 {
            let spare = need + count as usize % 7;
            return p.move_block(spare, registers).is_ok();
        }
        true
    }
}

/// In the stress mode: is this an opportunity to collect that is to be used? All are while a
/// process is small; of one with deep terms or a deep stack so many are that its collections do
/// not take more than a fixed time for each opportunity.
#[inline(always)]
pub(in crate::interp) unsafe fn stressed(c: *mut Context) -> bool {
    // SAFETY: the context is live.
    unsafe { (*c).stress && has_credit(c) }
}

/// Words that each opportunity to collect allows to copy.
const CREDIT: usize = 8192;

#[cold]
unsafe fn has_credit(c: *mut Context) -> bool {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, _) = parts(c);
        (*c).credit += CREDIT;
        let is_enough = (*c).credit >= p.heap.used_words() + p.heap.stack_words();
        if is_enough {
            (*c).credit = 0;
        }
        is_enough
    }
}

/// Collects what built-in functions or exceptions took outside the block, keeping the registers
/// up to `live`. `false`: no memory. To be called where nothing else would, or a loop could take
/// more and more.
#[inline(always)]
pub(in crate::interp) unsafe fn tidy(c: *mut Context, live: usize) -> bool {
    // SAFETY: as in `collect`.
    unsafe {
        if (*(*c).p).heap.has_extra() || stressed(c) {
            return collect(c, 0, live);
        }
        true
    }
}

/// Leaves the state in the context and the process, to go on from there.
unsafe fn park(s: State) -> Ret {
    // SAFETY: the context is live and has a process.
    unsafe {
        (*s.c).ip = s.ip;
        (*s.c).m = s.m;
        s.save();
    }
    GO_ON
}

/// Makes a handler of a function that finds out where to go on and parks the state. That function
/// uses the native stack as it likes; the handler itself has nothing on it and ends in a jump.
macro_rules! rare {
    ($($(#[$meta:meta])* $name:ident = $function:path;)*) => {$(
        $(#[$meta])*
        #[cold]
        #[inline(never)]
        pub(in crate::interp) unsafe fn $name(
            ip: *const u32,
            c: *mut Context,
            e: *mut Term,
            h: *mut Term,
            m: *const Word,
        ) -> Ret {
            // SAFETY: as for a handler.
            unsafe {
                let why = $function(ip, c, e, h, m);
                if why != GO_ON {
                    return why;
                }
                let mut s = State { ip: (*c).ip, c, e, h, m: (*c).m };
                s.load();
                s.dispatch()
            }
        }
    )*};
}

rare! {
    /// Goes to the handler of the exception in the context, or ends the process.
    raise = raise_now;
    /// Does what a built-in function asked for, in a call that is not the last of its function.
    bif_special = bif_special_now;
    /// As `bif_special`, in the last call of a function.
    bif_special_tail = bif_special_tail_now;
    /// The guard's built-in function failed in a body: raises its error.
    guard_failed = guard_failed_now;
    /// Raises what an arithmetic operation asked for.
    arith_failed = arith::arith_failed_now;
    /// Raises `badarith` for a float operation.
    badarith = arith::badarith_now;
    /// The compiler promised a term of another type, or a larger one: raises `badarg`.
    unexpected = terms::unexpected_now;
}

/// Ends the process for want of memory.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn die(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        (*c).exception = Exception {
            class: atoms::EXIT,
            reason: atoms::KILLED,
            trace: Term::NONE,
        };
        stop(State { ip, c, e, h, m }, crate::interp::state::NO_MEMORY)
    }
}

unsafe fn stop(s: State, why: Ret) -> Ret {
    // SAFETY: as for a handler.
    unsafe { s.save() };
    why
}

/// The time slice is over, or seems to be: leaves the processor to others; the process goes on at
/// `ip` with `live` registers.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn give_way(
    c: *mut Context,
    ip: *const u32,
    m: *const Word,
    live: usize,
) -> Ret {
    // SAFETY: heap and stack top are saved.
    unsafe {
        if !goes_on(c, ip, m) {
            return yield_now(c, ip, m, live);
        }
        let heap = &(*(*c).p).heap;
        let (e, h) = (heap.stop, heap.top);
        State { ip, c, e, h, m }.dispatch()
    }
}

/// Is there time left, as calls only seem to be the last of their turn for being saved? Saves the
/// call that has led to `ip`, if it is to be saved.
#[inline(never)]
unsafe fn goes_on(c: *mut Context, ip: *const u32, m: *const Word) -> bool {
    // SAFETY: as in `parts`.
    unsafe {
        check_native_stack(c);
        if parts(c).0.flags.saves_calls {
            save_call(c, ip, m);
        }
        (*c).left() >= 0
    }
}

#[inline(never)]
unsafe fn yield_now(c: *mut Context, ip: *const u32, m: *const Word, live: usize) -> Ret {
    // SAFETY: as in `give_way`.
    unsafe {
        suspend(c, ip, m, live);
        let (p, _) = parts(c);
        if p.heap.extra_words() > p.heap.block_words() && p.collect(0, false, &mut []).is_err() {
            p.end_with(atoms::KILLED);
            return crate::interp::state::KILLED;
        }
    }
    YIELD
}

/// Saves a call by name, if the code at `ip` is what such a call has led to.
#[cold]
#[inline(never)]
unsafe fn save_call(c: *mut Context, ip: *const u32, m: *const Word) {
    // SAFETY: as in `parts`; what is called lives as long as the VM.
    unsafe {
        let export = (*c).export;
        if export.is_null() || (*export).target().ip != ip {
            return;
        }
        // A call of a built-in function is saved where that is done.
        if (*export).bif().is_none() {
            parts(c).0.save_call(Saved::Call(export));
        }
        // The next call may be one within the module of the same function. Only the VM's own code
        // looks at what was called.
        if Module::of_links(m).id != 0 {
            (*c).export = core::ptr::null();
        }
    }
}

/// Bytes of native stack that one handler and what it calls may use.
const NATIVE_FRAME: usize = 64 * 1024;

/// Every handler must end in a jump. One that the compiler made return to its caller leaves a
/// frame behind each time it runs, which shows here long before the stack is full.
fn check_native_stack(c: *mut Context) {
    let here = 0u8;
    // SAFETY: the context is live.
    let start = unsafe { (*c).native_stack };
    let depth = start.abs_diff(core::ptr::from_ref(&here) as usize);
    assert!(
        depth < NATIVE_FRAME,
        "an instruction's handler did not end in a jump"
    );
}

/// Keeps where the process goes on.
pub(in crate::interp) unsafe fn suspend(
    c: *mut Context,
    ip: *const u32,
    m: *const Word,
    live: usize,
) {
    // SAFETY: as in `parts`; `live` registers are set.
    unsafe {
        (*c).bits = BitTarget::NONE;
        let (p, _) = parts(c);
        p.ip = ip;
        p.links_table = m;
        p.export = (*c).export;
        if p.saved.set(&(&(*c).x)[..live]).is_err() {
            p.end_for_memory();
        }
    }
}

/// Calls a built-in function with the registers from x0; [`Term::NONE`] when it does not return
/// a term, and then `raise` in the context says what it wants.
#[inline(never)]
pub(in crate::interp) unsafe fn bif(c: *mut Context, export: *const Export, arity: usize) -> Term {
    // SAFETY: the translator names entries that have an implementation; the registers are set.
    unsafe {
        (*c).export = export;
        // What is being built may be made known to others now.
        (*c).bits.data = core::ptr::null_mut();
        let Some(function) = (*export).call.get() else {
            return unimplemented_bif(c);
        };
        if (*c).reds < 0 {
            save_native(c, Saved::Call(export));
        }
        let (p, rt) = parts(c);
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), arity);
        let before = p.reductions;
        let recent = &mut (*c).recent_tables;
        let result = function(&mut Ctx::with_recent(p, rt, recent), args);
        let (p, _) = parts(c);
        charge_bif(c, before);
        match result {
            Ok(term) => {
                if p.heap.has_extra() || stressed(c) {
                    (*c).x[0] = term;
                    if !collect(c, 0, 1) {
                        (*c).raise = Raise::OutOfMemory;
                        return Term::NONE;
                    }
                    return (*c).x[0];
                }
                term
            }
            Err(raise) => {
                (*c).raise = raise;
                Term::NONE
            }
        }
    }
}

/// Saves what is done outside of code, if that is saved.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn save_native(c: *mut Context, call: Saved) {
    // SAFETY: as in `parts`.
    let (p, _) = unsafe { parts(c) };
    if p.flags.saves_calls {
        p.save_call(call);
    }
}

/// Takes the reductions that a function counted for itself from the turn of the process.
#[inline(always)]
unsafe fn charge_bif(c: *mut Context, before: u64) {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, _) = parts(c);
        if p.reductions != before {
            if p.reductions & SET_TURN != 0 {
                let left = (p.reductions & !SET_TURN) as isize;
                // What is no longer to be used is as if it were given back.
                p.reductions = before.saturating_add_signed((left - (*c).left()) as i64);
                (*c).reds = left - (*c).hidden;
                return;
            }
            let spent = p.reductions.wrapping_sub(before);
            p.reductions = before;
            let spent = isize::try_from(spent).unwrap_or(isize::MAX);
            (*c).reds = (*c).reds.saturating_sub(spent).max(isize::MIN / 2);
        }
    }
}

#[cold]
unsafe fn unimplemented_bif(c: *mut Context) -> Term {
    // SAFETY: the context is live.
    unsafe { (*c).raise = Raise::UNDEF };
    Term::NONE
}

/// Calls a function that the embedder registered.
#[inline(never)]
pub(in crate::interp) unsafe fn native(c: *mut Context, export: *const Export) -> Term {
    // SAFETY: as in `bif`.
    unsafe {
        (*c).bits.data = core::ptr::null_mut();
        let (p, rt) = parts(c);
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), (*export).arity as usize);
        match rt.call_native(&mut Ctx::new(p, rt), &*export, args) {
            Ok(term) => {
                (*c).x[0] = term;
                if !tidy(c, 1) {
                    (*c).raise = Raise::OutOfMemory;
                    return Term::NONE;
                }
                (*c).x[0]
            }
            Err(raise) => {
                (*c).raise = raise;
                Term::NONE
            }
        }
    }
}

/// Calls a built-in function of a guard or body with operands that are not in x0 and on; the
/// registers up to `live` survive a collection (`None`: there must be none).
#[inline(never)]
pub(in crate::interp) unsafe fn guard_bif(
    c: *mut Context,
    export: *const Export,
    a: Term,
    b: Term,
    d: Term,
    live: usize,
) -> Term {
    // SAFETY: as in `bif`.
    unsafe {
        let args = [a, b, d];
        let (p, rt) = parts(c);
        (*c).export = export;
        let Some(function) = (*export).bif() else {
            (*c).guard_args = args;
            return unimplemented_bif(c);
        };
        let before = p.reductions;
        let result = function(&mut Ctx::new(p, rt), &args[..(*export).arity as usize]);
        charge_bif(c, before);
        match result {
            Ok(term) => settle(c, term, live),
            Err(raise) => {
                (*c).raise = raise;
                (*c).guard_args = args;
                Term::NONE
            }
        }
    }
}

/// The guard's built-in function takes long: gives way, to run the instruction again with its live
/// registers, whose number stands in unit 5.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn guard_yield(
    ip: *const u32,
    c: *mut Context,
    _: *mut Term,
    _: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler; heap and stack top are saved.
    unsafe {
        suspend(c, ip, m, *ip.cast::<u16>().add(5) as usize);
    }
    YIELD
}

/// No register survives: a collection must not happen.
pub(in crate::interp) const NO_COLLECTION: usize = usize::MAX;

/// Collects if memory was taken outside the heap, keeping `term` and the live registers.
#[inline(always)]
pub(in crate::interp) unsafe fn settle(c: *mut Context, term: Term, live: usize) -> Term {
    // SAFETY: as in `collect`; the register behind the live ones is free for the result.
    unsafe {
        if live != NO_COLLECTION && ((*(*c).p).heap.has_extra() || stressed(c)) {
            (*c).x[live] = term;
            if !collect(c, 0, live + 1) {
                (*c).raise = Raise::OutOfMemory;
                return Term::NONE;
            }
            return (*c).x[live];
        }
        term
    }
}

/// The guard's built-in function failed in a body: raises its error.
#[cold]
#[inline(never)]
unsafe fn guard_failed_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        let arity = (*(*c).export).arity as usize;
        let args = (*c).guard_args;
        (&mut (*c).x)[..arity].copy_from_slice(&args[..arity]);
        bif_special_now(ip, c, e, h, m)
    }
}

/// Raises `error` with the current function on top of the stack trace.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn set_error(c: *mut Context, reason: Term) {
    // SAFETY: the context is live.
    unsafe {
        (*c).exception = Exception {
            class: atoms::ERROR,
            reason,
            trace: Term::NONE,
        }
    };
}

/// Raises `error` with the reason `{tag, value}`.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn set_error_tuple(c: *mut Context, tag: Term, value: Term) {
    // SAFETY: as in `parts`; heap and stack top are saved.
    unsafe {
        let (p, _) = parts(c);
        match p.heap.tuple(&[tag, value]) {
            Ok(reason) => set_error(c, reason),
            Err(OutOfMemory) => set_error(c, atoms::SYSTEM_LIMIT),
        }
    }
}

/// What a built-in function asked for, in a call that is not the last of its function.
#[cold]
#[inline(never)]
unsafe fn bif_special_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        let mut s = State { ip, c, e, h, m };
        s.load();
        match (*c).raise {
            Raise::Trap => {
                let words = call_words(ip);
                s.e = s.e.sub(2);
                s.e.write(Term::from_word(ip.add(words) as usize));
                s.e.add(1).write(Term::from_word(m as usize));
                take_trap(s)
            }
            Raise::TrapFun => {
                let words = call_words(ip);
                s.e = s.e.sub(2);
                s.e.write(Term::from_word(ip.add(words) as usize));
                s.e.add(1).write(Term::from_word(m as usize));
                take_fun_trap(s)
            }
            Raise::Traced => match traced_bif(c, ip, m) {
                Ok(_) => {
                    s.load();
                    s.ip = ip.add(call_words(ip));
                    park(s)
                }
                Err(raise) => {
                    (*c).raise = raise;
                    bif_special_now(ip, c, e, h, m)
                }
            },
            raise => other_special(s, raise),
        }
    }
}

/// As `bif_special`, in the last call of a function.
#[cold]
#[inline(never)]
unsafe fn bif_special_tail_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    use crate::code::isa::{len, opcode};
    // SAFETY: as for a handler.
    unsafe {
        let mut s = State { ip, c, e, h, m };
        s.load();
        match (*c).raise {
            Raise::Trap => {
                let words = match s.unit(0) {
                    opcode::CALL_BIF_LAST => len::CALL_BIF_LAST,
                    opcode::CALL_BIF_ONLY => len::CALL_BIF_ONLY,
                    _ => 0,
                };
                let export = parts(c).0.trap.as_ref().and_then(|trap| trap.export);
                if words > 0 && export.is_some_and(|export| raises(&*export)) {
                    s.e = s.e.sub(2);
                    s.e.write(Term::from_word(ip.add(words) as usize));
                    s.e.add(1).write(Term::from_word(m as usize));
                } else if s.unit(0) == opcode::CALL_BIF_LAST {
                    s.e = s.e.add(s.number(4));
                }
                take_trap(s)
            }
            Raise::TrapFun => {
                if s.unit(0) == opcode::CALL_BIF_LAST {
                    s.e = s.e.add(s.number(4));
                }
                take_fun_trap(s)
            }
            Raise::Traced => match traced_bif(c, ip, m) {
                Ok(_) => {
                    s.load();
                    after_traced_tail(s)
                }
                Err(raise) => {
                    (*c).raise = raise;
                    bif_special_tail_now(ip, c, e, h, m)
                }
            },
            raise @ (Raise::Error(_) | Raise::ErrorInfo(..) | Raise::BadArg(_))
                if stacktrace::is_code_in_otp(parts(c).1, &*(*c).export) =>
            {
                // As if it had been called by its entry: its caller is no longer there.
                if s.unit(0) == opcode::CALL_BIF_LAST {
                    s.e = s.e.add(s.number(4));
                }
                let target = (*(*c).export).target();
                (s.ip, s.m) = (target.ip, target.links);
                s.save();
                other_special(s, raise)
            }
            raise => other_special(s, raise),
        }
    }
}

/// Is it a function that raises an exception? Whoever applies it stands in the stack trace, even if
/// the application is the last thing that it does.
pub(in crate::interp) fn raises(export: &Export) -> bool {
    export.module == atoms::ERLANG
        && match export.function {
            atoms::ERROR => (1..=3).contains(&export.arity),
            atoms::EXIT | atoms::THROW => export.arity == 1,
            _ => false,
        }
}

/// Goes on behind the last call of a function, whose result is in x0.
unsafe fn after_traced_tail(mut s: State) -> Ret {
    use crate::code::isa::{len, opcode};
    // SAFETY: as for a handler.
    unsafe {
        match s.unit(0) {
            opcode::CALL_BIF_ONLY => s.ip = s.ip.add(len::CALL_BIF_ONLY),
            opcode::CALL_BIF_LAST => {
                s.e = s.e.add(s.number(4));
                s.ip = s.ip.add(len::CALL_BIF_LAST);
            }
            // A stub: back to the caller.
            _ => {
                s.ip = (*s.e).word() as *const u32;
                s.m = (*s.e.add(1)).word() as *const Word;
                s.e = s.e.add(2);
            }
        }
        park(s)
    }
}

/// The length of a call instruction of a built-in function.
unsafe fn call_words(ip: *const u32) -> usize {
    use crate::code::isa::{len, opcode};
    // SAFETY: `ip` is an instruction.
    match unsafe { *ip.cast::<u16>() } {
        opcode::CALL_BIF => len::CALL_BIF,
        opcode::SEND => len::SEND,
        opcode::GC_BIF1 => len::GC_BIF1,
        opcode::GC_BIF2 => len::GC_BIF2,
        opcode::GC_BIF3 => len::GC_BIF3,
        opcode::BIF0 => len::BIF0,
        opcode::BIF1 => len::BIF1,
        opcode::BIF2 => len::BIF2,
        opcode::BIF3 => len::BIF3,
        _ => 0,
    }
}

/// Calls the function that a built-in function wants in its place.
unsafe fn take_trap(mut s: State) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        let c = s.c;
        let (p, _) = parts(c);
        let Some(trap) = p.trap.take() else {
            set_error(c, atoms::BADARG);
            return raise_now(s.ip, s.c, s.e, s.h, s.m);
        };
        let export = trap.export.unwrap_or((*c).export);
        (&mut (*c).x)[..trap.args.len()].copy_from_slice(&trap.args);
        (*c).export = export;
        let target = (*export).target();
        s.ip = target.ip;
        s.m = target.links;
        s.save();
        give_way_if_tired(s, (*export).arity as usize)
    }
}

/// What a stack trace begins with when `erlang:apply/2` cannot apply what it is given.
unsafe fn applying(c: *mut Context) -> Result<Term, OutOfMemory> {
    // SAFETY: as in `parts`.
    let (p, _) = unsafe { parts(c) };
    let name = [atoms::ERLANG, atoms::APPLY, Term::small(2), Term::NIL];
    let entry = p.heap.tuple(&name)?;
    p.heap.list(&[entry])
}

/// Calls the fun that a built-in function wants in its place.
unsafe fn take_fun_trap(mut s: State) -> Ret {
    use crate::code::isa::opcode;
    // SAFETY: as for a handler.
    unsafe {
        let c = s.c;
        let (p, _) = parts(c);
        let args = p.trap.take().map(|trap| trap.args).unwrap_or_default();
        let Some((&fun, args)) = args.split_last() else {
            set_error(c, atoms::BADARG);
            return raise_now(s.ip, s.c, s.e, s.h, s.m);
        };
        (&mut (*c).x)[..args.len()].copy_from_slice(args);
        s.save();
        let closure = fun
            .as_closure()
            .filter(|f| f.entry.arity as usize == args.len());
        if let Some(closure) = closure.filter(|f| !f.entry.target().ip.is_null()) {
            let live = args.len() + closure.env.len();
            (&mut (*c).x)[args.len()..live].copy_from_slice(closure.env);
            let target = closure.entry.target();
            (s.ip, s.m) = (target.ip, target.links);
            return give_way_if_tired(s, live);
        }
        let export = external_fun(c, fun, args.len());
        if export.is_null() {
            // Where nobody called the function that applies, it is what the process began with.
            let is_stub = call_words(s.ip) == 0
                && !matches!(s.unit(0), opcode::CALL_BIF_LAST | opcode::CALL_BIF_ONLY);
            if is_stub && let Ok(head) = applying(c) {
                (*c).trace_head = head;
            }
            return raise_now(s.ip, s.c, s.e, s.h, s.m);
        }
        let target = (*export).target();
        (*c).export = export;
        (s.ip, s.m) = (target.ip, target.links);
        give_way_if_tired(s, (*export).arity as usize)
    }
}

unsafe fn give_way_if_tired(s: State, live: usize) -> Ret {
    // SAFETY: as for a handler.
    unsafe {
        (*s.c).reds -= 1;
        if (*s.c).reds < 0 && !goes_on(s.c, s.ip, s.m) {
            return yield_now(s.c, s.ip, s.m, live);
        }
        park(s)
    }
}

unsafe fn other_special(s: State, raise_: Raise) -> Ret {
    let State { ip, c, e, h, m } = s;
    // SAFETY: as for a handler.
    unsafe {
        s.save();
        let error = |class, reason| Exception {
            class,
            reason,
            trace: Term::NONE,
        };
        let exception = match raise_ {
            Raise::Error(reason) => with_bif_frame(c, atoms::ERROR, reason, None),
            Raise::ErrorInfo(reason, info) => with_bif_frame(c, atoms::ERROR, reason, Some(info)),
            Raise::BadArg(cause) => {
                let (p, rt) = parts(c);
                match map::put(&mut p.heap, &rt.atoms, map::empty(), atoms::CAUSE, cause) {
                    Ok(info) => with_bif_frame(c, atoms::ERROR, atoms::BADARG, Some(info)),
                    Err(OutOfMemory) => return die(ip, c, e, h, m),
                }
            }
            Raise::CallerError { reason, args, info } => {
                let (p, rt) = parts(c);
                let trace = if args == Term::NONE && info == Term::NONE {
                    Ok(Term::NONE)
                } else {
                    stacktrace::with_caller(p, rt, args, info, ip, m)
                };
                let class = atoms::ERROR;
                match trace {
                    Ok(trace) => Exception {
                        class,
                        reason,
                        trace,
                    },
                    Err(OutOfMemory) => return die(ip, c, e, h, m),
                }
            }
            Raise::Throw(value) => error(atoms::THROW, value),
            Raise::Exit(reason) => error(atoms::EXIT, reason),
            Raise::Raw {
                class,
                reason,
                stack,
            } => {
                let (p, rt) = parts(c);
                match stacktrace::given(&mut p.heap, rt, class, stack) {
                    Ok(trace) => Exception {
                        class,
                        reason,
                        trace,
                    },
                    Err(OutOfMemory) => return die(ip, c, e, h, m),
                }
            }
            Raise::Yield | Raise::Wait => {
                let (p, _) = parts(c);
                if let Some(trap) = p.trap.take() {
                    (&mut (*c).x)[..trap.args.len()].copy_from_slice(&trap.args);
                }
                suspend(c, ip, m, (*(*c).export).arity as usize);
                return if raise_ == Raise::Wait { WAIT } else { YIELD };
            }
            Raise::Hibernate => return hibernate(c),
            Raise::OutOfMemory => return die(ip, c, e, h, m),
            Raise::Die(reason) => {
                (*c).exception = error(atoms::EXIT, reason);
                return crate::interp::state::KILLED;
            }
            Raise::Trap | Raise::TrapFun | Raise::Traced => error(atoms::ERROR, atoms::BADARG),
        };
        (*c).exception = exception;
        raise_now(ip, c, e, h, m)
    }
}

/// Gives up the stack; the process goes on with the call in its trap when a message comes.
unsafe fn hibernate(c: *mut Context) -> Ret {
    // SAFETY: as in `parts`; the last two words of the stack are the final return address.
    unsafe {
        let (p, _) = parts(c);
        let Some(trap) = p.trap.take() else {
            return crate::interp::state::KILLED;
        };
        let export = trap.export.unwrap_or((*c).export);
        let target = (*export).target();
        p.heap.stop = p.heap.stack_end().sub(2);
        p.ip = target.ip;
        p.links_table = target.links;
        p.export = export;
        if p.saved.set(&trap.args).is_err() {
            p.end_for_memory();
            return crate::interp::state::KILLED;
        }
        // Without memory for a smaller block it stays where it is.
        let _ = p.collect_for_rest();
        p.flags.hibernating = true;
        if p.mailbox.is_empty() { WAIT } else { YIELD }
    }
}

/// An exception of a built-in function: it comes first in the stack trace, with its arguments.
unsafe fn with_bif_frame(
    c: *mut Context,
    class: Term,
    reason: Term,
    info: Option<Term>,
) -> Exception {
    // SAFETY: as in `parts`; the arguments are still in their registers.
    unsafe {
        let export = &*(*c).export;
        let (p, rt) = parts(c);
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), export.arity as usize);
        let head = if reason == atoms::UNDEF {
            stacktrace::undefined_head(&mut p.heap, export, args)
        } else {
            let name = (export.module, export.function);
            stacktrace::bif_head(&mut p.heap, &rt.atoms, name, args, info)
        };
        with_head(c, class, reason, head)
    }
}

/// An exception whose stack trace starts with `head`.
unsafe fn with_head(
    c: *mut Context,
    class: Term,
    reason: Term,
    head: Result<Term, OutOfMemory>,
) -> Exception {
    let reason = match head {
        Ok(head) => {
            // SAFETY: the context is live.
            unsafe { (*c).trace_head = head };
            reason
        }
        Err(OutOfMemory) => atoms::SYSTEM_LIMIT,
    };
    Exception {
        class,
        reason,
        trace: Term::NONE,
    }
}

/// Goes to the handler of the exception in the context, or ends the process.
#[cold]
#[inline(never)]
unsafe fn raise_now(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    h: *mut Term,
    m: *const Word,
) -> Ret {
    // SAFETY: as for a handler; `unwind` leaves the state of the handler in the context.
    unsafe {
        let mut s = State { ip, c, e, h, m };
        s.load();
        s.save();
        if !crate::interp::unwind::unwind(c, ip, m) {
            return crate::interp::state::UNCAUGHT;
        }
        s.load();
        s.ip = (*c).ip;
        s.m = (*c).m;
        park(s)
    }
}

/// As [`external_fun`], for a fun whose code is not loaded: what loads its module and calls it
/// then. Where another version of the module is loaded it is `badfun`.
unsafe fn unloaded_fun(c: *mut Context, fun: Term, arity: usize) -> *const Export {
    // SAFETY: as in `parts`; the arguments are in x0 and on.
    unsafe {
        let (p, rt) = parts(c);
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), arity);
        let module = fun.as_closure().map_or(Term::NIL, |f| f.entry.module);
        if rt.code.find(module).is_some() {
            set_error_tuple(c, atoms::BADFUN, fun);
            return core::ptr::null();
        }
        let Ok(list) = p.heap.list(args) else {
            set_error(c, atoms::SYSTEM_LIMIT);
            return core::ptr::null();
        };
        if let Some(handler) = own_handler(c, "undefined_lambda") {
            (&mut (*c).x)[..3].copy_from_slice(&[module, fun, list]);
            return handler;
        }
        if rt.code.is_packed(ERROR_HANDLER) {
            return hand_over(c, "undefined_lambda", [module, fun, list]);
        }
        let head = p.heap.tuple(&[fun, list, Term::NIL]);
        let head = head.and_then(|entry| p.heap.list(&[entry]));
        (*c).exception = with_head(c, atoms::ERROR, atoms::UNDEF, head);
        core::ptr::null()
    }
}

/// OTP's module that deals with calls of what is not loaded.
const ERROR_HANDLER: &str = "error_handler";

/// The function of `error_handler` to call, with its arguments in the registers.
unsafe fn hand_over(c: *mut Context, function: &str, args: [Term; 3]) -> *const Export {
    // SAFETY: as in `parts`.
    unsafe {
        let (_, rt) = parts(c);
        let names = (rt.atoms.intern(ERROR_HANDLER), rt.atoms.intern(function));
        let export = match names {
            (Ok(module), Ok(function)) => rt.export(module, function, args.len() as u32),
            _ => Err(OutOfMemory),
        };
        match export {
            Ok(export) => {
                (&mut (*c).x)[..args.len()].copy_from_slice(&args);
                (*c).export = export;
                export
            }
            Err(OutOfMemory) => {
                set_error(c, atoms::SYSTEM_LIMIT);
                core::ptr::null()
            }
        }
    }
}

/// The export to call for a fun that is not simply a local one with this arity; null after
/// setting the exception.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn external_fun(
    c: *mut Context,
    fun: Term,
    arity: usize,
) -> *const Export {
    // SAFETY: as in `parts`; the arguments are in x0 and on.
    unsafe {
        if let Some(export) = fun.as_external_fun()
            && export.arity as usize == arity
        {
            return export;
        }
        let (p, _) = parts(c);
        let is_unloaded = fun
            .as_closure()
            .is_some_and(|f| f.entry.arity as usize == arity);
        if is_unloaded {
            return unloaded_fun(c, fun, arity);
        }
        if fun.is_fun() {
            let args = core::slice::from_raw_parts((*c).x.as_ptr(), arity);
            let pair = p
                .heap
                .list(args)
                .and_then(|args| p.heap.tuple(&[fun, args]));
            match pair {
                Ok(pair) => set_error_tuple(c, atoms::BADARITY, pair),
                Err(OutOfMemory) => set_error(c, atoms::SYSTEM_LIMIT),
            }
        } else {
            set_error_tuple(c, atoms::BADFUN, fun);
        }
        core::ptr::null()
    }
}

/// The export that `apply` of x[arity]:x[arity+1] with the arguments in x0 and on calls; null
/// after setting the exception.
#[inline(never)]
pub(in crate::interp) unsafe fn apply(c: *mut Context, arity: usize) -> *const Export {
    // SAFETY: as in `parts`; the registers are set.
    unsafe {
        let (mut module, mut function, mut arity) = ((*c).x[arity], (*c).x[arity + 1], arity);
        let (p, rt) = parts(c);
        // Who applies `apply/3` applies what that applies, as in OTP.
        while (module, function, arity) == (atoms::ERLANG, atoms::APPLY, 3) {
            let [m, f, args] = [(*c).x[0], (*c).x[1], (*c).x[2]];
            let count = args.list_len().filter(|&count| count <= MAX_ARGUMENTS);
            let (true, true, Some(count)) = (m.is_atom(), f.is_atom(), count) else {
                break;
            };
            for (x, arg) in (&mut (*c).x)[..count].iter_mut().zip(args.list_iter()) {
                *x = arg;
            }
            (module, function, arity) = (m, f, count);
        }
        if !module.is_atom() || !function.is_atom() {
            let args = core::slice::from_raw_parts((*c).x.as_ptr(), arity);
            let name = (atoms::ERLANG, atoms::APPLY);
            let head = p.heap.list(args).and_then(|list| {
                stacktrace::bif_head(
                    &mut p.heap,
                    &rt.atoms,
                    name,
                    &[module, function, list],
                    None,
                )
            });
            (*c).exception = with_head(c, atoms::ERROR, atoms::BADARG, head);
            return core::ptr::null();
        }
        match rt.export(module, function, arity as u32) {
            Ok(export) => export,
            Err(OutOfMemory) => {
                set_error(c, atoms::SYSTEM_LIMIT);
                core::ptr::null()
            }
        }
    }
}

/// The most arguments that a function has.
const MAX_ARGUMENTS: usize = 255;

/// Loads the module of the function in the context, if it can be found; null after setting the
/// exception `undef`.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn undefined(c: *mut Context) -> *const Export {
    // SAFETY: as in `parts`.
    unsafe {
        let export = &*(*c).export;
        let (p, rt) = parts(c);
        let loaded = rt.load_for(export);
        if let Ok(true) = loaded {
            return export;
        }
        if let Some(handler) = own_error_handler(c, export) {
            return handler;
        }
        // An `-on_load` function must be waited for, or the module has a function for calls of
        // those that it lacks.
        let is_left_to_others = match &loaded {
            Err(_) => true,
            Ok(_) => rt.handles_undefined(export.module),
        };
        if is_left_to_others && rt.code.is_packed(ERROR_HANDLER) {
            let args = core::slice::from_raw_parts((*c).x.as_ptr(), export.arity as usize);
            return match p.heap.list(args) {
                Ok(list) => hand_over(
                    c,
                    "undefined_function",
                    [export.module, export.function, list],
                ),
                Err(OutOfMemory) => {
                    set_error(c, atoms::SYSTEM_LIMIT);
                    core::ptr::null()
                }
            };
        }
        (*c).exception = with_bif_frame(c, atoms::ERROR, atoms::UNDEF, None);
        core::ptr::null()
    }
}

/// The function `undefined_function/3` of a process's own error handler, with its arguments in x0
/// to x2; `None` where it is the usual handler, or does not exist itself.
#[cold]
unsafe fn own_error_handler(c: *mut Context, export: &Export) -> Option<*const Export> {
    // SAFETY: as in `parts`; the arguments are in their registers.
    unsafe {
        let handler = own_handler(c, "undefined_function")?;
        if core::ptr::eq(handler, export) {
            return None;
        }
        let (p, _) = parts(c);
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), export.arity as usize);
        let args = p.heap.list(args).ok()?;
        (*c).x[0] = export.module;
        (*c).x[1] = export.function;
        (*c).x[2] = args;
        Some(handler)
    }
}

/// A function of three arguments of a process's own error handler, if it has one with such a function.
#[cold]
unsafe fn own_handler<'a>(c: *mut Context, function: &str) -> Option<&'a Export> {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        if !p.flags.own_error_handler {
            return None;
        }
        let module = p.rare()?.error_handler?;
        let function = rt.atoms.intern(function).ok()?;
        let handler = rt.export(module, function, 3).ok()?;
        matches!(rt.load_for(handler), Ok(true)).then_some(handler)
    }
}

/// Is this an object of the kind?
#[inline(always)]
pub(in crate::interp) fn is(term: Term, subtag: Subtag) -> bool {
    term.is_boxed() && term.header().subtag() == subtag
}
