//! Starting processes.

use super::relation::{AliasEnd, Link, MaxHeap, Monitor, Watched};
use super::seq_trace::SeqCall;
use super::{Handle, InitialCall, Priority, Process, trace};
use crate::interp::Interpreter;
use crate::memory::fallible::{Grow, with_room};
use crate::memory::process_heap::{Growth, MIN_HEAP_WORDS};
use crate::memory::{Fragment, Heap, OutOfMemory, ProcessHeap, copy};
use crate::sync::Shared;
use crate::term::{Reference, Term, atoms};
use crate::vm::Runtime;
use alloc::vec::Vec;
use portable_atomic::Ordering;

/// What a process costs besides its heap.
pub(crate) const PROCESS_BYTES: usize = size_of::<Handle>() + 2 * size_of::<usize>();

/// Words of a new heap that its first calls will use.
const FIRST_CALLS: usize = 11;

/// What a new process runs.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// A function by name.
    Call {
        /// The module, an atom.
        module: Term,
        /// The function, an atom.
        function: Term,
        /// The arguments.
        args: &'a [Term],
    },
    /// A fun without arguments.
    Fun(Term),
}

/// How a new process is to be.
#[derive(Default)]
pub struct SpawnOptions {
    /// Link it to the parent.
    pub link: bool,
    /// Monitor it by the parent.
    pub monitor: Option<MonitorOptions>,
    /// Its priority.
    pub priority: Priority,
    /// Words that its heap never shrinks below.
    pub min_heap: Option<usize>,
    /// The limit of its heap.
    pub max_heap: Option<MaxHeap>,
    /// Minor collections before a full one.
    pub fullsweep_after: Option<u16>,
    /// How its heap grows.
    pub growth: Option<Growth>,
    /// What counts of binaries before a collection, in words; kept for those who ask.
    pub min_binary_words: Option<usize>,
    /// The reference of its monitor, where one was made before.
    pub reference: Option<Reference>,
    /// Keep messages off the heap.
    pub off_heap_queue: bool,
    /// The group leader, if not the parent's.
    pub group_leader: Option<Term>,
    /// The host waits for its result.
    pub watched: bool,
    /// It belongs to the runtime.
    pub system: bool,
}

/// How a monitor is to be.
#[derive(Clone, Copy, Default)]
pub struct MonitorOptions {
    /// The reference is an alias as well.
    pub alias: Option<AliasEnd>,
    /// What stands in place of `'DOWN'`.
    pub tag: Option<Term>,
}

/// Why a process could not be started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpawnError {
    /// There is no memory.
    OutOfMemory,
    /// The limit of processes is reached.
    TooMany,
}

impl From<OutOfMemory> for SpawnError {
    fn from(_: OutOfMemory) -> Self {
        SpawnError::OutOfMemory
    }
}

impl Runtime {
    /// Starts a process; returns its identifier, and the reference if it is monitored. Without a
    /// parent it is its own group leader.
    pub fn spawn(
        &self,
        parent: Option<&mut Process>,
        start: Start<'_>,
        options: &SpawnOptions,
    ) -> Result<(Term, Option<Reference>), SpawnError> {
        let (handle, reference) = self.make_process(parent, start, options)?;
        let id = handle.id();
        self.make_ready(handle);
        Ok((id, reference))
    }

    /// Makes a process that runs once [`Runtime::make_ready`] is called.
    pub(crate) fn make_process(
        &self,
        parent: Option<&mut Process>,
        start: Start<'_>,
        options: &SpawnOptions,
    ) -> Result<(Shared<Handle>, Option<Reference>), SpawnError> {
        self.budget.charge(PROCESS_BYTES)?;
        let handle = match self.processes.insert() {
            Ok(Some(handle)) => handle,
            full => {
                self.budget.refund(PROCESS_BYTES);
                return Err(full.map_or(SpawnError::OutOfMemory, |_| SpawnError::TooMany));
            }
        };
        match self.fill(&handle, parent, start, options) {
            Ok(reference) => Ok((handle, reference)),
            Err(error) => {
                handle.become_dead(&self.budget);
                self.processes.remove(handle.id());
                self.budget.refund(PROCESS_BYTES);
                Err(error.into())
            }
        }
    }

    fn fill(
        &self,
        handle: &Shared<Handle>,
        parent: Option<&mut Process>,
        start: Start<'_>,
        options: &SpawnOptions,
    ) -> Result<Option<Reference>, OutOfMemory> {
        let mut p = self.new_body(handle.id(), start, options)?;
        handle.set_priority(options.priority);
        let mut reference = None;
        if let Some(parent) = &parent {
            p.parent = parent.id;
            p.group_leader = parent.group_leader;
        }
        if let Some(leader) = options.group_leader {
            p.group_leader = leader;
        }
        let (mut inherited, mut parent_of) = (Vec::new(), None);
        if let Some(parent) = parent {
            let relates = options.link || options.monitor.is_some();
            if relates {
                // What ties one to the other is there for both, or for none.
                let (own, others) = (p.relations_mut()?, parent.relations_mut()?);
                own.links.reserve()?;
                own.monitored_by.reserve()?;
                others.links.reserve()?;
            }
            if parent.flags.traced {
                inherited = parent.traces_for_child(options.link);
            }
            if let Some(monitor) = &options.monitor {
                let made = options.reference;
                let kind = Watched::Process;
                let monitor = self.new_monitor(parent, p.id, Term::NONE, kind, monitor, made)?;
                reference = Some(monitor);
            }
            if let Some(reference) = reference {
                let by = &mut p.relations_mut()?.monitored_by;
                by.insert(reference, parent.id);
            }
            if options.link {
                let (child, number) = (p.number(), parent.number());
                p.relations_mut()?.links.insert(number, Link::Active);
                parent.relations_mut()?.links.insert(child, Link::Active);
            }
            parent_of = Some(parent);
        }
        for trace in self.tracing.of_new().into_iter().chain(inherited) {
            p.set_trace(trace.session, Some(trace));
        }
        let parent_of = self.trace_spawn(parent_of, &mut p, start, options.link);
        if let Some(parent) = parent_of.filter(|parent| parent.flags.has_token) {
            self.seq_trace_spawn(parent, &mut p, start, options.link);
        }
        *handle.body.lock() = Some(p);
        Ok(reference)
    }

    /// Tells of a start, those who trace the one or the other.
    fn trace_spawn<'a>(
        &self,
        parent: Option<&'a mut Process>,
        p: &mut Process,
        start: Start<'_>,
        link: bool,
    ) -> Option<&'a mut Process> {
        let parent = parent?;
        if !parent.flags.traced && !p.flags.traced {
            return Some(parent);
        }
        let mut place = Fragment::new(&self.budget);
        let call = match start {
            Start::Call {
                module,
                function,
                args,
            } => place
                .list(args)
                .and_then(|args| place.tuple(&[module, function, args])),
            Start::Fun(fun) => place
                .list(&[fun, Term::NIL])
                .and_then(|args| place.tuple(&[atoms::ERLANG, atoms::APPLY, args])),
        };
        let Ok(call) = call else { return Some(parent) };
        let (child, id) = (p.id, parent.id);
        self.trace(parent, trace::PROCS, &[atoms::SPAWN, child, call]);
        if link {
            self.trace(parent, trace::PROCS, &[atoms::LINK, child]);
        }
        self.trace(p, trace::PROCS, &[atoms::SPAWNED, id, call]);
        if link {
            self.trace(p, trace::PROCS, &[atoms::GETTING_LINKED, id]);
        }
        Some(parent)
    }

    #[cold]
    fn seq_trace_spawn(&self, parent: &mut Process, p: &mut Process, start: Start<'_>, link: bool) {
        let mut place = Fragment::new(&self.budget);
        let mfa = match start {
            Start::Call {
                module,
                function,
                args,
            } => place.list(args).map(|args| (module, function, args)),
            Start::Fun(fun) => {
                let args = place.list(&[fun, Term::NIL]);
                args.map(|args| (atoms::ERLANG, atoms::APPLY, args))
            }
        };
        if let Ok(mfa) = mfa {
            self.seq_spawn(parent, p, SeqCall { mfa, link });
        }
    }

    fn new_body(
        &self,
        id: Term,
        start: Start<'_>,
        options: &SpawnOptions,
    ) -> Result<Process, OutOfMemory> {
        let limit = self.budget.words_left();
        let size = |term: Term| copy::size_within(term, limit).ok_or(OutOfMemory);
        let words = match start {
            Start::Call { args, .. } => args
                .iter()
                .try_fold(0, |sum: usize, &arg| Ok(sum.saturating_add(size(arg)?)))?,
            Start::Fun(fun) => size(fun)?,
        };
        if words > limit {
            return Err(OutOfMemory);
        }
        let settings = &self.settings;
        let default = settings.min_heap.load(Ordering::Relaxed);
        let min = options.min_heap.unwrap_or(default).max(MIN_HEAP_WORDS);
        let heap = ProcessHeap::new(min.max(words + FIRST_CALLS), &self.budget)?;
        let mut p = Process::new(id, heap);
        p.heap.min_words = u32::try_from(min).unwrap_or(u32::MAX);
        p.heap.growth = options.growth.unwrap_or_default();
        p.heap.fullsweep_after = options.fullsweep_after.unwrap_or_else(|| {
            let count = settings.fullsweep_after.load(Ordering::Relaxed);
            u16::try_from(count).unwrap_or(u16::MAX)
        });
        p.priority = options.priority;
        p.flags.off_heap_queue = options.off_heap_queue;
        p.flags.watched = options.watched;
        p.flags.system = options.system;
        let max_heap = options.max_heap.or_else(|| *settings.max_heap.lock());
        if max_heap.is_some_and(|limit| limit != MaxHeap::NONE) {
            p.rare_mut()?.max_heap = max_heap;
        }
        if let Some(words) = options.min_binary_words {
            p.rare_mut()?.min_binary_words = Some(words);
        }
        self.set_start(&mut p, start)?;
        Ok(p)
    }

    fn set_start(&self, p: &mut Process, start: Start<'_>) -> Result<(), OutOfMemory> {
        match start {
            Start::Call {
                module,
                function,
                args,
            } => {
                p.initial_call = initial_call(module, function, args.len());
                let mut copies = with_room(args.len())?;
                for &arg in args {
                    copies.try_push(copy::copy(arg, copy::size(arg), &mut p.heap)?)?;
                }
                Interpreter::prepare_apply(p, self, module, function, &copies)
            }
            Start::Fun(fun) => {
                p.initial_call = match fun.as_external_fun() {
                    Some(export) => initial_call(export.module, export.function, 0),
                    None => initial_call(atoms::ERLANG, atoms::APPLY, 2),
                };
                let fun = copy::copy(fun, copy::size(fun), &mut p.heap)?;
                // A fun with arguments fails, in the new process, as `apply` says.
                match fun.as_closure() {
                    Some(closure) if closure.entry.arity != 0 => {
                        let args = [fun, Term::NIL];
                        Interpreter::prepare_apply(p, self, atoms::ERLANG, atoms::APPLY, &args)
                    }
                    _ => Interpreter::prepare_closure(p, self, fun, &[]),
                }
            }
        }
    }

    /// A monitor of `target` by `p`, which the target does not know of yet.
    pub(crate) fn new_monitor(
        &self,
        p: &mut Process,
        target: Term,
        name: Term,
        kind: Watched,
        options: &MonitorOptions,
        reference: Option<Reference>,
    ) -> Result<Reference, OutOfMemory> {
        let tag = match options.tag {
            Some(tag) => Some(Fragment::of(tag, &self.budget)?),
            None => None,
        };
        let reference = reference.unwrap_or_else(|| Reference::from_serial(self.next_reference()));
        let id = p.id;
        let relations = p.relations_mut()?;
        relations.monitors.reserve()?;
        if options.alias.is_some() {
            relations.aliases.reserve()?;
            self.aliases.reserve()?;
        }
        let monitor = Monitor {
            target,
            name,
            kind,
            tag,
        };
        relations.monitors.insert(reference, monitor);
        if let Some(end) = options.alias {
            relations.aliases.insert(reference, end);
            self.aliases.add(reference, id);
        }
        Ok(reference)
    }
}

fn initial_call(module: Term, function: Term, arity: usize) -> InitialCall {
    InitialCall {
        module: module.atom_index(),
        function: function.atom_index(),
        arity: arity as u8,
    }
}
