//! Match specifications: compiled once into a small program, run on many terms.
//!
//! A specification is a list of clauses `{Head, Guards, Body}`. The first clause whose head matches
//! and whose guards are all `true` is the one whose body is evaluated.
//!
//! ```text
//!   compile   the heads become checks of places (`pattern`), guards and bodies code for a stack
//!             of terms (`expression`); which functions there are, says `functions`
//!   run       runs the program (`run`)
//! ```
//!
//! Two kinds of users: tables ([`Mode::Table`]) match one object and want the value of the body's
//! last expression, [`MatchSpec::run`]; tracing ([`Mode::Trace`]) matches the arguments of a call
//! and wants to know what to do about it, [`MatchSpec::run_trace`]. What a body's actions do to
//! the tracing itself is the caller's part: see [`Tracing`].
//!
//! ```text
//! let spec = MatchSpec::compile(rt, term, Mode::Trace)?;      // once
//! let mut scratch = Scratch::default();                       // once for each user
//! if let Some(verdict) = spec.run_trace(c, arguments, &mut scratch, &mut tracing)? {
//!     // The call is to be traced: see `Verdict`.
//! }
//! ```
//!
//! Constants of a specification belong to it, so it outlives the term that it was made from.
//! Nothing here recurses over a term. A run allocates nothing but its result, and what the
//! functions allocate that the specification calls.

mod compile;
mod expression;
mod functions;
mod keys;
pub mod names;
mod pattern;
mod run;

pub use compile::SpecError;
pub use functions::Action;
pub(crate) use keys::keys_stay;
pub use run::{Message, NoTracing, Scratch, Tracing, Verdict};

use crate::memory::charge::Charge;
use crate::memory::{Fragment, OutOfMemory};
use crate::term::Term;
use alloc::vec::Vec;
use expression::Op;
use pattern::Check;

/// Who uses a specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Tables: a head matches an object.
    Table,
    /// Tracing: a head matches a list of arguments.
    Trace,
}

/// A compiled match specification.
pub struct MatchSpec {
    mode: Mode,
    clauses: Vec<Clause>,
    /// A copy of the specification, which the program refers to for constants.
    source: Fragment,
    /// How many places and variables a run needs.
    places: usize,
    variables: usize,
    /// What the clauses take.
    charge: Charge,
}

pub(crate) struct Clause {
    /// The pattern of the head.
    pub(crate) head: Term,
    /// The list of expressions of the body.
    pub(crate) body: Term,
    checks: Vec<Check>,
    guards: Vec<Op>,
    actions: Vec<Op>,
    /// The variables' numbers in rising order, each with the slot that holds its value.
    variables: Vec<(u64, u32)>,
    /// Is the whole object the result, whatever it is?
    returns_object: bool,
}

impl Clause {
    fn bytes(&self) -> usize {
        let ops = self.guards.capacity() + self.actions.capacity();
        size_of::<Clause>()
            + self.checks.capacity() * size_of::<Check>()
            + ops * size_of::<Op>()
            + self.variables.capacity() * size_of::<(u64, u32)>()
    }
}

impl MatchSpec {
    /// Counts the memory of what was compiled.
    fn count(&mut self) -> Result<(), OutOfMemory> {
        let clauses: usize = self.clauses.iter().map(Clause::bytes).sum();
        let unused = self.clauses.capacity() - self.clauses.len();
        let own = size_of::<MatchSpec>() + unused * size_of::<Clause>();
        self.charge.set(own + clauses)
    }

    /// Who it was compiled for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The specification as a term, which belongs to this value.
    pub fn source(&self) -> Term {
        self.source.term
    }

    /// The clauses.
    pub(crate) fn clauses(&self) -> &[Clause] {
        &self.clauses
    }
}
