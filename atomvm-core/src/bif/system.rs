//! What a program can find out about the VM, and how it stops it.

use super::process::{chars, elements};
use super::process_elsewhere::is_former;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::fallible::{formatted, lossy, with_room};
use crate::process::{Extent, Fetched};
use crate::term::{Term, atoms};
use crate::vm::Halt;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "make_ref", 0, make_ref_0),
    bif("erlang", "unique_integer", 0, unique_integer_0),
    bif("erlang", "unique_integer", 1, unique_integer_1),
    bif("error_logger", "warning_map", 0, warning_map_0),
    bif("erlang", "halt", 0, halt),
    bif("erlang", "halt", 1, halt),
    bif("erlang", "halt", 2, halt),
    bif("erlang", "garbage_collect", 0, garbage_collect_0),
    bif("erlang", "garbage_collect", 1, garbage_collect_1),
    bif("erlang", "garbage_collect", 2, garbage_collect_2),
    bif("erlang", "bump_reductions", 1, bump_reductions_1),
    bif("erlang", "load_nif", 2, load_nif_2),
    bif("init", "get_plain_arguments", 0, get_plain_arguments_0),
    bif("os", "getenv", 1, getenv_1),
    bif("os", "getenv", 2, getenv_2),
    bif("os", "type", 0, os_type_0),
];

fn make_ref_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.rt.make_ref(&mut c.p.heap)?)
}

/// Counts up from a negative number, as in OTP, where not asked for positive ones.
fn unique_integer_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let value = c.rt.unique_integer() as i64;
    Ok(c.p.heap.int(i64::from(i32::MIN) / 16 + value)?)
}

fn unique_integer_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut positive = false;
    for option in elements(args[0])? {
        match c.rt.atoms.name(option) {
            "positive" => positive = true,
            "monotonic" => {}
            _ => return Err(Raise::BADARG),
        }
    }
    if positive {
        Ok(c.p.heap.uint(c.rt.unique_integer())?)
    } else {
        unique_integer_0(c, &[])
    }
}

/// No native code can be loaded. Modules that would like to, and go on without, get OTP's answer for a
/// library that is not there.
fn load_nif_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let path = match args[0].as_binary() {
        Some(bytes) => lossy(&bytes)?,
        None => chars(args[0])?,
    };
    let text = formatted(format_args!(
        "Failed to load NIF library: '{path}': native code is not supported"
    ));
    let reason = c.rt.atoms.intern("load_failed")?;
    let text = c.p.heap.string(&text)?;
    let failed = c.p.heap.tuple(&[reason, text])?;
    Ok(c.p.heap.tuple(&[atoms::ERROR, failed])?)
}

/// What `error_logger` makes of warnings.
fn warning_map_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(c.rt.atoms.intern("warning")?)
}

fn halt(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    for option in elements(args.get(1).copied().unwrap_or(Term::NIL))? {
        match option.as_tuple() {
            Some(&[key, value]) if c.rt.atoms.name(key) == "flush" && value.as_bool().is_some() => {
            }
            _ => return Err(Raise::BADARG),
        }
    }
    let how = match args.first() {
        None => Halt::Status(0),
        Some(status) => match status.as_usize() {
            Some(status) => Halt::Status((status & 0x7fff_ffff) as i32),
            None if c.rt.atoms.name(*status) == "abort" => Halt::Abort,
            None => Halt::Slogan(chars(*status)?),
        },
    };
    c.rt.halt(how);
    Err(Raise::Wait)
}

/// The scheduler collects while the process gives way; when the function is called again it
/// returns.
fn garbage_collect_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    collect_self(c, Extent::Major)
}

fn collect_self(c: &mut Ctx<'_>, extent: Extent) -> BifResult {
    if c.p.flags.yielded {
        c.p.flags.yielded = false;
        return Ok(atoms::TRUE);
    }
    c.p.flags.collect = Some(extent);
    c.p.flags.yielded = true;
    Err(Raise::Yield)
}

fn garbage_collect_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    collect_process(c, args[0], Extent::Major)
}

fn collect_process(c: &mut Ctx<'_>, id: Term, extent: Extent) -> BifResult {
    match id == c.p.id {
        true => collect_self(c, extent),
        false => collect_other(c, id, extent),
    }
}

/// Collects another process, which does not run meanwhile, with the messages that have reached it.
/// It may be over its limit then, and end.
fn collect_other(c: &mut Ctx<'_>, id: Term, extent: Extent) -> BifResult {
    if is_former(id) {
        return Ok(atoms::FALSE);
    }
    if !id.is_pid() {
        return Err(Raise::BADARG);
    }
    let Some(handle) = super::process::settled(c, id)? else {
        return Ok(atoms::FALSE);
    };
    let Some(mut body) = handle.body.try_lock() else {
        return Err(super::process::give_way_to(c, &handle));
    };
    let Some(p) = &mut *body else {
        return Ok(atoms::FALSE);
    };
    let mut ends = p.fetch_signals(c.rt) == Fetched::Exit;
    // Without memory for it nothing is collected, as if it had been done a moment ago.
    if !ends && c.rt.collect_traced(p, extent).is_err() && p.is_over_max_heap() {
        p.end_for_memory();
        ends = true;
    }
    if core::mem::take(&mut p.flags.over_heap) {
        c.rt.report_heap(p);
    }
    if ends && let Some(p) = body.take() {
        drop(body);
        c.rt.bury(&handle, p);
        return Ok(atoms::FALSE);
    }
    Ok(atoms::TRUE)
}

fn garbage_collect_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let bad_option = Raise::BadArg(c.rt.atoms.intern("bad_option")?);
    let (mut request, mut extent) = (None, Extent::Major);
    for option in elements(args[1]).map_err(|_| bad_option)? {
        let Some(&[key, value]) = option.as_tuple() else {
            return Err(bad_option);
        };
        match (c.rt.atoms.name(key), c.rt.atoms.name(value)) {
            ("async", _) => request = Some(value),
            ("type", "major") => extent = Extent::Major,
            ("type", "minor") => extent = Extent::Minor,
            _ => return Err(bad_option),
        }
    }
    let result = collect_process(c, args[0], extent)?;
    let Some(request) = request else {
        return Ok(result);
    };
    let tag = c.rt.atoms.intern("garbage_collect")?;
    let message = c.p.heap.tuple(&[tag, request, result])?;
    super::process_send::send_2(c, &[c.p.id, message])?;
    Ok(c.rt.atoms.intern("async")?)
}

fn bump_reductions_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let count = args[0].as_usize().ok_or(Raise::BADARG)?;
    c.p.charge(count);
    Ok(atoms::TRUE)
}

fn getenv(c: &mut Ctx<'_>, name: Term, default: Term) -> BifResult {
    let name = chars(name)?;
    if name.contains('\0') {
        return Err(Raise::BADARG);
    }
    match c.rt.platform.environment(&name) {
        Some(value) => Ok(c.p.heap.string(&lossy(&value)?)?),
        None => Ok(default),
    }
}

fn getenv_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    getenv(c, args[0], atoms::FALSE)
}

fn getenv_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    getenv(c, args[0], args[1])
}

fn get_plain_arguments_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let arguments = c.rt.arguments()?;
    let mut list = with_room(arguments.len())?;
    for argument in &arguments {
        list.push(c.p.heap.string(argument)?);
    }
    Ok(c.p.heap.list(&list)?)
}

fn os_type_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let (family, name) = c.rt.platform.os_type();
    let (family, name) = (c.rt.atoms.intern(family)?, c.rt.atoms.intern(name)?);
    Ok(c.p.heap.tuple(&[family, name])?)
}
