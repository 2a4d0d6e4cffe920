%% Doubly recursive Fibonacci: calls and small integer arithmetic.
-module(fib).
-export([start/0]).

start() -> fib(27).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
