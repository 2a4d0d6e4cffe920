//! Reads what a pack is made of: modules, packs, folders of modules, and files.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use atomvm_core::beam::external::{Token, Tokens};
use atomvm_core::beam::{Beam, inflate};
use atomvm_core::pack::{FLAG_FILE, Pack, file_entry_name};
use atomvm_host::{LIBRARY, SMALL_LIBRARY, library_modules};

use crate::services;

/// What the origin of a module of the built-in library begins with.
pub const LIBRARY_ORIGIN: &str = "the VM's library";

/// The applications of OTP and Elixir.
const APPLICATIONS: [&str; 17] = [
    "compiler",
    "crypto",
    "eex",
    "elixir",
    "erts",
    "eunit",
    "ex_unit",
    "iex",
    "inets",
    "kernel",
    "logger",
    "mix",
    "parsetools",
    "sasl",
    "ssl",
    "stdlib",
    "syntax_tools",
];

/// What a pack is made of.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files that were read.
    pub paths: Vec<PathBuf>,
    pub modules: Vec<GivenModule>,
    pub files: Vec<GivenFile>,
    /// The names of the modules of the built-in library.
    library: HashSet<String>,
}

/// A compiled module.
#[derive(Debug)]
pub struct GivenModule {
    pub name: String,
    /// Where it came from, for messages.
    pub origin: String,
    /// The BEAM file.
    pub bytes: Vec<u8>,
    /// Whether it is only looked at, for whoever runs the pack has it.
    pub is_elsewhere: bool,
    /// Whether it takes the place of a module of its name only when that is needed.
    pub is_late: bool,
}

/// A plain file, as it stands in a pack.
#[derive(Debug)]
pub struct GivenFile {
    pub name: String,
    pub origin: String,
    pub flags: u32,
    pub data: Vec<u8>,
}

impl Inputs {
    /// Reads all `paths`; of a folder, the modules in it, in the order of their names.
    ///
    /// # Errors
    ///
    /// What cannot be read, and names that occur twice.
    pub fn read(paths: &[PathBuf]) -> Result<Inputs, String> {
        let mut inputs = Inputs {
            library: library_names(),
            ..Inputs::default()
        };
        for path in paths {
            if path.is_dir() {
                for module in modules_in(path)? {
                    inputs.add_path(&module)?;
                }
            } else {
                inputs.add_path(path)?;
            }
        }
        inputs.check()?;
        Ok(inputs)
    }

    fn add_path(&mut self, path: &Path) -> Result<(), String> {
        let at = |error: String| format!("{}: {error}", path.display());
        let bytes = fs::read(path).map_err(|error| at(error.to_string()))?;
        self.paths.push(path.to_owned());
        let origin = path.display().to_string();
        let extension = path.extension().unwrap_or_default();
        if extension == "beam" {
            self.add_module(&bytes, origin)
        } else if extension == "avm" {
            self.add_pack(&bytes, &origin)
        } else {
            let name = path.to_str().and_then(file_entry_name);
            let name = name.ok_or_else(|| at("not a name for a pack".to_owned()))?;
            let length = u32::try_from(bytes.len()).map_err(|error| at(error.to_string()))?;
            self.files.push(GivenFile {
                name,
                origin,
                flags: FLAG_FILE,
                data: [&length.to_be_bytes(), &bytes[..]].concat(),
            });
            Ok(())
        }
    }

    fn add_module(&mut self, bytes: &[u8], origin: String) -> Result<(), String> {
        let bytes = inflate(bytes).map_err(|error| format!("{origin}: {error}"))?;
        let beam = Beam::parse_tables(&bytes).map_err(|error| format!("{origin}: {error}"))?;
        self.modules.push(GivenModule {
            name: beam.module_name().to_owned(),
            origin,
            bytes: bytes.to_vec(),
            is_elsewhere: false,
            is_late: false,
        });
        Ok(())
    }

    fn add_pack(&mut self, bytes: &[u8], origin: &str) -> Result<(), String> {
        let pack = Pack::parse(bytes).map_err(|error| format!("{origin}: {error}"))?;
        for entry in pack.entries() {
            let origin = format!("{origin}: {}", entry.name);
            if entry.is_beam() {
                self.add_module(entry.data, origin)?;
            } else {
                self.files.push(GivenFile {
                    name: entry.name.to_owned(),
                    origin,
                    flags: entry.flags,
                    data: entry.data.to_vec(),
                });
            }
        }
        Ok(())
    }

    /// Refuses names that occur twice: a VM would never find the second.
    fn check(&self) -> Result<(), String> {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        let modules = self.modules.iter().map(|it| (&it.name, &it.origin));
        for (name, origin) in modules {
            if let Some(other) = seen.insert(name, origin) {
                return Err(format!("module {name} is both in {other} and in {origin}"));
            }
        }
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for file in &self.files {
            if let Some(other) = seen.insert(&file.name, &file.origin) {
                let (name, origin) = (&file.name, &file.origin);
                return Err(format!("{name} is made of both {other} and {origin}"));
            }
        }
        Ok(())
    }

    /// Whether OTP's own library is among the modules: one that the VM has its own form of.
    pub fn has_otp(&self) -> bool {
        let own: HashSet<&str> = library_modules().iter().copied().collect();
        let mut modules = self.modules.iter();
        modules.any(|module| own.contains(module.name.as_str()))
    }

    /// Adds what the library of whoever runs the pack has, only to be looked at.
    ///
    /// # Errors
    ///
    /// None, unless the library itself is damaged.
    pub fn look_at_library(&mut self) -> Result<(), String> {
        let first = self.modules.len();
        self.add_missing(LIBRARY)?;
        let added = self.modules.iter_mut().skip(first);
        added.for_each(|module| module.is_elsewhere = true);
        Ok(())
    }

    /// Adds the modules of `pack` that are not there yet.
    fn add_missing(&mut self, pack: &[u8]) -> Result<(), String> {
        let mut there: HashSet<String> = self.modules.iter().map(|it| it.name.clone()).collect();
        let pack = Pack::parse(pack).map_err(|error| error.to_string())?;
        for entry in pack.entries().iter().filter(|entry| entry.is_beam()) {
            let name = entry.module_name().unwrap_or(entry.name);
            if there.insert(name.to_owned()) {
                self.add_module(entry.data, format!("{LIBRARY_ORIGIN}: {}", entry.name))?;
            }
        }
        Ok(())
    }

    /// Adds the built-in library: the VM's own modules take the places of OTP's of the same name, and
    /// of the others those that are not there yet are added.
    ///
    /// # Errors
    ///
    /// None, unless the library itself is damaged.
    pub fn add_library(&mut self) -> Result<(), String> {
        let small = Pack::parse(SMALL_LIBRARY).map_err(|error| error.to_string())?;
        let mut own: HashSet<&str> = library_modules().iter().copied().collect();
        own.extend(small.entries().iter().filter_map(|it| it.module_name()));
        self.modules.retain(|it| !own.contains(it.name.as_str()));
        self.add_missing(SMALL_LIBRARY)?;
        self.add_missing(LIBRARY)
    }

    /// Puts OTP's applications and logging in the places of the small modules that stand for them.
    ///
    /// # Errors
    ///
    /// None, unless the library itself is damaged.
    pub fn use_services(&mut self) -> Result<(), String> {
        let (modules, files) = services::of_library()?;
        self.modules
            .retain(|it| !services::SERVICES.contains(&it.name.as_str()));
        self.modules.extend(modules);
        self.files.extend(files);
        Ok(())
    }

    /// Whether a module is of OTP's, Elixir's or the VM's library.
    pub fn is_library(&self, module: &GivenModule) -> bool {
        // .../lib/stdlib-4.2/ebin/lists.beam
        let application = Path::new(&module.origin)
            .parent()
            .filter(|folder| folder.ends_with("ebin"))
            .and_then(|folder| folder.parent()?.file_name()?.to_str())
            .map(|name| name.split_once('-').map_or(name, |(name, _)| name));
        self.library.contains(&module.name)
            || module.origin.starts_with(LIBRARY_ORIGIN)
            || application.is_some_and(|name| APPLICATIONS.contains(&name))
    }

    /// The callback modules that application resources name: `{mod, {Module, Arguments}}`.
    pub fn application_modules(&self) -> Vec<String> {
        self.files.iter().filter_map(application_module).collect()
    }

    /// The atoms of application resources, which the application controller reads.
    pub fn atoms_of_resources(&self) -> Vec<String> {
        self.files.iter().flat_map(resource_atoms).collect()
    }
}

/// The names of the modules of the built-in library.
pub fn library_names() -> HashSet<String> {
    let pack = Pack::parse(LIBRARY).unwrap_or_default();
    let names = pack.entries().iter().filter_map(|it| it.module_name());
    names.map(str::to_owned).collect()
}

/// The modules in `folder`, in the order of their names.
fn modules_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.extension().is_some_and(|it| it == "beam") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(format!(
            "{}: no module (.beam) in this folder",
            folder.display()
        ));
    }
    paths.sort();
    Ok(paths)
}

/// The atoms of an application's resource.
fn resource_atoms(file: &GivenFile) -> Vec<String> {
    let Some(contents) = file.data.get(4..) else {
        return Vec::new();
    };
    if file.name.ends_with("/priv/application.bin") {
        let atoms = Tokens::new(contents).filter_map(|token| match token {
            Token::Atom(atom) => Some(atom.to_owned()),
            _ => None,
        });
        return atoms.collect();
    }
    if !file.name.ends_with(".app") {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(contents);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '.');
    let words = text.split(|c: char| !is_part(c));
    words
        .filter(|word| word.starts_with(char::is_alphabetic))
        .map(str::to_owned)
        .collect()
}

/// The callback module of an application: its resource is the external term `application.bin`, or
/// the text `.app` that the compilers write.
fn application_module(file: &GivenFile) -> Option<String> {
    // The file's length stands before its contents.
    let contents = file.data.get(4..)?;
    if file.name.ends_with("/priv/application.bin") {
        let tokens: Vec<_> = Tokens::new(contents).collect();
        return tokens.windows(4).find_map(|tokens| match tokens {
            [
                Token::Tuple(2),
                Token::Atom("mod"),
                Token::Tuple(2),
                Token::Atom(module),
            ] => Some((*module).to_owned()),
            _ => None,
        });
    }
    if !file.name.ends_with(".app") {
        return None;
    }
    let text = String::from_utf8_lossy(contents);
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (_, rest) = plain.split_once("{mod,{")?;
    let (module, _) = rest.split_once(',')?;
    Some(module.trim_matches('\'').to_owned())
}
