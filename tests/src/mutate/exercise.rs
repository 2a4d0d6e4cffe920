//! Runs what may be damaged, within limits.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use atomvm_core::beam::Beam;
use atomvm_core::code::Source;
use atomvm_core::platform::Platform;
use atomvm_core::value::Value;
use atomvm_core::vm::{Error, Limit, Limits, Vm};

use super::Rng;

const LIMITS: Limits = Limits {
    memory: 16 << 20,
    processes: 100,
    atoms: 20_000,
    ports: 10,
    tables: 20,
    reductions: u64::MAX,
};

/// Reductions for each call.
const REDUCTIONS: u64 = 20_000;

/// The same where every opportunity to collect is taken.
const STRESS_REDUCTIONS: u64 = 2_000;

/// A machine whose time passes only when the VM waits, so that nothing does in fact.
#[derive(Debug, Default)]
pub struct Clock {
    nanoseconds: AtomicU64,
    random: Mutex<u64>,
}

impl Platform for Clock {
    fn monotonic(&self) -> Duration {
        // A little each time: programs that wait for time to pass by looking must end.
        Duration::from_nanos(self.nanoseconds.fetch_add(500, Ordering::Relaxed))
    }

    fn entropy(&self, to: &mut [u8]) -> bool {
        let mut seed = self.random.lock().expect("the seed");
        let mut rng = Rng::new(*seed);
        *seed += 1;
        to.fill_with(|| rng.next_u64() as u8);
        true
    }

    fn wait(&self, at_most: Option<Duration>) -> bool {
        let Some(time) = at_most else {
            return false;
        };
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 4);
        self.nanoseconds
            .fetch_add(time.min(u64::MAX / 4), Ordering::Relaxed);
        true
    }
}

/// What became of a module.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome {
    /// It was loaded.
    pub accepted: bool,
    /// Functions that were called.
    pub calls: u64,
    /// Calls that returned a value.
    pub returned: u64,
    /// Calls that met a limit.
    pub limited: u64,
}

/// Loads `file` and, if it is accepted, calls what it exports and `start/0` of `driver`, a module
/// that uses it.
pub fn exercise(
    file: &[u8],
    library: &'static [u8],
    driver: Option<&'static [u8]>,
    rng: &mut Rng,
) -> Outcome {
    let mut outcome = Outcome::default();
    let stress = rng.percent(20);
    let mut builder = Vm::builder()
        .platform(Clock::default())
        .limits(LIMITS)
        .seed(1)
        .stress(stress)
        .console(|_, _| {})
        .library(Source::from_static("library", library))
        .module(Source::owned("mutant", file.to_vec()));
    if let Some(driver) = driver {
        builder = builder.pack(Source::from_static("driver", driver));
    }
    let mut vm = match builder.build() {
        Ok(vm) => vm,
        Err(error) => {
            // Whatever is wrong can be said.
            let _ = error.to_string();
            return outcome;
        }
    };
    outcome.accepted = true;
    if let Some(driver) = driver
        && let Ok(driver) = Beam::parse(driver)
    {
        call(&mut vm, driver.module_name(), "start", &[], &mut outcome);
    }
    let Ok(beam) = Beam::parse(file) else {
        return outcome;
    };
    let module = beam.module_name();
    if beam.is_exported("start", 0) {
        call(&mut vm, module, "start", &[], &mut outcome);
    }
    let names = beam.exports.iter();
    let mut functions: Vec<_> = names
        .map(|it| (beam.atom(it.function), it.arity as usize))
        .filter(|it| it.1 <= 5 && it.0 != "module_info" && *it != ("start", 0))
        .collect();
    for index in (1..functions.len()).rev() {
        functions.swap(index, rng.below(index + 1));
    }
    for (name, arity) in functions.into_iter().take(12) {
        for _ in 0..=usize::from(arity > 0) {
            let args: Vec<Value> = (0..arity).map(|_| argument(rng)).collect();
            call(&mut vm, module, name, &args, &mut outcome);
        }
    }
    outcome
}

/// Loads a pack and, if it is accepted, runs its start module.
pub fn exercise_pack(pack: Source, library: &'static [u8]) {
    let vm = Vm::builder()
        .platform(Clock::default())
        .limits(LIMITS)
        .seed(1)
        .console(|_, _| {})
        .library(Source::from_static("library", library))
        .pack(pack)
        .build();
    let mut vm = match vm {
        Ok(vm) => vm,
        Err(error) => return drop(error.to_string()),
    };
    vm.set_reduction_limit(REDUCTIONS);
    match vm.run() {
        Ok(value) => drop(value.to_string()),
        Err(error) => drop(error.to_string()),
    }
}

fn call(vm: &mut Vm, module: &str, function: &str, args: &[Value], outcome: &mut Outcome) {
    let done = vm.runtime().statistics.total_reductions();
    let reductions = match vm.runtime().stress {
        true => STRESS_REDUCTIONS,
        false => REDUCTIONS,
    };
    vm.set_reduction_limit(done + reductions);
    outcome.calls += 1;
    match vm.call(module, function, args) {
        Ok(value) => {
            outcome.returned += 1;
            let _ = value.to_string();
        }
        Err(Error::Limit(limit)) => {
            outcome.limited += 1;
            let _ = limit == Limit::Memory;
        }
        Err(error) => drop(error.to_string()),
    }
}

/// A value of some kind.
fn argument(rng: &mut Rng) -> Value {
    let atoms = [
        "a",
        "ok",
        "error",
        "true",
        "infinity",
        "undefined",
        "lists",
        "start",
    ];
    match rng.below(22) {
        0 => Value::List(Vec::new()),
        1 => Value::atom(rng.pick(&atoms)),
        2 => Value::atom("utf8"),
        3 => Value::Integer(rng.below(300) as i64 - 40),
        4 => Value::Integer(rng.pick(&[i64::MAX, i64::MIN, 1 << 59, -(1 << 59) - 1, 1 << 32])),
        5 => Value::from((1u64 << 63) + 5),
        6 => Value::Float(rng.pick(&[0.0, -1.5, 1.0e300, 3.25])),
        7 => Value::Binary(b"hello, world 123".to_vec()),
        8 => Value::Binary((0..rng.below(120)).map(|_| rng.next_u64() as u8).collect()),
        9 => Value::Binary(Vec::new()),
        10 => Value::BitString {
            bytes: vec![0xab, 0xe0],
            bits: 3,
        },
        11 => Value::List(
            (0..rng.below(12))
                .map(|it| Value::Integer(it as i64))
                .collect(),
        ),
        12 => Value::List(
            "some ~p text~n 42"
                .chars()
                .map(|c| Value::Integer(c as i64))
                .collect(),
        ),
        13 => Value::List((0..3).map(|_| Value::from((Value::atom("k"), 1))).collect()),
        14 => Value::List((0..rng.below(4)).map(|_| argument(rng)).collect()),
        15 => Value::Tuple((0..rng.below(5)).map(|_| argument(rng)).collect()),
        16 => Value::Map(vec![
            (Value::atom("a"), Value::Integer(1)),
            (Value::Integer(2), argument(rng)),
        ]),
        17 => {
            let pairs = (0..40).map(|it| (Value::Integer(it), Value::Integer(it * it)));
            Value::Map(pairs.collect())
        }
        18 => Value::ImproperList(vec![Value::Integer(1)], Box::new(Value::atom("tail"))),
        19 => Value::Reference([1, 2, 3]),
        _ => Value::Integer(rng.below(9) as i64),
    }
}
