//! Every instruction that a compiler may write is run by a test: docs/instructions.md says by which.
//!
//! `ATOMVM_WRITE_INSTRUCTIONS=1` writes that file anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use atomvm_core::beam::Beam;
use atomvm_core::beam::opcode::{LAST, generic, op};
use atomvm_core::code::{translate, verify};
use atomvm_tests::{Case, Expected, Vm, assembled, check_all, root};

const HEAD: &str = "\
# Instructions

Made by `ATOMVM_WRITE_INSTRUCTIONS=1 cargo test -p atomvm-tests --test instructions`; do not edit.

Each line is an instruction of BEAM files, with the release of OTP that brought it. An instruction
becomes one of the VM's own (`atomvm-core/isa/internal.isa`), which one depends on its operands and
on those that follow it; some become no code. What compilers have not written since before OTP 21
is refused, by name, when the module is loaded; OTP refuses it as well.

The program is one that has the instruction, compiled by the release before the slash, of those that
the tests run: `tests/compiled` holds them, with what they return on OTP, and `tests/programs` their
sources; those of `hand` are put together in `tests/src/assembled.rs`. One without a slash is in
`tests/programs` only.

| number | instruction | since | becomes | program |
| ---: | --- | ---: | --- | --- |
";

/// Instructions that need more than one module, with the program of `tests/programs` that runs them.
const ELSEWHERE: [(u8, &str); 1] = [(op::ON_LOAD, "code_on_load")];

/// What is known of an instruction.
#[derive(Default)]
struct Entry {
    forms: BTreeSet<&'static str>,
    program: Option<String>,
}

#[test]
fn each_instruction_has_a_test() {
    let mut entries: BTreeMap<u8, Entry> = BTreeMap::new();
    for (name, file) in programs() {
        let beam = Beam::parse(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        let verified = verify::verify(&beam).unwrap_or_else(|e| panic!("{name}: {e}"));
        let forms = translate::forms(&beam, &verified).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        for (opcode, form) in forms {
            let entry = entries.entry(opcode).or_default();
            entry.forms.extend(form);
            entry.program.get_or_insert_with(|| name.clone());
        }
    }
    let mut text = HEAD.to_owned();
    let mut missing = Vec::new();
    for number in 1..=LAST {
        let Some(generic) = generic(number) else {
            continue;
        };
        let (becomes, program) = match entries.get(&number) {
            _ if !verify::is_accepted(number) => ("refused".to_owned(), String::new()),
            Some(entry) => (forms(entry), entry.program.clone().unwrap_or_default()),
            None if ELSEWHERE.iter().any(|(op, _)| *op == number) => {
                let program = ELSEWHERE.iter().find(|(op, _)| *op == number);
                (
                    "no code".to_owned(),
                    program.map_or_else(String::new, |p| p.1.to_owned()),
                )
            }
            None => {
                missing.push(generic.name);
                continue;
            }
        };
        let _ = writeln!(
            text,
            "| {number} | `{}/{}` | {} | {becomes} | {program} |",
            generic.name,
            generic.arity,
            since(generic.since)
        );
    }
    assert!(missing.is_empty(), "no program has {missing:?}");
    let file = root().join("docs/instructions.md");
    if env::var_os("ATOMVM_WRITE_INSTRUCTIONS").is_some() {
        fs::write(&file, &text).expect("docs/instructions.md");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == text, "docs/instructions.md is out of date");
}

#[test]
fn assembled_modules() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("assembled");
    fs::create_dir_all(&folder).expect("a folder for the modules");
    let case = |module: assembled::Assembled| {
        let file = folder.join(format!("{}.beam", module.name));
        fs::write(&file, &module.file).expect("a module");
        Case {
            name: module.name.to_owned(),
            file,
            paths: Vec::new(),
            expected: Expected {
                console: Vec::new(),
                value: module.value.into(),
            },
        }
    };
    let cases: Vec<Case> = assembled::all().into_iter().map(case).collect();
    check_all(&Vm::build(), &cases);
}

/// All modules that tests run and that do not depend on what is installed, in a fixed order.
fn programs() -> Vec<(String, Vec<u8>)> {
    let mut programs = Vec::new();
    let compiled = root().join("tests/compiled");
    for release in names(&compiled) {
        for file in names(&compiled.join(&release)) {
            if let Some(name) = file.strip_suffix(".beam") {
                let bytes = fs::read(compiled.join(&release).join(&file)).expect("a program");
                programs.push((format!("{release}/{name}"), bytes));
            }
        }
    }
    let by_hand = assembled::all().into_iter();
    programs.extend(by_hand.map(|module| (format!("hand/{}", module.name), module.file)));
    programs
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("a folder's entry").file_name();
        name.to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

fn forms(entry: &Entry) -> String {
    let names: Vec<String> = entry.forms.iter().map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => "no code".to_owned(),
        _ => names.join(", "),
    }
}

fn since(release: u8) -> String {
    match release {
        5 => "R5 or before".to_owned(),
        6..=16 => format!("R{release}"),
        _ => format!("{release}"),
    }
}
