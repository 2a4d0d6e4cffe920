//! `packbeam create` and `packbeam library`.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use atomvm_core::pack::{Builder, file_entry_name};
use atomvm_host::LIBRARY;
use clap::Args;

use crate::inputs::Inputs;
use crate::prune::{self, Pruned, Report};
use crate::save::{print, write};
use crate::translate::{Translate, without_translations};

#[derive(Debug, Args)]
pub struct Create {
    /// Keep only the functions that the program can reach
    ///
    /// The program begins with start/0 of its start module; if no module has one, with all
    /// functions that the first module exports. If OTP's own library is among the inputs, the
    /// pack needs nothing but the VM itself: what the VM's library replaces or adds is taken from
    /// there, as with --library.
    #[arg(short, long)]
    prune: bool,
    /// Also keep M, M:F or M:F/A, and what it reaches (with --prune)
    ///
    /// The same can be said in a module: -keep([f/1]). or -keep(all).
    #[arg(short, long, value_name = "FUNCTION", requires = "prune")]
    keep: Vec<String>,
    /// Take what is not given from the VM's library, so that the pack needs nothing else (with --prune)
    #[arg(short, long, requires = "prune")]
    library: bool,
    /// Say what was kept because of what, and how large it is: to standard output, or as JSON to a file
    #[arg(
        long,
        value_name = "FILE.json",
        num_args = 0..=1,
        require_equals = false,
        requires = "prune"
    )]
    report: Option<Option<PathBuf>>,
    /// Fail if a module or function is called that is not there (with --prune)
    #[arg(long, requires = "prune")]
    strict: bool,
    /// The module to start with [default: the first that exports start/0]
    #[arg(short, long, value_name = "MODULE")]
    start: Option<String>,
    /// Leave out line numbers, which only serve stack traces
    #[arg(short, long = "remove_lines", alias = "remove-lines")]
    remove_lines: bool,
    #[command(flatten)]
    translate: Translate,
    /// The pack to write
    output: PathBuf,
    /// Modules, packs, folders of modules, and files, in the order that they get
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Library {
    #[command(flatten)]
    translate: Translate,
    /// The pack to write
    output: PathBuf,
}

impl Create {
    /// # Errors
    ///
    /// What went wrong, for the user to read.
    pub fn run(&self) -> Result<(), String> {
        match self.prune {
            true => self.pruned(),
            false => self.whole(),
        }
    }

    /// All modules and files, as they are.
    fn whole(&self) -> Result<(), String> {
        let inputs = Inputs::read(&self.inputs)?;
        let mut builder = Builder::new(!self.remove_lines);
        for path in &inputs.paths {
            let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            add(&mut builder, path, &bytes)?;
        }
        let start = self.start.as_deref();
        builder
            .start_with(start)
            .map_err(|error| error.to_string())?;
        let pack = builder.finish().map_err(|error| error.to_string())?;
        write(&self.output, &self.translate.apply(pack)?)
    }

    /// What the program can reach.
    fn pruned(&self) -> Result<(), String> {
        let progress = Progress::new();
        progress.show("reading files");
        let mut inputs = Inputs::read(&self.inputs)?;
        let is_whole = self.library || inputs.has_otp();
        match is_whole {
            true => inputs.add_library()?,
            false => inputs.look_at_library()?,
        }
        let options = prune::Options {
            start: self.start.as_deref(),
            keep: &self.keep,
            lines: !self.remove_lines,
            is_whole,
        };
        let prune = |inputs: &Inputs| prune::prune(inputs, &options, &|what| progress.show(what));
        let mut pruned = prune(&inputs);
        if is_whole && pruned.as_ref().is_ok_and(|it| it.wants_services) {
            inputs.use_services()?;
            pruned = prune(&inputs);
        }
        progress.clear();
        let Pruned { pack, report, .. } = pruned?;
        self.warn(&report)?;
        write(&self.output, &self.translate.apply(pack)?)?;
        match &self.report {
            None => Ok(()),
            Some(None) => print(&report.to_string()),
            Some(Some(file)) => {
                let json = serde_json::to_string_pretty(&report);
                write(file, json.map_err(|error| error.to_string())?.as_bytes())
            }
        }
    }

    /// Tells of what is called and is not there.
    fn warn(&self, report: &Report) -> Result<(), String> {
        let kind = if self.strict { "" } else { "warning: " };
        for missing in &report.missing {
            eprintln!("packbeam: {kind}{missing}");
        }
        match report.missing.len() {
            count @ 1.. if self.strict => Err(format!("{count} functions are missing")),
            _ => Ok(()),
        }
    }
}

impl Library {
    /// # Errors
    ///
    /// What went wrong, for the user to read.
    pub fn run(&self) -> Result<(), String> {
        let library = without_translations(LIBRARY)?;
        write(&self.output, &self.translate.apply(library)?)
    }
}

/// Adds what is in a file to a pack.
fn add(builder: &mut Builder, path: &Path, bytes: &[u8]) -> Result<(), String> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let extension = path.extension().unwrap_or_default();
    if extension == "beam" {
        builder.add_module(bytes).map_err(|error| at(&error))?;
    } else if extension == "avm" {
        builder.add_pack(bytes).map_err(|error| at(&error))?;
    } else {
        let name = path.to_str().and_then(file_entry_name);
        let name = name.ok_or_else(|| at(&"not a name for a pack"))?;
        builder.add_file(&name, bytes).map_err(|error| at(&error))?;
    }
    Ok(())
}

/// A line on the terminal that says what is being done.
struct Progress {
    is_shown: bool,
}

impl Progress {
    fn new() -> Self {
        Progress {
            is_shown: io::stderr().is_terminal(),
        }
    }

    fn show(&self, what: &str) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[Kpackbeam: {what} ...");
        }
    }

    fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
