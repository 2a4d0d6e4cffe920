//! Built-in functions: one file per Erlang module (or part of one), each with its table.
//!
//! A built-in function gets its arguments and a [`Ctx`]; it may build terms on the process's
//! heap, which never moves a term, and returns a term or what to raise. Nothing it does may
//! recurse over a term.
//!
//! ```text
//! pub(super) const TABLE: &[Bif] = &[
//!     bif("lists", "reverse", 2, reverse_2),
//! ];
//!
//! fn reverse_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult { ... }
//! ```

mod atomics;
mod binary;
mod binary_search;
mod code;
mod code_load;
mod code_paths;
mod console;
mod dtrace;
mod elixir;
mod erlang_atoms;
mod erlang_binary;
mod erlang_num;
mod erlang_num_text;
mod erts_debug;
mod erts_internal;
mod ets;
mod ets_info;
mod ets_objects;
mod ets_select;
mod ets_update;
mod external;
mod format_deep;
mod format_float;
mod format_scan;
mod functions;
pub(crate) mod hashes;
pub(crate) mod index;
mod internal_state;
mod io_lib;
mod io_lib_format;
mod lists;
mod maps;
mod maps_long;
mod match_spec;
mod math;
mod module_info;
mod nodes;
#[cfg(all(test, feature = "std"))]
mod oracle_tests;
mod packet;
mod packet_http;
mod persistent_former;
pub mod persistent_term;
mod ports;
mod ports_info;
mod ports_open;
pub(crate) mod process;
mod process_dict;
mod process_elsewhere;
mod process_flag;
pub(crate) mod process_info;
mod process_raise;
pub(crate) mod process_send;
mod process_spawn;
mod process_suspend;
mod records;
pub(crate) mod seq_trace;
mod statistics;
mod system;
mod system_flag;
mod system_info;
mod system_monitor;
mod system_profile;
mod terms;
pub(crate) mod time;
mod time_timers;
mod trace;
pub(crate) mod trace_pattern;
mod trace_sessions;
mod tuples;
mod type_tests;
mod unicode;
mod unicode_cp;
mod unicode_gc;
mod unicode_normal;
mod unicode_util;
mod work;
mod zlib_inflate;
pub(crate) mod zlib_stream;

use crate::ets::RecentTables;
use crate::memory::OutOfMemory;
use crate::process::Process;
use crate::term::atom::AtomError;
use crate::term::{Term, atoms};
use crate::vm::Runtime;

/// What a built-in function works with.
pub struct Ctx<'a> {
    /// The process that called it.
    pub p: &'a mut Process,
    /// What all processes share.
    pub rt: &'a Runtime,
    /// The tables that the scheduler has used last.
    recent: Option<&'a mut RecentTables>,
}

impl<'a> Ctx<'a> {
    /// For a function that a process calls.
    pub fn new(p: &'a mut Process, rt: &'a Runtime) -> Ctx<'a> {
        Ctx {
            p,
            rt,
            recent: None,
        }
    }

    /// As [`Ctx::new`], with the tables that the scheduler has used last.
    #[inline]
    pub(crate) fn with_recent(
        p: &'a mut Process,
        rt: &'a Runtime,
        recent: &'a mut RecentTables,
    ) -> Ctx<'a> {
        let recent = Some(recent);
        Ctx { p, rt, recent }
    }
}

/// A built-in function's implementation. `args` has as many terms as the function's arity.
pub type BifFn = fn(&mut Ctx<'_>, &[Term]) -> BifResult;

/// A term, or what to do instead of returning one.
pub type BifResult = Result<Term, Raise>;

/// What a built-in function does when it does not return a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raise {
    /// Raises an error with this reason; the stack trace starts with the function and its
    /// arguments.
    Error(Term),
    /// As `Error`, with an `error_info` map's `cause` and so on (a map) for the stack trace.
    ErrorInfo(Term, Term),
    /// `error:badarg` with this `cause` in its `error_info`.
    BadArg(Term),
    /// `erlang:error/1,2,3`: an error whose stack trace starts with the caller; with a list of
    /// arguments in place of the arity unless `args` is [`Term::NONE`].
    CallerError {
        /// The reason.
        reason: Term,
        /// The caller's arguments, a list, or [`Term::NONE`].
        args: Term,
        /// The map that goes with `error_info` into the caller's entry, or [`Term::NONE`].
        info: Term,
    },
    /// `throw(Value)`.
    Throw(Term),
    /// `exit(Reason)`.
    Exit(Term),
    /// Raises class, reason and stack trace as given (`erlang:raise/3`).
    Raw {
        /// `error`, `exit` or `throw`.
        class: Term,
        /// The reason.
        reason: Term,
        /// The stack trace: a list, or `[]`.
        stack: Term,
    },
    /// Calls a function in place of this one, as a tail call: the function and its arguments
    /// stand in [`Process::trap`](crate::process::Process::trap).
    Trap,
    /// As `Trap`, of a fun: the last of the arguments that stand there is the fun.
    TrapFun,
    /// The process waits; when it wakes up the function is called again with the same arguments.
    Wait,
    /// The process gives way to others; then the function is called again, with the arguments
    /// in [`Process::trap`](crate::process::Process::trap) if that is set.
    Yield,
    /// `erlang:hibernate/3`: forgets the stack and waits for a signal, unless there is a message;
    /// then calls module, function and list of arguments, which stand in
    /// [`Process::trap`](crate::process::Process::trap) (without an `export`).
    Hibernate,
    /// The memory limit was reached: the process ends with reason `killed` or the VM stops.
    OutOfMemory,
    /// The function is traced: tell of the call, and call it.
    Traced,
    /// The process ends now, with this reason, as no handler can stop (`exit(self(), kill)`).
    Die(Term),
}

impl Raise {
    /// `error:badarg`
    pub const BADARG: Raise = Raise::Error(atoms::BADARG);
    /// `error:badarith`
    pub const BADARITH: Raise = Raise::Error(atoms::BADARITH);
    /// `error:system_limit`
    pub const SYSTEM_LIMIT: Raise = Raise::Error(atoms::SYSTEM_LIMIT);
    /// `error:undef`
    pub const UNDEF: Raise = Raise::Error(atoms::UNDEF);
    /// `error:notsup`
    pub const NOTSUP: Raise = Raise::Error(atoms::NOTSUP);

    /// Says of an argument that is wrong that it is the list of options.
    pub(crate) fn of_options(self) -> Raise {
        match self {
            Raise::BADARG => Raise::BadArg(atoms::BADOPT),
            other => other,
        }
    }
}

impl From<OutOfMemory> for Raise {
    fn from(_: OutOfMemory) -> Raise {
        Raise::OutOfMemory
    }
}

impl From<AtomError> for Raise {
    fn from(error: AtomError) -> Raise {
        match error {
            AtomError::NoMemory => Raise::OutOfMemory,
            AtomError::TooLong | AtomError::TableFull(_) => Raise::SYSTEM_LIMIT,
        }
    }
}

/// A built-in function: its name and implementation.
#[derive(Clone, Copy)]
pub struct Bif {
    /// The module's name.
    pub module: &'static str,
    /// The function's name.
    pub function: &'static str,
    /// The number of arguments.
    pub arity: u8,
    /// The implementation.
    pub call: BifFn,
}

/// A line of a table of built-in functions.
pub const fn bif(module: &'static str, function: &'static str, arity: u8, call: BifFn) -> Bif {
    Bif {
        module,
        function,
        arity,
        call,
    }
}

/// The tables of all files.
const TABLES: &[&[Bif]] = &[
    binary::TABLE,
    erlang_atoms::TABLE,
    erlang_binary::TABLE,
    dtrace::TABLE,
    ets::TABLE,
    ets_info::TABLE,
    ets_objects::TABLE,
    ets_select::TABLE,
    ets_update::TABLE,
    external::TABLE,
    hashes::TABLE,
    erlang_num::TABLE,
    erlang_num_text::TABLE,
    functions::TABLE,
    internal_state::TABLE,
    erts_debug::TABLE,
    erts_internal::TABLE,
    lists::TABLE,
    maps::TABLE,
    match_spec::TABLE,
    math::TABLE,
    atomics::TABLE,
    terms::TABLE,
    trace::TABLE,
    trace_pattern::TABLE,
    trace_sessions::TABLE,
    tuples::TABLE,
    type_tests::TABLE,
    elixir::TABLE,
    io_lib::TABLE,
    io_lib_format::TABLE,
    unicode::TABLE,
    unicode_util::TABLE,
    zlib_stream::TABLE,
    code::TABLE,
    code_load::TABLE,
    code_paths::TABLE,
    module_info::TABLE,
    console::TABLE,
    nodes::TABLE,
    packet::TABLE,
    persistent_term::TABLE,
    ports::TABLE,
    ports_info::TABLE,
    ports_open::TABLE,
    process::TABLE,
    process_dict::TABLE,
    process_flag::TABLE,
    process_info::TABLE,
    process_raise::TABLE,
    process_send::TABLE,
    process_spawn::TABLE,
    process_suspend::TABLE,
    seq_trace::TABLE,
    statistics::TABLE,
    records::TABLE,
    system::TABLE,
    system_flag::TABLE,
    system_info::TABLE,
    system_monitor::TABLE,
    system_profile::TABLE,
    time::TABLE,
    time_timers::TABLE,
];

/// The implementation of a function, if it is built in.
pub fn find(module: &str, function: &str, arity: u32) -> Option<BifFn> {
    index::find(module, function, arity).function()
}

/// All built-in functions.
pub fn all() -> impl Iterator<Item = &'static Bif> {
    index::ALL.iter().copied()
}
