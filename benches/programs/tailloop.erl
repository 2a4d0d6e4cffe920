%% A tight loop: decrement, add, compare, jump.
-module(tailloop).
-export([start/0]).

start() -> loop(10000000, 0).

loop(0, A) -> A;
loop(N, A) -> loop(N - 1, A + (N band 7)).
