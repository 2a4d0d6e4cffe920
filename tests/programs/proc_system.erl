%% What the VM tells of itself, as far as it is the same on all.
-module(proc_system).
-export([start/0]).

try_(F) -> try F() catch C:R:S -> [{M, Fn, A, _} | _] = S, {C, R, M, Fn, length(A)} end.

kind(X) when is_integer(X), X >= 0 -> count;
kind(X) when is_integer(X) -> integer;
kind(X) when is_atom(X) -> atom;
kind({error, R, M, F, A}) -> {error, R, M, F, A};
kind(X) when is_tuple(X) -> list_to_tuple([kind(E) || E <- tuple_to_list(X)]);
kind([X | _]) when is_integer(X) -> numbers;
kind(X) when is_list(X) -> list;
kind(X) when is_map(X) -> map;
kind(_) -> other.

start() ->
    [io:format("~p ~p~n", [K, kind(try_(fun() -> erlang:statistics(K) end))])
     || K <- [reductions, exact_reductions, run_queue, runtime, wall_clock, garbage_collection,
              io, context_switches, scheduler_wall_time, total_run_queue_lengths,
              total_run_queue_lengths_all, run_queue_lengths, run_queue_lengths_all,
              total_active_tasks, total_active_tasks_all, active_tasks, active_tasks_all, foo]],
    [io:format("~p ~p~n", [K, kind(try_(fun() -> erlang:system_info(K) end))])
     || K <- [atom_count, atom_limit, build_type, compat_rel, creation, debug_compiled,
              delayed_node_table_gc, dist_buf_busy_limit, dist_ctrl, driver_version,
              dynamic_trace, dynamic_trace_probes, ets_limit, emu_flavor, emu_type,
              end_time, fullsweep_after, garbage_collection, heap_type, logical_processors,
              machine, max_heap_size, message_queue_data, min_heap_size, min_bin_vheap_size,
              multi_scheduling_blockers, nif_version, normal_multi_scheduling_blockers,
              otp_release, os_monotonic_time_source, os_system_time_source,
              outstanding_system_requests_limit, port_parallelism, port_count, port_limit,
              process_count, process_limit, scheduler_bind_type, scheduler_id, schedulers,
              schedulers_online, smp_support, system_architecture, system_version,
              threads, thread_pool_size, time_offset, time_warp_mode, tolerant_timeofday,
              trace_control_word, update_cpu_info, version, wordsize, {wordsize, internal},
              {wordsize, external}, {cpu_topology, defined}, taints, foo, {foo, bar}, 1]],
    [io:format("~p ~p ~p~n", [K, V, try_(fun() -> plain(erlang:system_flag(K, V)) end)])
     || {K, V} <- [{backtrace_depth, 8}, {backtrace_depth, -1}, {backtrace_depth, a},
                   {fullsweep_after, 10}, {fullsweep_after, 65535}, {fullsweep_after, a},
                   {min_heap_size, -1}, {min_bin_vheap_size, a}, {max_heap_size, 0},
                   {max_heap_size, #{size => 100000}}, {max_heap_size, 0}, {max_heap_size, 1},
                   {schedulers_online, 0}, {schedulers_online, x}, {schedulers_online, 9999},
                   {trace_control_word, 5}, {trace_control_word, 0}, {trace_control_word, -1},
                   {time_offset, x}, {foo, bar}, {scheduler_wall_time, true},
                   {scheduler_wall_time, false}, {scheduler_wall_time, x},
                   {outstanding_system_requests_limit, 100},
                   {outstanding_system_requests_limit, 4}, {multi_scheduling, x},
                   {system_logger, foo}]],
    erlang:system_flag(backtrace_depth, 3),
    io:format("~p~n", [length(deep(20))]),
    erlang:system_flag(backtrace_depth, 8),
    io:format("~p~n", [length(deep(20)) < 8]),
    erlang:system_flag(scheduler_wall_time, true),
    lists:seq(1, 10000),
    io:format("~p~n", [[0 =< A andalso A =< T || {1, A, T} <- erlang:statistics(scheduler_wall_time)]]),
    erlang:system_flag(scheduler_wall_time, false),
    memory(),
    counts(),
    ok.

plain(M) when is_map(M) -> maps:with([size, kill, error_logger], M);
plain(X) -> X.

deep(0) -> try error(x) catch _:_:S -> S end;
deep(N) -> [_ | T] = L = deep(N - 1), [hd(L) | T].

memory() ->
    io:format("~p~n", [[{K, is_integer(V)} || {K, V} <- erlang:memory()]]),
    io:format("~p~n", [[kind(try_(fun() -> erlang:memory(K) end))
                        || K <- [total, processes, system, atom, binary, code, foo, [foo], []]]]),
    B = erlang:memory(binary),
    X = binary:copy(<<1>>, 1000000),
    io:format("~p ~p~n", [erlang:memory(binary) - B >= 1000000, byte_size(X)]),
    P0 = erlang:memory(processes),
    Ps = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, 1000)],
    io:format("~p~n", [erlang:memory(processes) - P0 > 100000]),
    io:format("~p~n", [erlang:system_info(process_count) > 1000]),
    [P ! stop || P <- Ps].

counts() ->
    {R1, _} = statistics(reductions),
    lists:foreach(fun(I) -> I * I end, lists:seq(1, 100000)),
    erlang:yield(),
    {R2, D} = statistics(reductions),
    io:format("~p ~p~n", [R2 > R1, D > 0]),
    {G1, _, 0} = statistics(garbage_collection),
    garbage_collect(),
    {G2, _, 0} = statistics(garbage_collection),
    io:format("~p~n", [G2 > G1]),
    {{input, _}, {output, O1}} = statistics(io),
    io:format("some output~n"),
    {{input, _}, {output, O2}} = statistics(io),
    io:format("~p~n", [O2 >= O1]).
