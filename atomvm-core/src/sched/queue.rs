//! The processes that could run, by priority.

use crate::process::{Handle, Priority};
use crate::sync::{Arc, Mutex};
use alloc::collections::VecDeque;

/// A process of low priority gets its turn once while those of normal priority get so many.
const LOW_TURN: u32 = 8;

#[derive(Default)]
struct Queues {
    max: VecDeque<Arc<Handle>>,
    high: VecDeque<Arc<Handle>>,
    normal: VecDeque<Arc<Handle>>,
    low: VecDeque<Arc<Handle>>,
    /// Turns of normal priority since the last one of low priority.
    normal_turns: u32,
}

/// The queues of processes that could run.
#[derive(Default)]
pub struct RunQueue(Mutex<Queues>);

impl RunQueue {
    /// Adds a process at the end of its queue; were all queues empty?
    pub(crate) fn push(&self, handle: Arc<Handle>, priority: Priority) -> bool {
        let mut queues = self.0.lock();
        let was_empty = queues.len() == 0;
        match priority {
            Priority::Max => &mut queues.max,
            Priority::High => &mut queues.high,
            Priority::Normal => &mut queues.normal,
            Priority::Low => &mut queues.low,
        }
        .push_back(handle);
        was_empty
    }

    /// The process whose turn it is.
    pub(crate) fn pop(&self) -> Option<Arc<Handle>> {
        let queues = &mut *self.0.lock();
        let first = queues.max.pop_front().or_else(|| queues.high.pop_front());
        if first.is_some() {
            return first;
        }
        queues.normal_turns += 1;
        if (queues.normal_turns < LOW_TURN || queues.low.is_empty())
            && let Some(normal) = queues.normal.pop_front()
        {
            return Some(normal);
        }
        queues.normal_turns = 0;
        queues.low.pop_front()
    }

    /// How many processes could run.
    pub fn len(&self) -> usize {
        self.0.lock().len()
    }

    /// Could none run?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        *self.0.lock() = Queues::default();
    }
}

impl Queues {
    fn len(&self) -> usize {
        self.max.len() + self.high.len() + self.normal.len() + self.low.len()
    }
}
