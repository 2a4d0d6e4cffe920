//! Copying terms from heap to heap, without recursion.

use super::fallible::Grow;
use super::tree::tree_size;
use super::{Heap, OffHeapBinary, OutOfMemory};
use crate::term::{Header, Subtag, TAG_BOXED, TAG_LIST, Term, Word};
use alloc::vec::Vec;
use core::ptr::NonNull;

/// The words that a copy of `term` takes. What is shared inside it counts as often as it is met,
/// as in OTP.
pub fn size(term: Term) -> usize {
    size_within(term, usize::MAX).unwrap_or(usize::MAX)
}

/// As [`size`], if that is at most `limit`. A small term whose parts are shared many times over
/// can have a copy larger than any memory: to count all of it would take for ever.
pub fn size_within(term: Term, limit: usize) -> Option<usize> {
    let mut count = Size::of(term);
    loop {
        match count.step(limit, &mut usize::MAX.clone()) {
            Counted::More => {}
            Counted::Over => return None,
            Counted::All(size) => return Some(size),
        }
    }
}

/// What counting has come to.
pub(crate) enum Counted {
    /// There is more to count.
    More,
    /// It is more than the limit, or there is no memory to count.
    Over,
    /// So many words.
    All(usize),
}

/// Words that are counted one by one; the size of a larger term is found in another way.
const PATIENCE: usize = 1 << 25;

/// The size of a term, so far.
pub(crate) struct Size {
    whole: Term,
    total: usize,
    pending: Vec<Term>,
    current: Term,
    /// Has the size as a tree been asked for?
    asked: bool,
}

impl Size {
    /// To count a term, which must live as long as this.
    pub fn of(term: Term) -> Size {
        Size {
            whole: term,
            total: 0,
            pending: Vec::new(),
            current: term,
            asked: false,
        }
    }

    /// Counts on, as long as there are units of work; a part of a term is one.
    pub fn step(&mut self, limit: usize, units: &mut usize) -> Counted {
        let (mut total, mut current) = (self.total, self.current);
        let done = loop {
            if total > limit {
                return Counted::Over;
            }
            if *units == 0 || (total > PATIENCE && !self.asked) {
                break false;
            }
            *units -= 1;
            match current.tag() {
                TAG_LIST => {
                    total += 2;
                    let head = current.head();
                    if !head.is_immediate() && self.pending.try_push(head).is_err() {
                        return Counted::Over;
                    }
                    current = current.tail();
                    continue;
                }
                TAG_BOXED => {
                    let header = current.header();
                    total += header.arity() + 1;
                    for i in header.term_words() {
                        let part = Term::from_word(current.boxed_word(i));
                        if !part.is_immediate() && self.pending.try_push(part).is_err() {
                            return Counted::Over;
                        }
                    }
                }
                _ => {}
            }
            match self.pending.pop() {
                Some(next) => current = next,
                None => break true,
            }
        };
        (self.total, self.current) = (total, current);
        if done {
            return Counted::All(total);
        }
        if total > PATIENCE && !self.asked {
            self.asked = true;
            return match tree_size(self.whole).map(usize::try_from) {
                Some(Ok(size)) if size <= limit => Counted::All(size),
                Some(_) => Counted::Over,
                None => Counted::More,
            };
        }
        Counted::More
    }
}

/// Copies `term`, which takes `words` words as [`size`] says, onto `heap`.
///
/// The copy is laid out breadth first, except that lists stay together; the words already copied
/// serve as the list of what is left to do.
pub fn copy<H: Heap + ?Sized>(term: Term, words: usize, heap: &mut H) -> Result<Term, OutOfMemory> {
    if term.is_immediate() {
        return Ok(term);
    }
    let start = heap.reserve(words)?.as_ptr();
    let mut top = start;
    let mut scan = start;
    // SAFETY: `size` counted exactly the words that are written here, so `top` stays inside the
    // reserved area, and `scan` follows `top` over whole objects.
    unsafe {
        let result = shallow(term, &mut top, heap.off_heap());
        // The cells of a list are copied together, so a tail may be in the copy already.
        let (low, bytes) = (start as Word, words * size_of::<Word>());
        let is_left = |t: Term| !t.is_immediate() && t.word().wrapping_sub(low) >= bytes;
        while scan < top {
            let word = *scan;
            if word.is_header() {
                let header = Header(word.word());
                let range = header.term_words();
                for i in range {
                    let part = *scan.add(i);
                    if is_left(part) {
                        scan.add(i).write(shallow(part, &mut top, heap.off_heap()));
                    }
                }
                scan = scan.add(header.arity() + 1);
            } else {
                if is_left(word) {
                    scan.write(shallow(word, &mut top, heap.off_heap()));
                }
                scan = scan.add(1);
            }
        }
        debug_assert_eq!(top, start.add(words));
        Ok(result)
    }
}

/// Copies one object (all cells of a list up to its end count as one) to `top`.
///
/// # Safety
/// There is room for it at `top`.
unsafe fn shallow(term: Term, top: &mut *mut Term, list: &mut Term) -> Term {
    // SAFETY: promised by the caller; terms point to live objects.
    unsafe {
        if term.is_cons() {
            let first = *top;
            let mut rest = term;
            loop {
                let cell = *top;
                *top = cell.add(2);
                cell.write(rest.head());
                rest = rest.tail();
                if rest.is_cons() {
                    cell.add(1).write(Term::from_list_ptr(*top));
                } else {
                    cell.add(1).write(rest);
                    break;
                }
            }
            return Term::from_list_ptr(first);
        }
        let words = term.header().arity() + 1;
        let at = *top;
        *top = at.add(words);
        core::ptr::copy_nonoverlapping(term.ptr(), at, words);
        adopt(at, list);
        Term::from_boxed_ptr(at)
    }
}

/// Gives a copied reference to an off-heap binary its own count and place in the list. A copied
/// part of one is not appended to in place.
///
/// # Safety
/// `at` is a whole object that was just copied to the heap that `list` belongs to.
#[inline]
pub(super) unsafe fn adopt(at: *mut Term, list: &mut Term) {
    // SAFETY: promised by the caller; a reference to a binary has the words 2 and 4.
    unsafe {
        let header = Header((*at).word());
        if header.subtag() == Subtag::SubBin {
            let plain = Header::new(Subtag::SubBin, header.arity());
            at.write(Term::from_word(plain.0));
        }
        if header.subtag() != Subtag::RefcBin {
            return;
        }
        if let Some(binary) = NonNull::new((*at.add(2)).word() as *mut OffHeapBinary) {
            binary.as_ref().retain();
            at.add(4).write(*list);
            *list = Term::from_boxed_ptr(at);
        }
    }
}

/// Copies `words` words of whole objects from address `from` to `to`, moving the addresses that
/// point into them.
///
/// # Safety
/// `from` holds whole objects of that many words whose terms refer only to each other (or to
/// what never moves); `to` has room for them.
pub(super) unsafe fn relocate(from: Word, words: usize, to: *mut Term) {
    let source = from as *const Term;
    let bytes = words * size_of::<Term>();
    let shift = |t: Term| {
        if !t.is_immediate() && t.word().wrapping_sub(from) < bytes {
            Term::from_word(t.word().wrapping_sub(from).wrapping_add(to as Word))
        } else {
            t
        }
    };
    let mut i = 0;
    while i < words {
        // SAFETY: promised by the caller.
        unsafe {
            let word = *source.add(i);
            if word.is_header() {
                let header = Header(word.word());
                core::ptr::copy_nonoverlapping(source.add(i), to.add(i), header.arity() + 1);
                for k in header.term_words() {
                    let part = to.add(i + k);
                    part.write(shift(*part));
                }
                i += header.arity() + 1;
            } else {
                to.add(i).write(shift(word));
                i += 1;
            }
        }
    }
}
