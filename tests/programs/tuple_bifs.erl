%% Tuples: access, update, growth, comparison, patterns, and errors.
-module(tuple_bifs).
-export([start/0]).

start() ->
    T = id({a, 1, "s", {n}}),
    Wide = list_to_tuple(lists:seq(1, 300)),
    {element(1, T), element(4, T), setelement(2, T, new), tuple_size(T), size(T), tuple_to_list(T),
     erlang:append_element(T, z), erlang:make_tuple(3, x), erlang:make_tuple(5, [], [{2, ignored}, {2, b}, {5, e}]),
     erlang:insert_element(1, T, first), erlang:insert_element(5, T, last), erlang:delete_element(2, T), {}, tuple_size({}),
     element(300, Wide), tuple_size(setelement(150, Wide, x)), element(150, setelement(150, Wide, x)),
     T =:= {a, 1, "s", {n}}, {1, 2} < {1, 1, 1}, {2} > {1}, {1, 2.0} == {1, 2}, {1, 2.0} =:= {1, 2}, {} < [], {a} < [a],
     rotate(T), swap({1, 2}), nested(T), [element(I, T) || I <- lists:seq(1, 4)],
     chain({0, 0, 0, 0}),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> element(id(0), T) end, fun() -> element(id(5), T) end, fun() -> element(1, id([])) end,
               fun() -> setelement(id(9), T, x) end, fun() -> tuple_size(id([])) end, fun() -> size(id(a)) end,
               fun() -> erlang:make_tuple(id(-1), x) end, fun() -> tuple_to_list(id([])) end,
               fun() -> erlang:delete_element(1, id({})) end, fun() -> {_, _} = id({1}) end,
               fun() -> element(id(a), T) end]]}.

rotate({A, B, C, D}) -> {B, C, D, A}.
swap({A, B}) -> {B, A}.
nested({_, N, [S | _], {Inner}}) -> {N, S, Inner}.

chain(T) ->
    T1 = setelement(1, T, 1),
    T2 = setelement(2, T1, 2),
    T3 = setelement(4, T2, 4),
    {T, T3}.

id(X) -> X.
