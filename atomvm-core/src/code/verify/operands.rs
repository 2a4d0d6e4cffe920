//! Checks the operands of one instruction: kinds, ranges, indexes into tables, forms of lists.
//!
//! What is checked here holds for every instruction of a module, whether it can be reached or not.

use super::guards::{erlang_import, is_guard};
use super::signature::{Kind, signature};
use super::structure::Layout;
use super::{ELEMENT_LIMIT, FLOAT_LIMIT, FRAME_LIMIT, HEAP_LIMIT, Reason, X_LIMIT, heap_words};
use crate::beam::opcode::op;
use crate::beam::{Beam, Instr, Operand};

/// The most arguments that a function may have.
const MAX_ARITY: u64 = 255;
/// The most elements that a tuple may have.
const MAX_TUPLE: u64 = ELEMENT_LIMIT as u64;
/// All flags of the bit syntax: aligned, little, signed, exact, native.
const ALL_FLAGS: u64 = 0x1f;

/// The registers that instructions name, to know how many there have to be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Highest {
    /// One more than the highest X register.
    pub x: u16,
    /// One more than the highest floating point register.
    pub float: u16,
}

/// Checks operands of the functions of one module.
pub(super) struct Operands<'b, 'a> {
    pub beam: &'b Beam<'a>,
    pub layout: &'b Layout,
    pub highest: Highest,
}

impl<'a> Operands<'_, 'a> {
    /// Checks `instr`, which belongs to function `function`.
    pub fn check(&mut self, function: u32, instr: &Instr) -> Result<(), Reason> {
        let kinds = signature(instr.op).ok_or(Reason::Obsolete)?;
        let args = self.beam.code.args(instr);
        if args.len() != kinds.len() {
            return Err(Reason::OperandCount);
        }
        for (index, (kind, arg)) in kinds.iter().zip(args).enumerate() {
            self.register(*arg)?;
            self.operand(function, *kind, *arg, args, index)
                .map_err(|fault| fault.at(index))?;
        }
        for arg in args {
            for element in self.beam.code.list(*arg) {
                self.register(*element)?;
            }
        }
        self.list(function, instr.op, args)?;
        self.implied_registers(instr.op, args);
        Ok(())
    }

    /// A register's number is in range, whichever operand it is.
    fn register(&mut self, operand: Operand) -> Result<(), Reason> {
        match operand {
            Operand::X(x) | Operand::TypedX(x, _) if x >= X_LIMIT => {
                return Err(Reason::XRange(u64::from(x)));
            }
            Operand::X(x) | Operand::TypedX(x, _) => self.highest.x = self.highest.x.max(x + 1),
            Operand::Y(y) | Operand::TypedY(y, _) if y >= FRAME_LIMIT => {
                return Err(Reason::YRange(y));
            }
            Operand::FloatReg(fr) if fr >= FLOAT_LIMIT => return Err(Reason::FloatRange(fr)),
            Operand::FloatReg(fr) => self.highest.float = self.highest.float.max(fr + 1),
            _ => {}
        }
        Ok(())
    }

    /// Registers that an instruction uses without naming them.
    fn implied_registers(&mut self, opcode: u8, args: &[Operand]) {
        let count = |index| match args.get(index) {
            Some(Operand::Unsigned(count)) => *count as u16,
            _ => 0,
        };
        let x = match opcode {
            op::CALL..=op::CALL_EXT_LAST | op::CALL_EXT_ONLY => count(0).max(1),
            op::CALL_FUN => count(0) + 1,
            op::CALL_FUN2 => count(1).max(1),
            op::APPLY | op::APPLY_LAST => count(0) + 2,
            op::FUNC_INFO => count(2),
            op::TRY | op::CATCH | op::RAW_RAISE => 3,
            op::MAKE_FUN2 => self.free_variables(args).max(1) as u16,
            op::SEND => 2,
            _ => 1,
        };
        self.highest.x = self.highest.x.max(x);
    }

    fn free_variables(&self, args: &[Operand]) -> u32 {
        match args.first() {
            Some(Operand::Unsigned(fun)) => self
                .beam
                .lambdas
                .get(*fun as usize)
                .map_or(0, |fun| fun.num_free),
            _ => 0,
        }
    }

    fn operand(
        &self,
        function: u32,
        kind: Kind,
        arg: Operand,
        args: &[Operand],
        index: usize,
    ) -> Result<(), Fault> {
        let expect = |fits: bool, what| if fits { Ok(()) } else { Err(Fault::Not(what)) };
        let number = |limit: u64| matches!(arg, Operand::Unsigned(n) if n <= limit);
        match kind {
            Kind::Src => expect(self.is_term(arg), "a register or a constant"),
            Kind::Size => expect(self.is_term(arg) || number(u64::from(u32::MAX)), "a size"),
            Kind::Reg | Kind::Dst => expect(is_register(arg), "a register"),
            Kind::YSrc | Kind::YDst => expect(matches!(arg, Operand::Y(_)), "a frame slot"),
            Kind::Float => expect(
                matches!(arg, Operand::FloatReg(_)),
                "a floating point register",
            ),
            Kind::SrcOrFloat => expect(
                matches!(arg, Operand::FloatReg(_)) || self.is_term(arg),
                "a register or a constant",
            ),
            Kind::DstOrFloat => expect(
                matches!(arg, Operand::FloatReg(_)) || is_register(arg),
                "a register",
            ),
            Kind::Fail | Kind::Label => self.label(function, arg, false),
            Kind::FailOrRaise => self.label(function, arg, true),
            Kind::FailOrAtom => match arg {
                Operand::Atom(atom) => {
                    let name = self.beam.atom(atom);
                    expect(matches!(name, "no_fail" | "resume"), "no_fail or resume")
                }
                arg => self.label(function, arg, false),
            },
            Kind::Entry => self.entry(arg, args),
            Kind::Callee => self.import(arg, arity(args)),
            Kind::Bif => self.guard(arg, (args.len() - index) as u64 - 2),
            Kind::Arity => expect(number(MAX_ARITY), "an arity of at most 255"),
            Kind::Live => expect(number(u64::from(X_LIMIT)), "a number of X registers"),
            Kind::Frame => expect(number(u64::from(FRAME_LIMIT)), "the size of a frame"),
            Kind::Heap => expect(
                heap_words(arg).is_some_and(|words| words <= HEAP_LIMIT),
                "a number of words",
            ),
            Kind::Lambda => expect(
                matches!(arg, Operand::Unsigned(n) if n < self.beam.lambdas.len() as u64),
                "a fun of this module",
            ),
            Kind::Atom => expect(matches!(arg, Operand::Atom(atom) if atom != 0), "an atom"),
            Kind::Count => expect(matches!(arg, Operand::Unsigned(_)), "a number"),
            Kind::Number | Kind::Bits => expect(number(u64::from(u32::MAX)), "a number of 32 bits"),
            Kind::Element => expect(number(MAX_TUPLE), "a number of at most 65535"),
            Kind::Elements => expect(
                number(MAX_TUPLE) && !matches!(arg, Operand::Unsigned(0)),
                "a number from 1 to 65535",
            ),
            Kind::Unit => expect(number(256), "a unit of at most 256"),
            Kind::Flags => expect(number(ALL_FLAGS), "flags of the bit syntax"),
            Kind::StringBytes => expect(
                self.string(arg, args.get(index + 1), 8),
                "a part of the strings",
            ),
            Kind::StringBits => expect(
                self.string(arg, args.get(index + 1), 1),
                "a part of the strings",
            ),
            Kind::StringOffset => expect(number(u64::from(u32::MAX)), "an offset"),
            Kind::Slot => expect(
                number(u64::from(X_LIMIT)) || matches!(arg, Operand::Atom(atom) if atom != 0),
                "a slot",
            ),
            Kind::Record => expect(self.is_record_name(arg, args), "a record's name"),
            Kind::FunTag => expect(
                matches!(arg, Operand::Atom(_))
                    || matches!(arg, Operand::Unsigned(n) if n < self.beam.lambdas.len() as u64),
                "a fun or an atom",
            ),
            Kind::List => expect(matches!(arg, Operand::List { .. }), "a list"),
        }
    }

    /// The name of a native record. What is made by its name alone is defined in this module.
    fn is_record_name(&self, operand: Operand, args: &[Operand]) -> bool {
        let makes = args.len() == 6 && args[2] == Operand::Atom(0);
        match operand {
            Operand::Atom(name) if makes => self.beam.records.iter().any(|r| r.name == name),
            Operand::Atom(name) => name != 0,
            operand => matches!(operand, Operand::Literal(_)) && self.is_term(operand),
        }
    }

    /// Something that can be read as a term.
    fn is_term(&self, operand: Operand) -> bool {
        match operand {
            Operand::Integer(_) => true,
            Operand::BigInteger(index) => self.beam.code.big_integer(index).is_some(),
            Operand::Atom(atom) => (atom as usize) < self.beam.atoms.len(),
            Operand::Literal(index) => (index as usize) < self.beam.literals.len(),
            operand => is_register(operand),
        }
    }

    fn label(&self, function: u32, arg: Operand, zero: bool) -> Result<(), Fault> {
        match arg {
            Operand::Label(0) if zero => Ok(()),
            Operand::Label(label) if label != 0 => match self.layout.function_of(label) {
                None => Err(Fault::Other(Reason::NoLabel(label))),
                Some(found) if found != function => Err(Fault::Other(Reason::ForeignLabel(label))),
                Some(_) => Ok(()),
            },
            _ => Err(Fault::Not("a label")),
        }
    }

    fn entry(&self, arg: Operand, args: &[Operand]) -> Result<(), Fault> {
        let Operand::Label(label) = arg else {
            return Err(Fault::Not("a label"));
        };
        let arity = arity(args) as u32;
        match self.layout.entry(label) {
            Some(function) if function.arity == arity => Ok(()),
            _ => Err(Fault::Other(Reason::NotAnEntry { label, arity })),
        }
    }

    fn import(&self, arg: Operand, arity: u64) -> Result<(), Fault> {
        let Operand::Unsigned(index) = arg else {
            return Err(Fault::Not("an import"));
        };
        let import = usize::try_from(index)
            .ok()
            .and_then(|index| self.beam.imports.get(index))
            .ok_or(Fault::Not("an import"))?;
        if u64::from(import.arity) == arity {
            return Ok(());
        }
        Err(Fault::Other(Reason::ImportArity {
            import: index as u32,
            arity: import.arity,
        }))
    }

    fn guard(&self, arg: Operand, arity: u64) -> Result<(), Fault> {
        self.import(arg, arity)?;
        match arg {
            Operand::Unsigned(index) => {
                let index = index as u32;
                match erlang_import(self.beam, index) {
                    Some((name, arity)) if is_guard(name, arity) => Ok(()),
                    _ => Err(Fault::Other(Reason::NotAGuard(index))),
                }
            }
            _ => Err(Fault::Not("an import")),
        }
    }

    /// Whether `amount`, in units of `bits`, from `offset`, which is in bytes, lies in the strings.
    fn string(&self, amount: Operand, offset: Option<&Operand>, bits: u64) -> bool {
        let (Operand::Unsigned(amount), Some(Operand::Unsigned(offset))) = (amount, offset) else {
            return false;
        };
        let end = amount
            .checked_mul(bits)
            .and_then(|amount| offset.checked_add(amount.div_ceil(8)));
        end.is_some_and(|end| end <= self.beam.strings.len() as u64)
    }

    fn list(&self, function: u32, opcode: u8, args: &[Operand]) -> Result<(), Reason> {
        let Some(list) = args
            .iter()
            .find(|arg| matches!(arg, Operand::List { .. }))
            .map(|list| self.beam.code.list(*list))
        else {
            return Ok(());
        };
        if list.len() as u64 > MAX_TUPLE * elements_of_one(opcode) {
            return Err(Reason::ListLength);
        }
        let term = |element: &Operand| match self.is_term(*element) {
            true => Ok(()),
            false => Err("a register or a constant"),
        };
        let register = |element: &Operand| match is_register(*element) {
            true => Ok(()),
            false => Err("a register"),
        };
        let field = |element: &Operand| match element {
            Operand::Atom(1..) => term(element),
            _ => Err("the name of a field"),
        };
        match opcode {
            op::SELECT_VAL => self.choices(function, list, |element| match element {
                Operand::Atom(_) | Operand::Literal(_) => term(element),
                Operand::Integer(_) | Operand::BigInteger(_) => term(element),
                _ => Err("a constant"),
            }),
            op::SELECT_TUPLE_ARITY => self.choices(function, list, |element| match element {
                Operand::Unsigned(arity) if *arity <= MAX_TUPLE => Ok(()),
                _ => Err("the arity of a tuple"),
            }),
            op::INIT_YREGS => each(list, |_, element| match element {
                Operand::Y(_) => Ok(()),
                _ => Err("a frame slot"),
            }),
            op::MAKE_FUN3 => {
                each(list, |_, element| term(element))?;
                match args.first() {
                    Some(Operand::Unsigned(fun))
                        if self.free_variables(args) as usize != list.len() =>
                    {
                        Err(Reason::FreeVariables(*fun as u32))
                    }
                    _ => Ok(()),
                }
            }
            op::PUT_TUPLE2 => each(list, |_, element| term(element)),
            op::HAS_MAP_FIELDS if list.is_empty() => Err(Reason::ListLength),
            op::HAS_MAP_FIELDS => each(list, |_, element| term(element)),
            op::GET_MAP_ELEMENTS | op::GET_RECORD_ELEMENTS if list.is_empty() => {
                Err(Reason::ListLength)
            }
            op::GET_RECORD_ELEMENTS => pairs(list, |second, element| match second {
                false => field(element),
                true => register(element),
            }),
            op::PUT_RECORD => pairs(list, |second, element| match second {
                false => field(element),
                true => term(element),
            }),
            op::GET_MAP_ELEMENTS => pairs(list, |second, element| match second {
                false => term(element),
                true => register(element),
            }),
            op::PUT_MAP_ASSOC | op::PUT_MAP_EXACT => pairs(list, |_, element| term(element)),
            op::UPDATE_RECORD => self.updates(args, list),
            op::BS_CREATE_BIN => self.segments(list),
            op::BS_MATCH => self.commands(list),
            _ => Ok(()),
        }
    }

    /// Pairs of a value and a label.
    fn choices(
        &self,
        function: u32,
        list: &[Operand],
        value: impl Fn(&Operand) -> Result<(), &'static str>,
    ) -> Result<(), Reason> {
        pairs(list, |second, element| match second {
            false => value(element),
            true => Ok(()),
        })?;
        for (index, label) in list.iter().enumerate().skip(1).step_by(2) {
            self.label(function, *label, false)
                .map_err(|fault| fault.in_list(index))?;
        }
        Ok(())
    }

    /// Pairs of an element's number and its value, for a tuple of the second operand's arity.
    fn updates(&self, args: &[Operand], list: &[Operand]) -> Result<(), Reason> {
        let size = match args.get(1) {
            Some(Operand::Unsigned(size)) if *size <= MAX_TUPLE => *size,
            _ => {
                return Err(Reason::Operand {
                    index: 2,
                    expected: "the arity of a tuple",
                });
            }
        };
        if list.is_empty() {
            return Err(Reason::ListLength);
        }
        pairs(list, |second, element| match (second, *element) {
            (false, Operand::Unsigned(at)) if at >= 1 && at <= size => Ok(()),
            (false, Operand::Integer(at)) if at >= 1 && at as u64 <= size => Ok(()),
            (false, _) => Err("the number of an element"),
            (true, element) if self.is_term(element) => Ok(()),
            (true, _) => Err("a register or a constant"),
        })
    }

    /// Segments of `bs_create_bin`: type, number, unit, flags, source, size.
    fn segments(&self, list: &[Operand]) -> Result<(), Reason> {
        let groups = list.chunks_exact(6);
        if !groups.remainder().is_empty() {
            return Err(Reason::ListLength);
        }
        for (group, segment) in groups.enumerate() {
            let [kind, number, unit, flags, source, size] = segment else {
                return Err(Reason::ListLength);
            };
            let check = |index: usize, fits: bool, expected| match fits {
                true => Ok(()),
                false => Err(Reason::Element {
                    index: (group * 6 + index + 1) as u32,
                    expected,
                }),
            };
            let kind = self.atom_name(*kind);
            check(0, is_segment(kind), "a type of segment")?;
            check(1, matches!(number, Operand::Unsigned(_)), "a number")?;
            check(
                2,
                matches!(unit, Operand::Unsigned(unit) if *unit <= 256),
                "a unit of at most 256",
            )?;
            check(3, self.is_flags(*flags), "flags of the bit syntax")?;
            if kind == "string" {
                let bytes = match *size {
                    Operand::Integer(size) => Operand::Unsigned(size as u64),
                    size => size,
                };
                let fits = self.string(bytes, Some(source), 8);
                check(4, fits, "a part of the strings")?;
            } else {
                check(4, self.is_term(*source), "a register or a constant")?;
                check(5, self.is_term(*size), "a size")?;
            }
        }
        Ok(())
    }

    /// The commands of `bs_match`: each an atom and its own operands.
    fn commands(&self, list: &[Operand]) -> Result<(), Reason> {
        let mut at = 0;
        while let Some(command) = list.get(at) {
            let kinds = match command_kinds(self.atom_name(*command)) {
                Some(kinds) => kinds,
                None => {
                    return Err(Reason::Element {
                        index: at as u32 + 1,
                        expected: "a command of bs_match",
                    });
                }
            };
            let args = list.get(at + 1..).and_then(|rest| rest.get(..kinds.len()));
            let args = args.ok_or(Reason::ListLength)?;
            for (index, (kind, arg)) in kinds.iter().zip(args).enumerate() {
                self.command_operand(*kind, *arg)
                    .map_err(|expected| Reason::Element {
                        index: (at + index) as u32 + 2,
                        expected,
                    })?;
            }
            at += 1 + kinds.len();
        }
        Ok(())
    }

    fn command_operand(&self, kind: Kind, arg: Operand) -> Result<(), &'static str> {
        let fits = match kind {
            Kind::Dst => is_register(arg),
            Kind::Flags => self.is_flags(arg),
            Kind::Size => match arg {
                Operand::Unsigned(value) => i64::try_from(value).is_ok(),
                arg => self.is_term(arg),
            },
            Kind::Unit => matches!(arg, Operand::Unsigned(unit) if unit <= 256),
            Kind::Live => matches!(arg, Operand::Unsigned(live) if live <= u64::from(X_LIMIT)),
            Kind::Number => matches!(arg, Operand::Unsigned(n) if n <= u64::from(u32::MAX)),
            // Since OTP 29 they may be more than 64 bits hold; nothing has so many.
            Kind::Bits => matches!(arg, Operand::Unsigned(_) | Operand::BigInteger(_)),
            _ => true,
        };
        if fits {
            Ok(())
        } else {
            Err("what the command needs")
        }
    }

    /// Flags as newer instructions have them: an empty list, or a literal list of atoms.
    fn is_flags(&self, operand: Operand) -> bool {
        match operand {
            Operand::Atom(0) => true,
            Operand::Unsigned(flags) => flags <= ALL_FLAGS,
            Operand::Literal(index) => (index as usize) < self.beam.literals.len(),
            _ => false,
        }
    }

    fn atom_name(&self, operand: Operand) -> &'a str {
        match operand {
            Operand::Atom(atom) => self.beam.atom(atom),
            _ => "",
        }
    }
}

/// The operands of a command of `bs_match`.
///
/// For `=:=` the first is where the others have the number of live registers, and it is unused.
pub(super) fn command_kinds(name: &str) -> Option<&'static [Kind]> {
    use Kind::*;
    Some(match name {
        "ensure_at_least" => &[Bits, Unit],
        "ensure_exactly" => &[Bits],
        "integer" | "binary" => &[Live, Flags, Bits, Unit, Dst],
        "skip" => &[Bits],
        "get_tail" => &[Live, Unit, Dst],
        "=:=" => &[List, Number, Size],
        _ => return None,
    })
}

fn is_segment(name: &str) -> bool {
    matches!(
        name,
        "integer"
            | "float"
            | "binary"
            | "string"
            | "append"
            | "private_append"
            | "utf8"
            | "utf16"
            | "utf32"
    )
}

/// What is wrong with an operand; where is added by the caller.
enum Fault {
    Not(&'static str),
    Other(Reason),
}

impl Fault {
    fn at(self, index: usize) -> Reason {
        match self {
            Fault::Not(expected) => Reason::Operand {
                index: index as u8 + 1,
                expected,
            },
            Fault::Other(reason) => reason,
        }
    }

    fn in_list(self, index: usize) -> Reason {
        match self {
            Fault::Not(expected) => Reason::Element {
                index: index as u32 + 1,
                expected,
            },
            Fault::Other(reason) => reason,
        }
    }
}

fn is_register(operand: Operand) -> bool {
    matches!(
        operand,
        Operand::X(_) | Operand::Y(_) | Operand::TypedX(..) | Operand::TypedY(..)
    )
}

/// How many elements of an instruction's list belong together.
fn elements_of_one(opcode: u8) -> u64 {
    match opcode {
        op::SELECT_VAL
        | op::SELECT_TUPLE_ARITY
        | op::GET_MAP_ELEMENTS
        | op::GET_RECORD_ELEMENTS
        | op::PUT_MAP_ASSOC
        | op::PUT_MAP_EXACT
        | op::PUT_RECORD
        | op::UPDATE_RECORD => 2,
        op::BS_CREATE_BIN => 6,
        _ => 1,
    }
}

/// The first operand, where that is an arity.
fn arity(args: &[Operand]) -> u64 {
    match args.first() {
        Some(Operand::Unsigned(arity)) => *arity,
        _ => u64::MAX,
    }
}

fn each(
    list: &[Operand],
    check: impl Fn(usize, &Operand) -> Result<(), &'static str>,
) -> Result<(), Reason> {
    for (index, element) in list.iter().enumerate() {
        check(index, element).map_err(|expected| Reason::Element {
            index: index as u32 + 1,
            expected,
        })?;
    }
    Ok(())
}

/// As [`each`], for a list of pairs: `check` is told whether an element is the second of its pair.
fn pairs(
    list: &[Operand],
    check: impl Fn(bool, &Operand) -> Result<(), &'static str>,
) -> Result<(), Reason> {
    if !list.len().is_multiple_of(2) {
        return Err(Reason::ListLength);
    }
    each(list, |index, element| check(index % 2 == 1, element))
}
