//! `erlang:phash2/1,2` and `erlang:phash/2`: hashes that are the same on every machine and in
//! every release, bit for bit those of OTP.
//!
//! Both feed the parts of a term, in order, to a state of 32 bits. `phash2` mixes in two words at
//! a time with the function that Bob Jenkins published in 1996; `phash` multiplies by a prime that
//! depends on the kind of what it takes in, and adds.

use super::{AtomTable, Bits, Int, Subtag, Term, WORD_BYTES, map};
use crate::memory::fallible::{Grow, boxed, collect_or_lose, lose};
use alloc::vec::Vec;

/// The golden ratio. Each kind of term has its own multiple of it.
const GOLDEN: u32 = 0x9e37_79b9;

const fn golden(times: u32) -> u32 {
    GOLDEN.wrapping_mul(times)
}

const ATOM: u32 = golden(3);
const NIL: u32 = golden(2);
const BYTES: u32 = golden(4);
const PID: u32 = golden(5);
const PORT: u32 = golden(6);
const REF: u32 = golden(7);
const TUPLE: u32 = golden(9);
const NEGATIVE: u32 = golden(10);
const POSITIVE: u32 = golden(11);
const FLOAT: u32 = golden(12);
const BINARY: u32 = golden(13);
const EXPORT: u32 = golden(14);
const TAIL_BITS: u32 = golden(15);
const MAP: u32 = golden(16);
const MAP_PAIRS: u32 = golden(19);
const RECORD: u32 = golden(23);

/// The bits of a local process's identifier that count: its serial number does not.
const PID_NUMBER: u32 = (1 << 15) - 1;

/// The same of a port.
const PORT_NUMBER: u32 = (1 << 28) - 1;

/// The hash of a lone `[]`.
const LONE_NIL: u32 = 3_468_870_702;

/// All 32 bits of the hash of which `phash2/1` gives 27.
pub fn phash2(atoms: &AtomTable, term: Term) -> u32 {
    let mut state = Phash2::of(term);
    while !state.step(atoms, &mut usize::MAX.clone()) {}
    state.hash
}

/// Parts of a list or binary that are taken in at once; a multiple of 12.
const RUN: usize = 12 * 1024;

/// What a run of bytes counts for, in units of work.
const BYTES_PER_UNIT: usize = 16;

/// `phash2` at work.
pub struct Phash2 {
    hash: u32,
    /// The pairs of the map at hand, so far.
    pairs: u32,
    left: Vec<Left<'static>>,
    /// Units of work so far that were not counted otherwise.
    units: usize,
}

impl Phash2 {
    /// To hash a term, which must live as long as this.
    pub fn of(term: Term) -> Phash2 {
        Phash2 {
            hash: 0,
            pairs: 0,
            left: collect_or_lose([Left::Term(term)]),
            units: 0,
        }
    }

    /// The hash, once all is done.
    pub fn hash(&self) -> u32 {
        self.hash
    }

    /// Hashes on, as long as there are units of work; `true` when all is done. A part of a term is
    /// a unit.
    pub fn step(&mut self, atoms: &AtomTable, units: &mut usize) -> bool {
        while let Some(next) = self.left.pop() {
            match next {
                Left::Term(term) => self.term(atoms, term),
                Left::Slice(slice) => {
                    if let Some((&first, rest)) = slice.split_first() {
                        if !rest.is_empty() {
                            self.left.push_or_lose(Left::Slice(rest));
                        }
                        self.term(atoms, first);
                    }
                }
                Left::Pairs(mut iter) => {
                    if let Some((key, value)) = iter.next() {
                        self.left.push_or_lose(Left::Pairs(iter));
                        self.left.push_or_lose(Left::PairEnd);
                        self.left.push_or_lose(Left::Term(value));
                        self.left.push_or_lose(Left::Term(key));
                    }
                }
                Left::PairEnd => {
                    self.pairs ^= self.hash;
                    self.hash = 0;
                }
                Left::MapEnd { hash, pairs } => {
                    self.hash = hash;
                    self.take(self.pairs, MAP_PAIRS);
                    self.pairs = pairs;
                }
                Left::Bytes(block) => self.bytes(block),
            }
            let spent = 1 + core::mem::take(&mut self.units);
            *units = units.saturating_sub(spent);
            if *units == 0 {
                return self.left.is_empty();
            }
        }
        true
    }
}

/// A binary of which a part has been taken in.
struct Block {
    bits: Bits<'static>,
    /// The next byte.
    at: usize,
    state: [u32; 3],
}

enum Left<'t> {
    Term(Term),
    Slice(&'t [Term]),
    /// Pairs of a map: each is hashed for itself, as their order must not matter.
    Pairs(alloc::boxed::Box<map::MapIter<'t>>),
    PairEnd,
    MapEnd {
        hash: u32,
        pairs: u32,
    },
    /// What follows in a binary.
    Bytes(alloc::boxed::Box<Block>),
}

/// Jenkins's reversible mix of three words.
#[inline(always)]
pub(super) fn jenkins(mut a: u32, mut b: u32, mut c: u32) -> [u32; 3] {
    for (right, left, last) in [(13, 8, 13), (12, 16, 5), (3, 10, 15)] {
        a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> right);
        b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << left);
        c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> last);
    }
    [a, b, c]
}

impl Phash2 {
    fn take(&mut self, x: u32, kind: u32) {
        self.take_two(x, 0, kind);
    }

    fn take_two(&mut self, x: u32, y: u32, kind: u32) {
        self.hash = jenkins(kind.wrapping_add(x), kind.wrapping_add(y), self.hash)[2];
    }

    fn atom(&self, atoms: &AtomTable, atom: Term) -> u32 {
        atom_hash(atoms.name(atom))
    }

    fn term(&mut self, atoms: &AtomTable, term: Term) {
        if term.is_cons() {
            return self.list(term);
        }
        if let Some(int) = term.as_int() {
            return self.integer(int);
        }
        let Some(subtag) = term.subtag() else {
            return self.immediate(atoms, term);
        };
        match subtag {
            Subtag::Record => self.record(atoms, term),
            Subtag::Tuple => {
                let elements = term.term_slice();
                self.take(elements.len() as u32, TUPLE);
                self.left.push_or_lose(Left::Slice(elements));
            }
            Subtag::Map => self.map(term),
            Subtag::Fun => self.fun(atoms, term),
            Subtag::ExtFun => {
                if let Some(export) = term.as_external_fun() {
                    self.take_two(
                        u32::from(export.arity),
                        self.atom(atoms, export.module),
                        GOLDEN,
                    );
                    self.take(self.atom(atoms, export.function), EXPORT);
                }
            }
            Subtag::Float => {
                // Both zeros are the same number.
                let bits = (term.float_value() + 0.0).to_bits();
                self.take_two((bits >> 32) as u32, bits as u32, FLOAT);
            }
            Subtag::Ref => {
                if let Some(reference) = term.as_reference() {
                    self.take(reference.0[0], REF);
                }
            }
            Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin | Subtag::Match => {
                if let Some(bits) = term.as_bits() {
                    self.bits(bits);
                }
            }
            Subtag::ExtPid => self.take(term.boxed_word(3) as u32, PID),
            Subtag::ExtPort => self.take(term.boxed_word(3) as u32, PORT),
            Subtag::ExtRef => self.take(term.boxed_word(3) as u32, REF),
            // Integers have been dealt with.
            Subtag::PosBig | Subtag::NegBig => {}
        }
    }

    /// Values count in the order of the atoms that name them. That is the order of their numbers
    /// in the VM at hand, so that the hash of a record with several fields is no more portable
    /// than in OTP.
    fn record(&mut self, atoms: &AtomTable, term: Term) {
        let Some(record) = term.as_record() else {
            return;
        };
        // A definition has nothing but atoms, so this goes no deeper.
        let definition = phash2(atoms, term.record_definition());
        self.take_two(record.values.len() as u32, definition, RECORD);
        match record.in_atom_order() {
            Ok(fields) => {
                let values = fields.into_iter().rev();
                values.for_each(|(_, value)| self.left.push_or_lose(Left::Term(value)));
            }
            Err(_) => lose(),
        }
    }

    fn immediate(&mut self, atoms: &AtomTable, term: Term) {
        if term.is_atom() {
            let hash = self.atom(atoms, term);
            if self.hash == 0 {
                self.hash = hash;
            } else {
                self.take(hash, ATOM);
            }
        } else if let Some(number) = term.as_pid() {
            self.take(number as u32 & PID_NUMBER, PID);
        } else if let Some(number) = term.as_port() {
            self.take(number as u32 & PORT_NUMBER, PORT);
        } else if self.hash == 0 {
            self.hash = LONE_NIL;
        } else {
            self.take(2, NIL);
        }
    }

    /// Integers of up to 28 bits count as one word, others as pairs of words.
    fn integer(&mut self, int: Int<'_>) {
        match int.to_i64() {
            Some(value) if (-(1 << 27)..1 << 27).contains(&value) => {
                if value < 0 {
                    self.take(-value as u32, GOLDEN);
                }
                self.take(value as u32, GOLDEN);
            }
            _ => {
                let kind = if int.is_negative() {
                    NEGATIVE
                } else {
                    POSITIVE
                };
                for half in halves(int).chunks(2) {
                    self.take_two(half[0], half.get(1).copied().unwrap_or(0), kind);
                }
            }
        }
    }

    /// Runs of bytes count four by four.
    fn list(&mut self, list: Term) {
        let mut rest = list;
        let (mut word, mut count) = (0u32, 0);
        let mut run = 0;
        let left = loop {
            if run == RUN {
                // Whole words have been taken in: what follows is like a list of its own.
                break None;
            }
            run += 1;
            let Some((head, tail)) = rest.as_cons() else {
                break None;
            };
            let Some(byte) = head.as_usize().filter(|&b| b < 256) else {
                break Some((head, tail));
            };
            word = word << 8 | byte as u32;
            count += 1;
            if count == 4 {
                self.take(word, BYTES);
                (word, count) = (0, 0);
            }
            rest = tail;
        };
        if count > 0 {
            self.take(word, BYTES);
        }
        self.units += run / BYTES_PER_UNIT;
        match left {
            Some((head, tail)) => {
                self.left.push_or_lose(Left::Term(tail));
                self.left.push_or_lose(Left::Term(head));
            }
            None => self.left.push_or_lose(Left::Term(rest)),
        }
    }

    fn map(&mut self, term: Term) {
        let size = map::size(term);
        self.take(size as u32, MAP);
        if size == 0 {
            return;
        }
        self.left.push_or_lose(Left::MapEnd {
            hash: self.hash,
            pairs: self.pairs,
        });
        match boxed(map::iter(term)) {
            Ok(pairs) => self.left.push_or_lose(Left::Pairs(pairs)),
            Err(_) => lose(),
        }
        (self.hash, self.pairs) = (0, 0);
    }

    fn fun(&mut self, atoms: &AtomTable, term: Term) {
        let Some(fun) = term.as_closure() else {
            return;
        };
        let module = self.atom(atoms, fun.entry.module);
        self.take_two(fun.env.len() as u32, module, GOLDEN);
        self.take_two(fun.entry.index, fun.entry.old_uniq, GOLDEN);
        self.left.push_or_lose(Left::Slice(fun.env));
    }

    fn bits(&mut self, bits: Bits<'static>) {
        let start = BINARY.wrapping_add(self.hash);
        if bits.len == 0 {
            self.hash = start;
            return;
        }
        let block = Block {
            bits,
            at: 0,
            state: [GOLDEN, GOLDEN, start],
        };
        match boxed(block) {
            Ok(block) => self.bytes(block),
            Err(_) => lose(),
        }
    }

    /// Takes in more bytes of a binary, and at last the bits behind them.
    fn bytes(&mut self, mut block: alloc::boxed::Box<Block>) {
        let bits = block.bits;
        let left = bits.len / 8 - block.at;
        self.units += left.min(RUN) / BYTES_PER_UNIT;
        if left > RUN {
            let run = bits.slice(block.at * 8, RUN * 8);
            block.state = mix_blocks(&run.bytes(), block.state);
            block.at += RUN;
            return self.left.push_or_lose(Left::Bytes(block));
        }
        let run = bits.slice(block.at * 8, left * 8);
        self.hash = last_block(&run.bytes(), block.state, bits.len / 8);
        let (tail, count) = bits.tail();
        if count > 0 {
            self.take_two(count as u32, (tail >> (8 - count)) as u32, TAIL_BITS);
        }
    }
}

/// The hash of an atom's name. Characters of Latin-1 count as one byte, as they did before names
/// were in UTF-8; others as the bytes of their encoding.
fn atom_hash(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut h, mut i) = (0u32, 0);
    while i < bytes.len() {
        let mut v = bytes[i];
        i += 1;
        if v & 0xfe == 0xc2 && i < bytes.len() {
            v = v << 6 | bytes[i] & 0x3f;
            i += 1;
        }
        h = (h << 4).wrapping_add(v as u32);
        let high = h & 0xf000_0000;
        h ^= high >> 24;
        h ^= high;
    }
    h
}

/// Mixes in bytes, twelve at a time.
fn mix_blocks(bytes: &[u8], state: [u32; 3]) -> [u32; 3] {
    bytes.chunks_exact(12).fold(state, |[a, b, c], chunk| {
        jenkins(
            a.wrapping_add(word(chunk, 0)),
            b.wrapping_add(word(chunk, 4)),
            c.wrapping_add(word(chunk, 8)),
        )
    })
}

/// Mixes in the last bytes of so many in all.
pub(super) fn last_block(bytes: &[u8], state: [u32; 3], len: usize) -> u32 {
    let rest = bytes.chunks_exact(12).remainder();
    let [a, b, c] = mix_blocks(bytes, state);
    // The lowest byte of the last word belongs to the length.
    jenkins(
        a.wrapping_add(word(rest, 0)),
        b.wrapping_add(word(rest, 4)),
        c.wrapping_add(len as u32).wrapping_add(word(rest, 8) << 8),
    )[2]
}

/// Four bytes, zeros where there are none.
fn word(chunk: &[u8], at: usize) -> u32 {
    let byte = |i: usize| chunk.get(at + i).copied().unwrap_or(0) as u32;
    byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24
}

/// The magnitude in words of 32 bits, least significant first, without zeros at the end.
fn halves(int: Int<'_>) -> Vec<u32> {
    let mut words = match int {
        Int::Small(value) => {
            let magnitude = value.unsigned_abs() as u64;
            collect_or_lose([magnitude as u32, (magnitude >> 32) as u32])
        }
        Int::Big { limbs, .. } => collect_or_lose(limbs.iter().flat_map(|&limb| {
            [limb as u32, (limb as u64 >> 32) as u32]
                .into_iter()
                .take(WORD_BYTES / 4)
        })),
    };
    while words.last() == Some(&0) {
        words.pop();
    }
    words
}

/// The primes of `phash`.
const PRIMES: [u32; 14] = [
    268_440_163,
    268_439_161,
    268_435_459,
    268_436_141,
    268_438_633,
    268_437_017,
    268_438_039,
    268_437_511,
    268_439_627,
    268_440_479,
    268_440_577,
    268_440_581,
    268_440_593,
    268_440_611,
];

/// Prime number `n`, counted from 1.
const fn prime(n: usize) -> u32 {
    PRIMES[n - 1]
}

/// All 32 bits of the hash of `phash/2`.
pub fn phash(atoms: &AtomTable, term: Term) -> u32 {
    let mut state = Phash::of(term);
    while !state.step(atoms, &mut usize::MAX.clone()) {}
    state.hash
}

/// `phash` at work.
pub struct Phash {
    hash: u32,
    left: Vec<OldLeft<'static>>,
    /// Units of work so far that were not counted otherwise.
    units: usize,
}

impl Phash {
    /// To hash a term, which must live as long as this.
    pub fn of(term: Term) -> Phash {
        Phash {
            hash: 0,
            left: collect_or_lose([OldLeft::Term(term)]),
            units: 0,
        }
    }

    /// The hash, once all is done.
    pub fn hash(&self) -> u32 {
        self.hash
    }

    /// Hashes on, as [`Phash2::step`] does.
    pub fn step(&mut self, atoms: &AtomTable, units: &mut usize) -> bool {
        while let Some(next) = self.left.pop() {
            match next {
                OldLeft::Term(term) => self.term(atoms, term),
                OldLeft::Slice(slice) => {
                    if let Some((&first, rest)) = slice.split_first() {
                        if !rest.is_empty() {
                            self.left.push_or_lose(OldLeft::Slice(rest));
                        }
                        self.term(atoms, first);
                    }
                }
                OldLeft::Tail(tail) if tail.is_cons() => self.list(tail),
                OldLeft::Tail(tail) => {
                    self.left.push_or_lose(OldLeft::Times(prime(8)));
                    self.term(atoms, tail);
                }
                OldLeft::Times(factor) => self.hash = self.hash.wrapping_mul(factor),
                OldLeft::Arity(arity) => self.take(prime(9), arity),
                OldLeft::Map(mut pairs) => {
                    if pairs.step(atoms, units) {
                        self.take(prime(13), prime(14).wrapping_add(pairs.hash));
                    } else {
                        self.left.push_or_lose(OldLeft::Map(pairs));
                    }
                }
            }
            let spent = 1 + core::mem::take(&mut self.units);
            *units = units.saturating_sub(spent);
            if *units == 0 {
                return self.left.is_empty();
            }
        }
        true
    }
}

enum OldLeft<'t> {
    Term(Term),
    Slice(&'t [Term]),
    /// The rest of a list.
    Tail(Term),
    Times(u32),
    Arity(u32),
    /// A map counts as its `phash2`.
    Map(alloc::boxed::Box<Phash2>),
}

impl Phash {
    fn take(&mut self, factor: u32, x: u32) {
        self.hash = self.hash.wrapping_mul(factor).wrapping_add(x);
    }

    fn take_bytes(&mut self, factor: u32, word: u32) {
        for byte in word.to_le_bytes() {
            self.take(factor, byte as u32);
        }
    }

    fn take_atom(&mut self, atoms: &AtomTable, atom: Term) {
        self.take(prime(1), atom_hash(atoms.name(atom)));
    }

    fn number(&mut self, word: u32, bytes: usize, last: usize) {
        self.take_bytes(prime(bytes), word);
        self.take(prime(last), 0);
    }

    fn term(&mut self, atoms: &AtomTable, term: Term) {
        if term.is_cons() {
            return self.list(term);
        }
        if let Some(int) = term.as_int() {
            return self.integer(int);
        }
        let Some(subtag) = term.subtag() else {
            return match term {
                t if t.is_atom() => self.take_atom(atoms, t),
                t if t.is_pid() => self.number((t.word() >> 4) as u32 & PID_NUMBER, 5, 6),
                t if t.is_port() => self.number((t.word() >> 4) as u32 & PORT_NUMBER, 9, 10),
                _ => self.take(prime(3), 1),
            };
        };
        match subtag {
            Subtag::Tuple | Subtag::Record => {
                let elements = term.term_slice();
                self.left
                    .push_or_lose(OldLeft::Arity(elements.len() as u32));
                self.left.push_or_lose(OldLeft::Slice(elements));
            }
            Subtag::Map => match boxed(Phash2::of(term)) {
                Ok(pairs) => self.left.push_or_lose(OldLeft::Map(pairs)),
                Err(_) => lose(),
            },
            Subtag::Fun => {
                if let Some(fun) = term.as_closure() {
                    self.take(prime(10), fun.env.len() as u32);
                    self.take_atom(atoms, fun.entry.module);
                    self.take(prime(2), fun.entry.index);
                    self.take(prime(2), fun.entry.old_uniq);
                    self.left.push_or_lose(OldLeft::Slice(fun.env));
                }
            }
            Subtag::ExtFun => {
                if let Some(export) = term.as_external_fun() {
                    self.take(prime(11), u32::from(export.arity));
                    self.take_atom(atoms, export.module);
                    self.take_atom(atoms, export.function);
                }
            }
            Subtag::Float => {
                let bits = (term.float_value() + 0.0).to_bits();
                self.take(prime(6), (bits >> 32) as u32 ^ bits as u32);
            }
            Subtag::Ref => {
                let number = term.as_reference().map_or(0, |r| r.0[0]);
                self.number(number, 9, 10);
            }
            Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin | Subtag::Match => {
                if let Some(bits) = term.as_bits() {
                    self.bits(bits);
                }
            }
            Subtag::ExtPid => self.number(term.boxed_word(3) as u32, 5, 6),
            Subtag::ExtPort | Subtag::ExtRef => self.number(term.boxed_word(3) as u32, 9, 10),
            // Integers have been dealt with.
            Subtag::PosBig | Subtag::NegBig => {}
        }
    }

    fn integer(&mut self, int: Int<'_>) {
        let halves = halves(int);
        for &half in &halves {
            self.take_bytes(prime(2), half);
        }
        if halves.is_empty() {
            self.take_bytes(prime(2), 0);
        }
        self.take(prime(if int.is_negative() { 4 } else { 3 }), 0);
    }

    /// Bytes at the front of a list count as such, not as integers.
    fn list(&mut self, list: Term) {
        let mut rest = list;
        let mut run = 0;
        while let Some((head, tail)) = rest.as_cons() {
            if run == RUN {
                self.units += run / BYTES_PER_UNIT;
                return self.left.push_or_lose(OldLeft::Tail(rest));
            }
            run += 1;
            match head.as_usize().filter(|&b| b < 256) {
                Some(byte) => self.take(prime(2), byte as u32),
                None => {
                    self.left.push_or_lose(OldLeft::Tail(tail));
                    self.left.push_or_lose(OldLeft::Term(head));
                    return;
                }
            }
            rest = tail;
        }
        self.left.push_or_lose(OldLeft::Times(prime(8)));
        self.left.push_or_lose(OldLeft::Term(rest));
    }

    fn bits(&mut self, bits: Bits<'_>) {
        self.units += bits.len / (8 * BYTES_PER_UNIT);
        for &byte in bits.bytes().iter() {
            self.take(prime(1), byte as u32);
        }
        let (tail, count) = bits.tail();
        if count > 0 {
            self.take(prime(1), (tail >> (8 - count)) as u32);
            self.take(prime(12), count as u32);
        }
        self.take(prime(4), (bits.len / 8) as u32);
    }
}
