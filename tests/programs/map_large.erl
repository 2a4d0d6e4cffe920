%% Maps above 32 keys, across the border both ways, with keys of every type.
-module(map_large).
-export([start/0]).

start() ->
    M = maps:from_list([{K, key(K)} || K <- lists:seq(1, 2000)]),
    Mixed = maps:from_list([{key(K), K} || K <- lists:seq(1, 700)]),
    Grown = lists:foldl(fun(K, A) -> A#{K => K * K} end, #{}, lists:seq(1, 100)),
    Shrunk = lists:foldl(fun maps:remove/2, Grown, lists:seq(1, 90)),
    Updated = maps:map(fun(_, V) -> {V} end, Grown),
    {map_size(M), map_size(Mixed), lists:sum(maps:keys(M)),
     lists:all(fun(K) -> maps:get(key(K), Mixed) =:= K end, lists:seq(1, 700)),
     lists:all(fun(K) -> map_get(K, M) =:= key(K) end, lists:seq(1, 2000)),
     [maps:is_key(K, M) || K <- [0, 1, 2000, 2001, 1.0, a]],
     sorted(Grown), Shrunk, map_size(Shrunk), Shrunk =:= maps:from_list([{K, K * K} || K <- lists:seq(91, 100)]),
     maps:get(50, Updated), Updated =:= Grown, maps:with([1, 100, 101], Updated),
     maps:fold(fun(_, V, S) -> V + S end, 0, Grown), [sizes(N) || N <- [31, 32, 33, 34, 64, 65]],
     Grown == maps:map(fun(_, V) -> float(V) end, Grown),
     reversed(Grown) =:= Grown, Grown < Updated, Updated > Shrunk, M < Mixed,
     sorted(maps:merge(Grown, #{1 => one, 200 => y})) -- sorted(Grown),
     sorted(maps:filter(fun(K, _) -> K rem 25 =:= 0 end, Grown)),
     Grown#{7 := x, 101 => y} =:= (Grown#{101 => y})#{7 => x},
     try (id(Grown))#{absent := 1} catch C:R -> {C, R =:= {badkey, absent}} end,
     try maps:get(absent, id(Grown)) catch C2:R2 -> {C2, R2} end,
     nested(id(5)), collide()}.

key(K) ->
    case K rem 7 of
        0 -> K;
        1 -> {K, x};
        2 -> integer_to_list(K);
        3 -> integer_to_binary(K);
        4 -> K * 1.5;
        5 -> list_to_atom("k" ++ integer_to_list(K));
        6 -> #{K => K bsl 70}
    end.

sorted(M) -> lists:sort(maps:to_list(M)).

reversed(M) -> maps:from_list(lists:reverse(lists:sort(maps:to_list(M)))).

sizes(N) ->
    M = maps:from_list([{I, I} || I <- lists:seq(1, N)]),
    {map_size(M), map_size(M#{0 => 0}), map_size(maps:remove(1, M)), map_size(maps:remove(0, M)), map_size(M#{1 => x})}.

nested(0) -> #{};
nested(N) -> #{level => N, inner => nested(N - 1)}.

%% Keys that compare equal without being identical stay apart.
collide() ->
    M = maps:from_list(lists:flatmap(fun(I) -> [{I, int}, {float(I), float}] end, lists:seq(1, 60))),
    {map_size(M), maps:get(30, M), maps:get(30.0, M), map_size(maps:remove(30, M))}.

id(X) -> X.
