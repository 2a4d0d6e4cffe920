//! What cannot be loaded or goes beyond a limit gives one clear line, and an error of its own kind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use atomvm_core::beam::BeamError;
use atomvm_core::code::{LoadReason, Source};
use atomvm_core::value::Value;
use atomvm_core::vm::{Class, Error, Limit, Limits, Vm};
use atomvm_host::{Host, library};
use atomvm_tests::mutate::{Arg, Clock, Module};
use atomvm_tests::{Otp, root};

/// Where the files of these tests are, made once.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad_input");
        // A `lists` of an earlier run would stop the compiler.
        let _ = fs::remove_dir_all(&folder);
        let otp = Otp::new(&folder, Vec::new());
        let sources = folder.join("src");
        fs::create_dir_all(&sources).expect("a folder");
        for (name, text) in SOURCES {
            fs::write(sources.join(name).with_extension("erl"), text).expect("a source");
        }
        let mut all: Vec<_> = SOURCES
            .iter()
            .map(|it| sources.join(it.0).with_extension("erl"))
            .collect();
        all.push(root().join("tests/support/limits.erl"));
        otp.compile_erlang(&all);
        folder
    })
}

const SOURCES: [(&str, &str); 3] = [
    (
        "no_start",
        "-module(no_start). -export([run/0]). run() -> ok.",
    ),
    (
        "lists",
        "-module(lists). -export([start/0]). start() -> ok.",
    ),
    (
        "calls",
        "-module(calls). -export([start/0]). start() -> damaged:run().",
    ),
];

fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name).with_extension("beam");
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Writes a file and returns its path.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = folder().join(name);
    fs::write(&path, bytes).expect("a file");
    path.display().to_string()
}

/// Where chunk `Code`'s data begins.
fn code_at(bytes: &[u8]) -> usize {
    bytes
        .windows(4)
        .position(|it| it == b"Code")
        .expect("a chunk")
        + 8
}

/// A module with an instruction that does not exist.
fn unknown_opcode() -> Vec<u8> {
    let mut bytes = read("calls");
    let first = code_at(&bytes) + 20;
    bytes[first] = 250;
    bytes
}

/// A module that says it is for a later virtual machine.
fn newer() -> Vec<u8> {
    let mut bytes = read("calls");
    let highest = code_at(&bytes) + 11;
    bytes[highest] = 251;
    bytes
}

/// A module that reads a register which is not set.
fn unverified() -> Vec<u8> {
    use atomvm_core::beam::{Operand, opcode::op};
    let mut module = Module::parse(&read("limits")).expect("a module");
    let moves = module.lines.iter_mut().find(|line| line.op == op::MOVE);
    moves.expect("a move").args[0] = Arg::One(Operand::X(900));
    module.encode()
}

/// A pack with one entry.
fn pack(name: &str, data: &[u8]) -> Vec<u8> {
    use atomvm_core::pack::{FLAG_BEAM, FLAG_START, PackWriter};
    let mut writer = PackWriter::new();
    writer
        .add(name, FLAG_START | FLAG_BEAM, data)
        .expect("an entry");
    writer.finish()
}

/// What the command says of files, and what of it.
#[test]
fn the_command_says_one_line() {
    let command = atomvm_tests::Vm::build();
    let folder = folder();
    let hello = read("limits");
    let beam = |name: &str| {
        folder
            .join(name)
            .with_extension("beam")
            .display()
            .to_string()
    };
    let damaged = pack("damaged.beam", &hello[..hello.len() / 2]);
    let cases: Vec<(String, &[&str])> = vec![
        (
            folder.join("nowhere.avm").display().to_string(),
            &["nowhere.avm", "No such file"],
        ),
        (folder.display().to_string(), &["directory"]),
        (
            file("empty.avm", b""),
            &["empty.avm", "neither a BEAM file nor a pack"],
        ),
        (
            file("text.avm", b"Hello, world\n"),
            &["neither a BEAM file nor a pack"],
        ),
        (
            file("elf", b"\x7fELF\x02\x01\x01"),
            &["neither a BEAM file nor a pack"],
        ),
        (
            file("half.beam", &hello[..hello.len() / 2]),
            &["half.beam", "ends too early"],
        ),
        (
            file("unknown.beam", &unknown_opcode()),
            &["opcode 250", "newer"],
        ),
        (file("newer.beam", &newer()), &["opcode 251", "newer"]),
        (
            file("verify.beam", &unverified()),
            &["verify.beam", "limits", "start/0", "x900"],
        ),
        (
            file("damaged.avm", &damaged),
            &["damaged.avm", "damaged", "too early"],
        ),
        (
            beam("no_start"),
            &["no_start.beam", "no module exports start/0"],
        ),
        (
            beam("lists"),
            &["lists.beam", "part of the built-in library"],
        ),
    ];
    let mut wrong = Vec::new();
    for (path, wanted) in &cases {
        let finished = command.command(&["run", path]);
        let said = String::from_utf8_lossy(&finished.stderr);
        let is_right = finished.code == Some(1)
            && finished.stdout.is_empty()
            && said.lines().count() == 1
            && said.starts_with("atomvm: ")
            && wanted.iter().all(|it| said.contains(it));
        if !is_right {
            wrong.push(format!("{path} ({wanted:?}): {:?} {said}", finished.code));
        }
    }
    let memory = command.command(&["run", "--memory", "16", &beam("limits")]);
    let said = String::from_utf8_lossy(&memory.stderr);
    if memory.code != Some(1) || !said.contains("limit of memory") || said.lines().count() != 1 {
        wrong.push(format!("memory: {:?} {said}", memory.code));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file that ends anywhere is refused, and says so.
#[test]
fn truncated_files_are_refused() {
    let whole = read("limits");
    let packed = pack("limits.beam", &whole);
    for bytes in [&whole, &packed] {
        for len in (0..bytes.len()).step_by(7) {
            let source = Source::owned("cut", bytes[..len].to_vec());
            let made = Vm::builder().pack(source).build().and_then(|mut vm| {
                vm.set_reduction_limit(1000);
                vm.run()
            });
            // A pack is whole once its last entry is: only the mark of its end is missing.
            match made {
                Err(Error::Load(_)) => {}
                other => assert!(
                    len + 32 > bytes.len(),
                    "{len} of {}: {other:?}",
                    bytes.len()
                ),
            }
        }
    }
}

#[test]
fn files_have_kinds_of_errors() {
    let load = |bytes: Vec<u8>| match Vm::builder().module(Source::owned("file", bytes)).build() {
        Err(Error::Load(error)) => error.reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    };
    let unknown = load(unknown_opcode());
    assert!(
        matches!(unknown, LoadReason::Beam(BeamError::UnknownOpcode { .. })),
        "{unknown}"
    );
    assert!(matches!(load(unverified()), LoadReason::Verify(_)));
    assert!(matches!(
        load(vec![0; 100]),
        LoadReason::Beam(BeamError::NotABeam)
    ));
    let entry = Vm::builder()
        .pack(Source::owned("file", read("no_start")))
        .build();
    assert!(matches!(
        entry.and_then(|mut vm| vm.run()),
        Err(Error::NoEntryPoint)
    ));
    let sticky = Vm::builder()
        .library(library())
        .pack(Source::owned("file", read("lists")))
        .build();
    let Err(Error::Load(error)) = sticky.and_then(|mut vm| vm.run()) else {
        panic!("a module of the library was replaced");
    };
    assert!(matches!(error.reason, LoadReason::Sticky { .. }), "{error}");
}

fn limited(limits: Limits) -> Vm {
    Vm::builder()
        .platform(Host::new())
        .console(|_, _| {})
        .limits(limits)
        .library(library())
        .module(Source::owned("limits.beam", read("limits")))
        .build()
        .expect("a VM")
}

/// A limit that is reached is an error of its own; the VM and its other processes go on.
#[test]
fn limits_are_errors() {
    let memory = Limits {
        memory: 24 << 20,
        ..Limits::default()
    };
    for function in ["grow", "binaries", "messages"] {
        let mut vm = limited(memory);
        let result = vm.call("limits", function, &[]);
        assert!(
            matches!(result, Err(Error::Limit(Limit::Memory))),
            "{function}: {result:?}"
        );
        let after = vm.call("limits", "fine", &[]);
        assert_eq!(after.expect("a call after the limit"), Value::atom("ok"));
    }
    // Tables that cannot grow are an error of the program, which may go on.
    for function in ["objects", "ordered"] {
        let mut vm = limited(memory);
        match vm.call("limits", function, &[]) {
            Err(Error::Exception(error)) => assert_eq!(&*error.reason_text, "system_limit"),
            other => assert!(
                matches!(other, Err(Error::Limit(Limit::Memory))),
                "{function}: {other:?}"
            ),
        }
        let after = vm.call("limits", "fine", &[]);
        assert_eq!(after.expect("a call after the limit"), Value::atom("ok"));
        let used = vm.memory().used;
        assert!(used < 8 << 20, "{used} bytes are left of the table");
    }
    let mut vm = limited(Limits {
        tables: 30,
        ..Limits::default()
    });
    let Err(Error::Exception(error)) = vm.call("limits", "tables", &[]) else {
        panic!("more tables than the limit");
    };
    assert_eq!(
        (error.class, &*error.reason_text),
        (Class::Error, "system_limit")
    );
    let mut vm = limited(Limits {
        processes: 50,
        ..Limits::default()
    });
    let Err(Error::Exception(error)) = vm.call("limits", "processes", &[]) else {
        panic!("more processes than the limit");
    };
    assert_eq!(
        (error.class, &*error.reason_text),
        (Class::Error, "system_limit")
    );
    let mut vm = limited(Limits {
        atoms: 20_000,
        ..Limits::default()
    });
    let Err(Error::Exception(error)) = vm.call("limits", "atoms", &[]) else {
        panic!("more atoms than the limit");
    };
    assert_eq!(
        (error.class, &*error.reason_text),
        (Class::Error, "system_limit")
    );
    let mut vm = limited(Limits {
        reductions: 100_000,
        ..Limits::default()
    });
    let result = vm.call("limits", "endless", &[]);
    assert!(
        matches!(result, Err(Error::Limit(Limit::Reductions))),
        "{result:?}"
    );
    vm.set_reduction_limit(u64::MAX);
    assert_eq!(
        vm.call("limits", "fine", &[]).expect("more reductions"),
        Value::atom("ok")
    );
}

/// Memory ends at every point of a program in turn: always an error, and never an end of this
/// process.
#[test]
fn memory_may_end_anywhere() {
    let run = |memory: usize| {
        let limits = Limits {
            memory,
            ..Limits::default()
        };
        let mut vm = Vm::builder()
            .platform(Clock::default())
            .console(|_, _| {})
            .limits(limits)
            .library(library())
            .module(Source::owned("limits.beam", read("limits")))
            .build()?;
        vm.set_reduction_limit(2_000_000);
        vm.call("limits", "mixed", &[])
    };
    let (mut memory, mut kinds) = (0, [0; 5]);
    let right = run(64 << 20).expect("the program, with enough memory");
    for _ in 0..100_000 {
        match run(memory) {
            Ok(value) => {
                assert_eq!(value, right);
                kinds[0] += 1;
                if kinds[0] > 20 {
                    break;
                }
            }
            Err(Error::Limit(Limit::Memory)) => kinds[1] += 1,
            Err(Error::Load(_)) => kinds[2] += 1,
            Err(Error::Exception(_)) => kinds[3] += 1,
            // It waits for a process that had no memory.
            Err(Error::Stalled) => kinds[4] += 1,
            Err(other) => panic!("with {memory} bytes: {other}"),
        }
        memory += 1 + memory / 150;
    }
    println!("right, limits, not loaded, exceptions, stalled: {kinds:?}");
    assert!(kinds[0] > 20 && kinds[1] > 20, "{kinds:?}");
}
