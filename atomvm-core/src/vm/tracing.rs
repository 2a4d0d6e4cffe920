//! Which calls are traced: patterns of functions, and what is told of their calls.

use crate::bif::Ctx;
use crate::code::export::{Export, Target};
use crate::interp::{Questions, uproot};
use crate::matchspec::{MatchSpec, Message, Scratch};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect_or_lose, lose};
use crate::process::trace::{DEFAULT_SESSION, Trace};
use crate::sync::{Mutex, Shared};
use crate::term::{Term, atoms};
use alloc::vec::Vec;
use hashbrown::HashMap;
use portable_atomic::{AtomicBool, AtomicU32, AtomicU64};

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
    /// What is traced, by session.
    pub parts: Vec<Part>,
    /// What the place held before.
    pub before: Before,
}

impl Point {
    /// What a session traces of it.
    pub fn part(&self, session: u32) -> Option<&Part> {
        self.parts.iter().find(|part| part.session == session)
    }
}

/// What a session traces of a function.
#[derive(Clone)]
pub struct Part {
    /// Which session.
    pub session: u32,
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
}

impl Part {
    /// A session that traces nothing of a function yet.
    pub(crate) fn new(session: u32, local: bool) -> Part {
        Part {
            session,
            local,
            filter: None,
            meta: None,
            count: None,
            time: None,
        }
    }

    /// Is something traced?
    pub(crate) fn is_used(&self) -> bool {
        self.filter.is_some() || self.meta.is_some() || self.count.is_some() || self.time.is_some()
    }
}

/// Who is told of calls, whoever is traced.
#[derive(Clone)]
pub struct Meta {
    /// The process or port that gets the messages.
    pub tracer: Term,
    /// Which calls.
    pub filter: Shared<Filter>,
    /// Has there been a call since that process ended?
    pub lost: Shared<AtomicBool>,
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

/// The functions that a process is in, of those whose time a session measures.
pub struct Timed {
    /// Which session.
    pub(crate) session: u32,
    /// The one that it is in now.
    current: Option<Shared<Times>>,
    /// Those that it returns to, one for each frame of a measured call.
    outer: Vec<Option<Shared<Times>>>,
    /// Since when.
    since: u64,
}

impl Timed {
    pub(crate) fn of(session: u32) -> Timed {
        Timed {
            session,
            current: None,
            outer: Vec::new(),
            since: 0,
        }
    }

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

/// What each session has of its own.
pub(crate) struct BySession<T>(Mutex<Vec<(u32, T)>>);

impl<T> Default for BySession<T> {
    fn default() -> Self {
        BySession(Mutex::default())
    }
}

impl<T: Clone> BySession<T> {
    /// What a session has.
    pub(crate) fn get(&self, session: u32) -> Option<T> {
        let all = self.0.lock();
        let found = all.iter().find(|(of, _)| *of == session);
        found.map(|(_, value)| value.clone())
    }

    /// What all sessions have.
    pub(crate) fn all(&self) -> Vec<T> {
        collect_or_lose(self.0.lock().iter().map(|(_, value)| value.clone()))
    }

    /// Changes what a session has.
    pub(crate) fn set(&self, session: u32, value: Option<T>) {
        let mut all = self.0.lock();
        all.retain(|(of, _)| *of != session);
        if let Some(value) = value {
            all.push_or_lose((session, value));
        }
    }
}

/// Which messages are told of; all where a session says nothing.
pub(crate) type Filters = BySession<Shared<Filter>>;

impl Filters {
    /// What is to be told of a message. `arguments` are what a match specification sees of it.
    pub(crate) fn verdict(&self, session: u32, c: &mut Ctx<'_>, arguments: &[Term]) -> Message {
        match self.get(session).as_deref() {
            None | Some(Filter::All) => Message::Plain,
            Some(Filter::Nothing) => Message::No,
            Some(Filter::Spec(spec)) => {
                let mut scratch = Scratch::default();
                let mut questions = Questions {
                    session,
                    caller: None,
                };
                let verdict = spec.run_trace(c, arguments, &mut scratch, &mut questions);
                let verdict = verdict.ok().flatten();
                verdict.map_or(Message::No, |verdict| verdict.message)
            }
        }
    }
}

/// A session: who traces what in it touches no other session.
#[derive(Clone)]
pub(crate) struct Session {
    /// Its number, which is never used again.
    pub(crate) id: u32,
    /// The atom that it was given.
    pub(crate) name: Term,
    /// Who gets the messages, unless another process is named.
    pub(crate) tracer: Term,
}

impl Session {
    /// The session of `erlang:trace/3`, which is always there, for a caller who traces.
    pub(crate) fn default_for(caller: Term) -> Session {
        Session {
            id: DEFAULT_SESSION,
            name: atoms::DEFAULT,
            tracer: caller,
        }
    }
}

/// All trace points and what new processes are traced for.
#[derive(Default)]
pub struct Tracing {
    /// By the address of the instruction or export entry.
    points: Mutex<HashMap<usize, Shared<Point>>>,
    /// For new processes, one for each session at most.
    new: Mutex<Vec<Trace>>,
    has_new: AtomicBool,
    /// The sessions that were created.
    pub(crate) sessions: Mutex<Vec<Session>>,
    /// The number of the last one.
    pub(crate) last_session: AtomicU32,
    /// What is told of messages that are sent, and that are received.
    pub(crate) send: Filters,
    /// What is traced of modules that are loaded.
    pub(crate) on_load: BySession<Shared<crate::bif::trace_pattern::Change>>,
    /// See `send`.
    pub(crate) receive: Filters,
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

    /// Takes away the trace point at an address.
    pub(crate) fn remove(&self, address: usize) -> Option<Shared<Point>> {
        self.points.lock().remove(&address)
    }

    /// Forgets the trace points in code that is about to be freed: `bytes` bytes from `start` on.
    pub fn forget_code(&self, start: usize, bytes: usize) {
        let mut points = self.points.lock();
        points.retain(|address, _| address.wrapping_sub(start) >= bytes);
    }

    /// Takes the trace points out of code that is no longer current: `bytes` bytes from `start` on.
    pub(crate) fn clear_code(&self, start: usize, bytes: usize) {
        self.points.lock().retain(|&address, point| {
            if address.wrapping_sub(start) >= bytes {
                return true;
            }
            if let Before::Code(opcode) = point.before {
                uproot(address, opcode);
            }
            false
        });
    }

    /// What a session traces of a function.
    pub(crate) fn find(&self, mfa: (Term, Term, u32), session: u32) -> Option<Part> {
        let points = self.points.lock();
        let mut of_function = points.values().filter(|point| point.mfa == mfa);
        of_function.find_map(|point| point.part(session).cloned())
    }

    /// How processes that are started are traced.
    pub(crate) fn of_new(&self) -> Vec<Trace> {
        if !self.has_new.load(portable_atomic::Ordering::Relaxed) {
            return Vec::new();
        }
        collect_or_lose(self.new.lock().iter().copied())
    }

    /// How processes that are started are traced in a session.
    pub(crate) fn of_new_in(&self, session: u32) -> Option<Trace> {
        let new = self.new.lock();
        new.iter().find(|trace| trace.session == session).copied()
    }

    /// Changes how processes that are started are traced in a session.
    pub(crate) fn set_new(&self, session: u32, trace: Option<Trace>) {
        let mut new = self.new.lock();
        new.retain(|trace| trace.session != session);
        if let Some(trace) = trace.filter(|trace| trace.flags != 0) {
            new.push_or_lose(trace);
        }
        self.has_new
            .store(!new.is_empty(), portable_atomic::Ordering::Relaxed);
    }
}

/// The address by which the trace point of a built-in function is found.
pub(crate) fn export_address(export: &Export) -> usize {
    core::ptr::from_ref(export) as usize
}
