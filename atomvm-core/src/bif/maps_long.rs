//! What `maps` does with many keys, in steps.

use super::work::{Fuel, Work};
use super::{Ctx, Raise};
use crate::memory::build::ListBuilder;
use crate::term::Term;
use crate::term::map::{self, Builder, MapIter};
use alloc::boxed::Box;

/// Pairs that are looked at for one reduction.
pub(super) const PAIRS: usize = 4;

/// Maps or lists of no more keys are gone through at once.
pub(super) const SHORT: usize = 1024;

/// Cells of a list that are counted beforehand: more do not change how a map is made.
pub(super) const COUNTED: usize = 1 << 19;

/// Keys that are listed together.
const BLOCK: usize = 256;

/// Where the keys of a map that is made come from.
pub(super) enum Source {
    /// A list of tuples of key and value.
    Pairs(Term),
    /// A list of keys, which all get a value.
    Keys(Term, Term),
    /// One map, then another.
    Maps(Box<[MapIter<'static>; 2]>),
}

impl Source {
    /// The next key and value; `None` at the end.
    fn next(&mut self) -> Result<Option<(Term, Term)>, Raise> {
        let list = match self {
            Source::Pairs(list) | Source::Keys(list, _) => list,
            Source::Maps(maps) => {
                let [first, second] = &mut **maps;
                return Ok(first.next().or_else(|| second.next()));
            }
        };
        let Some((element, rest)) = list.as_cons() else {
            return match list.is_nil() {
                true => Ok(None),
                false => Err(Raise::BADARG),
            };
        };
        *list = rest;
        match (&*self, element.as_tuple()) {
            (Source::Keys(_, value), _) => Ok(Some((element, *value))),
            (_, Some(&[key, value])) => Ok(Some((key, value))),
            _ => Err(Raise::BADARG),
        }
    }
}

/// Making a large map.
pub(super) struct Make {
    source: Source,
    /// Are all keys in the builder?
    is_read: bool,
    builder: Option<Builder>,
}

impl Make {
    /// From about `count` keys.
    ///
    /// # Errors
    /// There is no memory.
    pub fn new(source: Source, count: usize) -> Result<Make, Raise> {
        Ok(Make {
            source,
            is_read: false,
            builder: Some(Builder::new(count)?),
        })
    }
}

impl Work for Make {
    const PER_REDUCTION: usize = PAIRS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        let Some(builder) = &mut self.builder else {
            return Err(Raise::BADARG);
        };
        while !self.is_read {
            match self.source.next()? {
                Some((key, value)) => builder.add(key, value)?,
                None => self.is_read = true,
            }
            if !fuel.burn(1) {
                return Ok(None);
            }
        }
        while let Some(count) = builder.finish_part(&mut c.p.heap, &c.rt.atoms)? {
            if !fuel.burn(count + 1) {
                return Ok(None);
            }
        }
        match self.builder.take() {
            Some(builder) => Ok(Some(builder.finish(&mut c.p.heap, &c.rt.atoms)?)),
            None => Err(Raise::BADARG),
        }
    }
}

/// Putting the keys of one map into a much larger one.
pub(super) struct PutAll {
    /// The larger one.
    pub map: Term,
    /// The keys to come.
    pub from: MapIter<'static>,
    /// Does the larger one's value count where both have a key?
    pub keeps: bool,
}

impl Work for PutAll {
    const PER_REDUCTION: usize = 1;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        for (key, value) in self.from.by_ref() {
            if !(self.keeps && map::contains(self.map, key)) {
                self.map = map::put(&mut c.p.heap, &c.rt.atoms, self.map, key, value)?;
            }
            if !fuel.burn(1) {
                return Ok(None);
            }
        }
        Ok(Some(self.map))
    }
}

/// Listing the keys or the values of a large map.
pub(super) struct List {
    rest: MapIter<'static, true>,
    left: usize,
    part: fn((Term, Term)) -> Term,
    done: ListBuilder,
}

impl List {
    /// Of a map, the parts that a function chooses.
    pub fn of(map: Term, part: fn((Term, Term)) -> Term) -> List {
        List {
            rest: map::iter_back(map),
            left: map::size(map),
            part,
            done: ListBuilder::new(),
        }
    }
}

impl Work for List {
    const PER_REDUCTION: usize = 4 * PAIRS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        while self.left > 0 {
            let count = self.left.min(BLOCK);
            let elements = self.rest.by_ref().map(self.part);
            self.done.push_all(&mut c.p.heap, count, elements)?;
            self.left -= count;
            if !fuel.burn(count) && self.left > 0 {
                return Ok(None);
            }
        }
        Ok(Some(core::mem::take(&mut self.done).finish(Term::NIL)))
    }
}
