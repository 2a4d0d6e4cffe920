%% sets (both versions), ordsets and gb_sets, one law at a time; sofs and digraph-free graph work.
-module(col_sets).
-export([start/0]).

start() ->
    A = lists:seq(1, 120, 2), B = lists:seq(1, 120, 3),
    {[laws(Mod, A, B) || Mod <- [ordsets, gb_sets]] , laws(sets, A, B), laws2(A, B),
     sets:size(sets:from_list([1, 1.0, 1])), gb_sets:to_list(gb_sets:from_list([3, 1, 2, 1])), ordsets:add_element(2, [1, 3]), ordsets:is_subset([1], [1, 2]),
     gb_sets:smallest(gb_sets:from_list(B)), gb_sets:largest(gb_sets:from_list(B)), element(1, gb_sets:take_smallest(gb_sets:from_list(B))), walk(gb_sets:next(gb_sets:iterator(gb_sets:from_list([c, a, b])))),
     sets:is_set(sets:new()), sets:is_disjoint(sets:from_list([1]), sets:from_list([2])), ordsets:fold(fun(X, S) -> X + S end, 0, A), ordsets:filter(fun(X) -> X > 100 end, A),
     sofs:to_external(sofs:relation_to_family(sofs:relation([{a, 1}, {b, 2}, {a, 3}]))), sofs:to_external(sofs:composite(sofs:relation([{1, a}]), sofs:relation([{a, x}]))),
     sofs:to_external(sofs:domain(sofs:relation([{1, a}, {2, b}]))), sofs:to_external(sofs:union(sofs:set([a, b]), sofs:set([c]))), gb_sets:is_member(4, gb_sets:from_list(B))}.

laws(M, A, B) ->
    Sa = M:from_list(A), Sb = M:from_list(B),
    {lists:sort(M:to_list(M:union(Sa, Sb))) =:= lists:umerge(A, B), lists:sort(M:to_list(M:intersection(Sa, Sb))), length(M:to_list(M:subtract(Sa, Sb))), M:size(Sa),
     M:is_element(7, Sa), M:is_element(8, Sa), M:is_subset(M:intersection(Sa, Sb), Sa), M:fold(fun(X, S) -> X + S end, 0, Sb), M:size(M:del_element(1, Sa)), M:size(M:add_element(1, Sa)),
     lists:sort(M:to_list(M:filter(fun(X) -> X < 10 end, Sa))), M:is_disjoint(Sa, Sb), M:is_empty(M:new()), M:size(M:union([Sa, Sb, M:from_list([1000])]))}.

laws2(A, B) ->
    Sa = sets:from_list(A, [{version, 2}]), Sb = sets:from_list(B, [{version, 2}]),
    {lists:sort(sets:to_list(sets:union(Sa, Sb))) =:= lists:umerge(A, B), lists:sort(sets:to_list(sets:intersection(Sa, Sb))), sets:size(sets:subtract(Sa, Sb)), is_map(Sa), sets:is_element(3, Sa)}.

walk(none) -> [];
walk({X, I}) -> [X | walk(gb_sets:next(I))].
