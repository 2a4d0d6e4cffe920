//! The processes that could run, by priority: a queue for each scheduler.
//!
//! A process becomes ready in the queue of the scheduler that made it so, where the data that it
//! was sent is at hand. A scheduler without work takes from the others' queues.

use super::scheduler;
use crate::memory::fallible::lose;
use crate::process::{Handle, Priority};
use crate::sync::{Mutex, Shared};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::iter;

/// A process of low priority gets its turn once while those of normal priority get so many.
const LOW_TURN: u32 = 8;

#[derive(Default)]
struct Queues {
    max: VecDeque<Shared<Handle>>,
    high: VecDeque<Shared<Handle>>,
    normal: VecDeque<Shared<Handle>>,
    low: VecDeque<Shared<Handle>>,
    /// Turns of normal priority since the last one of low priority.
    normal_turns: u32,
}

/// The queues of processes that could run.
pub struct RunQueue {
    queues: Box<[Mutex<Queues>]>,
}

impl Default for RunQueue {
    fn default() -> Self {
        RunQueue::new(1)
    }
}

impl RunQueue {
    /// Queues for so many schedulers.
    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub(crate) fn new(schedulers: usize) -> RunQueue {
        let queues = iter::repeat_with(Mutex::default).take(schedulers.max(1));
        RunQueue {
            queues: queues.collect(),
        }
    }

    /// How many schedulers there are.
    pub fn schedulers(&self) -> usize {
        self.queues.len()
    }

    /// Adds a process at the end of its queue. `true`: another scheduler could run it sooner than
    /// the one that this thread is, if any.
    pub(crate) fn push(&self, handle: Shared<Handle>, priority: Priority) -> bool {
        let me = match self.queues.len() {
            1 => None,
            _ => scheduler::current(self),
        };
        let mut queues = self.queues[me.unwrap_or(0)].lock();
        queues.push(handle, priority);
        // What stands alone in the queue of a running scheduler is what it does next.
        me.is_none() || queues.len() > 1
    }

    /// Puts a process that waits for the one which another scheduler runs before all others of
    /// that scheduler: its turn is next there, when that process has given way.
    pub(crate) fn push_first(&self, handle: Shared<Handle>, scheduler: usize) {
        let at = scheduler % self.queues.len();
        let first = &mut self.queues[at].lock().max;
        match first.try_reserve(1) {
            Ok(()) => first.push_front(handle),
            Err(_) => lose(),
        }
    }

    /// The process whose turn it is at the scheduler `me`.
    pub(crate) fn pop(&self, me: usize) -> Option<Shared<Handle>> {
        let count = self.queues.len();
        (me..me + count).find_map(|at| self.queues[at % count].lock().pop())
    }

    /// How many processes could run.
    pub fn len(&self) -> usize {
        self.lengths().sum()
    }

    /// How many processes could run, for each scheduler.
    pub fn lengths(&self) -> impl Iterator<Item = usize> {
        self.queues.iter().map(|queues| queues.lock().len())
    }

    /// Could none run?
    pub fn is_empty(&self) -> bool {
        self.lengths().all(|length| length == 0)
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        for queues in &self.queues {
            let forgotten = core::mem::take(&mut *queues.lock());
            drop(forgotten);
        }
    }
}

impl Queues {
    fn push(&mut self, handle: Shared<Handle>, priority: Priority) {
        let queue = match priority {
            Priority::Max => &mut self.max,
            Priority::High => &mut self.high,
            Priority::Normal => &mut self.normal,
            Priority::Low => &mut self.low,
        };
        match queue.try_reserve(1) {
            Ok(()) => queue.push_back(handle),
            // It would never run: the VM ends.
            Err(_) => lose(),
        }
    }

    fn pop(&mut self) -> Option<Shared<Handle>> {
        let first = self.max.pop_front().or_else(|| self.high.pop_front());
        if first.is_some() {
            return first;
        }
        self.normal_turns += 1;
        if (self.normal_turns < LOW_TURN || self.low.is_empty())
            && let Some(normal) = self.normal.pop_front()
        {
            return Some(normal);
        }
        self.normal_turns = 0;
        self.low.pop_front()
    }

    fn len(&self) -> usize {
        self.max.len() + self.high.len() + self.normal.len() + self.low.len()
    }
}
