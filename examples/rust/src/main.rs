//! Embeds the VM: gives it a function of the host, runs a program, and calls into it.

use atomvm_core::value::Value;
use atomvm_core::vm::{Error, Limits, NativeError, Vm};
use atomvm_host::{Host, library, map_file};
use std::path::Path;
use std::process::ExitCode;

fn run(program: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let limits = Limits {
        memory: 16 << 20,
        ..Limits::default()
    };
    let mut vm = Vm::builder()
        .platform(Host::new())
        .limits(limits)
        .library(library())
        .pack(map_file(program)?)
        .native("board", "temperature", 1, |call| match &call.args()[0] {
            room if *room == Value::atom("kitchen") => Ok(Value::from(18.5)),
            _ => Err(NativeError::badarg()),
        })
        .build()?;

    println!("start/0 returns {}", vm.run()?);
    let advice = vm.call("thermostat", "advice", &[Value::from(22), Value::from(20)])?;
    println!("advice/2 returns {advice}");

    match vm.call("thermostat", "advice", &[]) {
        Err(Error::Exception(exception)) => println!("advice/0 raises {}", exception.reason_text),
        other => println!("unexpected: {other:?}"),
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1) else {
        eprintln!("usage: atomvm-example-rust FILE");
        return ExitCode::FAILURE;
    };
    match run(Path::new(&program)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
