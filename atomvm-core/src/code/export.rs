//! What can be called from outside a module: exported functions and funs.
//!
//! Entries are made when a module that calls or defines the function is loaded, and live as long
//! as the VM: code and terms hold their addresses.

use crate::bif::BifFn;
use crate::sync::{Mutex, RwLock};
use crate::term::{Term, Word};
use alloc::boxed::Box;
use hashbrown::HashMap;
use portable_atomic::{AtomicPtr, AtomicU32, Ordering};

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
    pub arity: u32,
    /// Its native implementation, if it is a built-in function.
    pub bif: Option<BifFn>,
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
    /// The code to run for a call.
    #[inline(always)]
    pub(crate) fn target(&self) -> Target {
        Target {
            ip: self.ip.load(Ordering::Relaxed),
            links: self.links.load(Ordering::Acquire),
        }
    }

    /// Makes calls go to `target`.
    pub(crate) fn set_target(&self, target: Target) {
        self.links.store(target.links.cast_mut(), Ordering::Release);
        self.ip.store(target.ip.cast_mut(), Ordering::Release);
    }
}

type Mfa = (Term, Term, u32);

/// All functions that can be called by name.
#[derive(Default)]
pub struct ExportTable {
    entries: RwLock<HashMap<Mfa, Box<Export>>>,
}

impl ExportTable {
    /// The entry of a function, if code that calls or defines it was loaded.
    pub fn find(&self, module: Term, function: Term, arity: u32) -> Option<&Export> {
        let entries = self.entries.read();
        let entry: *const Export = &**entries.get(&(module, function, arity))?;
        // SAFETY: entries are boxed and never removed, so the address outlives the lock.
        Some(unsafe { &*entry })
    }

    /// The entry of a function, made by `make` when there is none.
    pub fn get_or_insert(&self, mfa: Mfa, make: impl FnOnce() -> Export) -> &Export {
        if let Some(found) = self.find(mfa.0, mfa.1, mfa.2) {
            return found;
        }
        let mut entries = self.entries.write();
        let entry: *const Export = &**entries.entry(mfa).or_insert_with(|| Box::new(make()));
        // SAFETY: as in `find`.
        unsafe { &*entry }
    }

    /// Calls `visit` with every entry.
    pub fn for_each(&self, mut visit: impl FnMut(&Export)) {
        self.entries.read().values().for_each(|entry| visit(entry));
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
    /// The name of the function that holds the body, an atom.
    pub function: Term,
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
    /// How many loaded versions of the module have it.
    pub(crate) loaded: AtomicU32,
}

impl FunEntry {
    /// The code to run for a call.
    #[inline(always)]
    pub(crate) fn target(&self) -> Target {
        Target {
            ip: self.ip.load(Ordering::Relaxed),
            links: self.links.load(Ordering::Acquire),
        }
    }

    /// Makes calls go to `target`.
    pub(crate) fn set_target(&self, target: Target) {
        self.links.store(target.links.cast_mut(), Ordering::Release);
        self.ip.store(target.ip.cast_mut(), Ordering::Release);
    }
}

type FunKey = (Term, u32, [u8; 16]);

/// All fun entries.
#[derive(Default)]
pub struct FunTable {
    entries: Mutex<HashMap<FunKey, Box<FunEntry>>>,
}

impl FunTable {
    /// The entry of a fun, made by `make` when no loaded or former module has the same.
    pub fn get_or_insert(
        &self,
        module: Term,
        index: u32,
        uniq: [u8; 16],
        make: impl FnOnce() -> FunEntry,
    ) -> &FunEntry {
        let mut entries = self.entries.lock();
        let entry: *const FunEntry = &**entries
            .entry((module, index, uniq))
            .or_insert_with(|| Box::new(make()));
        // SAFETY: entries are boxed and never removed.
        unsafe { &*entry }
    }

    /// The newest entry of a module's fun with this index and compiler's hash.
    pub fn find(&self, module: Term, index: u32, uniq: &[u8; 16]) -> Option<&FunEntry> {
        let entries = self.entries.lock();
        let entry: *const FunEntry = &**entries.get(&(module, index, *uniq))?;
        // SAFETY: as above.
        Some(unsafe { &*entry })
    }
}
