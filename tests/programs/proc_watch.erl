%% What one process is told of others.
-module(proc_watch).
-compile([export_all,nowarn_export_all]).
p(X) -> io:format("~p~n", [plain(X)]).
plain(P) when is_pid(P) -> pid;
plain(T) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T)));
plain([H | T]) -> [plain(H) | plain(T)];
plain(X) -> X.
c(F) -> try F() catch C:E:S -> {C,E,[{M,Fn,length(A),proplists:get_value(error_info,I)} || {M,Fn,A,I} <- [hd(S)], is_list(A)]} end.
flush() -> receive M -> [M|flush()] after 100 -> [] end.
start() ->
    S = self(),
    p(erlang:system_monitor()),
    p(erlang:system_monitor(self(), [{large_heap, 100000}, {long_gc, 500}, busy_port])),
    p(erlang:system_monitor() =:= {S,[]}), p(element(2,erlang:system_monitor())),
    spawn(fun() -> L = lists:seq(1,300000), erlang:garbage_collect(), _ = length(L), receive after 50 -> ok end end),
    p(lists:usort([{M, {monitor,T,[K || {K,_} <- L]}} || {monitor,M,T,L} <- flush(), is_pid(M), T =:= large_heap])),
    p(erlang:system_monitor(undefined) =/= x),
    p(erlang:system_monitor()),
    p([c(fun() -> erlang:system_monitor(A, B) end) || {A,B} <- [{S,foo},{S,[foo]},{S,[{long_gc,-1}]},{S,[{long_gc,a}]},{foo,[]},{S,[]},{S,[{large_heap,a}]},{undefined,[]},{S,[busy_port,busy_dist_port,{long_schedule,100}]}]]),
    p(element(2,erlang:system_monitor())),
    p(c(fun() -> erlang:system_monitor({S,[busy_port]}) end)),
    p(c(fun() -> erlang:system_monitor(foo) end)),
    p(element(2,erlang:system_monitor())),
    P = open_port({spawn,"sleep 1"},[]),
    spawn(fun() -> [port_command(P, lists:duplicate(50000,$x)) || _ <- [1,2,3]] end),
    p([{A,B} || {monitor,_,A,B} <- flush()] =:= [{busy_port,P}]),
    Q = spawn(fun() -> erlang:system_monitor(self(), [busy_port]) end), timer:sleep(50),
    p({Q,erlang:system_monitor()}),
    p(erlang:system_monitor(S, [])), p(erlang:system_monitor()),
    p(erlang:system_monitor(undefined)),
    p([c(fun() -> erlang:process_display(A, B) end) || {A,B} <- [{S,foo},{S,[foo]},{foo,[]},{list_to_pid("<0.9999.0>"),backtrace}]]),
    ok.
