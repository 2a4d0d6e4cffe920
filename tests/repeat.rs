//! With one scheduler, a clock of the platform's own and a seed, a run can be repeated to the last
//! message.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use atomvm_core::code::Source;
use atomvm_core::platform::Platform;
use atomvm_core::value::Value;
use atomvm_core::vm::Vm;
use atomvm_host::library;
use atomvm_tests::{Otp, root};

/// Time passes when somebody asks what time it is, and when all wait.
#[derive(Default)]
struct Simulated(AtomicU64);

impl Platform for Simulated {
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.0.fetch_add(1000, Ordering::Relaxed))
    }

    fn system_time(&self) -> Duration {
        Duration::from_secs(1_700_000_000) + self.monotonic()
    }

    fn wait(&self, at_most: Option<Duration>) -> bool {
        let Some(time) = at_most else { return false };
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.fetch_add(nanoseconds, Ordering::Relaxed);
        true
    }
}

const MODULES: [&str; 4] = ["repeat", "soak_signals", "soak_tables", "soak_data"];

fn run(folder: &Path, seed: u64) -> Value {
    let mut builder = Vm::builder()
        .platform(Simulated::default())
        .library(library())
        .seed(seed);
    for module in MODULES {
        let name = format!("{module}.beam");
        let beam = fs::read(folder.join(&name)).expect("a program");
        builder = builder.module(Source::owned(&name, beam));
    }
    let mut vm = builder.build().expect("a VM");
    vm.call("repeat", "start", &[]).expect("what happened")
}

#[test]
fn a_run_can_be_repeated() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("repeat");
    let otp = Otp::new(&folder, Vec::new());
    let sources = MODULES.map(|module| match module {
        "repeat" => root().join("tests/support/repeat.erl"),
        _ => root().join("tests/soak").join(format!("{module}.erl")),
    });
    otp.compile_erlang(&sources);
    let first = run(&folder, 1);
    assert_eq!(first, run(&folder, 1));
    let Value::Tuple(parts) = &first else {
        panic!("{first}");
    };
    assert!(
        matches!(parts[0], Value::Integer(count) if count > 1_000),
        "{first}"
    );
}
