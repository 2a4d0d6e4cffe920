%% Tracing of messages, starts, ends, links, names, and what is inherited.
-module(trace_procs).
-export([start/0, idle/0]).

idle() -> receive stop -> ok end.

collect(T, Names) ->
    receive
        {get, From} -> From ! {self(), [plain(M, Names) || M <- T]}, collect([], Names);
        {names, N} -> collect(T, N);
        M -> collect(T ++ [M], Names)
    end.

show(Tracer, Name) ->
    receive after 20 -> ok end,
    Tracer ! {get, self()},
    receive {Tracer, L} -> io:format("~p~n", [Name]), [io:format("   ~p~n", [M]) || M <- L] end.

plain(X, Names) when is_pid(X) -> proplists:get_value(X, Names, other);
plain(F, _) when is_function(F) -> 'fun';
plain(R, _) when is_reference(R) -> ref;
plain(T, N) when is_tuple(T) -> list_to_tuple([plain(E, N) || E <- tuple_to_list(T)]);
plain([H | T], N) -> [plain(H, N) | plain(T, N)];
plain(X, _) -> X.

worker(Main) ->
    receive
        {run, F} -> Main ! {done, F()}, worker(Main);
        stop -> ok
    end.

start() ->
    Main = self(),
    Tracer = spawn(fun() -> collect([], []) end),
    P = spawn(fun() -> worker(Main) end),
    Q = spawn(fun idle/0),
    Tracer ! {names, [{P, p}, {Q, q}, {Main, main}]},
    Run = fun(F) -> P ! {run, F}, receive {done, R} -> R end end,
    io:format("~p~n", [erlang:trace(P, true, [send, 'receive', {tracer, Tracer}])]),
    Run(fun() -> Q ! hello, Q ! {a, [1, 2]}, self() ! me, receive me -> ok end end),
    show(Tracer, messages),
    D = spawn(fun() -> ok end),
    receive after 10 -> ok end,
    Run(fun() -> D ! nobody, ok end),
    show(Tracer, dead),
    io:format("~p~n", [erlang:trace_pattern(send, [{['_', hello], [], []}], [])]),
    Run(fun() -> Q ! hello, Q ! other, ok end),
    show(Tracer, filtered),
    io:format("~p~n", [erlang:trace_pattern(send, true, [])]),
    io:format("~p~n", [erlang:trace(P, false, [send, 'receive'])]),
    io:format("~p~n", [erlang:trace(P, true, [procs, {tracer, Tracer}])]),
    Run(fun() -> spawn(?MODULE, idle, []) ! stop, ok end),
    show(Tracer, spawn),
    Run(fun() -> link(Q), unlink(Q), ok end),
    show(Tracer, link),
    Run(fun() -> register(trace_procs_name, self()), unregister(trace_procs_name) end),
    show(Tracer, register),
    link(P),
    unlink(P),
    show(Tracer, linked),
    Run(fun() ->
        process_flag(trap_exit, true),
        L = spawn_link(?MODULE, idle, []),
        L ! stop,
        receive {'EXIT', L, _} -> process_flag(trap_exit, false), ok end
    end),
    show(Tracer, other_end),
    Gone = spawn(fun idle/0),
    io:format("~p~n", [erlang:trace(Q, true, [send, {tracer, Gone}])]),
    Gone ! stop,
    receive after 20 -> ok end,
    io:format("~p ~p~n", [erlang:trace_info(Q, tracer), erlang:trace_info(Q, flags)]),
    erlang:trace(P, true, [set_on_spawn, {tracer, Tracer}]),
    Run(fun() -> spawn(fun() -> ok end), ok end),
    show(Tracer, inherited),
    erlang:trace(P, false, [set_on_spawn]),
    erlang:trace(P, true, [set_on_first_spawn, {tracer, Tracer}]),
    Run(fun() -> spawn(fun() -> ok end), receive after 10 -> ok end, spawn(fun() -> ok end), ok end),
    show(Tracer, first),
    io:format("~p~n", [erlang:trace_info(P, flags)]),
    io:format("~p~n", [catch_(fun() -> erlang:trace(D, true, [send]) end)]),
    P ! stop,
    show(Tracer, ends),
    %% New processes.
    io:format("~p~n", [erlang:trace(new, true, [procs, {tracer, Tracer}])]),
    N = spawn(fun() -> exit(bye) end),
    receive after 10 -> ok end,
    io:format("~p~n", [erlang:trace(new, false, [all])]),
    Tracer ! {names, [{N, n}, {Main, main}]},
    show(Tracer, new),
    %% Time stamps.
    R = spawn(fun() -> worker(Main) end),
    erlang:trace(R, true, ['receive', timestamp]),
    R ! one,
    receive {trace_ts, R, 'receive', one, {A, B, C}} -> io:format("~p~n", [{is_integer(A), is_integer(B), is_integer(C)}]) end,
    erlang:trace(R, false, [timestamp]),
    erlang:trace(R, true, [strict_monotonic_timestamp]),
    R ! two,
    receive {trace_ts, R, 'receive', two, {E, F}} -> io:format("~p~n", [{is_integer(E), is_integer(F)}]) end,
    erlang:trace(R, false, [all]),
    %% Collections.
    erlang:trace(R, true, [garbage_collection]),
    R ! {run, fun() -> erlang:garbage_collect(), lists:seq(1, 10000), ok end},
    receive {done, ok} -> ok end,
    receive {trace, R, gc_major_start, I} -> io:format("~p~n", [lists:sort([K || {K, _} <- I])]) after 100 -> io:format("none~n") end,
    receive {trace, R, gc_major_end, _} -> io:format("end~n") after 100 -> io:format("none~n") end,
    erlang:trace(R, false, [all]),
    erlang:trace(R, true, [running]),
    R ! {run, fun() -> ok end},
    receive {done, ok} -> ok end,
    receive {trace, R, in, {?MODULE, worker, 1}} -> io:format("in~n") end,
    receive {trace, R, out, {?MODULE, worker, 1}} -> io:format("out~n") end,
    R ! stop,
    ok.

catch_(F) -> try F() catch C:X -> {C, X} end.
