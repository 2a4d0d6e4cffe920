//! Tracing of processes: which events of a process go to whom, as messages.

use super::{Extent, Process, Signal};
use crate::bif::Ctx;
use crate::matchspec::Message;
use crate::memory::fallible::{collect_or_lose, lose, with_room};
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::term::{Term, WORD_BYTES, atoms};
use crate::vm::Runtime;
use crate::vm::tracing::Timed;
use alloc::vec::Vec;

/// Messages that are sent.
pub const SEND: u32 = 1;
/// Messages that arrive.
pub const RECEIVE: u32 = 1 << 1;
/// Starts, ends, links and names.
pub const PROCS: u32 = 1 << 2;
/// Calls of the functions that patterns choose.
pub const CALL: u32 = 1 << 3;
/// Where traced calls return to.
pub const RETURN_TO: u32 = 1 << 4;
/// Calls are looked at, but not told of.
pub const SILENT: u32 = 1 << 5;
/// When it gets and gives up its turn.
pub const RUNNING: u32 = 1 << 6;
/// The same while it ends.
pub const EXITING: u32 = 1 << 7;
/// Collections.
pub const GARBAGE_COLLECTION: u32 = 1 << 8;
/// Calls are told with the number of arguments.
pub const ARITY: u32 = 1 << 9;
/// Messages have the time of day.
pub const TIMESTAMP: u32 = 1 << 10;
/// Messages have the monotonic time.
pub const MONOTONIC: u32 = 1 << 11;
/// Messages have the monotonic time and a unique integer.
pub const STRICT: u32 = 1 << 12;
/// What it starts inherits all.
pub const ON_SPAWN: u32 = 1 << 13;
/// The first that it starts inherits all but this.
pub const ON_FIRST_SPAWN: u32 = 1 << 14;
/// What it links itself to inherits all.
pub const ON_LINK: u32 = 1 << 15;
/// The first that it links itself to inherits all but this.
pub const ON_FIRST_LINK: u32 = 1 << 16;
/// Ports, which are not traced.
pub const PORTS: u32 = 1 << 17;
/// Messages have the number of the scheduler.
pub const SCHEDULER_ID: u32 = 1 << 18;

/// The names of the flags, in the order in which OTP lists them.
pub const NAMES: &[(&str, u32)] = &[
    ("ports", PORTS),
    ("silent", SILENT),
    ("return_to", RETURN_TO),
    ("arity", ARITY),
    ("garbage_collection", GARBAGE_COLLECTION),
    ("exiting", EXITING),
    ("running", RUNNING),
    ("set_on_first_link", ON_FIRST_LINK),
    ("set_on_link", ON_LINK),
    ("set_on_first_spawn", ON_FIRST_SPAWN),
    ("procs", PROCS),
    ("call", CALL),
    ("set_on_spawn", ON_SPAWN),
    ("receive", RECEIVE),
    ("send", SEND),
    ("monotonic_timestamp", MONOTONIC),
    ("strict_monotonic_timestamp", STRICT),
    ("timestamp", TIMESTAMP),
    ("scheduler_id", SCHEDULER_ID),
    ("running_procs", RUNNING),
    ("running_ports", 0),
];

/// What the flag `all` stands for.
pub const ALL: u32 = SEND
    | RECEIVE
    | PROCS
    | PORTS
    | CALL
    | RETURN_TO
    | SILENT
    | RUNNING
    | EXITING
    | GARBAGE_COLLECTION
    | ARITY
    | TIMESTAMP
    | MONOTONIC
    | STRICT
    | ON_SPAWN
    | ON_FIRST_SPAWN
    | ON_LINK
    | ON_FIRST_LINK;

/// Who traces a process, and what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The process that gets the messages.
    pub tracer: Term,
    /// What is traced.
    pub flags: u32,
}

impl Trace {
    /// What a process inherits that is started (or linked) by one that is traced so; and what the
    /// latter keeps. `always` and `first` are the flags for the occasion.
    fn inherited(self, always: u32, first: u32) -> (Option<Trace>, Trace) {
        if self.flags & (always | first) == 0 {
            return (None, self);
        }
        let flags = if self.flags & first != 0 {
            self.flags & !first
        } else {
            self.flags
        };
        let trace = Trace { flags, ..self };
        (Some(trace), trace)
    }
}

impl Process {
    /// Who traces it.
    pub fn trace(&self) -> Option<Trace> {
        if !self.flags.traced {
            return None;
        }
        self.rare()?.trace
    }

    /// Is something of `flags` traced?
    #[inline]
    pub fn is_traced(&self, flags: u32) -> bool {
        self.flags.traced
            && !self.flags.sensitive
            && self.trace().is_some_and(|trace| trace.flags & flags != 0)
    }

    /// The measured functions that it is in, if it has been in one.
    pub(crate) fn timed(&mut self) -> Option<&mut Timed> {
        self.relations.as_mut()?.rare.as_mut()?.timed.as_deref_mut()
    }

    /// Changes who traces it.
    pub fn set_trace(&mut self, trace: Option<Trace>) {
        let trace = trace.filter(|trace| trace.flags != 0);
        if trace.is_some() || self.flags.traced {
            match self.rare_mut() {
                Ok(rare) => rare.trace = trace,
                Err(OutOfMemory) => return lose(),
            }
        }
        self.flags.traced = trace.is_some();
    }

    /// Takes flags away and adds others, and lets `tracer` trace it from now on. Without a tracer that
    /// is there it is no longer traced, and the answer is `false`.
    pub(crate) fn change_trace(
        &mut self,
        rt: &Runtime,
        off: u32,
        on: u32,
        tracer: Option<Term>,
    ) -> bool {
        let is_there = |id: &Term| rt.processes.with(*id, |h| h.is_alive()) == Some(true);
        let flags = self.trace().map_or(0, |trace| trace.flags) & !off | on;
        let tracer = tracer.filter(is_there).filter(|&tracer| tracer != self.id);
        self.set_trace(tracer.map(|tracer| Trace { tracer, flags }));
        tracer.is_some()
    }

    /// What a process that it starts inherits.
    pub(crate) fn trace_for_child(&mut self) -> Option<Trace> {
        self.inherit(ON_SPAWN, ON_FIRST_SPAWN)
    }

    /// What a process that it links itself to inherits.
    pub(crate) fn trace_for_link(&mut self) -> Option<Trace> {
        self.inherit(ON_LINK, ON_FIRST_LINK)
    }

    fn inherit(&mut self, always: u32, first: u32) -> Option<Trace> {
        let (inherited, kept) = self.trace()?.inherited(always, first);
        self.set_trace(Some(kept));
        inherited
    }
}

impl Runtime {
    /// Tells the tracer of `p` of an event, if it traces one of `flags`. The elements follow the
    /// identifier of `p` in the message. Without memory nothing is told.
    pub(crate) fn trace(&self, p: &mut Process, flags: u32, elements: &[Term]) {
        let Some(trace) = p.trace().filter(|_| p.is_traced(flags)) else {
            return;
        };
        self.trace_as(p, trace, elements);
    }

    /// Tells who traced `p` in this way of an event.
    pub(crate) fn trace_as(&self, p: &mut Process, trace: Trace, elements: &[Term]) {
        // Nobody is told of what he does himself.
        if trace.tracer == p.id {
            return;
        }
        let is_there = self.processes.with(trace.tracer, |h| h.is_alive());
        if is_there != Some(true) {
            p.set_trace(None);
            return;
        }
        if let Ok(message) = self.trace_message(p.id, trace.flags, elements) {
            self.signal(trace.tracer, Signal::Message(message));
        }
    }

    /// Tells `tracer` of a call by `p`, with the time of day.
    pub(crate) fn trace_meta(&self, p: &Process, tracer: Term, elements: &[Term]) {
        if p.flags.sensitive {
            return;
        }
        if let Ok(message) = self.trace_message(p.id, TIMESTAMP, elements) {
            self.signal(tracer, Signal::Message(message));
        }
    }

    fn trace_message(
        &self,
        id: Term,
        flags: u32,
        elements: &[Term],
    ) -> Result<Fragment, OutOfMemory> {
        let mut outer = Fragment::new(&self.budget);
        let time = self.trace_time(flags, &mut outer)?;
        let mut all = with_room(elements.len() + 4)?;
        all.extend([time.map_or(atoms::TRACE, |_| atoms::TRACE_TS), id]);
        all.extend_from_slice(elements);
        if flags & SCHEDULER_ID != 0 {
            all.push(Term::small(self.scheduler_id() as isize));
        }
        all.extend(time);
        let message = outer.tuple(&all)?;
        Fragment::of(message, &self.budget)
    }

    /// The time stamp that the flags ask for.
    pub(crate) fn trace_time(
        &self,
        flags: u32,
        heap: &mut Fragment,
    ) -> Result<Option<Term>, OutOfMemory> {
        // Where several are asked for, the time of day goes first, then the strict one.
        if flags & TIMESTAMP == 0 {
            if flags & STRICT != 0 {
                let (now, unique) = (heap.uint(self.now())?, heap.uint(self.unique_integer())?);
                return heap.tuple(&[now, unique]).map(Some);
            }
            return match flags & MONOTONIC {
                0 => Ok(None),
                _ => heap.uint(self.now()).map(Some),
            };
        }
        let now = self.platform.system_time().as_micros() as u64;
        let (seconds, micro) = (now / 1_000_000, now % 1_000_000);
        let parts = [seconds / 1_000_000, seconds % 1_000_000, micro];
        let parts = parts.map(|part| Term::small(part as isize));
        heap.tuple(&parts).map(Some)
    }

    /// Tells of messages that have been put into the mailbox since it held `before`.
    pub(crate) fn trace_received(&self, p: &mut Process, before: usize) {
        if !p.is_traced(RECEIVE) {
            return;
        }
        let messages = collect_or_lose(p.mailbox.iter().skip(before));
        let sender = atoms::UNDEFINED;
        for message in messages {
            let arguments = [atoms::NONODE_NOHOST, sender, message];
            let filter = &self.tracing.receive;
            let mut c = Ctx::new(p, self);
            match self.tracing.verdict(filter, &mut c, &arguments) {
                Message::No => {}
                Message::Plain => self.trace(p, RECEIVE, &[atoms::RECEIVE, message]),
                Message::With(extra) => {
                    self.trace(p, RECEIVE, &[atoms::RECEIVE, message, extra]);
                }
            }
        }
    }

    /// Tells of a turn that begins or ends (`in`, `out`).
    pub(crate) fn trace_turn(&self, p: &mut Process, what: Term) {
        let (id, now) = (p.id, self.now());
        if let Some(timed) = p.timed() {
            match what {
                atoms::IN => timed.resume(now),
                _ => timed.pause(id, now),
            }
        }
        if !p.is_traced(RUNNING) {
            return;
        }
        let mut place = Fragment::new(&self.budget);
        let function = self.place_of(p, &mut place);
        self.trace(p, RUNNING, &[what, function]);
    }

    /// The function that a process is in when it does not run, or 0.
    pub(crate) fn place_of(&self, p: &Process, place: &mut Fragment) -> Term {
        if let Some((module, function, arity)) = crate::interp::stacktrace::native_at_work(p) {
            let mfa = place.tuple(&[module, function, Term::small(arity as isize)]);
            return mfa.unwrap_or(Term::small(0));
        }
        let function = crate::interp::stacktrace::of_process(p, self, place)
            .ok()
            .and_then(|stack| stack.as_cons())
            .and_then(|(top, _)| match top.as_tuple() {
                Some(&[module, function, arity, _]) => place.tuple(&[module, function, arity]).ok(),
                _ => None,
            });
        function.unwrap_or(Term::small(0))
    }

    /// Collects a process between two turns, and tells of it.
    pub(crate) fn collect_traced(
        &self,
        p: &mut Process,
        extent: Extent,
    ) -> Result<(), OutOfMemory> {
        let full = extent == Extent::Major;
        let since = self.settings.is_watched().then(|| self.now());
        if !p.flags.traced && since.is_none() {
            return p.collect(0, full, &mut []);
        }
        let (start, end) = match full {
            true => (atoms::GC_MAJOR_START, atoms::GC_MAJOR_END),
            false => (atoms::GC_MINOR_START, atoms::GC_MINOR_END),
        };
        self.trace_collection(p, start);
        let done = p.collect(0, full, &mut []);
        self.trace_collection(p, end);
        if let Some(since) = since {
            self.watch_collection(p, since);
        }
        done
    }

    /// Tells of a collection, with the sizes of the memory.
    pub(crate) fn trace_collection(&self, p: &mut Process, what: Term) {
        if !p.is_traced(GARBAGE_COLLECTION) {
            return;
        }
        let mut place = Fragment::new(&self.budget);
        if let Ok(sizes) = self.size_list(p, &mut place) {
            self.trace(p, GARBAGE_COLLECTION, &[what, sizes]);
        }
    }

    fn size_list(&self, p: &Process, place: &mut Fragment) -> Result<Term, OutOfMemory> {
        let mut sizes = Vec::new();
        let all = crate::bif::process_info::sizes(p).into_iter();
        for (name, words) in all.chain([("wordsize", WORD_BYTES)]) {
            let name = self.atoms.intern(name).map_err(|_| OutOfMemory)?;
            let words = place.uint(words as u64)?;
            sizes.push(place.tuple(&[name, words])?);
        }
        place.list(&sizes)
    }
}
