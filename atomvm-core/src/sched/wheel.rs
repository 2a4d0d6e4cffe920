//! A timing wheel: starting, cancelling and expiring a timer take the same time however many
//! there are.
//!
//! Time is cut into ticks of 2^20 nanoseconds. A timer stands in a slot of one of eight levels: on
//! level 0 a slot is one tick, on each further level 64 slots of the one below. The level is that
//! of the highest digit (of six bits) in which the timer's tick differs from the current one, so
//! all of a level come before all of the next. When time reaches a slot, its timers move to lower
//! levels, or, when their tick has come, to a heap from which they expire in order.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, lose, made};
use alloc::boxed::Box;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// No node.
const NIL: u32 = u32::MAX;
const TICK_BITS: u32 = 20;
const DIGIT: u32 = 6;
const SLOTS: usize = 1 << DIGIT;
const LEVELS: usize = 8;
/// Ticks have so many bits; what is later is held as if it were due then, and looked at again.
const LAST_TICK: u64 = (1 << (DIGIT as usize * LEVELS)) - 1;
/// How many timers of the next slot are looked at to say when the first is due.
const LOOK: usize = 32;

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    Slot { level: u8, slot: u8 },
    Due,
}

struct Node<T> {
    deadline: u64,
    /// Timers of the same deadline expire in the order of these.
    sequence: u64,
    place: Place,
    /// Changes each time that the node is used again.
    generation: u32,
    previous: u32,
    next: u32,
    item: Option<T>,
}

struct Level {
    /// Which slots are not empty.
    used: u64,
    heads: [u32; SLOTS],
}

impl Default for Level {
    fn default() -> Self {
        Level {
            used: 0,
            heads: [NIL; SLOTS],
        }
    }
}

/// What names a timer: a node, and its generation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Key {
    index: u32,
    generation: u32,
}

impl Key {
    /// As a number that is not 0.
    pub fn to_number(self) -> u64 {
        u64::from(self.generation) << 32 | (u64::from(self.index) + 1)
    }

    /// From such a number.
    pub fn from_number(number: u64) -> Option<Key> {
        let index = (number & 0xffff_ffff).checked_sub(1)?;
        Some(Key {
            index: index as u32,
            generation: (number >> 32) as u32,
        })
    }
}

/// Things that become due at moments in nanoseconds.
pub(super) struct Wheel<T> {
    nodes: Vec<Node<T>>,
    free: u32,
    levels: [Option<Box<Level>>; LEVELS],
    /// What has become due by its tick, by deadline and sequence.
    /// One that has been taken out meanwhile is passed over.
    due: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// The current tick.
    tick: u64,
    sequence: u64,
    /// The generation of nodes that are made.
    generation: u32,
    len: usize,
}

/// What a timer takes, in bytes.
pub(super) const fn node_bytes<T>() -> usize {
    size_of::<Node<T>>()
}

fn tick_of(deadline: u64) -> u64 {
    (deadline >> TICK_BITS).min(LAST_TICK)
}

impl<T> Default for Wheel<T> {
    fn default() -> Self {
        Wheel {
            nodes: Vec::new(),
            free: NIL,
            levels: [const { None }; LEVELS],
            due: BinaryHeap::new(),
            tick: 0,
            sequence: 0,
            generation: 0,
            len: 0,
        }
    }
}

impl<T> Wheel<T> {
    /// How many timers there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a timer.
    ///
    /// # Errors
    /// There is no memory.
    pub fn insert(&mut self, deadline: u64, item: T) -> Result<Key, OutOfMemory> {
        self.sequence += 1;
        let sequence = self.sequence;
        let index = self.take_node()?;
        let node = &mut self.nodes[index as usize];
        node.deadline = deadline;
        node.sequence = sequence;
        node.item = Some(item);
        let generation = node.generation;
        if let Err(error) = self.put(index) {
            self.nodes[index as usize].item = None;
            self.nodes[index as usize].next = self.free;
            self.free = index;
            return Err(error);
        }
        self.len += 1;
        Ok(Key { index, generation })
    }

    fn take_node(&mut self) -> Result<u32, OutOfMemory> {
        if self.free != NIL {
            let index = self.free;
            self.free = self.nodes[index as usize].next;
            return Ok(index);
        }
        let index = u32::try_from(self.nodes.len()).map_err(|_| OutOfMemory)?;
        if index == NIL {
            return Err(OutOfMemory);
        }
        self.nodes.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.nodes.push(Node {
            deadline: 0,
            sequence: 0,
            place: Place::Free,
            generation: self.generation,
            previous: NIL,
            next: NIL,
            item: None,
        });
        Ok(index)
    }

    /// Puts a node where it belongs by its deadline.
    ///
    /// # Errors
    /// There is no memory, and it is nowhere.
    fn put(&mut self, index: u32) -> Result<(), OutOfMemory> {
        let node = &self.nodes[index as usize];
        let tick = tick_of(node.deadline);
        if tick <= self.tick {
            let entry = (node.deadline, node.sequence, index);
            self.due.try_reserve(1).map_err(|_| OutOfMemory)?;
            self.due.push(Reverse(entry));
            self.nodes[index as usize].place = Place::Due;
            return Ok(());
        }
        let level = (63 - (tick ^ self.tick).leading_zeros()) / DIGIT;
        let slot = (tick >> (level * DIGIT)) as usize % SLOTS;
        let place = made(&mut self.levels[level as usize])?;
        let head = core::mem::replace(&mut place.heads[slot], index);
        place.used |= 1 << slot;
        if head != NIL {
            self.nodes[head as usize].previous = index;
        }
        let node = &mut self.nodes[index as usize];
        node.place = Place::Slot {
            level: level as u8,
            slot: slot as u8,
        };
        (node.previous, node.next) = (NIL, head);
        Ok(())
    }

    fn node(&self, key: Key) -> Option<&Node<T>> {
        let node = self.nodes.get(key.index as usize)?;
        (node.generation == key.generation && node.place != Place::Free).then_some(node)
    }

    /// The deadline of a timer that is still there.
    pub fn deadline(&self, key: Key) -> Option<u64> {
        self.node(key).map(|node| node.deadline)
    }

    /// What a timer that is still there is about.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.node(key)?;
        self.nodes[key.index as usize].item.as_mut()
    }

    /// Takes a timer out; its deadline and what it was about.
    pub fn remove(&mut self, key: Key) -> Option<(u64, T)> {
        let node = self.node(key)?;
        let (deadline, place) = (node.deadline, node.place);
        match place {
            Place::Due => {}
            Place::Slot { level, slot } => self.unlink(key.index, level, slot),
            Place::Free => return None,
        }
        Some((deadline, self.release(key.index)?))
    }

    fn unlink(&mut self, index: u32, level: u8, slot: u8) {
        let (previous, next) = {
            let node = &self.nodes[index as usize];
            (node.previous, node.next)
        };
        if next != NIL {
            self.nodes[next as usize].previous = previous;
        }
        if previous != NIL {
            self.nodes[previous as usize].next = next;
        } else if let Some(level) = &mut self.levels[level as usize] {
            level.heads[slot as usize] = next;
            if next == NIL {
                level.used &= !(1 << slot);
            }
        }
    }

    fn release(&mut self, index: u32) -> Option<T> {
        let free = core::mem::replace(&mut self.free, index);
        let node = &mut self.nodes[index as usize];
        node.place = Place::Free;
        node.generation = node.generation.wrapping_add(1);
        node.next = free;
        let item = node.item.take();
        self.len -= 1;
        if self.len == 0 {
            self.due.clear();
            // Generations must not come back, so the nodes are kept unless they are many.
            self.shrink();
        }
        item
    }

    /// Gives memory back after a peak. Keys of before must not fit what comes after.
    fn shrink(&mut self) {
        if self.nodes.len() > 1024 {
            let last = self.nodes.iter().map(|n| n.generation).max();
            self.generation = last.unwrap_or(0).wrapping_add(1);
            self.nodes.truncate(1024);
            self.nodes.shrink(1024);
            self.free = NIL;
            for (index, node) in self.nodes.iter_mut().enumerate() {
                node.generation = self.generation;
                node.next = core::mem::replace(&mut self.free, index as u32);
            }
        }
    }

    /// Takes out the first timer, if its deadline is not later than `now`.
    pub fn expire(&mut self, now: u64) -> Option<T> {
        self.advance(tick_of(now));
        loop {
            let Reverse((deadline, sequence, index)) = *self.due.peek()?;
            let node = self.nodes.get(index as usize);
            let is_there =
                node.is_some_and(|node| node.place == Place::Due && node.sequence == sequence);
            if is_there && deadline > now {
                return None;
            }
            self.due.pop();
            if is_there {
                return self.release(index);
            }
        }
    }

    /// Moves what has come closer.
    fn advance(&mut self, to: u64) {
        if to <= self.tick {
            return;
        }
        let from = core::mem::replace(&mut self.tick, to);
        for level in 0..LEVELS {
            let shift = level as u32 * DIGIT;
            let base = (from >> shift) & !(SLOTS as u64 - 1);
            while let Some(place) = &mut self.levels[level] {
                if place.used == 0 {
                    break;
                }
                let slot = place.used.trailing_zeros();
                if (base | u64::from(slot)) << shift > to {
                    return;
                }
                place.used &= !(1 << slot);
                let mut index = core::mem::replace(&mut place.heads[slot as usize], NIL);
                while index != NIL {
                    let next = self.nodes[index as usize].next;
                    if self.put(index).is_err() {
                        lose();
                    }
                    index = next;
                }
            }
        }
    }

    /// A moment that is not later than the first deadline; `None` when there is no timer. It is
    /// that deadline itself unless there are many timers about that time.
    pub fn next(&self) -> Option<u64> {
        if let Some(Reverse((deadline, _, _))) = self.due.peek() {
            return Some(*deadline);
        }
        for (level, place) in self.levels.iter().enumerate() {
            let Some(place) = place.as_ref().filter(|place| place.used != 0) else {
                continue;
            };
            let slot = place.used.trailing_zeros();
            let shift = level as u32 * DIGIT;
            let base = (self.tick >> shift) & !(SLOTS as u64 - 1);
            let start = (base | u64::from(slot)) << shift << TICK_BITS;
            return Some(self.first_of(place.heads[slot as usize]).unwrap_or(start));
        }
        None
    }

    /// The earliest deadline of a list, unless it is long.
    fn first_of(&self, mut index: u32) -> Option<u64> {
        let mut first = None;
        for _ in 0..LOOK {
            if index == NIL {
                return first;
            }
            let node = &self.nodes[index as usize];
            first = Some(first.map_or(node.deadline, |f: u64| f.min(node.deadline)));
            index = node.next;
        }
        None
    }
}
