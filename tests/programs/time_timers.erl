%% Timers: options, wrong arguments, order, many at once.
-module(time_timers).
-export([start/0]).

try_(F) ->
    try F() of
        R when is_reference(R) -> ref;
        X -> X
    catch C:R:S ->
        [{M, Fn, A, I} | _] = S,
        Info = proplists:get_value(error_info, I, #{}),
        {C, R, M, Fn, length(A), maps:get(cause, Info, none)}
    end.

show(Name, F) -> io:format("~p: ~p~n", [Name, try_(F)]).

start() ->
    S = self(),
    wrong(S),
    requests(),
    ends(S),
    order(S),
    absolute(S),
    cancelled(S),
    many(20000),
    names(),
    ok.

wrong(S) ->
    [show({after_, T}, fun() -> erlang:send_after(T, S, x) end)
     || T <- [-1, a, 1.0, 1 bsl 80]],
    [show({to, To}, fun() -> erlang:start_timer(1, To, x) end) || To <- [1, {a, node()}, "x"]],
    [show({options, O}, fun() -> erlang:send_after(100000, S, x, O) end)
     || O <- [[foo], foo, [{abs, foo}], [{abs, true} | x], [{abs, false}], []]],
    show(negative, fun() -> erlang:start_timer(-10, S, x, [{abs, false}]) end).

requests() ->
    [show({read, O}, fun() -> erlang:read_timer(make_ref(), O) end)
     || O <- [[], [{async, false}], [{async, true}], [{async, foo}], [{info, false}], [foo], foo]],
    [show({cancel, O}, fun() -> erlang:cancel_timer(make_ref(), O) end)
     || O <- [[], [{info, false}], [{async, true}], [{async, true}, {info, false}],
              [{async, true}, foo], [{async, foo}]]],
    [show(F, fun() -> erlang:F(foo) end) || F <- [read_timer, cancel_timer]],
    [show(F, fun() -> erlang:F(foo, []) end) || F <- [read_timer, cancel_timer]],
    [show(F, fun() -> erlang:F(make_ref()) end) || F <- [read_timer, cancel_timer]],
    io:format("~p~n", [[{T, false} || {T, R, false} <- drain(), is_reference(R)]]).

drain() -> receive M -> [M | drain()] after 20 -> [] end.

%% A timer ends with the process that it would send to.
ends(_) ->
    {P, M} = spawn_monitor(fun() -> receive stop -> ok end end),
    T = erlang:send_after(1000000, P, x),
    T2 = erlang:start_timer(1000000, P, x),
    io:format("~p~n", [[is_integer(erlang:read_timer(R)) || R <- [T, T2]]]),
    P ! stop,
    receive {'DOWN', M, _, _, _} -> ok end,
    receive after 20 -> ok end,
    io:format("~p~n", [[erlang:read_timer(R) || R <- [T, T2]]]).

order(S) ->
    [erlang:send_after(D, S, D) || D <- [70, 10, 130, 40, 100, 0]],
    T = erlang:start_timer(20, S, hello),
    receive {timeout, T, hello} -> ok end,
    Got = [receive N when is_integer(N) -> N end || _ <- lists:seq(1, 6)],
    io:format("~p~n", [Got]),
    %% Of the same moment: as they were started.
    At = erlang:monotonic_time(millisecond) + 30,
    [erlang:send_after(At, S, {same, N}, [{abs, true}]) || N <- lists:seq(1, 20)],
    Same = [receive {same, N} -> N end || _ <- lists:seq(1, 20)],
    io:format("~p~n", [lists:sort(Same) =:= lists:seq(1, 20)]).

absolute(S) ->
    Now = erlang:monotonic_time(millisecond),
    erlang:start_timer(Now - 1000, S, past, [{abs, true}]),
    receive {timeout, _, past} -> io:format("past~n") after 1000 -> io:format("late~n") end,
    T = erlang:start_timer(Now + 50, S, soon, [{abs, true}]),
    Left = erlang:read_timer(T),
    io:format("~p~n", [Left =< 50 andalso Left > 0]),
    receive {timeout, T, soon} -> io:format("~p~n", [erlang:monotonic_time(millisecond) >= Now + 50]) end,
    io:format("~p~n", [erlang:read_timer(T)]).

cancelled(S) ->
    T = erlang:send_after(50, S, never),
    Left = erlang:cancel_timer(T),
    io:format("~p ~p~n", [Left =< 50 andalso Left > 20, erlang:cancel_timer(T)]),
    T2 = erlang:send_after(50000, S, never),
    io:format("~p~n", [erlang:cancel_timer(T2, [{async, true}])]),
    receive {cancel_timer, T2, L2} -> io:format("~p~n", [is_integer(L2)]) end,
    T3 = erlang:send_after(50000, S, never),
    io:format("~p~n", [erlang:read_timer(T3, [{async, true}])]),
    receive {read_timer, T3, L3} -> io:format("~p~n", [L3 =< 50000]) end,
    io:format("~p~n", [erlang:cancel_timer(T3, [{info, false}])]),
    io:format("~p~n", [drain()]).

%% Many timers of which half are cancelled.
many(N) ->
    S = self(),
    Ts = [{I, erlang:send_after(rand(I), S, I)} || I <- lists:seq(1, N)],
    Odd = [I || {I, T} <- Ts, I rem 2 =:= 1, erlang:cancel_timer(T) =/= false],
    io:format("~p~n", [length(Odd)]),
    io:format("~p~n", [length([I || {I, T} <- Ts, I rem 2 =:= 0, erlang:cancel_timer(T) =/= false])]),
    Far = [erlang:send_after(200 + I rem 7, S, {far, I}) || I <- lists:seq(1, N)],
    Got = [receive {far, I} -> I end || _ <- Far],
    io:format("~p ~p~n", [lists:sum(Got), [erlang:read_timer(T) || T <- lists:sublist(Far, 3)]]),
    Rems = [I rem 7 || I <- Got],
    io:format("~p~n", [Rems =:= lists:sort(Rems)]).

rand(I) -> 100000 + (I * 7919) rem 1000003.

%% A name is looked up when the time has come.
names() ->
    S = self(),
    erlang:send_after(20, time_timers_name, by_name),
    register(time_timers_name, S),
    receive by_name -> io:format("by name~n") end,
    erlang:send_after(10, no_such_name, lost),
    io:format("~p~n", [drain()]).
