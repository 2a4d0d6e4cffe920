//! Packs that a program adds while it runs, and code that goes away.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use atomvm_core::code::Source;
use atomvm_core::pack::{FLAG_BEAM, FLAG_START, PackWriter};
use atomvm_core::value::Value;
use atomvm_core::vm::{Error, Vm};
use atomvm_host::{Host, library};
use atomvm_tests::Otp;

const SOURCES: [(&str, &str); 3] = [
    (
        "packed",
        "-module(packed). -export([start/0, priv/0]). start() -> {started, other:value()}. \
         priv() -> atomvm:read_priv(packed, \"data/text.txt\").",
    ),
    (
        "other",
        "-module(other). -export([value/0]). value() -> 42.",
    ),
    (
        "starts",
        "-module(starts). -export([start/0]). -on_load(go/0). start() -> persistent_term:get(starts). \
         go() -> persistent_term:put(starts, [going]).",
    ),
];

/// A compiled module; all are compiled together, once.
fn beam(name: &str) -> Vec<u8> {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packs");
        let otp = Otp::new(&folder, Vec::new());
        let source = |(name, text): &(&str, &str)| {
            let path = folder.join(name).with_extension("erl");
            fs::write(&path, text).expect("a source");
            path
        };
        otp.compile_erlang(&SOURCES.iter().map(source).collect::<Vec<_>>());
        folder
    });
    fs::read(folder.join(name).with_extension("beam")).expect("a compiled module")
}

fn pack() -> Vec<u8> {
    let mut pack = PackWriter::new();
    let added = [
        pack.add("packed.beam", FLAG_BEAM | FLAG_START, &beam("packed")),
        pack.add("other.beam", FLAG_BEAM, &beam("other")),
        pack.add_file("packed/priv/data/text.txt", b"some text"),
    ];
    assert!(added.iter().all(Result::is_ok), "{added:?}");
    pack.finish()
}

fn vm() -> Vm {
    let vm = Vm::builder().library(library()).platform(Host::new());
    vm.build().expect("a VM")
}

fn call(vm: &mut Vm, module: &str, function: &str, args: &[Value]) -> String {
    match vm.call(module, function, args) {
        Ok(value) => value.to_string(),
        Err(Error::Exception(error)) => format!("raised {}", error.reason_text),
        Err(error) => format!("{error}"),
    }
}

#[test]
fn a_pack_is_added_and_closed_again() {
    let mut vm = vm();
    let named = Value::List(vec![Value::from((
        Value::atom("name"),
        Value::atom("mine"),
    ))]);
    let none = Value::List(Vec::new());
    let undefined = call(&mut vm, "packed", "start", &[]);
    assert_eq!(undefined, "raised undef");
    let add = [Value::Binary(pack()), named.clone()];
    assert_eq!(call(&mut vm, "atomvm", "add_avm_pack_binary", &add), "ok");
    assert_eq!(call(&mut vm, "packed", "priv", &[]), "<<\"some text\">>");
    let main = call(&mut vm, "atomvm", "get_start_beam", &[Value::atom("mine")]);
    assert_eq!(main, "{ok,<<\"packed.beam\">>}");
    let close = [Value::atom("mine"), none.clone()];
    assert_eq!(call(&mut vm, "atomvm", "close_avm_pack", &close), "ok");
    assert_eq!(call(&mut vm, "atomvm", "close_avm_pack", &close), "error");
    // What is loaded stays; what is not is not found any more.
    assert_eq!(call(&mut vm, "packed", "priv", &[]), "undefined");
    assert_eq!(call(&mut vm, "packed", "start", &[]), "raised undef");
    let damaged = [Value::Binary(vec![1, 2, 3]), none.clone()];
    let refused = call(&mut vm, "atomvm", "add_avm_pack_binary", &damaged);
    assert_eq!(refused, "raised badarg");
    let missing = [Value::Binary(b"/nowhere/x.avm".to_vec()), none];
    let refused = call(&mut vm, "atomvm", "add_avm_pack_file", &missing);
    assert_eq!(refused, "{error,enoent}");
}

#[test]
fn a_pack_is_added_from_a_file() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("added.avm");
    fs::write(&file, pack()).expect("a pack");
    let mut vm = vm();
    let path = Value::from(file.to_str().expect("a path"));
    let args = [path, Value::List(Vec::new())];
    assert_eq!(call(&mut vm, "atomvm", "add_avm_pack_file", &args), "ok");
    assert_eq!(call(&mut vm, "packed", "start", &[]), "{started,42}");
    assert_eq!(call(&mut vm, "atomvm", "platform", &[]), "generic_unix");
}

#[test]
fn a_program_may_begin_with_on_load() {
    let file = Source::owned("starts.beam", beam("starts"));
    let vm = Vm::builder()
        .library(library())
        .platform(Host::new())
        .module(file)
        .build();
    let started = vm.and_then(|mut vm| vm.run());
    assert_eq!(started.map(|v| v.to_string()).expect("a value"), "[going]");
}

/// A module that is replaced a thousand times leaves nothing behind.
#[test]
fn purged_code_is_given_back() {
    let mut vm = vm();
    let original = beam("other");
    let version = |n: u8| {
        let mut bytes = original.clone();
        // Another version is one with another number for its value.
        let at = bytes.windows(2).position(|w| w == [9, 42]);
        if let Some(at) = at {
            bytes[at + 1] = n;
        }
        Value::Binary(bytes)
    };
    let mut load = |n: u8| {
        let args = [Value::atom("other"), Value::List(Vec::new()), version(n)];
        let loaded = call(&mut vm, "code", "load_binary", &args);
        assert_eq!(loaded, "{module,other}");
        vm.memory().used
    };
    (0..20).for_each(|n| {
        load(n);
    });
    let before = load(21);
    (0..200).for_each(|n| {
        load(n);
    });
    let after = load(22);
    assert!(after <= before + 4096, "{before} bytes grew to {after}");
}
