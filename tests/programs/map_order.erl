%% Large maps list their keys in OTP's order, as long as there are no atoms, pids, references or funs
%% in the keys.
-module(map_order).
-export([start/0]).

start() ->
    lists:foreach(fun show/1, kinds()),
    Words = string:lexemes("the quick brown fox jumps over the lazy dog and runs through a deep dark "
                           "forest where many old trees stand in long rows which nobody has ever seen "
                           "before this day came with its light and all its songs of birds unknown to "
                           "men or beasts", " "),
    io:format("~p~n", [lists:foldl(fun(W, M) -> maps:update_with(W, fun(N) -> N + 1 end, 1, M) end, #{}, Words)]),
    Big = maps:from_list([{N * N, N} || N <- lists:seq(1, 3000)]),
    io:format("~w~n", [erlang:crc32(io_lib:format("~w", [Big]))]),
    Left = lists:foldl(fun(N, M) -> maps:remove(N * N, M) end, Big, lists:seq(1, 3000, 2)),
    io:format("~w ~w~n", [erlang:crc32(io_lib:format("~w", [Left])), hd(maps:keys(Left))]),
    Both = maps:merge(Left, maps:from_keys(lists:seq(1, 500), x)),
    io:format("~w~n", [erlang:crc32(io_lib:format("~w", [Both]))]),
    io:format("~w~n", [maps:fold(fun(K, _, A) -> (A * 31 + K) rem 1000003 end, 7, Both)]),
    io:format("~w~n", [erlang:crc32(term_to_binary(Both))]),
    io:format("~w~n", [erlang:crc32(term_to_binary(Both, [deterministic]))]),
    io:format("~w~n", [[K || {K, _} <- maps:to_list(maps:filter(fun(K, _) -> K rem 7 =:= 0 end, Both))]]),
    Both.

show({Kind, Keys}) ->
    Map = maps:from_list(lists:zip(Keys, lists:seq(1, length(Keys)))),
    Next = next(maps:iterator(Map)),
    io:format("~s ~w~n~w~n", [Kind, maps:size(Map), maps:values(Map)]),
    io:format("~w ~w~n", [maps:keys(Map) =:= lists:reverse(Next), element(1, lists:unzip(maps:to_list(Map))) =:= maps:keys(Map)]).

next(I) ->
    case maps:next(I) of
        none -> [];
        {K, _, N} -> [K | next(N)]
    end.

kinds() ->
    N = lists:seq(1, 50),
    [{"integers", N},
     {"negative", [-X * 1234567 || X <- N]},
     {"wide", [X * 1000000007 * 1009 || X <- N]},
     {"at the end of small", [(1 bsl 59) - 25 + X || X <- N]},
     {"at the other end", [-(1 bsl 59) - 25 + X || X <- N]},
     {"big", [(1 bsl (X * 11)) + X || X <- N]},
     {"negative big", [-(1 bsl (50 + X * 11)) - X || X <- N]},
     {"floats", [X * 1.25 || X <- N]},
     {"floats and integers", [X / 2 || X <- N] ++ [0.0, -1.0e300, 1.0e-300] ++ N},
     {"binaries", [integer_to_binary(X * X) || X <- N]},
     {"long binaries", [binary:copy(<<X, "abc">>, X * 2) || X <- N]},
     {"bit strings", [<<X:9, 5:X>> || X <- N]},
     {"parts of binaries", [begin <<_:3, B:X/bits, _/bits>> = binary:copy(<<X, 77>>, 20), B end || X <- N]},
     {"strings", [integer_to_list(X * X * X) || X <- N]},
     {"lists", [lists:seq(X, X + X rem 7) ++ [1000 * X] || X <- N]},
     {"nested lists", [[[X], [X, [X | X]], "abcde" | X] || X <- N]},
     {"improper", [[X | 2 * X] || X <- N] ++ [[X, 1.5 | <<"x">>] || X <- N]},
     {"pairs", [{X, X * 7} || X <- N]},
     {"mixed tuples", [{X, [X], <<X>>, {X, 1.0}, "ab"} || X <- N]},
     {"empty ones", [[], {}, <<>>, "", #{}, <<1:1>>, 0, -1, 1.0, {[]}, [[]] | [[X] || X <- N]]},
     {"wide tuples", [list_to_tuple(lists:seq(1, X)) || X <- N]},
     {"small maps", [#{X => 1, "k" => X} || X <- N]},
     {"large maps", [maps:from_keys(lists:seq(X, X + 40), X) || X <- N]},
     {"nested maps", [#{#{X => {}} => [#{}, X]} || X <- N]}].
