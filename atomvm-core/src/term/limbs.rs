//! Arithmetic on the magnitudes of big integers: runs of words, least significant first, without
//! zeros at the top.

use super::{WORD_BITS, Word};
use crate::memory::OutOfMemory;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Twice a word, for products and carries.
#[cfg(target_pointer_width = "64")]
pub(crate) type Wide = u128;
/// Twice a word, for products and carries.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Wide = u64;

const INLINE: usize = 18;

/// Room for a result: on the stack when it is short.
pub(crate) struct Limbs {
    inline: [Word; INLINE],
    more: Vec<Word>,
    len: usize,
}

impl Limbs {
    /// `len` limbs, all zero.
    pub(crate) fn zeros(len: usize) -> Result<Limbs, OutOfMemory> {
        let mut more = Vec::new();
        if len > INLINE {
            more.try_reserve_exact(len).map_err(|_| OutOfMemory)?;
            more.resize(len, 0);
        }
        Ok(Limbs {
            inline: [0; INLINE],
            more,
            len,
        })
    }

    /// The limbs, to be written.
    pub(crate) fn all(&mut self) -> &mut [Word] {
        if self.len > INLINE {
            &mut self.more
        } else {
            &mut self.inline[..self.len]
        }
    }

    /// The limbs without zeros at the top.
    pub(crate) fn trimmed(&self) -> &[Word] {
        trim(if self.len > INLINE {
            &self.more
        } else {
            &self.inline[..self.len]
        })
    }
}

/// Leaves out zeros at the top.
pub(crate) fn trim(limbs: &[Word]) -> &[Word] {
    let len = limbs.iter().rposition(|&l| l != 0).map_or(0, |i| i + 1);
    &limbs[..len]
}

/// The order of two trimmed magnitudes.
pub(crate) fn compare(a: &[Word], b: &[Word]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `out = a + b`; `out` is one longer than the longer of the two.
pub(crate) fn add(out: &mut [Word], a: &[Word], b: &[Word]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut carry = false;
    for (i, &x) in a.iter().enumerate() {
        let y = b.get(i).copied().unwrap_or(0);
        let (sum, c1) = x.overflowing_add(y);
        let (sum, c2) = sum.overflowing_add(carry as Word);
        out[i] = sum;
        carry = c1 | c2;
    }
    out[a.len()] = carry as Word;
}

/// `out = a - b`, where `a` is not the smaller; `out` is as long as `a`.
pub(crate) fn sub(out: &mut [Word], a: &[Word], b: &[Word]) {
    let mut borrow = false;
    for (i, &x) in a.iter().enumerate() {
        let y = b.get(i).copied().unwrap_or(0);
        let (diff, b1) = x.overflowing_sub(y);
        let (diff, b2) = diff.overflowing_sub(borrow as Word);
        out[i] = diff;
        borrow = b1 | b2;
    }
}

/// `out = a * b` as learnt at school; `out` is zero and as long as both together.
pub(crate) fn mul(out: &mut [Word], a: &[Word], b: &[Word]) {
    for (i, &x) in a.iter().enumerate() {
        let mut carry: Wide = 0;
        for (j, &y) in b.iter().enumerate() {
            let t = x as Wide * y as Wide + out[i + j] as Wide + carry;
            out[i + j] = t as Word;
            carry = t >> WORD_BITS;
        }
        out[i + b.len()] = carry as Word;
    }
}

/// `out = a / by`, and the remainder; `out` is as long as `a`, `by` is not zero.
pub(crate) fn div_word(out: &mut [Word], a: &[Word], by: Word) -> Word {
    let mut rest: Wide = 0;
    for i in (0..a.len()).rev() {
        let t = (rest << WORD_BITS) | a[i] as Wide;
        out[i] = (t / by as Wide) as Word;
        rest = t % by as Wide;
    }
    rest as Word
}

/// `out = a << by`; `out` is zero and long enough.
pub(crate) fn shift_left(out: &mut [Word], a: &[Word], by: usize) {
    let (words, bits) = (by / WORD_BITS, (by % WORD_BITS) as u32);
    for (i, &limb) in a.iter().enumerate() {
        out[words + i] |= limb << bits;
        if bits > 0 {
            out[words + i + 1] |= limb >> (WORD_BITS as u32 - bits);
        }
    }
}

/// `out = a >> by`, and whether a bit that was set fell out; `out` is zero and as long as what
/// remains of `a`.
pub(crate) fn shift_right(out: &mut [Word], a: &[Word], by: usize) -> bool {
    let (words, bits) = (by / WORD_BITS, (by % WORD_BITS) as u32);
    for (i, to) in out.iter_mut().enumerate() {
        *to = a[words + i] >> bits;
        if bits > 0 {
            let above = a.get(words + i + 1).copied().unwrap_or(0);
            *to |= above << (WORD_BITS as u32 - bits);
        }
    }
    let whole = a.iter().take(words).any(|&l| l != 0);
    whole
        || a.get(words)
            .is_some_and(|&l| bits > 0 && l << (WORD_BITS as u32 - bits) != 0)
}

/// The words of an integer in two's complement, from the lowest, as many as one asks for.
pub(crate) struct TwosComplement<'a> {
    negative: bool,
    limbs: core::slice::Iter<'a, Word>,
    borrow: bool,
}

impl<'a> TwosComplement<'a> {
    /// Of the integer with this sign and magnitude.
    pub(crate) fn new(negative: bool, limbs: &'a [Word]) -> TwosComplement<'a> {
        TwosComplement {
            negative,
            limbs: limbs.iter(),
            borrow: negative,
        }
    }

    /// The next word.
    pub(crate) fn next_word(&mut self) -> Word {
        let limb = self.limbs.next().copied().unwrap_or(0);
        if !self.negative {
            return limb;
        }
        // -x = !(x - 1)
        let (less, borrow) = limb.overflowing_sub(self.borrow as Word);
        self.borrow = borrow;
        !less
    }
}

/// Changes the sign of a number in two's complement, in place.
pub(crate) fn negate(words: &mut [Word]) {
    let mut carry = true;
    for word in words {
        let (sum, c) = (!*word).overflowing_add(carry as Word);
        *word = sum;
        carry = c;
    }
}
