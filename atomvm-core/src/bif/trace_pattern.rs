//! Which functions' calls are traced, and which messages.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::export::Target;
use crate::code::{Export, Module};
use crate::interp::{ask_for_trace, plant, uproot};
use crate::matchspec::{MatchSpec, Mode, SpecError};
use crate::memory::Heap;
use crate::memory::fallible::{Grow, lose};
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::tracing::{Before, Filter, Point, export_address};
use alloc::vec::Vec;
use portable_atomic::{AtomicU64, Ordering};

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
    fn of(c: &Ctx<'_>, spec: Term, options: Options) -> Result<(Wanted, Option<Filter>), Raise> {
        let wanted = match c.rt.atoms.name(spec) {
            "false" => Wanted::Off,
            "true" => Wanted::Filter,
            "restart" if options.count => Wanted::Restart,
            "pause" if options.count => Wanted::Pause,
            _ if spec.is_list() => Wanted::Filter,
            _ => return Err(Raise::BadArg(c.rt.atoms.intern("match_spec")?)),
        };
        let filter = match wanted {
            Wanted::Filter => Some(filter(c, spec)?),
            _ => None,
        };
        Ok((wanted, filter))
    }
}

#[derive(Default, Clone, Copy)]
struct Options {
    local: bool,
    count: bool,
}

fn options(c: &Ctx<'_>, list: Term) -> Result<Options, Raise> {
    let mut options = Options::default();
    for option in elements(list)? {
        match c.rt.atoms.name(option) {
            "local" => options.local = true,
            "global" => {}
            "call_count" => {
                options.local = true;
                options.count = true;
            }
            _ => return Err(Raise::BADARG),
        }
    }
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
    pattern(c, args[0], args[1], Options::default())
}

fn trace_pattern_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match options(c, args[2]) {
        Ok(options) => pattern(c, args[0], args[1], options),
        // What is wrong with the match specification is told first.
        Err(_) => Err(match Wanted::of(c, args[1], Options::default()) {
            Ok(_) => Raise::BadArg(atoms::BADOPT),
            Err(raise) => raise,
        }),
    }
}

fn pattern(c: &mut Ctx<'_>, what: Term, spec: Term, options: Options) -> BifResult {
    let (wanted, filter) = Wanted::of(c, spec, options)?;
    let Some(&[module, function, arity]) = what.as_tuple() else {
        return messages(c, what, filter);
    };
    let chosen = Chosen::of(c, module, function, arity).map_err(|_| WRONG_FUNCTION)?;
    let rt = c.rt;
    // Others run the code that is changed.
    rt.alone(|| functions(c, &chosen, &wanted, spec, options))
}

/// Sets the trace points of the chosen functions, or takes them away; how many there are.
fn functions(
    c: &Ctx<'_>,
    chosen: &Chosen,
    wanted: &Wanted,
    spec: Term,
    options: Options,
) -> BifResult {
    let mut count = 0;
    if options.local {
        for name in c.rt.code.loaded() {
            if let Some(module) = c.rt.code.find(name).filter(|m| chosen.has_module(m.name)) {
                count += local(c, &module, chosen, wanted, spec, options)?;
            }
        }
    }
    count += exported(c, chosen, wanted, spec, options)?;
    Ok(Term::small(count))
}

/// `send` and `receive` filter messages.
fn messages(c: &mut Ctx<'_>, what: Term, filter: Option<Filter>) -> BifResult {
    let place = match c.rt.atoms.name(what) {
        "send" => &c.rt.tracing.send,
        "receive" => &c.rt.tracing.receive,
        "on_load" => return Ok(Term::small(0)),
        _ => return Err(WRONG_FUNCTION),
    };
    *place.lock() = Some(Shared::new(filter.unwrap_or(Filter::Nothing))?);
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

    fn has_module(&self, module: Term) -> bool {
        self.module.is_none_or(|m| m == module)
    }

    fn has(&self, module: Term, function: Term, arity: u32) -> bool {
        self.has_module(module)
            && self.function.is_none_or(|f| f == function)
            && self.arity.is_none_or(|a| a == arity)
    }
}

/// A point with what is wanted put in place of what there was; `None` to take it away.
fn revised(
    c: &Ctx<'_>,
    mfa: (Term, Term, u32),
    old: Option<&Point>,
    before: Before,
    wanted: &Wanted,
    spec: Term,
    options: Options,
) -> Result<Option<Point>, Raise> {
    let old_count = old.and_then(|point| point.count.as_ref());
    let kept = || old_count.map(|count| AtomicU64::new(count.load(Ordering::Relaxed)));
    let old_filter = || match old.and_then(|point| point.filter.as_ref()) {
        None => Ok(None),
        Some(Filter::All | Filter::Nothing) => Ok(Some(Filter::All)),
        Some(Filter::Spec(spec)) => filter(c, spec.source()).map(Some),
    };
    let (filter, count) = match (wanted, options.count) {
        (Wanted::Off, false) => (None, kept()),
        (Wanted::Off, true) => (old_filter()?, None),
        (Wanted::Filter, false) => (Some(filter(c, spec)?), kept()),
        (Wanted::Filter | Wanted::Restart, true) => (old_filter()?, Some(AtomicU64::new(0))),
        (_, _) => (old_filter()?, kept()),
    };
    if filter.is_none() && count.is_none() {
        return Ok(None);
    }
    Ok(Some(Point {
        mfa,
        local: options.local,
        filter,
        count,
        before,
    }))
}

/// Sets trace points in the code of a module; how many functions were chosen.
fn local(
    c: &Ctx<'_>,
    module: &Module,
    chosen: &Chosen,
    wanted: &Wanted,
    spec: Term,
    options: Options,
) -> Result<isize, Raise> {
    let mut count = 0;
    for f in &module.functions {
        if !chosen.has(module.name, f.name, f.arity) {
            continue;
        }
        let Some(first) = module.code.get(f.entry as usize) else {
            continue;
        };
        count += 1;
        let address = core::ptr::from_ref(first) as usize;
        let old = c.rt.tracing.point(address);
        let mfa = (module.name, f.name, f.arity);
        let before = old.as_ref().map(|old| old.before);
        let unset = Before::Code(0);
        let point = revised(
            c,
            mfa,
            old.as_deref(),
            before.unwrap_or(unset),
            wanted,
            spec,
            options,
        )?;
        match (point, before) {
            (Some(point), Some(_)) => c.rt.tracing.set(address, point)?,
            (Some(point), None) => {
                if let Some((address, opcode)) = plant(module, f.entry) {
                    let before = Before::Code(opcode);
                    let set = c.rt.tracing.set(address, Point { before, ..point });
                    if set.is_err() {
                        lose();
                    }
                }
            }
            (None, Some(Before::Code(opcode))) => {
                uproot(address, opcode);
                c.rt.tracing.remove(address);
            }
            (None, _) => {}
        }
    }
    Ok(count)
}

/// Sets trace points at the entries of exported functions: of built-in ones, and, unless the
/// pattern is a local one, of others; how many were chosen.
fn exported(
    c: &Ctx<'_>,
    chosen: &Chosen,
    wanted: &Wanted,
    spec: Term,
    options: Options,
) -> Result<isize, Raise> {
    let mut entries: Vec<&Export> = Vec::new();
    let mut lost = false;
    let rt = c.rt;
    rt.exports.for_each(|export| {
        let is_code = export.bif.is_none();
        let is_chosen = chosen.has(export.module, export.function, export.arity);
        if is_chosen && !(is_code && rt.is_undefined(export)) {
            let found = rt
                .exports
                .find(export.module, export.function, export.arity);
            lost |= entries.try_extend(found).is_err();
        }
    });
    if lost {
        return Err(Raise::OutOfMemory);
    }
    let mut count = 0;
    for export in entries {
        let address = export_address(export);
        let old = rt.tracing.point(address);
        if export.bif.is_none() && options.local {
            // A local pattern takes the place of a global one.
            if let Some(Before::Export(target)) = old.map(|old| old.before) {
                restore(c, export, target);
                rt.tracing.remove(address);
            }
            continue;
        }
        count += 1;
        let mfa = (export.module, export.function, export.arity);
        // Code that was loaded meanwhile has taken the place of the trace point.
        let is_set = export.bif.is_some() || export.target() == rt.code.trace_target();
        let before = match (&old, export.bif) {
            (Some(old), _) if is_set => old.before,
            (Some(_), _) => Before::Export(export.target()),
            (None, Some(_)) => Before::Bif,
            (None, None) => Before::Export(export.target()),
        };
        match revised(c, mfa, old.as_deref(), before, wanted, spec, options)? {
            Some(point) => {
                rt.tracing.set(address, point)?;
                match before {
                    Before::Bif => export.call.set(Some(ask_for_trace)),
                    _ => export.set_target(rt.code.trace_target(), rt.code.trace_target()),
                }
            }
            None if old.is_some() => {
                match before {
                    Before::Bif => export.call.set(export.bif),
                    Before::Export(target) => restore(c, export, target),
                    Before::Code(_) => {}
                }
                rt.tracing.remove(address);
            }
            None => {}
        }
    }
    Ok(count)
}

/// Makes calls reach what they reached before, unless code was loaded meanwhile.
fn restore(c: &Ctx<'_>, export: &Export, target: Target) {
    if export.target() == c.rt.code.trace_target() {
        export.set_target(target, target);
    }
}

/// `trace_info/2` of a function, or of messages.
pub(super) fn info(c: &mut Ctx<'_>, of: Term, item: Term) -> BifResult {
    let Some(&[module, function, arity]) = of.as_tuple() else {
        return message_info(c, of, item);
    };
    let arity = arity.as_usize().and_then(|a| u32::try_from(a).ok());
    let arity = arity.ok_or(Raise::BADARG)?;
    if !module.is_atom() || !function.is_atom() {
        return Err(Raise::BADARG);
    }
    let point = c.rt.tracing.find((module, function, arity));
    let is_there = c.rt.code.find(module).is_some_and(|m| {
        m.functions
            .iter()
            .any(|f| f.name == function && f.arity == arity)
    }) || c
        .rt
        .exports
        .find(module, function, arity)
        .is_some_and(|e| e.bif.is_some());
    let name = c.rt.atoms.name(item);
    let value = match name {
        _ if !is_there => atoms::UNDEFINED,
        "all" => {
            let mut list = Vec::new();
            for key in [
                "traced",
                "match_spec",
                "meta",
                "meta_match_spec",
                "call_count",
            ] {
                let value = item_of(c, point.as_deref(), key)?;
                let key = c.rt.atoms.intern(key)?;
                list.push(c.p.heap.tuple(&[key, value])?);
            }
            match point {
                Some(_) => c.p.heap.list(&list)?,
                None => atoms::FALSE,
            }
        }
        key => item_of(c, point.as_deref(), key)?,
    };
    Ok(c.p.heap.tuple(&[item, value])?)
}

fn item_of(c: &mut Ctx<'_>, point: Option<&Point>, key: &str) -> BifResult {
    let told = point.filter(|point| point.filter.is_some());
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
            Some(count) => c.p.heap.uint(count.load(Ordering::Relaxed))?,
        },
        "meta" | "meta_match_spec" | "call_time" | "call_memory" => atoms::FALSE,
        _ => return Err(Raise::BADARG),
    })
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

fn message_info(c: &mut Ctx<'_>, of: Term, item: Term) -> BifResult {
    let filter = match c.rt.atoms.name(of) {
        "send" => c.rt.tracing.send.lock().clone(),
        "receive" => c.rt.tracing.receive.lock().clone(),
        _ => None,
    };
    let value = match (c.rt.atoms.name(item), filter) {
        ("match_spec", None) => atoms::TRUE,
        ("match_spec", Some(filter)) if matches!(*filter, Filter::All) => atoms::TRUE,
        ("match_spec", Some(filter)) => spec_term(c, &filter)?,
        ("traced", _) => atoms::TRUE,
        _ => return Err(Raise::BADARG),
    };
    Ok(c.p.heap.tuple(&[item, value])?)
}
