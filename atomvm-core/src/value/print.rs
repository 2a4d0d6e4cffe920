//! Values as text, as `~0p` shows the term.
#![expect(
    clippy::disallowed_methods,
    reason = "a value is the embedder's, in memory that no VM counts"
)]

use super::{Foreign, ForeignKind, Value};
use crate::etf::decode::PID_NUMBER_BITS;
use crate::term::bits::Bits;
use crate::term::print::{Style, is_printable, write_atom, write_bits, write_float, write_quoted};
use alloc::string::String;
use core::fmt::{self, Display, Formatter, Write};

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write(&mut text, self);
        f.write_str(&text)
    }
}

fn write(out: &mut String, value: &Value) {
    let _ = match value {
        Value::Integer(value) => write!(out, "{value}"),
        Value::BigInteger(value) => write!(out, "{value}"),
        Value::Pid(number) => {
            let low = number & ((1 << PID_NUMBER_BITS) - 1);
            write!(out, "<0.{low}.{}>", number >> PID_NUMBER_BITS)
        }
        Value::Port(number) => write!(out, "#Port<0.{number}>"),
        Value::Reference([a, b, c]) => write!(out, "#Ref<0.{c}.{b}.{a}>"),
        Value::Foreign(foreign) => write_foreign(out, foreign),
        Value::Fun(text) => out.write_str(text),
        other => {
            write_other(out, other);
            Ok(())
        }
    };
}

fn write_other(out: &mut String, value: &Value) {
    match value {
        Value::Float(value) => write_float(out, *value),
        Value::Atom(name) => write_atom(out, name, false),
        Value::Binary(bytes) => write_bits(out, Bits::of_bytes(bytes), Style::PRETTY),
        Value::BitString { bytes, bits } => {
            let mut run = Bits::of_bytes(bytes);
            run.len = (run.len + usize::from(*bits))
                .saturating_sub(8)
                .min(run.len);
            write_bits(out, run, Style::PRETTY);
        }
        Value::List(values) if !values.is_empty() && list_as_text(out, values) => {}
        Value::List(values) => {
            out.push('[');
            write_all(out, values);
            out.push(']');
        }
        Value::ImproperList(values, tail) => {
            out.push('[');
            write_all(out, values);
            out.push('|');
            write(out, tail);
            out.push(']');
        }
        Value::Tuple(values) => {
            out.push('{');
            write_all(out, values);
            out.push('}');
        }
        Value::Map(pairs) => {
            out.push_str("#{");
            for (i, (key, value)) in pairs.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(out, key);
                out.push_str(" => ");
                write(out, value);
            }
            out.push('}');
        }
        _ => {}
    }
}

fn write_all(out: &mut String, values: &[Value]) {
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(out, value);
    }
}

/// Writes a list as text, if all its elements are printable characters.
fn list_as_text(out: &mut String, values: &[Value]) -> bool {
    let char_of = |value: &Value| match value {
        Value::Integer(code @ 0..=255) => Some(*code as u8 as char),
        _ => None,
    };
    let is_text = |value| char_of(value).is_some_and(is_printable);
    if !values.iter().all(is_text) {
        return false;
    }
    write_quoted(out, values.iter().filter_map(char_of), '"', false);
    true
}

/// The name of the node stands in place of the number that OTP shows, which means nothing here.
fn write_foreign(out: &mut String, foreign: &Foreign) -> fmt::Result {
    let Foreign { node, numbers, .. } = foreign;
    let mut name = String::new();
    if &**node == "nonode@nohost" {
        name.push('0');
    } else {
        write_atom(&mut name, node, false);
    }
    let number = |i: usize| numbers.get(i).map_or(0, |&n| u64::from(n));
    match foreign.kind {
        ForeignKind::Pid => write!(out, "<{name}.{}.{}>", number(0), number(1)),
        ForeignKind::Port => write!(out, "#Port<{name}.{}>", number(0) | number(1) << 32),
        ForeignKind::Reference => {
            write!(out, "#Ref<{name}")?;
            for word in numbers.iter().rev() {
                write!(out, ".{word}")?;
            }
            out.write_str(">")
        }
    }
}
