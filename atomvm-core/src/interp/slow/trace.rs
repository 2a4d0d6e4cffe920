//! Telling tracers of calls and returns.
//!
//! A traced function's first instruction is replaced by `trace_call`, which knows the original by
//! its address. Calls by name of functions that are traced only so go to a stub, which knows the
//! original target by the address of the export entry. Built-in functions are called through
//! [`Export::call`], which then asks for [`Raise::Traced`]. Nothing of this is there while nothing
//! is traced.
//!
//! Where a return is to be told of, the stack gets a frame between the function and its caller:
//! the address of `stub_trace_return`, then `{Module, Function, Arity, What, MetaTracer, Session}`; one
//! for each session that wants it.

use super::{collect, parts, tidy};
use crate::bif::{BifResult, Ctx, Raise};
use crate::code::Module;
use crate::interp::context::Context;
use crate::interp::slow::questions::{Questions, function_at};
use crate::matchspec::{Message, Scratch, Verdict};
use crate::memory::fallible::{Grow, with_room};
use crate::memory::process_heap::STACK_RESERVE;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::process::Process;
use crate::process::trace::{ARITY, CALL, RETURN_TO, SILENT, Trace, Wish};
use crate::term::{Subtag, Term, Word, atoms};
use crate::vm::Runtime;
use crate::vm::tracing::{Before, Filter, Meta, Part, Point, export_address};
use alloc::vec::Vec;
use portable_atomic::Ordering;

/// There was no memory.
pub(in crate::interp) const NO_OPCODE: u16 = u16::MAX;

/// What a frame of a traced call asks for.
const RETURN: usize = 1;
const EXCEPTION: usize = 2;
const TO: usize = 4;
/// The same, for who is told of the calls of all processes.
const META_RETURN: usize = 8;
const META_EXCEPTION: usize = 16;
/// The time of the call is measured.
const TIME: usize = 32;

/// A call of the function whose first instruction is at `ip`: tells of it and returns the opcode
/// that belongs there.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn trace_local(c: *mut Context, ip: *const u32) -> u16 {
    // SAFETY: as in `parts`; heap and stack top are saved, the arguments are in their registers.
    unsafe {
        let (p, rt) = parts(c);
        let Some(point) = rt.tracing.point(ip as usize) else {
            return NO_OPCODE;
        };
        let Before::Code(opcode) = point.before else {
            return NO_OPCODE;
        };
        // A receive at the start of a function goes back there for every message.
        const RECEIVES: u16 = crate::code::isa::opcode::LOOP_REC;
        if (RECEIVES..RECEIVES + 2).contains(&opcode)
            && (core::mem::take(&mut p.flags.waited) || !p.mailbox.is_at_start())
        {
            return opcode;
        }
        match trace(c, &point) {
            Ok(()) => opcode,
            Err(OutOfMemory) => NO_OPCODE,
        }
    }
}

/// A call by name of the function in the context: tells of it and sets the context to its code.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn trace_global(c: *mut Context) -> bool {
    // SAFETY: as in `trace_local`.
    unsafe {
        let (_, rt) = parts(c);
        let export = &*(*c).export;
        let Some(point) = rt.tracing.point(export_address(export)) else {
            return false;
        };
        let Before::Export(target) = point.before else {
            return false;
        };
        if trace(c, &point).is_err() {
            return false;
        }
        (*c).export = export;
        (*c).ip = target.ip;
        (*c).m = target.links;
        true
    }
}

/// Tells of a call of the point's function, with its arguments in x0 and on, and sees to its
/// return.
unsafe fn trace(c: *mut Context, point: &Point) -> Result<(), OutOfMemory> {
    for part in &point.parts {
        // SAFETY: as in `trace_local`.
        unsafe { trace_part(c, point, part)? };
    }
    Ok(())
}

/// The same for one session.
unsafe fn trace_part(c: *mut Context, point: &Point, part: &Part) -> Result<(), OutOfMemory> {
    // SAFETY: as in `trace_local`.
    unsafe {
        let arity = point.mfa.2 as usize;
        let wish = tell_call(c, point, part, None)?;
        let (p, rt) = parts(c);
        let times = part.time.as_ref();
        let times = times.filter(|_| p.traced_in(part.session, CALL).is_some());
        let what = wish.what | if times.is_some() { TIME } else { 0 };
        if what == 0 {
            return Ok(());
        }
        let stub = rt.code.trace_return_target();
        // A frame that the caller has left does for what it asks for.
        let before = frame_wish(p.heap.stop, stub.ip, part.session);
        let has_frame = what & !(before & (TO | TIME)) != 0;
        if let Some(times) = times {
            let (id, now) = (p.id, rt.now());
            let timed = p.timed_in(part.session)?;
            timed.enter(id, times, now, has_frame);
        }
        if !has_frame {
            return Ok(());
        }
        if p.heap.free_words() < 3 + STACK_RESERVE + 7 && !collect(c, 13, arity) {
            return Err(OutOfMemory);
        }
        let (p, _) = parts(c);
        let (module, function, arity) = point.mfa;
        let (arity, what) = (Term::small(arity as isize), Term::small(what as isize));
        let session = Term::small(part.session as isize);
        let info = [module, function, arity, what, wish.meta, session];
        let info = p.heap.tuple(&info)?;
        p.heap.stop = p.heap.stop.sub(1);
        p.heap.stop.write(info);
        p.heap.push_return(stub.ip as usize, stub.links as usize);
        Ok(())
    }
}

/// The description of a frame: the function, and what a session wants to be told.
fn frame_info(info: Term) -> Option<([Term; 3], Wish)> {
    let Some(&[module, function, arity, what, meta, session]) = info.as_tuple() else {
        return None;
    };
    let wish = Wish {
        session: session.as_usize()? as u32,
        what: what.as_usize()?,
        meta,
    };
    Some(([module, function, arity], wish))
}

/// What a session's frame asks for, of those that stand on top of each other from `at` on.
unsafe fn frame_wish(mut at: *const Term, stub: *const u32, session: u32) -> usize {
    // SAFETY: as in `return_place`.
    unsafe {
        while (*at).word() as *const u32 == stub {
            match frame_info(*at.add(2)) {
                Some((_, wish)) if wish.session == session => return wish.what,
                _ => at = at.add(3),
            }
        }
    }
    0
}

/// Counts a call and tells of it; what of its return is to be told. `caller` is where a built-in
/// function was called; other functions find it on the stack.
unsafe fn tell_call(
    c: *mut Context,
    point: &Point,
    part: &Part,
    caller: Option<(*const u32, *const Word)>,
) -> Result<Wish, OutOfMemory> {
    // SAFETY: as in `trace_local`.
    unsafe {
        if let Some(count) = &part.count
            && !count.paused.load(Ordering::Relaxed)
        {
            count.calls.fetch_add(1, Ordering::Relaxed);
        }
        let mut wish = Wish {
            session: part.session,
            what: 0,
            meta: Term::NIL,
        };
        let call = Call {
            mfa: point.mfa,
            session: part.session,
            local: part.local,
            caller,
        };
        let (p, _) = parts(c);
        let trace = p.traced_in(part.session, CALL);
        if let (Some(filter), Some(trace)) = (&part.filter, trace) {
            wish.what = tell_tracer(c, &call, filter, trace)?;
        }
        let (p, rt) = parts(c);
        if let Some(meta) = part.meta.as_ref()
            && meta.tracer != p.id
            && !p.flags.sensitive
        {
            if rt.is_there(meta.tracer) {
                wish.meta = meta.tracer;
                wish.what |= tell_meta(c, &call, meta)?;
            } else {
                meta.lost.store(true, Ordering::Relaxed);
            }
        }
        Ok(wish)
    }
}

/// A call that a session may be told of.
struct Call {
    mfa: (Term, Term, u32),
    session: u32,
    local: bool,
    /// Where a built-in function was called.
    caller: Option<(*const u32, *const Word)>,
}

/// Where the function at the top of the stack returns to, beyond the frames of traced calls.
unsafe fn return_place(p: &Process, rt: &Runtime) -> (*const u32, *const Word) {
    // SAFETY: as in `parts`; the stack top is a return address, and so is what a frame of a traced
    // call ends with.
    unsafe {
        let stub = rt.code.trace_return_target().ip;
        let mut at = p.heap.stop;
        while (*at).word() as *const u32 == stub {
            at = at.add(3);
        }
        (
            (*at).word() as *const u32,
            (*at.add(1)).word() as *const Word,
        )
    }
}

/// An argument as others may see it: of a match context, that the compiler passes on within a module,
/// the bits that are left.
fn shown(heap: &mut impl Heap, term: Term) -> Result<Term, OutOfMemory> {
    if term.subtag() != Some(Subtag::Match) {
        return Ok(term);
    }
    let [whole, end, at] = [1, 3, 4].map(|word| term.boxed_word(word));
    heap.sub_bits(Term(whole), at, end - at)
}

/// What a filter says of a call, and the arguments of that.
unsafe fn verdict(
    c: *mut Context,
    call: &Call,
    filter: &Filter,
) -> Result<Option<(Verdict, Vec<Term>)>, OutOfMemory> {
    // SAFETY: as in `trace_local`.
    unsafe {
        let (p, rt) = parts(c);
        let arity = call.mfa.2 as usize;
        let mut args = with_room(arity)?;
        for &arg in &(&(*c).x)[..arity] {
            args.push(shown(&mut p.heap, arg)?);
        }
        let caller = call.caller.unwrap_or_else(|| return_place(p, rt));
        let verdict = match filter {
            Filter::Nothing => None,
            Filter::All => Some(PLAIN),
            Filter::Spec(spec) => {
                let mut questions = Questions {
                    session: call.session,
                    caller: Some(caller),
                };
                let mut context = Ctx::new(p, rt);
                let mut scratch = Scratch::default();
                spec.run_trace(&mut context, &args, &mut scratch, &mut questions)?
            }
        };
        Ok(verdict.map(|verdict| (verdict, args)))
    }
}

/// Tells who traces the process.
unsafe fn tell_tracer(
    c: *mut Context,
    call: &Call,
    filter: &Filter,
    trace: Trace,
) -> Result<usize, OutOfMemory> {
    // SAFETY: as in `trace_local`.
    unsafe {
        // What the specification changes does not take the message away.
        let Some((verdict, args)) = verdict(c, call, filter)? else {
            return Ok(0);
        };
        let (p, rt) = parts(c);
        let flags = p.trace_in(call.session).map_or(0, |trace| trace.flags);
        let (module, function, _) = call.mfa;
        let last = if flags & ARITY != 0 {
            Term::small(args.len() as isize)
        } else {
            p.heap.list(&args)?
        };
        let mfa = p.heap.tuple(&[module, function, last])?;
        if flags & SILENT != 0 {
            return Ok(0);
        }
        match verdict.message {
            Message::No => {}
            Message::Plain => rt.trace_as(p, trace, &[atoms::CALL, mfa]),
            Message::With(extra) => rt.trace_as(p, trace, &[atoms::CALL, mfa, extra]),
        }
        let mut what = 0;
        if verdict.return_trace {
            what |= RETURN;
        }
        if verdict.exception_trace {
            what |= RETURN | EXCEPTION;
        }
        if flags & RETURN_TO != 0 && call.local {
            what |= TO;
        }
        Ok(what)
    }
}

/// Tells who is told of the calls of all processes.
unsafe fn tell_meta(c: *mut Context, call: &Call, meta: &Meta) -> Result<usize, OutOfMemory> {
    // SAFETY: as in `trace_local`.
    unsafe {
        let Some((verdict, args)) = verdict(c, call, &meta.filter)? else {
            return Ok(0);
        };
        let (p, rt) = parts(c);
        let (module, function, _) = call.mfa;
        let mut place = Fragment::new(&rt.budget);
        let args = place.list(&args)?;
        let mfa = place.tuple(&[module, function, args])?;
        match verdict.message {
            Message::No => {}
            Message::Plain => rt.trace_meta(p, meta.tracer, &[atoms::CALL, mfa]),
            Message::With(extra) => rt.trace_meta(p, meta.tracer, &[atoms::CALL, mfa, extra]),
        }
        let mut what = 0;
        if verdict.return_trace {
            what |= META_RETURN;
        }
        if verdict.exception_trace {
            what |= META_RETURN | META_EXCEPTION;
        }
        Ok(what)
    }
}

const PLAIN: Verdict = Verdict {
    message: Message::Plain,
    return_trace: false,
    exception_trace: false,
};

/// A built-in function that is traced has returned to a place in code.
unsafe fn tell_return_to(c: *mut Context, session: u32, to: (*const u32, *const Word)) {
    // SAFETY: as in `parts`; the place is where the process is.
    unsafe {
        let (p, rt) = parts(c);
        // A function that was applied returns to who applied it.
        let to = match Module::of_links(to.1).id {
            0 => return_place(p, rt),
            _ => to,
        };
        tell_place(c, session, to);
    }
}

/// Tells a session where a traced call has returned to.
unsafe fn tell_place(c: *mut Context, session: u32, to: (*const u32, *const Word)) {
    // SAFETY: as in `parts`; the place is one in code.
    unsafe {
        let (p, rt) = parts(c);
        let mut place = Fragment::new(&rt.budget);
        if let Ok(mfa) = function_at(&mut place, to, false) {
            rt.trace_in(p, session, RETURN_TO, &[atoms::RETURN_TO, mfa]);
        }
    }
}

/// A traced function has returned x0; the stack top is its frame's description.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn trace_return(c: *mut Context) {
    // SAFETY: as in `trace_local`; the frame was made by `trace`.
    unsafe {
        let (p, rt) = parts(c);
        let at = p.heap.stop;
        let Some((mfa, wish)) = frame_info(*at) else {
            return;
        };
        let value = (*c).x[0];
        if wish.what & TIME != 0 {
            leave_timed(c, wish.session);
        }
        tell_return(c, &mfa, wish, value);
        // Another frame of the session below this one will tell where it all returns to.
        let stub = rt.code.trace_return_target().ip;
        if wish.what & TO != 0 && frame_wish(at.add(1), stub, wish.session) & TO == 0 {
            let mut to = at.add(1);
            while (*to).word() as *const u32 == stub {
                to = to.add(3);
            }
            let to = (
                (*to).word() as *const u32,
                (*to.add(1)).word() as *const Word,
            );
            tell_place(c, wish.session, to);
        }
    }
}

/// An exception passes the frame of a traced call, of which `info` is the description. A session that
/// wants to know where it is caught is added to `passed`.
#[cold]
pub(in crate::interp) unsafe fn trace_exception(
    c: *mut Context,
    info: Term,
    passed: &mut Vec<u32>,
) {
    // SAFETY: as in `parts`.
    unsafe {
        let Some((mfa, wish)) = frame_info(info) else {
            return;
        };
        if wish.what & TIME != 0 {
            leave_timed(c, wish.session);
        }
        if wish.what & TO != 0 && !passed.contains(&wish.session) {
            passed.push_or_lose(wish.session);
        }
        let (class, reason) = ((*c).exception.class, (*c).exception.reason);
        tell_exception(c, &mfa, wish, class, reason);
    }
}

/// An exception that has passed frames of traced calls is caught where the context is.
#[cold]
pub(in crate::interp) unsafe fn trace_caught(c: *mut Context, passed: &[u32]) {
    for &session in passed {
        // SAFETY: as in `parts`; the place is one in code.
        unsafe { tell_place(c, session, ((*c).ip, (*c).m)) };
    }
}

/// A call whose time a session measures is over.
unsafe fn leave_timed(c: *mut Context, session: u32) {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        let (id, now) = (p.id, rt.now());
        let mut all = p.timed().iter_mut();
        if let Some(timed) = all.find(|timed| timed.session == session) {
            timed.leave(id, now);
        }
    }
}

unsafe fn tell_return(c: *mut Context, mfa: &[Term; 3], wish: Wish, value: Term) {
    if wish.what & (RETURN | META_RETURN) == 0 {
        return;
    }
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        let mut place = Fragment::new(&rt.budget);
        let Ok(mfa) = place.tuple(mfa) else { return };
        let told = [atoms::RETURN_FROM, mfa, value];
        if wish.what & RETURN != 0 {
            rt.trace_in(p, wish.session, CALL, &told);
        }
        if wish.what & META_RETURN != 0 {
            rt.trace_meta(p, wish.meta, &told);
        }
    }
}

unsafe fn tell_exception(c: *mut Context, mfa: &[Term; 3], wish: Wish, class: Term, reason: Term) {
    if wish.what & (EXCEPTION | META_EXCEPTION) == 0 {
        return;
    }
    // SAFETY: as in `parts`.
    unsafe {
        let (p, rt) = parts(c);
        let mut place = Fragment::new(&rt.budget);
        // What nobody will catch is an error from the start.
        let pair = match class == atoms::THROW && !catches(p) {
            true => place
                .tuple(&[atoms::NOCATCH, reason])
                .and_then(|reason| place.tuple(&[atoms::ERROR, reason])),
            false => place.tuple(&[class, reason]),
        };
        let (Ok(mfa), Ok(pair)) = (place.tuple(mfa), pair) else {
            return;
        };
        let told = [atoms::EXCEPTION_FROM, mfa, pair];
        if wish.what & EXCEPTION != 0 {
            rt.trace_in(p, wish.session, CALL, &told);
        }
        if wish.what & META_EXCEPTION != 0 {
            rt.trace_meta(p, wish.meta, &told);
        }
    }
}

/// Is there a handler on the stack?
fn catches(p: &Process) -> bool {
    let (mut at, end) = (p.heap.stop, p.heap.stack_end());
    while at < end {
        // SAFETY: inside the stack, which holds terms and return addresses.
        unsafe {
            if (*at).is_catch() {
                return true;
            }
            at = at.add(1);
        }
    }
    false
}

/// Calls a built-in function that is traced: what it returns, or asks for.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn traced_bif(
    c: *mut Context,
    ip: *const u32,
    m: *const Word,
) -> BifResult {
    // SAFETY: as in `trace_local`.
    unsafe {
        let export = &*(*c).export;
        let (p, rt) = parts(c);
        let function = export.bif().ok_or(Raise::UNDEF)?;
        let point = rt.tracing.point(export_address(export));
        // A function that gives way is called again.
        let again = core::mem::take(&mut p.flags.traced_bif);
        let mut wishes = Vec::new();
        if again {
            wishes = core::mem::take(&mut p.rare_mut()?.wishes);
        } else if let Some(point) = &point {
            for part in &point.parts {
                wishes.try_push(tell_bif_call(c, point, part, (ip, m))?)?;
            }
        }
        let arity = export.arity as usize;
        let args = core::slice::from_raw_parts((*c).x.as_ptr(), arity);
        let (p, rt) = parts(c);
        let result = function(&mut Ctx::new(p, rt), args);
        if matches!(result, Err(Raise::Yield | Raise::Wait)) {
            let (p, _) = parts(c);
            p.rare_mut()?.wishes = wishes;
            p.flags.traced_bif = true;
            return result;
        }
        for wish in wishes.iter().filter(|wish| wish.what & TIME != 0) {
            leave_timed(c, wish.session);
        }
        let mfa = [export.module, export.function, Term::small(arity as isize)];
        match result {
            Ok(value) => {
                for wish in wishes {
                    tell_return(c, &mfa, wish, value);
                    if wish.what & TO != 0 {
                        tell_return_to(c, wish.session, (ip, m));
                    }
                }
                (*c).x[0] = value;
                if !tidy(c, 1) {
                    return Err(Raise::OutOfMemory);
                }
                Ok((*c).x[0])
            }
            Err(raise) => {
                let (class, reason) = match raise {
                    Raise::Error(reason) | Raise::ErrorInfo(reason, _) => (atoms::ERROR, reason),
                    Raise::BadArg(_) => (atoms::ERROR, atoms::BADARG),
                    Raise::CallerError { reason, .. } => (atoms::ERROR, reason),
                    Raise::Throw(reason) => (atoms::THROW, reason),
                    Raise::Exit(reason) => (atoms::EXIT, reason),
                    Raise::Raw { class, reason, .. } => (class, reason),
                    _ => return Err(raise),
                };
                for wish in wishes {
                    tell_exception(c, &mfa, wish, class, reason);
                }
                Err(raise)
            }
        }
    }
}

/// Tells a session of the call of a built-in function, and begins to measure its time.
unsafe fn tell_bif_call(
    c: *mut Context,
    point: &Point,
    part: &Part,
    caller: (*const u32, *const Word),
) -> Result<Wish, OutOfMemory> {
    // SAFETY: as in `trace_local`.
    unsafe {
        let mut wish = tell_call(c, point, part, Some(caller))?;
        let (p, rt) = parts(c);
        if let Some(times) = &part.time
            && p.traced_in(part.session, CALL).is_some()
        {
            let (id, now) = (p.id, rt.now());
            p.timed_in(part.session)?.enter(id, times, now, true);
            wish.what |= TIME;
        }
        Ok(wish)
    }
}

/// What is called in place of a built-in function that is traced.
pub(crate) fn ask_for_trace(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Err(Raise::Traced)
}

/// Makes the first instruction of a function that of a trace point; returns its opcode.
pub(crate) fn plant(module: &Module, offset: u32) -> Option<(usize, u16)> {
    let address = module.point(offset)?;
    // SAFETY: the instruction lies in the module's code, which nobody borrows while a built-in
    // function runs; a half word is written at once.
    unsafe {
        let before = address.read();
        address.write_volatile(crate::code::isa::opcode::TRACE_CALL);
        Some((address as usize, before))
    }
}

/// Gives a function its first instruction back.
pub(crate) fn uproot(address: usize, opcode: u16) {
    // SAFETY: as in `plant`; modules stay as long as the VM.
    unsafe { (address as *mut u16).write_volatile(opcode) }
}

/// A collection of a process that is traced or watched.
#[cold]
#[inline(never)]
pub(in crate::interp) unsafe fn traced_collection(
    c: *mut Context,
    need: usize,
    full: bool,
    live: usize,
) -> bool {
    // SAFETY: as in `collect`.
    unsafe {
        let registers = &mut (&mut (*c).x)[..live];
        let (p, rt) = parts(c);
        let (start, end) = match full {
            true => (atoms::GC_MAJOR_START, atoms::GC_MAJOR_END),
            false => (atoms::GC_MINOR_START, atoms::GC_MINOR_END),
        };
        let since = rt.settings.is_watched().then(|| rt.now());
        rt.trace_collection(p, start);
        let done = p.collect(need, full, registers).is_ok();
        rt.trace_collection(p, end);
        if let Some(since) = since {
            rt.watch_collection(p, since);
        }
        done
    }
}
