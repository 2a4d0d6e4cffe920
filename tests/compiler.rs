//! OTP's compiler gives on this VM what it gives on OTP.
//!
//! `ATOMVM_COMPILE=lists,maps` compiles these modules of `stdlib`, `ATOMVM_COMPILE=all` all of them;
//! otherwise a few. What both take is printed (`--nocapture`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use atomvm_tests::{Otp, Vm, root, run};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// Time for all modules.
const LIMIT: Duration = Duration::from_secs(3600);

#[test]
fn modules_are_compiled_as_on_otp() {
    let folder = Path::new(FOLDER).join("compiler");
    let otp = Otp::new(&folder, Vec::new());
    otp.compile_erlang(&[root().join("tests/compiler/compiler_run.erl")]);
    let [stdlib, compiler] = installed();
    let wanted = match std::env::var("ATOMVM_COMPILE") {
        Ok(all) if all == "all" => modules(&stdlib).join(" "),
        Ok(some) if !some.is_empty() => some,
        _ => "queue orddict".to_owned(),
    };
    let with = |mut command: Command| {
        command.env("ATOMVM_COMPILE", &wanted);
        let done = run(command.env("ATOMVM_STDLIB", &stdlib), LIMIT);
        let errors = String::from_utf8_lossy(&done.stderr).into_owned();
        (String::from_utf8_lossy(&done.stdout).into_owned(), errors)
    };
    let mut erl = Command::new("erl");
    erl.args(["-noshell", "-pa"]).arg(&folder);
    erl.args(["-eval", "compiler_run:start(), halt()."]);
    let (expected, otp_took) = with(erl);
    let vm = Vm::build();
    let mut command = Command::new(vm.path());
    command.arg("run").arg(folder.join("compiler_run.beam"));
    let (answer, took) = with({
        command.arg("-pa").arg(&compiler);
        command
    });
    println!("OTP: {}, this VM: {}", otp_took.trim(), took.trim());
    let (said, _) = answer.split_once("Return value: ").unwrap_or((&answer, ""));
    assert_eq!(said, expected, "{took}");
    assert!(!expected.is_empty(), "{otp_took}");
}

/// The folders of OTP's stdlib and compiler.
fn installed() -> [PathBuf; 2] {
    let ask = "[io:format(\"~ts~n\", [code:lib_dir(A)]) || A <- [stdlib, compiler]], halt().";
    let done = run(Command::new("erl").args(["-noshell", "-eval", ask]), LIMIT);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let folders: Vec<_> = text.lines().map(|it| Path::new(it).join("ebin")).collect();
    folders.try_into().expect("where OTP's library is")
}

fn modules(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the modules of stdlib");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names
        .filter_map(|name| name.strip_suffix(".beam").map(str::to_owned))
        .collect();
    names.sort();
    names
}
