//! Persistent terms that were replaced or erased: given back when no process refers to them.
//!
//! Between two turns some processes are looked at that do not run. One that refers to such a term
//! gets a copy of it. Processes that are made meanwhile cannot know it: what they are given is
//! copied. So all is done when each place in the table of processes has been looked at once.

use super::persistent_term::Entry;
use crate::memory::detach::Areas;
use crate::process::{AtRest, Process};
use crate::vm::Runtime;
use alloc::vec::Vec;
use portable_atomic::Ordering;

/// So many words of heaps are looked through in one go.
const AT_ONCE: usize = 50_000;

/// What a process counts for besides its heap.
const PROCESS: usize = 64;

/// The terms that are being given back.
#[derive(Default)]
pub(super) struct Leaving {
    entries: Vec<Entry>,
    areas: Areas,
    /// The processes at places before this one do not refer to them.
    place: usize,
}

impl Leaving {
    /// Makes a process independent of the terms; `false`: there is no memory for copies.
    fn detach(&self, p: &mut Process) -> bool {
        let terms = self.entries.iter().map(|entry| &entry.0);
        p.detach_all(&self.areas, terms).is_ok()
    }
}

impl Runtime {
    /// Goes on giving back former persistent terms; `false`: it cannot go on just now.
    pub(crate) fn release_persistent_terms(&self) -> bool {
        let Some(mut guard) = self.persistent_terms.leaving.try_lock() else {
            return false;
        };
        let leaving = &mut *guard;
        if leaving.entries.is_empty() {
            let entries = self.persistent_terms.take_former();
            let Ok(areas) = Areas::of(entries.iter().map(|entry| &entry.0)) else {
                self.persistent_terms.give_back(entries);
                return false;
            };
            *leaving = Leaving {
                entries,
                areas,
                place: 0,
            };
        }
        let (mut looked, mut moves) = (0, false);
        while looked < AT_ONCE {
            let Some((place, id)) = self.processes.next(leaving.place) else {
                // Who is being buried has no place any more.
                let done = self.code.burials.load(Ordering::SeqCst) == 0;
                if done {
                    *leaving = Leaving::default();
                    self.persistent_terms.settle();
                }
                return done || moves;
            };
            let look = |p: &mut Process| {
                looked += PROCESS + p.heap.used_words();
                leaving.detach(p)
            };
            let handle = self.processes.find(id);
            match handle.map(|handle| handle.at_rest(look)) {
                Some(AtRest::Busy | AtRest::Seen(false)) => return moves,
                Some(AtRest::Ended | AtRest::Seen(true)) | None => leaving.place = place + 1,
            }
            moves = true;
        }
        true
    }
}
