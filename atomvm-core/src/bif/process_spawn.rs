//! Starting processes, and the options for it.

use super::process::{elements, monitor_options};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::Grow;
use crate::memory::process_heap::Growth;
use crate::memory::{Fragment, Heap};
use crate::process::relation::MaxHeap;
use crate::process::spawn::{MonitorOptions, SpawnError, SpawnOptions, Start};
use crate::process::{Priority, Signal};
use crate::term::{Reference, Subtag, Term, atoms, map};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "spawn", 1, spawn_1),
    bif("erlang", "spawn", 2, spawn_2),
    bif("erlang", "spawn", 3, spawn_3),
    bif("erlang", "spawn", 4, spawn_4),
    bif("erlang", "spawn_link", 1, spawn_link_1),
    bif("erlang", "spawn_link", 2, spawn_link_2),
    bif("erlang", "spawn_link", 3, spawn_link_3),
    bif("erlang", "spawn_link", 4, spawn_link_4),
    bif("erlang", "spawn_monitor", 1, spawn_monitor_1),
    bif("erlang", "spawn_monitor", 2, spawn_monitor_2),
    bif("erlang", "spawn_monitor", 3, spawn_monitor_3),
    bif("erlang", "spawn_monitor", 4, spawn_monitor_4),
    bif("erlang", "spawn_opt", 2, spawn_opt_2),
    bif("erlang", "spawn_opt", 3, spawn_opt_3),
    bif("erlang", "spawn_opt", 4, spawn_opt_4),
    bif("erlang", "spawn_opt", 5, spawn_opt_5),
    bif("erlang", "spawn_request", 1, spawn_request_1),
    bif("erlang", "spawn_request", 2, spawn_request_2),
    bif("erlang", "spawn_request", 3, spawn_request_3),
    bif("erlang", "spawn_request", 4, spawn_request_4),
    bif("erlang", "spawn_request", 5, spawn_request_5),
    bif(
        "erlang",
        "spawn_request_abandon",
        1,
        spawn_request_abandon_1,
    ),
];

impl From<SpawnError> for Raise {
    fn from(error: SpawnError) -> Raise {
        match error {
            SpawnError::OutOfMemory => Raise::OutOfMemory,
            SpawnError::TooMany => Raise::SYSTEM_LIMIT,
        }
    }
}

fn start_fun(c: &mut Ctx<'_>, fun: Term, options: &SpawnOptions) -> BifResult {
    if !fun.is_fun() {
        return Err(Raise::BADARG);
    }
    start(c, Start::Fun(fun), options)
}

/// Starts a fun, or what OTP takes for one: a tuple of module and function, which the new process
/// applies in vain.
fn start_applied(c: &mut Ctx<'_>, fun: Term, options: &SpawnOptions) -> BifResult {
    if fun.is_fun() {
        return start(c, Start::Fun(fun), options);
    }
    if !is_applied(fun) {
        return Err(Raise::BADARG);
    }
    let call = Start::Call {
        module: atoms::ERLANG,
        function: atoms::APPLY,
        args: &[fun, Term::NIL],
    };
    start(c, call, options)
}

fn is_applied(fun: Term) -> bool {
    fun.is_fun()
        || matches!(fun.as_tuple(), Some([module, name]) if module.is_atom() && name.is_atom())
}

/// Starts a function, or a call, on a node. One that cannot be reached is as in OTP a process here
/// that ends at once, because there is no connection.
fn start_on(c: &mut Ctx<'_>, node: Term, what: &[Term], options: &SpawnOptions) -> BifResult {
    let is_call = what.len() == 3;
    if node == atoms::NONODE_NOHOST {
        return match is_call {
            true => start_call(c, what, options),
            false if options.monitor.is_some() => start_fun(c, what[0], options),
            false => start_applied(c, what[0], options),
        };
    }
    let is_right = match is_call {
        true => what[0].is_atom() && what[1].is_atom() && what[2].list_len().is_some(),
        false => is_applied(what[0]),
    };
    if !is_right || !node.is_atom() {
        return Err(Raise::BADARG);
    }
    let end = Start::Call {
        module: atoms::ERLANG,
        function: atoms::EXIT,
        args: &[c.rt.atoms.intern("noconnection")?],
    };
    start(c, end, options)
}

fn start_call(c: &mut Ctx<'_>, mfa: &[Term], options: &SpawnOptions) -> BifResult {
    let &[module, function, args] = mfa else {
        return Err(Raise::BADARG);
    };
    let args = elements(args)?;
    if !module.is_atom() || !function.is_atom() {
        return Err(Raise::BADARG);
    }
    if args.len() > 255 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let call = Start::Call {
        module,
        function,
        args: &args,
    };
    start(c, call, options)
}

fn start(c: &mut Ctx<'_>, start: Start<'_>, options: &SpawnOptions) -> BifResult {
    let (id, reference) = c.rt.spawn(Some(c.p), start, options)?;
    match reference {
        None => Ok(id),
        Some(reference) => {
            let reference = c.p.heap.reference(reference)?;
            Ok(c.p.heap.tuple(&[id, reference])?)
        }
    }
}

fn linked() -> SpawnOptions {
    SpawnOptions {
        link: true,
        ..SpawnOptions::default()
    }
}

fn monitored() -> SpawnOptions {
    SpawnOptions {
        monitor: Some(MonitorOptions::default()),
        ..SpawnOptions::default()
    }
}

fn spawn_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_applied(c, args[0], &SpawnOptions::default())
}

fn spawn_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_on(c, args[0], &args[1..], &SpawnOptions::default())
}

fn spawn_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_call(c, args, &SpawnOptions::default())
}

fn spawn_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_on(c, args[0], &args[1..], &SpawnOptions::default())
}

fn spawn_link_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_applied(c, args[0], &linked())
}

fn spawn_link_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_on(c, args[0], &args[1..], &linked())
}

fn spawn_link_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_call(c, args, &linked())
}

fn spawn_link_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_on(c, args[0], &args[1..], &linked())
}

/// As in OTP the fun must take no arguments; `spawn/1` starts a process that fails instead.
fn spawn_monitor_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if fun_arity(args[0]) != Some(0) {
        return Err(Raise::BADARG);
    }
    start_fun(c, args[0], &monitored())
}

fn fun_arity(fun: Term) -> Option<u32> {
    match (fun.as_closure(), fun.as_external_fun()) {
        (Some(closure), _) => Some(closure.entry.arity),
        (None, external) => external.map(|export| u32::from(export.arity)),
    }
}

fn spawn_monitor_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_on(c, args[0], &args[1..], &monitored())
}

fn spawn_monitor_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_call(c, args, &monitored())
}

fn spawn_monitor_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    start_on(c, args[0], &args[1..], &monitored())
}

fn spawn_opt_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !is_applied(args[0]) {
        return Err(Raise::BADARG);
    }
    let options = spawn_options(c, args[1]).map_err(Raise::of_options)?;
    start_applied(c, args[0], &options)
}

fn spawn_opt_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !is_applied(args[1]) {
        return Err(Raise::BADARG);
    }
    let options = spawn_options(c, args[2]).map_err(Raise::of_options)?;
    start_on(c, args[0], &args[1..2], &options)
}

fn spawn_opt_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = spawn_options(c, args[3]).map_err(Raise::of_options)?;
    start_call(c, &args[..3], &options)
}

fn spawn_opt_5(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = spawn_options(c, args[4])?;
    start_on(c, args[0], &args[1..4], &options)
}

fn spawn_options(c: &Ctx<'_>, list: Term) -> Result<SpawnOptions, Raise> {
    options_of(c, elements(list)?)
}

fn options_of(c: &Ctx<'_>, list: Vec<Term>) -> Result<SpawnOptions, Raise> {
    let mut options = SpawnOptions::default();
    for option in list {
        match option.as_tuple() {
            None if option == atoms::LINK => options.link = true,
            None if option == atoms::MONITOR => options.monitor = Some(MonitorOptions::default()),
            Some(&[key, value]) => spawn_option(c, &mut options, key, value)?,
            _ => return Err(Raise::BADARG),
        }
    }
    Ok(options)
}

fn spawn_option(
    c: &Ctx<'_>,
    options: &mut SpawnOptions,
    key: Term,
    value: Term,
) -> Result<(), Raise> {
    let size = || value.as_usize().ok_or(Raise::BADARG);
    match c.rt.atoms.name(key) {
        // With true or false these two are AtomVM's.
        "link" => options.link = value.as_bool().ok_or(Raise::BADARG)?,
        "monitor" => {
            options.monitor = match value.as_bool() {
                Some(on) => on.then(MonitorOptions::default),
                None => Some(monitor_options(c, value)?),
            }
        }
        "priority" => options.priority = priority(c, value)?,
        "fullsweep_after" => {
            options.fullsweep_after = Some(u16::try_from(size()?).unwrap_or(u16::MAX));
        }
        "min_heap_size" => options.min_heap = Some(size()?),
        "max_heap_size" => options.max_heap = Some(max_heap(c, value)?),
        "message_queue_data" => options.off_heap_queue = off_heap(c, value)?,
        "atomvm_heap_growth" => options.growth = Some(growth(c, value)?),
        "min_bin_vheap_size" => options.min_binary_words = Some(size()?),
        "scheduler" => drop(scheduler(value)?),
        "async_dist" => drop(value.as_bool().ok_or(Raise::BADARG)?),
        _ => return Err(Raise::BADARG),
    }
    Ok(())
}

/// The number of a scheduler, or 0 for any.
pub(super) fn scheduler(value: Term) -> Result<usize, Raise> {
    value.as_usize().filter(|&n| n <= 1).ok_or(Raise::BADARG)
}

/// `low`, `normal`, `high` or `max`.
pub(super) fn priority(c: &Ctx<'_>, value: Term) -> Result<Priority, Raise> {
    match c.rt.atoms.name(value) {
        "low" => Ok(Priority::Low),
        "normal" => Ok(Priority::Normal),
        "high" => Ok(Priority::High),
        "max" => Ok(Priority::Max),
        _ => Err(Raise::BADARG),
    }
}

/// `on_heap` or `off_heap`.
pub(super) fn off_heap(c: &Ctx<'_>, value: Term) -> Result<bool, Raise> {
    match c.rt.atoms.name(value) {
        "on_heap" => Ok(false),
        "off_heap" => Ok(true),
        _ => Err(Raise::BADARG),
    }
}

fn growth(c: &Ctx<'_>, value: Term) -> Result<Growth, Raise> {
    match c.rt.atoms.name(value) {
        "bounded_free" => Ok(Growth::BoundedFree),
        "minimum" => Ok(Growth::Minimum),
        "fibonacci" => Ok(Growth::Fibonacci),
        _ => Err(Raise::BADARG),
    }
}

/// The smallest limit of a heap, in words, as in OTP.
const MIN_MAX_HEAP: usize = 233;

/// `max_heap_size`: a number of words, or a map with more. What it does not say is as usual in this
/// VM.
pub(super) fn max_heap(c: &Ctx<'_>, value: Term) -> Result<MaxHeap, Raise> {
    let usual = c.rt.settings.max_heap.lock().unwrap_or(MaxHeap::NONE);
    let mut limit = MaxHeap { size: 0, ..usual };
    let field = |name: &str| {
        let key = c.rt.atoms.find(name)?;
        map::get(value, key)
    };
    if value.is_map() {
        let flag = |name: &str, default: bool| match field(name) {
            Some(value) => value.as_bool().ok_or(Raise::BADARG),
            None => Ok(default),
        };
        limit.kill = flag("kill", usual.kill)?;
        limit.error_logger = flag("error_logger", usual.error_logger)?;
        limit.include_shared_binaries =
            flag("include_shared_binaries", usual.include_shared_binaries)?;
        let size = field("size").and_then(Term::as_usize);
        limit.size = size.ok_or(Raise::BADARG)?;
    } else {
        limit.size = value.as_usize().ok_or(Raise::BADARG)?;
    }
    if limit.size != 0 && limit.size < MIN_MAX_HEAP {
        return Err(Raise::BADARG);
    }
    Ok(limit)
}

/// Which answers to a request are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Replies {
    All,
    Errors,
    Successes,
    None,
}

/// How a request is to be answered.
struct Answer {
    tag: Term,
    replies: Replies,
}

impl Answer {
    /// Takes `reply` and `reply_tag` out of the options; the others are left.
    fn of_options(c: &Ctx<'_>, list: Term) -> Result<(Answer, Vec<Term>, bool), Raise> {
        let mut answer = Answer {
            tag: c.rt.atoms.intern("spawn_reply")?,
            replies: Replies::All,
        };
        let (mut left, mut is_right) = (Vec::new(), true);
        for option in elements(list)? {
            let Some(&[key, value]) = option.as_tuple() else {
                left.try_push(option)?;
                continue;
            };
            match (c.rt.atoms.name(key), c.rt.atoms.name(value)) {
                ("reply_tag", _) => answer.tag = value,
                ("reply", "yes") => answer.replies = Replies::All,
                ("reply", "no") => answer.replies = Replies::None,
                ("reply", "error_only") => answer.replies = Replies::Errors,
                ("reply", "success_only") => answer.replies = Replies::Successes,
                ("reply", _) => is_right = false,
                _ => left.try_push(option)?,
            }
        }
        Ok((answer, left, is_right))
    }

    fn send(
        &self,
        c: &mut Ctx<'_>,
        request: Term,
        result: Result<Term, Term>,
    ) -> Result<(), Raise> {
        let wanted = match self.replies {
            Replies::All => true,
            Replies::Errors => result.is_err(),
            Replies::Successes => result.is_ok(),
            Replies::None => false,
        };
        if wanted {
            let (kind, value) = match result {
                Ok(id) => (atoms::OK, id),
                Err(reason) => (atoms::ERROR, reason),
            };
            let message = c.p.heap.tuple(&[self.tag, request, kind, value])?;
            let message = Fragment::of(message, &c.rt.budget)?;
            c.rt.signal(c.p.id, Signal::Message(message));
        }
        Ok(())
    }
}

/// Asks for a process; whether it was started is told by a message. What is wrong with the options
/// is told so as well, unless they are no list.
fn request(c: &mut Ctx<'_>, node: Term, start: Start<'_>, options: Term) -> BifResult {
    let (answer, left, is_right) = Answer::of_options(c, options).map_err(Raise::of_options)?;
    let serial = Reference::from_serial(c.rt.next_reference());
    let request = c.p.heap.reference(serial)?;
    let result = if node != atoms::NONODE_NOHOST {
        Err(c.rt.atoms.intern("noconnection")?)
    } else {
        match options_of(c, left) {
            Ok(options) if is_right => {
                let options = SpawnOptions {
                    reference: Some(serial),
                    ..options
                };
                match c.rt.make_process(Some(c.p), start, &options) {
                    Ok((handle, _)) => {
                        // Before anything that the process causes.
                        let sent = answer.send(c, request, Ok(handle.id()));
                        c.rt.make_ready(handle);
                        return sent.map(|()| request);
                    }
                    Err(SpawnError::TooMany) => Err(atoms::SYSTEM_LIMIT),
                    Err(SpawnError::OutOfMemory) => return Err(Raise::OutOfMemory),
                }
            }
            Ok(_) | Err(Raise::Error(_)) => Err(atoms::BADOPT),
            Err(other) => return Err(other),
        }
    };
    answer.send(c, request, result)?;
    Ok(request)
}

fn request_fun(c: &mut Ctx<'_>, node: Term, fun: Term, options: Term) -> BifResult {
    if fun_arity(fun) != Some(0) || !node.is_atom() {
        return Err(Raise::BADARG);
    }
    request(c, node, Start::Fun(fun), options)
}

fn request_call(c: &mut Ctx<'_>, node: Term, mfa: &[Term], options: Term) -> BifResult {
    let &[module, function, args] = mfa else {
        return Err(Raise::BADARG);
    };
    let args = elements(args)?;
    if !module.is_atom() || !function.is_atom() || !node.is_atom() {
        return Err(Raise::BADARG);
    }
    if args.len() > 255 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let call = Start::Call {
        module,
        function,
        args: &args,
    };
    request(c, node, call, options)
}

fn spawn_request_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    request_fun(c, atoms::NONODE_NOHOST, args[0], Term::NIL)
}

fn spawn_request_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if args[0].is_fun() {
        request_fun(c, atoms::NONODE_NOHOST, args[0], args[1])
    } else {
        request_fun(c, args[0], args[1], Term::NIL)
    }
}

fn spawn_request_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if args[1].is_fun() {
        request_fun(c, args[0], args[1], args[2])
    } else {
        request_call(c, atoms::NONODE_NOHOST, args, Term::NIL)
    }
}

fn spawn_request_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    // Module, function, arguments and options, or node, module, function and arguments.
    if args[2].is_list() {
        request_call(c, atoms::NONODE_NOHOST, &args[..3], args[3])
    } else {
        request_call(c, args[0], &args[1..], Term::NIL)
    }
}

fn spawn_request_5(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    request_call(c, args[0], &args[1..4], args[4])
}

/// A process of this node is there, and the answer sent, when the request returns.
fn spawn_request_abandon_1(_: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].subtag() {
        Some(Subtag::Ref | Subtag::ExtRef) => Ok(atoms::FALSE),
        _ => Err(Raise::BADARG),
    }
}
