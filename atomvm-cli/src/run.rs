//! `atomvm run`.

use crate::elixir::library_folders;
use crate::machine::{Failure, Machine, finish};
use crate::output;
use atomvm_core::platform::Stream;
use atomvm_core::value::Value;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Run {
    /// Packs (.avm) and modules (.beam); the first module with start/0 is started
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Start this OTP application and those that it needs, in place of a module
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// Take the library of an installed Elixir, and start its applications first: that in DIR, or
    /// the one whose command is in PATH
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true)]
    elixir: Option<Option<PathBuf>>,
    #[command(flatten)]
    machine: Machine,
    /// Arguments for the program (init:get_plain_arguments/0)
    #[arg(last = true, value_name = "ARG")]
    arguments: Vec<String>,
}

impl Run {
    pub fn run(self) -> ExitCode {
        match self.start() {
            Ok(value) => {
                output::write(
                    Stream::Output,
                    format!("Return value: {value}\n").as_bytes(),
                );
                ExitCode::SUCCESS
            }
            Err(failure) => failure.report(),
        }
    }

    fn start(self) -> Result<Value, Failure> {
        let mut machine = self.machine;
        if let Some(root) = &self.elixir {
            machine.add_paths(library_folders(root.as_deref())?);
        }
        machine.add_current_folder();
        let builder = machine.builder(&self.files)?.arguments(self.arguments);
        finish(builder.build(), self.files, |vm| {
            if self.elixir.is_some() {
                vm.call("atomvm_elixir", "start", &[])?;
            }
            match &self.app {
                None => vm.run(),
                Some(name) => vm.call("atomvm_app", "main", &[Value::from(name.as_str())]),
            }
        })
    }
}
