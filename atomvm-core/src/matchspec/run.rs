//! Running a program.

use super::expression::Op;
use super::functions::Action;
use super::pattern;
use super::{Clause, MatchSpec};
use crate::bif::{self, Ctx, Raise};
use crate::memory::fallible::{Grow, collect};
use crate::memory::{Heap, OutOfMemory, copy};
use crate::term::{Term, atoms, map};
use alloc::vec::Vec;
use portable_atomic::Ordering;

/// The slot of a variable that stands for all arguments of a call.
pub(super) const ALL: u32 = u32::MAX;

/// Memory of a run, to be used again for the next one.
#[derive(Default)]
pub struct Scratch {
    places: Vec<Term>,
    values: Vec<Term>,
    stack: Vec<Term>,
}

impl Scratch {
    fn prepare(&mut self, spec: &MatchSpec) -> Result<(), OutOfMemory> {
        for (slots, count) in [
            (&mut self.places, spec.places),
            (&mut self.values, spec.variables),
        ] {
            if let Some(more) = count.checked_sub(slots.len()) {
                slots.try_reserve(more).map_err(|_| OutOfMemory)?;
                slots.resize(count, Term::NIL);
            }
        }
        Ok(())
    }
}

/// What the one who traces knows and does. Each action is handled when the body comes to it.
pub trait Tracing {
    /// Does what a body asks for and returns its value: for actions `true`, for questions the
    /// answer, a term of the process. `args` are the action's arguments, terms of the process or
    /// of the arguments that were matched.
    ///
    /// [`Action::Message`], [`Action::ReturnTrace`] and [`Action::ExceptionTrace`] do not come
    /// here, as the [`Verdict`] tells them. [`Action::ProcessDump`] returns a text, a binary.
    ///
    /// # Errors
    /// There is no memory.
    fn act(&mut self, c: &mut Ctx<'_>, action: Action, args: &[Term]) -> Result<Term, OutOfMemory>;
}

/// Answers as nobody who traces: there is no caller, and actions do nothing.
pub struct NoTracing;

impl Tracing for NoTracing {
    fn act(&mut self, c: &mut Ctx<'_>, action: Action, args: &[Term]) -> Result<Term, OutOfMemory> {
        let answer = match action {
            Action::Caller | Action::CallerLine => return Ok(atoms::UNDEFINED),
            Action::IsSeqTrace => return Ok(Term::bool(c.p.flags.has_token)),
            Action::GetSeqToken => bif::seq_trace::token(c),
            Action::GetTcw | Action::SetTcw => {
                let word = c.rt.settings.trace_control_word.load(Ordering::Relaxed);
                return c.p.heap.uint(word as u64);
            }
            // Only what there is now is looked at.
            Action::SetSeqToken => match (bif::find("erlang", "seq_trace_info", 1), args) {
                (Some(info), [key, _]) => info(c, &[*key]),
                _ => Ok(atoms::EXIT_SIGNAL),
            },
            _ => return Ok(atoms::TRUE),
        };
        match answer {
            Err(Raise::OutOfMemory) => Err(OutOfMemory),
            answer => Ok(answer.unwrap_or(atoms::EXIT_SIGNAL)),
        }
    }
}

/// What is put into the trace message of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message {
    /// There is no message: `{message, false}`.
    No,
    /// The message is as without a specification.
    Plain,
    /// The message has this term at its end.
    With(Term),
}

/// What is to be done about a call that matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The message.
    pub message: Message,
    /// Send a message when the function returns: `{return_trace}`.
    pub return_trace: bool,
    /// Send a message when it returns or raises: `{exception_trace}`.
    pub exception_trace: bool,
}

/// Why an evaluation ends early.
enum Stop {
    /// A guard has failed.
    Failed,
    OutOfMemory,
}

impl From<OutOfMemory> for Stop {
    fn from(_: OutOfMemory) -> Stop {
        Stop::OutOfMemory
    }
}

impl MatchSpec {
    /// The value for `object`: a term of the calling process; `None` when no clause matches.
    ///
    /// # Errors
    /// There is no memory.
    #[inline]
    pub fn run(
        &self,
        c: &mut Ctx<'_>,
        object: Term,
        scratch: &mut Scratch,
    ) -> Result<Option<Term>, OutOfMemory> {
        self.first(c, &[object], true, scratch, &mut NoTracing, |run| {
            run.scratch.stack.pop()
        })
        .map(Option::flatten)
    }

    /// As [`MatchSpec::run`], with the object itself in place of a copy where that is the result:
    /// `None` when no clause matches, `Some(None)` for the object, else the value.
    #[inline]
    pub(crate) fn run_sharing(
        &self,
        c: &mut Ctx<'_>,
        object: Term,
        scratch: &mut Scratch,
    ) -> Result<Option<Option<Term>>, OutOfMemory> {
        if let [clause] = &*self.clauses
            && clause.returns_object
            && clause.guards.is_empty()
        {
            scratch.prepare(self)?;
            let (places, values) = (&mut scratch.places, &mut scratch.values);
            let matched = pattern::matches(&clause.checks, &[object], places, values);
            return Ok(matched.then_some(None));
        }
        Ok(self.run(c, object, scratch)?.map(Some))
    }

    /// What to do about a call with these arguments; `None` when no clause matches. What the
    /// verdict says belongs to the process or to the arguments.
    ///
    /// # Errors
    /// There is no memory.
    pub fn run_trace(
        &self,
        c: &mut Ctx<'_>,
        arguments: &[Term],
        scratch: &mut Scratch,
        tracing: &mut dyn Tracing,
    ) -> Result<Option<Verdict>, OutOfMemory> {
        self.first(c, arguments, false, scratch, tracing, |run| run.verdict)
    }

    /// Runs the first clause that matches, and returns what `result` takes from it.
    #[inline]
    fn first<R>(
        &self,
        c: &mut Ctx<'_>,
        subject: &[Term],
        is_table: bool,
        scratch: &mut Scratch,
        tracing: &mut dyn Tracing,
        result: impl FnOnce(&mut Run<'_>) -> R,
    ) -> Result<Option<R>, OutOfMemory> {
        scratch.prepare(self)?;
        for clause in &self.clauses {
            let (places, values) = (&mut scratch.places, &mut scratch.values);
            if !pattern::matches(&clause.checks, subject, places, values) {
                continue;
            }
            let mut run = Run {
                clause,
                subject,
                scratch: &mut *scratch,
                is_table,
                tracing: &mut *tracing,
                verdict: Verdict::PLAIN,
            };
            match run.guards(c) {
                Err(Stop::Failed) => continue,
                Err(Stop::OutOfMemory) => return Err(OutOfMemory),
                Ok(()) => {}
            }
            return match run.evaluate(c, &clause.actions, false) {
                Ok(()) => Ok(Some(result(&mut run))),
                Err(_) => Err(OutOfMemory),
            };
        }
        Ok(None)
    }
}

impl Verdict {
    const PLAIN: Verdict = Verdict {
        message: Message::Plain,
        return_trace: false,
        exception_trace: false,
    };
}

struct Run<'a> {
    clause: &'a Clause,
    subject: &'a [Term],
    scratch: &'a mut Scratch,
    is_table: bool,
    tracing: &'a mut dyn Tracing,
    verdict: Verdict,
}

impl Run<'_> {
    #[inline]
    fn guards(&mut self, c: &mut Ctx<'_>) -> Result<(), Stop> {
        if self.clause.guards.is_empty() {
            return Ok(());
        }
        let clause = self.clause;
        self.evaluate(c, &clause.guards, true)
    }

    /// What is matched, as one term.
    fn object(&self, c: &mut Ctx<'_>) -> Result<Term, OutOfMemory> {
        match self.is_table {
            true => Ok(self.subject[0]),
            false => c.p.heap.list(self.subject),
        }
    }

    fn value(&self, c: &mut Ctx<'_>, slot: u32) -> Result<Term, OutOfMemory> {
        match slot {
            ALL => self.object(c),
            _ => Ok(self.scratch.values[slot as usize]),
        }
    }

    fn values(&self, c: &mut Ctx<'_>) -> Result<Term, OutOfMemory> {
        let mut list = Term::NIL;
        for &(_, slot) in self.clause.variables.iter().rev() {
            let value = self.value(c, slot)?;
            let value = if self.is_table { own(c, value)? } else { value };
            list = c.p.heap.cons(value, list)?;
        }
        Ok(list)
    }

    /// Runs code; in a body it leaves a value on the stack, if there is an expression.
    fn evaluate(&mut self, c: &mut Ctx<'_>, code: &[Op], in_guard: bool) -> Result<(), Stop> {
        self.scratch.stack.clear();
        let mut at = 0;
        while let Some(op) = code.get(at) {
            at += 1;
            let value = match *op {
                Op::Immediate(term) => term,
                Op::Constant(term) => own(c, term)?,
                Op::Value(slot) => self.value(c, slot)?,
                Op::ValueCopy(slot) => {
                    let value = self.value(c, slot)?;
                    own(c, value)?
                }
                Op::Object => self.object(c)?,
                Op::ObjectCopy => {
                    let object = self.object(c)?;
                    own(c, object)?
                }
                Op::Values => self.values(c)?,
                Op::Tuple(count) => {
                    let from = self.top(count);
                    let tuple = c.p.heap.tuple(&self.scratch.stack[from..])?;
                    self.scratch.stack.truncate(from);
                    tuple
                }
                Op::List(count) => {
                    let tail = self.scratch.stack.pop().unwrap_or(Term::NIL);
                    let from = self.top(count);
                    let items = &self.scratch.stack[from..];
                    let list = c.p.heap.list_with_tail(items, tail)?;
                    self.scratch.stack.truncate(from);
                    list
                }
                Op::Map(count) => self.map(c, count)?,
                Op::Call(function, arity) => {
                    let from = self.top(u32::from(arity));
                    let result = function(c, &self.scratch.stack[from..]);
                    self.scratch.stack.truncate(from);
                    self.result(result, in_guard)?
                }
                Op::Copy => {
                    let value = self.scratch.stack.pop().unwrap_or(Term::NIL);
                    own(c, value)?
                }
                Op::All(count) => self.logic(count, in_guard, |a, b| a & b)?,
                Op::Any(count) => self.logic(count, in_guard, |a, b| a | b)?,
                Op::AndAlso(end) | Op::OrElse(end) => {
                    let decides = Term::bool(matches!(op, Op::OrElse(_)));
                    match self.scratch.stack.last().map(|t| (*t, t.as_bool())) {
                        Some((value, _)) if value == decides => at = end as usize,
                        Some((_, Some(_))) => {
                            self.scratch.stack.pop();
                        }
                        _ if in_guard => return Err(Stop::Failed),
                        _ => {
                            self.scratch.stack.pop();
                            self.scratch.stack.try_push(atoms::EXIT_SIGNAL)?;
                            at = end as usize;
                        }
                    }
                    continue;
                }
                Op::Pop => {
                    self.scratch.stack.pop();
                    continue;
                }
                Op::Guard => {
                    if self.scratch.stack.pop() != Some(atoms::TRUE) {
                        return Err(Stop::Failed);
                    }
                    continue;
                }
                Op::Action(action, arity) => {
                    let from = self.top(u32::from(arity));
                    let value = self.act(c, action, from)?;
                    self.scratch.stack.truncate(from);
                    value
                }
            };
            self.scratch.stack.try_push(value)?;
        }
        Ok(())
    }

    /// Where the last `count` terms of the stack start.
    fn top(&self, count: u32) -> usize {
        self.scratch.stack.len().saturating_sub(count as usize)
    }

    /// A function that fails makes the clause fail, or in a body gives `'EXIT'`.
    fn result(&self, result: Result<Term, Raise>, in_guard: bool) -> Result<Term, Stop> {
        match result {
            Ok(term) => Ok(term),
            Err(Raise::OutOfMemory) => Err(Stop::OutOfMemory),
            Err(_) if in_guard => Err(Stop::Failed),
            Err(_) => Ok(atoms::EXIT_SIGNAL),
        }
    }

    fn logic(
        &mut self,
        count: u32,
        in_guard: bool,
        op: fn(bool, bool) -> bool,
    ) -> Result<Term, Stop> {
        let from = self.top(count);
        let mut values = self.scratch.stack[from..].iter().map(|t| t.as_bool());
        let first = values.next().flatten();
        let all = first.and_then(|first| values.try_fold(first, |a, b| b.map(|b| op(a, b))));
        let result = match all {
            Some(value) => Term::bool(value),
            _ if in_guard => return Err(Stop::Failed),
            _ => atoms::EXIT_SIGNAL,
        };
        self.scratch.stack.truncate(from);
        Ok(result)
    }

    fn map(&mut self, c: &mut Ctx<'_>, count: u32) -> Result<Term, OutOfMemory> {
        let from = self.top(2 * count);
        let pairs = self.scratch.stack[from..].chunks_exact(2);
        let pairs = collect(pairs.map(|pair| (pair[0], pair[1])))?;
        self.scratch.stack.truncate(from);
        map::from_pairs(&mut c.p.heap, &c.rt.atoms, &pairs)
    }

    fn act(&mut self, c: &mut Ctx<'_>, action: Action, from: usize) -> Result<Term, OutOfMemory> {
        let args = &self.scratch.stack[from..];
        match action {
            Action::Message => {
                self.verdict.message = match args.first() {
                    Some(&atoms::FALSE) => Message::No,
                    Some(&atoms::TRUE) | None => Message::Plain,
                    Some(&term) => Message::With(term),
                };
                Ok(atoms::TRUE)
            }
            Action::ReturnTrace => {
                self.verdict.return_trace = true;
                Ok(atoms::TRUE)
            }
            Action::ExceptionTrace => {
                self.verdict.exception_trace = true;
                Ok(atoms::TRUE)
            }
            _ => self.tracing.act(c, action, args),
        }
    }
}

/// A copy on the process's heap.
#[inline]
fn own(c: &mut Ctx<'_>, term: Term) -> Result<Term, OutOfMemory> {
    if term.is_immediate() {
        return Ok(term);
    }
    copy::copy(term, copy::size(term), &mut c.p.heap)
}
