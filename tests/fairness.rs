//! While one process is in a native function that takes long, others have their turns, and the
//! host gets the VM back.

use std::fs;
use std::path::Path;

use atomvm_core::code::Source;
use atomvm_core::value::Value;
use atomvm_core::vm::{Step, Vm};
use atomvm_host::{Host, library};
use atomvm_tests::{Otp, root};

/// The least number of turns of another process.
const TICKS: i64 = 2;

/// The reductions that each step is asked to take.
const BUDGET: u32 = 10_000;

/// No step may take more: what a function counts for itself at once may be above the budget.
const MOST: u64 = 1_000_000;

#[test]
fn a_long_native_function_gives_way() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fairness");
    let otp = Otp::new(&folder, Vec::new());
    otp.compile_erlang(&[root().join("tests/programs/long_natives.erl")]);
    let beam = fs::read(folder.join("long_natives.beam")).expect("the program");
    let mut vm = Vm::builder()
        .platform(Host::new())
        .library(library())
        .module(Source::owned("long_natives.beam", beam))
        .build()
        .expect("a VM");
    let call = vm.start_call("long_natives", "ticks", &[]).expect("a call");
    let result = loop {
        let before = vm.runtime().statistics.total_reductions();
        match vm.step_call(call, BUDGET) {
            Step::Done(result) => break result.expect("what the program returns"),
            Step::Ran | Step::Idle { .. } => {}
        }
        let spent = vm.runtime().statistics.total_reductions() - before;
        assert!(spent < MOST, "a step of {spent} reductions");
    };
    let Value::List(all) = result else {
        panic!("{result} is no list");
    };
    assert!(all.len() > 20);
    for pair in all {
        let Value::Tuple(pair) = &pair else {
            panic!("{pair} is no pair");
        };
        let is_enough = matches!(&pair[1], Value::Integer(ticks) if *ticks > TICKS);
        assert!(is_enough, "{}: {} turns", pair[0], pair[1]);
    }
}
