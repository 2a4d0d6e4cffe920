//! Which calls are traced: patterns of functions, and what is told of their calls.

use crate::bif::Ctx;
use crate::code::export::{Export, Target};
use crate::matchspec::{MatchSpec, Message, NoTracing, Scratch, Verdict};
use crate::memory::OutOfMemory;
use crate::process::trace::Trace;
use crate::sync::{Mutex, Shared};
use crate::term::Term;
use hashbrown::HashMap;
use portable_atomic::{AtomicBool, AtomicU64};

/// Which calls (or messages) of those that could be told of are.
pub enum Filter {
    /// None.
    Nothing,
    /// All.
    All,
    /// Those that match.
    Spec(MatchSpec),
}

/// A function whose calls are traced.
pub struct Point {
    /// Module, function and number of arguments.
    pub mfa: (Term, Term, u32),
    /// Are calls within the module told of as well?
    pub local: bool,
    /// What is told of; `None` when calls are only counted.
    pub filter: Option<Filter>,
    /// How often it was called, where that is counted.
    pub count: Option<AtomicU64>,
    /// What the place held before.
    pub before: Before,
}

/// What stood where a trace point is now.
#[derive(Clone, Copy)]
pub enum Before {
    /// The first instruction of a function; its opcode.
    Code(u16),
    /// The code that an exported function's calls went to.
    Export(Target),
    /// A built-in function.
    Bif,
}

/// All trace points and what new processes are traced for.
#[derive(Default)]
pub struct Tracing {
    /// By the address of the instruction or export entry.
    points: Mutex<HashMap<usize, Shared<Point>>>,
    /// For new processes.
    new: Mutex<Option<Trace>>,
    has_new: AtomicBool,
    /// What is told of messages that are sent, and that are received.
    pub(crate) send: Mutex<Option<Shared<Filter>>>,
    /// See `send`.
    pub(crate) receive: Mutex<Option<Shared<Filter>>>,
}

impl Tracing {
    /// The trace point at an address.
    pub(crate) fn point(&self, address: usize) -> Option<Shared<Point>> {
        self.points.lock().get(&address).cloned()
    }

    /// Sets the trace point at an address.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn set(&self, address: usize, point: Point) -> Result<(), OutOfMemory> {
        let point = Shared::new(point)?;
        let mut points = self.points.lock();
        points.try_reserve(1).map_err(|_| OutOfMemory)?;
        points.insert(address, point);
        Ok(())
    }

    /// Is a message to be told of? `arguments` are what a match specification sees of it.
    pub(crate) fn allows(
        &self,
        filter: &Mutex<Option<Shared<Filter>>>,
        c: &mut Ctx<'_>,
        arguments: &[Term],
    ) -> bool {
        let filter = filter.lock().clone();
        match filter.as_deref() {
            None | Some(Filter::All) => true,
            Some(Filter::Nothing) => false,
            Some(Filter::Spec(spec)) => {
                let mut scratch = Scratch::default();
                let verdict = spec.run_trace(c, arguments, &mut scratch, &mut NoTracing);
                let message = |verdict: Verdict| verdict.message != Message::No;
                verdict.ok().flatten().is_some_and(message)
            }
        }
    }

    /// Takes away the trace point at an address.
    pub(crate) fn remove(&self, address: usize) -> Option<Shared<Point>> {
        self.points.lock().remove(&address)
    }

    /// Forgets the trace points in code that is about to be freed: `bytes` bytes from `start` on.
    pub fn forget_code(&self, start: usize, bytes: usize) {
        let mut points = self.points.lock();
        points.retain(|address, _| address.wrapping_sub(start) >= bytes);
    }

    /// The trace point of a function.
    pub(crate) fn find(&self, mfa: (Term, Term, u32)) -> Option<Shared<Point>> {
        let points = self.points.lock();
        points.values().find(|point| point.mfa == mfa).cloned()
    }

    /// How processes that are started are traced.
    pub(crate) fn of_new(&self) -> Option<Trace> {
        if !self.has_new.load(portable_atomic::Ordering::Relaxed) {
            return None;
        }
        *self.new.lock()
    }

    /// Changes how processes that are started are traced.
    pub(crate) fn set_new(&self, trace: Option<Trace>) {
        let trace = trace.filter(|trace| trace.flags != 0);
        *self.new.lock() = trace;
        self.has_new
            .store(trace.is_some(), portable_atomic::Ordering::Relaxed);
    }
}

/// The address by which the trace point of a built-in function is found.
pub(crate) fn export_address(export: &Export) -> usize {
    core::ptr::from_ref(export) as usize
}
