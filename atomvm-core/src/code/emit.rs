//! Writes internal instructions: chooses the variant for the kinds of the operands, packs them,
//! and corrects the distances to labels at the end.

use super::isa::{Base, Instr};
use crate::interp::{SCRATCH_BASE, SCRATCH_COUNT};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, filled};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// What an entry of the link table stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Link {
    /// The empty list.
    Nil,
    /// An atom, by its index in the file.
    Atom(u32),
    /// An integer.
    Integer(i64),
    /// An integer of more than 64 bits, by its index in the code.
    BigInteger(u32),
    /// A literal, by its index in the file.
    Literal(u32),
    /// The export entry of an import, by its index in the file.
    Import(u32),
    /// The entry of a fun, by its index in the file.
    Lambda(u32),
    /// The template of a native record, by its index in the file.
    Record(u32),
    /// The order of the pairs of a selection: how many pairs there are in the selections before.
    Order(u32),
}

/// An operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    /// An X register.
    X(u16),
    /// A slot of the frame.
    Y(u16),
    /// A small integer of at most 28 bits.
    Small(i32),
    /// An entry of the link table.
    Link(Link),
    /// A label; 0 for none.
    Label(u32),
    /// A number.
    N(usize),
}

/// The range of integers that are small on every target.
const PORTABLE_SMALL: core::ops::Range<i64> = -(1 << 27)..1 << 27;

impl Arg {
    /// An integer constant.
    pub fn integer(value: i64) -> Arg {
        if PORTABLE_SMALL.contains(&value) {
            Arg::Small(value as i32)
        } else {
            Arg::Link(Link::Integer(value))
        }
    }
}

struct Fixup {
    /// The first word of the instruction.
    instr: usize,
    /// Where the distance goes: a unit index from the start of the code.
    unit: usize,
    /// Is it a word of the tail, not two units?
    tail: bool,
    label: u32,
}

/// Internal code in the making.
pub(super) struct Emitter {
    pub code: Vec<u32>,
    pub links: Vec<Link>,
    index: Index,
    labels: Vec<u32>,
    fixups: Vec<Fixup>,
    /// The last instruction that was written.
    pub last: Option<Base>,
    /// Was there no memory for something? Then the code is of no use.
    pub failed: bool,
}

const NO_LABEL: u32 = u32::MAX;
const NO_LINK: u32 = u32::MAX;

/// Where the entries of the link table are. What the file numbers is found by its number.
#[derive(Default)]
struct Index {
    atoms: Vec<u32>,
    literals: Vec<u32>,
    imports: Vec<u32>,
    lambdas: Vec<u32>,
    others: HashMap<Link, u32>,
}

/// A place of `places`, which grows if need be.
fn numbered(places: &mut Vec<u32>, number: usize) -> Result<&mut u32, OutOfMemory> {
    if let Some(more) = (number + 1).checked_sub(places.len()) {
        places.try_reserve(more).map_err(|_| OutOfMemory)?;
        places.resize(number + 1, NO_LINK);
    }
    places.get_mut(number).ok_or(OutOfMemory)
}

impl Index {
    fn place(&mut self, link: Link) -> Result<&mut u32, OutOfMemory> {
        let (places, number) = match link {
            Link::Atom(i) => (&mut self.atoms, i as usize),
            Link::Literal(i) => (&mut self.literals, i as usize),
            Link::Import(i) => (&mut self.imports, i as usize),
            Link::Lambda(i) => (&mut self.lambdas, i as usize),
            Link::Nil
            | Link::Integer(_)
            | Link::BigInteger(_)
            | Link::Record(_)
            | Link::Order(_) => {
                self.others.try_reserve(1).map_err(|_| OutOfMemory)?;
                return Ok(self.others.entry(link).or_insert(NO_LINK));
            }
        };
        numbered(places, number)
    }
}

/// The most operands that an instruction has before its tail.
const MAX_OPERANDS: usize = 8;

/// The units of the instruction that is being written.
struct Units {
    units: [u16; 1 + 2 * MAX_OPERANDS + 1],
    len: usize,
}

impl Emitter {
    pub fn new(labels: u32) -> Emitter {
        // No label is defined without memory for all of them, and the code fails.
        let places = filled(NO_LABEL, labels as usize + 1);
        Emitter {
            failed: places.is_err(),
            code: Vec::new(),
            links: Vec::new(),
            index: Index::default(),
            labels: places.unwrap_or_default(),
            fixups: Vec::new(),
            last: None,
        }
    }

    /// The offset of the next instruction.
    pub fn here(&self) -> u32 {
        self.code.len() as u32
    }

    /// Defines a label here.
    pub fn label(&mut self, label: u32) {
        if let Some(slot) = self.labels.get_mut(label as usize) {
            *slot = self.code.len() as u32;
        }
    }

    /// Where a label is, if it was defined.
    pub fn label_offset(&self, label: u32) -> Option<u32> {
        self.labels
            .get(label as usize)
            .copied()
            .filter(|&at| at != NO_LABEL)
    }

    /// The index of an entry of the link table.
    pub fn link(&mut self, link: Link) -> u32 {
        self.try_link(link).unwrap_or_else(|_| {
            self.failed = true;
            0
        })
    }

    fn try_link(&mut self, link: Link) -> Result<u32, OutOfMemory> {
        let at = self.index.place(link)?;
        if *at == NO_LINK {
            self.links.try_push(link)?;
            *at = self.links.len() as u32 - 1;
        }
        Ok(*at)
    }

    /// A list of operands; an empty one where there is no memory, and then the code fails.
    pub fn list<T>(&mut self, of: impl Iterator<Item = T>) -> Vec<T> {
        collect(of).unwrap_or_else(|_| {
            self.failed = true;
            Vec::new()
        })
    }

    /// Adds to a list of the translator's; without memory the code fails.
    pub fn push<T>(&mut self, to: &mut Vec<T>, item: T) {
        self.failed |= to.try_push(item).is_err();
    }

    fn put(&mut self, word: u32) {
        self.failed |= self.code.try_push(word).is_err();
    }

    /// Writes an instruction without a tail.
    pub fn emit(&mut self, base: Base, args: &[Arg]) {
        self.emit_tail(base, args, &[]);
    }

    /// Writes an instruction with the words of its tail, whose letters say what they are.
    pub fn emit_tail(&mut self, base: Base, args: &[Arg], tail: &[Arg]) {
        let info = base.info();
        let letters = info.operands.as_bytes();
        let fixed = args.len();
        debug_assert!(
            fixed == letters.len() || letters[fixed] == b'*',
            "{}",
            info.name
        );
        let mut operands = [Arg::N(0); MAX_OPERANDS];
        operands[..fixed].copy_from_slice(args);
        let (variant, chosen) = self.variant(info, &mut operands[..fixed]);
        let start = self.code.len();
        let mut out = Units::new(info.first + variant);
        let mut special = 0;
        for (&letter, &arg) in letters.iter().zip(&operands[..fixed]) {
            match letter {
                b's' | b'd' => {
                    let unit = self.unit(arg, chosen[special]);
                    special += 1;
                    out.push(unit);
                }
                b'n' => out.push(number(arg) as u16),
                b'l' => {
                    self.fixup(start, start * 2 + out.len, false, arg);
                    out.wide(0);
                }
                _ => {
                    let word = self.word(letter, arg);
                    out.wide(word);
                }
            }
        }
        for word in out.words() {
            self.put(word);
        }
        self.last = Some(base);
        if tail.is_empty() {
            return;
        }
        let tail_letters = &letters[fixed + 1..];
        for (i, &arg) in tail.iter().enumerate() {
            let letter = tail_letters[i % tail_letters.len()];
            if letter == b'l' {
                self.fixup(start, self.code.len() * 2, true, arg);
                self.put(0);
            } else {
                let word = self.word(letter, arg);
                self.put(word);
            }
        }
    }

    fn fixup(&mut self, instr: usize, unit: usize, tail: bool, label: Arg) {
        if let Arg::Label(label) = label
            && label != 0
        {
            let fixup = Fixup {
                instr,
                unit,
                tail,
                label,
            };
            self.failed |= self.fixups.try_push(fixup).is_err();
        }
    }

    /// The operand of a two-unit or tail word.
    fn word(&mut self, letter: u8, arg: Arg) -> u32 {
        match letter {
            b'v' | b't' => match arg {
                Arg::X(i) => (i as u32) << 2,
                Arg::Y(i) => (i as u32) << 2 | 1,
                Arg::Small(value) => (value as u32) << 2 | 3,
                Arg::Link(link) => self.link(link) << 2 | 2,
                _ => 0,
            },
            b'k' | b'c' => match arg {
                Arg::Link(link) => self.link(link),
                Arg::Small(value) => self.link(Link::Integer(value as i64)),
                _ => 0,
            },
            _ => number(arg) as u32,
        }
    }

    fn unit(&mut self, arg: Arg, kind: u8) -> u16 {
        match (arg, kind) {
            (Arg::X(i), _) | (Arg::Y(i), _) => i,
            (Arg::Small(value), b'i') => value as i16 as u16,
            (Arg::Small(value), _) => self.link(Link::Integer(value as i64)) as u16,
            (Arg::Link(link), _) => self.link(link) as u16,
            _ => 0,
        }
    }

    /// The number of the variant for the operands, and their kinds. A source that no variant takes
    /// is moved to a scratch register and replaced by that.
    fn variant(&mut self, info: &Instr, args: &mut [Arg]) -> (u16, [u8; MAX_OPERANDS]) {
        let mut chosen = [0; MAX_OPERANDS];
        let (mut variant, mut place, mut scratch) = (0, 0, 0);
        for (&letter, arg) in info.operands.as_bytes().iter().zip(args.iter_mut()) {
            if !matches!(letter, b's' | b'd') {
                continue;
            }
            let kinds = info.kinds[place].as_bytes();
            let takes = |kind: u8| kinds.iter().position(|&k| k == kind);
            let kind = match *arg {
                Arg::X(_) => b'x',
                Arg::Y(_) => b'y',
                Arg::Small(v) if takes(b'i').is_some() && i16::try_from(v).is_ok() => b'i',
                _ => b'c',
            };
            let found = takes(kind).filter(|_| kind != b'c' || self.constant_fits(*arg));
            let at = found.unwrap_or_else(|| {
                let register = SCRATCH_BASE as u16 + scratch;
                scratch += 1;
                debug_assert!((scratch as usize) <= SCRATCH_COUNT);
                self.load(register, *arg);
                *arg = Arg::X(register);
                takes(b'x').unwrap_or(0)
            });
            chosen[place] = kinds[at];
            variant = variant * kinds.len() + at;
            place += 1;
        }
        (variant as u16, chosen)
    }

    fn constant_fits(&mut self, arg: Arg) -> bool {
        let index = match arg {
            Arg::Link(link) => self.link(link),
            Arg::Small(value) => self.link(Link::Integer(value as i64)),
            _ => 0,
        };
        index <= u16::MAX as u32
    }

    /// Moves a constant of any index, or a slot, to an X register.
    fn load(&mut self, register: u16, arg: Arg) {
        match arg {
            Arg::Small(value) => self.emit(
                Base::MoveInt,
                &[Arg::N(value as u32 as usize), Arg::X(register)],
            ),
            arg => self.emit(Base::MoveWide, &[arg, Arg::X(register)]),
        }
    }

    /// Corrects the distances to labels. `false`: a label is not defined, or there was no memory.
    pub fn finish(&mut self) -> bool {
        if self.failed {
            return false;
        }
        for fixup in core::mem::take(&mut self.fixups) {
            let Some(target) = self.label_offset(fixup.label) else {
                return false;
            };
            let distance = (target as i32).wrapping_sub(fixup.instr as i32) as u32;
            if fixup.tail {
                self.code[fixup.unit / 2] = distance;
            } else {
                put_unit(&mut self.code, fixup.unit, distance as u16);
                put_unit(&mut self.code, fixup.unit + 1, (distance >> 16) as u16);
            }
        }
        true
    }
}

/// Units lie in memory in the order of their numbers, whatever the byte order.
fn put_unit(code: &mut [u32], unit: usize, value: u16) {
    let word = &mut code[unit / 2];
    let mut pair = unpack(*word);
    pair[unit % 2] = value;
    *word = pack(pair);
}

/// The word of two units.
pub(super) fn pack(pair: [u16; 2]) -> u32 {
    let [a, b] = pair.map(u16::to_ne_bytes);
    u32::from_ne_bytes([a[0], a[1], b[0], b[1]])
}

/// The two units of a word.
pub(super) fn unpack(word: u32) -> [u16; 2] {
    let [a, b, c, d] = word.to_ne_bytes();
    [u16::from_ne_bytes([a, b]), u16::from_ne_bytes([c, d])]
}

fn number(arg: Arg) -> usize {
    match arg {
        Arg::N(n) => n,
        Arg::Small(v) => v as u32 as usize,
        _ => 0,
    }
}

impl Units {
    fn new(opcode: u16) -> Units {
        let mut units = Units {
            units: [0; 1 + 2 * MAX_OPERANDS + 1],
            len: 0,
        };
        units.push(opcode);
        units
    }

    fn push(&mut self, unit: u16) {
        self.units[self.len] = unit;
        self.len += 1;
    }

    fn wide(&mut self, word: u32) {
        self.push(word as u16);
        self.push((word >> 16) as u16);
    }

    fn words(&self) -> impl Iterator<Item = u32> {
        // A unit that is left over is zero.
        let pairs = self.units[..self.len.next_multiple_of(2)].chunks_exact(2);
        pairs.map(|pair| pack([pair[0], pair[1]]))
    }
}

/// The operands of an instruction, without a place on the heap.
pub(super) struct Args {
    args: [Arg; MAX_OPERANDS],
    len: usize,
}

impl Args {
    /// The first few of some operands: those of an instruction are never more.
    pub fn collect(from: impl IntoIterator<Item = Arg>) -> Args {
        let mut args = Args {
            args: [Arg::N(0); MAX_OPERANDS],
            len: 0,
        };
        for (to, arg) in args.args.iter_mut().zip(from) {
            *to = arg;
            args.len += 1;
        }
        args
    }
}

impl core::ops::Deref for Args {
    type Target = [Arg];

    fn deref(&self) -> &[Arg] {
        &self.args[..self.len]
    }
}

impl core::ops::DerefMut for Args {
    fn deref_mut(&mut self) -> &mut [Arg] {
        &mut self.args[..self.len]
    }
}
