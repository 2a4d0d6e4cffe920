%% Maps of many keys, which are made, merged and listed in steps.
-module(map_steps).
-export([start/0]).

start() ->
    [sizes(N) || N <- [1000, 1024, 1025, 2048, 5000, 70000]],
    repeated(),
    wrong(),
    [merged(A, B) || A <- [0, 1, 40, 1100, 5000], B <- [0, 33, 1100, 6000, 30000]],
    others(),
    info().

key(I) when I rem 5 =:= 0 -> I * 1.5;
key(I) when I rem 5 =:= 1 -> {I, <<I:24>>};
key(I) when I rem 5 =:= 2 -> integer_to_binary(I);
key(I) when I rem 5 =:= 3 -> [I, I + 1];
key(I) -> I.

%% A fixed order that is none of the keys.
mixed(N) -> [key(I * 7919 rem N) || I <- lists:seq(1, N)].

sizes(N) ->
    Keys = mixed(N),
    Map = maps:from_list([{K, I} || {I, K} <- lists:zip(lists:seq(1, N), Keys)]),
    Same = maps:from_keys(Keys, same),
    One = lists:foldl(fun({K, V}, M) -> M#{K => V} end, #{}, maps:to_list(Map)),
    io:format("~p ~p ~p ~p ~p ~p~n", [N, map_size(Map), erlang:phash2(maps:keys(Map)), erlang:phash2(maps:values(Map)),
        {Map =:= One, maps:keys(Same) =:= maps:keys(Map), lists:usort(maps:values(Same))}, erlang:phash2(Map)]),
    true = lists:all(fun(K) -> is_map_key(K, Map) end, Keys),
    true = lists:zip(maps:keys(Map), maps:values(Map)) =:= maps:to_list(Map).

%% Of keys that come again the last value counts; what is left may be a small map.
repeated() ->
    Many = [{I rem 10, I} || I <- lists:seq(1, 5000)],
    io:format("~p~n", [maps:from_list(Many)]),
    Some = maps:from_list([{I rem 1500, I} || I <- lists:seq(1, 5000)]),
    io:format("~p ~p~n", [map_size(Some), [maps:get(I, Some) || I <- [0, 1, 499, 500, 1499]]]),
    io:format("~p~n", [maps:from_keys([I rem 7 || I <- lists:seq(1, 3000)], x)]),
    io:format("~p~n", [maps:from_list([{1, a}, {1.0, b} | [{1, I} || I <- lists:seq(1, 2000)]])]).

wrong() ->
    Long = [{I, I} || I <- lists:seq(1, 4000)],
    Outcome = fun(F) -> try F(), fine catch C:E:S -> {M, N, _, _} = hd(S), {C, E, M, N} end end,
    io:format("~p~n", [[Outcome(F) || F <- [
        fun() -> maps:from_list(Long ++ [x]) end,
        fun() -> maps:from_list(Long ++ x) end,
        fun() -> maps:from_list(Long ++ [{1, 2, 3}]) end,
        fun() -> maps:from_keys(Long ++ x, 1) end,
        fun() -> maps:from_keys([a | b], 1) end]]]).

merged(A, B) ->
    First = maps:from_list([{key(I), a} || I <- lists:seq(1, A)]),
    Second = maps:from_list([{key(I * 3), b} || I <- lists:seq(1, B)]),
    Merged = maps:merge(First, Second),
    Count = fun(V) -> length([V || V1 <- maps:values(Merged), V1 =:= V]) end,
    io:format("~p ~p: ~p ~p ~p ~p~n", [A, B, map_size(Merged), Count(a), Count(b), erlang:phash2(maps:keys(Merged))]).

%% Others have their turns meanwhile.
others() ->
    Self = self(),
    Ticker = spawn_link(fun() -> tick(Self, 0) end),
    List = [{I, I} || I <- lists:seq(1, 300000)],
    Map = maps:from_list(List),
    300000 = length(maps:keys(Map)),
    Ticker ! {stop, Self},
    receive {ticks, N} -> io:format("~p~n", [N > 3]) end.

tick(Self, N) ->
    receive {stop, Self} -> Self ! {ticks, N} after 0 -> erlang:yield(), tick(Self, N + 1) end.

info() ->
    [io:format("~0p~n", [try erts_debug:map_info(M) catch C:E -> {C, E} end]) || M <- [#{a => 1}, x,
        maps:from_list([{I, I} || I <- lists:seq(1, 40)]), maps:from_list([{I, I} || I <- lists:seq(1, 3000)])]],
    io:format("~p~n", [[try maps:next([P | maps:from_keys(lists:seq(1, 40), a)]) of _ -> fine catch _:E -> E end
        || P <- [-1, 16#ffffffffffffffff, -16#ffffffffffffffff, a]]]).
