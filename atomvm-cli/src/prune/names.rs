//! Atoms as numbers, so that those of different modules can be compared.

use std::collections::HashMap;

/// An atom of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// All atoms of the program.
#[derive(Debug, Default)]
pub struct Names {
    numbers: HashMap<String, Name>,
    texts: Vec<String>,
}

impl Names {
    /// The number of the atom `text`, which is new if it was not there before.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(name) = self.numbers.get(text) {
            return *name;
        }
        let name = Name(self.texts.len() as u32);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), name);
        name
    }

    /// The number of the atom `text`, if some module has it.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.numbers.get(text).copied()
    }

    pub fn text(&self, name: Name) -> &str {
        &self.texts[name.0 as usize]
    }
}
