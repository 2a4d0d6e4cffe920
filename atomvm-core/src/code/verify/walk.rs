//! Follows the code of a function over all its paths, until nothing new is learnt.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::ops::Range;

use super::state::{Labels, State};
use super::structure::{Layout, is_note};
use super::{Catch, NONE, Reason};
use crate::beam::opcode::op;
use crate::beam::{Beam, Instr, Operand};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, filled};

/// Whether the code goes on behind an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It does.
    Follows,
    /// It does not.
    Ends,
}

fn no_memory(_: OutOfMemory) -> (u32, Reason) {
    (0, Reason::OutOfMemory)
}

/// Where a label is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The instruction.
    instr: u32,
    /// Its number.
    label: u32,
    /// The first instruction behind it that does something, or a further label.
    behind: u32,
}

/// Follows the functions of a module, one after the other.
pub(super) struct Walker<'b, 'a> {
    pub(super) beam: &'b Beam<'a>,
    pub(super) layout: &'b Layout,
    max_x: u16,
    labels: Labels,
    /// Where the state of each label of the function is in `labels`.
    slots: Vec<u32>,
    /// The label of each slot, in the order of the code.
    places: Vec<Place>,
    /// Slots whose code is to be followed, the first of them first, so that most code is followed
    /// once only.
    queue: BinaryHeap<Reverse<u32>>,
    queued: Vec<bool>,
    /// The slot whose code is being followed.
    from: u32,
    /// Ways from slot to slot of the function on which no process ever pauses.
    ways: Vec<(u32, u32)>,
    /// Which instructions of the module some path leads to.
    reached: Vec<bool>,
    pub(super) catches: Vec<Catch>,
}

impl<'b, 'a> Walker<'b, 'a> {
    pub fn new(beam: &'b Beam<'a>, layout: &'b Layout, max_x: u16) -> Result<Self, OutOfMemory> {
        Ok(Walker {
            beam,
            layout,
            max_x,
            labels: Labels::default(),
            slots: filled(NONE, layout.label_instr.len())?,
            places: Vec::new(),
            queue: BinaryHeap::new(),
            queued: Vec::new(),
            from: NONE,
            ways: Vec::new(),
            reached: filled(false, beam.code.instrs.len())?,
            catches: Vec::new(),
        })
    }

    /// Follows function `index`.
    ///
    /// # Errors
    /// The instruction that is wrong, and why.
    pub fn function(&mut self, index: usize) -> Result<(), (u32, Reason)> {
        let function = self.layout.functions[index];
        self.places.clear();
        for at in function.first_instr..function.end_instr {
            let instr = &self.beam.code.instrs[at as usize];
            if instr.op != op::LABEL {
                continue;
            }
            if let [Operand::Unsigned(label)] = self.beam.code.args(instr) {
                self.slots[*label as usize] = self.places.len() as u32;
                let rest = self.beam.code.instrs.get(at as usize + 1..).unwrap_or(&[]);
                let notes = rest.iter().take_while(|instr| is_note(instr.op)).count();
                let place = Place {
                    instr: at,
                    label: *label as u32,
                    behind: at + 1 + notes as u32,
                };
                self.places.try_push(place).map_err(no_memory)?;
            }
        }
        let count = self.places.len();
        self.labels.reset(count, self.max_x).map_err(no_memory)?;
        self.queued = filled(false, count).map_err(no_memory)?;
        self.queue.clear();
        // No more than each of them is in the queue at the same time.
        self.queue
            .try_reserve(count)
            .map_err(|_| no_memory(OutOfMemory))?;
        self.ways.clear();
        self.from = NONE;
        let entry = State::entry(function.arity);
        self.arrive(function.entry_label, &entry)
            .map_err(|reason| (function.first_instr, reason))?;
        while let Some(Reverse(slot)) = self.queue.pop() {
            self.queued[slot as usize] = false;
            self.from = slot;
            self.follow(slot as usize, function.end_instr)?;
        }
        match super::cycle::on(self.places.len(), &mut self.ways).map_err(no_memory)? {
            Some(slot) => Err((self.places[slot].instr, Reason::Endless)),
            None => Ok(()),
        }
    }

    /// The code arrives at `label`, one of this function, with `state`.
    ///
    /// Where the handler of a `try` begins, the code ends: compilers let it run there behind a
    /// call that they know never to return.
    pub(super) fn arrive(&mut self, label: u32, state: &State) -> Result<(), Reason> {
        match self.first_behind(label) {
            Some(first) if first.op == op::TRY_CASE => Ok(()),
            _ => self.arrive_by_exception(label, state),
        }
    }

    /// As [`arrive`](Self::arrive), when other processes may run before.
    pub(super) fn arrive_later(&mut self, label: u32, state: &State) -> Result<(), Reason> {
        let from = core::mem::replace(&mut self.from, NONE);
        let arrived = self.arrive(label, state);
        self.from = from;
        arrived
    }

    /// As [`arrive`](Self::arrive), when an exception leads to `label`.
    pub(super) fn arrive_by_exception(&mut self, label: u32, state: &State) -> Result<(), Reason> {
        let slot = self.slots.get(label as usize).copied();
        let slot = slot
            .filter(|slot| *slot != NONE)
            .ok_or(Reason::NoLabel(label))?;
        let index = slot as usize;
        if self.from != NONE {
            self.ways.try_push((self.from, slot))?;
        }
        if self.labels.arrive(index, state) && !self.queued[index] {
            self.queued[index] = true;
            self.queue.push(Reverse(slot));
        }
        Ok(())
    }

    /// Follows the code from a label until it ends or comes to another label.
    fn follow(&mut self, slot: usize, end: u32) -> Result<(), (u32, Reason)> {
        let first = self.places[slot].instr;
        let mut state = self.labels.visit(slot).map_err(|reason| (first, reason))?;
        self.reached[first as usize] = true;
        let mut at = first + 1;
        while at < end {
            let instr = &self.beam.code.instrs[at as usize];
            if instr.op == op::LABEL {
                let label = self.places[slot + 1].label;
                return self.arrive(label, &state).map_err(|reason| (at, reason));
            }
            self.reached[at as usize] = true;
            let next = self.step(at, &mut state).map_err(|reason| (at, reason))?;
            if next == Next::Ends {
                return Ok(());
            }
            at += 1;
        }
        Err((end - 1, Reason::FallsOff))
    }

    /// The first instruction behind `label`, one of this function, that does something.
    pub(super) fn first_behind(&self, label: u32) -> Option<&'b Instr> {
        let slot = *self.slots.get(label as usize)?;
        let place = self.places.get(slot as usize)?;
        self.beam.code.instrs.get(place.behind as usize)
    }

    /// Whether nothing stands between instruction `at` and a label before it.
    pub(super) fn is_behind_label(&self, at: u32) -> bool {
        let before = self.beam.code.instrs.get(..at as usize).unwrap_or(&[]);
        let before = before.iter().rev().find(|instr| !is_note(instr.op));
        before.is_some_and(|instr| instr.op == op::LABEL)
    }

    /// Instructions of functions that no path leads to, in order.
    pub fn unreachable(&self) -> Result<Vec<Range<u32>>, OutOfMemory> {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for function in &self.layout.functions {
            for at in function.first_instr..function.end_instr {
                let op = self.beam.code.instrs[at as usize].op;
                if self.reached[at as usize] || op == op::INT_CODE_END {
                    continue;
                }
                match ranges.last_mut() {
                    Some(last) if last.end == at => last.end = at + 1,
                    _ => ranges.try_push(at..at + 1)?,
                }
            }
        }
        Ok(ranges)
    }
}
