%% Body recursion a million frames deep, in functions, funs, comprehensions and with handlers in between.
-module(deep_recursion).
-export([start/0]).

start() ->
    {sum(1000000), length(build(1000000)), comp(200000), handlers(3000), mutual_even(1000001), even(1000000), fun_deep(300000), back(500000), in_process(400000), frames(200000)}.

sum(0) -> 0;
sum(N) -> N + sum(N - 1).

build(0) -> [];
build(N) -> [N | build(N - 1)].

comp(N) -> lists:sum([X || X <- build(N), X rem 2 =:= 0]).

handlers(0) -> throw(bottom);
handlers(N) ->
    try handlers(N - 1) of X -> X
    catch throw:bottom -> throw(N); throw:M when M + 1 =:= N -> if N =:= 3000 -> {unwound, N}; true -> throw(N) end
    end.

mutual_even(0) -> true;
mutual_even(N) -> not odd_not(N - 1).
odd_not(0) -> true;
odd_not(N) -> not mutual_even(N - 1).

even(0) -> true;
even(N) -> odd(N - 1).
odd(0) -> false;
odd(N) -> even(N - 1).

fun_deep(N) ->
    F = fun F(0) -> 0; F(K) -> 1 + F(K - 1) end,
    F(N).

back(N) -> lists:foldr(fun(X, A) -> X + A end, 0, lists:seq(1, N)).

in_process(N) ->
    {_, R} = spawn_monitor(fun() -> exit({sum, sum(N)}) end),
    receive {'DOWN', R, _, _, W} -> W end.

frames(N) -> {A, B, C} = wide(N, 1, 2, 3), {A, B, C}.
wide(0, A, B, C) -> {A, B, C};
wide(N, A, B, C) ->
    X = {N, A}, Y = [B | C],
    {P, Q, R} = wide(N - 1, B, C, A),
    case {X, Y} of {{N, A}, [B | C]} -> {P + 1, Q, R} end.
