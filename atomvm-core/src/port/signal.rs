//! What processes do to a port.

use super::{Phase, Port};
use crate::memory::fallible::Grow;
use crate::memory::{Fragment, Heap};
use crate::process::Signal;
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;

/// What came of an attempt to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Output {
    /// It is written, or will be.
    Done,
    /// Too much waits to be written already. Who asked is woken when that has changed.
    Busy,
    /// The port is closed.
    Closed,
}

impl Runtime {
    /// A signal for a port, as `Runtime::signal` is one for a process.
    pub(crate) fn signal_port(&self, to: Term, signal: Signal) -> bool {
        let Some(port) = self.ports.find(to).filter(|port| port.is_open()) else {
            self.refuse(to, signal);
            return false;
        };
        let mut state = port.state.lock();
        match signal {
            Signal::Link { from } if state.links.contains(&from) => {}
            Signal::Link { from } => state.links.push_or_lose(from),
            Signal::Unlink { from, id } => {
                state.links.retain(|&link| link != from);
                drop(state);
                self.signal(from, Signal::UnlinkAck { from: to, id });
            }
            Signal::Monitor { from, reference } => {
                state.monitored_by.push_or_lose((reference, from));
            }
            Signal::Demonitor { reference } => {
                state.monitored_by.retain(|(other, _)| *other != reference);
            }
            Signal::Exit {
                from,
                reason,
                linked,
            } => {
                let was_linked = state.links.contains(&from);
                if linked {
                    state.links.retain(|&link| link != from);
                }
                let owner = state.owner;
                drop(state);
                let is_harmless = reason.term == atoms::NORMAL && from != owner;
                if !linked || (was_linked && !is_harmless) {
                    let reason = match reason.term {
                        atoms::KILL => atoms::KILLED,
                        reason => reason,
                    };
                    self.close_port(&port, reason, None);
                }
            }
            _ => {}
        }
        true
    }

    /// Writes to a port. `caller` waits when it has to.
    pub(crate) fn write_port(
        &self,
        port: &Shared<Port>,
        caller: Option<Term>,
        bytes: alloc::vec::Vec<u8>,
    ) -> Output {
        let mut state = port.state.lock();
        if state.phase != Phase::Open {
            return Output::Closed;
        }
        if state.busy {
            if let Some(caller) = caller.filter(|caller| !state.waiting.contains(caller)) {
                state.waiting.push_or_lose(caller);
            }
            return Output::Busy;
        }
        let count = bytes.len() as u64;
        let framed = match port.settings.framing.framed(bytes) {
            Ok(Some(framed)) => framed,
            wrong => {
                drop(state);
                let reason = if wrong.is_ok() { "einval" } else { "enomem" };
                self.fail_port(port, reason);
                return Output::Done;
            }
        };
        state.output += count;
        let written = match &mut state.driver {
            Some(driver) => driver.output(framed),
            None => Ok(0),
        };
        match written {
            Ok(waiting) => state.busy = waiting >= port.settings.high_water,
            Err(reason) => {
                drop(state);
                self.fail_port(port, reason);
            }
        }
        Output::Done
    }

    /// Makes another process the owner of a port, which is linked to it if `link` says so; who owned it
    /// before.
    pub(crate) fn connect_port(
        &self,
        port: &Shared<Port>,
        owner: Term,
        link: bool,
    ) -> Option<Term> {
        let mut state = port.state.lock();
        if state.phase != Phase::Open {
            return None;
        }
        let before = core::mem::replace(&mut state.owner, owner);
        if link && !state.links.contains(&owner) {
            state.links.push_or_lose(owner);
            drop(state);
            self.signal(owner, Signal::Link { from: port.id });
        }
        Some(before)
    }

    /// Closes a port because its other end failed.
    pub(super) fn fail_port(&self, port: &Shared<Port>, reason: &str) {
        let reason = self.atoms.intern(reason).unwrap_or(atoms::ERROR);
        self.close_port(port, reason, None);
    }

    /// Closes a port: tells who is linked to it or monitors it, and later `told`, when all is written.
    /// `false` when it was closed already.
    pub(crate) fn close_port(&self, port: &Shared<Port>, reason: Term, told: Option<Term>) -> bool {
        let mut state = port.state.lock();
        if state.phase != Phase::Open || port.id == Term::port(0) {
            return false;
        }
        let links = core::mem::take(&mut state.links);
        let monitors = core::mem::take(&mut state.monitored_by);
        let waiting = core::mem::take(&mut state.waiting);
        let flushes = state.driver.as_mut().is_some_and(|driver| driver.close());
        let driver = match flushes {
            true => {
                state.phase = Phase::Closing;
                state.told = told;
                None
            }
            false => {
                state.phase = Phase::Closed;
                state.driver.take()
            }
        };
        drop(state);
        drop(driver);
        self.names.release(port.id);
        if !flushes {
            self.forget_port(port.id);
        }
        let copy = || Fragment::of(reason, &self.budget).ok();
        for link in links {
            if let Some(reason) = copy() {
                let (from, linked) = (port.id, true);
                let exit = Signal::Exit {
                    from,
                    reason,
                    linked,
                };
                self.signal(link, exit);
            }
        }
        for (reference, from) in monitors {
            if let Some(reason) = copy() {
                self.signal(from, Signal::Down { reference, reason });
            }
        }
        for process in waiting {
            self.wake(process);
        }
        if let Some(told) = told.filter(|_| !flushes) {
            self.tell_from_port(port.id, told, "closed");
        }
        true
    }

    pub(super) fn forget_port(&self, id: Term) {
        if let Some(number) = id.as_port() {
            self.ports.all.write().remove(&number);
        }
    }

    /// Sends `{Port, What}`. Without memory nobody is told.
    pub(crate) fn tell_from_port(&self, port: Term, to: Term, what: &str) {
        let mut outer = Fragment::new(&self.budget);
        let message = self.atoms.intern(what).ok();
        let message = message.and_then(|what| outer.tuple(&[port, what]).ok());
        let message = message.and_then(|message| Fragment::of(message, &self.budget).ok());
        if let Some(message) = message {
            self.signal(to, Signal::Message(message));
        }
    }

    /// Tells the owner of a port that somebody did not know how to use it.
    pub(crate) fn refuse_at_port(&self, port: &Port) {
        let owner = port.owner();
        let reason = self.atoms.intern("badsig").ok();
        let reason = reason.and_then(|reason| Fragment::of(reason, &self.budget).ok());
        if let Some(reason) = reason {
            let exit = Signal::Exit {
                from: port.id,
                reason,
                linked: false,
            };
            self.signal(owner, exit);
        }
    }
}
