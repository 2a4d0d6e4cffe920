//! The command `atomvm`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Finished, run, run_with_input};

/// The command, built.
#[derive(Debug)]
pub struct Vm {
    command: PathBuf,
    schedulers: Option<String>,
}

impl Vm {
    /// Takes the command that `ATOMVM` names, or builds one as this test is built.
    ///
    /// # Panics
    ///
    /// If it does not compile.
    pub fn build() -> Vm {
        let command = env::var_os("ATOMVM").map_or_else(build, PathBuf::from);
        Vm {
            schedulers: env::var("ATOMVM_SCHEDULERS").ok(),
            command,
        }
    }

    /// The same command, which runs programs on so many schedulers.
    pub fn on_schedulers(self, count: usize) -> Vm {
        Vm {
            schedulers: Some(count.to_string()),
            ..self
        }
    }

    /// The command `path`.
    pub fn at(path: &Path) -> Vm {
        Vm {
            command: path.to_owned(),
            schedulers: None,
        }
    }

    /// The command.
    pub fn path(&self) -> &Path {
        &self.command
    }

    /// Runs the command with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Finished {
        run(Command::new(&self.command).args(arguments), limit())
    }

    /// Runs `atomvm run FILE` with `input` as standard input.
    pub fn run_with_input(&self, file: &Path, input: Stdio) -> Finished {
        let mut command = Command::new(&self.command);
        run_with_input(command.arg("run").arg(file), input, limit())
    }

    /// Runs `atomvm run FILE -pa ...`.
    pub fn run(&self, file: &Path, paths: &[PathBuf]) -> Finished {
        let mut command = Command::new(&self.command);
        command.arg("run");
        if stress() {
            command.arg("--stress");
        }
        if let Some(count) = &self.schedulers {
            command.args(["--schedulers", count]);
        }
        command.arg(file);
        for path in paths {
            command.arg("-pa").arg(path);
        }
        run(&mut command, limit())
    }
}

/// Whether a collection happens at every opportunity (`ATOMVM_STRESS=1`).
pub fn stress() -> bool {
    env::var_os("ATOMVM_STRESS").is_some_and(|value| value != "0" && !value.is_empty())
}

/// Time for one program.
fn limit() -> Duration {
    Duration::from_secs(if stress() { 600 } else { 120 })
}

/// Builds the command with the profile of this test and returns where it is.
fn build() -> PathBuf {
    let test = env::current_exe().expect("the place of this test");
    // .../target/PROFILE/deps/TEST
    let folder = test
        .ancestors()
        .nth(2)
        .expect("the folder of the profile")
        .to_owned();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = [
        "build",
        "-q",
        "-p",
        "atomvm-cli",
        "--bin",
        "atomvm",
        "--profile",
        profile,
    ];
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(crate::root());
    let finished = run(&mut command, Duration::from_secs(1800));
    let text = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.code == Some(0), "atomvm does not compile: {text}");
    folder.join(format!("atomvm{}", env::consts::EXE_SUFFIX))
}
