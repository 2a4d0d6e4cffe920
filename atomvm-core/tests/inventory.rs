//! What a VM counts as its memory is what the allocator gave it, whatever the memory is for: so a
//! limit of the VM's memory is a limit of the host's.

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
use atomvm_core::vm::Vm;

/// The system's allocator, which counts what each thread has.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: all is left to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get() + layout.size() as isize);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as isize);
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// A clock that goes on by itself, and no waiting.
struct Machine(AtomicU64);

impl Platform for Machine {
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.0.fetch_add(1000, Ordering::Relaxed))
    }
}

/// Kinds of things, and how many of them are held.
const KINDS: [(&str, usize); 36] = [
    ("nothing", 0),
    ("list", 50_000),
    ("floats", 20_000),
    ("maps", 10_000),
    ("large_map", 20_000),
    ("big_integers", 5_000),
    ("small_binaries", 20_000),
    ("binaries", 5_000),
    ("long_binary", 5_000),
    ("appended", 20_000),
    ("processes", 2_000),
    ("linked", 2_000),
    ("monitors", 5_000),
    ("aliases", 5_000),
    ("messages", 5_000),
    ("own_messages", 20_000),
    ("names", 1_000),
    ("atoms", 10_000),
    ("timers", 5_000),
    ("dictionary", 10_000),
    ("persistent", 3_000),
    ("funs", 10_000),
    ("exported", 5_000),
    ("tables", 2_000),
    ("named_tables", 2_000),
    ("specs", 1_000),
    ("atomics", 2_000),
    ("set", 5_000),
    ("ordered_set", 5_000),
    ("bag", 5_000),
    ("duplicate_bag", 5_000),
    ("queue", 10_000),
    ("traced", 1_000),
    ("inflated", 100),
    ("deflated", 20),
    ("fixed_tables", 500),
];

/// How far the two counts may be apart: by a part of the memory, and so many bytes.
const PART: isize = 10;
const BYTES: isize = 4096;

fn compiled() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inventory.erl");
    let status = Command::new("erlc")
        .arg("-o")
        .arg(folder)
        .arg(&source)
        .status();
    assert!(status.expect("erlc").success());
    folder.join("inventory.beam")
}

/// What the allocator gave since `before`, and what the VM counts since then.
fn growth(vm: &Vm, before: (isize, usize)) -> (isize, isize) {
    let counted = vm.runtime().budget.used() as isize - before.1 as isize;
    (HELD.get() - before.0, counted)
}

fn now(vm: &Vm) -> (isize, usize) {
    (HELD.get(), vm.runtime().budget.used())
}

#[test]
fn what_is_counted_is_what_is_allocated() {
    let beam: &'static [u8] = fs::read(compiled()).expect("what erlc made").leak();
    let source = Source::from_static("inventory.beam", beam);
    let mut wrong = Vec::new();
    let check = |wrong: &mut Vec<String>, kind: &str, (held, counted): (isize, isize)| {
        println!("{kind}: {held} bytes, {counted} counted");
        if (held - counted).abs() > held / PART + BYTES {
            wrong.push(format!("{kind}: {held} bytes, {counted} counted"));
        }
    };
    for (kind, count) in KINDS {
        let at_first = HELD.get();
        let machine = Machine(AtomicU64::new(1));
        let mut vm = Vm::builder().platform(machine).build().expect("a VM");
        let before = now(&vm);
        vm.runtime().load(&source).expect("a module");
        let module = growth(&vm, before);
        let before = now(&vm);
        let count = Value::Integer(count as i64);
        vm.call("inventory", "hold", &[Value::atom(kind), count])
            .unwrap_or_else(|error| panic!("{kind}: {error}"));
        let growth = growth(&vm, before);
        drop(vm);
        let kept = HELD.get() - at_first;
        check(&mut wrong, "a module", module);
        check(&mut wrong, kind, growth);
        if kept > 0 {
            wrong.push(format!("{kind}: {kept} bytes that nobody gives back"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
