//! Terms as deep lists of characters, with the shape that `io_lib:write/1` and, for a term on one
//! line, `io_lib_pretty:print/2` give them.

use super::BifResult;
use crate::memory::fallible::Grow;
use crate::memory::{Heap, OutOfMemory};
use crate::term::pairs::Pairs;
use crate::term::print::{self, Style};
use crate::term::{AtomTable, Term};
use alloc::string::String;
use alloc::vec::Vec;

const fn char(of: char) -> Term {
    Term::small(of as isize)
}

/// A compound term whose parts are being written. Its parts' texts are the last ones, from `start` on.
struct Frame {
    rest: Rest,
    start: usize,
}

enum Rest {
    Tuple(&'static [Term]),
    List(Term),
    /// What follows the bar of an improper list has been written.
    Improper,
    Map(Pairs<'static>, Option<Term>),
}

/// `term` as `~w` shows it (without `strings`), or as `~p` does on one line.
pub(super) fn write<H: Heap + ?Sized>(
    heap: &mut H,
    term: Term,
    atoms: &AtomTable,
    style: Style,
) -> BifResult {
    let mut writer = Writer {
        atoms,
        style,
        frames: Vec::new(),
        texts: Vec::new(),
        scratch: String::new(),
    };
    let mut next = Some(term);
    loop {
        if let Some(term) = next.take() {
            writer.begin(heap, term)?;
        }
        match writer.frames.last_mut() {
            None => return Ok(writer.texts.pop().unwrap_or(Term::NIL)),
            Some(frame) => next = frame.rest.next(),
        }
        if next.is_none() {
            writer.end(heap)?;
        }
    }
}

impl Rest {
    /// The next part.
    fn next(&mut self) -> Option<Term> {
        match self {
            Rest::Tuple(elements) => {
                let (&first, others) = elements.split_first()?;
                *elements = others;
                Some(first)
            }
            Rest::List(list) => match list.as_cons() {
                Some((head, tail)) => {
                    *list = tail;
                    Some(head)
                }
                None if list.is_nil() => None,
                None => {
                    let tail = *list;
                    *self = Rest::Improper;
                    Some(tail)
                }
            },
            Rest::Improper => None,
            Rest::Map(pairs, value) => match value.take() {
                Some(value) => Some(value),
                None => {
                    let (key, next) = pairs.next()?;
                    *value = Some(next);
                    Some(key)
                }
            },
        }
    }
}

struct Writer<'a> {
    atoms: &'a AtomTable,
    style: Style,
    frames: Vec<Frame>,
    /// What is written of the parts of the frames.
    texts: Vec<Term>,
    scratch: String,
}

impl Writer<'_> {
    /// Writes a term that has no parts, or begins one that has.
    fn begin<H: Heap + ?Sized>(&mut self, heap: &mut H, term: Term) -> Result<(), OutOfMemory> {
        self.scratch.clear();
        if print::leaf(&mut self.scratch, term, self.atoms, self.style) {
            let text = self.leaf(heap, term)?;
            return self.texts.try_push(text);
        }
        if term.as_record().is_some() {
            print::write(&mut self.scratch, term, self.atoms, self.style);
            let text = heap.string(&self.scratch)?;
            return self.texts.try_push(text);
        }
        let rest = if let Some(elements) = term.as_tuple() {
            Rest::Tuple(elements)
        } else if term.is_cons() {
            Rest::List(term)
        } else {
            Rest::Map(Pairs::of(term)?, None)
        };
        let start = self.texts.len();
        self.frames.try_push(Frame { rest, start })
    }

    /// The text of a term without parts, which stands in the scratch.
    fn leaf<H: Heap + ?Sized>(&self, heap: &mut H, term: Term) -> Result<Term, OutOfMemory> {
        let text = &self.scratch;
        let inside = text
            .strip_prefix("<<")
            .and_then(|text| text.strip_suffix(">>"));
        let Some(inside) = inside.filter(|_| term.is_bitstring()) else {
            return heap.string(text);
        };
        if self.style.strings && inside.is_empty() {
            return heap.string(text);
        }
        let (open, close) = (char('<'), char('>'));
        if let Some(quoted) = inside.strip_suffix("/utf8") {
            let (quoted, utf8) = (heap.string(quoted)?, heap.string("/utf8>>")?);
            return heap.list(&[open, open, quoted, utf8]);
        }
        let body = if inside.starts_with('"') {
            heap.string(inside)?
        } else {
            numbers(heap, inside)?
        };
        heap.list(&[open, open, body, close, close])
    }

    /// Puts the texts of a term's parts together.
    fn end<H: Heap + ?Sized>(&mut self, heap: &mut H) -> Result<(), OutOfMemory> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let parts = &self.texts[frame.start..];
        let text = match frame.rest {
            Rest::Tuple(_) => {
                let inside = joined(heap, parts, Term::NIL)?;
                heap.list(&[char('{'), inside, char('}')])?
            }
            Rest::List(_) => {
                let inside = joined(heap, parts, Term::NIL)?;
                heap.list(&[char('['), inside, char(']')])?
            }
            Rest::Improper => {
                let Some((tail, parts)) = parts.split_last() else {
                    return Ok(());
                };
                let tail = match self.style.strings {
                    true => *tail,
                    false => heap.cons(*tail, Term::NIL)?,
                };
                let tail = heap.cons(char('|'), tail)?;
                let inside = joined(heap, parts, tail)?;
                heap.list(&[char('['), inside, char(']')])?
            }
            Rest::Map(..) => {
                let mut pairs = Term::NIL;
                for (i, pair) in parts.chunks_exact(2).enumerate().rev() {
                    let arrow = heap.string(" => ")?;
                    let pair = heap.list(&[pair[0], arrow, pair[1]])?;
                    pairs = heap.cons(pair, pairs)?;
                    if i > 0 {
                        pairs = heap.cons(char(','), pairs)?;
                    }
                }
                heap.list(&[char('#'), char('{'), pairs, char('}')])?
            }
        };
        self.texts.truncate(frame.start);
        self.texts.try_push(text)
    }
}

/// The parts with commas between them, and `tail` after the last.
fn joined<H: Heap + ?Sized>(heap: &mut H, parts: &[Term], tail: Term) -> Result<Term, OutOfMemory> {
    let mut list = tail;
    for (i, &part) in parts.iter().enumerate().rev() {
        list = heap.cons(part, list)?;
        if i > 0 {
            list = heap.cons(char(','), list)?;
        }
    }
    Ok(list)
}

/// The numbers of a bit string: each is a text of its own, what is between them is not.
fn numbers<H: Heap + ?Sized>(heap: &mut H, text: &str) -> Result<Term, OutOfMemory> {
    let mut list = Term::NIL;
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest.rfind([',', ':']);
        let number = &rest[at.map_or(0, |at| at + 1)..];
        let number = heap.string(number)?;
        list = heap.cons(number, list)?;
        let Some(at) = at else { break };
        let mark = if rest[at..].starts_with(',') {
            ','
        } else {
            ':'
        };
        list = heap.cons(char(mark), list)?;
        rest = &rest[..at];
    }
    Ok(list)
}
