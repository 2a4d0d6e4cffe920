//! The last calls that a process made, where they are saved (`process_flag(save_calls, N)`).
//!
//! Such a process runs with its turn already used up, as far as the interpreter's registers know
//! (`Context::hidden` holds what is left of it). So every call goes the way of one that ends a turn,
//! where it is noted; calls of other processes cost nothing more.

use super::Process;
use crate::code::Export;
use crate::memory::fallible::boxed;
use crate::memory::{Heap, OutOfMemory};
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use alloc::collections::VecDeque;

/// The most calls that can be saved.
pub(crate) const MOST: usize = 10_000;

/// What is saved.
#[derive(Clone, Copy)]
pub(crate) enum Saved {
    /// A call by name, of a function whose entry lives as long as the VM.
    Call(*const Export),
    /// A message was sent.
    Send,
    /// One was received.
    Receive,
    /// A receive ended without one.
    Timeout,
}

/// The last calls, the oldest first.
pub struct SavedCalls(VecDeque<Saved>);

// SAFETY: the entries that it refers to can be used on any thread.
unsafe impl Send for SavedCalls {}

impl SavedCalls {
    /// How many are saved at most.
    fn limit(&self) -> usize {
        self.0.capacity()
    }

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<SavedCalls>() + self.0.capacity() * size_of::<Saved>()
    }
}

impl Process {
    /// Begins to save so many calls, or none; how many were saved before.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn save_calls(&mut self, count: usize) -> Result<usize, OutOfMemory> {
        let before = self.saved_calls().map_or(0, SavedCalls::limit);
        if count == 0 && before == 0 {
            return Ok(0);
        }
        let calls = match count {
            0 => None,
            _ => {
                let mut calls = VecDeque::new();
                calls.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
                Some(boxed(SavedCalls(calls))?)
            }
        };
        self.flags.saves_calls = calls.is_some();
        self.rare_mut()?.saved_calls = calls;
        Ok(before)
    }

    fn saved_calls(&self) -> Option<&SavedCalls> {
        self.rare()?.saved_calls.as_deref()
    }

    /// Saves a call.
    #[cold]
    pub(crate) fn save_call(&mut self, call: Saved) {
        let relations = self.relations.as_mut();
        let rare = relations.and_then(|relations| relations.rare.as_mut());
        let Some(SavedCalls(calls)) = rare.and_then(|rare| rare.saved_calls.as_deref_mut()) else {
            return;
        };
        if calls.len() == calls.capacity() {
            calls.pop_front();
        }
        // There is room.
        calls.push_back(call);
    }

    /// The saved calls as a list; `false` where none are saved.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn last_calls<H: Heap>(
        &self,
        rt: &Runtime,
        out: &mut H,
    ) -> Result<Term, OutOfMemory> {
        let Some(SavedCalls(calls)) = self.saved_calls() else {
            return Ok(atoms::FALSE);
        };
        let name = |name: &str| rt.atoms.intern(name).map_err(|_| OutOfMemory);
        let mut list = Term::NIL;
        for call in calls.iter().rev() {
            let call = match *call {
                Saved::Call(export) => {
                    // SAFETY: as said there.
                    let export = unsafe { &*export };
                    let function = match export.function {
                        // What the operator calls.
                        atoms::SEND => name("send")?,
                        function => function,
                    };
                    out.tuple(&[export.module, function, Term::small(export.arity as isize)])?
                }
                Saved::Send => name("send")?,
                Saved::Receive => name("receive")?,
                Saved::Timeout => atoms::TIMEOUT,
            };
            list = out.cons(call, list)?;
        }
        Ok(list)
    }
}
