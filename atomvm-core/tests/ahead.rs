//! Modules that were translated ahead of time: the same answers, and what is not right is refused.

use std::path::{Path, PathBuf};

use atomvm_core::code::ahead::{CHUNK, translate, without_translation};
use atomvm_core::code::{LoadReason, Source, Target, Trust};
use atomvm_core::vm::{Error, Vm};

/// Compiled modules of every release.
fn modules() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    let folders = std::fs::read_dir(&fixtures).expect("the fixtures");
    let files = folders
        .flatten()
        .filter_map(|folder| std::fs::read_dir(folder.path()).ok());
    let paths = files.flatten().flatten().map(|file| file.path());
    let mut modules: Vec<PathBuf> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "beam")
        })
        .collect();
    modules.sort();
    assert!(!modules.is_empty());
    modules
}

/// A module that is translated and has funs, literals, strings, selections and handlers.
fn translated(target: Target, with_code: bool) -> Vec<u8> {
    let file = std::fs::read(find("otp25/Elixir.Sensor.beam")).expect("a module");
    translate(&file, target, with_code)
        .expect("a translation")
        .expect("no records")
}

fn find(name: &str) -> PathBuf {
    let found = modules().into_iter().find(|path| path.ends_with(name));
    found.unwrap_or_else(|| modules().remove(0))
}

fn load(file: Vec<u8>, trust: Trust) -> Result<(), LoadReason> {
    let source = Source::owned("module", file).with_trust(trust);
    match Vm::builder().module(source).build() {
        Ok(_) => Ok(()),
        Err(Error::Load(error)) => Err(error.reason),
        Err(error) => panic!("{error}"),
    }
}

fn chunk(file: &[u8]) -> usize {
    let found = file.windows(4).position(|four| four == CHUNK);
    found.expect("the chunk")
}

#[test]
fn every_module_loads_with_its_translation_and_without_its_code() {
    for path in modules() {
        let file = std::fs::read(&path).expect("a module");
        let Some(whole) = translate(&file, Target::NATIVE, true).expect("a translation") else {
            continue;
        };
        let alone = translate(&file, Target::NATIVE, false).expect("a translation");
        for trust in [Trust::Nothing, Trust::Checksum, Trust::All] {
            load(whole.clone(), trust)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        let alone = alone.expect("no records");
        load(alone, Trust::Checksum).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(without_translation(&whole).expect("a module"), file);
    }
}

#[test]
fn without_its_code_a_module_needs_trust() {
    let refused = load(translated(Target::NATIVE, false), Trust::Nothing).unwrap_err();
    assert!(refused.to_string().contains("not trusted"), "{refused}");
}

#[test]
fn a_translation_for_another_machine_is_not_used() {
    let other = Target {
        word_bytes: 12 - Target::NATIVE.word_bytes,
        ..Target::NATIVE
    };
    load(translated(other, true), Trust::Checksum).expect("it has its code");
    let refused = load(translated(other, false), Trust::Checksum).unwrap_err();
    assert!(refused.to_string().contains("another machine"), "{refused}");
}

#[test]
fn a_changed_translation_is_noticed() {
    let file = translated(Target::NATIVE, true);
    // Behind the chunk's name and size, its header but the checksum, all over the block and the tables.
    let start = chunk(&file) + 8 + 48;
    for at in (start..file.len() - 4).step_by(97) {
        let mut changed = file.clone();
        changed[at] ^= 1;
        for trust in [Trust::Nothing, Trust::Checksum] {
            let refused = load(changed.clone(), trust).unwrap_err();
            assert!(refused.to_string().contains("damaged"), "{at}: {refused}");
        }
    }
}

#[test]
fn a_file_that_ends_early_is_refused() {
    let file = translated(Target::NATIVE, false);
    for end in (0..file.len()).step_by(31) {
        load(file[..end].to_vec(), Trust::Checksum).unwrap_err();
    }
}

#[test]
fn another_byte_order_only_moves_bytes() {
    let Target {
        word_bytes,
        is_big_endian,
    } = Target::NATIVE;
    let other = translated(
        Target {
            word_bytes,
            is_big_endian: !is_big_endian,
        },
        true,
    );
    let here = translated(Target::NATIVE, true);
    assert_eq!(other.len(), here.len());
    let counts = |file: &[u8]| {
        let mut counts = [0; 256];
        file[chunk(file) + 8 + 48..]
            .iter()
            .for_each(|&byte| counts[byte as usize] += 1);
        counts
    };
    assert_eq!(counts(&other), counts(&here));
    assert_ne!(other, here);
}
