//! `binary`: searching, splitting and taking binaries apart.
//!
//! A compiled pattern is `{bm, Pattern}` or `{ac, Patterns}`, without state of its own.

use super::binary_search::Searcher;
use super::erlang_binary::{
    binary, binary_part, binary_to_list_1, bits, bytes_to_list, list_to_binary_1, pair, part,
};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::memory::build::ListBuilder;
use crate::memory::fallible::{Grow, collect};
use crate::term::bits_get::get_int;
use crate::term::bits_put::put_int;
use crate::term::{Int, Subtag, Term, WORD_BITS, atoms};
use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("binary", "at", 2, |_, a| at(a[0], a[1])),
    bif("binary", "first", 1, |_, a| at(a[0], Term::small(0))),
    bif("binary", "last", 1, |_, a| last(a[0])),
    bif("binary", "part", 2, part_2),
    bif("binary", "part", 3, |c, a| {
        binary_part(&mut c.p.heap, a[0], a[1], a[2])
    }),
    bif("binary", "bin_to_list", 1, binary_to_list_1),
    bif("binary", "bin_to_list", 2, bin_to_list_2),
    bif("binary", "bin_to_list", 3, |c, a| {
        bin_to_list(c, a[0], a[1], a[2])
    }),
    bif("binary", "list_to_bin", 1, list_to_binary_1),
    bif("binary", "copy", 1, |c, a| {
        charge(c, a[0]);
        copy(&mut c.p.heap, a[0], Term::small(1))
    }),
    bif("binary", "copy", 2, |c, a| {
        let result = copy(&mut c.p.heap, a[0], a[1])?;
        charge(c, result);
        Ok(result)
    }),
    bif("binary", "compile_pattern", 1, |c, a| {
        compile_pattern(&mut c.p.heap, a[0])
    }),
    bif("binary", "match", 2, |c, a| {
        charge(c, a[0]);
        match_first(&mut c.p.heap, a[0], a[1], Term::NIL)
    }),
    bif("binary", "match", 3, |c, a| {
        charge(c, a[0]);
        match_first(&mut c.p.heap, a[0], a[1], a[2])
    }),
    bif("binary", "matches", 2, |c, a| {
        charge(c, a[0]);
        match_all(&mut c.p.heap, a[0], a[1], Term::NIL)
    }),
    bif("binary", "matches", 3, |c, a| {
        charge(c, a[0]);
        match_all(&mut c.p.heap, a[0], a[1], a[2])
    }),
    bif("binary", "split", 2, |c, a| {
        charge(c, a[0]);
        split(&mut c.p.heap, a[0], a[1], Term::NIL)
    }),
    bif("binary", "split", 3, |c, a| {
        charge(c, a[0]);
        split(&mut c.p.heap, a[0], a[1], a[2])
    }),
    bif("binary", "longest_common_prefix", 1, |_, a| {
        longest_common(a[0], false)
    }),
    bif("binary", "longest_common_suffix", 1, |_, a| {
        longest_common(a[0], true)
    }),
    bif("binary", "decode_unsigned", 1, |c, a| {
        decode_unsigned(&mut c.p.heap, a[0], atoms::BIG)
    }),
    bif("binary", "decode_unsigned", 2, |c, a| {
        decode_unsigned(&mut c.p.heap, a[0], a[1])
    }),
    bif("binary", "encode_unsigned", 1, |c, a| {
        encode_unsigned(&mut c.p.heap, a[0], atoms::BIG)
    }),
    bif("binary", "encode_unsigned", 2, |c, a| {
        encode_unsigned(&mut c.p.heap, a[0], a[1])
    }),
    bif("binary", "referenced_byte_size", 1, |c, a| {
        referenced_byte_size(&mut c.p.heap, a[0])
    }),
];

fn at(whole: Term, pos: Term) -> BifResult {
    let bits = binary(whole)?;
    match pos.as_usize() {
        Some(pos) if pos < bits.len / 8 => Ok(Term::small(bits.byte(pos) as isize)),
        _ => Err(Raise::BADARG),
    }
}

fn last(whole: Term) -> BifResult {
    let bits = binary(whole)?;
    match (bits.len / 8).checked_sub(1) {
        Some(pos) => Ok(Term::small(bits.byte(pos) as isize)),
        None => Err(Raise::BADARG),
    }
}

fn part_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (pos, len) = pair(args[1])?;
    binary_part(&mut c.p.heap, args[0], pos, len)
}

fn bin_to_list_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (pos, len) = pair(args[1])?;
    bin_to_list(c, args[0], pos, len)
}

fn bin_to_list(c: &mut Ctx<'_>, whole: Term, pos: Term, len: Term) -> BifResult {
    let bits = binary(whole)?;
    let (pos, len) = part(bits.len / 8, pos, len)?;
    bytes_to_list(c, bits.slice(pos * 8, len * 8), Term::NIL)
}

/// `count` copies, one after the other, in memory of their own. As in OTP, no copies may be made
/// of any bit string.
fn copy<H: Heap + ?Sized>(heap: &mut H, whole: Term, count: Term) -> BifResult {
    let bits = bits(whole)?;
    let count = count.as_usize().ok_or(Raise::BADARG)?;
    if !bits.is_binary() && count > 0 {
        return Err(Raise::BADARG);
    }
    let size = bits.len / 8;
    let total = size.checked_mul(count).ok_or(Raise::SYSTEM_LIMIT)?;
    let (term, data) = heap.new_binary(total)?;
    if total > 0 {
        bits.copy_to(&mut data[..size]);
    }
    let mut done = size;
    while done < total {
        let step = done.min(total - done);
        data.copy_within(..step, done);
        done += step;
    }
    Ok(term)
}

/// The bytes of a pattern, which may not be empty.
fn pattern_bytes<'a>(term: Term) -> Result<Cow<'a, [u8]>, Raise> {
    match term.as_binary() {
        Some(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(Raise::BADARG),
    }
}

/// The patterns of a binary, a list of binaries, or a compiled pattern.
fn patterns<'a>(term: Term) -> Result<Vec<Cow<'a, [u8]>>, Raise> {
    let term = match term.as_tuple() {
        Some(&[atoms::BM, pattern]) if pattern.is_bitstring() => pattern,
        Some(&[atoms::AC, patterns]) if patterns.is_cons() => patterns,
        Some(_) => return Err(Raise::BADARG),
        None => term,
    };
    if !term.is_cons() {
        return Ok(collect([pattern_bytes(term)?])?);
    }
    let mut iter = term.list_iter();
    let mut patterns = Vec::new();
    for pattern in iter.by_ref() {
        patterns.try_push(pattern_bytes(pattern)?)?;
    }
    if iter.rest().is_nil() {
        Ok(patterns)
    } else {
        Err(Raise::BADARG)
    }
}

fn compile_pattern<H: Heap + ?Sized>(heap: &mut H, term: Term) -> BifResult {
    if term.is_tuple() {
        return Err(Raise::BADARG);
    }
    let count = patterns(term)?.len();
    let compiled = match term.as_cons() {
        Some((one, _)) if count == 1 => [atoms::BM, one],
        Some(_) => [atoms::AC, term],
        None => [atoms::BM, term],
    };
    Ok(heap.tuple(&compiled)?)
}

/// Bytes that are searched for one reduction.
const BYTES: usize = 128;

/// Counts a search through a binary.
fn charge(c: &mut Ctx<'_>, subject: Term) {
    let size = subject.as_bits().map_or(0, |bits| bits.len / 8);
    super::work::charge(c, size / BYTES);
}

/// The options of a search.
#[derive(Default)]
struct Options {
    /// Where to search, as position and length; everywhere if it is not given.
    scope: Option<(Term, Term)>,
    global: bool,
    trim: bool,
    trim_all: bool,
}

impl Options {
    /// Reads a list of options; those of a split besides the scope only if `of_split`.
    fn parse(list: Term, of_split: bool) -> Result<Options, Raise> {
        if !list.is_list() {
            return Err(Raise::BADARG);
        }
        let mut options = Options::default();
        for option in list.list_iter() {
            match (option, option.as_tuple()) {
                (_, Some(&[atoms::SCOPE, scope])) => options.scope = Some(pair(scope)?),
                (atoms::GLOBAL, _) if of_split => options.global = true,
                (atoms::TRIM, _) if of_split => options.trim = true,
                (atoms::TRIM_ALL, _) if of_split => options.trim_all = true,
                _ => return Err(Raise::BADARG),
            }
        }
        Ok(options)
    }

    /// The positions to search of so many bytes.
    fn range(&self, size: usize) -> Result<core::ops::Range<usize>, Raise> {
        match self.scope {
            None => Ok(0..size),
            Some((pos, len)) => part(size, pos, len).map(|(start, len)| start..start + len),
        }
    }
}

/// Calls `found` with the position and length of each match, until it says that this is enough.
fn search(
    bytes: &[u8],
    term: Term,
    options: &Options,
    mut found: impl FnMut(usize, usize) -> Result<bool, Raise>,
) -> Result<(), Raise> {
    let range = options.range(bytes.len())?;
    // As in OTP, a bad pattern does not matter where nothing is to be searched.
    if range.is_empty() {
        return Ok(());
    }
    let patterns = patterns(term)?;
    let searcher = Searcher::new(&patterns)?;
    let mut at = range.start;
    while let Some((skipped, len)) = searcher.find(&bytes[at..range.end]) {
        if !found(at + skipped, len)? {
            break;
        }
        at += skipped + len;
    }
    Ok(())
}

fn position<H: Heap + ?Sized>(heap: &mut H, pos: usize, len: usize) -> BifResult {
    let terms = [heap.uint(pos as u64)?, heap.uint(len as u64)?];
    Ok(heap.tuple(&terms)?)
}

fn match_first<H: Heap + ?Sized>(
    heap: &mut H,
    subject: Term,
    pattern: Term,
    options: Term,
) -> BifResult {
    let bytes = subject.as_binary().ok_or(Raise::BADARG)?;
    let options = Options::parse(options, false)?;
    let mut result = atoms::NOMATCH;
    search(&bytes, pattern, &options, |pos, len| {
        result = position(heap, pos, len)?;
        Ok(false)
    })?;
    Ok(result)
}

fn match_all<H: Heap + ?Sized>(
    heap: &mut H,
    subject: Term,
    pattern: Term,
    options: Term,
) -> BifResult {
    let bytes = subject.as_binary().ok_or(Raise::BADARG)?;
    let options = Options::parse(options, false)?;
    let mut list = ListBuilder::new();
    search(&bytes, pattern, &options, |pos, len| {
        let found = position(heap, pos, len)?;
        list.push(heap, found)?;
        Ok(true)
    })?;
    Ok(list.finish(Term::NIL))
}

/// The parts between matches, of all of them or around the first. `trim` leaves out empty parts
/// at the end, `trim_all` all empty ones.
fn split<H: Heap + ?Sized>(heap: &mut H, subject: Term, pattern: Term, options: Term) -> BifResult {
    let bytes = subject.as_binary().ok_or(Raise::BADARG)?;
    let options = Options::parse(options, true)?;
    let mut parts = Parts {
        list: ListBuilder::new(),
        empty: 0,
        options: &options,
    };
    let mut start = 0;
    search(&bytes, pattern, &options, |pos, len| {
        parts.push(heap, subject, start, pos - start)?;
        start = pos + len;
        Ok(options.global)
    })?;
    parts.push(heap, subject, start, bytes.len() - start)?;
    Ok(parts.list.finish(Term::NIL))
}

struct Parts<'a> {
    list: ListBuilder,
    /// Empty parts that belong here, unless nothing but empty parts follows.
    empty: usize,
    options: &'a Options,
}

impl Parts<'_> {
    fn push<H: Heap + ?Sized>(
        &mut self,
        heap: &mut H,
        subject: Term,
        start: usize,
        len: usize,
    ) -> Result<(), Raise> {
        if len == 0 && (self.options.trim || self.options.trim_all) {
            self.empty += !self.options.trim_all as usize;
            return Ok(());
        }
        for _ in 0..core::mem::take(&mut self.empty) {
            let empty = heap.binary(&[])?;
            self.list.push(heap, empty)?;
        }
        let part = heap.sub_bits(subject, start * 8, len * 8)?;
        Ok(self.list.push(heap, part)?)
    }
}

/// How many bytes the binaries of a list have in common at the front, or at the end.
fn longest_common(list: Term, at_end: bool) -> BifResult {
    let mut iter = list.list_iter();
    let first = iter.next().and_then(Term::as_binary).ok_or(Raise::BADARG)?;
    let mut common = first.len();
    for term in iter.by_ref() {
        let bytes = term.as_binary().ok_or(Raise::BADARG)?;
        let same = |(a, b): &(&u8, &u8)| a == b;
        let count = if at_end {
            let pairs = first.iter().rev().zip(bytes.iter().rev());
            pairs.take(common).take_while(same).count()
        } else {
            let pairs = first.iter().zip(bytes.iter());
            pairs.take(common).take_while(same).count()
        };
        common = count;
    }
    if !iter.rest().is_nil() {
        return Err(Raise::BADARG);
    }
    Ok(Term::small(common as isize))
}

/// Does this name the little-endian order?
fn is_little(order: Term) -> Result<bool, Raise> {
    match order {
        atoms::LITTLE => Ok(true),
        atoms::BIG => Ok(false),
        _ => Err(Raise::BADARG),
    }
}

fn decode_unsigned<H: Heap + ?Sized>(heap: &mut H, whole: Term, order: Term) -> BifResult {
    let little = is_little(order)?;
    Ok(get_int(heap, binary(whole)?, false, little)?)
}

fn encode_unsigned<H: Heap + ?Sized>(heap: &mut H, value: Term, order: Term) -> BifResult {
    let little = is_little(order)?;
    let value = value.as_int().ok_or(Raise::BADARG)?;
    if value.is_negative() {
        return Err(Raise::BADARG);
    }
    let bits = match value {
        Int::Small(v) => WORD_BITS - v.leading_zeros() as usize,
        Int::Big { limbs, .. } => {
            let top = limbs.last().map_or(0, |l| l.leading_zeros() as usize);
            limbs.len() * WORD_BITS - top
        }
    };
    let size = bits.div_ceil(8).max(1);
    let (term, data) = heap.new_binary(size)?;
    put_int(data, 0, size * 8, value, little);
    Ok(term)
}

/// The size of what a binary keeps alive, which is more than its own when it is a part.
fn referenced_byte_size<H: Heap + ?Sized>(heap: &mut H, whole: Term) -> BifResult {
    let bits = whole.as_bits().ok_or(Raise::BADARG)?;
    let len = match whole.subtag() {
        Some(Subtag::SubBin) => Term::from_word(whole.boxed_word(1))
            .as_bits()
            .map_or(bits.len, |base| base.len),
        _ => bits.len,
    };
    Ok(heap.uint(len.div_ceil(8) as u64)?)
}
