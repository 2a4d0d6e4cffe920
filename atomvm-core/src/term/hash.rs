//! The hash that maps and tables use: fast, equal for terms that are `=:=`, and the one that the
//! maps of OTP 25 use on 64 bits. So a large map has OTP's order, which programs see, as far as
//! nothing in its keys is numbered in the order in which it was made: an atom, pid, reference or fun
//! has a number of its own in each VM, OTP's included.

use super::phash::{jenkins, last_block};
use super::{Bits, Int, Subtag, Term, map};
use crate::memory::fallible::Pending;

/// The hash of a term. Two terms that are `=:=` have the same one.
#[inline]
pub fn hash(term: Term) -> u32 {
    hash_from(START, term)
}

/// Another hash of a term, which tells most of those apart that have the same [`hash`].
pub(super) fn hash_again(term: Term) -> u32 {
    hash_from(START ^ take_two(0, 1, 1, LAST_BYTES), term)
}

#[inline(always)]
fn hash_from(start: u32, term: Term) -> u32 {
    if let Some(small) = term.as_small() {
        take_word(start, small_word(small as i64))
    } else if !term.is_immediate() {
        object(start, term)
    } else if term.is_nil() {
        take_word(start, NIL_WORD)
    } else {
        finish(term.word() as u64)
    }
}

/// Where all hashes start.
const START: u32 = 0xcc9e_2d51;

const GOLDEN: u32 = 0x9e37_79b9;

/// Each kind of term has its own multiple of the golden ratio.
const fn golden(times: u32) -> u32 {
    GOLDEN.wrapping_mul(times)
}

const FOUR_BYTES: u32 = golden(4);
const REF: u32 = golden(7);
const TUPLE: u32 = golden(9);
const NEGATIVE: u32 = golden(10);
const POSITIVE: u32 = golden(11);
const FLOAT: u32 = golden(12);
const BITS: u32 = golden(13);
const EXTERNAL: u32 = golden(14);
const TAIL_BITS: u32 = golden(15);
const MAP: u32 = golden(16);
const HEAD: u32 = golden(17);
const TAIL: u32 = golden(18);
const FUN_MODULE: u32 = golden(20);
const FUN: u32 = golden(21);
const LAST_BYTES: u32 = golden(22);

/// The word that a small integer is in OTP on 64 bits.
#[inline]
fn small_word(value: i64) -> u64 {
    (value as u64) << 4 | 15
}

/// The word that the empty list is in OTP.
const NIL_WORD: u64 = 0x3b;

/// Integers of more bits are not small in OTP.
const SMALL_BITS: u32 = 60;

/// Spreads a word over all bits: for immediates whose number is one of this VM only.
#[inline]
fn finish(word: u64) -> u32 {
    let mut h = (word as u32) ^ ((word >> 32) as u32).wrapping_mul(GOLDEN);
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// Takes in two times 32 bits of a kind.
#[inline]
fn take_two(hash: u32, x: u32, y: u32, kind: u32) -> u32 {
    jenkins(kind.wrapping_add(x), kind.wrapping_add(y), hash)[2]
}

#[inline]
fn take_word(hash: u32, word: u64) -> u32 {
    take_two(hash, word as u32, (word >> 32) as u32, GOLDEN)
}

/// Takes in an immediate that is part of something.
#[inline]
fn take_immediate(hash: u32, term: Term) -> u32 {
    let word = match term.as_small() {
        Some(small) => small_word(small as i64),
        None if term.is_nil() => NIL_WORD,
        None => term.word() as u64,
    };
    take_word(hash, word)
}

/// Takes in which part of a list comes next.
#[inline]
fn take_side(hash: u32, side: u32) -> u32 {
    (hash ^ side).rotate_left(17)
}

/// Parts of a term that count. Of a larger term only the front does: terms whose parts are shared
/// are as trees far larger than in memory.
const PARTS: usize = 1 << 18;

struct Hasher<'t> {
    hash: u32,
    /// Parts that may still count.
    parts: usize,
    /// What is still to be taken in, the next one last.
    left: Pending<Left<'t>>,
}

#[derive(Clone, Copy)]
enum Left<'t> {
    /// Terms from the first to the last.
    Terms(&'t [Term]),
    Term(Term),
    /// The tail of a list, which is no cell.
    Tail(Term),
    /// Keys and values of a flat map.
    Pairs(&'t [Term], &'t [Term]),
    /// The children of a node of a large map, from the last to the first.
    Children(&'t [Term]),
}

fn object(start: u32, term: Term) -> u32 {
    let mut hasher = Hasher {
        hash: start,
        parts: PARTS,
        left: Pending::new(),
    };
    hasher.term(term);
    while let Some(left) = hasher.left.pop() {
        if hasher.parts == 0 {
            break;
        }
        hasher.go_on(left);
    }
    hasher.hash
}

impl<'t> Hasher<'t> {
    fn take(&mut self, x: u32, kind: u32) {
        self.take_two(x, 0, kind);
    }

    fn take_two(&mut self, x: u32, y: u32, kind: u32) {
        self.hash = take_two(self.hash, x, y, kind);
    }

    #[inline]
    fn count(&mut self, parts: usize) {
        self.parts = self.parts.saturating_sub(parts);
    }

    fn go_on(&mut self, left: Left<'t>) {
        match left {
            Left::Terms(terms) => {
                let nested = terms.iter().position(|t| !t.is_immediate());
                let flat = nested.unwrap_or(terms.len());
                self.count(1 + flat / 8);
                for &t in &terms[..flat] {
                    self.hash = take_immediate(self.hash, t);
                }
                if let Some(i) = nested {
                    if i + 1 < terms.len() {
                        self.left.push_or_lose(Left::Terms(&terms[i + 1..]));
                    }
                    self.term(terms[i]);
                }
            }
            Left::Term(term) => {
                self.count(1);
                self.term(term);
            }
            Left::Tail(term) => {
                self.hash = take_side(self.hash, TAIL);
                self.term(term);
            }
            Left::Pairs(keys, values) => {
                self.count(1);
                let (Some((&key, keys)), Some((&value, values))) =
                    (keys.split_first(), values.split_first())
                else {
                    return;
                };
                self.left.push_or_lose(Left::Pairs(keys, values));
                self.left.push_or_lose(Left::Term(value));
                self.term(key);
            }
            Left::Children(children) => {
                self.count(1);
                let Some((&last, others)) = children.split_last() else {
                    return;
                };
                self.left.push_or_lose(Left::Children(others));
                match last.as_cons() {
                    Some((key, value)) => {
                        self.left.push_or_lose(Left::Term(value));
                        self.term(key);
                    }
                    None => self
                        .left
                        .push_or_lose(Left::Children(map::node_children(last))),
                }
            }
        }
    }

    /// Takes in a term as far as it does not nest, and notes what does.
    fn term(&mut self, term: Term) {
        if term.is_cons() {
            return self.list(term);
        }
        let Some(subtag) = term.subtag() else {
            self.hash = take_immediate(self.hash, term);
            return;
        };
        match subtag {
            Subtag::Tuple | Subtag::Record => {
                let elements = term.term_slice();
                self.take(elements.len() as u32, TUPLE);
                self.left.push_or_lose(Left::Terms(elements));
            }
            Subtag::Map => self.map(term),
            Subtag::Float => {
                // Both zeros are the same number.
                let bits = (term.float_value() + 0.0).to_bits();
                self.take_two(bits as u32, (bits >> 32) as u32, FLOAT);
            }
            Subtag::PosBig | Subtag::NegBig => self.big(term),
            Subtag::Fun => {
                if let Some(fun) = term.as_closure() {
                    let module = fun.entry.module.word() as u32;
                    self.take_two(fun.env.len() as u32, module, FUN_MODULE);
                    self.take_two(fun.entry.index, fun.entry.old_uniq, FUN);
                    self.left.push_or_lose(Left::Terms(fun.env));
                }
            }
            Subtag::Ref => {
                if let Some(reference) = term.as_reference() {
                    reference.0.iter().for_each(|&word| self.take(word, REF));
                }
            }
            Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin | Subtag::Match => {
                if let Some(bits) = term.as_bits() {
                    self.bits(bits);
                }
            }
            Subtag::ExtFun | Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef => {
                for i in 1..=term.header().arity() {
                    let word = term.boxed_word(i) as u64;
                    self.take_two(word as u32, (word >> 32) as u32, EXTERNAL);
                }
            }
        }
    }

    /// Takes in a list up to its first element that is no byte.
    fn list(&mut self, list: Term) {
        let mut rest = list;
        let (mut bytes, mut count) = (0, 0);
        while let Some((head, tail)) = rest.as_cons() {
            let Some(byte @ 0..=255) = head.as_small() else {
                break;
            };
            if self.parts == 0 {
                return;
            }
            self.count(1);
            bytes = bytes << 8 | byte as u32;
            count += 1;
            if count == 4 {
                self.take(bytes, FOUR_BYTES);
                (bytes, count) = (0, 0);
            }
            rest = tail;
        }
        if count > 0 {
            self.take_two(bytes, count, LAST_BYTES);
        }
        match rest.as_cons() {
            Some((head, tail)) => {
                self.hash = take_side(self.hash, HEAD);
                self.left.push_or_lose(match tail.is_cons() {
                    true => Left::Term(tail),
                    false => Left::Tail(tail),
                });
                self.left.push_or_lose(Left::Term(head));
            }
            None => self.left.push_or_lose(Left::Term(rest)),
        }
    }

    fn map(&mut self, term: Term) {
        self.take(map::size(term) as u32, MAP);
        match map::flat_parts(term) {
            Some((keys, values)) => self.left.push_or_lose(Left::Pairs(keys, values)),
            None => self
                .left
                .push_or_lose(Left::Children(map::root_children(term))),
        }
    }

    fn big(&mut self, term: Term) {
        let Some(Int::Big { negative, limbs }) = term.as_int() else {
            return;
        };
        // What is small in OTP may be larger than a word of 32 bits.
        let half = |i: usize| limbs.get(i).copied().unwrap_or(0) as u64;
        let whole = half(0) | half(1) << 32;
        if usize::BITS == 32
            && limbs.len() <= 2
            && whole < (1 << (SMALL_BITS - 1)) + u64::from(negative)
        {
            let value = if negative {
                -(whole as i64)
            } else {
                whole as i64
            };
            self.hash = take_word(self.hash, small_word(value));
            return;
        }
        let kind = if negative { NEGATIVE } else { POSITIVE };
        match usize::BITS {
            32 => {
                for two in limbs.chunks(2) {
                    let high = two.get(1).copied().unwrap_or(0);
                    self.take_two(two[0] as u32, high as u32, kind);
                }
            }
            _ => {
                for &limb in limbs {
                    self.take_two(limb as u32, (limb as u64 >> 32) as u32, kind);
                }
            }
        }
    }

    fn bits(&mut self, bits: Bits<'_>) {
        let start = BITS.wrapping_add(self.hash);
        if bits.len == 0 {
            self.hash = start;
            return;
        }
        self.count(bits.len / (8 * 64));
        let state = [GOLDEN, GOLDEN, start];
        let len = bits.len / 8;
        self.hash = last_block(&bits.bytes(), state, len);
        let (tail, count) = bits.tail();
        if count > 0 {
            self.take_two(count as u32, (tail >> (8 - count)) as u32, TAIL_BITS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_otp() {
        let hashes = [0, 1, 2, -1].map(|n| hash(Term::small(n)));
        assert_eq!(hashes, [3620831944, 2441450838, 1268203079, 559702020]);
        assert_eq!(hash(Term::NIL), 2464209347);
    }
}
