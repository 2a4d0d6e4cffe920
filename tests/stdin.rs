//! Programs that read standard input get on this VM what they get on OTP.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use atomvm_tests::{Otp, Vm, programs, root, run_with_input, stem};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// Time for a program on OTP.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn input_is_read_as_on_otp() {
    let folder = Path::new(FOLDER).join("stdin");
    let sources = programs(&root().join("tests/stdin"), "erl");
    let otp = Otp::new(&folder, Vec::new());
    otp.compile_erlang(&sources);
    let vm = Vm::build();
    for source in &sources {
        let module = stem(source);
        let input = || {
            let file = File::open(source.with_extension("in"));
            Stdio::from(file.expect("the input of the program"))
        };
        let call = format!("{module}:start(), halt().");
        let mut erl = Command::new("erl");
        erl.args(["-noshell", "-pa"]).arg(&folder);
        let expected = run_with_input(erl.args(["-eval", &call]), input(), LIMIT);
        let expected = String::from_utf8_lossy(&expected.stdout).into_owned();
        let beam = folder.join(&module).with_extension("beam");
        let answer = vm.run_with_input(&beam, input());
        let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
        let (said, _) = answer.split_once("Return value: ").unwrap_or((&answer, ""));
        assert_eq!(said, expected, "{module}");
    }
}
