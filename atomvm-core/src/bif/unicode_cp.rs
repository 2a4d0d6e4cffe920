//! The front of a text: its first character and what is left, as `unicode_util:cp/1` gives them.
//!
//! A text is a list of characters, binaries in UTF-8 and texts, or a binary. What is left has the
//! shape that OTP gives it: of a list in a list up to three characters are taken out at once.

use super::{BifResult, Raise};
use crate::memory::Heap;
use crate::memory::OutOfMemory;
use crate::term::utf::get_utf8;
use crate::term::{Term, atoms};

/// What a text begins with.
#[derive(Clone, Copy)]
pub(super) enum Front {
    /// A character (any integer, if it is of a list), what follows, and both as a list if there is
    /// one already.
    Char(Term, Term, Option<Term>),
    /// Nothing: it is empty.
    End,
    /// Bytes that are not UTF-8, with all that follows.
    Invalid(Term),
}

impl Front {
    /// As `unicode_util:cp/1` returns it.
    pub(super) fn to_term<H: Heap + ?Sized>(self, heap: &mut H) -> Result<Term, OutOfMemory> {
        match self {
            Front::Char(_, _, Some(list)) => Ok(list),
            Front::Char(char, rest, None) => heap.cons(char, rest),
            Front::End => Ok(Term::NIL),
            Front::Invalid(rest) => heap.tuple(&[atoms::ERROR, rest]),
        }
    }
}

/// The front of `text`.
pub(super) fn front<H: Heap + ?Sized>(heap: &mut H, text: Term) -> Result<Front, Raise> {
    let found = start(heap, text, true)?;
    found.ok_or(Raise::Error(atoms::FUNCTION_CLAUSE))
}

/// The front of `text` if it can be found without looking into a binary.
pub(super) fn front_of_list<H: Heap + ?Sized>(
    heap: &mut H,
    text: Term,
) -> Result<Option<Front>, Raise> {
    start(heap, text, false)
}

/// `None` if `text` is no text, or is a binary and those are left out.
fn start<H: Heap + ?Sized>(
    heap: &mut H,
    mut text: Term,
    binaries: bool,
) -> Result<Option<Front>, Raise> {
    loop {
        match text.as_cons() {
            Some((head, tail)) if head.is_integer() => {
                return Ok(Some(Front::Char(head, tail, Some(text))));
            }
            Some((head, Term::NIL)) => text = head,
            Some((head, tail)) => match nested(heap, head, tail, binaries)? {
                Nested::Found(found) => return Ok(found),
                Nested::Empty(rest) => text = rest,
            },
            None if text.is_nil() => return Ok(Some(Front::End)),
            None if binaries => return binary(heap, text),
            None => return Ok(None),
        }
    }
}

enum Nested {
    Found(Option<Front>),
    /// The first part holds nothing; this follows it.
    Empty(Term),
}

/// The front of the text `[part | rest]`, whose first part is no character.
fn nested<H: Heap + ?Sized>(
    heap: &mut H,
    mut part: Term,
    mut rest: Term,
    binaries: bool,
) -> Result<Nested, Raise> {
    loop {
        match part.as_cons() {
            Some((head, tail)) if head.is_integer() => {
                let place = match tail {
                    Term::NIL => Place::After(rest),
                    _ => Place::In(tail, rest),
                };
                let left = ahead(heap, place)?;
                return Ok(Nested::Found(Some(Front::Char(head, left, None))));
            }
            Some((head, Term::NIL)) => part = head,
            Some((head, tail)) => {
                rest = heap.cons(tail, rest)?;
                part = head;
            }
            None if part.is_nil() => return Ok(Nested::Empty(rest)),
            None if !binaries => return Ok(Nested::Found(None)),
            None => {
                return Ok(match binary(heap, part)? {
                    Some(Front::Char(char, left, _)) => {
                        let left = heap.cons(left, rest)?;
                        Nested::Found(Some(Front::Char(char, left, None)))
                    }
                    Some(Front::End) => Nested::Empty(rest),
                    Some(Front::Invalid(left)) => {
                        Nested::Found(Some(Front::Invalid(heap.cons(left, rest)?)))
                    }
                    None => Nested::Found(None),
                });
            }
        }
    }
}

fn binary<H: Heap + ?Sized>(heap: &mut H, text: Term) -> Result<Option<Front>, Raise> {
    let Some(bits) = text.as_bits().filter(|bits| bits.is_binary()) else {
        return Ok(None);
    };
    if bits.len == 0 {
        return Ok(Some(Front::End));
    }
    Ok(Some(match get_utf8(bits) {
        Some((char, taken)) => {
            let rest = heap.sub_bits(text, taken, bits.len - taken)?;
            Front::Char(Term::small(char as isize), rest, None)
        }
        None => Front::Invalid(text),
    }))
}

/// Where the next characters are.
enum Place {
    /// In this text, which is followed by another.
    In(Term, Term),
    /// In what follows a text that has ended.
    After(Term),
}

/// So many characters that follow one in a nested list are taken out of it with that one.
const AHEAD: usize = 3;

/// What follows a character of a nested list, with up to three characters at its front.
fn ahead<H: Heap + ?Sized>(heap: &mut H, mut place: Place) -> BifResult {
    let mut chars = [Term::NIL; AHEAD];
    let mut count = 0;
    let tail = loop {
        let is_last = count == AHEAD - 1;
        place = match place {
            Place::In(text, rest) => match text.as_cons() {
                Some((char, tail)) if char.is_integer() => {
                    chars[count] = char;
                    count += 1;
                    match tail {
                        Term::NIL if is_last => break rest,
                        _ if is_last => break heap.cons(tail, rest)?,
                        _ => Place::In(tail, rest),
                    }
                }
                Some((head, Term::NIL)) => Place::In(head, rest),
                Some((head, tail)) => Place::In(head, heap.cons(tail, rest)?),
                None if text.is_nil() => Place::After(rest),
                None => break heap.cons(text, rest)?,
            },
            Place::After(text) => match text.as_cons() {
                Some((char, _)) if char.is_integer() && is_last => break text,
                Some((char, tail)) if char.is_integer() => {
                    chars[count] = char;
                    count += 1;
                    Place::After(tail)
                }
                Some((head, Term::NIL)) => Place::After(head),
                Some((head, tail)) => Place::In(head, tail),
                None => break text,
            },
        };
    };
    Ok(heap.list_with_tail(&chars[..count], tail)?)
}
