%% dict, orddict, gb_trees and maps hold the same thing; each one's own operations.
-module(col_dicts).
-export([start/0]).

start() ->
    Ks = [(I * 7919) rem 1009 || I <- lists:seq(1, 400)],
    D = lists:foldl(fun(K, A) -> dict:store(K, K * 2, A) end, dict:new(), Ks),
    O = lists:foldl(fun(K, A) -> orddict:store(K, K * 2, A) end, orddict:new(), Ks),
    G = lists:foldl(fun(K, A) -> gb_trees:enter(K, K * 2, A) end, gb_trees:empty(), Ks),
    M = maps:from_list([{K, K * 2} || K <- Ks]),
    L = lists:sort(dict:to_list(D)),
    {L =:= O, L =:= gb_trees:to_list(G), L =:= lists:sort(maps:to_list(M)), dict:size(D), gb_trees:size(G), orddict:size(O),
     dict:fetch(7919 rem 1009, D), dict:find(-1, D), dict:is_key(5, D), dict:fold(fun(_, V, A) -> A + V end, 0, D), dict:size(dict:filter(fun(K, _) -> K > 500 end, D)),
     dict:fetch(a, dict:append(a, 2, dict:append(a, 1, dict:new()))), dict:fetch(a, dict:append_list(a, [3, 4], dict:store(a, [1], dict:new()))),
     lists:sort(dict:to_list(dict:merge(fun(_, X, Y) -> X + Y end, dict:from_list([{a, 1}, {b, 2}]), dict:from_list([{b, 3}])))),
     dict:fetch(n, dict:update_counter(n, 5, dict:update_counter(n, 1, dict:new()))), dict:update(a, fun(X) -> X * 2 end, dict:from_list([{a, 4}])) =:= dict:from_list([{a, 8}]),
     orddict:update_counter(x, 3, []), orddict:append(k, v, []), orddict:merge(fun(_, A, B) -> {A, B} end, [{a, 1}], [{a, 2}, {b, 3}]), orddict:take(a, [{a, 1}]), orddict:find(z, O),
     gb_trees:smallest(G), gb_trees:largest(G), gb_trees:lookup(-1, G), gb_trees:get(7919 rem 1009, G), element(1, gb_trees:take_smallest(G)), gb_trees:size(gb_trees:delete_any(-1, G)),
     gb_trees:to_list(gb_trees:map(fun(_, V) -> -V end, gb_trees:from_orddict([{a, 1}, {b, 2}]))), gb_trees:keys(gb_trees:balance(G)) =:= [K || {K, _} <- L], iter(gb_trees:next(gb_trees:iterator_from(990, G))),
     lists:foldl(fun(K, T) -> gb_trees:delete(K, T) end, G, lists:usort(Ks)) =:= gb_trees:empty(),
     [try F() catch C:R -> {C, R} end || F <- [fun() -> dict:fetch(zz, dict:from_list([{a, 1}])) end, fun() -> gb_trees:get(zz, gb_trees:empty()) end, fun() -> gb_trees:insert(a, 1, gb_trees:from_orddict([{a, 1}])) end,
        fun() -> orddict:fetch(z, [{a, 1}]) end, fun() -> gb_trees:smallest(gb_trees:empty()) end]]}.

iter(none) -> [];
iter({K, _, I}) -> [K | iter(gb_trees:next(I))].
