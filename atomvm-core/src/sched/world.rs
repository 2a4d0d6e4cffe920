//! Stopping the world: changes to code happen while no other scheduler runs a process.
//!
//! What runs holds addresses of code without a lock, since looking at a lock at every call would
//! be far too slow. So who changes code waits until all others are between two turns.

use crate::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

#[derive(Default)]
struct State {
    /// Schedulers within a turn.
    running: usize,
    /// Threads that wait to be alone.
    waiting: usize,
    alone: Option<ThreadId>,
}

/// Who is within a turn, and who wants to be alone.
#[derive(Default)]
pub(crate) struct World {
    state: Mutex<State>,
    changed: Condvar,
}

impl World {
    /// A scheduler begins a turn.
    pub(super) fn enter(&self) {
        let mut state = self.state.lock();
        while state.alone.is_some() || state.waiting > 0 {
            self.changed.wait(&mut state);
        }
        state.running += 1;
    }

    /// A scheduler ends its turn.
    pub(super) fn leave(&self) {
        let mut state = self.state.lock();
        state.running -= 1;
        if state.running == 0 && state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Calls `change` while no other scheduler is within a turn. `inside`: the caller is.
    pub(super) fn alone<R>(&self, inside: bool, change: impl FnOnce() -> R) -> R {
        let me = thread::current().id();
        let mut state = self.state.lock();
        if state.alone == Some(me) {
            drop(state);
            return change();
        }
        state.running -= usize::from(inside);
        state.waiting += 1;
        if state.running == 0 {
            self.changed.notify_all();
        }
        while state.alone.is_some() || state.running > 0 {
            self.changed.wait(&mut state);
        }
        state.waiting -= 1;
        state.alone = Some(me);
        drop(state);
        let _end = End(self, inside);
        change()
    }
}

/// Lets the others go on, also after a panic.
struct End<'a>(&'a World, bool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let End(world, inside) = self;
        let mut state = world.state.lock();
        state.alone = None;
        state.running += usize::from(*inside);
        world.changed.notify_all();
    }
}
