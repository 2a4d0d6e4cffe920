//! `io_lib_format:fwrite/2`, which is what `io_lib:format/2` does.
//!
//! The result has OTP's shape: a list of characters, in which a text, `~s`, `~w` or `~p` is one element
//! that is a list again. (Of `~p` on several lines that is a flat one here.) What is rare or wrong is left
//! to OTP's own code, `fwrite/3`.

use super::format_deep;
use super::format_float::{write_e, write_f, write_g};
use super::format_scan::{Control, Piece, scan};
use super::work::charge;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::{AddText, Grow, formatted};
use crate::memory::{Heap, OutOfMemory};
use crate::term::pretty::{self, Page};
use crate::term::print::{self, Style};
use crate::term::{Int, Term, int_text};
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[bif("io_lib_format", "fwrite", 2, fwrite_2)];

/// Why the work is left to OTP's code, or cannot go on.
enum Stop {
    NotHere,
    Raise(Raise),
}

impl From<OutOfMemory> for Stop {
    fn from(error: OutOfMemory) -> Stop {
        Stop::Raise(error.into())
    }
}

impl From<Raise> for Stop {
    fn from(raise: Raise) -> Stop {
        Stop::Raise(raise)
    }
}

fn fwrite_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match fwrite(c, args[0], args[1]) {
        Ok(text) => Ok(text),
        Err(Stop::Raise(raise)) => Err(raise),
        Err(Stop::NotHere) => {
            let atom = |name| c.rt.atoms.intern(name);
            let (module, function) = (atom("io_lib_format")?, atom("fwrite")?);
            let export = c.rt.export(module, function, 3)?;
            Err(c.p.trap_to(export, &[args[0], args[1], Term::NIL]))
        }
    }
}

/// Characters of a result that are made for one reduction.
const CHARS: usize = 32;

fn fwrite(c: &mut Ctx<'_>, format: Term, args: Term) -> Result<Term, Stop> {
    if format.is_atom() {
        return Err(Stop::NotHere);
    }
    let pieces = scan(format)?.ok_or(Stop::NotHere)?;
    let is_pretty = |piece: &Piece| matches!(piece, Piece::Control(it) if it.letter == b'p');
    let mut out = Out {
        items: Vec::new(),
        column: 0,
        // The column matters to what is broken into lines.
        pretty_left: pieces.iter().filter(|piece| is_pretty(piece)).count(),
        text: String::new(),
        chars: 0,
    };
    let mut args = args;
    for &piece in &pieces {
        match piece {
            Piece::Char(char) => out.char(char)?,
            Piece::Control(control) => out.control(c, control, &mut args)?,
        }
    }
    if !args.is_nil() {
        return Err(Stop::NotHere);
    }
    charge(c, out.chars / CHARS);
    Ok(c.p.heap.list(&out.items)?)
}

struct Out {
    items: Vec<Term>,
    column: usize,
    pretty_left: usize,
    /// The text at hand.
    text: String,
    /// How much was written.
    chars: usize,
}

/// The next argument.
fn take(args: &mut Term) -> Result<Term, Stop> {
    let (arg, rest) = args.as_cons().ok_or(Stop::NotHere)?;
    *args = rest;
    Ok(arg)
}

impl Out {
    fn char(&mut self, char: u32) -> Result<(), Stop> {
        self.items.try_push(Term::small(char as isize))?;
        self.chars += 1;
        self.advance(char as isize);
        Ok(())
    }

    /// Goes on by a character.
    fn advance(&mut self, char: isize) {
        self.column = match char {
            0x0a => 0,
            0x09 => (self.column + 8) / 8 * 8,
            _ => self.column + 1,
        };
    }

    /// The characters of the text at hand are items of their own.
    fn flat(&mut self) -> Result<(), Stop> {
        let text = core::mem::take(&mut self.text);
        let result = text.chars().try_for_each(|char| self.char(char as u32));
        self.text = text;
        self.text.clear();
        result
    }

    /// A deep list is one item.
    fn deep(&mut self, list: Term) -> Result<(), Stop> {
        self.items.try_push(list)?;
        self.chars += CHARS;
        if self.pretty_left == 0 {
            return Ok(());
        }
        let mut chars = Deep::of(list);
        while let Some(char) = chars.next()? {
            self.advance(char.as_small().unwrap_or_default());
        }
        Ok(())
    }

    fn control(&mut self, c: &mut Ctx<'_>, it: Control, args: &mut Term) -> Result<(), Stop> {
        match it.letter {
            b'~' => self.repeated('~', it),
            b'n' if !it.is_left => {
                (0..it.width.unwrap_or(1)).for_each(|_| self.text.add_char('\n'));
                self.flat()
            }
            b'i' => take(args).map(|_| ()),
            b'c' => {
                let char = take(args)?.as_small().ok_or(Stop::NotHere)?;
                let char = if it.unicode { char } else { char & 0xff };
                let char = u32::try_from(char).ok().and_then(char::from_u32);
                self.repeated(char.ok_or(Stop::NotHere)?, it)
            }
            b's' => {
                let arg = take(args)?;
                self.string(c, arg, it)
            }
            b'w' => {
                let arg = take(args)?;
                self.written(c, arg, it)
            }
            b'p' => {
                let arg = take(args)?;
                self.pretty_left -= 1;
                self.pretty(c, arg, it)
            }
            b'b' | b'B' | b'#' | b'+' => {
                let arg = take(args)?;
                self.integer(c, arg, it)
            }
            b'f' | b'e' | b'g' => {
                let value = take(args)?.as_float().ok_or(Stop::NotHere)?;
                self.float(value, it)
            }
            _ => Err(Stop::NotHere),
        }
    }

    /// `~c`: a character as often as the precision says, in a field.
    fn repeated(&mut self, char: char, it: Control) -> Result<(), Stop> {
        let (count, field) = match (it.width, it.precision) {
            (None, count) => (count.unwrap_or(1), 0),
            (Some(count), None) => (count, 0),
            (Some(field), Some(count)) if field >= count => (count, field - count),
            _ => return Err(Stop::NotHere),
        };
        (0..count).for_each(|_| self.text.add_char(char));
        self.pad(field, it)?;
        self.flat()
    }

    /// Adds padding to the text at hand, on the side that is free.
    fn pad(&mut self, count: usize, it: Control) -> Result<(), Stop> {
        let pad = char::from_u32(it.pad).ok_or(Stop::NotHere)?;
        let start = if it.is_left { self.text.len() } else { 0 };
        for _ in 0..count {
            let mut bytes = [0; 4];
            self.text.insert_text(start, pad.encode_utf8(&mut bytes));
        }
        Ok(())
    }

    /// Puts the text at hand, which is ASCII, into a field; stars show that there is no room.
    fn in_field(&mut self, it: Control) -> Result<(), Stop> {
        let Some(width) = it.width else {
            return self.flat();
        };
        let len = self.text.len();
        if len > width {
            self.text.clear();
            (0..width).for_each(|_| self.text.add_char('*'));
        } else {
            self.pad(width - len, it)?;
        }
        self.flat()
    }

    fn integer(&mut self, c: &mut Ctx<'_>, arg: Term, it: Control) -> Result<(), Stop> {
        let base = it.precision.unwrap_or(10);
        // Large ones are left to OTP's code, which converts them where that is paid for.
        let int = arg.as_int().filter(|int| matches!(int, Int::Small(_)));
        let int = int.ok_or(Stop::NotHere)?;
        if !(2..=36).contains(&base) {
            return Err(Stop::NotHere);
        }
        int_text::print(&mut c.p.heap, int, base as u32, &mut self.text)?;
        if !matches!(it.letter, b'B' | b'#') {
            self.text.make_ascii_lowercase();
        }
        if matches!(it.letter, b'#' | b'+') {
            let digits = usize::from(self.text.starts_with('-'));
            let prefix = formatted(format_args!("{base}#"));
            self.text.insert_text(digits, &prefix);
        }
        self.in_field(it)
    }

    fn float(&mut self, value: f64, it: Control) -> Result<(), Stop> {
        let precision = it.precision.unwrap_or(6);
        let write = match it.letter {
            b'f' => write_f,
            b'e' => write_e,
            _ => write_g,
        };
        if !write(&mut self.text, value, precision) {
            self.text.clear();
            return Err(Stop::NotHere);
        }
        self.in_field(it)
    }

    /// `~w`
    fn written(&mut self, c: &mut Ctx<'_>, arg: Term, it: Control) -> Result<(), Stop> {
        let style = Style {
            strings: false,
            unicode: it.unicode,
        };
        let mut text = format_deep::write(&mut c.p.heap, arg, &c.rt.atoms, style)?;
        if let Some(width) = it.width.or(it.precision) {
            print::write(&mut self.text, arg, &c.rt.atoms, style);
            let len = self.text.chars().count();
            let is_latin1 = is_latin1(&self.text);
            self.text.clear();
            if !is_latin1 {
                return Err(Stop::NotHere);
            }
            text = term_field(&mut c.p.heap, text, len, width, it)?;
        }
        self.deep(text)
    }

    /// `~p`
    fn pretty(&mut self, c: &mut Ctx<'_>, arg: Term, it: Control) -> Result<(), Stop> {
        if it.is_left {
            return Err(Stop::NotHere);
        }
        let style = Style {
            strings: it.strings,
            unicode: it.unicode,
        };
        let page = Page {
            column: it.precision.unwrap_or(self.column + 1).max(1),
            line_length: it.width.unwrap_or(80),
            ..Page::default()
        };
        let is_broken = page.line_length > 0 && is_compound(arg) && {
            self.text.clear();
            print::write(&mut self.text, arg, &c.rt.atoms, style);
            self.chars += self.text.len();
            self.text.chars().count() + page.column >= page.line_length
        };
        self.text.clear();
        if is_broken {
            pretty::write(&mut self.text, arg, &c.rt.atoms, style, page);
        }
        let text = if self.text.contains('\n') {
            c.p.heap.string(&self.text)?
        } else {
            format_deep::write(&mut c.p.heap, arg, &c.rt.atoms, style)?
        };
        self.text.clear();
        self.deep(text)
    }

    /// `~s`
    fn string(&mut self, c: &mut Ctx<'_>, arg: Term, it: Control) -> Result<(), Stop> {
        if arg.is_atom() {
            let name = c.rt.atoms.name(arg);
            if it.width.is_some() || it.precision.is_some() || !(it.unicode || is_latin1(name)) {
                return Err(Stop::NotHere);
            }
            self.text.add_text(name);
            return self.flat();
        }
        let heap = &mut c.p.heap;
        let (text, len) = if let Some(bytes) = arg.as_binary() {
            match core::str::from_utf8(&bytes) {
                Ok(text) if it.unicode => (
                    heap.string(text)?,
                    is_latin1(text).then(|| text.chars().count()),
                ),
                _ => (heap.byte_list(&bytes, Term::NIL)?, Some(bytes.len())),
            }
        } else {
            (arg, list_of_chars(arg, it.unicode)?)
        };
        self.chars += len.unwrap_or(0);
        if it.width.is_none() && it.precision.is_none() {
            return self.deep(text);
        }
        let len = len.filter(|_| !it.unicode).ok_or(Stop::NotHere)?;
        let text = match (it.width, it.precision) {
            (Some(width), None) => string_field(heap, text, len, width, it)?,
            (Some(width), Some(most)) if width == most => string_field(heap, text, len, width, it)?,
            (width, Some(most)) => {
                let whole = Control {
                    is_left: true,
                    ..it
                };
                let text = string_field(heap, text, len, most, whole)?;
                match width {
                    None => text,
                    Some(width) if width > most => adjust(heap, text, width - most, it)?,
                    Some(_) => return Err(Stop::NotHere),
                }
            }
            (None, None) => text,
        };
        self.deep(text)
    }
}

fn is_compound(term: Term) -> bool {
    term.is_cons() || term.is_bitstring() || term.as_tuple().is_some() || term.is_map()
}

fn is_latin1(text: &str) -> bool {
    text.chars().all(|c| c <= '\u{ff}')
}

/// The elements of a list and of the lists in it, one after the other.
struct Deep {
    at: Term,
    outer: Vec<Term>,
}

impl Deep {
    fn of(list: Term) -> Deep {
        Deep {
            at: list,
            outer: Vec::new(),
        }
    }

    /// The next element that is no list. What ends in something else is left to OTP's code.
    fn next(&mut self) -> Result<Option<Term>, Stop> {
        loop {
            match self.at.as_cons() {
                Some((head, tail)) if head.is_list() => {
                    self.outer.try_push(tail)?;
                    self.at = head;
                }
                Some((head, tail)) => {
                    self.at = tail;
                    return Ok(Some(head));
                }
                None if !self.at.is_nil() => return Err(Stop::NotHere),
                None => match self.outer.pop() {
                    Some(next) => self.at = next,
                    None => return Ok(None),
                },
            }
        }
    }
}

/// How many characters a list of characters and such lists has, if all of them are Latin-1. Binaries
/// in it would have to become lists: that is left to OTP's code.
fn list_of_chars(list: Term, unicode: bool) -> Result<Option<usize>, Stop> {
    if !list.is_list() {
        return Err(Stop::NotHere);
    }
    let (mut len, mut is_latin1) = (0, true);
    let mut chars = Deep::of(list);
    while let Some(char) = chars.next()? {
        match char.as_small() {
            Some(0..=0xff) => {}
            Some(0x100..=0x10_ffff) if unicode => is_latin1 = false,
            _ => return Err(Stop::NotHere),
        }
        len += 1;
    }
    Ok(is_latin1.then_some(len))
}

/// A text of `len` characters in a field, cut off if it is longer.
fn string_field<H: Heap + ?Sized>(
    heap: &mut H,
    text: Term,
    len: usize,
    width: usize,
    it: Control,
) -> Result<Term, Stop> {
    if len <= width {
        return adjust(heap, text, width - len, it);
    }
    let (mut front, mut chars) = (Vec::new(), Deep::of(text));
    while front.len() < width {
        front.try_push(chars.next()?.ok_or(Stop::NotHere)?)?;
    }
    Ok(heap.list(&front)?)
}

/// A term's text of `len` characters in a field; stars show that it has more than the precision.
fn term_field<H: Heap + ?Sized>(
    heap: &mut H,
    text: Term,
    len: usize,
    width: usize,
    it: Control,
) -> Result<Term, Stop> {
    let most = len.min(it.precision.unwrap_or(width)).min(width);
    if len <= most {
        return adjust(heap, text, width - len, it);
    }
    let stars = match most {
        0 => Term::NIL,
        _ => padding(heap, Term::small('*' as isize), most)?,
    };
    adjust(heap, stars, width - most, it)
}

/// A text with so much padding on the side that is free.
fn adjust<H: Heap + ?Sized>(
    heap: &mut H,
    text: Term,
    count: usize,
    it: Control,
) -> Result<Term, Stop> {
    if count == 0 {
        return Ok(text);
    }
    let pad = padding(heap, Term::small(it.pad as isize), count)?;
    Ok(match it.is_left {
        true => heap.cons(text, pad)?,
        false => heap.cons(pad, text)?,
    })
}

/// A deep list of so many copies of a character, half of which are shared.
fn padding<H: Heap + ?Sized>(heap: &mut H, char: Term, count: usize) -> Result<Term, OutOfMemory> {
    let low = |count: usize| count < 4;
    let mut shift = 0;
    while !low(count >> shift) {
        shift += 1;
    }
    let few = [char; 3];
    let mut list = heap.list(&few[..count >> shift])?;
    for shift in (0..shift).rev() {
        list = heap.cons(list, list)?;
        if (count >> shift) & 1 == 1 {
            list = heap.cons(char, list)?;
        }
    }
    Ok(list)
}
