%% Collections of OTP: gb_trees, gb_sets, dict, orddict, array, queue, sets.
-module(trees).
-export([start/0]).

start() ->
    Keys = [I * 7919 rem 10007 || I <- lists:seq(1, 4000)],
    Tree = lists:foldl(fun(K, T) -> gb_trees:enter(K, K, T) end, gb_trees:empty(), Keys),
    Dict = lists:foldl(fun(K, D) -> dict:update_counter(K rem 500, 1, D) end, dict:new(), Keys),
    Set = lists:foldl(fun(K, S) -> gb_sets:add(K, S) end, gb_sets:new(), Keys),
    Array = lists:foldl(fun(K, A) -> array:set(K, K, A) end, array:new(), Keys),
    Queue = lists:foldl(fun(K, Q) -> queue:in(K, case K rem 3 of 0 -> queue:drop(queue:in(0, Q)); _ -> Q end) end, queue:new(), Keys),
    Sets = sets:union(sets:from_list(Keys), sets:from_list([K * 2 || K <- Keys])),
    {gb_trees:size(Tree), lists:sum([gb_trees:get(K, Tree) || K <- Keys]), dict:fetch(1, Dict), gb_sets:size(Set),
     array:sparse_size(Array), array:foldl(fun(_, V, S) when is_integer(V) -> V + S; (_, _, S) -> S end, 0, Array),
     queue:len(Queue), sets:size(Sets)}.
