//! Programs compiled by four generations of the Erlang and Elixir compilers run and say what
//! they should, as modules and as packs of the community's tool.

use std::fs;
use std::path::{Path, PathBuf};

use atomvm_tests::{Case, Elixir, Expected, Vm, check_all, is_wanted, root, stem};

#[test]
fn fixtures_of_all_releases() {
    let folder = root().join("../shared/fixtures");
    if !folder.is_dir() {
        println!("skipped: no fixtures at {}", folder.display());
        return;
    }
    let installed = Elixir::installed();
    let mut all = Vec::new();
    for (release, version) in Elixir::OF_RELEASES {
        let folder = folder.join(format!("otp{release}"));
        all.extend(erlang_cases(&folder));
        match library(version, installed.as_ref()) {
            Some(library) => all.extend(elixir_cases(&folder, &library)),
            None => println!(
                "skipped: otp{release}/Sensor: Elixir {}.{} is not there; \
                 scripts/elixir-releases.sh fetches it",
                version.0, version.1
            ),
        }
    }
    check_all(&Vm::build(), &all);
}

/// The library that a version of Elixir compiled for: its own if it was fetched, else that of a later
/// one that is installed.
fn library(version: (u32, u32), installed: Option<&Elixir>) -> Option<PathBuf> {
    let later = installed.filter(|elixir| elixir.version >= version);
    let elixir = Elixir::fetched(version).or_else(|| later.cloned());
    elixir.map(|elixir| elixir.library)
}

fn erlang_cases(release: &Path) -> Vec<Case> {
    let entries = fs::read_dir(release).unwrap_or_else(|e| panic!("{}: {e}", release.display()));
    let mut answers: Vec<_> = entries
        .map(|entry| entry.expect("a folder's entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "expected"))
        .filter(|path| stem(path) != "Sensor")
        .collect();
    answers.sort();
    let forms = answers
        .iter()
        .flat_map(|answer| both_forms(&answer.with_extension("beam"), answer, None));
    forms.collect()
}

fn elixir_cases(release: &Path, library: &Path) -> Vec<Case> {
    both_forms(
        &release.join("Elixir.Sensor.beam"),
        &release.join("Sensor.expected"),
        Some(library),
    )
}

/// The program as a module and, where there is one, as a pack.
fn both_forms(beam: &Path, answer: &Path, library: Option<&Path>) -> Vec<Case> {
    if !is_wanted(&stem(answer)) {
        return Vec::new();
    }
    let library: Vec<_> = library.map(Path::to_owned).into_iter().collect();
    let folder = beam.parent().unwrap_or(beam).to_owned();
    let mut cases = vec![case(beam, [vec![folder], library.clone()].concat(), answer)];
    let pack = answer.with_extension("avm");
    if pack.exists() {
        cases.push(case(&pack, library, answer));
    }
    cases
}

fn case(file: &Path, paths: Vec<PathBuf>, answer: &Path) -> Case {
    let value = fs::read(answer).unwrap_or_else(|e| panic!("{}: {e}", answer.display()));
    let console: &[u8] = if stem(answer) == "hello" {
        b"Hello World!\n"
    } else {
        b""
    };
    let parent = file
        .parent()
        .unwrap_or(file)
        .file_name()
        .unwrap_or_default();
    let name = Path::new(parent).join(file.file_name().unwrap_or_default());
    Case {
        name: name.display().to_string(),
        file: file.to_owned(),
        paths,
        expected: Expected {
            console: console.to_vec(),
            value: value.trim_ascii_end().to_vec(),
        },
    }
}
