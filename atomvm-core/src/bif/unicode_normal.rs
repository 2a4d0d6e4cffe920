//! The first grapheme of a text in a canonical normal form: `unicode_util:nfd/1`, `nfc/1`.

use super::BifResult;
use super::unicode_gc::gc;
use crate::memory::fallible::sort_by_key;
use crate::memory::{Heap, OutOfMemory};
use crate::term::Term;
use crate::unicode::{canonical, combining, compose_pair};
use alloc::vec::Vec;

/// Characters below this are in form D, and alone in their grapheme, as they are.
const ASCII_END: isize = 128;
/// Characters below this are in form C as they are.
const LATIN1_END: isize = 256;

/// `unicode_util:nfd/1`
pub(super) fn nfd<H: Heap + ?Sized>(heap: &mut H, text: Term) -> BifResult {
    in_form(heap, text, ASCII_END, |_| Ok(()))
}

/// `unicode_util:nfc/1`
pub(super) fn nfc<H: Heap + ?Sized>(heap: &mut H, text: Term) -> BifResult {
    in_form(heap, text, LATIN1_END, compose)
}

/// The first grapheme in form D, changed by `after`, unless it is one character below `simple`.
fn in_form<H: Heap + ?Sized>(
    heap: &mut H,
    text: Term,
    simple: isize,
    after: fn(&mut Vec<Term>) -> Result<(), OutOfMemory>,
) -> BifResult {
    let found = gc(heap, text)?;
    let Some((grapheme, rest)) = found.as_cons() else {
        return Ok(found);
    };
    if grapheme.as_small().is_some_and(|char| char < simple) {
        return Ok(found);
    }
    let mut chars = decompose(grapheme)?;
    after(&mut chars)?;
    let grapheme = match chars[..] {
        [char] => char,
        _ => heap.list(&chars)?,
    };
    Ok(heap.cons(grapheme, rest)?)
}

fn push(chars: &mut Vec<Term>, char: Term) -> Result<(), OutOfMemory> {
    chars.try_reserve(1).map_err(|_| OutOfMemory)?;
    chars.push(char);
    Ok(())
}

/// The character, if the term is one.
fn value(char: Term) -> Option<u32> {
    u32::try_from(char.as_small()?).ok()
}

fn class(char: Term) -> u8 {
    value(char).map_or(0, combining)
}

/// The parts of all characters of a grapheme, in canonical order.
fn decompose(grapheme: Term) -> Result<Vec<Term>, OutOfMemory> {
    let mut chars = Vec::new();
    match grapheme.as_cons() {
        None => decompose_char(&mut chars, grapheme)?,
        Some(_) => grapheme
            .list_iter()
            .try_for_each(|char| decompose_char(&mut chars, char))?,
    }
    // What combines is put in the order of its classes, between what does not.
    for run in chars.chunk_by_mut(|&a, &b| class(a) != 0 && class(b) != 0) {
        sort_by_key(run, |&char| class(char))?;
    }
    Ok(chars)
}

fn decompose_char(chars: &mut Vec<Term>, char: Term) -> Result<(), OutOfMemory> {
    let Some(value) = value(char) else {
        return push(chars, char);
    };
    if let Some(parts) = hangul::parts(value) {
        let parts = parts.into_iter().filter(|&part| part != 0);
        return parts
            .into_iter()
            .try_for_each(|part| push(chars, Term::small(part as isize)));
    }
    match canonical(value) {
        None => push(chars, char),
        Some(text) => text
            .chars()
            .try_for_each(|part| push(chars, Term::small(part as isize))),
    }
}

/// Puts together what there is a character for, in place.
fn compose(chars: &mut Vec<Term>) -> Result<(), OutOfMemory> {
    let lead = |char: Term| value(char).is_some_and(hangul::is_lead);
    let vowel = |char: Term| value(char).is_some_and(hangul::is_vowel);
    // Leading consonants without a vowel stay before what is put together.
    let mut from = 0;
    while chars.len() - from >= 2 && lead(chars[from]) && !vowel(chars[from + 1]) {
        from += 1;
    }
    match chars[from..] {
        [first, second, ..] if lead(first) => {
            let third = chars.get(from + 2).copied().and_then(value);
            let (whole, taken) = hangul::compose(
                value(first).unwrap_or_default(),
                value(second).unwrap_or_default(),
                third,
            );
            chars[from] = Term::small(whole as isize);
            chars.drain(from + 1..from + taken);
        }
        _ => compose_with_base(chars, from),
    }
    Ok(())
}

fn compose_with_base(chars: &mut Vec<Term>, from: usize) {
    let Some(&base) = chars.get(from) else {
        return;
    };
    // Of a pair, the class does not matter.
    let is_pair = chars.len() - from == 2;
    let mut base = base;
    let mut previous = if is_pair { 0 } else { class(base) };
    let mut kept = from + 1;
    for i in from + 1..chars.len() {
        let char = chars[i];
        let class = class(char);
        let whole = match (value(base), value(char)) {
            (Some(base), Some(char)) if previous == 0 || previous < class => {
                compose_pair(base, char)
            }
            _ => None,
        };
        match whole {
            Some(whole) => base = Term::small(whole as isize),
            None => {
                chars[kept] = char;
                kept += 1;
                previous = class;
            }
        }
    }
    chars[from] = base;
    chars.truncate(kept);
}

/// Syllables of Hangul are computed (Unicode Standard, 3.12).
mod hangul {
    const SYLLABLE: u32 = 0xac00;
    const LEAD: u32 = 0x1100;
    const LEADS: u32 = 19;
    const VOWEL: u32 = 0x1161;
    const VOWELS: u32 = 21;
    /// One before the first trailing consonant: that is "none".
    const TRAIL: u32 = 0x11a7;
    const TRAILS: u32 = 28;

    pub fn is_lead(char: u32) -> bool {
        (LEAD..LEAD + LEADS).contains(&char)
    }

    pub fn is_vowel(char: u32) -> bool {
        (VOWEL..VOWEL + VOWELS).contains(&char)
    }

    /// The parts of a syllable; the last is 0 if there is no trailing consonant.
    pub fn parts(char: u32) -> Option<[u32; 3]> {
        let index = char.checked_sub(SYLLABLE)?;
        if index >= LEADS * VOWELS * TRAILS {
            return None;
        }
        let trail = match index % TRAILS {
            0 => 0,
            trail => TRAIL + trail,
        };
        Some([
            LEAD + index / (VOWELS * TRAILS),
            VOWEL + index / TRAILS % VOWELS,
            trail,
        ])
    }

    /// The syllable, and of how many characters it was made.
    pub fn compose(lead: u32, vowel: u32, third: Option<u32>) -> (u32, usize) {
        let syllable = SYLLABLE + ((lead - LEAD) * VOWELS + (vowel - VOWEL)) * TRAILS;
        match third.and_then(|third| third.checked_sub(TRAIL)) {
            Some(trail) if trail < TRAILS => (syllable + trail, 3),
            _ => (syllable, 2),
        }
    }
}
