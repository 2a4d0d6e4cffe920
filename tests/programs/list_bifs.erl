%% The built-in functions and operators of lists, proper and improper.
-module(list_bifs).
-export([start/0]).

start() ->
    L = id([1, 2, 3, 4, 5, 2, 1]),
    {hd(L), tl(L), length(L), L ++ [x], [] ++ L, L ++ tail, [] ++ x, L -- [2, 2, 9], L -- [], [] -- L,
     [1, 2.0, 3] -- [1.0, 2.0], [a, b, a, c] -- [a] -- [c], ([a, b, a, c] -- [a]) -- [c],
     lists:reverse(L), lists:reverse(L, [z]), lists:reverse([1], x), lists:member(3, L), lists:member(3.0, L),
     lists:keyfind(b, 1, [{a, 1}, x, {b, 2}, {b, 3}]), lists:keymember(2, 2, [{a, 1}, {b, 2}]),
     lists:keysearch(z, 1, []), lists:keyfind(1, 1, [{1.0, f}, {1, i}]),
     list_to_tuple(L), list_to_binary([1, "ab", <<"cd">> | <<"e">>]), iolist_size([1, "ab", [<<"cd">>]]),
     [H || [H | _] <- [[1, 2], [], [3], x, {4}]], [{X, Y} || X <- [1, 2], Y <- [a, b], X > 1 orelse Y =:= a],
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> hd(id([])) end, fun() -> tl(id(x)) end, fun() -> length(id([1 | 2])) end,
               fun() -> id([1 | 2]) ++ [3] end, fun() -> id(a) -- [] end, fun() -> [] -- id(a) end,
               fun() -> [X || X <- id(notalist)] end, fun() -> [X || X <- id([1, 2 | x])] end,
               fun() -> lists:reverse(id([1 | 2])) end, fun() -> lists:member(1, id(x)) end,
               fun() -> lists:member(3, id([1, 2 | 3])) end, fun() -> list_to_tuple(id({})) end,
               fun() -> list_to_binary(id([256])) end, fun() -> list_to_binary(id([a])) end,
               fun() -> iolist_size(id([<<1:1>>])) end, fun() -> lists:keyfind(a, id(0), []) end]],
     [1 | [2 | [3 | id(x)]]], "str" ++ [0], [$a, 300], is_list([1 | 2]), length(lists:seq(1, 10000)),
     lists:seq(10, 1, -3), lists:seq(1, 0), lists:duplicate(3, ab)}.

id(X) -> X.
