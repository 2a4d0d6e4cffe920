//! A loaded module: its internal code, and what that refers to.

use super::export::{FunKey, Target};
use super::source::Source;
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::sync::{Arc, Shared};
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

/// A fun expression of a module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lambda {
    pub index: u32,
    pub arity: u32,
    pub num_free: u32,
    /// Its code, in words from the start.
    pub offset: u32,
}

/// A loaded module: one version of it. It is freed when nobody can reach it any more: it is
/// neither current nor old, no process runs its code or refers to its literals.
pub struct Module {
    /// Its number in the VM; 0 is the VM's own code.
    pub id: u32,
    /// Its name, an atom.
    pub name: Term,
    pub(crate) code: Box<[u32]>,
    /// The address of this module, then what the code refers to by index: constants, and the
    /// addresses of export and fun entries.
    pub(crate) links: Box<[Word]>,
    /// The constants, in one block.
    pub(crate) literals: Fragment,
    pub(crate) catches: Vec<Handler>,
    /// Names and arities of the functions that others may call.
    pub exports: Vec<(Term, u32)>,
    /// Where the code of each of these is, in words from the start.
    pub(crate) entries: Vec<u32>,
    pub(crate) lambdas: Vec<Lambda>,
    /// Where the code of `-on_load` is, if there is any.
    pub(crate) on_load: Option<u32>,
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
    budget: Arc<Budget>,
    counted: usize,
}

// SAFETY: a module is immutable once it is loaded; the addresses in it are of things that live
// as long as the VM.
unsafe impl Send for Module {}
// SAFETY: as above.
unsafe impl Sync for Module {}

/// What a module is made of.
pub(crate) struct Parts {
    pub id: u32,
    pub name: Term,
    pub code: Box<[u32]>,
    pub links: Box<[Word]>,
    pub literals: Fragment,
    pub catches: Vec<Handler>,
    pub exports: Vec<(Term, u32)>,
    pub entries: Vec<u32>,
    pub lambdas: Vec<Lambda>,
    pub on_load: Option<u32>,
    pub functions: Vec<Function>,
    pub lines: Vec<LineEntry>,
    pub files: Vec<String>,
    pub source: Source,
    pub md5: [u8; 16],
    pub strings: Box<[u8]>,
}

impl Module {
    /// A module whose link table knows it.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn new(parts: Parts, budget: &Arc<Budget>) -> Result<Shared<Module>, OutOfMemory> {
        let mut module = Module::own(parts, budget)?;
        if let Some(module) = Shared::get_mut(&mut module) {
            module.count()?;
        }
        Ok(module)
    }

    /// As [`Module::new`], of memory that is not counted.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn own(parts: Parts, budget: &Arc<Budget>) -> Result<Shared<Module>, OutOfMemory> {
        let mut module = Shared::new(Module {
            id: parts.id,
            name: parts.name,
            code: parts.code,
            links: parts.links,
            literals: parts.literals,
            catches: parts.catches,
            exports: parts.exports,
            entries: parts.entries,
            lambdas: parts.lambdas,
            on_load: parts.on_load,
            functions: parts.functions,
            lines: parts.lines,
            files: parts.files,
            source: parts.source,
            md5: parts.md5,
            strings: parts.strings,
            budget: budget.clone(),
            counted: 0,
        })?;
        let address: *const Module = &*module;
        if let Some(module) = Shared::get_mut(&mut module)
            && let Some(first) = module.links.first_mut()
        {
            *first = address as Word;
        }
        Ok(module)
    }

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

    /// Bytes that it takes: code, tables and literals, without the file it came from.
    pub fn memory(&self) -> usize {
        self.table_bytes() + self.literals.words() * size_of::<Word>()
    }

    /// As [`Module::memory`] without literals, which are counted by themselves.
    fn table_bytes(&self) -> usize {
        size_of::<Module>()
            + size_of_val(&*self.code)
            + size_of_val(&*self.links)
            + size_of_val(&*self.catches)
            + size_of_val(&*self.exports)
            + size_of_val(&*self.entries)
            + size_of_val(&*self.lambdas)
            + size_of_val(&*self.functions)
            + size_of_val(&*self.lines)
            + self.strings.len()
    }

    /// Counts its tables as used memory, until it is dropped.
    fn count(&mut self) -> Result<(), OutOfMemory> {
        let bytes = self.table_bytes();
        self.budget.charge(bytes)?;
        self.counted = bytes;
        Ok(())
    }

    /// Where code at an offset is.
    pub(crate) fn target(&self, offset: u32) -> Target {
        Target {
            ip: &self.code[offset as usize],
            links: self.link_table(),
        }
    }

    /// What a fun of the module is looked up by.
    pub(crate) fn fun_key(&self, lambda: &Lambda) -> FunKey {
        FunKey {
            module: self.name,
            index: lambda.index,
            uniq: self.md5,
            arity: lambda.arity,
            num_free: lambda.num_free,
        }
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
        if entry.offset < function.offset || entry.line == 0 || entry.line >= LINE_LIMIT {
            return None;
        }
        Some((self.files.get(entry.file as usize)?.as_str(), entry.line))
    }
}

/// Lines from this one on stand in no stack trace, as in OTP, which keeps them in 24 bits.
const LINE_LIMIT: u32 = 1 << 24;

impl Drop for Module {
    fn drop(&mut self) {
        self.budget.refund(self.counted);
    }
}
