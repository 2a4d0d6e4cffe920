//! Versions of a module: how one becomes current, old, or is given up.
//!
//! At most two can be called: the current one by name, the old one by who still runs in it and by
//! the funs that it made. A third must wait until the old one is purged. One whose `-on_load`
//! function runs is neither yet.

use super::error::{LoadError, LoadReason};
use super::export::Export;
use super::link;
use super::module::Module;
use super::server::STUB_UNDEFINED;
use super::source::Source;
use crate::interp::lingering;
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, lose, print, text_or_none, with_room};
use crate::process::Process;
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use alloc::vec::Vec;

/// The versions of a module that are loaded.
#[derive(Default)]
pub(crate) struct Versions {
    /// The one that calls by name reach.
    pub current: Option<Shared<Module>>,
    /// The one before.
    pub old: Option<Shared<Module>>,
    /// The one whose `-on_load` function runs.
    pub pending: Option<Pending>,
    /// One whose `-on_load` function failed, until it is purged.
    pub failed: Option<Shared<Module>>,
}

impl Versions {
    /// Makes a module current, and what was current the old one, if anything was; returns that.
    fn replace(&mut self, module: Shared<Module>) -> Option<Shared<Module>> {
        let before = self.current.replace(module);
        if before.is_some() {
            self.old.clone_from(&before);
        }
        before
    }
}

/// A module whose `-on_load` function is to say whether it becomes current.
pub(crate) struct Pending {
    pub module: Shared<Module>,
    /// The process that runs the function, or is about to start it.
    pub owner: Term,
}

/// What became of a module that was to be loaded.
pub(crate) enum Loaded {
    /// It is current.
    Ready(Shared<Module>),
    /// Its `-on_load` function must be called first.
    OnLoad,
    /// The process loads another version of it.
    Busy(Term),
}

/// The function by whose name `-on_load` code is called.
const ON_LOAD: &str = "-on_load";

/// The entries of the functions that a module exports, and where their code is.
type Entries<'r> = Vec<(&'r Export, u32)>;

impl Runtime {
    /// Loads the module of a function that was called, if it can be found; `true` when the
    /// function is there now. What is wrong with a module that cannot be loaded is reported.
    pub(crate) fn load_for(&self, export: &Export) -> Result<bool, Loaded> {
        if !self.is_undefined(export) {
            return Ok(true);
        }
        match self.find_and_load(export.module, Term::NONE) {
            Ok(Loaded::Ready(_)) => Ok(!self.is_undefined(export)),
            Ok(later) => Err(later),
            Err(Some(error)) => {
                self.report(&error);
                Ok(false)
            }
            Err(None) => Ok(false),
        }
    }

    fn report(&self, error: &LoadError) {
        let report = print!("{error}\n");
        self.write(crate::platform::Stream::Error, report.as_bytes());
    }

    /// The module, loaded from a pack or by the platform if it is not loaded yet.
    ///
    /// # Errors
    /// It cannot be loaded, or (`None`) there is no such module, or it has an `-on_load` function,
    /// which only a process can call.
    pub fn ensure_loaded(&self, name: Term) -> Result<Shared<Module>, Option<LoadError>> {
        match self.find_and_load(name, Term::NONE)? {
            Loaded::Ready(module) => Ok(module),
            Loaded::OnLoad | Loaded::Busy(_) => Err(None),
        }
    }

    /// The current version of a module, which is loaded if it can be found.
    /// With `owner` as `NONE`, one with an `-on_load` function is not.
    pub(crate) fn find_and_load(
        &self,
        name: Term,
        owner: Term,
    ) -> Result<Loaded, Option<LoadError>> {
        if let Some(module) = self.code.find(name) {
            return Ok(Loaded::Ready(module));
        }
        if let Some(owner) = self.on_load_owner(name) {
            return Ok(Loaded::Busy(owner));
        }
        let source = self.find_source(name).ok_or(None)?;
        self.alone(|| match self.code.find(name) {
            // Another scheduler was faster.
            Some(module) => Ok(Loaded::Ready(module)),
            None => self.load_as(&source, Some(name), owner).map_err(Some),
        })
    }

    /// The file of a module: of the library, a pack, a folder of the code path, or the platform.
    pub(crate) fn find_source(&self, name: Term) -> Option<Source> {
        let text = self.atoms.name(name);
        if let Some((source, _)) = self.code.source_of(text) {
            return Some(source);
        }
        let is_name = !text.contains(['/', '\0']);
        let in_folder = |folder: &alloc::string::String| {
            self.platform.open_file(&print!("{folder}/{text}.beam"))
        };
        let Ok(paths) = self.code.paths() else {
            lose();
            return None;
        };
        let found = paths.iter().filter(|_| is_name).find_map(in_folder);
        if found.is_some() || !self.platform.code_paths().is_empty() {
            return found;
        }
        self.platform.find_module(text)
    }

    /// Loads a BEAM file as the current version of its module.
    ///
    /// # Errors
    /// The file is damaged, its code is refused, it has an `-on_load` function, or there is no
    /// memory.
    pub fn load(&self, source: &Source) -> Result<Shared<Module>, LoadError> {
        match self.load_as(source, None, Term::NONE)? {
            Loaded::Ready(module) => Ok(module),
            Loaded::OnLoad | Loaded::Busy(_) => {
                let module = alloc::string::String::new();
                Err(LoadReason::OnLoad { module }.in_file(source.name()))
            }
        }
    }

    /// Loads a BEAM file, which must be of the module `expected` if that is given. One with an
    /// `-on_load` function becomes that of the process `owner`; without an owner it is not loaded.
    pub(crate) fn load_as(
        &self,
        source: &Source,
        expected: Option<Term>,
        owner: Term,
    ) -> Result<Loaded, LoadError> {
        self.add_version(source, expected, owner)
            .map_err(|reason| reason.in_file(source.name()))
    }

    /// Reads and links the file without making it known to anyone.
    pub(crate) fn prepare(
        &self,
        source: &Source,
        expected: Option<Term>,
    ) -> Result<Shared<Module>, LoadReason> {
        let module = link::module(self, source, self.code.next_id())?;
        match expected {
            Some(name) if name != module.name => Err(LoadReason::OtherName {
                module: text_or_none(self.atoms.name(module.name)),
            }),
            _ => Ok(module),
        }
    }

    fn add_version(
        &self,
        source: &Source,
        expected: Option<Term>,
        owner: Term,
    ) -> Result<Loaded, LoadReason> {
        let module = self.prepare(source, expected)?;
        self.publish(module, owner)
    }

    /// Makes a module that was prepared the current version.
    pub(crate) fn publish(
        &self,
        module: Shared<Module>,
        owner: Term,
    ) -> Result<Loaded, LoadReason> {
        self.alone(|| {
            let loaded = self.publish_alone(module, owner)?;
            if let Loaded::Ready(module) = &loaded {
                crate::bif::trace_pattern::loaded(self, module);
            }
            Ok(loaded)
        })
    }

    fn publish_alone(&self, module: Shared<Module>, owner: Term) -> Result<Loaded, LoadReason> {
        let _changing = self.code.changing.lock();
        if let Some(owner) = self.on_load_owner(module.name) {
            return Ok(Loaded::Busy(owner));
        }
        let not_purged = || LoadReason::NotPurged {
            module: text_or_none(self.atoms.name(module.name)),
        };
        if self.has_both(module.name) {
            return Err(not_purged());
        }
        let entries = self.entries(&module)?;
        let mut modules = self.code.modules.write();
        modules.reserve()?;
        if module.image.on_load().is_some() && owner == Term::NONE {
            return Ok(Loaded::OnLoad);
        }
        modules.by_id.insert(module.id, module.clone());
        let versions = modules.by_name.entry(module.name).or_default();
        self.link_funs(&module);
        if module.image.on_load().is_some() {
            versions.pending = Some(Pending { module, owner });
            return Ok(Loaded::OnLoad);
        }
        let old = versions.replace(module.clone());
        self.switch(&module, &entries, old.as_deref());
        Ok(Loaded::Ready(module))
    }

    /// The entries of the exported functions and where their code is, made before anything is changed,
    /// as that may fail.
    fn entries(&self, module: &Module) -> Result<Entries<'_>, OutOfMemory> {
        let mut entries = with_room(module.image.exports().len())?;
        for f in module.exports() {
            entries.try_push((self.export(module.name, f.name, f.arity)?, f.entry))?;
        }
        Ok(entries)
    }

    /// Makes calls by name go to `module`, and no longer to `old`.
    fn switch(&self, module: &Module, entries: &Entries<'_>, old: Option<&Module>) {
        let between = self.code.stub(STUB_UNDEFINED);
        for &(entry, offset) in entries {
            if entry.bif().is_none() && !self.is_native(entry) {
                entry.set_target(module.target(offset), between);
            }
        }
        if let Some(old) = old {
            self.unlink(old);
            old.each_code(|start, bytes| self.tracing.clear_code(start, bytes));
        }
    }

    /// Makes all who call or run a module find code that trace points can be written to. Nobody else may
    /// run; `me` is the process that does.
    ///
    /// # Errors
    /// There is no memory; nothing has changed.
    pub(crate) fn make_writable(
        &self,
        module: &Module,
        me: Option<&mut Process>,
    ) -> Result<(), OutOfMemory> {
        if !module.make_writable()? {
            return Ok(());
        }
        let between = self.code.stub(STUB_UNDEFINED);
        for f in module.exports() {
            if let Some(export) = self.exports.find(module.name, f.name, f.arity)
                && export.target().links == module.link_table()
            {
                export.set_target(module.target(f.entry), between);
            }
        }
        self.link_funs(module);
        if let Some(p) = me {
            lingering::move_to_copy(p, module);
        }
        for handle in self.processes.all() {
            if let Some(p) = handle
                .body
                .try_lock()
                .as_deref_mut()
                .and_then(Option::as_mut)
            {
                lingering::move_to_copy(p, module);
            }
        }
        Ok(())
    }

    /// Makes calls by name no longer go to a module.
    fn unlink(&self, module: &Module) {
        let between = self.code.stub(STUB_UNDEFINED);
        for f in module.exports() {
            if let Some(export) = self.exports.find(module.name, f.name, f.arity)
                && (export.target().links == module.link_table()
                    || export.target() == self.code.trace_target())
            {
                export.set_target(between, between);
            }
        }
    }

    pub(super) fn link_funs(&self, module: &Module) {
        for lambda in &*module.lambdas {
            if let Some(entry) = self.funs.find(&module.fun_key(lambda)) {
                entry.set_target(module.target(lambda.offset));
            }
        }
    }

    /// Makes funs of a module not work any more, unless another version has the same.
    pub(super) fn unlink_funs(&self, module: &Module) {
        for lambda in &*module.lambdas {
            if let Some(entry) = self.funs.find(&module.fun_key(lambda)) {
                entry.unset_target(module.link_table());
            }
        }
    }

    /// Is there an old version of a module?
    pub(crate) fn has_old(&self, name: Term) -> bool {
        let modules = self.code.modules.read();
        modules.by_name.get(&name).is_some_and(|v| v.old.is_some())
    }

    /// Are there two versions of a module, so that no other can be loaded?
    pub(crate) fn has_both(&self, name: Term) -> bool {
        let modules = self.code.modules.read();
        let versions = modules.by_name.get(&name);
        versions.is_some_and(|v| v.old.is_some() && v.current.is_some())
    }

    /// Makes the current version of a module the old one; `Ok(false)` if there never was any.
    ///
    /// # Errors
    /// There is an old one already, or an `-on_load` function runs.
    pub(crate) fn delete_module(&self, name: Term) -> Result<bool, ()> {
        self.alone(|| self.delete_alone(name))
    }

    fn delete_alone(&self, name: Term) -> Result<bool, ()> {
        let _changing = self.code.changing.lock();
        let mut modules = self.code.modules.write();
        let Some(versions) = modules.by_name.get_mut(&name) else {
            return Ok(false);
        };
        if versions.old.is_some() || versions.pending.is_some() {
            return Err(());
        }
        versions.old = versions.current.take();
        let old = versions.old.clone();
        drop(modules);
        if let Some(old) = old {
            self.unlink(&old);
        }
        Ok(true)
    }

    /// The process that runs the `-on_load` function of a module. One that has ended without a
    /// word has failed.
    pub(crate) fn on_load_owner(&self, name: Term) -> Option<Term> {
        let modules = self.code.modules.read();
        let owner = modules.by_name.get(&name)?.pending.as_ref()?.owner;
        drop(modules);
        if self.processes.find(owner).is_some_and(|h| h.is_alive()) {
            return Some(owner);
        }
        self.give_up(name);
        None
    }

    /// The entry by which `owner` calls the `-on_load` function of a module.
    ///
    /// # Errors
    /// There is no memory for it. `None`: no such function is to be called.
    pub(crate) fn on_load_entry(
        &self,
        name: Term,
        owner: Term,
    ) -> Result<Option<&Export>, LoadReason> {
        let mut modules = self.code.modules.write();
        let versions = modules.by_name.get_mut(&name);
        let Some(pending) = versions.and_then(|v| v.pending.as_mut()) else {
            return Ok(None);
        };
        pending.owner = owner;
        let module = pending.module.clone();
        drop(modules);
        let entry = self.export(name, self.atoms.intern(ON_LOAD)?, 0)?;
        let target = module.target(module.image.on_load().unwrap_or(0));
        entry.set_target(target, self.code.stub(STUB_UNDEFINED));
        Ok(Some(entry))
    }

    /// The end of an `-on_load` function: its module becomes current if it is kept. `Ok(false)`: no
    /// such function was running.
    ///
    /// # Errors
    /// There is an old version that must be purged first, or no memory.
    pub(crate) fn finish_on_load(&self, name: Term, keep: bool) -> Result<bool, LoadReason> {
        self.alone(|| {
            if !keep {
                let _changing = self.code.changing.lock();
                return Ok(self.give_up(name));
            }
            let kept = self.finish_alone(name)?;
            if let Some(module) = &kept {
                crate::bif::trace_pattern::loaded(self, module);
            }
            Ok(kept.is_some())
        })
    }

    /// The module, if its `-on_load` function was running.
    fn finish_alone(&self, name: Term) -> Result<Option<Shared<Module>>, LoadReason> {
        let _changing = self.code.changing.lock();
        let pending = {
            let modules = self.code.modules.read();
            let versions = modules.by_name.get(&name);
            let pending = versions.and_then(|v| v.pending.as_ref());
            pending.map(|p| p.module.clone())
        };
        let Some(module) = pending else {
            return Ok(None);
        };
        let entries = self.entries(&module)?;
        let mut modules = self.code.modules.write();
        modules.reserve()?;
        let versions = modules.by_name.entry(name).or_default();
        if versions.old.is_some() && versions.current.is_some() {
            return Err(LoadReason::NotPurged {
                module: text_or_none(self.atoms.name(name)),
            });
        }
        versions.pending = None;
        let old = versions.replace(module.clone());
        drop(modules);
        self.forget_on_load(name);
        self.switch(&module, &entries, old.as_deref());
        drop(entries);
        Ok(Some(module))
    }

    /// Gives up the module whose `-on_load` function runs. Who runs in it is purged later.
    fn give_up(&self, name: Term) -> bool {
        let mut modules = self.code.modules.write();
        let Some(versions) = modules.by_name.get_mut(&name) else {
            return false;
        };
        let Some(pending) = versions.pending.take() else {
            return false;
        };
        versions.failed = Some(pending.module);
        drop(modules);
        self.forget_on_load(name);
        true
    }

    fn forget_on_load(&self, name: Term) {
        let entry = self.atoms.find(ON_LOAD);
        let entry = entry.and_then(|on_load| self.exports.find(name, on_load, 0));
        if let Some(entry) = entry {
            let between = self.code.stub(STUB_UNDEFINED);
            entry.set_target(between, between);
        }
    }

    /// Forgets a version that was purged: with the last reference it is freed.
    pub(super) fn forget(&self, module: &Shared<Module>) {
        module.each_code(|start, bytes| self.tracing.forget_code(start, bytes));
        let mut modules = self.code.modules.write();
        modules.by_id.remove(&module.id);
        let is_it =
            |other: &Option<Shared<Module>>| other.as_ref().is_some_and(|m| m.id == module.id);
        let Some(versions) = modules.by_name.get_mut(&module.name) else {
            return;
        };
        if is_it(&versions.old) {
            versions.old = None;
        }
        if is_it(&versions.failed) {
            versions.failed = None;
        }
        // Another version may have the same funs.
        let left = [&versions.old, &versions.current].map(Clone::clone);
        drop(modules);
        for version in left.iter().flatten() {
            self.relink_funs(version);
        }
    }

    fn relink_funs(&self, module: &Module) {
        for lambda in &*module.lambdas {
            if let Some(entry) = self.funs.find(&module.fun_key(lambda))
                && !entry.is_loaded()
            {
                entry.set_target(module.target(lambda.offset));
            }
        }
    }

    /// Does a module export a function for calls of functions that it does not have?
    pub(crate) fn handles_undefined(&self, module: Term) -> bool {
        let handler = self.atoms.find("$handle_undefined_function");
        let entry = handler.and_then(|handler| self.exports.find(module, handler, 2));
        entry.is_some_and(|entry| !self.is_undefined(entry))
    }

    /// Is the module there without having been loaded? Only `erlang` is.
    pub(crate) fn is_preloaded(name: Term) -> bool {
        name == atoms::ERLANG
    }
}
