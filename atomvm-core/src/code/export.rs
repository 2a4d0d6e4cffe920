//! What can be called from outside a module: exported functions and funs.
//!
//! Entries are made when a module that calls or defines the function is loaded, and live as long
//! as the VM: code and terms hold their addresses.

use crate::bif::BifFn;
use crate::bif::index::Place;
use crate::memory::charge::{CountedSet, Keyed};
use crate::memory::{Budget, OutOfMemory};
use crate::sync::{Arc, Mutex, RwLock};
use crate::term::{Term, Word};
use portable_atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Where code is: the first instruction, and the link table of its module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Target {
    /// The instruction.
    pub(crate) ip: *const u32,
    /// The link table that its operands index.
    pub(crate) links: *const Word,
}

// SAFETY: the addresses are of code that lives as long as the VM.
unsafe impl Send for Target {}
// SAFETY: as above.
unsafe impl Sync for Target {}

impl Target {
    /// No code.
    pub(crate) const NONE: Target = Target {
        ip: core::ptr::null(),
        links: core::ptr::null(),
    };
}

/// A function that can be called by name.
#[repr(C)]
pub struct Export {
    pub(crate) ip: AtomicPtr<u32>,
    pub(crate) links: AtomicPtr<Word>,
    /// The module, an atom.
    pub module: Term,
    /// The function, an atom.
    pub function: Term,
    /// The number of arguments.
    pub arity: u16,
    /// Where its native implementation is, if it is a built-in function.
    pub(crate) built_in: Place,
    /// What calls of it call: that, or what tells of calls.
    pub(crate) call: BifCall,
}

/// A built-in function that can be replaced while others call it.
pub(crate) struct BifCall(AtomicPtr<()>);

impl BifCall {
    /// Calls reach `bif`.
    pub fn new(bif: Option<BifFn>) -> BifCall {
        BifCall(AtomicPtr::new(address(bif)))
    }

    /// What calls reach.
    #[inline(always)]
    pub fn get(&self) -> Option<BifFn> {
        let address = self.0.load(Ordering::Relaxed);
        // SAFETY: only addresses of such functions, and null, are stored; null is `None`.
        unsafe { core::mem::transmute::<*mut (), Option<BifFn>>(address) }
    }

    /// Makes calls reach `bif`.
    pub fn set(&self, bif: Option<BifFn>) {
        self.0.store(address(bif), Ordering::Release);
    }
}

fn address(bif: Option<BifFn>) -> *mut () {
    bif.map_or(core::ptr::null_mut(), |bif| bif as *mut ())
}

impl Export {
    /// Its native implementation, if it is a built-in function.
    pub fn bif(&self) -> Option<BifFn> {
        self.built_in.function()
    }

    /// Module, function and number of arguments.
    pub fn mfa(&self) -> (Term, Term, u32) {
        (self.module, self.function, u32::from(self.arity))
    }

    /// The code to run for a call.
    #[inline(always)]
    pub(crate) fn target(&self) -> Target {
        read_target(&self.ip, &self.links)
    }

    /// Makes calls go to `target`. Those that come meanwhile go to `between`, code of the VM's own
    /// that finds out where to go then.
    pub(crate) fn set_target(&self, target: Target, between: Target) {
        self.ip.store(between.ip.cast_mut(), Ordering::Release);
        self.links.store(target.links.cast_mut(), Ordering::Release);
        self.ip.store(target.ip.cast_mut(), Ordering::Release);
    }
}

type Mfa = (Term, Term, u32);

impl Keyed for Export {
    type Key = Mfa;

    fn key(&self) -> Mfa {
        self.mfa()
    }
}

/// All functions that can be called by name.
#[derive(Default)]
pub struct ExportTable {
    entries: RwLock<CountedSet<Export>>,
}

impl ExportTable {
    /// No functions.
    pub fn new(budget: &Arc<Budget>) -> ExportTable {
        ExportTable {
            entries: RwLock::new(CountedSet::new(budget)),
        }
    }

    /// The entry of a function, if code that calls or defines it was loaded.
    pub fn find(&self, module: Term, function: Term, arity: u32) -> Option<&Export> {
        let entries = self.entries.read();
        let entry: *const Export = entries.find(&(module, function, arity))?;
        // SAFETY: entries are boxed and never removed, so the address outlives the lock.
        Some(unsafe { &*entry })
    }

    /// The entry of a function, made by `make` when there is none.
    ///
    /// # Errors
    /// There is no memory.
    pub fn get_or_insert(
        &self,
        mfa: Mfa,
        make: impl FnOnce() -> Export,
    ) -> Result<&Export, OutOfMemory> {
        let mut entries = self.entries.write();
        let entry: *const Export = entries.get_or_insert(&mfa, make)?;
        // SAFETY: as in `find`.
        Ok(unsafe { &*entry })
    }

    /// Calls `visit` with every entry.
    pub fn for_each(&self, mut visit: impl FnMut(&Export)) {
        self.entries.read().iter().for_each(&mut visit);
    }
}

/// The code of a fun expression: shared by all funs that it makes, in every version of the module
/// that has the same one.
#[repr(C)]
pub struct FunEntry {
    pub(crate) ip: AtomicPtr<u32>,
    pub(crate) links: AtomicPtr<Word>,
    /// The module, an atom.
    pub module: Term,
    /// The name of the function that holds the body, an atom; `[]` as long as none was loaded.
    function: AtomicUsize,
    /// Arguments of a call, without what was captured.
    pub arity: u32,
    /// How many terms are captured.
    pub num_free: u32,
    /// Its number among the funs of the module.
    pub index: u32,
    /// The compiler's hash of it.
    pub old_uniq: u32,
    /// The MD5 sum of the module's code.
    pub uniq: [u8; 16],
}

impl FunEntry {
    /// The code to run for a call; its address is null where none is loaded.
    #[inline(always)]
    pub(crate) fn target(&self) -> Target {
        read_target(&self.ip, &self.links)
    }

    /// Makes calls go to `target`.
    pub(crate) fn set_target(&self, target: Target) {
        self.ip.store(core::ptr::null_mut(), Ordering::Release);
        self.links.store(target.links.cast_mut(), Ordering::Release);
        self.ip.store(target.ip.cast_mut(), Ordering::Release);
    }

    /// Takes away the code, if it is that of the module with this link table.
    pub(crate) fn unset_target(&self, links: *const Word) {
        if core::ptr::eq(self.target().links, links) {
            self.set_target(Target::NONE);
        }
    }

    /// Is the code there?
    pub(crate) fn is_loaded(&self) -> bool {
        !self.target().ip.is_null()
    }
}

/// Address of the code and link table, which belong together: code is not given back while a
/// process runs that has read its address, so one that is read twice has not changed meanwhile.
#[inline(always)]
fn read_target(ip: &AtomicPtr<u32>, links: &AtomicPtr<Word>) -> Target {
    loop {
        let target = Target {
            ip: ip.load(Ordering::Acquire),
            links: links.load(Ordering::Acquire),
        };
        // Without `std` there is one thread.
        if cfg!(not(feature = "std")) || core::ptr::eq(ip.load(Ordering::Relaxed), target.ip) {
            return target;
        }
    }
}

/// What a fun is looked up by. Funs of other shape have other entries, whatever a file or a
/// message says, as the interpreter relies on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FunKey {
    /// The module, an atom.
    pub module: Term,
    /// Its number among the funs of the module.
    pub index: u32,
    /// The MD5 sum of the module's code.
    pub uniq: [u8; 16],
    /// Arguments of a call, without what was captured.
    pub arity: u32,
    /// How many terms are captured.
    pub num_free: u32,
}

impl Keyed for FunEntry {
    type Key = FunKey;

    fn key(&self) -> FunKey {
        FunKey {
            module: self.module,
            index: self.index,
            uniq: self.uniq,
            arity: self.arity,
            num_free: self.num_free,
        }
    }
}

/// All fun entries. They stay as long as the VM, as terms hold their addresses.
#[derive(Default)]
pub struct FunTable {
    entries: Mutex<CountedSet<FunEntry>>,
}

impl FunTable {
    /// No funs.
    pub fn new(budget: &Arc<Budget>) -> FunTable {
        FunTable {
            entries: Mutex::new(CountedSet::new(budget)),
        }
    }

    /// The entry of a fun, made when there is none.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn get_or_insert(
        &self,
        key: FunKey,
        old_uniq: u32,
    ) -> Result<&FunEntry, OutOfMemory> {
        let mut entries = self.entries.lock();
        let make = || FunEntry {
            ip: AtomicPtr::new(core::ptr::null_mut()),
            links: AtomicPtr::new(core::ptr::null_mut()),
            module: key.module,
            function: AtomicUsize::new(Term::NIL.word()),
            arity: key.arity,
            num_free: key.num_free,
            index: key.index,
            old_uniq,
            uniq: key.uniq,
        };
        let entry: *const FunEntry = entries.get_or_insert(&key, make)?;
        // SAFETY: entries are boxed and never removed.
        Ok(unsafe { &*entry })
    }

    /// The entry of a fun, if there is one.
    pub(crate) fn find(&self, key: &FunKey) -> Option<&FunEntry> {
        let entries = self.entries.lock();
        let entry: *const FunEntry = entries.find(key)?;
        // SAFETY: as above.
        Some(unsafe { &*entry })
    }
}

impl FunEntry {
    /// The name of the function that holds the body, an atom; `[]` where no code is loaded.
    pub fn function(&self) -> Term {
        if self.is_loaded() {
            Term::from_word(self.function.load(Ordering::Relaxed))
        } else {
            Term::NIL
        }
    }

    /// Says what the function is called that holds the body.
    pub(crate) fn set_function(&self, name: Term) {
        self.function.store(name.word(), Ordering::Relaxed);
    }
}
