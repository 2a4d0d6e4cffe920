%% Maps of few keys: build, update, match, remove, merge, compare, and the errors of each.
-module(map_small).
-export([start/0]).

start() ->
    M = #{a => 1, "b" => 2, 3 => c, 3.0 => d, {t} => #{in => side}},
    M2 = M#{a := 10, new => x},
    #{a := A, {t} := #{in := In}} = M,
    {M, M2, A, In, map_size(M2), maps:get(a, M), maps:get(zz, M, none), maps:find(3, M), maps:find(4, M),
     maps:is_key(3.0, M), is_map_key("b", M), maps:keys(M), maps:values(M), maps:to_list(M2), maps:put(q, r, #{}),
     maps:remove(a, M), maps:remove(nothing, M) =:= M, maps:merge(#{a => 1, b => 2}, #{b => 3, c => 4}),
     maps:merge_with(fun(K, X, Y) -> {K, X, Y} end, #{a => 1, b => 2}, #{b => 3}), maps:take(a, M), maps:take(x, #{}),
     maps:from_list([{a, 1}, {b, 2}, {a, 3}]), maps:from_keys([a, b], 0), maps:without([a, 3], M), maps:with([a, q], M),
     maps:map(fun(K, V) -> {K, V} end, #{a => 1}), maps:filter(fun(_, V) -> V > 1 end, #{a => 1, b => 2}),
     maps:fold(fun(K, V, Acc) -> [{K, V} | Acc] end, [], M), maps:update_with(a, fun(X) -> X + 1 end, M),
     maps:filtermap(fun(_, V) when V > 1 -> {true, -V}; (_, _) -> false end, #{a => 1, b => 2}),
     #{a => 1} == #{a => 1.0}, #{a => 1} =:= #{a => 1.0}, #{1 => a} == #{1.0 => a}, #{a => 1} < #{b => 0},
     #{a => 2} < #{b => 1, c => 0}, #{a => 1} < #{a => 2}, #{1 => x} < #{1.0 => x}, #{} < [], {} < #{},
     is_map(M), is_map([]), map_eq(),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> (id(M))#{zz := 1} end, fun() -> (id(x))#{a => 1} end, fun() -> (id(#{}))#{a := 1} end,
               fun() -> map_size(id([])) end, fun() -> maps:get(id(q), M) end, fun() -> maps:update(q, 1, #{}) end,
               fun() -> map_get(q, id(#{})) end, fun() -> is_map_key(a, id(b)) end, fun() -> maps:from_list(id([a])) end,
               fun() -> maps:merge(#{}, id(a)) end, fun() -> maps:keys(id(1)) end,
               fun() -> #{a := 2} = id(#{a => 1}) end, fun() -> #{b := _} = id(M) end, fun() -> #{} = id(x) end]]}.

map_eq() ->
    A = maps:from_list([{I, I} || I <- lists:seq(1, 20)]),
    B = lists:foldl(fun(I, M) -> M#{I => I} end, #{}, lists:seq(20, 1, -1)),
    {A =:= B, A == B#{20 => 20.0}, A =:= B#{20 => 20.0}, erlang:phash2(A) =:= erlang:phash2(B)}.

id(X) -> X.
