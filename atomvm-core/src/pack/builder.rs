//! Makes a pack of compiled modules, other packs and files.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a pack is made by a tool"
)]

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    Entry, FLAG_BEAM, FLAG_FILE, FLAG_START, Pack, PackError, PackWriter, module_name, strip,
    without_lines,
};
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
        Beam::parse_tables(original)?;
        Ok(self.add(name, flags, data))
    }

    fn add(&mut self, name: String, flags: u32, data: Vec<u8>) -> bool {
        if self.elements.iter().any(|element| element.name == name) {
            return false;
        }
        self.elements.push(Element { name, flags, data });
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
}
