//! Boxed objects: a header word, then as many words as its arity says.
//!
//! ```text
//!   header:  arity (words that follow) << 8 | kind << 6 | subtag << 2 | 00
//!
//!   Tuple      elements...
//!   Map        kind says flat, root or node of a trie; all words are terms (see `map`)
//!   PosBig     limbs, least significant first        NegBig  the same, value negative
//!   Float      the 64 bits of the number (one word, or two)
//!   Ref        96 bits of identity (two words, or three)
//!   Fun        address of its FunEntry, then the captured terms
//!   ExtFun     address of the Export it names
//!   HeapBin    size in bits, then the bytes, padded
//!   RefcBin    size in bits, address of the off-heap binary (0: static data), address of the
//!              bytes, next in the owner's list of off-heap references
//!              (kind 1: a reference; its identity and memory are the bytes, see `memory::cells`)
//!   SubBin     the binary it is a part of (HeapBin or RefcBin), first bit, size in bits; kind 1:
//!              may be appended to in place (see `memory::append`)
//!   Match      match context: binary (HeapBin or RefcBin), first bit, end, position, all in bits
//!              of that; then saved positions, as many as old compilers ask for
//!   Record     native record: definition, then the fields' values (see `record`)
//!   ExtPid, ExtPort, ExtRef   of other nodes: node atom, then raw numbers
//! ```
//!
//! The arity always gives the size, so that a collector or a copier need not know more than
//! which of the words are terms (`Header::term_words`).

use super::{TAG_MASK, Term, WORD_BYTES, Word};

/// What a boxed object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Subtag {
    /// A tuple.
    Tuple = 0,
    /// A match context of the bit syntax.
    Match = 1,
    /// A positive big integer.
    PosBig = 2,
    /// A negative big integer.
    NegBig = 3,
    /// A reference of this VM.
    Ref = 4,
    /// A local fun, with what it captured.
    Fun = 5,
    /// A float.
    Float = 6,
    /// An external fun, `fun M:F/A`.
    ExtFun = 7,
    /// A binary outside the heap.
    RefcBin = 8,
    /// A bit string on the heap.
    HeapBin = 9,
    /// A part of another bit string.
    SubBin = 10,
    /// A native record.
    Record = 11,
    /// A process identifier of another node.
    ExtPid = 12,
    /// A port identifier of another node.
    ExtPort = 13,
    /// A reference of another node.
    ExtRef = 14,
    /// A map, or an inner node of one.
    Map = 15,
}

const SUBTAGS: [Subtag; 16] = [
    Subtag::Tuple,
    Subtag::Match,
    Subtag::PosBig,
    Subtag::NegBig,
    Subtag::Ref,
    Subtag::Fun,
    Subtag::Float,
    Subtag::ExtFun,
    Subtag::RefcBin,
    Subtag::HeapBin,
    Subtag::SubBin,
    Subtag::Record,
    Subtag::ExtPid,
    Subtag::ExtPort,
    Subtag::ExtRef,
    Subtag::Map,
];

/// The header of a reference with memory of its own.
pub(crate) const OWNING_REFERENCE: Header =
    Header::with_kind(Subtag::RefcBin, 1, REFC_BIN_WORDS - 1);

/// By kind and subtag.
const SHOWN_SUBTAGS: [Subtag; 64] = {
    let mut shown = [Subtag::Tuple; 64];
    let mut i = 0;
    while i < 64 {
        shown[i] = SUBTAGS[i % 16];
        i += 1;
    }
    shown[(OWNING_REFERENCE.0 >> 2) & 63] = Subtag::Ref;
    shown
};

const ARITY_SHIFT: u32 = 8;
const KIND_SHIFT: u32 = 6;

/// Words of a float: its header and 64 bits.
pub const FLOAT_WORDS: usize = 1 + 8 / WORD_BYTES;
/// Words of a reference.
pub const REF_WORDS: usize = 1 + 12usize.div_ceil(WORD_BYTES);
/// Words of a reference to an off-heap binary.
pub const REFC_BIN_WORDS: usize = 5;
/// Words of a part of a bit string.
pub const SUB_BIN_WORDS: usize = 4;
/// Words of a match context.
pub const MATCH_WORDS: usize = 5;
/// The largest arity of a tuple, as in OTP.
pub const MAX_ARITY: usize = (1 << 24) - 1;

/// The first word of a boxed object.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Header(pub(crate) Word);

impl Header {
    /// A header for `arity` words after it.
    #[inline(always)]
    pub const fn new(subtag: Subtag, arity: usize) -> Header {
        Header((arity << ARITY_SHIFT) | ((subtag as Word) << 2))
    }

    /// A header with one of four kinds of its subtag.
    #[inline(always)]
    pub const fn with_kind(subtag: Subtag, kind: u8, arity: usize) -> Header {
        debug_assert!(kind < 4);
        Header((arity << ARITY_SHIFT) | ((kind as Word) << KIND_SHIFT) | ((subtag as Word) << 2))
    }

    /// A header for a tuple.
    #[inline(always)]
    pub const fn tuple(arity: usize) -> Header {
        Header::new(Subtag::Tuple, arity)
    }

    /// The number of words that follow.
    #[inline(always)]
    pub const fn arity(self) -> usize {
        self.0 >> ARITY_SHIFT
    }

    /// What the object is.
    #[inline(always)]
    pub const fn subtag(self) -> Subtag {
        SUBTAGS[(self.0 >> 2) & 15]
    }

    /// The kind, 0 to 3: its meaning depends on the subtag.
    #[inline(always)]
    pub const fn kind(self) -> u8 {
        ((self.0 >> KIND_SHIFT) & 3) as u8
    }

    /// What the object is to a program: a reference with memory of its own is laid out as a
    /// reference-counted binary, so that copying and collecting need not tell them apart.
    #[inline(always)]
    const fn shown_subtag(self) -> Subtag {
        SHOWN_SUBTAGS[(self.0 >> 2) & 63]
    }

    /// Is this the header of a tuple?
    #[inline(always)]
    pub const fn is_tuple(self) -> bool {
        self.0 & 0xff == 0
    }

    /// Which of the words after the header are terms: a range of word indexes, counted from the
    /// header as 0.
    #[inline]
    pub(crate) const fn term_words(self) -> core::ops::Range<usize> {
        let end = self.arity() + 1;
        match self.subtag() {
            Subtag::Tuple | Subtag::Map | Subtag::Record => 1..end,
            Subtag::Fun => 2..end,
            Subtag::SubBin | Subtag::Match => 1..2,
            Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef => 1..2,
            _ => 0..0,
        }
    }
}

impl Term {
    /// The header of a boxed object; only for terms that [`Term::is_boxed`].
    #[inline(always)]
    pub(crate) fn header(self) -> Header {
        debug_assert!(self.is_boxed());
        // SAFETY: a boxed term points to a live header (see the invariant of `term`).
        Header(unsafe { (*self.ptr()).0 })
    }

    /// What this term is, when it is a boxed object.
    #[inline]
    pub fn subtag(self) -> Option<Subtag> {
        if self.is_boxed() {
            Some(self.header().shown_subtag())
        } else {
            None
        }
    }

    /// Is this a reference with memory of its own (see [`crate::memory::cells`])?
    #[inline]
    pub(crate) fn is_owning_reference(self) -> bool {
        self.is_boxed() && self.header().0 & 0xff == OWNING_REFERENCE.0 & 0xff
    }

    /// Word `i` of a boxed object (the header is word 0).
    #[inline(always)]
    pub(crate) fn boxed_word(self, i: usize) -> Word {
        debug_assert!(i <= self.header().arity());
        // SAFETY: word `i` belongs to the object, as the arity of its header says.
        unsafe { (*self.ptr().add(i)).0 }
    }

    /// The elements, if this is a tuple.
    ///
    /// The slice is valid as long as the term is: until the next collection of its owner.
    #[inline]
    pub fn as_tuple<'a>(self) -> Option<&'a [Term]> {
        if self.is_boxed() && self.header().is_tuple() {
            let arity = self.header().arity();
            // SAFETY: a tuple of that arity has so many terms behind its header.
            Some(unsafe { core::slice::from_raw_parts(self.ptr().add(1), arity) })
        } else {
            None
        }
    }

    /// All words after the header as terms; only for objects that hold nothing but terms.
    #[inline]
    pub(crate) fn term_slice<'a>(self) -> &'a [Term] {
        debug_assert!(matches!(
            self.header().subtag(),
            Subtag::Tuple | Subtag::Map | Subtag::Record
        ));
        let arity = self.header().arity();
        // SAFETY: as in `as_tuple`.
        unsafe { core::slice::from_raw_parts(self.ptr().add(1), arity) }
    }

    /// The value, if this is a float.
    #[inline]
    pub fn as_float(self) -> Option<f64> {
        if self.is_float() {
            Some(self.float_value())
        } else {
            None
        }
    }

    /// Is this a float?
    #[inline(always)]
    pub fn is_float(self) -> bool {
        self.is_boxed() && self.header().0 & 0xff == (Subtag::Float as Word) << 2
    }

    /// The value of a float; only for terms that [`Term::is_float`].
    #[inline(always)]
    pub(crate) fn float_value(self) -> f64 {
        debug_assert!(self.is_float());
        // SAFETY: a float has 64 bits behind its header, perhaps not aligned for an f64.
        unsafe { self.ptr().add(1).cast::<f64>().read_unaligned() }
    }

    /// Is this a map?
    #[inline]
    pub fn is_map(self) -> bool {
        self.subtag() == Some(Subtag::Map)
    }

    /// Is this a tuple?
    #[inline(always)]
    pub fn is_tuple(self) -> bool {
        self.is_boxed() && self.header().is_tuple()
    }

    /// Is this a reference, of this node or another?
    #[inline]
    pub fn is_reference(self) -> bool {
        matches!(self.subtag(), Some(Subtag::Ref | Subtag::ExtRef))
    }

    /// Is this a fun, local or external?
    #[inline]
    pub fn is_fun(self) -> bool {
        matches!(self.subtag(), Some(Subtag::Fun | Subtag::ExtFun))
    }

    /// Is this an integer of any size?
    #[inline]
    pub fn is_integer(self) -> bool {
        self.is_small() || self.is_big()
    }

    /// Is this an integer too large for a word?
    #[inline]
    pub fn is_big(self) -> bool {
        matches!(self.subtag(), Some(Subtag::PosBig | Subtag::NegBig))
    }

    /// Is this a number?
    #[inline]
    pub fn is_number(self) -> bool {
        self.is_integer() || self.is_float()
    }
}

const _: () = assert!(TAG_MASK == 3);
