%% send_after, start_timer, cancel_timer, read_timer, by pid and by name, and their order.
-module(timer_send).
-export([start/0]).

start() ->
    {after_(), started(), cancelled(), too_late(), ordered(), by_name(), dead(), left(), absolute(), many(200), flood(),
     [try F() catch C:R -> {C, R} end || F <- [fun() -> erlang:send_after(id(-1), self(), m) end, fun() -> erlang:send_after(id(a), self(), m) end,
        fun() -> erlang:cancel_timer(id(x)) end, fun() -> erlang:start_timer(1, id("x"), m) end]],
     erlang:cancel_timer(make_ref()), tc(), erlang:convert_time_unit(1500, millisecond, second), erlang:convert_time_unit(-1500, millisecond, second)}.

after_() -> R = erlang:send_after(5, self(), {hello, 1}), M = receive X -> X after 1000 -> none end, {is_reference(R), M}.
started() -> R = erlang:start_timer(5, self(), payload), receive {timeout, R, M} -> M after 1000 -> none end.
cancelled() ->
    R = erlang:send_after(1000, self(), never),
    L = erlang:cancel_timer(R),
    {is_integer(L), L =< 1000, L > 500, erlang:cancel_timer(R), receive never -> bad after 10 -> none end}.
too_late() -> R = erlang:send_after(0, self(), now), receive now -> ok end, erlang:cancel_timer(R).
ordered() ->
    [erlang:send_after(T * 15, self(), {t, T}) || T <- [5, 3, 1, 4, 2]],
    [receive {t, T} -> T end || _ <- lists:seq(1, 5)].
by_name() ->
    register(ts_me, self()),
    erlang:send_after(5, ts_me, named),
    R = receive named -> got after 1000 -> none end,
    unregister(ts_me),
    R.
dead() ->
    P = spawn(fun() -> ok end),
    R = erlang:send_after(20, P, x),
    receive after 40 -> ok end,
    erlang:read_timer(R).
left() ->
    R = erlang:send_after(10000, self(), x),
    T = erlang:read_timer(R),
    A = erlang:cancel_timer(R, [{info, true}]),
    {T > 9000, T =< 10000, is_integer(A), erlang:cancel_timer(erlang:start_timer(5000, self(), x), [{info, false}])}.
absolute() ->
    T = erlang:monotonic_time(millisecond) + 10,
    erlang:send_after(T, self(), abs_done, [{abs, true}]),
    receive abs_done -> erlang:monotonic_time(millisecond) >= T end.
many(N) ->
    Rs = [erlang:send_after(I rem 20, self(), {i, I}) || I <- lists:seq(1, N)],
    {length(Rs), lists:sum([receive {i, I} -> I end || _ <- Rs])}.
flood() ->
    Rs = [erlang:start_timer(60000, self(), I) || I <- lists:seq(1, 500)],
    length([R || R <- Rs, is_integer(erlang:cancel_timer(R))]).
tc() ->
    {T, V} = timer:tc(fun() -> lists:sum(lists:seq(1, 100)) end),
    {is_integer(T), V, timer:seconds(2), timer:minutes(1), timer:hours(1), timer:hms(1, 2, 3)}.

id(X) -> X.
