//! Matching bit strings.

use super::bits::{Went, broken, field_bits, give, is_little, state};
use super::{SIGNED, collect, is, parts};
use crate::code::Module;
use crate::code::bits_form::command;
use crate::interp::context::Context;
use crate::interp::state::State;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::term::arith::MAX_INTEGER_BITS;
use crate::term::boxed::{MATCH_WORDS, SUB_BIN_WORDS};
use crate::term::{Bits, Header, SMALL_BITS, Subtag, Term, WORD_BYTES, Word, bits_get, order, utf};

/// The words of a match context.
const BASE: usize = 1;
const FIRST: usize = 2;
const END: usize = 3;
const AT: usize = 4;
const SAVES: usize = MATCH_WORDS;

/// What a match context says. It is read once: nothing here moves while it is in use.
#[derive(Clone, Copy)]
pub(in crate::interp) struct Cursor {
    context: Term,
    data: *const u8,
    pub at: usize,
    pub end: usize,
}

impl Cursor {
    /// That of a term, if it is a match context.
    #[inline(always)]
    pub fn of(term: Term) -> Option<Cursor> {
        if !is(term, Subtag::Match) {
            return None;
        }
        let base = Term::from_word(term.boxed_word(BASE));
        Some(Cursor {
            context: term,
            data: base.bytes_address(),
            at: term.boxed_word(AT),
            end: term.boxed_word(END),
        })
    }

    /// How many bits are left.
    #[inline(always)]
    pub fn left(&self) -> usize {
        self.end - self.at
    }

    /// The next `len` bits, which there must be.
    #[inline(always)]
    fn bits<'a>(&self, len: usize) -> Bits<'a> {
        debug_assert!(len <= self.left());
        // SAFETY: a context's end lies inside its binary, which it keeps alive.
        let data = unsafe { core::slice::from_raw_parts(self.data, self.end.div_ceil(8)) };
        Bits {
            data,
            offset: self.at,
            len,
        }
    }

    /// Moves the context to bit `at`.
    #[inline(always)]
    pub unsafe fn go_to(&self, at: usize) {
        // SAFETY: the position of a context, which only its process knows.
        unsafe { set_word(self.context, AT, at) };
    }

    /// The next bits as an integer, if that is quickly found: `len` bits of one byte, or two or four
    /// bytes. There must be so many bits.
    #[inline(always)]
    pub unsafe fn quick(&self, len: usize, flags: usize) -> Option<Term> {
        if flags & SIGNED != 0 {
            return None;
        }
        let shift = self.at % 8;
        // SAFETY: the bytes of the field are those of the binary, as the caller checked.
        unsafe {
            let first = self.data.add(self.at / 8);
            if shift + len <= 8 && len > 0 {
                let value = (*first << shift) >> (8 - len);
                return Some(Term::small(value as isize));
            }
            if shift != 0 {
                return None;
            }
            let little = is_little(flags);
            let value = match len {
                16 => {
                    let raw = first.cast::<u16>().read_unaligned();
                    u32::from(if little { raw.to_le() } else { raw.to_be() })
                }
                32 if SMALL_BITS > 32 => {
                    let raw = first.cast::<u32>().read_unaligned();
                    if little { raw.to_le() } else { raw.to_be() }
                }
                _ => return None,
            };
            Some(Term::small(value as isize))
        }
    }

    /// The next bits as an integer that is surely small: at most [`SMALL_BITS`] - 1.
    #[inline(always)]
    pub unsafe fn small(&self, len: usize, flags: usize) -> Term {
        // SAFETY: as for `quick`.
        unsafe {
            match self.quick(len, flags) {
                Some(value) => value,
                None => small_field(self.data, self.at, len, flags),
            }
        }
    }

    /// The next character, if it is one byte of UTF-8.
    #[inline(always)]
    pub unsafe fn ascii(&self) -> Option<u8> {
        if !self.at.is_multiple_of(8) || self.left() < 8 {
            return None;
        }
        // SAFETY: there are 8 bits.
        let byte = unsafe { *self.data.add(self.at / 8) };
        (byte < 0x80).then_some(byte)
    }

    /// Writes what is left as a part of the binary.
    ///
    /// # Safety
    /// There is room for it.
    #[inline(always)]
    pub unsafe fn write_rest(&self, at: *mut Term) {
        let header = Header::new(Subtag::SubBin, SUB_BIN_WORDS - 1);
        // SAFETY: promised by the caller.
        unsafe {
            at.write(Term::from_word(header.0));
            at.add(1)
                .write(Term::from_word(self.context.boxed_word(BASE)));
            at.add(2).write(Term::from_word(self.at));
            at.add(3).write(Term::from_word(self.left()));
        }
    }
}

#[inline(never)]
unsafe fn small_field(data: *const u8, at: usize, len: usize, flags: usize) -> Term {
    // SAFETY: the caller knows that the field lies inside the bytes.
    let data = unsafe { core::slice::from_raw_parts(data, (at + len).div_ceil(8)) };
    let field = Bits {
        data,
        offset: at,
        len,
    };
    let value = if is_little(flags) {
        field.to_u64_little()
    } else {
        field.to_u64()
    };
    if flags & SIGNED != 0 && len > 0 {
        let unused = 64 - len as u32;
        return Term::small((((value << unused) as i64) >> unused) as isize);
    }
    Term::small(value as isize)
}

unsafe fn set_word(term: Term, i: usize, word: usize) {
    // SAFETY: the caller says that the object has the word, and that it is no term.
    unsafe { term.ptr().add(i).write(Term::from_word(word)) };
}

/// An integer of `len` bits; the caller knows that they are there.
#[inline(always)]
unsafe fn integer(
    c: *mut Context,
    cursor: &Cursor,
    len: usize,
    flags: usize,
) -> Result<Term, OutOfMemory> {
    // SAFETY: as in `parts`.
    unsafe {
        if len < SMALL_BITS as usize {
            return Ok(cursor.small(len, flags));
        }
        if len > MAX_INTEGER_BITS {
            return Err(OutOfMemory);
        }
        let (p, _) = parts(c);
        let signed = flags & SIGNED != 0;
        bits_get::get_int(&mut p.heap, cursor.bits(len), signed, is_little(flags))
    }
}

/// The next `len` bits as a bit string of their own.
unsafe fn part(c: *mut Context, cursor: &Cursor, len: usize) -> Result<Term, OutOfMemory> {
    // SAFETY: as in `parts`.
    unsafe {
        let (p, _) = parts(c);
        if len <= 8 * WORD_BYTES {
            return p.heap.copy_bits(cursor.bits(len));
        }
        let base = cursor.context.boxed_word(BASE);
        let whole = Term::from_word(base);
        if is(whole, Subtag::HeapBin) && whole.boxed_word(1) == len {
            return Ok(whole);
        }
        // Not the RefcBin itself even if it has no more bits: it may be appended to.
        let header = Header::new(Subtag::SubBin, SUB_BIN_WORDS - 1);
        p.heap.boxed_words(header, &[base, cursor.at, len])
    }
}

/// Writes a match context for the bits from `first` to `end` of a binary.
///
/// # Safety
/// There is room for it, and the binary has so many bits.
#[inline(always)]
pub(in crate::interp) unsafe fn write_context(at: *mut Term, base: Term, first: usize, end: usize) {
    let header = Header::new(Subtag::Match, MATCH_WORDS - 1);
    // SAFETY: promised by the caller.
    unsafe {
        at.write(Term::from_word(header.0));
        at.add(BASE).write(base);
        at.add(FIRST).write(Term::from_word(first));
        at.add(END).write(Term::from_word(end));
        at.add(AT).write(Term::from_word(first));
    }
}

/// A context for a bit string, or that of a context itself, with room for `saves` positions.
/// [`Term::NONE`]: there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_start_match(
    c: *mut Context,
    source: Term,
    live: usize,
    saves: usize,
) -> Term {
    // SAFETY: as for a handler; the source is a bit string or a context.
    unsafe {
        let (base, first, end, at) = match source.bit_extent() {
            Some((base, first, len)) => (base, first, first + len, first),
            None => {
                let at = source.boxed_word(AT);
                if source.header().arity() >= AT + saves {
                    if saves > 0 {
                        set_word(source, SAVES, at);
                    }
                    return source;
                }
                let word = |i| source.boxed_word(i);
                (Term::from_word(word(BASE)), word(FIRST), word(END), at)
            }
        };
        let (p, _) = parts(c);
        let Ok(object) = p.heap.reserve(MATCH_WORDS + saves) else {
            return Term::NONE;
        };
        let object = object.as_ptr();
        write_context(object, base, first, end);
        let header = Header::new(Subtag::Match, MATCH_WORDS - 1 + saves);
        object.write(Term::from_word(header.0));
        object.add(AT).write(Term::from_word(at));
        for i in 0..saves {
            object.add(SAVES + i).write(Term::from_word(at));
        }
        super::settle(c, Term::from_boxed_ptr(object), live)
    }
}

/// Units: label, context, live registers at 5, size at 6, unit at 8, flags at 9, target at 10.
struct Field {
    cursor: Cursor,
    bits: usize,
    flags: usize,
}

/// The field that an instruction of that form asks for.
#[inline(always)]
unsafe fn field(s: State) -> Result<Field, Went> {
    // SAFETY: as for a handler.
    unsafe {
        let Some(cursor) = Cursor::of(s.any(3)) else {
            return Err(broken(s.c));
        };
        match field_bits(s.any(6), s.number(8)) {
            Some(bits) if bits <= cursor.left() => Ok(Field {
                cursor,
                bits,
                flags: s.number(9),
            }),
            _ => Err(Went::Failed),
        }
    }
}

/// Moves the context behind what was taken, and gives it to the target at unit 10.
#[inline(always)]
unsafe fn taken(s: State, field: &Field, term: Result<Term, OutOfMemory>) -> Went {
    // SAFETY: as for a handler.
    unsafe {
        let Ok(term) = term else {
            return Went::OutOfMemory;
        };
        field.cursor.go_to(field.cursor.at + field.bits);
        give(s, s.wide(10), term, s.number(5), 0)
    }
}

macro_rules! get {
    ($(#[$doc:meta])* $name:ident, |$s:ident, $field:ident| $take:expr) => {
        $(#[$doc])*
        #[inline(never)]
        pub(in crate::interp) unsafe fn $name(
            ip: *const u32,
            c: *mut Context,
            e: *mut Term,
            m: *const Word,
        ) -> Went {
            let $s = state(ip, c, e, m);
            // SAFETY: as for a handler.
            unsafe {
                match field($s) {
                    Ok($field) => {
                        let term = $take;
                        taken($s, &$field, term)
                    }
                    Err(went) => went,
                }
            }
        }
    };
}

get!(bs_get_integer, |s, field| {
    if field.bits > MAX_INTEGER_BITS {
        let (signed, little) = (field.flags & SIGNED != 0, is_little(field.flags));
        let all = field.cursor.bits(field.bits);
        let bits = bits_get::significant(all, signed, little);
        if bits.len > MAX_INTEGER_BITS {
            return Went::Failed;
        }
        bits_get::get_int(&mut parts(s.c).0.heap, bits, signed, little)
    } else {
        integer(s.c, &field.cursor, field.bits, field.flags)
    }
});

get!(bs_get_binary, |s, field| part(
    s.c,
    &field.cursor,
    field.bits
));

get!(bs_get_float, |s, field| {
    let little = is_little(field.flags);
    let Some(value) = bits_get::get_float(field.cursor.bits(field.bits), little) else {
        return Went::Failed;
    };
    parts(s.c).0.heap.float(value)
});

/// The next `bits` bits as an integer that may not be small; the caller has checked that they are
/// there. [`Term::NONE`]: there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_get_fixed(
    c: *mut Context,
    context: Term,
    live: usize,
    bits: usize,
    flags: usize,
) -> Term {
    // SAFETY: as for a handler; the caller has checked that this is a context, and its room.
    unsafe {
        let Some(cursor) = Cursor::of(context) else {
            return Term::NONE;
        };
        let Ok(term) = integer(c, &cursor, bits, flags) else {
            return Term::NONE;
        };
        cursor.go_to(cursor.at + bits);
        super::settle(c, term, live)
    }
}

/// The rest behind a context's position, which moves to the end if `take` says so. [`Term::NONE`]:
/// there is no memory.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_rest(
    c: *mut Context,
    context: Term,
    live: usize,
    take: bool,
) -> Term {
    // SAFETY: as for a handler; the caller has checked that this is a context.
    unsafe {
        let Some(cursor) = Cursor::of(context) else {
            return Term::NONE;
        };
        let Ok(term) = part(c, &cursor, cursor.left()) else {
            return Term::NONE;
        };
        if take {
            cursor.go_to(cursor.end);
        }
        super::settle(c, term, live)
    }
}

/// The position of a context, as an integer that may not be small. [`Term::NONE`]: there is no
/// memory.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_get_position(
    c: *mut Context,
    context: Term,
    live: usize,
) -> Term {
    // SAFETY: as for `bs_rest`.
    unsafe {
        match parts(c).0.heap.uint(context.boxed_word(AT) as u64) {
            Ok(term) => super::settle(c, term, live),
            Err(OutOfMemory) => Term::NONE,
        }
    }
}

/// Moves a context to a position that `bs_get_position` gave. `false`: it is no such.
#[inline(always)]
pub(in crate::interp) unsafe fn bs_set_position(context: Term, position: Term) -> bool {
    let Some(cursor) = Cursor::of(context) else {
        return false;
    };
    let at = match position.as_usize() {
        Some(at) => at,
        None => match position.as_i64().and_then(|at| usize::try_from(at).ok()) {
            Some(at) => at,
            None => return false,
        },
    };
    if at < context.boxed_word(FIRST) || at > cursor.end {
        return false;
    }
    // SAFETY: the position lies inside.
    unsafe { cursor.go_to(at) };
    true
}

/// Saves the position in a slot of the context. `false`: there is none.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_save(context: Term, slot: usize) -> bool {
    if !is(context, Subtag::Match) || AT + slot >= context.header().arity() {
        return false;
    }
    // SAFETY: the context has the slot.
    unsafe { set_word(context, SAVES + slot, context.boxed_word(AT)) };
    true
}

/// Moves the context to the position in a slot. `false`: there is none.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_restore(context: Term, slot: usize) -> bool {
    if !is(context, Subtag::Match) || AT + slot >= context.header().arity() {
        return false;
    }
    // SAFETY: the context has the slot, and only positions were saved there.
    unsafe { set_word(context, AT, context.boxed_word(SAVES + slot)) };
    true
}

/// Makes a context a bit string again: what it was when matching began.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_context_to_binary(context: Term) {
    if !is(context, Subtag::Match) {
        return;
    }
    let arity = context.header().arity();
    let from = context.boxed_word(if arity > AT { SAVES } else { FIRST });
    let end = context.boxed_word(END);
    // SAFETY: a context has all words of a part, of which the first two are the same already; the
    // header keeps its arity, so that the object keeps its size.
    unsafe {
        set_word(context, 2, from);
        set_word(context, 3, end - from);
        set_word(context, 0, Header::new(Subtag::SubBin, arity).0);
    }
}

/// Do the next bits equal those at byte `offset` of the module's strings? Goes behind them then.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_match_string(
    m: *const Word,
    context: Term,
    bits: usize,
    offset: usize,
) -> bool {
    let Some(cursor) = Cursor::of(context) else {
        return false;
    };
    // SAFETY: the table is that of the running module.
    let strings = unsafe { Module::of_links(m).image.strings() };
    let wanted = strings.get(offset..).and_then(|rest| {
        rest.get(..bits.div_ceil(8)).map(|data| Bits {
            data,
            offset: 0,
            len: bits,
        })
    });
    let Some(wanted) = wanted.filter(|_| bits <= cursor.left()) else {
        return false;
    };
    if !same(cursor.bits(bits), wanted) {
        return false;
    }
    // SAFETY: the position lies inside.
    unsafe { cursor.go_to(cursor.at + bits) };
    true
}

/// Are two runs of the same length the same?
fn same(a: Bits<'_>, b: Bits<'_>) -> bool {
    let mut done = 0;
    if let (Some(a), Some(b)) = (a.aligned_bytes(), b.aligned_bytes()) {
        if a != b {
            return false;
        }
        done = a.len() * 8;
    }
    while done < a.len {
        let step = (a.len - done).min(64);
        if a.slice(done, step).to_u64() != b.slice(done, step).to_u64() {
            return false;
        }
        done += step;
    }
    true
}

/// There is no character.
pub(in crate::interp) const NO_CHAR: u32 = u32::MAX;

/// The character in UTF-8 (`width` 8), UTF-16 or UTF-32 at the front, if there is one; goes
/// behind it then.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_utf(context: Term, width: usize, flags: usize) -> u32 {
    let Some(cursor) = Cursor::of(context) else {
        return NO_CHAR;
    };
    let bits = cursor.bits(cursor.left());
    let found = match width {
        8 => utf::get_utf8(bits),
        16 => utf::get_utf16(bits, is_little(flags)),
        _ => utf::get_utf32(bits, is_little(flags)),
    };
    let Some((value, bits)) = found else {
        return NO_CHAR;
    };
    // SAFETY: the position lies inside.
    unsafe { cursor.go_to(cursor.at + bits) };
    value
}

/// Units: label, context, number of commands at 5; the commands are the tail.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_match(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    use crate::code::isa::len;
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler; the tail has so many commands.
    unsafe {
        let Some(mut cursor) = Cursor::of(s.any(3)) else {
            return broken(c);
        };
        let tail = ip.add(len::BS_MATCH);
        let mut last: Option<(usize, u32)> = None;
        for i in 0..s.number(5) {
            let [head, bits, value, target] = *tail.add(command::WORDS * i).cast::<[u32; 4]>();
            let (bits, left) = (bits as usize, cursor.left());
            let flags = (head >> command::FLAGS_SHIFT) as usize & 0xfff;
            let number = (head >> command::NUMBER_SHIFT) as usize;
            if bits > left {
                return Went::Failed;
            }
            let result = match head & 15 {
                command::ENSURE_AT_LEAST => {
                    if number != 1 && (left - bits) % number != 0 {
                        return Went::Failed;
                    }
                    continue;
                }
                command::ENSURE_EXACTLY => {
                    if left != bits {
                        return Went::Failed;
                    }
                    continue;
                }
                command::SKIP => {
                    cursor.at += bits;
                    continue;
                }
                command::EQUAL => {
                    if !equals(c, &cursor, bits, s.value(value)) {
                        return Went::Failed;
                    }
                    cursor.at += bits;
                    continue;
                }
                command::INTEGER => integer(c, &cursor, bits, flags),
                command::BINARY => part(c, &cursor, bits),
                _ => part(c, &cursor, left),
            };
            let Ok(term) = result else {
                return Went::OutOfMemory;
            };
            if head & 15 != command::GET_TAIL {
                cursor.at += bits;
            }
            s.assign(target, term);
            last = Some((number, target));
        }
        cursor.go_to(cursor.at);
        match last {
            Some((live, target)) => settle_match(s, live, target),
            None => Went::Well,
        }
    }
}

/// Collects if memory was taken outside the heap, keeping the live registers of the last command
/// that takes something, and its target.
#[inline(always)]
unsafe fn settle_match(s: State, live: usize, target: u32) -> Went {
    // SAFETY: as in `give`.
    unsafe {
        if !((*(*s.c).p).heap.has_extra() || super::stressed(s.c)) {
            return Went::Well;
        }
        let register = (target >> 2) as usize;
        let is_above = target & 1 == 0 && register >= live;
        if is_above {
            (*s.c).x[live] = (*s.c).x[register];
        }
        if !collect(s.c, 0, live + is_above as usize) {
            return Went::OutOfMemory;
        }
        if is_above {
            (*s.c).x[register] = (*s.c).x[live];
        }
        Went::Well
    }
}

/// Is the unsigned integer of `bits` bits the value?
unsafe fn equals(c: *mut Context, cursor: &Cursor, bits: usize, value: Term) -> bool {
    // SAFETY: as in `parts`.
    unsafe {
        if bits < SMALL_BITS as usize {
            return cursor.small(bits, 0) == value;
        }
        let mut heap = Fragment::new(&parts(c).1.budget);
        bits_get::get_int(&mut heap, cursor.bits(bits), false, false)
            .is_ok_and(|term| order::equal_exact(term, value))
    }
}
