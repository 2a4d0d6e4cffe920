//! Making bit strings: in one instruction, or empty ones that others fill.

use super::bits::{Went, aim, badarg, broken, field_bits, give, is_little, state, system_limit};
use super::bits_quick::{self, Window};
use super::{collect, parts};
use crate::code::Module;
use crate::code::bits_form::segment;
use crate::code::isa::len;
use crate::interp::context::{BitTarget, Context};
use crate::interp::state::State;
use crate::memory::append::{self, Appended};
use crate::memory::build::HEAP_BINARY_MAX;
use crate::memory::process_heap::STACK_RESERVE;
use crate::memory::{Heap, OutOfMemory};
use crate::term::boxed::{REFC_BIN_WORDS, SUB_BIN_WORDS};
use crate::term::{Bits, Term, WORD_BYTES, Word, arith, atoms, bits_put, utf};
use alloc::vec::Vec;

/// The most words that a new bit string takes on the heap.
const NEW_WORDS: usize = 2 + HEAP_BINARY_MAX / WORD_BYTES + REFC_BIN_WORDS + SUB_BIN_WORDS;

/// Why a bit string cannot be built.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Badarg,
    SystemLimit,
}

impl From<OutOfMemory> for Fault {
    fn from(OutOfMemory: OutOfMemory) -> Fault {
        Fault::SystemLimit
    }
}

impl Fault {
    #[cold]
    pub unsafe fn went(self, c: *mut Context) -> Went {
        // SAFETY: the context is live.
        unsafe {
            match self {
                Fault::Badarg => badarg(c),
                Fault::SystemLimit => system_limit(c),
            }
        }
    }
}

/// A segment with its operands.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub kind: u32,
    flags: usize,
    pub unit: usize,
    pub source: Term,
    pub size: Term,
}

#[inline(always)]
pub(super) unsafe fn segment_at(s: &State, tail: *const u32, i: usize) -> Segment {
    // SAFETY: the tail has so many segments.
    unsafe {
        let [head, source, size, _] = *tail.add(segment::WORDS * i).cast::<[u32; 4]>();
        Segment {
            kind: head & 0xff,
            flags: (head >> segment::FLAGS_SHIFT) as usize & 0xff,
            unit: (head >> segment::UNIT_SHIFT) as usize,
            source: s.value(source),
            size: s.value(size),
        }
    }
}

/// Bits of `size` units, where the size is the program's.
pub(super) fn built_bits(size: Term, unit: usize) -> Result<usize, Fault> {
    match field_bits(size, unit) {
        Some(bits) if isize::try_from(bits).is_ok() => Ok(bits),
        Some(_) => Err(Fault::SystemLimit),
        None if size.is_integer() && !size.as_int().is_some_and(|i| i.is_negative()) => {
            Err(Fault::SystemLimit)
        }
        None => Err(Fault::Badarg),
    }
}

/// The part of a bit string that a size asks for; all of it for the atom `all`.
pub(super) fn source_bits<'a>(source: Term, size: Term, unit: usize) -> Result<Bits<'a>, Fault> {
    let bits = source.as_bits().ok_or(Fault::Badarg)?;
    if size == atoms::ALL {
        return if unit != 0 && bits.len % unit == 0 {
            Ok(bits)
        } else {
            Err(Fault::Badarg)
        };
    }
    let len = built_bits(size, unit)?;
    if len > bits.len {
        return Err(Fault::Badarg);
    }
    Ok(bits.slice(0, len))
}

/// A character that a program wants to write.
pub(super) fn char_value(term: Term) -> Option<u32> {
    let value = u32::try_from(term.as_small()?).ok()?;
    utf::is_char(value).then_some(value)
}

impl Segment {
    /// How many bits it takes.
    #[inline(always)]
    fn bits(&self) -> Result<usize, Fault> {
        match self.kind {
            segment::INTEGER | segment::FLOAT | segment::STRING => built_bits(self.size, self.unit),
            segment::BINARY => Ok(source_bits(self.source, self.size, self.unit)?.len),
            segment::UTF32 => Ok(32),
            segment::UTF8 | segment::UTF16 => {
                let value = char_value(self.source).ok_or(Fault::Badarg)?;
                let bytes = match self.kind {
                    segment::UTF8 => utf::utf8_len(value),
                    _ => utf::utf16_len(value),
                };
                Ok(bytes.unwrap_or(0) * 8)
            }
            _ => Err(Fault::Badarg),
        }
    }

    /// Writes it at bit `at`, and says where the next begins.
    #[inline(always)]
    unsafe fn put(&self, to: &mut Run, m: *const Word) -> Result<(), Fault> {
        match self.kind {
            segment::INTEGER => {
                let bits = built_bits(self.size, self.unit)?;
                to.integer(self.source, bits, self.flags)
            }
            segment::FLOAT => {
                let bits = built_bits(self.size, self.unit)?;
                to.float(self.source, bits, self.flags)
            }
            segment::BINARY => to.bits(source_bits(self.source, self.size, self.unit)?),
            segment::STRING => {
                let bits = built_bits(self.size, self.unit)?;
                let offset = self.source.as_usize().ok_or(Fault::Badarg)?;
                // SAFETY: the table is that of the running module.
                unsafe { to.string(m, offset, bits / 8) }
            }
            segment::UTF8 => to.character(self.source, 8, self.flags),
            segment::UTF16 => to.character(self.source, 16, self.flags),
            _ => to.character(self.source, 32, self.flags),
        }
    }
}

/// A run of bits that is being written.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub data: *mut u8,
    pub at: usize,
    pub end: usize,
}

impl Run {
    /// The bytes to write to, for a field of `bits` bits, and its first bit; goes behind it.
    #[inline(always)]
    fn take<'a>(&mut self, bits: usize) -> Result<(&'a mut [u8], usize), Fault> {
        if bits > self.end - self.at {
            return Err(Fault::Badarg);
        }
        let at = self.at;
        self.at += bits;
        // SAFETY: the run lies in a new bit string, or behind one, that nobody else writes.
        let data = unsafe { core::slice::from_raw_parts_mut(self.data, self.end.div_ceil(8)) };
        Ok((data, at))
    }

    #[inline(always)]
    pub fn integer(&mut self, value: Term, bits: usize, flags: usize) -> Result<(), Fault> {
        if value.is_small() && bits <= 64 {
            let low = value.small_value() as i64 as u64;
            let (data, at) = self.take(bits)?;
            if bits == 8 {
                bits_put::put_byte(data, at, low as u8);
            } else if is_little(flags) {
                bits_put::put_u64_little(data, at, bits, low);
            } else {
                bits_put::put_u64(data, at, bits, low);
            }
            return Ok(());
        }
        let int = value.as_int().ok_or(Fault::Badarg)?;
        let (data, at) = self.take(bits)?;
        bits_put::put_int(data, at, bits, int, is_little(flags));
        Ok(())
    }

    pub fn float(&mut self, value: Term, bits: usize, flags: usize) -> Result<(), Fault> {
        let float = arith::to_float(value).ok_or(Fault::Badarg)?;
        let (data, at) = self.take(bits)?;
        if bits_put::put_float(data, at, bits, float, is_little(flags)) {
            Ok(())
        } else {
            Err(Fault::Badarg)
        }
    }

    pub fn bits(&mut self, source: Bits<'_>) -> Result<(), Fault> {
        let (first, last) = (
            self.data as usize,
            self.data as usize + self.end.div_ceil(8),
        );
        let (from, to) = source.data.as_ptr_range().into_addresses();
        if from < last && first < to {
            // The source shares a byte with the run: the last of what is appended to.
            let mut copy: Vec<u8> = Vec::new();
            let bytes = source.len.div_ceil(8);
            copy.try_reserve_exact(bytes).map_err(|_| OutOfMemory)?;
            copy.resize(bytes, 0);
            source.copy_to(&mut copy);
            let len = source.len;
            return self.put_bits(Bits {
                data: &copy,
                offset: 0,
                len,
            });
        }
        self.put_bits(source)
    }

    fn put_bits(&mut self, source: Bits<'_>) -> Result<(), Fault> {
        let (data, at) = self.take(source.len)?;
        bits_put::put_bits(data, at, source);
        Ok(())
    }

    /// Bytes of the module's strings.
    pub unsafe fn string(
        &mut self,
        m: *const Word,
        offset: usize,
        bytes: usize,
    ) -> Result<(), Fault> {
        // SAFETY: the caller's table is that of the running module.
        let strings = unsafe { Module::of_links(m).image.strings() };
        let rest = strings.get(offset..).and_then(|rest| rest.get(..bytes));
        self.put_bits(Bits::of_bytes(rest.ok_or(Fault::Badarg)?))
    }

    pub fn character(&mut self, value: Term, width: usize, flags: usize) -> Result<(), Fault> {
        let value = char_value(value).ok_or(Fault::Badarg)?;
        if width == 8 && value < 0x80 {
            let (data, at) = self.take(8)?;
            bits_put::put_byte(data, at, value as u8);
            return Ok(());
        }
        let little = is_little(flags);
        let encoded = match width {
            8 => utf::utf8_encode(value),
            16 => utf::utf16_encode(value, little),
            _ => utf::utf32_encode(value, little).map(|bytes| (bytes, 4)),
        };
        let (bytes, len) = encoded.ok_or(Fault::Badarg)?;
        self.put_bits(Bits::of_bytes(&bytes[..len]))
    }
}

trait Addresses {
    fn into_addresses(self) -> (usize, usize);
}

impl Addresses for core::ops::Range<*const u8> {
    fn into_addresses(self) -> (usize, usize) {
        (self.start as usize, self.end as usize)
    }
}

/// Units: label, words needed afterwards at 3, live registers at 5, target at 6, number of
/// segments at 8; the segments are the tail.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_create_bin(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        if bits_quick::append(&s, ip.add(len::BS_CREATE_BIN)) {
            return Went::Well;
        }
        // An append may move what the instructions of old compilers write to.
        (*c).bits = BitTarget::NONE;
        match create(s) {
            Ok(term) => give(s, s.wide(6), term, s.number(5), s.wide(3) as usize),
            Err(fault) => {
                if s.label(1) == s.ip {
                    return super::bits_blame::fault(s, fault);
                }
                fault.went(c)
            }
        }
    }
}

/// Bits that are written or copied for one reduction.
const BITS_PER_REDUCTION: usize = 8 << 10;

#[inline]
unsafe fn charge(c: *mut Context, bits: usize) {
    // SAFETY: the context is live.
    unsafe { (*c).reds -= (bits / BITS_PER_REDUCTION) as isize };
}

unsafe fn create(s: State) -> Result<Term, Fault> {
    // SAFETY: as for a handler; the tail has so many segments.
    unsafe {
        let (tail, count) = (s.ip.add(len::BS_CREATE_BIN), s.number(8));
        let mut first = 0;
        let mut target = None;
        if count > 0 {
            let whole = segment_at(&s, tail, 0);
            if matches!(whole.kind, segment::APPEND | segment::PRIVATE_APPEND) {
                let bits = whole.source.bit_count().ok_or(Fault::Badarg)?;
                if whole.unit == 0 || bits % whole.unit != 0 {
                    return Err(Fault::Badarg);
                }
                target = Some(whole);
                first = 1;
            }
        }
        let mut bits = 0usize;
        for i in first..count {
            let more = segment_at(&s, tail, i).bits()?;
            bits = bits.checked_add(more).ok_or(Fault::SystemLimit)?;
        }
        let (p, _) = parts(s.c);
        charge(s.c, bits);
        let (term, mut run) = match target {
            None => {
                let (term, data) = p.heap.new_bits(bits)?;
                let run = Run {
                    data: data.as_mut_ptr(),
                    at: 0,
                    end: bits,
                };
                (term, run)
            }
            Some(whole) => appended(s.c, whole.source, bits, whole.kind)?,
        };
        if run.at == 0 && bits.is_multiple_of(8) {
            let mut window = Window {
                data: run.data,
                at: 0,
                end: bits / 8,
            };
            if window.put_all(&s, tail, first) && window.at == window.end {
                return Ok(term);
            }
        }
        for i in first..count {
            segment_at(&s, tail, i).put(&mut run, s.m)?;
        }
        Ok(term)
    }
}

/// `whole` with room for `bits` bits behind it.
unsafe fn appended(
    c: *mut Context,
    whole: Term,
    bits: usize,
    kind: u32,
) -> Result<(Term, Run), Fault> {
    // SAFETY: as in `parts`.
    unsafe {
        if bits == 0 && whole.is_bitstring() {
            let run = Run {
                data: core::ptr::NonNull::dangling().as_ptr(),
                at: 0,
                end: 0,
            };
            return Ok((whole, run));
        }
        let (p, _) = parts(c);
        let old = whole.as_bits().unwrap_or(Bits::of_bytes(&[]));
        let old_end = old.data.as_ptr().wrapping_add((old.offset + old.len) / 8);
        let private = match kind {
            segment::PRIVATE_APPEND => append::append_private(whole, bits)?,
            _ => None,
        };
        let appended = match private {
            Some(appended) => Some(appended),
            None => append::append(&mut p.heap, whole, bits)?,
        };
        let Appended { term, data, at } = appended.ok_or(Fault::Badarg)?;
        if data.as_ptr() != old_end {
            charge(c, old.len);
        }
        let run = Run {
            data: data.as_mut_ptr(),
            at,
            end: at + bits,
        };
        Ok((term, run))
    }
}

/// Makes room on the heap itself for a new bit string and `words` words after it, keeping `term`.
unsafe fn make_room(c: *mut Context, term: Term, words: usize, live: usize) -> Option<Term> {
    // SAFETY: as in `give`.
    unsafe {
        let need = words + NEW_WORDS;
        let (p, _) = parts(c);
        if !super::stressed(c) && p.heap.free_words() >= need + STACK_RESERVE {
            return Some(term);
        }
        (*c).x[live] = term;
        collect(c, need, live + 1).then(|| (*c).x[live])
    }
}

/// Units: label, size at 3, unit at 5, words needed afterwards at 6, live registers at 8, target
/// at 9.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_init(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let mut s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        (*c).bits = BitTarget::NONE;
        let bits = match built_bits(s.any(3), s.number(5)) {
            Ok(bits) => bits,
            Err(fault) => return fault.went(c),
        };
        if make_room(c, Term::NIL, s.wide(6) as usize, s.number(8)).is_none() {
            return Went::OutOfMemory;
        }
        let (p, _) = parts(c);
        let Ok((term, data)) = p.heap.new_bits(bits) else {
            return system_limit(c);
        };
        aim(c, data.as_mut_ptr(), 0, bits);
        s.e = p.heap.stop;
        s.set_any(9, term);
        Went::Well
    }
}

/// Units: label, bits at 3, words needed afterwards at 5, live registers at 7, bit string at 8,
/// its unit at 10, target at 11.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_append(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let mut s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        (*c).bits = BitTarget::NONE;
        let whole = s.any(8);
        let bits = match source_bits(whole, atoms::ALL, s.number(10))
            .and_then(|_| built_bits(s.any(3), 1))
        {
            Ok(bits) => bits,
            Err(fault) => return fault.went(c),
        };
        let Some(whole) = make_room(c, whole, s.wide(5) as usize, s.number(7)) else {
            return Went::OutOfMemory;
        };
        let (term, run) = match appended(c, whole, bits, segment::APPEND) {
            Ok(appended) => appended,
            Err(fault) => return fault.went(c),
        };
        aim(c, run.data, run.at, run.end);
        s.e = (*(*c).p).heap.stop;
        s.set_any(11, term);
        Went::Well
    }
}

/// Units: label, bits at 3, bit string at 5, its unit at 7, target at 8. It may not take words of
/// the heap, which are promised to others; so it takes only what `bs_init_writable` began.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_private_append(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        (*c).bits = BitTarget::NONE;
        let whole = s.any(5);
        let bits = match source_bits(whole, atoms::ALL, s.number(7))
            .and_then(|_| built_bits(s.any(3), 1))
        {
            Ok(bits) => bits,
            Err(fault) => return fault.went(c),
        };
        match append::append_private(whole, bits) {
            Ok(Some(Appended { term, data, at })) => {
                aim(c, data.as_mut_ptr(), at, at + bits);
                s.set_any(8, term);
                Went::Well
            }
            Ok(None) => broken(c),
            Err(OutOfMemory) => system_limit(c),
        }
    }
}

/// Makes x0, a number of bytes, an empty bit string with room for so many.
#[inline(never)]
pub(in crate::interp) unsafe fn bs_init_writable(
    ip: *const u32,
    c: *mut Context,
    e: *mut Term,
    m: *const Word,
) -> Went {
    let s = state(ip, c, e, m);
    // SAFETY: as for a handler.
    unsafe {
        (*c).bits = BitTarget::NONE;
        let (p, _) = parts(c);
        let capacity = s.x(0).as_usize().unwrap_or(0);
        match append::writable(&mut p.heap, capacity) {
            Ok(term) => give(s, 0, term, 0, 0),
            Err(OutOfMemory) => Went::OutOfMemory,
        }
    }
}
