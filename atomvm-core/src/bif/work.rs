//! Native functions that take long work in steps.
//!
//! Such a function is a [`Work`]: its state, and a method that goes on from there until it is
//! done or its fuel is used up. The first step runs at once, and a short piece of work needs no
//! other. Otherwise the state is kept in the process ([`Process::keep_work`]), which gives way to
//! others; when its turn comes the instruction that called the function runs again, with the same
//! arguments, and finds the state.
//!
//! Nothing collects a process while it keeps such a state, so it may hold terms, and addresses
//! inside of terms, without telling anyone. A process that ends drops it.
//!
//! [`Process::keep_work`]: crate::process::Process::keep_work

use super::{BifResult, Ctx, Raise};
use crate::memory::fallible::boxed;
use crate::term::Term;
use crate::vm::settings::Limit;
use portable_atomic::Ordering;

/// Reductions that a step may use.
const QUOTA: usize = 2000;

/// A native function at work.
pub(super) trait Work: Send + 'static {
    /// Units of work, as the function counts them, that are one reduction: what takes about as
    /// long as a call of a small function, some ten to fifty nanoseconds.
    const PER_REDUCTION: usize;

    /// The setting that makes steps shorter, if there is one.
    const LIMIT: Option<Limit> = None;

    /// Works until the result is there, or the fuel is used up.
    ///
    /// # Errors
    /// What the function raises.
    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise>;
}

/// What is left of the units of work of a step.
pub(super) struct Fuel(usize);

impl Fuel {
    /// Uses up some; `false`: there was not enough, and what there was is used up.
    #[inline(always)]
    pub fn burn(&mut self, units: usize) -> bool {
        let enough = units < self.0;
        self.0 = self.0.saturating_sub(units);
        enough
    }

    /// Is there none?
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// The units that are left, to be counted down.
    #[inline(always)]
    pub fn units(&mut self) -> &mut usize {
        &mut self.0
    }

    /// The units that are left.
    #[inline(always)]
    pub fn left(&self) -> usize {
        self.0
    }
}

/// Goes on with the work that the process keeps, or starts with what `start` makes.
///
/// # Errors
/// What the function raises, or [`Raise::Yield`] when it is to go on later.
pub(super) fn run<W: Work>(
    c: &mut Ctx<'_>,
    start: impl FnOnce(&mut Ctx<'_>) -> Result<W, Raise>,
) -> BifResult {
    let kept = c.p.take_work().and_then(|work| work.downcast::<W>().ok());
    match kept {
        Some(mut work) => match step(c, &mut *work)? {
            Some(term) => Ok(term),
            None => {
                c.p.keep_work(work)?;
                Err(Raise::Yield)
            }
        },
        None => {
            let mut work = start(c)?;
            match step(c, &mut work)? {
                Some(term) => Ok(term),
                None => {
                    c.p.keep_work(boxed(work)?)?;
                    Err(Raise::Yield)
                }
            }
        }
    }
}

fn step<W: Work>(c: &mut Ctx<'_>, work: &mut W) -> Result<Option<Term>, Raise> {
    let mut all = QUOTA * W::PER_REDUCTION;
    if let Some(limit) = W::LIMIT {
        match c.rt.settings.limit(limit).load(Ordering::Relaxed) {
            0 => {}
            units => all = all.min(units),
        }
    }
    let mut fuel = Fuel(all);
    let result = work.step(c, &mut fuel);
    charge(c, (all - fuel.0) / W::PER_REDUCTION);
    result
}

/// Counts work that has been done at once.
#[inline]
pub(super) fn charge(c: &mut Ctx<'_>, reductions: usize) {
    c.p.charge(reductions);
}
