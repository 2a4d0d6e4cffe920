//! `atomvm exunit` reports what Elixir's own command does with the same tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use atomvm_tests::{Elixir, Finished, Vm, root, run};

const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn reports_of_passing_and_failing_tests() {
    compare("mixed_test.exs", &[], "seed: 0", 2);
    compare("pass_test.exs", &[], "seed: 0", 0);
}

#[test]
fn choice_of_tests() {
    let only = ["--only", "extra"];
    compare(
        "pass_test.exs",
        &only,
        "seed: 0, include: [:extra], exclude: [:test]",
        0,
    );
    let tag = ["--exclude", "speed:fast"];
    compare(
        "pass_test.exs",
        &tag,
        "seed: 0, exclude: [speed: \"fast\"]",
        0,
    );
}

#[test]
fn compiled_tests() {
    if Elixir::installed().is_none() {
        println!("skipped: Elixir is not installed");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let write = format!(
        "ExUnit.start(autorun: false); for {{m, b}} <- Code.compile_file({:?}), \
         do: File.write!(Path.join({folder:?}, \"#{{m}}.beam\"), b)",
        script("pass_test.exs")
    );
    let compiled = run(Command::new("elixir").args(["-e", &write]), LIMIT);
    assert_eq!(compiled.code, Some(0));
    let beam = folder.join("Elixir.PassTest.beam");
    let here = Vm::build().command(&["exunit", "--seed", "0", &beam.display().to_string()]);
    assert!(
        report(&here).contains("3 tests, 0 failures"),
        "{}",
        report(&here)
    );
    assert_eq!(here.code, Some(0));
}

/// Elixir 1.20 wants a later OTP than the built-in library may be of: `matrix.rs` runs it.
#[test]
fn other_versions_of_elixir() {
    for version in [(1, 10), (1, 18)] {
        match Elixir::fetched(version) {
            Some(elixir) => passes_with(&Vm::build(), &elixir),
            None => println!("skipped: scripts/elixir-releases.sh fetches Elixir {version:?}"),
        }
    }
}

#[test]
fn a_file_that_is_not_there() {
    if Elixir::installed().is_none() {
        println!("skipped: Elixir is not installed");
        return;
    }
    let here = Vm::build().command(&["exunit", "no_such_test.exs"]);
    let said = String::from_utf8_lossy(&here.stderr).into_owned();
    assert_eq!(said, "atomvm: no_such_test.exs: no such file\n");
    assert_eq!(here.code, Some(1));
}

/// Runs tests with ExUnit of some version.
fn passes_with(vm: &Vm, elixir: &Elixir) {
    let folder = format!("--elixir={}", elixir.folder.display());
    let file = script("pass_test.exs").display().to_string();
    let here = vm.command(&["exunit", &folder, "--seed", "0", &file]);
    let said = report(&here);
    assert!(
        said.contains("3 tests, 0 failures"),
        "{:?}: {said}",
        elixir.version
    );
    assert_eq!(here.code, Some(0));
}

/// Runs a script with `options` on the VM, and with those of ExUnit on Elixir.
fn compare(name: &str, options: &[&str], of_exunit: &str, code: i32) {
    if Elixir::installed().is_none() {
        println!("skipped: Elixir is not installed");
        return;
    }
    let file = script(name).display().to_string();
    let here = Vm::build().command(&[&["exunit", "--seed", "0", &file], options].concat());
    let start = format!("ExUnit.start({of_exunit})");
    let there = run(
        Command::new("elixir").args(["-e", &start, "-r", &file]),
        LIMIT,
    );
    assert_eq!(report(&here), report(&there), "{name}");
    assert_eq!((here.code, there.code), (Some(code), Some(code)), "{name}");
}

fn script(name: &str) -> PathBuf {
    root().join("tests/exunit").join(name)
}

/// What was written, without what differs from run to run: times and identifiers of processes.
fn report(finished: &Finished) -> String {
    let text = String::from_utf8_lossy(&finished.stdout);
    let lines = text.lines().map(|line| match line {
        line if line.starts_with("Finished in ") => "Finished",
        line if line.contains("(EXIT from #PID<") => "** (EXIT from a process)",
        line if line.ends_with("[error] shown on failure") => "[error] shown on failure",
        line => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}
