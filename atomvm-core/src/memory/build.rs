//! Building terms.

use super::{Budget, OffHeapBinary, OutOfMemory};
use crate::code::{Export, FunEntry};
use crate::sync::Arc;
use crate::term::boxed::{FLOAT_WORDS, REF_WORDS, REFC_BIN_WORDS, SUB_BIN_WORDS};
use crate::term::fun::FUN_WORDS;
use crate::term::{Bits, Header, Reference, Subtag, Term, WORD_BYTES, Word};
use core::ptr::NonNull;
use num_bigint::{BigInt, Sign};

/// Binaries up to so many bytes live on the heap; longer ones are counted references.
pub const HEAP_BINARY_MAX: usize = 64;

/// A place where terms are built.
///
/// Nothing that is built moves an existing term, so the arguments of a built-in function stay
/// valid while it builds its result.
pub trait Heap {
    /// Room for `words` words, which the caller fills at once with whole objects.
    ///
    /// # Errors
    /// There is no memory.
    fn reserve(&mut self, words: usize) -> Result<NonNull<Term>, OutOfMemory>;

    /// The head of the list of references to off-heap binaries in this place.
    fn off_heap(&mut self) -> &mut Term;

    /// The count of memory to charge off-heap bytes to.
    fn budget(&self) -> &Arc<Budget>;

    /// Notes that an off-heap binary of so many bytes was made, which this place alone keeps alive.
    fn made_off_heap(&mut self, bytes: usize) {
        let _ = bytes;
    }

    /// A cons cell.
    fn cons(&mut self, head: Term, tail: Term) -> Result<Term, OutOfMemory> {
        let at = self.reserve(2)?.as_ptr();
        // SAFETY: two words were reserved.
        unsafe {
            at.write(head);
            at.add(1).write(tail);
        }
        Ok(Term::from_list_ptr(at))
    }

    /// A boxed object that holds nothing but terms.
    fn boxed_terms(&mut self, header: Header, terms: &[Term]) -> Result<Term, OutOfMemory> {
        debug_assert_eq!(header.arity(), terms.len());
        let at = self.reserve(1 + terms.len())?.as_ptr();
        // SAFETY: so many words were reserved, and the source is elsewhere.
        unsafe {
            at.write(Term::from_word(header.0));
            core::ptr::copy_nonoverlapping(terms.as_ptr(), at.add(1), terms.len());
        }
        Ok(Term::from_boxed_ptr(at))
    }

    /// A boxed object that holds the terms of some runs, one run after the other.
    #[inline]
    fn boxed_runs(&mut self, header: Header, runs: &[&[Term]]) -> Result<Term, OutOfMemory> {
        let words: usize = runs.iter().map(|run| run.len()).sum();
        debug_assert_eq!(header.arity(), words);
        let start = self.reserve(1 + words)?.as_ptr();
        let mut at = start.wrapping_add(1);
        // SAFETY: so many words were reserved, and the sources are elsewhere.
        unsafe {
            start.write(Term::from_word(header.0));
            for run in runs {
                core::ptr::copy_nonoverlapping(run.as_ptr(), at, run.len());
                at = at.add(run.len());
            }
        }
        Ok(Term::from_boxed_ptr(start))
    }

    /// A boxed object of a header and raw words.
    fn boxed_words(&mut self, header: Header, words: &[Word]) -> Result<Term, OutOfMemory> {
        debug_assert_eq!(header.arity(), words.len());
        let at = self.reserve(1 + words.len())?.as_ptr();
        // SAFETY: so many words were reserved, and the source is elsewhere.
        unsafe {
            at.write(Term::from_word(header.0));
            core::ptr::copy_nonoverlapping(words.as_ptr().cast(), at.add(1), words.len());
        }
        Ok(Term::from_boxed_ptr(at))
    }

    /// A tuple.
    fn tuple(&mut self, elements: &[Term]) -> Result<Term, OutOfMemory> {
        self.boxed_terms(Header::tuple(elements.len()), elements)
    }

    /// A tuple as another with these elements, but for the one at `place`.
    fn tuple_with(
        &mut self,
        elements: &[Term],
        place: usize,
        element: Term,
    ) -> Result<Term, OutOfMemory> {
        debug_assert!(place < elements.len());
        let tuple = self.tuple(elements)?;
        // SAFETY: the tuple is new, and has so many elements.
        unsafe { tuple.ptr().add(1 + place).write(element) };
        Ok(tuple)
    }

    /// A list of `elements`, ending in `tail`.
    fn list_with_tail(&mut self, elements: &[Term], tail: Term) -> Result<Term, OutOfMemory> {
        if elements.is_empty() {
            return Ok(tail);
        }
        let at = self.reserve(2 * elements.len())?.as_ptr();
        for (i, &element) in elements.iter().enumerate() {
            // SAFETY: two words were reserved for each element; the tail of the last is
            // corrected below.
            unsafe {
                at.add(2 * i).write(element);
                at.add(2 * i + 1)
                    .write(Term::from_list_ptr(at.add(2 * i + 2)));
            }
        }
        // SAFETY: the last word reserved.
        unsafe { at.add(2 * elements.len() - 1).write(tail) };
        Ok(Term::from_list_ptr(at))
    }

    /// A proper list.
    fn list(&mut self, elements: &[Term]) -> Result<Term, OutOfMemory> {
        self.list_with_tail(elements, Term::NIL)
    }

    /// A list of small integers, the bytes, ending in `tail`.
    fn byte_list(&mut self, bytes: &[u8], tail: Term) -> Result<Term, OutOfMemory> {
        let mut list = tail;
        for &byte in bytes.iter().rev() {
            list = self.cons(Term::small(byte as isize), list)?;
        }
        Ok(list)
    }

    /// A list of the characters of `text`.
    fn string(&mut self, text: &str) -> Result<Term, OutOfMemory> {
        let mut list = Term::NIL;
        for c in text.chars().rev() {
            list = self.cons(Term::small(c as isize), list)?;
        }
        Ok(list)
    }

    /// A float.
    fn float(&mut self, value: f64) -> Result<Term, OutOfMemory> {
        let at = self.reserve(FLOAT_WORDS)?.as_ptr();
        // SAFETY: the words of a float were reserved.
        unsafe {
            at.write(Term::from_word(
                Header::new(Subtag::Float, FLOAT_WORDS - 1).0,
            ));
            at.add(1).cast::<f64>().write_unaligned(value);
        }
        Ok(Term::from_boxed_ptr(at))
    }

    /// An integer.
    fn int(&mut self, value: i64) -> Result<Term, OutOfMemory> {
        match isize::try_from(value).ok().and_then(Term::try_small) {
            Some(small) => Ok(small),
            None => self.magnitude(value < 0, value.unsigned_abs()),
        }
    }

    /// An integer that is not negative.
    fn uint(&mut self, value: u64) -> Result<Term, OutOfMemory> {
        match isize::try_from(value).ok().and_then(Term::try_small) {
            Some(small) => Ok(small),
            None => self.magnitude(false, value),
        }
    }

    /// A big integer of 64 bits that is no small one.
    #[doc(hidden)]
    fn magnitude(&mut self, negative: bool, value: u64) -> Result<Term, OutOfMemory> {
        let limbs = [
            value as Word,
            value.checked_shr(Word::BITS).unwrap_or(0) as Word,
        ];
        let count = if limbs[1] == 0 { 1 } else { 2 };
        self.limbs(negative, &limbs[..count])
    }

    /// A big integer from its magnitude, which must not fit a small integer, without zero limbs
    /// at the end.
    fn limbs(&mut self, negative: bool, limbs: &[Word]) -> Result<Term, OutOfMemory> {
        let subtag = if negative {
            Subtag::NegBig
        } else {
            Subtag::PosBig
        };
        self.boxed_words(Header::new(subtag, limbs.len()), limbs)
    }

    /// An integer of any size.
    fn bigint(&mut self, value: &BigInt) -> Result<Term, OutOfMemory> {
        use num_traits::ToPrimitive;
        if let Some(small) = value.to_i64() {
            return self.int(small);
        }
        let negative = value.sign() == Sign::Minus;
        let digits = value.magnitude().iter_u64_digits();
        let count = (value.bits() as usize).div_ceil(Word::BITS as usize);
        let subtag = if negative {
            Subtag::NegBig
        } else {
            Subtag::PosBig
        };
        let at = self.reserve(1 + count)?.as_ptr();
        // SAFETY: the header and `count` limbs were reserved; the digits give that many limbs.
        unsafe {
            at.write(Term::from_word(Header::new(subtag, count).0));
            let mut limb = 0;
            for digit in digits {
                for part in 0..8 / WORD_BYTES {
                    if limb < count {
                        limb += 1;
                        at.add(limb)
                            .cast::<Word>()
                            .write((digit >> (part as u32 * (Word::BITS % 64))) as Word);
                    }
                }
            }
        }
        Ok(Term::from_boxed_ptr(at))
    }

    /// A reference.
    fn reference(&mut self, reference: Reference) -> Result<Term, OutOfMemory> {
        let at = self.reserve(REF_WORDS)?.as_ptr();
        // SAFETY: the words of a reference were reserved; the last is zeroed first, as 12 bytes
        // may not fill it.
        unsafe {
            at.write(Term::from_word(Header::new(Subtag::Ref, REF_WORDS - 1).0));
            at.add(REF_WORDS - 1).write(Term::NONE);
            at.add(1).cast::<[u32; 3]>().write(reference.0);
        }
        Ok(Term::from_boxed_ptr(at))
    }

    /// A binary of `len` zero bytes, and the bytes, to be written before anyone else sees them.
    fn new_binary<'a>(&mut self, len: usize) -> Result<(Term, &'a mut [u8]), OutOfMemory> {
        self.new_bits(len.checked_mul(8).ok_or(OutOfMemory)?)
    }

    /// A bit string of `len` zero bits, and the bytes that hold it.
    fn new_bits<'a>(&mut self, len: usize) -> Result<(Term, &'a mut [u8]), OutOfMemory> {
        let bytes = len.div_ceil(8);
        if bytes <= HEAP_BINARY_MAX {
            let words = bytes.div_ceil(WORD_BYTES);
            let at = self.reserve(2 + words)?.as_ptr();
            // SAFETY: header, size and the words of the bytes were reserved.
            unsafe {
                at.write(Term::from_word(Header::new(Subtag::HeapBin, 1 + words).0));
                at.add(1).write(Term::from_word(len));
                core::ptr::write_bytes(at.add(2), 0, words);
                let data = core::slice::from_raw_parts_mut(at.add(2).cast::<u8>(), bytes);
                return Ok((Term::from_boxed_ptr(at), data));
            }
        }
        let binary = OffHeapBinary::allocate(bytes, self.budget())?;
        self.made_off_heap(bytes);
        // SAFETY: just allocated with one reference, which the term takes over.
        unsafe {
            let data = OffHeapBinary::data(binary);
            let term = match self.refc_binary(Some(binary), data, len) {
                Ok(term) => term,
                Err(error) => {
                    OffHeapBinary::release(binary);
                    return Err(error);
                }
            };
            Ok((term, core::slice::from_raw_parts_mut(data, bytes)))
        }
    }

    /// A term that takes over a reference to `binary` (`None`: static bytes that nobody frees).
    ///
    /// # Safety
    /// `data` points to at least `len` bits that live as long as the reference; the reference is
    /// the caller's to give away.
    unsafe fn refc_binary(
        &mut self,
        binary: Option<NonNull<OffHeapBinary>>,
        data: *const u8,
        len: usize,
    ) -> Result<Term, OutOfMemory> {
        let at = self.reserve(REFC_BIN_WORDS)?.as_ptr();
        let list = self.off_heap();
        let next = if binary.is_some() { *list } else { Term::NONE };
        // SAFETY: the words of the object were reserved.
        unsafe {
            at.write(Term::from_word(
                Header::new(Subtag::RefcBin, REFC_BIN_WORDS - 1).0,
            ));
            at.add(1).write(Term::from_word(len));
            at.add(2)
                .write(Term::from_word(binary.map_or(0, |b| b.as_ptr() as Word)));
            at.add(3).write(Term::from_word(data as Word));
            at.add(4).write(next);
        }
        let term = Term::from_boxed_ptr(at);
        if binary.is_some() {
            *list = term;
        }
        Ok(term)
    }

    /// A binary with a copy of `bytes`.
    fn binary(&mut self, bytes: &[u8]) -> Result<Term, OutOfMemory> {
        let (term, data) = self.new_binary(bytes.len())?;
        data.copy_from_slice(bytes);
        Ok(term)
    }

    /// A bit string with a copy of `bits`.
    fn copy_bits(&mut self, bits: Bits<'_>) -> Result<Term, OutOfMemory> {
        let (term, data) = self.new_bits(bits.len)?;
        bits.copy_to(data);
        Ok(term)
    }

    /// The part of the bit string `whole` from bit `from`, `len` bits long, without a copy unless
    /// it is short. The part must lie inside.
    fn sub_bits(&mut self, whole: Term, from: usize, len: usize) -> Result<Term, OutOfMemory> {
        let Some(bits) = whole.as_bits() else {
            return Ok(whole);
        };
        debug_assert!(from + len <= bits.len);
        if from == 0 && len == bits.len {
            return Ok(whole);
        }
        if len <= 8 * WORD_BYTES {
            return self.copy_bits(bits.slice(from, len));
        }
        let (base, offset) = match whole.subtag() {
            Some(Subtag::SubBin) => (whole.boxed_word(1), bits.offset + from),
            _ => (whole.word(), from),
        };
        self.boxed_words(
            Header::new(Subtag::SubBin, SUB_BIN_WORDS - 1),
            &[base, offset, len],
        )
    }

    /// A local fun, and the process that made it.
    fn closure(
        &mut self,
        entry: &FunEntry,
        creator: Term,
        env: &[Term],
    ) -> Result<Term, OutOfMemory> {
        let words = FUN_WORDS + env.len();
        let at = self.reserve(words)?.as_ptr();
        // SAFETY: so many words were reserved, and the source is elsewhere.
        unsafe {
            at.write(Term::from_word(Header::new(Subtag::Fun, words - 1).0));
            at.add(1)
                .write(Term::from_word(core::ptr::from_ref(entry) as Word));
            at.add(2).write(creator);
            core::ptr::copy_nonoverlapping(env.as_ptr(), at.add(FUN_WORDS), env.len());
        }
        Ok(Term::from_boxed_ptr(at))
    }

    /// An external fun.
    fn external_fun(&mut self, export: &Export) -> Result<Term, OutOfMemory> {
        self.boxed_words(
            Header::new(Subtag::ExtFun, 1),
            &[core::ptr::from_ref(export) as Word],
        )
    }
}

/// Builds a list from the front.
#[derive(Debug)]
pub struct ListBuilder {
    first: Term,
    last: Term,
}

impl Default for ListBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl ListBuilder {
    /// An empty list.
    pub const fn new() -> ListBuilder {
        ListBuilder {
            first: Term::NIL,
            last: Term::NONE,
        }
    }

    /// Adds an element at the end.
    pub fn push(
        &mut self,
        heap: &mut (impl Heap + ?Sized),
        element: Term,
    ) -> Result<(), OutOfMemory> {
        let cell = heap.cons(element, Term::NIL)?;
        self.link(cell);
        self.last = cell;
        Ok(())
    }

    /// Adds the first `count` of `elements`, of which there must be so many.
    pub(crate) fn push_all(
        &mut self,
        heap: &mut (impl Heap + ?Sized),
        count: usize,
        elements: impl IntoIterator<Item = Term>,
    ) -> Result<(), OutOfMemory> {
        if count == 0 {
            return Ok(());
        }
        let first = crate::term::construct::list_of(heap, count, elements, Term::NIL)?;
        self.link(first);
        // SAFETY: the cells of such a list stand one after the other.
        self.last = Term::from_list_ptr(unsafe { first.ptr().add(2 * (count - 1)) });
        Ok(())
    }

    /// The list, with `tail` behind the last element.
    pub fn finish(self, tail: Term) -> Term {
        let mut this = self;
        this.link(tail);
        this.first
    }

    fn link(&mut self, tail: Term) {
        if self.last == Term::NONE {
            self.first = tail;
        } else {
            // SAFETY: `last` is a cell that this builder made and that nobody else has seen.
            unsafe { self.last.ptr().add(1).write(tail) };
        }
    }
}
