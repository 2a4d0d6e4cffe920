//! A VM gives back all the memory that it counts.

use std::fs;
use std::path::Path;
use std::process::Command;

use atomvm_core::vm::{Limits, Vm};
use atomvm_host::{Host, library, map_file};

/// Servers with tables of terms and binaries, links, monitors, timers and aliases; some of it is
/// still there at the end.
const PROGRAM: &str = r#"
-module(keep).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start() ->
    process_flag(trap_exit, true),
    {ok, Store} = gen_server:start_link(?MODULE, [], []),
    [ok = gen_server:call(Store, {put, K, binary:copy(<<K:32>>, 50)}) || K <- lists:seq(1, 200)],
    Values = [gen_server:call(Store, {get, K}) || K <- lists:seq(1, 200)],
    Waiting = [spawn_link(fun() -> receive never -> Values end end) || _ <- lists:seq(1, 20)],
    [P ! {keep, Values} || P <- Waiting],
    [exit(P, kill) || P <- lists:sublist(Waiting, 5)],
    [receive {'EXIT', P, killed} -> ok end || P <- lists:sublist(Waiting, 5)],
    erlang:send_after(100000, self(), {later, Values}),
    _ = monitor(process, hd(lists:reverse(Waiting)), [{alias, explicit_unalias}]),
    put(values, Values),
    persistent_term:put(values, Values),
    _ = [list_to_atom("an atom " ++ integer_to_list(N)) || N <- lists:seq(1, 50)],
    _ = atomics:new(100, []),
    try error({bad, Values}) catch _:_ -> length(Values) end.

init([]) -> {ok, #{}}.
handle_call({put, K, V}, _, S) -> {reply, ok, S#{K => V}};
handle_call({get, K}, _, S) -> {reply, map_get(K, S), S}.
handle_cast(_, S) -> {noreply, S}.
handle_info(_, S) -> {noreply, S}.
"#;

#[test]
fn a_vm_gives_back_all_its_memory() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join("keep.erl");
    fs::write(&source, PROGRAM).expect("a file in the folder of this test");
    let compiled = Command::new("erlc")
        .arg("-o")
        .arg(folder)
        .arg(&source)
        .status();
    assert!(compiled.expect("erlc").success());
    for stress in [false, true] {
        let mut vm = Vm::builder()
            .platform(Host::new())
            .limits(Limits::default())
            .library(library())
            .stress(stress)
            .module(map_file(&folder.join("keep.beam")).expect("what erlc made"))
            .build()
            .expect("a VM");
        let value = vm.run().expect("a value");
        assert_eq!(value.to_string(), "200");
        let budget = vm.runtime().budget.clone();
        assert!(budget.used() > 100_000);
        drop(vm);
        assert_eq!(budget.used(), 0);
    }
}
