//! What happens at the other end of a port, and becomes messages to its owner.

use super::input::Piece;
use super::{Phase, Port, State};
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::platform::PortEvent;
use crate::process::Signal;
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use alloc::vec::Vec;

impl Runtime {
    /// Lets what has happened at the other ends of ports take effect.
    #[inline]
    pub(crate) fn take_port_events(&self) {
        if self.ports.events.is_filled() {
            self.take_all_port_events();
        }
    }

    #[cold]
    fn take_all_port_events(&self) {
        while let Some((number, event)) = self.ports.events.take() {
            if let Some(port) = self.ports.find(Term::port(number)) {
                self.take_port_event(&port, event);
            }
        }
    }

    fn take_port_event(&self, port: &Shared<Port>, event: PortEvent) {
        match event {
            PortEvent::Data(bytes) => self.take_input(port, bytes),
            PortEvent::End(status) => self.end_input(port, status),
            PortEvent::Failed(reason) => {
                self.fail_port(port, reason);
                self.finish_closing(port);
            }
            PortEvent::Drained => {
                let mut state = port.state.lock();
                state.busy = false;
                let waiting = core::mem::take(&mut state.waiting);
                drop(state);
                for process in waiting {
                    self.wake(process);
                }
            }
            PortEvent::Closed => self.finish_closing(port),
        }
    }

    fn take_input(&self, port: &Shared<Port>, bytes: Vec<u8>) {
        let mut state = port.state.lock();
        if state.phase != Phase::Open {
            return;
        }
        state.input += bytes.len() as u64;
        let (framing, owner) = (port.settings.framing, state.owner);
        let mut rest = core::mem::take(&mut state.rest);
        let told = framing.cut(&mut rest, &bytes, |piece| {
            self.tell_piece(port, owner, piece)
        });
        state.rest = rest;
        if let Some(driver) = &mut state.driver {
            driver.resume();
        }
        drop(state);
        if told.is_err() {
            self.fail_port(port, "enomem");
        }
    }

    /// The exit status, what is left of the last line, and then the end.
    fn end_input(&self, port: &Shared<Port>, status: Option<i32>) {
        let mut state = port.state.lock();
        if state.phase != Phase::Open {
            return;
        }
        let State { owner, rest, .. } = &mut *state;
        let told = status.map_or(Ok(()), |status| self.tell_status(port, *owner, status));
        let last = port.settings.framing.last(rest);
        let last = last.map_or(Ok(()), |piece| self.tell_piece(port, *owner, piece));
        rest.clear();
        let owner = *owner;
        drop(state);
        if told.and(last).is_err() {
            self.fail_port(port, "enomem");
        } else if port.settings.eof {
            self.tell_from_port(port.id, owner, "eof");
        } else {
            self.close_port(port, atoms::NORMAL, None);
        }
    }

    /// All has been written that a closed port had to write.
    fn finish_closing(&self, port: &Shared<Port>) {
        let mut state = port.state.lock();
        if state.phase != Phase::Closing {
            return;
        }
        state.phase = Phase::Closed;
        let (driver, told) = (state.driver.take(), state.told.take());
        drop(state);
        drop(driver);
        self.forget_port(port.id);
        if let Some(told) = told {
            self.tell_from_port(port.id, told, "closed");
        }
    }

    /// Sends `{Port, {data, Data}}`.
    fn tell_piece(&self, port: &Port, owner: Term, piece: Piece<'_>) -> Result<(), OutOfMemory> {
        let mut outer = Fragment::new(&self.budget);
        let (bytes, tag) = match piece {
            Piece::Data(bytes) => (bytes, None),
            Piece::EndOfLine(bytes) => (bytes, Some(atoms::EOL)),
            Piece::NoEndOfLine(bytes) => (bytes, Some(atoms::NOEOL)),
        };
        let mut data = match port.settings.binary {
            true => outer.binary(bytes)?,
            false => outer.byte_list(bytes, Term::NIL)?,
        };
        if let Some(tag) = tag {
            data = outer.tuple(&[tag, data])?;
        }
        let data = outer.tuple(&[atoms::DATA, data])?;
        self.tell_owner(port, owner, data, &mut outer)
    }

    fn tell_status(&self, port: &Port, owner: Term, status: i32) -> Result<(), OutOfMemory> {
        let mut outer = Fragment::new(&self.budget);
        let what = outer.tuple(&[atoms::EXIT_STATUS, Term::small(status as isize)])?;
        self.tell_owner(port, owner, what, &mut outer)
    }

    fn tell_owner(
        &self,
        port: &Port,
        owner: Term,
        what: Term,
        outer: &mut Fragment,
    ) -> Result<(), OutOfMemory> {
        let message = outer.tuple(&[port.id, what])?;
        let message = Fragment::of(message, &self.budget)?;
        self.signal(owner, Signal::Message(message));
        Ok(())
    }
}
