%% A hundred thousand processes, one after another and a thousand at a time.
-module(spawner).
-export([start/0]).

start() -> {one_by_one(50000, 0), lists:sum([batch(1000) || _ <- lists:seq(1, 50)])}.

one_by_one(0, S) -> S;
one_by_one(N, S) ->
    Me = self(),
    spawn(fun() -> Me ! {n, 1} end),
    receive {n, X} -> one_by_one(N - 1, S + X) end.

batch(N) ->
    Me = self(),
    Ps = [spawn(fun() -> receive go -> Me ! {done, self()} end end) || _ <- lists:seq(1, N)],
    [P ! go || P <- Ps],
    length([receive {done, P} -> P end || P <- Ps]).
