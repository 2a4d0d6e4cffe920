%% Modules of the standard library that keep what they work on in tables.
-module(ets_library).
-export([start/0]).
-include_lib("stdlib/include/ms_transform.hrl").

start() ->
    graphs(),
    families(),
    tables(),
    queries(),
    ok.

graphs() ->
    G = digraph:new(),
    [digraph:add_vertex(G, V, {label, V}) || V <- lists:seq(1, 30)],
    [digraph:add_edge(G, {e, A, B}, A, B, x) || A <- lists:seq(1, 30), B <- [A + 3, A * 2], B =< 30],
    io:format("~p ~p~n", [digraph:no_vertices(G), digraph:no_edges(G)]),
    io:format("~p~n", [digraph:get_short_path(G, 1, 29)]),
    io:format("~w~n", [lists:sort(digraph_utils:reachable([5], G))]),
    io:format("~p~n", [digraph_utils:is_acyclic(G)]),
    digraph:add_edge(G, 30, 1),
    io:format("~p ~p~n", [digraph_utils:is_acyclic(G),
                          lists:sort([lists:sort(C) || C <- digraph_utils:cyclic_strong_components(G)])]),
    digraph:del_vertex(G, 30),
    io:format("~p ~p~n", [length(digraph:edges(G)), digraph:vertex(G, 7)]),
    true = length(digraph_utils:topsort(G)) =:= 29,
    true = digraph:delete(G).

families() ->
    R = sofs:relation([{a, 1}, {b, 2}, {a, 3}, {c, 1}]),
    io:format("~p~n", [[sofs:to_external(X) || X <- [sofs:converse(R), sofs:relation_to_family(R), sofs:domain(R),
                                                     sofs:relative_product(R, sofs:relation([{1, x}, {3, y}]))]]]).

tables() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{I, I * I} || I <- lists:seq(1, 50)]),
    io:format("~w~n", [ets:select(T, ets:fun2ms(fun({A, B}) when A rem 10 =:= 0 -> {A, B} end))]),
    io:format("~w~n", [ets:foldr(fun({A, _}, L) -> [A | L] end, [], T)]),
    Copy = ets:new(copy, [bag]),
    ets:init_table(Copy, fun(read) -> {[{1, 2}, {3, 4}], fun(read) -> end_of_input; (close) -> ok end}; (close) -> ok end),
    io:format("~p~n", [lists:sort(ets:tab2list(Copy))]),
    io:format("~p~n", [ets:match_delete(Copy, {1, '_'})]),
    io:format("~p ~p~n", [ets:tab2list(Copy), ets:test_ms({4, 5}, [{{'$1', '$2'}, [{'>', '$1', 3}], ['$2']}])]).

queries() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{I, I rem 3} || I <- lists:seq(1, 20)]),
    Handle = ets:table(T, {traverse, {select, [{{'$1', 1}, [], ['$1']}]}}),
    io:format("~w~n", [qlc:eval(Handle)]),
    io:format("~w~n", [lists:sum([A || {A, _} <- qlc:eval(ets:table(T))])]).
