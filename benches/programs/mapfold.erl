%% Maps built, updated and folded, below and above 32 keys.
-module(mapfold).
-export([start/0]).

start() -> {small(20000), large(20000)}.

small(N) -> lists:sum([maps:fold(fun(_, V, A) -> A + V end, 0, #{a => I, b => 1, c => I * 2}) || I <- lists:seq(1, N)]).

large(N) ->
    M = lists:foldl(fun(I, A) -> K = I rem 1000, A#{K => maps:get(K, A, 0) + I} end, #{}, lists:seq(1, N)),
    maps:fold(fun(_, V, A) -> A + V end, 0, M).
