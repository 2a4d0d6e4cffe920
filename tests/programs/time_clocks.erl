%% Clocks, units, dates, and what is wrong with arguments.
-module(time_clocks).
-export([start/0]).

try_(F) -> try F() catch C:R:S -> [{M, Fn, A, _} | _] = S, {C, R, M, Fn, length(A)} end.

show(F) -> io:format("~p~n", [try_(F)]).

start() ->
    [show(fun() -> erlang:F(U) end)
     || F <- [monotonic_time, system_time, time_offset], U <- [foo, 0, -1, "x"]],
    [show(fun() -> erlang:unique_integer(O) end) || O <- [[foo], foo, [positive | x]]],
    [show(fun() -> erlang:convert_time_unit(T, From, To) end)
     || {T, From, To} <- [{1, foo, second}, {a, second, second}, {-1, millisecond, second},
                          {-1, 3, 7}, {1 bsl 100, nanosecond, second}, {5, second, microsecond},
                          {1, 0, second}, {7, 1000, 3}, {1, seconds, milli_seconds}]],
    dates(),
    order(),
    ok.

dates() ->
    Times = [{{2000, 2, 30}, {1, 2, 3}}, foo, {{2000, 2, 20}, {1, 2, 3}}, {{1971, 2, 20}, {1, 2, 3}},
             {{1800, 2, 20}, {1, 2, 3}}, {{1901, 12, 31}, {23, 59, 59}}, {{1902, 1, 1}, {0, 0, 0}}, {{2024, 2, 29}, {23, 59, 59}}, {{2023, 2, 29}, {0, 0, 0}},
             {{2024, 13, 1}, {0, 0, 0}}, {{2024, 12, 1}, {24, 0, 0}}, {{2024, 12, 1}, {0, 60, 0}}],
    [show(fun() -> erlang:universaltime_to_posixtime(T) end) || T <- Times],
    [show(fun() -> erlang:posixtime_to_universaltime(S) end)
     || S <- [0, -1, 1000000000, 4000000000, 1 bsl 33, a, 1.0]],
    [show(fun() -> erlang:localtime_to_universaltime(erlang:universaltime_to_localtime(T)) end)
     || T <- Times],
    [show(fun() -> erlang:localtime_to_universaltime(T, foo) end) || T <- Times],
    {{Y, Mo, D}, {H, Mi, S}} = erlang:localtime(),
    io:format("~p~n", [lists:all(fun is_integer/1, [Y, Mo, D, H, Mi, S])]),
    io:format("~p~n", [element(1, erlang:universaltime()) >= {2024, 1, 1}]),
    io:format("~p ~p~n", [tuple_size(date()), tuple_size(time())]).

order() ->
    A = erlang:monotonic_time(), B = erlang:monotonic_time(),
    io:format("~p~n", [A =< B]),
    Ms = erlang:system_time(millisecond),
    {Me, Se, Mi} = erlang:timestamp(),
    io:format("~p~n", [abs((Me * 1000000 + Se) * 1000 + Mi div 1000 - Ms) < 1000]),
    N1 = erlang:now(), N2 = erlang:now(),
    io:format("~p~n", [N1 < N2]),
    Offset = erlang:time_offset(millisecond) + erlang:monotonic_time(millisecond),
    io:format("~p~n", [abs(Offset - erlang:system_time(millisecond)) < 1000]),
    io:format("~p~n", [lists:usort([erlang:time_offset() || _ <- lists:seq(1, 1000)]) =:= [erlang:time_offset(native)]]),
    Before = erlang:system_time(), Between = erlang:monotonic_time() + erlang:time_offset(), After = erlang:system_time(),
    io:format("~p~n", [Before =< Between andalso Between =< After]),
    U = [erlang:unique_integer([monotonic, positive]) || _ <- lists:seq(1, 100)],
    io:format("~p ~p~n", [U =:= lists:usort(U), lists:min(U) > 0]),
    V = [erlang:unique_integer() || _ <- lists:seq(1, 100)],
    io:format("~p~n", [length(lists:usort(V))]),
    S = erlang:system_time(second), O = os:system_time(second),
    io:format("~p~n", [abs(S - O) < 2]),
    T0 = erlang:monotonic_time(millisecond),
    receive after 30 -> ok end,
    T1 = erlang:monotonic_time(millisecond),
    io:format("~p~n", [T1 - T0 >= 30]).
