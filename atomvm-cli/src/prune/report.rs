//! What was kept because of what, and how large it is.

use std::fmt::{self, Write as _};

use super::names::Names;
use super::program::Program;
use super::reach::{Id, Missing, Unresolved, Why};
use super::references::Site;
use super::rewrite::Written;
use atomvm_core::bif;
use serde::Serialize;

/// What was kept because of what, and how large it is.
#[derive(Debug, Serialize)]
pub struct Report {
    pub modules: Vec<ModuleReport>,
    /// Calls whose function is found out as the program runs.
    pub unresolved: Vec<UnresolvedReport>,
    /// What is called and is not there.
    pub missing: Vec<MissingReport>,
}

#[derive(Debug, Serialize)]
pub struct ModuleReport {
    pub module: String,
    pub origin: String,
    /// The first function that has the module's name as a value, for calls that are resolved as the
    /// program runs.
    pub named_by: Option<String>,
    pub bytes: usize,
    /// How many functions the module had.
    pub functions_before: usize,
    pub functions: Vec<FunctionReport>,
    /// The bytes of each chunk.
    pub chunks: Vec<ChunkReport>,
    pub literals: Vec<LiteralReport>,
}

#[derive(Debug, Serialize)]
pub struct FunctionReport {
    pub function: String,
    /// Its code.
    pub bytes: usize,
    /// From what it is reached, up to where the program begins.
    pub because: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct ChunkReport {
    pub chunk: String,
    pub bytes: usize,
}

#[derive(Debug, Serialize)]
pub struct LiteralReport {
    /// Its number in the module that was given.
    pub index: u32,
    pub bytes: usize,
}

#[derive(Debug, Serialize)]
pub struct UnresolvedReport {
    pub by: String,
    pub call: String,
    pub rule: String,
}

#[derive(Debug, Serialize)]
pub struct MissingReport {
    pub function: String,
    pub called_by: String,
    /// Whether the whole module is missing.
    pub is_module: bool,
}

/// What a report is made of.
pub struct Found<'f> {
    pub kept: &'f [Vec<Option<Why>>],
    pub named: &'f [Option<Id>],
    pub written: &'f [Option<Written>],
    pub unresolved: &'f [Unresolved],
    pub missing: &'f [Missing],
}

impl Report {
    pub fn new(program: &Program<'_>, names: &Names, found: Found<'_>) -> Report {
        let maker = Maker {
            program,
            names,
            found,
        };
        Report {
            modules: maker.modules(),
            unresolved: maker.unresolved(),
            missing: maker.missing(),
        }
    }
}

struct Maker<'r, 'a> {
    program: &'r Program<'a>,
    names: &'r Names,
    found: Found<'r>,
}

impl Maker<'_, '_> {
    fn describe(&self, id: Id) -> String {
        super::describe(self.program, self.names, id)
    }

    fn modules(&self) -> Vec<ModuleReport> {
        let mut modules = Vec::new();
        for (module, written) in self.found.written.iter().enumerate() {
            let Some(written) = written else { continue };
            let it = &self.program.modules[module];
            let functions = written.functions.iter().map(|(function, bytes)| {
                let function = *function;
                let id = Id { module, function };
                FunctionReport {
                    function: self.describe(id),
                    bytes: *bytes,
                    because: self.because(id),
                }
            });
            let chunks = written.chunks.iter().map(|(name, bytes)| ChunkReport {
                chunk: String::from_utf8_lossy(name).into_owned(),
                bytes: *bytes,
            });
            let literals = written.literals.iter();
            modules.push(ModuleReport {
                module: self.names.text(it.name).to_owned(),
                origin: it.origin.to_owned(),
                named_by: self.found.named[module].map(|id| self.describe(id)),
                bytes: written.data.len(),
                functions_before: it.functions.len(),
                functions: functions.collect(),
                chunks: chunks.collect(),
                literals: literals
                    .map(|(index, bytes)| LiteralReport {
                        index: *index,
                        bytes: *bytes,
                    })
                    .collect(),
            });
        }
        modules
    }

    /// The chain of reasons from a function to a root.
    fn because(&self, mut id: Id) -> Vec<String> {
        let mut chain = Vec::new();
        while let Some(why) = self.found.kept[id.module][id.function] {
            let (text, next) = match why {
                Why::Start => ("the program starts here".to_owned(), None),
                Why::Option => ("an option --keep".to_owned(), None),
                Why::Attribute => ("an attribute keep".to_owned(), None),
                Why::Vm => ("the VM calls it".to_owned(), None),
                Why::OnLoad => ("it runs when the module is loaded".to_owned(), None),
                Why::Application => ("an application's callback".to_owned(), None),
                Why::Callback => ("a callback of a behaviour".to_owned(), None),
                Why::CalledBy(by) => (self.describe(by), Some(by)),
                Why::ValueOf(by) => (format!("{} (as a value)", self.describe(by)), Some(by)),
                Why::Dynamic(by, site) => {
                    let site = self.site(site);
                    (format!("{} ({site})", self.describe(by)), Some(by))
                }
            };
            chain.push(text);
            match next {
                Some(by) => id = by,
                None => break,
            }
        }
        chain
    }

    /// A call as it is known, with `_` for what is not.
    fn site(&self, site: Site) -> String {
        let name = |name: Option<_>| name.map_or("_", |name| self.names.text(name));
        let arity = site
            .arity
            .map_or_else(|| "_".to_owned(), |it| it.to_string());
        format!("{}:{}/{arity}", name(site.module), name(site.function))
    }

    fn unresolved(&self) -> Vec<UnresolvedReport> {
        let mut unresolved: Vec<_> = self.found.unresolved.iter().collect();
        unresolved.sort_by_key(|it| (it.by, it.site));
        unresolved.dedup_by_key(|it| (it.by, it.site));
        let report = unresolved.into_iter().map(|it| UnresolvedReport {
            by: self.describe(it.by),
            call: self.site(it.site),
            rule: rule(it.site).to_owned(),
        });
        report.collect()
    }

    fn missing(&self) -> Vec<MissingReport> {
        let mut missing = Vec::new();
        let library = crate::inputs::library_names();
        for it in self.found.missing {
            let (module, function) = (
                self.names.text(it.callee.module),
                self.names.text(it.callee.function),
            );
            let arity = it.callee.arity;
            let is_native = bif::find(module, function, arity).is_some();
            if is_native || NATIVES.contains(&module) || function == "__impl__" {
                continue;
            }
            // What the VM's library lacks is not the program's fault.
            if self.program.modules[it.by.module].is_library && library.contains(module) {
                continue;
            }
            missing.push(MissingReport {
                function: format!("{module}:{function}/{arity}"),
                called_by: self.describe(it.by),
                is_module: self.program.find(it.callee.module).is_none(),
            });
        }
        missing
    }
}

/// Modules whose functions the platform brings.
const NATIVES: [&str; 4] = [
    "atomvm_console",
    "atomvm_editor",
    "atomvm_file",
    "atomvm_host",
];

/// What was kept for a call whose function is not known before.
fn rule(site: Site) -> &'static str {
    match (site.module, site.function) {
        (None, Some(_)) => "every function of this name in a module whose name is a value",
        (Some(_), _) => "every function of this module whose name is a value",
        (None, None) if site.arity.is_some() => {
            "every function with so many arguments, of a module whose name is a value, whose own name is \
             a value of the calling module, or of its own module if that is no library's"
        }
        (None, None) => "every function whose module and name stand side by side among the values",
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.modules.iter().map(|module| module.bytes).sum();
        let functions: usize = self.modules.iter().map(|it| it.functions.len()).sum();
        writeln!(
            f,
            "{total} bytes: {functions} functions in {} modules",
            self.modules.len()
        )?;
        let mut modules: Vec<&ModuleReport> = self.modules.iter().collect();
        modules.sort_by_key(|module| (std::cmp::Reverse(module.bytes), &module.module));
        for module in &modules {
            let mut parts = String::new();
            for chunk in &module.chunks {
                write!(parts, "  {} {}", chunk.chunk, chunk.bytes)?;
            }
            writeln!(
                f,
                "{:8}  {} ({} of {} functions){parts}",
                module.bytes,
                module.module,
                module.functions.len(),
                module.functions_before
            )?;
        }
        for module in &modules {
            writeln!(f, "\n{}:", module.module)?;
            for function in &module.functions {
                let because = function.because.join(" <- ");
                writeln!(
                    f,
                    "{:8}  {} <- {because}",
                    function.bytes, function.function
                )?;
            }
        }
        if !self.unresolved.is_empty() {
            writeln!(
                f,
                "\nCalls whose function is found out as the program runs:"
            )?;
        }
        for it in &self.unresolved {
            writeln!(f, "  {} in {}: kept {}", it.call, it.by, it.rule)?;
        }
        if !self.missing.is_empty() {
            writeln!(f, "\nCalled, but not there:")?;
        }
        for it in &self.missing {
            writeln!(f, "  {it}")?;
        }
        Ok(())
    }
}

impl fmt::Display for MissingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.is_module {
            true => "its module is missing",
            false => "its module has no such function",
        };
        write!(f, "{}, called by {}: {what}", self.function, self.called_by)
    }
}
