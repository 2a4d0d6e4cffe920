//! Heads: a pattern becomes a list of checks, each of a place in what is matched.

use super::compile::SpecError;
use super::names::variable;
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, text_or_none};
use crate::term::order::equal_exact;
use crate::term::{AtomTable, Term, atoms, map};
use alloc::vec::Vec;
use hashbrown::HashSet;

/// Where a term stands: element `index` of the object in place `of` (head and tail of a list cell
/// are its elements 0 and 1; `WHOLE`: the object itself). Place 0 is all that is matched.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) of: u32,
    pub(super) index: u32,
}

const WHOLE: u32 = u32::MAX;

/// One step of matching.
pub(super) enum Check {
    /// There are so many terms to match.
    Count(u32),
    /// A tuple of this arity, which goes to a place.
    Tuple(At, u32, u32),
    /// A list cell, which goes to a place.
    Cons(At, u32),
    /// A map with at least so many keys, which goes to a place.
    Map(At, u32, u32),
    /// The map in a place has this key; its value goes to another.
    Key(u32, Term, u32),
    /// This very word.
    Word(At, Term),
    /// Equal by `=:=`.
    Equal(At, Term),
    /// The first occurrence of a variable.
    Bind(At, u32),
    /// A later occurrence.
    Bound(At, u32),
}

/// The slots of a clause's variables, by number.
#[derive(Default)]
pub(super) struct Variables(pub(super) Vec<(u64, u32)>);

impl Variables {
    pub(super) fn slot(&self, number: u64) -> Option<u32> {
        let found = self.0.iter().find(|(n, _)| *n == number);
        found.map(|(_, slot)| *slot)
    }
}

pub(super) struct Patterns<'a> {
    pub(super) atoms: &'a AtomTable,
    pub(super) checks: Vec<Check>,
    pub(super) variables: Variables,
    /// The next free place.
    pub(super) places: u32,
    left: Vec<(Term, At)>,
}

impl<'a> Patterns<'a> {
    pub(super) fn new(atoms: &'a AtomTable) -> Self {
        Patterns {
            atoms,
            checks: Vec::new(),
            variables: Variables::default(),
            places: 1,
            left: Vec::new(),
        }
    }

    /// Checks that the term at `at` matches `pattern`.
    pub(super) fn add(&mut self, pattern: Term, at: At) -> Result<(), SpecError> {
        let open = open_parts(self.atoms, pattern)?;
        self.left.try_push((pattern, at))?;
        while let Some((pattern, at)) = self.left.pop() {
            self.one(pattern, at, &open)?;
        }
        Ok(())
    }

    fn place(&mut self) -> u32 {
        self.places += 1;
        self.places - 1
    }

    fn one(&mut self, pattern: Term, at: At, open: &HashSet<Term>) -> Result<(), SpecError> {
        if pattern == atoms::UNDERSCORE {
            return Ok(());
        }
        if let Some(number) = variable(self.atoms, pattern) {
            let check = match self.variables.slot(number) {
                Some(slot) => Check::Bound(at, slot),
                None => {
                    let slot = self.variables.0.len() as u32;
                    self.variables.0.try_push((number, slot))?;
                    Check::Bind(at, slot)
                }
            };
            self.checks.try_push(check)?;
            return Ok(());
        }
        if pattern.is_immediate() {
            self.checks.try_push(Check::Word(at, pattern))?;
            return Ok(());
        }
        if !open.contains(&pattern) {
            self.checks.try_push(Check::Equal(at, pattern))?;
            return Ok(());
        }
        let of = self.place();
        if let Some((head, tail)) = pattern.as_cons() {
            self.checks.try_push(Check::Cons(at, of))?;
            self.left.try_push((tail, At { of, index: 1 }))?;
            self.left.try_push((head, At { of, index: 0 }))?;
        } else if let Some(elements) = pattern.as_tuple() {
            self.checks
                .try_push(Check::Tuple(at, elements.len() as u32, of))?;
            for (index, &element) in elements.iter().enumerate().rev() {
                let index = index as u32;
                self.left.try_push((element, At { of, index }))?;
            }
        } else {
            let size = map::size(pattern) as u32;
            self.checks.try_push(Check::Map(at, size, of))?;
            for (key, value) in map::iter(pattern) {
                if key == atoms::UNDERSCORE {
                    return Err(SpecError::text("Underscore found in map key."));
                }
                if variable(self.atoms, key).is_some() {
                    return Err(SpecError::text("Variable found in map key."));
                }
                let place = self.place();
                self.checks.try_push(Check::Key(of, key, place))?;
                let whole = At {
                    of: place,
                    index: WHOLE,
                };
                self.left.try_push((value, whole))?;
            }
        }
        Ok(())
    }
}

impl SpecError {
    pub(super) fn text(text: &str) -> SpecError {
        SpecError::Wrong(text_or_none(text))
    }
}

enum Walk {
    Enter(Term),
    Leave,
}

/// All lists, tuples and maps of a pattern that a variable, `'_'` or a map is part of.
fn open_parts(atoms: &AtomTable, pattern: Term) -> Result<HashSet<Term>, OutOfMemory> {
    let mut open = HashSet::new();
    // The objects that the walk is inside of; those up to `marked` are known to be open.
    let mut path: Vec<Term> = Vec::new();
    let mut marked = 0;
    let mut left = collect([Walk::Enter(pattern)])?;
    while let Some(step) = left.pop() {
        let Walk::Enter(term) = step else {
            path.pop();
            marked = marked.min(path.len());
            continue;
        };
        let is_open = super::names::is_open(atoms, term);
        if is_open && term.is_immediate() {
            let found = &path[marked..];
            open.try_reserve(found.len()).map_err(|_| OutOfMemory)?;
            open.extend(found.iter().copied());
            marked = path.len();
        }
        if term.is_immediate() {
            continue;
        }
        path.try_push(term)?;
        if is_open {
            let found = &path[marked..];
            open.try_reserve(found.len()).map_err(|_| OutOfMemory)?;
            open.extend(found.iter().copied());
            marked = path.len();
        }
        left.try_push(Walk::Leave)?;
        if let Some((head, tail)) = term.as_cons() {
            left.try_push(Walk::Enter(tail))?;
            left.try_push(Walk::Enter(head))?;
        } else if let Some(elements) = term.as_tuple() {
            left.try_extend(elements.iter().map(|&t| Walk::Enter(t)))?;
        } else if term.is_map() {
            left.try_extend(map::iter(term).map(|(_, value)| Walk::Enter(value)))?;
        }
    }
    Ok(open)
}

/// What stands there; the checks before have seen to it that there is something.
#[inline(always)]
fn at(subject: &[Term], places: &[Term], at: At) -> Term {
    let index = at.index as usize;
    if at.of == 0 {
        return subject.get(index).copied().unwrap_or(Term::NIL);
    }
    let object = places[at.of as usize];
    if at.index == WHOLE {
        return object;
    }
    if let Some(elements) = object.as_tuple() {
        return elements.get(index).copied().unwrap_or(Term::NIL);
    }
    match object.as_cons() {
        Some((head, _)) if index == 0 => head,
        Some((_, tail)) => tail,
        None => object,
    }
}

/// Does `subject` pass all checks? Fills the slots of the variables.
#[inline]
pub(super) fn matches(
    checks: &[Check],
    subject: &[Term],
    places: &mut [Term],
    values: &mut [Term],
) -> bool {
    for check in checks {
        let passed = match *check {
            Check::Count(count) => subject.len() == count as usize,
            Check::Tuple(from, arity, to) => {
                let term = at(subject, places, from);
                places[to as usize] = term;
                term.as_tuple().is_some_and(|e| e.len() == arity as usize)
            }
            Check::Bind(from, slot) => {
                values[slot as usize] = at(subject, places, from);
                true
            }
            Check::Word(from, word) => at(subject, places, from) == word,
            Check::Equal(from, term) => equal_exact(at(subject, places, from), term),
            Check::Bound(from, slot) => {
                equal_exact(at(subject, places, from), values[slot as usize])
            }
            Check::Cons(from, to) => {
                let term = at(subject, places, from);
                places[to as usize] = term;
                term.is_cons()
            }
            Check::Map(from, size, to) => {
                let term = at(subject, places, from);
                places[to as usize] = term;
                term.is_map() && map::size(term) >= size as usize
            }
            Check::Key(of, key, to) => match map::get(places[of as usize], key) {
                Some(value) => {
                    places[to as usize] = value;
                    true
                }
                None => false,
            },
        };
        if !passed {
            return false;
        }
    }
    true
}
