//! The usual case of making a binary: all its segments are whole bytes, and there is room.
//!
//! What is unusual is left to [`bits_build`](super::bits_build), which then begins anew: bytes that
//! are already written behind the end of a binary count for nothing.

use super::bits::is_little;
use super::bits_build::{char_value, segment_at};
use super::parts;
use crate::code::Module;
use crate::code::bits_form::segment;
use crate::interp::state::State;
use crate::memory::append::{Room, WRITABLE};
use crate::memory::process_heap::STACK_RESERVE;
use crate::term::boxed::SUB_BIN_WORDS;
use crate::term::{Header, Subtag, Term, Word, atoms, utf};

/// Bytes that are being written, from `at` to `end`.
pub(super) struct Window {
    pub data: *mut u8,
    pub at: usize,
    pub end: usize,
}

impl Window {
    /// Copies `len` bytes, which may be those of the same binary before the window.
    #[inline(always)]
    unsafe fn copy(&mut self, from: *const u8, len: usize) -> bool {
        if len > self.end - self.at {
            return false;
        }
        // SAFETY: nobody else sees the bytes of the window, and there are so many.
        unsafe { core::ptr::copy_nonoverlapping(from, self.data.add(self.at), len) };
        self.at += len;
        true
    }

    /// Writes the low `bytes` bytes of a number, in the order of bytes that the flags say.
    #[inline(always)]
    unsafe fn integer(&mut self, value: u64, bytes: usize, flags: usize) -> bool {
        let ordered = if is_little(flags) {
            value.to_le_bytes()
        } else {
            // The lowest byte, the last, becomes number `bytes` - 1.
            (value << (64 - 8 * bytes)).to_be_bytes()
        };
        let room = self.end - self.at;
        // SAFETY: as for `copy`: where there is room for more bytes, the next field overwrites them.
        unsafe {
            let to = self.data.add(self.at);
            if bytes == 1 && room >= 1 {
                to.write(ordered[0]);
            } else if room >= 8 {
                to.cast::<[u8; 8]>().write_unaligned(ordered);
            } else if bytes <= room {
                core::ptr::copy_nonoverlapping(ordered.as_ptr(), to, bytes);
            } else {
                return false;
            }
        }
        self.at += bytes;
        true
    }

    /// Writes segment `i` of the tail, if it is whole bytes of a usual kind and there is room.
    #[inline(always)]
    unsafe fn put(&mut self, s: &State, tail: *const u32, i: usize) -> bool {
        // SAFETY: as for a handler; the tail has so many segments.
        unsafe {
            let [head, source, size, note] = *tail.add(segment::WORDS * i).cast::<[u32; 4]>();
            let source = s.value(source);
            let flags = (head >> segment::FLAGS_SHIFT) as usize & 0xff;
            match head & 0xff {
                segment::INTEGER => {
                    let bytes = (note >> segment::BYTES_SHIFT) as usize;
                    if bytes == 0 || !source.is_small() {
                        return false;
                    }
                    self.integer(source.small_value() as i64 as u64, bytes, flags)
                }
                segment::BINARY => {
                    let unit = head >> segment::UNIT_SHIFT;
                    unit == 8 && s.value(size) == atoms::ALL && self.binary(source)
                }
                segment::STRING => self.string(source, s.value(size), s.m),
                kind @ (segment::UTF8 | segment::UTF16) => self.character(source, kind, flags),
                _ => false,
            }
        }
    }

    /// Writes a binary.
    #[inline(always)]
    unsafe fn binary(&mut self, source: Term) -> bool {
        match source.bit_extent() {
            Some((base, first, len)) if (first | len) % 8 == 0 => {
                // SAFETY: the bytes of a part lie in its binary.
                unsafe { self.copy(base.bytes_address().add(first / 8), len / 8) }
            }
            _ => false,
        }
    }

    /// Writes bytes of the module's strings.
    #[inline(always)]
    unsafe fn string(&mut self, offset: Term, size: Term, m: *const Word) -> bool {
        // SAFETY: the table is that of the running module.
        let strings = unsafe { Module::of_links(m).image.strings() };
        let part = offset
            .as_usize()
            .zip(size.as_usize())
            .and_then(|(offset, size)| strings.get(offset..)?.get(..size));
        // SAFETY: these are bytes elsewhere.
        part.is_some_and(|bytes| unsafe { self.copy(bytes.as_ptr(), bytes.len()) })
    }

    /// Writes a character.
    #[inline(always)]
    unsafe fn character(&mut self, source: Term, kind: u32, flags: usize) -> bool {
        let encoded = char_value(source).and_then(|value| match kind {
            segment::UTF8 => utf::utf8_encode(value),
            _ => utf::utf16_encode(value, is_little(flags)),
        });
        // SAFETY: as for `copy`.
        encoded.is_some_and(|(bytes, len)| unsafe { self.copy_few(bytes, len) })
    }

    /// Writes the first `len` of four bytes.
    #[inline(always)]
    unsafe fn copy_few(&mut self, bytes: [u8; 4], len: usize) -> bool {
        // SAFETY: as for `integer`.
        unsafe {
            if self.end - self.at < 4 {
                return self.copy(bytes.as_ptr(), len);
            }
            let to = self.data.add(self.at);
            to.cast::<[u8; 4]>().write_unaligned(bytes);
        }
        self.at += len;
        true
    }

    /// Writes the segments from `first`, if all of them are usual.
    #[inline(always)]
    pub unsafe fn put_all(&mut self, s: &State, tail: *const u32, first: usize) -> bool {
        // SAFETY: as for a handler; the tail has as many segments as the instruction says.
        unsafe {
            for i in first..s.number(8) {
                if !self.put(s, tail, i) {
                    return false;
                }
            }
        }
        true
    }
}

/// The binary that `bs_create_bin` makes by appending, in place, to one that has room; sets its
/// target. `false`: this case is another, and nothing has changed.
#[inline(always)]
pub(super) unsafe fn append(s: &State, tail: *const u32) -> bool {
    // SAFETY: as for a handler.
    unsafe {
        if s.number(8) == 0 {
            return false;
        }
        let whole = segment_at(s, tail, 0);
        if !matches!(whole.kind, segment::APPEND | segment::PRIVATE_APPEND)
            || !matches!(whole.unit, 1 | 8)
        {
            return false;
        }
        let (p, _) = parts(s.c);
        let need = s.wide(3) as usize + SUB_BIN_WORDS + STACK_RESERVE;
        if p.heap.has_extra() || super::stressed(s.c) || p.heap.free_words() < need {
            return false;
        }
        let Some(room) = Room::behind(whole.source) else {
            return false;
        };
        let mut window = Window {
            data: room.data(),
            at: room.start(),
            end: room.end(),
        };
        if !window.put_all(s, tail, 1) {
            return false;
        }
        let end = window.at * 8;
        room.take(end);
        if whole.kind == segment::PRIVATE_APPEND {
            // Word 3 of a part is its size.
            whole.source.ptr().add(3).write(Term::from_word(end));
            s.set_any(6, whole.source);
            return true;
        }
        let part = p.heap.top;
        let header = Header::with_kind(Subtag::SubBin, WRITABLE, SUB_BIN_WORDS - 1);
        part.write(Term::from_word(header.0));
        part.add(1).write(room.base());
        part.add(2).write(Term::from_word(0));
        part.add(3).write(Term::from_word(end));
        p.heap.top = part.add(SUB_BIN_WORDS);
        s.set_any(6, Term::from_boxed_ptr(part));
        true
    }
}
