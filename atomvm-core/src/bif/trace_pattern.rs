//! Which functions' calls are traced, and which messages.

use super::process::elements;
use super::trace::is_tracer;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::export::Target;
use crate::code::{Export, Module};
use crate::interp::{ask_for_trace, plant, uproot};
use crate::matchspec::{MatchSpec, Mode, SpecError};
use crate::memory::fallible::{Grow, collect, lose, with_room};
use crate::memory::{Heap, OutOfMemory};
use crate::process::Process;
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use crate::vm::tracing::{Before, Filter, Meta, Part, Point, Session, Times, export_address};
use alloc::vec::Vec;
use portable_atomic::{AtomicBool, Ordering};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "trace_pattern", 2, trace_pattern_2),
    bif("erlang", "trace_pattern", 3, trace_pattern_3),
];

/// What a pattern asks for.
enum Wanted {
    Off,
    Filter,
    Restart,
    Pause,
}

/// The pattern names no functions.
const WRONG_FUNCTION: Raise = Raise::BadArg(atoms::NONE);

impl Wanted {
    /// What a match specification, or what stands in its place, asks for.
    fn of(c: &Ctx<'_>, spec: Term) -> Result<(Wanted, Option<Shared<Filter>>), Raise> {
        let wanted = match c.rt.atoms.name(spec) {
            "false" => Wanted::Off,
            "true" => Wanted::Filter,
            "restart" => Wanted::Restart,
            "pause" => Wanted::Pause,
            _ if spec.is_list() => Wanted::Filter,
            _ => return Err(Raise::BadArg(c.rt.atoms.intern("match_spec")?)),
        };
        let filter = match wanted {
            Wanted::Off => None,
            Wanted::Filter => Some(Shared::new(filter(c, spec)?)?),
            Wanted::Restart | Wanted::Pause => Some(Shared::new(Filter::All)?),
        };
        Ok((wanted, filter))
    }
}

/// What is to be changed of a function's trace point.
#[derive(Default, Clone, Copy)]
struct Options {
    session: u32,
    global: bool,
    local: bool,
    /// Who is told of the calls of all processes.
    meta: Option<Term>,
    count: bool,
    time: bool,
}

impl Options {
    /// Is it a change of a point in the code itself?
    fn in_code(&self) -> bool {
        self.local || self.meta.is_some() || self.count || self.time
    }
}

fn options(c: &Ctx<'_>, session: &Session, list: Term) -> Result<Options, Raise> {
    let mut options = Options {
        session: session.id,
        ..Options::default()
    };
    for option in elements(list)? {
        if let Some(&[key, tracer]) = option.as_tuple() {
            if c.rt.atoms.name(key) != "meta" || !is_tracer(tracer) {
                return Err(Raise::BADARG);
            }
            options.meta = Some(tracer);
            continue;
        }
        match c.rt.atoms.name(option) {
            "local" => options.local = true,
            "global" => options.global = true,
            "meta" => options.meta = Some(session.tracer),
            "call_count" => options.count = true,
            "call_time" => options.time = true,
            _ => return Err(Raise::BADARG),
        }
    }
    if options.global && options.in_code() {
        return Err(Raise::BADARG);
    }
    options.global = !options.in_code();
    Ok(options)
}

/// The filter that a term means; a match specification is compiled once for each function.
fn filter(c: &Ctx<'_>, spec: Term) -> Result<Filter, Raise> {
    if spec == atoms::TRUE || spec.is_nil() {
        return Ok(Filter::All);
    }
    match MatchSpec::compile(c.rt, spec, Mode::Trace) {
        Ok(spec) => Ok(Filter::Spec(spec)),
        Err(SpecError::OutOfMemory) => Err(Raise::OutOfMemory),
        Err(SpecError::Wrong(_)) => Err(Raise::BadArg(c.rt.atoms.intern("match_spec")?)),
    }
}

fn trace_pattern_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = Options {
        global: true,
        ..Options::default()
    };
    pattern(c, args[0], args[1], options)
}

fn trace_pattern_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let session = Session::default_for(c.p.id);
    pattern_in(c, &session, args)
}

/// `trace_pattern/3` in a session.
pub(super) fn pattern_in(c: &mut Ctx<'_>, session: &Session, args: &[Term]) -> BifResult {
    match options(c, session, args[2]) {
        Ok(options) => pattern(c, args[0], args[1], options),
        // What is wrong with the match specification is told first.
        Err(_) => Err(match Wanted::of(c, args[1]) {
            Ok(_) => Raise::BadArg(atoms::BADOPT),
            Err(raise) => raise,
        }),
    }
}

/// Takes all trace points of a session away.
pub(super) fn end_session(c: &mut Ctx<'_>, session: u32) -> Result<(), OutOfMemory> {
    let tracing = &c.rt.tracing;
    tracing.send.set(session, None);
    tracing.receive.set(session, None);
    tracing.on_load.set(session, None);
    let all = Chosen {
        module: None,
        function: None,
        arity: None,
    };
    let in_code = Options {
        session,
        local: true,
        meta: Some(Term::NIL),
        count: true,
        time: true,
        ..Options::default()
    };
    let global = Options {
        session,
        global: true,
        ..Options::default()
    };
    let rt = c.rt;
    let me = &mut *c.p;
    rt.alone(|| {
        for options in [in_code, global] {
            let change = Change {
                wanted: Wanted::Off,
                filter: None,
                options,
            };
            functions(rt, me, &all, &change)?;
        }
        Ok(())
    })
}

fn pattern(c: &mut Ctx<'_>, what: Term, spec: Term, options: Options) -> BifResult {
    let (wanted, filter) = Wanted::of(c, spec)?;
    let is_told = options.local || options.meta.is_some();
    if spec.as_cons().is_some() && !is_told && (options.count || options.time) {
        return Err(Raise::BadArg(c.rt.atoms.intern("call_count")?));
    }
    let change = Change {
        wanted,
        filter,
        options,
    };
    let Some(&[module, function, arity]) = what.as_tuple() else {
        return messages(c, what, change);
    };
    let chosen = Chosen::of(c, module, function, arity).map_err(|_| WRONG_FUNCTION)?;
    let rt = c.rt;
    if !matches!(change.wanted, Wanted::Off) {
        chosen.load(rt);
    }
    // Others run the code that is changed.
    let me = &mut *c.p;
    rt.alone(|| Ok(Term::small(functions(rt, me, &chosen, &change)?)))
}

/// Sets the trace points of the chosen functions, or takes them away; how many there are.
fn functions(
    rt: &Runtime,
    me: &mut Process,
    chosen: &Chosen,
    change: &Change,
) -> Result<isize, OutOfMemory> {
    // A global pattern takes the place of a local one.
    let no_local = Change {
        wanted: Wanted::Off,
        filter: None,
        options: Options {
            session: change.options.session,
            local: true,
            meta: Some(Term::NIL),
            ..Options::default()
        },
    };
    let in_code = change.options.in_code();
    let mut count = 0;
    if in_code || !matches!(change.wanted, Wanted::Off) {
        for name in rt.code.loaded() {
            let Some(module) = rt.code.find(name).filter(|m| chosen.has_module(m.name)) else {
                continue;
            };
            match in_code {
                true => count += local(rt, Some(me), &module, chosen, change)?,
                false => _ = local(rt, Some(me), &module, chosen, &no_local)?,
            }
        }
    }
    Ok(count + exported(rt, chosen, change)?)
}

/// Sets the trace points of a module that has been loaded, if that is wanted.
pub(crate) fn loaded(rt: &Runtime, module: &Module) {
    for change in rt.tracing.on_load.all() {
        let chosen = Chosen {
            module: Some(module.name),
            function: None,
            arity: None,
        };
        let set = match change.options.in_code() {
            true => local(rt, None, module, &chosen, &change),
            false => Ok(0),
        };
        if set.and_then(|_| exported(rt, &chosen, &change)).is_err() {
            lose();
        }
    }
}

/// `send` and `receive` filter messages.
fn messages(c: &mut Ctx<'_>, what: Term, change: Change) -> BifResult {
    let session = change.options.session;
    let place = match c.rt.atoms.name(what) {
        "send" => &c.rt.tracing.send,
        "receive" => &c.rt.tracing.receive,
        "on_load" => {
            let is_on = !matches!(change.wanted, Wanted::Off);
            let change = match is_on {
                true => Some(Shared::new(change)?),
                false => None,
            };
            c.rt.tracing.on_load.set(session, change);
            return Ok(Term::small(0));
        }
        _ => return Err(WRONG_FUNCTION),
    };
    let filter = match change.filter {
        Some(filter) => filter,
        None => Shared::new(Filter::Nothing)?,
    };
    place.set(session, Some(filter));
    Ok(Term::small(1))
}

/// Functions by module, name and number of arguments, each of which may be any.
struct Chosen {
    module: Option<Term>,
    function: Option<Term>,
    arity: Option<u32>,
}

impl Chosen {
    fn of(c: &Ctx<'_>, module: Term, function: Term, arity: Term) -> Result<Chosen, Raise> {
        let is_any = |term: Term| term.is_atom() && c.rt.atoms.name(term) == "_";
        let atom = |term: Term| match is_any(term) {
            true => Ok(None),
            false if term.is_atom() => Ok(Some(term)),
            false => Err(Raise::BADARG),
        };
        let number = || arity.as_usize().ok_or(Raise::BADARG);
        let chosen = Chosen {
            module: atom(module)?,
            function: atom(function)?,
            arity: match is_any(arity) {
                true => None,
                false => Some(u32::try_from(number()?).map_err(|_| Raise::BADARG)?),
            },
        };
        let is_ordered = (chosen.module.is_some() || chosen.function.is_none())
            && (chosen.function.is_some() || chosen.arity.is_none());
        if is_ordered {
            Ok(chosen)
        } else {
            Err(Raise::BADARG)
        }
    }

    /// Loads the named module if the VM has it: on OTP those of its library are there from the start.
    fn load(&self, rt: &Runtime) {
        if let Some(name) = self
            .module
            .filter(|&name| rt.code.is_packed(rt.atoms.name(name)))
        {
            // What cannot be loaded has no functions to trace; who calls it is told why.
            let _ = rt.ensure_loaded(name);
        }
    }

    /// Makes the entries of native functions of the named module that nobody has asked for yet.
    fn make_entries(&self, rt: &Runtime) -> Result<(), OutOfMemory> {
        let Some(module) = self.module else {
            return Ok(());
        };
        let is_chosen = |bif: &&super::Bif| {
            bif.module == rt.atoms.name(module)
                && self.arity.is_none_or(|arity| arity == bif.arity.into())
                && self
                    .function
                    .is_none_or(|f| rt.atoms.name(f) == bif.function)
        };
        for bif in super::all().filter(is_chosen) {
            if let Ok(function) = rt.atoms.intern(bif.function) {
                rt.export(module, function, bif.arity.into())?;
            }
        }
        Ok(())
    }

    fn has_module(&self, module: Term) -> bool {
        self.module.is_none_or(|m| m == module)
    }

    fn has(&self, module: Term, function: Term, arity: u32) -> bool {
        self.has_module(module)
            && self.function.is_none_or(|f| f == function)
            && self.arity.is_none_or(|a| a == arity)
    }
}

/// A change of trace points.
pub(crate) struct Change {
    wanted: Wanted,
    /// What is told of, unless that is nothing.
    filter: Option<Shared<Filter>>,
    options: Options,
}

impl Change {
    /// The point after the change, with what it does not touch as it was; `None` to take it away.
    fn apply(
        &self,
        mfa: (Term, Term, u32),
        old: Option<&Point>,
        before: Before,
    ) -> Result<Option<Point>, OutOfMemory> {
        let session = self.options.session;
        let others = old.map_or(&[][..], |old| &old.parts).iter();
        let mut parts = collect(others.filter(|part| part.session != session).cloned())?;
        let part = self.part(old.and_then(|old| old.part(session)))?;
        if part.is_used() {
            parts.try_push(part)?;
        }
        let point = Point { mfa, parts, before };
        Ok((!point.parts.is_empty()).then_some(point))
    }

    /// The session's part after the change.
    fn part(&self, old: Option<&Part>) -> Result<Part, OutOfMemory> {
        let options = &self.options;
        let new = || Part::new(options.session, options.in_code());
        let mut part = old.cloned().unwrap_or_else(new);
        if options.local || options.global {
            part.filter = self.filter.clone();
            part.local = options.local;
        }
        if let Some(tracer) = options.meta {
            part.meta = match self.filter.clone() {
                Some(filter) => Some(Meta {
                    tracer,
                    filter,
                    lost: Shared::new(AtomicBool::new(false))?,
                }),
                None => None,
            };
        }
        if options.count {
            part.count = self.counter(part.count, |count| &count.paused)?;
        }
        if options.time {
            part.time = self.counter(part.time, |time| &time.paused)?;
        }
        Ok(part)
    }

    /// What counts from now on.
    fn counter<T: Default>(
        &self,
        old: Option<Shared<T>>,
        paused: impl Fn(&T) -> &AtomicBool,
    ) -> Result<Option<Shared<T>>, OutOfMemory> {
        Ok(match self.wanted {
            Wanted::Off => None,
            Wanted::Filter | Wanted::Restart => Some(Shared::new(T::default())?),
            Wanted::Pause => {
                if let Some(old) = &old {
                    paused(old).store(true, Ordering::Relaxed);
                }
                old
            }
        })
    }
}

/// Sets trace points in the code of a module; how many functions were chosen.
fn local(
    rt: &Runtime,
    mut me: Option<&mut Process>,
    module: &Module,
    chosen: &Chosen,
    change: &Change,
) -> Result<isize, OutOfMemory> {
    let mut count = 0;
    for f in module.functions() {
        let is_built_in = || {
            let export = rt.exports.find(module.name, f.name, f.arity);
            export.is_some_and(|export| export.bif().is_some())
        };
        if !chosen.has(module.name, f.name, f.arity) || is_built_in() {
            continue;
        }
        if count == 0 && !matches!(change.wanted, Wanted::Off) {
            rt.make_writable(module, me.take())?;
        }
        count += 1;
        let Some(first) = module.point(f.entry) else {
            continue;
        };
        let address = first as usize;
        let old = rt.tracing.point(address);
        let mfa = (module.name, f.name, f.arity);
        let before = old.as_ref().map(|old| old.before);
        let unset = Before::Code(0);
        let point = change.apply(mfa, old.as_deref(), before.unwrap_or(unset))?;
        match (point, before) {
            (Some(point), Some(_)) => rt.tracing.set(address, point)?,
            (Some(point), None) => {
                if let Some((address, opcode)) = plant(module, f.entry) {
                    let before = Before::Code(opcode);
                    let set = rt.tracing.set(address, Point { before, ..point });
                    if set.is_err() {
                        lose();
                    }
                }
            }
            (None, Some(Before::Code(opcode))) => {
                uproot(address, opcode);
                rt.tracing.remove(address);
            }
            (None, _) => {}
        }
    }
    Ok(count)
}

/// Sets trace points at the entries of exported functions: of built-in ones, and, unless the
/// pattern is a local one, of others; how many were chosen.
fn exported(rt: &Runtime, chosen: &Chosen, change: &Change) -> Result<isize, OutOfMemory> {
    let mut entries: Vec<&Export> = Vec::new();
    let mut lost = false;
    if !matches!(change.wanted, Wanted::Off) {
        chosen.make_entries(rt)?;
    }
    rt.exports.for_each(|export| {
        let is_code = export.bif().is_none();
        let is_chosen = chosen.has(export.module, export.function, u32::from(export.arity));
        if is_chosen && !(is_code && rt.is_undefined(export)) {
            let found = rt
                .exports
                .find(export.module, export.function, u32::from(export.arity));
            lost |= entries.try_extend(found).is_err();
        }
    });
    if lost {
        return Err(OutOfMemory);
    }
    let session = change.options.session;
    let mut count = 0;
    for export in entries {
        let address = export_address(export);
        let old = rt.tracing.point(address);
        if export.bif().is_none() && change.options.in_code() {
            // A local pattern takes the place of a global one.
            if let Some(old) = old
                && let Before::Export(target) = old.before
                && !matches!(change.wanted, Wanted::Off)
            {
                let others = old.parts.iter();
                let parts = collect(others.filter(|part| part.session != session).cloned())?;
                let (mfa, before) = (old.mfa, old.before);
                if parts.is_empty() {
                    restore(rt, export, target);
                    rt.tracing.remove(address);
                } else {
                    rt.tracing.set(address, Point { mfa, parts, before })?;
                }
            }
            continue;
        }
        count += 1;
        let mfa = export.mfa();
        // Code that was loaded meanwhile has taken the place of the trace point.
        let is_set = export.bif().is_some() || export.target() == rt.code.trace_target();
        let before = match (&old, export.bif()) {
            (Some(old), _) if is_set => old.before,
            (Some(_), _) => Before::Export(export.target()),
            (None, Some(_)) => Before::Bif,
            (None, None) => Before::Export(export.target()),
        };
        match change.apply(mfa, old.as_deref(), before)? {
            Some(point) => {
                rt.tracing.set(address, point)?;
                match before {
                    // What it applies is called by itself, as by an instruction.
                    Before::Bif if is_apply(export) => {}
                    Before::Bif => export.call.set(Some(ask_for_trace)),
                    _ => export.set_target(rt.code.trace_target(), rt.code.trace_target()),
                }
            }
            None if old.is_some() => {
                match before {
                    Before::Bif => export.call.set(export.bif()),
                    Before::Export(target) => restore(rt, export, target),
                    Before::Code(_) => {}
                }
                rt.tracing.remove(address);
            }
            None => {}
        }
    }
    Ok(count)
}

fn is_apply(export: &Export) -> bool {
    (export.module, export.function) == (atoms::ERLANG, atoms::APPLY)
}

/// Makes calls reach what they reached before, unless code was loaded meanwhile.
fn restore(rt: &Runtime, export: &Export, target: Target) {
    if export.target() == rt.code.trace_target() {
        export.set_target(target, target);
    }
}

/// `trace_info/2` of a function, or of messages, in a session.
pub(super) fn info(c: &mut Ctx<'_>, session: u32, of: Term, item: Term) -> BifResult {
    let Some(&[module, function, arity]) = of.as_tuple() else {
        return message_info(c, session, of, item);
    };
    let arity = arity.as_usize().and_then(|a| u32::try_from(a).ok());
    let arity = arity.ok_or(Raise::BADARG)?;
    if !module.is_atom() || !function.is_atom() {
        return Err(Raise::BADARG);
    }
    let part = c.rt.tracing.find((module, function, arity), session);
    let is_there = c.rt.code.find(module).is_some_and(|m| {
        m.functions()
            .any(|f| f.name == function && f.arity == arity)
    }) || c
        .rt
        .exports
        .find(module, function, arity)
        .is_some_and(|e| e.bif().is_some());
    let name = c.rt.atoms.name(item);
    let value = match name {
        _ if !is_there => atoms::UNDEFINED,
        "all" => all_items(c, part.as_ref(), &ITEMS)?,
        key => item_of(c, part.as_ref(), key)?,
    };
    Ok(c.p.heap.tuple(&[item, value])?)
}

/// What there is to know of a trace point.
const ITEMS: [&str; 6] = [
    "traced",
    "match_spec",
    "meta",
    "meta_match_spec",
    "call_time",
    "call_count",
];

fn all_items(c: &mut Ctx<'_>, point: Option<&Part>, items: &[&str]) -> BifResult {
    if point.is_none() {
        return Ok(atoms::FALSE);
    }
    let mut list = with_room(items.len())?;
    for key in items {
        let value = item_of(c, point, key)?;
        let key = c.rt.atoms.intern(key)?;
        list.push(c.p.heap.tuple(&[key, value])?);
    }
    Ok(c.p.heap.list(&list)?)
}

fn item_of(c: &mut Ctx<'_>, point: Option<&Part>, key: &str) -> BifResult {
    let told = point.filter(|point| point.filter.is_some());
    let meta = point.and_then(|point| point.meta.as_ref());
    Ok(match key {
        "traced" => match told {
            None => atoms::FALSE,
            Some(point) => {
                c.rt.atoms
                    .intern(if point.local { "local" } else { "global" })?
            }
        },
        "match_spec" => match told.and_then(|point| point.filter.as_ref()) {
            None => atoms::FALSE,
            Some(filter) => spec_term(c, filter)?,
        },
        "call_count" => match point.and_then(|point| point.count.as_ref()) {
            None => atoms::FALSE,
            Some(count) => c.p.heap.uint(count.calls.load(Ordering::Relaxed))?,
        },
        "call_time" => match point.and_then(|point| point.time.as_ref()) {
            None => atoms::FALSE,
            Some(times) => times_term(c, times)?,
        },
        "meta" => match meta {
            None => atoms::FALSE,
            Some(meta) if meta.lost.load(Ordering::Relaxed) => Term::NIL,
            Some(meta) => meta.tracer,
        },
        "meta_match_spec" => match meta {
            None => atoms::FALSE,
            Some(meta) => spec_term(c, &meta.filter)?,
        },
        // Memory is not measured.
        "call_memory" => atoms::FALSE,
        _ => return Err(Raise::BADARG),
    })
}

/// `{Pid, Calls, Seconds, Microseconds}` for each process.
fn times_term(c: &mut Ctx<'_>, times: &Times) -> BifResult {
    let mut all = collect(times.spent.lock().iter().map(|(k, v)| (*k, *v)))?;
    all.sort_unstable_by_key(|(process, _)| process.as_pid());
    let mut list = with_room(all.len())?;
    for (process, spent) in all {
        let micro = spent.time / 1000;
        let calls = c.p.heap.uint(spent.calls)?;
        let seconds = c.p.heap.uint(micro / 1_000_000)?;
        let micro = Term::small((micro % 1_000_000) as isize);
        list.push(c.p.heap.tuple(&[process, calls, seconds, micro])?);
    }
    Ok(c.p.heap.list(&list)?)
}

fn spec_term(c: &mut Ctx<'_>, filter: &Filter) -> BifResult {
    match filter {
        Filter::Nothing => Ok(atoms::FALSE),
        Filter::All => Ok(Term::NIL),
        Filter::Spec(spec) => {
            let source = spec.source();
            let words = crate::memory::copy::size(source);
            Ok(crate::memory::copy::copy(source, words, &mut c.p.heap)?)
        }
    }
}

fn message_info(c: &mut Ctx<'_>, session: u32, of: Term, item: Term) -> BifResult {
    let filter = match c.rt.atoms.name(of) {
        "send" => c.rt.tracing.send.get(session),
        "receive" => c.rt.tracing.receive.get(session),
        _ => None,
    };
    if c.rt.atoms.name(of) == "on_load" {
        let point = match c.rt.tracing.on_load.get(session) {
            Some(change) => Some(change.part(None)?).filter(Part::is_used),
            None => None,
        };
        let value = match c.rt.atoms.name(item) {
            "all" => all_items(
                c,
                point.as_ref(),
                &[
                    "traced",
                    "match_spec",
                    "meta",
                    "meta_match_spec",
                    "call_count",
                ],
            )?,
            key => item_of(c, point.as_ref(), key)?,
        };
        return Ok(c.p.heap.tuple(&[item, value])?);
    }
    let value = match (c.rt.atoms.name(item), filter) {
        ("match_spec", None) => atoms::TRUE,
        ("match_spec", Some(filter)) if matches!(*filter, Filter::All) => atoms::TRUE,
        ("match_spec", Some(filter)) => spec_term(c, &filter)?,
        ("traced", _) => atoms::TRUE,
        _ => return Err(Raise::BADARG),
    };
    Ok(c.p.heap.tuple(&[item, value])?)
}
