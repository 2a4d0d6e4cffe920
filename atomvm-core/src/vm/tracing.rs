//! Which calls are traced: patterns of functions, and what is told of their calls.

use crate::bif::Ctx;
use crate::code::export::{Export, Target};
use crate::interp::Questions;
use crate::matchspec::{MatchSpec, Message, Scratch};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, lose};
use crate::process::trace::Trace;
use crate::sync::{Mutex, Shared};
use crate::term::Term;
use alloc::vec::Vec;
use hashbrown::HashMap;
use portable_atomic::{AtomicBool, AtomicU64};

/// Which calls (or messages) of those that could be told of are.
pub enum Filter {
    /// None.
    Nothing,
    /// All.
    All,
    /// Those that match.
    Spec(MatchSpec),
}

/// A function whose calls are traced.
pub struct Point {
    /// Module, function and number of arguments.
    pub mfa: (Term, Term, u32),
    /// Are calls within the module told of as well?
    pub local: bool,
    /// What is told of to who traces the caller; `None` when that is nothing.
    pub filter: Option<Shared<Filter>>,
    /// Who is told of the calls of all processes, and of which.
    pub meta: Option<Meta>,
    /// How often it was called, where that is counted.
    pub count: Option<Shared<Counter>>,
    /// How long it took, where that is measured.
    pub time: Option<Shared<Times>>,
    /// What the place held before.
    pub before: Before,
}

/// Who is told of calls, whoever is traced.
#[derive(Clone)]
pub struct Meta {
    /// The process that gets the messages.
    pub tracer: Term,
    /// Which calls.
    pub filter: Shared<Filter>,
}

/// How often a function was called.
#[derive(Default)]
pub struct Counter {
    /// So often.
    pub calls: AtomicU64,
    /// Is it not counted now?
    pub paused: AtomicBool,
}

/// What the calls by one process came to.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    /// How many there were.
    pub calls: u64,
    /// Nanoseconds in the function itself, not in others whose time is measured.
    pub time: u64,
}

/// How long a function took, by process.
#[derive(Default)]
pub struct Times {
    /// By the identifier of the process.
    pub spent: Mutex<HashMap<Term, Spent>>,
    /// Is it not measured now?
    pub paused: AtomicBool,
}

impl Times {
    fn change(&self, process: Term, change: impl FnOnce(&mut Spent)) {
        if self.paused.load(portable_atomic::Ordering::Relaxed) {
            return;
        }
        let mut spent = self.spent.lock();
        if spent.try_reserve(1).is_err() {
            return lose();
        }
        change(spent.entry(process).or_default());
    }
}

/// The functions that a process is in, of those whose time is measured.
#[derive(Default)]
pub struct Timed {
    /// The one that it is in now.
    current: Option<Shared<Times>>,
    /// Those that it returns to, one for each frame of a measured call.
    outer: Vec<Option<Shared<Times>>>,
    /// Since when.
    since: u64,
}

impl Timed {
    fn stop(&mut self, process: Term, now: u64) {
        if let Some(current) = &self.current {
            let time = now.saturating_sub(self.since);
            current.change(process, |spent| spent.time += time);
        }
        self.since = now;
    }

    /// A call begins. Who calls is remembered if the call returns through a frame of its own.
    pub(crate) fn enter(
        &mut self,
        process: Term,
        times: &Shared<Times>,
        now: u64,
        has_frame: bool,
    ) {
        self.stop(process, now);
        times.change(process, |spent| spent.calls += 1);
        let before = self.current.replace(times.clone());
        if has_frame {
            self.outer.push_or_lose(before);
        }
    }

    /// A call with a frame of its own ends.
    pub(crate) fn leave(&mut self, process: Term, now: u64) {
        self.stop(process, now);
        self.current = self.outer.pop().flatten();
    }

    /// The process gives up its turn.
    pub(crate) fn pause(&mut self, process: Term, now: u64) {
        self.stop(process, now);
    }

    /// The process has its turn.
    pub(crate) fn resume(&mut self, now: u64) {
        self.since = now;
    }
}

/// What stood where a trace point is now.
#[derive(Clone, Copy)]
pub enum Before {
    /// The first instruction of a function; its opcode.
    Code(u16),
    /// The code that an exported function's calls went to.
    Export(Target),
    /// A built-in function.
    Bif,
}

/// All trace points and what new processes are traced for.
#[derive(Default)]
pub struct Tracing {
    /// By the address of the instruction or export entry.
    points: Mutex<HashMap<usize, Shared<Point>>>,
    /// For new processes.
    new: Mutex<Option<Trace>>,
    has_new: AtomicBool,
    /// What is told of messages that are sent, and that are received.
    pub(crate) send: Mutex<Option<Shared<Filter>>>,
    /// What is traced of modules that are loaded.
    pub(crate) on_load: Mutex<Option<Shared<crate::bif::trace_pattern::Change>>>,
    /// See `send`.
    pub(crate) receive: Mutex<Option<Shared<Filter>>>,
}

impl Tracing {
    /// The trace point at an address.
    pub(crate) fn point(&self, address: usize) -> Option<Shared<Point>> {
        self.points.lock().get(&address).cloned()
    }

    /// Sets the trace point at an address.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn set(&self, address: usize, point: Point) -> Result<(), OutOfMemory> {
        let point = Shared::new(point)?;
        let mut points = self.points.lock();
        points.try_reserve(1).map_err(|_| OutOfMemory)?;
        points.insert(address, point);
        Ok(())
    }

    /// What is to be told of a message. `arguments` are what a match specification sees of it.
    pub(crate) fn verdict(
        &self,
        filter: &Mutex<Option<Shared<Filter>>>,
        c: &mut Ctx<'_>,
        arguments: &[Term],
    ) -> Message {
        let filter = filter.lock().clone();
        match filter.as_deref() {
            None | Some(Filter::All) => Message::Plain,
            Some(Filter::Nothing) => Message::No,
            Some(Filter::Spec(spec)) => {
                let mut scratch = Scratch::default();
                let mut questions = Questions { caller: None };
                let verdict = spec.run_trace(c, arguments, &mut scratch, &mut questions);
                let verdict = verdict.ok().flatten();
                verdict.map_or(Message::No, |verdict| verdict.message)
            }
        }
    }

    /// Takes away the trace point at an address.
    pub(crate) fn remove(&self, address: usize) -> Option<Shared<Point>> {
        self.points.lock().remove(&address)
    }

    /// Forgets the trace points in code that is about to be freed: `bytes` bytes from `start` on.
    pub fn forget_code(&self, start: usize, bytes: usize) {
        let mut points = self.points.lock();
        points.retain(|address, _| address.wrapping_sub(start) >= bytes);
    }

    /// The trace point of a function.
    pub(crate) fn find(&self, mfa: (Term, Term, u32)) -> Option<Shared<Point>> {
        let points = self.points.lock();
        points.values().find(|point| point.mfa == mfa).cloned()
    }

    /// How processes that are started are traced.
    pub(crate) fn of_new(&self) -> Option<Trace> {
        if !self.has_new.load(portable_atomic::Ordering::Relaxed) {
            return None;
        }
        *self.new.lock()
    }

    /// Changes how processes that are started are traced.
    pub(crate) fn set_new(&self, trace: Option<Trace>) {
        let trace = trace.filter(|trace| trace.flags != 0);
        *self.new.lock() = trace;
        self.has_new
            .store(trace.is_some(), portable_atomic::Ordering::Relaxed);
    }
}

/// The address by which the trace point of a built-in function is found.
pub(crate) fn export_address(export: &Export) -> usize {
    core::ptr::from_ref(export) as usize
}
