//! The rules of the translator that take more than a line.

use super::emit::{Arg, Args, Link};
use super::isa::Base;
use super::translate::{Translator, label, n, operands, register, unsigned, value};
use crate::beam::opcode::op;
use crate::beam::{Instr, Operand};
use crate::memory::fallible::Grow;
use alloc::vec::Vec;

use Arg::N;

/// Instructions that produce no code and may stand between two that are fused.
fn is_silent(instr: &Instr) -> bool {
    matches!(instr.op, op::EXECUTABLE_LINE | op::DEBUG_LINE)
}

impl Translator<'_, '_> {
    fn args(&self, instr: &Instr) -> &[Operand] {
        self.beam.code.args(instr)
    }

    /// One move, two, or a move and a return.
    pub(super) fn moves(&mut self, instrs: &[Instr]) -> usize {
        let first = operands(self.args(&instrs[0]));
        let (from, to) = (first[0], first[1]);
        match instrs.get(1) {
            Some(next)
                if next.op == op::RETURN && to == Arg::X(0) && !matches!(from, Arg::X(_)) =>
            {
                self.emit(Base::MoveReturn, &[from]);
                return 2;
            }
            Some(next) if next.op == op::MOVE => {
                let second = operands(self.args(next));
                let registers = |a: Arg| matches!(a, Arg::X(_) | Arg::Y(_));
                if registers(from) && registers(second[0]) {
                    self.emit(Base::Move2, &[from, to, second[0], second[1]]);
                    return 2;
                }
            }
            _ => {}
        }
        match from {
            Arg::Small(v) => self.emit(Base::MoveInt, &[N(v as u32 as usize), to]),
            _ => self.emit(Base::Move, &[from, to]),
        }
        1
    }

    /// The test for a cons cell, often followed by taking it apart.
    pub(super) fn nonempty_list(&mut self, instrs: &[Instr]) -> usize {
        let args = self.args(&instrs[0]);
        let (fail, list) = (label(args[0]), value(args[1]));
        if let Some(next) = instrs.get(1)
            && next.op == op::GET_LIST
        {
            let parts = operands(self.args(next));
            if parts[0] == list {
                self.emit(Base::IsNonemptyGetList, &[fail, list, parts[1], parts[2]]);
                return 2;
            }
        }
        self.emit(Base::IsNonemptyList, &[fail, list]);
        1
    }

    /// The test for a tuple, which a test of its arity implies.
    pub(super) fn tuple_test(&mut self, instrs: &[Instr]) -> usize {
        let args = self.args(&instrs[0]);
        let (fail, tuple) = (label(args[0]), value(args[1]));
        if let Some(next) = instrs.get(1)
            && next.op == op::TEST_ARITY
        {
            let second = self.args(next);
            if label(second[0]) == fail && value(second[1]) == tuple {
                self.emit(Base::TestArity, &[fail, tuple, n(second[2])]);
                return 2;
            }
        }
        self.emit(Base::IsTuple, &[fail, tuple]);
        1
    }

    /// One element of a tuple, or two.
    pub(super) fn tuple_elements(&mut self, instrs: &[Instr]) -> usize {
        let args = self.args(&instrs[0]);
        let (tuple, i, to) = (value(args[0]), n(args[1]), value(args[2]));
        if let Some(next) = instrs.get(1)
            && next.op == op::GET_TUPLE_ELEMENT
        {
            let second = self.args(next);
            let (other, j, then) = (value(second[0]), n(second[1]), value(second[2]));
            if other == tuple && to != tuple {
                self.emit(Base::TupleGet2, &[tuple, i, to, j, then]);
                return 2;
            }
        }
        self.emit(Base::GetTupleElement, &[tuple, i, to]);
        1
    }

    /// `put_tuple` of old compilers, with the `put` instructions that follow it.
    pub(super) fn put_tuple(&mut self, instrs: &[Instr]) -> usize {
        let args = self.args(&instrs[0]);
        let (arity, to) = (unsigned(args[0]) as usize, value(args[1]));
        let mut elements: Vec<Arg> = Vec::new();
        let mut taken = 1;
        while elements.len() < arity {
            let Some(instr) = instrs.get(taken) else {
                break;
            };
            if instr.op == op::PUT {
                let element = value(self.args(instr)[0]);
                if elements.try_push(element).is_err() {
                    self.fail();
                    break;
                }
            } else if !is_silent(instr) {
                break;
            }
            taken += 1;
        }
        self.tuple(to, &elements);
        taken
    }

    /// Makes a tuple; those of two and three elements are most.
    pub(super) fn tuple(&mut self, to: Arg, elements: &[Arg]) {
        match *elements {
            [a, b] => self.emit(Base::PutTuple2, &[to, a, b]),
            [a, b, c] => self.emit(Base::PutTuple3, &[to, a, b, c]),
            _ => self.tail(Base::PutTuple, &[to, N(elements.len())], elements),
        }
    }

    pub(super) fn update_record(&mut self, args: &[Operand]) {
        let beam = self.beam;
        let updates = beam.code.list(args[4]).chunks_exact(2);
        let tail = self.list(updates.flat_map(|pair| [n(pair[0]), value(pair[1])]));
        let fixed = [
            value(args[2]),
            value(args[3]),
            n(args[1]),
            N(tail.len() / 2),
        ];
        self.tail(Base::UpdateRecord, &fixed, &tail);
    }

    /// Whether other modules may get at the record's fields; with `auto_local`, or this module may.
    pub(super) fn is_record_accessible(&mut self, args: &[Operand]) {
        let own = match args[2] {
            Operand::Atom(how) if self.beam.atom(how) == "auto_local" => {
                Link::Atom(self.beam.module)
            }
            _ => Link::Nil,
        };
        self.emit(
            Base::IsRecordAccessible,
            &[label(args[0]), value(args[1]), Arg::Link(own)],
        );
    }

    /// Makes a native record, or changes fields of one.
    pub(super) fn put_record(&mut self, args: &[Operand]) {
        let beam = self.beam;
        let pairs = self.values(beam.code.list(args[5]));
        let (fail, to, live) = (label(args[0]), value(args[3]), n(args[4]));
        let (base, from) = match (args[2], args[1]) {
            (Operand::Atom(0), Operand::Atom(name)) => {
                let index = self.beam.records.iter().position(|r| r.name == name);
                let link = Link::Record(index.unwrap_or(usize::MAX) as u32);
                (Base::RecordNew, Arg::Link(link))
            }
            (Operand::Atom(0), name) => (Base::RecordNewExternal, value(name)),
            (record, _) => (Base::RecordUpdate, value(record)),
        };
        let fixed = [fail, from, to, live, N(pairs.len() / 2)];
        self.tail(base, &fixed, &pairs);
    }

    pub(super) fn put_map(&mut self, base: Base, args: &[Operand]) {
        let beam = self.beam;
        let pairs = self.values(beam.code.list(args[4]));
        let fixed = [
            label(args[0]),
            value(args[1]),
            value(args[2]),
            n(args[3]),
            N(pairs.len() / 2),
        ];
        self.tail(base, &fixed, &pairs);
    }

    pub(super) fn get_map_elements(&mut self, args: &[Operand]) {
        let beam = self.beam;
        let pairs = self.values(beam.code.list(args[2]));
        let (fail, map) = (label(args[0]), value(args[1]));
        match pairs[..] {
            [key, to] => self.emit(Base::GetMapElement, &[fail, map, key, to]),
            _ => self.tail(
                Base::GetMapElements,
                &[fail, map, N(pairs.len() / 2)],
                &pairs,
            ),
        }
    }

    /// One float to a float register, two, or a float register to a term.
    pub(super) fn float_move(&mut self, instrs: &[Instr]) -> usize {
        let first = self.args(&instrs[0]);
        if let (Operand::FloatReg(from), to) = (first[0], first[1]) {
            self.emit(Base::FmoveStore, &[N(from as usize), value(to)]);
            return 1;
        }
        let is_register = |a: Arg| matches!(a, Arg::X(_) | Arg::Y(_));
        let (from, to) = (value(first[0]), N(register(first[1])));
        if let Some(next) = instrs.get(1)
            && next.op == op::FMOVE
            && let [second, Operand::FloatReg(then)] = *self.args(next)
            && !matches!(second, Operand::FloatReg(_))
            && is_register(from)
            && is_register(value(second))
        {
            let then = N(then as usize);
            self.emit(Base::FmoveLoad2, &[from, to, value(second), then]);
            return 2;
        }
        self.emit(Base::FmoveLoad, &[from, to]);
        1
    }

    /// An operation on float registers, often followed by making its result a term.
    pub(super) fn float_result(&mut self, instrs: &[Instr], base: Base, stored: Base) -> usize {
        let registers = float_registers(self.args(&instrs[0]));
        if let Some(next) = instrs.get(1)
            && next.op == op::FMOVE
            && let [Operand::FloatReg(from), to] = *self.args(next)
            && !matches!(to, Operand::FloatReg(_))
            && registers[2] == N(from as usize)
        {
            let stored_to = registers.iter().copied().chain([value(to)]);
            self.emit(stored, &Args::collect(stored_to));
            return 2;
        }
        self.emit(base, &registers);
        1
    }

    fn import_name(&self, import: u32) -> Option<(&str, &str, u32)> {
        let import = self.beam.imports.get(import as usize)?;
        Some((
            self.beam.atom(import.module),
            self.beam.atom(import.function),
            import.arity,
        ))
    }

    /// The link and arity of an imported function, and whether it is built in.
    fn import(&self, import: u32) -> (Arg, Arg, bool) {
        let name = self.import_name(import);
        let arity = name.map_or(0, |(_, _, arity)| arity);
        let built_in = name.is_some_and(|(m, f, a)| crate::bif::find(m, f, a).is_some());
        (Arg::Link(Link::Import(import)), N(arity as usize), built_in)
    }

    /// A call of a built-in function that never returns, whatever the frame is: compilers leave
    /// the code behind it away, and give a wrong frame size. `false` for another function.
    fn call_for_good(&mut self, import: u32) -> bool {
        let ends = self
            .import_name(import)
            .is_some_and(|(m, f, a)| m == "erlang" && super::verify::never_returns(f, a));
        if ends {
            let (link, arity, built_in) = self.import(import);
            let base = match built_in {
                true => Base::CallBif,
                false => Base::CallExt,
            };
            self.emit(base, &[link, arity]);
            self.emit(Base::IfEnd, &[]);
        }
        ends
    }

    pub(super) fn call_ext(&mut self, import: u32) {
        if self.call_for_good(import) {
            return;
        }
        let (link, arity, built_in) = self.import(import);
        let base = if built_in {
            Base::CallBif
        } else {
            Base::CallExt
        };
        self.emit(base, &[link, arity]);
    }

    pub(super) fn call_ext_only(&mut self, import: u32) {
        if self.call_for_good(import) {
            return;
        }
        let (link, arity, built_in) = self.import(import);
        if built_in {
            self.emit(Base::CallBifOnly, &[link, arity]);
            self.emit(Base::Return, &[]);
        } else {
            self.emit(Base::CallExtOnly, &[link, arity]);
        }
    }

    pub(super) fn call_ext_last(&mut self, import: u32, frame: Arg) {
        if self.call_for_good(import) {
            return;
        }
        let (link, arity, built_in) = self.import(import);
        if built_in {
            self.emit(Base::CallBifLast, &[link, arity, frame]);
            self.emit(Base::Return, &[]);
        } else {
            self.emit(Base::CallExtLast, &[link, arity, frame]);
        }
    }

    pub(super) fn bif0(&mut self, args: &[Operand]) {
        let import = unsigned(args[0]);
        match self.import_name(import) {
            Some(("erlang", "self", 0)) => self.emit(Base::SelfPid, &[value(args[1])]),
            _ => self.emit(
                Base::Bif0,
                &[Arg::Link(Link::Import(import)), value(args[1])],
            ),
        }
    }

    /// A built-in function in a guard or body: label, (live registers,) import, operands, target.
    pub(super) fn guard_bif(&mut self, args: &[Operand], collects: bool) {
        let fail = label(args[0]);
        let (live, rest) = if collects {
            (n(args[1]), &args[2..])
        } else {
            (N(0), &args[1..])
        };
        let import = unsigned(rest[0]);
        let given = operands(&rest[1..]);
        let link = Arg::Link(Link::Import(import));
        let name = self.import_name(import);
        if collects && let Some(base) = name.and_then(arithmetic) {
            let all = Args::collect([fail, live].into_iter().chain(given.iter().copied()));
            return self.emit(base, &all);
        }
        match (name, &given[..]) {
            (Some(("erlang", "element", 2)), &[index, tuple, to]) => {
                self.emit(Base::Element, &[fail, link, tuple, index, to]);
            }
            (Some(("erlang", "tuple_size", 1)), &[tuple, to]) => {
                self.emit(Base::TupleSize, &[fail, link, tuple, to]);
            }
            _ => {
                let base = match (collects, given.len()) {
                    (false, 2) => Base::Bif1,
                    (false, 3) => Base::Bif2,
                    (false, _) => Base::Bif3,
                    (true, 2) => Base::GcBif1,
                    (true, 3) => Base::GcBif2,
                    (true, _) => Base::GcBif3,
                };
                let first = [fail, link].into_iter().chain(collects.then_some(live));
                let all = Args::collect(first.chain(given.iter().copied()));
                self.emit(base, &all);
            }
        }
    }

    pub(super) fn select_val(&mut self, args: &[Operand]) {
        let (of, fail) = (value(args[0]), label(args[1]));
        let beam = self.beam;
        let pairs = beam.code.list(args[2]).chunks_exact(2);
        let pairs = self.list(pairs.map(|pair| (value(pair[0]), label(pair[1]))));
        if let Some((lowest, table)) = self.dense(&pairs, fail) {
            let fixed = [of, fail, N(lowest as u32 as usize), N(table.len())];
            return self.tail(Base::SelectInt, &fixed, &table);
        }
        let is_word = |a: Arg| matches!(a, Arg::Small(_) | Arg::Link(Link::Atom(_) | Link::Nil));
        if pairs.len() <= u16::MAX as usize && pairs.iter().all(|&(v, _)| is_word(v)) {
            let tail = self.list(pairs.iter().flat_map(|&(v, l)| [v, l]));
            let fixed = [of, fail, N(pairs.len())];
            if pairs.len() < SORTED {
                return self.tail(Base::SelectVal, &fixed, &tail);
            }
            if self.purpose.is_placed {
                let order = Arg::Link(Link::Order(self.ordered()));
                let fixed = [of, fail, N(pairs.len()), order];
                self.tail(Base::SelectOrdered, &fixed, &tail);
            } else {
                self.tail(Base::SelectSorted, &fixed, &tail);
            }
            self.selection(pairs.len());
            return;
        }
        for (constant, to) in pairs {
            self.emit(Base::IsNeExact, &[to, of, constant]);
        }
        self.emit(Base::Jump, &[fail]);
    }

    pub(super) fn select_arity(&mut self, args: &[Operand]) {
        let beam = self.beam;
        let pairs = beam.code.list(args[2]).chunks_exact(2);
        let tail = self.list(pairs.flat_map(|pair| [n(pair[0]), label(pair[1])]));
        self.tail(
            Base::SelectArity,
            &[value(args[0]), label(args[1]), N(tail.len() / 2)],
            &tail,
        );
    }
}

/// The float registers of an operation, behind its label.
pub(super) fn float_registers(args: &[Operand]) -> Args {
    let of = |&operand: &Operand| N(register(operand));
    Args::collect(args[1..].iter().map(of))
}

/// From so many constants on a search by halves is faster than one after the other.
const SORTED: usize = 7;

impl Translator<'_, '_> {
    /// A table of labels for integers that lie close together, and the lowest of them.
    fn dense(&mut self, pairs: &[(Arg, Arg)], fail: Arg) -> Option<(i32, Vec<Arg>)> {
        let integer = |pair: &(Arg, Arg)| match pair.0 {
            Arg::Small(value) => Some(value),
            _ => None,
        };
        let (mut lowest, mut highest) = (i32::MAX, i32::MIN);
        for pair in pairs {
            let value = integer(pair)?;
            (lowest, highest) = (lowest.min(value), highest.max(value));
        }
        let span = (i64::from(highest) - i64::from(lowest) + 1) as usize;
        if pairs.len() < 3 || span > pairs.len() * 4 || span > u16::MAX as usize {
            return None;
        }
        let mut table = self.list(core::iter::repeat_n(fail, span));
        for pair in pairs {
            let at = integer(pair).and_then(|value| table.get_mut((value - lowest) as usize));
            if let Some(at) = at {
                *at = pair.1;
            }
        }
        Some((lowest, table))
    }
}

/// Arithmetic that has an instruction of its own.
fn arithmetic(name: (&str, &str, u32)) -> Option<Base> {
    let ("erlang", function, arity) = name else {
        return None;
    };
    Some(match (function, arity) {
        ("+", 2) => Base::Add,
        ("-", 2) => Base::Sub,
        ("*", 2) => Base::Mul,
        ("/", 2) => Base::Div,
        ("div", 2) => Base::IntDiv,
        ("rem", 2) => Base::Rem,
        ("band", 2) => Base::Band,
        ("bor", 2) => Base::Bor,
        ("bxor", 2) => Base::Bxor,
        ("bsl", 2) => Base::Bsl,
        ("bsr", 2) => Base::Bsr,
        ("bnot", 1) => Base::Bnot,
        ("-", 1) => Base::Neg,
        _ => return None,
    })
}
