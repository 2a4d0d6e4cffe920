//! Random programs say on this VM what they say on OTP.
//!
//! - `ATOMVM_GENERATED=20000`: how many functions (600 if not set).
//! - `ATOMVM_GENERATED_SEED=7`: others.
//! - `ATOMVM_GENERATED_KEEP=1`: all modules stay in the folder that is named when one differs.

use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use atomvm_tests::Vm;
use atomvm_tests::generate::{Choices, Options, Runner, Unit, shrink};
use atomvm_tests::mutate::Rng;

/// Functions in a module.
const UNITS: usize = 100;

/// Modules that are compiled in one go.
const BATCH: usize = 6;

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

#[test]
fn generated_functions() {
    let count = variable("ATOMVM_GENERATED", 600) as usize;
    let seed = variable("ATOMVM_GENERATED_SEED", 1);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("generated-{seed}"));
    let vm = Vm::build();
    let mut runner = Runner::new(&folder, &vm);
    let mut rng = Rng::new(seed);
    let mut found = Vec::new();
    let total = count.div_ceil(UNITS);
    let mut done = 0;
    while done < total && found.len() < SHOWN {
        let modules: Vec<_> = (done..total.min(done + BATCH))
            .map(|index| {
                let units = (0..UNITS)
                    .map(|unit| Unit::new(&format!("t{unit}"), Choices::random(rng.next_u64())))
                    .collect();
                (Options::of(index), units)
            })
            .collect();
        found.extend(runner.differences(&modules));
        done += modules.len();
    }
    println!(
        "{} functions agree with OTP, {} differ",
        done * UNITS - found.len(),
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
