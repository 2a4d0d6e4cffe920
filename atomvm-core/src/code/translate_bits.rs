//! The rules of the translator for bit strings.

use super::bits_form::{command, segment};
use super::emit::{Arg, Emitter};
use super::isa::Base;
use super::target::Purpose;
use super::translate::{label, n, need, unsigned, value};
use crate::beam::opcode::op;
use crate::beam::{Beam, Operand};
use crate::memory::fallible::Grow;
use alloc::vec::Vec;

use Arg::N;

/// Flags of a field, as the instructions have them.
const LITTLE: u32 = 2;
const SIGNED: u32 = 4;
const NATIVE: u32 = 16;

/// Fields of so many bits have an instruction that knows their size.
const FIXED_BITS: u64 = 1 << 15;

/// Translates an instruction; `false` when it is none about bit strings.
///
/// They collect by themselves in the stress mode: what they read need not be live after them.
pub(super) fn instruction(
    beam: &Beam<'_>,
    out: &mut Emitter,
    opcode: u8,
    args: &[Operand],
    purpose: Purpose,
) -> bool {
    let rules = Rules { beam, out, purpose };
    if opcode >= op::BS_CREATE_BIN || is_matching(opcode) {
        rules.matching(opcode, args)
    } else {
        rules.building(opcode, args)
    }
}

fn is_matching(opcode: u8) -> bool {
    matches!(
        opcode,
        op::BS_START_MATCH2..=op::BS_RESTORE2
            | op::BS_CONTEXT_TO_BINARY..=op::BS_MATCH_STRING
            | op::BS_GET_UTF8..=op::BS_SKIP_UTF32
            | op::BS_GET_TAIL..=op::BS_SET_POSITION
            | op::BS_START_MATCH4
    )
}

struct Rules<'o, 'b, 'a> {
    beam: &'b Beam<'a>,
    out: &'o mut Emitter,
    purpose: Purpose,
}

impl Rules<'_, '_, '_> {
    fn matching(mut self, opcode: u8, args: &[Operand]) -> bool {
        let fail = args.first().map_or(Arg::Label(0), |&fail| label(fail));
        let value = |i: usize| value(args[i]);
        let unit = |i: usize| unit(args[i]);
        let live = |i: usize| n(args[i]);
        match opcode {
            op::BS_START_MATCH2 => self.emit(
                Base::BsStartMatch,
                &[fail, value(1), live(2), N(slots(args[3]) + 1), value(4)],
            ),
            op::BS_START_MATCH3 => self.emit(
                Base::BsStartMatch,
                &[fail, value(1), live(2), N(0), value(3)],
            ),
            op::BS_START_MATCH4 => self.emit(
                Base::BsStartMatch,
                &[fail, value(2), live(1), N(0), value(3)],
            ),
            op::BS_GET_INTEGER2 => self.get_integer(args),
            op::BS_GET_FLOAT2 => self.get(Base::BsGetFloat, args),
            op::BS_GET_BINARY2 => match args[3] {
                Operand::Atom(_) => self.emit(
                    Base::BsGetRest,
                    &[fail, value(1), live(2), unit(4), value(6)],
                ),
                _ => self.get(Base::BsGetBinary, args),
            },
            op::BS_SKIP_BITS2 => match (args[2], constant_bits(args[2], args[3])) {
                // The rest is passed over without a look: nothing comes after it.
                (Operand::Atom(_), _) => self.emit(Base::BsTestUnit, &[fail, value(1), unit(3)]),
                (_, Some(bits @ ..=0xffff_ffff)) => {
                    self.emit(Base::BsSkip, &[fail, value(1), N(bits as usize)]);
                }
                _ => self.emit(Base::BsSkipBits, &[fail, value(1), value(2), n(args[3])]),
            },
            op::BS_TEST_TAIL2 => match args[2] {
                Operand::Unsigned(..=0xffff_ffff) => {
                    self.emit(Base::BsTestTail, &[fail, value(1), n(args[2])]);
                }
                // So much is never left.
                _ => self.emit(Base::Jump, &[fail]),
            },
            op::BS_TEST_UNIT => self.emit(Base::BsTestUnit, &[fail, value(1), unit(2)]),
            op::BS_MATCH_STRING => self.emit(
                Base::BsMatchString,
                &[fail, value(1), n(args[2]), n(args[3])],
            ),
            op::BS_GET_UTF8 => self.emit(Base::BsGetUtf8, &[fail, value(1), value(4)]),
            op::BS_GET_UTF16 | op::BS_GET_UTF32 => self.emit(
                Base::BsGetUtf,
                &[fail, value(1), utf(opcode, args[3]), value(4)],
            ),
            op::BS_SKIP_UTF8 | op::BS_SKIP_UTF16 | op::BS_SKIP_UTF32 => {
                self.emit(Base::BsSkipUtf, &[fail, value(1), utf(opcode, args[3])])
            }
            op::BS_GET_TAIL => self.emit(Base::BsGetTail, &[value(0), value(1), live(2)]),
            op::BS_GET_POSITION => self.emit(Base::BsGetPosition, &[value(0), value(1), live(2)]),
            op::BS_SET_POSITION => self.emit(Base::BsSetPosition, &[value(0), value(1)]),
            op::BS_SAVE2 => self.emit(Base::BsSave, &[value(0), N(slot(args[1]))]),
            op::BS_RESTORE2 => self.emit(Base::BsRestore, &[value(0), N(slot(args[1]))]),
            op::BS_CONTEXT_TO_BINARY => self.emit(Base::BsContextToBinary, &[value(0)]),
            op::BS_MATCH => return self.commands(args),
            op::BS_CREATE_BIN => return self.segments(args),
            _ => return false,
        }
        true
    }

    fn building(mut self, opcode: u8, args: &[Operand]) -> bool {
        let fail = args.first().map_or(Arg::Label(0), |&fail| label(fail));
        let value = |i: usize| value(args[i]);
        match opcode {
            op::BS_INIT2 | op::BS_INIT_BITS => {
                let unit = if opcode == op::BS_INIT2 { 8 } else { 1 };
                self.emit(
                    Base::BsInit,
                    &[
                        fail,
                        value(1),
                        N(unit),
                        N(need(args[2], self.purpose)),
                        n(args[3]),
                        value(5),
                    ],
                );
            }
            op::BS_APPEND => self.emit(
                Base::BsAppend,
                &[
                    fail,
                    value(1),
                    N(need(args[2], self.purpose)),
                    n(args[3]),
                    value(5),
                    unit(args[4]),
                    value(7),
                ],
            ),
            op::BS_PRIVATE_APPEND => self.emit(
                Base::BsPrivateAppend,
                &[fail, value(1), value(3), unit(args[2]), value(5)],
            ),
            op::BS_INIT_WRITABLE => self.emit(Base::BsInitWritable, &[]),
            op::BS_PUT_INTEGER => self.put(Base::BsPutInteger, args),
            op::BS_PUT_FLOAT => self.put(Base::BsPutFloat, args),
            op::BS_PUT_BINARY => self.put(Base::BsPutBinary, args),
            op::BS_PUT_STRING => self.emit(Base::BsPutString, &[n(args[0]), n(args[1])]),
            op::BS_PUT_UTF8 | op::BS_PUT_UTF16 | op::BS_PUT_UTF32 => {
                self.emit(Base::BsPutUtf, &[fail, utf(opcode, args[1]), value(2)]);
            }
            op::BS_UTF8_SIZE => self.emit(Base::BsUtf8Size, &[value(1), value(2)]),
            op::BS_UTF16_SIZE => self.emit(Base::BsUtf16Size, &[value(1), value(2)]),
            op::BS_ADD => self.emit(
                Base::BsAdd,
                &[fail, value(1), value(2), n(args[3]), value(4)],
            ),
            _ => return false,
        }
        true
    }

    fn emit(&mut self, base: Base, args: &[Arg]) {
        self.out.emit(base, args);
    }

    /// Label, context, live registers, size, unit, flags, target.
    fn get(&mut self, base: Base, args: &[Operand]) {
        self.emit(
            base,
            &[
                label(args[0]),
                value(args[1]),
                n(args[2]),
                value(args[3]),
                n(args[4]),
                n(args[5]),
                value(args[6]),
            ],
        );
    }

    fn get_integer(&mut self, args: &[Operand]) {
        match constant_bits(args[3], args[4]) {
            Some(bits @ 0..FIXED_BITS) => self.emit(
                Base::BsGetFixed,
                &[
                    label(args[0]),
                    value(args[1]),
                    n(args[2]),
                    N(bits as usize),
                    n(args[5]),
                    value(args[6]),
                ],
            ),
            _ => self.get(Base::BsGetInteger, args),
        }
    }

    /// Label, size, unit, flags, value.
    fn put(&mut self, base: Base, args: &[Operand]) {
        self.emit(
            base,
            &[
                label(args[0]),
                value(args[1]),
                n(args[2]),
                n(args[3]),
                value(args[4]),
            ],
        );
    }

    /// The commands of `bs_match`.
    fn commands(&mut self, args: &[Operand]) -> bool {
        let list = self.beam.code.list(args[2]);
        let mut tail: Vec<Arg> = Vec::new();
        let mut at = 0;
        while let Some(&Operand::Atom(name)) = list.get(at) {
            let name = self.beam.atom(name);
            let Some((command, taken)) = self.command(name, &list[at + 1..]) else {
                return false;
            };
            self.out.failed |= tail.try_extend(command).is_err();
            at += 1 + taken;
        }
        let count = tail.len() / command::WORDS;
        if count > usize::from(u16::MAX) {
            return false;
        }
        let fixed = [label(args[0]), value(args[1]), N(count)];
        self.out.emit_tail(Base::BsMatch, &fixed, &tail);
        true
    }

    /// The words of a command, and how many operands it has.
    fn command(&self, name: &str, args: &[Operand]) -> Option<([Arg; 4], usize)> {
        let word = |kind: u32, flags: u32, number: u32| {
            let flags = flags << command::FLAGS_SHIFT;
            N((kind | flags | number << command::NUMBER_SHIFT) as usize)
        };
        let none = Arg::Small(0);
        // What does not fit is more than any bit string has.
        let bits = |i: usize| match args[i] {
            Operand::Unsigned(bits) => bits,
            _ => u64::MAX,
        };
        let (head, bits, constant, target, taken) = match name {
            "ensure_at_least" => {
                let head = word(command::ENSURE_AT_LEAST, 0, unsigned(args[1]).max(1));
                (head, bits(0), none, Arg::X(0), 2)
            }
            "ensure_exactly" => {
                let head = word(command::ENSURE_EXACTLY, 0, 0);
                (head, bits(0), none, Arg::X(0), 1)
            }
            "skip" => (word(command::SKIP, 0, 0), bits(0), none, Arg::X(0), 1),
            "integer" | "binary" => {
                let kind = match name {
                    "integer" => command::INTEGER,
                    _ => command::BINARY,
                };
                let head = word(kind, self.flags(args[1]), unsigned(args[0]));
                (
                    head,
                    bits(2).saturating_mul(bits(3)),
                    none,
                    value(args[4]),
                    5,
                )
            }
            "get_tail" => {
                let head = word(command::GET_TAIL, 0, unsigned(args[0]));
                (head, 0, none, value(args[2]), 3)
            }
            "=:=" => {
                let head = word(command::EQUAL, 0, 0);
                (head, bits(1), value(args[2]), Arg::X(0), 3)
            }
            _ => return None,
        };
        let bits = N(u32::try_from(bits).unwrap_or(u32::MAX) as usize);
        Some(([head, bits, constant, target], taken))
    }

    /// Label, words needed afterwards, live registers, unit, target, segments.
    fn segments(&mut self, args: &[Operand]) -> bool {
        let (groups, _) = self.beam.code.list(args[5]).as_chunks::<6>();
        if groups.len() > usize::from(u16::MAX) {
            return false;
        }
        let mut tail: Vec<Arg> = Vec::new();
        for &[kind, number, given_unit, flags, source, size] in groups {
            let kind = match kind {
                Operand::Atom(kind) => self.beam.atom(kind),
                _ => return false,
            };
            let kind = match kind {
                "integer" => segment::INTEGER,
                "float" => segment::FLOAT,
                "binary" => segment::BINARY,
                "utf8" => segment::UTF8,
                "utf16" => segment::UTF16,
                "utf32" => segment::UTF32,
                "string" => segment::STRING,
                "append" => segment::APPEND,
                "private_append" => segment::PRIVATE_APPEND,
                _ => return false,
            };
            let unit = match kind {
                segment::STRING => 8,
                _ => unsigned(given_unit),
            };
            let flags = self.flags(flags) << segment::FLAGS_SHIFT;
            let bytes = match constant_bits(size, given_unit) {
                Some(bits @ 8..=64) if kind == segment::INTEGER && bits % 8 == 0 => bits as u32 / 8,
                _ => 0,
            };
            let segment = [
                N((kind | flags | unit << segment::UNIT_SHIFT) as usize),
                value(source),
                value(size),
                N((unsigned(number) & 0xffff | bytes << segment::BYTES_SHIFT) as usize),
            ];
            self.out.failed |= tail.try_extend(segment).is_err();
        }
        let fixed = [
            label(args[0]),
            N(need(args[1], self.purpose)),
            n(args[2]),
            value(args[4]),
            N(groups.len()),
        ];
        self.out.emit_tail(Base::BsCreateBin, &fixed, &tail);
        true
    }

    /// Flags: a number, or a list of atoms.
    fn flags(&self, operand: Operand) -> u32 {
        match operand {
            Operand::Unsigned(flags) => flags as u32,
            Operand::Literal(index) => {
                let bytes = self.beam.literals.get(index as usize).unwrap_or(&[]);
                listed_flags(bytes)
            }
            _ => 0,
        }
    }
}

/// The flags in a list of atoms in the external term format.
fn listed_flags(mut bytes: &[u8]) -> u32 {
    let mut flags = 0;
    // Version, tag of a list, 32 bits of length; then the atoms, each a tag, a length, a name.
    let Some(rest) = bytes.strip_prefix(&[131, 108]).and_then(|b| b.get(4..)) else {
        return 0;
    };
    bytes = rest;
    loop {
        let (len, name) = match *bytes {
            [115 | 119, len, ref name @ ..] => (usize::from(len), name),
            [100 | 118, high, low, ref name @ ..] => {
                (usize::from(u16::from_be_bytes([high, low])), name)
            }
            _ => return flags,
        };
        let Some((name, rest)) = name.split_at_checked(len) else {
            return flags;
        };
        flags |= match name {
            b"little" => LITTLE,
            b"signed" => SIGNED,
            b"native" => NATIVE,
            _ => 0,
        };
        bytes = rest;
    }
}

/// A unit to divide by.
fn unit(operand: Operand) -> Arg {
    N(unsigned(operand).max(1) as usize)
}

/// The bits of a field of constant size.
fn constant_bits(size: Operand, unit: Operand) -> Option<u64> {
    let size = match size {
        Operand::Integer(size) => u64::try_from(size).ok()?,
        Operand::Unsigned(size) => size,
        _ => return None,
    };
    size.checked_mul(u64::from(unsigned(unit)))
}

/// The width of a character's encoding, with its flags.
fn utf(opcode: u8, flags: Operand) -> Arg {
    let width = match opcode {
        op::BS_GET_UTF8 | op::BS_SKIP_UTF8 | op::BS_PUT_UTF8 => 8,
        op::BS_GET_UTF16 | op::BS_SKIP_UTF16 | op::BS_PUT_UTF16 => 16,
        _ => 32,
    };
    N((width << 8 | unsigned(flags)) as usize)
}

/// How many positions a context saves besides that of its start.
fn slots(operand: Operand) -> usize {
    match operand {
        Operand::Unsigned(count) => count as usize,
        _ => 0,
    }
}

/// Where a position is saved: the atom `start` means the first.
fn slot(operand: Operand) -> usize {
    match operand {
        Operand::Unsigned(slot) => slot as usize + 1,
        Operand::Integer(slot) => slot as usize + 1,
        _ => 0,
    }
}
