//! The modules of a VM: which are loaded, and where others can be found.

use super::error::{LoadError, LoadReason};
use super::export::{BifCall, Export, Target};
use super::isa::opcode;
use super::link;
use super::module::Module;
use super::source::Source;
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::pack::Pack;
use crate::sync::{Arc, RwLock};
use crate::term::{Term, Word};
use crate::vm::Runtime;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use hashbrown::HashMap;
use portable_atomic::AtomicPtr;

/// A pack, or a BEAM file alone, that modules are loaded from when they are first called.
struct Store {
    source: Source,
    /// Part of the built-in library, whose modules come first and cannot be replaced.
    sticky: bool,
    /// Names of modules and where they are, unless the source has an index of its own.
    modules: Vec<(String, Range<usize>)>,
    /// Does the module export `start/0`?
    start: Vec<bool>,
}

/// The loaded modules and the packs.
#[allow(clippy::vec_box)] // code and stack traces hold the addresses of modules
pub struct CodeServer {
    /// The embedder's functions.
    pub natives: super::native::NativeTable,
    modules: RwLock<Vec<Box<Module>>>,
    by_name: RwLock<HashMap<Term, u32>>,
    stores: RwLock<Vec<Store>>,
}

const STUB_BIF: usize = 0;
const STUB_NATIVE: usize = 1;
const STUB_UNDEFINED: usize = 2;
const STUB_EXIT: usize = 3;
const STUB_TRACE: usize = 4;
const STUB_TRACE_RETURN: usize = 5;

/// The VM's own code: what runs where a function is built in, or not loaded, or returned.
fn stubs(budget: &Arc<Budget>) -> Box<Module> {
    let instr = |op: u16| {
        let [a, b] = op.to_ne_bytes();
        u32::from_ne_bytes([a, b, 0, 0])
    };
    let mut module = Box::new(Module {
        id: 0,
        name: Term::NIL,
        code: [
            opcode::STUB_BIF,
            opcode::STUB_NATIVE,
            opcode::STUB_UNDEFINED,
            opcode::STUB_EXIT,
            opcode::STUB_TRACE,
            opcode::STUB_TRACE_RETURN,
        ]
        .map(instr)
        .into(),
        links: Box::new([0]),
        literals: Fragment::new(budget),
        catches: Vec::new(),
        exports: Vec::new(),
        functions: Vec::new(),
        lines: Vec::new(),
        files: Vec::new(),
        source: Source::from_static("", &[]),
        md5: [0; 16],
        strings: Box::new([]),
    });
    let address: *const Module = &*module;
    module.links[0] = address as Word;
    module
}

impl CodeServer {
    /// No module but the VM's own.
    pub fn new(budget: &Arc<Budget>) -> CodeServer {
        CodeServer {
            natives: super::native::NativeTable::default(),
            modules: RwLock::new(alloc::vec![stubs(budget)]),
            by_name: RwLock::default(),
            stores: RwLock::default(),
        }
    }

    /// A module by its number.
    pub fn module(&self, id: u32) -> Option<&Module> {
        let modules = self.modules.read();
        let module: *const Module = &**modules.get(id as usize)?;
        // SAFETY: modules are boxed and stay as long as the VM.
        Some(unsafe { &*module })
    }

    /// The current version of a module.
    pub fn find(&self, name: Term) -> Option<&Module> {
        let id = *self.by_name.read().get(&name)?;
        self.module(id)
    }

    /// The names of all loaded modules.
    pub fn loaded(&self) -> Vec<Term> {
        self.by_name.read().keys().copied().collect()
    }

    fn stub(&self, which: usize) -> Target {
        let modules = self.modules.read();
        Target {
            ip: &modules[0].code[which],
            links: modules[0].link_table(),
        }
    }

    /// Where the first function of a process returns to.
    pub(crate) fn exit_target(&self) -> Target {
        self.stub(STUB_EXIT)
    }

    /// Where calls by name go that are traced.
    pub(crate) fn trace_target(&self) -> Target {
        self.stub(STUB_TRACE)
    }

    /// Where traced calls return to.
    pub(crate) fn trace_return_target(&self) -> Target {
        self.stub(STUB_TRACE_RETURN)
    }

    /// Adds a pack or BEAM file, whose modules are loaded when they are first called.
    ///
    /// # Errors
    /// It is neither, or damaged.
    pub fn add(&self, source: Source, sticky: bool) -> Result<(), LoadError> {
        let name = source.name.clone();
        let store = Store::new(source, sticky).map_err(|reason| reason.in_file(&name))?;
        self.stores.write().push(store);
        Ok(())
    }

    /// The name of the first module that exports `start/0`, and the file that it is in.
    pub fn start_module(&self) -> Option<(String, Arc<str>)> {
        let stores = self.stores.read();
        stores.iter().filter(|s| !s.sticky).find_map(|store| {
            let first = store.start.iter().position(|starts| *starts)?;
            Some((store.modules[first].0.clone(), store.source.name.clone()))
        })
    }

    /// A plain file of a pack, by its entry's name.
    pub fn file(&self, name: &str) -> Option<Source> {
        let stores = self.stores.read();
        for store in stores.iter() {
            let Ok(pack) = Pack::parse(&store.source) else {
                continue;
            };
            if let Some(entry) = pack.find(name).filter(|e| !e.is_beam()) {
                let contents = entry.contents();
                let start = contents.as_ptr() as usize - store.source.as_ptr() as usize;
                return Some(store.source.slice(name, start..start + contents.len()));
            }
        }
        None
    }

    fn source_of(&self, name: &str) -> Option<(Source, bool)> {
        let stores = self.stores.read();
        let find = |sticky: bool| {
            stores
                .iter()
                .filter(|s| s.sticky == sticky)
                .find_map(|store| {
                    let range = store.find(name)?;
                    Some((store.source.slice(&store.source.name, range), sticky))
                })
        };
        find(true).or_else(|| find(false))
    }

    /// Is the module part of the built-in library?
    pub fn is_sticky(&self, name: &str) -> bool {
        self.source_of(name).is_some_and(|(_, sticky)| sticky)
    }
}

impl Store {
    /// Where a module is.
    fn find(&self, name: &str) -> Option<Range<usize>> {
        let Some(index) = self.source.index() else {
            let (_, range) = self.modules.iter().find(|m| m.0 == name)?;
            return Some(range.clone());
        };
        let (_, start, len) = *index.iter().find(|m| m.0 == name)?;
        let range = start as usize..start as usize + len as usize;
        self.source.get(range.clone())?;
        Some(range)
    }

    fn new(source: Source, sticky: bool) -> Result<Store, LoadReason> {
        let (mut modules, mut start) = (Vec::new(), Vec::new());
        if source.index().is_some() {
            return Ok(Store {
                source,
                sticky,
                modules,
                start,
            });
        }
        if crate::pack::is_pack(&source) {
            let pack = Pack::parse(&source)?;
            for entry in pack.entries().iter().filter(|e| e.is_beam()) {
                let Some(name) = entry.module_name() else {
                    continue;
                };
                let from = entry.data.as_ptr() as usize - source.as_ptr() as usize;
                modules.push((name.to_owned(), from..from + entry.data.len()));
                start.push(entry.is_start());
            }
        } else if crate::beam::is_beam(&source) {
            let inflated = crate::beam::inflate(&source)?;
            let beam = crate::beam::Beam::parse_tables(&inflated)?;
            modules.push((beam.module_name().to_owned(), 0..source.len()));
            start.push(beam.is_exported("start", 0));
        } else {
            return Err(LoadReason::Foreign);
        }
        Ok(Store {
            source,
            sticky,
            modules,
            start,
        })
    }
}

/// What the entry of a function costs.
pub(crate) const EXPORT_BYTES: usize = size_of::<Export>() + 4 * size_of::<Word>();

impl Runtime {
    /// The entry of a function, made if need be. Calls reach its code, its built-in
    /// implementation, or what loads its module.
    ///
    /// # Errors
    /// There is no memory.
    pub fn export(&self, module: Term, function: Term, arity: u32) -> Result<&Export, OutOfMemory> {
        if let Some(export) = self.exports.find(module, function, arity) {
            return Ok(export);
        }
        self.budget.charge(EXPORT_BYTES)?;
        let bif = crate::bif::find(self.atoms.name(module), self.atoms.name(function), arity);
        let stub = match bif {
            Some(_) => STUB_BIF,
            None if self.has_native(module, function, arity) => STUB_NATIVE,
            None => STUB_UNDEFINED,
        };
        let target = self.code.stub(stub);
        Ok(self
            .exports
            .get_or_insert((module, function, arity), || Export {
                ip: AtomicPtr::new(target.ip.cast_mut()),
                links: AtomicPtr::new(target.links.cast_mut()),
                module,
                function,
                arity,
                bif,
                call: BifCall::new(bif),
            }))
    }

    /// Has the function no code?
    pub fn is_undefined(&self, export: &Export) -> bool {
        export.target() == self.code.stub(STUB_UNDEFINED)
    }

    /// Does the embedder implement the function?
    pub(crate) fn is_native(&self, export: &Export) -> bool {
        export.target() == self.code.stub(STUB_NATIVE)
    }

    /// Makes an entry without code reach the embedder's function.
    pub(crate) fn link_native(&self, export: &Export) {
        if self.is_undefined(export) {
            export.set_target(self.code.stub(STUB_NATIVE));
        }
    }

    /// Loads the module of a function that was called, if it can be found; `true` when the
    /// function is there now. What is wrong with a module that cannot be loaded is reported.
    pub(crate) fn load_for(&self, export: &Export) -> bool {
        if !self.is_undefined(export) {
            return true;
        }
        match self.ensure_loaded(export.module) {
            Ok(_) => !self.is_undefined(export),
            Err(Some(error)) => {
                let report = alloc::format!("{error}\n");
                self.write(crate::platform::Stream::Error, report.as_bytes());
                false
            }
            Err(None) => false,
        }
    }

    /// The module, loaded from a pack or by the platform if it is not loaded yet.
    ///
    /// # Errors
    /// It cannot be loaded, or (`None`) there is no such module.
    pub fn ensure_loaded(&self, name: Term) -> Result<&Module, Option<LoadError>> {
        if let Some(module) = self.code.find(name) {
            return Ok(module);
        }
        let text = self.atoms.name(name);
        let packed = self.code.source_of(text).map(|(source, _)| source);
        let source = packed
            .or_else(|| self.platform.find_module(text))
            .ok_or(None)?;
        self.alone(|| match self.code.find(name) {
            // Another scheduler was faster.
            Some(module) => Ok(module),
            None => self.load(&source).map_err(Some),
        })
    }

    /// Loads a BEAM file as the current version of its module.
    ///
    /// # Errors
    /// The file is damaged, its code is refused, or there is no memory.
    pub fn load(&self, source: &Source) -> Result<&Module, LoadError> {
        self.alone(|| self.load_alone(source))
    }

    fn load_alone(&self, source: &Source) -> Result<&Module, LoadError> {
        let id = self.code.modules.read().len() as u32;
        let module =
            link::module(self, source, id).map_err(|reason| reason.in_file(&source.name))?;
        let name = module.name;
        // Another thread may have loaded one meanwhile: the number is what stack traces look up,
        // so a module whose number is taken is linked again.
        let mut modules = self.code.modules.write();
        if modules.len() as u32 != id {
            drop(modules);
            return self.load_alone(source);
        }
        modules.push(module);
        drop(modules);
        self.code.by_name.write().insert(name, id);
        self.code
            .module(id)
            .ok_or_else(|| LoadReason::OutOfMemory.in_file(&source.name))
    }
}
