%% receive ... after: zero, small, infinity, and what happens to messages that come in between.
-module(recv_timeout).
-export([start/0]).

start() ->
    {poll(), short(), not_matching(), expired_then_late(), zero_with_match(), inf(), computed(), loop(3, []), only_after(), elapsed(), many(50), sleepers(),
     [try F() catch C:R -> {C, R} end || F <- [fun() -> receive after id(-1) -> x end end, fun() -> receive after id(1.5) -> x end end,
         fun() -> receive after id(foo) -> x end end, fun() -> receive after id(1 bsl 70) -> x end end]], big_ok()}.

poll() -> receive X -> X after 0 -> empty end.
short() -> receive X -> X after 5 -> timed_out end.
not_matching() -> self() ! a, R = receive b -> b after 5 -> no_b end, {R, receive a -> a after 0 -> lost end}.

expired_then_late() ->
    Me = self(),
    spawn(fun() -> receive after 30 -> Me ! late end end),
    A = receive late -> early after 5 -> waited end,
    {A, receive late -> late after 1000 -> never end}.

zero_with_match() -> self() ! m, receive m -> found after 0 -> missed end.

inf() ->
    Me = self(),
    spawn(fun() -> timer:sleep(5), Me ! woke end),
    receive woke -> woke after infinity -> no end.

computed() -> T = length([a, b, c]), receive after T -> T end.

loop(0, Acc) -> lists:reverse(Acc);
loop(N, Acc) -> receive stop -> stopped after N -> loop(N - 1, [N | Acc]) end.

only_after() -> receive after 1 -> ok end.

elapsed() ->
    T0 = erlang:monotonic_time(millisecond),
    receive after 30 -> ok end,
    D = erlang:monotonic_time(millisecond) - T0,
    D >= 29 andalso D < 2000.

many(N) ->
    Me = self(),
    [spawn(fun() -> receive after I rem 7 -> Me ! {d, I} end end) || I <- lists:seq(1, N)],
    lists:sum([receive {d, I} -> I after 2000 -> 0 end || _ <- lists:seq(1, N)]).

%% Sleepers wake in the order of their times.
sleepers() ->
    Me = self(),
    [spawn(fun() -> timer:sleep(T * 40), Me ! {t, T} end) || T <- [4, 1, 3, 2]],
    [receive {t, T} -> T end || _ <- [1, 2, 3, 4]].

big_ok() ->
    self() ! x,
    receive x -> y after 16#FFFFFFFF -> z end.

id(X) -> X.
