%% What a process can change about itself, and what it is told about processes.
-module(proc_flags).
-export([start/0, undefined_function/3, hibernated/1]).

try_(F) ->
    try F() catch C:R:S -> [{M, Fn, A, I} | _] = S, {C, R, M, Fn, length(A), cause(I)} end.

cause(I) ->
    case proplists:get_value(error_info, I) of
        #{cause := Cause} -> Cause;
        _ -> none
    end.

undefined_function(M, F, A) -> {no, M, F, A}.

hibernated(Parent) -> receive X -> Parent ! {woken, X} end.

flag(F, V) -> io:format("~p ~p: ~p~n", [F, V, try_(fun() -> plain(process_flag(F, V)) end)]).

plain(M) when is_map(M) -> maps:with([size, kill, error_logger], M);
plain(X) -> X.

start() ->
    flags(),
    others(),
    info(),
    handler(),
    hibernation(),
    links(),
    monitors(),
    iterate(),
    ok.

flags() ->
    process_flag(trap_exit, false),
    [flag(trap_exit, V) || V <- [true, foo, false]],
    [flag(priority, V) || V <- [high, max, low, x, normal]],
    [flag(message_queue_data, V) || V <- [off_heap, on_heap, x]],
    [flag(sensitive, V) || V <- [true, false, x]],
    [flag(save_calls, V) || V <- [0, -1, 10001, x]],
    [flag(min_bin_vheap_size, V) || V <- [-1, x]],
    [flag(min_heap_size, V) || V <- [-1, x]],
    [flag(fullsweep_after, V) || V <- [65535, 10, 65535, -1, x]],
    [flag(max_heap_size, V)
     || V <- [500000, #{size => 0}, #{kill => true}, 1,
              #{size => 10000000, kill => false, error_logger => false},
              #{size => 10000000, kill => foo}, 0, 0]],
    [flag(F, V) || {F, V} <- [{{monitor_nodes, []}, true}, {monitor_nodes, true},
                              {monitor_nodes, false}, {monitor_nodes, false},
                              {foo, bar}, {1, 2}, {scheduler, x}, {scheduler, 9999},
                              {error_handler, 1}]].

others() ->
    P = spawn(fun() -> receive stop -> ok end end),
    D = dead(),
    [io:format("~p~n", [try_(F)]) || F <- [
        fun() -> process_flag(P, save_calls, 0) end,
        fun() -> process_flag(P, save_calls, -1) end,
        fun() -> process_flag(P, trap_exit, true) end,
        fun() -> process_flag(foo, save_calls, 0) end,
        fun() -> process_flag(D, save_calls, 0) end]],
    P ! stop.

dead() ->
    {P, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> P end.

info() ->
    Self = self(),
    Ask = [fullsweep_after, priority, message_queue_data, trap_exit, status, min_bin_vheap_size],
    spawn_opt(fun() -> Self ! process_info(self(), Ask) end,
              [{min_heap_size, 1000}, {min_bin_vheap_size, 100000}, {fullsweep_after, 3},
               {priority, high}, {message_queue_data, off_heap},
               {max_heap_size, #{size => 1234560, kill => false}}]),
    receive L -> io:format("~p~n", [lists:sublist(L, 5)]) end,
    io:format("~p~n", [try_(fun() -> process_info(self(), [status, foo]) end)]),
    io:format("~p~n", [try_(fun() -> process_info(self(), foo) end)]),
    io:format("~p~n", [try_(fun() -> process_info(foo, status) end)]),
    io:format("~p~n", [try_(fun() -> process_info(self(), []) end)]),
    io:format("~p~n", [try_(fun() -> process_info(dead(), status) end)]),
    io:format("~p~n", [try_(fun() -> process_info(dead()) end)]),
    P = spawn(fun() -> put(k, v), receive stop -> ok end end),
    P ! a, P ! {b, "c"},
    receive after 10 -> ok end,
    Keys = [registered_name, messages, message_queue_len, dictionary, links, monitors,
            monitored_by, suspending, sequential_trace_token, last_calls, error_handler,
            current_function, initial_call, status, parent],
    I = process_info(P, Keys),
    [io:format("~p~n", [case V of Self -> self; _ -> {K, V} end]) || {K, V} <- I],
    {garbage_collection_info, G} = process_info(P, garbage_collection_info),
    io:format("~p~n", [[{K, is_integer(V)} || {K, V} <- G]]),
    {garbage_collection, C} = process_info(P, garbage_collection),
    io:format("~p~n", [[K || {K, _} <- C]]),
    io:format("~p~n", [[K || {K, _} <- process_info(P)]]),
    {backtrace, B} = process_info(P, backtrace),
    io:format("~p~n", [is_binary(B)]),
    P ! stop.

handler() ->
    io:format("~p~n", [process_flag(error_handler, ?MODULE)]),
    io:format("~p~n", [no_such_module:no_function(1, 2)]),
    io:format("~p~n", [apply(lists, no_function, [])]),
    io:format("~p~n", [process_info(self(), error_handler)]),
    io:format("~p~n", [process_flag(error_handler, error_handler)]),
    io:format("~p~n", [try_(fun() -> no_such_module:no_function(1, 2) end)]).

%% Signals that are no messages do not wake a process that hibernates.
hibernation() ->
    Self = self(),
    P = spawn(fun() -> erlang:hibernate(?MODULE, hibernated, [Self]) end),
    receive after 10 -> ok end,
    link(P), unlink(P), demonitor(monitor(process, P)),
    receive after 10 -> ok end,
    io:format("~p~n", [process_info(P, [status, message_queue_len])]),
    P ! wake,
    receive {woken, X} -> io:format("~p~n", [X]) end,
    io:format("~p~n", [try_(fun() -> erlang:hibernate(a, b, c) end)]),
    io:format("~p~n", [try_(fun() -> erlang:hibernate(1, b, []) end)]).

links() ->
    D = dead(),
    io:format("~p~n", [try_(fun() -> link(D) end)]),
    process_flag(trap_exit, true),
    io:format("~p~n", [try_(fun() -> link(D) end)]),
    receive {'EXIT', D, R} -> io:format("~p~n", [R]) end,
    io:format("~p~n", [try_(fun() -> link(foo) end)]),
    io:format("~p~n", [try_(fun() -> unlink(foo) end)]),
    Before = process_info(self(), links),
    io:format("~p~n", [[try_(fun() -> link(self()) end), process_info(self(), links) =:= Before]]),
    io:format("~p~n", [try_(fun() -> exit(foo, bar) end)]),
    io:format("~p~n", [try_(fun() -> exit(make_ref(), bar) end)]),
    exit(self(), normal),
    receive {'EXIT', _, N} -> io:format("~p~n", [N]) end,
    process_flag(trap_exit, false),
    [begin
         {P, M} = spawn_monitor(F),
         Then(P),
         receive {'DOWN', M, process, P, Why} -> io:format("~p~n", [Why]) end
     end || {F, Then} <- [
        {fun() -> exit(self(), normal), receive after 100 -> ok end end, fun(_) -> ok end},
        {fun() -> process_flag(trap_exit, true), exit(self(), kill), ok end, fun(_) -> ok end},
        {fun() -> receive after 20 -> timeout end end, fun(P) -> exit(P, normal) end},
        {fun() -> receive after infinity -> ok end end, fun(P) -> exit(P, shutdown) end},
        {fun() -> receive after infinity -> ok end end, fun(P) -> exit(P, kill) end},
        {fun() -> process_flag(trap_exit, true), receive {'EXIT', _, X} -> exit({got, X}) end end,
         fun(P) -> receive after 5 -> ok end, exit(P, normal) end}]].

monitors() ->
    Down = fun() -> receive {T, R, K, O, W} when is_reference(R) -> {T, K, O, W} after 20 -> none end end,
    [io:format("~p ~p~n", [case try_(F) of R when is_reference(R) -> ref; X -> X end, Down()]) || F <- [
        fun() -> monitor(process, no_such_name) end,
        fun() -> monitor(process, {no_such_name, node()}, [{tag, t}]) end,
        fun() -> monitor(port, no_such_name) end,
        fun() -> monitor(port, 1) end,
        fun() -> monitor(process, 1) end,
        fun() -> monitor(foo, self()) end,
        fun() -> monitor(process, self(), [foo]) end,
        fun() -> monitor(process, self(), foo) end,
        fun() -> monitor(process, self()) end,
        fun() -> monitor(time_offset, x) end,
        fun() -> demonitor(foo) end,
        fun() -> demonitor(make_ref()) end,
        fun() -> demonitor(make_ref(), [info]) end,
        fun() -> demonitor(make_ref(), [info, flush]) end,
        fun() -> demonitor(make_ref(), [foo]) end,
        fun() -> demonitor(make_ref(), foo) end,
        fun() -> alias([foo]) end,
        fun() -> alias(foo) end,
        fun() -> unalias(foo) end,
        fun() -> unalias(make_ref()) end]],
    R = monitor(time_offset, clock_service),
    io:format("~p~n", [process_info(self(), monitors)]),
    demonitor(R),
    io:format("~p~n", [process_info(self(), monitors)]),
    Got = fun() -> receive M -> M after 10 -> none end end,
    A = alias([reply]),
    A ! x1, A ! x2,
    io:format("~p ~p ~p~n", [Got(), Got(), unalias(A)]),
    B = alias(),
    B ! x1, B ! x2,
    io:format("~p ~p ~p~n", [Got(), Got(), unalias(B)]),
    B ! x3,
    io:format("~p~n", [Got()]).

%% The list of processes has those that this one starts.
iterate() ->
    P = spawn(fun() -> receive stop -> ok end end),
    io:format("~p~n", [lists:member(P, processes())]),
    P ! stop.
