//! Memory that the allocator does not give is an error and never the end of the host: it refuses
//! each allocation of a program in turn, that one alone or all from then on.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use atomvm_core::code::source::Source;
use atomvm_core::platform::Platform;
use atomvm_core::value::Value;
use atomvm_core::vm::{Error, Limits, Vm};

/// The system's allocator, which refuses memory to this thread when it is told to.
struct Refusing;

thread_local! {
    /// How many times memory is still given; `usize::MAX` for ever.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    /// Is it refused once, or from then on?
    static ONCE: Cell<bool> = const { Cell::new(true) };
    /// Bytes that this thread has, and whether memory was refused.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

impl Refusing {
    fn refuses(&self) -> bool {
        let left = LEFT.get();
        if left == usize::MAX {
            return false;
        }
        if left > 0 {
            LEFT.set(left - 1);
            return false;
        }
        REFUSED.set(true);
        if ONCE.get() {
            LEFT.set(usize::MAX);
        }
        true
    }
}

// SAFETY: all is left to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.refuses() {
            return std::ptr::null_mut();
        }
        HELD.set(HELD.get() + layout.size() as isize);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as isize);
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size > layout.size() && self.refuses() {
            return std::ptr::null_mut();
        }
        // SAFETY: promised by the caller.
        let moved = unsafe { System.realloc(block, layout, size) };
        if !moved.is_null() {
            HELD.set(HELD.get() + size as isize - layout.size() as isize);
        }
        moved
    }
}

#[global_allocator]
static REFUSING: Refusing = Refusing;

/// A clock that goes on by itself, and no waiting.
struct Machine(AtomicU64);

impl Platform for Machine {
    fn monotonic(&self) -> Duration {
        let now = self.0.fetch_add(1000, Ordering::Relaxed);
        Duration::from_nanos(now)
    }

    fn wait(&self, until: Option<Duration>) -> bool {
        let nanos = until.map_or(0, |until| until.as_nanos() as u64);
        self.0.fetch_add(nanos, Ordering::Relaxed);
        until.is_some()
    }
}

const PROGRAMS: [&str; 24] = [
    "processes",
    "messages",
    "tables",
    "maps",
    "binaries",
    "numbers",
    "timers",
    "exceptions",
    "dictionary",
    "atoms",
    "terms",
    "persistent",
    "funs",
    "matches",
    "code",
    "unaligned",
    "iterators",
    "tracing",
    "specs",
    "updates",
    "flags",
    "texts",
    "packets",
    "external",
];

fn compiled() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failing.erl");
    let status = Command::new("erlc")
        .arg("-o")
        .arg(folder)
        .arg(&source)
        .status();
    assert!(status.expect("erlc").success());
    folder.join("failing.beam")
}

/// Loads and runs a program, with memory that is given `times` more times, and then refused once
/// or for ever. A VM that is being made can only tell that the host's allocator has none.
fn run(beam: &'static [u8], program: &str, times: usize, once: bool) -> Result<(), Error> {
    let limits = Limits {
        processes: 1000,
        reductions: 20_000_000,
        ..Limits::default()
    };
    let machine = Machine(AtomicU64::new(1));
    let mut vm = Vm::builder().platform(machine).limits(limits).build()?;
    let source = Source::from_static("failing.beam", beam);
    // What the program itself loads.
    let arguments = match program {
        "code" => vec![Value::Binary(beam.to_vec())],
        _ => Vec::new(),
    };
    REFUSED.set(false);
    ONCE.set(once);
    LEFT.set(times);
    let loaded = vm.runtime().load(&source).map(drop);
    let result = loaded
        .map_err(Error::from)
        .and_then(|()| vm.call("failing", program, &arguments).map(drop));
    LEFT.set(usize::MAX);
    drop((vm, arguments));
    result
}

/// Refuses one allocation of loading and running a program after the other; after the first
/// hundreds not each of them.
fn refuse_each(beam: &'static [u8], program: &str, once: bool) -> (usize, usize) {
    let (mut at, mut errors) = (0, 0);
    loop {
        let before = HELD.get();
        let result = run(beam, program, at, once);
        if result.is_err() {
            errors += 1;
        }
        if !REFUSED.get() {
            result.expect("a value where memory is not refused");
            return (at, errors);
        }
        drop(result);
        assert_eq!(HELD.get(), before, "{program}: bytes kept, refused at {at}");
        at += 1 + at / 200;
    }
}

#[test]
fn each_refusal_is_an_error() {
    let beam: &'static [u8] = fs::read(compiled()).expect("what erlc made").leak();
    let only = std::env::var("ATOMVM_PROGRAMS").unwrap_or_default();
    for program in PROGRAMS.into_iter().filter(|name| name.starts_with(&only)) {
        // What is made once for all VMs is made by the first.
        run(beam, program, usize::MAX, true).unwrap_or_else(|error| panic!("{program}: {error}"));
        for once in [true, false] {
            let (points, errors) = refuse_each(beam, program, once);
            println!("{program}: {points} points, {errors} errors");
            assert!(errors > 0);
        }
    }
}
