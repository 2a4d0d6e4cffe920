//! Every program of `programs/`, compiled by other releases of OTP, says on this VM what it says on
//! the release that compiled it. `scripts/otp-matrix.sh` installs these releases and runs this:
//!
//! - `ATOMVM_OTP` is the folder in which each release has a folder of its own, a whole system with
//!   `erl` and `erlc`, and with the command `atomvm` that is to be compared;
//! - `ATOMVM_OTP_RELEASES` are the releases, separated by spaces.
//!
//! Without the first nothing is tested. `ATOMVM_OTP_QUICK=1` leaves the compiler's options out.
//! What a release said of a program is kept until the program changes. `matrix/differences.txt` lists
//! what differs for a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use atomvm_tests::{Case, Elixir, Otp, Vm, differing, is_wanted, programs, root, stem};

/// The compiler's options to compare with: none, and those that make it write what earlier
/// releases can load, which no longer need to be installed then.
const OPTIONS: &[(&str, &[&str])] = &[
    ("23", &[]),
    ("23", &["r21"]),
    ("23", &["r22"]),
    ("23", &["no_ssa_opt", "no_type_opt", "no_bsm_opt"]),
    ("25", &[]),
    ("25", &["r23"]),
    ("25", &["r24"]),
    ("27", &[]),
    ("27", &["r25"]),
    ("27", &["r26"]),
    ("27", &["line_coverage"]),
    ("29", &[]),
    ("29", &["r27"]),
    ("29", &["beam_debug_info"]),
];

#[test]
fn other_releases() {
    let Some(folder) = env::var_os("ATOMVM_OTP") else {
        println!("skipped: scripts/otp-matrix.sh runs this");
        return;
    };
    let folder = PathBuf::from(folder);
    let releases = env::var("ATOMVM_OTP_RELEASES").unwrap_or_default();
    let quick = env::var_os("ATOMVM_OTP_QUICK").is_some();
    let known = known_differences();
    let mut wrong = Vec::new();
    for release in releases.split_whitespace() {
        let mut seen = BTreeSet::new();
        let of_release = OPTIONS.iter().filter(|(of, _)| *of == release);
        for (_, options) in of_release.filter(|(_, options)| !quick || options.is_empty()) {
            wrong.extend(compare(
                &folder.join(release),
                release,
                options,
                &known,
                &mut seen,
            ));
        }
        let explained = known.keys().filter(|(of, _)| of == release);
        let stale = explained.filter(|(_, program)| is_wanted(program) && !seen.contains(program));
        wrong.extend(stale.map(|(_, program)| {
            format!("== {release} {program} does not differ: take it out of the list")
        }));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

/// Compares all programs that a release compiles with some options; what is not as expected. Those
/// that differ are added to `seen`.
fn compare(
    system: &Path,
    release: &str,
    options: &[&str],
    known: &BTreeMap<(String, String), String>,
    seen: &mut BTreeSet<String>,
) -> Vec<String> {
    let name = [&[release][..], options].concat().join("-");
    let folder = system.join("matrix").join(&name);
    fs::create_dir_all(&folder).expect("a folder for the programs");
    let otp = Otp::in_system(system, &folder);
    let sources = sources(release);
    for source in &sources {
        refresh(source, &folder);
    }
    let mut modules: Vec<String> = sources.iter().map(|source| stem(source)).collect();
    let is_new = |module: &&String| !folder.join(format!("{module}.beam")).is_file();
    let new: Vec<String> = modules.iter().filter(is_new).cloned().collect();
    let refused = otp.compile_each(&new, options);
    for line in refused.lines() {
        println!("{name}: not for this release: {line}");
    }
    modules.retain(|module| folder.join(format!("{module}.beam")).is_file());
    let ending = otp.run_or_end(&modules);
    modules.retain(|module| !ending.contains(module));
    let case = |module: &String| Case {
        name: module.clone(),
        file: folder.join(format!("{module}.beam")),
        paths: vec![folder.clone()],
        expected: otp.answer(module),
    };
    let cases: Vec<Case> = modules.iter().map(case).collect();
    let mut differ = differing(&Vm::at(&system.join("atomvm")), &cases);
    println!(
        "{name}: {} of {} programs agree",
        cases.len() - differ.len(),
        cases.len()
    );
    differ.extend(
        ending
            .into_iter()
            .map(|program| (program, "OTP's node ends".into())),
    );
    let mut wrong = Vec::new();
    for (program, difference) in differ {
        seen.insert(program.clone());
        match known.get(&(release.to_owned(), program.clone())) {
            Some(reason) => println!("{name}: {program} differs: {reason}"),
            None => wrong.push(format!("== {name} {program}\n{difference}")),
        }
    }
    wrong
}

/// Copies a program into a folder, unless it stands there as it is: then what the release made of it and
/// said of it holds still, and is not made again.
fn refresh(source: &Path, folder: &Path) {
    let text = fs::read(source).expect("a program");
    let copy = folder.join(source.file_name().unwrap_or_default());
    if fs::read(&copy).is_ok_and(|there| there == text) {
        return;
    }
    for made in ["beam", "console", "value"] {
        let _ = fs::remove_file(copy.with_extension(made));
    }
    fs::write(&copy, text).expect("a copy of the program");
}

/// Elixir's own ExUnit, of the version that goes with a release, runs with the library of that release.
#[test]
fn elixir_of_other_releases() {
    let Some(folder) = env::var_os("ATOMVM_OTP").map(PathBuf::from) else {
        println!("skipped: scripts/otp-matrix.sh runs this");
        return;
    };
    let wanted = env::var("ATOMVM_OTP_RELEASES").unwrap_or_default();
    let tests = root().join("tests/exunit/pass_test.exs");
    let tests = tests.display().to_string();
    for (release, version) in Elixir::OF_RELEASES {
        if !wanted.split_whitespace().any(|it| it == release) {
            continue;
        }
        let Some(elixir) = Elixir::fetched(version) else {
            println!("{release}: without Elixir {version:?}, which could not be fetched");
            continue;
        };
        let vm = Vm::at(&folder.join(release).join("atomvm"));
        let library = format!("--elixir={}", elixir.folder.display());
        let finished = vm.command(&["exunit", &library, "--seed", "0", &tests]);
        let said = String::from_utf8_lossy(&finished.stdout);
        // As ExUnit puts it before Elixir 1.20, and since.
        let passed = ["3 tests, 0 failures", "Result: 3 passed"];
        let is_right = passed.iter().any(|text| said.contains(text));
        let stderr = String::from_utf8_lossy(&finished.stderr);
        assert!(is_right, "{release}: {said}{stderr}");
        println!("{release}: ExUnit of Elixir {version:?} passes");
    }
}

/// The programs for a release: those of all releases and its own.
fn sources(release: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/programs");
    let mut sources = programs(&folder, "erl");
    let own = folder.join(format!("otp{release}"));
    if own.is_dir() {
        sources.extend(programs(&own, "erl"));
    }
    sources
}

/// Release and program of each difference that has a reason. A line of the list is releases
/// (separated by commas), program, and reason.
fn known_differences() -> BTreeMap<(String, String), String> {
    let file = root().join("tests/matrix/differences.txt");
    let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut known = BTreeMap::new();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let mut words = line.splitn(3, char::is_whitespace);
        let (Some(releases), Some(program), Some(reason)) =
            (words.next(), words.next(), words.next())
        else {
            panic!("{}: {line}", file.display());
        };
        for release in releases.split(',') {
            let key = (release.to_owned(), program.to_owned());
            known.insert(key, reason.trim().to_owned());
        }
    }
    known
}
