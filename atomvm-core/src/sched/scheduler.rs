//! The loop that takes turns.

use crate::interp::Interpreter;
use crate::process::{Fetched, Handle, Outcome, Process, Signal};
use crate::sched::timer::Event;
use crate::sync::Arc;
use crate::term::Term;
use crate::vm::Runtime;

/// Reductions of one turn, as in OTP.
pub const TIME_SLICE: u32 = 4000;

/// Objects of deleted tables that are freed before each turn.
const SWEEP: usize = 2000;

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
    interpreter: Interpreter,
}

impl Scheduler {
    /// Lets the next process have a turn of at most `budget` reductions.
    pub fn turn(&mut self, rt: &Runtime, budget: u32) -> Turn {
        rt.fire_timers();
        if rt.ets.has_unused() {
            rt.ets.sweep(SWEEP);
        }
        loop {
            let Some(handle) = rt.run_queue.pop() else {
                if rt.ets.has_unused() {
                    return Turn::Ran(1);
                }
                return Turn::Idle(rt.timers.next());
            };
            if handle.begin_running()
                && let Some(reductions) = self.run(rt, handle, budget)
            {
                return Turn::Ran(reductions);
            }
        }
    }

    /// Runs a process; `None` when it had ended.
    fn run(&mut self, rt: &Runtime, handle: Arc<Handle>, budget: u32) -> Option<u32> {
        let mut body = handle.body.lock();
        let p = body.as_mut()?;
        let before = p.reductions;
        let outcome = self.run_body(rt, p, budget.min(TIME_SLICE));
        let reductions = p.reductions.wrapping_sub(before).max(1);
        rt.statistics.count_slice(reductions);
        match outcome {
            Outcome::Yield => {
                handle.become_ready();
                drop(body);
                rt.make_ready(handle);
            }
            Outcome::Wait => {
                let waits = handle.become_waiting();
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
            return Outcome::Wait;
        }
        p.flags.hibernating = false;
        let outcome = self.interpreter.run(p, rt, budget);
        if outcome == Outcome::Yield && p.flags.collect {
            p.flags.collect = false;
            if p.collect(0, true, &mut []).is_err() {
                p.end_for_memory();
                return Outcome::Exit;
            }
        }
        outcome
    }
}

impl Runtime {
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
    fn wake(&self, id: Term) {
        if let Some(handle) = self.processes.find(id)
            && handle.wake()
        {
            self.make_ready(handle);
        }
    }
}
