//! What runs Elixir's own library and tools, from the folder of an installed Elixir:
//! `atomvm elixir`, `atomvm exunit`, and the option `--elixir` of `atomvm run`.

use crate::machine::{Failure, Machine, finish};
use atomvm_core::value::Value;
use clap::Args;
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The folders of compiled modules that belong to the Elixir in `root`, or else to the command
/// `elixir` that is found by `PATH`.
///
/// # Errors
/// There is none; the message says where it was looked for.
pub fn library_folders(root: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    let root = match root {
        Some(root) => root.to_owned(),
        None => installed().ok_or_else(|| {
            Failure::Elixir("Elixir is not installed: name its folder by --elixir=DIR".into())
        })?,
    };
    let lib = root.join("lib");
    let listed = std::fs::read_dir(&lib).map_err(|error| Failure::File(lib.clone(), error))?;
    let mut folders: Vec<_> = listed
        .filter_map(|entry| Some(entry.ok()?.path().join("ebin")))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.sort();
    if folders.contains(&lib.join("elixir/ebin")) {
        Ok(folders)
    } else {
        let root = root.display();
        Err(Failure::Elixir(format!(
            "{root}: no Elixir is installed there"
        )))
    }
}

/// The folder that the command `elixir` belongs to.
fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .filter_map(|folder| folder.join("elixir").canonicalize().ok())
        .filter_map(|command| Some(command.parent()?.parent()?.to_owned()))
        .find(|root| root.join("lib/elixir/ebin").is_dir())
}

/// How a VM with Elixir's library is set up.
#[derive(Debug, Args)]
struct Setup {
    /// The folder of an installed Elixir, if not that of the command `elixir`
    #[arg(long = "elixir", value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(flatten)]
    machine: Machine,
}

impl Setup {
    /// Calls a function that ends the VM itself, and exits as it does.
    fn call(self, arguments: Vec<String>, function: (&str, &str), args: &[Value]) -> ExitCode {
        match self.start(arguments, function, args) {
            Ok(_) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        }
    }

    fn start(
        mut self,
        arguments: Vec<String>,
        (module, function): (&str, &str),
        args: &[Value],
    ) -> Result<Value, Failure> {
        self.machine
            .add_paths(library_folders(self.root.as_deref())?);
        self.machine.add_current_folder();
        let builder = self.machine.builder(&[])?.arguments(arguments);
        finish(builder.build(), Vec::new(), |vm| {
            vm.call(module, function, args)
        })
    }
}

/// `atomvm elixir`.
#[derive(Debug, Args)]
pub struct Elixir {
    #[command(flatten)]
    setup: Setup,
    /// What the command `elixir` would be given: scripts, -e CODE, -r FILE, -S COMMAND, ...
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARG"
    )]
    arguments: Vec<String>,
}

impl Elixir {
    pub fn run(self) -> ExitCode {
        self.setup
            .call(self.arguments, ("elixir", "start_cli"), &[])
    }
}

/// `atomvm exunit`.
#[derive(Debug, Args)]
pub struct Exunit {
    /// Scripts (.exs, or FILE.exs:LINE for one test) and compiled test modules (.beam)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    setup: Setup,
    /// The order of the tests follows from this number; 0 keeps that of the files
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Tell of each test, and run them one by one
    #[arg(long)]
    trace: bool,
    /// Also run tests with this tag (NAME or NAME:VALUE), which would be excluded
    #[arg(long, value_name = "TAG")]
    include: Vec<String>,
    /// Leave out tests with this tag
    #[arg(long, value_name = "TAG")]
    exclude: Vec<String>,
    /// Run tests with this tag only
    #[arg(long, value_name = "TAG")]
    only: Vec<String>,
    /// Stop after so many failures
    #[arg(long, value_name = "COUNT")]
    max_failures: Option<u64>,
    /// Run so many test modules at the same time, of those that may be
    #[arg(long, value_name = "COUNT")]
    max_cases: Option<u64>,
    /// Milliseconds for a test
    #[arg(long, value_name = "MS")]
    timeout: Option<u64>,
    /// Tell which so many tests took longest
    #[arg(long, value_name = "COUNT")]
    slowest: Option<u64>,
    /// Write in colours
    #[arg(long)]
    color: bool,
}

impl Exunit {
    pub fn run(self) -> ExitCode {
        let texts = |texts: &[String]| {
            Value::List(
                texts
                    .iter()
                    .map(|it| Value::Binary(it.clone().into()))
                    .collect(),
            )
        };
        let numbers = [
            ("seed", self.seed),
            ("max_failures", self.max_failures),
            ("max_cases", self.max_cases),
            ("timeout", self.timeout),
            ("slowest", self.slowest),
        ];
        let mut options: Vec<_> = numbers
            .iter()
            .filter_map(|(name, number)| Some(option(name, i64::try_from((*number)?).ok()?.into())))
            .collect();
        for (name, given) in [("trace", self.trace), ("color", self.color)] {
            if given {
                options.push(option(name, Value::Atom("true".into())));
            }
        }
        for (name, tags) in [
            ("include", &self.include),
            ("exclude", &self.exclude),
            ("only", &self.only),
        ] {
            options.push(option(name, texts(tags)));
        }
        let args = [texts(&self.files), Value::List(options)];
        self.setup
            .call(Vec::new(), ("atomvm_elixir", "exunit"), &args)
    }
}

fn option(name: &str, value: Value) -> Value {
    Value::Tuple(vec![Value::Atom(name.into()), value])
}
