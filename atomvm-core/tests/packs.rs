//! Reads the community's packs, and makes the same of the same modules.

use std::fs;
use std::path::{Path, PathBuf};

use atomvm_core::beam::Beam;
use atomvm_core::pack::{Builder, HEADER, Pack, PackError, strip};
use proptest::prelude::*;

mod support;

/// The modules of the pack at `path`, in its order, as the compiler wrote them.
fn compiled(path: &Path, pack: &Pack<'_>) -> Vec<Vec<u8>> {
    let folder = path.parent().unwrap();
    let names = pack.entries().iter().map(|entry| entry.name);
    names
        .map(|name| fs::read(folder.join(name)).unwrap())
        .collect()
}

#[test]
fn every_fixture_is_read() {
    for (path, bytes) in support::fixtures("avm") {
        let pack = Pack::parse(&bytes).unwrap();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let start = pack.start_module().unwrap();
        assert!([stem, "Elixir.Sensor"].contains(&start.module_name().unwrap()));
        assert_eq!(start.offset, 24);
        for entry in pack.entries() {
            let beam = Beam::parse(entry.contents()).unwrap();
            assert_eq!(Some(beam.module_name()), entry.module_name());
            assert_eq!(beam.is_exported("start", 0), entry.is_start());
        }
    }
}

#[test]
fn the_same_modules_give_the_same_bytes() {
    for (path, bytes) in support::fixtures("avm") {
        let pack = Pack::parse(&bytes).unwrap();
        let mut builder = Builder::new(true);
        for module in compiled(&path, &pack) {
            assert_eq!(builder.add_module(&module), Ok(true));
        }
        builder.start_with(None).unwrap();
        assert!(builder.finish().unwrap() == bytes, "{}", path.display());
        let mut builder = Builder::new(true);
        assert_eq!(builder.add_pack(&bytes), Ok(vec![]));
        assert!(builder.finish().unwrap() == bytes, "{}", path.display());
    }
}

#[test]
fn a_stripped_module_has_the_same_code() {
    for (path, bytes) in support::fixtures("beam") {
        let whole = Beam::parse(&bytes).unwrap();
        let stripped = strip(&bytes, true).unwrap();
        let beam = Beam::parse(&stripped.data).unwrap();
        assert_eq!(beam.atoms, whole.atoms, "{}", path.display());
        assert_eq!(beam.code, whole.code);
        assert_eq!(beam.imports, whole.imports);
        assert_eq!(beam.lambdas, whole.lambdas);
        assert_eq!(beam.lines, whole.lines);
        assert!(beam.literals.iter().eq(whole.literals.iter()));
        // Every AtomVM reads this form of the atom table, whichever compiler wrote the other.
        assert!(beam.chunk(*b"AtU8").unwrap()[0] < 0x80);
        let bare = strip(&bytes, false).unwrap();
        let bare = Beam::parse(&bare.data).unwrap();
        assert_eq!(bare.lines, None);
        assert_eq!(bare.code, whole.code);
    }
}

/// The modules of release `otp29` whose name has `filter`, in a builder.
fn builder(filter: &str) -> Option<Builder> {
    let in_release = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "otp29");
    let mut builder = Builder::new(true);
    let mut modules = support::fixtures("beam");
    modules.retain(|(path, _)| in_release(path) && path.to_str().unwrap().contains(filter));
    for (_, bytes) in &modules {
        builder.add_module(bytes).unwrap();
    }
    (!modules.is_empty()).then_some(builder)
}

#[test]
fn a_module_to_start_with_must_be_one() {
    let Some(mut all) = builder("kv") else {
        return;
    };
    let module = "kv_sup".to_owned();
    assert_eq!(
        all.start_with(Some("kv_sup")),
        Err(PackError::BadStart { module })
    );
    let module = "other".to_owned();
    assert_eq!(
        all.start_with(Some("other")),
        Err(PackError::MissingStart { module })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn files_come_back_as_they_were(
        files in prop::collection::btree_map("[a-z/é]{1,12}", prop::collection::vec(any::<u8>(), 0..40), 0..6),
    ) {
        let files: Vec<_> = files.into_iter().filter(|(name, _)| name != "end").collect();
        let mut builder = Builder::new(true);
        for (name, contents) in &files {
            prop_assert_eq!(builder.add_file(name, contents), Ok(true));
        }
        let bytes = builder.finish().unwrap();
        let pack = Pack::parse(&bytes).unwrap();
        let found = pack.entries().iter().map(|entry| (entry.name.to_owned(), entry.contents().to_vec()));
        prop_assert_eq!(found.collect::<Vec<_>>(), files);
    }

    #[test]
    fn anything_behind_a_header_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [&HEADER[..], &bytes[..]].concat();
        let _ = Pack::parse(&bytes);
        let _ = Builder::new(true).add_pack(&bytes);
    }
}
