//! `atomvm eunit`.

use crate::machine::{Failure, Machine, finish};
use atomvm_core::beam::{Beam, is_beam};
use atomvm_core::pack::{Pack, is_pack};
use atomvm_core::value::Value;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Eunit {
    /// Modules (.beam) and packs (.avm) whose modules are tested, or names of modules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Name each test, with the time that it took
    #[arg(long, short)]
    verbose: bool,
    /// Also write a report in the format of Surefire to this folder
    #[arg(long, value_name = "DIR")]
    xml: Option<PathBuf>,
    #[command(flatten)]
    machine: Machine,
}

impl Eunit {
    pub fn run(self) -> ExitCode {
        match self.test() {
            Ok(value) if value == Value::atom("ok") => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            Err(failure) => failure.report(),
        }
    }

    fn test(self) -> Result<Value, Failure> {
        let mut names = Vec::new();
        let mut files = Vec::new();
        for file in self.files {
            if !file.exists() && is_name(&file) {
                names.push(file.display().to_string());
                continue;
            }
            let bytes = std::fs::read(&file).map_err(|error| Failure::File(file.clone(), error))?;
            names.extend(modules(&bytes));
            files.push(file);
        }
        let mut options = Vec::new();
        if self.verbose {
            options.push(Value::atom("verbose"));
        }
        if let Some(folder) = &self.xml {
            let folder = Value::from(folder.display().to_string().as_str());
            options.push(Value::Tuple(vec![Value::atom("xml"), folder]));
        }
        let names = names.iter().map(|name| Value::from(name.as_str()));
        let args = [Value::List(names.collect()), Value::List(options)];
        let mut machine = self.machine;
        machine.add_current_folder();
        let builder = machine.builder(&files)?;
        finish(builder.build(), files, |vm| {
            vm.call("atomvm_eunit", "main", &args)
        })
    }
}

/// May this be the name of a module, rather than of a file?
fn is_name(file: &Path) -> bool {
    file.extension().is_none() && file.components().count() == 1
}

/// The modules in a file. What is damaged is reported when it is added to the VM.
fn modules(bytes: &[u8]) -> Vec<String> {
    if is_beam(bytes) {
        let beam = Beam::parse(bytes).ok();
        beam.map(|beam| beam.module_name().to_owned())
            .into_iter()
            .collect()
    } else if is_pack(bytes) {
        let pack = Pack::parse(bytes).ok();
        let entries = pack.iter().flat_map(|pack| pack.entries());
        entries
            .filter(|entry| entry.is_beam())
            .filter_map(|entry| Some(entry.module_name()?.to_owned()))
            .collect()
    } else {
        Vec::new()
    }
}
