//! The hash that maps and tables use inside the VM: fast, and equal for terms that are `=:=`. It
//! never shows in a program; see [`phash`](super::phash) for those that do.

use super::{Bits, Int, Subtag, Term, map};
use alloc::vec::Vec;

/// The hash of a term. Two terms that are `=:=` have the same one.
///
/// Atoms count by their index, so that it differs from VM to VM.
#[inline]
pub fn hash(term: Term) -> u32 {
    if term.is_immediate() {
        finish(immediate(term))
    } else {
        finish(object(term))
    }
}

/// Spreads what was taken in over all bits.
#[inline]
fn finish(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// Takes in 32 bits more.
#[inline]
fn mix(h: u32, x: u32) -> u32 {
    let x = x
        .wrapping_mul(0xcc9e_2d51)
        .rotate_left(15)
        .wrapping_mul(0x1b87_3593);
    (h ^ x)
        .rotate_left(13)
        .wrapping_mul(5)
        .wrapping_add(0xe654_6b64)
}

#[inline]
fn mix_u64(h: u32, x: u64) -> u32 {
    mix(mix(h, x as u32), (x >> 32) as u32)
}

/// What an immediate contributes: 32 bits of its word, both halves if it has two.
#[inline]
fn immediate(term: Term) -> u32 {
    let word = term.word() as u64;
    (word as u32) ^ ((word >> 32) as u32).wrapping_mul(0x9e37_79b9)
}

// Kinds of objects, so that a tuple and a list of the same elements differ.
const CONS: u32 = 1;
const TUPLE: u32 = 2;
const MAP: u32 = 3;
const FUN: u32 = 4;
const BITS: u32 = 5;
const FLOAT: u32 = 6;
const BIG: u32 = 7;
const OTHER: u32 = 8;
const SMALL: u32 = 9;

/// Parts of a term that count. Of a larger term only the front does: terms whose parts are shared
/// are as trees far larger than in memory.
const PARTS: usize = 1 << 18;

struct Hasher<'t> {
    hash: u32,
    /// Parts that may still count.
    parts: usize,
    /// Terms that are still to be taken in.
    left: Vec<&'t [Term]>,
}

fn object(term: Term) -> u32 {
    let mut hasher = Hasher {
        hash: 0,
        parts: PARTS,
        left: Vec::new(),
    };
    hasher.term(term);
    while let Some(slice) = hasher.left.pop() {
        if hasher.parts == 0 {
            break;
        }
        let nested = slice.iter().position(|t| !t.is_immediate());
        let flat = nested.unwrap_or(slice.len());
        hasher.count(1 + flat / 8);
        for &t in &slice[..flat] {
            hasher.hash = mix(hasher.hash, immediate(t));
        }
        if let Some(i) = nested {
            if i + 1 < slice.len() {
                hasher.left.push(&slice[i + 1..]);
            }
            hasher.term(slice[i]);
        }
    }
    hasher.hash
}

impl Hasher<'_> {
    fn mix(&mut self, x: u32) {
        self.hash = mix(self.hash, x);
    }

    #[inline]
    fn count(&mut self, parts: usize) {
        self.parts = self.parts.saturating_sub(parts);
    }

    /// Takes in an object as far as it does not nest, and notes what does.
    fn term(&mut self, term: Term) {
        if term.is_cons() {
            return self.list(term);
        }
        let Some(subtag) = term.subtag() else {
            return self.mix(immediate(term));
        };
        match subtag {
            Subtag::Tuple | Subtag::Record => {
                let elements = term.term_slice();
                self.mix(TUPLE);
                self.mix(elements.len() as u32);
                self.left.push(elements);
            }
            Subtag::Map => self.map(term),
            Subtag::Float => {
                self.mix(FLOAT);
                // Both zeros are the same number.
                let value = term.float_value() + 0.0;
                self.hash = mix_u64(self.hash, value.to_bits());
            }
            Subtag::PosBig | Subtag::NegBig => self.big(term),
            Subtag::Fun => {
                self.mix(FUN);
                if let Some(fun) = term.as_closure() {
                    let expression =
                        u64::from(fun.entry.index) << 32 | u64::from(fun.entry.old_uniq);
                    self.hash = mix_u64(self.hash, fun.entry.module.word() as u64);
                    self.hash = mix_u64(self.hash, expression);
                    self.left.push(fun.env);
                }
            }
            Subtag::Ref => {
                self.mix(OTHER);
                if let Some(reference) = term.as_reference() {
                    reference.0.iter().for_each(|&word| self.mix(word));
                }
            }
            Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin | Subtag::Match => {
                if let Some(bits) = term.as_bits() {
                    self.mix(BITS);
                    self.bits(bits);
                }
            }
            Subtag::ExtFun | Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef => {
                self.mix(OTHER);
                for i in 1..=term.header().arity() {
                    self.hash = mix_u64(self.hash, term.boxed_word(i) as u64);
                }
            }
        }
    }

    fn list(&mut self, list: Term) {
        let mut cell = list;
        loop {
            if self.parts == 0 {
                return;
            }
            self.count(1);
            self.mix(CONS);
            let (head, tail) = (cell.head(), cell.tail());
            if !head.is_immediate() {
                // SAFETY: the tail is the second word of the cell, which stays where it is (see
                // the invariant of `term`).
                self.left
                    .push(unsafe { core::slice::from_raw_parts(cell.ptr().add(1), 1) });
                return self.left.push(
                    // SAFETY: the head is the first word of the cell.
                    unsafe { core::slice::from_raw_parts(cell.ptr(), 1) },
                );
            }
            self.mix(immediate(head));
            if tail.is_immediate() {
                return self.mix(immediate(tail));
            }
            if !tail.is_cons() {
                // SAFETY: as above.
                return self
                    .left
                    .push(unsafe { core::slice::from_raw_parts(cell.ptr().add(1), 1) });
            }
            cell = tail;
        }
    }

    fn map(&mut self, term: Term) {
        // Inner nodes of a large map come here, too: equal maps have the same ones.
        self.mix(MAP);
        match map::flat_parts(term) {
            Some((keys, values)) => {
                self.mix(values.len() as u32);
                self.left.push(values);
                self.left.push(keys);
            }
            None => self.left.push(term.term_slice()),
        }
    }

    fn big(&mut self, term: Term) {
        match term.as_int() {
            Some(Int::Big { negative, limbs }) => {
                self.mix(BIG + negative as u32);
                for &limb in limbs {
                    self.hash = mix_u64(self.hash, limb as u64);
                }
            }
            _ => self.mix(SMALL),
        }
    }

    fn bits(&mut self, bits: Bits<'_>) {
        self.mix(bits.len as u32);
        self.count(bits.len / (8 * 64));
        let whole = bits.len / 8;
        let word = |i: usize| {
            u32::from_le_bytes([
                bits.byte(i),
                bits.byte(i + 1),
                bits.byte(i + 2),
                bits.byte(i + 3),
            ])
        };
        match bits.aligned_bytes() {
            Some(bytes) => {
                for four in bytes.chunks_exact(4) {
                    self.mix(u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
                }
            }
            None => (0..whole / 4).for_each(|i| self.mix(word(i * 4))),
        }
        for i in whole / 4 * 4..whole {
            self.mix(bits.byte(i) as u32);
        }
        let (tail, count) = bits.tail();
        if count > 0 {
            self.mix((tail as u32) << 8 | count as u32);
        }
    }
}
