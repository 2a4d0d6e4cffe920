//! Every byte that a VM takes from the allocator comes back, and most are counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use atomvm_core::vm::{Error, Limit, Limits, Vm};
use atomvm_host::{Host, library, map_file};

/// The system's allocator, with a count of the bytes that are in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// One test at a time, as they share the count.
static ALONE: Mutex<()> = Mutex::new(());

// SAFETY: all is left to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const PROGRAM: &str = r#"
-module(bytes).
-export([start/0, many/0, after_all/0]).

start() ->
    process_flag(trap_exit, true),
    Ps = [spawn_link(fun() -> put(N, N), receive stop -> ok end end) || N <- lists:seq(1, 500)],
    [P ! {N, lists:seq(1, N)} || {P, N} <- lists:zip(Ps, lists:seq(1, 500))],
    [erlang:send_after(1000000, P, late) || P <- Ps],
    [erlang:monitor(process, P) || P <- Ps],
    [put({key, N}, binary:copy(<<N:32>>, 100)) || N <- lists:seq(1, 500)],
    [list_to_atom("bytes_" ++ integer_to_list(N)) || N <- lists:seq(1, 500)],
    [exit(P, kill) || P <- lists:sublist(Ps, 250)],
    [receive {'EXIT', P, killed} -> ok end || P <- lists:sublist(Ps, 250)],
    registered(),
    io_lib:format("~p", [maps:from_list([{N, N} || N <- lists:seq(1, 100)])]),
    ok.

%% Processes without end.
many() -> [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, 1000)], many().

after_all() -> ok.
"#;

fn compiled() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join("bytes.erl");
    fs::write(&source, PROGRAM).expect("a file in the folder of this test");
    let status = Command::new("erlc")
        .arg("-o")
        .arg(folder)
        .arg(&source)
        .status();
    assert!(status.expect("erlc").success());
    folder.join("bytes.beam")
}

fn vm(file: &Path, limits: Limits) -> Vm {
    Vm::builder()
        .platform(Host::new())
        .limits(limits)
        .library(library())
        .module(map_file(file).expect("what erlc made"))
        .build()
        .expect("a VM")
}

#[test]
fn every_byte_comes_back() {
    let _alone = ALONE.lock();
    let file = compiled();
    let run = |limits: Limits, many: bool| {
        let before = IN_USE.load(Ordering::Relaxed);
        let mut vm = vm(&file, limits);
        vm.call("bytes", "start", &[]).expect("a value");
        let taken = IN_USE.load(Ordering::Relaxed) - before;
        let counted = vm.memory().used;
        assert!(
            counted * 2 > taken,
            "of {taken} bytes {counted} are counted"
        );
        if many {
            // The limit is told, may be raised, and the VM goes on.
            vm.set_memory_limit(counted + (4 << 20));
            let result = vm.call("bytes", "many", &[]);
            let is_limit = matches!(result, Err(Error::Limit(Limit::Memory)));
            assert!(is_limit, "{result:?}");
            vm.set_memory_limit(usize::MAX);
            vm.call("bytes", "after_all", &[]).expect("a value");
        }
        drop(vm);
        IN_USE.load(Ordering::Relaxed).wrapping_sub(before) as isize
    };
    // What is made once for all VMs is made by the first.
    run(Limits::default(), false);
    for many in [false, true] {
        assert_eq!(run(Limits::default(), many), 0, "bytes that are left");
    }
}

/// Memory is refused at each point in turn: an error, the end of a process, and never more.
#[test]
fn a_refusal_anywhere_is_an_error() {
    let _alone = ALONE.lock();
    let file = compiled();
    let (mut at, mut right, mut wrong) = (0, 0, 0);
    while right < 3 {
        let mut vm = vm(&file, Limits::default());
        vm.set_reduction_limit(20_000_000);
        let budget = vm.runtime().budget.clone();
        budget.fail_after(at);
        match vm.call("bytes", "start", &[]) {
            Ok(_) if !budget.has_failed() => right += 1,
            Ok(_) => {}
            Err(Error::Stalled | Error::Limit(_) | Error::Exception(_) | Error::Load(_)) => {
                wrong += 1;
            }
            Err(other) => panic!("refused at {at}: {other}"),
        }
        budget.fail_after(usize::MAX);
        drop(vm);
        assert_eq!(budget.used(), 0, "refused at {at}");
        at += 1 + at / 40;
    }
    println!("{at} points, {wrong} errors");
    assert!(wrong > 20);
}
