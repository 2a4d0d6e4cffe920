%% Timers started, read and cancelled; very many at once.
-module(timers).
-export([start/0]).

start() ->
    Refs = [erlang:send_after(100000 + I, self(), {late, I}) || I <- lists:seq(1, 10000)],
    Read = length([R || R <- Refs, is_integer(erlang:read_timer(R))]),
    Cancelled = length([R || R <- Refs, is_integer(erlang:cancel_timer(R))]),
    {Read, Cancelled, restarts(20000, make_ref()), soon(2000)}.

%% What a protocol does: each message starts the time of silence anew.
restarts(0, _) -> done;
restarts(N, Timer) ->
    erlang:cancel_timer(Timer),
    restarts(N - 1, erlang:start_timer(60000, self(), silence)).

soon(N) ->
    [erlang:send_after(0, self(), {soon, I}) || I <- lists:seq(1, N)],
    lists:sum([receive {soon, I} -> I end || I <- lists:seq(1, N)]).
