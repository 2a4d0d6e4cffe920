//! A loaded module: its internal code, and what that refers to.

use super::source::Source;
use crate::memory::Fragment;
use crate::term::{Term, Word};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Where an exception handler is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    /// Its code, in words from the start.
    pub offset: u32,
    /// The size of the frame that it expects.
    pub frame: u16,
    /// The slot that holds the catch tag.
    pub slot: u16,
}

/// A function, in the order of the code.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its first word, that of its `func_info`.
    pub offset: u32,
    /// Where calls go.
    pub entry: u32,
    /// Its name, an atom.
    pub name: Term,
    /// The number of arguments.
    pub arity: u32,
}

/// A source line for the code from an offset on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineEntry {
    pub offset: u32,
    pub file: u16,
    pub line: u32,
}

/// A loaded module.
pub struct Module {
    /// Its number in the VM; 0 is the VM's own code.
    pub id: u32,
    /// Its name, an atom.
    pub name: Term,
    pub(crate) code: Box<[u32]>,
    /// The address of this module, then what the code refers to by index: constants, and the
    /// addresses of export and fun entries.
    pub(crate) links: Box<[Word]>,
    pub(crate) literals: Fragment,
    pub(crate) catches: Vec<Handler>,
    /// Names and arities of the functions that others may call.
    pub exports: Vec<(Term, u32)>,
    /// Its functions by offset.
    pub functions: Vec<Function>,
    pub(crate) lines: Vec<LineEntry>,
    pub(crate) files: Vec<String>,
    /// Where its bytes came from.
    pub source: Source,
    /// The MD5 sum of its code.
    pub md5: [u8; 16],
    /// The literals that string operands refer to.
    pub(crate) strings: Box<[u8]>,
}

// SAFETY: a module is immutable once it is loaded; the addresses in it are of things that live
// as long as the VM.
unsafe impl Send for Module {}
// SAFETY: as above.
unsafe impl Sync for Module {}

impl Module {
    /// The module of a link table.
    ///
    /// # Safety
    /// `links` is what [`Module::link_table`] returned for a module that still exists.
    #[inline]
    pub(crate) unsafe fn of_links<'a>(links: *const Word) -> &'a Module {
        // SAFETY: the word before the table is the module's address.
        unsafe { &*(*links.sub(1) as *const Module) }
    }

    /// The address that the code's indexes count from.
    #[inline]
    pub(crate) fn link_table(&self) -> *const Word {
        // SAFETY: there always is the first word.
        unsafe { self.links.as_ptr().add(1) }
    }

    /// Bytes that it takes: code, link table and literals, without the file it came from.
    pub fn memory(&self) -> usize {
        self.code.len() * size_of::<u32>()
            + (self.links.len() + self.literals.words()) * size_of::<Word>()
    }

    /// The function that holds the word at `offset`.
    pub fn function_at(&self, offset: u32) -> Option<&Function> {
        let after = self.functions.partition_point(|f| f.offset <= offset);
        self.functions.get(after.checked_sub(1)?)
    }

    /// File and line of the word at `offset`, if they are known.
    pub fn line_at(&self, offset: u32) -> Option<(&str, u32)> {
        let function = self.function_at(offset)?;
        let after = self.lines.partition_point(|l| l.offset <= offset);
        let entry = self.lines.get(after.checked_sub(1)?)?;
        if entry.offset < function.offset || entry.line == 0 {
            return None;
        }
        Some((self.files.get(entry.file as usize)?.as_str(), entry.line))
    }
}
