//! The functions that guards and bodies may call.

use crate::bif::{self, BifFn};

/// Something that a body does to tracing, or asks of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// `{message, Term}`: handled by [`MatchSpec::run_trace`](super::MatchSpec::run_trace).
    Message,
    /// `{return_trace}`: handled there as well.
    ReturnTrace,
    /// `{exception_trace}`: handled there as well.
    ExceptionTrace,
    /// `{process_dump}`: the message is a text about the process.
    ProcessDump,
    /// `{enable_trace, Flag}` or `{enable_trace, Pid, Flag}`.
    EnableTrace,
    /// `{disable_trace, Flag}` or `{disable_trace, Pid, Flag}`.
    DisableTrace,
    /// `{trace, Disable, Enable}` or `{trace, Pid, Disable, Enable}`, lists of flags.
    Trace,
    /// `{silent, Boolean}`.
    Silent,
    /// `{caller}`: `{Module, Function, Arity}` or `undefined`.
    Caller,
    /// `{caller_line}`: as `caller`, with `{File, Line}` behind or `undefined`.
    CallerLine,
    /// `{is_seq_trace}`.
    IsSeqTrace,
    /// `{get_seq_token}`.
    GetSeqToken,
    /// `{set_seq_token, Component, Value}`.
    SetSeqToken,
    /// `{get_tcw}`: the trace control word.
    GetTcw,
    /// `{set_tcw, Value}`.
    SetTcw,
    /// `{display, Term}`: writes the term, for debugging.
    Display,
}

/// How many arguments an action takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arity {
    None,
    Between(usize, usize),
}

/// An action by its name. Those that only look may stand in guards.
pub(super) fn action(name: &str) -> Option<(Action, Arity)> {
    use Arity::{Between, None as Zero};
    Some(match name {
        "message" => (Action::Message, Between(1, 1)),
        "return_trace" => (Action::ReturnTrace, Zero),
        "exception_trace" => (Action::ExceptionTrace, Zero),
        "process_dump" => (Action::ProcessDump, Zero),
        "enable_trace" => (Action::EnableTrace, Between(1, 2)),
        "disable_trace" => (Action::DisableTrace, Between(1, 2)),
        "trace" => (Action::Trace, Between(2, 3)),
        "silent" => (Action::Silent, Between(1, 1)),
        "caller" => (Action::Caller, Zero),
        "caller_line" => (Action::CallerLine, Zero),
        "is_seq_trace" => (Action::IsSeqTrace, Zero),
        "get_seq_token" => (Action::GetSeqToken, Zero),
        "set_seq_token" => (Action::SetSeqToken, Between(2, 2)),
        "set_tcw" => (Action::SetTcw, Between(1, 1)),
        "display" => (Action::Display, Between(1, 1)),
        _ => return None,
    })
}

/// A function that has no other effect than its result.
pub(super) struct Function {
    pub(super) call: BifFn,
    /// Can the result be one of the arguments, or a part of one?
    pub(super) gives_parts: bool,
}

/// Functions of `erlang` whose result is made anew, by name and arity.
const MAKING: &[(&str, u32)] = &[
    ("is_atom", 1),
    ("is_float", 1),
    ("is_integer", 1),
    ("is_list", 1),
    ("is_number", 1),
    ("is_pid", 1),
    ("is_port", 1),
    ("is_reference", 1),
    ("is_tuple", 1),
    ("is_map", 1),
    ("is_map_key", 2),
    ("is_binary", 1),
    ("is_function", 1),
    ("is_record", 3),
    ("xor", 2),
    ("not", 1),
    ("length", 1),
    ("map_size", 1),
    ("node", 0),
    ("node", 1),
    ("self", 0),
    ("size", 1),
    ("bit_size", 1),
    ("byte_size", 1),
    ("*", 2),
    ("/", 2),
    ("div", 2),
    ("rem", 2),
    ("bnot", 1),
    (">", 2),
    (">=", 2),
    ("<", 2),
    ("=<", 2),
    ("=:=", 2),
    ("==", 2),
    ("=/=", 2),
    ("/=", 2),
];

/// Functions whose result can be, or be part of, an argument.
const PICKING: &[(&str, u32)] = &[
    ("abs", 1),
    ("element", 2),
    ("hd", 1),
    ("tl", 1),
    ("map_get", 2),
    ("round", 1),
    ("trunc", 1),
    ("float", 1),
    ("+", 1),
    ("+", 2),
    ("-", 1),
    ("-", 2),
    ("band", 2),
    ("bor", 2),
    ("bxor", 2),
    ("bsl", 2),
    ("bsr", 2),
    ("binary_part", 2),
    ("binary_part", 3),
];

pub(super) fn function(name: &str, arity: usize) -> Option<Function> {
    let arity = u32::try_from(arity).ok()?;
    let gives_parts = PICKING.contains(&(name, arity));
    if !gives_parts && !MAKING.contains(&(name, arity)) {
        return None;
    }
    let call = bif::find("erlang", name, arity)?;
    Some(Function { call, gives_parts })
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_functions_are_built_in() {
        for (name, arity) in super::MAKING.iter().chain(super::PICKING) {
            let found = super::function(name, *arity as usize);
            assert!(found.is_some(), "{name}/{arity}");
        }
    }
}
