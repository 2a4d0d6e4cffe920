//! The modules of a VM: which are loaded, and where others can be found.

use super::error::{LoadError, LoadReason};
use super::export::{BifCall, Export, Target};
use super::image::Image;
use super::isa::opcode;
use super::module::{Module, Parts};
use super::purge::Purging;
use super::source::Source;
use super::versions::Versions;
use crate::memory::fallible::{
    Grow, collect, collect_or_lose, text, text_or_none, texts, try_print,
};
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::pack::Pack;
use crate::sync::{Arc, Mutex, RwLock, Shared};
use crate::term::Term;
use crate::vm::Runtime;
use alloc::alloc::Layout;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use hashbrown::HashMap;
use portable_atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// A pack, or a BEAM file alone, that modules are loaded from when they are first called.
struct Store {
    source: Source,
    /// Part of the built-in library, whose modules come first and cannot be replaced.
    sticky: bool,
    /// What the program calls it, if it may close it: an atom.
    name: Term,
    /// Names of modules and where they are, unless the source has an index of its own.
    modules: Vec<(String, Range<usize>)>,
    /// Does the module export `start/0`?
    start: Vec<bool>,
}

/// The loaded modules.
#[derive(Default)]
pub(super) struct Modules {
    pub by_id: HashMap<u32, Shared<Module>>,
    pub by_name: HashMap<Term, Versions>,
}

impl Modules {
    /// Makes room for one module more.
    pub(super) fn reserve(&mut self) -> Result<(), OutOfMemory> {
        self.by_id.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.by_name.try_reserve(1).map_err(|_| OutOfMemory)
    }
}

/// The loaded modules and the packs.
pub struct CodeServer {
    /// The embedder's functions.
    pub natives: super::native::NativeTable,
    stubs: Shared<Module>,
    pub(super) modules: RwLock<Modules>,
    next_id: AtomicU32,
    stores: RwLock<Vec<Store>>,
    /// Folders in which modules are looked for.
    paths: RwLock<Vec<String>>,
    /// Modules of the library that may be replaced all the same, and others that may not.
    sticks: RwLock<HashMap<Term, bool>>,
    /// One module is made current, deleted or purged at a time.
    pub(super) changing: Mutex<()>,
    pub(super) purging: Mutex<Option<Purging>>,
    /// How many processes are being buried, whose terms may refer to literals.
    pub(crate) burials: AtomicUsize,
}

const STUB_BIF: usize = 0;
const STUB_NATIVE: usize = 1;
pub(super) const STUB_UNDEFINED: usize = 2;
const STUB_EXIT: usize = 3;
const STUB_TRACE: usize = 4;
const STUB_TRACE_RETURN: usize = 5;

/// The VM's own code: what runs where a function is built in, or not loaded, or returned.
fn stubs(budget: &Arc<Budget>) -> Shared<Module> {
    let instr = |op: u16| {
        let [a, b] = op.to_ne_bytes();
        u32::from_ne_bytes([a, b, 0, 0])
    };
    let code = [
        opcode::STUB_BIF,
        opcode::STUB_NATIVE,
        opcode::STUB_UNDEFINED,
        opcode::STUB_EXIT,
        opcode::STUB_TRACE,
        opcode::STUB_TRACE_RETURN,
    ];
    let image = collect(code.map(instr)).and_then(Image::of_code);
    let made = image.and_then(|image| {
        let parts = Parts {
            id: 0,
            name: Term::NIL,
            image,
            links: [0].into(),
            literals: Fragment::new(budget),
            orders: Box::default(),
            lambdas: Box::default(),
            source: Source::from_static("", &[]),
            md5: [0; 16],
        };
        Module::own(parts, budget)
    });
    match made {
        Ok(module) => module,
        // There is no VM yet that could tell.
        Err(OutOfMemory) => alloc::alloc::handle_alloc_error(Layout::new::<Module>()),
    }
}

impl CodeServer {
    /// No module but the VM's own.
    pub fn new(budget: &Arc<Budget>) -> CodeServer {
        CodeServer {
            natives: super::native::NativeTable::default(),
            stubs: stubs(budget),
            modules: RwLock::default(),
            next_id: AtomicU32::new(1),
            stores: RwLock::default(),
            paths: RwLock::default(),
            sticks: RwLock::default(),
            changing: Mutex::default(),
            purging: Mutex::default(),
            burials: AtomicUsize::new(0),
        }
    }

    /// A module by its number; none if it is not loaded any more.
    pub fn module(&self, id: u32) -> Option<Shared<Module>> {
        self.modules.read().by_id.get(&id).cloned()
    }

    /// The current version of a module.
    pub fn find(&self, name: Term) -> Option<Shared<Module>> {
        self.modules.read().by_name.get(&name)?.current.clone()
    }

    /// The names of all loaded modules.
    pub fn loaded(&self) -> Vec<Term> {
        let modules = self.modules.read();
        let current = modules.by_name.iter().filter(|m| m.1.current.is_some());
        let mut names = collect_or_lose(current.map(|(&name, _)| name));
        // In the order in which the names became known, which is the same in each run.
        names.sort_unstable_by_key(|name| name.word());
        names
    }

    /// The number of the next module: each version has another, for stack traces.
    pub(super) fn next_id(&self) -> u32 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn stub(&self, which: usize) -> Target {
        Target {
            ip: &self.stubs.image.code()[which],
            links: self.stubs.link_table(),
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

    /// The folders in which modules are looked for, in order.
    ///
    /// # Errors
    /// There is no memory for a copy.
    pub fn paths(&self) -> Result<Vec<String>, OutOfMemory> {
        texts(&self.paths.read())
    }

    /// Changes the folders in which modules are looked for.
    pub fn set_paths(&self, paths: Vec<String>) {
        *self.paths.write() = paths;
    }

    /// Adds a pack or BEAM file, whose modules are loaded when they are first called.
    ///
    /// # Errors
    /// It is neither, or damaged.
    pub fn add(&self, source: Source, sticky: bool) -> Result<(), LoadError> {
        let name = text_or_none(source.name());
        let added = Store::new(source, sticky).and_then(|store| self.add_store(store));
        added.map_err(|reason| reason.in_file(&name))
    }

    /// Adds a pack that the program may close again by `name`, an atom.
    ///
    /// # Errors
    /// It is no pack, or damaged.
    pub fn add_named(&self, source: Source, name: Term) -> Result<(), LoadReason> {
        if !crate::pack::is_pack(&source) {
            return Err(LoadReason::Foreign);
        }
        let mut store = Store::new(source, false)?;
        store.name = name;
        self.add_store(store)
    }

    fn add_store(&self, store: Store) -> Result<(), LoadReason> {
        Ok(self.stores.write().try_push(store)?)
    }

    /// Closes the pack of that name: its modules and files are not found any more, and those that
    /// are loaded stay. `false` if there is none.
    pub fn close(&self, name: Term) -> bool {
        let mut stores = self.stores.write();
        let found = stores
            .iter()
            .rposition(|s| name.is_atom() && s.name == name);
        found.map(|at| stores.remove(at)).is_some()
    }

    /// Is there a pack of that name?
    pub fn is_open(&self, name: Term) -> bool {
        self.stores.read().iter().any(|store| store.name == name)
    }

    /// The names of all modules in packs, each with that of its file.
    ///
    /// # Errors
    /// There is no memory.
    pub fn packed(&self) -> Result<Vec<(String, String)>, OutOfMemory> {
        let mut all = Vec::new();
        for store in self.stores.read().iter() {
            let mut add = |name: &str| {
                let file = file_name(&store.source, name)?;
                all.try_push((text(name)?, file))
            };
            match store.source.index() {
                Some(index) => index.iter().try_for_each(|m| add(m.0))?,
                None => store.modules.iter().try_for_each(|m| add(&m.0))?,
            }
        }
        Ok(all)
    }

    /// The entry's names of all plain files in packs.
    ///
    /// # Errors
    /// There is no memory.
    pub fn files(&self) -> Result<Vec<String>, OutOfMemory> {
        let mut all = Vec::new();
        for store in self.stores.read().iter().filter(|s| !s.sticky) {
            if let Ok(pack) = Pack::parse(&store.source) {
                for entry in pack.entries().iter().filter(|e| !e.is_beam()) {
                    all.try_push(text(entry.name)?)?;
                }
            }
        }
        Ok(all)
    }

    /// The name of the first module that exports `start/0`, and the file that it is in.
    pub fn start_module(&self) -> Option<(String, Source)> {
        let stores = self.stores.read();
        stores.iter().filter(|s| !s.sticky).find_map(|store| {
            let first = store.start.iter().position(|starts| *starts)?;
            Some((text_or_none(&store.modules[first].0), store.source.clone()))
        })
    }

    /// The name of the first module with `start/0` in the pack that the program calls `name`.
    pub fn start_of(&self, name: Term) -> Option<String> {
        let stores = self.stores.read();
        let store = stores.iter().find(|store| store.name == name)?;
        let first = store.start.iter().position(|starts| *starts)?;
        Some(text_or_none(&store.modules[first].0))
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
                return Some(store.source.slice(start..start + contents.len()));
            }
        }
        None
    }

    pub(super) fn source_of(&self, name: &str) -> Option<(Source, bool)> {
        let stores = self.stores.read();
        let find = |sticky: bool| {
            stores
                .iter()
                .filter(|s| s.sticky == sticky)
                .find_map(|store| {
                    let range = store.find(name)?;
                    Some((store.source.slice(range), sticky))
                })
        };
        find(true).or_else(|| find(false))
    }

    /// Is the module part of the built-in library?
    pub fn is_sticky(&self, name: &str) -> bool {
        self.source_of(name).is_some_and(|(_, sticky)| sticky)
    }

    /// Is there a module called `name` in the library or in another pack?
    pub fn is_packed(&self, name: &str) -> bool {
        self.source_of(name).is_some()
    }

    /// May the module (its name, an atom) be replaced only after [`CodeServer::stick`]?
    pub(crate) fn is_stuck(&self, name: Term, text: &str) -> bool {
        let said = self.sticks.read().get(&name).copied();
        said.unwrap_or_else(|| self.is_sticky(text))
    }

    /// Says whether a module may be replaced.
    pub(crate) fn stick(&self, name: Term, sticks: bool) {
        self.sticks.write().insert(name, sticks);
    }
}

/// What `code:which/1` says of a module that comes from `source`.
///
/// # Errors
/// There is no memory.
pub(crate) fn file_name(source: &Source, module: &str) -> Result<String, OutOfMemory> {
    if source.name().ends_with(".avm") || source.index().is_some() {
        try_print!("{}/{module}.beam", source.name())
    } else {
        text(source.name())
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
                name: Term::NIL,
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
                modules.try_push((text(name)?, from..from + entry.data.len()))?;
                start.try_push(entry.is_start())?;
            }
        } else if crate::beam::is_beam(&source) {
            let inflated = crate::beam::inflate(&source)?;
            let beam = crate::beam::Beam::parse_tables(&inflated)?;
            modules.try_push((text(beam.module_name())?, 0..source.len()))?;
            start.try_push(beam.is_exported("start", 0))?;
        } else {
            return Err(LoadReason::Foreign);
        }
        Ok(Store {
            source,
            sticky,
            name: Term::NIL,
            modules,
            start,
        })
    }
}

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
        let (module_name, name) = (self.atoms.name(module), self.atoms.name(function));
        let built_in = crate::bif::index::find(module_name, name, arity);
        let bif = built_in.function();
        let stub = match bif {
            Some(_) => STUB_BIF,
            None if self.has_native(module, function, arity) => STUB_NATIVE,
            None => STUB_UNDEFINED,
        };
        let target = self.code.stub(stub);
        let make = || Export {
            ip: AtomicPtr::new(target.ip.cast_mut()),
            links: AtomicPtr::new(target.links.cast_mut()),
            module,
            function,
            // A call has at most 255.
            arity: arity as u16,
            built_in,
            call: BifCall::new(bif),
        };
        // Another scheduler may have been faster.
        self.exports.get_or_insert((module, function, arity), make)
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
            export.set_target(self.code.stub(STUB_NATIVE), self.code.stub(STUB_UNDEFINED));
        }
    }
}
