//! Timers, in the order of their deadlines: time-outs of receives, and messages to be sent later.

use crate::memory::Fragment;
use crate::sync::Mutex;
use crate::term::{Reference, Term};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use hashbrown::HashMap;
use portable_atomic::{AtomicU64, Ordering};

/// What happens when the time has come.
pub(crate) enum Event {
    /// A receive gives up.
    Receive(usize),
    /// A message is sent to a process or a registered name.
    Send { to: Term, message: Fragment },
}

#[derive(Default)]
struct State {
    /// By deadline, then in the order in which they were started.
    queue: BTreeMap<(u64, u64), Event>,
    /// The deadlines of timers that can be cancelled by reference.
    deadlines: HashMap<u64, u64>,
    /// Which timers would send to a process, to be dropped when it ends.
    receivers: BTreeSet<(usize, u64)>,
    last: u64,
}

/// The timers of a VM. Moments are nanoseconds of the platform's monotonic clock.
pub struct Timers {
    state: Mutex<State>,
    /// The earliest deadline, `u64::MAX` for none: tells without the lock that nothing is due.
    next: AtomicU64,
}

impl Default for Timers {
    fn default() -> Self {
        Timers {
            state: Mutex::new(State::default()),
            next: AtomicU64::new(u64::MAX),
        }
    }
}

impl Timers {
    fn update_next(&self, state: &State) {
        let first = state.queue.first_key_value();
        let next = first.map_or(u64::MAX, |((deadline, _), _)| *deadline);
        self.next.store(next, Ordering::Release);
    }

    /// Starts the time-out of a receive; returns its number, which is not 0.
    pub(crate) fn start_receive(&self, deadline: u64, process: usize) -> u64 {
        let mut state = self.state.lock();
        state.last += 1;
        // Apart from the serial numbers of references, which are small.
        let number = state.last | 1 << 63;
        state
            .queue
            .insert((deadline, number), Event::Receive(process));
        self.update_next(&state);
        number
    }

    /// Takes back the time-out of a receive.
    pub(crate) fn cancel_receive(&self, deadline: u64, number: u64) {
        let mut state = self.state.lock();
        if state.queue.remove(&(deadline, number)).is_some() {
            self.update_next(&state);
        }
    }

    /// Starts a timer that sends `message` to `to`. Its number is the serial number of
    /// `reference`, by which it can be read and cancelled.
    pub(crate) fn start_send(&self, deadline: u64, reference: u64, to: Term, message: Fragment) {
        let mut state = self.state.lock();
        state.deadlines.insert(reference, deadline);
        if let Some(process) = to.as_pid() {
            state.receivers.insert((process, reference));
        }
        state
            .queue
            .insert((deadline, reference), Event::Send { to, message });
        self.update_next(&state);
    }

    /// The deadline of a timer, if it is still to come.
    pub(crate) fn read(&self, reference: Reference) -> Option<u64> {
        let state = self.state.lock();
        state.deadlines.get(&serial(reference)).copied()
    }

    /// Cancels a timer; returns its deadline, if it was still to come.
    pub(crate) fn cancel(&self, reference: Reference) -> Option<u64> {
        let mut state = self.state.lock();
        let deadline = state.remove(serial(reference))?;
        self.update_next(&state);
        Some(deadline)
    }

    /// Drops the timers that would send to a process that has ended.
    pub(crate) fn forget(&self, process: usize) {
        let mut state = self.state.lock();
        if state.receivers.is_empty() {
            return;
        }
        let range = (process, 0)..=(process, u64::MAX);
        let serials: Vec<u64> = state.receivers.range(range).map(|(_, s)| *s).collect();
        for serial in serials {
            state.remove(serial);
        }
        self.update_next(&state);
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<u64> {
        match self.next.load(Ordering::Acquire) {
            u64::MAX => None,
            next => Some(next),
        }
    }

    /// Takes out the earliest timer, if its time has come.
    pub(crate) fn expire(&self, now: u64) -> Option<Event> {
        if self.next.load(Ordering::Acquire) > now {
            return None;
        }
        let mut state = self.state.lock();
        let first = state.queue.first_entry().filter(|e| e.key().0 <= now)?;
        let (_, serial) = *first.key();
        let event = first.remove();
        if let Event::Send { to, .. } = &event {
            let to = *to;
            state.deadlines.remove(&serial);
            if let Some(process) = to.as_pid() {
                state.receivers.remove(&(process, serial));
            }
        }
        self.update_next(&state);
        Some(event)
    }

    /// How many timers there are.
    pub fn len(&self) -> usize {
        self.state.lock().queue.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        *self.state.lock() = State::default();
        self.next.store(u64::MAX, Ordering::Release);
    }
}

impl State {
    fn remove(&mut self, serial: u64) -> Option<u64> {
        let deadline = self.deadlines.remove(&serial)?;
        if let Some(Event::Send { to, .. }) = self.queue.remove(&(deadline, serial))
            && let Some(process) = to.as_pid()
        {
            self.receivers.remove(&(process, serial));
        }
        Some(deadline)
    }
}

/// The serial number that a reference was made from.
fn serial(reference: Reference) -> u64 {
    let [a, b, c] = reference.0;
    u64::from(a) | u64::from(b) << 18 | u64::from(c) << 50
}
