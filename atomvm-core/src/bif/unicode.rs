//! `unicode`: text in lists and binaries, nested to any depth, to one binary or list.
//!
//! Text in Latin-1 and UTF-8 is converted here; for the other encodings the functions go on in
//! the Erlang code of the module.

use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::OutOfMemory;
use crate::memory::build::ListBuilder;
use crate::term::utf::{Utf8, is_char, utf8_decode, utf8_encode};
use crate::term::{Bits, Term, atoms};
use crate::vm::settings::Limit;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("unicode", "characters_to_binary", 2, characters_to_binary_2),
    bif("unicode", "characters_to_list", 2, characters_to_list_2),
    bif("unicode", "bin_is_7bit", 1, |_, a| Ok(bin_is_7bit(a[0]))),
];

fn characters_to_binary_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match Encoding::of(args[1]) {
        Some(encoding) => characters_to_binary(c, args[0], encoding),
        None => go_on(c, atoms::CHARACTERS_TO_BINARY_INT, args),
    }
}

fn characters_to_list_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match Encoding::of(args[1]) {
        Some(encoding) => {
            let data = args[0];
            work::run(c, |_| Ok(Convert::<ToList>::of(data, encoding)))
        }
        None => go_on(c, atoms::CHARACTERS_TO_LIST_INT, args),
    }
}

fn go_on(c: &mut Ctx<'_>, function: Term, args: &[Term]) -> BifResult {
    let name = match args[1].as_tuple() {
        Some(&[name, order]) if matches!(c.rt.atoms.name(order), "big" | "little") => name,
        _ => args[1],
    };
    if !matches!(c.rt.atoms.name(name), "utf16" | "utf32") {
        return Err(Raise::BADARG);
    }
    let export = c.rt.export(atoms::UNICODE, function, 2)?;
    Err(c.p.trap_to(export, args))
}

/// How binaries hold characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Latin1,
    Utf8,
}

impl Encoding {
    fn of(term: Term) -> Option<Encoding> {
        match term {
            atoms::LATIN1 => Some(Encoding::Latin1),
            atoms::UTF8 | atoms::UNICODE => Some(Encoding::Utf8),
            _ => None,
        }
    }
}

fn bin_is_7bit(term: Term) -> Term {
    Term::bool(term.as_binary().is_some_and(|bytes| bytes.is_ascii()))
}

fn characters_to_binary(c: &mut Ctx<'_>, data: Term, encoding: Encoding) -> BifResult {
    // As in OTP, a binary alone in a list is as good as the binary.
    let data = match data.as_cons() {
        Some((head, Term::NIL)) if encoding == Encoding::Utf8 && head.is_bitstring() => head,
        _ => data,
    };
    if !c.p.has_work()
        && let Some(bytes) = data.as_binary()
    {
        let unchanged = match encoding {
            Encoding::Latin1 => bytes.is_ascii(),
            Encoding::Utf8 => core::str::from_utf8(&bytes).is_ok(),
        };
        work::charge(c, bytes.len() / (PARTS * BYTES));
        if unchanged {
            return Ok(data);
        }
    }
    work::run(c, |_| Ok(Convert::<ToBinary>::of(data, encoding)))
}

/// Parts of a text that are converted for one reduction.
const PARTS: usize = 16;

/// Bytes that are converted in the time of a part.
const BYTES: usize = 16;

/// Bytes of a binary that are converted at once.
const RUN: usize = 32 << 10;

/// What collects characters.
trait Sink: Default + Send + 'static {
    fn push<H: Heap + ?Sized>(&mut self, heap: &mut H, value: u32) -> Result<(), OutOfMemory>;
    fn push_str<H: Heap + ?Sized>(&mut self, heap: &mut H, text: &str) -> Result<(), OutOfMemory>;
    fn finish<H: Heap + ?Sized>(self, heap: &mut H) -> Result<Term, OutOfMemory>;
}

/// Makes a binary in UTF-8.
#[derive(Default)]
struct ToBinary(Vec<u8>);

impl Sink for ToBinary {
    fn push<H: Heap + ?Sized>(&mut self, _: &mut H, value: u32) -> Result<(), OutOfMemory> {
        self.0.try_reserve(4).map_err(|_| OutOfMemory)?;
        if let Some((bytes, len)) = utf8_encode(value) {
            self.0.extend_from_slice(&bytes[..len]);
        }
        Ok(())
    }

    fn push_str<H: Heap + ?Sized>(&mut self, _: &mut H, text: &str) -> Result<(), OutOfMemory> {
        self.0.try_reserve(text.len()).map_err(|_| OutOfMemory)?;
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn finish<H: Heap + ?Sized>(self, heap: &mut H) -> Result<Term, OutOfMemory> {
        heap.binary(&self.0)
    }
}

/// Makes a list of characters.
#[derive(Default)]
struct ToList(ListBuilder);

impl Sink for ToList {
    fn push<H: Heap + ?Sized>(&mut self, heap: &mut H, value: u32) -> Result<(), OutOfMemory> {
        self.0.push(heap, Term::small(value as isize))
    }

    fn push_str<H: Heap + ?Sized>(&mut self, heap: &mut H, text: &str) -> Result<(), OutOfMemory> {
        text.chars().try_for_each(|c| self.push(heap, c as u32))
    }

    fn finish<H: Heap + ?Sized>(self, _: &mut H) -> Result<Term, OutOfMemory> {
        Ok(self.0.finish(Term::NIL))
    }
}

/// Makes the text of data, or `{error, Good, Rest}`, or `{incomplete, Good, Rest}`.
struct Convert<S> {
    check: Option<Check>,
    walk: Walk<S>,
}

impl<S: Sink> Convert<S> {
    fn of(data: Term, encoding: Encoding) -> Convert<S> {
        Convert {
            check: Some(Check {
                current: data,
                pending: Vec::new(),
            }),
            walk: Walk {
                sink: S::default(),
                encoding,
                current: data,
                at: 0,
                outer: Vec::new(),
                held: Held::default(),
            },
        }
    }
}

impl<S: Sink> Work for Convert<S> {
    const PER_REDUCTION: usize = PARTS;
    const LIMIT: Option<Limit> = Some(Limit::Unicode);

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if let Some(check) = &mut self.check {
            if !check.step(fuel)? {
                return Ok(None);
            }
            self.check = None;
        }
        let (heap, walk) = (&mut c.p.heap, &mut self.walk);
        match walk.run(heap, fuel)? {
            Progress::More => Ok(None),
            Progress::Done if walk.held.len == 0 => {
                Ok(Some(core::mem::take(&mut walk.sink).finish(heap)?))
            }
            Progress::Done => {
                let tag = if walk.held.may_go_on() {
                    atoms::INCOMPLETE
                } else {
                    atoms::ERROR
                };
                let rest = heap.binary(walk.held.bytes())?;
                walk.failed(heap, tag, rest).map(Some)
            }
            Progress::Stopped(rest) => {
                let rest = walk.rest(heap, rest)?;
                walk.failed(heap, atoms::ERROR, rest).map(Some)
            }
        }
    }
}

/// Checks that data is made of integers, binaries and lists of them. What follows a big integer
/// is not looked at, as in OTP.
struct Check {
    current: Term,
    pending: Vec<Term>,
}

impl Check {
    fn step(&mut self, fuel: &mut Fuel) -> Result<bool, Raise> {
        let is_binary = |term: Term| term.as_bits().is_some_and(|bits| bits.is_binary());
        loop {
            if let Some((head, tail)) = self.current.as_cons() {
                self.current = tail;
                if head.is_list() {
                    push(&mut self.pending, tail)?;
                    self.current = head;
                } else if head.is_big() {
                    return Ok(true);
                } else if !head.is_small() && !is_binary(head) {
                    return Err(Raise::BADARG);
                }
                if !fuel.burn(1) {
                    return Ok(false);
                }
            } else if !self.current.is_nil() && !is_binary(self.current) {
                return Err(Raise::BADARG);
            } else {
                match self.pending.pop() {
                    Some(next) => self.current = next,
                    None => return Ok(true),
                }
            }
        }
    }
}

fn push(pending: &mut Vec<Term>, term: Term) -> Result<(), OutOfMemory> {
    pending.try_reserve(1).map_err(|_| OutOfMemory)?;
    pending.push(term);
    Ok(())
}

/// The front of a character at the end of a binary, which the next binary may complete.
#[derive(Default)]
struct Held {
    bytes: [u8; 4],
    len: usize,
}

/// The bytes of a character that starts with `first`; 0 if none does.
fn char_len(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xbf | 0xf8.. => 0,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
    }
}

impl Held {
    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Could more bytes make this a character? Only the form is looked at, as in OTP.
    fn may_go_on(&self) -> bool {
        self.bytes()[1..].iter().all(|b| b & 0xc0 == 0x80)
    }
}

struct Walk<S> {
    sink: S,
    encoding: Encoding,
    /// What is still to do of the list that is being walked through, and of those around it, the
    /// innermost last.
    current: Term,
    /// How many bytes have been taken of the binary at hand.
    at: usize,
    outer: Vec<Term>,
    held: Held,
}

/// What a walk has come to.
enum Progress {
    /// There is more to do.
    More,
    Done,
    /// An error: what is left of the current list.
    Stopped(Term),
}

/// How far the bytes of a binary were good.
enum Fed {
    /// To the end, but for what is held.
    All,
    /// To this byte.
    Until(usize),
    /// They do not go on with the character that is held.
    Nothing,
    /// To this byte, from which to go on.
    Part(usize),
}

impl<S: Sink> Walk<S> {
    /// Converts on.
    fn run<H: Heap + ?Sized>(&mut self, heap: &mut H, fuel: &mut Fuel) -> Result<Progress, Raise> {
        loop {
            if fuel.is_empty() {
                return Ok(Progress::More);
            }
            fuel.burn(1);
            if let Some((head, tail)) = self.current.as_cons() {
                if head.is_list() {
                    push(&mut self.outer, tail)?;
                    self.current = head;
                } else if let Some(bits) = head.as_bits() {
                    match self.feed(heap, bits, fuel)? {
                        Fed::All => self.current = tail,
                        Fed::Part(at) => {
                            self.at = at;
                            continue;
                        }
                        Fed::Until(at) => {
                            let part = heap.sub_bits(head, at * 8, bits.len - at * 8)?;
                            return Ok(Progress::Stopped(heap.cons(part, tail)?));
                        }
                        Fed::Nothing => return Ok(Progress::Stopped(self.current)),
                    }
                } else if self.push_char(heap, head)? {
                    self.current = tail;
                } else {
                    return Ok(Progress::Stopped(self.current));
                }
                self.at = 0;
                continue;
            }
            if let Some(bits) = self.current.as_bits() {
                match self.feed(heap, bits, fuel)? {
                    Fed::All => {}
                    Fed::Part(at) => {
                        self.at = at;
                        continue;
                    }
                    Fed::Until(at) => {
                        let part = heap.sub_bits(self.current, at * 8, bits.len - at * 8)?;
                        return Ok(Progress::Stopped(part));
                    }
                    Fed::Nothing => return Ok(Progress::Stopped(self.current)),
                }
            }
            self.at = 0;
            match self.outer.pop() {
                Some(next) => self.current = next,
                None => return Ok(Progress::Done),
            }
        }
    }

    fn push_char<H: Heap + ?Sized>(&mut self, heap: &mut H, value: Term) -> Result<bool, Raise> {
        let limit = match self.encoding {
            Encoding::Latin1 => 0xff,
            Encoding::Utf8 => 0x10_ffff,
        };
        match value.as_usize() {
            Some(value) if value <= limit && is_char(value as u32) && self.held.len == 0 => {
                self.sink.push(heap, value as u32)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Takes bytes of the binary at hand, from `self.at` on, to its end or as many as are taken at
    /// once.
    fn feed<H: Heap + ?Sized>(
        &mut self,
        heap: &mut H,
        bits: Bits<'_>,
        fuel: &mut Fuel,
    ) -> Result<Fed, Raise> {
        let size = bits.len / 8;
        let count = (size - self.at).min(RUN);
        let is_last = self.at + count == size;
        let run = bits.slice(self.at * 8, count * 8);
        let bytes = run.bytes();
        fuel.burn(count / BYTES);
        if self.encoding == Encoding::Latin1 {
            for &byte in bytes.iter() {
                self.sink.push(heap, byte as u32)?;
            }
            return Ok(if is_last {
                Fed::All
            } else {
                Fed::Part(self.at + count)
            });
        }
        let Some(mut at) = self.complete(heap, &bytes)? else {
            return Ok(Fed::Nothing);
        };
        // The standard library finds the longest good run; only what stops it is looked at here.
        let rest = &bytes[at..];
        let good = match core::str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => match core::str::from_utf8(&rest[..error.valid_up_to()]) {
                Ok(text) => text,
                Err(_) => return Ok(Fed::Until(self.at + at)),
            },
        };
        self.sink.push_str(heap, good)?;
        at += good.len();
        let rest = &bytes[at..];
        match rest.first() {
            None if is_last => Ok(Fed::All),
            None => Ok(Fed::Part(self.at + at)),
            Some(&first) if rest.len() < char_len(first) && !is_last => Ok(Fed::Part(self.at + at)),
            Some(&first) if rest.len() < char_len(first) => {
                self.held.len = rest.len();
                self.held.bytes[..rest.len()].copy_from_slice(rest);
                Ok(Fed::All)
            }
            Some(_) => Ok(Fed::Until(self.at + at)),
        }
    }

    /// Adds what belongs to it to the character that is held: how many bytes, or `None` if they
    /// do not make it one.
    fn complete<H: Heap + ?Sized>(
        &mut self,
        heap: &mut H,
        bytes: &[u8],
    ) -> Result<Option<usize>, Raise> {
        let held = self.held.len;
        if held == 0 {
            return Ok(Some(0));
        }
        let len = char_len(self.held.bytes[0]);
        let taken = bytes.len().min(len - held);
        let mut whole = self.held.bytes;
        whole[held..held + taken].copy_from_slice(&bytes[..taken]);
        if held + taken < len {
            self.held = Held {
                bytes: whole,
                len: held + taken,
            };
            return Ok(Some(taken));
        }
        let Utf8::Char(value, _) = utf8_decode(&whole[..len]) else {
            return Ok(None);
        };
        self.sink.push(heap, value)?;
        self.held.len = 0;
        Ok(Some(taken))
    }

    /// What is left of everything, when `rest` is left of the current list.
    fn rest<H: Heap + ?Sized>(&mut self, heap: &mut H, rest: Term) -> BifResult {
        let mut rest = rest;
        for &outer in self.outer.iter().rev() {
            rest = heap.cons(rest, outer)?;
        }
        if self.held.len == 0 {
            return Ok(rest);
        }
        let held = heap.binary(self.held.bytes())?;
        Ok(heap.list(&[held, rest])?)
    }

    fn failed<H: Heap + ?Sized>(&mut self, heap: &mut H, tag: Term, rest: Term) -> BifResult {
        let good = core::mem::take(&mut self.sink).finish(heap)?;
        Ok(heap.tuple(&[tag, good, rest])?)
    }
}
