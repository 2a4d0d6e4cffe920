//! OTP's compiler gives on this VM what it gives on OTP, byte for byte.
//!
//! - `ATOMVM_COMPILE=lists,maps`: these modules; `ATOMVM_COMPILE=all`: all there are. Otherwise a few.
//! - `ATOMVM_COMPILE_OF=compiler`: those of another application than `stdlib`.
//!
//! What both take is printed (`--nocapture`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use atomvm_tests::{Otp, Vm, root, run};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// Time for all modules.
const LIMIT: Duration = Duration::from_secs(3600);

/// Modules of stdlib that use much of the language.
const USUAL: &str =
    "queue orddict ordsets maps gb_trees digraph proplists io_lib_pretty erl_scan string";

#[test]
fn modules_are_compiled_as_on_otp() {
    let folder = Path::new(FOLDER).join("compiler");
    let otp = Otp::new(&folder, Vec::new());
    otp.compile_erlang(&[root().join("tests/compiler/compiler_run.erl")]);
    let application = variable("ATOMVM_COMPILE_OF").unwrap_or_else(|| "stdlib".to_owned());
    let [source, compiler] = installed([&application, "compiler"]);
    let wanted = match variable("ATOMVM_COMPILE") {
        Some(all) if all == "all" => modules(&source.join("ebin")).join(" "),
        Some(some) => some,
        None if application == "stdlib" => USUAL.to_owned(),
        None => modules(&source.join("ebin")).join(" "),
    };
    let with = |mut command: Command| {
        command.env("ATOMVM_COMPILE", &wanted);
        let done = run(command.env("ATOMVM_COMPILE_OF", &source), LIMIT);
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
        command.arg("-pa").arg(compiler.join("ebin"));
        command
    });
    println!("OTP: {}, this VM: {}", otp_took.trim(), took.trim());
    let (said, _) = answer.split_once("Return value: ").unwrap_or((&answer, ""));
    assert_eq!(said, expected, "{took}");
    assert!(!expected.is_empty(), "{otp_took}");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folders of two of OTP's applications.
fn installed(names: [&str; 2]) -> [PathBuf; 2] {
    let [one, other] = names;
    let ask =
        format!("[io:format(\"~ts~n\", [code:lib_dir(A)]) || A <- ['{one}', '{other}']], halt().");
    let done = run(Command::new("erl").args(["-noshell", "-eval", &ask]), LIMIT);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let folders: Vec<_> = text.lines().map(PathBuf::from).collect();
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
