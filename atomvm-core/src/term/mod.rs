//! Terms: the values of the language, each in one machine word.
//!
//! The two low bits of a word say what it is:
//!
//! ```text
//!   ...aaaaaaaa  kk ssss 00   header: first word of a boxed object (arity, kind, subtag)
//!   ...pppppppp  pppp    01   list: address of a cons cell
//!   ...pppppppp  pppp    10   boxed: address of a header
//!   ...vvvvvvvv  00   11      local process identifier
//!   ...vvvvvvvv  01   11      local port identifier
//!   ...vv vv00   10   11      atom (index)
//!   ...vv vv01   10   11      catch (offset of its handler; on stacks only)
//!   ...     11   10   11      nil, the empty list
//!   ...vvvvvvvv  11   11      small integer: 28 bits, or 60
//! ```
//!
//! A `Term` does not own what it points to. Its referent lives in a process heap, a
//! [`Fragment`](crate::memory::Fragment) or the literals of a module, and **nothing is moved or
//! freed while a built-in function runs**: collection happens only between instructions. That
//! invariant is what makes the accessors below safe to call; whoever keeps a term for longer
//! must root it (process dictionary, mailbox, stack) or copy it out.

pub mod arith;
pub mod atom;
pub mod bits;
pub mod bits_get;
pub mod bits_put;
pub mod boxed;
pub(crate) mod c_math;
pub mod construct;
pub mod external;
pub mod float;
pub mod fun;
pub mod hash;
pub mod int_text;
pub mod integer;
pub mod iolist;
pub(crate) mod limbs;
pub mod list;
pub mod map;
#[cfg(test)]
pub(crate) mod model;
pub mod number;
#[cfg(all(test, feature = "std"))]
mod oracle_tests;
pub mod order;
pub(crate) mod pairs;
pub mod phash;
pub mod pretty;
pub mod print;
pub mod record;
pub mod reference;
mod seen;
pub mod utf;

pub use atom::{AtomTable, atoms};
pub use bits::Bits;
pub use boxed::{Header, Subtag};
pub use integer::Int;
pub use list::ListIter;
pub use record::Record;
pub use reference::Reference;

/// The unit of heaps and stacks, as wide as an address.
pub type Word = usize;

/// Bytes in a [`Word`].
pub const WORD_BYTES: usize = size_of::<Word>();
/// Bits in a [`Word`].
pub const WORD_BITS: usize = Word::BITS as usize;

/// Bits of a small integer, sign included: 28 on 32-bit targets, 60 on 64-bit ones.
pub const SMALL_BITS: u32 = Word::BITS - 4;
/// The largest small integer.
pub const SMALL_MAX: isize = (1 << (SMALL_BITS - 1)) - 1;
/// The smallest small integer.
pub const SMALL_MIN: isize = -(1 << (SMALL_BITS - 1));

pub(crate) const TAG_MASK: Word = 0b11;
pub(crate) const TAG_HEADER: Word = 0b00;
pub(crate) const TAG_LIST: Word = 0b01;
pub(crate) const TAG_BOXED: Word = 0b10;
pub(crate) const IMMED_MASK: Word = 0b1111;
pub(crate) const TAG_PID: Word = 0b0011;
pub(crate) const TAG_PORT: Word = 0b0111;
pub(crate) const TAG_SMALL: Word = 0b1111;
pub(crate) const IMMED2_MASK: Word = 0b11_1111;
pub(crate) const TAG_ATOM: Word = 0b00_1011;
pub(crate) const TAG_CATCH: Word = 0b01_1011;
const NIL_WORD: Word = 0b11_1011;

/// A value of the language. Equality of two `Term`s is identity of the words: the same immediate
/// or the same object. For Erlang's `=:=` and `==` see [`crate::term::order`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Term(pub(crate) Word);

// SAFETY: a `Term` is a word; what it refers to is owned elsewhere, and the owner (a process, a
// fragment, a module) hands terms from thread to thread only together with that memory.
unsafe impl Send for Term {}
// SAFETY: as above; heap objects are immutable once they are visible to others.
unsafe impl Sync for Term {}

impl Term {
    /// No value: marks moved cons cells and empty slots; never visible to a program.
    pub const NONE: Term = Term(0);
    /// The empty list, `[]`.
    pub const NIL: Term = Term(NIL_WORD);

    /// The word as it is.
    #[inline(always)]
    pub const fn word(self) -> Word {
        self.0
    }

    /// A term from its word.
    #[inline(always)]
    pub(crate) const fn from_word(word: Word) -> Term {
        Term(word)
    }

    /// A small integer. `value` must lie in [`SMALL_MIN`]`..=`[`SMALL_MAX`].
    #[inline(always)]
    pub const fn small(value: isize) -> Term {
        debug_assert!(value >= SMALL_MIN && value <= SMALL_MAX);
        Term(((value as Word) << 4) | TAG_SMALL)
    }

    /// A small integer, when `value` fits one.
    #[inline]
    pub const fn try_small(value: isize) -> Option<Term> {
        if value >= SMALL_MIN && value <= SMALL_MAX {
            Some(Term::small(value))
        } else {
            None
        }
    }

    /// The atom with this index in the VM's table.
    #[inline(always)]
    pub const fn atom(index: u32) -> Term {
        Term(((index as Word) << 6) | TAG_ATOM)
    }

    /// The atom `true` or `false`.
    #[inline(always)]
    pub const fn bool(value: bool) -> Term {
        if value { atoms::TRUE } else { atoms::FALSE }
    }

    /// The identifier of the local process with this number.
    #[inline(always)]
    pub const fn pid(number: usize) -> Term {
        Term((number << 4) | TAG_PID)
    }

    /// The identifier of the local port with this number.
    #[inline(always)]
    pub const fn port(number: usize) -> Term {
        Term((number << 4) | TAG_PORT)
    }

    /// A catch tag: the offset, in code words from the start of its module, of a handler.
    #[inline(always)]
    pub(crate) const fn catch(offset: u32) -> Term {
        Term(((offset as Word) << 6) | TAG_CATCH)
    }

    /// The two tag bits.
    #[inline(always)]
    pub(crate) const fn tag(self) -> Word {
        self.0 & TAG_MASK
    }

    /// Is this one of the values that need no memory?
    #[inline(always)]
    pub const fn is_immediate(self) -> bool {
        self.0 & TAG_MASK == 0b11
    }

    /// Is this a small integer?
    #[inline(always)]
    pub const fn is_small(self) -> bool {
        self.0 & IMMED_MASK == TAG_SMALL
    }

    /// The value of a small integer; meaningless for other terms.
    #[inline(always)]
    pub const fn small_value(self) -> isize {
        (self.0 as isize) >> 4
    }

    /// The value, if this is a small integer.
    #[inline(always)]
    pub const fn as_small(self) -> Option<isize> {
        if self.is_small() {
            Some(self.small_value())
        } else {
            None
        }
    }

    /// The value, if this is a small integer that is not negative.
    #[inline]
    pub const fn as_usize(self) -> Option<usize> {
        match self.as_small() {
            Some(v) if v >= 0 => Some(v as usize),
            _ => None,
        }
    }

    /// Is this an atom?
    #[inline(always)]
    pub const fn is_atom(self) -> bool {
        self.0 & IMMED2_MASK == TAG_ATOM
    }

    /// The index of an atom; meaningless for other terms.
    #[inline(always)]
    pub const fn atom_index(self) -> u32 {
        (self.0 >> 6) as u32
    }

    /// Is this the empty list?
    #[inline(always)]
    pub const fn is_nil(self) -> bool {
        self.0 == NIL_WORD
    }

    /// Is this a cons cell?
    #[inline(always)]
    pub const fn is_cons(self) -> bool {
        self.0 & TAG_MASK == TAG_LIST
    }

    /// Is this a list, empty or not (proper or not)?
    #[inline(always)]
    pub const fn is_list(self) -> bool {
        self.is_cons() || self.is_nil()
    }

    /// Does this point to an object with a header?
    #[inline(always)]
    pub const fn is_boxed(self) -> bool {
        self.0 & TAG_MASK == TAG_BOXED
    }

    /// Is this a local process identifier?
    #[inline(always)]
    pub const fn is_pid(self) -> bool {
        self.0 & IMMED_MASK == TAG_PID
    }

    /// The number of a local process identifier.
    #[inline(always)]
    pub const fn as_pid(self) -> Option<usize> {
        if self.is_pid() {
            Some(self.0 >> 4)
        } else {
            None
        }
    }

    /// Is this a local port identifier?
    #[inline(always)]
    pub const fn is_port(self) -> bool {
        self.0 & IMMED_MASK == TAG_PORT
    }

    /// The number of a local port identifier.
    #[inline(always)]
    pub const fn as_port(self) -> Option<usize> {
        if self.is_port() {
            Some(self.0 >> 4)
        } else {
            None
        }
    }

    #[inline(always)]
    pub(crate) const fn is_catch(self) -> bool {
        self.0 & IMMED2_MASK == TAG_CATCH
    }

    #[inline(always)]
    pub(crate) const fn is_header(self) -> bool {
        self.0 & TAG_MASK == TAG_HEADER
    }

    /// The address that a list or boxed term refers to.
    #[inline(always)]
    pub(crate) const fn ptr(self) -> *mut Term {
        (self.0 & !TAG_MASK) as *mut Term
    }

    #[inline(always)]
    pub(crate) fn from_list_ptr(ptr: *const Term) -> Term {
        debug_assert!(ptr as Word & TAG_MASK == 0);
        Term(ptr as Word | TAG_LIST)
    }

    #[inline(always)]
    pub(crate) fn from_boxed_ptr(ptr: *const Term) -> Term {
        debug_assert!(ptr as Word & TAG_MASK == 0);
        Term(ptr as Word | TAG_BOXED)
    }

    /// The truth value of `true` and `false`; `None` for any other term.
    #[inline]
    pub fn as_bool(self) -> Option<bool> {
        if self == atoms::TRUE {
            Some(true)
        } else if self == atoms::FALSE {
            Some(false)
        } else {
            None
        }
    }
}

impl core::fmt::Debug for Term {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            t if t.is_small() => write!(f, "{}", t.small_value()),
            t if t.is_atom() => write!(f, "#atom:{}", t.atom_index()),
            t if t.is_nil() => write!(f, "[]"),
            t => write!(f, "#{:x}", t.0),
        }
    }
}
