//! How a process ended.

use super::relation::{Link, Relations, linked};
use super::seq_trace::Token;
use super::spawn::PROCESS_BYTES;
use super::{Fetched, Handle, Process, Signal, trace};
use crate::memory::fallible::{boxed, collect_or_lose, lose};
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use alloc::vec::Vec;
use portable_atomic::Ordering;

/// Why a process ended; the terms are on its heap.
pub struct ProcessExit {
    /// The reason that linked and monitoring processes see.
    pub reason: Term,
    /// How it came to that.
    pub kind: ExitKind,
}

/// How a process came to its end.
pub enum ExitKind {
    /// Its first function returned.
    Returned {
        /// The value.
        value: Term,
    },
    /// An exception that nothing caught.
    Raised {
        /// `error`, `exit` or `throw`.
        class: Term,
        /// The reason as it was raised.
        value: Term,
        /// The stack trace, a list.
        stack: Term,
    },
    /// A signal, or the runtime, ended it.
    Signal,
    /// There was no memory for it. Other processes see that it was killed.
    OutOfMemory,
}

impl ProcessExit {
    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        visit(core::slice::from_mut(&mut self.reason));
        match &mut self.kind {
            ExitKind::Returned { value } => visit(core::slice::from_mut(value)),
            ExitKind::Raised {
                class,
                value,
                stack,
            } => {
                visit(core::slice::from_mut(class));
                visit(core::slice::from_mut(value));
                visit(core::slice::from_mut(stack));
            }
            ExitKind::Signal | ExitKind::OutOfMemory => {}
        }
    }
}

impl Process {
    /// Ends it because its first function returned `value`.
    pub fn end_returned(&mut self, value: Term) {
        self.end(ProcessExit {
            reason: atoms::NORMAL,
            kind: ExitKind::Returned { value },
        });
    }

    fn end(&mut self, exit: ProcessExit) {
        self.flags.ended = true;
        match boxed(exit) {
            Ok(exit) => self.exit = Some(exit),
            // Others see that it was killed.
            Err(OutOfMemory) => lose(),
        }
    }

    /// Is it to end?
    pub fn has_ended(&self) -> bool {
        self.flags.ended
    }

    /// Ends it because of an exception that nothing caught. The reason that others see is
    /// `{Reason, Stack}` for an error, `{{nocatch, Value}, Stack}` for a throw, as in OTP.
    pub fn end_raised(&mut self, class: Term, value: Term, stack: Term) {
        let reason = self.exit_reason(class, value, stack);
        self.end(ProcessExit {
            reason: reason.unwrap_or(atoms::KILLED),
            kind: ExitKind::Raised {
                class,
                value,
                stack,
            },
        });
    }

    fn exit_reason(&mut self, class: Term, value: Term, stack: Term) -> Result<Term, OutOfMemory> {
        if class == atoms::EXIT {
            return Ok(value);
        }
        let value = if class == atoms::THROW {
            self.heap.tuple(&[atoms::NOCATCH, value])?
        } else {
            value
        };
        self.heap.tuple(&[value, stack])
    }

    /// Ends it with `reason` as by a signal.
    pub fn end_with(&mut self, reason: Term) {
        self.end(ProcessExit {
            reason,
            kind: ExitKind::Signal,
        });
    }

    /// Ends it for want of memory, or because its heap is larger than its `max_heap_size`.
    pub(crate) fn end_for_memory(&mut self) {
        let kind = match self.is_over_max_heap() {
            true => ExitKind::Signal,
            false => ExitKind::OutOfMemory,
        };
        let reason = atoms::KILLED;
        self.end(ProcessExit { reason, kind });
    }
}

impl Runtime {
    /// The end of a process whose [`Process::exit`] is set: tells those who are tied to it, and
    /// gives back all that it held.
    pub(crate) fn bury(&self, handle: &Handle, mut p: Process) {
        self.code.burials.fetch_add(1, Ordering::SeqCst);
        let exit = p.exit.take();
        let reason = exit.as_ref().map_or(atoms::KILLED, |exit| exit.reason);
        if let Some(exit) = &exit {
            self.report_exit(&p, exit);
        }
        if p.flags.traced {
            self.trace(&mut p, trace::PROCS, &[atoms::EXIT, reason]);
            if let Some(name) = self.names.name_of(p.id) {
                self.trace(&mut p, trace::PROCS, &[atoms::UNREGISTER, name]);
            }
        }
        p.clear_receive_timeout(self);
        let left = handle.become_dead(&self.budget);
        self.release_tables(p.id);
        self.names.release(p.id);
        self.processes.remove(p.id);
        if self.online.has_blockers() {
            self.release_schedulers(p.id);
        }
        self.timers.forget(p.number());
        let tokens = p.flags.has_token.then(|| self.exit_tokens(&mut p, reason));
        if let Some(relations) = p.relations.take() {
            self.end_relations(p.id, reason, *relations, tokens.unwrap_or_default());
        }
        for signal in left {
            self.refuse(p.id, signal);
        }
        if p.flags.watched {
            self.keep_result(&p, exit.as_deref());
        }
        drop(p);
        self.code.burials.fetch_sub(1, Ordering::SeqCst);
        self.budget.refund(PROCESS_BYTES);
    }

    /// The tokens of sequential tracing for the exit signals through its active links, the last first,
    /// which are told of as the messages that they may become.
    #[cold]
    fn exit_tokens(&self, p: &mut Process, reason: Term) -> Vec<Option<Token>> {
        let links = p.relations.iter().flat_map(|r| r.links.iter());
        let active = links.filter(|(_, link)| **link == Link::Active);
        let ends = collect_or_lose(active.map(|(&key, _)| linked(key)));
        let mut place = Fragment::new(&self.budget);
        let Ok(message) = place.tuple(&[atoms::EXIT_SIGNAL, p.id, reason]) else {
            return Vec::new();
        };
        let token = |end| self.seq_send(p, end, message);
        let mut tokens = collect_or_lose(ends.into_iter().map(token));
        tokens.reverse();
        tokens
    }

    /// First the links, then the monitors, as in OTP.
    fn end_relations(
        &self,
        id: Term,
        reason: Term,
        mut relations: Relations,
        mut tokens: Vec<Option<Token>>,
    ) {
        for (alias, _) in relations.aliases.drain() {
            self.aliases.remove(alias);
        }
        let copy = || {
            Fragment::of(reason, &self.budget)
                .or_else(|_| Fragment::of(atoms::KILLED, &self.budget))
        };
        for (key, link) in relations.links.drain() {
            if let (Link::Active, Ok(reason)) = (link, copy()) {
                let exit = Signal::Exit {
                    from: id,
                    reason,
                    linked: true,
                };
                let token = tokens.pop().flatten();
                self.seq_signal(linked(key), exit, token);
            }
        }
        for (reference, monitor) in relations.monitors.drain() {
            if monitor.target != Term::NONE {
                self.signal(monitor.target, Signal::Demonitor { reference });
            }
        }
        if let Some(mut rare) = relations.rare.take() {
            for (number, count) in rare.suspending.drain() {
                self.signal(Term::pid(number), Signal::Resume { count });
            }
        }
        for (reference, from) in relations.monitored_by.drain() {
            if let Ok(reason) = copy() {
                self.signal(from, Signal::Down { reference, reason });
            }
        }
    }

    /// Brings what others can see of a process up to date: handles the signals that have reached
    /// it, which may end it. `false` when it runs right now, on another thread, and will do so
    /// itself.
    pub(crate) fn settle(&self, handle: &Handle) -> bool {
        if !handle.has_signals() {
            return true;
        }
        let Some(mut body) = handle.body.try_lock() else {
            return false;
        };
        let ended = match &mut *body {
            Some(p) => p.fetch_signals(self) == Fetched::Exit,
            // Another scheduler is about to say that it is dead.
            None => return !handle.is_alive(),
        };
        if ended && let Some(p) = body.take() {
            drop(body);
            self.bury(handle, p);
        }
        true
    }
}
