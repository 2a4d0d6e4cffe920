%% Lists of tuples: the key functions of lists, stable sorts, grouping, and their errors.
-module(list_keys).
-export([start/0]).

start() ->
    L = [{b, 2}, {a, 1}, {c, 3}, {a, 0}, {b, 1.0}, {b, 1}],
    {lists:keysort(1, L), lists:keysort(2, L), lists:ukeysort(1, L), lists:keydelete(b, 1, L),
     lists:keyreplace(b, 1, L, {z, z}), lists:keystore(q, 1, L, {q, q}), lists:keystore(a, 1, L, {q, q}),
     lists:keytake(c, 1, L), lists:keytake(x, 1, L), lists:keymap(fun(X) -> {X} end, 2, L),
     lists:keymerge(1, [{a, 1}, {c, 1}], [{a, 2}, {b, 1}]), lists:ukeymerge(1, [{a, 1}], [{a, 2}]),
     group(L), lists:sort(fun({A, _}, {B, _}) -> A =< B end, L),
     [lists:sort(P) || P <- perms([c, 1, "x", {}])],
     lists:sort(lists:seq(50, 1, -1) ++ lists:seq(1, 50)) =:= lists:sort(lists:seq(1, 50) ++ lists:seq(1, 50)),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> lists:nth(0, [1]) end, fun() -> lists:nth(3, [1]) end, fun() -> lists:last([]) end,
               fun() -> lists:zip([1], []) end, fun() -> lists:max([]) end, fun() -> lists:split(3, [1]) end,
               fun() -> lists:map(id(x), [1]) end, fun() -> lists:foldl(fun(_) -> 1 end, 0, id([])) end,
               fun() -> lists:sum([a]) end]]}.

group(L) ->
    lists:sort(maps:to_list(lists:foldl(
        fun({K, V}, M) -> maps:update_with(K, fun(Vs) -> [V | Vs] end, [V], M) end, #{}, L))).

perms([]) -> [[]];
perms(L) -> [[H | T] || H <- L, T <- perms(L -- [H])].

id(X) -> X.
