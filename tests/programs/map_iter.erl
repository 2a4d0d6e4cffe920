%% Iterators and comprehensions over maps of every size, in the order that the maps module gives.
-module(map_iter).
-export([start/0]).

start() ->
    Small = #{c => 3, a => 1, b => 2},
    Large = maps:from_list([{{I}, I} || I <- lists:seq(1, 333)]),
    {walk(maps:next(maps:iterator(Small))), lists:sort(walk(maps:next(maps:iterator(Large)))) =:= lists:sort(maps:to_list(Large)),
     maps:next(maps:iterator(#{})),
     maps:map(fun(_, V) -> V * 2 end, maps:iterator(Small)),
     maps:fold(fun(_, V, A) -> A + V end, 0, maps:iterator(Large)),
     [{K, V} || {K, V} <- maps:to_list(Small), V > 1],
     maps:from_list([{V, K} || {K, V} <- maps:to_list(Small)]),
     maps:keys(Small), maps:values(Small), length(maps:keys(Large)), lists:sum(maps:values(Large)),
     maps:to_list(Large) =:= lists:zip(maps:keys(Large), maps:values(Large)),
     maps:foreach(fun(_, _) -> ok end, Large), partial(maps:iterator(Large), 10),
     invert(Large) =:= maps:from_list([{I, {I}} || I <- lists:seq(1, 333)]),
     try maps:iterator(id(x)) catch C:R -> {C, R} end,
     try maps:next(id(x)) catch C2:R2 -> {C2, R2} end,
     try maps:fold(fun(_) -> x end, 0, id(#{a => 1})) catch C3:{R3, _} -> {C3, R3}; C3:R3 -> {C3, R3} end}.

walk(none) -> [];
walk({K, V, I}) -> [{K, V} | walk(maps:next(I))].

partial(_, 0) -> done;
partial(I, N) ->
    {{K}, K, Next} = maps:next(I),
    partial(Next, N - 1).

invert(M) -> maps:fold(fun(K, V, A) -> A#{V => K} end, #{}, M).

id(X) -> X.
