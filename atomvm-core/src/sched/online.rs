//! How many schedulers take turns: as many as are online, or one as long as a process blocks the
//! others (`erlang:system_flag/2`).
//!
//! The first scheduler always takes turns: it is the one that waits for the platform.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect_or_lose};
use crate::sync::Mutex;
use crate::term::Term;
use alloc::vec::Vec;
use portable_atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a process blocks. Only normal schedulers are there, so that both come to the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Blocked {
    /// All schedulers but one.
    All,
    /// All normal schedulers but one.
    Normal,
}

#[derive(Default)]
struct State {
    online: usize,
    /// Who blocks, what, and how often.
    blockers: Vec<(Term, Blocked, usize)>,
}

/// Which schedulers take turns.
pub(crate) struct Online {
    state: Mutex<State>,
    /// Those with a lower number do.
    active: AtomicUsize,
    has_blockers: AtomicBool,
}

impl Online {
    /// All of so many schedulers.
    pub fn new(schedulers: usize) -> Online {
        Online {
            state: Mutex::new(State {
                online: schedulers,
                blockers: Vec::new(),
            }),
            active: AtomicUsize::new(schedulers),
            has_blockers: AtomicBool::new(false),
        }
    }

    /// How many are online.
    pub fn count(&self) -> usize {
        self.state.lock().online
    }

    /// How many take turns.
    #[inline]
    pub fn active(&self) -> usize {
        self.active.load(Ordering::Acquire)
    }

    /// Does a process block?
    #[inline]
    pub fn has_blockers(&self) -> bool {
        self.has_blockers.load(Ordering::Relaxed)
    }

    /// Changes how many are online; how many there were.
    pub fn set(&self, online: usize) -> usize {
        let mut state = self.state.lock();
        let before = core::mem::replace(&mut state.online, online);
        self.count_active(&state);
        before
    }

    /// A process blocks, once more.
    ///
    /// # Errors
    /// There is no memory.
    pub fn block(&self, id: Term, what: Blocked) -> Result<(), OutOfMemory> {
        let mut state = self.state.lock();
        match state.find(id, what) {
            Some(at) => state.blockers[at].2 += 1,
            None => state.blockers.try_push((id, what, 1))?,
        }
        self.count_active(&state);
        Ok(())
    }

    /// A process takes back one of its blocks, if it has one.
    pub fn unblock(&self, id: Term, what: Blocked) {
        let mut state = self.state.lock();
        let Some(at) = state.find(id, what) else {
            return;
        };
        state.blockers[at].2 -= 1;
        if state.blockers[at].2 == 0 {
            state.blockers.remove(at);
        }
        self.count_active(&state);
    }

    /// A process has ended.
    fn forget(&self, id: Term) {
        let mut state = self.state.lock();
        state.blockers.retain(|(who, ..)| *who != id);
        self.count_active(&state);
    }

    /// Who blocks.
    pub fn blockers(&self, what: Blocked) -> Vec<Term> {
        let state = self.state.lock();
        let all = state.blockers.iter().filter(|(_, kind, _)| *kind == what);
        collect_or_lose(all.map(|(id, ..)| *id))
    }

    /// What is blocked.
    pub fn blocked(&self) -> Option<Blocked> {
        let state = self.state.lock();
        let is = |what| state.blockers.iter().any(|(_, kind, _)| *kind == what);
        match () {
            () if is(Blocked::All) => Some(Blocked::All),
            () if is(Blocked::Normal) => Some(Blocked::Normal),
            () => None,
        }
    }

    fn count_active(&self, state: &State) {
        let active = match state.blockers.is_empty() {
            true => state.online,
            false => 1,
        };
        self.active.store(active, Ordering::Release);
        self.has_blockers
            .store(!state.blockers.is_empty(), Ordering::Relaxed);
    }
}

impl State {
    fn find(&self, id: Term, what: Blocked) -> Option<usize> {
        let is_it = |(who, kind, _): &(Term, Blocked, usize)| *who == id && *kind == what;
        self.blockers.iter().position(is_it)
    }
}

impl crate::vm::Runtime {
    /// It has changed which schedulers take turns.
    pub(crate) fn online_changed(&self) {
        #[cfg(feature = "std")]
        self.rest.crew.call_all();
    }

    /// Do only those take turns that are to?
    pub(crate) fn is_online_settled(&self) -> bool {
        #[cfg(feature = "std")]
        return self.rest.crew.at_work() <= self.online.active();
        #[cfg(not(feature = "std"))]
        true
    }

    /// A process has ended that may have blocked other schedulers.
    #[cold]
    pub(crate) fn release_schedulers(&self, id: Term) {
        self.online.forget(id);
        self.online_changed();
    }
}
