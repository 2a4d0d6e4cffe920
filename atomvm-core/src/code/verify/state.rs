//! What is known at a point of the code, on every path that leads there.

use alloc::vec::Vec;

use super::Reason;
use crate::memory::OutOfMemory;

/// X registers as bits.
pub(super) type XSet = [u64; 16];

/// The frame of a function's call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// There is none.
    None,
    /// There is one with so many slots.
    Of(u16),
    /// It differs between the paths, and the smallest has so many slots (or there is none).
    /// Compilers share code that raises an exception between paths with different frames, for
    /// that does not need to know.
    AtLeast(u16),
}

impl Frame {
    fn join(self, other: Frame) -> Frame {
        if self == other {
            return self;
        }
        Frame::AtLeast(self.least().min(other.least()))
    }

    fn least(self) -> u16 {
        match self {
            Frame::None => 0,
            Frame::Of(slots) | Frame::AtLeast(slots) => slots,
        }
    }
}

/// What is known before an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// The X registers that are set.
    pub x: XSet,
    /// The frame.
    pub frame: Frame,
    /// Words that are left of what was asked for on the heap.
    pub heap: u32,
    /// How many `put` are still to come that belong to the last `put_tuple`. None are at labels.
    pub parts: u32,
    /// Whether x0 is a tuple that `setelement/3` has just made. Forgotten at labels.
    pub fresh: bool,
}

impl State {
    /// At a function's entry.
    pub fn entry(arity: u32) -> State {
        let mut state = State {
            x: [u64::MAX; 16],
            frame: Frame::None,
            heap: 0,
            parts: 0,
            fresh: false,
        };
        state.keep(arity as u16);
        state
    }

    /// Whether register `x` is set.
    pub fn is_set(&self, x: u16) -> bool {
        let (word, bit) = (usize::from(x / 64), x % 64);
        self.x.get(word).is_some_and(|word| word & (1 << bit) != 0)
    }

    /// Register `x` is set from here.
    pub fn set(&mut self, x: u16) {
        let (word, bit) = (usize::from(x / 64), x % 64);
        if let Some(word) = self.x.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Only the first `live` registers are still set, as far as they were.
    pub fn keep(&mut self, live: u16) {
        for (index, word) in self.x.iter_mut().enumerate() {
            let first = index as u16 * 64;
            *word &= match live.saturating_sub(first) {
                64.. => u64::MAX,
                count => (1 << count) - 1,
            };
        }
    }

    /// The first `live` registers are set.
    pub fn check_live(&self, live: u16) -> Result<(), Reason> {
        let mut first = 0;
        for word in self.x {
            if first >= live {
                break;
            }
            let unset = first + word.trailing_ones() as u16;
            if unset < live && word != u64::MAX {
                return Err(Reason::NotLive { live, unset });
            }
            first += 64;
        }
        Ok(())
    }
}

/// Makes a vector one of `count` times the same, in the room that it has, if that is enough.
fn refill<T: Clone>(vector: &mut Vec<T>, item: T, count: usize) -> Result<(), OutOfMemory> {
    vector.clear();
    vector.try_reserve(count).map_err(|_| OutOfMemory)?;
    vector.resize(count, item);
    Ok(())
}

/// The states at the labels of one function.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// How many words of an [`XSet`] are kept: as many as the module's registers need.
    stride: usize,
    entries: Vec<Entry>,
    x: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    frame: Frame,
    heap: u32,
    reached: bool,
    /// How often the code at the label was followed.
    visits: u8,
}

/// How often code is followed with less known each time, before nothing is assumed of the heap.
const HEAP_VISITS: u8 = 4;
/// How often code is followed at most. Compiled code is followed twice, in loops that receive.
const MAX_VISITS: u8 = 40;

impl Labels {
    /// No label of `count` is reached; registers are less than `max_x`.
    pub fn reset(&mut self, count: usize, max_x: u16) -> Result<(), OutOfMemory> {
        self.stride = usize::from(max_x).div_ceil(64).clamp(1, 16);
        let entry = Entry {
            frame: Frame::None,
            heap: 0,
            reached: false,
            visits: 0,
        };
        refill(&mut self.entries, entry, count)?;
        refill(&mut self.x, 0, count * self.stride)
    }

    /// The state at label `slot`, to follow the code from there.
    pub fn visit(&mut self, slot: usize) -> Result<State, Reason> {
        let entry = &mut self.entries[slot];
        entry.visits += 1;
        if entry.visits > MAX_VISITS {
            return Err(Reason::TooComplex);
        }
        let mut state = State {
            x: [0; 16],
            frame: entry.frame,
            heap: entry.heap,
            parts: 0,
            fresh: false,
        };
        let start = slot * self.stride;
        state.x[..self.stride].copy_from_slice(&self.x[start..start + self.stride]);
        Ok(state)
    }

    /// Code arrives at label `slot` with `state`. Whether less is known
    /// there than before, so that the code from there must be followed (again).
    pub fn arrive(&mut self, slot: usize, state: &State) -> bool {
        let entry = &mut self.entries[slot];
        let start = slot * self.stride;
        let known = &mut self.x[start..start + self.stride];
        if !entry.reached {
            *entry = Entry {
                frame: state.frame,
                heap: state.heap,
                reached: true,
                visits: 0,
            };
            known.copy_from_slice(&state.x[..self.stride]);
            return true;
        }
        let frame = entry.frame.join(state.frame);
        let mut changed = frame != entry.frame;
        entry.frame = frame;
        if state.heap < entry.heap {
            entry.heap = match entry.visits {
                HEAP_VISITS.. => 0,
                _ => state.heap,
            };
            changed = true;
        }
        for (known, word) in known.iter_mut().zip(state.x) {
            changed |= *known & !word != 0;
            *known &= word;
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_kept_up_to_a_number() {
        let mut state = State::entry(130);
        assert!(state.is_set(0) && state.is_set(129) && !state.is_set(130));
        assert_eq!(state.check_live(130), Ok(()));
        let fault = Reason::NotLive {
            live: 200,
            unset: 130,
        };
        assert_eq!(state.check_live(200), Err(fault));
        state.keep(64);
        assert!(state.is_set(63) && !state.is_set(64));
        state.set(1023);
        assert!(state.is_set(1023));
        assert!(!state.is_set(1024));
        assert_eq!(State::entry(0).check_live(0), Ok(()));
    }

    #[test]
    fn joining_forgets() {
        let mut labels = Labels::default();
        labels.reset(1, 70).unwrap();
        let (mut a, mut b) = (State::entry(3), State::entry(66));
        (a.heap, b.heap) = (5, 2);
        assert!(labels.arrive(0, &b));
        assert!(!labels.arrive(0, &b));
        assert!(labels.arrive(0, &a));
        let joined = labels.visit(0).unwrap();
        assert_eq!((joined.x, joined.heap), (a.x, 2));
        a.frame = Frame::Of(0);
        assert!(labels.arrive(0, &a));
        assert_eq!(labels.visit(0).unwrap().frame, Frame::AtLeast(0));
        assert!(!labels.arrive(0, &a));
    }
}
