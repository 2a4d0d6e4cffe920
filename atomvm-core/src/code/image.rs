//! The part of a module that holds no address and does not change: its internal code and the
//! tables that belong to it, in one block.
//!
//! A block is words of 32 bits, so that it can stand in flash or in a mapped file as well as in
//! memory. First the code, then the sections in the order of [`Section`], then how many words or
//! bytes each of these has. What a section holds is said where it is read.

use super::emit::unpack;
use super::isa::{len, opcode};
use super::module::Handler;
use super::source::Source;
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, slice_of};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The sections of a block.
#[derive(Clone, Copy)]
enum Section {
    Code,
    /// For each function its first word, and where its lines begin.
    Heads,
    /// For each handler its code, and its frame's size and slot.
    Handlers,
    /// For each exported function its code.
    Exports,
    /// For each fun its code.
    Funs,
    /// Bytes: see [`super::places`].
    Lines,
    /// Bytes: the names of source files, each behind its length in two bytes.
    Files,
    /// Bytes that binaries are made of and compared with.
    Strings,
}

const SECTIONS: usize = 8;
/// The sizes of the sections, and where `-on_load` is.
pub(super) const TRAILER: usize = SECTIONS + 1;
const NO_ON_LOAD: u32 = u32::MAX;

impl Section {
    /// Does it consist of bytes?
    const fn is_bytes(at: usize) -> bool {
        at >= Section::Lines as usize
    }
}

/// What a block is made of besides its code.
#[derive(Default)]
pub(crate) struct Tables<'t> {
    pub heads: &'t [u32],
    /// For each handler its word, frame size and slot.
    pub handlers: &'t [(u32, u16, u16)],
    pub exports: &'t [u32],
    pub funs: &'t [u32],
    pub lines: &'t [u8],
    pub files: &'t [u8],
    pub strings: &'t [u8],
    pub on_load: Option<u32>,
}

/// Makes a block of code and what belongs to it.
///
/// # Errors
/// There is no memory.
pub(crate) fn block(mut code: Vec<u32>, tables: &Tables<'_>) -> Result<Vec<u32>, OutOfMemory> {
    let mut sizes = [0; SECTIONS];
    sizes[Section::Code as usize] = code.len();
    let handlers = tables.handlers.iter();
    let handlers = handlers.flat_map(|&(at, frame, slot)| [at, join(frame, slot)]);
    let words = tables.heads.iter().copied().chain(handlers);
    let words = words.chain(tables.exports.iter().copied());
    let words = words.chain(tables.funs.iter().copied());
    code.try_extend(words)?;
    sizes[Section::Heads as usize] = tables.heads.len();
    sizes[Section::Handlers as usize] = 2 * tables.handlers.len();
    sizes[Section::Exports as usize] = tables.exports.len();
    sizes[Section::Funs as usize] = tables.funs.len();
    let bytes = [
        (Section::Lines, tables.lines),
        (Section::Files, tables.files),
        (Section::Strings, tables.strings),
    ];
    for (section, bytes) in bytes {
        sizes[section as usize] = bytes.len();
        code.try_extend(bytes.chunks(4).map(|four| {
            let mut word = [0; 4];
            word[..four.len()].copy_from_slice(four);
            u32::from_ne_bytes(word)
        }))?;
    }
    let trailer = sizes.map(|size| size as u32);
    let on_load = tables.on_load.unwrap_or(NO_ON_LOAD);
    code.try_extend(trailer.into_iter().chain([on_load]))?;
    Ok(code)
}

/// In a block that was made here: how many words are code, and how many are that or words of tables.
pub(super) fn words_of(block: &[u32]) -> (usize, usize) {
    let sizes = block.last_chunk::<TRAILER>().copied().unwrap_or_default();
    let tables = &sizes[..Section::Lines as usize];
    (
        sizes[0] as usize,
        tables.iter().map(|&size| size as usize).sum(),
    )
}

fn join(frame: u16, slot: u16) -> u32 {
    u32::from(frame) << 16 | u32::from(slot)
}

/// A block of a loaded module.
pub(crate) struct Image {
    words: *const u32,
    /// Where each section begins, in words.
    starts: [u32; SECTIONS + 1],
    /// The bytes of each section of bytes.
    lengths: [u32; SECTIONS - Section::Lines as usize],
    on_load: u32,
    keeper: Keeper,
}

/// Who keeps the words.
enum Keeper {
    Own(Box<[u32]>),
    /// They stand where the module comes from.
    Source(#[expect(dead_code, reason = "it keeps the bytes")] Source),
}

impl Image {
    /// An image in memory of its own. `None`: the sizes of its sections are wrong.
    ///
    /// # Errors
    /// There is no memory.
    pub fn own(block: Vec<u32>) -> Result<Option<Image>, OutOfMemory> {
        let words = slice_of(block)?;
        Ok(Image::new(words.as_ptr(), words.len(), Keeper::Own(words)))
    }

    /// An image of nothing but code.
    ///
    /// # Errors
    /// There is no memory.
    pub fn of_code(code: Vec<u32>) -> Result<Image, OutOfMemory> {
        Image::own(block(code, &Tables::default())?)?.ok_or(OutOfMemory)
    }

    /// An image that stays in the bytes that it comes from. `None`: these do not stand at a multiple of
    /// four bytes, or the sizes of its sections are wrong.
    pub fn placed(source: Source) -> Option<Image> {
        let bytes: &[u8] = &source;
        let (words, len) = (bytes.as_ptr().cast::<u32>(), bytes.len() / 4);
        (words.is_aligned() && bytes.len().is_multiple_of(4))
            .then(|| Image::new(words, len, Keeper::Source(source)))?
    }

    fn new(words: *const u32, len: usize, keeper: Keeper) -> Option<Image> {
        // SAFETY: the keeper keeps so many words there, and nobody writes to them meanwhile.
        let all = unsafe { core::slice::from_raw_parts(words, len) };
        let (trailer, sizes) = (all.last_chunk::<TRAILER>()?, len - TRAILER);
        let mut starts = [0; SECTIONS + 1];
        let mut lengths = [0; SECTIONS - Section::Lines as usize];
        for at in 0..SECTIONS {
            let mut size = trailer[at];
            if Section::is_bytes(at) {
                lengths[at - Section::Lines as usize] = size;
                size = size.div_ceil(4);
            }
            starts[at + 1] = u32::checked_add(starts[at], size)?;
        }
        (starts[SECTIONS] as usize == sizes).then_some(Image {
            words,
            starts,
            lengths,
            on_load: trailer[SECTIONS],
            keeper,
        })
    }

    #[inline]
    fn section(&self, section: Section) -> &[u32] {
        let (from, to) = (
            self.starts[section as usize] as usize,
            self.starts[section as usize + 1] as usize,
        );
        // SAFETY: the sections lie within the words that the keeper keeps, which was checked when the
        // image was made.
        unsafe { core::slice::from_raw_parts(self.words.add(from), to - from) }
    }

    #[inline]
    fn bytes(&self, section: Section) -> &[u8] {
        let from = self.starts[section as usize] as usize;
        let length = self.lengths[section as usize - Section::Lines as usize] as usize;
        // SAFETY: as in `section`; a section of bytes has words for all of them.
        unsafe { core::slice::from_raw_parts(self.words.add(from).cast::<u8>(), length) }
    }

    /// The code.
    #[inline]
    pub fn code(&self) -> &[u32] {
        self.section(Section::Code)
    }

    /// Does it stand where nobody may write?
    pub fn is_placed(&self) -> bool {
        matches!(self.keeper, Keeper::Source(_))
    }

    /// Bytes of memory that it takes, without what it refers to elsewhere.
    pub fn memory(&self) -> usize {
        match &self.keeper {
            Keeper::Own(words) => size_of_val(&**words),
            Keeper::Source(_) => 0,
        }
    }

    /// How many functions there are.
    pub fn function_count(&self) -> usize {
        self.section(Section::Heads).len() / 2
    }

    /// The function that holds the word at `offset`, by its number.
    pub fn function_of(&self, offset: u32) -> Option<usize> {
        let (heads, _) = self.section(Section::Heads).as_chunks::<2>();
        let after = heads.partition_point(|head| head[0] <= offset);
        after.checked_sub(1)
    }

    /// The first word of a function; the link that names it; its arity.
    pub fn head(&self, function: usize) -> Option<(u32, u32, u32)> {
        let offset = *self.section(Section::Heads).get(2 * function)?;
        let info = self.code().get(offset as usize..)?;
        let [first, second, third] = *info.first_chunk::<{ len::FUNC_INFO }>()?;
        let ([op, _], [_, low], [high, arity]) = (unpack(first), unpack(second), unpack(third));
        debug_assert_eq!(op, opcode::FUNC_INFO);
        Some((offset, u32::from(low) | u32::from(high) << 16, arity.into()))
    }

    /// The bytes that say where a function's code comes from.
    pub fn lines(&self, function: usize) -> &[u8] {
        let heads = self.section(Section::Heads);
        let all = self.bytes(Section::Lines);
        let start = heads.get(2 * function + 1).map_or(0, |&at| at as usize);
        let next = heads.get(2 * function + 3);
        let end = next.map_or(all.len(), |&at| at as usize);
        all.get(start..end).unwrap_or(&[])
    }

    /// The name of a source file.
    pub fn file(&self, index: usize) -> Option<&str> {
        let mut rest = self.bytes(Section::Files);
        for _ in 0..index {
            rest = name(rest)?.1;
        }
        core::str::from_utf8(name(rest)?.0).ok()
    }

    /// A handler, by its number.
    #[inline]
    pub fn handler(&self, index: usize) -> Option<Handler> {
        let (handlers, _) = self.section(Section::Handlers).as_chunks::<2>();
        let &[offset, place] = handlers.get(index)?;
        Some(Handler {
            offset,
            frame: (place >> 16) as u16,
            slot: place as u16,
        })
    }

    /// For each exported function its code.
    pub fn exports(&self) -> &[u32] {
        self.section(Section::Exports)
    }

    /// For each fun its code.
    pub fn funs(&self) -> &[u32] {
        self.section(Section::Funs)
    }

    /// The bytes that string operands refer to.
    #[inline]
    pub fn strings(&self) -> &[u8] {
        self.bytes(Section::Strings)
    }

    /// Where the code of `-on_load` is, if there is any.
    pub fn on_load(&self) -> Option<u32> {
        (self.on_load != NO_ON_LOAD).then_some(self.on_load)
    }
}

/// A name behind its length in two bytes, and what follows.
fn name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_le_bytes(*length).into())
}

/// Adds a name to the section of files; one that is too long is left empty.
///
/// # Errors
/// There is no memory.
pub(crate) fn add_name(to: &mut Vec<u8>, name: &str) -> Result<(), OutOfMemory> {
    let name = u16::try_from(name.len()).map_or("", |_| name);
    to.try_extend((name.len() as u16).to_le_bytes())?;
    to.try_extend(name.bytes())
}
