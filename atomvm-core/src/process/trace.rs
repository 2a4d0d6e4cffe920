//! Tracing of processes: which events of a process go to whom, as messages.

use super::{Extent, Process, Signal};
use crate::bif::Ctx;
use crate::etf::{self, EncodeOptions};
use crate::matchspec::Message;
use crate::memory::fallible::{Grow, collect_or_lose, lose, with_room};
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::term::{Term, WORD_BYTES, atoms};
use crate::vm::Runtime;
use crate::vm::tracing::{Filters, Timed};
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

/// The session of `erlang:trace/3` and `erlang:trace_pattern/3`.
pub const DEFAULT_SESSION: u32 = 0;

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

/// Who traces a process in a session, and what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The session: [`DEFAULT_SESSION`], or one that was created.
    pub session: u32,
    /// The process or port that gets the messages.
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

/// What a session wants to be told of the return of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    /// Which session.
    pub(crate) session: u32,
    /// Bits that `interp` knows.
    pub(crate) what: usize,
    /// Who is told of the calls of all processes.
    pub(crate) meta: Term,
}

impl Process {
    /// Who traces it, one for each session at most.
    pub fn traces(&self) -> &[Trace] {
        match self.rare() {
            Some(rare) if self.flags.traced => &rare.traces,
            _ => &[],
        }
    }

    /// Who traces it in a session.
    pub fn trace_in(&self, session: u32) -> Option<Trace> {
        let mut traces = self.traces().iter();
        traces.find(|trace| trace.session == session).copied()
    }

    /// Is something of `flags` traced?
    #[inline]
    pub fn is_traced(&self, flags: u32) -> bool {
        self.flags.traced
            && !self.flags.sensitive
            && self.traces().iter().any(|trace| trace.flags & flags != 0)
    }

    /// Who traces something of `flags` in a session.
    pub(crate) fn traced_in(&self, session: u32, flags: u32) -> Option<Trace> {
        self.trace_in(session)
            .filter(|trace| trace.flags & flags != 0 && !self.flags.sensitive)
    }

    /// The measured functions that it is in, by session.
    pub(crate) fn timed(&mut self) -> &mut [Timed] {
        let rare = self.relations.as_mut().and_then(|all| all.rare.as_mut());
        rare.map_or(&mut [], |rare| &mut rare.timed)
    }

    /// The measured functions of a session that it is in.
    pub(crate) fn timed_in(&mut self, session: u32) -> Result<&mut Timed, OutOfMemory> {
        let timed = &mut self.rare_mut()?.timed;
        let at = match timed.iter().position(|timed| timed.session == session) {
            Some(at) => at,
            None => {
                timed.try_push(Timed::of(session))?;
                timed.len() - 1
            }
        };
        Ok(&mut timed[at])
    }

    /// Changes who traces it in a session.
    pub fn set_trace(&mut self, session: u32, trace: Option<Trace>) {
        let trace = trace.filter(|trace| trace.flags != 0);
        if trace.is_none() && !self.flags.traced {
            return;
        }
        let Ok(rare) = self.rare_mut() else {
            return lose();
        };
        let traces = &mut rare.traces;
        traces.retain(|trace| trace.session != session);
        if let Some(trace) = trace {
            traces.push_or_lose(trace);
        }
        let is_traced = !traces.is_empty();
        self.flags.traced = is_traced;
    }

    /// Takes flags away and adds others, and lets `tracer` trace it from now on. Without a tracer that
    /// is there it is no longer traced, and the answer is `false`.
    pub(crate) fn change_trace(&mut self, rt: &Runtime, change: TraceChange) -> bool {
        let TraceChange {
            session, off, on, ..
        } = change;
        let flags = self.trace_in(session).map_or(0, |trace| trace.flags) & !off | on;
        let tracer = change.tracer.filter(|&id| rt.is_there(id));
        let tracer = tracer.filter(|&tracer| tracer != self.id);
        let trace = tracer.map(|tracer| Trace {
            session,
            tracer,
            flags,
        });
        self.set_trace(session, trace);
        tracer.is_some()
    }

    /// What a process that it starts, and links itself to or not, inherits.
    pub(crate) fn traces_for_child(&mut self, is_linked: bool) -> Vec<Trace> {
        self.inherit(|trace| match trace.inherited(ON_SPAWN, ON_FIRST_SPAWN) {
            (None, _) if is_linked => trace.inherited(ON_LINK, ON_FIRST_LINK),
            inherited => inherited,
        })
    }

    /// What a process that it links itself to inherits.
    pub(crate) fn traces_for_link(&mut self) -> Vec<Trace> {
        self.inherit(|trace| trace.inherited(ON_LINK, ON_FIRST_LINK))
    }

    fn inherit(&mut self, of: impl Fn(Trace) -> (Option<Trace>, Trace)) -> Vec<Trace> {
        let mut all = Vec::new();
        for trace in collect_or_lose(self.traces().iter().copied()) {
            let (inherited, kept) = of(trace);
            if kept != trace {
                self.set_trace(trace.session, Some(kept));
            }
            if let Some(inherited) = inherited {
                all.push_or_lose(inherited);
            }
        }
        all
    }
}

/// A change of what is traced of a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraceChange {
    /// In which session.
    pub session: u32,
    /// What is no longer traced.
    pub off: u32,
    /// What is.
    pub on: u32,
    /// By whom; nothing is traced any more if by nobody.
    pub tracer: Option<Term>,
}

impl Runtime {
    /// Tells the tracers of `p` of an event, those that trace one of `flags`. The elements follow the
    /// identifier of `p` in the message. Without memory nothing is told.
    pub(crate) fn trace(&self, p: &mut Process, flags: u32, elements: &[Term]) {
        if !p.is_traced(flags) {
            return;
        }
        // From the last one on, as one that is not there any more is taken out.
        for at in (0..p.traces().len()).rev() {
            let trace = p.traces().get(at).copied();
            if let Some(trace) = trace.filter(|trace| trace.flags & flags != 0) {
                self.trace_as(p, trace, elements);
            }
        }
    }

    /// Tells the tracer of `p` in a session of an event.
    pub(crate) fn trace_in(&self, p: &mut Process, session: u32, flags: u32, elements: &[Term]) {
        if let Some(trace) = p.traced_in(session, flags) {
            self.trace_as(p, trace, elements);
        }
    }

    /// Tells of a message that is sent or received (`flag`), if the filter of a session lets it through:
    /// that sees `arguments`, the tracer `elements`.
    pub(crate) fn trace_passing(
        &self,
        p: &mut Process,
        flag: u32,
        filters: &Filters,
        arguments: &[Term],
        elements: &[Term],
    ) {
        for at in (0..p.traces().len()).rev() {
            let trace = p.traces().get(at).copied();
            let Some(trace) = trace.filter(|trace| p.is_traced(flag) && trace.flags & flag != 0)
            else {
                continue;
            };
            let mut c = Ctx::new(p, self);
            match filters.verdict(trace.session, &mut c, arguments) {
                Message::No => {}
                Message::Plain => self.trace_in(p, trace.session, flag, elements),
                Message::With(extra) => {
                    let mut all = collect_or_lose(elements.iter().copied());
                    all.push_or_lose(extra);
                    self.trace_in(p, trace.session, flag, &all);
                }
            }
        }
    }

    /// Tells who traced `p` in this way of an event.
    pub(crate) fn trace_as(&self, p: &mut Process, trace: Trace, elements: &[Term]) {
        // Nobody is told of what he does himself.
        if trace.tracer == p.id {
            return;
        }
        if !self.is_there(trace.tracer) {
            p.set_trace(trace.session, None);
            return;
        }
        if let Ok(message) = self.trace_message(p.id, trace.flags, elements) {
            self.tell_tracer(trace.tracer, message);
        }
    }

    /// Tells `tracer` of a call by `p`, with the time of day.
    pub(crate) fn trace_meta(&self, p: &Process, tracer: Term, elements: &[Term]) {
        if p.flags.sensitive {
            return;
        }
        if let Ok(message) = self.trace_message(p.id, TIMESTAMP, elements) {
            self.tell_tracer(tracer, message);
        }
    }

    /// Tells a tracer. A port gets the message in the external format.
    pub(crate) fn tell_tracer(&self, tracer: Term, message: Fragment) {
        let Some(port) = self.ports.find(tracer) else {
            self.signal(tracer, Signal::Message(message));
            return;
        };
        match etf::encode(message.term, &self.atoms, EncodeOptions::default()) {
            Ok(bytes) => _ = self.write_port(&port, None, bytes),
            Err(_) => lose(),
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
            let elements = [atoms::RECEIVE, message];
            self.trace_passing(p, RECEIVE, &self.tracing.receive, &arguments, &elements);
        }
    }

    /// Tells of a turn that begins or ends (`in`, `out`).
    pub(crate) fn trace_turn(&self, p: &mut Process, what: Term) {
        let (id, now) = (p.id, self.now());
        for timed in p.timed() {
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
