//! What a program frees goes back to the system.

use std::path::{Path, PathBuf};

use atomvm_tests::{Otp, Vm};

/// Megabytes of the process before, at a peak and after it, for each of: lists, processes, tables,
/// binaries.
const SOURCE: &str = r#"
-module(peaks).
-export([start/0]).

start() ->
    [peak(Kind) || Kind <- [list, processes, table, binaries]].

peak(Kind) ->
    Before = megabytes(),
    {Pid, Monitor} = spawn_monitor(fun() -> exit(use(Kind)) end),
    Peak = receive {'DOWN', Monitor, process, Pid, Used} -> Used end,
    receive after 200 -> ok end,
    {Kind, Before, Peak, megabytes()}.

use(list) ->
    List = lists:seq(1, 3000000),
    Used = megabytes(),
    true = is_list(List),
    Used;
use(processes) ->
    Wait = fun() -> receive stop -> ok end end,
    Pids = [spawn(Wait) || _ <- lists:seq(1, 100000)],
    Used = megabytes(),
    [Pid ! stop || Pid <- Pids],
    Used;
use(table) ->
    Table = ets:new(table, []),
    [ets:insert(Table, {I, lists:duplicate(10, I)}) || I <- lists:seq(1, 150000)],
    megabytes();
use(binaries) ->
    Binaries = [binary:copy(<<I:32>>, 200) || I <- lists:seq(1, 60000)],
    Used = megabytes(),
    60000 = length(Binaries),
    Used.

megabytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(binary_to_list(Text), " "),
    list_to_integer(Pages) * 4 div 1024.
"#;

#[test]
fn memory_is_given_back_after_a_peak() {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        println!("skipped: other systems' allocators are not asked");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory");
    let otp = Otp::new(&folder, Vec::new());
    let source: PathBuf = folder.join("peaks.erl");
    std::fs::write(&source, SOURCE).expect("a source");
    otp.compile_erlang(&[source]);
    let run = Vm::build().run(&folder.join("peaks.beam"), &[]);
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let value = text.trim().strip_prefix("Return value: ").unwrap_or(&text);
    let numbers: Vec<Vec<usize>> = value
        .split("},{")
        .map(|row| {
            let parts = row.split(|c: char| !c.is_ascii_digit());
            parts.filter_map(|part| part.parse().ok()).collect()
        })
        .collect();
    assert_eq!(numbers.len(), 4, "{text}");
    for row in &numbers {
        let [before, peak, after] = row[..] else {
            panic!("{text}");
        };
        assert!(peak >= before + 20, "no peak: {text}");
        // Half of what was used may stay: pages that hold something else, too.
        assert!(after <= before + (peak - before) / 2, "it stays: {text}");
    }
}
