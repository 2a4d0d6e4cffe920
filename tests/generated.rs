//! Random programs say on this VM what they say on OTP.
//!
//! - `ATOMVM_GENERATED=20000`: how many functions (3000 if not set).
//! - `ATOMVM_GENERATED_SEED=7`: others.
//! - `ATOMVM_GENERATED_KEEP=1`: all modules stay in the folder that is named when one differs.

use std::path::Path;
use std::time::Duration;
use std::{env, fs, thread};

use atomvm_tests::Vm;
use atomvm_tests::generate::{Choices, Difference, Options, Runner, Unit, shrink};
use atomvm_tests::mutate::Rng;

/// Functions in a module.
const UNITS: usize = 100;

/// Modules that are compiled in one go.
const BATCH: usize = 8;

/// Differences that are made simpler, and shown.
const SHOWN: usize = 4;

/// Time to make each simpler.
const SECONDS: u64 = 60;

fn variable(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) if !text.is_empty() => text.parse().unwrap_or_else(|_| panic!("{name}={text}")),
        _ => default,
    }
}

/// Module number `index`: the same one however many are made, and by whom.
fn module(seed: u64, index: usize) -> (Options, Vec<Unit>) {
    let mut rng = Rng::new(seed.wrapping_mul(1_000_003) + index as u64);
    let units = (0..UNITS)
        .map(|unit| Unit::new(&format!("t{unit}"), Choices::random(rng.next_u64())))
        .collect();
    (Options::of(index), units)
}

/// Runs the modules with these numbers, and says what differs.
fn differences(folder: &Path, vm: &Vm, seed: u64, numbers: &[usize]) -> Vec<Difference> {
    let mut runner = Runner::new(folder, vm);
    let mut found = Vec::new();
    for batch in numbers.chunks(BATCH) {
        let modules: Vec<_> = batch.iter().map(|&index| module(seed, index)).collect();
        found.extend(runner.differences(&modules));
        if found.len() >= SHOWN {
            break;
        }
    }
    found
}

#[test]
fn generated_functions() {
    let count = variable("ATOMVM_GENERATED", 3000) as usize;
    let seed = variable("ATOMVM_GENERATED_SEED", 1);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("generated-{seed}"));
    let vm = Vm::build();
    let total = count.div_ceil(UNITS);
    // While OTP compiles for one lane, this VM runs for another.
    let lanes = thread::available_parallelism().map_or(1, |it| it.get().min(4));
    let found: Vec<Difference> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes)
            .map(|lane| {
                let folder = folder.join(lane.to_string());
                let numbers: Vec<_> = (lane..total).step_by(lanes).collect();
                let vm = &vm;
                scope.spawn(move || differences(&folder, vm, seed, &numbers))
            })
            .collect();
        let found = lanes.into_iter().map(|lane| lane.join().expect("a lane"));
        found.flatten().collect()
    });
    println!(
        "{} functions ran, {} differ from OTP",
        total * UNITS,
        found.len()
    );
    if found.is_empty() {
        if env::var_os("ATOMVM_GENERATED_KEEP").is_none() {
            let _ = fs::remove_dir_all(&folder);
        }
        return;
    }
    let number = found.len();
    for difference in &found {
        let answers = difference.answers.lines().take(3);
        let answers: Vec<String> = answers.map(|it| it.chars().take(400).collect()).collect();
        println!("{:?} {}", difference.options, answers.join("\n"));
    }
    let mut runner = Runner::new(&folder.join("simpler"), &vm);
    for difference in found.into_iter().take(SHOWN) {
        let simple = shrink(&mut runner, difference, Duration::from_secs(SECONDS));
        println!(
            "\n== {:?}\n{}\n{}",
            simple.options, simple.unit.text, simple.answers
        );
    }
    panic!(
        "{number} functions differ from OTP: seed {seed}, in {}",
        folder.display()
    );
}
