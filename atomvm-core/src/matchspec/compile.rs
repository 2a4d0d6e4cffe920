//! From the term to the program.

use super::expression::{Expressions, Op, Place};
use super::names::variable;
use super::pattern::{At, Check, Patterns};
use super::{Clause, MatchSpec, Mode};
use crate::memory::charge::Charge;
use crate::memory::fallible;
use crate::memory::fallible::{Grow, collect};
use crate::memory::{Fragment, OutOfMemory};
use crate::term::print::{self, Style};
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use alloc::string::String;
use alloc::vec::Vec;

/// Why a specification cannot be compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SpecError {
    /// It is wrong; this is what OTP says about it.
    Wrong(String),
    /// There is no memory for it.
    OutOfMemory,
}

impl From<OutOfMemory> for SpecError {
    fn from(_: OutOfMemory) -> SpecError {
        SpecError::OutOfMemory
    }
}

impl MatchSpec {
    /// Compiles a specification, of which it keeps a copy.
    ///
    /// # Errors
    /// It is no specification, or there is no memory.
    pub fn compile(rt: &Runtime, spec: Term, mode: Mode) -> Result<MatchSpec, SpecError> {
        let mut compiled = MatchSpec::without_clauses(rt, Fragment::of(spec, &rt.budget)?, mode);
        let list = compiled.source.term;
        if !list.is_cons() {
            return Err(SpecError::text("Match programs are not in a list."));
        }
        if list.list_len().is_none() {
            return Err(SpecError::text("Match programs are not in a proper list."));
        }
        for part in list.list_iter() {
            compiled.clause(rt, part)?;
        }
        compiled.count()?;
        Ok(compiled)
    }

    /// A specification that matches nothing: not one for a program, but functions on tables take
    /// an empty list as such.
    pub(crate) fn nothing(rt: &Runtime) -> Result<MatchSpec, OutOfMemory> {
        let source = Fragment::of(Term::NIL, &rt.budget)?;
        Ok(MatchSpec::without_clauses(rt, source, Mode::Table))
    }

    fn without_clauses(rt: &Runtime, source: Fragment, mode: Mode) -> MatchSpec {
        MatchSpec {
            mode,
            clauses: Vec::new(),
            source,
            places: 1,
            variables: 0,
            charge: Charge::new(&rt.budget),
        }
    }

    fn clause(&mut self, rt: &Runtime, part: Term) -> Result<(), SpecError> {
        let Some(&[head, guards, body]) = part.as_tuple() else {
            return Err(SpecError::text(
                "Match program part is not a tuple of arity 3.",
            ));
        };
        let mut patterns = Patterns::new(&rt.atoms);
        self.head(rt, head, &mut patterns)?;
        self.places = self.places.max(patterns.places as usize);
        let mut variables = patterns.variables;
        self.variables = self.variables.max(variables.0.len());
        variables.0.sort_unstable();
        let mut code = Expressions::new(&rt.atoms, self.mode, &variables);
        for guard in proper(guards)? {
            let place = Place {
                in_guard: true,
                leaves: false,
            };
            code.add(guard, place)?;
            code.ops.try_push(Op::Guard)?;
        }
        let guards = core::mem::take(&mut code.ops);
        let expressions = match body.is_list() {
            true => proper(body)?,
            false => Vec::new(),
        };
        if expressions.is_empty() && self.mode == Mode::Table {
            return Err(SpecError::text("Body clause does not return anything."));
        }
        for (i, &expression) in expressions.iter().enumerate() {
            if i > 0 {
                code.ops.try_push(Op::Pop)?;
            }
            let place = Place {
                in_guard: false,
                leaves: i + 1 == expressions.len() && self.mode == Mode::Table,
            };
            code.add(expression, place)?;
        }
        let actions = code.ops;
        let returns_object = matches!(*actions, [Op::ObjectCopy]);
        let clause = Clause {
            head,
            body,
            checks: patterns.checks,
            guards,
            actions,
            variables: variables.0,
            returns_object,
        };
        Ok(self.clauses.try_push(clause)?)
    }

    fn head(&self, rt: &Runtime, head: Term, patterns: &mut Patterns<'_>) -> Result<(), SpecError> {
        if self.mode == Mode::Table {
            return patterns.add(head, At { of: 0, index: 0 });
        }
        // A variable for all arguments gets the slot of a list that is made only when needed.
        if let Some(number) = variable(&rt.atoms, head) {
            patterns.variables.0.try_push((number, super::run::ALL))?;
            return Ok(());
        }
        if head == atoms::UNDERSCORE {
            return Ok(());
        }
        if !head.is_list() {
            // It matches no list of arguments, whatever it is.
            patterns.checks.try_push(Check::Count(u32::MAX))?;
            return patterns.add(head, At { of: 0, index: 0 });
        }
        let mut list = head.list_iter();
        let parts = collect(list.by_ref())?;
        if !list.rest().is_nil() {
            let shown = print::to_string(head, &rt.atoms, Style::WRITE);
            return Err(SpecError::Wrong(fallible::print!(
                "Match expression part {shown} is not a proper list."
            )));
        }
        patterns.checks.try_push(Check::Count(parts.len() as u32))?;
        for (index, &part) in (0..).zip(&parts) {
            patterns.add(part, At { of: 0, index })?;
        }
        Ok(())
    }
}

/// The elements of a list of expressions.
fn proper(list: Term) -> Result<Vec<Term>, SpecError> {
    if !list.is_list() {
        return Err(SpecError::text("Match expression is not a list."));
    }
    let mut iter = list.list_iter();
    let elements = collect(iter.by_ref())?;
    if !iter.rest().is_nil() {
        return Err(SpecError::text("Match expression is not a proper list."));
    }
    Ok(elements)
}
