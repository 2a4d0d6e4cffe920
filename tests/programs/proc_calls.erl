%% The last calls of a process (`save_calls`): which calls are saved, how many, and of whom.
-module(proc_calls).
-export([start/0, id/1, twice/1, wait/1]).

start() ->
    [show(process_flag(save_calls, N)) || N <- [12, 20, 0, 0, 10000, 0]],
    [show(catch_all(fun() -> process_flag(save_calls, N) end)) || N <- [-1, 10001, a, 1.0]],
    [show(catch_all(fun() -> process_flag(P, F, N) end))
     || {P, F, N} <- [{self(), save_calls, x}, {self(), trap_exit, true}, {x, save_calls, 1}, {self(), foo, 1}]],
    show(process_info(self(), last_calls)),
    show(saved(fun() -> ?MODULE:id(1), twice(2), ?MODULE:twice(3), apply(?MODULE, id, [4]) end)),
    show(saved(fun() -> F = fun ?MODULE:id/1, F(1), G = fun(X) -> X end, G(2) end)),
    show(saved(fun() -> self() ! a, self() ! b, receive b -> ok end, receive a -> ok end, wait(0), ?MODULE:wait(3) end)),
    show(saved(fun() -> [?MODULE:id(N) || N <- lists:seq(1, 100)] end)),
    show(saved(fun() -> ets:whereis(nobody), erlang:phash2(x), lists:member(a, [b]) end)),
    show(saved(fun() -> catch ?MODULE:id(element(2, {a, b})), try exit(x) catch exit:X -> ?MODULE:id(X) end end)),
    show(saved(fun() -> long(20000) end)),
    others(),
    ok.

%% What is saved of a function that is called in a process of its own.
saved(Fun) ->
    {_, Ref} = spawn_monitor(fun() ->
        process_flag(save_calls, 8),
        Fun(),
        {last_calls, Calls} = process_info(self(), last_calls),
        exit(Calls)
    end),
    receive {'DOWN', Ref, _, _, Calls} -> Calls end.

others() ->
    Pid = spawn(fun loop/0),
    settled(Pid),
    show(erlang:process_flag(Pid, save_calls, 5)),
    show(process_info(Pid, last_calls)),
    [Pid ! {self(), N} || N <- [1, 2, 3]],
    [receive {Pid, M} -> show(M) end || _ <- [1, 2, 3]],
    {last_calls, Calls} = settled(Pid),
    show(Calls),
    %% The same again forgets what was saved.
    show(erlang:process_flag(Pid, save_calls, 5)),
    show(process_info(Pid, last_calls)),
    show(erlang:process_flag(Pid, save_calls, 0)),
    show(process_info(Pid, [last_calls, status])).

%% What it has saved when it waits again.
settled(Pid) ->
    case process_info(Pid, status) of
        {status, waiting} -> process_info(Pid, last_calls);
        _ -> erlang:yield(), settled(Pid)
    end.

loop() ->
    receive {From, N} -> From ! {self(), ?MODULE:id(N)} end,
    loop().

%% Longer than a turn.
long(0) -> ?MODULE:id(done);
long(N) -> long(N - 1).

id(X) -> X.

twice(X) -> id(X), ?MODULE:id(X).

wait(Time) -> receive never -> ok after Time -> ok end.

catch_all(Fun) -> try Fun() catch Class:Reason -> {Class, Reason} end.

show(Value) -> io:format("~p~n", [Value]).
