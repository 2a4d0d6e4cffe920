//! Timers: time-outs of receives, and messages to be sent later.

use super::wheel::{Key, Wheel, node_bytes};
use crate::memory::charge::CountedMap;
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::sync::{Arc, Mutex};
use crate::term::{Reference, Term};
use portable_atomic::{AtomicU64, Ordering};

/// What happens when the time has come.
pub(crate) enum Event {
    /// A receive gives up.
    Receive(usize),
    /// A message is sent to a process or a registered name.
    Send { to: Term, message: Fragment },
}

/// A timer with its place among those that send to the same process.
struct Timer {
    event: Event,
    /// The serial number of its reference; 0 for the time-out of a receive.
    serial: u64,
    before: Option<Key>,
    after: Option<Key>,
}

#[derive(Default)]
struct State {
    wheel: Wheel<Timer>,
    /// The timers that can be cancelled by reference.
    keys: CountedMap<u64, Key>,
    /// The last timer that would send to a process: with it the others are dropped when it ends.
    receivers: CountedMap<usize, Key>,
}

/// What a timer is counted for, in bytes, besides the words of its message and the tables: the wheel
/// has more nodes than timers.
const TIMER_BYTES: usize = node_bytes::<Timer>() * 3 / 2 + Fragment::HEAD;

/// The timers of a VM. Moments are nanoseconds of the platform's monotonic clock.
pub struct Timers {
    state: Mutex<State>,
    /// A moment not later than the earliest deadline, `u64::MAX` for none: tells without the lock
    /// that nothing is due.
    next: AtomicU64,
    budget: Arc<Budget>,
}

impl Timers {
    /// No timers yet.
    pub fn new(budget: &Arc<Budget>) -> Timers {
        Timers {
            state: Mutex::new(State {
                keys: CountedMap::new(budget),
                receivers: CountedMap::new(budget),
                ..State::default()
            }),
            next: AtomicU64::new(u64::MAX),
            budget: budget.clone(),
        }
    }

    /// Starts the time-out of a receive; returns its number, which is not 0.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn start_receive(&self, deadline: u64, process: usize) -> Result<u64, OutOfMemory> {
        self.budget.charge(TIMER_BYTES)?;
        let mut state = self.state.lock();
        let timer = Timer {
            event: Event::Receive(process),
            serial: 0,
            before: None,
            after: None,
        };
        let key = state.wheel.insert(deadline, timer).inspect_err(|_| {
            self.budget.refund(TIMER_BYTES);
        })?;
        self.next.fetch_min(deadline, Ordering::Release);
        Ok(key.to_number())
    }

    /// The deadline of the time-out of a receive that is still to come.
    pub(crate) fn receive_deadline(&self, number: u64) -> Option<u64> {
        let key = Key::from_number(number)?;
        self.state.lock().wheel.deadline(key)
    }

    /// Takes back the time-out of a receive.
    pub(crate) fn cancel_receive(&self, number: u64) {
        let mut state = self.state.lock();
        let key = Key::from_number(number);
        if key.and_then(|key| state.wheel.remove(key)).is_some() {
            self.forgotten(&state);
        }
    }

    /// Starts a timer that sends `message` to `to`. Its number is the serial number of
    /// `reference`, by which it can be read and cancelled.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn start_send(
        &self,
        deadline: u64,
        reference: u64,
        to: Term,
        message: Fragment,
    ) -> Result<(), OutOfMemory> {
        self.budget.charge(TIMER_BYTES)?;
        let added = self.state.lock().add(deadline, reference, to, message);
        match added {
            Ok(()) => drop(self.next.fetch_min(deadline, Ordering::Release)),
            Err(OutOfMemory) => self.budget.refund(TIMER_BYTES),
        }
        added
    }

    /// The deadline of a timer, if it is still to come.
    pub(crate) fn read(&self, reference: Reference) -> Option<u64> {
        let state = self.state.lock();
        let key = *state.keys.get(&serial(reference))?;
        state.wheel.deadline(key)
    }

    /// Cancels a timer; returns its deadline, if it was still to come.
    pub(crate) fn cancel(&self, reference: Reference) -> Option<u64> {
        let mut state = self.state.lock();
        let key = *state.keys.get(&serial(reference))?;
        let deadline = state.remove(key);
        self.forgotten(&state);
        deadline
    }

    /// Drops the timers that would send to a process that has ended.
    pub(crate) fn forget(&self, process: usize) {
        let mut state = self.state.lock();
        while let Some(&key) = state.receivers.get(&process) {
            if state.remove(key).is_none() {
                state.receivers.remove(&process);
                return;
            }
            self.forgotten(&state);
        }
    }

    /// A timer is gone. The next moment stays, and is looked at when it has come.
    fn forgotten(&self, state: &State) {
        self.budget.refund(TIMER_BYTES);
        if state.wheel.len() == 0 {
            self.next.store(u64::MAX, Ordering::Release);
        }
    }

    /// A moment that is not later than the earliest deadline.
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
        let timer = state.wheel.expire(now);
        if let Some(timer) = &timer {
            state.forget(timer);
            self.budget.refund(TIMER_BYTES);
        } else {
            let next = state.wheel.next().unwrap_or(u64::MAX);
            self.next.store(next, Ordering::Release);
        }
        timer.map(|timer| timer.event)
    }

    /// How many timers there are.
    pub fn len(&self) -> usize {
        self.state.lock().wheel.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock();
        self.budget.refund(TIMER_BYTES * state.wheel.len());
        *state = State::default();
        self.next.store(u64::MAX, Ordering::Release);
    }
}

impl State {
    fn add(
        &mut self,
        deadline: u64,
        serial: u64,
        to: Term,
        message: Fragment,
    ) -> Result<(), OutOfMemory> {
        self.keys.reserve()?;
        self.receivers.reserve()?;
        let before = to.as_pid().and_then(|n| self.receivers.get(&n).copied());
        let timer = Timer {
            event: Event::Send { to, message },
            serial,
            before,
            after: None,
        };
        let key = self.wheel.insert(deadline, timer)?;
        self.keys.insert(serial, key);
        if let Some(process) = to.as_pid() {
            self.receivers.insert(process, key);
        }
        if let Some(before) = before.and_then(|key| self.wheel.get_mut(key)) {
            before.after = Some(key);
        }
        Ok(())
    }

    fn remove(&mut self, key: Key) -> Option<u64> {
        let (deadline, timer) = self.wheel.remove(key)?;
        self.forget(&timer);
        Some(deadline)
    }

    /// Takes a timer that is gone out of the tables.
    fn forget(&mut self, timer: &Timer) {
        let Event::Send { to, .. } = &timer.event else {
            return;
        };
        self.keys.remove(&timer.serial);
        if let Some(before) = timer.before.and_then(|key| self.wheel.get_mut(key)) {
            before.after = timer.after;
        }
        if let Some(after) = timer.after.and_then(|key| self.wheel.get_mut(key)) {
            after.before = timer.before;
            return;
        }
        if let Some(process) = to.as_pid() {
            match timer.before {
                Some(before) => drop(self.receivers.insert(process, before)),
                None => drop(self.receivers.remove(&process)),
            }
        }
        self.keys.release();
        self.receivers.release();
    }
}

/// The serial number that a reference was made from.
fn serial(reference: Reference) -> u64 {
    let [a, b, c] = reference.0;
    u64::from(a) | u64::from(b) << 18 | u64::from(c) << 50
}
