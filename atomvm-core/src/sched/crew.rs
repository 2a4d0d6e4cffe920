//! More schedulers than one: threads that take turns while the host's own thread runs the VM.
//!
//! A ready process is put in a queue first and announced then; a scheduler counts itself among the
//! sleepers first and looks at the queues then. Whoever of the two takes the queue's lock last sees
//! what the other did, so that no wake-up is lost.

use super::scheduler::{Scheduler, TIME_SLICE, Turn};
use crate::memory::fallible::print;
use crate::sync::{Condvar, Mutex};
use crate::term::Term;
use crate::vm::Runtime;
use alloc::vec::Vec;
use portable_atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

#[derive(Default)]
struct State {
    /// Schedulers that are not asleep.
    awake: usize,
    /// Workers that sleep, and how many of them have been told to wake up.
    asleep: usize,
    called: usize,
    first_asleep: bool,
    /// Workers that were started, and how many of them are not to take turns now.
    started: usize,
    aside: usize,
    stop: bool,
}

/// The schedulers beside the first, and the first while it waits for them.
#[derive(Default)]
pub(crate) struct Crew {
    state: Mutex<State>,
    workers: Condvar,
    first: Condvar,
    /// Where workers wait that are not to take turns.
    offline: Condvar,
    /// All who sleep: tells without the lock that nobody does.
    sleepers: AtomicUsize,
    /// As in the state, for those who look before each turn.
    stops: AtomicBool,
}

impl Crew {
    /// Wakes one that sleeps, if there is one.
    fn wake_one(&self) -> bool {
        if self.sleepers.load(Ordering::SeqCst) == 0 {
            return false;
        }
        let mut state = self.state.lock();
        if state.asleep > state.called {
            state.called += 1;
            self.workers.notify_one();
            return true;
        }
        self.call_first(&mut state)
    }

    fn wake_first(&self) -> bool {
        self.call_first(&mut self.state.lock())
    }

    fn call_first(&self, state: &mut State) -> bool {
        let sleeps = core::mem::take(&mut state.first_asleep);
        if sleeps {
            self.first.notify_one();
        }
        sleeps
    }

    /// A worker found nothing to do: sleeps until there is, the crew is to stop, or it is no longer to
    /// take turns.
    fn sleep(&self, rt: &Runtime, index: usize) {
        let mut state = self.state.lock();
        state.asleep += 1;
        state.awake -= 1;
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        if rt.run_queue.is_empty() {
            if state.awake == 0 {
                self.call_first(&mut state);
            } else if rt.rest.must_wake_platform() {
                // It waits for the timers that it knew of; there may be others now.
                rt.platform.wake();
            }
            rt.statistics.begin_idle(index, rt.now());
            while state.called == 0 && !state.stop && index < rt.online.active() {
                self.workers.wait(&mut state);
            }
            rt.statistics.end_idle(index, rt.now());
        }
        state.called = state.called.saturating_sub(1);
        state.asleep -= 1;
        state.awake += 1;
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    /// A worker is not to take turns: waits until it is, or the crew is to stop. Others do what is
    /// in its queue.
    fn step_aside(&self, rt: &Runtime, index: usize) {
        // It may have been called for what somebody else must do now.
        if !rt.run_queue.is_empty() {
            rt.wake_scheduler();
        }
        let mut state = self.state.lock();
        state.awake -= 1;
        state.aside += 1;
        if state.awake == 0 {
            self.call_first(&mut state);
        }
        rt.statistics.begin_idle(index, rt.now());
        while index >= rt.online.active() && !state.stop {
            self.offline.wait(&mut state);
        }
        rt.statistics.end_idle(index, rt.now());
        state.aside -= 1;
        state.awake += 1;
    }

    /// Makes all workers look whether they are to take turns.
    pub(super) fn call_all(&self) {
        let _state = self.state.lock();
        self.workers.notify_all();
        self.offline.notify_all();
    }

    /// How many schedulers may take turns now, the first among them.
    pub(super) fn at_work(&self) -> usize {
        let state = self.state.lock();
        1 + state.started - state.aside
    }

    /// Sleeps until the crew is to stop.
    fn retire(&self) {
        let mut state = self.state.lock();
        state.awake -= 1;
        while !state.stop {
            self.workers.wait(&mut state);
        }
        state.awake += 1;
    }

    /// The first scheduler found nothing to do: sleeps as long as others work. `false`: all
    /// others sleep.
    pub(super) fn sleep_first(&self, rt: &Runtime, watched: Option<Term>) -> bool {
        let mut state = self.state.lock();
        if state.awake <= 1 {
            return false;
        }
        state.first_asleep = true;
        state.awake -= 1;
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        if rt.run_queue.is_empty() && !rt.has_finished(watched) {
            while state.first_asleep {
                self.first.wait(&mut state);
            }
        }
        state.first_asleep = false;
        state.awake += 1;
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
        true
    }

    fn stops(&self) -> bool {
        self.stops.load(Ordering::Acquire)
    }
}

/// Takes turns until the crew is to stop.
fn work(rt: &Runtime, scheduler: &mut Scheduler) {
    let crew = &rt.rest.crew;
    while !crew.stops() {
        if rt.must_stop() {
            rt.wake_first();
            crew.retire();
            return;
        }
        if scheduler.index() >= rt.online.active() {
            crew.step_aside(rt, scheduler.index());
        } else if let Turn::Idle(_) = scheduler.turn(rt, TIME_SLICE) {
            crew.sleep(rt, scheduler.index());
        }
    }
}

fn change(rt: &Runtime, change: impl FnOnce(&mut State)) {
    change(&mut rt.rest.crew.state.lock());
}

/// Ends the threads, also when the first scheduler panics.
struct Stop<'a>(&'a Runtime);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        let crew = &self.0.rest.crew;
        crew.stops.store(true, Ordering::Release);
        crew.state.lock().stop = true;
        crew.workers.notify_all();
        crew.offline.notify_all();
    }
}

/// Calls `first`, and lets `workers` take turns on threads of their own as long as it runs.
pub(crate) fn with<R>(rt: &Runtime, workers: &mut Vec<Scheduler>, first: impl FnOnce() -> R) -> R {
    let count = rt.run_queue.schedulers() - 1;
    if count == 0 {
        return first();
    }
    while workers.len() < count {
        workers.push(Scheduler::new(workers.len() + 1));
    }
    rt.rest.crew.stops.store(false, Ordering::Release);
    *rt.rest.crew.state.lock() = State {
        awake: 1,
        ..State::default()
    };
    thread::scope(|scope| {
        let _stop = Stop(rt);
        for worker in workers {
            let name = print!("scheduler {}", worker.index() + 1);
            change(rt, |state| {
                state.awake += 1;
                state.started += 1;
            });
            let started = thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, || work(rt, worker));
            if started.is_err() {
                // The others do its work.
                change(rt, |state| {
                    state.awake -= 1;
                    state.started -= 1;
                });
            }
        }
        first()
    })
}

impl Runtime {
    /// A process has become ready that another scheduler than this one could run.
    pub(crate) fn wake_scheduler(&self) {
        if !self.rest.crew.wake_one() && self.rest.must_wake_platform() {
            self.platform.wake();
        }
    }

    /// The first scheduler has something to tell its host.
    pub(crate) fn wake_first(&self) {
        if self.run_queue.schedulers() == 1 {
            return;
        }
        if !self.rest.crew.wake_first() && self.rest.must_wake_platform() {
            self.platform.wake();
        }
    }
}
