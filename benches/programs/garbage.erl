%% Short-lived garbage beside a large heap that stays.
-module(garbage).
-export([start/0]).

start() ->
    Live = lists:foldl(fun(I, T) -> gb_trees:enter(I * 7919 rem 100003, [I, {I, I}], T) end,
                       gb_trees:empty(), lists:seq(1, 20000)),
    Sum = churn(300, 0),
    Young = lists:foldl(fun(I, Acc) -> [I | lists:sublist(Acc, 50)] end, [], lists:seq(1, 20000)),
    {Sum, length(Young), gb_trees:size(Live), element(1, gb_trees:largest(Live))}.

churn(0, Sum) -> Sum;
churn(N, Sum) ->
    List = [{I, I * N, [I]} || I <- lists:seq(1, 500)],
    Pairs = [{B, A} || {A, B, _} <- lists:reverse(List), A rem 2 =:= 0],
    churn(N - 1, Sum + length(Pairs) + element(1, hd(Pairs)) rem 10).
