//! Finds what a program can reach.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use atomvm_core::bif;

use super::flow::flow;
use super::module::Module;
use super::names::{Name, Names};
use super::program::Program;
use super::references::{Mfa, Reference, Site, references};
use super::rules;
use super::vm_atoms;

/// A function: the indexes of its module and of itself therein.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    pub module: usize,
    pub function: usize,
}

/// Why something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The program starts with it.
    Start,
    /// An option names it.
    Option,
    /// An attribute `keep` names it.
    Attribute,
    /// The VM calls it by its name.
    Vm,
    /// It runs when its module is loaded.
    OnLoad,
    /// An application's resource names its module.
    Application,
    /// This function calls it, or makes a fun of it.
    CalledBy(Id),
    /// It is a fun, or a function's name, among the values of this function.
    ValueOf(Id),
    /// It is a callback, and both the behaviour and this module are reached.
    Callback,
    /// A call of this function leads to a function that is not known before, and it may be this one.
    Dynamic(Id, Site),
}

/// A call whose function is not known before.
#[derive(Debug, Clone, Copy)]
pub struct Unresolved {
    pub by: Id,
    pub site: Site,
}

/// A function that is called and is not there.
#[derive(Debug, Clone, Copy)]
pub struct Missing {
    pub by: Id,
    pub callee: Mfa,
}

/// What a program can reach, and why.
pub struct Reach<'p, 'a> {
    program: &'p Program<'a>,
    names: &'p mut Names,
    kept: Vec<Vec<Option<Why>>>,
    /// Which modules have a function that is kept.
    entered: Vec<bool>,
    /// Which modules' names are values of the program.
    mentioned: Vec<bool>,
    /// Atoms that are values of the program, with the first function that has them.
    live: HashMap<Name, Option<Id>>,
    /// Calls with a known function name, and perhaps arity, of an unknown module.
    by_name: HashMap<Name, Vec<(Site, Id)>>,
    /// Calls of an unknown function of an unknown module, with a known number of arguments.
    unknown: Vec<(Site, Id)>,
    /// The atoms that are values of each module's code.
    live_in: HashSet<(usize, Name)>,
    /// Calls of an unknown function of a known module.
    by_module: HashMap<Name, Vec<(Site, Id)>>,
    seen: HashSet<Site>,
    queue: VecDeque<Id>,
    /// The functions in the queue that are looked at again.
    again: BTreeSet<Id>,
    pub unresolved: Vec<Unresolved>,
    pub missing: Vec<Missing>,
    missed: HashSet<Mfa>,
    /// Functions that wait for an atom to become a value.
    waiting: HashMap<Name, Vec<(Id, Why)>>,
    /// Functions with branches for an atom that nobody has made so far.
    branches: HashMap<Name, BTreeSet<Id>>,
    /// The atoms that the VM itself makes.
    of_vm: HashSet<Name>,
}

impl<'p, 'a> Reach<'p, 'a> {
    pub fn new(program: &'p Program<'a>, names: &'p mut Names) -> Self {
        let modules = &program.modules;
        let of_vm = vm_atoms::all().map(|atom| names.intern(atom)).collect();
        Reach {
            branches: HashMap::new(),
            of_vm,
            kept: modules
                .iter()
                .map(|module| vec![None; module.functions.len()])
                .collect(),
            entered: vec![false; modules.len()],
            mentioned: vec![false; modules.len()],
            live: HashMap::new(),
            by_name: HashMap::new(),
            by_module: HashMap::new(),
            unknown: Vec::new(),
            live_in: HashSet::new(),
            seen: HashSet::new(),
            queue: VecDeque::new(),
            again: BTreeSet::new(),
            unresolved: Vec::new(),
            missing: Vec::new(),
            missed: HashSet::new(),
            waiting: HashMap::new(),
            program,
            names,
        }
    }

    /// Why each function is kept, by module and function; `None` for those that are not.
    pub fn kept(&self) -> &[Vec<Option<Why>>] {
        &self.kept
    }

    /// Keeps a function, and later all that it refers to.
    pub fn keep(&mut self, id: Id, why: Why) {
        let function = self.program.function(id);
        let module = self.program.modules[id.module].name;
        let (module, name) = (self.names.text(module), self.names.text(function.name));
        // Whoever calls from outside calls the VM's own.
        if !is_native(module, name, function.arity) {
            self.keep_code(id, why);
        }
    }

    /// Keeps the function's code, whether the VM has one of its own or not.
    fn keep_code(&mut self, id: Id, why: Why) {
        let function = self.program.function(id);
        let module = self.program.modules[id.module].name;
        let (module, name) = (self.names.text(module), self.names.text(function.name));
        let is_blame = rules::is_blame(module, name);
        let kept = &mut self.kept[id.module][id.function];
        if kept.is_some() {
            return;
        }
        *kept = Some(why);
        self.queue.push_back(id);
        if is_blame {
            self.mention(rules::BLAME);
        }
        if !self.entered[id.module] {
            self.entered[id.module] = true;
            self.enter(id.module);
        }
    }

    /// Keeps the exported function with this name, if it exists; returns whether it does.
    pub fn keep_named(&mut self, module: &str, function: &str, arity: u32, why: Why) -> bool {
        let found = self.named_function(module, function, arity);
        if let Some(id) = found {
            self.keep(id, why);
        }
        found.is_some()
    }

    fn named_function(&self, module: &str, function: &str, arity: u32) -> Option<Id> {
        let module = self.find(module)?;
        let name = self.names.find(function)?;
        let function = self.program.modules[module].function(name, arity)?;
        Some(Id { module, function })
    }

    /// Keeps the exported functions of a module that are `wanted`, by name and arity; returns how many
    /// there are.
    pub fn keep_exports(
        &mut self,
        module: usize,
        why: Why,
        wanted: impl Fn(&str, u32) -> bool,
    ) -> usize {
        let functions = &self.program.modules[module].functions;
        let mut count = 0;
        for (function, it) in functions.iter().enumerate() {
            if it.is_exported && wanted(self.names.text(it.name), it.arity) {
                self.keep(Id { module, function }, why);
                count += 1;
            }
        }
        count
    }

    /// Whether an atom that `module` tests for can be there. What a program's own modules test for may
    /// be made of text.
    pub fn is_made(&self, module: &Module<'_>, atom: Name) -> bool {
        !module.is_library || self.live.contains_key(&atom) || self.of_vm.contains(&atom)
    }

    /// For each module whose name is a value, the first function that has it.
    pub fn named_modules(&self) -> Vec<Option<Id>> {
        let modules = self.program.modules.iter();
        let by = |module: &Module<'_>| self.live.get(&module.name).copied().flatten();
        modules.map(by).collect()
    }

    pub fn find(&self, module: &str) -> Option<usize> {
        self.program.find(self.names.find(module)?)
    }

    /// Makes an atom a value of the program.
    pub fn mention(&mut self, atom: &str) {
        let atom = self.names.intern(atom);
        self.atom(atom, None);
    }

    /// Follows all references until nothing is new.
    pub fn run(&mut self) {
        while let Some(id) = self.queue.pop_front() {
            self.again.remove(&id);
            let module = &self.program.modules[id.module];
            let flow = flow(module, id.function, |atom| self.is_made(module, atom));
            for atom in flow.waits_for {
                self.branches.entry(atom).or_default().insert(id);
            }
            let references = references(module, id.function, self.names, &flow.runs);
            for reference in references {
                self.refer(id, reference);
            }
        }
    }

    fn refer(&mut self, by: Id, reference: Reference) {
        match reference {
            Reference::Local(function) => {
                let module = by.module;
                self.keep_code(Id { module, function }, Why::CalledBy(by));
            }
            Reference::Call(callee) => self.call(by, callee, Why::CalledBy(by)),
            Reference::Fun(callee) => {
                self.atom(callee.module, Some(by));
                self.atom(callee.function, Some(by));
                self.call(by, callee, Why::ValueOf(by));
            }
            Reference::Pair(site) => self.pair(site, Why::ValueOf(by)),
            Reference::Atom(atom) => self.atom(atom, Some(by)),
            Reference::Dynamic(site) => self.dynamic(by, site),
        }
    }

    fn call(&mut self, by: Id, callee: Mfa, why: Why) {
        let module = self.program.find(callee.module);
        let function = module.and_then(|module| {
            let key = (callee.function, callee.arity);
            let function = *self.program.modules[module].exports.get(&key)?;
            Some(Id { module, function })
        });
        let text = |name| self.names.text(name);
        if is_native(text(callee.module), text(callee.function), callee.arity) {
            // The VM has this function itself, whatever the module says.
        } else if let Some(id) = function {
            self.keep_if(by, id, why);
        } else if self.missed.insert(callee) {
            self.missing.push(Missing { by, callee });
        }
        for ((module, function, arity), atom) in self.program.rules.after_call(callee, self.names) {
            let atom = self.names.intern(atom);
            match self.named_function(module, function, arity) {
                Some(id) if self.names.text(atom).is_empty() || self.live.contains_key(&atom) => {
                    self.keep(id, Why::Vm);
                }
                Some(id) => self.waiting.entry(atom).or_default().push((id, Why::Vm)),
                None => {}
            }
        }
    }

    /// Keeps a function that `by` refers to: perhaps only once something else needs it.
    fn keep_if(&mut self, by: Id, id: Id, why: Why) {
        let is_library = self.program.modules[by.module].is_library;
        let by = self.names.text(self.program.modules[by.module].name);
        let callee = self.names.text(self.program.modules[id.module].name);
        let names =
            (callee == rules::GLOBAL && by != callee && is_library).then_some(rules::GLOBAL_NAMES);
        let Some(atom) = rules::only_with(by, callee).or(names) else {
            return self.keep(id, why);
        };
        let atom = self.names.intern(atom);
        match self.live.contains_key(&atom) {
            true => self.keep(id, why),
            false => self.waiting.entry(atom).or_default().push((id, why)),
        }
    }

    /// Keeps the functions that a module and a function side by side name. How a child of a supervisor
    /// starts may lack arguments, which `supervisor:start_child/2` adds.
    fn pair(&mut self, site: Site, why: Why) {
        self.named(site, why);
        let (Some(module), Some(function), Some(arity)) = (site.module, site.function, site.arity)
        else {
            return;
        };
        let adds = self.names.intern(rules::ADDS_ARGUMENTS);
        let module = self.program.find(module);
        for id in self.program.exported(function) {
            if Some(id.module) != module || self.program.function(*id).arity <= arity {
                continue;
            }
            match self.live.contains_key(&adds) {
                true => self.keep(*id, why),
                false => self.waiting.entry(adds).or_default().push((*id, why)),
            }
        }
    }

    /// Keeps the functions that a site with module and function names.
    fn named(&mut self, site: Site, why: Why) {
        let (Some(module), Some(function)) = (site.module, site.function) else {
            return;
        };
        let Some(module) = self.program.find(module) else {
            return;
        };
        for id in self.program.exported(function) {
            let arity = self.program.function(*id).arity;
            if id.module == module && site.arity.is_none_or(|wanted| wanted == arity) {
                self.keep(*id, why);
            }
        }
    }

    /// A call that is resolved only as the program runs.
    fn dynamic(&mut self, by: Id, site: Site) {
        if let (Some(_), Some(_)) = (site.module, site.function) {
            return self.named(site, Why::CalledBy(by));
        }
        self.unresolved.push(Unresolved { by, site });
        if !self.seen.insert(site) {
            return;
        }
        let candidates: Vec<Id> = match (site.module, site.function) {
            (None, Some(function)) => {
                self.by_name.entry(function).or_default().push((site, by));
                self.program.exported(function).to_vec()
            }
            (Some(module), _) => {
                self.by_module.entry(module).or_default().push((site, by));
                let module = self.program.find(module);
                module.map_or(Vec::new(), |module| self.program.exports_of(module))
            }
            (None, None) if site.arity.is_some() => {
                self.unknown.push((site, by));
                let modules = 0..self.program.modules.len();
                let mentioned = modules.filter(|module| self.mentioned[*module]);
                mentioned
                    .flat_map(|module| self.program.exports_of(module))
                    .collect()
            }
            // What may be called here is kept where module and function stand side by side.
            (None, None) => Vec::new(),
        };
        candidates.into_iter().for_each(|id| self.consider(id));
    }

    /// Makes an atom a value of the program.
    fn atom(&mut self, atom: Name, by: Option<Id>) {
        if self.is_own(atom, by) {
            return;
        }
        if let Some(by) = by
            && !self.program.modules[by.module].is_library
            && self.names.text(atom) == rules::GLOBAL
        {
            self.mention(rules::GLOBAL_NAMES);
        }
        let is_new_here = by.is_some_and(|by| self.live_in.insert((by.module, atom)));
        if self.live.contains_key(&atom) {
            if is_new_here {
                self.consider_named(atom);
            }
            return;
        }
        self.live.insert(atom, by);
        let branches = self.branches.remove(&atom).unwrap_or_default();
        for id in branches {
            if self.again.insert(id) {
                self.queue.push_back(id);
            }
        }
        for (id, why) in self.waiting.remove(&atom).unwrap_or_default() {
            self.keep(id, why);
        }
        let is_module = !rules::is_only_application(self.names.text(atom));
        if let Some(module) = self.program.find(atom).filter(|_| is_module) {
            self.mention_module(module);
            for implementation in self.program.rules.implementations_for(atom) {
                self.implementation(implementation);
            }
        }
        self.consider_named(atom);
    }

    fn consider_named(&mut self, function: Name) {
        for id in self.program.exported(function) {
            self.consider(*id);
        }
    }

    /// Whether an atom is one that does not count as a value where it stands.
    fn is_own(&self, atom: Name, by: Option<Id>) -> bool {
        by.is_some_and(|by| {
            let module = self.names.text(self.program.modules[by.module].name);
            rules::does_not_count(module, self.names.text(atom))
        })
    }

    fn mention_module(&mut self, module: usize) {
        if std::mem::replace(&mut self.mentioned[module], true) {
            return;
        }
        for id in self.program.exports_of(module) {
            self.consider(id);
        }
        self.callbacks(module);
    }

    /// Keeps a function if a call that is resolved as the program runs may lead to it.
    fn consider(&mut self, id: Id) {
        if self.kept[id.module][id.function].is_some() {
            return;
        }
        let function = self.program.function(id);
        // That a module can tell of itself is no reason to have it.
        let tells = ["module_info", "__info__", "behaviour_info"];
        if !self.entered[id.module] && tells.contains(&self.names.text(function.name)) {
            return;
        }
        let module = self.program.modules[id.module].name;
        let fits = |site: &Site| site.arity.is_none_or(|arity| arity == function.arity);
        let find = |sites: &[(Site, Id)]| sites.iter().find(|(site, _)| fits(site)).copied();
        let is_mentioned = self.mentioned[id.module];
        let is_live = self.live.contains_key(&function.name);
        let by_name = self.by_name.get(&function.name).filter(|_| is_mentioned);
        let by_module = self.by_module.get(&module).filter(|_| is_live);
        if is_mentioned && rules::is_called_by_vm(self.names.text(function.name), function.arity) {
            return self.keep(id, Why::Vm);
        }
        let found = [by_name, by_module]
            .into_iter()
            .flatten()
            .find_map(|sites| find(sites));
        let found = found.or_else(|| {
            let has = |module| self.live_in.contains(&(module, function.name));
            let is_open = !self.program.modules[id.module].is_library || self.has_states(id.module);
            let is_own = is_open && has(id.module);
            let leads_here = |(site, by): &&(Site, Id)| fits(site) && (is_own || has(by.module));
            let sites = self.unknown.iter().filter(|_| is_mentioned);
            sites.filter(leads_here).copied().next()
        });
        if let Some((site, by)) = found {
            self.keep(id, Why::Dynamic(by, site));
        }
    }

    /// Whether a module is a state machine, whose states are functions.
    fn has_states(&self, module: usize) -> bool {
        let name = self.names.find("callback_mode");
        let exports = &self.program.modules[module].exports;
        name.is_some_and(|name| exports.contains_key(&(name, 0)))
    }

    /// A first function of a module is kept.
    fn enter(&mut self, module: usize) {
        let functions = &self.program.modules[module].functions;
        for (function, it) in functions.iter().enumerate() {
            if it.is_on_load {
                self.mention(rules::ON_LOAD);
                self.keep(Id { module, function }, Why::OnLoad);
            }
        }
        for id in self.program.exports_of(module) {
            self.consider(id);
        }
        // This module may be a behaviour, or a protocol, of others.
        let name = self.program.modules[module].name;
        for other in self.program.rules.modules_with(name) {
            self.callbacks(other);
        }
        for implementation in self.program.rules.implementations_of(name) {
            self.implementation(implementation);
        }
    }

    /// Keeps the callbacks of a module for the behaviours that are reached.
    fn callbacks(&mut self, module: usize) {
        // Only who knows the module's name can call its callbacks. What a library's behaviours call
        // is known from their code.
        if !self.mentioned[module] || self.program.modules[module].is_library {
            return;
        }
        for behaviour in self.program.rules.behaviours_of(module) {
            let Some(index) = self.program.find(*behaviour) else {
                // Nothing is known of this behaviour, so anything may be its callback.
                self.keep_exports(module, Why::Callback, |_, _| true);
                continue;
            };
            if !self.entered[index] {
                continue;
            }
            for (function, arity) in self.program.rules.callbacks(*behaviour) {
                let exports = &self.program.modules[module].exports;
                if let Some(function) = exports.get(&(*function, *arity)) {
                    let function = *function;
                    self.keep(Id { module, function }, Why::Callback);
                }
            }
        }
    }

    /// An implementation of a protocol is found by a name made as the program runs, if both the
    /// protocol and the type are there.
    fn implementation(&mut self, implementation: rules::Implementation) {
        let protocol = self.program.find(implementation.protocol);
        let is_reached = protocol.is_some_and(|index| self.entered[index]);
        if is_reached && self.live.contains_key(&implementation.of) {
            let name = self.program.modules[implementation.module].name;
            self.atom(name, None);
        }
    }
}

/// Whether the VM has a function itself.
fn is_native(module: &str, function: &str, arity: u32) -> bool {
    bif::find(module, function, arity).is_some()
}

/// The module and function of `id`, to be read.
pub fn describe(modules: &[Module<'_>], names: &Names, id: Id) -> String {
    let module = &modules[id.module];
    let function = &module.functions[id.function];
    let (module, name) = (names.text(module.name), names.text(function.name));
    format!("{module}:{name}/{}", function.arity)
}
