//! Guards and bodies: expressions become code for a stack of terms.

use super::Mode;
use super::compile::SpecError;
use super::functions::{self, Action, Arity};
use super::names::variable;
use super::pattern::Variables;
use crate::bif::BifFn;
use crate::memory::fallible;
use crate::memory::fallible::{Grow, collect};
use crate::term::print::{self, Style};
use crate::term::{AtomTable, Term, atoms, map};
use alloc::string::String;
use alloc::vec::Vec;

/// One step of evaluation.
pub(super) enum Op {
    /// Pushes a term that may be used as it is.
    Immediate(Term),
    /// Pushes a copy of a constant.
    Constant(Term),
    /// Pushes the value of a variable.
    Value(u32),
    /// Pushes a copy of it.
    ValueCopy(u32),
    /// Pushes what is matched.
    Object,
    /// Pushes a copy of it.
    ObjectCopy,
    /// Pushes the list of the variables' values, copied.
    Values,
    /// Makes a tuple of so many.
    Tuple(u32),
    /// Makes a list of so many and a tail.
    List(u32),
    /// Makes a map of so many pairs.
    Map(u32),
    /// Calls a function.
    Call(BifFn, u8),
    /// Replaces the result of a call, which can be part of an argument, by a copy.
    Copy,
    /// Makes a boolean of so many: are all (any) `true`?
    All(u32),
    Any(u32),
    /// `false` (`true`) decides: goes on there. Else the value is taken off.
    AndAlso(u32),
    OrElse(u32),
    /// Takes a value off.
    Pop,
    /// Takes a guard's value off, which must be `true`.
    Guard,
    /// An action with so many arguments.
    Action(Action, u8),
}

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) in_guard: bool,
    /// Does its value leave the program, so that it must be a term of the process?
    pub(super) leaves: bool,
}

enum Task {
    Expression(Term, Place),
    Emit(Op),
    /// An operand of `andalso` or `orelse` that is not the last has been evaluated.
    Branch(Lazy),
    /// The jumps of `andalso` or `orelse` lead here.
    Land(Vec<usize>),
}

/// `andalso` or `orelse`.
struct Lazy {
    is_and: bool,
    /// The operands that have not been looked at, the next one last.
    left: Vec<Term>,
    place: Place,
    /// The jumps to the end.
    jumps: Vec<usize>,
}

pub(super) struct Expressions<'a> {
    pub(super) atoms: &'a AtomTable,
    pub(super) mode: Mode,
    pub(super) variables: &'a Variables,
    pub(super) ops: Vec<Op>,
    tasks: Vec<Task>,
}

impl<'a> Expressions<'a> {
    pub(super) fn new(atoms: &'a AtomTable, mode: Mode, variables: &'a Variables) -> Self {
        Expressions {
            atoms,
            mode,
            variables,
            ops: Vec::new(),
            tasks: Vec::new(),
        }
    }

    /// Adds code that pushes the value of an expression.
    pub(super) fn add(&mut self, expression: Term, place: Place) -> Result<(), SpecError> {
        self.tasks.try_push(Task::Expression(expression, place))?;
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Emit(op) => self.ops.try_push(op)?,
                Task::Expression(expression, place) => self.one(expression, place)?,
                Task::Branch(mut lazy) => {
                    lazy.jumps.try_push(self.ops.len())?;
                    let op = if lazy.is_and { Op::AndAlso } else { Op::OrElse };
                    self.ops.try_push(op(0))?;
                    self.lazy(lazy)?;
                }
                Task::Land(jumps) => {
                    let here = self.ops.len() as u32;
                    for at in jumps {
                        if let Op::AndAlso(to) | Op::OrElse(to) = &mut self.ops[at] {
                            *to = here;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The values of variables in tracing belong to the process anyway.
    fn copies(&self, place: Place) -> bool {
        place.leaves && self.mode == Mode::Table
    }

    fn one(&mut self, term: Term, place: Place) -> Result<(), SpecError> {
        if term.is_atom() {
            return self.atom(term, place);
        }
        if let Some(elements) = term.as_tuple() {
            return self.tuple(term, elements, place);
        }
        if term.is_cons() {
            let mut count = 0;
            let mut rest = term;
            let mut items = Vec::new();
            while let Some((head, tail)) = rest.as_cons() {
                items.try_push(head)?;
                count += 1;
                rest = tail;
            }
            items.try_push(rest)?;
            self.tasks.try_push(Task::Emit(Op::List(count)))?;
            self.operands(&items, place)?;
        } else if term.is_map() {
            self.tasks
                .try_push(Task::Emit(Op::Map(map::size(term) as u32)))?;
            for (key, value) in map::iter(term) {
                self.operands(&[key, value], place)?;
            }
        } else {
            self.constant(term, place)?;
        }
        Ok(())
    }

    /// Has the expressions evaluated, the first first, before what was planned until now.
    fn operands(&mut self, expressions: &[Term], place: Place) -> Result<(), SpecError> {
        let tasks = expressions.iter().rev();
        let tasks = tasks.map(|&e| Task::Expression(e, place));
        Ok(self.tasks.try_extend(tasks)?)
    }

    fn constant(&mut self, term: Term, place: Place) -> Result<(), SpecError> {
        let copies = place.leaves && !term.is_immediate();
        self.ops.try_push(if copies {
            Op::Constant(term)
        } else {
            Op::Immediate(term)
        })?;
        Ok(())
    }

    fn atom(&mut self, atom: Term, place: Place) -> Result<(), SpecError> {
        let copies = self.copies(place);
        if let Some(number) = variable(self.atoms, atom) {
            let Some(slot) = self.variables.slot(number) else {
                return Err(SpecError::Wrong(fallible::print!(
                    "Variable ${number} is unbound."
                )));
            };
            self.ops.try_push(if copies {
                Op::ValueCopy(slot)
            } else {
                Op::Value(slot)
            })?;
        } else if atom == atoms::MATCHED_OBJECT {
            self.ops
                .try_push(if copies { Op::ObjectCopy } else { Op::Object })?;
        } else if atom == atoms::MATCHED_VALUES {
            self.ops.try_push(Op::Values)?;
        } else {
            self.ops.try_push(Op::Immediate(atom))?;
        }
        Ok(())
    }

    fn show(&self, term: Term) -> String {
        print::to_string(term, self.atoms, Style::WRITE)
    }

    /// The name of a function; words of the language need no quotes.
    fn show_name(&self, atom: Term) -> String {
        let name = self.atoms.name(atom);
        let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
        match is_word {
            true => fallible::text_or_none(name),
            false => self.show(atom),
        }
    }

    fn tuple(&mut self, term: Term, elements: &[Term], place: Place) -> Result<(), SpecError> {
        if let [inner] = elements
            && let Some(inner) = inner.as_tuple()
        {
            self.tasks
                .try_push(Task::Emit(Op::Tuple(inner.len() as u32)))?;
            self.operands(inner, place)?;
            return Ok(());
        }
        let is_name = |t: &Term| t.is_atom() && variable(self.atoms, *t).is_none();
        let Some((&name, args)) = elements.split_first().filter(|(name, _)| is_name(name)) else {
            return Err(SpecError::Wrong(fallible::print!(
                "{} is neither a function call, nor a tuple (tuples are written {{{{ ... }}}}).",
                self.show(term)
            )));
        };
        self.call(term, self.atoms.name(name), name, args, place)
    }

    fn call(
        &mut self,
        term: Term,
        name: &str,
        name_atom: Term,
        args: &[Term],
        place: Place,
    ) -> Result<(), SpecError> {
        let inside = Place {
            leaves: false,
            ..place
        };
        match name {
            "const" => {
                let [value] = args else {
                    return Err(SpecError::Wrong(fallible::print!(
                        "Special form 'const' called with more than one argument in {}.",
                        self.show(term)
                    )));
                };
                self.constant(*value, place)?;
                return Ok(());
            }
            "and" | "or" | "andalso" | "orelse" if args.is_empty() => {
                return Err(SpecError::Wrong(fallible::print!(
                    "Special form '{name}' called without arguments in {{{name}}}."
                )));
            }
            "and" | "or" => {
                let count = args.len() as u32;
                let op = if name == "and" { Op::All } else { Op::Any };
                self.tasks.try_push(Task::Emit(op(count)))?;
                self.operands(args, inside)?;
                return Ok(());
            }
            "andalso" | "orelse" => {
                self.lazy(Lazy {
                    is_and: name == "andalso",
                    left: collect(args.iter().rev().copied())?,
                    place,
                    jumps: Vec::new(),
                })?;
                return Ok(());
            }
            _ => {}
        }
        if let Some((action, arity)) = functions::action(name) {
            return self.action(term, (name, action, arity), args, place);
        }
        if name == "get_tcw" && args.is_empty() {
            if self.mode == Mode::Table {
                return Err(SpecError::text(
                    "Function get_tcw/0 cannot be called in this context.",
                ));
            }
            self.ops.try_push(Op::Action(Action::GetTcw, 0))?;
            return Ok(());
        }
        let Some(function) = functions::function(name, args.len()) else {
            return Err(SpecError::Wrong(fallible::print!(
                "Function {}/{} does_not_exist.",
                self.show_name(name_atom),
                args.len()
            )));
        };
        if self.copies(place) && function.gives_parts {
            self.tasks.try_push(Task::Emit(Op::Copy))?;
        }
        let op = Op::Call(function.call, args.len() as u8);
        self.tasks.try_push(Task::Emit(op))?;
        self.operands(args, inside)?;
        Ok(())
    }

    /// The next operand of `andalso` or `orelse`.
    fn lazy(&mut self, mut lazy: Lazy) -> Result<(), SpecError> {
        let Some(next) = lazy.left.pop() else {
            return Ok(());
        };
        let mut place = lazy.place;
        if lazy.left.is_empty() {
            // The value of the last operand is that of all.
            self.tasks.try_push(Task::Land(lazy.jumps))?;
        } else {
            place.leaves = false;
            self.tasks.try_push(Task::Branch(lazy))?;
        }
        Ok(self.tasks.try_push(Task::Expression(next, place))?)
    }

    fn action(
        &mut self,
        term: Term,
        (name, action, arity): (&str, Action, Arity),
        args: &[Term],
        place: Place,
    ) -> Result<(), SpecError> {
        let wrong = |what: &str| {
            Err(SpecError::Wrong(fallible::print!(
                "Special form '{name}' {what}."
            )))
        };
        if self.mode == Mode::Table {
            return wrong("used in wrong dialect");
        }
        if place.in_guard && action != Action::IsSeqTrace {
            return wrong("called in guard context");
        }
        match arity {
            Arity::None if !args.is_empty() => {
                return wrong(&fallible::print!(
                    "called with arguments in {}",
                    self.show(term)
                ));
            }
            Arity::Between(min, max) if args.len() < min || args.len() > max => {
                return wrong(&fallible::print!(
                    "called with wrong number of arguments in {}",
                    self.show(term)
                ));
            }
            _ => {}
        }
        self.tasks
            .try_push(Task::Emit(Op::Action(action, args.len() as u8)))?;
        let inside = Place {
            leaves: true,
            ..place
        };
        self.operands(args, inside)?;
        Ok(())
    }
}
