//! Programs that the compiler of a later release than the installed one compiled say here what they
//! said there. Each folder of `compiled/` is a release: `NAME.beam`, and what it returns in
//! `NAME.value`. Their sources are in the folder of the same name of `programs/`.

use std::fs;
use std::path::{Path, PathBuf};

use atomvm_tests::{Case, Expected, Vm, check_all, root, stem};

#[test]
fn programs_of_later_releases() {
    let mut cases: Vec<Case> = entries(&root().join("tests/compiled"))
        .iter()
        .flat_map(|release| entries(release))
        .filter(|file| file.extension().is_some_and(|it| it == "value"))
        .map(|value| case(&value))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty());
    check_all(&Vm::build(), &cases);
}

fn case(value: &Path) -> Case {
    let expected = Expected {
        console: Vec::new(),
        value: fs::read(value).expect("what the program returns"),
    };
    Case {
        name: stem(value),
        file: value.with_extension("beam"),
        paths: value.parent().map(Path::to_owned).into_iter().collect(),
        expected,
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries
        .map(|entry| entry.expect("a folder's entry").path())
        .collect()
}
