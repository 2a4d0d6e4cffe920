//! The first grapheme of a text, as `unicode_util:gc/1` gives it.
//!
//! A grapheme is a character, or a list of those that are seen as one. What is left keeps the shape
//! that OTP leaves it in: a binary stays a binary where it was only looked at.

use super::unicode_cp::{Front, front, front_of_list};
use super::{BifResult, Raise};
use crate::memory::{Heap, OutOfMemory};
use crate::term::utf::get_utf8;
use crate::term::{Int, Term, atoms};
use crate::unicode::{Class, class};
use alloc::vec::Vec;

const CR: Term = Term::small(13);
const LF: Term = Term::small(10);

/// Below it, two characters in a row are two graphemes, but for CR and LF.
const LATIN1_END: isize = 256;

/// `unicode_util:gc/1`.
pub(super) fn gc<H: Heap + ?Sized>(heap: &mut H, mut text: Term) -> BifResult {
    loop {
        if let Some((char, tail)) = text.as_cons() {
            if char.is_integer() && tail.is_nil() {
                return Ok(text);
            }
            if char == CR {
                return carriage_return(heap, tail);
            }
            if is_latin1(char) {
                return latin1(heap, text, char, tail);
            }
            if char.is_integer() {
                return grapheme(heap, text);
            }
        } else if let Some(bits) = text.as_bits().filter(|bits| bits.is_binary())
            && let Some((char, taken)) = get_utf8(bits)
        {
            let rest = heap.sub_bits(text, taken, bits.len - taken)?;
            let both = heap.cons(Term::small(char as isize), rest)?;
            let next = get_utf8(bits.slice(taken, bits.len - taken));
            let is_one = (char as isize) < LATIN1_END
                && Term::small(char as isize) != CR
                && next.is_some_and(|(next, _)| (next as isize) < LATIN1_END);
            return if is_one {
                Ok(both)
            } else {
                grapheme(heap, both)
            };
        } else if text.is_nil() {
            return Ok(text);
        }
        text = match front(heap, text)? {
            invalid @ Front::Invalid(_) => return Ok(invalid.to_term(heap)?),
            front => front.to_term(heap)?,
        };
    }
}

/// Anything that compares as less than 256; in a text that is a character.
fn is_latin1(term: Term) -> bool {
    match term.as_int() {
        Some(Int::Small(value)) => value < LATIN1_END,
        Some(Int::Big { negative, .. }) => negative,
        None => term
            .as_float()
            .is_some_and(|value| value < LATIN1_END as f64),
    }
}

fn carriage_return<H: Heap + ?Sized>(heap: &mut H, tail: Term) -> BifResult {
    let next = front(heap, tail)?;
    if let Front::Char(LF, rest, _) = next {
        let both = heap.list(&[CR, LF])?;
        return Ok(heap.cons(both, rest)?);
    }
    let next = next.to_term(heap)?;
    Ok(heap.cons(CR, next)?)
}

fn latin1<H: Heap + ?Sized>(heap: &mut H, text: Term, char: Term, tail: Term) -> BifResult {
    if tail.as_cons().is_some_and(|(next, _)| is_latin1(next)) {
        return Ok(text);
    }
    let Some(next) = front_of_list(heap, tail)? else {
        return grapheme(heap, text);
    };
    let list = next.to_term(heap)?;
    let both = heap.cons(char, list)?;
    match next {
        Front::Char(next, _, _) if is_latin1(next) => Ok(both),
        _ => grapheme(heap, both),
    }
}

/// The class of a character, which may be any integer.
fn class_of(char: Term) -> Class {
    match char.as_small() {
        Some(value) if (0..=0x10_ffff).contains(&value) => class(value as u32),
        _ => Class::Other,
    }
}

/// A grapheme that is being put together, and what follows it.
struct Taken {
    chars: Vec<Term>,
    rest: Term,
}

impl Taken {
    fn of(char: Term, rest: Term) -> Result<Taken, OutOfMemory> {
        let mut taken = Taken {
            chars: Vec::new(),
            rest,
        };
        taken.push(char, rest)?;
        Ok(taken)
    }

    fn push(&mut self, char: Term, rest: Term) -> Result<(), OutOfMemory> {
        self.chars.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.chars.push(char);
        self.rest = rest;
        Ok(())
    }

    /// `[Grapheme | Rest]`.
    fn finish<H: Heap + ?Sized>(&self, heap: &mut H) -> BifResult {
        let grapheme = match self.chars[..] {
            [char] => char,
            _ => heap.list(&self.chars)?,
        };
        Ok(heap.cons(grapheme, self.rest)?)
    }
}

/// The grapheme at the front of a list that begins with a character.
fn grapheme<H: Heap + ?Sized>(heap: &mut H, mut text: Term) -> BifResult {
    // What stands before the grapheme and belongs to it.
    let mut before: Vec<Term> = Vec::new();
    let found = loop {
        let Some((char, rest)) = text.as_cons() else {
            return Err(Raise::Error(atoms::FUNCTION_CLAUSE));
        };
        if class_of(char) != Class::Prepend {
            break one(heap, text, char, rest)?;
        }
        break match front(heap, rest)? {
            Front::Char(next, _, _) if class_of(next) == Class::Control => heap.cons(char, rest)?,
            next @ Front::Char(..) => {
                before.try_reserve(1).map_err(|_| OutOfMemory)?;
                before.push(char);
                text = next.to_term(heap)?;
                continue;
            }
            Front::End => heap.cons(char, Term::NIL)?,
            Front::Invalid(invalid) => heap.cons(char, invalid)?,
        };
    };
    prepend(heap, &before, found)
}

fn prepend<H: Heap + ?Sized>(heap: &mut H, before: &[Term], found: Term) -> BifResult {
    let Some((grapheme, rest)) = found.as_cons().filter(|_| !before.is_empty()) else {
        return Ok(found);
    };
    let grapheme = if grapheme.is_integer() {
        heap.list(&[grapheme])?
    } else {
        grapheme
    };
    let all = heap.list_with_tail(before, grapheme)?;
    Ok(heap.cons(all, rest)?)
}

/// The grapheme at the front of `text`, which is `[char | rest]`.
fn one<H: Heap + ?Sized>(heap: &mut H, text: Term, char: Term, rest: Term) -> BifResult {
    if char == CR {
        return match front(heap, rest)? {
            Front::Char(LF, rest, _) => {
                let both = heap.list(&[CR, LF])?;
                Ok(heap.cons(both, rest)?)
            }
            _ => Ok(text),
        };
    }
    let class = class_of(char);
    if class == Class::Control {
        return Ok(text);
    }
    if class == Class::Pictograph {
        return pictographs(heap, Taken::of(char, rest)?);
    }
    if is_latin1(char) && rest.as_cons().is_some_and(|(next, _)| is_latin1(next)) {
        return Ok(text);
    }
    let mut taken = Taken::of(char, rest)?;
    let next = match class {
        Class::L | Class::V | Class::T | Class::LV | Class::LVT => {
            syllable(heap, &mut taken, class)?
        }
        Class::Regional => match front(heap, rest)? {
            Front::Char(second, rest, _) if class_of(second) == Class::Regional => {
                taken.push(second, rest)?;
                front(heap, rest)?
            }
            other => other,
        },
        _ => front(heap, rest)?,
    };
    extend(heap, taken, next)
}

/// Takes the letters of a syllable of Hangul that begins with one of class `last`; gives what
/// follows.
fn syllable<H: Heap + ?Sized>(
    heap: &mut H,
    taken: &mut Taken,
    mut last: Class,
) -> Result<Front, Raise> {
    loop {
        let next = front(heap, taken.rest)?;
        let Front::Char(char, rest, _) = next else {
            return Ok(next);
        };
        let class = class_of(char);
        let belongs = match last {
            Class::L => matches!(class, Class::L | Class::V | Class::LV | Class::LVT),
            Class::V | Class::LV => matches!(class, Class::V | Class::T),
            _ => class == Class::T,
        };
        if !belongs {
            return Ok(next);
        }
        taken.push(char, rest)?;
        last = class;
    }
}

/// Takes all that belongs to what is before it.
fn extend<H: Heap + ?Sized>(heap: &mut H, mut taken: Taken, mut next: Front) -> BifResult {
    loop {
        match next {
            Front::Char(char, rest, _) if is_extend(class_of(char)) => {
                taken.push(char, rest)?;
                next = front(heap, rest)?;
            }
            Front::Char(..) | Front::End => return taken.finish(heap),
            Front::Invalid(invalid) => {
                // A single character is followed by what is wrong, several by a list of it.
                taken.rest = match taken.chars.len() {
                    1 => invalid,
                    _ => heap.cons(invalid, Term::NIL)?,
                };
                return taken.finish(heap);
            }
        }
    }
}

fn is_extend(class: Class) -> bool {
    matches!(class, Class::Extend | Class::Zwj)
}

/// Takes what extends a pictograph, and other pictographs that a joiner ties to it.
fn pictographs<H: Heap + ?Sized>(heap: &mut H, mut taken: Taken) -> BifResult {
    let mut is_joined = false;
    loop {
        match front(heap, taken.rest)? {
            Front::Char(char, rest, _) => {
                let class = class_of(char);
                let belongs = if is_joined {
                    class == Class::Pictograph
                } else {
                    is_extend(class)
                };
                if !belongs {
                    return taken.finish(heap);
                }
                taken.push(char, rest)?;
                is_joined = class == Class::Zwj;
            }
            Front::End => return taken.finish(heap),
            Front::Invalid(invalid) => {
                let found = taken.finish(heap)?;
                let invalid = heap.cons(invalid, Term::NIL)?;
                return append(heap, found, invalid);
            }
        }
    }
}

/// `First ++ Second`.
fn append<H: Heap + ?Sized>(heap: &mut H, first: Term, second: Term) -> BifResult {
    let mut elements = Vec::new();
    let mut iter = first.list_iter();
    for element in iter.by_ref() {
        elements.try_reserve(1).map_err(|_| OutOfMemory)?;
        elements.push(element);
    }
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    Ok(heap.list_with_tail(&elements, second)?)
}
