//! Leaves out of a pack what its program cannot reach, function by function.
//!
//! The way of a program:
//!
//! ```text
//!     modules     each is cut into its functions (module)
//!     references  what the code of a function calls, and which atoms it makes values (references)
//!     reach       from the roots along the references until nothing is new (reach, rules)
//!     rewrite     each module with what is left of it, and tables that hold no more (rewrite)
//!     report      what was kept because of what, and its size (report)
//! ```
//!
//! `docs/pruning.md` states the rules.

mod encode;
mod flow;
mod form;
mod literals;
mod module;
mod names;
mod program;
mod reach;
mod references;
mod registers;
mod report;
mod rewrite;
mod rules;
mod tables;
mod vm_atoms;

use atomvm_core::pack::{FLAG_BEAM, FLAG_START, PackWriter};

use crate::inputs::Inputs;
use crate::services::{SERVICES, late_file, stand_in};
use module::Module;
use names::Names;
use program::Program;
use reach::{Id, Reach, Why};
pub use report::Report;
use rewrite::{Written, rewrite};
use rules::{Kept, Rules};

/// What is asked for.
#[derive(Debug)]
pub struct Options<'o> {
    /// The module to start with; else the first that exports `start/0`.
    pub start: Option<&'o str>,
    /// What is kept besides: `M`, `M:F` or `M:F/A`.
    pub keep: &'o [String],
    /// Whether line numbers stay.
    pub lines: bool,
    /// Whether the pack is to be all that there is: with what the VM itself calls.
    pub is_whole: bool,
}

/// A pack that holds only what is used.
#[derive(Debug)]
pub struct Pruned {
    pub pack: Vec<u8>,
    pub report: Report,
    /// Whether the program starts applications or manages its log, for which the small modules of a
    /// pack that stands alone are not enough.
    pub wants_services: bool,
}

/// Makes a pack of what the program among `inputs` can reach; `progress` hears what is done.
///
/// # Errors
///
/// What is wrong with a module, or with what is asked for.
pub fn prune(
    inputs: &Inputs,
    options: &Options<'_>,
    progress: &dyn Fn(&str),
) -> Result<Pruned, String> {
    let mut names = Names::default();
    progress("reading modules");
    let mut modules = Vec::new();
    for given in &inputs.modules {
        let module = Module::parse(&given.bytes, &given.origin, &mut names);
        let mut module = module.map_err(|error| format!("{}: {error}", given.origin))?;
        module.is_library = inputs.is_library(given);
        module.is_elsewhere = given.is_elsewhere;
        module.is_late = given.is_late;
        modules.push(module);
    }
    let rules = Rules::of(&modules, &mut names);
    let program = Program::new(modules, rules);
    progress("following calls");
    let start = start_module(&program, &names, options)?;
    let mut reach = Reach::new(&program, &mut names);
    roots(&program, &mut reach, start, inputs, options)?;
    reach.run();
    let kept = reach.kept().to_vec();
    let named = reach.named_modules();
    progress("writing modules");
    let written = write(&program, &reach, &kept, options.lines)?;
    let (unresolved, missing) = (
        std::mem::take(&mut reach.unresolved),
        std::mem::take(&mut reach.missing),
    );
    let wants_services = missing.iter().any(|missing| {
        let by = &program.modules[missing.by.module];
        let manages = !by.is_library || rules::manages_services(names.text(by.name));
        manages && SERVICES.contains(&names.text(missing.callee.module))
    });
    let pack = pack(&program, &names, &written, start, inputs)?;
    let report = Report::new(
        &program,
        &names,
        report::Found {
            kept: &kept,
            named: &named,
            written: &written,
            unresolved: &unresolved,
            missing: &missing,
        },
    );
    Ok(Pruned {
        pack,
        report,
        wants_services,
    })
}

/// The index of the module to start with; of none, if no module has `start/0` and none is asked for.
fn start_module(
    program: &Program<'_>,
    names: &Names,
    options: &Options<'_>,
) -> Result<Option<usize>, String> {
    let name = names.find("start");
    let starts =
        |module: &Module<'_>| name.is_some_and(|start| module.exports.contains_key(&(start, 0)));
    let Some(wanted) = options.start else {
        let own = |module: &&Module<'_>| !module.origin.starts_with(crate::inputs::LIBRARY_ORIGIN);
        let first = program.modules.iter().filter(own).position(starts);
        return Ok(first);
    };
    let index = names.find(wanted).and_then(|name| program.find(name));
    match index {
        None => Err(format!("there is no module {wanted} to start with")),
        Some(index) if !starts(&program.modules[index]) => {
            let origin = program.modules[index].origin;
            Err(format!("{origin}: module {wanted} does not export start/0"))
        }
        index => Ok(index),
    }
}

/// Keeps what a program begins with.
fn roots(
    program: &Program<'_>,
    reach: &mut Reach<'_, '_>,
    start: Option<usize>,
    inputs: &Inputs,
    options: &Options<'_>,
) -> Result<(), String> {
    match start {
        Some(module) => {
            let is_start = |name: &str, arity| name == "start" && arity == 0;
            reach.keep_exports(module, Why::Start, is_start);
        }
        // Without a program, a first module is a library.
        None if options.keep.is_empty() && !program.modules.is_empty() => {
            reach.keep_exports(0, Why::Start, |_, _| true);
        }
        None => {}
    }
    for wanted in options.keep {
        keep(reach, wanted)?;
    }
    for (index, module) in program.modules.iter().enumerate() {
        for kept in rules::kept_by_attribute(module) {
            reach.keep_exports(index, Why::Attribute, |name, arity| match &kept {
                Kept::All => true,
                Kept::Function(function, count) => name == function && arity == *count,
            });
        }
    }
    for module in inputs.application_modules() {
        if let Some(index) = reach.find(&module) {
            reach.mention(&module);
            reach.keep_exports(index, Why::Application, |name, arity| {
                matches!(
                    (name, arity),
                    ("start", 2) | ("stop" | "prep_stop", 1) | ("config_change", 3)
                )
            });
        }
    }
    if options.is_whole {
        reach.keep_named("atomvm_io", "server", 0, Why::Vm);
    }
    if program.modules.iter().any(|module| module.is_late) {
        for (module, function, arity) in rules::OF_STAND_INS {
            reach.keep_named(module, function, arity, Why::Vm);
        }
        for module in rules::OF_HANDLERS {
            if let Some(index) = reach.find(module) {
                reach.keep_exports(index, Why::Vm, |_, _| true);
            }
        }
        // Resources list their modules, of which nothing follows.
        for atom in inputs.atoms_of_resources() {
            if reach.find(&atom).is_none() {
                reach.mention(&atom);
            }
        }
    }
    Ok(())
}

/// Keeps what an option names: `M`, `M:F` or `M:F/A`.
fn keep(reach: &mut Reach<'_, '_>, wanted: &str) -> Result<(), String> {
    let (module, function) = match wanted.split_once(':') {
        Some((module, function)) => (module, Some(function)),
        None => (wanted, None),
    };
    let index = reach
        .find(module)
        .ok_or_else(|| format!("--keep {wanted}: there is no module {module}"))?;
    let count = match function {
        None => reach.keep_exports(index, Why::Option, |_, _| true),
        Some(function) => {
            let parts = function.rsplit_once('/');
            let arity = parts.map(|(_, arity)| arity.parse::<u32>()).transpose();
            let arity = arity.map_err(|_| format!("--keep {wanted}: not a number behind /"))?;
            let function = parts.map_or(function, |(function, _)| function);
            reach.keep_exports(index, Why::Option, |name, count| {
                name == function && arity.is_none_or(|arity| arity == count)
            })
        }
    };
    reach.mention(module);
    match count {
        0 => Err(format!(
            "--keep {wanted}: module {module} exports no such function"
        )),
        _ => Ok(()),
    }
}

/// Writes each module of which something is kept; the others are `None`.
fn write(
    program: &Program<'_>,
    reach: &Reach<'_, '_>,
    kept: &[Vec<Option<Why>>],
    lines: bool,
) -> Result<Vec<Option<Written>>, String> {
    let modules = program.modules.iter().zip(kept);
    let written = modules.map(|(module, kept)| {
        let kept: Vec<bool> = kept.iter().map(Option::is_some).collect();
        if !kept.contains(&true) || module.is_elsewhere {
            return Ok(None);
        }
        let is_made = |atom| reach.is_made(module, atom);
        let written = rewrite(module, &kept, lines, &is_made);
        written
            .map(Some)
            .map_err(|error| format!("{}: {error}", module.origin))
    });
    written.collect()
}

/// The pack: the module to start with, the others in their order, and files.
fn pack(
    program: &Program<'_>,
    names: &Names,
    written: &[Option<Written>],
    start: Option<usize>,
    inputs: &Inputs,
) -> Result<Vec<u8>, String> {
    let mut writer = PackWriter::new();
    let others = (0..program.modules.len()).filter(|index| Some(*index) != start);
    for index in start.into_iter().chain(others) {
        let Some(module) = &written[index] else {
            continue;
        };
        let name = names.text(program.modules[index].name);
        if program.modules[index].is_late {
            let added = writer.add_file(&late_file(name), &module.data);
            added.map_err(|error| error.to_string())?;
            continue;
        }
        let name = format!("{name}.beam");
        let flags = match module.exports_start {
            true => FLAG_BEAM | FLAG_START,
            false => FLAG_BEAM,
        };
        let added = writer.add(&name, flags, &module.data);
        added.map_err(|error| error.to_string())?;
    }
    // What stands for a late module is of no use without it.
    let unused: Vec<String> = (0..program.modules.len())
        .filter(|&index| program.modules[index].is_late && written[index].is_none())
        .map(|index| stand_in(names.text(program.modules[index].name)))
        .collect();
    for file in inputs.files.iter().filter(|it| !unused.contains(&it.name)) {
        let added = writer.add(&file.name, file.flags, &file.data);
        added.map_err(|error| error.to_string())?;
    }
    Ok(writer.finish())
}

/// `M:F/A` of a function of the program.
fn describe(program: &Program<'_>, names: &Names, id: Id) -> String {
    reach::describe(&program.modules, names, id)
}
