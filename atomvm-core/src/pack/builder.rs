//! Makes a pack of compiled modules, other packs and files.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    Entry, FLAG_BEAM, FLAG_FILE, FLAG_START, Pack, PackError, PackWriter, module_name, strip,
    without_lines,
};
use crate::beam::external::{Token, Tokens};
use crate::beam::{Beam, BeamError, inflate};

/// Collects the elements of a pack.
///
/// Of two elements with the same name the first stays, for a VM would never find the second.
#[derive(Debug, Clone)]
pub struct Builder {
    elements: Vec<Element>,
    lines: bool,
}

#[derive(Debug, Clone)]
struct Element {
    name: String,
    flags: u32,
    data: Vec<u8>,
    /// Every atom that occurs in a module: what may name another one.
    atoms: BTreeSet<String>,
    /// Whether it implements a protocol of Elixir's: then its protocol finds it by name.
    is_implementation: bool,
}

impl Element {
    fn module(&self) -> Option<&str> {
        (self.flags & FLAG_BEAM != 0).then(|| module_name(&self.name))
    }

    fn is_start(&self) -> bool {
        self.flags & (FLAG_BEAM | FLAG_START) == FLAG_BEAM | FLAG_START
    }
}

impl Builder {
    /// Nothing collected yet. With `lines`, modules keep their line tables.
    pub fn new(lines: bool) -> Self {
        Builder {
            elements: Vec::new(),
            lines,
        }
    }

    /// Adds the compiled module `bytes`, stripped. Returns whether its name was new.
    ///
    /// # Errors
    ///
    /// What is wrong with the module.
    pub fn add_module(&mut self, bytes: &[u8]) -> Result<bool, BeamError> {
        let bytes = inflate(bytes)?;
        let stripped = strip(&bytes, self.lines)?;
        let start = if stripped.is_start { FLAG_START } else { 0 };
        let name = format!("{}.beam", stripped.module);
        self.add_beam(name, FLAG_BEAM | start, stripped.data, &bytes)
    }

    /// Adds every entry of the pack `bytes`; returns the names that were not new.
    ///
    /// # Errors
    ///
    /// What is wrong with the pack or with a module in it.
    pub fn add_pack<'a>(&mut self, bytes: &'a [u8]) -> Result<Vec<&'a str>, PackError> {
        let pack = Pack::parse(bytes)?;
        let mut known = Vec::new();
        for entry in pack.entries() {
            if !self.add_entry(entry)? {
                known.push(entry.name);
            }
        }
        Ok(known)
    }

    fn add_entry(&mut self, entry: &Entry<'_>) -> Result<bool, PackError> {
        let name = entry.name.to_owned();
        if !entry.is_beam() {
            return Ok(self.add(name, entry.flags, entry.data.to_vec()));
        }
        self.add_packed_module(entry)
            .map_err(|error| PackError::BadModule { name, error })
    }

    /// Adds a module that a tool packed, as it is: it may hold what this one does not know.
    fn add_packed_module(&mut self, entry: &Entry<'_>) -> Result<bool, BeamError> {
        let data = match self.lines {
            true => entry.data.to_vec(),
            false => without_lines(entry.data)?,
        };
        self.add_beam(entry.name.to_owned(), entry.flags, data, entry.data)
    }

    /// Adds a file; see [`file_entry_name`] for its name. Returns whether the name was new.
    ///
    /// # Errors
    ///
    /// [`PackError::TooLarge`].
    pub fn add_file(&mut self, name: &str, contents: &[u8]) -> Result<bool, PackError> {
        let length = u32::try_from(contents.len()).map_err(|_| PackError::TooLarge {
            name: name.to_owned(),
        })?;
        let data = [&length.to_be_bytes(), contents].concat();
        Ok(self.add(name.to_owned(), FLAG_FILE, data))
    }

    fn add_beam(
        &mut self,
        name: String,
        flags: u32,
        data: Vec<u8>,
        original: &[u8],
    ) -> Result<bool, BeamError> {
        let beam = Beam::parse_tables(original)?;
        let is_new = self.add(name, flags, data);
        if let Some(element) = self.elements.last_mut().filter(|_| is_new) {
            element.atoms = atoms(&beam);
            element.is_implementation = beam.is_exported("__impl__", 1);
        }
        Ok(is_new)
    }

    fn add(&mut self, name: String, flags: u32, data: Vec<u8>) -> bool {
        if self.elements.iter().any(|element| element.name == name) {
            return false;
        }
        self.elements.push(Element {
            name,
            flags,
            data,
            atoms: BTreeSet::new(),
            is_implementation: false,
        });
        true
    }

    /// Puts the module to start with first: `module`, or else the first that exports `start/0`,
    /// if any does.
    ///
    /// # Errors
    ///
    /// [`PackError::MissingStart`] or [`PackError::BadStart`] for a `module` that cannot be.
    pub fn start_with(&mut self, module: Option<&str>) -> Result<(), PackError> {
        let index = match module {
            None => self.elements.iter().position(Element::is_start),
            Some(module) => {
                let named = |element: &Element| element.module() == Some(module);
                let index = self.elements.iter().position(named);
                let module = module.to_owned();
                match index {
                    None => return Err(PackError::MissingStart { module }),
                    Some(index) if !self.elements[index].is_start() => {
                        return Err(PackError::BadStart { module });
                    }
                    index => index,
                }
            }
        };
        if let Some(index) = index {
            self.elements[..=index].rotate_right(1);
        }
        Ok(())
    }

    /// Leaves out the modules that the program cannot reach from the first module that can be
    /// started, nor from the application modules that an `application.bin` names. Files stay.
    ///
    /// A module reaches every module whose name occurs in it as an atom: in a call, a literal or
    /// an attribute. An implementation of an Elixir protocol stays with its protocol, which
    /// makes its name only as the program runs.
    ///
    /// # Errors
    ///
    /// [`PackError::NoStart`] if there is no module to start with.
    pub fn prune(&mut self) -> Result<(), PackError> {
        let modules: BTreeMap<&str, usize> = self
            .elements
            .iter()
            .enumerate()
            .filter_map(|(index, element)| Some((element.module()?, index)))
            .collect();
        let start = self.elements.iter().position(Element::is_start);
        let mut found: Vec<usize> = [start.ok_or(PackError::NoStart)?].into();
        let applications = self.elements.iter().flat_map(application_modules);
        found.extend(applications.filter_map(|module| modules.get(module)));
        let implementations = implementations(&self.elements, &modules);
        let mut reached = alloc::vec![false; self.elements.len()];
        while let Some(index) = found.pop() {
            if core::mem::replace(&mut reached[index], true) {
                continue;
            }
            let atoms = self.elements[index].atoms.iter();
            found.extend(atoms.filter_map(|atom| modules.get(atom.as_str())));
            found.extend(implementations.get(&index).into_iter().flatten());
        }
        let mut reached = reached.into_iter();
        self.elements
            .retain(|element| reached.next() == Some(true) || element.module().is_none());
        Ok(())
    }

    /// Leaves out the element called `name`; returns whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.elements.len();
        self.elements.retain(|element| element.name != name);
        self.elements.len() < before
    }

    /// The pack.
    ///
    /// # Errors
    ///
    /// As of [`PackWriter::add`].
    pub fn finish(self) -> Result<Vec<u8>, PackError> {
        let mut writer = PackWriter::new();
        for element in &self.elements {
            writer.add(&element.name, element.flags, &element.data)?;
        }
        Ok(writer.finish())
    }
}

/// Every atom that occurs in a module.
fn atoms(beam: &Beam<'_>) -> BTreeSet<String> {
    let mut atoms: BTreeSet<String> = beam.atoms.iter().map(|atom| (*atom).to_owned()).collect();
    for term in beam.literals.iter().chain(beam.attributes) {
        for token in Tokens::new(term) {
            if let Token::Atom(atom) = token {
                atoms.insert(atom.to_owned());
            }
        }
    }
    atoms
}

/// For each protocol, its implementations: `Protocol.Type` implements `Protocol`.
fn implementations(
    elements: &[Element],
    modules: &BTreeMap<&str, usize>,
) -> BTreeMap<usize, Vec<usize>> {
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, element) in elements.iter().enumerate() {
        let Some(mut name) = element.module().filter(|_| element.is_implementation) else {
            continue;
        };
        // A protocol's name and a type's may both have parts, so every prefix may be the protocol.
        while let Some((prefix, _)) = name.rsplit_once('.') {
            name = prefix;
            if let Some(protocol) = modules.get(name) {
                found.entry(*protocol).or_default().push(index);
            }
        }
    }
    found
}

/// The callback modules that an application resource names: `{mod, {Module, Arguments}}` in the
/// external term of `Application/priv/application.bin`.
fn application_modules(element: &Element) -> Vec<&str> {
    if !element.name.ends_with("/priv/application.bin") {
        return Vec::new();
    }
    // The file's length stands before the term.
    let tokens: Vec<_> = Tokens::new(element.data.get(4..).unwrap_or(&[])).collect();
    let modules = tokens.windows(4).filter_map(|tokens| match tokens {
        [
            Token::Tuple(2),
            Token::Atom("mod"),
            Token::Tuple(2),
            Token::Atom(module),
        ] => Some(*module),
        _ => None,
    });
    modules.collect()
}

/// The name that the file at `path` gets in a pack.
///
/// `atomvm:read_priv/2` looks for `Application/priv/Path`: of a path with a component `priv`, the
/// name begins with the component before it. Another path is taken from its start. Either way the
/// name has no root and no `.` or `..`. `None` if nothing is left.
pub fn file_entry_name(path: &str) -> Option<String> {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    // What follows the last component is no directory, and the first has none before it.
    let directories = parts.get(1..parts.len().checked_sub(1)?).unwrap_or(&[]);
    let first = directories.iter().position(|part| *part == "priv");
    let name = parts[first.unwrap_or(0)..].join("/");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let name = |path| file_entry_name(path).unwrap_or_default();
        assert_eq!(name("/home/me/lib/app/priv/a/b.txt"), "app/priv/a/b.txt");
        assert_eq!(name("app/priv/x"), "app/priv/x");
        assert_eq!(name("./data/x.bin"), "data/x.bin");
        assert_eq!(name("../x.bin"), "x.bin");
        assert_eq!(name("x"), "x");
        assert_eq!(name("priv/x"), "priv/x");
        assert_eq!(name("a/priv"), "a/priv");
        assert_eq!(name("/"), "");
    }

    #[test]
    fn application_resources_name_their_module() {
        // {application, a, [{mod, {m, []}}]}
        let term = b"\x83h\x03w\x0bapplicationw\x01al\0\0\0\x01h\x02w\x03modh\x02w\x01mjj";
        let mut builder = Builder::new(true);
        builder.add_file("a/priv/application.bin", term).unwrap();
        assert_eq!(application_modules(&builder.elements[0]), ["m"]);
    }
}
