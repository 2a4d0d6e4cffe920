//! Terms as text, as `~w` and `~p` of `io_lib:format/2` show them.
//!
//! Nothing here recurses: what is left of the compound terms that are being written is on an
//! explicit stack.

use super::atom::AtomTable;
use super::bits::Bits;
use super::pairs::Pairs;
use super::{Record, Subtag, Term, atoms, float, map};
use crate::etf::decode::PID_NUMBER_BITS;
use crate::memory::fallible::{AddText, Grow, Writer as Adding, lose};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// Which of the ways to show a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Show lists and binaries of printable characters as text in quotes (`~p`).
    pub strings: bool,
    /// Show characters past Latin-1 as they are (`~tw`, `~tp`), not as `\x{...}`; and take
    /// binaries for UTF-8.
    pub unicode: bool,
}

impl Style {
    /// As `~w`.
    pub const WRITE: Style = Style {
        strings: false,
        unicode: false,
    };
    /// As `~tw`.
    pub const WRITE_UNICODE: Style = Style {
        strings: false,
        unicode: true,
    };
    /// As `~0p`: as `~p`, on one line.
    pub const PRETTY: Style = Style {
        strings: true,
        unicode: false,
    };
    /// As `~0tp`.
    pub const PRETTY_UNICODE: Style = Style {
        strings: true,
        unicode: true,
    };
}

/// Appends `term` to `out`, on one line.
pub fn write(out: &mut String, term: Term, atoms: &AtomTable, style: Style) {
    Writer {
        out,
        atoms,
        style,
        pending: Vec::new(),
    }
    .run(term);
}

/// `term` as text, on one line.
pub fn to_string(term: Term, atoms: &AtomTable, style: Style) -> String {
    let mut out = String::new();
    write(&mut out, term, atoms, style);
    out
}

/// What is left to write of a compound term.
enum Pending {
    /// Elements of a tuple after the first, and the brace.
    Tuple(&'static [Term]),
    /// A list from its second cell on, and the bracket.
    List(Term),
    /// The bracket that ends a list.
    ListEnd,
    /// The value of the pair whose key is being written, then the rest of the map.
    Value(Term, Pairs<'static>),
    /// Pairs of a map after the first, and the brace.
    Map(Pairs<'static>),
    /// Fields of a native record after the first, and the brace.
    Record(&'static [Term], &'static [Term]),
}

struct Writer<'a> {
    out: &'a mut String,
    atoms: &'a AtomTable,
    style: Style,
    pending: Vec<Pending>,
}

impl Writer<'_> {
    fn run(&mut self, term: Term) {
        let mut next = Some(term);
        while let Some(term) = next {
            self.term(term);
            next = self.next();
        }
    }

    /// Writes what comes between the terms; gives the next term.
    fn next(&mut self) -> Option<Term> {
        loop {
            match self.pending.pop()? {
                Pending::Tuple(elements) => match elements.split_first() {
                    Some((&first, rest)) => {
                        self.out.add_char(',');
                        self.pending.push_or_lose(Pending::Tuple(rest));
                        return Some(first);
                    }
                    None => self.out.add_char('}'),
                },
                Pending::List(rest) => {
                    if let Some((head, tail)) = rest.as_cons() {
                        self.out.add_char(',');
                        self.pending.push_or_lose(Pending::List(tail));
                        return Some(head);
                    }
                    if !rest.is_nil() {
                        self.out.add_char('|');
                        self.pending.push_or_lose(Pending::ListEnd);
                        return Some(rest);
                    }
                    self.out.add_char(']');
                }
                Pending::Record(names, values) => match (names.split_first(), values.split_first())
                {
                    (Some((&name, names)), Some((&value, values))) => {
                        self.out.add_char(',');
                        self.pending.push_or_lose(Pending::Record(names, values));
                        self.field(name);
                        return Some(value);
                    }
                    _ => self.out.add_char('}'),
                },
                Pending::ListEnd => self.out.add_char(']'),
                Pending::Value(value, pairs) => {
                    self.out.add_text(" => ");
                    self.pending.push_or_lose(Pending::Map(pairs));
                    return Some(value);
                }
                Pending::Map(mut pairs) => match pairs.next() {
                    Some((key, value)) => {
                        self.out.add_char(',');
                        self.pending.push_or_lose(Pending::Value(value, pairs));
                        return Some(key);
                    }
                    None => self.out.add_char('}'),
                },
            }
        }
    }

    /// Writes the name of a record's field and what stands between that and its value.
    fn field(&mut self, name: Term) {
        atom(self.out, name, self.atoms, self.style.unicode);
        self.out.add_text(" = ");
    }

    /// Writes a term, or the beginning of a compound one up to its first part, which is then the
    /// next to write.
    fn term(&mut self, term: Term) {
        let mut term = term;
        loop {
            if leaf(self.out, term, self.atoms, self.style) {
                return;
            }
            if let Some((head, tail)) = term.as_cons() {
                self.out.add_char('[');
                self.pending.push_or_lose(Pending::List(tail));
                term = head;
            } else if let Some((&first, rest)) = term.as_tuple().and_then(<[Term]>::split_first) {
                self.out.add_char('{');
                self.pending.push_or_lose(Pending::Tuple(rest));
                term = first;
            } else if let Some(record) = term.as_record() {
                record_head(self.out, record, self.atoms, self.style);
                let (Some((&name, names)), Some((&value, values))) =
                    (record.names().split_first(), record.values.split_first())
                else {
                    return;
                };
                self.pending.push_or_lose(Pending::Record(names, values));
                self.field(name);
                term = value;
            } else {
                let Ok(mut pairs) = Pairs::of(term) else {
                    return lose();
                };
                let Some((key, value)) = pairs.next() else {
                    return;
                };
                self.out.add_text("#{");
                self.pending.push_or_lose(Pending::Value(value, pairs));
                term = key;
            }
        }
    }
}

/// Writes a term that has no parts that are terms (or is shown as text); `false` if it has.
pub(crate) fn leaf(out: &mut String, term: Term, atoms: &AtomTable, style: Style) -> bool {
    if let Some(value) = term.as_small() {
        let _ = write!(Adding(out), "{value}");
    } else if term.is_atom() {
        atom(out, term, atoms, style.unicode);
    } else if term.is_nil() {
        out.add_text("[]");
    } else if let Some(number) = term.as_pid() {
        let low = number & ((1 << PID_NUMBER_BITS) - 1);
        let _ = write!(Adding(out), "<0.{low}.{}>", number >> PID_NUMBER_BITS);
    } else if let Some(number) = term.as_port() {
        let _ = write!(Adding(out), "#Port<0.{number}>");
    } else if term.is_cons() {
        return style.strings && list_as_text(out, term, style);
    } else {
        return boxed_leaf(out, term, atoms, style);
    }
    true
}

fn boxed_leaf(out: &mut String, term: Term, atoms: &AtomTable, style: Style) -> bool {
    match term.subtag() {
        Some(Subtag::Tuple) if term.as_tuple().is_some_and(<[Term]>::is_empty) => {
            out.add_text("{}");
        }
        Some(Subtag::Map) if map::size(term) == 0 => out.add_text("#{}"),
        Some(Subtag::Record) if term.as_record().is_some_and(|r| r.values.is_empty()) => {
            if let Some(record) = term.as_record() {
                record_head(out, record, atoms, style);
            }
            out.add_char('}');
        }
        Some(Subtag::Tuple | Subtag::Map | Subtag::Record) => return false,
        Some(Subtag::Float) => write_float(out, term.as_float().unwrap_or(0.0)),
        Some(Subtag::PosBig | Subtag::NegBig) => {
            if let Some(int) = term.as_int() {
                let _ = write!(Adding(out), "{}", int.to_bigint());
            }
        }
        Some(Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin) => {
            if let Some(bits) = term.as_bits() {
                write_bits(out, bits, style);
            }
        }
        Some(Subtag::Ref) => {
            let [a, b, c] = term.as_reference().map_or([0; 3], |r| r.0);
            let _ = write!(Adding(out), "#Ref<0.{c}.{b}.{a}>");
        }
        Some(Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef) => external(out, term),
        Some(Subtag::Fun | Subtag::ExtFun) => fun(out, term, atoms),
        Some(Subtag::Match) | None => {
            let _ = write!(Adding(out), "#Term<{:x}>", term.word());
        }
    }
    true
}

/// Writes a record up to the brace: `#module:name{`.
pub(super) fn record_head(out: &mut String, record: Record<'_>, atoms: &AtomTable, style: Style) {
    out.add_char('#');
    atom(out, record.module(), atoms, style.unicode);
    out.add_char(':');
    atom(out, record.name(), atoms, style.unicode);
    out.add_char('{');
}

/// The shortest text that reads back as the same float.
pub(crate) fn write_float(out: &mut String, value: f64) {
    float::shortest(value, out);
}

/// An identifier of another node: the node shows as the number of its name.
fn external(out: &mut String, term: Term) {
    let Some(id) = term.as_external_id() else {
        return;
    };
    let node = if id.node == atoms::NONODE_NOHOST {
        0
    } else {
        id.node.atom_index()
    };
    let number = |i: usize| id.numbers.get(i).copied().unwrap_or(0) as u64;
    let _ = match term.subtag() {
        Some(Subtag::ExtPid) => write!(Adding(out), "<{node}.{}.{}>", number(0), number(1)),
        Some(Subtag::ExtPort) => {
            write!(Adding(out), "#Port<{node}.{}>", number(0) | number(1) << 32)
        }
        _ => {
            let _ = write!(Adding(out), "#Ref<{node}");
            for word in id.numbers.iter().rev() {
                let _ = write!(Adding(out), ".{word}");
            }
            write!(Adding(out), ">")
        }
    };
}

/// A fun, as `erlang:fun_to_list/1` shows it. That gives the names as UTF-8, byte by byte.
fn fun(out: &mut String, term: Term, atoms: &AtomTable) {
    let mut text = String::new();
    if let Some(closure) = term.as_closure() {
        let entry = closure.entry;
        let module = atoms.name(entry.module);
        let _ = write!(
            Adding(&mut text),
            "#Fun<{module}.{}.{}>",
            entry.index,
            entry.old_uniq
        );
    } else if let Some(export) = term.as_external_fun() {
        text.add_text("fun ");
        write_plain_atom(&mut text, atoms.name(export.module));
        text.add_char(':');
        write_plain_atom(&mut text, atoms.name(export.function));
        let _ = write!(Adding(&mut text), "/{}", export.arity);
    }
    out.add_chars(text.bytes().map(char::from));
}

/// An atom as the runtime system shows it, which knows fewer rules than the library.
fn write_plain_atom(out: &mut String, name: &str) {
    let is_plain = name.chars().enumerate().all(|(i, c)| match c {
        '0'..='9' | '_' => i > 0,
        _ => is_lower(c) || (i > 0 && is_upper(c)),
    });
    if is_plain && !name.is_empty() {
        out.add_text(name);
        return;
    }
    out.add_char('\'');
    for c in name.chars() {
        match c {
            '\'' | '\\' => out.add_chars(['\\', c]),
            '\u{1b}' | '\u{80}'..='\u{9f}' => octal(out, c),
            '\u{7f}' => out.add_char(c),
            '\0'..='\u{1f}' => write_control(out, c),
            _ => out.add_char(c),
        }
    }
    out.add_char('\'');
}

/// Appends an atom of a VM, in quotes when it needs them there.
pub(crate) fn atom(out: &mut String, atom: Term, atoms: &AtomTable, unicode: bool) {
    let name = atoms.name(atom);
    if atoms.is_late_word(name) {
        write_quoted(out, name.chars(), '\'', unicode);
    } else {
        write_atom(out, name, unicode);
    }
}

/// Appends an atom, in quotes when it needs them; without `unicode`, characters past Latin-1 are
/// escaped.
pub fn write_atom(out: &mut String, name: &str, unicode: bool) {
    if is_bare(name) {
        out.add_text(name);
    } else {
        write_quoted(out, name.chars(), '\'', unicode);
    }
}

/// Can an atom do without quotes?
fn is_bare(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_lower)
        && chars.all(|c| is_lower(c) || is_upper(c) || matches!(c, '0'..='9' | '_' | '@'))
        && !is_reserved(name)
}

/// Is this a word of the language of all releases?
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

/// The words of the language, sorted.
const RESERVED: [&str; 27] = [
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case",
    "catch", "cond", "div", "end", "fun", "if", "let", "not", "of", "or", "orelse", "receive",
    "rem", "try", "when", "xor",
];

/// Lower-case letters of Latin-1.
fn is_lower(c: char) -> bool {
    matches!(c, 'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ')
}

/// Upper-case letters of Latin-1.
fn is_upper(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ')
}

/// Appends characters in quotes, with the escapes of the language.
pub(crate) fn write_quoted(
    out: &mut String,
    chars: impl Iterator<Item = char>,
    quote: char,
    unicode: bool,
) {
    out.add_char(quote);
    for c in chars {
        match c {
            _ if c == quote || c == '\\' => out.add_chars(['\\', c]),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => write_control(out, c),
            '\u{100}'.. if !unicode => {
                let _ = write!(Adding(out), "\\x{{{:X}}}", c as u32);
            }
            _ => out.add_char(c),
        }
    }
    out.add_char(quote);
}

fn write_control(out: &mut String, c: char) {
    let letter = match c {
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '\u{7f}' => 'd',
        _ => return octal(out, c),
    };
    out.add_chars(['\\', letter]);
}

fn octal(out: &mut String, c: char) {
    let _ = write!(Adding(out), "\\{:03o}", c as u32);
}

/// Is this shown inside a text? Latin-1 only, as `io:printable_range/0` is `latin1`.
pub fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}' | '\u{8}'..='\r' | '\u{1b}')
}

/// Writes a list as text, if all its elements are printable characters.
fn list_as_text(out: &mut String, list: Term, style: Style) -> bool {
    let char_of = |t: Term| match t.as_small() {
        Some(code @ 0..=255) => Some(code as u8 as char),
        _ => None,
    };
    let mut iter = list.list_iter();
    if !iter.by_ref().all(|t| char_of(t).is_some_and(is_printable)) || !iter.rest().is_nil() {
        return false;
    }
    let chars = list.list_iter().filter_map(char_of);
    write_quoted(out, chars, '"', style.unicode);
    true
}

pub(crate) fn write_bits(out: &mut String, bits: Bits<'_>, style: Style) {
    out.add_text("<<");
    if !(style.strings && bits.len > 0 && bits_as_text(out, bits, style)) {
        bits_as_numbers(out, bits);
    }
    out.add_text(">>");
}

/// The bytes of a bit string as numbers, separated by commas; the last may say its size in bits.
pub(super) fn bits_as_numbers(out: &mut String, bits: Bits<'_>) {
    for i in 0..bits.len / 8 {
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(Adding(out), "{comma}{}", bits.byte(i));
    }
    let (last, count) = bits.tail();
    if count > 0 {
        let comma = if bits.len > 8 { "," } else { "" };
        let _ = write!(Adding(out), "{comma}{}:{count}", last >> (8 - count));
    }
}

/// Writes a binary as text, if it is UTF-8 or Latin-1 and printable.
pub(super) fn bits_as_text(out: &mut String, bits: Bits<'_>, style: Style) -> bool {
    if !bits.is_binary() {
        return false;
    }
    let bytes = bits.bytes();
    let is_utf8 = style.unicode && !bytes.is_ascii();
    if let Some(text) = core::str::from_utf8(&bytes).ok().filter(|_| is_utf8) {
        if !text.chars().all(is_printable) {
            return false;
        }
        write_quoted(out, text.chars(), '"', true);
        out.add_text("/utf8");
        return true;
    }
    let chars = bytes.iter().map(|&b| b as char);
    if !chars.clone().all(is_printable) {
        return false;
    }
    write_quoted(out, chars, '"', style.unicode);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Budget;
    use crate::sync::Arc;

    #[test]
    fn words_of_later_releases_are_quoted() {
        let mut atoms = AtomTable::new(1000, Arc::new(Budget::new(usize::MAX)));
        let word = atoms.intern("maybe").unwrap();
        let text = |atoms: &AtomTable| {
            let mut out = String::new();
            atom(&mut out, word, atoms, false);
            out
        };
        assert_eq!(text(&atoms), "maybe");
        atoms.of_release(27);
        assert_eq!(text(&atoms), "'maybe'");
    }
}
