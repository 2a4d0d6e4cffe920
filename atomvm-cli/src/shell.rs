//! `atomvm shell`.

use crate::editor::Editor;
use crate::machine::{Failure, Machine};
use crate::{output, signals};
use atomvm_core::value::Value;
use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Shell {
    /// Packs (.avm) and modules (.beam) that can be called
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    machine: Machine,
    /// Arguments (init:get_plain_arguments/0)
    #[arg(last = true, value_name = "ARG")]
    arguments: Vec<String>,
}

impl Shell {
    pub fn run(self) -> ExitCode {
        match self.evaluate() {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        }
    }

    fn evaluate(self) -> Result<(), Failure> {
        let mut machine = self.machine;
        machine.add_current_folder();
        let mut builder = machine.builder(&self.files)?.arguments(self.arguments);
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        // What has no cursor that could be moved is read from as a file is.
        let editor = is_terminal.then(Editor::new).flatten().map(Arc::new);
        if let Some(editor) = &editor {
            builder = Editor::install(editor, builder);
        } else {
            builder = builder.console(output::write);
        }
        let run = || {
            let mut vm = builder.build()?;
            match &editor {
                Some(_) => signals::interrupt_on(&vm.handle()),
                None => signals::stop_on(&vm.handle()),
            }
            let edited = Value::atom(if editor.is_some() { "true" } else { "false" });
            vm.call("atomvm_shell", "main", &[edited])
        };
        match run() {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::Vm(self.files, error)),
        }
    }
}
