//! Appending to bit strings in place, so that building a binary piece by piece takes linear time.
//!
//! The result of an append is a part (`SubBin` of kind 1, "writable") of an off-heap binary with
//! room to spare:
//!
//! ```text
//!   SubBin, writable, 0 .. end  -->  RefcBin, size = end of what is written
//!                                      --> OffHeapBinary, capacity >= that
//! ```
//!
//! An append to it writes behind the end and makes a new, longer `SubBin`. The older one still
//! exists and keeps its contents: it ends before the size of its `RefcBin` now, so that an append
//! to it copies. Only the holder of the only reference appends in place, and a copied term is not
//! writable ([`copy`](super::copy)), so no other process ever sees bytes change.

use super::{Heap, OffHeapBinary, OutOfMemory, build::HEAP_BINARY_MAX};
use crate::term::boxed::{REFC_BIN_WORDS, SUB_BIN_WORDS};
use crate::term::{Header, Subtag, Term, Word, bits_put};
use core::ptr::NonNull;

/// The kind of a `SubBin` that may be appended to in place.
pub(crate) const WRITABLE: u8 = 1;

/// The least room for a binary that is appended to, in bytes.
const MIN_CAPACITY: usize = 256;

/// A bit string that was made longer.
pub struct Appended<'a> {
    /// The longer bit string.
    pub term: Term,
    /// Its last bytes, from the one that holds the first new bit. The new bits are zero unless
    /// an append that was given up wrote them; write all of them.
    pub data: &'a mut [u8],
    /// The first new bit, counted from the start of `data`: 0 to 7.
    pub at: usize,
}

/// A bit string of `whole` and `extra` bits after it, which the caller writes; `None` when `whole`
/// is no bit string.
///
/// The bytes of `whole` may move: [`Bits`](crate::term::Bits) taken from terms before the call
/// must be taken again after it.
///
/// # Errors
/// There is no memory, or the size passes what a word can count.
pub fn append<'a, H: Heap + ?Sized>(
    heap: &mut H,
    whole: Term,
    extra: usize,
) -> Result<Option<Appended<'a>>, OutOfMemory> {
    let Some(bits) = whole.as_bits() else {
        return Ok(None);
    };
    let end = bits.len.checked_add(extra).ok_or(OutOfMemory)?;
    if let Some(target) = Target::of(whole, bits.len) {
        return target.append(heap, bits.len, end).map(Some);
    }
    if end <= HEAP_BINARY_MAX * 8 {
        let (term, data) = heap.new_bits(end)?;
        bits.copy_to(data);
        let (first, at) = (bits.len / 8, bits.len % 8);
        let data = &mut data[first..];
        return Ok(Some(Appended { term, data, at }));
    }
    let target = Target::new(heap, end)?;
    // SAFETY: the binary is new: nobody else refers to its bytes.
    let data = unsafe { core::slice::from_raw_parts_mut(target.data(), end.div_ceil(8)) };
    bits_put::put_bits(data, 0, bits);
    target.append(heap, bits.len, end).map(Some)
}

/// As [`append`], but the term itself becomes longer, which nobody else may know; takes no words
/// of the heap. `None` when it cannot be appended to in place.
///
/// # Errors
/// There is no memory, or the size passes what a word can count.
pub(crate) fn append_private<'a>(
    whole: Term,
    extra: usize,
) -> Result<Option<Appended<'a>>, OutOfMemory> {
    let Some(bits) = whole.as_bits() else {
        return Ok(None);
    };
    let (start, end) = (bits.len, bits.len.checked_add(extra).ok_or(OutOfMemory)?);
    let Some(mut target) = Target::of(whole, start) else {
        return Ok(None);
    };
    target.reserve(end.div_ceil(8))?;
    let (data, at) = target.written(start, end);
    // SAFETY: word 3 of a part is its size; its binary has so many bits now.
    unsafe { whole.ptr().add(3).write(Term::from_word(end)) };
    Ok(Some(Appended {
        term: whole,
        data,
        at,
    }))
}

/// An empty bit string to append to, with room for `capacity` bytes (less if there is no memory
/// for so many).
///
/// # Errors
/// There is no memory.
pub(crate) fn writable<H: Heap + ?Sized>(
    heap: &mut H,
    capacity: usize,
) -> Result<Term, OutOfMemory> {
    let target =
        Target::new(heap, capacity.saturating_mul(8) / 2).or_else(|_| Target::new(heap, 0))?;
    Ok(target.append(heap, 0, 0)?.term)
}

/// The room behind a writable part, of whole bytes, that can be appended to in place.
pub(crate) struct Room(Target);

impl Room {
    /// That behind `whole`.
    #[inline(always)]
    pub fn behind(whole: Term) -> Option<Room> {
        let part = Header::with_kind(Subtag::SubBin, WRITABLE, SUB_BIN_WORDS - 1);
        if !whole.is_boxed() || whole.header() != part || !whole.boxed_word(3).is_multiple_of(8) {
            return None;
        }
        Target::of(whole, whole.boxed_word(3)).map(Room)
    }

    /// What parts of the binary refer to.
    #[inline(always)]
    pub fn base(&self) -> Term {
        self.0.base
    }

    /// The first byte of the binary.
    #[inline(always)]
    pub fn data(&self) -> *mut u8 {
        self.0.data()
    }

    /// How many bytes are written.
    #[inline(always)]
    pub fn start(&self) -> usize {
        self.0.base.boxed_word(1) / 8
    }

    /// How many may be written.
    #[inline(always)]
    pub fn end(&self) -> usize {
        // SAFETY: the base keeps the binary alive.
        unsafe { self.0.binary.as_ref() }.capacity()
    }

    /// Counts the bits up to `end` as written.
    ///
    /// # Safety
    /// They are, and lie in the room.
    #[inline(always)]
    pub unsafe fn take(&self, end: usize) {
        // SAFETY: word 1 is the size.
        unsafe { self.0.set_word(1, end) };
    }
}

/// An off-heap binary that this heap alone refers to, through the `RefcBin` `base`.
struct Target {
    base: Term,
    binary: NonNull<OffHeapBinary>,
}

impl Target {
    /// What `whole`, of `len` bits, is the written part of, if it can be appended to in place.
    #[inline(always)]
    fn of(whole: Term, len: usize) -> Option<Target> {
        if whole.subtag() != Some(Subtag::SubBin) || whole.header().kind() != WRITABLE {
            return None;
        }
        let base = Term::from_word(whole.boxed_word(1));
        let refc = Header::new(Subtag::RefcBin, REFC_BIN_WORDS - 1);
        if base.header() != refc || base.boxed_word(1) != len {
            return None;
        }
        let binary = NonNull::new(base.boxed_word(2) as *mut OffHeapBinary)?;
        // SAFETY: `base` keeps the binary alive.
        let unique = unsafe { binary.as_ref() }.is_unique();
        unique.then_some(Target { base, binary })
    }

    /// A new binary for `end` bits and more to come.
    fn new<H: Heap + ?Sized>(heap: &mut H, end: usize) -> Result<Target, OutOfMemory> {
        let needed = end.div_ceil(8);
        let binary = OffHeapBinary::allocate(roomy(needed), heap.budget())
            .or_else(|_| OffHeapBinary::allocate(needed, heap.budget()))?;
        heap.made_off_heap(needed);
        // SAFETY: the reference is new, and the term takes it over or it is given up.
        unsafe {
            match heap.refc_binary(Some(binary), OffHeapBinary::data(binary), 0) {
                Ok(base) => Ok(Target { base, binary }),
                Err(error) => {
                    OffHeapBinary::release(binary);
                    Err(error)
                }
            }
        }
    }

    fn data(&self) -> *mut u8 {
        OffHeapBinary::data(self.binary)
    }

    /// Makes what is written longer, from `start` to `end` bits.
    fn append<'a, H: Heap + ?Sized>(
        mut self,
        heap: &mut H,
        start: usize,
        end: usize,
    ) -> Result<Appended<'a>, OutOfMemory> {
        let term = heap.boxed_words(
            Header::with_kind(Subtag::SubBin, WRITABLE, SUB_BIN_WORDS - 1),
            &[self.base.word(), 0, end],
        )?;
        self.reserve(end.div_ceil(8))?;
        let (data, at) = self.written(start, end);
        Ok(Appended { term, data, at })
    }

    /// Counts the bits from `start` to `end` as written, for which there is room, and gives them
    /// to be written.
    fn written<'a>(&self, start: usize, end: usize) -> (&'a mut [u8], usize) {
        let (first, at) = (start / 8, start % 8);
        // SAFETY: the base is an object of this heap, and there are so many bytes; those from
        // `first` belong to nobody else, but for the bits before `at`, which nobody writes.
        let data = unsafe {
            self.set_word(1, end);
            core::slice::from_raw_parts_mut(self.data().add(first), end.div_ceil(8) - first)
        };
        (data, at)
    }

    /// Makes room for `bytes` bytes.
    fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        // SAFETY: the base keeps the binary alive; its reference is the only one (checked, or
        // new), and the base, which alone holds the address of the bytes, is corrected.
        unsafe {
            if bytes <= self.binary.as_ref().capacity() {
                return Ok(());
            }
            self.binary = OffHeapBinary::grow(self.binary, roomy(bytes))
                .or_else(|_| OffHeapBinary::grow(self.binary, bytes))?;
            self.set_word(2, self.binary.as_ptr() as Word);
            self.set_word(3, self.data() as Word);
        }
        Ok(())
    }

    /// Changes a word of the `RefcBin`.
    ///
    /// # Safety
    /// The words keep their meaning: see [`Subtag`].
    unsafe fn set_word(&self, i: usize, word: Word) {
        // SAFETY: a `RefcBin` has more than three words; only this process refers to it.
        unsafe { self.base.ptr().add(i).write(Term::from_word(word)) };
    }
}

/// A capacity with room for as much again.
fn roomy(bytes: usize) -> usize {
    bytes.saturating_mul(2).max(MIN_CAPACITY)
}

#[cfg(test)]
mod tests {
    use super::super::{Budget, Fragment, ProcessHeap, collect::Roots};
    use super::*;
    use crate::sync::Arc;
    use crate::term::Bits;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn to_bools(bits: Bits<'_>) -> Vec<bool> {
        (0..bits.len).map(|i| bits.bit(i)).collect()
    }

    fn push(heap: &mut Fragment, whole: Term, bits: &[bool]) -> Term {
        let appended = append(heap, whole, bits.len()).unwrap().unwrap();
        for (i, &bit) in bits.iter().enumerate() {
            bits_put::put_u64(appended.data, appended.at + i, 1, bit as u64);
        }
        appended.term
    }

    #[test]
    fn building_by_bytes_takes_linear_time() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = Fragment::new(&budget);
        let mut whole = heap.binary(b"").unwrap();
        let (mut moves, mut last) = (0, core::ptr::null());
        for i in 0..100_000usize {
            let appended = append(&mut heap, whole, 8).unwrap().unwrap();
            appended.data[0] = i as u8;
            whole = appended.term;
            let data = whole.as_bits().unwrap().data.as_ptr();
            if i >= HEAP_BINARY_MAX {
                moves += (data != last) as u32;
            }
            last = data;
        }
        assert!(moves < 12, "{moves}");
        let bytes = whole.as_binary().unwrap();
        assert!(bytes.iter().enumerate().all(|(i, &b)| b == i as u8));
        drop(heap);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn only_bit_strings_are_appended_to() {
        // Less than all that bits can be counted for, which is not much with words of 32 bits.
        let mut heap = Fragment::new(&Arc::new(Budget::new(1 << 20)));
        assert!(append(&mut heap, Term::NIL, 8).unwrap().is_none());
        let empty = heap.binary(b"").unwrap();
        assert!(append(&mut heap, empty, usize::MAX).is_err());
        let one = heap.binary(b"1").unwrap();
        assert!(append(&mut heap, one, usize::MAX).is_err());
    }

    #[test]
    fn too_little_memory_leaves_the_old_term_intact() {
        let budget = Arc::new(Budget::new(20_000));
        let mut heap = Fragment::new(&budget);
        let start = heap.binary(&[7; 3000]).unwrap();
        let whole = push(&mut heap, start, &[true; 8]);
        assert!(append(&mut heap, whole, 20_000 * 8).is_err());
        assert_eq!(whole.as_binary().unwrap()[..3000], [7; 3000]);
        let more = push(&mut heap, whole, &[false; 8]);
        assert_eq!(more.as_binary().unwrap()[2999..], [7, 255, 0]);
    }

    struct Kept([Term; 2]);

    impl Roots for Kept {
        fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
            visit(&mut self.0);
        }
    }

    #[test]
    fn collections_keep_both_ends_of_an_append() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = ProcessHeap::new(64, &budget).unwrap();
        let empty = heap.binary(b"").unwrap();
        let mut kept = Kept([empty, empty]);
        for i in 0..5000usize {
            let appended = append(&mut heap, kept.0[0], 16).unwrap().unwrap();
            appended.data.copy_from_slice(&(i as u16).to_be_bytes());
            kept.0[0] = appended.term;
            if i == 2000 {
                kept.0[1] = appended.term;
            }
            if i % 7 == 0 {
                heap.collect(0, i % 3 == 0, &mut kept).unwrap();
            }
        }
        for (term, count) in [(kept.0[0], 5000), (kept.0[1], 2001)] {
            let bytes = term.as_binary().unwrap();
            let numbers = bytes
                .chunks(2)
                .map(|two| u16::from_be_bytes([two[0], two[1]]) as usize);
            assert!(numbers.eq(0..count));
        }
        // All that lives is one binary.
        assert!(budget.used() < 50_000, "{}", budget.used());
        drop(heap);
        assert_eq!(budget.used(), 0);
    }

    #[derive(Clone, Debug)]
    enum Op {
        Append { to: usize, bits: Vec<bool> },
        Part { of: usize, from: usize, len: usize },
        Copy { of: usize },
        DropCopy,
    }

    fn any_op() -> impl Strategy<Value = Op> {
        let bits = prop_oneof![
            prop::collection::vec(any::<bool>(), 0..20),
            prop::collection::vec(any::<bool>(), 200..900),
        ];
        prop_oneof![
            6 => (0usize..3, bits).prop_map(|(to, bits)| Op::Append { to, bits }),
            1 => (0usize..9, 0usize..500, 0usize..1000)
                .prop_map(|(of, from, len)| Op::Part { of, from, len }),
            1 => (0usize..9).prop_map(|of| Op::Copy { of }),
            1 => Just(Op::DropCopy),
        ]
    }

    proptest! {
        #[test]
        fn every_term_keeps_its_contents(ops in prop::collection::vec(any_op(), 0..60)) {
            let budget = Arc::new(Budget::new(usize::MAX));
            let mut heap = Fragment::new(&budget);
            // The newest first.
            let mut terms = vec![(heap.binary(b"").unwrap(), Vec::new())];
            let mut copies: Vec<(Fragment, Vec<bool>)> = Vec::new();
            for op in ops {
                match op {
                    Op::Append { to, bits } => {
                        let (whole, mut model) = terms[to % terms.len()].clone();
                        let term = push(&mut heap, whole, &bits);
                        model.extend(&bits);
                        terms.insert(0, (term, model));
                    }
                    Op::Part { of, from, len } => {
                        let (whole, model) = terms[of % terms.len()].clone();
                        let from = from.min(model.len());
                        let len = len.min(model.len() - from);
                        let part = heap.sub_bits(whole, from, len).unwrap();
                        terms.insert(0, (part, model[from..from + len].to_vec()));
                    }
                    Op::Copy { of } => {
                        let (whole, model) = terms[of % terms.len()].clone();
                        let mut copy = Fragment::of(whole, &budget).unwrap();
                        // What a copy's owner appends is not seen here.
                        let copied = copy.term;
                        push(&mut copy, copied, &[true, false, true]);
                        copies.push((copy, model));
                    }
                    Op::DropCopy => {
                        copies.pop();
                    }
                }
                for (term, model) in &terms {
                    prop_assert_eq!(&to_bools(term.as_bits().unwrap()), model);
                }
                for (copy, model) in &copies {
                    prop_assert_eq!(&to_bools(copy.term.as_bits().unwrap()), model);
                }
            }
            drop((heap, copies));
            prop_assert_eq!(budget.used(), 0);
        }
    }
}
