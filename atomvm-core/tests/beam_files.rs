//! Reads what real compilers wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use atomvm_core::beam::opcode::{self, op};
use atomvm_core::beam::{Beam, BeamError, Disassembly, inflate};
use atomvm_core::pack::strip;
use proptest::prelude::*;

mod support;

/// What holds for every module that a compiler wrote.
fn check(path: &Path, bytes: &[u8]) {
    let name = path.display();
    let bytes = inflate(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let beam = Beam::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let stem = path.file_stem().unwrap().to_str().unwrap();
    assert_eq!(beam.module_name(), stem);
    let code = &beam.code;
    let count = |opcode| code.instrs.iter().filter(|i| i.op == opcode).count();
    assert_eq!(count(op::FUNC_INFO), code.function_count as usize, "{name}");
    assert_eq!(count(op::LABEL) + 1, code.label_count as usize, "{name}");
    assert_eq!(code.instrs.last().unwrap().op, op::INT_CODE_END);
    for instr in &code.instrs {
        let arity = opcode::generic(instr.op).unwrap().arity;
        assert_eq!(code.args(instr).len(), usize::from(arity));
        assert!(u32::from(instr.op) <= code.max_opcode);
    }
    assert!(beam.is_exported("module_info", 0) || stem == "erlang");
}

#[test]
fn every_fixture_is_read() {
    for (path, bytes) in support::fixtures("beam") {
        check(&path, &bytes);
    }
}

/// The libraries of the Erlang that is installed: several thousand modules.
#[test]
fn the_installed_library_is_read() {
    let root = Command::new("erl")
        .args([
            "-noshell",
            "-eval",
            "io:put_chars(code:root_dir()), halt().",
        ])
        .output();
    let Ok(root) = root else {
        println!("skipped: no Erlang is installed");
        return;
    };
    let root = String::from_utf8(root.stdout).unwrap();
    let modules = support::files(&Path::new(root.trim()).join("lib"), "beam");
    for (path, bytes) in &modules {
        check(path, bytes);
    }
    println!("{} modules", modules.len());
}

#[test]
fn a_file_that_is_compressed_as_a_whole_is_read() {
    let folder = scratch_folder("compressed");
    fs::write(
        folder.join("m.erl"),
        "-module(m). -export([f/0]). f() -> {m, f}.",
    )
    .unwrap();
    let erlc = Command::new("erlc")
        .current_dir(&folder)
        .args(["+compressed", "m.erl"])
        .status();
    match erlc {
        Ok(status) => {
            assert!(status.success());
            let bytes = fs::read(folder.join("m.beam")).unwrap();
            assert_eq!(Beam::parse(&bytes), Err(BeamError::Compressed));
            check(Path::new("m.beam"), &bytes);
            assert_eq!(strip(&bytes, true).unwrap().module, "m");
        }
        Err(_) => println!("skipped: no Erlang is installed"),
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_fixture_cut_anywhere_is_refused() {
    for (path, bytes) in support::fixtures("beam") {
        if path.ends_with("otp25/hello.beam") || path.ends_with("otp29/shapes.beam") {
            for end in 0..bytes.len() {
                assert!(Beam::parse(&bytes[..end]).is_err(), "{end}");
            }
        }
    }
}

#[test]
fn a_fixture_with_any_byte_changed_does_no_harm() {
    for (path, bytes) in support::fixtures("beam") {
        if path.ends_with("otp25/hello.beam") || path.ends_with("otp29/shapes.beam") {
            let mut bytes = bytes.clone();
            for at in 0..bytes.len() {
                for change in [0x01, 0x80, 0xff] {
                    bytes[at] ^= change;
                    if let Ok(beam) = Beam::parse(&bytes) {
                        let _ = Disassembly(&beam).to_string();
                    }
                    let _ = strip(&bytes, true);
                    bytes[at] ^= change;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn chunks_of_anything_do_no_harm(code in prop::collection::vec(any::<u8>(), 0..200),
                                     table in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut header = vec![0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 190, 0, 0, 0, 9, 0, 0, 0, 1];
        header.extend(code);
        let mut chunks = b"BEAM".to_vec();
        let atoms = b"\0\0\0\x02\x01a\x01b";
        let parts: [(&[u8; 4], &[u8]); 8] = [
            (b"AtU8", atoms), (b"Code", &header), (b"ImpT", &[0; 4]), (b"ExpT", &[0; 4]),
            (b"LitT", &table), (b"Line", &table), (b"Type", &table), (b"FunT", &table),
        ];
        for skip in 4..parts.len() {
            chunks.truncate(4);
            for (index, (name, data)) in parts.iter().enumerate() {
                if index < 4 || index == skip {
                    chunks.extend_from_slice(*name);
                    chunks.extend_from_slice(&(data.len() as u32).to_be_bytes());
                    chunks.extend_from_slice(data);
                    chunks.resize(chunks.len().next_multiple_of(4), 0);
                }
            }
            let mut file = b"FOR1".to_vec();
            file.extend_from_slice(&(chunks.len() as u32).to_be_bytes());
            file.extend_from_slice(&chunks);
            let _ = Beam::parse(&file);
        }
    }
}

/// Every term of the listing is one that Erlang itself can read.
#[test]
fn a_listing_is_erlang() {
    let folder = scratch_folder("listing");
    for (number, (path, bytes)) in support::fixtures("beam").into_iter().enumerate() {
        let beam = Beam::parse(&bytes).unwrap();
        let listing = Disassembly(&beam).to_string();
        assert_eq!(
            listing.matches("\n{function, ").count(),
            beam.code.function_count as usize,
            "{}",
            path.display()
        );
        fs::write(folder.join(format!("{number}.S")), listing).unwrap();
    }
    let script = "lists:foreach(fun(F) -> case file:consult(F) of {ok, _} -> ok; \
        {error, E} -> io:format(\"~ts: ~p~n\", [F, E]), halt(1) end end, \
        filelib:wildcard(\"*.S\")), halt().";
    let erl = Command::new("erl")
        .current_dir(&folder)
        .args(["-noshell", "-eval", script])
        .output();
    match erl {
        Ok(erl) => assert!(
            erl.status.success(),
            "{}",
            String::from_utf8_lossy(&erl.stdout)
        ),
        Err(_) => println!("skipped: no Erlang is installed"),
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn scratch_folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("atomvm-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}
