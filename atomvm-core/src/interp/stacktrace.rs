//! Stack traces: captured raw, turned into a list only when a program looks.
//!
//! The raw form is a tuple `{Class, Head, Frames}`: the exception's class; list entries that are
//! already made; a binary of 64-bit frames, module number and code offset, outermost last, or
//! `[]`. Programs can see it only where the compiler passes it on to `build_stacktrace` or
//! `raise`; a forged one gives a strange list, no more: each frame is looked up.

use crate::code::{Export, Module};
use crate::memory::fallible::{collect, lose};
use crate::memory::{Heap, OutOfMemory, ProcessHeap};
use crate::process::Process;
use crate::term::{AtomTable, Subtag, Term, Word, atoms, map};
use crate::vm::Runtime;
use smallvec::SmallVec;

/// A raw stack trace that a program gave; what is deeper than the limit is left out.
pub(super) fn given(
    heap: &mut ProcessHeap,
    rt: &Runtime,
    class: Term,
    stack: Term,
) -> Result<Term, OutOfMemory> {
    let depth = rt.settings.depth().max(1);
    let stack = match stack.list_iter().nth(depth).is_some() {
        true => {
            let entries = collect(stack.list_iter().take(depth))?;
            heap.list(&entries)?
        }
        false => stack,
    };
    heap.tuple(&[class, stack, Term::NIL])
}

/// The entry of a built-in function that failed, as a list of one. Tools find in its `error_info`
/// the module that explains the error, as in OTP.
pub(super) fn bif_head(
    heap: &mut ProcessHeap,
    atoms: &AtomTable,
    (module, function): (Term, Term),
    args: &[Term],
    info: Option<Term>,
) -> Result<Term, OutOfMemory> {
    let args = heap.list(args)?;
    let name = atoms.name(module);
    // Not named as a whole: a pack has no need of that module because of this.
    let is_text = name.strip_prefix("unicode_") == Some("util");
    if is_text || name == "records" || name == "zlib" {
        // OTP has no explanations of these. In text all take character by character by `cp/1`.
        let function = match is_text {
            true => atoms.intern("cp").map_err(|_| OutOfMemory)?,
            false => function,
        };
        let entry = heap.tuple(&[module, function, args, Term::NIL])?;
        return heap.list(&[entry]);
    }
    let mut map = info.filter(|info| info.is_map()).unwrap_or_else(map::empty);
    if map::get(map, atoms::MODULE).is_none() {
        map = map::put(
            heap,
            atoms,
            map,
            atoms::MODULE,
            explainer(atoms.name(module)),
        )?;
    }
    let pair = heap.tuple(&[atoms::ERROR_INFO, map])?;
    let info = heap.list(&[pair])?;
    let entry = heap.tuple(&[module, function, args, info])?;
    heap.list(&[entry])
}

/// Functions of `erlang`, with their arities, that are Erlang code in OTP, which raises errors of its
/// own. So whoever calls one as the last thing that it does is not in the stack trace.
const CODE_IN_OTP: &[(&str, &[u32])] = &[
    ("atom_to_binary", &[1]),
    ("binary_to_atom", &[1]),
    ("binary_to_existing_atom", &[1]),
    ("check_process_code", &[2, 3]),
    ("convert_time_unit", &[3]),
    ("fun_info", &[1]),
    ("garbage_collect", &[1, 2]),
    ("get_cookie", &[1]),
    ("group_leader", &[2]),
    ("halt", &[1]),
    ("load_module", &[2]),
    ("localtime_to_universaltime", &[1]),
    ("memory", &[1]),
    ("port_call", &[2, 3]),
    ("port_close", &[1]),
    ("port_command", &[2, 3]),
    ("port_connect", &[2]),
    ("port_control", &[3]),
    ("port_info", &[1, 2]),
    ("prepare_loading", &[2]),
    ("process_flag", &[3]),
    ("purge_module", &[1]),
    ("send_nosuspend", &[2, 3]),
    ("set_cookie", &[1, 2]),
    ("spawn", &[1, 2, 4]),
    ("spawn_link", &[1, 2, 4]),
    ("spawn_monitor", &[1, 2, 3, 4]),
    ("spawn_opt", &[2, 3, 5]),
    ("spawn_request", &[1, 2, 3, 4, 5]),
    ("suspend_process", &[1, 2]),
    ("trace", &[3]),
    ("trace_pattern", &[2, 3]),
];

/// Is the function Erlang code in OTP?
pub(super) fn is_code_in_otp(rt: &Runtime, export: &Export) -> bool {
    let function = rt.atoms.name(export.function);
    match rt.atoms.name(export.module) {
        "erlang" => CODE_IN_OTP
            .iter()
            .any(|(name, arities)| *name == function && arities.contains(&u32::from(export.arity))),
        "binary" => function == "bin_to_list",
        "os" => (function, export.arity) == ("getenv", 2),
        _ => false,
    }
}

/// The entry of a function that does not exist, as a list of one.
pub(super) fn undefined_head(
    heap: &mut ProcessHeap,
    export: &Export,
    args: &[Term],
) -> Result<Term, OutOfMemory> {
    let args = heap.list(args)?;
    let entry = heap.tuple(&[export.module, export.function, args, Term::NIL])?;
    heap.list(&[entry])
}

/// The module that knows what the errors of a module's built-in functions mean.
fn explainer(module: &str) -> Term {
    match module {
        "lists" | "math" | "binary" | "unicode" | "ets" | "maps" | "re" | "io" | "string" => {
            atoms::ERL_STDLIB_ERRORS
        }
        "os" | "file" | "code" => atoms::ERL_KERNEL_ERRORS,
        _ => atoms::ERL_ERTS_ERRORS,
    }
}

/// The raw stack trace of the place `ip`; `head` goes first. When the head already is the entry
/// of the current function (a function clause error), its frame is left out.
///
/// # Safety
/// Heap and stack top are saved; `ip` and `m` are code that is loaded.
pub(super) unsafe fn capture(
    p: &mut Process,
    rt: &Runtime,
    class: Term,
    head: Term,
    ip: *const u32,
    m: *const Word,
) -> Result<Term, OutOfMemory> {
    // SAFETY: promised by the caller.
    let frames = unsafe {
        use crate::code::isa::opcode;
        let is_clause_error = *ip.cast::<u16>() == opcode::FUNC_INFO && !head.is_nil();
        // The limit holds for the entries of the head as well.
        let depth = rt.settings.depth().max(1);
        let depth = depth.saturating_sub(head.list_iter().count());
        frames(p, depth, !is_clause_error, ip, m)
    };
    let (binary, bytes) = p.heap.new_binary(frames.len() * 8)?;
    for (to, frame) in bytes.chunks_exact_mut(8).zip(&frames) {
        to.copy_from_slice(&frame.to_le_bytes());
    }
    p.heap.tuple(&[class, head, binary])
}

/// The places of a stack trace; most, as many as `backtrace_depth` says at first, take no memory.
type Frames = SmallVec<[u64; 8]>;

/// The places of the functions on the stack, innermost first; that of `ip` only if `with_top`.
///
/// # Safety
/// Heap and stack top are saved; `ip` and `m` are code that is loaded.
unsafe fn frames(
    p: &Process,
    depth: usize,
    with_top: bool,
    ip: *const u32,
    m: *const Word,
) -> Frames {
    let mut frames = Frames::new();
    let mut push = |ip: *const u32, links: *const Word, back: usize| {
        // SAFETY: a link table knows its module.
        let module = unsafe { Module::of_links(links) };
        if module.id != 0 && frames.len() < depth {
            let offset = module.offset_of(ip);
            // A function that calls itself again and again is one entry, as in OTP.
            let frame = ((module.id as u64) << 32) | offset.saturating_sub(back) as u64;
            if frames.last() != Some(&frame) {
                match frames.try_reserve(1) {
                    Ok(()) => frames.push(frame),
                    Err(_) => lose(),
                }
            }
        }
        frames.len() < depth
    };
    // SAFETY: `ip` is an instruction; the stack holds frames.
    unsafe {
        let mut more = !with_top || push(ip, m, 0);
        let end = p.heap.stack_end();
        let mut at = p.heap.stop;
        while more && at < end {
            if (*at).is_header() {
                more = push(
                    (*at).word() as *const u32,
                    (*at.add(1)).word() as *const Word,
                    1,
                );
                at = at.add(1);
            }
            at = at.add(1);
        }
    }
    frames
}

/// The stack of a process that does not run, or that has just given way: a list of
/// `{Module, Function, Arity, Location}`.
pub(crate) fn of_process<H: Heap>(
    p: &Process,
    rt: &Runtime,
    heap: &mut H,
) -> Result<Term, OutOfMemory> {
    if p.ip.is_null() || p.links_table.is_null() {
        return Ok(Term::NIL);
    }
    // SAFETY: a process that does not run goes on at an instruction of loaded code.
    let frames = unsafe { frames(p, rt.settings.depth(), true, p.ip, p.links_table) };
    let mut list = Term::NIL;
    for frame in frames.into_iter().rev() {
        if let Some(entry) = entry(heap, rt, (frame >> 32) as u32, frame as u32)? {
            list = heap.cons(entry, list)?;
        }
    }
    Ok(list)
}

/// The native function that a process that does not run is working at.
pub(crate) fn native_at_work(p: &Process) -> Option<(Term, Term, u32)> {
    if !p.has_work() || p.export.is_null() {
        return None;
    }
    // SAFETY: entries of functions live as long as the VM.
    let export = unsafe { &*p.export };
    Some(export.mfa())
}

/// The raw stack trace of an error at `ip` whose first entry, that of the function there, has
/// these arguments and this `error_info` (each may be `NONE`).
///
/// # Safety
/// As for [`capture`].
pub(super) unsafe fn with_caller(
    p: &mut Process,
    rt: &Runtime,
    args: Term,
    info: Term,
    ip: *const u32,
    m: *const Word,
) -> Result<Term, OutOfMemory> {
    // SAFETY: promised by the caller.
    let raw = unsafe { capture(p, rt, atoms::ERROR, Term::NIL, ip, m)? };
    let Some((class, _, frames)) = parts(raw) else {
        return Ok(raw);
    };
    // Not the place of `ip` itself, which is no frame where the call came by way of `apply`.
    let first = frames
        .as_binary()
        .and_then(|bytes| bytes.first_chunk().copied())
        .map(u64::from_le_bytes);
    let module = first.and_then(|frame| rt.code.module((frame >> 32) as u32));
    let (Some(module), Some(frame)) = (module, first) else {
        return Ok(raw);
    };
    let offset = frame as u32;
    let Some(function) = module.function_at(offset) else {
        return Ok(raw);
    };
    let mut place = location(&mut p.heap, &module, offset)?;
    if info != Term::NONE {
        let info = p.heap.tuple(&[atoms::ERROR_INFO, info])?;
        let place_and_info = collect(place.list_iter().chain([info]))?;
        place = p.heap.list(&place_and_info)?;
    }
    let args = if args == Term::NONE {
        Term::small(function.arity as isize)
    } else {
        args
    };
    let entry = p.heap.tuple(&[module.name, function.name, args, place])?;
    let head = p.heap.list(&[entry])?;
    let rest = frames
        .as_bits()
        .map_or(0, |bits| bits.len)
        .saturating_sub(64);
    let frames = match frames.as_bits() {
        Some(bits) if rest > 0 => p.heap.copy_bits(bits.slice(64, rest))?,
        _ => Term::NIL,
    };
    p.heap.tuple(&[class, head, frames])
}

/// The parts of a raw stack trace; `None` when it is something else.
pub(super) fn parts(raw: Term) -> Option<(Term, Term, Term)> {
    match raw.as_tuple()? {
        [class, head, frames]
            if matches!(*class, atoms::ERROR | atoms::EXIT | atoms::THROW)
                && (frames.is_nil()
                    || frames.subtag() == Some(Subtag::HeapBin)
                    || frames.subtag() == Some(Subtag::RefcBin)) =>
        {
            Some((*class, *head, *frames))
        }
        _ => None,
    }
}

/// The stack trace that a program sees: a list of `{Module, Function, ArityOrArgs, Location}`.
pub(crate) fn build(heap: &mut ProcessHeap, rt: &Runtime, raw: Term) -> Result<Term, OutOfMemory> {
    let Some((_, head, frames)) = parts(raw) else {
        return Ok(raw);
    };
    let mut list = Term::NIL;
    if let Some(bytes) = frames.as_binary() {
        for frame in bytes.chunks_exact(8).rev() {
            let mut word = [0; 8];
            word.copy_from_slice(frame);
            let frame = u64::from_le_bytes(word);
            if let Some(entry) = entry(heap, rt, (frame >> 32) as u32, frame as u32)? {
                list = heap.cons(entry, list)?;
            }
        }
    }
    let head = collect(head.list_iter())?;
    heap.list_with_tail(&head, list)
}

fn entry<H: Heap>(
    heap: &mut H,
    rt: &Runtime,
    module: u32,
    offset: u32,
) -> Result<Option<Term>, OutOfMemory> {
    let Some(module) = rt.code.module(module) else {
        return Ok(None);
    };
    let Some(function) = module.function_at(offset) else {
        return Ok(None);
    };
    let location = location(heap, &module, offset)?;
    let arity = Term::small(function.arity as isize);
    heap.tuple(&[module.name, function.name, arity, location])
        .map(Some)
}

/// `[{file, File}, {line, Line}]` of a place in a module, `[]` if the compiler recorded none.
pub(super) fn location<H: Heap>(
    heap: &mut H,
    module: &Module,
    offset: u32,
) -> Result<Term, OutOfMemory> {
    let Some((file, line)) = module.line_at(offset) else {
        return Ok(Term::NIL);
    };
    let file = heap.string(file)?;
    let file = heap.tuple(&[atoms::FILE, file])?;
    let line = heap.tuple(&[atoms::LINE, Term::small(line as isize)])?;
    heap.list(&[file, line])
}
