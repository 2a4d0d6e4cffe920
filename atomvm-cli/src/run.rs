//! `atomvm run`.

use atomvm_core::vm::{Error, Limits, Vm};
use atomvm_host::{Host, library, map_file};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Run {
    /// Packs (.avm) and modules (.beam); the first module with start/0 is started
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Also look for modules in this folder (-pa DIR, as for erl)
    #[arg(long = "pa", value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Use at most so many megabytes
    #[arg(long, value_name = "MB")]
    memory: Option<usize>,
    /// Run up to so many processes at the same time, on as many threads
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    schedulers: usize,
    /// Collect garbage at every opportunity, to test the VM
    #[arg(long, hide = true)]
    stress: bool,
    /// Arguments for the program (init:get_plain_arguments/0)
    #[arg(last = true, value_name = "ARG")]
    arguments: Vec<String>,
}

impl Run {
    pub fn run(self) -> ExitCode {
        match self.start() {
            Ok(text) => {
                println!("Return value: {text}");
                ExitCode::SUCCESS
            }
            Err(Failure::Vm(_, Error::Halted(status))) => ExitCode::from(status as u8),
            Err(failure) => {
                eprintln!("{failure}");
                ExitCode::FAILURE
            }
        }
    }

    fn start(self) -> Result<String, Failure> {
        let mut limits = Limits::default();
        if let Some(megabytes) = self.memory {
            limits.memory = megabytes.saturating_mul(1 << 20);
        }
        let mut vm = Vm::builder()
            .platform(Host::new().code_paths(self.paths))
            .limits(limits)
            .arguments(self.arguments)
            .stress(self.stress)
            .schedulers(self.schedulers)
            .library(library());
        for file in &self.files {
            let source = map_file(file).map_err(|error| Failure::File(file.clone(), error))?;
            vm = vm.pack(source);
        }
        let value = vm.build().and_then(|mut vm| vm.run());
        match value {
            Ok(value) => Ok(value.to_string()),
            Err(error) => Err(Failure::Vm(self.files, error)),
        }
    }
}

#[derive(Debug)]
enum Failure {
    File(PathBuf, std::io::Error),
    /// What went wrong in the VM, and what it was to run.
    Vm(Vec<PathBuf>, Error),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::File(path, error) => write!(f, "atomvm: {}: {error}", path.display()),
            // The report of an exception stands for itself, as OTP's does.
            Failure::Vm(_, Error::Exception(exception)) => {
                write!(f, "{}", exception.report.trim_end())
            }
            // These name their file.
            Failure::Vm(_, Error::Load(error)) => write!(f, "atomvm: {error}"),
            Failure::Vm(files, error) => {
                let files: Vec<_> = files.iter().map(|it| it.display().to_string()).collect();
                write!(f, "atomvm: {}: {error}", files.join(", "))
            }
        }
    }
}
