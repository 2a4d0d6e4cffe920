//! The loop that takes turns.

use crate::interp::Interpreter;
use crate::memory::fallible::take_loss;
use crate::process::{Fetched, Handle, Outcome, Process, Signal};
use crate::sched::RunQueue;
use crate::sched::timer::Event;
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use core::time::Duration;

/// Time slices between two looks at whether much memory was freed.
const SLICES_TO_TRIM: u64 = 1024;

/// Reductions of one turn, as in OTP.
pub const TIME_SLICE: u32 = 4000;

/// What one turn came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// A process ran for so many reductions.
    Ran(u32),
    /// No process could run; the next timer is due at this moment.
    Idle(Option<u64>),
}

/// Runs processes on the thread that calls it.
#[derive(Default)]
pub struct Scheduler {
    /// Its queue's number among the run queues.
    index: usize,
    interpreter: Interpreter,
    /// Is it known to who profiles the system as having work?
    profiled: bool,
}

impl Scheduler {
    /// The scheduler with this number; the first is 0.
    pub fn new(index: usize) -> Scheduler {
        Scheduler {
            index,
            interpreter: Interpreter::default(),
            profiled: false,
        }
    }

    fn profile(&mut self, rt: &Runtime, is_active: bool) {
        if rt.settings.is_profiled() && self.profiled != is_active {
            self.profiled = is_active;
            rt.profile_scheduler(self.index, is_active);
        }
    }

    /// Its number.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Lets the next process have a turn of at most `budget` reductions.
    pub fn turn(&mut self, rt: &Runtime, budget: u32) -> Turn {
        let _within = Within::enter(rt, self.index);
        if self.index == 0 {
            rt.rest.come_inside();
        }
        rt.fire_timers();
        rt.take_port_events();
        if rt.ets.has_unused() {
            rt.ets.sweep_some();
        }
        let releases = rt.persistent_terms.has_former() && rt.release_persistent_terms();
        loop {
            let Some(handle) = rt.run_queue.pop(self.index) else {
                self.profile(rt, false);
                self.interpreter.forget_tables();
                if releases || rt.ets.has_unused() {
                    return Turn::Ran(1);
                }
                if self.index == 0 {
                    rt.trim();
                    rt.rest.go_outside();
                }
                return Turn::Idle(rt.timers.next());
            };
            self.profile(rt, true);
            if handle.begin_running(self.index)
                && let Some(reductions) = self.run(rt, handle, budget)
            {
                return Turn::Ran(reductions);
            }
        }
    }

    /// Runs a process; `None` when it had ended.
    fn run(&mut self, rt: &Runtime, handle: Shared<Handle>, budget: u32) -> Option<u32> {
        let mut body = handle.body.lock();
        let p = body.as_mut()?;
        let before = p.reductions;
        let is_profiled = rt.settings.is_profiled();
        if is_profiled {
            rt.profile_process(p, true);
        }
        let outcome = self.run_body(rt, p, budget.min(TIME_SLICE));
        if is_profiled && outcome != Outcome::Yield {
            rt.profile_process(p, false);
        }
        if take_loss() {
            rt.starve();
        }
        let reductions = p.reductions.wrapping_sub(before).max(1);
        if rt
            .statistics
            .count_slice(reductions)
            .is_multiple_of(SLICES_TO_TRIM)
        {
            rt.trim();
        }
        match outcome {
            Outcome::Yield => {
                let follows = core::mem::take(&mut p.flags.follows);
                let is_in_slice =
                    before / u64::from(TIME_SLICE) == p.reductions / u64::from(TIME_SLICE);
                handle.become_ready();
                drop(body);
                match follows.checked_sub(1) {
                    // It gave way only to be looked at by itself: it may do so without end.
                    Some(me) if usize::from(me) == self.index && !is_in_slice => {
                        rt.make_ready(handle);
                    }
                    Some(other) => {
                        rt.run_queue.push_first(handle, other.into());
                        rt.wake_scheduler();
                    }
                    None => rt.make_ready(handle),
                }
            }
            Outcome::Wait => {
                let waits = handle.become_waiting(&rt.budget);
                drop(body);
                if !waits {
                    rt.make_ready(handle);
                }
            }
            Outcome::Exit => {
                let ended = body.take();
                drop(body);
                if let Some(p) = ended {
                    rt.bury(&handle, p);
                }
            }
        }
        Some(u32::try_from(reductions).unwrap_or(u32::MAX))
    }

    fn run_body(&mut self, rt: &Runtime, p: &mut Process, budget: u32) -> Outcome {
        if p.fetch_signals(rt) == Fetched::Exit {
            return Outcome::Exit;
        }
        if p.flags.suspended || (p.flags.hibernating && p.mailbox.is_empty()) {
            return match p.count_bytes() {
                Ok(()) => Outcome::Wait,
                Err(_) => {
                    p.end_for_memory();
                    Outcome::Exit
                }
            };
        }
        p.flags.hibernating = false;
        if p.flags.traced {
            rt.trace_turn(p, atoms::IN);
        }
        let is_watched = rt.settings.is_watched();
        let watched = match is_watched {
            true => rt.watch_turn(p),
            false => None,
        };
        let outcome = self.interpreter.run(p, rt, budget);
        if let Some(turn) = watched {
            rt.watch_turn_end(p, turn);
        }
        if is_watched {
            rt.watch_queue(p);
        }
        if p.flags.over_heap {
            p.flags.over_heap = false;
            rt.report_heap(p);
        }
        if p.has_ended() && outcome != Outcome::Exit {
            // There was no memory to keep its registers.
            return Outcome::Exit;
        }
        if outcome == Outcome::Wait {
            p.saved.trim();
        }
        if outcome != Outcome::Exit && p.count_bytes().is_err() {
            p.end_for_memory();
            return Outcome::Exit;
        }
        if p.flags.traced && outcome != Outcome::Exit {
            rt.trace_turn(p, atoms::OUT);
        }
        if outcome == Outcome::Yield
            && let Some(extent) = p.flags.collect.take()
            && rt.collect_traced(p, extent).is_err()
        {
            p.end_for_memory();
            return Outcome::Exit;
        }
        outcome
    }
}

/// A turn, as other threads must know of it: nothing where there is one scheduler.
struct Within<'a> {
    #[cfg(feature = "std")]
    world: Option<(&'a Runtime, Current)>,
    #[cfg(not(feature = "std"))]
    world: core::marker::PhantomData<&'a Runtime>,
}

/// The run queues of the VM whose turn this thread takes, by address, and its scheduler's number.
#[cfg(feature = "std")]
type Current = (usize, usize);

#[cfg(feature = "std")]
std::thread_local! {
    static CURRENT: core::cell::Cell<Current> = const { core::cell::Cell::new((0, 0)) };
}

/// The number of the scheduler whose turn this thread takes; `None` outside of turns.
#[cfg(feature = "std")]
pub(super) fn current(queues: &RunQueue) -> Option<usize> {
    let (address, index) = CURRENT.get();
    (address == core::ptr::from_ref(queues).addr()).then_some(index)
}

/// Without threads there is one scheduler, which need not be told apart.
#[cfg(not(feature = "std"))]
pub(super) fn current(_: &RunQueue) -> Option<usize> {
    None
}

#[cfg(feature = "std")]
impl<'a> Within<'a> {
    fn enter(rt: &'a Runtime, index: usize) -> Within<'a> {
        if rt.run_queue.schedulers() == 1 {
            return Within { world: None };
        }
        rt.world.enter();
        let current = (core::ptr::from_ref(&rt.run_queue).addr(), index);
        let before = CURRENT.replace(current);
        Within {
            world: Some((rt, before)),
        }
    }
}

#[cfg(feature = "std")]
impl Drop for Within<'_> {
    fn drop(&mut self) {
        if let Some((rt, before)) = self.world {
            CURRENT.set(before);
            rt.world.leave();
        }
    }
}

#[cfg(not(feature = "std"))]
impl<'a> Within<'a> {
    fn enter(_: &'a Runtime, _: usize) -> Within<'a> {
        Within {
            world: core::marker::PhantomData,
        }
    }
}

impl Runtime {
    /// The number of the scheduler that this thread is, from 1 on.
    pub(crate) fn scheduler_id(&self) -> usize {
        current(&self.run_queue).map_or(1, |index| index + 1)
    }

    /// Calls `change` while no other scheduler runs a process: for changes to code, whose
    /// addresses processes use without a lock.
    pub(crate) fn alone<R>(&self, change: impl FnOnce() -> R) -> R {
        #[cfg(feature = "std")]
        if self.run_queue.schedulers() > 1 {
            let inside = current(&self.run_queue).is_some();
            return self.world.alone(inside, change);
        }
        change()
    }

    /// Must no process run any more, until the host has been told why?
    pub(super) fn must_stop(&self) -> bool {
        self.halted().is_some()
            || self.is_starved()
            || self.statistics.total_reductions() >= self.reduction_limit()
    }

    /// Is there something to tell the host, which waits for the end of `watched`?
    pub(super) fn has_finished(&self, watched: Option<Term>) -> bool {
        let number = watched.and_then(Term::as_pid);
        self.must_stop()
            || number.is_some_and(|n| self.finished.lock().iter().any(|(other, _)| *other == n))
    }

    /// Gives memory back to the system, if much of it was freed.
    fn trim(&self) {
        if self.budget.has_shrunk() {
            self.platform.trim();
        }
    }

    /// Waits for other schedulers, for the next timer, or for the machine. `false`: nothing can
    /// happen any more.
    pub(crate) fn rest(&self, until: Option<Duration>, watched: Option<Term>) -> bool {
        #[cfg(feature = "std")]
        if self.run_queue.schedulers() > 1 && self.rest.crew.sleep_first(self, watched) {
            return true;
        }
        // Whatever came before the first scheduler went outside woke nobody.
        until == Some(Duration::ZERO)
            || !self.run_queue.is_empty()
            || self.has_finished(watched)
            || self.platform.wait(until)
    }

    /// Lets the timers take effect whose time has come.
    pub(crate) fn fire_timers(&self) {
        let Some(next) = self.timers.next() else {
            return;
        };
        let now = self.now();
        if next > now {
            return;
        }
        while let Some(event) = self.timers.expire(now) {
            match event {
                Event::Receive(number) => self.wake(Term::pid(number)),
                Event::Send { to, message } => {
                    let to = if to.is_atom() {
                        self.names.whereis(to)
                    } else {
                        Some(to)
                    };
                    if let Some(to) = to {
                        self.signal(to, Signal::Message(message));
                    }
                }
            }
        }
    }

    /// Makes a waiting process look whether it must still wait.
    pub(crate) fn wake(&self, id: Term) {
        if let Some(handle) = self.processes.find(id)
            && handle.wake()
        {
            self.make_ready(handle);
        }
    }
}
