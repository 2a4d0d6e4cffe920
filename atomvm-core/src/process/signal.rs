//! Signals: all that processes, timers and the host do to a process, in the order in which it
//! arrives.
//!
//! Between two processes signals keep their order, as each has one inbox. The receiver handles
//! them: before it runs, and when a receive has looked at all messages.

use super::exit::ProcessExit;
use super::relation::{AliasEnd, Link, Monitor, Watched, link_key};
use super::seq_trace::Token;
use super::{Handle, Process, trace};
use crate::memory::fallible::{Grow, collect_or_lose};
use crate::memory::{Fragment, Heap, OutOfMemory, copy};
use crate::sync::Shared;
use crate::term::{Reference, Term, atoms};
use crate::vm::Runtime;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What one process does to another.
pub enum Signal {
    /// A message.
    Message(Fragment),
    /// A message to an alias.
    AliasMessage {
        /// The alias.
        alias: Reference,
        /// The message.
        message: Fragment,
    },
    /// An exit signal.
    Exit {
        /// Who sent it.
        from: Term,
        /// Why.
        reason: Fragment,
        /// Does it come through a link, because `from` has ended?
        linked: bool,
    },
    /// `from` has linked itself to the receiver.
    Link {
        /// The other end.
        from: Term,
    },
    /// `from` takes its link away.
    Unlink {
        /// The other end.
        from: Term,
        /// Which request this is.
        id: u32,
    },
    /// The answer to `Unlink`.
    UnlinkAck {
        /// The other end.
        from: Term,
        /// The request that it answers.
        id: u32,
    },
    /// `from` monitors the receiver.
    Monitor {
        /// Who wants to know.
        from: Term,
        /// The monitor.
        reference: Reference,
    },
    /// The monitor is no longer wanted.
    Demonitor {
        /// The monitor.
        reference: Reference,
    },
    /// A monitored process has ended.
    Down {
        /// The monitor.
        reference: Reference,
        /// Why.
        reason: Fragment,
    },
    /// The receiver is not to run until `Resume`.
    Suspend {
        /// Who suspends it.
        from: Term,
        /// The first element of the message that tells when it is done, if one is wanted.
        tag: Option<Fragment>,
    },
    /// So many times of `Suspend` are over.
    Resume {
        /// How many.
        count: u32,
    },
    /// The receiver is traced, unless it is already in that session.
    Trace {
        /// By whom, and what.
        trace: trace::Trace,
    },
    /// What is traced of the receiver changes.
    ChangeTrace {
        /// How.
        change: trace::TraceChange,
    },
    /// A message or exit signal with a token of sequential tracing.
    WithToken(Box<(Signal, Token)>),
    /// The receiver forgets all of sequential tracing.
    ResetSequence,
    /// The receiver gets another group leader.
    GroupLeader {
        /// Which.
        leader: Term,
    },
    /// The time of day was set.
    ClockSet {
        /// Its new offset.
        offset: i64,
    },
}

/// What [`Process::fetch_signals`] has found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fetched {
    /// No new message.
    Nothing,
    /// There are messages that were not in the mailbox before, at its end.
    Messages,
    /// The process must end now; why stands in [`Process::exit`].
    Exit,
}

impl Process {
    /// Handles what has arrived: messages go to the end of the mailbox, other signals take
    /// effect.
    pub fn fetch_signals(&mut self, rt: &Runtime) -> Fetched {
        let before = self.mailbox.len();
        let mut told = before;
        loop {
            let mailbox = &mut self.mailbox;
            let taken = rt
                .processes
                .with(self.id, |h| h.take_signals(mailbox, &rt.budget));
            let signals = taken.unwrap_or_default();
            if self.flags.traced {
                rt.trace_received(self, told);
            }
            told = self.mailbox.len();
            if signals.is_empty() {
                break;
            }
            let mut signals = signals.into_iter();
            while let Some(signal) = signals.next() {
                if self.handle(rt, signal).is_err() {
                    self.end_for_memory();
                }
                if self.flags.traced {
                    rt.trace_received(self, told);
                }
                told = self.mailbox.len();
                if self.has_ended() {
                    let rest = collect_or_lose(signals);
                    rt.processes.with(self.id, |h| h.put_back(rest, &rt.budget));
                    return Fetched::Exit;
                }
            }
        }
        if self.mailbox.len() > before {
            Fetched::Messages
        } else {
            Fetched::Nothing
        }
    }

    fn handle(&mut self, rt: &Runtime, signal: Signal) -> Result<(), OutOfMemory> {
        match signal {
            Signal::Message(message) => self.mailbox.push(message),
            Signal::AliasMessage { alias, message } => self.alias_message(rt, alias, message),
            Signal::Exit {
                from,
                reason,
                linked,
            } => self.exit_signal(rt, from, reason, linked)?,
            Signal::Link { from } => self.link_signal(rt, from)?,
            Signal::Trace { trace } => {
                if self.trace_in(trace.session).is_none() {
                    self.set_trace(trace.session, Some(trace));
                }
            }
            Signal::ChangeTrace { change } => {
                self.change_trace(rt, change);
            }
            Signal::Unlink { from, id } => {
                if let (Some(relations), Some(number)) = (&mut self.relations, link_key(from))
                    && relations.links.get(&number) == Some(&Link::Active)
                {
                    relations.links.remove(&number);
                    if self.flags.traced {
                        rt.trace(self, trace::PROCS, &[atoms::GETTING_UNLINKED, from]);
                    }
                }
                let ack = Signal::UnlinkAck { from: self.id, id };
                rt.signal(from, ack);
            }
            Signal::UnlinkAck { from, id } => {
                if let (Some(relations), Some(number)) = (&mut self.relations, link_key(from))
                    && relations.links.get(&number) == Some(&Link::Unlinking(id))
                {
                    relations.links.remove(&number);
                }
            }
            Signal::Monitor { from, reference } => {
                let by = &mut self.relations_mut()?.monitored_by;
                by.reserve()?;
                by.insert(reference, from);
            }
            Signal::Demonitor { reference } => {
                if let Some(relations) = &mut self.relations {
                    relations.monitored_by.remove(&reference);
                }
            }
            Signal::Down { reference, reason } => self.down_signal(rt, reference, &reason)?,
            Signal::WithToken(with) => self.with_token(rt, *with)?,
            Signal::ResetSequence => self.reset_sequence(),
            Signal::GroupLeader { leader } => self.group_leader = leader,
            Signal::ClockSet { offset } => self.clock_signal(rt, offset)?,
            Signal::Suspend { from, tag } => {
                self.rare_mut()?.suspended += 1;
                self.flags.suspended = true;
                if let Some(tag) = tag {
                    rt.suspend_reply(from, &tag, atoms::SUSPENDED);
                }
            }
            Signal::Resume { count } => {
                let rare = self.rare_mut()?;
                rare.suspended = rare.suspended.saturating_sub(count);
                self.flags.suspended = rare.suspended > 0;
            }
        }
        Ok(())
    }

    /// What comes with a token: the token waits with the message.
    fn with_token(&mut self, rt: &Runtime, with: (Signal, Token)) -> Result<(), OutOfMemory> {
        let (signal, token) = with;
        let before = self.mailbox.len();
        match signal {
            Signal::Message(message) => self.mailbox.push(message),
            signal => self.handle(rt, signal)?,
        }
        if self.mailbox.len() > before {
            // In place of what one that is made here has.
            self.mailbox.forget_last_token();
            self.mailbox.keep_token(Some(token));
        }
        Ok(())
    }

    /// A link that the other end has made. One that this end is taking away stays as it is: the
    /// other end gets that request after its own.
    fn link_signal(&mut self, rt: &Runtime, from: Term) -> Result<(), OutOfMemory> {
        let Some(number) = link_key(from) else {
            return Ok(());
        };
        if self.flags.traced {
            rt.trace(self, trace::PROCS, &[atoms::GETTING_LINKED, from]);
        }
        let links = &mut self.relations_mut()?.links;
        if !links.contains(&number) {
            links.reserve()?;
            links.insert(number, Link::Active);
        }
        Ok(())
    }

    fn exit_signal(
        &mut self,
        rt: &Runtime,
        from: Term,
        reason: Fragment,
        linked: bool,
    ) -> Result<(), OutOfMemory> {
        if linked && !self.take_link(from) {
            return Ok(());
        }
        let lives = self.flags.trap_exit || reason.term == atoms::NORMAL;
        if linked && lives && self.flags.traced {
            rt.trace(self, trace::PROCS, &[atoms::GETTING_UNLINKED, from]);
        }
        if !linked && reason.term == atoms::KILL {
            self.end_with(atoms::KILLED);
            return Ok(());
        }
        if self.flags.trap_exit {
            let reason = self.bring(&reason)?;
            return self.deliver(&[atoms::EXIT_SIGNAL, from, reason]);
        }
        if reason.term != atoms::NORMAL {
            let reason = self.bring(&reason)?;
            self.end_with(reason);
        }
        Ok(())
    }

    /// Removes the link to a process that has ended; was it active?
    fn take_link(&mut self, from: Term) -> bool {
        match (&mut self.relations, link_key(from)) {
            (Some(relations), Some(number)) => {
                relations.links.remove(&number) == Some(Link::Active)
            }
            _ => false,
        }
    }

    fn alias_message(&mut self, rt: &Runtime, alias: Reference, message: Fragment) {
        let Some(relations) = &mut self.relations else {
            return;
        };
        let Some(&end) = relations.aliases.get(&alias) else {
            return;
        };
        if matches!(end, AliasEnd::Reply | AliasEnd::ReplyDemonitor) {
            relations.aliases.remove(&alias);
            rt.aliases.remove(alias);
        }
        if end == AliasEnd::ReplyDemonitor {
            self.drop_monitor(rt, alias);
        }
        self.mailbox.push(message);
    }

    fn down_signal(
        &mut self,
        rt: &Runtime,
        reference: Reference,
        reason: &Fragment,
    ) -> Result<(), OutOfMemory> {
        let Some(relations) = &mut self.relations else {
            return Ok(());
        };
        let Some(monitor) = relations.monitors.remove(&reference) else {
            return Ok(());
        };
        self.end_monitor_alias(rt, reference);
        let tag = match &monitor.tag {
            Some(tag) => self.bring(tag)?,
            None => atoms::DOWN,
        };
        let kind = match monitor.kind {
            Watched::Port => atoms::PORT,
            _ => atoms::PROCESS,
        };
        let object = if monitor.name == Term::NONE {
            monitor.target
        } else {
            self.heap.tuple(&[monitor.name, atoms::NONODE_NOHOST])?
        };
        let reason = self.bring(reason)?;
        let reference = self.heap.reference(reference)?;
        self.deliver(&[tag, reference, kind, object, reason])
    }

    /// The time of day was set: a message for each monitor of the clock.
    #[cold]
    fn clock_signal(&mut self, rt: &Runtime, offset: i64) -> Result<(), OutOfMemory> {
        let Some(relations) = &self.relations else {
            return Ok(());
        };
        let of_clock = |(reference, monitor): (&Reference, &Monitor)| {
            (monitor.kind == Watched::Clock).then_some(*reference)
        };
        let mut references = Vec::new();
        for reference in relations.monitors.iter().filter_map(of_clock) {
            references.try_push(reference)?;
        }
        let name = |name| rt.atoms.intern(name).map_err(|_| OutOfMemory);
        for reference in references {
            let monitors = self.relations.as_ref().map(|r| &r.monitors);
            let monitor = monitors.and_then(|monitors| monitors.get(&reference));
            let tag = match monitor.and_then(|monitor| monitor.tag.as_ref()) {
                Some(tag) => Fragment::of(tag.term, &rt.budget)?,
                None => Fragment::of(name("CHANGE")?, &rt.budget)?,
            };
            let tag = self.bring(&tag)?;
            let kind = name("time_offset")?;
            let service = name("clock_service")?;
            let (reference, offset) = (self.heap.reference(reference)?, self.heap.int(offset)?);
            self.deliver(&[tag, reference, kind, service, offset])?;
        }
        Ok(())
    }

    /// Ends an alias that lives as long as the monitor of the same reference.
    pub(crate) fn end_monitor_alias(&mut self, rt: &Runtime, reference: Reference) {
        let Some(relations) = &mut self.relations else {
            return;
        };
        let ends = matches!(
            relations.aliases.get(&reference),
            Some(AliasEnd::Demonitor | AliasEnd::ReplyDemonitor)
        );
        if ends {
            relations.aliases.remove(&reference);
            rt.aliases.remove(reference);
        }
    }

    /// Removes a monitor that this process set up and tells the other end; was there one?
    pub(crate) fn drop_monitor(&mut self, rt: &Runtime, reference: Reference) -> bool {
        let monitors = self.relations.as_mut().map(|r| &mut r.monitors);
        let Some(monitor) = monitors.and_then(|m| m.remove(&reference)) else {
            return false;
        };
        if monitor.target != Term::NONE {
            rt.signal(monitor.target, Signal::Demonitor { reference });
        }
        true
    }

    /// A copy on the heap of what came with a signal.
    pub(crate) fn bring(&mut self, fragment: &Fragment) -> Result<Term, OutOfMemory> {
        copy::copy(fragment.term, fragment.words(), &mut self.heap)
    }

    /// Puts a tuple in the mailbox.
    fn deliver(&mut self, elements: &[Term]) -> Result<(), OutOfMemory> {
        let message = self.heap.tuple(elements)?;
        self.mailbox.push_here(message)?;
        if self.flags.has_token {
            self.mailbox.keep_token(None);
        }
        Ok(())
    }

    /// `exit(self(), Reason)`, which takes effect before it returns: is this the end?
    pub(crate) fn exit_self(&mut self, rt: &Runtime, reason: Term) -> Result<bool, OutOfMemory> {
        if self.fetch_signals(rt) == Fetched::Exit {
            return Ok(true);
        }
        if reason == atoms::KILL {
            self.end_with(atoms::KILLED);
        } else if self.flags.trap_exit {
            let id = self.id;
            self.deliver(&[atoms::EXIT_SIGNAL, id, reason])?;
        } else {
            self.end_with(reason);
        }
        Ok(self.has_ended())
    }

    /// The reason of its end, if it is to end.
    pub fn exit_reason_term(&self) -> Option<Term> {
        self.exit.as_deref().map(|exit: &ProcessExit| exit.reason)
    }
}

impl Runtime {
    /// Sends `signal` to the process `to`. Where there is none, the sender gets the answer that
    /// it would have got from one that ends: see `Runtime::refuse`.
    pub fn signal(&self, to: Term, signal: Signal) -> bool {
        let refused = match self.processes.find(to) {
            None if to.is_port() => return self.signal_port(to, signal),
            None => signal,
            Some(handle) => match handle.push(signal, &self.budget) {
                Ok(wakes) => {
                    if wakes {
                        self.make_ready(handle);
                    }
                    return true;
                }
                Err(signal) => signal,
            },
        };
        self.refuse(to, refused);
        false
    }

    /// Puts a process that waited in a run queue.
    pub(crate) fn make_ready(&self, handle: Shared<Handle>) {
        let priority = handle.priority();
        if self.run_queue.push(handle, priority) {
            self.wake_scheduler();
        }
    }

    /// Answers a signal that reached a process after its end.
    pub(crate) fn refuse(&self, at: Term, signal: Signal) {
        let no_process = || Fragment::of(atoms::NOPROC, &self.budget).ok();
        match signal {
            Signal::WithToken(with) => self.refuse(at, with.0),
            Signal::Link { from } => {
                if let Some(reason) = no_process() {
                    let exit = Signal::Exit {
                        from: at,
                        reason,
                        linked: true,
                    };
                    self.signal(from, exit);
                }
            }
            Signal::Unlink { from, id } => {
                self.signal(from, Signal::UnlinkAck { from: at, id });
            }
            Signal::Monitor { from, reference } => {
                if let Some(reason) = no_process() {
                    self.signal(from, Signal::Down { reference, reason });
                }
            }
            Signal::Suspend {
                from,
                tag: Some(tag),
            } => self.suspend_reply(from, &tag, atoms::BADARG),
            _ => {}
        }
    }

    /// Tells what became of a request to suspend a process. Without memory nobody is told.
    pub(crate) fn suspend_reply(&self, to: Term, tag: &Fragment, reply: Term) {
        let mut outer = Fragment::new(&self.budget);
        let message = outer.tuple(&[tag.term, reply]);
        if let Ok(message) = message.and_then(|m| Fragment::of(m, &self.budget)) {
            self.signal(to, Signal::Message(message));
        }
    }
}
