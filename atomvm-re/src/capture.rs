//! Which parts of a match a program wants, and as what.

use crate::names::Names;
use crate::pcre::{Code, Match};
use atomvm_core::bif::{BifResult, Ctx, Raise};
use atomvm_core::memory::Heap;
use atomvm_core::term::{Term, iolist};

/// A part.
enum Part {
    /// The group of this number.
    Group(usize),
    /// The first of these groups that took part: those of one name.
    FirstOf(Vec<usize>),
    /// One that no pattern has.
    Nothing,
}

enum Parts {
    /// Only whether there is a match.
    None,
    /// All groups that took part, and those before them, from this one on.
    From(usize),
    /// These.
    These(Vec<Part>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Index,
    List,
    Binary,
}

/// What is wanted.
pub struct Capture {
    parts: Parts,
    kind: As,
}

impl Capture {
    /// What is wanted if nothing is said.
    pub const ALL: Capture = Capture {
        parts: Parts::From(0),
        kind: As::Index,
    };

    /// What the option says, of a match of `code`.
    pub fn parse(
        c: &Ctx<'_>,
        names: &Names,
        code: &Code,
        (values, kind): (Term, Option<Term>),
    ) -> Result<Capture, Raise> {
        let kind = match kind {
            None => As::Index,
            Some(kind) if kind == names.index => As::Index,
            Some(kind) if kind == names.list => As::List,
            Some(kind) if kind == names.binary => As::Binary,
            Some(_) => return Err(Raise::BADARG),
        };
        let parts = if values == names.all {
            Parts::From(0)
        } else if values == names.none || values.is_nil() {
            Parts::None
        } else if values == names.all_but_first {
            Parts::From(1)
        } else if values == names.first {
            Parts::These(vec![Part::Group(0)])
        } else if values == names.all_names {
            let of_names: Vec<_> = unique_names(code).map(|name| by_name(code, name)).collect();
            match of_names.is_empty() {
                true => Parts::None,
                false => Parts::These(of_names),
            }
        } else {
            Parts::These(listed(c, code, values)?)
        };
        Ok(Capture { parts, kind })
    }

    /// The result of a run that has found `found` in `bytes`, which are those of `subject`.
    pub fn result(
        &self,
        c: &mut Ctx<'_>,
        names: &Names,
        subject: Term,
        bytes: &[u8],
        found: &Match,
    ) -> BifResult {
        let group = |number: usize| found.groups.get(number).copied().flatten();
        let ranges: Vec<_> = match &self.parts {
            Parts::None => return Ok(names.match_),
            Parts::From(first) => (*first..found.top).map(group).collect(),
            Parts::These(parts) => {
                let range = |part: &Part| match part {
                    Part::Group(number) => group(*number),
                    Part::FirstOf(numbers) => numbers.iter().find_map(|&number| group(number)),
                    Part::Nothing => None,
                };
                parts.iter().map(range).collect()
            }
        };
        let mut list = Term::NIL;
        for range in ranges.into_iter().rev() {
            let part = self.part(c, subject, bytes, range)?;
            list = c.p.heap.cons(part, list)?;
        }
        Ok(c.p.heap.tuple(&[names.match_, list])?)
    }

    fn part(
        &self,
        c: &mut Ctx<'_>,
        subject: Term,
        bytes: &[u8],
        range: Option<(usize, usize)>,
    ) -> BifResult {
        if self.kind == As::Index {
            let (at, len) = match range {
                None => (-1, 0),
                Some((from, to)) => (from as isize, to as isize - from as isize),
            };
            return Ok(c.p.heap.tuple(&[Term::small(at), Term::small(len)])?);
        }
        // A match may end before it starts, by `\K` in a look ahead.
        let (from, to) = range.filter(|(from, to)| from <= to).unwrap_or((0, 0));
        match self.kind {
            As::Binary if subject.is_bitstring() => {
                Ok(c.p.heap.sub_bits(subject, from * 8, (to - from) * 8)?)
            }
            As::Binary => Ok(c.p.heap.binary(&bytes[from..to])?),
            _ => Ok(c.p.heap.byte_list(&bytes[from..to], Term::NIL)?),
        }
    }
}

/// The names of groups, in order; each once, if the pattern was said to have duplicates.
pub fn unique_names(code: &Code) -> impl Iterator<Item = &[u8]> {
    let same_as_last =
        |at: usize| code.has_dupnames && at > 0 && code.names[at - 1].0 == code.names[at].0;
    let numbers = (0..code.names.len()).filter(move |&at| !same_as_last(at));
    numbers.map(|at| &*code.names[at].0)
}

/// The part that the groups of a name give.
fn by_name(code: &Code, name: &[u8]) -> Part {
    // The C interface of names ends them with a zero byte.
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    let named = code.names.iter().filter(|entry| entry.0 == name);
    let mut numbers: Vec<_> = named.map(|entry| entry.1).collect();
    match numbers.len() {
        0 => Part::Nothing,
        1 => Part::Group(numbers.remove(0)),
        _ if !code.has_dupnames => Part::Group(numbers.remove(0)),
        _ => Part::FirstOf(numbers),
    }
}

/// The parts of a list of numbers and names.
fn listed(c: &Ctx<'_>, code: &Code, list: Term) -> Result<Vec<Part>, Raise> {
    let mut parts = Vec::new();
    let mut rest = list;
    while let Some((value, next)) = rest.as_cons() {
        parts.push(if let Some(number) = value.as_small() {
            match i32::try_from(number) {
                Ok(number @ 0..) => Part::Group(number as usize),
                _ => return Err(Raise::BADARG),
            }
        } else if value.is_atom() {
            by_name(code, c.rt.atoms.name(value).as_bytes())
        } else if value.is_bitstring() || value.is_list() {
            let name = iolist::to_vec(value).map_err(|_| Raise::BADARG)?;
            by_name(code, &name)
        } else {
            return Err(Raise::BADARG);
        });
        rest = next;
    }
    match rest.is_nil() && !list.is_nil() {
        true => Ok(parts),
        false => Err(Raise::BADARG),
    }
}
