%% Map patterns in heads, cases and guards, with bound keys, literal keys and large maps.
-module(map_pattern).
-export([start/0]).

start() ->
    Big = maps:from_list([{I, I * 2} || I <- lists:seq(1, 50)]),
    {[area(S) || S <- [#{kind => circle, r => 2}, #{kind => rect, w => 2, h => 3}, #{kind => rect, w => 2}, #{}, []]],
     [lookup(K, Big) || K <- [1, 50, 51, a]],
     [pick(M) || M <- [#{a => 1, b => 2}, #{a => 1}, #{b => 2}, #{a => 2, c => 3}, #{}]],
     many(Big), deep(#{x => #{y => #{z => [#{w => found}]}}}),
     [shape(X) || X <- [#{1 => one}, #{1.0 => one}, #{<<"k">> => v}, #{"k" => v}, #{{a, 1} => t}, #{[] => n}, #{#{} => m}]],
     count([a, b, a, c, a, b], #{}),
     [case M of #{K := V} when V > 1 -> {K, V}; #{K := _} -> small; _ -> none end ||
         M <- [#{k => 2}, #{k => 1}, #{}], K <- [k]],
     bound(#{key => 3, 3 => yes}), fun(#{v := V}) -> V end(#{v => 7}),
     guard(#{a => 1}), guard(#{a => 2}), guard(#{b => 1}), guard(nomap)}.

area(#{kind := circle, r := R}) -> R * R * 3;
area(#{kind := rect, w := W, h := H}) -> W * H;
area(#{kind := K}) -> {incomplete, K};
area(M) when is_map(M), map_size(M) =:= 0 -> empty;
area(_) -> not_a_map.

lookup(K, M) ->
    case M of
        #{K := V} -> {ok, V};
        #{} -> error
    end.

pick(#{a := 1, b := B}) -> {ab, B};
pick(#{a := 1} = M) -> {a, maps:size(M)};
pick(#{b := B}) -> {b, B};
pick(#{a := A, c := C}) -> A + C;
pick(#{}) -> none.

many(#{1 := A, 10 := B, 20 := C, 30 := D, 40 := E, 50 := F}) -> [A, B, C, D, E, F].

deep(#{x := #{y := #{z := [#{w := W} | _]}}}) -> W.

shape(#{1 := V}) -> {int, V};
shape(#{1.0 := V}) -> {float, V};
shape(#{<<"k">> := V}) -> {bin, V};
shape(#{"k" := V}) -> {str, V};
shape(#{{a, 1} := V}) -> {tup, V};
shape(#{[] := V}) -> {nil, V};
shape(#{#{} := V}) -> {map, V}.

count([], M) -> lists:sort(maps:to_list(M));
count([H | T], M) ->
    case M of
        #{H := N} -> count(T, M#{H := N + 1});
        _ -> count(T, M#{H => 1})
    end.

bound(M) ->
    #{key := K} = M,
    #{K := V} = M,
    V.

guard(M) when map_get(a, M) =:= 1 -> one;
guard(M) when is_map_key(a, M) -> some;
guard(M) when is_map(M) -> map;
guard(_) -> other.
