//! What each instruction needs, and what it does to what is known.

use super::guards::{self, erlang_import};
use super::operands::command_kinds;
use super::signature::{Kind, signature};
use super::state::{Frame, State};
use super::structure::is_note;
use super::walk::{Next, Walker};
use super::{Catch, FUN_WORDS, Reason, heap_words};
use crate::beam::opcode::op;
use crate::beam::{Instr, Operand};
use crate::memory::fallible::Grow;
use crate::term::boxed::FLOAT_WORDS;

impl<'a> Walker<'_, 'a> {
    /// Takes `state` over instruction `at`, and to the labels that it may branch to.
    pub(super) fn step(&mut self, at: u32, state: &mut State) -> Result<Next, Reason> {
        let instr = self.beam.code.instrs[at as usize];
        let args = self.beam.code.args(&instr);
        if is_note(instr.op) {
            return Ok(Next::Follows);
        }
        let fresh = state.fresh;
        state.fresh = fresh && spares_x0(instr.op, args);
        match instr.op {
            op::SET_TUPLE_ELEMENT => {
                if !fresh || !is_x0(args[1]) || is_x0(args[0]) {
                    return Err(Reason::SharedTuple);
                }
                state.fresh = true;
                read(args[0], state)?;
                Ok(Next::Follows)
            }
            op::CALL..=op::CALL_EXT_LAST
            | op::CALL_EXT_ONLY
            | op::CALL_FUN
            | op::CALL_FUN2
            | op::APPLY
            | op::APPLY_LAST
            | op::RETURN
            | op::SEND => self.call(&instr, args, state),
            op::ALLOCATE..=op::TEST_HEAP
            | op::DEALLOCATE
            | op::TRIM
            | op::INIT
            | op::INIT_YREGS => self.frame(&instr, args, state),
            op::PUT_LIST
            | op::PUT_TUPLE
            | op::PUT
            | op::PUT_TUPLE2
            | op::UPDATE_RECORD
            | op::MAKE_FUN2
            | op::MAKE_FUN3
            | op::FMOVE => self.build(at, &instr, args, state),
            op::REMOVE_MESSAGE
            | op::TIMEOUT
            | op::LOOP_REC
            | op::LOOP_REC_END
            | op::WAIT
            | op::WAIT_TIMEOUT => self.receive(&instr, args, state),
            op::TRY
            | op::CATCH
            | op::TRY_END
            | op::CATCH_END
            | op::TRY_CASE
            | op::RAISE
            | op::RAW_RAISE
            | op::BUILD_STACKTRACE
            | op::FUNC_INFO => self.exception(at, &instr, args, state),
            op::BS_MATCH => self.bs_match(args, state),
            op::BS_INIT_WRITABLE => {
                read_x(0, state)?;
                state.keep(1);
                state.heap = 0;
                Ok(Next::Follows)
            }
            op::INT_CODE_END => Err(Reason::FallsOff),
            _ => self.plain(&instr, args, state),
        }
    }

    /// An instruction that does what its operands say: it reads the sources, loses what is not
    /// live, goes to the label if it fails, and sets the destinations.
    fn plain(
        &mut self,
        instr: &Instr,
        args: &[Operand],
        state: &mut State,
    ) -> Result<Next, Reason> {
        let kinds = signature(instr.op).unwrap_or(&[]);
        let list = args
            .iter()
            .zip(kinds)
            .find(|(_, kind)| **kind == Kind::List);
        let list = list.map_or(&[][..], |(list, _)| self.beam.code.list(*list));
        // Every second element of these is a destination.
        let gets = matches!(instr.op, op::GET_MAP_ELEMENTS | op::GET_RECORD_ELEMENTS);
        let mut room = None;
        for (kind, arg) in kinds.iter().zip(args) {
            match kind {
                Kind::Src | Kind::Size | Kind::Reg | Kind::YSrc => read(*arg, state)?,
                Kind::Heap => room = heap_words(*arg),
                _ => {}
            }
        }
        for (index, element) in list.iter().enumerate() {
            if !gets || index % 2 == 0 {
                read(*element, state)?;
            }
        }
        for (kind, arg) in kinds.iter().zip(args) {
            if let (Kind::Live, Operand::Unsigned(live)) = (kind, arg) {
                state.check_live(*live as u16)?;
                state.keep(*live as u16);
                state.heap = 0;
            }
        }
        if takes_heap(instr.op) || !self.spares_heap(instr.op, args) {
            state.heap = 0;
        }
        for (kind, arg) in kinds.iter().zip(args) {
            let fails = matches!(
                kind,
                Kind::Fail | Kind::FailOrRaise | Kind::FailOrAtom | Kind::Label
            );
            if let (true, Operand::Label(label @ 1..)) = (fails, *arg) {
                self.arrive(label, state)?;
            }
        }
        match instr.op {
            op::SELECT_VAL | op::SELECT_TUPLE_ARITY => {
                for choice in list {
                    if let Operand::Label(label) = *choice {
                        self.arrive(label, state)?;
                    }
                }
            }
            _ => {}
        }
        state.heap = room.unwrap_or(state.heap);
        for (kind, arg) in kinds.iter().zip(args) {
            if let Kind::Dst | Kind::YDst = kind {
                write(*arg, state)?;
            }
        }
        if gets {
            for destination in list.iter().skip(1).step_by(2) {
                write(*destination, state)?;
            }
        }
        Ok(match instr.op {
            op::SELECT_VAL
            | op::SELECT_TUPLE_ARITY
            | op::JUMP
            | op::BADMATCH
            | op::IF_END
            | op::CASE_END
            | op::TRY_CASE_END
            | op::BADRECORD => Next::Ends,
            _ => Next::Follows,
        })
    }

    fn call(&mut self, instr: &Instr, args: &[Operand], state: &mut State) -> Result<Next, Reason> {
        let count = |index| number(args, index) as u16;
        match instr.op {
            op::RETURN => {
                read_x(0, state)?;
                without_frame(state)?;
                return Ok(Next::Ends);
            }
            op::SEND => state.check_live(2)?,
            op::CALL_FUN => state.check_live(count(0) + 1)?,
            op::APPLY | op::APPLY_LAST => state.check_live(count(0) + 2)?,
            op::CALL_FUN2 => {
                state.check_live(count(1))?;
                read(args[2], state)?;
            }
            _ => state.check_live(count(0))?,
        }
        match instr.op {
            op::CALL_EXT | op::CALL_EXT_LAST | op::CALL_EXT_ONLY if self.never_returns(args) => {
                Ok(Next::Ends)
            }
            op::CALL_LAST | op::CALL_EXT_LAST => {
                frame_is(count(2), state)?;
                Ok(Next::Ends)
            }
            op::APPLY_LAST => {
                frame_is(count(1), state)?;
                Ok(Next::Ends)
            }
            op::CALL_ONLY | op::CALL_EXT_ONLY => {
                without_frame(state)?;
                Ok(Next::Ends)
            }
            _ => {
                with_frame(state)?;
                after_call(state);
                if instr.op == op::CALL_EXT {
                    let callee = erlang_import(self.beam, number(args, 1));
                    state.fresh = callee == Some(("setelement", 3));
                }
                Ok(Next::Follows)
            }
        }
    }

    /// Whether the callee is one after which the compiler leaves the code away.
    fn never_returns(&self, args: &[Operand]) -> bool {
        let callee = erlang_import(self.beam, number(args, 1));
        callee.is_some_and(|(name, arity)| super::never_returns(name, arity))
    }

    /// Whether a built-in function, if the instruction calls one, leaves the heap alone.
    fn spares_heap(&self, opcode: u8, args: &[Operand]) -> bool {
        let import = match opcode {
            op::BIF0 => number(args, 0),
            op::BIF1 | op::BIF2 | op::BIF3 => number(args, 1),
            _ => return true,
        };
        erlang_import(self.beam, import).is_some_and(|(name, arity)| guards::is_test(name, arity))
    }

    fn frame(
        &mut self,
        instr: &Instr,
        args: &[Operand],
        state: &mut State,
    ) -> Result<Next, Reason> {
        match instr.op {
            op::ALLOCATE | op::ALLOCATE_ZERO | op::ALLOCATE_HEAP | op::ALLOCATE_HEAP_ZERO => {
                without_frame(state)?;
                self.plain(instr, args, state)?;
                state.frame = Frame::Of(number(args, 0) as u16);
            }
            op::TEST_HEAP | op::INIT => return self.plain(instr, args, state),
            op::INIT_YREGS => {
                for slot in self.beam.code.list(args[0]) {
                    write(*slot, state)?;
                }
            }
            op::DEALLOCATE => {
                frame_is(number(args, 0) as u16, state)?;
                state.frame = Frame::None;
            }
            _ => {
                let (drop, keep) = (number(args, 0) as u16, number(args, 1) as u16);
                frame_is(drop + keep, state)?;
                state.frame = Frame::Of(keep);
            }
        }
        Ok(Next::Follows)
    }

    /// Instructions that draw on what was asked for on the heap.
    fn build(
        &mut self,
        at: u32,
        instr: &Instr,
        args: &[Operand],
        state: &mut State,
    ) -> Result<Next, Reason> {
        let words = match instr.op {
            op::PUT_LIST => 2,
            op::PUT_TUPLE2 => 1 + self.beam.code.list(args[1]).len() as u32,
            op::PUT_TUPLE => {
                self.tuple_parts(at, args, state)?;
                state.parts = number(args, 0);
                1 + number(args, 0)
            }
            op::PUT => {
                state.parts = state.parts.checked_sub(1).ok_or(Reason::TupleParts)?;
                return Ok(Next::Follows);
            }
            op::UPDATE_RECORD => 1 + number(args, 1),
            op::MAKE_FUN3 => FUN_WORDS + self.beam.code.list(args[2]).len() as u32,
            op::MAKE_FUN2 => {
                let fun = self.beam.lambdas.get(number(args, 0) as usize);
                let live = fun.map_or(0, |fun| fun.num_free) as u16;
                state.check_live(live)?;
                state.keep(live);
                state.heap = 0;
                state.set(0);
                return Ok(Next::Follows);
            }
            _ => match args {
                [Operand::FloatReg(_), Operand::FloatReg(_)] => 0,
                [Operand::FloatReg(_), to] => {
                    draw(FLOAT_WORDS as u32, state)?;
                    write(*to, state)?;
                    return Ok(Next::Follows);
                }
                _ => 0,
            },
        };
        // The sources are read before the destination is set.
        if instr.op == op::FMOVE {
            read(args[0], state)?;
            if !matches!(args[1], Operand::FloatReg(_)) {
                write(args[1], state)?;
            }
            return Ok(Next::Follows);
        }
        draw(words, state)?;
        self.plain(instr, args, state)
    }

    /// The sources of the tuple that is built at `at`, which are in the instructions behind it.
    fn tuple_parts(&self, at: u32, args: &[Operand], state: &State) -> Result<(), Reason> {
        let parts = number(args, 0) as usize;
        let rest = self.beam.code.instrs.get(at as usize + 1..);
        let puts = rest
            .and_then(|rest| rest.get(..parts))
            .ok_or(Reason::TupleParts)?;
        for put in puts {
            match (put.op, self.beam.code.args(put)) {
                (op::PUT, [source]) => read(*source, state)?,
                _ => return Err(Reason::TupleParts),
            }
        }
        Ok(())
    }

    fn receive(
        &mut self,
        instr: &Instr,
        args: &[Operand],
        state: &mut State,
    ) -> Result<Next, Reason> {
        match instr.op {
            op::LOOP_REC => {
                after_call(state);
                state.keep(0);
                if let Operand::Label(label) = args[0] {
                    self.arrive(label, state)?;
                }
                write(args[1], state)?;
            }
            op::REMOVE_MESSAGE | op::TIMEOUT => {}
            _ => {
                if instr.op == op::WAIT_TIMEOUT {
                    read(args[1], state)?;
                }
                if let (true, Frame::AtLeast(_)) = (instr.op != op::LOOP_REC_END, state.frame) {
                    return Err(Reason::UnknownFrame);
                }
                state.keep(0);
                state.heap = 0;
                if let Operand::Label(label) = args[0] {
                    // A `receive` with nothing but `after` waits again without a look at the time.
                    let again = self.first_behind(label).map(|first| first.arg_start);
                    if instr.op != op::WAIT_TIMEOUT || again != Some(instr.arg_start) {
                        self.arrive_later(label, state)?;
                    }
                }
                if instr.op != op::WAIT_TIMEOUT {
                    return Ok(Next::Ends);
                }
            }
        }
        Ok(Next::Follows)
    }

    fn exception(
        &mut self,
        at: u32,
        instr: &Instr,
        args: &[Operand],
        state: &mut State,
    ) -> Result<Next, Reason> {
        match instr.op {
            op::TRY | op::CATCH => {
                write(args[0], state)?;
                let (Operand::Y(y), Operand::Label(label), Frame::Of(frame)) =
                    (args[0], args[1], state.frame)
                else {
                    return Err(Reason::NoFrame);
                };
                self.check_handler(instr.op, y, label)?;
                let mut handler = *state;
                handler.keep(0);
                (0..3).for_each(|x| handler.set(x));
                handler.heap = 0;
                self.arrive_by_exception(label, &handler)?;
                let catch = Catch {
                    instr: at,
                    label,
                    frame,
                    y,
                };
                self.catches.try_push(catch)?;
            }
            op::TRY_END => read(args[0], state)?,
            op::CATCH_END => {
                read(args[0], state)?;
                read_x(0, state)?;
                state.keep(1);
                state.heap = 0;
            }
            // Only an exception leads on from here, and comes by the label.
            op::TRY_CASE if !self.is_behind_label(at) => return Ok(Next::Ends),
            op::TRY_CASE => {
                read(args[0], state)?;
                state.check_live(3)?;
                state.keep(3);
                state.heap = 0;
            }
            op::RAISE => {
                read(args[0], state)?;
                read(args[1], state)?;
                return Ok(Next::Ends);
            }
            op::RAW_RAISE => {
                state.check_live(3)?;
                state.keep(1);
                state.heap = 0;
            }
            op::BUILD_STACKTRACE => {
                read_x(0, state)?;
                state.keep(1);
                state.heap = 0;
            }
            _ => {
                state.check_live(number(args, 2) as u16)?;
                without_frame(state)?;
                return Ok(Next::Ends);
            }
        }
        Ok(Next::Follows)
    }

    /// The handler of a `try` or `catch` begins with what takes the exception from there.
    fn check_handler(&self, opcode: u8, y: u16, label: u32) -> Result<(), Reason> {
        let end = match opcode {
            op::TRY => op::TRY_CASE,
            _ => op::CATCH_END,
        };
        match self.first_behind(label) {
            Some(first) if first.op == end => match self.beam.code.args(first) {
                [Operand::Y(slot)] if *slot == y => Ok(()),
                _ => Err(Reason::Handler(label)),
            },
            _ => Err(Reason::Handler(label)),
        }
    }

    /// Matches command by command; any of them may fail, and then targets may have been set.
    fn bs_match(&mut self, args: &[Operand], state: &mut State) -> Result<Next, Reason> {
        let list = self.beam.code.list(args[2]);
        let (Operand::Label(fail), context) = (args[0], args[1]) else {
            return Err(Reason::OperandCount);
        };
        read(context, state)?;
        state.heap = 0;
        // Nothing is collected before all commands have succeeded, so that registers which are not
        // live behind one are still there if a later one fails.
        self.arrive(fail, state)?;
        let mut at = 0;
        while let Some(Operand::Atom(command)) = list.get(at) {
            let kinds = command_kinds(self.beam.atom(*command)).unwrap_or(&[]);
            let operands = list.get(at + 1..).unwrap_or(&[]);
            for (kind, arg) in kinds.iter().zip(operands) {
                match (kind, arg) {
                    (Kind::Size, arg) => read(*arg, state)?,
                    (Kind::Live, Operand::Unsigned(live)) => {
                        state.check_live(*live as u16)?;
                        state.keep(*live as u16);
                    }
                    _ => {}
                }
            }
            for (kind, arg) in kinds.iter().zip(operands) {
                if *kind == Kind::Dst {
                    write(*arg, state)?;
                }
            }
            at += 1 + kinds.len();
        }
        Ok(Next::Follows)
    }
}

/// Only x0 is set after a call.
fn after_call(state: &mut State) {
    state.keep(0);
    state.set(0);
    state.heap = 0;
}

/// Whether an instruction has nothing to do with x0, as far as needed between `setelement/3` and
/// the changes that follow it.
fn spares_x0(opcode: u8, args: &[Operand]) -> bool {
    let moves = matches!(
        opcode,
        op::MOVE
            | op::GET_TUPLE_ELEMENT
            | op::GET_LIST
            | op::GET_HD
            | op::GET_TL
            | op::INIT
            | op::INIT_YREGS
    );
    moves && !args.iter().any(|arg| is_x0(*arg))
}

fn is_x0(operand: Operand) -> bool {
    matches!(operand, Operand::X(0) | Operand::TypedX(0, _))
}

fn draw(words: u32, state: &mut State) -> Result<(), Reason> {
    match state.heap.checked_sub(words) {
        Some(left) => {
            state.heap = left;
            Ok(())
        }
        None => Err(Reason::Heap {
            needs: words,
            left: state.heap,
        }),
    }
}

fn read(operand: Operand, state: &State) -> Result<(), Reason> {
    match operand {
        Operand::X(x) | Operand::TypedX(x, _) => read_x(x, state),
        Operand::Y(y) | Operand::TypedY(y, _) => slot(y, state),
        _ => Ok(()),
    }
}

/// Whether an instruction without a number of live registers makes terms on the heap.
fn takes_heap(opcode: u8) -> bool {
    matches!(
        opcode,
        op::BS_CONTEXT_TO_BINARY
            | op::BS_PRIVATE_APPEND
            | op::BS_ADD
            | op::BS_UTF8_SIZE
            | op::BS_UTF16_SIZE
    )
}

fn read_x(x: u16, state: &State) -> Result<(), Reason> {
    match state.is_set(x) {
        true => Ok(()),
        false => Err(Reason::UnsetX(x)),
    }
}

fn write(operand: Operand, state: &mut State) -> Result<(), Reason> {
    match operand {
        Operand::X(x) | Operand::TypedX(x, _) => {
            state.set(x);
            Ok(())
        }
        Operand::Y(y) | Operand::TypedY(y, _) => slot(y, state),
        _ => Ok(()),
    }
}

fn slot(y: u16, state: &State) -> Result<(), Reason> {
    match state.frame {
        Frame::Of(frame) if y < frame => Ok(()),
        Frame::Of(frame) => Err(Reason::OutsideFrame { y, frame }),
        Frame::AtLeast(frame) if y < frame => Ok(()),
        Frame::AtLeast(frame) => Err(Reason::OutsideFrame { y, frame }),
        Frame::None => Err(Reason::NoFrameFor(y)),
    }
}

fn with_frame(state: &State) -> Result<(), Reason> {
    match state.frame {
        Frame::Of(_) => Ok(()),
        Frame::None => Err(Reason::NoFrame),
        Frame::AtLeast(_) => Err(Reason::UnknownFrame),
    }
}

fn without_frame(state: &State) -> Result<(), Reason> {
    match state.frame {
        Frame::None => Ok(()),
        Frame::Of(frame) => Err(Reason::HasFrame(frame)),
        Frame::AtLeast(_) => Err(Reason::UnknownFrame),
    }
}

fn frame_is(said: u16, state: &State) -> Result<(), Reason> {
    match state.frame {
        Frame::Of(frame) if frame == said => Ok(()),
        Frame::Of(frame) => Err(Reason::FrameSize { said, frame }),
        Frame::None => Err(Reason::NoFrame),
        Frame::AtLeast(_) => Err(Reason::UnknownFrame),
    }
}

/// Operand `index` as a number; 0 where it is none.
fn number(args: &[Operand], index: usize) -> u32 {
    match args.get(index) {
        Some(Operand::Unsigned(number)) => u32::try_from(*number).unwrap_or(u32::MAX),
        _ => 0,
    }
}
