//! What match specifications ask of the process that is traced, and do to it and to others.

use crate::bif::{Ctx, Raise};
use crate::code::Module;
use crate::matchspec::Action;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::process::Signal;
use crate::process::trace::{ALL, NAMES, SILENT, TraceChange};
use crate::term::{Term, Word, atoms};
use portable_atomic::Ordering;

/// What match specifications ask, and do.
pub(crate) struct Questions {
    /// The session whose specification it is.
    pub session: u32,
    /// Where the function was called; of messages nobody asks.
    pub caller: Option<(*const u32, *const Word)>,
}

impl crate::matchspec::Tracing for Questions {
    fn act(&mut self, c: &mut Ctx<'_>, action: Action, args: &[Term]) -> Result<Term, OutOfMemory> {
        match action {
            Action::Caller | Action::CallerLine => match self.caller {
                None => Ok(atoms::UNDEFINED),
                Some(caller) => {
                    let with_line = action == Action::CallerLine;
                    // SAFETY: the place is a return address of the process, or where it is.
                    unsafe { function_at(&mut c.p.heap, caller, with_line) }
                }
            },
            Action::ProcessDump => {
                let mut place = Fragment::new(&c.rt.budget);
                let text = crate::bif::process_info::backtrace(c.p, c.rt, &mut place);
                match text.ok().and_then(|text| text.as_binary()) {
                    Some(text) => c.p.heap.binary(&text),
                    None => Err(OutOfMemory),
                }
            }
            Action::IsSeqTrace => Ok(Term::bool(c.p.flags.has_token)),
            Action::GetSeqToken => match crate::bif::seq_trace::token(c) {
                Ok(token) => Ok(token),
                Err(_) => Err(OutOfMemory),
            },
            Action::SetSeqToken => match args {
                [key, value] => match crate::bif::seq_trace::set(c, *key, *value) {
                    Ok(_) => Ok(atoms::TRUE),
                    Err(Raise::OutOfMemory) => Err(OutOfMemory),
                    Err(_) => Ok(atoms::EXIT_SIGNAL),
                },
                _ => Ok(atoms::EXIT_SIGNAL),
            },
            Action::GetTcw => {
                let word = c.rt.settings.trace_control_word.load(Ordering::Relaxed);
                c.p.heap.uint(word as u64)
            }
            Action::SetTcw => {
                let set = |&word: &Term| c.rt.settings.set_trace_control_word(word);
                match args.first().and_then(set) {
                    Some(before) => c.p.heap.uint(before),
                    None => Ok(atoms::FALSE),
                }
            }
            Action::Silent => {
                let on = args.first().and_then(|arg| arg.as_bool());
                let Some(on) = on.filter(|_| c.p.trace_in(self.session).is_some()) else {
                    return Ok(atoms::FALSE);
                };
                let wanted = Wanted::flag(SILENT, on);
                Ok(answer(wanted.apply(c, self.session, c.p.id)))
            }
            Action::EnableTrace | Action::DisableTrace => {
                let (id, flag) = match args {
                    [id, flag] => (*id, *flag),
                    [flag] => (c.p.id, *flag),
                    _ => return Ok(atoms::EXIT_SIGNAL),
                };
                let mut wanted = Wanted::default();
                let on = action == Action::EnableTrace;
                let is_known = wanted.add(c, flag, on);
                Ok(answer(
                    is_known
                        .then(|| wanted.apply(c, self.session, id))
                        .flatten(),
                ))
            }
            Action::Trace => {
                let (id, off, on) = match args {
                    [off, on] => (c.p.id, *off, *on),
                    [id, off, on] => (*id, *off, *on),
                    _ => return Ok(atoms::EXIT_SIGNAL),
                };
                let mut wanted = Wanted::default();
                let is_known = off.list_len().is_some()
                    && on.list_len().is_some()
                    && off.list_iter().all(|flag| wanted.add(c, flag, false))
                    && on.list_iter().all(|flag| wanted.add(c, flag, true));
                Ok(answer(
                    is_known
                        .then(|| wanted.apply(c, self.session, id))
                        .flatten(),
                ))
            }
            _ => Ok(atoms::TRUE),
        }
    }
}

/// What a change gave, which may not have been possible.
fn answer(changed: Option<bool>) -> Term {
    changed.map_or(atoms::EXIT_SIGNAL, Term::bool)
}

/// A change of what is traced of a process, as a match specification wants it.
#[derive(Default)]
struct Wanted {
    off: u32,
    on: u32,
    tracer: Option<Term>,
}

impl Wanted {
    fn flag(flag: u32, on: bool) -> Wanted {
        let (off, on) = if on { (0, flag) } else { (flag, 0) };
        Wanted {
            off,
            on,
            tracer: None,
        }
    }

    /// Adds a flag, or the tracer; `false`: there is no such flag.
    fn add(&mut self, c: &Ctx<'_>, flag: Term, on: bool) -> bool {
        if let Some(&[key, tracer]) = flag.as_tuple() {
            let is_tracer = c.rt.atoms.name(key) == "tracer" && tracer.is_pid();
            if is_tracer && on {
                self.tracer = Some(tracer);
            }
            return is_tracer;
        }
        let name = c.rt.atoms.name(flag);
        let mut names = NAMES.iter();
        let found = match name {
            "all" if flag.is_atom() => Some(ALL & !SILENT),
            _ => names.find(|(n, _)| *n == name).map(|(_, flag)| *flag),
        };
        let Some(found) = found else {
            return false;
        };
        *(if on { &mut self.on } else { &mut self.off }) |= found;
        true
    }

    /// Changes what is traced of a process, by its identifier or name. Who traces the running one traces
    /// it from now on, unless the specification names another. Has it been changed?
    /// `None`: there is no such process.
    fn apply(self, c: &mut Ctx<'_>, session: u32, of: Term) -> Option<bool> {
        let tracer = self.tracer;
        let tracer = tracer.or_else(|| Some(c.p.trace_in(session)?.tracer));
        let change = TraceChange {
            session,
            off: self.off,
            on: self.on,
            tracer,
        };
        let id = match of.is_atom() {
            true => c.rt.names.whereis(of).unwrap_or(of),
            false => of,
        };
        if id == c.p.id {
            return Some(c.p.change_trace(c.rt, change));
        }
        if !c.rt.processes.is_alive(id) {
            return None;
        }
        c.rt.signal(id, Signal::ChangeTrace { change });
        Some(true)
    }
}

/// `{Module, Function, Arity}` of a place in code, or `undefined`; with its file and line behind that
/// if they are asked for.
pub(super) unsafe fn function_at<H: Heap>(
    heap: &mut H,
    (ip, links): (*const u32, *const Word),
    with_line: bool,
) -> Result<Term, OutOfMemory> {
    // SAFETY: promised by the caller.
    let module = unsafe { Module::of_links(links) };
    if module.id == 0 {
        return Ok(atoms::UNDEFINED);
    }
    let offset = module.offset_of(ip);
    let offset = offset.saturating_sub(1) as u32;
    let Some(f) = module.function_at(offset) else {
        return Ok(atoms::UNDEFINED);
    };
    let mfa = [module.name, f.name, Term::small(f.arity as isize)];
    if !with_line {
        return heap.tuple(&mfa);
    }
    let place = match module.line_at(offset) {
        None => atoms::UNDEFINED,
        Some((file, line)) => {
            let file = heap.string(file)?;
            heap.tuple(&[file, Term::small(line as isize)])?
        }
    };
    heap.tuple(&[mfa[0], mfa[1], mfa[2], place])
}
