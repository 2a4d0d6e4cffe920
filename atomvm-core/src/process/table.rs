//! All processes of a VM, by number, and what others can reach of each.

use super::{Mailbox, Priority, Process, Signal};
use crate::memory::fallible::{Grow, collect, lose};
use crate::memory::{Budget, OutOfMemory};
use crate::sync::{Mutex, RwLock, Shared};
use crate::term::Term;
use alloc::boxed::Box;
use alloc::vec::Vec;
use portable_atomic::{AtomicUsize, Ordering};

/// What a process is doing, as far as others must know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Nothing, until a signal comes.
    Waiting,
    /// It is in a run queue.
    Ready,
    /// A scheduler runs it.
    Running,
    /// It has ended and takes no more signals.
    Dead,
}

/// Two truths about a process in one byte: a process on 32 bits has none to spare.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Marks(u8);

impl Marks {
    const NONE: Marks = Marks(0);
    /// Something happened while it was running that it must see before it waits.
    const WOKEN: Marks = Marks(1);
    /// Signals were taken out that may not have taken effect yet.
    const IN_HAND: Marks = Marks(2);

    fn has(self, mark: Marks) -> bool {
        self.0 & mark.0 != 0
    }

    fn set(&mut self, mark: Marks, on: bool) {
        self.0 = if on {
            self.0 | mark.0
        } else {
            self.0 & !mark.0
        };
    }
}

struct Inbox {
    signals: Vec<Signal>,
    state: State,
    marks: Marks,
    priority: Priority,
    /// The number of the scheduler that runs it, or ran it last.
    scheduler: u8,
}

/// What threads share about a process: its inbox, and its body when nobody runs it.
pub struct Handle {
    id: Term,
    inbox: Mutex<Inbox>,
    /// Locked by the scheduler that runs the process, for as long as it does.
    pub(crate) body: Mutex<Option<Process>>,
}

/// What [`Handle::at_rest`] came to.
pub(crate) enum AtRest<R> {
    /// What the look at the process gave.
    Seen(R),
    /// It has ended.
    Ended,
    /// It runs just now on another thread, or a native function has work in it.
    Busy,
}

impl Handle {
    fn new(id: Term) -> Handle {
        Handle {
            id,
            inbox: Mutex::new(Inbox {
                signals: Vec::new(),
                state: State::Ready,
                marks: Marks::NONE,
                priority: Priority::Normal,
                scheduler: 0,
            }),
            body: Mutex::new(None),
        }
    }

    /// Calls `look` with the process if it does not run and its terms may move.
    pub(crate) fn at_rest<R>(&self, look: impl FnOnce(&mut Process) -> R) -> AtRest<R> {
        let Some(mut body) = self.body.try_lock() else {
            return AtRest::Busy;
        };
        match &mut *body {
            // It knows where terms are.
            Some(p) if p.has_work() => AtRest::Busy,
            Some(p) => AtRest::Seen(look(p)),
            None if self.is_alive() => AtRest::Busy,
            None => AtRest::Ended,
        }
    }

    /// The process's identifier.
    pub fn id(&self) -> Term {
        self.id
    }

    /// Has it not ended?
    pub fn is_alive(&self) -> bool {
        self.inbox.lock().state != State::Dead
    }

    pub(crate) fn state(&self) -> State {
        self.inbox.lock().state
    }

    pub(crate) fn priority(&self) -> Priority {
        self.inbox.lock().priority
    }

    pub(crate) fn set_priority(&self, priority: Priority) {
        self.inbox.lock().priority = priority;
    }

    /// Adds a signal. `Ok(true)`: it waited, and must now be put in a run queue. `Err`: it has
    /// ended.
    pub(crate) fn push(&self, signal: Signal, budget: &Budget) -> Result<bool, Signal> {
        let mut inbox = self.inbox.lock();
        if inbox.state == State::Dead {
            return Err(signal);
        }
        // Who sent it is not told: the VM ends.
        let before = inbox.signals.capacity();
        inbox.signals.push_or_lose(signal);
        if inbox.signals.capacity() != before {
            inbox.recount(before, budget);
        }
        Ok(inbox.wake())
    }

    /// As [`Handle::push`] without a signal: there is something to look at.
    pub(crate) fn wake(&self) -> bool {
        self.inbox.lock().wake()
    }

    /// Moves messages to the mailbox as long as nothing else comes between, and takes out the
    /// rest.
    pub(crate) fn take_signals(&self, mailbox: &mut Mailbox, budget: &Budget) -> Vec<Signal> {
        let mut inbox = self.inbox.lock();
        let signals = &mut inbox.signals;
        let messages = signals
            .iter()
            .position(|s| !matches!(s, Signal::Message(_)))
            .unwrap_or(signals.len());
        for signal in signals.drain(..messages) {
            if let Signal::Message(message) = signal {
                mailbox.push(message);
            }
        }
        let rest = inbox.take(budget);
        inbox.marks.set(Marks::IN_HAND, !rest.is_empty());
        rest
    }

    /// Gives back signals that were taken out and not handled: they come first again.
    pub(crate) fn put_back(&self, signals: Vec<Signal>, budget: &Budget) {
        let mut inbox = self.inbox.lock();
        let later = inbox.take(budget);
        inbox.signals = signals;
        if inbox.signals.try_extend(later).is_err() {
            lose();
        }
        inbox.recount(0, budget);
    }

    /// Are there signals that are no messages, or still in hand, which may change what others can see
    /// of it?
    pub(crate) fn has_signals(&self) -> bool {
        let inbox = self.inbox.lock();
        inbox.marks.has(Marks::IN_HAND) || !inbox.signals.iter().all(is_message)
    }

    /// The messages in the inbox; they stay there as long as the process does not run.
    pub(crate) fn message_terms(&self) -> Result<Vec<Term>, OutOfMemory> {
        let inbox = self.inbox.lock();
        let terms = inbox.signals.iter().filter_map(|signal| match signal {
            Signal::Message(message) => Some(message.term),
            _ => None,
        });
        collect(terms)
    }

    /// How many messages are in the inbox.
    pub(crate) fn messages(&self) -> usize {
        let inbox = self.inbox.lock();
        inbox.signals.iter().filter(|s| is_message(s)).count()
    }

    /// The number of the scheduler that runs it, or ran it last.
    pub(crate) fn scheduler(&self) -> u8 {
        self.inbox.lock().scheduler
    }

    /// A scheduler begins to run it; `false` when it must not be run.
    pub(crate) fn begin_running(&self, scheduler: usize) -> bool {
        let mut inbox = self.inbox.lock();
        let ready = inbox.state == State::Ready;
        if ready {
            inbox.state = State::Running;
            inbox.scheduler = scheduler as u8;
            inbox.marks.set(Marks::WOKEN, false);
        }
        ready
    }

    /// It gives way and must be put in a run queue again.
    pub(crate) fn become_ready(&self) {
        self.inbox.lock().state = State::Ready;
    }

    /// It would wait; `false` when something came meanwhile, and it must be put in a run queue.
    pub(crate) fn become_waiting(&self, budget: &Budget) -> bool {
        let mut inbox = self.inbox.lock();
        let waits = inbox.signals.is_empty() && !inbox.marks.has(Marks::WOKEN);
        inbox.state = if waits { State::Waiting } else { State::Ready };
        let before = inbox.signals.capacity();
        if waits && before > 32 {
            inbox.signals.shrink(4);
            inbox.recount(before, budget);
        }
        waits
    }

    /// It has ended: no more signals come, and those left are returned.
    pub(crate) fn become_dead(&self, budget: &Budget) -> Vec<Signal> {
        let mut inbox = self.inbox.lock();
        inbox.state = State::Dead;
        inbox.take(budget)
    }
}

/// The bytes that count of the room for so many signals: for a few it is theirs only for a moment.
fn counted(signals: usize) -> usize {
    const FEW: usize = 8;
    match signals > FEW {
        true => signals * size_of::<Signal>(),
        false => 0,
    }
}

/// Is it a message, with a token or without?
fn is_message(signal: &Signal) -> bool {
    match signal {
        Signal::Message(_) => true,
        Signal::WithToken(with) => matches!(with.0, Signal::Message(_)),
        _ => false,
    }
}

impl Inbox {
    /// Takes out all signals, with their memory.
    fn take(&mut self, budget: &Budget) -> Vec<Signal> {
        let signals = core::mem::take(&mut self.signals);
        budget.refund(counted(signals.capacity()));
        signals
    }

    /// Counts the room for signals, which was that for `before`.
    fn recount(&self, before: usize, budget: &Budget) {
        budget.refund(counted(before));
        budget.count(counted(self.signals.capacity()));
    }

    fn wake(&mut self) -> bool {
        match self.state {
            State::Waiting => {
                self.state = State::Ready;
                true
            }
            _ => {
                self.marks.set(Marks::WOKEN, true);
                false
            }
        }
    }
}

/// Numbers of processes have so many bits.
const NUMBER_BITS: u32 = 28;
const CHUNK: usize = 256;

type Chunk = RwLock<Vec<Option<Shared<Handle>>>>;

/// The processes of a VM.
///
/// A number's low bits say its place in the table. Numbers are given out one after the other,
/// leaving out those whose place is taken, so that one comes back only after all others.
pub struct ProcessTable {
    chunks: Box<[Chunk]>,
    mask: usize,
    next: AtomicUsize,
    count: AtomicUsize,
    limit: usize,
}

impl ProcessTable {
    /// An empty table for at most `limit` processes.
    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub fn new(limit: usize) -> ProcessTable {
        let limit = limit.clamp(1, 1 << (NUMBER_BITS - 1));
        let places = limit.next_power_of_two().max(16);
        let chunks = places.div_ceil(CHUNK);
        ProcessTable {
            chunks: (0..chunks).map(|_| RwLock::new(Vec::new())).collect(),
            mask: places - 1,
            next: AtomicUsize::new(1),
            count: AtomicUsize::new(0),
            limit,
        }
    }

    /// How many processes there may be.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many processes there are.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn place(&self, number: usize) -> (&Chunk, usize) {
        let place = number & self.mask;
        (&self.chunks[place / CHUNK], place % CHUNK)
    }

    /// A new process without a body, ready to run; `None` when the table is full.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn insert(&self) -> Result<Option<Shared<Handle>>, OutOfMemory> {
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.limit {
            self.count.fetch_sub(1, Ordering::Relaxed);
            return Ok(None);
        }
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed) & ((1 << NUMBER_BITS) - 1);
            let (chunk, at) = self.place(number);
            let mut chunk = chunk.write();
            if chunk.is_empty() {
                let count = CHUNK.min(self.mask + 1);
                if chunk.try_reserve_exact(count).is_err() {
                    break;
                }
                chunk.resize_with(count, || None);
            }
            if number != 0 && chunk[at].is_none() {
                let Ok(handle) = Shared::new(Handle::new(Term::pid(number))) else {
                    break;
                };
                chunk[at] = Some(handle.clone());
                return Ok(Some(handle));
            }
        }
        self.count.fetch_sub(1, Ordering::Relaxed);
        Err(OutOfMemory)
    }

    /// Frees the place of a process that has ended.
    pub(crate) fn remove(&self, id: Term) {
        let Some(number) = id.as_pid() else { return };
        let (chunk, at) = self.place(number);
        let mut chunk = chunk.write();
        if let Some(slot) = chunk.get_mut(at)
            && slot.take_if(|handle| handle.id == id).is_some()
        {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Calls `visit` with the process `id`, if there is one.
    pub(crate) fn with<R>(&self, id: Term, visit: impl FnOnce(&Shared<Handle>) -> R) -> Option<R> {
        let (chunk, at) = self.place(id.as_pid()?);
        let chunk = chunk.read();
        match chunk.get(at) {
            Some(Some(handle)) if handle.id == id => Some(visit(handle)),
            _ => None,
        }
    }

    /// Is there a process `id` that has not ended?
    pub(crate) fn is_alive(&self, id: Term) -> bool {
        self.with(id, |handle| handle.is_alive()) == Some(true)
    }

    /// The process `id`, if there is one.
    pub fn find(&self, id: Term) -> Option<Shared<Handle>> {
        self.with(id, Shared::clone)
    }

    /// The first process at place `from` of the table or behind it, and its place.
    pub(crate) fn next(&self, from: usize) -> Option<(usize, Term)> {
        let mut place = from;
        while place <= self.mask {
            let chunk = self.chunks[place / CHUNK].read();
            let rest = chunk.get(place % CHUNK..).unwrap_or(&[]);
            if let Some(at) = rest.iter().position(Option::is_some)
                && let Some(Some(handle)) = rest.get(at)
            {
                return Some((place + at, handle.id));
            }
            place = (place / CHUNK + 1) * CHUNK;
        }
        None
    }

    /// All processes, in the order of their numbers.
    pub fn all(&self) -> Vec<Shared<Handle>> {
        let mut all = Vec::new();
        for chunk in &self.chunks {
            let found = all.try_extend(chunk.read().iter().flatten().cloned());
            if found.is_err() {
                lose();
            }
        }
        all.sort_unstable_by_key(|handle| handle.id.as_pid());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::process_heap::MIN_HEAP_WORDS;
    use crate::term::Word;

    #[test]
    fn an_idle_process_is_small() {
        let arc = Shared::<Handle>::COUNT;
        let slot = size_of::<Option<Shared<Handle>>>();
        let all = arc + slot + size_of::<Handle>() + MIN_HEAP_WORDS * size_of::<Word>();
        let parts = (size_of::<Handle>(), size_of::<Process>());
        let most = if size_of::<usize>() == 8 { 448 } else { 260 };
        assert!(all <= most, "{all} bytes, of which {parts:?}");
    }

    #[test]
    fn numbers_come_back_late() {
        let table = ProcessTable::new(4);
        let first = table.insert().unwrap().map(|h| h.id());
        table.remove(first.unwrap_or(Term::NIL));
        for _ in 0..50 {
            let next = table.insert().unwrap().map(|h| h.id());
            assert_ne!(first, next);
            table.remove(next.unwrap_or(Term::NIL));
        }
        assert_eq!(table.count(), 0);
        assert!((0..4).all(|_| table.insert().unwrap().is_some()));
        assert!(table.insert().unwrap().is_none());
    }
}
