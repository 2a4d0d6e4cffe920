//! The functions that guards can call: they look at terms and have no effect.

use crate::beam::Beam;

/// Name and arity of an import, if it is of module `erlang`.
pub(super) fn erlang_import<'a>(beam: &Beam<'a>, index: u32) -> Option<(&'a str, u32)> {
    let import = beam.imports.get(index as usize)?;
    (beam.atom(import.module) == "erlang").then(|| (beam.atom(import.function), import.arity))
}

/// Whether instructions `bif` and `gc_bif` may call this function of `erlang`. The compiler of OTP 29
/// uses them for text that becomes an atom as well, where every exception is caught.
pub(super) fn is_guard(function: &str, arity: u32) -> bool {
    is_test(function, arity)
        || matches!(
            (function, arity),
            ("+" | "-", 1..=2)
                | (
                    "*" | "/" | "div" | "rem" | "band" | "bor" | "bxor" | "bsl" | "bsr",
                    2
                )
                | (
                    "bnot" | "abs" | "ceil" | "float" | "floor" | "round" | "trunc",
                    1
                )
                | ("bit_size" | "byte_size" | "length" | "map_size" | "size", 1)
                | ("binary_part", 2..=3)
                | ("list_to_atom" | "list_to_existing_atom", 1)
                | ("binary_to_atom" | "binary_to_existing_atom", 2)
        )
}

/// Whether this function of `erlang` makes no term: its result is an atom, a process, a small
/// integer, or a part of an argument.
pub(super) fn is_test(function: &str, arity: u32) -> bool {
    matches!(
        (function, arity),
        ("self", 0)
            | ("node", 0..=1)
            | ("not" | "hd" | "tl" | "get" | "tuple_size", 1)
            | (
                "<" | ">" | "=<" | ">=" | "==" | "/=" | "=:=" | "=/=" | "and" | "or" | "xor",
                2
            )
            | ("element" | "map_get" | "is_map_key" | "min" | "max", 2)
            | (
                "is_atom"
                    | "is_binary"
                    | "is_bitstring"
                    | "is_boolean"
                    | "is_float"
                    | "is_list"
                    | "is_map"
                    | "is_number"
                    | "is_pid"
                    | "is_port"
                    | "is_reference"
                    | "is_tuple",
                1
            )
            | ("is_function", 1..=2)
            | ("is_integer", 1 | 3)
            | ("is_record", 1..=3)
    )
}
