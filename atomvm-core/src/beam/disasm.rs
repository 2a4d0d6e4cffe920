//! Prints a module's generic code, much as `erlc -S` does.

use crate::memory::fallible::{Grow, print};
use alloc::vec::Vec;
use core::fmt::{self, Display};

use super::code::{Instr, Operand};
use super::external::{Token, Tokens};
use super::opcode::{self, op};
use super::{Beam, Lines};

/// A module's code as text, by way of [`Display`](fmt::Display): one line for each instruction,
/// with atoms, imports, literals and source lines in place of their indexes.
///
/// Where `erlc -S` prints what it knew before it wrote the file, this prints what the file says:
/// `bif1` rather than `bif`, and the index of a type rather than the type.
#[derive(Debug, Clone, Copy)]
pub struct Disassembly<'b, 'a>(pub &'b Beam<'a>);

impl fmt::Display for Disassembly<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beam = self.0;
        writeln!(
            f,
            "{{module, {}}}.  %% version = 0",
            Atom(beam.module_name())
        )?;
        f.write_str("\n{exports, [")?;
        for (index, export) in beam.exports.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let name = Atom(beam.atom(export.function));
            write!(f, "{comma}{{{name},{}}}", export.arity)?;
        }
        writeln!(f, "]}}.\n\n{{labels, {}}}.", beam.code.label_count)?;
        let mut at = 0;
        while let Some(instr) = beam.code.instrs.get(at) {
            if let Some(header) = self.function(at) {
                header.fmt(f)?;
            }
            let indent = if instr.op == op::LABEL { 2 } else { 4 };
            writeln!(f, "{:indent$}{}.", "", Instruction(beam, instr))?;
            at += 1;
        }
        Ok(())
    }
}

impl Disassembly<'_, '_> {
    /// The header of the function whose first label is instruction `at`: a function begins with
    /// a label, perhaps a line, and `func_info`.
    fn function(&self, at: usize) -> Option<FunctionHeader<'_>> {
        let code = &self.0.code;
        if code.instrs.get(at)?.op != op::LABEL {
            return None;
        }
        let rest = code.instrs.get(at + 1..)?;
        let skip = rest.iter().take_while(|i| i.op == op::LINE).count();
        let info = rest.get(skip).filter(|i| i.op == op::FUNC_INFO)?;
        let entry = rest.get(skip + 1).filter(|i| i.op == op::LABEL);
        let entry = entry.and_then(|entry| code.args(entry).first());
        match (code.args(info), entry) {
            (
                [_, Operand::Atom(name), Operand::Unsigned(arity)],
                Some(Operand::Unsigned(entry)),
            ) => Some(FunctionHeader {
                name: self.0.atom(*name),
                arity: *arity,
                entry: *entry,
            }),
            _ => None,
        }
    }
}

struct FunctionHeader<'a> {
    name: &'a str,
    arity: u64,
    entry: u64,
}

impl fmt::Display for FunctionHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, arity, entry) = (Atom(self.name), self.arity, self.entry);
        writeln!(f, "\n\n{{function, {name}, {arity}, {entry}}}.")
    }
}

struct Instruction<'b, 'a>(&'b Beam<'a>, &'b Instr);

impl fmt::Display for Instruction<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Instruction(beam, instr) = *self;
        let args = beam.code.args(instr);
        let name = Atom(opcode::name(instr.op));
        if args.is_empty() {
            return name.fmt(f);
        }
        write!(f, "{{{name}")?;
        for (index, arg) in args.iter().enumerate() {
            f.write_str(",")?;
            match (reference(instr.op, index), *arg) {
                (Reference::Import, Operand::Unsigned(n)) => import(beam, n, f)?,
                (Reference::Lambda, Operand::Unsigned(n)) => lambda(beam, n, f)?,
                (Reference::Line, Operand::Unsigned(n)) => line(beam, n, f)?,
                (_, arg) => operand(beam, arg, f)?,
            }
        }
        f.write_str("}")
    }
}

/// The table that a plain number of an instruction indexes.
enum Reference {
    Import,
    Lambda,
    Line,
    None,
}

fn reference(opcode: u8, argument: usize) -> Reference {
    match (opcode, argument) {
        (op::CALL_EXT | op::CALL_EXT_LAST | op::CALL_EXT_ONLY, 1)
        | (op::BIF0, 0)
        | (op::BIF1 | op::BIF2 | op::BIF3, 1)
        | (op::GC_BIF1 | op::GC_BIF2 | op::GC_BIF3, 2) => Reference::Import,
        (op::MAKE_FUN2 | op::MAKE_FUN3, 0) => Reference::Lambda,
        (op::LINE | op::EXECUTABLE_LINE, 0) | (op::DEBUG_LINE, 1) => Reference::Line,
        _ => Reference::None,
    }
}

fn get<T>(table: &[T], index: u64) -> Option<&T> {
    table.get(usize::try_from(index).ok()?)
}

fn import(beam: &Beam<'_>, index: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match get(&beam.imports, index) {
        Some(import) => {
            let (module, name) = (beam.atom(import.module), beam.atom(import.function));
            write!(
                f,
                "{{extfunc,{},{},{}}}",
                Atom(module),
                Atom(name),
                import.arity
            )
        }
        None => write!(f, "{{extfunc,{{index,{index}}}}}"),
    }
}

fn lambda(beam: &Beam<'_>, index: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match get(&beam.lambdas, index) {
        Some(l) => write!(f, "{{f,{}}},{},{}", l.label, l.index, l.old_uniq),
        None => write!(f, "{{lambda,{{index,{index}}}}}"),
    }
}

fn line(beam: &Beam<'_>, index: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let place = |lines: &Lines<'_>| get(&lines.lines, index).copied();
    let Some(line) = beam.lines.as_ref().and_then(place).filter(|l| l.line != 0) else {
        return f.write_str("[]");
    };
    let file = beam
        .lines
        .as_ref()
        .and_then(|l| l.files.get(line.file as usize));
    match file {
        Some(file) if line.file != 0 => write!(f, "[{{location,{file:?},{}}}]", line.line),
        _ => write!(
            f,
            "[{{location,\"{}.erl\",{}}}]",
            beam.module_name(),
            line.line
        ),
    }
}

fn operand(beam: &Beam<'_>, operand: Operand, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match operand {
        Operand::List { .. } => {
            f.write_str("{list,[")?;
            for (index, element) in beam.code.list(operand).iter().enumerate() {
                if index > 0 {
                    f.write_str(",")?;
                }
                simple(beam, *element, f)?;
            }
            f.write_str("]}")
        }
        operand => simple(beam, operand, f),
    }
}

/// An operand that is not a list; lists do not hold lists.
fn simple(beam: &Beam<'_>, operand: Operand, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match operand {
        Operand::Unsigned(n) => write!(f, "{n}"),
        Operand::Integer(n) => write!(f, "{{integer,{n}}}"),
        Operand::BigInteger(index) => match beam.code.big_integer(index) {
            Some(big) => {
                f.write_str("{integer,")?;
                hexadecimal(big.negative, big.magnitude.iter(), f)?;
                f.write_str("}")
            }
            None => write!(f, "{{integer,{{index,{index}}}}}"),
        },
        Operand::Atom(0) => f.write_str("nil"),
        Operand::Atom(index) => write!(f, "{{atom,{}}}", Atom(beam.atom(index))),
        Operand::X(n) => write!(f, "{{x,{n}}}"),
        Operand::Y(n) => write!(f, "{{y,{n}}}"),
        Operand::TypedX(n, index) => write!(f, "{{tr,{{x,{n}}},{{type,{index}}}}}"),
        Operand::TypedY(n, index) => write!(f, "{{tr,{{y,{n}}},{{type,{index}}}}}"),
        Operand::Label(n) => write!(f, "{{f,{n}}}"),
        Operand::Char(n) => write!(f, "{{char,{n}}}"),
        Operand::FloatReg(n) => write!(f, "{{fr,{n}}}"),
        Operand::Literal(index) => literal(beam, index, f),
        Operand::AllocList {
            words,
            floats,
            funs,
        } => write!(
            f,
            "{{alloc,[{{words,{words}}},{{floats,{floats}}},{{funs,{funs}}}]}}"
        ),
        Operand::List { .. } => f.write_str("{list,...}"),
    }
}

/// Literals of more bytes than this are printed as their index: each use would print all of it.
const LONGEST_LITERAL: usize = 4096;

fn literal(beam: &Beam<'_>, index: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let term = beam.literals.get(index as usize).unwrap_or(&[]);
    let mut check = Tokens::new(term);
    check.by_ref().for_each(drop);
    if check.failed() || term.len() > LONGEST_LITERAL {
        return write!(f, "{{literal,{{index,{index}}}}}");
    }
    write!(f, "{{literal,{}}}", Term(term))
}

/// An external term as Erlang text. The caller has seen that all of it can be walked.
struct Term<'a>(&'a [u8]);

impl fmt::Display for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // For each open compound term: what it is, and how many parts are still to come.
        let mut open: Vec<(Token<'_>, u64)> = Vec::new();
        for token in Tokens::new(self.0) {
            let proper_tail =
                matches!(open.last(), Some((Token::List(_), 1))) && token == Token::Nil;
            if !proper_tail {
                if let Some((outer, left)) = open.last() {
                    f.write_str(separator(outer, *left))?;
                }
                start(&token, f)?;
            }
            if token.parts() > 0 {
                open.try_push((token, token.parts()))
                    .map_err(|_| fmt::Error)?;
                continue;
            }
            // A part is complete, and with it perhaps the terms that it completes.
            while let Some((outer, left)) = open.last_mut() {
                *left -= 1;
                if *left > 0 {
                    break;
                }
                f.write_str(end(outer))?;
                open.pop();
            }
        }
        Ok(())
    }
}

/// What stands before a part of `outer` of which `left` parts, this one too, are still to come.
fn separator(outer: &Token<'_>, left: u64) -> &'static str {
    match outer {
        Token::ExternalFun if left == 2 => ":",
        Token::ExternalFun if left == 1 => "/",
        Token::List(_) if left == 1 => "|",
        Token::Map(_) if left % 2 == 1 => "=>",
        _ if left == outer.parts() => "",
        Token::List(_) | Token::Tuple(_) | Token::Map(_) => ",",
        _ => "",
    }
}

fn start(token: &Token<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match token {
        Token::Atom(name) => Atom(name).fmt(f),
        Token::Integer(n) => write!(f, "{n}"),
        Token::BigInteger {
            negative,
            magnitude,
        } => hexadecimal(*negative, magnitude.iter().rev(), f),
        Token::Float(x) => float(*x, f),
        Token::Bytes(bytes) if is_text(bytes) => write!(f, "\"{}\"", bytes.escape_ascii()),
        Token::Bytes(bytes) => write!(f, "{bytes:?}"),
        Token::Bits(bytes, bits) => bit_string(bytes, *bits, f),
        Token::Nil => f.write_str("[]"),
        Token::List(_) => f.write_str("["),
        Token::Tuple(0) => f.write_str("{}"),
        Token::Tuple(_) => f.write_str("{"),
        Token::Map(0) => f.write_str("#{}"),
        Token::Map(_) => f.write_str("#{"),
        Token::ExternalFun => f.write_str("fun "),
    }
}

fn end(token: &Token<'_>) -> &'static str {
    match token {
        Token::List(_) => "]",
        Token::Tuple(_) | Token::Map(_) => "}",
        _ => "",
    }
}

fn is_text(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t'))
}

/// A float as Erlang text, where a point stands before every exponent.
fn float(x: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = print!("{x:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => {
            write!(f, "{digits}.0e{exponent}")
        }
        _ => f.write_str(&text),
    }
}

fn bit_string(bytes: &[u8], bits: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if bits == 8
        && bytes
            .iter()
            .all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t'))
    {
        return write!(f, "<<\"{}\">>", bytes.escape_ascii());
    }
    f.write_str("<<")?;
    for (index, byte) in bytes.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        match bits {
            1..8 if index + 1 == bytes.len() => write!(f, "{comma}{}:{bits}", byte >> (8 - bits))?,
            _ => write!(f, "{comma}{byte}")?,
        }
    }
    f.write_str(">>")
}

/// A large integer in base 16, as Erlang writes it; `bytes` begin with the most significant.
fn hexadecimal<'a>(
    negative: bool,
    bytes: impl Iterator<Item = &'a u8>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.write_str(if negative { "-16#" } else { "16#" })?;
    let mut empty = true;
    for byte in bytes.skip_while(|byte| **byte == 0) {
        match empty {
            true => write!(f, "{byte:X}")?,
            false => write!(f, "{byte:02X}")?,
        }
        empty = false;
    }
    f.write_str(if empty { "0" } else { "" })
}

/// An atom as Erlang text: quoted where it must be.
struct Atom<'a>(&'a str);

impl fmt::Display for Atom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const RESERVED: [&str; 28] = [
            "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor",
            "case", "catch", "cond", "div", "else", "end", "fun", "if", "let", "maybe", "not",
            "of", "or", "orelse", "receive", "rem", "try", "when",
        ];
        let mut characters = self.0.chars();
        let plain = characters.next().is_some_and(|c| c.is_ascii_lowercase())
            && characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '@')
            && !RESERVED.contains(&self.0)
            && self.0 != "xor";
        if plain {
            return f.write_str(self.0);
        }
        f.write_str("'")?;
        for c in self.0.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                c if c.is_control() => write!(f, "\\x{{{:x}}}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn terms_as_text() {
        let text = |term: &[u8]| Term(term).to_string();
        assert_eq!(text(b"\x83j"), "[]");
        assert_eq!(text(b"\x83l\0\0\0\x02a\x01h\0w\x01b"), "[1,{}|b]");
        assert_eq!(text(b"\x83l\0\0\0\x02a\x01jj"), "[1,[]]");
        assert_eq!(text(b"\x83l\0\0\0\x01l\0\0\0\x01a\x05jj"), "[[5]]");
        let map = b"\x83t\0\0\0\x02w\x01aa\x01w\x01Bm\0\0\0\x01x";
        assert_eq!(text(map), "#{a=>1,'B'=><<\"x\">>}");
        assert_eq!(text(b"\x83qw\x02iow\x04putsa\x01"), "fun io:puts/1");
        assert_eq!(text(b"\x83M\0\0\0\x02\x03\xff\xa0"), "<<255,5:3>>");
        assert_eq!(text(b"\x83k\0\x02\x03\x04"), "[3, 4]");
        let huge = [b"\x83F".as_slice(), &1e100f64.to_be_bytes()].concat();
        assert_eq!(text(&huge), "1.0e100");
        assert_eq!(text(b"\x83n\x02\x01\x34\x12"), "-16#1234");
    }

    #[test]
    fn atoms_are_quoted_where_they_must_be() {
        let text = |name| Atom(name).to_string();
        assert_eq!(text("a_B@1"), "a_B@1");
        assert_eq!(text("Elixir.Enum"), "'Elixir.Enum'");
        assert_eq!(text("catch"), "'catch'");
        assert_eq!(text("it's"), "'it\\'s'");
        assert_eq!(text(""), "''");
    }
}
