%% Funs made, composed and called; folds and maps with free variables.
-module(closures).
-export([start/0]).

start() ->
    Adders = [fun(X) -> X + N end || N <- lists:seq(1, 50)],
    Chain = lists:foldl(fun(F, G) -> fun(X) -> F(G(X)) end end, fun(X) -> X end, Adders),
    Chained = lists:sum([Chain(I) || I <- lists:seq(1, 10000)]),
    {Chained, church(12), pipeline(40)}.

%% Numbers as functions: how often another one is applied.
church(N) ->
    Two = fun(F) -> fun(X) -> F(F(X)) end end,
    Power = lists:foldl(fun(_, F) -> Two(F) end, fun(X) -> X + 1 end, lists:seq(1, N)),
    lists:foldl(fun(_, Sum) -> Power(Sum) end, 0, lists:seq(1, 100)).

pipeline(0) -> [];
pipeline(N) ->
    List = lists:seq(1, 1000),
    Even = lists:filter(fun(X) -> (X + N) rem 2 =:= 0 end, List),
    Squares = lists:map(fun(X) -> X * X + N end, Even),
    Sum = lists:foldl(fun(X, Acc) -> (Acc + X) rem 1000003 end, N, Squares),
    [Sum, lists:any(fun(X) -> X =:= N end, Squares) | pipeline(N - 1)].
