//! The options that every command with a VM has, the VM made of them, and how it ends.

use crate::{output, signals};
use atomvm_core::code::Trust;
use atomvm_core::platform::Stream;
use atomvm_core::value::Value;
use atomvm_core::vm::{Error, Limits, Vm, VmBuilder};
use atomvm_host::{Host, library, map_file};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Machine {
    /// Also look for modules in this folder (-pa DIR, as for erl)
    #[arg(long = "pa", value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Use at most so many megabytes
    #[arg(long, value_name = "MB")]
    memory: Option<usize>,
    /// Run up to so many processes at the same time, on as many threads
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    schedulers: usize,
    /// Let so many processes exist at the same time (as erl's +P) [default: 262144]
    #[arg(long, value_name = "COUNT")]
    processes: Option<usize>,
    /// Read settings of applications from a file, as erl -config does
    #[arg(long, value_name = "FILE")]
    config: Vec<String>,
    /// Set KEY of the application APP to the term VALUE
    #[arg(long, num_args = 3, value_names = ["APP", "KEY", "VALUE"])]
    env: Vec<String>,
    /// Run without the built-in library: only with what the files hold, as on a microcontroller
    #[arg(long)]
    no_library: bool,
    /// Do not verify what packbeam translated for this kind of machine, if its checksum is right
    #[arg(long)]
    trust: bool,
    /// Collect garbage at every opportunity, to test the VM
    #[arg(long, hide = true)]
    stress: bool,
}

impl Machine {
    /// Adds folders of modules behind those that were asked for.
    pub fn add_paths(&mut self, folders: Vec<PathBuf>) {
        self.paths.extend(folders);
    }

    /// Modules are looked for in the current folder too, as `erl` does, but after all others; not where
    /// there is only what the files hold.
    pub fn add_current_folder(&mut self) {
        if !self.no_library {
            self.add_paths(vec![PathBuf::from(".")]);
        }
    }

    /// A builder with these options and `files`.
    pub fn builder(self, files: &[PathBuf]) -> Result<VmBuilder, Failure> {
        let mut limits = Limits::default();
        if let Some(megabytes) = self.memory {
            limits.memory = megabytes.saturating_mul(1 << 20);
        }
        if let Some(count) = self.processes {
            limits.processes = count;
        }
        let flags = flags(&self.config, &self.env);
        let host = Host::new().signals(signals::by_program());
        let mut vm = Vm::builder()
            .platform(host.code_paths(self.paths))
            .limits(limits)
            .stress(self.stress)
            .schedulers(self.schedulers)
            .console(output::write)
            .native("atomvm_host", "flags", 0, move |_| Ok(flags.clone()));
        if self.trust {
            vm = vm.trust(Trust::Checksum);
        }
        if !self.no_library {
            vm = vm.library(library());
        }
        for file in files {
            let source = map_file(file).map_err(|error| Failure::File(file.clone(), error))?;
            vm = vm.pack(source);
        }
        Ok(vm)
    }
}

/// The flags as `init:get_arguments/0` gives them.
fn flags(config: &[String], env: &[String]) -> Value {
    let text = |text: &String| {
        Value::List(
            text.chars()
                .map(|c| Value::from(i64::from(u32::from(c))))
                .collect(),
        )
    };
    let flag = |name: &str, values: &[String]| {
        let values = values.iter().map(text).collect();
        Value::Tuple(vec![Value::atom(name), Value::List(values)])
    };
    let configs = config
        .iter()
        .map(|file| flag("config", std::slice::from_ref(file)));
    let settings = env.chunks(3).map(|set| flag(&set[0], &set[1..]));
    Value::List(configs.chain(settings).collect())
}

/// Runs a VM to its end. A signal that asks it to end stops its applications first.
pub fn finish(
    built: Result<Vm, Error>,
    files: Vec<PathBuf>,
    run: impl FnOnce(&mut Vm) -> Result<Value, Error>,
) -> Result<Value, Failure> {
    let value = built.and_then(|mut vm| {
        signals::stop_on(&vm.handle());
        run(&mut vm)
    });
    value.map_err(|error| Failure::Vm(files, error))
}

/// Why there is no value.
#[derive(Debug)]
pub enum Failure {
    File(PathBuf, std::io::Error),
    /// There is no Elixir, where it was looked for.
    Elixir(String),
    /// What went wrong in the VM, and what it was to run.
    Vm(Vec<PathBuf>, Error),
}

impl Failure {
    /// Says what went wrong; the exit code.
    pub fn report(self) -> ExitCode {
        match self {
            Failure::Vm(_, Error::Halted(status)) => ExitCode::from(signals::status(status)),
            failure => {
                output::write(Stream::Error, format!("{failure}\n").as_bytes());
                ExitCode::FAILURE
            }
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::File(path, error) => write!(f, "atomvm: {}: {error}", path.display()),
            Failure::Elixir(message) => write!(f, "atomvm: {message}"),
            // The report of an exception stands for itself, as OTP's does.
            Failure::Vm(_, Error::Exception(exception)) => {
                write!(f, "{}", exception.report.trim_end())
            }
            // These name their file.
            Failure::Vm(_, Error::Load(error)) => write!(f, "atomvm: {error}"),
            Failure::Vm(files, error) if files.is_empty() => write!(f, "atomvm: {error}"),
            Failure::Vm(files, error) => {
                let files: Vec<_> = files.iter().map(|it| it.display().to_string()).collect();
                write!(f, "atomvm: {}: {error}", files.join(", "))
            }
        }
    }
}
