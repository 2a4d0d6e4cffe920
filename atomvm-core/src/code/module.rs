//! A loaded module: its internal code, and what that refers to.

use super::export::{FunKey, Target};
use super::image::Image;
use super::isa::len;
use super::places;
use super::source::Source;
use crate::memory::fallible::{collect, slice_of};
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::sync::{Arc, Mutex, Shared};
use crate::term::{Term, Word};
use alloc::boxed::Box;
use portable_atomic::{AtomicPtr, Ordering};

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
    /// Its code and what belongs to it.
    pub(crate) image: Image,
    /// The code again, in memory: see [`Module::make_writable`].
    copy: Mutex<Option<Box<[u32]>>>,
    /// The code that calls reach: that of the image, or the copy.
    reached: AtomicPtr<u32>,
    /// The address of this module, then what the code refers to by index: constants, and the
    /// addresses of export and fun entries.
    pub(crate) links: Box<[Word]>,
    /// The constants, in one block.
    pub(crate) literals: Fragment,
    /// For each large selection of the code the numbers of its pairs in the order of their constants.
    pub(crate) orders: Box<[u16]>,
    pub(crate) lambdas: Box<[Lambda]>,
    /// Where its bytes came from.
    pub source: Source,
    /// The MD5 sum of its code.
    pub md5: [u8; 16],
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
    pub image: Image,
    pub links: Box<[Word]>,
    pub literals: Fragment,
    pub orders: Box<[u16]>,
    pub lambdas: Box<[Lambda]>,
    pub source: Source,
    pub md5: [u8; 16],
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
            reached: AtomicPtr::new(parts.image.code().as_ptr().cast_mut()),
            image: parts.image,
            copy: Mutex::new(None),
            links: parts.links,
            literals: parts.literals,
            orders: parts.orders,
            lambdas: parts.lambdas,
            source: parts.source,
            md5: parts.md5,
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
            + self.image.memory()
            + size_of_val(&*self.links)
            + size_of_val(&*self.orders)
            + size_of_val(&*self.lambdas)
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
            ip: self.place(offset),
            links: self.link_table(),
        }
    }

    /// The instruction at an offset.
    #[inline]
    pub(crate) fn place(&self, offset: u32) -> *const u32 {
        assert!(
            (offset as usize) < self.image.code().len(),
            "beyond the code"
        );
        let start = self.reached.load(Ordering::Acquire).cast_const();
        // SAFETY: it is the start of the image's code, or of a copy that is as long and lives as long as
        // the module.
        unsafe { start.add(offset as usize) }
    }

    /// Where an instruction is, in words from the start.
    pub(crate) fn offset_of(&self, ip: *const u32) -> usize {
        let within = |code: &[u32]| {
            let bytes = (ip as usize).wrapping_sub(code.as_ptr() as usize);
            // What is called last leaves an address behind the code's end.
            (bytes <= size_of_val(code)).then_some(bytes / size_of::<u32>())
        };
        within(self.image.code())
            .or_else(|| within(self.copy.lock().as_deref()?))
            .unwrap_or(0)
    }

    /// Sees to it that there is code to which trace points can be written: where it stands in the bytes
    /// that it came from, a copy is made; was it? Calls go to the copy when they are linked again.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn make_writable(&self) -> Result<bool, OutOfMemory> {
        let mut copy = self.copy.lock();
        let is_needed = copy.is_none() && self.image.is_placed();
        if is_needed {
            let code = self.image.code();
            self.budget.charge(size_of_val(code))?;
            let made = collect(code.iter().copied()).and_then(slice_of);
            if made.is_err() {
                self.budget.refund(size_of_val(code));
            }
            let made = copy.insert(made?);
            self.reached.store(made.as_mut_ptr(), Ordering::Release);
        }
        Ok(is_needed)
    }

    /// Where the first instruction of a function can be written to.
    pub(crate) fn point(&self, offset: u32) -> Option<*mut u16> {
        let is_writable = !self.image.is_placed() || self.copy.lock().is_some();
        is_writable.then(|| self.place(offset).cast_mut().cast())
    }

    /// Where what stood at `ip` stands now that a copy of the code was made; that, if it is not of
    /// the code that stood elsewhere before.
    pub(crate) fn moved(&self, ip: *const u32) -> *const u32 {
        let code = self.image.code();
        let bytes = (ip as usize).wrapping_sub(code.as_ptr() as usize);
        if bytes >= size_of_val(code) {
            return ip;
        }
        self.place((bytes / size_of::<u32>()) as u32)
    }

    /// Calls `visit` with the address and size in bytes of each place where the code stands.
    pub(crate) fn each_code(&self, mut visit: impl FnMut(usize, usize)) {
        let mut visit = |code: &[u32]| visit(code.as_ptr() as usize, size_of_val(code));
        visit(self.image.code());
        if let Some(copy) = self.copy.lock().as_deref() {
            visit(copy);
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

    /// The functions that others may call.
    pub fn exports(&self) -> impl Iterator<Item = Function> + '_ {
        let exports = self.image.exports().iter();
        // The verifier has seen that each leads to a function.
        exports.filter_map(|&entry| self.function_at(entry))
    }

    /// Its functions in the order of their code.
    pub fn functions(&self) -> impl DoubleEndedIterator<Item = Function> + '_ {
        (0..self.image.function_count()).filter_map(|at| self.function(at))
    }

    fn function(&self, at: usize) -> Option<Function> {
        let (offset, name, arity) = self.image.head(at)?;
        let name = self.links.get(name as usize + 1);
        Some(Function {
            offset,
            entry: offset + len::FUNC_INFO as u32,
            name: name.map_or(Term::NIL, |&word| Term::from_word(word)),
            arity,
        })
    }

    /// The function that holds the word at `offset`.
    pub fn function_at(&self, offset: u32) -> Option<Function> {
        self.function(self.image.function_of(offset)?)
    }

    /// File and line of the word at `offset`, if they are known.
    pub fn line_at(&self, offset: u32) -> Option<(&str, u32)> {
        let function = self.image.function_of(offset)?;
        let (head, ..) = self.image.head(function)?;
        let place = places::find(self.image.lines(function), head, offset)?;
        if place.line == 0 || place.line >= LINE_LIMIT {
            return None;
        }
        Some((self.image.file(place.file as usize)?, place.line))
    }
}

/// Lines from this one on stand in no stack trace, as in OTP, which keeps them in 24 bits.
const LINE_LIMIT: u32 = 1 << 24;

impl Drop for Module {
    fn drop(&mut self) {
        let copy = self.copy.lock().take();
        let copied = copy.as_deref().map_or(0, size_of_val);
        self.budget.refund(self.counted + copied);
    }
}
