//! All modules that a pack may be made of.

use std::collections::HashMap;

use super::module::{Function, Module};
use super::names::Name;
use super::reach::Id;
use super::rules::Rules;

/// All modules that a pack may be made of.
pub struct Program<'a> {
    pub modules: Vec<Module<'a>>,
    pub rules: Rules,
    by_name: HashMap<Name, usize>,
    /// The exported functions of all modules, by name.
    exported: HashMap<Name, Vec<Id>>,
}

impl<'a> Program<'a> {
    pub fn new(modules: Vec<Module<'a>>, rules: Rules) -> Self {
        let mut exported: HashMap<Name, Vec<Id>> = HashMap::new();
        for (module, it) in modules.iter().enumerate() {
            for (function, it) in it.functions.iter().enumerate() {
                if it.is_exported {
                    let id = Id { module, function };
                    exported.entry(it.name).or_default().push(id);
                }
            }
        }
        let by_name = modules.iter().enumerate();
        Program {
            by_name: by_name
                .map(|(index, module)| (module.name, index))
                .collect(),
            modules,
            rules,
            exported,
        }
    }

    /// The index of the module called `name`.
    pub fn find(&self, name: Name) -> Option<usize> {
        self.by_name.get(&name).copied()
    }

    pub fn function(&self, id: Id) -> &Function {
        &self.modules[id.module].functions[id.function]
    }

    /// The exported functions called `name`, of whatever module and arity.
    pub fn exported(&self, name: Name) -> &[Id] {
        self.exported.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The exported functions of a module.
    pub fn exports_of(&self, module: usize) -> Vec<Id> {
        let functions = self.modules[module].functions.iter().enumerate();
        functions
            .filter(|(_, it)| it.is_exported)
            .map(|(function, _)| Id { module, function })
            .collect()
    }
}
